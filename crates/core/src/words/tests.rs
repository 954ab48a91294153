//! Full text over the whole tracker: see `search/tests/texts.rs`. Here is what only the index
//! itself can show.

use serde_json::json;

use crate::testing::Fixture;

#[test]
fn all_statements_of_searches_are_good() {
    use crate::{event::changes, search};
    let f = Fixture::new();
    let both = [
        super::store::ALL_SQL,
        changes::ALL_SQL,
        search::links::ALL_SQL,
        search::special::ALL_SQL,
        search::text_order::ALL_SQL,
    ];
    let own = match f.tracker.db().engine() {
        trackway_db::Engine::Sqlite => vec![super::store::SQLITE_SQL],
        trackway_db::Engine::Postgres => {
            vec![super::store::POSTGRES_SQL, search::scroll::POSTGRES_SQL]
        }
    };
    for list in both.into_iter().chain(own) {
        f.tracker.db().prepare_all(list).expect("good SQL");
    }
}

fn pending(f: &Fixture) -> i64 {
    f.tracker.pending_words().expect("a count")
}

#[test]
fn only_changes_of_texts_are_noted() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "first words"}));
    assert_eq!(pending(&f), 1);
    while f.tracker.index_words().expect("indexed") {}
    assert_eq!(pending(&f), 0);
    let edit = |patch: serde_json::Value| {
        let serde_json::Value::Object(patch) = patch else { panic!("an object") };
        let request = trackway_api::issues::UpdateIssue::new(&*key, patch);
        f.write(f.ann, move |cx| crate::issue::ops::update(cx, &request).map(drop))
            .expect("an edit");
    };
    edit(json!({"priority": "critical"}));
    assert_eq!(pending(&f), 0);
    edit(json!({"summary": "other words"}));
    assert_eq!(pending(&f), 1);
    edit(json!({"description": "more"}));
    assert_eq!(pending(&f), 1, "noted once");
    f.tracker.index_all_words(|_| {}).expect("indexed");
    f.tracker.renew_words().expect("noted");
    assert_eq!(pending(&f), 1);
}

/// A search visits the row of each issue that has a word, so words do not lie in these rows.
#[test]
fn rows_stay_small_on_postgresql() {
    let f = Fixture::new();
    let db = f.tracker.db();
    if db.engine() != trackway_db::Engine::Postgres {
        return;
    }
    let words =
        |issue: usize| (0..100).map(|n| format!("word{issue}x{n}")).collect::<Vec<_>>().join(" ");
    for issue in 0..30 {
        f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "description": words(issue)}));
    }
    let mut sizes = Vec::new();
    for _ in 0..2 {
        f.tracker.index_all_words(|_| {}).expect("indexed");
        let size = "SELECT pg_relation_size(to_regclass('word'))";
        let (bytes,): (i64,) = db.read(|tx| tx.one(size, &[])).expect("a size");
        sizes.push(bytes);
        f.tracker.renew_words().expect("noted");
    }
    assert_eq!(sizes, [8192, 8192], "written and written anew, where the words take 40 KB");
}
