//! Items as clients write them (contract, `ChecklistItemInput`; real-samples, 3).

use serde_json::{Map, Value as Json};

use super::{Deadline, Item};
use crate::cx::Cx;
use crate::error::{Code, Error, Result};
use crate::ids::{Series, Tag, hex_id};
use crate::issue::refs;
use crate::time::{self, DAY_MS, Instant};

/// Most items of a checklist.
const MAX_ITEMS: usize = 500;
/// Longest text of an item, in characters.
const MAX_TEXT: usize = 10_000;
/// Longest address of an item.
const MAX_URL: usize = 2048;

const KINDS: [&str; 4] = ["standard", "metric", "criterion", "filter"];
const DEADLINES: [&str; 2] = ["date", "quarter"];

/// The items after new ones were added at the end: one, or a list.
///
/// # Errors
/// 422 with the member named.
pub fn add(cx: &mut Cx<'_, '_>, mut items: Vec<Item>, json: &Json) -> Result<Vec<Item>> {
    for one in several(json) {
        items.push(new(cx, one)?);
    }
    within_limit(items)
}

/// The items after one was edited; a list of one is taken as well.
///
/// # Errors
/// 404 when there is no such item, 422 with the member named.
pub fn edit(cx: &mut Cx<'_, '_>, mut items: Vec<Item>, id: &str, json: &Json) -> Result<Vec<Item>> {
    let patch = match json {
        Json::Array(list) if list.len() == 1 => list.first().unwrap_or(json),
        other => other,
    };
    let item = find(&mut items, id)?;
    *item = merged(cx, item.clone(), members(patch)?)?;
    Ok(items)
}

/// The items after one was removed.
///
/// # Errors
/// 404 when there is no such item.
pub fn remove(mut items: Vec<Item>, id: &str) -> Result<Vec<Item>> {
    find(&mut items, id)?;
    items.retain(|item| !item.id.eq_ignore_ascii_case(id));
    Ok(items)
}

/// The items after all of them were written anew: the order is that of the list, what is left out
/// goes, and what has no id is new.
///
/// # Errors
/// 404 for an item that is not there, 422 with the member named.
pub fn rewrite(cx: &mut Cx<'_, '_>, mut old: Vec<Item>, json: &Json) -> Result<Vec<Item>> {
    let mut items: Vec<Item> = Vec::new();
    for one in several(json) {
        let patch = members(one)?;
        let item = match id_of(patch)? {
            None => new(cx, one)?,
            Some(id) => {
                if items.iter().any(|item| item.id.eq_ignore_ascii_case(id)) {
                    return Err(Code::ValueRepeated.with(shown(id)).under("id"));
                }
                let item = find(&mut old, id)?.clone();
                merged(cx, item, patch)?
            }
        };
        items.push(item);
    }
    within_limit(items)
}

/// The items after each of them was written anew; members left out are reset (contract,
/// `updateEntityChecklist`).
///
/// # Errors
/// 404 for an item that is not there, 422 when one is left out, or with the member named.
pub fn reset(cx: &mut Cx<'_, '_>, mut old: Vec<Item>, json: &Json) -> Result<Vec<Item>> {
    let list = several(json);
    if list.len() != old.len() {
        return Err(Code::ChecklistIncomplete.with(old.len()));
    }
    let mut items: Vec<Item> = Vec::new();
    for one in list {
        let patch = members(one)?;
        let id = id_of(patch)?.ok_or_else(|| Code::FieldRequired.at("id"))?;
        let id = find(&mut old, id)?.id.clone();
        if items.iter().any(|item| item.id == id) {
            return Err(Code::ValueRepeated.with(id).under("id"));
        }
        let item = merged(cx, Item { id, ..Item::default() }, patch)?;
        items.push(with_text(item)?);
    }
    Ok(items)
}

/// The items after one was put in front of another.
///
/// # Errors
/// 404 when there is no such item, 422 when there is no such other one.
pub fn move_before(mut items: Vec<Item>, id: &str, before: &str) -> Result<Vec<Item>> {
    let moved = find(&mut items, id)?.clone();
    if moved.id.eq_ignore_ascii_case(before) {
        return Ok(items);
    }
    items.retain(|item| item.id != moved.id);
    let place = items.iter().position(|item| item.id.eq_ignore_ascii_case(before));
    let place = place.ok_or_else(|| Code::ValueUnknown.with(shown(before)).under("before"))?;
    items.insert(place, moved);
    Ok(items)
}

/// One item.
///
/// # Errors
/// 404 when there is no such item.
pub fn find<'i>(items: &'i mut [Item], id: &str) -> Result<&'i mut Item> {
    items
        .iter_mut()
        .find(|item| item.id.eq_ignore_ascii_case(id))
        .ok_or_else(|| Code::ChecklistItemNotFound.err())
}

