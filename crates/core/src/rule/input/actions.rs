//! Actions as clients write them.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use trackway_api::types::Members;

use super::hook::hook;
use super::{MAX_TEXT, field_id, flag, missing, required, shown, text};
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::{Action, ChecklistItem, FieldUpdate, ValueType};
use crate::error::{Code, Result};
use crate::field::no;
use crate::issue::refs;
use crate::link::kinds::Relationship;
use crate::rule::formula;

/// Most actions of a rule.
const MAX_ACTIONS: usize = 50;

const ACTIONS: &str = "actions";

/// Reads the actions of a rule. `old` are the present ones, whose secrets a client may send back
/// masked.
///
/// # Errors
/// 422 under `actions`.
pub fn actions(
    cx: &mut Cx<'_, '_>,
    queue: i64,
    json: &Json,
    old: &[Action],
    allowed: fn(&Action) -> bool,
) -> Result<Vec<Action>> {
    read_actions(cx, queue, json, old, allowed).map_err(|error| error.under(ACTIONS))
}

fn read_actions(
    cx: &mut Cx<'_, '_>,
    queue: i64,
    json: &Json,
    old: &[Action],
    allowed: fn(&Action) -> bool,
) -> Result<Vec<Action>> {
    let Json::Array(items) = json else { return Err(Code::ValueType.with("array")) };
    if items.is_empty() {
        return Err(Code::ValueEmpty.err());
    }
    if items.len() > MAX_ACTIONS {
        return Err(Code::TooManyValues.with(MAX_ACTIONS));
    }
    let mut actions = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        let Json::Object(members) = item else { return Err(Code::ValueType.with("object")) };
        // An action keeps its secret by its number, or else by its place.
        let number = members.get("id").and_then(Json::as_u64).and_then(|n| usize::try_from(n).ok());
        let old = old.get(number.map_or(place, |n| n.saturating_sub(1)));
        let action = action(cx, queue, members, old)?;
        if !allowed(&action) {
            let kind = members.get("type").and_then(Json::as_str).unwrap_or_default();
            return Err(Code::ActionNotAllowed.with(shown(kind)));
        }
        actions.push(action);
    }
    Ok(actions)
}

fn action(
    cx: &mut Cx<'_, '_>,
    queue: i64,
    members: &Members,
    old: Option<&Action>,
) -> Result<Action> {
    let dict = Arc::clone(&cx.dict);
    let kind = members.get("type").and_then(Json::as_str).ok_or_else(|| missing("type"))?;
    Ok(match kind {
        "Transition" => {
            let status = required(members, "status")?;
            let found = refs::object(&dict.statuses, status, |_| true);
            let status =
                found.ok_or_else(|| Code::ValueUnknown.with(shown(&status.to_string())))?;
            Action::Transition { status: status.id }
        }
        "Update" => Action::Update { update: updates(&dict, queue, required(members, "update")?)? },
        "Move" => Action::Move { queue: other_queue(&dict, required(members, "queue")?)? },
        "CreateComment" | "Event.comment-create" => {
            let mut besides = members.clone();
            besides.retain(|name, _| ["summonees", "maillistSummonees"].contains(&name.as_str()));
            Action::CreateComment {
                text: text(members, "text", MAX_TEXT)?,
                from_robot: flag(members, "fromRobot")?,
                besides,
            }
        }
        "CreateChecklist" => {
            let Json::Array(items) = required(members, "checklistItems")? else {
                return Err(Code::ValueType.with("array"));
            };
            let items: Result<Vec<_>> =
                items.iter().map(|item| checklist_item(&dict, item)).collect();
            Action::CreateChecklist { checklist_items: items? }
        }
        "CalculateFormula" => {
            let formula = text(members, "formula", formula::MAX_LENGTH)?;
            let result_field = field_id(&dict, queue, required(members, "resultField")?)?;
            check_formula(&dict, &formula, &result_field)?;
            Action::CalculateFormula { formula, result_field }
        }
        "CreateIssue" | "Event.create" => new_issue(&dict, members)?,
        "Webhook" => Action::Webhook(hook(members, old)?),
        other => return Err(Code::ValueUnknown.with(shown(other))),
    })
}

fn other_queue(dict: &Dict, json: &Json) -> Result<i64> {
    let found = refs::object(&dict.queues, json, |queue| !queue.deleted);
    found.map(|q| q.id).ok_or_else(|| Code::ValueUnknown.with(shown(&json.to_string())))
}

