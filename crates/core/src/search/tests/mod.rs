//! Tests of searches on a small organisation.

mod changes;
mod conditions;
mod errors;
mod examples;
mod links;
mod naive;
mod orders;
mod repeated;
mod requests;
mod saved;
mod scrolls;
mod texts;

use serde_json::{Value as Json, json};
use trackway_api::issues::{CountIssues, SearchIssues, SearchRequest};

use super::ops;
use crate::dict::model::{Component, Version};
use crate::error::{Error, Result};
use crate::testing::{Fixture, NOW, body};

const DAY: i64 = 86_400_000;

/// A body from JSON.
fn request(json: Json) -> SearchRequest {
    serde_json::from_value(json).expect("a body")
}

fn search(f: &Fixture, uid: i64, json: Json) -> Result<Vec<String>> {
    let request = SearchIssues::new(request(json)).per_page(1000).page(1);
    let reply = f.read(uid, |cx| ops::search(cx, &request))?;
    Ok(keys(&body(reply)))
}

fn keys(issues: &Json) -> Vec<String> {
    let issues = issues.as_array().expect("a list");
    issues.iter().map(|i| i["key"].as_str().expect("a key").to_owned()).collect()
}

/// What a body finds, in its order.
fn found(f: &Fixture, json: Json) -> Vec<String> {
    search(f, f.ann, json.clone()).unwrap_or_else(|e| panic!("{json}: {e}"))
}

/// What a query finds, by key.
fn query(f: &Fixture, text: &str) -> Vec<String> {
    let mut keys = found(f, json!({ "query": text }));
    keys.sort();
    keys
}

/// What a filter finds, by key.
fn filter(f: &Fixture, filter: Json) -> Vec<String> {
    let mut keys = found(f, json!({ "filter": filter }));
    keys.sort();
    keys
}

fn refused(f: &Fixture, json: Json) -> Error {
    match search(f, f.ann, json.clone()) {
        Ok(keys) => panic!("{json} found {keys:?}"),
        Err(error) => error,
    }
}

fn count(f: &Fixture, uid: i64, json: Json) -> i64 {
    let request = CountIssues::new(request(json));
    body(f.read(uid, |cx| ops::count(cx, &request)).expect("a count")).as_i64().expect("a number")
}

/// Creates an issue at another time.
fn issue_at(f: &Fixture, uid: i64, at: i64, json: Json) -> String {
    let Json::Object(members) = json else { panic!("an object") };
    f.write_at(uid, at, move |cx| {
        let loaded = crate::issue::ops::create_from(cx, &members)?;
        Ok(loaded.issue.key(&cx.dict))
    })
    .expect("an issue")
}

/// Five issues that differ in everything:
/// `DEV-1` epic by ann, `DEV-2` bug of bob in the epic, `DEV-3` task of ann below `DEV-2`,
/// `HELP-1` nobody's, from three days before, `HELP-2` bob's, from a day before.
fn company() -> Fixture {
    let f = Fixture::new();
    let add = |body: &Component| f.tracker.add_object(f.org, "", body).expect("a component");
    let component = |name: &str, lead| Component {
        queue: f.dev,
        name: name.to_owned(),
        lead,
        ..Component::default()
    };
    add(&component("api", Some(f.bob)));
    add(&component("web ui", None));
    let version = Version { queue: f.dev, name: "2.4".to_owned(), ..Version::default() };
    f.tracker.add_object(f.org, "", &version).expect("a version");
    issue_at(&f, f.boss, NOW - 3 * DAY, json!({"queue": "HELP", "summary": "яблоко"}));
    issue_at(
        &f,
        f.bob,
        NOW - DAY,
        json!({"queue": "HELP", "summary": "Ёлка",
        "assignee": "bob", "priority": "trivial", "storyPoints": 0}),
    );
    f.issue(f.ann, json!({"queue": "DEV", "summary": "Banana", "type": "epic"}));
    f.issue(
        f.ann,
        json!({"queue": "DEV", "summary": "apple", "type": "bug", "assignee": "bob",
        "priority": "critical", "epic": "DEV-1", "tags": ["vip", "to do"], "storyPoints": 2.5,
        "deadline": "2026-03-04", "components": ["api"], "fixVersions": ["2.4"]}),
    );
    f.issue(
        f.ann,
        json!({"queue": "DEV", "summary": "Cherry", "assignee": "ann",
        "parent": "DEV-2", "storyPoints": 8, "estimation": "P1D", "deadline": "2026-03-09",
        "followers": ["bob"], "components": ["web ui"], "priority": "minor"}),
    );
    f
}
