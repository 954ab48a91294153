//! Bodies about automatic filters of boards.

use serde_json::Value as Json;

use super::input;
use crate::dict::Dict;
use crate::dict::model::{AddFilter, Board, FieldTest, RemoveFilter, ValueTest};
use crate::error::{Code, Result};
use crate::field::no::FieldNo;
use crate::issue::input::stored;
use crate::queue::input::{self as body, Problems};
use crate::time;

/// Most fields of a filter, and most values of a field.
const MAX_TESTS: usize = 100;

/// `{addFilter: {liveFilter: {fieldValues}, enabled}, removeFilter: {...}}`.
pub(super) fn fill(dict: &Dict, board: &mut Board, json: &Json, problems: &mut Problems) {
    if !json.is_object() {
        problems.note::<()>(Err(Code::ValueType.with("object").under("autoFilters")));
        return;
    }
    if let Some(json) = json.get("addFilter") {
        let filter = add(dict, board.default_queue, json);
        board.add = problems.note(filter.map_err(|e| e.under("autoFilters.addFilter"))).flatten();
    }
    if let Some(json) = json.get("removeFilter") {
        let filter = remove(dict, json).map_err(|e| e.under("autoFilters.removeFilter"));
        board.remove = problems.note(filter).flatten();
    }
}

fn enabled(json: &Json) -> Result<bool> {
    match json.get("enabled") {
        None | Some(Json::Null) => Ok(true),
        Some(flag) => flag.as_bool().ok_or_else(|| Code::ValueType.with("boolean")),
    }
}

fn add(dict: &Dict, queue: Option<i64>, json: &Json) -> Result<Option<AddFilter>> {
    if json.is_null() {
        return Ok(None);
    }
    let object = || Code::ValueType.with("object");
    if !json.is_object() {
        return Err(object());
    }
    let mut tests = Vec::new();
    match json.pointer("/liveFilter/fieldValues") {
        None | Some(Json::Null) => {}
        Some(fields) => {
            for (name, values) in fields.as_object().ok_or_else(object)? {
                tests.push(test(dict, queue, name, values)?);
            }
        }
    }
    if tests.len() > MAX_TESTS {
        return Err(Code::TooManyValues.with(MAX_TESTS));
    }
    Ok(Some(AddFilter { enabled: enabled(json)?, tests }))
}

fn test(dict: &Dict, queue: Option<i64>, name: &str, values: &Json) -> Result<FieldTest> {
    let field = input::field(dict, &name.into(), "autoFilters.addFilter")?;
    let items = match values {
        Json::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    if items.len() > MAX_TESTS {
        return Err(Code::TooManyValues.with(MAX_TESTS));
    }
    let values = items.iter().map(|json| value(dict, queue, field, json));
    Ok(FieldTest { field, values: values.collect::<Result<_>>()? })
}

/// `{fixed, macro, invert}`, or the value alone.
fn value(dict: &Dict, queue: Option<i64>, field: i64, json: &Json) -> Result<ValueTest> {
    let invert = json.get("invert").and_then(Json::as_bool).unwrap_or_default();
    if let Some(word) = json.get("macro").and_then(Json::as_str) {
        return match word {
            "notEmpty()" => Ok(ValueTest { value: None, invert }),
            "empty()" => Ok(ValueTest { value: None, invert: !invert }),
            other => Err(Code::ValueUnknown.with(other)),
        };
    }
    let json = json.get("fixed").unwrap_or(json);
    let number = FieldNo::try_from(field).ok();
    let def = number.and_then(|field| dict.field_index.get(field));
    let value = def.and_then(|def| stored(dict, def, queue, json));
    let value = value.ok_or_else(|| Code::ValueUnknown.with(body::shown(json)))?;
    Ok(ValueTest { value: Some(value), invert })
}

fn remove(dict: &Dict, json: &Json) -> Result<Option<RemoveFilter>> {
    if json.is_null() {
        return Ok(None);
    }
    if !json.is_object() {
        return Err(Code::ValueType.with("object"));
    }
    let member = |name: &str| json.get(name).filter(|json| !json.is_null());
    let statuses = member("statuses").map(|json| input::statuses(dict, json)).transpose()?;
    let needs_resolution = match member("checkResolutionPresence") {
        None => false,
        Some(flag) => flag.as_bool().ok_or_else(|| Code::ValueType.with("boolean"))?,
    };
    let after_text = member("maxTimeInToRemoveState")
        .map(|json| body::text(json, "maxTimeInToRemoveState").map(str::to_owned))
        .transpose()?;
    let after = after_text
        .as_deref()
        .map(|text| time::parse_calendar(text).ok_or_else(|| Code::ValueType.with("duration")))
        .transpose()?;
    Ok(Some(RemoveFilter {
        enabled: enabled(json)?,
        statuses: statuses.unwrap_or_default(),
        needs_resolution,
        after,
        after_text,
    }))
}
