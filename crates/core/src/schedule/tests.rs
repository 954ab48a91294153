//! Recurring issues (automation.md, section 2).

use serde_json::{Value as Json, json};
use trackway_api::schedules::{CreateSchedule, DeleteSchedule, GetSchedule, UpdateSchedule};

use super::ops;
use crate::job::Lane;
use crate::testing::{Fixture, NOW, body};

const DAY: i64 = 86_400_000;

fn members(json: Json) -> serde_json::Map<String, Json> {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

fn create(f: &Fixture, uid: i64, json: Json) -> crate::Result<Json> {
    let request = CreateSchedule::new("DEV", members(json));
    f.write(uid, move |cx| ops::create(cx, &request)).map(body)
}

fn get(f: &Fixture, id: &str) -> Json {
    let request = GetSchedule::new("DEV", id);
    body(f.read(f.boss, |cx| ops::get(cx, &request)).expect("a rule"))
}

/// Does what is due; how many jobs there were.
fn run(f: &Fixture, now: i64) -> usize {
    let jobs = f.tracker.claim_jobs(Lane::Inner, "test", now, 10).expect("claims");
    for job in &jobs {
        f.tracker.run_job(job, now).expect("done");
    }
    jobs.len()
}

fn daily() -> Json {
    json!({"name": "Backup", "unit": "day", "issues": [
        {"summary": "Check the backup of {{currentDateTime.iso8601}}", "tags": ["backup"]},
        {"summary": "Second", "type": "bug"}]})
}

#[test]
fn statements_are_good() {
    let f = Fixture::new();
    f.tracker.db().prepare_all(super::store::ALL_SQL).expect("good SQL");
}

#[test]
fn issues_are_made_again_and_again_by_the_robot() {
    let f = Fixture::new();
    let made = create(&f, f.boss, daily()).expect("a rule");
    let id = made["id"].to_string();
    assert_eq!((&made["every"], &made["issuesCreated"]), (&json!(1), &json!(0)));
    assert!(made["nextRun"].is_string());
    assert!(f.read(f.boss, |cx| cx.issue("DEV-1").map(drop)).is_err(), "trying leaves nothing");
    assert_eq!(run(&f, NOW), 0, "not before a day has passed");
    assert_eq!(run(&f, NOW + DAY), 1);
    let first = f.json(f.boss, "DEV-1");
    assert_eq!(first["createdBy"]["display"], "Tracker robot");
    assert!(!first["summary"].as_str().expect("a summary").contains("{{"), "{first}");
    assert_eq!(f.json(f.boss, "DEV-2")["type"]["key"], "bug");
    assert_eq!(run(&f, NOW + DAY), 0, "once");
    assert_eq!(run(&f, NOW + 9 * DAY), 1, "what was missed is made up for once");
    let state = get(&f, &id);
    assert_eq!(state["issuesCreated"], 4);
    assert!(state["lastRun"].is_string());
    let off = UpdateSchedule::new("DEV", &*id, members(json!({"active": false})));
    let off = body(f.write(f.boss, move |cx| ops::update(cx, &off)).expect("an edit"));
    assert!(off.get("nextRun").is_none());
    assert_eq!(run(&f, NOW + 99 * DAY), 0, "it is not active any more");
    let on = UpdateSchedule::new("DEV", &*id, members(json!({"active": true})));
    f.write(f.boss, move |cx| ops::update(cx, &on)).expect("an edit");
    let delete = DeleteSchedule::new("DEV", &*id);
    f.write(f.boss, move |cx| ops::delete(cx, &delete)).expect("deleted");
    assert_eq!(run(&f, NOW + 99 * DAY), 0, "it is gone");
}

#[test]
fn a_failure_is_told_and_the_others_are_made() {
    let f = Fixture::new();
    let mut rule = daily();
    rule["issues"][1]["unique"] = "only-once".into();
    let id = create(&f, f.boss, rule).expect("a rule")["id"].to_string();
    run(&f, NOW + DAY);
    assert!(get(&f, &id).get("lastError").is_none());
    run(&f, NOW + 2 * DAY);
    let state = get(&f, &id);
    assert_eq!(state["issuesCreated"], 3, "{state}");
    assert!(state["lastError"].is_string(), "{state}");
}

#[test]
fn refusals() {
    let f = Fixture::new();
    let refused = |change: Json| {
        let mut rule = members(daily());
        rule.extend(members(change));
        create(&f, f.boss, Json::Object(rule)).expect_err("refused").status()
    };
    for wrong in [
        json!({"name": ""}),
        json!({"issues": []}),
        json!({"issues": [{"summary": ""}]}),
        json!({"issues": [{"summary": "s", "queue": "HELP"}]}),
        json!({"issues": [{"summary": "s", "priority": "odd"}]}),
        json!({"unit": "month"}),
        json!({"every": 0}),
        json!({"every": 1001}),
        json!({"weekdays": ["monday"]}),
        json!({"unit": "week", "weekdays": ["someday"]}),
        json!({"timeZone": "Odd"}),
        json!({"start": "soon"}),
        json!({"end": "2000-01-01T00:00:00"}),
        json!({"calendar": 99}),
    ] {
        assert_eq!(refused(wrong.clone()), 422, "{wrong}");
    }
    assert_eq!(create(&f, f.ann, daily()).expect_err("not hers").status(), 403);
}
