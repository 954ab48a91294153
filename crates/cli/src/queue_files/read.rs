//! The settings of a queue as they are now, in the form that files have.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::kinds::{self, KINDS, Kind, Member};
use crate::failure::{self, Failure};
use crate::output::Output;
use crate::refs::People;
use crate::session::Session;
use crate::shape::cell;

/// Roles, groups and people that hold a right.
const SUBJECTS: [&str; 3] = ["users", "groups", "roles"];

/// One thing of a queue.
#[derive(Clone, Debug)]
pub(super) struct One {
    /// Its id in paths.
    pub(super) id: String,
    pub(super) version: Option<i64>,
    /// Its settings.
    pub(super) settings: Value,
}

/// A workflow with what a change of it needs to know.
#[derive(Clone, Debug)]
pub(super) struct Workflow {
    pub(super) one: One,
    /// Ids of its screens with what they ask for.
    pub(super) screens: Vec<(String, Value)>,
    /// Whether it belongs to no queue.
    pub(super) shared: bool,
}

/// Everything that the API tells of a queue's settings.
#[derive(Debug)]
pub(super) struct State {
    pub(super) key: String,
    pub(super) queue: One,
    pub(super) access: Option<Value>,
    pub(super) workflows: Vec<Workflow>,
    /// By name of the kind. What the caller may not read is missing.
    pub(super) lists: BTreeMap<&'static str, Vec<One>>,
}

impl State {
    /// Reads all there is.
    ///
    /// # Errors
    /// There is no such queue, or the server cannot be reached.
    pub(super) async fn read(key: &str, session: &mut Session<'_, '_>) -> Result<Self, Failure> {
        let query = [("expand", "all".to_owned())];
        let raw = session.get(&Session::at("/queues/{key}", &[key]), &query).await?;
        let key = cell(raw.get("key"));
        let mut people = People::default();
        let queue = One {
            id: key.clone(),
            version: raw["version"].as_i64(),
            settings: settings(&mut people, &raw, kinds::QUEUE, session).await?,
        };
        let path = Session::at("/queues/{key}/permissions", &[&key]);
        let access = match may_be_missing(session.get(&path, &[]).await, "access", session.output)?
        {
            Some(raw) => {
                Some(access_of(settings(&mut people, &raw, kinds::ACCESS, session).await?))
            }
            None => None,
        };
        let workflows = workflows(&raw, &mut people, session).await?;
        let mut lists = BTreeMap::new();
        for kind in KINDS {
            let found = session.list(&kind.list.replace("{queue}", &key), &[], 0).await;
            let Some(found) = may_be_missing(found, kind.name, session.output)? else { continue };
            let mut all = Vec::new();
            for item in in_order(kind, found.items) {
                all.push(one(kind, &key, &item, &mut people, session).await?);
            }
            lists.insert(kind.name, all);
        }
        Ok(Self { key, queue, access, workflows, lists })
    }
}

