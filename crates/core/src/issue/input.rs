//! Values of fields as clients write them, and the operators of an edit (contract,
//! `UpdateOperators`).

use std::sync::Arc;

use serde_json::Value as Json;

use super::choice::{former, reference};
use super::refs;
use super::value::{Form, Val};
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::ValueType;
use crate::error::{Code, Result};
use crate::field::FieldDef;
use crate::field::no;
use crate::time;

/// Longest summary, in characters (contract, `Issue.summary`).
const MAX_SUMMARY: usize = 255;
/// Longest text, in characters (contract, `Issue.description`).
pub const MAX_TEXT: usize = 512_000;
/// Longest other string.
const MAX_STRING: usize = 1024;
/// Most elements of a list.
const MAX_ELEMENTS: usize = 1000;

const OPERATORS: [&str; 4] = ["set", "add", "remove", "replace"];

/// The value of a field after what a client wrote is applied to what it was.
///
/// # Errors
/// 422 with the field named.
pub fn apply(
    cx: &mut Cx<'_, '_>,
    def: &FieldDef,
    queue: i64,
    before: Option<&Val>,
    json: &Json,
) -> Result<Option<Val>> {
    let result = match Form::of(def) {
        _ if def.value_type == ValueType::Project && !def.array => {
            super::project::apply(&cx.dict, before, json)
        }
        Form::Refs | Form::Texts => list(cx, def, queue, before, json),
        _ => single(cx, def, queue, before, json),
    };
    result.map_err(|error| error.under(&def.wire))
}

fn single(
    cx: &mut Cx<'_, '_>,
    def: &FieldDef,
    queue: i64,
    before: Option<&Val>,
    json: &Json,
) -> Result<Option<Val>> {
    let json = match operators(json)? {
        Some([Some(set), _, _, _]) => set,
        Some([None, Some(add), _, _]) => add,
        Some([None, None, Some(gone), _]) => {
            let gone = element(cx, def, queue, before, gone)?;
            return Ok(before.filter(|b| **b != gone).cloned());
        }
        Some(_) => return Err(Code::ValueType.with(kind_name(def))),
        None => json,
    };
    // One user may be given as a list of one (contract, createIssue).
    let json = match json {
        Json::Array(items) if items.len() == 1 => items.first().unwrap_or(json),
        other => other,
    };
    if json.is_null() {
        return Ok(None);
    }
    element(cx, def, queue, before, json).map(Some)
}

fn list(
    cx: &mut Cx<'_, '_>,
    def: &FieldDef,
    queue: i64,
    before: Option<&Val>,
    json: &Json,
) -> Result<Option<Val>> {
    let mut items = match before {
        Some(Val::Refs(ids)) => ids.iter().map(|id| Val::Ref(*id)).collect(),
        Some(Val::Texts(texts)) => texts.iter().map(|t| Val::Text(t.clone())).collect(),
        _ => Vec::new(),
    };
    match operators(json)? {
        None => items = elements(cx, def, queue, before, json)?,
        Some([set, add, remove, replace]) => {
            if let Some(set) = set {
                items = elements(cx, def, queue, before, set)?;
            }
            if let Some(swaps) = replace {
                swap(cx, def, queue, before, &mut items, swaps)?;
            }
            if let Some(remove) = remove {
                let gone = elements(cx, def, queue, before, remove)?;
                items.retain(|item| !gone.contains(item));
            }
            if let Some(add) = add {
                items.extend(elements(cx, def, queue, before, add)?);
            }
        }
    }
    if items.len() > MAX_ELEMENTS {
        return Err(Code::TooManyValues.with(MAX_ELEMENTS));
    }
    Ok(collect(def, items))
}

/// Joins elements to a list value, each once, in the order they came.
fn collect(def: &FieldDef, items: Vec<Val>) -> Option<Val> {
    let mut ids = Vec::new();
    let mut texts = Vec::new();
    for item in items {
        match item {
            Val::Ref(id) if !ids.contains(&id) => ids.push(id),
            Val::Text(text) if !texts.contains(&text) => texts.push(text),
            _ => {}
        }
    }
    let val = if Form::of(def) == Form::Refs { Val::Refs(ids) } else { Val::Texts(texts) };
    Some(val).filter(|v| !v.is_empty())
}

