//! Drawing workflows, and what conditions and functions do to issues that follow them.

use serde_json::{Value as Json, json};
use trackway_api::queues::{
    CreateWorkflow, DeleteWorkflow, GetScreen, GetScreenElement, GetWorkflow, ListScreenElements,
    ListScreens, ListWorkflows, UpdateQueue, UpdateWorkflow, UpdateWorkflowAction,
};
use trackway_api::transitions::{ExecuteTransition, ListTransitions};
use trackway_api::types::Members;

use super::{ops, screen};
use crate::error::{Error, Result};
use crate::job::Lane;
use crate::lang::Lang;
use crate::queue::workflow;
use crate::testing::{Fixture, NOW, body, open_permissions};

fn members(json: Json) -> Members {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

fn create(f: &Fixture, uid: i64, drawing: Json) -> Result<Json> {
    let r = CreateWorkflow::new(members(drawing));
    f.write(uid, move |cx| ops::create(cx, &r).map(body))
}

fn update(f: &Fixture, id: &str, patch: Json) -> Result<Json> {
    let r = UpdateWorkflow::new(id, members(patch));
    f.write(f.boss, move |cx| ops::update(cx, &r).map(body))
}

fn action(f: &Fixture, id: &str, status: &str, action: &str, patch: Json) -> Result<Json> {
    let r = UpdateWorkflowAction::new(id, status, action, members(patch));
    f.write(f.boss, move |cx| ops::update_action(cx, &r).map(body))
}

fn get(f: &Fixture, id: &str) -> Result<Json> {
    let r = GetWorkflow::new(id);
    f.read(f.ann, |cx| workflow::get(cx, &r).map(body))
}

fn fault(error: &Error) -> (u16, Vec<String>) {
    let body = error.body(Lang::En);
    (body.status_code, body.errors.into_keys().collect())
}

fn status<T>(result: Result<T>) -> u16 {
    result.map_or_else(|error| error.status(), |_| 200)
}

fn step(key: &str, actions: Json) -> Json {
    json!({"status": key, "actions": actions})
}

fn to(id: &str, target: &str) -> Json {
    json!({"id": id, "name": {"ru": id, "en": id}, "target": target})
}

/// The example of the contract, in queue DEV.
fn short() -> Json {
    json!({
        "name": "Short cycle",
        "queue": "DEV",
        "initialAction": {"id": "new", "name": {"ru": "Создать", "en": "Create"}, "target": "open"},
        "steps": [step("open", json!([to("finish", "closed")])), {"status": "closed"}],
    })
}

/// Makes every task of DEV follow a workflow.
fn follow(f: &Fixture, id: &str) {
    let types = json!([{"issueType": "task", "workflow": id, "resolutions": ["fixed"]}]);
    let r = UpdateQueue::new("DEV", members(json!({"issueTypesConfig": types})));
    f.write(f.boss, move |cx| crate::queue::update::update(cx, &r)).expect("a queue");
}

fn open(f: &Fixture, uid: i64, key: &str) -> Vec<String> {
    let r = ListTransitions::new(key);
    let list = f.read(uid, |cx| crate::transition::ops::list(cx, &r).map(body)).expect("a list");
    let id = |t: &Json| t["id"].as_str().expect("an id").to_owned();
    list.as_array().expect("a list").iter().map(id).collect()
}

fn run(f: &Fixture, uid: i64, key: &str, id: &str, sent: Json) -> Result<()> {
    let r = ExecuteTransition::new(key, id, members(sent));
    f.write(uid, move |cx| crate::transition::ops::execute(cx, &r).map(drop))
}

/// A queue whose tasks have one transition, `go` from open to in progress, and `back`.
fn with_action(f: &Fixture, mut go: Json) -> String {
    go["id"] = json!("go");
    go["name"] = json!({"ru": "Вперёд", "en": "Go"});
    go["target"] = json!("inProgress");
    let mut drawing = short();
    drawing["steps"] =
        json!([step("open", json!([go])), step("inProgress", json!([to("back", "open")])),]);
    let made = create(f, f.boss, drawing).expect("a workflow");
    follow(f, made["id"].as_str().expect("an id"));
    f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "assignee": "bob"}))
}

