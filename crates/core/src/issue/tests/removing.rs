//! Issues that are deleted.

use serde_json::{Value, json};
use trackway_api::comments::AddComment;
use trackway_api::issues::DeleteIssue;
use trackway_api::links::{AddLink, LinkCreate, ListLinks};
use trackway_api::worklog::{AddWorklog, SearchWorklog, WorklogCreate, WorklogSearch};

use super::history;
use crate::error::Result;
use crate::issue::remove;
use crate::testing::{Fixture, body};

fn delete(f: &Fixture, uid: i64, key: &str) -> Result<()> {
    let r = DeleteIssue::new(key);
    f.write(uid, move |cx| remove::delete(cx, &r)).map(drop)
}

fn found(f: &Fixture) -> Vec<Value> {
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
