//! What a search is asked for: which of the criteria counts, and in which order it answers
//! (contract, `searchIssues`).

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use trackway_api::issues::{ListIssues, SearchRequest};
use trackway_query::{Expr, FieldName, Language, ParseError};

use super::names::{self, Style};
use super::order::{self, BY_KEY, BY_SUMMARY, NEWEST, OrderKey};
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::Filter;
use crate::error::{Code, Error, Result};
use crate::field::no::FieldNo;
use crate::filter;
use crate::issue::refs::{self, Written};
use crate::lang::Lang;

/// What to find.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wanted {
    /// Everything the actor may read.
    All,
    /// The issues of a queue.
    Queue(i64),
    /// The issues with these keys.
    Keys(Vec<String>),
    /// What a filter or query says; of a query its text too, for messages.
    Tree(Expr, Style, Option<Arc<str>>),
}

/// What to find, and in which order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Criteria {
    pub(crate) wanted: Wanted,
    /// Never empty.
    pub(crate) order: Vec<OrderKey>,
}

/// Whether a member counts: null is the same as absent, since the official client sends every
/// member every time.
fn given(member: Option<&Json>) -> Option<&Json> {
    member.filter(|value| !value.is_null())
}

impl Criteria {
    /// Reads a body. Of two criteria the first of queue, keys, filter, query counts.
    ///
    /// # Errors
    /// 400 for three criteria or a query that cannot be read; 404 for an unknown queue or saved
    /// filter; 422 for what does not exist or fit.
    pub(crate) fn read(cx: &Cx<'_, '_>, r: &SearchRequest) -> Result<Self> {
        let queue = given(r.queue.as_ref());
        let keys = given(r.keys.as_ref());
        let filter = given(r.filter.as_ref());
        let saved = given(r.filter_id.as_ref()).filter(|id| id.as_str() != Some(""));
        let query = given(r.query.as_ref());
        let query2 = given(r.query2.as_ref());
        let count = [
            queue.is_some(),
            keys.is_some(),
            filter.is_some() || saved.is_some(),
            query.is_some() || query2.is_some(),
        ];
        if count.into_iter().filter(|is| *is).count() > 2 {
            return Err(Code::CriteriaConflict.err());
        }
        if let Some(queue) = queue {
            return Ok(Self { wanted: read_queue(&cx.dict, queue)?, order: vec![BY_KEY] });
        }
        if let Some(keys) = keys {
            return Ok(Self { wanted: Wanted::Keys(read_keys(keys)?), order: vec![BY_SUMMARY] });
        }
        if let Some(filter) = filter {
            let tree = trackway_query::from_filter(filter)
                .map_err(|error| Code::BodyShape.with(message(cx, &error)).under("filter"))?;
            return Self::by_filter(cx, r, Wanted::Tree(tree, Style::Filter, None));
        }
        if let Some(id) = saved {
            return Self::by_saved(cx, r, id);
        }
        if let Some(query) = query {
            return read_query(cx, query);
        }
        if let Some(expression) = query2 {
            let tree = trackway_query::from_query2(expression)
                .map_err(|error| Code::BodyShape.with(message(cx, &error)).under("query2"))?;
            return Self::by_filter(cx, r, Wanted::Tree(tree, Style::Ids, None));
        }
        Self::by_filter(cx, r, Wanted::All)
    }

    /// A saved filter, in the order asked for, else its own.
    fn by_saved(cx: &Cx<'_, '_>, r: &SearchRequest, id: &Json) -> Result<Self> {
        let id = match id {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            _ => return Err(Code::ValueType.with("integer").under("filterId")),
        };
        let filter = filter::ops::find(cx, &id)?;
        let saved = Saved::read(cx, &filter.body)?;
        let asked = order::read(&cx.dict, r.order.as_ref())?;
        let order = if asked.is_empty() { saved.order } else { asked };
        let Saved { tree, style, text, .. } = saved;
        let wanted = tree.map_or(Wanted::All, |tree| Wanted::Tree(tree, style, text));
        Ok(Self { wanted, order: or_newest(order) })
    }

    /// Only filters heed `order`.
    fn by_filter(cx: &Cx<'_, '_>, r: &SearchRequest, wanted: Wanted) -> Result<Self> {
        Ok(Self { wanted, order: or_newest(order::read(&cx.dict, r.order.as_ref())?) })
    }
}

/// The conditions of a saved filter.
pub(super) struct Saved {
    /// None when it finds everything.
    pub(super) tree: Option<Expr>,
    pub(super) style: Style,
    pub(super) text: Option<Arc<str>>,
    order: Vec<OrderKey>,
}

impl Saved {
    /// Reads a saved filter.
    ///
    /// # Errors
    /// It can no longer be read, or its order names a field that is gone.
    pub(super) fn read(cx: &Cx<'_, '_>, filter: &Filter) -> Result<Self> {
        let mut order: Vec<OrderKey> = filter
            .sorts
            .iter()
            .filter_map(|sort| {
                let field = FieldNo::try_from(sort.field).ok()?;
                Some(OrderKey { field, descending: !sort.ascending })
            })
            .collect();
        if let Some(json) = &filter.filter {
            let tree = trackway_query::from_filter(json)
                .map_err(|error| Code::BodyShape.with(message(cx, &error)).under("filter"))?;
            return Ok(Self { tree: Some(tree), style: Style::Filter, text: None, order });
        }
        let text = filter.query.as_deref().unwrap_or_default();
        let query = trackway_query::parse(text)
            .map_err(|error| Code::QuerySyntax.with(message(cx, &error)))?;
        if !query.sort.is_empty() {
            order = order::of_query(&cx.dict, &query.sort, text)?;
        }
        Ok(Self { tree: query.filter, style: Style::Query, text: Some(text.into()), order })
    }
}

