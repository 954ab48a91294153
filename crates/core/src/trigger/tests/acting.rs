//! What triggers do (automation.md, 1.2 to 1.5).

use serde_json::{Value as Json, json};
use trackway_api::triggers::{ListTriggerWebhookLog, UpdateTrigger};

use super::{edit, issue, members, tags, trigger};
use crate::job::{Job, Lane};
use crate::testing::{Fixture, NOW, body};
use crate::trigger::ops;
use crate::webhook::{self, Outcome, Outgoing};

#[test]
fn a_failing_action_stops_no_other() {
    let f = Fixture::new();
    // Closing asks for a resolution, which a trigger cannot give.
    let actions = json!([{"type": "Transition", "status": "closed"},
        {"type": "Update", "update": {"tags": {"add": ["done"]}}}]);
    trigger(&f, "close", json!([{"type": "Event.create"}]), actions);
    let key = issue(&f, json!({}));
    assert_eq!(f.json(f.ann, &key)["status"]["key"], "open");
    assert_eq!(tags(&f, &key), ["done"]);
}

#[test]
fn actions_of_every_kind() {
    let f = Fixture::new();
    let status = json!({"key": "inProgress"});
    let actions = json!([
        {"type": "Transition", "status": status},
        {"type": "Update", "update": [
            {"field": {"id": "tags"}, "update": {"add": ["{{issue.author.login}}"]}},
            {"field": "deadline", "update": null}]},
        {"type": "CreateComment", "text": "Hi, {{issue.author}} on {{currentDateTime.iso8601}}",
            "fromRobot": false},
        {"type": "CreateChecklist", "checklistItems": [
            {"text": "check {{issue.key}}", "assignee": "bob", "deadline": "2026-05-01"}]},
        {"type": "CalculateFormula", "formula": "now()+3M", "resultField": "start"},
        {"type": "CreateIssue", "queue": "HELP", "summary": "about {{issue.summary}}",
            "fieldTemplates": {"tags": ["child"], "dueDate": "2026-06-01"},
            "linkWithInitialIssue": true, "fromRobot": true}]);
    let made = trigger(&f, "all", json!([{"type": "Event.create"}]), actions);
    assert_eq!(made["actions"][0]["status"]["key"], "inProgress");
    assert_eq!(made["actions"][1]["update"]["deadline"], Json::Null);
    assert_eq!(made["actions"][5]["id"], 6);
    let key = issue(&f, json!({"deadline": "2026-04-01", "summary": "Пример"}));
    let issue = f.json(f.ann, &key);
    assert_eq!(issue["status"]["key"], "inProgress");
    assert_eq!(issue["tags"], json!(["ann"]));
    assert!(issue.get("deadline").is_none());
    assert_eq!(issue["start"], "2026-06-02");
    assert_eq!(issue["checklistTotal"], 1);
    let child = f.json(f.ann, "HELP-1");
    assert_eq!(child["summary"], "about Пример");
    assert_eq!(child["deadline"], "2026-06-01");
    assert_eq!(child["createdBy"]["display"], "Tracker robot");
    let request = trackway_api::comments::ListComments::new(&*key);
    let comments = body(f.read(f.ann, |cx| crate::comment::ops::list(cx, &request)).expect("ok"));
    assert_eq!(comments[0]["text"], "Hi, ann Пробный on 2026-03-02T10:00:00.000Z");
    assert_eq!(comments[0]["createdBy"]["display"], "ann Trial");
}

#[test]
fn an_issue_made_by_a_rule_makes_no_further_one() {
    let f = Fixture::new();
    let make = json!([{"type": "CreateIssue", "queue": "DEV", "summary": "child"}]);
    trigger(&f, "make", json!([{"type": "Event.create"}]), make);
    issue(&f, json!({}));
    let count =
        trackway_api::issues::CountIssues::new(trackway_api::issues::SearchRequest::default());
    let count = body(f.read(f.boss, |cx| crate::search::ops::count(cx, &count)).expect("counts"));
    assert_eq!(count, 2);
}

