//! Entities as clients write them (contract, `EntityFieldsInput`).

use serde_json::{Map, Value as Json};

use super::fields::{self, custom};
use super::items::{items, key_result, metric};
use crate::access::find_entity;
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::{Entity, EntityType, ValueType};
use crate::error::{Code, Error, Result};
use crate::field::FieldDef;
use crate::field::no;
use crate::issue::input as values;
use crate::issue::refs;
use crate::issue::value::{Form, Val};
pub(super) use crate::queue::input::shown;

const PROJECT_STATUSES: &[&str] = &[
    "draft",
    "draft2",
    "in_progress",
    "according_to_plan",
    "postponed",
    "at_risk",
    "blocked",
    "launched",
    "cancelled",
];
const GOAL_STATUSES: &[&str] = &[
    "draft",
    "according_to_plan",
    "at_risk",
    "blocked",
    "achieved",
    "partially_achieved",
    "not_achieved",
    "exceeded",
    "cancelled",
];

const MAX_SUMMARY: usize = 255;
/// Parents over parents: deeper trees help nobody, and a ring ends here.
const MAX_DEPTH: usize = 50;

/// Members that only the server writes.
const READONLY: [&str; 11] = [
    "id",
    "shortId",
    "issueQueues",
    "checklistItems",
    "progressPercentage",
    "lastCommentUpdatedAt",
    "linkedGoalsCount",
    "linkedProjectsCount",
    "createdAt",
    "createdBy",
    "updatedAt",
];

/// The fields in a body: those in `fields`, and those that the official client puts beside it.
///
/// # Errors
/// 422 when `fields` is no object.
pub(super) fn members(body: &Map<String, Json>) -> Result<Map<String, Json>> {
    let mut all: Map<String, Json> = body
        .iter()
        .filter(|(name, _)| fields::NAMES.contains(&name.as_str()) && !is_readonly(name))
        .map(|(name, json)| (name.clone(), json.clone()))
        .collect();
    match body.get("fields") {
        None | Some(Json::Null) => {}
        Some(Json::Object(members)) => all.extend(members.clone()),
        Some(_) => return Err(Code::ValueType.with("object").under("fields")),
    }
    Ok(all)
}

fn is_readonly(name: &str) -> bool {
    READONLY.contains(&name)
}

/// Applies members to an entity. All are looked at, so that a caller hears of every wrong one at
/// once. `id` is the entity's own number, 0 for a new one.
///
/// # Errors
/// 422 with the members named.
pub(super) fn apply(
    cx: &mut Cx<'_, '_>,
    entity: &mut Entity,
    id: i64,
    members: &Map<String, Json>,
) -> Result<()> {
    let mut failure: Option<Error> = None;
    for (name, json) in members {
        // A creation may say of everything that there is nothing.
        if id == 0 && json.is_null() {
            continue;
        }
        if let Err(error) = member(cx, entity, id, name, json) {
            if error.status() != 422 {
                return Err(error);
            }
            let error = error.under(name);
            failure = Some(match failure {
                Some(first) => first.join(error),
                None => error,
            });
        }
    }
    failure.map_or(Ok(()), Err)
}

fn member(
    cx: &mut Cx<'_, '_>,
    entity: &mut Entity,
    id: i64,
    name: &str,
    json: &Json,
) -> Result<()> {
    let goal = entity.kind == EntityType::Goal;
    match name {
        "summary" => entity.summary = summary(json)?,
        "description" => entity.description = text(json, values::MAX_TEXT)?,
        "markupType" => entity.markup_type = text(json, 20)?,
        "author" => entity.author = user(&cx.dict, json)?,
        "lead" => entity.lead = if json.is_null() { None } else { Some(user(&cx.dict, json)?) },
        "teamUsers" => entity.team_users = users(cx, name, &entity.team_users, json)?,
        "clients" => entity.clients = users(cx, name, &entity.clients, json)?,
        "followers" => entity.followers = users(cx, name, &entity.followers, json)?,
        "start" if goal => return Err(Code::FieldUnknown.err()),
        "start" => entity.start = day(json)?,
        "end" => entity.end = day(json)?,
        "quarter" => entity.quarter = quarters(cx, name, &entity.quarter, json)?,
        "tags" => entity.tags = texts(cx, name, &entity.tags, json)?,
        "parentEntity" => parents(&cx.dict, entity, id, json)?,
        "teamAccess" => {
            let given = (!json.is_null())
                .then(|| json.as_bool())
                .map(|access| access.ok_or_else(|| Code::ValueType.with("boolean")));
            entity.team_access = given.transpose()?;
        }
        "entityStatus" => entity.entity_status = status(entity.kind, json)?,
        "queues" if !goal => entity.queues = queues(cx, name, &entity.queues, json)?,
        "metricItems" => entity.metric_items = items(cx, &entity.metric_items, json, metric)?,
        "keyResultItems" if goal => {
            entity.key_result_items = items(cx, &entity.key_result_items, json, key_result)?;
        }
        _ if is_readonly(name) => return Err(Code::FieldReadonly.err()),
        _ => return custom_member(cx, entity, name, json),
    }
    Ok(())
}