#[test]
fn a_workflow_is_drawn_read_and_followed() {
    let f = Fixture::new();
    let made = create(&f, f.boss, short()).expect("a workflow");
    let id = made["id"].as_str().expect("an id").to_owned();
    assert!(id.starts_with('W'), "{id}");
    assert_eq!((&made["type"], &made["version"]), (&json!("visual"), &json!(1)));
    assert_eq!(made["queue"]["key"], "DEV");
    assert_eq!(made["initialAction"]["target"]["key"], "open");
    assert_eq!(made["steps"][0]["actions"][0]["id"], "finish");
    assert_eq!(made["steps"][1].get("actions"), None);
    assert_eq!(made["steps"][1]["statusType"], "DONE");
    assert_eq!(made["createdBy"]["id"], f.boss.to_string());
    assert_eq!(get(&f, &id).expect("a workflow"), made);
    follow(&f, &id);
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    assert_eq!(open(&f, f.ann, &key), ["finish"]);
    run(&f, f.ann, &key, "finish", json!({})).expect("a transition");
    assert_eq!(f.json(f.ann, &key)["status"]["key"], "closed");
    assert!(open(&f, f.ann, &key).is_empty());
}

#[test]
fn wrong_drawings_are_refused() {
    let f = Fixture::new();
    let taken = json!("developmentPresetWorkflow");
    let nameless = json!([{"id": "a", "name": {"en": "a"}, "target": "closed"}]);
    let twice = json!([to("a", "closed"), to("a", "closed")]);
    for (member, value, code, field) in [
        ("name", json!(null), 422, "name"),
        ("name", json!("  "), 422, "name"),
        ("initialAction", json!(null), 422, "initialAction"),
        ("initialAction", to("new", "nonsense"), 422, "initialAction"),
        ("initialAction", to("new", "testing"), 422, "initialAction"),
        ("steps", json!(null), 422, "steps"),
        ("steps", json!({}), 422, "steps"),
        ("steps", json!([]), 422, "steps"),
        ("steps", json!([{"status": "open"}]), 422, "steps"),
        ("steps", json!([{"status": "open"}, {"status": "closed"}]), 422, "steps"),
        ("steps", json!([{"status": "open"}, {"status": "open"}]), 422, "steps"),
        (
            "steps",
            json!([step("open", json!([to("a", "testing")])), {"status": "closed"}]),
            422,
            "steps",
        ),
        ("steps", json!([step("open", nameless), {"status": "closed"}]), 422, "action.name"),
        ("steps", json!([step("open", twice), {"status": "closed"}]), 422, "steps"),
        ("steps", json!([step("nonsense", json!([])), {"status": "closed"}]), 422, "steps"),
        ("id", json!("with space"), 422, "id"),
        ("id", json!("17"), 422, "id"),
        ("id", taken, 409, "id"),
        (
            "issueTypeResolutions",
            json!([{"issueType": "x", "resolutions": []}]),
            422,
            "issueTypeResolutions",
        ),
    ] {
        let mut drawing = short();
        drawing[member] = value.clone();
        let error = create(&f, f.boss, drawing).expect_err(field);
        assert_eq!(fault(&error), (code, vec![field.to_owned()]), "{member} {value}");
    }
    assert_eq!(status(create(&f, f.ann, short())), 403, "no right on the queue");
    let mut shared = short();
    shared.as_object_mut().expect("an object").remove("queue");
    assert_eq!(status(create(&f, f.ann, shared.clone())), 403, "shared ones are of administrators");
    assert_eq!(status(create(&f, f.boss, shared)), 200);
}

