//! What files do to issues and comments, and what is left of them.

use serde_json::{Value, json};
use trackway_api::List;
use trackway_api::attachments::{
    DeleteAttachment, GetAttachment, GetTemporaryAttachment, ListAttachments,
};
use trackway_api::changelog::ListChangelog;
use trackway_api::comments::{AddComment, CommentCreate, DeleteComment, GetComment, UpdateComment};
use trackway_api::issues::{
    DeleteIssue, GetIssue, RestoreIssue, SearchIssues, SearchRequest, UpdateIssue,
};

use super::upload::{Target, Uploaded};
use super::{clean, ops, upload};
use crate::error::Result;
use crate::search;
use crate::testing::{Fixture, NOW, body};
use crate::time::DAY_MS;

fn issue(f: &Fixture) -> String {
    f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}))
}

fn try_upload(f: &Fixture, uid: i64, target: &Target, blob: &str) -> Result<Value> {
    let (started, ended) = (target.clone(), target.clone());
    let (expected, blob) = (blob.to_owned(), blob.to_owned());
    f.write(uid, move |cx| upload::begin(cx, &started, &expected))?;
    let file = Uploaded {
        name: "a note.txt".to_owned(),
        mimetype: "text/plain".to_owned(),
        size: 6,
        pixels: None,
        blob,
    };
    f.write(uid, move |cx| upload::finish(cx, &ended, &file)).map(body)
}

fn attach(f: &Fixture, key: &str, blob: &str) -> Value {
    try_upload(f, f.ann, &Target::Issue(key.to_owned()), blob).expect("a file")
}

fn temporary(f: &Fixture, uid: i64, blob: &str) -> String {
    let file = try_upload(f, uid, &Target::Nothing, blob).expect("a file");
    file["id"].as_str().expect("an id").to_owned()
}

fn list(f: &Fixture, key: &str) -> Value {
    let request = ListAttachments::new(key);
    body(f.read(f.guest, |cx| ops::list(cx, &request)).expect("a list"))
}

fn alone(f: &Fixture, uid: i64, id: &str) -> Result<Value> {
    let request = GetTemporaryAttachment::new(id);
    f.read(uid, |cx| ops::get_alone(cx, &request)).map(body)
}

fn patch(f: &Fixture, key: &str, members: Value) -> Result<Value> {
    let Value::Object(members) = members else { panic!("an object") };
    let request = UpdateIssue::new(key, members);
    f.write(f.ann, move |cx| crate::issue::ops::update(cx, &request)).map(body)
}

fn comment(f: &Fixture, key: &str, members: Value) -> Result<Value> {
    let body_in: CommentCreate = serde_json::from_value(members).expect("a comment");
    let request = AddComment::new(key, body_in).expand(["attachments"]);
    f.write(f.bob, move |cx| crate::comment::ops::add(cx, &request)).map(body)
}

fn history(f: &Fixture, key: &str) -> Vec<Value> {
    let request = ListChangelog::new(key);
    let entries = body(f.read(f.guest, |cx| crate::event::ops::list(cx, &request)).expect("one"));
    entries.as_array().expect("a list").clone()
}

fn trash(f: &Fixture, now: i64) -> Vec<String> {
    f.tracker.db().read(|tx| clean::due(tx, now)).expect("trash")
}

fn code(result: Result<Value>) -> u16 {
    result.expect_err("a refusal").status()
}

