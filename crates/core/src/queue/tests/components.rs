//! Rules of components, and taking components and versions away.

use serde_json::{Value as Json, json};
use trackway_api::changelog::ListChangelog;
use trackway_api::issues::{GetIssue, UpdateIssue};
use trackway_api::queues::{
    CreateComponentInQueue, CreateVersionInQueue, DeleteComponent, DeleteComponentPermissions,
    DeleteVersion, GetComponent, GetComponentAccess, GetComponentAccessOne, GetComponentPermission,
    GetComponentPermissions, GetComponentPermissionsOfGroup, GetComponentPermissionsOfUser,
    GetVersion, UpdateComponentPermissions,
};

use super::{group, ids, permit};
use crate::error::Result;
use crate::queue::{component, component_rules, removal, subject, version};
use crate::testing::{Fixture, body};

fn add(f: &Fixture, name: &str) -> String {
    let new = serde_json::from_value(json!({"name": name})).expect("a body");
    let queue = "DEV".to_owned();
    let body_of = trackway_api::Json(new);
    let r = CreateComponentInQueue { queue, body: body_of, ..CreateComponentInQueue::default() };
    let made = f.write(f.boss, move |cx| component::create_in(cx, &r).map(body));
    made.expect("a component")["id"].to_string()
}

fn rule(f: &Fixture, uid: i64, id: &str, patch: Json) -> Result<Json> {
    let Json::Object(patch) = patch else { panic!("an object") };
    let r = UpdateComponentPermissions::new(id, patch);
    f.write(uid, move |cx| component_rules::update(cx, &r).map(body))
}

fn status<T>(result: Result<T>) -> u16 {
    result.map_or_else(|error| error.status(), |_| 200)
}

fn reads(f: &Fixture, uid: i64, key: &str) -> u16 {
    status(f.read(uid, |cx| crate::issue::ops::get(cx, &GetIssue::new(key))))
}

#[test]
fn rules_of_a_component_replace_those_of_the_queue() {
    let f = Fixture::new();
    let team = group(&f, "team", &[f.bob]);
    let id = add(&f, "private");
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "components": ["private"]}));
    assert_eq!(reads(&f, f.ann, &key), 200);
    let get = GetComponentPermissions::new(&*id);
    let none = f.read(f.ann, |cx| component_rules::get(cx, &get).map(body)).expect("rules");
    assert_eq!((none.get("read"), &none["version"]), (None, &json!(0)));

    let patch = json!({"write": {"groups": [team]}});
    assert_eq!(status(rule(&f, f.ann, &id, patch.clone())), 403);
    let rules = rule(&f, f.boss, &id, patch).expect("rules");
    assert_eq!(rules["self"], format!("http://tracker.test/v3/components/{id}/permissions"));
    assert_eq!(
        (ids(&rules["write"]["groups"]), &rules["version"]),
        (vec![team.to_string()], &json!(1))
    );
    // Not even the author (permissions.md, example `private`).
    assert_eq!(
        (reads(&f, f.ann, &key), reads(&f, f.bob, &key), reads(&f, f.boss, &key)),
        (403, 200, 200)
    );
    let new = json!({"queue": "DEV", "summary": "s", "components": ["private"]});
    assert_eq!(status(f.try_issue(f.ann, new.clone())), 403);
    assert_eq!(status(f.try_issue(f.bob, new.clone())), 403, "create is a right of its own");
    rule(&f, f.boss, &id, json!({"create": {"users": ["ann"]}})).expect("rules");
    assert_eq!(status(f.try_issue(f.ann, new)), 200);

    let clear = DeleteComponentPermissions::new(&*id);
    f.write(f.boss, move |cx| component_rules::delete(cx, &clear)).expect("no rules");
    assert_eq!(reads(&f, f.ann, &key), 200);
}

#[test]
fn holders_of_rights_on_a_component() {
    let f = Fixture::new();
    let team = group(&f, "team", &[f.bob]);
    let id = add(&f, "private");
    let access = GetComponentAccess::new(&*id);
    let open = f.read(f.ann, |cx| component_rules::access(cx, &access).map(body)).expect("holders");
    assert_eq!(ids(&open["read"]["groups"]), ["0"], "those of the queue");
    rule(
        &f,
        f.boss,
        &id,
        json!({"read": {"users": ["ann"], "roles": ["queue-lead"]}, "write": {"groups": [team]},
            "deny": {"roles": ["assignee"]}}),
    )
    .expect("rules");
    let held = f.read(f.ann, |cx| component_rules::access(cx, &access).map(body)).expect("holders");
    assert_eq!(ids(&held["read"]["users"]), [f.boss.to_string(), f.ann.to_string()]);
    assert_eq!(ids(&held["read"]["groups"]), [team.to_string()]);
    assert_eq!((held.get("create"), held.get("grant")), (None, None));
    let one = |code: &str| {
        let r = GetComponentAccessOne::new(&*id, code);
        f.read(f.ann, |cx| component_rules::access_one(cx, &r).map(body))
    };
    assert_eq!(ids(&one("WRITE").expect("holders")["groups"]), [team.to_string()]);
    assert_eq!((status(one("grant")), status(one("deny")), status(one("x"))), (404, 404, 404));
    let r = GetComponentPermission::new(&*id, "deny");
    let deny = f.read(f.ann, |cx| component_rules::get_one(cx, &r).map(body)).expect("holders");
    assert_eq!(ids(&deny["roles"]), ["assignee"]);
    let r = GetComponentPermissionsOfUser::new(&*id, "bob");
    let bob = f.read(f.ann, |cx| subject::user_in_component(cx, &r).map(body)).expect("rights");
    assert_eq!(ids(&bob["permissions"]["READ"]["groups"]), [team.to_string()]);
    assert_eq!(bob["component"]["name"], "private");
    let r = GetComponentPermissionsOfGroup::new(&*id, "0");
    let all = f.read(f.ann, |cx| subject::group_in_component(cx, &r).map(body)).expect("rights");
    assert_eq!(all["permissions"], json!({}));
}

