//! `changed()`.

use serde_json::json;
use trackway_api::issues::UpdateIssue;

use super::{DAY, query, refused};
use crate::error::Code;
use crate::testing::{Fixture, NOW};

fn edit(f: &Fixture, uid: i64, at: i64, key: &str, patch: serde_json::Value) {
    let serde_json::Value::Object(patch) = patch else { panic!("an object") };
    let request = UpdateIssue::new(key, patch);
    f.write_at(uid, at, move |cx| crate::issue::ops::update(cx, &request).map(drop))
        .expect("an edit");
}

/// Three issues with a past.
fn story() -> Fixture {
    let f = Fixture::new();
    for _ in 0..3 {
        f.issue(
            f.ann,
            json!({"queue": "DEV", "summary": "first title", "priority": "minor", "tags": ["a"]}),
        );
    }
    edit(&f, f.ann, NOW - 2 * DAY, "DEV-1", json!({"priority": "critical", "assignee": "bob"}));
    edit(&f, f.bob, NOW, "DEV-1", json!({"priority": "normal", "assignee": "ann"}));
    edit(&f, f.bob, NOW, "DEV-2", json!({"tags": ["b", "c"], "storyPoints": 5}));
    edit(&f, f.bob, NOW, "DEV-2", json!({"tags": [], "storyPoints": null}));
    edit(&f, f.ann, NOW, "DEV-3", json!({"summary": "second title", "deadline": "2026-04-01"}));
    f
}

#[test]
fn changes_are_found_by_values_people_and_dates() {
    let f = story();
    for (text, keys) in [
        ("Priority: changed()", "DEV-1"),
        ("Priority: !changed()", "DEV-2 DEV-3"),
        ("Priority: changed(to: critical)", "DEV-1"),
        ("Priority: changed(from: minor)", "DEV-1"),
        ("Priority: changed(from: minor to: normal)", ""),
        ("Priority: changed(from: critical, to: normal by: bob@)", "DEV-1"),
        ("Priority: changed(from: critical to: normal by: me())", ""),
        ("Priority: changed(by: !bob@)", "DEV-1"),
        ("Priority: changed(to: !critical)", "DEV-1"),
        ("Priority: changed(date: today())", "DEV-1"),
        ("Priority: changed(to: critical date: today())", ""),
        ("Priority: changed(to: critical date: 27.02.2026 .. 01.03.2026)", "DEV-1"),
        ("Priority: changed(date: <today()-1w)", ""),
        ("Priority: changed(date: >today()-1w)", "DEV-1"),
        ("Assignee: changed(from: empty() to: bob@)", "DEV-1"),
        ("Assignee: changed(from: notEmpty() to: me())", "DEV-1"),
        ("Assignee: changed(from: bob@, ann)", "DEV-1"),
        ("Tags: changed(to: b)", "DEV-2"),
        ("Tags: changed(from: a to: c)", "DEV-2"),
        ("Tags: changed(from: b to: c)", ""),
        ("Tags: changed(to: empty())", "DEV-2"),
        ("Tags: changed(from: empty())", ""),
        ("\"Story Points\": changed(to: >3)", "DEV-2"),
        ("\"Story Points\": changed(to: 1..4)", ""),
        ("\"Story Points\": changed(from: empty() to: 5)", "DEV-2"),
        ("Deadline: changed(to: 2026-04-01)", "DEV-3"),
        ("Deadline: changed(to: empty())", ""),
        ("Summary: changed()", "DEV-3"),
        ("Summary: changed(from: titles to: second)", "DEV-3"),
        ("Summary: changed(from: second)", ""),
        ("Status: changed()", ""),
        ("Исполнитель: changed(by: bob@) Queue: DEV", "DEV-1"),
    ] {
        assert_eq!(query(&f, text).join(" "), keys, "{text}");
        // Of few issues the events are read, not the table of changes.
        let few = format!("({text}) AND Queue: DEV, HELP");
        assert_eq!(query(&f, &few).join(" "), keys, "{few}");
    }
}

#[test]
fn changes_can_be_made_anew_from_the_events() {
    let f = story();
    let text = "Priority: changed(from: critical to: normal by: bob@)";
    f.tracker
        .db()
        .write_now(|tx| {
            tx.exec(crate::event::changes::CLEAR, &[&f.org]).map(drop).map_err(crate::Error::from)
        })
        .expect("cleared");
    assert_eq!(query(&f, text), Vec::<String>::new());
    f.tracker.renew_changes().expect("made anew");
    assert_eq!(query(&f, text), ["DEV-1"]);
    f.tracker.renew_changes().expect("made anew again");
    assert_eq!(query(&f, text), ["DEV-1"]);
}

#[test]
fn transitions_are_changes_of_the_status() {
    let f = story();
    let request = trackway_api::transitions::ListTransitions::new("DEV-2");
    let list = crate::testing::body(
        f.read(f.ann, |cx| crate::transition::ops::list(cx, &request)).expect("transitions"),
    );
    let first = list[0]["id"].as_str().expect("an id").to_owned();
    let to = list[0]["to"]["key"].as_str().expect("a key").to_owned();
    let request =
        trackway_api::transitions::ExecuteTransition::new("DEV-2", &*first, serde_json::Map::new());
    f.write(f.bob, move |cx| crate::transition::ops::execute(cx, &request).map(drop))
        .expect("a transition");
    let text = format!("Status: changed(from: open to: {to} by: bob@ date: week())");
    assert_eq!(query(&f, &text), ["DEV-2"]);
}

#[test]
fn wrong_arguments_are_refused() {
    let f = story();
    for wrong in [
        "Priority: changed(to: Nope)",
        "Priority: changed(by: stranger@)",
        "Priority: changed(by: >me())",
        "Priority: changed(date: soon)",
        "Related: changed()",
        "Key: changed()",
        "Updated: changed()",
        "Summary: changed(to: >x)",
    ] {
        assert_eq!(refused(&f, json!({"query": wrong})).code, Code::FilterValue, "{wrong}");
    }
}
