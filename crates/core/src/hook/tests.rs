//! Webhooks of an organisation.

use serde_json::{Value as Json, json};
use trackway_api::hooks::{CreateHook, DeleteHook, GetHook, ListHookLog, ListHooks, UpdateHook};

use super::{SIGNATURE, ops, signature};
use crate::job::Lane;
use crate::testing::{Fixture, NOW, body};
use crate::webhook::{Outcome, Outgoing};

fn members(json: Json) -> serde_json::Map<String, Json> {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

fn create(f: &Fixture, uid: i64, json: Json) -> crate::Result<Json> {
    let request = CreateHook::new(members(json));
    f.write(uid, move |cx| ops::create(cx, &request)).map(body)
}

#[test]
fn signatures_are_those_everybody_makes() {
    // RFC 4231, test case 2.
    let expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(signature("Jefe", b"what do ya want for nothing?").expect("a key"), expected);
}

#[test]
fn events_are_sent_signed_to_whoever_asked_for_them() {
    let f = Fixture::new();
    f.tracker.begin_to_follow().expect("begun");
    let made = create(
        &f,
        f.boss,
        json!({"url": "https://example.org/in", "queues": ["DEV"],
        "events": ["IssueCreated"]}),
    )
    .expect("a webhook");
    let secret = made["secret"].as_str().expect("shown once").to_owned();
    let id = made["id"].to_string();
    let get = GetHook::new(&*id);
    let shown = body(f.read(f.boss, |cx| ops::get(cx, &get)).expect("a webhook"));
    assert!(shown.get("secret").is_none());
    f.issue(f.ann, json!({"queue": "DEV", "summary": "told"}));
    f.issue(f.ann, json!({"queue": "HELP", "summary": "not told"}));
    f.wait_for_log();
    while f.tracker.follow_events(NOW).expect("followed") {}
    let jobs = f.tracker.claim_jobs(Lane::Outer, "test", NOW, 9).expect("claims");
    assert_eq!(jobs.len(), 1);
    let outgoing: Outgoing = serde_json::from_str(&jobs[0].payload).expect("a request");
    let sent = outgoing.body.clone().expect("a body");
    assert_eq!(outgoing.headers[SIGNATURE], signature(&secret, sent.as_bytes()).expect("a key"));
    let event: Json = serde_json::from_str(&sent).expect("JSON");
    assert_eq!(event["issue"]["key"], "DEV-1");
    let well = Outcome { started: NOW, ended: NOW, status: Some(204), ..Outcome::default() };
    f.tracker.webhook_tried(&jobs[0], &outgoing, &well).expect("noted");
    let log = ListHookLog::new(&*id);
    let log = body(f.read(f.boss, |cx| ops::log(cx, &log)).expect("a log"));
    assert_eq!(log[0]["response"]["statusCode"], 204);
    let update = UpdateHook::new(&*id, members(json!({"active": false})));
    f.write(f.boss, move |cx| ops::update(cx, &update)).expect("off");
    f.issue(f.ann, json!({"queue": "DEV", "summary": "not told"}));
    f.wait_for_log();
    while f.tracker.follow_events(NOW).expect("followed") {}
    assert!(f.tracker.claim_jobs(Lane::Outer, "test", NOW, 9).expect("claims").is_empty());
    let delete = DeleteHook::new(&*id);
    f.write(f.boss, move |cx| ops::delete(cx, &delete)).expect("deleted");
    assert_eq!(body(f.read(f.boss, |cx| ops::list(cx, &ListHooks::new())).expect("ok")), json!([]));
}

#[test]
fn refusals() {
    let f = Fixture::new();
    let good = || json!({"url": "https://example.org"});
    assert_eq!(create(&f, f.ann, good()).expect_err("no administrator").status(), 403);
    for wrong in [
        json!({}),
        json!({"url": "file:///etc/passwd"}),
        json!({"url": "https://example.org", "queues": ["NOSUCH"]}),
        json!({"url": "https://example.org", "events": ["odd"]}),
        json!({"url": "https://example.org", "secret": "short"}),
    ] {
        assert_eq!(create(&f, f.boss, wrong.clone()).expect_err("wrong").status(), 422, "{wrong}");
    }
}