/// A part that the server lacks or the caller may not read is left out, and that is said.
fn may_be_missing<T>(
    found: Result<T, Failure>,
    part: &str,
    output: &mut Output<'_>,
) -> Result<Option<T>, Failure> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(failure)
            if matches!(failure.kind(), failure::Kind::Denied | failure::Kind::NotFound) =>
        {
            output.remark(&format!("{part} left out: {failure}"));
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

/// Triggers act by their `order`; everything else keeps the order of the server.
fn in_order(kind: &Kind, items: Vec<Value>) -> Vec<Value> {
    if kind.name == "triggers" { by_order(items) } else { items }
}

/// Triggers as they act, one after another.
pub(super) fn by_order(mut triggers: Vec<Value>) -> Vec<Value> {
    let place = |item: &Value| item["order"].as_str().and_then(|text| text.parse::<f64>().ok());
    triggers.sort_by(|a, b| place(a).unwrap_or_default().total_cmp(&place(b).unwrap_or_default()));
    triggers
}

async fn one(
    kind: &Kind,
    queue: &str,
    item: &Value,
    people: &mut People,
    session: &Session<'_, '_>,
) -> Result<One, Failure> {
    let mut item = item.clone();
    let mut id = cell(item.get("id"));
    if kind.name == "fields" {
        id = cell(item.get("key"));
        let path = Session::at("/queues/{queue}/localFields/{id}", &[queue, &id]);
        item = in_both(&path, session).await?;
        described(&mut item);
    }
    if kind.name == "components" {
        item[kinds::RULES] = rules(&id, people, session).await?;
    }
    let settings = settings(people, &item, kind.members, session).await?;
    let mut settings = without_numbers(settings);
    if kind.name != "fields" {
        let number = item.get("id").cloned().unwrap_or_default();
        settings["id"] = number;
    }
    Ok(One { id, version: item["version"].as_i64(), settings })
}

/// The rules of a component; nothing where it has none.
async fn rules(
    component: &str,
    people: &mut People,
    session: &Session<'_, '_>,
) -> Result<Value, Failure> {
    let path = Session::at("/components/{id}/permissions", &[component]);
    let raw = session.get(&path, &[]).await?;
    let rules = access_of(settings(people, &raw, kinds::COMPONENT_ACCESS, session).await?);
    let some = rules.as_object().is_some_and(|rules| !rules.is_empty());
    Ok(if some { rules } else { Value::Null })
}

/// The schema of a field as a new one names it.
fn described(field: &mut Value) {
    let schema = field["schema"].clone();
    let several = schema["type"] == "array";
    let kind = if several { &schema["items"] } else { &schema["type"] };
    field["type"] = kind.clone();
    field["container"] = several.into();
    let fixed = field["optionsProvider"].get("values").is_some();
    if let (false, Some(members)) = (fixed, field.as_object_mut()) {
        members.remove("optionsProvider");
    }
}

/// Actions of rules are told with their numbers, which say nothing but their place.
fn without_numbers(mut settings: Value) -> Value {
    let actions = settings.get_mut("actions").and_then(Value::as_array_mut);
    for action in actions.into_iter().flatten() {
        if let Some(members) = action.as_object_mut() {
            members.remove("id");
        }
    }
    settings
}

/// Who holds rights, without those whom nobody holds.
fn access_of(mut access: Value) -> Value {
    for right in access.as_object_mut().into_iter().flat_map(|members| members.values_mut()) {
        if let Some(members) = right.as_object_mut() {
            members.retain(|name, _| SUBJECTS.contains(&name.as_str()));
        }
    }
    access
}

/// The workflows that a queue's types follow.
async fn workflows(
    queue: &Value,
    people: &mut People,
    session: &Session<'_, '_>,
) -> Result<Vec<Workflow>, Failure> {
    let mut ids: Vec<String> = Vec::new();
    for config in queue["issueTypesConfig"].as_array().into_iter().flatten() {
        let id = cell(config["workflow"].get("id"));
        if !id.is_empty() && !ids.contains(&id) {
            ids.push(id);
        }
    }
    let mut found = Vec::new();
    for id in ids {
        let mut raw = in_both(&Session::at("/workflows/{id}", &[&id]), session).await?;
        let screens = screens(&mut raw, people, session).await?;
        let shared = raw["queue"].is_null();
        let settings = settings(people, &raw, kinds::WORKFLOW, session).await?;
        let one = One { id, version: raw["version"].as_i64(), settings: pruned(settings) };
        found.push(Workflow { one, screens, shared });
    }
    Ok(found)
}

/// Without lists and objects that say nothing, so that files stay short.
fn pruned(value: Value) -> Value {
    let says = |value: &Value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    };
    match value {
        Value::Array(items) => items.into_iter().map(pruned).collect(),
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, pruned(value)));
            Value::Object(members.filter(|(_, value)| says(value)).collect())
        }
        other => other,
    }
}