/// Changes of fields as a map from field to value, or as a list.
///
/// # Errors
/// 422.
pub fn updates(dict: &Dict, queue: i64, json: &Json) -> Result<Vec<FieldUpdate>> {
    let one = |field: &Json, update: Option<&Json>| -> Result<FieldUpdate> {
        let field = match field.as_str() {
            // A comment goes with the fields in an edit.
            Some("comment") => "comment".to_owned(),
            _ => field_id(dict, queue, field)?,
        };
        if [no::STATUS, no::QUEUE, no::KEY]
            .iter()
            .any(|no| dict.field_index.get(*no).is_some_and(|def| def.wire == field))
        {
            return Err(Code::FieldReadonly.err());
        }
        Ok(FieldUpdate { field, update: update.cloned().unwrap_or_default() })
    };
    let updates: Result<Vec<FieldUpdate>> = match json {
        Json::Object(members) => members
            .iter()
            .map(|(field, update)| one(&field.as_str().into(), Some(update)))
            .collect(),
        Json::Array(items) => items
            .iter()
            .map(|item| {
                let field = item.get("field").ok_or_else(|| missing("field"))?;
                one(field, item.get("update").or_else(|| item.get("value")))
            })
            .collect(),
        _ => return Err(Code::ValueType.with("object")),
    };
    let updates = updates?;
    if updates.is_empty() {
        return Err(Code::ValueEmpty.err());
    }
    Ok(updates)
}

fn checklist_item(dict: &Dict, json: &Json) -> Result<ChecklistItem> {
    let Json::Object(members) = json else { return Err(Code::ValueType.with("object")) };
    let assignee = members.get("assignee").filter(|json| !json.is_null());
    let assignee = assignee
        .map(|json| {
            let found = refs::user(dict, json);
            found.map(|u| u.id).ok_or_else(|| Code::ValueUnknown.with(shown(&json.to_string())))
        })
        .transpose()?;
    let deadline = members.get("deadline").filter(|json| !json.is_null()).cloned();
    Ok(ChecklistItem { text: text(members, "text", MAX_TEXT)?, assignee, deadline })
}

fn check_formula(dict: &Dict, formula: &str, result: &str) -> Result<()> {
    let names = formula::fields(formula).map_err(|_| Code::FormulaSyntax.with(shown(formula)))?;
    let unknown = names.iter().find(|name| dict.field_index.by_wire(name).is_none());
    if let Some(name) = unknown {
        return Err(Code::ValueUnknown.with(shown(name)));
    }
    let def = dict.field_index.by_wire(result);
    let writable = def.is_some_and(|def| {
        !def.readonly
            && !def.array
            && matches!(
                def.value_type,
                ValueType::Integer
                    | ValueType::Float
                    | ValueType::Date
                    | ValueType::Datetime
                    | ValueType::Timetracking
                    | ValueType::String
                    | ValueType::Text
            )
    });
    if writable { Ok(()) } else { Err(Code::FieldUnfit.with(result)) }
}

fn new_issue(dict: &Dict, members: &Members) -> Result<Action> {
    let field_templates = match members.get("fieldTemplates") {
        None | Some(Json::Null) => Map::new(),
        Some(Json::Object(templates)) => templates.clone(),
        Some(_) => return Err(Code::ValueType.with("object")),
    };
    let unknown = field_templates.keys().find(|name| dict.field_index.by_member(name).is_none());
    if let Some(name) = unknown {
        return Err(Code::ValueUnknown.with(shown(name)));
    }
    let link = match members.get("linkWithInitialIssue") {
        None | Some(Json::Null | Json::Bool(false)) => None,
        Some(Json::Bool(true)) => Some("relates".to_owned()),
        Some(Json::String(name)) => {
            Relationship::parse(name).ok_or_else(|| Code::RelationshipUnknown.with(shown(name)))?;
            Some(name.clone())
        }
        Some(_) => return Err(Code::ValueType.with("string")),
    };
    Ok(Action::CreateIssue {
        queue: other_queue(dict, required(members, "queue")?)?,
        summary: text(members, "summary", MAX_TEXT)?,
        field_templates,
        link,
        from_robot: flag(members, "fromRobot")?,
    })
}
