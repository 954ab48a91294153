//! Changing, deleting and restoring queues.

use serde_json::{Value as Json, json};
use trackway_api::List;
use trackway_api::issues::GetIssue;
use trackway_api::queues::{DeleteQueue, GetQueue, RestoreQueue, UpdateQueue};

use super::{create_queue, fault, ids, plum, with};
use crate::error::Result;
use crate::lang::Lang;
use crate::queue::{lifecycle, ops, update};
use crate::testing::{Fixture, body};

fn change(f: &Fixture, uid: i64, queue: &str, patch: Json) -> Result<Json> {
    let Json::Object(patch) = patch else { panic!("an object") };
    let r = UpdateQueue::new(queue, patch).expand(List::from(["all"]));
    f.write(uid, move |cx| update::update(cx, &r).map(body))
}

fn delete(f: &Fixture, uid: i64, queue: &str) -> u16 {
    let r = DeleteQueue::new(queue);
    f.write(uid, move |cx| lifecycle::delete(cx, &r)).map_or_else(|e| e.status(), |_| 204)
}

fn restore(f: &Fixture, uid: i64, queue: &str) -> Result<Json> {
    let r = RestoreQueue { queue: queue.to_owned(), ..RestoreQueue::default() };
    f.write(uid, move |cx| lifecycle::restore(cx, &r).map(body))
}

fn status<T>(result: Result<T>) -> u16 {
    result.map_or_else(|error| error.status(), |_| 200)
}

#[test]
fn members_named_change_and_the_others_stay() {
    let f = Fixture::new();
    create_queue(&f, f.ann, plum()).expect("a queue");
    let patch = json!({"name": " Garden ", "description": "Trees", "lead": "bob",
        "defaultType": "bug", "defaultPriority": "minor", "denyVoting": true,
        "teamUsers": ["bob", f.ann], "teamGroups": {"add": [0]},
        "useComponentPermissionsIntersection": true, "permissionDeniedMessage": "Ask Bob",
        "alwaysShownFields": ["tags", "deadline"]});
    let queue = change(&f, f.ann, "PLUM", patch).expect("a change");
    assert_eq!((&queue["name"], &queue["version"]), (&json!("Garden"), &json!(2)));
    assert_eq!(queue["lead"]["id"], f.bob.to_string());
    assert_eq!(queue["defaultType"]["key"], "bug");
    assert_eq!(queue["permissionDeniedMessage"], "Ask Bob");
    assert_eq!(ids(&queue["teamUsers"]), [f.bob.to_string(), f.ann.to_string()]);
    assert_eq!(ids(&queue["teamGroups"]), ["0"]);
    assert_eq!(ids(&queue["alwaysShownFields"]), ["tags", "deadline"]);
    assert_eq!(queue["issueTypesConfig"].as_array().map(Vec::len), Some(2));

    let patch = json!({"teamUsers": {"remove": ["bob"]}, "description": null});
    let queue = change(&f, f.bob, "PLUM", patch).expect("the owner may");
    assert_eq!(ids(&queue["teamUsers"]), [f.ann.to_string()]);
    assert_eq!(queue.get("description"), None);
    assert_eq!(change(&f, f.bob, "PLUM", json!({})).expect("nothing")["version"], 3);
    let same = change(&f, f.bob, "PLUM", json!({"key": "PLUM", "name": "Garden"}));
    assert_eq!(same.expect("the same")["version"], 3);
}

#[test]
fn wrong_members_are_named_and_nothing_changes() {
    let f = Fixture::new();
    create_queue(&f, f.ann, plum()).expect("a queue");
    let types = |t: &str| json!([{"issueType": t, "workflow": 1, "resolutions": []}]);
    for (member, value, status) in [
        ("key", json!("PEAR"), 422),
        ("name", json!(""), 422),
        ("name", json!(5), 422),
        ("lead", json!("nobody"), 404),
        ("lead", json!(null), 404),
        ("defaultType", json!("nonsense"), 404),
        ("defaultType", json!("epic"), 422),
        ("defaultPriority", json!({}), 422),
        ("denyVoting", json!("yes"), 422),
        ("teamUsers", json!(["nobody"]), 422),
        ("teamGroups", json!([77]), 422),
        ("alwaysShownFields", json!(["nonsense"]), 422),
        ("permissionDeniedMessage", json!("x".repeat(2001)), 422),
        ("issueTypesConfig", json!("task"), 422),
        ("issueTypesConfig", types("nonsense"), 404),
    ] {
        let error = change(&f, f.ann, "PLUM", json!({member: value})).expect_err(member);
        assert_eq!(fault(&error), (status, vec![member.to_owned()]), "{member}");
    }
    let version = json!({"name": "x"});
    let Json::Object(patch) = version else { unreachable!() };
    let r = UpdateQueue::new("PLUM", patch.clone()).version(7);
    assert_eq!(status(f.write(f.ann, move |cx| update::update(cx, &r))), 412);
    let r = UpdateQueue::new("PLUM", patch).if_match(1);
    assert_eq!(status(f.write(f.ann, move |cx| update::update(cx, &r))), 200);
    assert_eq!(status(change(&f, f.bob, "PLUM", json!({"name": "y"}))), 403);
    assert_eq!(status(change(&f, f.ann, "NONE", json!({"name": "y"}))), 404);
}

