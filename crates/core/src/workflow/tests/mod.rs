//! Drawing workflows, and what conditions and functions do to issues that follow them.

mod drawing;
mod following;

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
