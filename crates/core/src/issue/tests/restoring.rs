//! Issues that are archived, and deleted ones that are restored.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trackway_api::comments::{AddComment, CommentCreate};
use trackway_api::issues::{ArchiveIssue, RestoreIssue, SearchRequest, UpdateIssue};
use trackway_db::Param;

use super::removing::{delete, found, full_issue, holders, places};
use super::{history, members};
use crate::dict::model::Permissions;
use crate::error::{Code, Error, Result};
use crate::issue::restore;
use crate::job::Lane;
use crate::testing::{Fixture, NOW, body};
use crate::{feed, search};

fn restored(f: &Fixture, uid: i64, key: &str) -> Result<Value> {
    let r = RestoreIssue::new(key);
    f.write(uid, move |cx| restore::restore(cx, &r)).map(body)
}

fn archived(f: &Fixture, uid: i64, key: &str) -> Result<Value> {
    let r = ArchiveIssue::new(key);
    f.write(uid, move |cx| restore::archive(cx, &r)).map(body)
}

fn status(result: Result<Value>) -> u16 {
    result.map_or_else(|error| error.status(), |_| 200)
}

fn edit(f: &Fixture, key: &str, json: Value) -> u16 {
    let r = UpdateIssue::new(key, members(json));
    status(f.write(f.ann, move |cx| crate::issue::ops::update(cx, &r)).map(body))
}

/// Does what is due 30 days later.
pub(super) fn let_go(f: &Fixture) {
    let later = NOW + restore::KEPT_MS;
    for job in f.tracker.claim_jobs(Lane::Inner, "test", later, 10).expect("claims") {
        f.tracker.run_job(&job, later).expect("done");
    }
}

/// What tables hold of an issue, links and its own rows aside.
fn rows(f: &Fixture, id: i64) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for (table, column) in places(f) {
        let other =
            ["issue", "issue_archived", "issue_text", "link", "event", "word", "word_pending"];
        if other.contains(&table.as_str()) || table == "autoaction_issue" {
            continue;
        }
        let read = f.tracker.db().read(|tx| {
            let mut columns = tx.table_columns(&table)?;
            columns.retain(|column| column != "xid");
            let mut rows = Vec::new();
            let by: [(&str, &dyn Param); 1] = [(&column, &id)];
            tx.each_row_of(&table, &columns, &by, &mut |row| {
                let cells: Result<Vec<String>, trackway_db::Error> =
                    (0..columns.len()).map(|n| Ok(format!("{:?}", row.cell(n)?))).collect();
                rows.push(cells?.join(" "));
                Ok(())
            })?;
            rows.sort_unstable();
            Ok::<_, trackway_db::Error>(rows)
        });
        all.insert(table, read.expect("rows"));
    }
    all
}

#[test]
fn all_of_a_deleted_issue_comes_back() {
    let f = Fixture::new();
    let (key, id) = full_issue(&f);
    let before = (f.json(f.ann, &key), history(&f, &key), rows(&f, id));
    assert!(before.2.values().all(|rows| !rows.is_empty()), "{:?}", before.2);
    delete(&f, f.boss, &key).expect("deleted");
    f.tracker.index_all_words(|_| {}).expect("words");
    assert_eq!(status(restored(&f, f.ann, &key)), 403, "who may not delete may not restore");
    let issue = restored(&f, f.boss, &key).expect("restored");
    assert_eq!((&issue["key"], &issue["id"]), (&before.0["key"], &before.0["id"]));
    assert!(issue["version"].as_i64() > before.0["version"].as_i64());
    let mut after = f.json(f.ann, &key);
    for member in ["version", "updatedAt", "updatedBy"] {
        after[member] = before.0[member].clone();
    }
    assert_eq!(after, before.0);
    let log = history(&f, &key);
    assert_eq!(log[..before.1.len()], before.1[..]);
    let kinds: Vec<&Value> = log[before.1.len()..].iter().map(|entry| &entry["type"]).collect();
    assert_eq!(kinds, ["IssueRestored", "IssueLinked"]);
    assert_eq!(rows(&f, id), before.2);
    assert!(found(&f).contains(&json!(key)));
    assert_eq!(status(restored(&f, f.boss, &key)), 409, "it is in its place");
    let_go(&f);
    assert_eq!(rows(&f, id), before.2, "nothing is due any more");
    delete(&f, f.boss, &key).expect("again");
    assert_eq!(status(restored(&f, f.boss, issue["id"].as_str().expect("an id"))), 200);
}