#[test]
fn a_change_never_strands_an_issue() {
    let f = Fixture::new();
    let made = create(&f, f.boss, short()).expect("a workflow");
    let id = made["id"].as_str().expect("an id");
    follow(&f, id);
    f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    let steps = json!([step("new", json!([to("a", "closed")])), {"status": "closed"}]);
    let error = update(&f, id, json!({"steps": steps, "initialAction": to("new", "new")}));
    let error = error.expect_err("an issue is open");
    assert_eq!(error.body(Lang::En).errors["steps"], "There are issues in status open.");
    let retyped = json!([
        {"status": "open", "statusType": "PAUSED", "actions": [to("finish", "closed")]},
        {"status": "closed"},
    ]);
    assert_eq!(status(update(&f, id, json!({"steps": retyped}))), 422, "its type is stored");
    let more = json!([
        step("open", json!([to("finish", "closed"), to("try", "testing")])),
        step("testing", json!([to("finish", "closed")])),
        {"status": "closed"},
    ]);
    let changed = update(&f, id, json!({"steps": more})).expect("statuses may be added");
    assert_eq!(
        (&changed["version"], changed["steps"].as_array().map(Vec::len)),
        (&json!(2), Some(3))
    );
    let less = json!([step("open", json!([to("finish", "closed")])), {"status": "closed"}]);
    assert_eq!(status(update(&f, id, json!({"steps": less}))), 200, "nobody is testing");
    let r = UpdateWorkflow::new(id, members(json!({"name": "x"}))).version(1);
    assert_eq!(status(f.write(f.boss, move |cx| ops::update(cx, &r))), 412);
}

#[test]
fn one_transition_is_changed_where_it_starts() {
    let f = Fixture::new();
    let mut drawing = short();
    drawing["steps"] = json!([
        step("open", json!([to("finish", "closed"), to("try", "testing")])),
        step("testing", json!([to("finish", "closed")])),
        {"status": "closed", "metaAction": {"name": {"ru": "Закрыть"}, "target": "closed"}},
    ]);
    let made = create(&f, f.boss, drawing).expect("a workflow");
    let id = made["id"].as_str().expect("an id");
    assert_eq!(made["steps"][2]["metaAction"]["id"], "closedMeta");
    let patch = json!({"name": {"ru": "Готово", "en": "Done"}, "target": "closed"});
    let changed = action(&f, id, "testing", "finish", patch.clone()).expect("a change");
    assert_eq!(changed["steps"][1]["actions"][0]["name"], "Done");
    assert_eq!(changed["steps"][0]["actions"][0]["name"], "finish", "the other status keeps it");
    let renamed = json!({"name": {"ru": "Да"}, "target": "closed"});
    let changed = action(&f, id, "closed", "closedMeta", renamed).expect("a change");
    assert_eq!(changed["steps"][2]["metaAction"]["name"], "Да");
    assert_eq!(status(action(&f, id, "testing", "try", patch.clone())), 404);
    assert_eq!(status(action(&f, id, "nonsense", "finish", patch.clone())), 404);
    let error = action(&f, id, "open", "finish", json!({"target": "closed"})).expect_err("no name");
    assert_eq!(fault(&error), (422, vec!["action.name".to_owned()]));
    let outside = json!({"name": {"ru": "Да"}, "target": "backlog"});
    assert_eq!(status(action(&f, id, "open", "finish", outside)), 422);
    let r = UpdateWorkflowAction::new(id, "open", "finish", members(patch)).version(1);
    assert_eq!(status(f.write(f.boss, move |cx| ops::update_action(cx, &r))), 409);
}

#[test]
fn a_workflow_in_use_stays() {
    let f = Fixture::new();
    let made = create(&f, f.boss, short()).expect("a workflow");
    let id = made["id"].as_str().expect("an id").to_owned();
    let delete = |uid, id: &str| {
        let r = DeleteWorkflow::new(id);
        status(f.write(uid, move |cx| ops::delete(cx, &r)))
    };
    assert_eq!(delete(f.boss, "developmentPresetWorkflow"), 409);
    assert_eq!((delete(f.ann, &id), delete(f.boss, &id), delete(f.boss, &id)), (403, 200, 404));
    assert_eq!(get(&f, &id).expect("still readable")["deleted"], true);
    let list = ListWorkflows::new().per_page(1000);
    let list = f.read(f.ann, |cx| workflow::list(cx, &list).map(body)).expect("a list");
    assert!(list.as_array().expect("a list").iter().all(|w| w["id"] != id.as_str()));
    let types = json!([{"issueType": "task", "workflow": id, "resolutions": []}]);
    let r = UpdateQueue::new("DEV", members(json!({"issueTypesConfig": types})));
    assert_eq!(status(f.write(f.boss, move |cx| crate::queue::update::update(cx, &r))), 404);
}

