//! Conditions and actions as clients write them.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use trackway_api::types::Members;

use super::{formula, render};
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::{
    Action, Auth, ChecklistItem, Condition, ConditionGroup as Group, FieldUpdate, Hook, ValueType,
};
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
/// Most actions of a rule.
const MAX_ACTIONS: usize = 50;
/// Longest text of an action, in characters.
const MAX_TEXT: usize = 100_000;
/// Longest URL, in characters.
const MAX_URL: usize = 4000;

const CONDITIONS: &str = "conditions";
const ACTIONS: &str = "actions";

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

fn shown(text: &str) -> String {
    text.chars().take(120).collect()
}

/// The wire id of a field that is named by id, key, displayed name, or an object with one of them.
fn field_id(dict: &Dict, queue: i64, json: &Json) -> Result<String> {
    let name = match json {
        Json::String(name) => name.as_str(),
        Json::Object(members) => ["id", "key", "name"]
            .iter()
            .find_map(|member| members.get(*member).and_then(Json::as_str))
            .unwrap_or_default(),
        _ => return Err(Code::ValueType.with("string")),
    };
    let name = if name == "author" { "createdBy" } else { name };
    let usable = |def: &FieldDef| def.queue.is_none_or(|owner| owner == queue);
    let local = |def: &&FieldDef| {
        def.queue == Some(queue) && def.wire.split_once("--").is_some_and(|(_, key)| key == name)
    };
    let found = dict
        .field_index
        .by_wire(name)
        .filter(|def| usable(def))
        .or_else(|| dict.field_index.iter().find(local))
        .or_else(|| {
            let object = dict
                .fields
                .by_name(name, |field| field.queue.is_none_or(|owner| owner == queue))?;
            dict.field_index.by_wire(&object.key)
        });
    found.map(|def| def.wire.clone()).ok_or_else(|| Code::ValueUnknown.with(shown(name)))
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

fn missing(member: &str) -> Error {
    Code::MemberMissing.with(member)
}

fn required<'m>(members: &'m Members, member: &str) -> Result<&'m Json> {
    members.get(member).filter(|json| !json.is_null()).ok_or_else(|| missing(member))
}

fn text(members: &Members, member: &str, limit: usize) -> Result<String> {
    let text = required(members, member)?.as_str().ok_or_else(|| Code::ValueType.with("string"))?;
    if text.trim().is_empty() {
        return Err(missing(member));
    }
    if text.chars().count() > limit {
        return Err(Code::ValueTooLong.with(limit));
    }
    Ok(text.to_owned())
}

fn flag(members: &Members, member: &str) -> Result<bool> {
    match members.get(member) {
        None | Some(Json::Null) => Ok(false),
        Some(json) => json.as_bool().ok_or_else(|| Code::ValueType.with("boolean")),
    }
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
    let unknown = field_templates
        .keys()
        .find(|name| *name != "dueDate" && dict.field_index.by_wire(name).is_none());
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

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

fn hook(members: &Members, old: Option<&Action>) -> Result<Hook> {
    let method = text(members, "method", 10)?.to_ascii_uppercase();
    if !METHODS.contains(&method.as_str()) {
        return Err(Code::ValueUnknown.with(method));
    }
    let endpoint = text(members, "endpoint", MAX_URL)?;
    if !["http://", "https://", "{{"].iter().any(|start| endpoint.starts_with(start)) {
        return Err(Code::ValueType.with("http or https URL"));
    }
    let mut headers = std::collections::BTreeMap::new();
    if let Some(json) = members.get("headers").filter(|json| !json.is_null()) {
        let Json::Object(given) = json else { return Err(Code::ValueType.with("object")) };
        for (name, value) in given {
            let value = value.as_str().ok_or_else(|| Code::ValueType.with("string"))?;
            let word = !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            if !word || value.contains(['\r', '\n']) || value.len() > MAX_URL {
                return Err(Code::ValueUnknown.with(shown(name)));
            }
            headers.insert(name.clone(), value.to_owned());
        }
    }
    let content_type = match members.get("contentType") {
        None | Some(Json::Null) => None,
        Some(_) => Some(text(members, "contentType", 200)?),
    };
    let body = members.get("body").filter(|json| !json.is_null()).cloned();
    if body.as_ref().is_some_and(|body| body.to_string().len() > MAX_TEXT) {
        return Err(Code::ValueTooLong.with(MAX_TEXT));
    }
    let auth_context = auth(members.get("authContext"), old)?;
    Ok(Hook { endpoint, method, auth_context, content_type, headers, body })
}

fn auth(json: Option<&Json>, old: Option<&Action>) -> Result<Auth> {
    let Some(json) = json.filter(|json| !json.is_null()) else { return Ok(Auth::Noauth) };
    let mut auth: Auth = serde_json::from_value(json.clone())
        .map_err(|error| Code::BodyShape.with(shown(&error.to_string())))?;
    let old = match old {
        Some(Action::Webhook(hook)) => Some(&hook.auth_context),
        _ => None,
    };
    match (&mut auth, old) {
        (Auth::Basic { password, .. }, Some(Auth::Basic { password: kept, .. }))
            if password == render::MASK =>
        {
            password.clone_from(kept);
        }
        (Auth::Oauth { access_token, .. }, Some(Auth::Oauth { access_token: kept, .. }))
            if access_token == render::MASK =>
        {
            access_token.clone_from(kept);
        }
        _ => {}
    }
    Ok(auth)
}
