//! The changelog (contract, `listChangelog` and `Changelog`; real-samples, 3).

use serde_json::{Value as Json, json};
use trackway_api::changelog::{Change, GetChange, ListChangelog};
use trackway_api::issues::UpdateIssue;

use super::{CommentDelta, EventBody, EventKind, LinkDelta, LinkEnd, ops};
use crate::cx::Paging;
use crate::testing::{Fixture, NOW, body, open_permissions};

fn page(f: &Fixture, uid: i64, r: &ListChangelog) -> (Vec<Json>, Option<String>) {
    let reply = f.read(uid, |cx| ops::list(cx, r)).expect("a changelog");
    let Some(Paging::Relative { next, .. }) = reply.paging.clone() else {
        panic!("pages go by cursor")
    };
    let Json::Array(entries) = body(reply) else { panic!("a list") };
    (entries, next)
}

fn all(f: &Fixture, uid: i64, key: &str) -> Vec<Json> {
    page(f, uid, &ListChangelog::new(key)).0
}

fn edit_at(f: &Fixture, minute: i64, key: &str, patch: Json) {
    let Json::Object(patch) = patch else { panic!("an object") };
    let request = UpdateIssue::new(key, patch);
    f.write_at(f.ann, NOW + minute * 60_000, move |cx| crate::issue::ops::update(cx, &request))
        .expect("an edit");
}

/// An issue with five edits, the second and fourth of which change the priority.
fn edited(f: &Fixture) -> String {
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    for (minute, patch) in (1..).zip([
        json!({"summary": "t"}),
        json!({"priority": "minor"}),
        json!({"tags": ["a", "b"]}),
        json!({"priority": "critical", "tags": {"remove": "a"}}),
        json!({"assignee": "bob", "deadline": "2026-04-01", "estimation": "PT8H"}),
    ]) {
        edit_at(f, minute, &key, patch);
    }
    key
}

fn record(f: &Fixture, key: &str, kind: EventKind, event: EventBody) {
    let key = key.to_owned();
    f.write(f.ann, move |cx| {
        let id = cx.issue(&key)?.issue().id;
        super::record(cx, id, kind, &event)
    })
    .expect("an event");
}

/// The change of a field in an entry.
fn change<'j>(entry: &'j Json, field: &str) -> &'j Json {
    let fields = entry["fields"].as_array().expect("fields");
    fields.iter().find(|c| c["field"]["id"] == field).expect("a change of the field")
}

#[test]
fn a_creation_begins_with_the_status() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "First", "type": "bug"}));
    let entries = all(&f, f.guest, &key);
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert_eq!(entry["type"], "IssueCreated");
    assert_eq!(entry["transport"], "apiV2");
    assert_eq!(entry["updatedAt"], "2026-03-02T10:00:00.000+0000");
    assert_eq!(entry["updatedBy"]["id"], f.ann.to_string());
    assert_eq!(entry["updatedBy"]["display"], "ann Trial");
    assert_eq!(entry["issue"]["key"], key);
    assert_eq!(entry["issue"]["display"], "First");
    let id = entry["id"].as_str().expect("an id");
    assert_eq!(id.len(), 24);
    let url = format!("http://tracker.test/v3/issues/{key}/changelog/{id}");
    assert_eq!(entry["self"], url);
    let status = &entry["fields"][0];
    assert_eq!(status["field"]["id"], "status");
    assert_eq!(status["field"]["self"], "http://tracker.test/v3/fields/status");
    assert_eq!(status["field"]["display"], "Status");
    assert_eq!(status["from"], Json::Null);
    assert_eq!(status["to"]["key"], "open");
    assert_eq!(change(entry, "queue")["to"]["key"], "DEV");
    assert_eq!(change(entry, "summary")["to"], "First");
    for absent in ["comments", "links", "worklog", "attachments"] {
        assert_eq!(entry.get(absent), None, "{absent}");
    }
}

#[test]
fn values_look_as_in_issues_and_null_is_written() {
    let f = Fixture::new();
    let key = edited(&f);
    let entries = all(&f, f.bob, &key);
    assert_eq!(entries.len(), 6, "oldest first");
    let last = &entries[5];
    assert_eq!(last["type"], "IssueUpdated");
    let fields = last["fields"].as_array().expect("fields");
    assert!(fields.iter().all(|c| c.get("from").is_some() && c.get("to").is_some()));
    assert_eq!(change(last, "assignee")["from"], Json::Null);
    assert_eq!(change(last, "assignee")["to"]["display"], "bob Trial");
    assert_eq!(change(last, "deadline")["to"], "2026-04-01");
    assert_eq!(change(last, "estimation")["to"], "P1D");
    assert_eq!(change(&entries[3], "tags")["to"], json!(["a", "b"]));
    assert_eq!(change(&entries[4], "tags")["from"], json!(["a", "b"]));
    assert_eq!(change(&entries[4], "tags")["to"], json!(["b"]));
    assert_eq!(change(&entries[4], "priority")["from"]["key"], "minor");
}