#[test]
fn a_comment_after_a_restoration_has_a_number_of_its_own() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let comment = |text: &str| {
        let comment: CommentCreate = serde_json::from_value(json!({"text": text})).expect("one");
        let r = AddComment::new(&*key, comment);
        body(f.write(f.ann, move |cx| crate::comment::ops::add(cx, &r)).expect("a comment"))
    };
    let first = comment("one");
    delete(&f, f.boss, &key).expect("deleted");
    restored(&f, f.boss, &key).expect("restored");
    let second = comment("two");
    assert!(second["id"].as_i64() > first["id"].as_i64());
    f.tracker.index_all_words(|_| {}).expect("words");
    let request: SearchRequest =
        serde_json::from_value(json!({"query": "Comment: one"})).expect("a request");
    let r = trackway_api::issues::SearchIssues::new(request);
    let found = body(f.read(f.ann, |cx| search::ops::search(cx, &r)).expect("issues"));
    assert_eq!(found[0]["key"], key);
}

#[test]
fn links_return_where_their_other_end_is() {
    let f = Fixture::new();
    let parent = f.issue(f.ann, json!({"queue": "DEV", "summary": "p"}));
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "parent": parent}));
    let child = f.issue(f.ann, json!({"queue": "DEV", "summary": "c", "parent": key}));
    let moved = f.issue(f.ann, json!({"queue": "DEV", "summary": "m", "parent": key}));
    let gone = f.issue(f.ann, json!({"queue": "DEV", "summary": "g", "parent": key}));
    let other = f.issue(f.ann, json!({"queue": "DEV", "summary": "o"}));
    let link = serde_json::from_value::<trackway_api::links::LinkCreate>(
        json!({"relationship": "depends on", "issue": other}),
    );
    let r = trackway_api::links::AddLink::new(&*key, link.expect("a body"));
    f.write(f.ann, move |cx| crate::link::ops::add(cx, &r)).expect("a link");
    delete(&f, f.boss, &key).expect("deleted");
    assert_eq!(edit(&f, &moved, json!({"parent": parent})), 200);
    delete(&f, f.boss, &gone).expect("deleted");
    restored(&f, f.boss, &key).expect("restored");
    let parent_of = |key: &str| f.json(f.ann, key)["parent"]["key"].clone();
    assert_eq!(parent_of(&key), json!(parent));
    assert_eq!(parent_of(&child), json!(key));
    assert_eq!(parent_of(&moved), json!(parent), "it has another one by now");
    let r = trackway_api::links::ListLinks::new(&*key);
    let links = body(f.read(f.ann, |cx| crate::link::ops::list(cx, &r)).expect("links"));
    let mut ends: Vec<&str> = links
        .as_array()
        .expect("a list")
        .iter()
        .map(|link| link["object"]["key"].as_str().expect("a key"))
        .collect();
    ends.sort_unstable();
    assert_eq!(ends, [&parent, &child, &other]);
    let last = history(&f, &other).pop().expect("an entry");
    assert_eq!(last["type"], "IssueLinked");
    restored(&f, f.boss, &gone).expect("the other end comes back as well");
    assert_eq!(parent_of(&gone), json!(key));
    delete(&f, f.boss, &key).expect("deleted");
    delete(&f, f.boss, &parent).expect("deleted");
    restored(&f, f.boss, &key).expect("restored without a parent");
    assert_eq!(parent_of(&key), Value::Null);
}

#[test]
fn a_restored_issue_fits_its_queue_of_today() {
    let f = Fixture::new();
    let sprint = f
        .write(f.boss, |cx| {
            let board = members(json!({"name": "B", "defaultQueue": "DEV"}));
            let board = trackway_api::boards::CreateBoard::new(board);
            let board = body(crate::board::ops::create(cx, &board)?);
            Ok(board["id"].as_i64().expect("a number"))
        })
        .expect("a board");
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "unique": "u"}));
    assert_eq!(edit(&f, &key, json!({"boards": {"add": [sprint]}})), 200);
    delete(&f, f.boss, &key).expect("deleted");
    let r = trackway_api::boards::DeleteBoard::new(sprint.to_string());
    f.write(f.boss, move |cx| crate::board::ops::delete(cx, &r).map(drop)).expect("deleted");
    let twin = f.issue(f.ann, json!({"queue": "DEV", "summary": "t", "unique": "u"}));
    let error = restored(&f, f.boss, &key).expect_err("its unique value is taken");
    assert_eq!(error.code, Code::UniqueTaken);
    delete(&f, f.boss, &twin).expect("deleted");
    let issue = restored(&f, f.boss, &key).expect("restored");
    assert_eq!(issue.get("boards"), None);
}

