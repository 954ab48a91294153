//! Conditions and actions as clients write them.

mod actions;
mod conditions;
mod hook;

use serde_json::Value as Json;
use trackway_api::types::Members;

pub use actions::{actions, updates};
pub use conditions::conditions;

use crate::dict::Dict;
use crate::error::{Code, Error, Result};
use crate::field::FieldDef;

/// Longest text of an action, in characters.
const MAX_TEXT: usize = 100_000;

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
