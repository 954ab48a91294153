//! The forms in which permissions are changed (permissions.md, 2.4 and 7).

use serde_json::{Value as Json, json};
use trackway_api::queues::{GetQueueAccess, GetQueueAccessOne, GetQueuePermission};

use super::{fault, group, ids, permissions, permit};
use crate::queue::{effective, permissions as ops};
use crate::testing::{Fixture, body};

#[test]
fn an_array_replaces_and_operators_edit() {
    let f = Fixture::new();
    let rules = permit(&f, f.boss, "DEV", json!({"read": {"users": ["ann"], "groups": []}}));
    let rules = rules.expect("permissions");
    assert_eq!(rules["version"], 2);
    assert_eq!(ids(&rules["read"]["users"]), [f.ann.to_string()]);
    assert!(rules["read"].get("groups").is_none());
    assert_eq!(rules["read"]["roles"].as_array().map(Vec::len), Some(5), "roles stay");
    assert_eq!(ids(&rules["write"]["groups"]), ["0"], "other permissions stay");
    assert_eq!(rules["self"], "http://tracker.test/v3/queues/DEV/permissions");
    assert_eq!(rules["read"]["self"], "http://tracker.test/v3/queues/DEV/permissions/read");
    assert!(rules["read"]["users"][0].get("passportUid").is_none(), "clients disagree on its type");
    assert_eq!(rules["read"]["roles"][0]["self"], "http://tracker.test/v3/roles/author");

    let edit = json!({"read": {"users": {"add": ["bob", f.boss], "remove": ["ann"]}}});
    let rules = permit(&f, f.boss, "DEV", edit).expect("permissions");
    assert_eq!(ids(&rules["read"]["users"]), [f.bob.to_string(), f.boss.to_string()]);
    assert_eq!(rules["version"], 3);
}

#[test]
fn subjects_come_in_every_spelling() {
    let f = Fixture::new();
    let team = group(&f, "Pickers", &[f.ann]);
    for ann in [
        json!("ann"),
        json!(f.ann),
        json!(f.ann.to_string()),
        json!({"id": f.ann.to_string()}),
        json!({"uid": f.ann}),
        json!({"login": "ann"}),
    ] {
        permit(&f, f.boss, "DEV", json!({"create": {"users": []}})).expect("cleared");
        let rules = permit(&f, f.boss, "DEV", json!({"create": {"users": [&ann, "ann"]}}));
        assert_eq!(ids(&rules.expect("set")["create"]["users"]), [f.ann.to_string()], "{ann}");
    }
    for named in [json!(team), json!(team.to_string()), json!({"id": team})] {
        let rules = permit(&f, f.boss, "DEV", json!({"deny": {"groups": [named]}}));
        assert_eq!(ids(&rules.expect("set")["deny"]["groups"]), [team.to_string()]);
    }
    let all = ["author", "assignee", "follower", "access", "queue-lead", "team-member"];
    let rules = permit(&f, f.boss, "DEV", json!({"write": {"roles": all}})).expect("roles");
    assert_eq!(ids(&rules["write"]["roles"]), all);
}

#[test]
fn a_change_to_the_same_changes_nothing() {
    let f = Fixture::new();
    let patch = json!({"create": {"groups": [0]}, "read": {"users": {"remove": ["ann"]}}});
    let rules = permit(&f, f.boss, "DEV", patch).expect("permissions");
    assert_eq!(rules["version"], 1);
    let world = f.tracker.world();
    let queue = world.org(f.org).and_then(|d| d.queues.get(f.dev)).map(|q| q.version);
    assert_eq!(queue, Some(1));
}

#[test]
fn wrong_patches_are_refused_and_write_nothing() {
    let f = Fixture::new();
    let before = permissions(&f, f.boss, "DEV").expect("permissions");
    for (patch, field) in [
        (json!({}), None),
        (json!({"writeNoAssign": {"users": ["ann"]}}), None),
        (json!({"read": null}), Some("read")),
        (json!({"read": ["ann"]}), Some("read")),
        (json!({"read": {"users": "ann"}}), Some("read.users")),
        (json!({"read": {"users": null}}), Some("read.users")),
        (json!({"read": {"users": ["nobody"]}}), Some("read.users")),
        (json!({"read": {"users": {"add": "ann"}}}), Some("read.users")),
        (json!({"read": {"users": {"append": ["ann"]}}}), Some("read.users")),
        (json!({"grant": {"groups": [777]}}), Some("grant.groups")),
        (json!({"grant": {"groups": ["Pickers"]}}), Some("grant.groups")),
        (json!({"write": {"roles": ["king"]}}), Some("write.roles")),
        (json!({"deny": {"roles": ["author"]}}), Some("deny.roles")),
    ] {
        let shown = patch.to_string();
        let error = permit(&f, f.boss, "DEV", patch).expect_err(&shown);
        let fields: Vec<String> = field.into_iter().map(str::to_owned).collect();
        assert_eq!(fault(&error), (422, fields), "{shown}");
    }
    let two = json!({"read": {"users": ["x"]}, "write": {"roles": ["y"]}, "create": {"users": []}});
    let error = permit(&f, f.boss, "DEV", two).expect_err("two are wrong");
    assert_eq!(fault(&error).1, ["read.users", "write.roles"]);
    assert_eq!(permissions(&f, f.boss, "DEV").expect("permissions"), before);
}

#[test]
fn one_permission_is_read_in_any_letter_case() {
    let f = Fixture::new();
    let get = |code: &str| {
        let request = GetQueuePermission::new("DEV", code);
        f.read(f.ann, |cx| ops::get_one(cx, &request).map(body))
    };
    let all = permissions(&f, f.ann, "DEV").expect("permissions");
    assert_eq!(get("READ").expect("participants"), all["read"]);
    let url = "http://tracker.test/v3/queues/DEV/permissions/deny";
    assert_eq!(get("deny").expect("nobody"), json!({"self": url}));
    assert_eq!(get("own").expect_err("unknown").status(), 404);
}

#[test]
fn access_is_the_people_behind_the_rules() {
    let f = Fixture::new();
    let pickers = group(&f, "Pickers", &[f.bob]);
    let patch = json!({
        "read": {"users": [], "groups": [pickers], "roles": ["author", "queue-lead"]},
        "write": {"users": ["ann", "bob"], "groups": [], "roles": ["team-member"]},
        "deny": {"users": ["ann"]},
    });
    permit(&f, f.boss, "DEV", patch).expect("permissions");
    let request = GetQueueAccess::new("DEV");
    let access: Json = f.read(f.boss, |cx| effective::get(cx, &request).map(body)).expect("access");
    assert_eq!(ids(&access["read"]["users"]), [f.boss.to_string(), f.bob.to_string()]);
    assert_eq!(ids(&access["read"]["groups"]), [pickers.to_string()]);
    assert_eq!(ids(&access["write"]["users"]), [f.bob.to_string()]);
    assert!(access["read"].get("roles").is_none());
    assert_eq!(ids(&access["grant"]["users"]), [f.boss.to_string()]);
    let one = |code: &str| {
        let request = GetQueueAccessOne::new("DEV", code);
        f.read(f.boss, |cx| effective::get_one(cx, &request).map(body))
    };
    assert_eq!(one("Write").expect("holders"), access["write"]);
    assert_eq!(one("deny").expect_err("no right").status(), 404);
}
