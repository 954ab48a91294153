//! Metrics and key results of entities as clients write them.

use serde_json::{Map, Value as Json};

use super::input::{text, user};
use crate::cx::Cx;
use crate::error::{Code, Result};
use crate::ids::{Series, Tag, hex_id};
use crate::queue::input::shown;
use crate::time::{instant_text, parse_instant};

const MAX_ITEMS: usize = 200;
const MAX_ITEM_TEXT: usize = 10_000;

type ItemOf = fn(&mut Cx<'_, '_>, &mut Map<String, Json>, &str, &Json) -> Result<()>;

/// A list of structures with ids: replaced by a list, changed by `add` and `remove`.
pub(super) fn items(
    cx: &mut Cx<'_, '_>,
    old: &[Json],
    json: &Json,
    member: ItemOf,
) -> Result<Vec<Json>> {
    let empty = Json::Array(Vec::new());
    let (mut kept, added): (Vec<Json>, &Json) = match json {
        Json::Null => return Ok(Vec::new()),
        Json::Array(_) => (Vec::new(), json),
        Json::Object(members) if members.contains_key("set") => {
            (Vec::new(), members.get("set").unwrap_or(&empty))
        }
        Json::Object(members) if members.contains_key("add") || members.contains_key("remove") => {
            let gone = members.get("remove").map(several).unwrap_or_default();
            let gone: Vec<Option<&str>> =
                gone.iter().map(|one| one.as_str().or_else(|| id_of(one))).collect();
            let kept = old.iter().filter(|item| !gone.contains(&id_of(item))).cloned().collect();
            (kept, members.get("add").unwrap_or(&empty))
        }
        one => (Vec::new(), one),
    };
    for one in several(added) {
        let given = one.as_object().ok_or_else(|| Code::ValueType.with("object"))?;
        let before = id_of(one).and_then(|id| old.iter().find(|item| id_of(item) == Some(id)));
        let mut item = before.and_then(Json::as_object).cloned().unwrap_or_default();
        for (name, value) in given.iter().filter(|(name, _)| *name != "id") {
            member(cx, &mut item, name, value)?;
        }
        if !item.contains_key("id") {
            let id = hex_id(Tag::ChecklistItem, cx.now, cx.next(Series::EntityEvent)?);
            item.insert("id".to_owned(), id.into());
        }
        kept.push(Json::Object(item));
    }
    if kept.len() > MAX_ITEMS {
        return Err(Code::TooManyValues.with(MAX_ITEMS));
    }
    Ok(kept)
}

fn several(json: &Json) -> Vec<&Json> {
    match json {
        Json::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

fn id_of(item: &Json) -> Option<&str> {
    item.get("id").and_then(Json::as_str)
}

/// A member of a metric.
pub(super) fn metric(
    _: &mut Cx<'_, '_>,
    item: &mut Map<String, Json>,
    name: &str,
    json: &Json,
) -> Result<()> {
    if matches!(name, "text" | "url") {
        put_text(item, name, json)?;
    }
    Ok(())
}

/// A member of a key result.
pub(super) fn key_result(
    cx: &mut Cx<'_, '_>,
    item: &mut Map<String, Json>,
    name: &str,
    json: &Json,
) -> Result<()> {
    match name {
        "text" => put_text(item, name, json)?,
        "type" => {
            let kind = json.as_str().filter(|kind| matches!(*kind, "value" | "binary"));
            let kind = kind.ok_or_else(|| Code::ValueUnknown.with(shown(json)))?;
            item.insert(name.to_owned(), kind.into());
        }
        "assignee" | "deadline" if json.is_null() => {
            item.remove(name);
        }
        "assignee" => {
            let uid = user(&cx.dict, json)?;
            item.insert(name.to_owned(), uid.into());
        }
        "achieved" => {
            let done = json.as_bool().ok_or_else(|| Code::ValueType.with("boolean"))?;
            item.insert(name.to_owned(), done.into());
        }
        "deadline" => {
            let date = json.as_str().or_else(|| json.get("date").and_then(Json::as_str));
            let date = date.and_then(parse_instant);
            let date = date.ok_or_else(|| Code::ValueType.with("datetime"))?;
            let kind = json.get("deadlineType").and_then(Json::as_str);
            let kind = if kind == Some("quarter") { "quarter" } else { "date" };
            let members: Map<String, Json> = [
                ("date".to_owned(), instant_text(date).into()),
                ("deadlineType".to_owned(), kind.into()),
            ]
            .into_iter()
            .collect();
            item.insert(name.to_owned(), members.into());
        }
        "progress" => {
            let given = json.as_object().ok_or_else(|| Code::ValueType.with("object"))?;
            let mut members = item.get(name).and_then(Json::as_object).cloned().unwrap_or_default();
            for part in ["start", "end", "current"] {
                if let Some(number) = given.get(part) {
                    let number = number.as_f64().ok_or_else(|| Code::ValueType.with("float"))?;
                    members.insert(part.to_owned(), number.into());
                }
            }
            item.insert(name.to_owned(), members.into());
        }
        _ => {}
    }
    Ok(())
}

fn put_text(item: &mut Map<String, Json>, name: &str, json: &Json) -> Result<()> {
    match text(json, MAX_ITEM_TEXT)? {
        Some(text) => item.insert(name.to_owned(), text.into()),
        None => item.remove(name),
    };
    Ok(())
}