/// Puts the screens of a workflow into its transitions, and gives their ids.
async fn screens(
    workflow: &mut Value,
    people: &mut People,
    session: &Session<'_, '_>,
) -> Result<Vec<(String, Value)>, Failure> {
    let mut known: Vec<(String, Value)> = Vec::new();
    for action in actions_mut(workflow) {
        let Some(id) = action["screen"].get("id").map(|id| cell(Some(id))) else {
            if let Some(members) = action.as_object_mut() {
                members.remove("screen");
            }
            continue;
        };
        let seen = known.iter().find(|(other, _)| *other == id).map(|(_, screen)| screen.clone());
        let screen = if let Some(screen) = seen {
            screen
        } else {
            let mut raw = in_both(&Session::at("/screens/{id}", &[&id]), session).await?;
            let elements = raw.get_mut("elements").and_then(Value::as_array_mut);
            for element in elements.into_iter().flatten().filter_map(Value::as_object_mut) {
                element.remove("self");
            }
            let members: &[Member] =
                &[("name", kinds::Absent::Stays), ("elements", kinds::Absent::Stays)];
            let screen = pruned(settings(people, &raw, members, session).await?);
            known.push((id, screen.clone()));
            screen
        };
        action["screen"] = screen;
    }
    Ok(known)
}

/// The transitions of a workflow, those from everywhere too.
pub(super) fn actions_mut(workflow: &mut Value) -> Vec<&mut Value> {
    let steps = workflow["steps"].as_array_mut().into_iter().flatten();
    steps
        .filter_map(Value::as_object_mut)
        .flat_map(|step| {
            let mut found = Vec::new();
            for (name, value) in step.iter_mut() {
                match name.as_str() {
                    "actions" => found.extend(value.as_array_mut().into_iter().flatten()),
                    "metaAction" if value.is_object() => found.push(value),
                    _ => {}
                }
            }
            found
        })
        .collect()
}

/// An object in both languages: texts that differ become `{en, ru}`.
async fn in_both(path: &str, session: &Session<'_, '_>) -> Result<Value, Failure> {
    let english = session.get_in("en", path).await?;
    let russian = session.get_in("ru", path).await?;
    Ok(both(english, &russian))
}

fn both(english: Value, russian: &Value) -> Value {
    match english {
        Value::Array(items) => {
            let pairs = items.into_iter().enumerate();
            pairs.map(|(n, item)| both(item, russian.get(n).unwrap_or(&Value::Null))).collect()
        }
        Value::Object(members) => {
            let pair = |(name, value): (String, Value)| {
                let other = russian.get(&name).unwrap_or(&Value::Null);
                let told = matches!(name.as_str(), "name" | "description");
                let value = if told && value.is_string() && other.is_string() && value != *other {
                    serde_json::json!({"en": value, "ru": other})
                } else {
                    both(value, other)
                };
                (name, value)
            };
            Value::Object(members.into_iter().map(pair).collect())
        }
        other => other,
    }
}

/// The members that are settings, with references as people write them.
async fn settings(
    people: &mut People,
    raw: &Value,
    members: &[Member],
    session: &Session<'_, '_>,
) -> Result<Value, Failure> {
    let named = |(name, _): &Member| {
        let value = raw.get(*name).filter(|value| !value.is_null())?;
        Some(((*name).to_owned(), value.clone()))
    };
    let chosen: Map<String, Value> = members.iter().filter_map(named).collect();
    people.plain(Value::Object(chosen), session).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_that_differ_stand_in_both_languages() {
        let english = json!({"name": "Open", "steps": [{"description": "x", "display": "A"}]});
        let russian = json!({"name": "Открыть", "steps": [{"description": "x", "display": "Б"}]});
        let wanted = json!({"name": {"en": "Open", "ru": "Открыть"},
            "steps": [{"description": "x", "display": "A"}]});
        assert_eq!(both(english, &russian), wanted);
    }
}
