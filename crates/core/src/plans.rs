//! No statement walks an organisation, or a table, that grows: the plan of every statement in the
//! sources is looked at, SQLite's and, where the tests have one, PostgreSQL's.

use std::path::{Path, PathBuf};

use trackway_db::{Db, Engine, Param};

use crate::testing::Fixture;
use crate::tracker::MIGRATIONS;

/// Statements that may walk what they walk: the text, or its beginning where it ends in `..`, and why.
const WALKS: &[(&str, &str)] = &[
    ("SELECT id, org_id, cloud_id FROM organization..", "all organisations, at the start"),
    ("SELECT blob, size FROM attachment ORDER BY..", "a backup takes everything"),
    ("SELECT id, org_id, kind, entity FROM change WHERE xid..", "PostgreSQL only"),
    ("SELECT DISTINCT holder FROM job..", "an index of held jobs only"),
    ("UPDATE job SET run_at = $1, holder = ''..", "a node that is gone, rarely"),
    ("SELECT kind, dead, COUNT(*)..", "the state of the job engine, for administrators"),
    ("DELETE FROM field_change WHERE org_id = $1", "built anew"),
    ("SELECT id, queue_id, num, version, vals FROM issue WHERE org_id = $1", "builds the index"),
    ("SELECT issue_id, other_id FROM link WHERE org_id = $1", "builds the index of links"),
    ("SELECT 0, id FROM event ORDER BY id DESC LIMIT 1", "one row, from an end of the index"),
    ("SELECT blob FROM blob_trash..", "holds live for minutes, there are few"),
    ("SELECT org_id FROM audit_head UNION..", "a check of the whole audit log"),
    ("SELECT kind, id, key, version, body FROM object WHERE org_id = $1", "dictionaries, cached"),
    ("SELECT issue_id, version FROM word_pending WHERE org_id = $1", "what waits for its words"),
    ("SELECT org_id, issue_id, version FROM word_pending ORDER BY..", "limited"),
    ("SELECT COUNT(*) FROM word_pending", "what waits for its words"),
    ("SELECT COUNT(*) FROM account", "is this the first start"),
    ("SELECT account_id, org_id, created_at FROM service_account..", "a list of all of them"),
    ("SELECT org_id, hash, body, created_at, created_by, expires_at FROM invitation..", "a list"),
    ("DELETE FROM invitation WHERE org_id = $1 AND substr..", "invitations that wait, a few"),
    ("SELECT id, owner, version, details, standing..", "a list of applications"),
    ("DELETE FROM device_request WHERE account_id..", "requests live for minutes"),
    ("DELETE FROM consent_request WHERE account_id..", "requests live for minutes"),
    ("SELECT hash, application_id, details, state..", "requests live for minutes"),
    ("DELETE FROM account_reset WHERE..", "requests live for hours"),
    ("SELECT id, account_id, application_id, device_id..", "completed by each caller"),
    ("DELETE FROM oauth_grant WHERE created_at..", "clean-up, hourly"),
    ("SELECT place, hash FROM audit_head WHERE org_id = $1", "one row"),
    ("UPDATE audit_head SET hash = $2 WHERE org_id = $1", "one row"),
    ("SELECT generation FROM word_state WHERE org_id = $1", "one row"),
    ("DELETE FROM scroll WHERE org_id = $1 AND uid..", "scrolls live for minutes"),
    ("WITH due AS MATERIALIZED..", "walks only what it has made itself"),
    ("WITH RECURSIVE above (id)..", "walks only what it has made itself"),
];

#[test]
fn statements_use_indexes() {
    let (db, _schema) = Fixture::empty();
    db.migrate(MIGRATIONS).expect("the schema");
    let look = match db.engine() {
        Engine::Sqlite => sqlite_plan,
        Engine::Postgres => postgres_plan,
    };
    let (mut seen, mut bad) = (0, Vec::new());
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        for statement in statements(&std::fs::read_to_string(&path).expect("a source")) {
            let Some(plan) = look(&db, &statement) else { continue };
            seen += 1;
            let excused = WALKS.iter().any(|(text, _)| is(&statement, text));
            if !excused && plan.iter().any(|step| walks(step)) {
                bad.push(format!("{}: {statement}\n    {plan:?}", path.display()));
            }
        }
    }
    assert!(seen > 250, "only {seen} statements found");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// Whether the plans see the walk that SQLite takes by itself, without our statistics.
