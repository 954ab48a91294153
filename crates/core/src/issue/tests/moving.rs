//! Issues that go to other queues, and clones of them.

use serde_json::{Value, json};
use trackway_api::IfMatch;
use trackway_api::issues::{CloneIssue, MoveIssue};
use trackway_api::links::ListLinks;

use super::{fields, history, members};
use crate::dict::model::{Component, Field, Subjects, Version};
use crate::error::{Error, Result};
use crate::issue::{copy, transfer};
use crate::lang::{Lang, Name};
use crate::testing::{Fixture, body, open_permissions};

const LOCAL: &str = "65f0c0ffee65f0c0ffee65f0--ripeness";

/// Components and versions named alike in both queues, and a local field of `DEV`.
fn furnish(f: &Fixture) {
    for (queue, name) in [(f.dev, "core"), (f.help, "core"), (f.dev, "only")] {
        let body = Component { queue, name: name.to_owned(), ..Component::default() };
        f.tracker.add_object(f.org, "", &body).expect("a component");
        let body = Version { queue, name: name.to_owned(), ..Version::default() };
        f.tracker.add_object(f.org, "", &body).expect("a version");
    }
    let local = Field {
        name: Name::new("Спелость", "Ripeness"),
        category: 1,
        queue: Some(f.dev),
        ..Field::default()
    };
    f.tracker.add_object(f.org, LOCAL, &local).expect("a field");
}

fn full(f: &Fixture) -> String {
    let mut issue = json!({"queue": "DEV", "summary": "s", "type": "task", "tags": ["t"],
        "components": ["core", "only"], "fixVersions": ["core", "only"], "assignee": "bob",
        "description": "d", "storyPoints": 3.0});
    issue[LOCAL] = json!("ripe");
    f.issue(f.ann, issue)
}

fn relocate(f: &Fixture, uid: i64, r: MoveIssue) -> Result<Value> {
    f.write(uid, move |cx| transfer::relocate(cx, &r)).map(body)
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(|o| o["display"].as_str())
        .collect()
}

fn named(error: &Error) -> Vec<String> {
    error.body(Lang::En).errors.into_keys().collect()
}

fn to_help(key: &str) -> MoveIssue {
    MoveIssue::new(key, members(json!({}))).queue("HELP")
}

#[test]
fn a_moved_issue_has_a_new_key_and_keeps_the_old_one() {
    let f = Fixture::new();
    furnish(&f);
    let key = full(&f);
    let child = f.issue(f.ann, json!({"queue": "DEV", "summary": "child", "parent": key}));
    let before = f.json(f.ann, &key);
    let moved = relocate(&f, f.ann, to_help(&key)).expect("moved");
    assert_eq!(moved["key"], "HELP-1");
    assert_eq!((&moved["id"], &moved["version"]), (&before["id"], &json!(2)));
    assert_eq!(
        (&moved["queue"]["key"], &moved["previousQueue"]["key"]),
        (&json!("HELP"), &json!("DEV"))
    );
    assert_eq!(moved["aliases"], json!([key]));
    assert_eq!(moved["assignee"], before["assignee"]);
    for gone in ["components", "fixVersions", LOCAL] {
        assert_eq!(moved.get(gone), None, "{gone}");
    }
    for old in [key.as_str(), "HELP-1", "help-1", before["id"].as_str().expect("an id")] {
        assert_eq!(f.json(f.guest, old)["key"], "HELP-1", "{old}");
    }
    assert_eq!(f.json(f.ann, &child)["parent"]["key"], "HELP-1", "subtasks stay, tied");
    let entry = history(&f, &key).pop().expect("an entry");
    assert_eq!(entry["type"], "IssueMoved");
    let changed = fields(&entry);
    for field in ["queue", "key", "previousQueue", "components", LOCAL] {
        assert!(changed.contains(&field), "{field} in {changed:?}");
    }
    let change = |id: &str| {
        let all = entry["fields"].as_array().expect("fields");
        all.iter().find(|change| change["field"]["id"] == id).cloned().expect(id)
    };
    assert_eq!(change("queue")["from"]["key"], "DEV");
    let keys = change("key");
    assert_eq!((&keys["from"], &keys["to"]), (&json!(key), &json!("HELP-1")));

    let r = MoveIssue::new(&*key, members(json!({"queue": "DEV"})));
    let back = relocate(&f, f.ann, r).expect("back");
    assert_eq!(back["key"], "DEV-3", "a fresh number");
    assert_eq!(back["aliases"], json!([key, "HELP-1"]));
    assert_eq!(f.json(f.ann, "HELP-1")["key"], "DEV-3");
    let tags = f.read(f.ann, |cx| crate::issue::store::tags(cx, f.help)).expect("tags");
    assert_eq!(tags, ["t"], "the tags of an issue come along");
}

#[test]
fn twins_are_kept_when_all_fields_are_moved() {
    let f = Fixture::new();
    furnish(&f);
    let key = full(&f);
    let r = MoveIssue::new(&*key, members(json!({"summary": "new", "comment": "why"})))
        .queue("HELP")
        .move_all_fields(true)
        .expand_transitions(true);
    let moved = relocate(&f, f.ann, r).expect("moved");
    assert_eq!(names(&moved["components"]), ["core"]);
    assert_eq!(names(&moved["fixVersions"]), ["core"]);
    assert_eq!(moved["summary"], "new");
    assert_eq!(moved["commentWithoutExternalMessageCount"], 1);
    assert!(moved["transitions"].as_array().is_some_and(|t| !t.is_empty()));
    assert_eq!(moved.get(LOCAL), None);
}