fn custom_member(cx: &mut Cx<'_, '_>, entity: &mut Entity, name: &str, json: &Json) -> Result<()> {
    let def = custom(&cx.dict, name).cloned().ok_or_else(|| Code::FieldUnknown.err())?;
    if def.readonly {
        return Err(Code::FieldReadonly.err());
    }
    let before =
        entity.custom.get(&def.no).and_then(|stored| Val::from_json(Form::of(&def), stored));
    match values::apply(cx, &def, 0, before.as_ref(), json)?.filter(|val| !val.is_empty()) {
        Some(val) => entity.custom.insert(def.no, val.to_json()),
        None => entity.custom.remove(&def.no),
    };
    Ok(())
}

fn summary(json: &Json) -> Result<String> {
    let text = json.as_str().ok_or_else(|| Code::ValueType.with("string"))?.trim();
    if text.is_empty() {
        return Err(Code::ValueEmpty.err());
    }
    if text.chars().count() > MAX_SUMMARY {
        return Err(Code::ValueTooLong.with(MAX_SUMMARY));
    }
    Ok(text.to_owned())
}

pub(super) fn text(json: &Json, limit: usize) -> Result<Option<String>> {
    if json.is_null() {
        return Ok(None);
    }
    let text = json.as_str().ok_or_else(|| Code::ValueType.with("string"))?;
    if text.chars().count() > limit {
        return Err(Code::ValueTooLong.with(limit));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

pub(super) fn user(dict: &Dict, json: &Json) -> Result<i64> {
    let user = refs::user(dict, json).filter(|user| !user.body.dismissed);
    user.map(|user| user.id).ok_or_else(|| Code::ValueUnknown.with(shown(json)))
}

/// Lists take the forms of list fields of issues: plain, or with operators.
fn list(
    cx: &mut Cx<'_, '_>,
    name: &str,
    (number, value_type): (u32, ValueType),
    before: &Val,
    json: &Json,
) -> Result<Option<Val>> {
    let def = FieldDef {
        no: number,
        wire: name.to_owned(),
        member: Box::default(),
        value_type,
        array: true,
        readonly: false,
        queue: None,
        values: None,
        lists: std::collections::BTreeMap::new(),
    };
    values::apply(cx, &def, 0, Some(before), json)
}

pub(super) fn users(cx: &mut Cx<'_, '_>, name: &str, old: &[i64], json: &Json) -> Result<Vec<i64>> {
    references(cx, name, (no::FOLLOWERS, ValueType::User), old, json)
}

pub(super) fn groups(
    cx: &mut Cx<'_, '_>,
    name: &str,
    old: &[i64],
    json: &Json,
) -> Result<Vec<i64>> {
    references(cx, name, (no::FOLLOWING_GROUPS, ValueType::Group), old, json)
}

pub(super) fn queues(
    cx: &mut Cx<'_, '_>,
    name: &str,
    old: &[i64],
    json: &Json,
) -> Result<Vec<i64>> {
    references(cx, name, (no::QUEUE, ValueType::Queue), old, json)
}

fn references(
    cx: &mut Cx<'_, '_>,
    name: &str,
    kind: (u32, ValueType),
    old: &[i64],
    json: &Json,
) -> Result<Vec<i64>> {
    Ok(match list(cx, name, kind, &Val::Refs(old.to_vec()), json)? {
        Some(Val::Refs(ids)) => ids,
        _ => Vec::new(),
    })
}

fn texts(cx: &mut Cx<'_, '_>, name: &str, old: &[String], json: &Json) -> Result<Vec<String>> {
    let before = Val::Texts(old.to_vec());
    Ok(match list(cx, name, (no::TAGS, ValueType::String), &before, json)? {
        Some(Val::Texts(texts)) => texts,
        _ => Vec::new(),
    })
}

/// `2031 Q2`.
fn quarters(cx: &mut Cx<'_, '_>, name: &str, old: &[String], json: &Json) -> Result<Vec<String>> {
    let quarters = texts(cx, name, old, json)?;
    let fits = |text: &String| {
        text.split_once(" Q").is_some_and(|(year, quarter)| {
            year.len() == 4
                && year.bytes().all(|b| b.is_ascii_digit())
                && matches!(quarter, "1" | "2" | "3" | "4")
        })
    };
    match quarters.iter().find(|text| !fits(text)) {
        Some(_) => Err(Code::ValueType.with("YYYY QN")),
        None => Ok(quarters),
    }
}

pub(super) fn day(json: &Json) -> Result<Option<i32>> {
    if json.is_null() {
        return Ok(None);
    }
    let day = json.as_str().and_then(crate::time::parse_day);
    day.map(Some).ok_or_else(|| Code::ValueType.with("date"))
}

fn status(kind: EntityType, json: &Json) -> Result<String> {
    let known = if kind == EntityType::Goal { GOAL_STATUSES } else { PROJECT_STATUSES };
    let text = json
        .as_str()
        .or_else(|| json.get("set").and_then(Json::as_str))
        .or_else(|| json.get("key").and_then(Json::as_str))
        .ok_or_else(|| Code::ValueType.with("string"))?
        .to_lowercase();
    if known.contains(&text.as_str()) {
        Ok(text)
    } else {
        Err(Code::ValueUnknown.with(shown(json)))
    }
}

/// `12`, `"12"`, `{primary, secondary}`, or `null`; `{}` says nothing (real-samples, 6).
fn parents(dict: &Dict, entity: &mut Entity, id: i64, json: &Json) -> Result<()> {
    let (primary, secondary) = match json {
        Json::Object(members) if members.is_empty() => return Ok(()),
        Json::Object(members)
            if members.contains_key("primary") || members.contains_key("secondary") =>
        {
            (members.get("primary"), members.get("secondary"))
        }
        one => (Some(one), None),
    };
    if let Some(primary) = primary {
        entity.parent = one_parent(dict, entity.kind, id, primary)?;
    }
    match secondary {
        None => {}
        Some(Json::Null) => entity.more_parents.clear(),
        Some(Json::Array(list)) => {
            let mut more = Vec::new();
            for one in list {
                if let Some(parent) = one_parent(dict, entity.kind, id, one)?
                    && !more.contains(&parent)
                {
                    more.push(parent);
                }
            }
            entity.more_parents = more;
        }
        Some(_) => return Err(Code::ValueType.with("array")),
    }
    let primary = entity.parent;
    entity.more_parents.retain(|parent| Some(*parent) != primary);
    Ok(())
}

fn one_parent(dict: &Dict, kind: EntityType, id: i64, json: &Json) -> Result<Option<i64>> {
    if json.is_null() {
        return Ok(None);
    }
    let text = named(json).ok_or_else(|| Code::ValueType.with("id"))?;
    let unknown = || Code::ValueUnknown.with(shown(json));
    let parent = find_entity(dict, &text).ok_or_else(unknown)?;
    let wanted = if kind == EntityType::Goal { EntityType::Goal } else { EntityType::Portfolio };
    if parent.body.kind != wanted {
        return Err(Code::ParentKind.with(wanted.name()));
    }
    if id != 0 && is_below(dict, parent.id, id, MAX_DEPTH) {
        return Err(Code::EntityCycle.err());
    }
    Ok(Some(parent.id))
}

/// Whether an entity is another one or stands below it.
fn is_below(dict: &Dict, id: i64, above: i64, steps: usize) -> bool {
    if id == above {
        return true;
    }
    let (Some(entity), Some(steps)) = (dict.entities.get(id), steps.checked_sub(1)) else {
        return steps == 0;
    };
    let mut parents = entity.body.parent.iter().chain(&entity.body.more_parents);
    parents.any(|parent| is_below(dict, *parent, above, steps))
}

/// The id or short number in a reference to an entity.
pub(super) fn named(json: &Json) -> Option<String> {
    match json {
        Json::Number(n) => n.as_i64().map(|n| n.to_string()),
        Json::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Json::Object(members) => {
            let inner = ["set", "id", "shortId"].iter().find_map(|name| members.get(*name))?;
            named(inner)
        }
        _ => None,
    }
}