#[test]
fn a_file_is_attached_read_and_removed() {
    let f = Fixture::new();
    let key = issue(&f);
    let file = attach(&f, &key, "b1");
    let id = file["id"].as_str().expect("an id").to_owned();
    let place = format!("http://tracker.test/v3/issues/{key}/attachments/{id}");
    assert_eq!(file["self"], place);
    assert_eq!(file["content"], format!("{place}/a%20note.txt"));
    assert_eq!((&file["size"], &file["mimetype"]), (&json!(6), &json!("text/plain")));
    for absent in ["thumbnail", "metadata", "commentId"] {
        assert!(file.get(absent).is_none(), "{absent}");
    }
    assert_eq!(list(&f, &key), json!([file]));
    let get = GetAttachment::new(&*key, &*id);
    assert_eq!(body(f.read(f.guest, |cx| ops::get(cx, &get)).expect("a file")), file);
    assert_eq!(alone(&f, f.guest, &id).expect("a file"), file);
    let other = issue(&f);
    let elsewhere = GetAttachment::new(&*other, &*id);
    assert_eq!(code(f.read(f.guest, |cx| ops::get(cx, &elsewhere)).map(body)), 404);
    let expanded = GetIssue::new(&*key).expand(["attachments"]);
    let shown = body(f.read(f.guest, |cx| crate::issue::ops::get(cx, &expanded)).expect("it"));
    assert_eq!(shown["attachments"], json!([{"self": place, "id": id, "display": "a note.txt"}]));
    assert_eq!(shown["version"], 1, "files are not in the way of If-Match");

    let delete = DeleteAttachment::new(&*key, &*id);
    let again = delete.clone();
    let refused = delete.clone();
    assert_eq!(code(f.write(f.guest, move |cx| ops::delete(cx, &refused)).map(body)), 403);
    assert!(trash(&f, NOW).is_empty());
    f.write(f.ann, move |cx| ops::delete(cx, &delete)).map(drop).expect("a removal");
    assert_eq!(code(f.write(f.ann, move |cx| ops::delete(cx, &again)).map(body)), 404);
    assert_eq!(list(&f, &key), json!([]));
    assert_eq!(trash(&f, NOW), ["b1"]);

    let kinds: Vec<Value> = history(&f, &key).iter().map(|e| e["type"].clone()).collect();
    assert_eq!(kinds, ["IssueCreated", "IssueAttachmentAdded", "IssueAttachmentRemoved"]);
    let entries = history(&f, &key);
    assert_eq!(entries[1]["attachments"]["added"][0]["display"], "a note.txt");
    assert_eq!(entries[2]["attachments"]["removed"][0]["self"], place);
}

#[test]
fn only_who_may_edit_an_issue_attaches_to_it() {
    let f = Fixture::new();
    let key = issue(&f);
    let to = |key: &str| Target::Issue(key.to_owned());
    assert_eq!(code(try_upload(&f, f.guest, &to(&key), "b1")), 403);
    assert_eq!(code(try_upload(&f, f.ann, &to("DEV-99"), "b1")), 404);
    assert!(trash(&f, NOW + 2 * DAY_MS).is_empty(), "nothing was begun");
}

#[test]
fn a_temporary_file_is_used_once_and_by_its_uploader() {
    let f = Fixture::new();
    let id = temporary(&f, f.ann, "b1");
    let shown = alone(&f, f.ann, &id).expect("one's own");
    assert_eq!(shown["self"], format!("http://tracker.test/v3/attachments/{id}"));
    assert_eq!(code(alone(&f, f.bob, &id)), 404);
    let theirs = temporary(&f, f.bob, "b2");
    let key = issue(&f);
    assert_eq!(code(patch(&f, &key, json!({"attachmentIds": [theirs]}))), 404);
    assert_eq!(code(patch(&f, &key, json!({"attachmentIds": [{}]}))), 422);
    assert_eq!(code(patch(&f, &key, json!({"attachmentIds": ["x"]}))), 404);
    let number: i64 = id.parse().expect("a number");
    patch(&f, &key, json!({"attachmentIds": [number, id]})).expect("bound");
    assert_eq!(list(&f, &key)[0]["id"], id.as_str());
    assert_eq!(code(patch(&f, &key, json!({"attachmentIds": [id]}))), 404);
    let last = history(&f, &key).pop().expect("an entry");
    assert_eq!(last["type"], "IssueUpdated");
    assert_eq!(last["attachments"]["added"][0]["id"], id.as_str());

    let (one, two) = (temporary(&f, f.ann, "b3"), temporary(&f, f.ann, "b4"));
    let made = f.issue(
        f.ann,
        json!({"queue": "DEV", "summary": "s", "attachmentIds": [one],
        "descriptionAttachmentIds": [two]}),
    );
    assert_eq!(list(&f, &made).as_array().map(Vec::len), Some(2));
    let again = f.try_issue(f.ann, json!({"queue": "DEV", "summary": "s", "attachmentIds": [one]}));
    assert_eq!(again.expect_err("used").status(), 404);
    let first = history(&f, &made).remove(0);
    assert_eq!(first["attachments"]["added"].as_array().map(Vec::len), Some(2));
}

