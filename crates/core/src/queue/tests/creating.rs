//! New queues.

use serde_json::json;
use trackway_api::queues::GetQueue;

use super::{create_queue, fault, ids, permissions, plum, with};
use crate::lang::Lang;
use crate::queue::ops;
use crate::testing::{Fixture, body};

#[test]
fn a_queue_is_made_and_takes_issues() {
    let f = Fixture::new();
    let queue = create_queue(&f, f.bob, plum()).expect("a queue");
    assert_eq!(queue["self"], "http://tracker.test/v3/queues/PLUM");
    assert_eq!((&queue["key"], &queue["version"]), (&json!("PLUM"), &json!(1)));
    assert!(queue["id"].is_string());
    assert_eq!(queue["lead"]["id"], f.ann.to_string());
    assert_eq!(queue["defaultType"]["key"], "task");
    assert_eq!(queue["allowExternals"], false);
    for absent in ["denyVoting", "issueTypesConfig", "description", "teamUsers", "workflows"] {
        assert!(queue.get(absent).is_none(), "{absent}");
    }
    assert_eq!(f.issue(f.bob, json!({"queue": "PLUM", "summary": "First"})), "PLUM-1");
    assert_eq!(f.issue(f.bob, json!({"queue": "PLUM", "summary": "Next"})), "PLUM-2");
}

#[test]
fn the_default_permissions_are_those_of_the_specification() {
    let f = Fixture::new();
    create_queue(&f, f.bob, plum()).expect("a queue");
    let rules = permissions(&f, f.bob, "PLUM").expect("permissions");
    assert_eq!(rules["version"], 1);
    for code in ["create", "read", "write"] {
        assert_eq!(ids(&rules[code]["groups"]), ["0"], "{code}");
        assert!(rules[code].get("users").is_none(), "{code}");
    }
    assert_eq!(ids(&rules["create"]["roles"]), ["author", "queue-lead", "assignee"]);
    assert_eq!(
        ids(&rules["read"]["roles"]),
        ["author", "queue-lead", "assignee", "follower", "access"]
    );
    assert_eq!(ids(&rules["grant"]["users"]), [f.ann.to_string(), f.bob.to_string()]);
    assert_eq!(ids(&rules["grant"]["roles"]), ["queue-lead"]);
    assert!(rules.get("deny").is_none());
}

#[test]
fn a_read_only_user_makes_no_queue() {
    let f = Fixture::new();
    assert_eq!(create_queue(&f, f.guest, plum()).expect_err("read-only").status(), 403);
}

#[test]
fn a_key_is_used_once_for_ever() {
    let f = Fixture::new();
    create_queue(&f, f.ann, plum()).expect("a queue");
    let error = create_queue(&f, f.ann, plum()).expect_err("taken");
    assert_eq!(error.status(), 409);
    f.write(f.boss, |cx| {
        let old = std::sync::Arc::clone(cx.dict.queues.by_key("PLUM").expect("a queue"));
        let mut body = old.body.clone();
        body.deleted = true;
        crate::dict::store::update(cx, &old, body).map(drop)
    })
    .expect("deleted");
    assert_eq!(create_queue(&f, f.ann, plum()).expect_err("still taken").status(), 409);
}

#[test]
fn every_missing_member_is_named() {
    let f = Fixture::new();
    let error = create_queue(&f, f.ann, json!({"description": "x"})).expect_err("empty");
    let names = ["defaultPriority", "defaultType", "issueTypesConfig", "key", "lead", "name"];
    assert_eq!(fault(&error), (422, names.map(str::to_owned).to_vec()));
    assert_eq!(error.body(Lang::En).errors["lead"], "The field is required.");
}

#[test]
fn wrong_members_are_refused() {
    let f = Fixture::new();
    let types = |workflow: &str, resolution: &str| json!([{"issueType": "task", "workflow": workflow, "resolutions": [resolution]}]);
    let twice = json!([
        {"issueType": "task", "workflow": "developmentPresetWorkflow", "resolutions": []},
        {"issueType": 2, "workflow": 2, "resolutions": []},
    ]);
    let config = "issueTypesConfig";
    for (member, value, status, field) in [
        ("key", json!("plum"), 422, "key"),
        ("key", json!("P"), 422, "key"),
        ("key", json!("PLUM1"), 422, "key"),
        ("key", json!("ПЛАН"), 422, "key"),
        ("key", json!("ABCDEFGHIJKLMNOP"), 422, "key"),
        ("name", json!("  "), 422, "name"),
        ("name", json!("x".repeat(256)), 422, "name"),
        ("lead", json!("nobody"), 404, "lead"),
        ("lead", json!({}), 422, "lead"),
        ("defaultType", json!("nonsense"), 404, "defaultType"),
        ("defaultType", json!("epic"), 422, "defaultType"),
        ("defaultPriority", json!(99), 404, "defaultPriority"),
        (config, json!([]), 422, "defaultType"),
        (config, types("nonsense", "fixed"), 404, config),
        (config, types("developmentPresetWorkflow", "nonsense"), 404, config),
        (config, twice, 422, config),
    ] {
        let shown = value.to_string();
        let error = create_queue(&f, f.ann, with(plum(), member, value)).expect_err(&shown);
        assert_eq!(fault(&error), (status, vec![field.to_owned()]), "{member} {shown}");
    }
    create_queue(&f, f.ann, plum()).expect("nothing was written");
}

#[test]
fn a_workflow_is_named_by_key_or_number() {
    let f = Fixture::new();
    let config = json!([{"issueType": 2, "workflow": "2", "resolutions": [1, "fixed"]}]);
    let body = with(plum(), "issueTypesConfig", config);
    create_queue(&f, f.ann, body).expect("a queue");
    let world = f.tracker.world();
    let dict = world.org(f.org).expect("the organisation");
    let queue = dict.live_queue("PLUM").expect("the queue");
    assert_eq!(queue.body.types.len(), 1);
    assert_eq!((queue.body.types[0].workflow, &queue.body.types[0].resolutions[..]), (2, &[1][..]));
}

#[test]
fn the_documented_workflow_is_a_preset() {
    let f = Fixture::new();
    let config = json!([{"issueType": "task", "workflow": "oicn"}]);
    create_queue(&f, f.ann, with(plum(), "issueTypesConfig", config)).expect("a queue");
    let request = GetQueue::new("PLUM").expand(["issueTypesConfig"]);
    let queue = f.read(f.ann, |cx| ops::get(cx, &request)).map(body).expect("the queue");
    let workflow = &queue["issueTypesConfig"][0]["workflow"];
    assert_eq!(workflow["id"], "quickStartV2PresetWorkflow");
    let config = json!([{"issueType": "task", "workflow": "oicm", "resolutions": []}]);
    let unknown = create_queue(&f, f.ann, with(plum(), "issueTypesConfig", config));
    assert_eq!(unknown.expect_err("unknown").status(), 404);
}