#[test]
fn entries_read_as_the_type_of_the_client() {
    let f = Fixture::new();
    let key = edited(&f);
    let changes: Vec<Change> = all(&f, f.ann, &key)
        .into_iter()
        .map(|entry| serde_json::from_value(entry).expect("the client's type"))
        .collect();
    assert_eq!(changes[1].kind, "IssueUpdated");
    assert_eq!(changes[1].fields.as_ref().map(Vec::len), Some(1));
}

#[test]
fn pages_follow_the_cursor_in_both_directions() {
    let f = Fixture::new();
    let key = edited(&f);
    let entries = all(&f, f.ann, &key);
    let mut backwards: Vec<Json> = entries.clone();
    backwards.reverse();
    for (sort, expected) in [("asc", &entries), ("DESC", &backwards)] {
        let mut seen = Vec::new();
        let mut request = ListChangelog::new(&*key).per_page(2).sort(sort);
        for _ in 0..3 {
            let (entries, next) = page(&f, f.ann, &request);
            assert_eq!(entries.len(), 2);
            assert_eq!(next.is_some(), seen.len() < 4, "a next page while more exists");
            let last = entries[1]["id"].as_str().expect("an id").to_owned();
            assert!(next.is_none_or(|next| next == last), "the cursor is the last entry's id");
            seen.extend(entries);
            request = request.id(last);
        }
        assert_eq!(&seen, expected);
        assert_eq!(page(&f, f.ann, &request), (Vec::new(), None), "past the end");
    }
}

#[test]
fn a_filtered_entry_keeps_all_its_fields() {
    let f = Fixture::new();
    let key = edited(&f);
    let (found, _) = page(&f, f.ann, &ListChangelog::new(&*key).field(["priority"]));
    assert_eq!(found.len(), 3, "the creation sets it too");
    assert_eq!(found[2]["fields"].as_array().map(Vec::len), Some(2));
    let (found, _) = page(&f, f.ann, &ListChangelog::new(&*key).field(["deadline", "summary"]));
    assert_eq!(found.len(), 3);
}

#[test]
fn types_and_fields_narrow_together_and_page_on() {
    let f = Fixture::new();
    let key = edited(&f);
    let request = ListChangelog::new(&*key).kind(["IssueUpdated"]).field(["priority"]).per_page(1);
    let (first, next) = page(&f, f.ann, &request);
    assert_eq!(change(&first[0], "priority")["to"]["key"], "minor");
    let (second, end) = page(&f, f.ann, &request.id(next.expect("more")));
    assert_eq!(change(&second[0], "priority")["to"]["key"], "critical");
    assert_eq!(end, None);
}

#[test]
fn names_that_mean_nothing_match_nothing() {
    let f = Fixture::new();
    let key = edited(&f);
    for request in [
        ListChangelog::new(&*key).field(["checklistItems"]),
        ListChangelog::new(&*key).field(["nosuch"]),
        ListChangelog::new(&*key).kind(["IssueMoved"]),
    ] {
        assert_eq!(page(&f, f.ann, &request), (Vec::new(), None));
    }
}

#[test]
fn wrong_parameters_are_refused() {
    let f = Fixture::new();
    let key = edited(&f);
    for request in [
        ListChangelog::new(&*key).per_page(0),
        ListChangelog::new(&*key).sort("up"),
        ListChangelog::new(&*key).id("6a"),
        ListChangelog::new(&*key).id("я".repeat(12)),
    ] {
        let error = f.read(f.ann, |cx| ops::list(cx, &request)).expect_err("wrong");
        assert_eq!(error.status(), 400);
    }
    let error = f.read(f.ann, |cx| ops::list(cx, &ListChangelog::new("DEV-99")));
    assert_eq!(error.expect_err("none").status(), 404);
}

#[test]
fn one_change_is_found_by_its_id_in_its_issue_only() {
    let f = Fixture::new();
    let key = edited(&f);
    let other = f.issue(f.ann, json!({"queue": "HELP", "summary": "other"}));
    let entry = all(&f, f.ann, &key)[2].clone();
    let id = entry["id"].as_str().expect("an id");
    let get = |key: &str, id: &str| {
        let request = GetChange::new(key, id);
        f.read(f.ann, |cx| ops::get(cx, &request)).map(body)
    };
    assert_eq!(get(&key, id).expect("the change"), entry);
    assert_eq!(get(&other, id).expect_err("another issue's").status(), 404);
    let forged = format!("00000000{}", &id[8..]);
    for wrong in ["nosuch", &forged, "ffffffff3c4affffffffffff"] {
        assert_eq!(get(&key, wrong).expect_err("none").status(), 404, "{wrong}");
    }
}