#[test]
fn what_issues_need_cannot_be_taken_from_a_queue() {
    let f = Fixture::new();
    create_queue(&f, f.ann, plum()).expect("a queue");
    f.issue(f.ann, json!({"queue": "PLUM", "summary": "s", "type": "bug"}));
    f.issue(f.ann, json!({"queue": "PLUM", "summary": "s", "resolution": "fixed"}));
    let config = |list: Json| json!({"issueTypesConfig": list});
    let task = |workflow: &str, resolutions: Json| json!({"issueType": "task", "workflow": workflow, "resolutions": resolutions});
    let bug = json!({"issueType": "bug", "workflow": 1, "resolutions": []});
    let development = "developmentPresetWorkflow";
    for (list, text) in [
        (json!([task(development, json!(["fixed"]))]), "The queue has issues of type bug."),
        (json!([task(development, json!([])), bug]), "The queue has issues with resolution fixed."),
        (
            json!([task("hrPresetWorkflow", json!(["fixed"])), bug]),
            "There are issues in statuses open: say in statusMapping where they go.",
        ),
    ] {
        let error = change(&f, f.ann, "PLUM", config(list)).expect_err(text);
        assert_eq!(error.status(), 422);
        assert_eq!(error.body(Lang::En).errors["issueTypesConfig"], text);
    }
    // The status of every issue exists in the other workflow, and nobody needs `wontFix`.
    let list = json!([task("quickStartV2PresetWorkflow", json!(["fixed"])), bug]);
    let queue = change(&f, f.ann, "PLUM", config(list)).expect("a change");
    assert_eq!(queue["workflows"].as_object().map(serde_json::Map::len), Some(1));
}

#[test]
fn a_deleted_queue_is_gone_with_its_issues_until_it_is_restored() {
    let f = Fixture::new();
    create_queue(&f, f.ann, plum()).expect("a queue");
    let key = f.issue(f.ann, json!({"queue": "PLUM", "summary": "s"}));
    assert_eq!((delete(&f, f.bob, "PLUM"), delete(&f, f.guest, "PLUM")), (403, 403));
    assert_eq!((delete(&f, f.ann, "PLUM"), delete(&f, f.ann, "PLUM")), (204, 404));
    let get = |uid| status(f.read(uid, |cx| ops::get(cx, &GetQueue::new("PLUM"))));
    let issue = |uid| status(f.read(uid, |cx| crate::issue::ops::get(cx, &GetIssue::new(&*key))));
    assert_eq!((get(f.ann), get(f.boss), issue(f.ann), issue(f.boss)), (404, 404, 404, 404));
    assert_eq!(status(f.try_issue(f.ann, json!({"queue": "PLUM", "summary": "s"}))), 404);
    assert_eq!(status(restore(&f, f.ann, "PLUM")), 403);
    assert_eq!(status(restore(&f, f.boss, "NONE")), 404);
    let queue = restore(&f, f.boss, "PLUM").expect("back");
    assert!(queue.get("denyVoting").is_some() && queue.get("allowExternals").is_none());
    assert_eq!((get(f.ann), issue(f.ann)), (200, 200));
    assert_eq!(restore(&f, f.boss, "PLUM").expect("again")["version"], queue["version"]);
    assert_eq!(f.issue(f.ann, json!({"queue": "PLUM", "summary": "s"})), "PLUM-2");
}

#[test]
fn every_preset_makes_a_queue() {
    let f = Fixture::new();
    for (n, preset) in crate::dict::defaults::presets().iter().enumerate() {
        let key = format!("P{}", char::from(b'A' + u8::try_from(n).expect("few")));
        let made = create_queue(
            &f,
            f.ann,
            json!({"key": key, "name": preset.name.en, "preset": preset.workflow}),
        );
        let queue = made.expect(preset.workflow);
        assert_eq!(queue["defaultType"]["key"], preset.types[0]);
        assert_eq!(queue["lead"]["id"], f.ann.to_string());
        for kind in preset.types {
            f.issue(f.ann, json!({"queue": key, "summary": "s", "type": kind}));
        }
    }
    let error = create_queue(&f, f.ann, with(plum(), "preset", json!("nonsense")));
    assert_eq!(fault(&error.expect_err("unknown")), (422, vec!["preset".to_owned()]));
}
