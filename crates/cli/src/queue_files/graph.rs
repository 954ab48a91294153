//! Workflows: how two of them differ, what is sent for one, and which rules a change stops.

use serde_json::{Value, json};

use super::diff::short;
use super::read::{Workflow, actions_mut};
use crate::lang::shown;
use crate::shape::cell;

/// The transitions out of a step, the one from everywhere last.
fn actions(step: &Value) -> impl Iterator<Item = &Value> {
    let meta = Some(&step["metaAction"]).filter(|meta| meta.is_object());
    step["actions"].as_array().into_iter().flatten().chain(meta)
}

fn steps(workflow: &Value) -> impl Iterator<Item = &Value> {
    workflow["steps"].as_array().into_iter().flatten()
}

/// A name that may be in both languages.
fn name(value: &Value) -> String {
    let name = &value["name"];
    cell(name.get("en").or_else(|| name.get("ru")).or(Some(name)))
}

/// The step of another workflow that has the same status, or nothing.
fn same_step<'w>(step: &Value, workflow: &'w Value) -> Option<&'w Value> {
    steps(workflow).find(|other| other["status"] == step["status"])
}

/// The transition of another step that is the same: by its id, or else by name and target.
fn same_action<'w>(action: &Value, step: Option<&'w Value>) -> Option<&'w Value> {
    let all = || step.into_iter().flat_map(actions);
    let id = action.get("id");
    all().find(|other| id.is_some() && other.get("id") == id).or_else(|| {
        let like = |other: &&Value| {
            (id.is_none() || other.get("id").is_none())
                && (name(other), &other["target"]) == (name(action), &action["target"])
        };
        all().find(like)
    })
}

/// Takes over the ids of transitions and the names of screens that a file does not name, so that
/// they stay the same.
pub(super) fn completed(mut wanted: Value, now: &Value) -> Value {
    let known = wanted.clone();
    let places: Vec<Option<Value>> = steps(&known)
        .flat_map(|step| actions(step).map(move |action| (step, action)))
        .map(|(step, action)| same_action(action, same_step(step, now)).cloned())
        .collect();
    for (action, old) in actions_mut(&mut wanted).into_iter().zip(places) {
        let Some(old) = old else { continue };
        if let (Some(id), Some(members)) = (old.get("id"), action.as_object_mut()) {
            members.entry("id").or_insert_with(|| id.clone());
        }
        let screen = action.get_mut("screen").and_then(Value::as_object_mut);
        if let (Some(name), Some(screen)) = (old["screen"].get("name"), screen) {
            screen.entry("name").or_insert_with(|| name.clone());
        }
    }
    wanted
}

/// How a workflow is to change, a line for each difference.
pub(super) fn lines(now: &Value, wanted: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    if now["name"] != wanted["name"] {
        lines.push(format!("{} {} → {}", shown("name"), name(now), name(wanted)));
    }
    if now["initialAction"] != wanted["initialAction"] {
        let target = |w: &Value| cell(w["initialAction"].get("target"));
        lines.push(shown(&format!("new issues start in {}", target(wanted))));
    }
    for step in steps(wanted) {
        let (status, old) = (cell(step.get("status")), same_step(step, now));
        let Some(old) = old else {
            lines.push(shown(&format!("+ status {status}")));
            lines.extend(actions(step).map(|action| added(action, &status)));
            continue;
        };
        for member in ["statusType", "description", "commentAction"] {
            if old.get(member) != step.get(member) {
                let value = |step: &Value| short(step.get(member).unwrap_or(&Value::Null));
                lines.push(format!("{status}: {member} {} → {}", value(old), value(step)));
            }
        }
        for action in actions(step) {
            match same_action(action, Some(old)) {
                None => lines.push(added(action, &status)),
                Some(before) => lines.extend(differences(before, action)),
            }
        }
        let gone = actions(old).filter(|action| same_action(action, Some(step)).is_none());
        lines.extend(
            gone.map(|action| shown(&format!("- transition \"{}\" from {status}", name(action)))),
        );
    }
    let gone = steps(now).filter(|step| same_step(step, wanted).is_none());
    lines.extend(gone.map(|step| shown(&format!("- status {}", cell(step.get("status"))))));
    if now["issueTypeResolutions"] != wanted["issueTypeResolutions"] {
        lines.push("issueTypeResolutions".to_owned());
    }
    // The same transition stands at every status it starts from.
    let mut seen = std::collections::BTreeSet::new();
    lines.retain(|line| seen.insert(line.clone()));
    if lines.is_empty() && now["steps"] != wanted["steps"] {
        lines.push(shown("statuses or transitions in another order"));
    }
    lines
}