fn swap(
    cx: &mut Cx<'_, '_>,
    def: &FieldDef,
    queue: i64,
    before: Option<&Val>,
    items: &mut [Val],
    swaps: &Json,
) -> Result<()> {
    let swaps = match swaps {
        Json::Array(swaps) => swaps.as_slice(),
        one => std::slice::from_ref(one),
    };
    for pair in swaps {
        let (Some(target), Some(replacement)) = (pair.get("target"), pair.get("replacement"))
        else {
            return Err(Code::ValueType.with("{target, replacement}"));
        };
        let target = element(cx, def, queue, before, target)?;
        let replacement = element(cx, def, queue, before, replacement)?;
        items.iter_mut().filter(|i| **i == target).for_each(|i| *i = replacement.clone());
    }
    Ok(())
}

/// `[set, add, remove, replace]` of an operator object; `None` for plain values. An object with
/// other members is a reference.
fn operators(json: &Json) -> Result<Option<[Option<&Json>; 4]>> {
    let Json::Object(members) = json else { return Ok(None) };
    if !members.keys().any(|k| OPERATORS.contains(&k.as_str())) {
        return Ok(None);
    }
    if let Some(odd) = members.keys().find(|k| !OPERATORS.contains(&k.as_str())) {
        return Err(Code::OperatorUnknown.with(odd));
    }
    // `null` under an operator names nothing; only a bare set clears.
    let [set, add, remove, replace] = OPERATORS.map(|name| members.get(name));
    let named = |value: Option<&'_ Json>| value.is_some_and(|v| !v.is_null());
    let keep = |value| Some(value).filter(|v| named(*v)).flatten();
    Ok(Some([set, keep(add), keep(remove), keep(replace)]))
}

fn elements(
    cx: &mut Cx<'_, '_>,
    def: &FieldDef,
    queue: i64,
    before: Option<&Val>,
    json: &Json,
) -> Result<Vec<Val>> {
    match json {
        Json::Null => Ok(Vec::new()),
        Json::Array(items) => {
            items.iter().map(|item| element(cx, def, queue, before, item)).collect()
        }
        one => Ok(vec![element(cx, def, queue, before, one)?]),
    }
}

fn kind_name(def: &FieldDef) -> String {
    def.value_type.name()
}

/// One value, or one element of a list. What an issue has already may be named again, though nobody
/// may choose it any more: clients send back what they read.
fn element(
    cx: &mut Cx<'_, '_>,
    def: &FieldDef,
    queue: i64,
    before: Option<&Val>,
    json: &Json,
) -> Result<Val> {
    fresh(cx, def, queue, json).or_else(|error| {
        let kept = former(&cx.dict, def, queue, json).filter(|val| holds(before, val));
        kept.filter(|_| error.status() == 422).ok_or(error)
    })
}

fn holds(whole: Option<&Val>, one: &Val) -> bool {
    match (whole, one) {
        (Some(Val::Refs(ids)), Val::Ref(id)) => ids.contains(id),
        (Some(Val::Texts(texts)), Val::Text(text)) => texts.contains(text),
        (whole, one) => whole == Some(one),
    }
}

/// A value that may be chosen.
fn fresh(cx: &mut Cx<'_, '_>, def: &FieldDef, queue: i64, json: &Json) -> Result<Val> {
    let wrong = || Code::ValueType.with(kind_name(def));
    let val = match def.value_type {
        ValueType::String
        | ValueType::Uri
        | ValueType::Rank
        | ValueType::Text
        | ValueType::Translation => text(def, json).map(Val::Text),
        ValueType::Integer => integer(json).map(Val::Ref).ok_or_else(wrong),
        ValueType::Boolean => json.as_bool().map(|b| Val::Ref(i64::from(b))).ok_or_else(wrong),
        ValueType::Float => float(json).map(Val::Num).ok_or_else(wrong),
        ValueType::Date => json.as_str().and_then(time::parse_day).map(Val::Day).ok_or_else(wrong),
        ValueType::Datetime => {
            json.as_str().and_then(time::parse_instant).map(Val::At).ok_or_else(wrong)
        }
        ValueType::Timetracking => {
            json.as_str().and_then(time::parse_span).map(Val::Span).ok_or_else(wrong)
        }
        ValueType::Money => super::money::checked(json).map(Val::Json),
        ValueType::Sla | ValueType::ChecklistItem => {
            if json.is_object() {
                Ok(Val::Json(json.clone()))
            } else {
                Err(wrong())
            }
        }
        ValueType::Issue => issue(cx, json).map(Val::Ref),
        kind => {
            if refs::written(json).is_none() {
                let empty = json.as_str().is_some_and(|t| t.trim().is_empty());
                return Err(if empty { Code::ValueEmpty.err() } else { wrong() });
            }
            reference(&cx.dict, kind, queue, json)
                .map(Val::Ref)
                .ok_or_else(|| Code::ValueUnknown.with(shown(json)))
        }
    }?;
    let queue = cx.dict.queues.get(queue).map_or("", |q| q.key.as_str());
    if def.allows(queue, &val.to_json()) {
        return Ok(val);
    }
    Err(Code::ValueUnknown.with(shown(json)))
}