#[test]
fn a_webhook_is_filled_in_sent_later_and_logged() {
    let f = Fixture::new();
    let hook = json!([{"type": "Webhook", "endpoint": "https://example.org/{{issue.key}}",
        "method": "POST", "headers": {"X-Who": "{{issue.author.login}}"},
        "body": {"summary": "{{issue.summary}}", "raw": "{{issue.summary.json}}"},
        "authContext": {"type": "oauth", "accessToken": "s3cret", "tokenType": "Bearer"}}]);
    let made = trigger(&f, "hook", json!([{"type": "Event.create"}]), hook);
    assert_eq!(made["actions"][0]["authContext"]["accessToken"], "***");
    let id = made["id"].to_string();
    let key = issue(&f, json!({"summary": "a \"b\""}));
    let jobs: Vec<Job> = f.tracker.claim_jobs(Lane::Outer, "test", NOW, 5).expect("claims");
    assert_eq!(jobs.len(), 1);
    let outgoing: Outgoing = serde_json::from_str(&jobs[0].payload).expect("a request");
    assert_eq!(outgoing.url, format!("https://example.org/{key}"));
    assert_eq!(outgoing.headers["X-Who"], "ann");
    assert!(outgoing.headers.contains_key(webhook::MARK));
    let secret = outgoing.secret.clone().expect("a secret");
    assert_eq!(secret, ("Authorization".to_owned(), "Bearer s3cret".to_owned()));
    let sent: Json = serde_json::from_str(outgoing.body.as_deref().expect("a body")).expect("JSON");
    assert_eq!(sent, json!({"summary": "a \"b\"", "raw": "\"a \\\"b\\\"\""}));
    let failed = Outcome {
        started: NOW,
        ended: NOW + 5,
        error: Some("no".into()),
        retry: true,
        ..Outcome::default()
    };
    f.tracker.webhook_tried(&jobs[0], &outgoing, &failed).expect("noted");
    assert!(f.tracker.claim_jobs(Lane::Outer, "test", NOW, 5).expect("claims").is_empty());
    let later = NOW + 60_000;
    let jobs = f.tracker.claim_jobs(Lane::Outer, "test", later, 5).expect("claims");
    let well = Outcome { started: later, ended: later, status: Some(200), ..Outcome::default() };
    f.tracker.webhook_tried(&jobs[0], &outgoing, &well).expect("noted");
    let log = |issue: Option<&str>| {
        let mut request = ListTriggerWebhookLog::new("DEV", &*id);
        request.issue_id = issue.map(str::to_owned);
        let reply = f.read(f.boss, |cx| webhook::ops::of_trigger(cx, &request)).expect("a log");
        body(reply).as_array().expect("a list").clone()
    };
    let entries = log(Some(&key));
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0]["response"]["statusCode"], 200, "newest first");
    assert_eq!(entries[1]["duration"], 5);
    assert!(!entries[1].to_string().contains("s3cret"));
    assert_eq!(log(None).len(), 2);
    // A masked secret that comes back stays what it is.
    let patch = members(json!({"actions": made["actions"]}));
    let request = UpdateTrigger::new("DEV", &*id, patch).version(1);
    let again = body(f.write(f.boss, move |cx| ops::update(cx, &request)).expect("an edit"));
    assert_eq!(again["version"], 1, "nothing changed");
}

#[test]
fn variables_say_what_they_should() {
    let f = Fixture::new();
    let text = "{{issue.followers.login.json}}|{{issue.followers}}|{{issue.author.json}}|\
        {{issue.author.login.json}}|{{issue.deadline}}|{{issue.deadline.iso8601}}|\
        {{issue.nosuch}}|{{issue.storyPoints.json}}|{{issue.tags.json}}|{{currentUser.login}}|\
        {{issue.priority}}|{{issue.status.key}}";
    trigger(
        &f,
        "say",
        json!([{"type": "Event.create"}]),
        json!([{"type": "Update", "update": {"description": text}}]),
    );
    let key = issue(
        &f,
        json!({"followers": ["bob", "boss"], "deadline": "2021-12-07",
        "storyPoints": 2.5, "tags": ["a", "б"]}),
    );
    let said = f.json(f.ann, &key)["description"].as_str().expect("a text").to_owned();
    let said: Vec<&str> = said.split('|').collect();
    assert_eq!(
        said,
        [
            "[\"bob\",\"boss\"]",
            "bob Пробный, boss Пробный",
            "",
            "\"ann\"",
            "07 декабря 2021",
            "2021-12-07",
            "",
            "2.5",
            "[\"a\",\"б\"]",
            "ann",
            "Средний",
            "open",
        ]
    );
}

#[test]
fn a_trigger_moves_with_the_rights_of_whoever_set_it_off() {
    let f = Fixture::new();
    let condition = json!([{"type": "FieldBecameEqual", "field": "priority", "value": "blocker"}]);
    let actions = json!([{"type": "Move", "queue": "HELP"},
        {"type": "Update", "update": {"tags": {"add": ["after"]}}}]);
    trigger(&f, "move", condition, actions);
    let mut permissions = crate::testing::open_permissions(f.boss);
    permissions.create = crate::dict::model::Subjects { users: vec![f.ann], ..Default::default() };
    f.permit(f.help, permissions);
    let (mine, theirs) = (issue(&f, json!({"type": "bug"})), issue(&f, json!({})));
    edit(&f, f.ann, &mine, json!({"priority": "blocker"}));
    let moved = f.json(f.ann, &mine);
    assert_eq!(moved["queue"]["key"], "HELP");
    assert_eq!(moved["type"]["key"], "task", "the target has no bugs");
    assert_eq!(tags(&f, &mine), ["after"], "what remains is still done");
    edit(&f, f.bob, &theirs, json!({"priority": "blocker"}));
    assert_eq!(f.json(f.ann, &theirs)["queue"]["key"], "DEV");
    assert_eq!(tags(&f, &theirs), ["after"]);
}
