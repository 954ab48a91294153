//! What one user or group may do, and through what.

use serde_json::{Value as Json, json};
use trackway_api::queues::{GetQueuePermissionsOfGroup, GetQueuePermissionsOfUser};

use super::{group, ids, permit};
use crate::queue::subject;
use crate::testing::{Fixture, body};

fn of_user(f: &Fixture, user: &str) -> Json {
    let r = GetQueuePermissionsOfUser::new("DEV", user);
    f.read(f.boss, |cx| subject::user_in_queue(cx, &r).map(body)).expect("rights")
}

fn of_group(f: &Fixture, group: i64) -> Json {
    let r = GetQueuePermissionsOfGroup::new("DEV", group.to_string());
    f.read(f.boss, |cx| subject::group_in_queue(cx, &r).map(body)).expect("rights")
}

fn named(rights: &Json) -> Vec<&str> {
    rights["permissions"].as_object().expect("a map").keys().map(String::as_str).collect()
}

#[test]
fn rights_come_through_users_groups_and_roles() {
    let f = Fixture::new();
    let boss = of_user(&f, "boss");
    assert_eq!(named(&boss), ["CREATE", "GRANT", "READ", "WRITE"]);
    assert_eq!(ids(&boss["permissions"]["GRANT"]["users"]), [f.boss.to_string()]);
    assert_eq!(ids(&boss["permissions"]["GRANT"]["roles"]), ["queue-lead"]);
    let ann = of_user(&f, "ann");
    assert_eq!(named(&ann), ["CREATE", "READ", "WRITE"]);
    assert_eq!(ids(&ann["permissions"]["READ"]["groups"]), ["0"]);
    assert_eq!(ann["user"]["id"], f.ann.to_string());
    assert_eq!(ann["permissions"]["READ"].get("roles"), None);
}

#[test]
fn groups_have_the_rights_of_everybody_and_of_the_groups_above() {
    let f = Fixture::new();
    let team = group(&f, "team", &[f.bob]);
    let nobody = json!({"users": [], "groups": [], "roles": []});
    let patch = json!({"create": nobody, "read": nobody,
        "write": {"groups": [team], "roles": []}, "deny": {"users": ["ann"]}});
    permit(&f, f.boss, "DEV", patch).expect("permissions");
    assert_eq!(named(&of_group(&f, team)), ["READ", "WRITE"]);
    assert!(named(&of_group(&f, 0)).is_empty());
    assert_eq!(ids(&of_user(&f, "bob")["permissions"]["READ"]["groups"]), [team.to_string()]);
    assert!(named(&of_user(&f, "boss")).contains(&"GRANT"));
    permit(&f, f.boss, "DEV", json!({"read": {"users": ["ann"]}})).expect("permissions");
    let r = GetQueuePermissionsOfUser::new("DEV", "ann");
    let refused = f.read(f.boss, |cx| subject::user_in_queue(cx, &r).map(body)).expect("rights");
    assert!(named(&refused).is_empty(), "refused");
}

#[test]
fn unknown_subjects_and_queues_are_not_found() {
    let f = Fixture::new();
    for (queue, user) in [("NONE", "ann"), ("DEV", "nobody")] {
        let r = GetQueuePermissionsOfUser::new(queue, user);
        let error = f.read(f.boss, |cx| subject::user_in_queue(cx, &r)).expect_err("none");
        assert_eq!(error.status(), 404);
    }
    let r = GetQueuePermissionsOfGroup::new("DEV", "77");
    let error = f.read(f.boss, |cx| subject::group_in_queue(cx, &r)).expect_err("none");
    assert_eq!(error.status(), 404);
}