#[test]
fn type_and_status_must_be_known_to_the_target() {
    let f = Fixture::new();
    let bug = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "type": "bug"}));
    let error = relocate(&f, f.ann, to_help(&bug)).expect_err("no bugs there");
    assert_eq!((error.status(), named(&error)), (422, vec!["type".to_owned()]));
    let r = MoveIssue::new(&*bug, members(json!({"type": "task"}))).queue("HELP");
    assert_eq!(relocate(&f, f.ann, r).expect("as a task")["type"]["key"], "task");

    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "type": "task"}));
    for id in ["start_progress", "review"] {
        let r = trackway_api::transitions::ExecuteTransition::new(&*key, id, members(json!({})));
        f.write(f.ann, move |cx| crate::transition::ops::execute(cx, &r)).expect(id);
    }
    let error = relocate(&f, f.ann, to_help(&key)).expect_err("no reviews there");
    assert_eq!((error.status(), named(&error)), (422, vec!["status".to_owned()]));
    let moved = relocate(&f, f.ann, to_help(&key).initial_status(true)).expect("from the start");
    assert_eq!(
        (&moved["status"]["key"], &moved["previousStatus"]["key"]),
        (&json!("open"), &json!("inReview"))
    );
}

#[test]
fn moves_need_rights_a_target_and_the_present_version() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let status = |uid, r: MoveIssue| relocate(&f, uid, r).expect_err("refused").status();
    let to = |queue: &str| MoveIssue::new(&*key, members(json!({}))).queue(queue);
    assert_eq!(status(f.ann, MoveIssue::new(&*key, members(json!({})))), 400);
    assert_eq!(status(f.ann, to("NOSUCH")), 404);
    assert_eq!(status(f.ann, to("DEV")), 422);
    assert_eq!(status(f.guest, to("HELP")), 403);
    assert_eq!(status(f.ann, to("HELP").version(7)), 409);
    assert_eq!(status(f.ann, to("HELP").if_match(IfMatch::Version(7))), 412);
    let mut permissions = open_permissions(f.boss);
    permissions.create = Subjects { users: vec![f.bob], ..Subjects::default() };
    f.permit(f.help, permissions);
    assert_eq!(status(f.ann, to("HELP")), 403);
    let wrong = MoveIssue::new(&*key, members(json!({"nosuch": 1}))).queue("HELP");
    assert_eq!(status(f.bob, wrong), 422);
    assert_eq!(f.json(f.ann, &key)["key"], key, "nothing of a refused move stays");
    let first = relocate(&f, f.bob, to("HELP")).expect("moved");
    assert_eq!(first["key"], "HELP-1");
}

fn clones(f: &Fixture, uid: i64, r: CloneIssue) -> Result<Value> {
    f.write(uid, move |cx| copy::clone(cx, &r)).map(body)
}

#[test]
fn clones_take_what_they_are_asked_to_take() {
    let f = Fixture::new();
    furnish(&f);
    let key = full(&f);
    let r = CloneIssue::new(&*key, members(json!({}))).queues(["DEV", "HELP"]);
    let made = clones(&f, f.bob, r).expect("clones");
    let keys: Vec<&Value> = made.as_array().expect("a list").iter().map(|i| &i["key"]).collect();
    assert_eq!(keys, ["DEV-2", "HELP-1"]);
    for clone in made.as_array().expect("a list") {
        assert_eq!(
            (&clone["summary"], &clone["description"], &clone["tags"]),
            (&json!("s"), &json!("d"), &json!(["t"]))
        );
        assert_eq!(clone["createdBy"]["id"], f.bob.to_string());
        assert_eq!(clone.get("components"), None);
        assert_eq!(clone.get("assignee"), None);
        assert_eq!(clone["status"]["key"], "open");
    }
    let kinds: Vec<Value> = history(&f, &key).into_iter().map(|e| e["type"].clone()).collect();
    assert_eq!(kinds, ["IssueCreated", "IssueCloned", "IssueCloned"]);

    let r = CloneIssue::new(&*key, members(json!({"summary": "other"})))
        .queues(["DEV", "HELP"])
        .clone_all_fields(true)
        .link_with_original(true);
    let made = clones(&f, f.ann, r).expect("clones");
    assert_eq!(names(&made[0]["components"]), ["core", "only"]);
    assert_eq!(names(&made[1]["components"]), ["core"]);
    assert_eq!((&made[0][LOCAL], made[1].get(LOCAL)), (&json!("ripe"), None));
    assert_eq!((&made[1]["summary"], &made[1]["storyPoints"]), (&json!("other"), &json!(3.0)));
    let r = ListLinks::new(&*key);
    let links = body(f.read(f.ann, |cx| crate::link::ops::list(cx, &r)).expect("links"));
    assert_eq!(links[0]["type"]["id"], "cloners");
    assert_eq!(
        (&links[0]["direction"], &links[0]["object"]["key"]),
        (&json!("inward"), &made[0]["key"])
    );
}

#[test]
fn clones_need_queues_and_the_right_to_create_there() {
    let f = Fixture::new();
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let status = |uid, r: CloneIssue| clones(&f, uid, r).expect_err("refused").status();
    let to = |queues: &[&str]| {
        let list: trackway_api::List = queues.iter().copied().collect();
        CloneIssue::new(&*key, members(json!({}))).queues(list)
    };
    assert_eq!(status(f.ann, to(&[])), 400);
    assert_eq!(status(f.ann, to(&["DEV", "NOSUCH"])), 404);
    assert_eq!(status(f.guest, to(&["DEV"])), 403);
    let wrong = CloneIssue::new(&*key, members(json!({"nosuch": 1}))).queues(["DEV"]);
    assert_eq!(status(f.ann, wrong), 422);
    assert_eq!(f.issue(f.ann, json!({"queue": "DEV", "summary": "s"})), "DEV-2", "none was made");
}
