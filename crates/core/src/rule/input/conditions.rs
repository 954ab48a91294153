//! Conditions as clients write them.

use std::sync::Arc;

use serde_json::Value as Json;

use super::{field_id, shown};
use crate::cx::Cx;
use crate::dict::model::{Condition, ConditionGroup as Group, ValueType};
use crate::error::{Code, Error, Result};
use crate::field::{FieldDef, no};
use crate::issue::input as values;
use crate::issue::refs;
use crate::link::kinds::Relationship;
use crate::time;

/// Most conditions of a rule, at any depth.
const MAX_CONDITIONS: usize = 200;
/// Deepest nesting of groups.
const MAX_DEPTH: usize = 10;

const CONDITIONS: &str = "conditions";

/// Reads conditions: a list, which means all of them, or one. The result is always one group.
///
/// # Errors
/// 422 under `conditions`.
pub fn conditions(cx: &mut Cx<'_, '_>, queue: i64, json: Option<&Json>) -> Result<Condition> {
    read_conditions(cx, queue, json).map_err(|error| error.under(CONDITIONS))
}

fn read_conditions(cx: &mut Cx<'_, '_>, queue: i64, json: Option<&Json>) -> Result<Condition> {
    let items = match json {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(items)) => items.clone(),
        Some(one) => vec![one.clone()],
    };
    let mut count = 0;
    let mut read = Vec::with_capacity(items.len());
    for item in &items {
        read.push(condition(cx, queue, item, 0, &mut count)?);
    }
    Ok(match (read.pop(), read.is_empty()) {
        (Some(group @ (Condition::And(_) | Condition::Or(_))), true) => group,
        (last, _) => {
            read.extend(last);
            Condition::And(Group { conditions: read })
        }
    })
}

fn condition(
    cx: &mut Cx<'_, '_>,
    queue: i64,
    json: &Json,
    depth: usize,
    count: &mut usize,
) -> Result<Condition> {
    *count += 1;
    if *count > MAX_CONDITIONS || depth > MAX_DEPTH {
        return Err(Code::TooManyValues.with(MAX_CONDITIONS));
    }
    let Json::Object(members) = json else { return Err(Code::ValueType.with("object")) };
    let kind = members.get("type").and_then(Json::as_str).unwrap_or_default();
    if ["and", "or"].iter().any(|name| kind.eq_ignore_ascii_case(name)) {
        let Some(Json::Array(items)) = members.get(CONDITIONS) else {
            return Err(Code::ValueType.with("array"));
        };
        let mut conditions = Vec::with_capacity(items.len());
        for item in items {
            conditions.push(condition(cx, queue, item, depth + 1, count)?);
        }
        let group = Group { conditions };
        let is_and = kind.eq_ignore_ascii_case("and");
        return Ok(if is_and { Condition::And(group) } else { Condition::Or(group) });
    }
    let mut members = members.clone();
    if let Some(field) = members.get("field") {
        let wire = field_id(&cx.dict, queue, field)?;
        members.insert("field".to_owned(), wire.into());
    }
    let condition: Condition = serde_json::from_value(Json::Object(members))
        .map_err(|error| unreadable(kind, &error.to_string()))?;
    check(cx, queue, &condition)?;
    Ok(condition)
}

fn unreadable(kind: &str, why: &str) -> Error {
    if why.starts_with("unknown variant") {
        return Code::ValueUnknown.with(shown(kind));
    }
    Code::BodyShape.with(format!("{}: {}", shown(kind), shown(why)))
}

