//! Automatic actions (automation.md, section 2; contract, `createAutoaction`).

use serde_json::{Value as Json, json};
use trackway_api::autoactions::{
    CreateAutoaction, DeleteAutoaction, GetAutoaction, ListAutoactionLaunchIssues,
    ListAutoactionLaunches, ListAutoactions, UpdateAutoaction,
};

use super::ops;
use crate::job::Lane;
use crate::testing::{Fixture, NOW, body};

const HOUR: i64 = 3_600_000;

fn members(json: Json) -> serde_json::Map<String, Json> {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

fn create(f: &Fixture, uid: i64, json: Json) -> crate::Result<Json> {
    let request = CreateAutoaction::new("DEV", members(json));
    f.write(uid, move |cx| ops::create(cx, &request)).map(body)
}

/// Launches what is due; how many jobs there were.
fn launch(f: &Fixture, now: i64) -> usize {
    let jobs = f.tracker.claim_jobs(Lane::Inner, "test", now, 10).expect("claims");
    for job in &jobs {
        f.tracker.run_job(job, now).expect("done");
    }
    jobs.len()
}

fn launches(f: &Fixture, id: &str) -> Vec<Json> {
    let request = ListAutoactionLaunches::new("DEV", id);
    let reply = f.read(f.boss, |cx| ops::launches(cx, &request)).expect("launches");
    body(reply).as_array().expect("a list").clone()
}

fn get(f: &Fixture, id: &str) -> Json {
    let request = GetAutoaction::new("DEV", id);
    body(f.read(f.boss, |cx| ops::get(cx, &request)).expect("an automatic action"))
}

#[test]
fn a_launch_handles_a_hundred_and_the_next_goes_on() {
    let f = Fixture::new();
    for n in 0..205 {
        f.issue(f.ann, json!({"queue": "DEV", "summary": format!("i{n}")}));
    }
    f.issue(f.ann, json!({"queue": "HELP", "summary": "another queue"}));
    let comment = json!([{"type": "CreateComment", "text": "still open", "fromRobot": true}]);
    let made = create(
        &f,
        f.boss,
        json!({"name": "nag", "filter": {"status": "open"},
        "actions": comment, "intervalMillis": HOUR}),
    )
    .expect("an automatic action");
    assert_eq!(made["filter"]["status"], json!(["open"]));
    assert_eq!(made["active"], true);
    assert!(made.get("lastLaunch").is_none());
    let id = made["id"].to_string();
    assert_eq!(launch(&f, NOW), 0, "not before an interval has passed");
    for (n, (count, total)) in (1_i64..).zip([(100, 100), (100, 200), (5, 205), (100, 305)]) {
        assert_eq!(launch(&f, NOW + n * HOUR), 1);
        let launches = launches(&f, &id);
        assert_eq!(launches[0]["searchHits"], 205);
        assert_eq!(launches[0]["successes"], count);
        assert_eq!(get(&f, &id)["totalIssuesProcessed"], total);
    }
    assert_eq!(f.json(f.ann, "HELP-1")["version"], 1);
    let launch = launches(&f, &id)[1]["id"].as_str().expect("an id").to_owned();
    let request = ListAutoactionLaunchIssues::new("DEV", &*id, &*launch);
    let issues = body(f.read(f.boss, |cx| ops::launch_issues(cx, &request)).expect("issues"));
    assert_eq!(issues[4]["issueReference"]["key"], "DEV-205");
    assert_eq!(issues[4]["status"]["value"], "SUCCESS");
}

#[test]
fn a_query_narrows_a_filter_and_failures_are_logged() {
    let f = Fixture::new();
    f.issue(f.ann, json!({"queue": "DEV", "summary": "a", "priority": "minor"}));
    f.issue(f.ann, json!({"queue": "DEV", "summary": "b"}));
    let made = create(
        &f,
        f.boss,
        json!({"name": "close", "filter": {"status": ["open"]},
        "query": "Priority: minor", "actions": [{"type": "Transition", "status": "closed"}]}),
    )
    .expect("an automatic action");
    let id = made["id"].to_string();
    launch(&f, NOW + HOUR);
    let log = launches(&f, &id);
    assert_eq!((&log[0]["searchHits"], &log[0]["failures"]), (&json!(1), &json!(1)));
    let update = UpdateAutoaction::new("DEV", &*id, members(json!({"active": false})));
    let changed = body(f.write(f.boss, move |cx| ops::update(cx, &update)).expect("an edit"));
    assert_eq!(changed["version"], 2);
    assert_eq!(launch(&f, NOW + 9 * HOUR), 0, "it is not active any more");
    let stale = UpdateAutoaction::new("DEV", &*id, members(json!({"name": "x"}))).version(1);
    assert_eq!(
        f.write(f.boss, move |cx| ops::update(cx, &stale)).expect_err("stale").status(),
        409
    );
    let delete = DeleteAutoaction::new("DEV", &*id);
    f.write(f.boss, move |cx| ops::delete(cx, &delete)).expect("deleted");
    let list = ListAutoactions::new("DEV");
    assert_eq!(body(f.read(f.boss, |cx| ops::list(cx, &list)).expect("a list")), json!([]));
}

#[test]
fn refusals() {
    let f = Fixture::new();
    let actions = json!([{"type": "Update", "update": {"tags": ["x"]}}]);
    let refused = |json: Json| create(&f, f.boss, json).expect_err("refused").status();
    assert_eq!(refused(json!({"name": "n", "actions": actions})), 422, "neither filter nor query");
    assert_eq!(refused(json!({"name": "n", "query": "Status:", "actions": actions})), 400);
    assert_eq!(refused(json!({"name": "n", "filter": {"nosuch": 1}, "actions": actions})), 422);
    let filter = json!({"status": "open"});
    let not_allowed = json!([{"type": "CreateIssue", "queue": "DEV", "summary": "s"}]);
    assert_eq!(refused(json!({"name": "n", "filter": filter, "actions": not_allowed})), 422);
    let short = json!({"name": "n", "filter": filter, "actions": actions, "intervalMillis": 1});
    assert_eq!(refused(short), 422);
    let good = json!({"name": "n", "filter": filter, "actions": actions});
    assert_eq!(create(&f, f.ann, good).expect_err("not hers").status(), 403);
}