fn added(action: &Value, status: &str) -> String {
    let target = cell(action.get("target"));
    shown(&format!("+ transition \"{}\" from {status} to {target}", name(action)))
}

fn differences(old: &Value, new: &Value) -> Vec<String> {
    let called = format!("transition \"{}\"", name(old));
    let mut lines = Vec::new();
    if old["name"] != new["name"] {
        lines.push(format!("{} → \"{}\"", shown(&called), name(new)));
    }
    if old["target"] != new["target"] {
        let (from, to) = (cell(old.get("target")), cell(new.get("target")));
        lines.push(shown(&format!("{called} to {to} instead of {from}")));
    }
    lines.extend(screen_lines(&called, &old["screen"], &new["screen"]));
    for member in ["description", "conditions", "functions"] {
        if old.get(member) != new.get(member) {
            let value = |action: &Value| short(action.get(member).unwrap_or(&Value::Null));
            lines.push(format!("{}: {member} {} → {}", shown(&called), value(old), value(new)));
        }
    }
    lines
}

fn screen_lines(called: &str, old: &Value, new: &Value) -> Vec<String> {
    let elements = |screen: &Value| screen["elements"].as_array().cloned().unwrap_or_default();
    let (before, after) = (elements(old), elements(new));
    let find = |all: &[Value], field: &Value| all.iter().find(|e| e["field"] == *field).cloned();
    let required = |element: &Value| element["required"] == true;
    let mut lines = Vec::new();
    for element in &after {
        let field = cell(element.get("field"));
        let kind = if required(element) { "required field" } else { "field" };
        match find(&before, &element["field"]) {
            None => lines.push(shown(&format!("{called} + {kind} {field}"))),
            Some(was) if required(&was) != required(element) => {
                let word = if required(element) { "required" } else { "optional" };
                lines.push(shown(&format!("{called}: field {field} is {word} now")));
            }
            Some(was) if was != *element => {
                lines.push(shown(&format!("{called}: another default of field {field}")));
            }
            Some(_) => {}
        }
    }
    let gone = before.iter().filter(|element| find(&after, &element["field"]).is_none());
    lines.extend(
        gone.map(|element| shown(&format!("{called} - field {}", cell(element.get("field"))))),
    );
    if lines.is_empty() && old != new {
        lines.push(shown(&format!("{called}: another order or name of its screen")));
    }
    lines
}

/// What is sent for a workflow: a screen that is there already is named by its id.
pub(super) fn body(wanted: &Value, now: Option<&Workflow>) -> Value {
    let mut body = wanted.clone();
    let screens = now.map(|now| now.screens.as_slice()).unwrap_or_default();
    for action in actions_mut(&mut body) {
        let known = screens.iter().find(|(_, screen)| *screen == action["screen"]);
        if let Some((id, _)) = known {
            action["screen"] = json!({"id": id});
        } else if action["screen"].is_null()
            && let Some(members) = action.as_object_mut()
        {
            members.remove("screen");
        }
    }
    body
}

/// Statuses to which no transition leads any more that asks for nothing, though one did: rules have
/// nothing to answer with.
fn closed_to_rules(now: &Value, wanted: &Value) -> Vec<String> {
    let asks = |action: &Value| {
        let elements = action["screen"]["elements"].as_array();
        elements.into_iter().flatten().any(|e| e["required"] == true)
    };
    // Of several that lead to a status, rules take the first.
    let leads = |step: &Value, target: &str| -> Option<bool> {
        actions(step).find(|action| action["target"] == target).map(asks)
    };
    let mut found: Vec<String> = Vec::new();
    for step in steps(now) {
        for target in actions(step).map(|action| cell(action.get("target"))) {
            let after = same_step(step, wanted).and_then(|step| leads(step, &target));
            let worse = leads(step, &target) == Some(false) && after != Some(false);
            if worse && !found.contains(&target) {
                found.push(target);
            }
        }
    }
    found
}