#[test]
fn a_walk_is_seen() {
    assert!(walks("SEARCH i USING INDEX issue_key (org_id=?)"));
    assert!(walks("SCAN issue"));
    assert!(!walks("SEARCH i USING INTEGER PRIMARY KEY (rowid=?)"));
    assert!(!walks("SEARCH link USING INDEX link_other (org_id=? AND other_id=?)"));
    assert!(walks("->  Seq Scan on issue i"));
    assert!(walks("Index Cond: (i.org_id = $1)"));
    assert!(!walks("Index Cond: ((org_id = $1) AND (id = ANY ($2)))"));
}

/// Whether a statement is the one of a text, or begins like it.
fn is(statement: &str, text: &str) -> bool {
    text.strip_suffix("..").map_or(statement == text, |start| statement.starts_with(start))
}

/// Walks a table, or everything of an organisation.
fn walks(step: &str) -> bool {
    let made_up = ["json_each", "CONSTANT", "pragma_", "sqlite_schema", "VIRTUAL TABLE"];
    let table = step.starts_with("SCAN ") && !made_up.iter().any(|x| step.contains(x));
    let condition = step.strip_prefix("Index Cond: ").unwrap_or("");
    let org = condition.contains("org_id = $") && !condition.contains(" AND ");
    table || org || step.contains("Seq Scan on ") || step.ends_with("(org_id=?)")
}

/// How many parameters a statement takes.
fn parameters(statement: &str) -> usize {
    (1..20).rev().find(|n| statement.contains(&format!("${n}"))).unwrap_or(0)
}

/// PostgreSQL's plan for any values, or nothing for text that is no complete statement.
fn postgres_plan(db: &Db, statement: &str) -> Option<Vec<String>> {
    let values = vec!["NULL"; parameters(statement)].join(", ");
    let values = if values.is_empty() { values } else { format!("({values})") };
    let rows: Vec<(String,)> = db
        .read(|tx| {
            tx.exec(&format!("PREPARE looked_at AS {statement}"), &[])?;
            let plan = tx.all(&format!("EXPLAIN (COSTS OFF) EXECUTE looked_at{values}"), &[]);
            tx.exec("DEALLOCATE looked_at", &[])?;
            plan
        })
        .ok()?;
    Some(rows.into_iter().map(|row| row.0.trim().to_owned()).collect())
}

/// SQLite's plan, or nothing for text that is no complete statement.
fn sqlite_plan(db: &Db, statement: &str) -> Option<Vec<String>> {
    let values = vec![1_i64; parameters(statement)];
    let params: Vec<&dyn Param> = values.iter().map(|value| value as &dyn Param).collect();
    let explain = format!("EXPLAIN QUERY PLAN {statement}");
    let rows: Vec<(i64, i64, i64, String)> = db.read(|tx| tx.all(&explain, &params)).ok()?;
    Some(rows.into_iter().map(|row| row.3).collect())
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ext| ext == "rs")
            && name != "tests.rs"
            && name != "plans.rs"
        {
            found.push(path);
        }
    }
    found
}

/// String literals that begin like a statement. Those put together of pieces are not found whole.
fn statements(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for verb in ["\"SELECT ", "\"UPDATE ", "\"DELETE FROM ", "\"WITH "] {
        for (start, _) in source.match_indices(verb) {
            let text = &source[start + 1..];
            let end = text.match_indices('"').find(|(at, _)| !text[..*at].ends_with('\\'));
            let Some((end, _)) = end else { continue };
            let lines = text[..end].split("\\\n").enumerate();
            let joined = lines.map(|(n, line)| if n == 0 { line } else { line.trim_start() });
            found.push(joined.collect::<String>().replace("\\\"", "\""));
        }
    }
    found
}