#[test]
fn conditions_open_a_transition_to_some() {
    let f = Fixture::new();
    for (condition, who) in [
        (json!({"type": "UserInFieldCondition", "field": "assignee"}), vec![f.bob]),
        (json!({"type": "QueueLeadCondition"}), vec![f.boss]),
        (json!({"type": "UserInListCondition", "users": ["ann"]}), vec![f.ann]),
        (json!({"type": "UserInGroupsCondition", "groups": [0]}), vec![f.boss, f.ann, f.bob]),
        (
            json!({"type": "Or", "conditions": [{"type": "QueueLeadCondition"},
                {"type": "UserInListCondition", "users": ["ann"]}]}),
            vec![f.boss, f.ann],
        ),
        (
            json!({"type": "And", "conditions": [{"type": "QueueLeadCondition"},
                {"type": "UserInListCondition", "users": ["ann"]}]}),
            vec![],
        ),
        (json!({"type": "PreviousStatusCondition"}), vec![]),
        (json!({"type": "LinkedToQueueCondition", "queue": "HELP"}), vec![]),
    ] {
        let f = Fixture::new();
        let key = with_action(&f, json!({"conditions": [condition.clone()]}));
        for uid in [f.boss, f.ann, f.bob] {
            let may = who.contains(&uid);
            assert_eq!(open(&f, uid, &key).contains(&"go".to_owned()), may, "{condition}");
            let code = status(run(&f, uid, &key, "go", json!({})));
            assert_eq!(code, if may { 200 } else { 404 }, "{condition}");
            if may {
                run(&f, uid, &key, "back", json!({})).expect("back");
            }
        }
    }
}

#[test]
fn conditions_about_the_past_and_about_links() {
    let f = Fixture::new();
    let condition = json!({"type": "LinkedToQueueCondition", "queue": "HELP"});
    let key = with_action(&f, json!({"conditions": [condition]}));
    assert!(open(&f, f.ann, &key).is_empty());
    let other = f.issue(f.ann, json!({"queue": "HELP", "summary": "s"}));
    let new = json!({"relationship": "relates", "issue": other});
    let new = serde_json::from_value::<trackway_api::links::LinkCreate>(new).expect("a body");
    let r = trackway_api::links::AddLink::new(&*key, new);
    f.write(f.ann, move |cx| crate::link::ops::add(cx, &r)).expect("a link");
    assert_eq!(open(&f, f.ann, &key), ["go"]);

    let f = Fixture::new();
    let key = with_action(&f, json!({}));
    let past = json!({"name": {"ru": "Назад"}, "target": "open",
        "conditions": [{"type": "PreviousStatusCondition"}]});
    let list = ListWorkflows::new().per_page(1000);
    let list = f.read(f.boss, |cx| workflow::list(cx, &list).map(body)).expect("a list");
    let id = list.as_array().expect("a list").iter().filter_map(|w| w["id"].as_str());
    let mut id = id;
    let id = id.rfind(|id| id.starts_with('W')).expect("ours").to_owned();
    action(&f, &id, "inProgress", "back", past).expect("a change");
    run(&f, f.ann, &key, "go", json!({})).expect("a transition");
    assert_eq!(open(&f, f.ann, &key), ["back"], "it came from there");
}

#[test]
fn functions_run_in_order() {
    let f = Fixture::new();
    let key = with_action(
        &f,
        json!({"functions": [
            {"type": "SetCurrentTimeFunction", "field": "start"},
            {"type": "AddTextToFieldFunction", "field": "description", "text": "Started"},
            {"type": "MoveUsersFunction", "from": "assignee", "to": "followers", "copy": true},
            {"type": "MoveUsersFunction", "from": "assignee", "to": "qaEngineer"},
            {"type": "RemoveFieldValueFunction", "field": "tags"},
            {"type": "AddCommentFunction", "text": "Off we go", "author": "boss"},
            {"type": "AddCommentFunction", "text": "Indeed"},
        ]}),
    );
    run(&f, f.ann, &key, "go", json!({"tags": ["x"], "comment": "Mine"})).expect("a transition");
    let issue = f.json(f.ann, &key);
    assert_eq!(issue["start"], "2026-03-02");
    assert_eq!(issue["description"], "Started");
    assert_eq!(issue["qaEngineer"]["id"], f.bob.to_string());
    let followers = issue["followers"].as_array().expect("followers");
    let bob = json!(f.bob.to_string());
    assert!(followers.iter().any(|user| user["id"] == bob));
    assert_eq!((issue.get("assignee"), issue.get("tags")), (None, None));
    let r = trackway_api::comments::ListComments::new(&*key);
    let list = f.read(f.ann, |cx| crate::comment::ops::list(cx, &r).map(body)).expect("comments");
    let said: Vec<_> = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|c| (c["text"].as_str().expect("a text"), c["createdBy"]["id"].clone()))
        .collect();
    let (boss, ann) = (json!(f.boss.to_string()), json!(f.ann.to_string()));
    assert_eq!(said, [("Off we go", boss), ("Indeed", ann.clone()), ("Mine", ann)]);
}

