//! Conditions on links, all relations.

use serde_json::json;
use trackway_api::links::{AddLink, LinkCreate};

use super::{query, refused};
use crate::error::Code;
use crate::testing::Fixture;

fn link(f: &Fixture, issue: &str, relationship: &str, other: &str) {
    let body: LinkCreate =
        serde_json::from_value(json!({"relationship": relationship, "issue": other}))
            .expect("a body");
    let request = AddLink::new(issue, body);
    f.write(f.ann, move |cx| crate::link::ops::add(cx, &request).map(drop)).expect("a link");
}

/// `DEV-1` depends on `HELP-1`, duplicates `DEV-2`, relates to `HELP-2`; `DEV-3` is a subtask of
/// `DEV-1`; `DEV-4` is the epic of `HELP-2`.
fn net() -> Fixture {
    let f = Fixture::new();
    for kind in ["task", "task", "task", "epic"] {
        f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "type": kind}));
    }
    for _ in 0..2 {
        f.issue(f.ann, json!({"queue": "HELP", "summary": "s"}));
    }
    link(&f, "DEV-1", "depends on", "HELP-1");
    link(&f, "DEV-1", "duplicates", "DEV-2");
    link(&f, "HELP-2", "relates", "DEV-1");
    link(&f, "DEV-3", "is subtask for", "DEV-1");
    link(&f, "DEV-4", "is epic of", "HELP-2");
    f
}

#[test]
fn relations_to_issues() {
    let f = net();
    for (text, keys) in [
        ("\"Depends On\": HELP-1", "DEV-1"),
        ("\"Depends On\": DEV-1", ""),
        ("\"Is Dependent By\": DEV-1", "HELP-1"),
        ("Duplicates: DEV-2", "DEV-1"),
        ("\"Is Duplicated By\": DEV-1, DEV-3", "DEV-2"),
        ("Relates: DEV-1", "HELP-2"),
        ("Relates: HELP-2", "DEV-1"),
        ("\"Is Subtask For\": DEV-1", "DEV-3"),
        ("\"Is Parent Task For\": DEV-3", "DEV-1"),
        ("\"Has Epic\": DEV-4", "HELP-2"),
        ("Epic: DEV-4", "HELP-2"),
        ("\"Is Epic Of\": HELP-2", "DEV-4"),
        ("\"Linked to\": DEV-1", "DEV-2 DEV-3 HELP-1 HELP-2"),
        ("\"Linked to\": DEV-99, nonsense", ""),
        ("\"Linked to\": !DEV-1", "DEV-1 DEV-4"),
        ("\"Depends On\": notEmpty()", "DEV-1"),
        ("\"Depends On\": empty() Queue: DEV", "DEV-2 DEV-3 DEV-4"),
        ("Relates: notEmpty()", "DEV-1 HELP-2"),
        ("\"Linked to\": notEmpty()", "DEV-1 DEV-2 DEV-3 DEV-4 HELP-1 HELP-2"),
        ("\"Has Epic\": empty() Queue: HELP", "HELP-1"),
        ("Clone: DEV-1", ""),
        ("Original: DEV-1", ""),
    ] {
        assert_eq!(query(&f, text).join(" "), keys, "{text}");
    }
}

#[test]
fn relations_to_queues() {
    let f = net();
    for (text, keys) in [
        ("\"Have Links To Queue\": HELP", "DEV-1 DEV-4"),
        ("\"Have Links To Queue\": DEV", "DEV-1 DEV-2 DEV-3 HELP-1 HELP-2"),
        ("\"Related To Queue\": DEV", "HELP-2"),
        ("\"Related To Queue\": HELP, DEV", "DEV-1 HELP-2"),
        ("\"Block Queue\": DEV", "HELP-1"),
        ("\"Depend On Queue\": help", "DEV-1"),
        ("\"Depend On Queue\": DEV", ""),
        ("\"Subtasks For Queue\": DEV", "DEV-3"),
        ("\"Parent Tasks For Queue\": \"Queue DEV\"", "DEV-1"),
        ("\"Duplicates In Queue\": DEV", "DEV-1"),
        ("\"Duplicated In Queue\": DEV", "DEV-2"),
        ("\"Epics For Queue\": HELP", "DEV-4"),
        ("\"In Epics Of Queue\": DEV", "HELP-2"),
        ("\"Clones Of Queue\": DEV", ""),
        ("\"Originals Of Queue\": DEV", ""),
    ] {
        assert_eq!(query(&f, text).join(" "), keys, "{text}");
    }
    for wrong in [
        "\"Block Queue\": NOSUCH",
        "\"Block Queue\": me()",
        "\"Linked to\": me()",
        "\"Linked to\": >DEV-1",
        "Relates: #\"DEV-1\"",
    ] {
        assert_eq!(refused(&f, json!({"query": wrong})).code, Code::FilterValue, "{wrong}");
    }
}
