//! Finding entities. They live in memory, so that a search looks at each.

use std::cmp::Ordering;
use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::entities::{EntitySearch, EntitySearchResult, SearchEntities};

use super::fields::{self, custom};
use super::{input, kind, ops};
use crate::access::find_entity;
use crate::cx::{Cx, Reply};
use crate::dict::model::{Entity, EntityType};
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::issue::refs;
use crate::paging::Page;
use crate::search::names::same;
use crate::time::parse_instant;

const MAX_PAGE: i64 = 1000;

/// Finds entities of a kind.
pub fn search(cx: &mut Cx<'_, '_>, r: &SearchEntities) -> Result<Reply<EntitySearchResult>> {
    let kind = kind(&r.kind)?;
    let names = fields::asked(&cx.dict, r.fields.as_ref())?;
    let page = Page::new(r.page, r.per_page, MAX_PAGE)?;
    let nothing = EntitySearch::default();
    let wanted = r.body.0.as_ref().unwrap_or(&nothing);
    let found = find(cx, kind, wanted)?;
    let hits = found.len() as u64;
    let shown: Vec<&Arc<Object<Entity>>> =
        found.iter().skip(page.offset()).take(page.limit()).collect();
    let values = ops::wires(cx, &shown, names.as_deref(), r.expand.as_ref())?;
    Ok(Reply::new(EntitySearchResult {
        hits,
        pages: hits.div_ceil(page.per_page),
        values,
        order_by: wanted.order_by.clone(),
    }))
}

fn find(
    cx: &Cx<'_, '_>,
    kind: EntityType,
    wanted: &EntitySearch,
) -> Result<Vec<Arc<Object<Entity>>>> {
    let mut found = ops::visible(cx, kind);
    if let Some(input) = wanted.input.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let input = input.to_lowercase();
        found.retain(|entity| entity.body.summary.to_lowercase().contains(&input));
    }
    if wanted.root_only == Some(true) {
        found.retain(|entity| entity.body.parent.is_none() && entity.body.more_parents.is_empty());
    }
    for (name, json) in wanted.filter.iter().flatten() {
        let condition = Condition::new(cx, name, json).map_err(|error| error.under(name))?;
        found.retain(|entity| condition.holds(entity));
    }
    sort(cx, &mut found, wanted)?;
    Ok(found)
}

/// Fields as a filter or an order needs them: each value of an entity as a text, or a number that
/// has an order.
#[derive(Clone, Debug, PartialEq)]
enum Key {
    Text(String),
    Number(i64),
}

/// Values of a field of an entity; `None` for a field that cannot be searched.
fn keys(dict: &Dict, entity: &Object<Entity>, name: &str) -> Option<Vec<Key>> {
    let body = &entity.body;
    let numbers = |ids: &[i64]| ids.iter().copied().map(Key::Number).collect();
    let texts = |texts: &[String]| texts.iter().cloned().map(Key::Text).collect();
    let one = |number: Option<i64>| number.map(Key::Number).into_iter().collect();
    let text = |text: &str| vec![Key::Text(text.to_owned())];
    Some(match name {
        "id" | "shortId" => vec![Key::Number(entity.id)],
        "summary" => text(&body.summary),
        "description" => body.description.clone().map(Key::Text).into_iter().collect(),
        "author" => vec![Key::Number(body.author)],
        "createdBy" => vec![Key::Number(body.created_by)],
        "updatedBy" => vec![Key::Number(body.updated_by)],
        "lead" => one(body.lead),
        "teamUsers" => numbers(&body.team_users),
        "clients" => numbers(&body.clients),
        "followers" => numbers(&body.followers),
        "start" => one(body.start.map(i64::from)),
        "end" => one(body.end.map(i64::from)),
        "quarter" => texts(&body.quarter),
        "tags" => texts(&body.tags),
        "parentEntity" => {
            body.parent.iter().chain(&body.more_parents).copied().map(Key::Number).collect()
        }
        "teamAccess" => one(body.team_access.map(i64::from)),
        "entityStatus" => text(&body.entity_status),
        "queues" => numbers(&body.queues),
        "createdAt" => vec![Key::Number(body.created_at)],
        "updatedAt" => vec![Key::Number(body.updated_at)],
        "lastCommentUpdatedAt" => one(body.last_comment_at),
        _ => {
            let stored = body.custom.get(&custom(dict, name)?.no).cloned().unwrap_or_default();
            several(&stored).iter().filter_map(stored_key).collect()
        }
    })
}

fn stored_key(json: &Json) -> Option<Key> {
    match json {
        Json::Number(n) => n.as_i64().map(Key::Number),
        Json::String(text) => Some(Key::Text(text.clone())),
        _ => None,
    }
}

fn several(json: &Json) -> Vec<Json> {
    match json {
        Json::Null => Vec::new(),
        Json::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}

/// A condition on one field.
struct Condition<'a> {
    dict: &'a Dict,
    name: &'a str,
    test: Test,
}

enum Test {
    Empty,
    NotEmpty,
    AnyOf(Vec<Key>),
    Between(Option<i64>, Option<i64>),
}