#[test]
fn files_of_a_comment_come_and_go_with_it() {
    let f = Fixture::new();
    let key = issue(&f);
    let id = temporary(&f, f.bob, "b1");
    let made = comment(&f, &key, json!({"text": "See", "attachmentIds": [id]})).expect("one");
    assert_eq!(made["attachments"][0]["display"], "a note.txt");
    assert_eq!(list(&f, &key)[0]["commentId"], made["id"].to_string());
    let added = history(&f, &key).pop().expect("an entry");
    assert_eq!(added["type"], "IssueCommentAdded");
    assert_eq!(added["attachments"]["added"][0]["id"], id.as_str());
    assert_eq!(code(comment(&f, &key, json!({"text": "x", "attachmentIds": [id]}))), 404);

    let second = temporary(&f, f.bob, "b2");
    let mut edit = UpdateComment::new(
        &*key,
        made["id"].to_string(),
        serde_json::from_value::<trackway_api::comments::CommentUpdate>(
            json!({"attachmentIds": [second]}),
        )
        .expect("an edit"),
    );
    edit.expand = Some(List::from(["all"]));
    let edited = f.write(f.bob, move |cx| crate::comment::ops::update(cx, &edit));
    let edited = body(edited.expect("an edit"));
    assert_eq!(edited["attachments"].as_array().map(Vec::len), Some(2));
    assert_eq!(edited["text"], "See");

    let get = GetComment::new(&*key, made["id"].to_string());
    let plain = body(f.read(f.guest, |cx| crate::comment::ops::get(cx, &get)).expect("it"));
    assert!(plain.get("attachments").is_none());
    let delete = DeleteComment::new(&*key, made["id"].to_string());
    f.write(f.bob, move |cx| crate::comment::ops::delete(cx, &delete)).map(drop).expect("gone");
    assert_eq!(list(&f, &key), json!([]));
    assert_eq!(trash(&f, NOW), ["b1", "b2"]);
    let removed = history(&f, &key).pop().expect("an entry");
    assert_eq!(removed["attachments"]["removed"].as_array().map(Vec::len), Some(2));
}

#[test]
fn imported_files_have_the_history_they_are_given() {
    let f = Fixture::new();
    let key = issue(&f);
    let import = |at: &str, by: &str| Target::Import {
        issue: key.clone(),
        comment: None,
        created_at: Some(at.to_owned()),
        created_by: Some(by.to_owned()),
    };
    let at = "2026-03-02T10:00:00.000+0000";
    assert_eq!(code(try_upload(&f, f.ann, &import(at, "bob"), "b1")), 403, "no administrator");
    assert_eq!(code(try_upload(&f, f.boss, &import("2026-03-02T09:00:00", "bob"), "b1")), 422);
    assert_eq!(code(try_upload(&f, f.boss, &import("soon", "bob"), "b1")), 422);
    assert_eq!(code(try_upload(&f, f.boss, &import(at, "nobody"), "b1")), 422);
    let file = try_upload(&f, f.boss, &import(at, "bob"), "b1").expect("a file");
    assert_eq!(file["createdBy"]["id"], f.bob.to_string());
    assert_eq!(file["createdAt"], at);
    let entry = history(&f, &key).pop().expect("an entry");
    assert_eq!(entry["type"], "IssueAttachmentAdded");
    assert_eq!(entry["updatedBy"]["id"], f.bob.to_string());

    let made = comment(&f, &key, json!({"text": "x"})).expect("a comment");
    let target = Target::Import {
        issue: key.clone(),
        comment: Some(made["id"].to_string()),
        created_at: Some(at.to_owned()),
        created_by: Some("ann".to_owned()),
    };
    let file = try_upload(&f, f.boss, &target, "b2").expect("a file");
    assert_eq!(file["commentId"], made["id"].to_string());
}

#[test]
fn what_nobody_uses_becomes_trash() {
    let f = Fixture::new();
    f.write(f.ann, |cx| upload::begin(cx, &Target::Nothing, "cut-off")).expect("begun");
    let id = temporary(&f, f.ann, "unused");
    assert!(trash(&f, NOW).is_empty());
    assert_eq!(trash(&f, NOW + DAY_MS), ["cut-off"]);
    let expire = |now: i64| f.tracker.db().write_now(|tx| clean::expire(tx, now)).expect("done");
    assert_eq!(expire(NOW + DAY_MS), 0);
    assert_eq!(expire(NOW + 3 * DAY_MS), 1);
    assert_eq!(code(alone(&f, f.ann, &id)), 404);
    let due = trash(&f, NOW + 3 * DAY_MS);
    assert_eq!(due, ["cut-off", "unused"]);
    f.tracker.db().write_now(|tx| clean::forget(tx, &due)).expect("forgotten");
    assert!(trash(&f, NOW + 9 * DAY_MS).is_empty());
}