fn or_newest(order: Vec<OrderKey>) -> Vec<OrderKey> {
    if order.is_empty() { vec![NEWEST] } else { order }
}

fn read_queue(dict: &Dict, json: &Json) -> Result<Wanted> {
    let queue = match refs::written(json) {
        Some(Written::Id(id)) => dict.queues.get(id).filter(|q| !q.body.deleted),
        Some(Written::Word(key) | Written::Name(key)) => {
            dict.live_queue(key).or_else(|| dict.live_queue(&key.to_uppercase()))
        }
        None => None,
    };
    queue.map(|q| Wanted::Queue(q.id)).ok_or_else(|| Code::QueueNotFound.err())
}

/// Keys as a list or with commas.
fn read_keys(json: &Json) -> Result<Vec<String>> {
    let wrong = || Code::ValueType.with("array").under("keys");
    match json {
        Json::String(text) => Ok(split(text).collect()),
        Json::Array(items) => {
            let mut keys = Vec::with_capacity(items.len());
            for item in items {
                match refs::written(item) {
                    Some(Written::Word(key) | Written::Name(key)) => keys.extend(split(key)),
                    // No key is a number, so this one is unknown, and unknown keys are skipped.
                    Some(Written::Id(_)) => {}
                    None if item.as_str().is_some() => {}
                    None => return Err(wrong()),
                }
            }
            Ok(keys)
        }
        _ => Err(wrong()),
    }
}

fn split(text: &str) -> impl Iterator<Item = String> {
    text.split(',').map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned)
}

fn read_query(cx: &Cx<'_, '_>, json: &Json) -> Result<Criteria> {
    let text = json.as_str().ok_or_else(|| Code::ValueType.with("string").under("query"))?;
    let query =
        trackway_query::parse(text).map_err(|error| Code::QuerySyntax.with(message(cx, &error)))?;
    let order = or_newest(order::of_query(&cx.dict, &query.sort, text)?);
    let wanted = query
        .filter
        .map_or(Wanted::All, |tree| Wanted::Tree(tree, Style::Query, Some(text.into())));
    Ok(Criteria { wanted, order })
}

pub(super) fn message(cx: &Cx<'_, '_>, error: &ParseError) -> String {
    error.message(match cx.view.lang {
        Lang::Ru => Language::Russian,
        Lang::En => Language::English,
    })
}

/// The body that means the same as the parameters of the old form of search.
///
/// # Errors
/// 400 for a `filter` without a field.
pub(crate) fn body(dict: &Dict, r: &ListIssues) -> Result<SearchRequest> {
    let text = |text: &Option<String>| text.clone().filter(|t| !t.is_empty()).map(Json::from);
    let keys = r.keys.as_ref().filter(|keys| !keys.0.is_empty());
    let filter = r.filter.as_ref().filter(|items| !items.0.is_empty());
    let order = r.order_by.as_deref().filter(|field| !field.is_empty()).map(|field| {
        let sign = if r.order_asc == Some(false) { "-" } else { "+" };
        Json::from(format!("{sign}{}", field.trim_start_matches(['+', '-', ' '])))
    });
    Ok(SearchRequest {
        queue: text(&r.queue),
        keys: keys.map(|keys| keys.0.clone().into()),
        filter: filter.map(|items| read_pairs(dict, &items.0)).transpose()?,
        filter_id: text(&r.filter_id),
        query: r.query.clone().map(Json::from),
        query2: None,
        order,
    })
}

/// `field:value` pairs as a filter object. An item that names no field is one more value of the
/// field before it, because lists of values and of pairs are both joined by commas.
fn read_pairs(dict: &Dict, items: &[String]) -> Result<Json> {
    let mut members: Vec<(String, Vec<String>)> = Vec::new();
    for item in items {
        let pair = item.split_once(':').filter(|(field, _)| is_field(dict, field));
        match (pair, members.last_mut()) {
            (Some((field, value)), _) => {
                let (field, value) = (field.trim(), value.trim().to_owned());
                match members.iter_mut().find(|(name, _)| names::same(name, field)) {
                    Some((_, values)) => values.push(value),
                    None => members.push((field.to_owned(), vec![value])),
                }
            }
            (None, Some((_, values))) => values.push(item.clone()),
            (None, None) => return Err(unknown_pair(item)),
        }
    }
    let members: Map<String, Json> =
        members.into_iter().map(|(field, values)| (field, member(values))).collect();
    Ok(members.into())
}

fn is_field(dict: &Dict, field: &str) -> bool {
    names::lookup(dict, &FieldName::new(field.trim()), Style::Filter).is_ok()
}

fn unknown_pair(item: &str) -> Error {
    match item.split_once(':') {
        Some((field, _)) => Code::FilterUnknown.with(field),
        None => Code::BadParameter.with("filter").and("must be field:value"),
    }
}

/// The values of a field; `from:` and `to:` are the bounds of a range.
fn member(values: Vec<String>) -> Json {
    let mut bounds = Map::new();
    let mut plain = Vec::new();
    for value in values {
        match value.split_once(':') {
            Some((side @ ("from" | "to"), bound)) => {
                bounds.insert(side.to_owned(), bound.trim().into());
            }
            _ => plain.push(Json::from(value)),
        }
    }
    if !bounds.is_empty() {
        plain.push(bounds.into());
    }
    plain.into()
}