impl<'a> Condition<'a> {
    fn new(cx: &'a Cx<'_, '_>, name: &'a str, json: &Json) -> Result<Self> {
        let known = fields::NAMES.contains(&name) || custom(&cx.dict, name).is_some();
        if !known {
            return Err(Code::FieldUnknown.err());
        }
        let test = match json {
            Json::String(text) if text == "empty()" => Test::Empty,
            Json::String(text) if text == "notEmpty()" => Test::NotEmpty,
            Json::Object(range) if range.contains_key("from") || range.contains_key("to") => {
                let end = |end: &str| match range.get(end).filter(|json| !json.is_null()) {
                    None => Ok(None),
                    Some(json) => match key(cx, name, json)? {
                        Key::Number(number) => Ok(Some(number)),
                        Key::Text(_) => Err(Code::ValueType.with("date")),
                    },
                };
                Test::Between(end("from")?, end("to")?)
            }
            other => {
                let values = several(other);
                Test::AnyOf(values.iter().map(|one| key(cx, name, one)).collect::<Result<_>>()?)
            }
        };
        Ok(Self { dict: &cx.dict, name, test })
    }

    fn holds(&self, entity: &Object<Entity>) -> bool {
        let own = keys(self.dict, entity, self.name).unwrap_or_default();
        match &self.test {
            Test::Empty => own.is_empty(),
            Test::NotEmpty => !own.is_empty(),
            Test::AnyOf(wanted) => own.iter().any(|own| wanted.iter().any(|w| equal(own, w))),
            Test::Between(from, to) => own.iter().any(|own| match own {
                Key::Number(n) => {
                    from.is_none_or(|from| *n >= from) && to.is_none_or(|to| *n <= to)
                }
                Key::Text(_) => false,
            }),
        }
    }
}

fn equal(a: &Key, b: &Key) -> bool {
    match (a, b) {
        (Key::Text(a), Key::Text(b)) => same(a, b),
        _ => a == b,
    }
}

/// What a client names as the value of a field.
fn key(cx: &Cx<'_, '_>, name: &str, json: &Json) -> Result<Key> {
    let unknown = || Code::ValueUnknown.with(input::shown(json));
    let wrong = |what: &str| Code::ValueType.with(what);
    Ok(match name {
        "author" | "lead" | "teamUsers" | "clients" | "followers" | "createdBy" | "updatedBy" => {
            if json.as_str() == Some("me()") {
                return Ok(Key::Number(cx.actor.uid));
            }
            Key::Number(refs::user(&cx.dict, json).ok_or_else(unknown)?.id)
        }
        "id" | "shortId" | "parentEntity" => {
            let id = input::named(json).ok_or_else(|| wrong("id"))?;
            // What is not there has no number, and nothing below it.
            Key::Number(find_entity(&cx.dict, &id).map_or(0, |entity| entity.id))
        }
        "queues" => {
            let queue = refs::object(&cx.dict.queues, json, |queue| !queue.deleted);
            Key::Number(queue.ok_or_else(unknown)?.id)
        }
        "start" | "end" => {
            Key::Number(input::day(json)?.map(i64::from).ok_or_else(|| wrong("date"))?)
        }
        "createdAt" | "updatedAt" | "lastCommentUpdatedAt" => {
            let at = json.as_str().and_then(parse_instant);
            Key::Number(at.ok_or_else(|| wrong("datetime"))?)
        }
        "teamAccess" => {
            let flag = json.as_bool().or_else(|| json.as_str().and_then(|t| t.parse().ok()));
            Key::Number(i64::from(flag.ok_or_else(|| wrong("boolean"))?))
        }
        _ => stored_key(json).ok_or_else(|| wrong("string"))?,
    })
}

/// Dates come newest first, everything else in order, unless asked otherwise.
fn sort(cx: &Cx<'_, '_>, found: &mut [Arc<Object<Entity>>], wanted: &EntitySearch) -> Result<()> {
    const DATES: [&str; 5] = ["createdAt", "updatedAt", "start", "end", "lastCommentUpdatedAt"];
    let Some(name) = wanted.order_by.as_deref().filter(|name| !name.is_empty()) else {
        return Ok(());
    };
    if !fields::NAMES.contains(&name) && custom(&cx.dict, name).is_none() {
        return Err(Code::FieldUnknown.at("orderBy"));
    }
    let ascending = wanted.order_asc.unwrap_or(!DATES.contains(&name));
    let people = ["author", "lead", "createdBy", "updatedBy"].contains(&name);
    let text = |entity: &Object<Entity>| -> Option<(i64, String)> {
        match keys(&cx.dict, entity, name)?.into_iter().next()? {
            Key::Number(uid) if people => {
                let member = cx.dict.users.get(uid);
                let name = member.map(|m| m.name.get(cx.view.lang).to_lowercase());
                Some((0, name.unwrap_or_default()))
            }
            Key::Number(number) => Some((number, String::new())),
            Key::Text(text) => Some((0, text.to_lowercase())),
        }
    };
    // Whatever has no value comes last in either order.
    found.sort_by_cached_key(|entity| {
        let key = text(entity);
        Sorted { key, ascending, id: entity.id }
    });
    Ok(())
}

#[derive(PartialEq, Eq)]
struct Sorted {
    key: Option<(i64, String)>,
    ascending: bool,
    id: i64,
}

impl Ord for Sorted {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_key = match (&self.key, &other.key) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) if self.ascending => a.cmp(b),
            (Some(a), Some(b)) => b.cmp(a),
        };
        by_key.then(self.id.cmp(&other.id))
    }
}

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
