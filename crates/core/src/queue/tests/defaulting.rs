//! Default values of new issues.

use serde_json::{Value as Json, json};
use trackway_api::queues::{
    CreateComponentInQueue, CreateQueueDefaultValues, DeleteQueueDefaultValues,
    GetQueueDefaultValues, ListQueueDefaultValues, UpdateQueueDefaultValues,
};

use super::fault;
use crate::error::Result;
use crate::queue::{component, default_values};
use crate::testing::{Fixture, body};

fn add(f: &Fixture, uid: i64, set: Json) -> Result<Json> {
    let Json::Object(set) = set else { panic!("an object") };
    let r = CreateQueueDefaultValues::new("DEV", set);
    f.write(uid, move |cx| default_values::create(cx, &r).map(body))
}

fn created(f: &Fixture, issue: Json) -> Json {
    let key = f.issue(f.ann, issue);
    f.json(f.ann, &key)
}

#[test]
fn new_issues_get_what_the_caller_leaves_out() {
    let f = Fixture::new();
    let set = add(
        &f,
        f.boss,
        json!({"values": {"tags": ["triage"], "priority": "minor", "description": "Steps:",
            "followers": ["bob"], "storyPoints": 3}, "appendFields": ["tags"]}),
    )
    .expect("a set");
    assert_eq!(set["values"]["priority"]["key"], "minor");
    assert_eq!(set["values"]["followers"][0]["id"], f.bob.to_string());
    assert_eq!((&set["appendFields"], &set["version"]), (&json!(["tags"]), &json!(1)));

    let issue = created(&f, json!({"queue": "DEV", "summary": "s"}));
    assert_eq!(issue["tags"], json!(["triage"]));
    assert_eq!((&issue["priority"]["key"], &issue["storyPoints"]), (&json!("minor"), &json!(3.0)));
    assert_eq!(issue["description"], "Steps:");
    let issue = created(
        &f,
        json!({"queue": "DEV", "summary": "s", "tags": ["own"], "priority": "blocker",
            "followers": ["ann"], "description": null}),
    );
    assert_eq!(issue["tags"], json!(["own", "triage"]), "added to");
    assert_eq!(issue["priority"]["key"], "blocker");
    assert_eq!(issue["followers"][0]["id"], f.ann.to_string(), "kept");
    assert_eq!(issue["description"], "Steps:", "null is nothing");
    assert!(created(&f, json!({"queue": "HELP", "summary": "s"})).get("tags").is_none());
}

#[test]
fn sets_for_a_type_or_component_win_over_general_ones() {
    let f = Fixture::new();
    let new = serde_json::from_value(json!({"name": "Core"})).expect("a body");
    let r = CreateComponentInQueue {
        queue: "DEV".to_owned(),
        body: trackway_api::Json(new),
        ..CreateComponentInQueue::default()
    };
    f.write(f.boss, move |cx| component::create_in(cx, &r)).expect("a component");
    add(&f, f.boss, json!({"values": {"storyPoints": 1, "tags": ["all"]}})).expect("a set");
    add(&f, f.boss, json!({"type": "bug", "values": {"storyPoints": 2}})).expect("a set");
    let narrow = json!({"type": "bug", "component": "Core", "values": {"storyPoints": 3}});
    let narrow = add(&f, f.boss, narrow).expect("a set");
    assert_eq!(narrow["component"]["display"], "Core");
    let points = |issue: Json| created(&f, issue)["storyPoints"].clone();
    assert_eq!(points(json!({"queue": "DEV", "summary": "s"})), 1.0);
    assert_eq!(points(json!({"queue": "DEV", "summary": "s", "type": "bug"})), 2.0);
    let both = json!({"queue": "DEV", "summary": "s", "type": "bug", "components": ["Core"]});
    let issue = created(&f, both);
    assert_eq!((&issue["storyPoints"], &issue["tags"]), (&json!(3.0), &json!(["all"])));
}

#[test]
fn sets_are_read_changed_and_removed() {
    let f = Fixture::new();
    let set = add(&f, f.boss, json!({"values": {"storyPoints": 1}})).expect("a set");
    let id = set["id"].to_string();
    let list = ListQueueDefaultValues::new("DEV");
    let listed = f.read(f.guest, |cx| default_values::list(cx, &list).map(body)).expect("a list");
    assert_eq!(listed, json!([set]));
    let change = |version: i64, patch: Json| {
        let Json::Object(patch) = patch else { panic!("an object") };
        let r = UpdateQueueDefaultValues::new("DEV", &*id, patch).version(version);
        f.write(f.boss, move |cx| default_values::update(cx, &r).map(body))
    };
    assert_eq!(change(9, json!({})).expect_err("stale").status(), 412);
    let changed = change(1, json!({"values": {"tags": ["x"]}})).expect("a change");
    assert_eq!((&changed["version"], &changed["values"]), (&json!(2), &json!({"tags": ["x"]})));
    assert_eq!(change(2, json!({"values": {"tags": ["x"]}})).expect("same")["version"], 2);
    let get = |queue: &str| {
        let r = GetQueueDefaultValues::new(queue, &*id);
        f.read(f.ann, |cx| default_values::get(cx, &r)).map_or_else(|e| e.status(), |_| 200)
    };
    assert_eq!((get("DEV"), get("HELP")), (200, 404));
    let r = DeleteQueueDefaultValues::new("DEV", &*id);
    f.write(f.boss, move |cx| default_values::delete(cx, &r)).expect("gone");
    assert_eq!(get("DEV"), 404);
    assert!(created(&f, json!({"queue": "DEV", "summary": "s"})).get("tags").is_none());
}

#[test]
fn wrong_sets_are_refused() {
    let f = Fixture::new();
    for (set, field) in [
        (json!({"values": {"nonsense": 1}}), "nonsense"),
        (json!({"values": {"storyPoints": "many"}}), "storyPoints"),
        (json!({"values": {"status": "open"}}), "status"),
        (json!({"values": {"queue": "HELP"}}), "queue"),
        (json!({"values": {"votes": 3}}), "votes"),
        (json!({"values": []}), "values"),
        (json!({"type": "vacancy"}), "type"),
        (json!({"component": "nonsense"}), "component"),
        (json!({"appendFields": ["priority"]}), "appendFields"),
        (json!({"appendFields": "tags"}), "appendFields"),
    ] {
        let error = add(&f, f.boss, set).expect_err(field);
        assert_eq!(fault(&error), (422, vec![field.to_owned()]));
    }
    assert_eq!(add(&f, f.ann, json!({})).expect_err("no right").status(), 403);
}