#[test]
fn of_several_components_one_or_all_must_admit() {
    let f = Fixture::new();
    let (a, b) = (add(&f, "a"), add(&f, "b"));
    rule(&f, f.boss, &a, json!({"read": {"users": ["ann", "bob"]}, "create": {"users": ["ann"]}}))
        .expect("rules");
    rule(&f, f.boss, &b, json!({"read": {"users": ["bob"]}})).expect("rules");
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "components": ["a", "b"]}));
    assert_eq!((reads(&f, f.ann, &key), reads(&f, f.bob, &key)), (200, 200));
    let Json::Object(patch) = json!({"useComponentPermissionsIntersection": true}) else {
        unreachable!()
    };
    let r = trackway_api::queues::UpdateQueue::new("DEV", patch);
    f.write(f.boss, move |cx| crate::queue::update::update(cx, &r)).expect("a change");
    assert_eq!((reads(&f, f.ann, &key), reads(&f, f.bob, &key)), (403, 200));
    permit(&f, f.boss, "DEV", json!({"deny": {"users": ["bob"]}})).expect("permissions");
    assert_eq!(reads(&f, f.bob, &key), 403, "the queue's list of the refused comes first");
}

#[test]
fn a_deleted_component_leaves_its_issues_and_stays_in_their_history() {
    let f = Fixture::new();
    let id = add(&f, "old");
    add(&f, "kept");
    let key =
        f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "components": ["old", "kept"]}));
    let delete = |uid| {
        let r = DeleteComponent::new(&*id);
        status(f.write(uid, move |cx| removal::component(cx, &r)))
    };
    assert_eq!((delete(f.ann), delete(f.boss), delete(f.boss)), (403, 200, 404));
    let get = GetComponent::new(&*id);
    assert_eq!(status(f.read(f.ann, |cx| component::get(cx, &get))), 404);
    let issue = f.json(f.ann, &key);
    assert_eq!(issue["components"].as_array().map(Vec::len), Some(1));
    assert_eq!(issue["version"], 2);
    let r = ListChangelog::new(&*key);
    let log = f.read(f.ann, |cx| crate::event::ops::list(cx, &r).map(body)).expect("a changelog");
    let change = &log[1]["fields"][0];
    assert_eq!(change["field"]["id"], "components");
    assert_eq!(change["from"][0]["display"], "old");
    let error = f.try_issue(f.ann, json!({"queue": "DEV", "summary": "s", "components": ["old"]}));
    assert_eq!(status(error), 422);
    assert_ne!(add(&f, "old"), id, "the name is free again");
    let Json::Object(patch) = json!({"components": {"add": ["old"]}}) else { unreachable!() };
    let r = UpdateIssue::new(&*key, patch);
    f.write(f.ann, move |cx| crate::issue::ops::update(cx, &r)).expect("an edit");
}

#[test]
fn a_deleted_version_leaves_both_fields() {
    let f = Fixture::new();
    let new = serde_json::from_value(json!({"name": "1.0"})).expect("a body");
    let r = CreateVersionInQueue {
        queue: "DEV".to_owned(),
        body: trackway_api::Json(new),
        ..CreateVersionInQueue::default()
    };
    let made = f.write(f.boss, move |cx| version::create_in(cx, &r).map(body)).expect("a version");
    let id = made["id"].to_string();
    let key = f.issue(
        f.ann,
        json!({"queue": "DEV", "summary": "s", "fixVersions": ["1.0"],
            "affectedVersions": ["1.0"]}),
    );
    let r = DeleteVersion::new(&*id);
    f.write(f.boss, move |cx| removal::version(cx, &r)).expect("gone");
    let issue = f.json(f.ann, &key);
    assert_eq!((issue.get("fixVersions"), issue.get("affectedVersions")), (None, None));
    let get = GetVersion::new(&*id);
    assert_eq!(status(f.read(f.ann, |cx| version::get(cx, &get))), 404);
}