/// One value as issues store it, for comparisons with them. Other issues are not looked up.
pub(crate) fn stored(dict: &Dict, def: &FieldDef, queue: Option<i64>, json: &Json) -> Option<Json> {
    match def.value_type {
        ValueType::String
        | ValueType::Uri
        | ValueType::Rank
        | ValueType::Text
        | ValueType::Translation => json.as_str().map(Json::from),
        ValueType::Integer => integer(json).map(Json::from),
        ValueType::Boolean => json.as_bool().map(|b| i64::from(b).into()),
        ValueType::Float => float(json).map(Json::from),
        ValueType::Date => json.as_str().and_then(time::parse_day).map(Json::from),
        ValueType::Datetime => json.as_str().and_then(time::parse_instant).map(Json::from),
        ValueType::Timetracking => json.as_str().and_then(time::parse_span).map(Json::from),
        ValueType::Component if queue.is_none() => {
            refs::named(&dict.components, json, |_| true).map(|o| o.id.into())
        }
        ValueType::Version if queue.is_none() => {
            refs::named(&dict.versions, json, |_| true).map(|o| o.id.into())
        }
        kind => reference(dict, kind, queue.unwrap_or_default(), json).map(Json::from),
    }
}

/// A value as it is quoted in a message.
fn shown(json: &Json) -> String {
    let text = match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.chars().take(80).collect()
}

pub(super) fn integer(json: &Json) -> Option<i64> {
    match json {
        Json::Number(n) => n.as_i64(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn float(json: &Json) -> Option<f64> {
    let n = match json {
        Json::Number(n) => n.as_f64()?,
        Json::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    n.is_finite().then_some(n)
}

fn text(def: &FieldDef, json: &Json) -> Result<String> {
    let text = json.as_str().ok_or_else(|| Code::ValueType.with(kind_name(def)))?;
    let limit = match def.no {
        no::SUMMARY => MAX_SUMMARY,
        _ if def.value_type == ValueType::Text => MAX_TEXT,
        _ => MAX_STRING,
    };
    if text.chars().count() > limit {
        return Err(Code::ValueTooLong.with(limit));
    }
    if def.no == no::SUMMARY && text.trim().is_empty() {
        return Err(Code::ValueEmpty.err());
    }
    if def.array && text.trim().is_empty() {
        return Err(Code::ValueEmpty.err());
    }
    Ok(text.to_owned())
}

/// Another issue; the actor must be able to read it.
fn issue(cx: &mut Cx<'_, '_>, json: &Json) -> Result<i64> {
    let text = match json {
        Json::Object(members) => members
            .get("key")
            .or_else(|| members.get("id"))
            .and_then(Json::as_str)
            .unwrap_or_default(),
        other => other.as_str().unwrap_or_default(),
    }
    .to_owned();
    if text.is_empty() {
        return Err(Code::ValueType.with("issue"));
    }
    match cx.issue(&text) {
        Ok(visible) => Ok(visible.issue().id),
        Err(error) if error.status() == 500 || error.status() == 503 => Err(error),
        Err(_) => Err(Code::ValueUnknown.with(shown(json))),
    }
}

/// The queue a new issue is to be made in.
///
/// # Errors
/// 422 when nothing usable is written, 404 when there is no such queue.
pub fn queue(
    dict: &Dict,
    json: Option<&Json>,
) -> Result<Arc<crate::dict::Object<crate::dict::model::Queue>>> {
    let json = json.filter(|j| !j.is_null()).ok_or_else(|| Code::FieldRequired.at("queue"))?;
    let written =
        refs::written(json).ok_or_else(|| Code::ValueType.with("queue").under("queue"))?;
    let found = match written {
        refs::Written::Id(id) => dict.queues.get(id),
        refs::Written::Word(key) => dict.queues.by_key(key),
        refs::Written::Name(name) => dict.queues.by_name(name, |q| !q.deleted),
    };
    found.filter(|q| !q.body.deleted).cloned().ok_or_else(|| Code::QueueNotFound.err())
}