#[test]
fn letters_go_to_whoever_may_read_the_issue() {
    let f = Fixture::new();
    f.mail_on();
    let mail = json!({"type": "SendEmailFunction", "users": ["guest", "boss"], "fields": ["assignee"],
        "subject": "", "text": "{{issue.key}} is for {{issue.assignee.login}}"});
    let key = with_action(&f, json!({"functions": [mail]}));
    run(&f, f.ann, &key, "go", json!({})).expect("a transition");
    // One of them may not read it any more when it is sent.
    let mut permissions = open_permissions(f.boss);
    permissions.deny.users = vec![f.guest];
    f.permit(f.dev, permissions);
    let jobs = f.tracker.claim_jobs(Lane::Outer, "test", NOW, 9).expect("claims");
    let letters = jobs.iter().map(|job| f.tracker.letter(job, NOW, "https://t.example"));
    let letters: Vec<_> = letters.map(|letter| letter.expect("ok")).collect();
    let mut readers: Vec<_> = letters.iter().flatten().map(|letter| letter.to.as_str()).collect();
    readers.sort_unstable();
    assert_eq!((jobs.len(), readers), (3, vec!["bob@trial.example", "boss@trial.example"]));
    for letter in letters.iter().flatten() {
        assert_eq!(letter.subject, format!("[{key}] s"));
        assert_eq!(letter.parts[0].said, [format!("{key} is for bob")]);
    }
}

#[test]
fn sums_and_followers() {
    let f = Fixture::new();
    let key = with_action(
        &f,
        json!({"functions": [
            {"type": "CalculateFieldFunction", "fields": ["storyPoints", "storyPoints"], "field": "storyPoints"},
            {"type": "RemoveUsersFromCcFunction", "users": ["boss"]},
            {"type": "UnsetResolutionFunction"},
        ]}),
    );
    let sent = json!({"storyPoints": 2.5, "followers": ["boss", "bob"], "resolution": "fixed"});
    run(&f, f.ann, &key, "go", sent).expect("a transition");
    let issue = f.json(f.ann, &key);
    assert_eq!(issue["storyPoints"], 5.0);
    assert_eq!(issue["followers"].as_array().map(Vec::len), Some(1));
    assert_eq!(issue.get("resolution"), None);
}

#[test]
fn wrong_conditions_and_functions_are_refused_and_good_ones_come_back() {
    let f = Fixture::new();
    let drawing = |member: &str, value: &Json| {
        let mut drawing = short();
        let mut finish = to("finish", "closed");
        finish[member] = value.clone();
        drawing["steps"] = json!([step("open", json!([finish])), {"status": "closed"}]);
        drawing
    };
    for (member, value) in [
        ("conditions", json!("x")),
        ("conditions", json!([{"type": "Nonsense"}])),
        ("conditions", json!([{"type": "And", "conditions": []}])),
        ("conditions", json!([{"type": "UserInGroupsCondition", "groups": [99]}])),
        ("conditions", json!([{"type": "UserInFieldCondition", "field": "tags"}])),
        ("conditions", json!([{"type": "UserInListCondition", "users": ["nobody"]}])),
        ("functions", json!([{"type": "SendEmailFunction"}])),
        ("functions", json!([{"type": "SetCurrentTimeFunction", "field": "tags"}])),
        ("functions", json!([{"type": "RemoveFieldValueFunction", "field": "status"}])),
        ("functions", json!([{"type": "RemoveFieldValueFunction", "field": "summary"}])),
        ("functions", json!([{"type": "AddCommentFunction", "text": " "}])),
        ("functions", json!([{"type": "SetActiveSprintFunction", "board": 5}])),
        ("screen", json!("nonsense")),
        ("screen", json!({"elements": [{"field": "nonsense"}]})),
        ("screen", json!({"elements": [{"field": "tags"}, {"field": "tags"}]})),
    ] {
        let error = create(&f, f.boss, drawing(member, &value)).expect_err(member);
        assert_eq!(fault(&error), (422, vec!["steps".to_owned()]), "{value}");
    }
    let late = json!({"elements": [{"field": "deadline", "defaultValue": "soon"}]});
    let error = create(&f, f.boss, drawing("screen", &late)).expect_err("no date");
    assert_eq!(fault(&error), (422, vec!["deadline".to_owned()]), "the field itself is named");
    let rules = json!([{"type": "Or", "conditions": [
        {"type": "UserInListCondition", "users": ["ann"]},
        {"type": "UserInGroupsCondition", "groups": [0]}]}]);
    let made = create(&f, f.boss, drawing("conditions", &rules)).expect("a workflow");
    assert_eq!(made["steps"][0]["actions"][0]["conditions"], rules);
}

