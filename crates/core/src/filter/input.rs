//! Bodies about saved filters.

use serde_json::Value as Json;
use trackway_api::types::Members;

use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::{Filter, SavedSort};
use crate::error::{Code, Result};
use crate::issue::refs::{self, Written};
use crate::queue::input::{self, Problems};
use crate::queue::rules;
use crate::search::check;

/// Most columns or keys of an order.
const MAX_FIELDS: usize = 100;
/// Longest name of a folder.
const MAX_FOLDER: usize = 255;

/// The filter after a patch. What it does not name stays; a `filter` is replaced whole, and drops
/// the `query` as the `query` drops it (contract, `updateFilter`).
///
/// # Errors
/// 400 when both or none of `filter` and `query` are left, 422 for wrong members.
pub(super) fn patched(cx: &Cx<'_, '_>, old: &Filter, patch: &Members) -> Result<Filter> {
    let given = |member: &str| patch.get(member).filter(|json| !json.is_null());
    let mut new = old.clone();
    let mut problems = Problems::default();
    if let Some(json) = patch.get("name") {
        let name = input::text(json, "name").and_then(input::name);
        new.name = problems.note(name).unwrap_or_default();
    }
    match (given("filter"), given("query")) {
        (Some(_), Some(_)) => return Err(Code::FilterCriteria.err()),
        (Some(filter), None) => {
            problems.note(object(filter).and_then(|()| check::filter(cx, filter)));
            (new.filter, new.query) = (Some(filter.clone()), None);
        }
        (None, Some(query)) => {
            let text = input::text(query, "query")?;
            problems.note(check::query(cx, text));
            (new.filter, new.query) = (None, Some(text.to_owned()));
        }
        (None, None) if new.filter.is_none() && new.query.is_none() => {
            return Err(Code::FilterCriteria.err());
        }
        (None, None) => {}
    }
    if let Some(json) = patch.get("fields") {
        let read = |json: &Json| field(&cx.dict, json, "fields");
        new.fields = problems.note(list(json, "fields", read)).unwrap_or_default();
    }
    if let Some(json) = patch.get("sorts") {
        let read = |json: &Json| sort(&cx.dict, json);
        new.sorts = problems.note(list(json, "sorts", read)).unwrap_or_default();
    }
    if let Some(json) = patch.get("groupBy") {
        let field = (!json.is_null()).then(|| field(&cx.dict, json, "groupBy")).transpose();
        new.group_by = problems.note(field).flatten();
    }
    if let Some(json) = patch.get("folder") {
        new.folder = problems.note(folder(json)).flatten();
    }
    if let Some(json) = given("permissions") {
        share(&cx.dict, &mut new, json, &mut problems);
    }
    problems.end()?;
    Ok(new)
}

fn object(json: &Json) -> Result<()> {
    if json.is_object() { Ok(()) } else { Err(Code::ValueType.with("object").under("filter")) }
}

/// A list; `null` empties it.
fn list<T>(json: &Json, member: &str, read: impl Fn(&Json) -> Result<T>) -> Result<Vec<T>> {
    let items = match json {
        Json::Null => return Ok(Vec::new()),
        Json::Array(items) => items,
        _ => return Err(Code::ValueType.with("array").under(member)),
    };
    if items.len() > MAX_FIELDS {
        return Err(Code::TooManyValues.with(MAX_FIELDS).under(member));
    }
    items.iter().map(read).collect()
}

/// A field by any of its names.
fn field(dict: &Dict, json: &Json, member: &str) -> Result<i64> {
    match refs::written(json) {
        Some(Written::Word(name) | Written::Name(name)) => {
            check::field(dict, name).map(i64::from).map_err(|error| error.under(member))
        }
        Some(Written::Id(id)) => Err(Code::ValueUnknown.with(id).under(member)),
        None => Err(Code::ValueType.with("field").under(member)),
    }
}

fn sort(dict: &Dict, json: &Json) -> Result<SavedSort> {
    let members = json.as_object().ok_or_else(|| Code::ValueType.with("object").under("sorts"))?;
    let by = members.get("field").ok_or_else(|| Code::FieldRequired.at("sorts.field"))?;
    let field = field(dict, by, "sorts.field")?;
    let ascending = input::flag(members, "isAscending")?.unwrap_or(true);
    Ok(SavedSort { field, ascending })
}

/// The number or name of a folder.
fn folder(json: &Json) -> Result<Option<Json>> {
    match json {
        Json::Null => Ok(None),
        Json::String(name) if name.chars().count() > MAX_FOLDER => {
            Err(Code::ValueTooLong.with(MAX_FOLDER).under("folder"))
        }
        Json::String(_) => Ok(Some(json.clone())),
        Json::Number(n) if n.is_i64() => Ok(Some(json.clone())),
        _ => Err(Code::ValueType.with("integer, string").under("folder")),
    }
}

/// `{READ: {users, groups}, WRITE: {...}}`, the form in which answers show it.
fn share(dict: &Dict, filter: &mut Filter, json: &Json, problems: &mut Problems) {
    let Some(rights) = json.as_object() else {
        let error = Code::ValueType.with("{READ, WRITE}").under("permissions");
        problems.note::<()>(Err(error));
        return;
    };
    for (right, subjects) in [("READ", &mut filter.read), ("WRITE", &mut filter.write)] {
        let found = rights.iter().find(|(name, _)| name.eq_ignore_ascii_case(right));
        if let Some((_, json)) = found {
            let member = format!("permissions.{right}");
            rules::change(dict, (&member, false), subjects, json, problems);
        }
    }
}
