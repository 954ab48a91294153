//! Bulk changes (contract, `bulkUpdate`; automation.md, section 6).

use serde_json::{Value as Json, json};
use trackway_api::bulk::{
    BulkMove, BulkMoveBody, BulkTransition, BulkTransitionBody, BulkUpdate, BulkUpdateBody,
    CancelBulkChange, GetBulkChange, ListBulkChangeIssues,
};

use super::ops;
use crate::job::Lane;
use crate::testing::{Fixture, NOW, body};

fn members(json: Json) -> serde_json::Map<String, Json> {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

fn update(f: &Fixture, uid: i64, issues: Json, values: Json) -> crate::Result<Json> {
    let request =
        BulkUpdate::new(BulkUpdateBody { issues: Some(issues), values: Some(members(values)) });
    f.write(uid, move |cx| ops::update(cx, &request)).map(body)
}

/// Does one job; whether there was one.
fn work(f: &Fixture) -> bool {
    let jobs = f.tracker.claim_jobs(Lane::Inner, "test", NOW, 1).expect("claims");
    for job in &jobs {
        f.tracker.run_job(job, NOW).expect("done");
    }
    !jobs.is_empty()
}

fn state(f: &Fixture, uid: i64, bulk: &Json) -> Json {
    let request = GetBulkChange::new(bulk["id"].as_str().expect("an id"));
    body(f.read(uid, |cx| ops::get(cx, &request)).expect("a bulk change"))
}

fn failures(f: &Fixture, uid: i64, bulk: &Json) -> Vec<Json> {
    let request = ListBulkChangeIssues::new(bulk["id"].as_str().expect("an id"));
    let reply = f.read(uid, |cx| ops::issues(cx, &request)).expect("failures");
    body(reply).as_array().expect("a list").clone()
}

fn issues(f: &Fixture, count: usize) -> Vec<String> {
    (0..count)
        .map(|n| f.issue(f.ann, json!({"queue": "DEV", "summary": format!("i{n}")})))
        .collect()
}

#[test]
fn each_issue_is_handled_on_its_own() {
    let f = Fixture::new();
    let keys = issues(&f, 3);
    let mut named: Vec<Json> = keys.iter().map(|k| json!({"key": k})).collect();
    named.push("DEV-99".into());
    named.push(keys[0].as_str().into());
    let values = json!({"priority": "minor", "tags": {"add": ["t"]}, "comment": "Not urgent"});
    let bulk = update(&f, f.bob, named.into(), values).expect("accepted");
    assert_eq!(bulk["status"], "CREATED");
    assert_eq!(bulk["executionIssuePercent"], 0);
    assert!(bulk.get("totalIssues").is_none());
    assert!(work(&f));
    assert!(!work(&f), "done");
    let done = state(&f, f.bob, &bulk);
    assert_eq!(done["status"], "COMPLETE");
    assert_eq!(done["totalIssues"], 4, "the same issue twice is one");
    assert_eq!(done["totalCompletedIssues"], 3);
    assert_eq!(done["executionChunkPercent"], 100);
    for key in &keys {
        let issue = f.json(f.bob, key);
        assert_eq!(issue["priority"]["key"], "minor");
        assert_eq!(issue["tags"], json!(["t"]));
        assert_eq!(issue["updatedBy"]["display"], "bob Trial");
        assert_eq!(issue["commentWithoutExternalMessageCount"], 1);
    }
    let failed = failures(&f, f.bob, &bulk);
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["issue"]["key"], "DEV-99");
    assert_eq!(failed[0]["status"], "FAILED");
    assert_eq!(failed[0]["error"]["errorMessages"][0], "Issue does not exist.");
}

#[test]
fn a_failing_issue_leaves_nothing_behind() {
    let f = Fixture::new();
    let keys = issues(&f, 2);
    // The fields are good, the comment is not: the fields must not remain.
    let values = json!({"priority": "minor", "comment": ""});
    let bulk = update(&f, f.ann, json!(keys), values).expect("accepted");
    work(&f);
    assert_eq!(state(&f, f.ann, &bulk)["totalCompletedIssues"], 0);
    let failed = failures(&f, f.ann, &bulk);
    assert_eq!(failed.len(), 2);
    assert!(failed[0]["error"]["errors"]["comment"].is_string(), "{failed:?}");
    assert_eq!(f.json(f.ann, &keys[0])["priority"]["key"], "normal");
    assert_eq!(f.json(f.ann, &keys[0])["version"], 1);
}

