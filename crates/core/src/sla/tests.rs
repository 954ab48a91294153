//! Service levels (automation.md, sections 4 and 15).

use serde_json::{Value as Json, json};
use trackway_api::comments::{AddComment, CommentCreate};
use trackway_api::slas::{
    CreateCalendar, CreateSla, DeleteCalendar, DeleteSla, GetCalendar, ListSlas, UpdateSla,
};
use trackway_api::transitions::ExecuteTransition;

use super::{calendars, ops, store};
use crate::job::Lane;
use crate::testing::{Fixture, NOW, body};
use crate::time::instant_text;

const HOUR: i64 = 3_600_000;

fn members(json: Json) -> serde_json::Map<String, Json> {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

fn rule(f: &Fixture, json: Json) -> Json {
    let request = CreateSla::new("DEV", members(json));
    body(f.write(f.boss, move |cx| ops::create(cx, &request)).expect("a rule"))
}

fn settle(f: &Fixture, now: i64) {
    loop {
        let jobs = f.tracker.claim_jobs(Lane::Inner, "test", now, 10).expect("claims");
        if jobs.is_empty() {
            return;
        }
        for job in &jobs {
            f.tracker.run_job(job, now).expect("done");
        }
    }
}

fn go(f: &Fixture, hour: i64, key: &str, transition: &str) {
    let fields = if transition == "resolve" { json!({"resolution": "fixed"}) } else { json!({}) };
    let request = ExecuteTransition::new(key, transition, members(fields));
    f.write_at(f.ann, NOW + hour * HOUR, move |cx| crate::transition::ops::execute(cx, &request))
        .expect("a transition");
    settle(f, NOW + hour * HOUR);
}

fn issue(f: &Fixture, json: Json) -> String {
    let mut issue = json!({"queue": "DEV", "summary": "s"});
    issue.as_object_mut().expect("an object").extend(members(json));
    let key = f.issue(f.ann, issue);
    settle(f, NOW);
    key
}

/// The only timer of an issue, at an hour.
fn timer(f: &Fixture, hour: i64, key: &str) -> Json {
    let caller = crate::tracker::Caller { now: NOW + hour * HOUR, ..f.as_user(f.ann) };
    let request = trackway_api::issues::GetIssue::new(key);
    let reply = f
        .tracker
        .db()
        .read(|tx| f.tracker.read(&caller, tx, |cx| crate::issue::ops::get(cx, &request)));
    body(reply.expect("an issue"))["sla"][0].clone()
}

#[test]
fn statements_are_good() {
    let f = Fixture::new();
    f.tracker.db().prepare_all(store::ALL_SQL).expect("good SQL");
}

#[test]
fn a_timer_runs_pauses_and_stops() {
    let f = Fixture::new();
    let old = issue(&f, json!({}));
    f.write_at(f.boss, NOW + 1, |cx| {
        let rule = json!({"name": "Reply", "levels": [{"warn": "PT3H", "limit": "PT4H"}],
            "start": [{"type": "IssueCreated"}],
            "pause": [{"type": "InStatus", "statuses": ["needInfo"]}],
            "stop": [{"type": "StatusChanged", "statuses": ["resolved", "closed"]}],
            "alerts": ["bob"]});
        ops::create(cx, &CreateSla::new("DEV", members(rule))).map(drop)
    })
    .expect("a rule");
    assert!(timer(&f, 0, &old).is_null(), "issues older than the rule have none");
    let key = f
        .write_at(f.ann, NOW + 2, |cx| {
            let issue = members(json!({"queue": "DEV", "summary": "s"}));
            Ok(crate::issue::ops::create_from(cx, &issue)?.issue.key(&cx.dict))
        })
        .expect("an issue");
    settle(&f, NOW + 2);
    let running = timer(&f, 1, &key);
    assert_eq!(running["clockStatus"], "STARTED");
    assert_eq!(running["failAt"], instant_text(NOW + 2 + 4 * HOUR));
    go(&f, 1, &key, "need_info");
    assert_eq!(timer(&f, 9, &key)["clockStatus"], "PAUSED");
    go(&f, 9, &key, "provide_info");
    let resumed = timer(&f, 9, &key);
    assert_eq!(resumed["clockStatus"], "STARTED", "by itself");
    assert_eq!(resumed["pausedDuration"], 8 * HOUR);
    assert_eq!(resumed["violationStatus"], "NOT_VIOLATED");
    settle(&f, NOW + 11 * HOUR);
    assert_eq!(timer(&f, 11, &key)["violationStatus"], "NOT_VIOLATED", "not quite three hours");
    settle(&f, NOW + 12 * HOUR);
    assert_eq!(timer(&f, 12, &key)["violationStatus"], "WARN_CONDITIONS_VIOLATED");
    let list = trackway_api::notifications::ListNotifications::new();
    let told = body(f.read(f.bob, |cx| crate::notice::ops::list(cx, &list)).expect("an inbox"));
    assert_eq!(told[0]["type"], "SlaWarned");
    assert_eq!(told.as_array().expect("a list").len(), 1, "once");
    go(&f, 14, &key, "resolve");
    let stopped = timer(&f, 20, &key);
    assert_eq!(stopped["clockStatus"], "STOPPED");
    assert_eq!(stopped["violationStatus"], "FAIL_CONDITIONS_VIOLATED");
}

#[test]
fn levels_calendars_and_comments_of_clients() {
    let f = Fixture::new();
    let calendar = json!({"name": "Office", "timeZone": "Europe/Moscow",
        "exceptions": [{"date": "2026-03-03", "hours": []}]});
    let request = CreateCalendar::new(members(calendar));
    let calendar = body(f.write(f.boss, move |cx| calendars::create(cx, &request)).expect("one"));
    assert_eq!(calendar["hours"]["monday"][0]["from"], "09:00");
    let id = calendar["id"].to_string();
    let made = rule(
        &f,
        json!({"name": "Answer", "calendar": {"id": calendar["id"]},
            "levels": [{"conditions": [{"type": "FieldEquals", "field": "priority",
                "value": "critical"}], "limit": "PT1H"}, {"limit": "PT6H"}],
            "start": [{"type": "ClientCommented"}], "stop": [{"type": "TeamCommented"}]}),
    );
    assert_eq!(made["levels"][1]["limit"], "PT6H");
    let key = issue(&f, json!({}));
    assert!(timer(&f, 0, &key).is_null());
    let create = CommentCreate { text: Some("help".into()), ..CommentCreate::default() };
    let request = AddComment::new(&*key, create);
    f.write(f.ann, move |cx| crate::comment::ops::add(cx, &request)).expect("a comment");
    settle(&f, NOW);
    // Monday 13:00 in Moscow: five hours today, none tomorrow, one on Wednesday.
    let running = timer(&f, 0, &key);
    assert_eq!(running["failAt"], "2026-03-04T07:00:00.000+0000");
    assert_eq!(timer(&f, 24, &key)["spent"], 5 * HOUR);
    let delete = DeleteCalendar::new(&*id);
    let error = f.write(f.boss, move |cx| calendars::delete(cx, &delete)).expect_err("in use");
    assert_eq!(error.status(), 409);
    let get = GetCalendar::new(&*id);
    let error = f.read(f.ann, |cx| calendars::get(cx, &get)).expect_err("not hers");
    assert_eq!(error.status(), 404);
    let rule_id = made["id"].to_string();
    let stale = UpdateSla::new("DEV", &*rule_id, members(json!({"name": "x"}))).version(9);
    assert_eq!(
        f.write(f.boss, move |cx| ops::update(cx, &stale)).expect_err("stale").status(),
        409
    );
    let delete = DeleteSla::new("DEV", &*rule_id);
    f.write(f.boss, move |cx| ops::delete(cx, &delete)).expect("deleted");
    assert!(timer(&f, 0, &key).is_null());
    let list = ListSlas::new("DEV");
    assert_eq!(f.read(f.ann, |cx| ops::list(cx, &list)).expect_err("not hers").status(), 403);
}

#[test]
fn what_cannot_be_read_is_named() {
    let f = Fixture::new();
    let refused = |json: Json| {
        let request = CreateSla::new("DEV", members(json));
        let error = f.write(f.boss, move |cx| ops::create(cx, &request)).expect_err("refused");
        error.body(crate::lang::Lang::En).errors.into_keys().collect::<Vec<_>>()
    };
    let (levels, start) = (json!([{"limit": "PT1H"}]), json!([{"type": "IssueCreated"}]));
    assert_eq!(refused(json!({"levels": levels, "start": start})), ["name"]);
    for (member, value) in [
        ("levels", json!([{"limit": "soon"}])),
        ("levels", json!([])),
        ("levels", json!([{"warn": "PT2H", "limit": "PT1H"}])),
        ("start", json!([{"type": "TeamCommented"}])),
        ("stop", json!([{"type": "IssueCreated"}])),
        ("pause", json!([{"type": "InStatus", "statuses": ["nosuch"]}])),
        ("calendar", json!(999)),
        ("alerts", json!(["nobody"])),
    ] {
        let mut json = json!({"name": "n", "levels": levels, "start": start});
        json[member] = value;
        assert_eq!(refused(json), [member]);
    }
    for calendar in [
        json!({"name": "n", "timeZone": "Mars/Base"}),
        json!({"name": "n", "hours": {"monday": [{"from": "18:00", "to": "09:00"}]}}),
        json!({"name": "n", "hours": {"monday": [{"from": "9", "to": "10:00"}]}}),
        json!({"name": "n", "exceptions": [{"date": "soon"}]}),
        json!({}),
    ] {
        let request = CreateCalendar::new(members(calendar.clone()));
        let error = f.write(f.boss, move |cx| calendars::create(cx, &request));
        assert_eq!(error.expect_err("refused").status(), 422, "{calendar}");
    }
}
