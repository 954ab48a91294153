//! Triggers (automation.md, sections 1 and 15; contract, `createTrigger`).

mod acting;
mod firing;
mod managing;

use serde_json::{Value as Json, json};
use trackway_api::comments::{AddComment, CommentCreate};
use trackway_api::issues::UpdateIssue;
use trackway_api::triggers::{CreateTrigger, TriggerCreate};

use super::ops;
use crate::job::Lane;
use crate::testing::{Fixture, NOW, body};

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
