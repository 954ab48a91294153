//! What has to be sent so that a workflow becomes what its file says.

use serde_json::Value;
use trackway_client::api::HttpMethod;

use super::files::MAPPING;
use super::plan::{Call, Change};
use super::read::{State, Workflow};
use super::{diff, graph, kinds};
use crate::lang::shown;
use crate::session::Session;
use crate::shape::cell;

/// What makes a workflow that of a file; `slug` is the name of the file.
pub(super) fn change(state: &State, slug: &str, wanted: &Value) -> Option<Change> {
    let id = cell(wanted.get("id"));
    let now = state.workflows.iter().find(|workflow| workflow.one.id == id);
    let Some(now) = now else { return Some(new_workflow(state, slug, wanted)) };
    let mut settings = wanted.clone();
    let mapping = settings.as_object_mut().and_then(|members| members.remove(MAPPING));
    let settings = graph::completed(settings, &now.one.settings);
    let changes = diff::changes(&now.one.settings, &settings, kinds::WORKFLOW);
    if changes.is_empty() {
        return None;
    }
    let mut body = graph::body(&Value::Object(changes), Some(now));
    if let Some(mapping) = mapping.and_then(|mapping| needed(&mapping, now, &settings)) {
        body[MAPPING] = mapping;
    }
    let rules: Vec<Value> = ["triggers", "autoactions"]
        .iter()
        .filter_map(|kind| state.lists.get(kind))
        .flatten()
        .map(|rule| rule.settings.clone())
        .collect();
    let mut effects = graph::effects(&now.one.settings, &settings, &rules);
    if now.shared {
        effects.push(shown("other queues may follow this workflow: it belongs to none"));
    }
    Some(Change {
        sign: '~',
        subject: shown(&format!("workflow {slug}")),
        lines: graph::lines(&now.one.settings, &settings),
        effects,
        call: Call::Send {
            method: HttpMethod::PATCH,
            path: Session::at("/workflows/{id}", &[&id]),
            version: now.one.version,
            body: Some(body),
        },
    })
}

/// Of the ways for issues of removed statuses those that are needed now: others are refused.
fn needed(mapping: &Value, now: &Workflow, wanted: &Value) -> Option<Value> {
    let step = |workflow: &Value, status: &str| {
        workflow["steps"].as_array().into_iter().flatten().find(|s| s["status"] == status).cloned()
    };
    let goes = |status: &str| match (step(&now.one.settings, status), step(wanted, status)) {
        (Some(old), Some(new)) => old["statusType"] != new["statusType"],
        (Some(_), None) => true,
        (None, _) => false,
    };
    let mut ways = mapping.as_object()?.clone();
    ways.retain(|status, _| goes(status));
    (!ways.is_empty()).then_some(Value::Object(ways))
}

fn new_workflow(state: &State, slug: &str, wanted: &Value) -> Change {
    let mut body = graph::body(wanted, None);
    if let Some(members) = body.as_object_mut() {
        members.remove(MAPPING);
        members.insert("queue".to_owned(), state.key.clone().into());
    }
    Change {
        sign: '+',
        subject: shown(&format!("workflow {slug}")),
        lines: Vec::new(),
        effects: Vec::new(),
        call: Call::Send {
            method: HttpMethod::POST,
            path: "/workflows".to_owned(),
            version: None,
            body: Some(body),
        },
    }
}
