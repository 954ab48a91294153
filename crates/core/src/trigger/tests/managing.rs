//! Triggers are written, read and changed.

use serde_json::{Value as Json, json};
use trackway_api::triggers::{DeleteTrigger, GetTrigger, ListTriggers, UpdateTrigger};

use super::{issue, members, tag, tags, trigger, try_trigger};
use crate::testing::{Fixture, body};
use crate::trigger::ops;

#[test]
fn versions_and_rights() {
    let f = Fixture::new();
    let made = trigger(&f, "t", json!([{"type": "Event.create"}]), tag("x"));
    let id = made["id"].to_string();
    let patch = || members(json!({"active": false}));
    let update = |request: UpdateTrigger| f.write(f.boss, move |cx| ops::update(cx, &request));
    let request = UpdateTrigger::new("DEV", &*id, patch());
    assert_eq!(update(request.clone()).expect_err("no version").status(), 428);
    assert_eq!(update(request.clone().version(7)).expect_err("stale").status(), 409);
    assert_eq!(update(request.clone().if_match(7)).expect_err("stale").status(), 412);
    assert_eq!(body(update(request.if_match(1)).expect("an edit"))["active"], false);
    let key = issue(&f, json!({}));
    assert!(tags(&f, &key).is_empty(), "it is not active");
    let list = ListTriggers::new("DEV");
    assert_eq!(f.read(f.ann, |cx| ops::list(cx, &list)).expect_err("not hers").status(), 403);
    let get = GetTrigger::new("HELP", &*id);
    assert_eq!(f.read(f.boss, |cx| ops::get(cx, &get)).expect_err("elsewhere").status(), 404);
    let delete = DeleteTrigger::new("DEV", &*id);
    f.write(f.boss, move |cx| ops::delete(cx, &delete)).expect("deleted");
    assert_eq!(body(f.read(f.boss, |cx| ops::list(cx, &list)).expect("a list")), json!([]));
}

#[test]
fn what_cannot_be_read_is_named() {
    let f = Fixture::new();
    let refused = |json: Json| {
        let error = try_trigger(&f, f.boss, "DEV", json).expect_err("refused");
        let body = error.body(crate::lang::Lang::En);
        (body.status_code, body.errors.into_keys().collect::<Vec<_>>())
    };
    let bad = |member: &str| (422, vec![member.to_owned()]);
    let (create, act) = (json!([{"type": "Event.create"}]), tag("x"));
    assert_eq!(refused(json!({"conditions": create, "actions": act})), bad("name"));
    for condition in [
        json!({"type": "Odd"}),
        json!({"type": "FieldEquals", "field": "nosuch", "value": 1}),
        json!({"type": "FieldEquals", "field": "assignee", "value": "nobody"}),
        json!({"type": "FieldEquals", "field": "assignee"}),
        json!({"type": "GreaterCondition", "field": "summary", "value": 1}),
        json!({"type": "DateEqualCondition", "field": "deadline", "value": "soon"}),
        json!({"type": "Container.SizeLess", "field": "tags", "value": -1}),
        json!({"type": "CreatedLinkCondition", "relationship": ["odd"]}),
        json!("Event.create"),
        json!({"type": "And"}),
    ] {
        let json = json!({"name": "n", "conditions": [condition], "actions": act});
        assert_eq!(refused(json), bad("conditions"), "{condition}");
    }
    for action in [
        json!({"type": "Odd"}),
        json!({"type": "Transition"}),
        json!({"type": "Transition", "status": "nosuch"}),
        json!({"type": "Update", "update": {"nosuch": 1}}),
        json!({"type": "Update", "update": {}}),
        json!({"type": "CalculateFormula", "formula": "1+", "resultField": "storyPoints"}),
        json!({"type": "CalculateFormula", "formula": "1", "resultField": "votes"}),
        json!({"type": "Webhook", "endpoint": "ftp://x", "method": "GET"}),
        json!({"type": "Webhook", "endpoint": "http://x", "method": "TRACE"}),
        json!({"type": "CreateIssue", "queue": "NOSUCH", "summary": "s"}),
        json!({"type": "CreateComment", "text": " "}),
        json!(7),
    ] {
        let json = json!({"name": "n", "conditions": create, "actions": [action]});
        assert_eq!(refused(json), bad("actions"), "{action}");
    }
    assert_eq!(refused(json!({"name": "n", "actions": []})), bad("actions"));
    trigger(&f, "n", create.clone(), act.clone());
    let again = json!({"name": "n", "conditions": create, "actions": act});
    assert_eq!(refused(again).0, 409);
}
