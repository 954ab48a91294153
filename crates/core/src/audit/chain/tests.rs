use serde_json::json;
use trackway_db::Param;

use super::{Break, Chain, verify};
use crate::audit::{Action, Entry, INSTALLATION, Who, record_in};
use crate::testing::Fixture;

/// Texts that would be two rows, or another row, in a log of lines or of joined columns.
const NAMES: [&str; 8] = [
    "plain",
    "two\nlines",
    "a\r\n2026-11-28 login_ok boss",
    "tab\tand \u{2028} and \u{85}",
    "\u{1b}[2Jgone",
    "quote\" , 'other' -- ; \\",
    "",
    "ж\u{301}🏴",
];

fn add(f: &Fixture, org: i64, name: &str) {
    let name = name.to_owned();
    let record = |tx: &mut trackway_db::Tx<'_>| {
        let entry = Entry {
            action: Action::Update,
            kind: "account",
            object: "7".to_owned(),
            name: &name,
            before: None,
            after: Some(json!({ "event": name })),
        };
        record_in(tx, org, &Who::default(), entry)
    };
    f.tracker.db().write_now(record).expect("recorded");
}

fn chains(f: &Fixture) -> Vec<Chain> {
    f.tracker.db().snapshot(verify).expect("looked through")
}

fn break_of(f: &Fixture, org: i64) -> Option<Break> {
    chains(f).into_iter().find(|chain| chain.org_id == org).expect("a chain").broken
}

fn tamper(f: &Fixture, sql: &str, params: &[&dyn Param]) {
    let run = |tx: &mut trackway_db::Tx<'_>| tx.exec(sql, params).map_err(crate::Error::from);
    assert_eq!(f.tracker.db().write_now(run).expect("tampered with"), 1, "{sql}");
}

/// T-47: what somebody with the database at hand may do to the log, one after the other, each undone
/// before the next.
#[test]
fn a_changed_row_breaks_the_chain() {
    let f = Fixture::new();
    for name in NAMES {
        add(&f, INSTALLATION, name);
    }
    let whole = chains(&f);
    assert!(whole.iter().all(|chain| chain.broken.is_none()), "{whole:?}");
    assert!(whole.iter().any(|chain| chain.org_id == f.org), "{whole:?}");
    let installation = whole.iter().find(|chain| chain.org_id == INSTALLATION).expect("a chain");
    let (rows, end) = (installation.rows, installation.hash.clone());
    assert_eq!(usize::try_from(rows), Ok(NAMES.len()));
    let sql = "SELECT id FROM audit WHERE org_id = 0 ORDER BY place";
    let ids: Vec<i64> = f.tracker.db().read(|tx| tx.all(sql, &[])).expect("the rows");
    let [_, second, third, ..] = *ids else { panic!("{ids:?}") };

    for (column, wrong, right) in [
        ("name", "two", "two\nlines"),
        ("object", "8", "7"),
        ("action", "create", "update"),
        ("after", "{}", "{\"event\":\"two\\nlines\"}"),
    ] {
        let sql = format!("UPDATE audit SET {column} = $2 WHERE id = $1");
        tamper(&f, &sql, &[&second, &wrong]);
        assert_eq!(break_of(&f, INSTALLATION), Some(Break::Changed(second)), "{column}");
        tamper(&f, &sql, &[&second, &right]);
        assert_eq!(break_of(&f, INSTALLATION), None, "{column}");
    }
    for column in ["at", "actor"] {
        tamper(&f, &format!("UPDATE audit SET {column} = {column} + 1 WHERE id = $1"), &[&third]);
        assert_eq!(break_of(&f, INSTALLATION), Some(Break::Changed(third)), "{column}");
        tamper(&f, &format!("UPDATE audit SET {column} = {column} - 1 WHERE id = $1"), &[&third]);
    }
    // Moved to another place, and to the log of another organisation.
    tamper(&f, "UPDATE audit SET place = 900 WHERE id = $1", &[&third]);
    assert_eq!(break_of(&f, INSTALLATION), Some(Break::Missing(3)));
    tamper(&f, "UPDATE audit SET place = 3 WHERE id = $1", &[&third]);
    tamper(&f, "UPDATE audit SET org_id = $2 WHERE id = $1", &[&third, &-5_i64]);
    assert_eq!(break_of(&f, INSTALLATION), Some(Break::Missing(3)));
    assert_eq!(break_of(&f, -5), Some(Break::Added(third)));
    tamper(&f, "UPDATE audit SET org_id = 0 WHERE id = $1", &[&third]);
    // The end cut off, with and without its row of the table of ends.
    tamper(&f, "DELETE FROM audit WHERE org_id = 0 AND place = $1", &[&rows]);
    assert_eq!(break_of(&f, INSTALLATION), Some(Break::Missing(rows)));
    tamper(&f, "UPDATE audit_head SET place = place - 1 WHERE org_id = $1", &[&INSTALLATION]);
    assert_eq!(break_of(&f, INSTALLATION), Some(Break::End));
    let ends: Vec<String> = chains(&f).into_iter().map(|chain| chain.hash).collect();
    assert!(ends.contains(&end), "what was noted elsewhere tells what is missing");
}

/// The chain goes on from whatever the last transaction left, also when some are rolled back.
#[test]
fn a_rollback_leaves_no_gap() {
    let f = Fixture::new();
    add(&f, f.org, "first");
    let org = f.org;
    let failed: crate::Result<()> = f.tracker.db().write_now(|tx| {
        let entry = Entry {
            action: Action::Create,
            kind: "account",
            object: String::new(),
            name: "never",
            before: None,
            after: None,
        };
        record_in(tx, org, &Who::default(), entry)?;
        Err(crate::Code::FormExpired.err())
    });
    failed.expect_err("rolled back");
    add(&f, f.org, "second");
    assert_eq!(break_of(&f, f.org), None);
}

/// Many at once, each in a transaction of its own.
#[test]
fn many_at_once_make_one_chain() {
    let f = Fixture::new();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let f = &f;
            scope.spawn(move || (0..5).for_each(|m| add(f, INSTALLATION, &format!("{n} {m}"))));
        }
    });
    let installation = chains(&f).into_iter().find(|chain| chain.org_id == INSTALLATION);
    let installation = installation.expect("a chain");
    assert_eq!((installation.rows, installation.broken), (40, None));
}

#[test]
fn all_sql_fits_the_engine() {
    let f = Fixture::new();
    f.tracker.db().prepare_all(super::ALL_SQL).expect("good SQL");
}