#[test]
fn screens_are_listed_and_required_fields_are_asked_for() {
    let f = Fixture::new();
    let key = with_action(
        &f,
        json!({"screen": {"name": {"ru": "Начало", "en": "Start"}, "elements": [
            {"field": "deadline", "required": true},
            {"field": "storyPoints", "defaultValue": 3},
            {"field": "comment"}]}}),
    );
    let list = ListScreens::new().per_page(1000);
    let list = f.read(f.ann, |cx| screen::list(cx, &list).map(body)).expect("a list");
    let list = list.as_array().expect("a list");
    let ours = list.iter().find(|screen| screen["name"] == "Start").expect("ours");
    let id = ours["id"].as_str().expect("an id");
    assert!(list.iter().any(|screen| screen["id"] == crate::dict::defaults::CLOSE_SCREEN));
    let one = GetScreen::new(id);
    assert_eq!(&f.read(f.ann, |cx| screen::get(cx, &one).map(body)).expect("a screen"), ours);
    let elements = ListScreenElements::new(id);
    let elements = f.read(f.ann, |cx| screen::elements(cx, &elements).map(body)).expect("fields");
    assert_eq!(elements, ours["elements"]);
    assert_eq!((&elements[0]["required"], &elements[1]["defaultValue"]), (&json!(true), &json!(3)));
    let element = GetScreenElement::new(id, "deadline");
    let element = f.read(f.ann, |cx| screen::element(cx, &element).map(body)).expect("a field");
    assert_eq!(element, elements[0]);
    for (screen_id, field) in [(id, "tags"), ("nonsense", "deadline")] {
        let r = GetScreenElement::new(screen_id, field);
        assert_eq!(status(f.read(f.ann, |cx| screen::element(cx, &r))), 404);
    }
    let error = run(&f, f.ann, &key, "go", json!({})).expect_err("required");
    assert_eq!(fault(&error), (422, vec!["deadline".to_owned()]));
    run(&f, f.ann, &key, "go", json!({"deadline": "2026-05-01"})).expect("a transition");
    assert_eq!(f.json(f.ann, &key)["storyPoints"], 3.0);
}

#[test]
fn what_a_comment_does_is_written_and_read() {
    let f = Fixture::new();
    let mut drawing = short();
    let mut open = step("open", json!([to("finish", "closed")]));
    open["commentAction"] = json!({"transition": "finish", "onlyAssignee": true});
    let mut closed = step("closed", json!([to("again", "open")]));
    closed["commentAction"] = json!({});
    drawing["steps"] = json!([open, closed]);
    let made = create(&f, f.boss, drawing.clone()).expect("a workflow");
    let expected = json!({"transition": "finish", "restoreAssignee": false, "onlyAssignee": true});
    assert_eq!(made["steps"][0]["commentAction"], expected);
    let back = json!({"restoreAssignee": false, "onlyAssignee": false});
    assert_eq!(made["steps"][1]["commentAction"], back);
    for wrong in [json!(1), json!({"transition": "again"}), json!({"onlyAssignee": 1})] {
        drawing["steps"][0]["commentAction"] = wrong;
        assert_eq!(status(create(&f, f.boss, drawing.clone())), 422);
    }
}