#[test]
fn many_issues_go_in_several_transactions_and_can_be_stopped() {
    let f = Fixture::new();
    let keys = issues(&f, 101);
    let bulk = update(&f, f.ann, "Queue: DEV".into(), json!({"tags": ["x"]})).expect("accepted");
    assert!(work(&f));
    let half = state(&f, f.ann, &bulk);
    assert_eq!(half["status"], "IN_PROGRESS");
    assert_eq!(half["executionIssuePercent"], 99);
    assert_eq!(half["executionChunkPercent"], 50);
    let request = CancelBulkChange::new(bulk["id"].as_str().expect("an id"));
    f.write(f.ann, move |cx| ops::cancel(cx, &request)).expect("stopped");
    while work(&f) {}
    assert_eq!(state(&f, f.ann, &bulk)["status"], "FAILED");
    let tagged = keys.iter().filter(|k| f.json(f.ann, k)["tags"] == json!(["x"])).count();
    assert_eq!(tagged, 100);
}

#[test]
fn a_transition_happens_where_it_is_open() {
    let f = Fixture::new();
    let keys = issues(&f, 2);
    let run = |values: Json| {
        let request = BulkTransition::new(BulkTransitionBody {
            transition: Some("close".into()),
            issues: Some(json!(keys)),
            values: Some(members(values)),
        });
        let bulk = body(f.write(f.ann, move |cx| ops::transition(cx, &request)).expect("accepted"));
        while work(&f) {}
        bulk
    };
    let bulk = run(json!({"resolution": "fixed"}));
    assert!(failures(&f, f.ann, &bulk).is_empty());
    assert_eq!(f.json(f.ann, &keys[1])["status"]["key"], "closed");
    let again = run(json!({"resolution": "fixed"}));
    assert_eq!(failures(&f, f.ann, &again).len(), 2, "there is no such transition any more");
    assert_eq!(state(&f, f.ann, &again)["status"], "COMPLETE");
}

#[test]
fn wrong_requests_are_refused() {
    let f = Fixture::new();
    let refused = |issues: Json, values: Json| {
        let error = update(&f, f.ann, issues, values).expect_err("refused");
        let body = error.body(crate::lang::Lang::En);
        (body.status_code, body.errors.keys().cloned().collect::<Vec<_>>())
    };
    assert_eq!(refused(json!(["DEV-1"]), json!({"nosuch": 1})), (422, vec!["nosuch".to_owned()]));
    assert_eq!(refused(json!([]), json!({})), (422, vec!["issues".to_owned()]));
    assert_eq!(refused(json!([1]), json!({})), (422, vec!["issues".to_owned()]));
    assert_eq!(refused(json!(7), json!({})), (422, vec!["issues".to_owned()]));
    let many: Vec<String> = (0..10_001).map(|n| format!("DEV-{n}")).collect();
    assert_eq!(refused(json!(many), json!({})), (422, vec!["issues".to_owned()]));
    assert_eq!(update(&f, f.ann, "Queue:".into(), json!({})).expect_err("syntax").status(), 400);
}

#[test]
fn others_do_not_see_it_and_a_lost_right_stops_it() {
    let f = Fixture::new();
    let keys = issues(&f, 1);
    let bulk = update(&f, f.ann, json!(keys), json!({"tags": ["x"]})).expect("accepted");
    let request = GetBulkChange::new(bulk["id"].as_str().expect("an id"));
    assert_eq!(f.read(f.bob, |cx| ops::get(cx, &request)).expect_err("not his").status(), 403);
    assert!(f.read(f.boss, |cx| ops::get(cx, &request)).is_ok());
    let unknown = GetBulkChange::new("0123456789abcdef01234567");
    assert_eq!(f.read(f.boss, |cx| ops::get(cx, &unknown)).expect_err("none").status(), 404);
}

#[test]
fn issues_move_to_another_queue_if_they_can() {
    let f = Fixture::new();
    let keys = issues(&f, 2);
    let bug = f.issue(f.ann, json!({"queue": "DEV", "summary": "b", "type": "bug"}));
    let there = f.issue(f.ann, json!({"queue": "HELP", "summary": "h"}));
    let body_of = BulkMoveBody {
        queue: Some("HELP".into()),
        issues: Some(json!([keys[0], keys[1], bug, there])),
        values: Some(members(json!({"tags": {"add": ["moved"]}}))),
        ..BulkMoveBody::default()
    };
    let request = BulkMove::new(body_of);
    let bulk = body(f.write(f.ann, move |cx| ops::relocate(cx, &request)).expect("accepted"));
    work(&f);
    assert_eq!(state(&f, f.ann, &bulk)["totalCompletedIssues"], 2);
    let moved = f.json(f.ann, &keys[0]);
    assert_eq!((&moved["queue"]["key"], &moved["tags"]), (&json!("HELP"), &json!(["moved"])));
    let failed = failures(&f, f.ann, &bulk);
    assert_eq!(failed[0]["issue"]["key"], bug.as_str(), "there is no such type");
    assert_eq!(failed[1]["issue"]["key"], there.as_str(), "it is there already");
    let nowhere = BulkMove::new(BulkMoveBody { queue: Some("NO".into()), ..Default::default() });
    let error = f.write(f.ann, move |cx| ops::relocate(cx, &nowhere)).expect_err("unknown");
    assert_eq!(error.status(), 404);
}