#[test]
fn after_thirty_days_nothing_is_kept_but_the_key() {
    let f = Fixture::new();
    let (key, id) = full_issue(&f);
    delete(&f, f.boss, &key).expect("deleted");
    let due = f.tracker.claim_jobs(Lane::Inner, "test", NOW + restore::KEPT_MS - 1, 10);
    assert_eq!(due.expect("claims").len(), 0, "not yet");
    let_go(&f);
    assert_eq!(status(restored(&f, f.boss, &key)), 404);
    f.tracker.index_all_words(|_| {}).expect("words");
    assert_eq!(holders(&f, id, ""), [] as [&str; 0]);
    let kept: (i64,) = f
        .tracker
        .db()
        .read(|tx| {
            tx.one("SELECT COUNT(*) FROM issue_removed WHERE id = $1 AND kept IS NULL", &[&id])
                .map_err(Error::from)
        })
        .expect("a count");
    assert_eq!(kept.0, 1);
    let trash: (i64,) = f
        .tracker
        .db()
        .read(|tx| tx.one("SELECT COUNT(*) FROM blob_trash", &[]).map_err(Error::from))
        .expect("a count");
    assert_eq!(trash.0, 1, "its file goes");
}

#[test]
fn archived_issues_are_out_of_sight_and_do_not_change() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let other = f.issue(f.ann, json!({"queue": "DEV", "summary": "o"}));
    assert_eq!(status(archived(&f, f.guest, &key)), 403);
    assert_eq!(status(restored(&f, f.ann, &key)), 409, "it is neither archived nor deleted");
    let issue = archived(&f, f.ann, &key).expect("archived");
    assert_eq!((&issue["archived"], &issue["version"]), (&json!(true), &json!(2)));
    assert_eq!(archived(&f, f.ann, &key).expect("no fault")["version"], 2);
    assert_eq!(found(&f), [json!(other)]);
    assert_eq!(f.json(f.guest, &key)["archived"], true, "by its key it is still there");
    assert_eq!(edit(&f, &key, json!({"summary": "t"})), 423);
    let comment: CommentCreate = serde_json::from_value(json!({"text": "c"})).expect("one");
    let r = AddComment::new(&*key, comment);
    let refused = f.write(f.ann, move |cx| crate::comment::ops::add(cx, &r)).map(body);
    assert_eq!(status(refused), 423);
    assert_eq!(edit(&f, &other, json!({"parent": key})), 200, "others may mention it");
    f.tracker.rebuild_indexes().expect("an index");
    assert_eq!(found(&f), [json!(other)]);
    f.permit(f.dev, Permissions::default());
    assert_eq!(status(restored(&f, f.bob, &key)), 403);
    let issue = restored(&f, f.boss, &key).expect("restored");
    assert_eq!(issue.get("archived"), None);
    assert!(found(&f).is_empty() && status(archived(&f, f.boss, &key)) == 200);
    delete(&f, f.boss, &key).expect("an archived issue can be deleted");
    let issue = restored(&f, f.boss, &key).expect("restored");
    assert_eq!(issue["archived"], true, "as it was");
    assert_eq!(restored(&f, f.boss, &key).expect("restored").get("archived"), None);
    let kinds: Vec<Value> = history(&f, &key).iter().map(|entry| entry["type"].clone()).collect();
    for kind in ["IssueArchived", "IssueRestored"] {
        assert!(kinds.contains(&json!(kind)), "{kind} of {kinds:?}");
    }
}

/// A process that hears of the changes of another one by the feed: late, and of some twice.
#[test]
fn followers_see_what_came_back() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let cursor = f.tracker.db().read(feed::cursor).expect("a cursor");
    let world = f.tracker.world();
    let rebuilt = search::build::rebuild(&f.tracker, world.org(f.org).expect("one"));
    let elsewhere = std::cell::RefCell::new(rebuilt.expect("an index"));
    let follow = || {
        let entries = f.tracker.db().read(|tx| feed::after(tx, cursor)).expect("a feed");
        assert!(!entries.is_empty());
        search::build::follow(&f.tracker, &entries).expect("followed");
        let ids: Vec<i64> = entries.iter().filter(|e| e.is_issue()).map(|e| e.entity).collect();
        let mut index = elsewhere.borrow_mut();
        let replayed = f.tracker.db().read(|tx| search::build::replay(tx, f.org, &ids, &mut index));
        replayed.expect("replayed");
        let hits = index.eval(&trackway_search::Cond::Has(crate::field::no::QUEUE, f.dev));
        assert_eq!(hits.iter().count(), found(&f).len(), "another process finds as much");
    };
    for turn in 0..2 {
        delete(&f, f.boss, &key).expect("deleted");
        follow();
        assert!(found(&f).is_empty());
        restored(&f, f.boss, &key).expect("restored");
        assert_eq!(found(&f), [json!(key)], "turn {turn}");
        follow();
        assert_eq!(found(&f), [json!(key)], "turn {turn}");
        archived(&f, f.boss, &key).expect("archived");
        follow();
        assert!(found(&f).is_empty());
        restored(&f, f.boss, &key).expect("restored");
        follow();
        assert_eq!(found(&f), [json!(key)], "turn {turn}");
        assert_eq!(edit(&f, &key, json!({"summary": format!("s{turn}")})), 200);
        assert_eq!(f.json(f.ann, &key)["summary"], format!("s{turn}"));
    }
}