/// Whether a condition fits its field (automation.md, 1.1).
fn check(cx: &mut Cx<'_, '_>, queue: i64, condition: &Condition) -> Result<()> {
    let dict = Arc::clone(&cx.dict);
    let def = |field: &str| {
        dict.field_index.by_wire(field).ok_or_else(|| Code::ValueUnknown.with(shown(field)))
    };
    let misfit = |field: &str| Err(Code::FieldUnfit.with(field));
    match condition {
        Condition::FieldEquals(c) | Condition::FieldBecameEqual(c) => {
            check_value(cx, def(&c.field)?, queue, &c.value)
        }
        Condition::FieldEqualsString(c) if !is_text(def(&c.field)?) => misfit(&c.field),
        Condition::ContainsAnyOfStrings(c) | Condition::ContainsNoneOfStrings(c)
            if !is_text(def(&c.field)?) =>
        {
            misfit(&c.field)
        }
        Condition::Greater(c)
        | Condition::GreaterOrEqual(c)
        | Condition::Less(c)
        | Condition::LessOrEqual(c)
        | Condition::BecameGreater(c)
        | Condition::BecameGreaterOrEqual(c)
        | Condition::BecameLess(c)
        | Condition::BecameLessOrEqual(c)
            if !is_number(def(&c.field)?) =>
        {
            misfit(&c.field)
        }
        Condition::DateEqual(c)
        | Condition::DateGreater(c)
        | Condition::DateGreaterOrEqual(c)
        | Condition::DateLess(c)
        | Condition::DateLessOrEqual(c) => {
            if !matches!(def(&c.field)?.value_type, ValueType::Date | ValueType::Datetime) {
                return misfit(&c.field);
            }
            let read = time::parse_instant(&c.value);
            read.map(drop).ok_or_else(|| Code::ValueType.with("datetime"))
        }
        Condition::SizeEquals(c)
        | Condition::SizeNotEquals(c)
        | Condition::SizeGreater(c)
        | Condition::SizeGreaterOrEquals(c)
        | Condition::SizeLess(c)
        | Condition::SizeLessOrEquals(c)
            if !def(&c.field)?.array =>
        {
            misfit(&c.field)
        }
        Condition::ContainerContainsAll(c)
        | Condition::ContainerContainsAny(c)
        | Condition::ContainerContainsNone(c) => {
            let def = def(&c.field)?;
            if !def.array {
                return misfit(&c.field);
            }
            c.value.iter().try_for_each(|value| check_value(cx, def, queue, value))
        }
        Condition::UserInGroups(c) | Condition::UserNotInGroups(c) => {
            if def(&c.field)?.value_type != ValueType::User || def(&c.field)?.array {
                return misfit(&c.field);
            }
            let one = |json: &Json| {
                let found = refs::object(&dict.groups, json, |_| true);
                found.map(drop).ok_or_else(|| Code::ValueUnknown.with(shown(&json.to_string())))
            };
            match &c.value {
                Json::Array(items) => items.iter().try_for_each(one),
                json => one(json),
            }
        }
        Condition::CommentAuthor(c) | Condition::CommentAuthorNot(c) => {
            let found = refs::user(&dict, &c.user);
            found.map(drop).ok_or_else(|| Code::ValueUnknown.with(shown(&c.user.to_string())))
        }
        Condition::LinkCreated(c) | Condition::LinkUpdated(c) | Condition::LinkRemoved(c) => {
            let unknown = c.relationship.iter().find(|name| Relationship::parse(name).is_none());
            unknown.map_or(Ok(()), |name| Err(Code::RelationshipUnknown.with(shown(name))))
        }
        _ => Ok(()),
    }
}

fn check_value(cx: &mut Cx<'_, '_>, def: &FieldDef, queue: i64, value: &Json) -> Result<()> {
    match def.no {
        no::KEY => Ok(()),
        no::QUEUE => {
            let found = refs::object(&cx.dict.queues, value, |_| true);
            found.map(drop).ok_or_else(|| Code::ValueUnknown.with(shown(&value.to_string())))
        }
        // Kinds without objects in this version can be named; they just never match.
        _ if matches!(
            def.value_type,
            ValueType::Sprint | ValueType::Board | ValueType::Project | ValueType::Goal
        ) =>
        {
            Ok(())
        }
        _ => values::apply(cx, def, queue, None, value).map(drop).map_err(|error| {
            // Told under the conditions, where the field stands.
            let wrong = error.status() < 500;
            if wrong { Code::ValueUnknown.with(shown(&value.to_string())) } else { error }
        }),
    }
}

fn is_text(def: &FieldDef) -> bool {
    def.no == no::KEY
        || matches!(def.value_type, ValueType::String | ValueType::Text | ValueType::Uri)
}

fn is_number(def: &FieldDef) -> bool {
    let numeric =
        matches!(def.value_type, ValueType::Integer | ValueType::Float | ValueType::Timetracking);
    numeric && !def.array
}