#[test]
fn the_first_transition_has_no_former_start() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    for (minute, id) in [(1, "start_progress"), (2, "stop_progress")] {
        let request = trackway_api::transitions::ExecuteTransition::new(
            &*key,
            id,
            trackway_api::types::Members::new(),
        );
        f.write_at(f.ann, NOW + minute * 60_000, move |cx| {
            crate::transition::ops::execute(cx, &request)
        })
        .expect("a transition");
    }
    let (moves, _) = page(&f, f.ann, &ListChangelog::new(&*key).kind(["IssueWorkflow"]));
    let start = |entry: &Json| entry["fields"][1]["from"].clone();
    assert_eq!(start(&moves[0]), Json::Null);
    assert_eq!(start(&moves[1]), "2026-03-02T10:01:00.000+0000");
}

#[test]
fn comments_tell_what_was_added_changed_and_removed() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let text = |text: &str| Some(text.to_owned());
    for (kind, from, to) in [
        (EventKind::IssueCommentAdded, None, text("one")),
        (EventKind::IssueCommentUpdated, text("one"), text("two")),
        (EventKind::IssueCommentRemoved, text("two"), None),
    ] {
        let comments = vec![CommentDelta { id: 7, from, to, ..CommentDelta::default() }];
        record(&f, &key, kind, EventBody { comments, ..EventBody::default() });
    }
    let entries = all(&f, f.bob, &key);
    let added = &entries[1]["comments"]["added"][0];
    assert_eq!((&added["id"], &added["display"]), (&json!("7"), &json!("one")));
    assert_eq!(added["self"], format!("http://tracker.test/v3/issues/{key}/comments/7"));
    assert_eq!(entries[1]["comments"].get("removed"), None);
    let updated = &entries[2]["comments"]["updated"][0];
    assert_eq!((&updated["from"], &updated["to"]), (&json!("one"), &json!("two")));
    assert_eq!(updated["comment"]["id"], "7");
    assert_eq!(entries[3]["comments"]["removed"][0]["display"], "two");
    assert_eq!(entries[3].get("fields"), None);
}

#[test]
fn a_comment_is_named_by_its_long_id_too() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let mut request = trackway_api::comments::AddComment::new(
        &*key,
        trackway_api::comments::CommentCreate::default(),
    );
    request.body.0.text = Some(json!("hello"));
    let comment = f.write_at(f.bob, NOW + 5000, move |cx| crate::comment::ops::add(cx, &request));
    let comment = body(comment.expect("a comment"));
    let entry = all(&f, f.ann, &key).pop().expect("an entry");
    assert_eq!(entry["type"], "IssueCommentAdded");
    let added = &entry["comments"]["added"][0];
    assert_eq!(added["objectId"], comment["longId"]);
    assert_eq!(added["id"], comment["id"].to_string());
    assert_eq!(added["self"], comment["self"]);
}

#[test]
fn links_name_the_other_issue_and_unreadable_ones_by_key_only() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let other = f.issue(f.boss, json!({"queue": "HELP", "summary": "secret"}));
    let id = f.read(f.boss, |cx| Ok(cx.issue("HELP-1")?.issue().id)).expect("an id");
    let end = LinkEnd {
        kind: "depends".to_owned(),
        direction: "outward".to_owned(),
        other: id,
        remote: None,
    };
    let links = vec![LinkDelta { from: None, to: Some(end) }];
    record(&f, &key, EventKind::IssueLinked, EventBody { links, ..EventBody::default() });
    let linked = |uid| all(&f, uid, &key)[1]["links"][0].clone();
    let seen = linked(f.ann);
    assert_eq!(seen["from"], Json::Null);
    assert_eq!(seen["to"]["direction"], "outward");
    assert_eq!(seen["to"]["type"]["id"], "depends");
    assert_eq!(seen["to"]["object"]["display"], "secret");
    let mut permissions = open_permissions(f.boss);
    permissions.read.groups.clear();
    permissions.write.groups.clear();
    f.permit(f.help, permissions);
    let hidden = linked(f.ann);
    assert_eq!(hidden["to"]["object"]["key"], other);
    assert_eq!(hidden["to"]["object"]["display"], other);
    assert_eq!(linked(f.boss)["to"]["object"]["display"], "secret");
}

#[test]
fn a_parent_is_mentioned_like_in_an_issue() {
    let f = Fixture::new();
    f.issue(f.ann, json!({"queue": "DEV", "summary": "Parent"}));
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "parent": "DEV-1"}));
    let entry = all(&f, f.ann, &key)[0].clone();
    assert_eq!(change(&entry, "parent")["to"]["key"], "DEV-1");
    assert_eq!(change(&entry, "parent")["to"]["display"], "Parent");
}

#[test]
fn history_is_read_by_whoever_reads_the_issue() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "HELP", "summary": "s"}));
    let mut permissions = open_permissions(f.boss);
    permissions.read.groups.clear();
    permissions.write.groups.clear();
    f.permit(f.help, permissions);
    let request = ListChangelog::new(&*key);
    assert!(f.read(f.ann, |cx| ops::list(cx, &request)).is_ok(), "the author");
    let refused = f.read(f.bob, |cx| ops::list(cx, &request)).map(drop);
    assert_eq!(refused.expect_err("a stranger").status(), 403);
}
