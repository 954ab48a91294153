//! Triggers (automation.md, sections 1 and 15; contract, `createTrigger`).

use serde_json::{Value as Json, json};
use trackway_api::comments::{AddComment, CommentCreate};
use trackway_api::issues::UpdateIssue;
use trackway_api::links::{AddLink, LinkCreate};
use trackway_api::triggers::{
    CreateTrigger, DeleteTrigger, GetTrigger, ListTriggerWebhookLog, ListTriggers, TriggerCreate,
    UpdateTrigger,
};
use trackway_api::types::RefInput;

use super::ops;
use crate::job::{Job, Lane};
use crate::testing::{Fixture, NOW, body};
use crate::webhook::{self, Outcome, Outgoing};

fn members(json: Json) -> serde_json::Map<String, Json> {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

fn try_trigger(f: &Fixture, uid: i64, queue: &str, json: Json) -> crate::Result<Json> {
    let create: TriggerCreate = serde_json::from_value(json).expect("a body");
    let request = CreateTrigger::new(queue, create);
    f.write(uid, move |cx| ops::create(cx, &request)).map(body)
}

fn trigger(f: &Fixture, name: &str, conditions: Json, actions: Json) -> Json {
    let json = json!({"name": name, "conditions": conditions, "actions": actions});
    try_trigger(f, f.boss, "DEV", json).expect("a trigger")
}

/// Does all work on the database that waits.
fn settle(f: &Fixture) {
    for _ in 0..100 {
        let jobs = f.tracker.claim_jobs(Lane::Inner, "test", NOW, 10).expect("claims");
        if jobs.is_empty() {
            return;
        }
        for job in &jobs {
            f.tracker.run_job(job, NOW).expect("done");
        }
    }
    panic!("triggers set each other off for ever");
}

fn edit(f: &Fixture, uid: i64, key: &str, patch: Json) {
    let request = UpdateIssue::new(key, members(patch));
    f.write(uid, move |cx| crate::issue::ops::update(cx, &request)).expect("an edit");
    settle(f);
}

fn comment(f: &Fixture, uid: i64, key: &str, text: &str) {
    let create = CommentCreate { text: Some(text.into()), ..CommentCreate::default() };
    let request = AddComment::new(key, create);
    f.write(uid, move |cx| crate::comment::ops::add(cx, &request)).expect("a comment");
    settle(f);
}

fn issue(f: &Fixture, json: Json) -> String {
    let mut issue = json!({"queue": "DEV", "summary": "s"});
    issue.as_object_mut().expect("an object").extend(members(json));
    let key = f.issue(f.ann, issue);
    settle(f);
    key
}

fn tag(name: &str) -> Json {
    json!([{"type": "Update", "update": {"tags": {"add": [name]}}}])
}

fn tags(f: &Fixture, key: &str) -> Vec<String> {
    let tags = f.json(f.ann, key)["tags"].clone();
    serde_json::from_value(tags).unwrap_or_default()
}

#[test]
fn triggers_act_in_the_order_of_the_list() {
    let f = Fixture::new();
    let set = |priority: &str| json!([{"type": "Update", "update": {"priority": priority}}]);
    let create = || json!([{"type": "Event.create"}]);
    let first = trigger(&f, "one", create(), set("minor"));
    let second = trigger(&f, "two", create(), set("critical"));
    assert_eq!((&first["order"], &second["order"]), (&json!("0.0001"), &json!("0.0002")));
    let key = issue(&f, json!({}));
    assert_eq!(f.json(f.ann, &key)["priority"]["key"], "critical");
    assert_eq!(f.json(f.ann, &key)["updatedBy"]["display"], "Tracker robot");
    let patch = members(json!({"before": first["id"]}));
    let id = second["id"].to_string();
    let request = UpdateTrigger::new("DEV", &*id, patch).version(1);
    let moved = body(f.write(f.boss, move |cx| ops::update(cx, &request)).expect("moved"));
    assert_eq!(moved["version"], 2);
    let key = issue(&f, json!({}));
    assert_eq!(f.json(f.ann, &key)["priority"]["key"], "minor");
}

#[test]
fn a_value_it_has_from_its_creation_has_become_equal() {
    let f = Fixture::new();
    let condition = json!([{"type": "FieldBecameEqual", "field": "assignee", "value": "bob"}]);
    trigger(&f, "bob", condition, tag("bob"));
    let key = issue(&f, json!({"assignee": "bob"}));
    assert_eq!(tags(&f, &key), ["bob"]);
    let other = issue(&f, json!({"assignee": "ann"}));
    assert!(tags(&f, &other).is_empty());
    edit(&f, f.ann, &other, json!({"assignee": "bob"}));
    assert_eq!(tags(&f, &other), ["bob"]);
}

#[test]
fn groups_of_conditions_nest() {
    let f = Fixture::new();
    let conditions = json!({"type": "or", "conditions": [
        {"type": "And", "conditions": [
            {"type": "FieldChangedCondition", "field": "priority"},
            {"type": "FieldEquals", "field": "type", "value": "bug"}]},
        {"type": "CommentStringMatchCondition", "word": "URGENT"}]});
    let made = trigger(&f, "or", conditions, tag("hot"));
    assert_eq!(made["conditions"][0]["type"], "Or");
    let comment_condition = &made["conditions"][0]["conditions"][1];
    assert_eq!(comment_condition["ignoreCase"], true);
    assert_eq!(comment_condition["removeMarkup"], true);
    assert_eq!(comment_condition["noMatchBefore"], false);
    let (task, bug) = (issue(&f, json!({})), issue(&f, json!({"type": "bug"})));
    for key in [&task, &bug] {
        edit(&f, f.ann, key, json!({"tags": []}));
        edit(&f, f.ann, key, json!({"priority": "minor"}));
    }
    assert!(tags(&f, &task).is_empty());
    assert_eq!(tags(&f, &bug), ["hot"]);
    comment(&f, f.bob, &task, "this is **ur**gent");
    assert_eq!(tags(&f, &task), ["hot"]);
}

#[test]
fn rules_chain_but_do_not_run_in_circles() {
    let f = Fixture::new();
    let updated = || json!([{"type": "Event.update"}]);
    trigger(
        &f,
        "counts",
        updated(),
        json!([{"type": "CalculateFormula", "formula": "{{issue.storyPoints}}+1",
            "resultField": "storyPoints"}]),
    );
    let key = issue(&f, json!({"storyPoints": 1}));
    edit(&f, f.ann, &key, json!({"summary": "t"}));
    assert_eq!(f.json(f.ann, &key)["storyPoints"], 2.0, "once for each change of ours");
    trigger(
        &f,
        "reacts",
        json!([{"type": "FieldBecameEqual", "field": "storyPoints", "value": 3}]),
        tag("three"),
    );
    edit(&f, f.ann, &key, json!({"summary": "u"}));
    assert_eq!(tags(&f, &key), ["three"]);
    // The second one's change set off the first one again, and so on, up to the limit.
    let points = f.json(f.ann, &key)["storyPoints"].as_f64().expect("a number");
    assert!(points >= 4.0, "{points}");
    let ping = |name: &str, from: &str, to: &str| {
        let condition = json!([{"type": "FieldBecameEqual", "field": "priority", "value": from}]);
        trigger(&f, name, condition, json!([{"type": "Update", "update": {"priority": to}}]));
    };
    ping("ping", "minor", "critical");
    ping("pong", "critical", "minor");
    edit(&f, f.ann, &key, json!({"priority": "minor"}));
}

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
fn comments_links_and_checklists_are_events_too() {
    let f = Fixture::new();
    let all = [
        ("author", json!({"type": "CommentAuthor", "user": "bob"})),
        ("not-author", json!({"type": "CommentAuthorNot", "user": "bob"})),
        ("words", json!({"type": "CommentAnyMatchCondition", "word": ["x", "yes"]})),
        ("none", json!({"type": "CommentNoneMatchCondition", "words": ["yes"]})),
        ("full", json!({"type": "CommentFullyMatchCondition", "word": "Yes"})),
        ("internal", json!({"type": "CommentMessageInternal"})),
        ("linked", json!({"type": "CreatedLinkCondition", "relationship": ["depends on"]})),
    ];
    for (name, condition) in all {
        trigger(&f, name, json!([condition]), tag(name));
    }
    let (key, other) = (issue(&f, json!({})), issue(&f, json!({})));
    comment(&f, f.bob, &key, "yes");
    assert_eq!(tags(&f, &key), ["author", "words", "full", "internal"]);
    let link = LinkCreate { relationship: "depends on".to_owned(), issue: RefInput::from(&*other) };
    let request = AddLink::new(&*key, link);
    f.write(f.ann, move |cx| crate::link::ops::add(cx, &request)).expect("a link");
    settle(&f);
    assert!(tags(&f, &key).contains(&"linked".to_owned()));
    assert!(tags(&f, &other).is_empty(), "the other end is depended on");
}

#[test]
fn numbers_dates_lists_and_groups_are_compared() {
    let f = Fixture::new();
    let conditions = [
        ("gt", json!({"type": "GreaterCondition", "field": "storyPoints", "value": 4})),
        (
            "ge",
            json!({"type": "BecameGreaterOrEqualCondition", "field": "storyPoints", "value": 5}),
        ),
        ("lt", json!({"type": "LessCondition", "field": "storyPoints", "value": 5})),
        ("ms", json!({"type": "GreaterCondition", "field": "estimation", "value": 3_599_999})),
        ("date", json!({"type": "DateLessCondition", "field": "deadline", "value": "2026-04-02"})),
        ("size", json!({"type": "Container.SizeEquals", "field": "followers", "value": 2})),
        ("any", json!({"type": "ContainerContainsAny", "field": "followers", "value": ["bob"]})),
        (
            "all",
            json!({"type": "ContainerContainsAll", "field": "followers",
            "value": ["bob", "boss"]}),
        ),
        ("group", json!({"type": "UserInGroups", "field": "createdBy", "value": [0]})),
        ("text", json!({"type": "ContainsAnyOfStrings", "field": "summary", "value": ["S"]})),
        ("empty", json!({"type": "FieldIsEmpty", "field": "resolution"})),
    ];
    for (name, condition) in conditions {
        trigger(&f, name, json!([condition, {"type": "Event.create"}]), tag(name));
    }
    let key = issue(
        &f,
        json!({"storyPoints": 5, "estimation": "PT1H", "deadline": "2026-04-01",
        "followers": ["ann", "bob"]}),
    );
    let mut found = tags(&f, &key);
    found.sort();
    assert_eq!(found, ["any", "date", "empty", "ge", "group", "gt", "ms", "size", "text"]);
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

#[test]
fn what_is_imported_sets_nothing_off() {
    let f = Fixture::new();
    trigger(&f, "t", json!([{"type": "Event.create"}]), tag("x"));
    let key = f
        .write(f.boss, |cx| {
            cx.imported();
            let issue = members(json!({"queue": "DEV", "summary": "from elsewhere"}));
            Ok(crate::issue::ops::create_from(cx, &issue)?.issue.key(&cx.dict))
        })
        .expect("an issue");
    settle(&f);
    assert!(tags(&f, &key).is_empty());
}