/// Which of the rules a change of a workflow stops: a line for each status.
pub(super) fn effects(now: &Value, wanted: &Value, rules: &[Value]) -> Vec<String> {
    let moves = |rule: &Value, status: &str| {
        let actions = rule["actions"].as_array().into_iter().flatten();
        rule["active"] != false
            && actions.clone().any(|a| a["type"] == "Transition" && a["status"] == status)
    };
    let line = |status: String| {
        let stopped: Vec<String> = rules
            .iter()
            .filter(|rule| moves(rule, &status))
            .map(|rule| format!("\"{}\"", cell(rule.get("name"))))
            .collect();
        (!stopped.is_empty()).then(|| {
            let names = stopped.join(", ");
            shown(&format!("rules that can no longer set status {status}: {names}"))
        })
    };
    closed_to_rules(now, wanted).into_iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workflow() -> Value {
        json!({"name": "Dev", "initialAction": {"target": "open"}, "steps": [
            {"status": "open", "actions": [{"id": "close", "name": {"en": "Close", "ru": "Закрыть"},
                "target": "closed", "screen": {"name": "S", "elements": [
                {"field": "comment", "required": false}]}}]},
            {"status": "closed", "actions": [{"id": "reopen", "name": "Reopen", "target": "open"}]}]})
    }

    #[test]
    fn a_required_field_is_told_with_what_it_stops() {
        let (now, mut wanted) = (workflow(), workflow());
        wanted["steps"][0]["actions"][0]["screen"]["elements"] = json!([{"field": "comment", "required": false}, {"field": "resolution", "required": true}]);
        assert_eq!(lines(&now, &wanted), ["transition \"Close\" + required field resolution"]);
        let rule = |name: &str, status: &str, active: bool| {
            let actions = json!([{"type": "Transition", "status": status}]);
            json!({"name": name, "active": active, "actions": actions})
        };
        let rules =
            [rule("Auto", "closed", true), rule("Off", "closed", false), rule("Up", "open", true)];
        assert_eq!(
            effects(&now, &wanted, &rules),
            ["rules that can no longer set status closed: \"Auto\""]
        );
        assert!(effects(&now, &now, &rules).is_empty());
        assert!(lines(&now, &now).is_empty());
    }

    #[test]
    fn statuses_and_transitions_come_and_go() {
        let (now, mut wanted) = (workflow(), workflow());
        wanted["steps"][1] = json!({"status": "done", "actions": [
            {"name": "Back", "target": "open"}]});
        wanted["steps"][0]["actions"][0]["target"] = "done".into();
        assert_eq!(
            lines(&now, &wanted),
            [
                "transition \"Close\" to done instead of closed",
                "+ status done",
                "+ transition \"Back\" from done to open",
                "- status closed",
            ]
        );
    }

    #[test]
    fn ids_and_screens_are_kept() {
        let now = workflow();
        let mut wanted = workflow();
        wanted["steps"][1]["actions"][0] = json!({"name": "Reopen", "target": "open"});
        let elements = now["steps"][0]["actions"][0]["screen"]["elements"].clone();
        wanted["steps"][0]["actions"][0]["screen"] = json!({"elements": elements});
        assert_eq!(completed(wanted, &now), now);
        let screen = now["steps"][0]["actions"][0]["screen"].clone();
        let one =
            super::super::read::One { id: "W".to_owned(), version: None, settings: now.clone() };
        let known = Workflow { one, screens: vec![("5".to_owned(), screen)], shared: false };
        let sent = body(&now, Some(&known));
        assert_eq!(sent["steps"][0]["actions"][0]["screen"], json!({"id": "5"}));
        assert!(sent["steps"][1]["actions"][0].get("screen").is_none());
        let new = body(&now, None);
        assert!(new["steps"][0]["actions"][0]["screen"]["elements"].is_array());
    }
}