#[test]
fn names_are_the_last_part_of_a_path() {
    for (given, name) in [
        (Some("a.txt"), "a.txt"),
        (Some("C:\\tmp\\b.txt"), "b.txt"),
        (Some("../../etc/passwd"), "passwd"),
        (Some(".."), "file"),
        (Some(" x\r\ny "), "xy"),
        (Some(""), "file"),
        (None, "file"),
    ] {
        assert_eq!(upload::clean_name(given).expect("a name"), name);
    }
    assert_eq!(upload::clean_name(Some(&"я".repeat(256))).expect_err("long").status(), 422);
}

#[test]
fn statements_are_ready_for_both_engines() {
    let f = Fixture::new();
    let all = [super::store::ALL_SQL, clean::ALL_SQL].concat();
    f.tracker.db().prepare_all(&all).expect("statements that can be prepared");
}

/// Issues that a query finds.
fn found(f: &Fixture, query: &str) -> Vec<String> {
    let request = SearchRequest { query: Some(query.into()), ..SearchRequest::default() };
    let request = SearchIssues::new(request);
    let issues = body(f.read(f.guest, |cx| search::ops::search(cx, &request)).expect("a list"));
    let keys = issues.as_array().expect("a list").iter().map(|issue| issue["key"].to_string());
    keys.map(|key| key.trim_matches('"').to_owned()).collect()
}

#[test]
fn issues_are_found_by_the_names_of_their_files() {
    let f = Fixture::new();
    let [plain, commented, bound] = [issue(&f), issue(&f), issue(&f)];
    let store = || f.tracker.index_all_words(|_| {}).expect("stored");
    store();
    let file = attach(&f, &plain, "b1")["id"].as_str().expect("an id").to_owned();
    assert_eq!(found(&f, "note"), [&*plain], "at once");
    let waiting = temporary(&f, f.bob, "b2");
    assert_eq!(found(&f, "note"), [&*plain], "it hangs on nothing yet");
    let made = comment(&f, &commented, json!({"text": "c", "attachmentIds": [waiting]}));
    let made = made.expect("a comment")["id"].to_string();
    let waiting = temporary(&f, f.ann, "b3");
    patch(&f, &bound, json!({"attachmentIds": [waiting]})).expect("an edit");
    for _ in 0..2 {
        for (query, keys) in [
            ("note", vec![&plain, &commented, &bound]),
            ("\"note txt\"", vec![&plain, &commented, &bound]),
            ("Attachment: notes", vec![&plain, &commented, &bound]),
            ("Attachment: \"txt note\"", vec![&plain, &commented, &bound]),
            ("Attachment: #\"a note\"", vec![&plain, &commented, &bound]),
            ("Attachment: #\"txt note\"", vec![]),
            ("Attachment: !txt", vec![]),
            ("Comment: note", vec![]),
            ("Attachment: c", vec![]),
        ] {
            let mut keys: Vec<String> = keys.into_iter().cloned().collect();
            let mut found = found(&f, query);
            keys.sort();
            found.sort();
            assert_eq!(found, keys, "{query}");
        }
        store();
    }
    let gone = DeleteAttachment::new(&*plain, &*file);
    f.write(f.ann, move |cx| ops::delete(cx, &gone).map(drop)).expect("deleted");
    let gone = DeleteComment::new(&*commented, made.trim_matches('"'));
    f.write(f.bob, move |cx| crate::comment::ops::delete(cx, &gone).map(drop)).expect("deleted");
    for _ in 0..2 {
        assert_eq!(found(&f, "note"), [&*bound], "no longer");
        store();
    }
    let gone = DeleteIssue::new(&*bound);
    f.write(f.boss, move |cx| crate::issue::remove::delete(cx, &gone).map(drop)).expect("deleted");
    assert!(found(&f, "Attachment: note").is_empty());
    let back = RestoreIssue::new(&*bound);
    f.write(f.boss, move |cx| crate::issue::restore::restore(cx, &back).map(drop)).expect("back");
    assert_eq!(found(&f, "Attachment: note"), [bound]);
}