fn several(json: &Json) -> &[Json] {
    match json {
        Json::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

fn members(json: &Json) -> Result<&Map<String, Json>> {
    json.as_object().ok_or_else(|| Code::BodyShape.with("an object is expected"))
}

fn id_of(patch: &Map<String, Json>) -> Result<Option<&str>> {
    match patch.get("id") {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(id)) => Ok(Some(id)),
        Some(_) => Err(Code::ValueType.with("string").under("id")),
    }
}

fn within_limit(items: Vec<Item>) -> Result<Vec<Item>> {
    if items.len() > MAX_ITEMS { Err(Code::TooManyValues.with(MAX_ITEMS)) } else { Ok(items) }
}

fn new(cx: &mut Cx<'_, '_>, json: &Json) -> Result<Item> {
    let item = with_text(merged(cx, Item::default(), members(json)?)?)?;
    // Events give the number: an item has no row of its own, and comes with an event anyway.
    let id = hex_id(Tag::ChecklistItem, cx.now, cx.next(Series::Event)?);
    Ok(Item { id, ..item })
}

fn with_text(item: Item) -> Result<Item> {
    if item.text.is_empty() { Err(Code::FieldRequired.at("text")) } else { Ok(item) }
}

/// An item with the members that a client gave. `null` keeps a value, `{}` clears assignee and
/// deadline. All members are looked at, so that a caller hears of every wrong one at once.
fn merged(cx: &Cx<'_, '_>, mut item: Item, patch: &Map<String, Json>) -> Result<Item> {
    let mut failure: Option<Error> = None;
    for (member, json) in patch.iter().filter(|(_, json)| !json.is_null()) {
        if let Err(error) = member_into(cx, &mut item, member, json) {
            let error = error.under(member);
            failure = Some(match failure {
                Some(first) => first.join(error),
                None => error,
            });
        }
    }
    failure.map_or(Ok(item), Err)
}

fn member_into(cx: &Cx<'_, '_>, item: &mut Item, member: &str, json: &Json) -> Result<()> {
    match member {
        "text" => {
            let text = json.as_str().ok_or_else(|| Code::ValueType.with("string"))?;
            if text.trim().is_empty() {
                return Err(Code::ValueEmpty.err());
            }
            item.text = bounded(text, MAX_TEXT)?;
        }
        "checked" => {
            item.checked = json.as_bool().ok_or_else(|| Code::ValueType.with("boolean"))?;
        }
        "assignee" => item.assignee = assignee(cx, json)?,
        "deadline" => item.deadline = deadline(json)?,
        "url" => {
            let url = json.as_str().ok_or_else(|| Code::ValueType.with("string"))?;
            item.url = Some(bounded(url, MAX_URL)?).filter(|url| !url.is_empty());
        }
        "checklistItemType" => {
            let kind = json.as_str().filter(|kind| KINDS.contains(kind));
            let kind = kind.ok_or_else(|| Code::ValueUnknown.with(shown(&json.to_string())))?;
            item.kind = if kind == "standard" { String::new() } else { kind.to_owned() };
        }
        _ => {}
    }
    Ok(())
}

fn is_clear(json: &Json) -> bool {
    json.as_object().is_some_and(Map::is_empty)
}

fn assignee(cx: &Cx<'_, '_>, json: &Json) -> Result<Option<i64>> {
    if is_clear(json) {
        return Ok(None);
    }
    let user = refs::user(&cx.dict, json).filter(|user| !user.body.dismissed);
    user.map(|user| Some(user.id)).ok_or_else(|| Code::ValueUnknown.with(shown(&json.to_string())))
}

fn deadline(json: &Json) -> Result<Option<Deadline>> {
    if is_clear(json) {
        return Ok(None);
    }
    let wrong = || Code::ValueType.with("datetime");
    let date = match json {
        Json::Object(members) => members.get("date").and_then(Json::as_str),
        other => other.as_str(),
    };
    let date = date.and_then(instant).ok_or_else(wrong)?;
    let kind = match json.get("deadlineType") {
        None | Some(Json::Null) => "date",
        Some(kind) => kind
            .as_str()
            .and_then(|kind| DEADLINES.into_iter().find(|known| known.eq_ignore_ascii_case(kind)))
            .ok_or_else(|| Code::ValueUnknown.with(shown(&kind.to_string())))?,
    };
    Ok(Some(Deadline { date, kind: kind.to_owned() }))
}

/// An instant, or the beginning of a day.
fn instant(text: &str) -> Option<Instant> {
    time::parse_instant(text).or_else(|| Some(i64::from(time::parse_day(text)?) * DAY_MS))
}

fn bounded(text: &str, limit: usize) -> Result<String> {
    if text.chars().count() > limit {
        return Err(Code::ValueTooLong.with(limit));
    }
    Ok(text.to_owned())
}

fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}
