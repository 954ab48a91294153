//! Subscriptions (workflow.md, section 12).

use serde_json::{Map, Value as Json, json};
use trackway_api::issues::UpdateIssue;
use trackway_api::notifications::ListNotifications;
use trackway_api::subscriptions::{CreateSubscription, DeleteSubscription, ListSubscriptions};

use super::ops;
use crate::testing::{Fixture, NOW, body, open_permissions};

fn members(json: Json) -> Map<String, Json> {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

fn subscribe(f: &Fixture, uid: i64, json: Json) -> crate::Result<Json> {
    let request = CreateSubscription::new(members(json));
    f.write(uid, move |cx| ops::create(cx, &request)).map(body)
}

fn listed(f: &Fixture, uid: i64, request: &ListSubscriptions) -> crate::Result<Vec<Json>> {
    let reply = f.read(uid, |cx| ops::list(cx, request)).map(body)?;
    Ok(reply.as_array().expect("a list").clone())
}

/// What somebody was told: types and reasons, newest first.
fn inbox(f: &Fixture, uid: i64) -> Vec<String> {
    f.wait_for_log();
    while f.tracker.follow_events(NOW).expect("followed") {}
    let list = ListNotifications::new();
    let reply = body(f.read(uid, |cx| crate::notice::ops::list(cx, &list)).expect("an inbox"));
    let notices = reply.as_array().expect("a list").clone();
    let text = |notice: &Json, member: &str| notice[member].as_str().expect("a text").to_owned();
    notices.iter().map(|n| format!("{} {}", text(n, "type"), text(n, "reason"))).collect()
}

fn edit(f: &Fixture, uid: i64, key: &str, patch: Json) {
    let request = UpdateIssue::new(key, members(patch));
    f.write(uid, move |cx| crate::issue::ops::update(cx, &request)).expect("an edit");
}

#[test]
fn statements_are_good() {
    let f = Fixture::new();
    f.tracker.db().prepare_all(super::store::ALL_SQL).expect("good SQL");
}

#[test]
fn subscribers_of_a_queue_are_told_of_all_or_of_creations() {
    let f = Fixture::new();
    f.tracker.begin_to_follow().expect("begun");
    let made = subscribe(&f, f.bob, json!({"type": "queue", "object": "DEV"})).expect("one");
    assert_eq!((&made["events"], &made["type"]), (&json!("all"), &json!("queue")));
    let rare = json!({"type": "queue", "object": {"key": "DEV"}, "events": "created"});
    subscribe(&f, f.guest, rare).expect("one");
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    f.issue(f.ann, json!({"queue": "HELP", "summary": "elsewhere"}));
    edit(&f, f.ann, &key, json!({"summary": "t"}));
    assert_eq!(inbox(&f, f.bob), ["IssueUpdated subscriber", "IssueCreated subscriber"]);
    assert_eq!(inbox(&f, f.guest), ["IssueCreated subscriber"]);
    assert!(inbox(&f, f.ann).is_empty(), "her own");
    edit(&f, f.ann, &key, json!({"assignee": "bob"}));
    assert_eq!(inbox(&f, f.bob)[0], "IssueUpdated assignee", "once, for the weightier reason");
    let id = made["id"].as_str().expect("an id").to_owned();
    let delete = DeleteSubscription::new(&*id);
    let theirs = delete.clone();
    assert_eq!(f.write(f.ann, move |cx| ops::delete(cx, &theirs)).expect_err("no").status(), 404);
    f.write(f.bob, move |cx| ops::delete(cx, &delete)).expect("deleted");
    assert!(listed(&f, f.bob, &ListSubscriptions::new()).expect("a list").is_empty());
}

#[test]
fn nobody_is_told_of_what_they_may_not_read() {
    let f = Fixture::new();
    f.tracker.begin_to_follow().expect("begun");
    subscribe(&f, f.bob, json!({"type": "queue", "object": "HELP"})).expect("one");
    let mut permissions = open_permissions(f.boss);
    permissions.deny.users = vec![f.bob];
    f.permit(f.help, permissions);
    f.issue(f.ann, json!({"queue": "HELP", "summary": "secret"}));
    assert!(inbox(&f, f.bob).is_empty());
    let again = subscribe(&f, f.bob, json!({"type": "queue", "object": "HELP"}));
    assert_eq!(again.expect_err("not seen any more").status(), 403);
}

#[test]
fn managers_subscribe_others() {
    let f = Fixture::new();
    let theirs = json!({"type": "queue", "object": "DEV", "user": "bob"});
    assert_eq!(subscribe(&f, f.ann, theirs.clone()).expect_err("no manager").status(), 403);
    subscribe(&f, f.boss, theirs.clone()).expect("one");
    subscribe(&f, f.boss, theirs).expect("the same again");
    let mut of_queue = ListSubscriptions::new();
    (of_queue.kind, of_queue.object) = (Some("queue".into()), Some("DEV".into()));
    assert_eq!(listed(&f, f.boss, &of_queue).expect("a list").len(), 1);
    assert_eq!(listed(&f, f.ann, &of_queue).expect_err("no manager").status(), 403);
    assert_eq!(listed(&f, f.bob, &ListSubscriptions::new()).expect("a list").len(), 1);
    of_queue.object = None;
    assert_eq!(listed(&f, f.boss, &of_queue).expect_err("half").status(), 400);
}

#[test]
fn refusals() {
    let f = Fixture::new();
    for (wrong, status) in [
        (json!({"object": "DEV"}), 422),
        (json!({"type": "queue"}), 422),
        (json!({"type": "odd", "object": "DEV"}), 422),
        (json!({"type": "queue", "object": "DEV", "events": "some"}), 422),
        (json!({"type": "queue", "object": "DEV", "user": "nobody"}), 422),
        (json!({"type": "queue", "object": "NONE"}), 404),
        (json!({"type": "component", "object": 99}), 404),
        (json!({"type": "version", "object": 99}), 404),
        (json!({"type": "goal", "object": "99"}), 404),
    ] {
        let error = subscribe(&f, f.bob, wrong.clone()).expect_err("refused");
        assert_eq!(error.status(), status, "{wrong}");
    }
}
