//! Issues that are deleted.

use serde_json::{Value, json};
use trackway_api::comments::AddComment;
use trackway_api::issues::DeleteIssue;
use trackway_api::links::{AddLink, LinkCreate, ListLinks};
use trackway_api::worklog::{AddWorklog, SearchWorklog, WorklogCreate, WorklogSearch};

use super::{history, restoring};
use crate::error::Result;
use crate::issue::remove;
use crate::testing::{Fixture, body};

pub(super) fn delete(f: &Fixture, uid: i64, key: &str) -> Result<()> {
    let r = DeleteIssue::new(key);
    f.write(uid, move |cx| remove::delete(cx, &r)).map(drop)
}

pub(super) fn found(f: &Fixture) -> Vec<Value> {
    let r = trackway_api::issues::SearchIssues::new(trackway_api::issues::SearchRequest::default());
    let reply = f.read(f.ann, |cx| crate::search::ops::search(cx, &r)).expect("issues");
    let found: Vec<Value> = serde_json::from_value(body(reply)).expect("a list");
    found.into_iter().map(|issue| issue["key"].clone()).collect()
}

#[test]
fn nothing_of_a_deleted_issue_stays_but_its_traces() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "unique": "u"}));
    let child = f.issue(f.ann, json!({"queue": "DEV", "summary": "c", "parent": key}));
    let other = f.issue(f.ann, json!({"queue": "DEV", "summary": "o"}));
    let link: LinkCreate =
        serde_json::from_value(json!({"relationship": "relates", "issue": other})).expect("a body");
    let r = AddLink::new(&*key, link);
    f.write(f.ann, move |cx| crate::link::ops::add(cx, &r)).expect("a link");
    let comment =
        serde_json::from_value::<trackway_api::comments::CommentCreate>(json!({"text": "secret"}));
    let r = AddComment::new(&*key, comment.expect("a body"));
    f.write(f.ann, move |cx| crate::comment::ops::add(cx, &r)).expect("a comment");
    let record: WorklogCreate = serde_json::from_value(json!({"duration": "PT1H"})).expect("one");
    let r = AddWorklog::new(&*key, record);
    f.write(f.ann, move |cx| crate::worklog::ops::add(cx, &r)).expect("a record");

    assert_eq!(delete(&f, f.ann, &key).expect_err("edits, but no settings").status(), 403);
    delete(&f, f.boss, &key).expect("deleted");
    assert_eq!(delete(&f, f.boss, &key).expect_err("gone").status(), 404);
    let get = trackway_api::issues::GetIssue::new(&*key);
    let error = f.read(f.boss, |cx| crate::issue::ops::get(cx, &get)).expect_err("gone");
    assert_eq!(error.status(), 404);
    let mut left = found(&f);
    left.sort_by_key(ToString::to_string);
    assert_eq!(left, [json!(child), json!(other)]);
    assert_eq!(f.json(f.ann, &child).get("parent"), None);
    let r = ListLinks::new(&*other);
    let links = body(f.read(f.ann, |cx| crate::link::ops::list(cx, &r)).expect("links"));
    assert_eq!(links, json!([]));
    let r = SearchWorklog::new(WorklogSearch::default());
    let records = body(f.read(f.boss, |cx| crate::worklog::search(cx, &r)).expect("records"));
    assert_eq!(records, json!([]));

    let entry = history(&f, &child).pop().expect("an entry");
    assert_eq!(entry["type"], "IssueUnlinked");
    assert_eq!(entry["links"][0]["from"]["object"]["key"], key, "the key is still known");
    let again = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "unique": "u"}));
    assert_eq!(again, "DEV-4", "numbers do not come again, unique values do");
}

#[test]
fn the_number_of_the_last_issue_does_not_come_again_after_a_restart() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let id = f.json(f.ann, &key)["id"].as_str().expect("an id").to_owned();
    delete(&f, f.boss, &key).expect("deleted");
    let next = f
        .write(f.ann, move |cx| {
            crate::ids::Numbers::default().next(cx.tx, crate::ids::Series::Issue)
        })
        .expect("a number");
    let number = crate::ids::parse_hex_id(crate::ids::Tag::Issue, &id).expect("a number");
    assert!(next > number);
}

/// Every column that holds the id of an issue: table and column.
pub(super) fn places(f: &Fixture) -> Vec<(String, String)> {
    const SQLITE: &str = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND c.name IN ('issue_id', 'other_id') ORDER BY 1, 2";
    const POSTGRES: &str = "SELECT table_name::text, column_name::text \
         FROM information_schema.columns WHERE table_schema = current_schema() \
         AND column_name IN ('issue_id', 'other_id') ORDER BY 1, 2";
    let db = f.tracker.db();
    let mut places: Vec<(String, String)> = db
        .read(|tx| {
            let sql = match tx.engine() {
                trackway_db::Engine::Sqlite => SQLITE,
                trackway_db::Engine::Postgres => POSTGRES,
            };
            tx.all(sql, &[]).map_err(crate::error::Error::from)
        })
        .expect("the schema");
    // Links of projects and goals have ends of other kinds.
    places.retain(|(table, _)| table != "entity_link");
    for (table, column) in [("issue", "id"), ("issue_text", "id"), ("attachment", "owner_id")] {
        places.push((table.to_owned(), column.to_owned()));
    }
    places
}

/// The tables that hold something of an issue.
pub(super) fn holders(f: &Fixture, id: i64, besides: &str) -> Vec<String> {
    let holds = |(table, column): &(String, String)| {
        let kept = match table.as_str() {
            // Numbers that must not come again, without what they stood for.
            "comment" => " AND (deleted = 0 OR text <> '')",
            "worklog" => " AND (deleted = 0 OR comment <> '')",
            "event" => " AND body <> '{}'",
            // On PostgreSQL an empty row tells other processes that the words are gone.
            "word" => " AND stems <> ''",
            _ => "",
        };
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} = $1{kept}");
        let count: (i64,) = f
            .tracker
            .db()
            .read(|tx| tx.one(&sql, &[&id]).map_err(crate::error::Error::from))
            .expect("a count");
        count.0 > 0
    };
    let mut tables: Vec<String> =
        places(f).into_iter().filter(holds).map(|(table, _)| table).collect();
    tables.retain(|table| table != besides);
    tables.sort_unstable();
    tables.dedup();
    tables
}

/// An issue with everything that an issue can have: its key and number.
pub(super) fn full_issue(f: &Fixture) -> (String, i64) {
    let other = f.issue(f.ann, json!({"queue": "HELP", "summary": "o"}));
    let key = f.issue(
        f.ann,
        json!({"queue": "DEV", "summary": "s", "unique": "u", "parent": other, "tags": ["t"]}),
    );
    let hex = f.json(f.ann, &key)["id"].as_str().expect("an id").to_owned();
    let id = crate::ids::parse_hex_id(crate::ids::Tag::Issue, &hex).expect("a number");
    let patch = json!({"priority": "critical", "description": "d", "comment": "c"});
    let Value::Object(patch) = patch else { panic!("an object") };
    let r = trackway_api::issues::UpdateIssue::new(&*key, patch);
    f.write(f.ann, move |cx| crate::issue::ops::update(cx, &r)).expect("an edit");
    let comments = trackway_api::comments::ListComments::new(&*key);
    let comments = body(f.read(f.ann, |cx| crate::comment::ops::list(cx, &comments)).expect("c"));
    let r = trackway_api::comments::AddReaction::new(&*key, comments[0]["id"].to_string(), "LIKE");
    f.write(f.bob, move |cx| crate::comment::reaction::add(cx, &r)).expect("a reaction");
    let record: WorklogCreate = serde_json::from_value(json!({"duration": "PT1H"})).expect("one");
    let r = AddWorklog::new(&*key, record);
    f.write(f.ann, move |cx| crate::worklog::ops::add(cx, &r)).expect("a record");
    let r = trackway_api::issues::MoveIssue::new(&*key, trackway_api::types::Members::new())
        .queue("HELP");
    let moved = f.write(f.boss, move |cx| crate::issue::transfer::relocate(cx, &r)).map(body);
    let key = moved.expect("moved")["key"].as_str().expect("a key").to_owned();
    // What other parts of the tracker write about an issue on their own time.
    f.write(f.ann, move |cx| {
        let org = cx.dict.org_id;
        for sql in [
            "INSERT INTO notice (org_id, user_id, id, at, issue_id, event_id, kind, actor, reason, \
             is_read, mailed) VALUES ($1, 1, 1, 1, $2, 1, 'x', 1, 'x', 0, 0)",
            "INSERT INTO autoaction_issue (org_id, launch_id, place, issue_id, failed) \
             VALUES ($1, 1, 1, $2, 0)",
            "INSERT INTO sla_timer (org_id, issue_id, rule_id, state, started_at, since, spent, \
             paused_ms, max_spent, violated) VALUES ($1, $2, 1, 0, 1, 1, 0, 0, 1, 0)",
            "INSERT INTO attachment (org_id, id, owner_kind, owner_id, comment_id, name, mimetype, \
             size, width, height, blob, created_at, created_by) \
             VALUES ($1, 1, 1, $2, 0, 'a', 'text/plain', 1, 0, 0, 'x', 1, 1)",
            "INSERT INTO remote_link (org_id, id, issue_id, kind, outward, application_id, \
             object_key, created_at, created_by) VALUES ($1, 1, $2, 'relates', 1, 1, 'k', 1, 1)",
            "INSERT INTO board_rank (org_id, board_id, issue_id, place) VALUES ($1, 1, $2, 7)",
            "INSERT INTO notice_mute (org_id, user_id, issue_id, at) VALUES ($1, 1, $2, 1)",
        ] {
            cx.tx.exec(sql, &[&org, &id])?;
        }
        Ok(())
    })
    .expect("rows");
    (key, id)
}

#[test]
fn no_table_holds_anything_of_a_deleted_issue() {
    let f = Fixture::new();
    let (key, id) = full_issue(&f);
    // Words are stored by a thread that may or may not have come by.
    let before = holders(&f, id, "word_pending");
    for table in [
        "attachment",
        "autoaction_issue",
        "board_rank",
        "comment",
        "comment_reaction",
        "event",
        "field_change",
        "issue",
        "issue_alias",
        "issue_text",
        "issue_unique",
        "link",
        "notice",
        "notice_mute",
        "remote_link",
        "sla_timer",
        "worklog",
    ] {
        assert!(before.iter().any(|other| other == table), "{table} of {before:?}");
    }
    delete(&f, f.boss, &key).expect("deleted");
    f.tracker.index_all_words(|_| {}).expect("words");
    assert_eq!(holders(&f, id, ""), ["attachment"], "files are kept for its restoration");
    restoring::let_go(&f);
    assert_eq!(holders(&f, id, ""), [] as [&str; 0]);
}
