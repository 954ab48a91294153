//! Orders of search results (query-language.md, 8).

use std::borrow::Borrow;

use serde_json::Value as Json;
use trackway_query::{FieldName, Sort};
use trackway_search::{Index, RoaringBitmap, SortBy, SortKey};

use super::names::{self, Style, Target, shown};
use super::place;
use super::text_order::TextOrder;
use crate::dict::model::{Body, ValueType};
use crate::dict::{Dict, Object, Table};
use crate::error::{Code, Result};
use crate::field::FieldDef;
use crate::field::no::{self, FieldNo};
use crate::issue::codec::key_term;
use crate::issue::value::{Form, collation};
use crate::lang::Lang;

/// One key of an order, as a caller asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OrderKey {
    /// The field.
    pub(crate) field: FieldNo,
    /// Greatest first.
    pub(crate) descending: bool,
}

/// By issue key.
pub(crate) const BY_KEY: OrderKey = OrderKey { field: no::KEY, descending: false };
/// By summary, the order of `keys`.
pub(crate) const BY_SUMMARY: OrderKey = OrderKey { field: no::SUMMARY, descending: false };
/// Last changed first, the order of filters and queries that name none.
pub(crate) const NEWEST: OrderKey = OrderKey { field: no::UPDATED_AT, descending: true };

/// Reads `order`: `[+|-]field`, several of them with commas or as a list.
///
/// # Errors
/// 422: no such field, one that has no order, or another shape.
pub(crate) fn read(dict: &Dict, order: Option<&Json>) -> Result<Vec<OrderKey>> {
    let mut keys = Vec::new();
    let mut add = |text: &str| -> Result<()> {
        for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
            let (descending, name) = match one.strip_prefix('-') {
                Some(name) => (true, name),
                None => (false, one.strip_prefix('+').unwrap_or(one)),
            };
            keys.push(key(dict, &FieldName::new(name.trim()), Style::Filter, descending)?);
        }
        Ok(())
    };
    match order {
        None | Some(Json::Null) => {}
        Some(Json::String(text)) => add(text)?,
        Some(Json::Array(items)) => {
            for item in items {
                add(item.as_str().ok_or_else(|| Code::ValueType.with("string").under("order"))?)?;
            }
        }
        Some(_) => return Err(Code::ValueType.with("string").under("order")),
    }
    Ok(keys)
}

/// Reads a `"Sort By"` clause.
///
/// # Errors
/// 422: no such field, or one that has no order.
pub(crate) fn of_query(dict: &Dict, sort: &[Sort], text: &str) -> Result<Vec<OrderKey>> {
    sort.iter()
        .map(|s| {
            let key = key(dict, &s.field, Style::Query, s.descending);
            key.map_err(|error| place::hinted(error, Some(text), s.span))
        })
        .collect()
}

fn key(dict: &Dict, name: &FieldName, style: Style, descending: bool) -> Result<OrderKey> {
    let no_order = || Code::FilterValue.with(shown(name)).and("Sort By");
    let Target::Field(field) = names::lookup(dict, name, style)? else { return Err(no_order()) };
    let def = dict.field_index.get(field).ok_or_else(no_order)?;
    if def.value_type == ValueType::Text || Form::of(def) == Form::Json {
        return Err(no_order());
    }
    Ok(OrderKey { field, descending })
}

/// The fields of an order whose texts must be read first, each with its place in the order.
pub(crate) fn text_fields(dict: &Dict, order: &[OrderKey]) -> Vec<(usize, FieldNo)> {
    let is_text = |field: &FieldNo| {
        *field != no::KEY
            && dict
                .field_index
                .get(*field)
                .is_some_and(|def| matches!(Form::of(def), Form::Text | Form::Texts))
    };
    order.iter().map(|key| key.field).enumerate().filter(|(_, field)| is_text(field)).collect()
}

/// What an order is compiled against.
pub(crate) struct Compiler<'a> {
    pub(crate) dict: &'a Dict,
    pub(crate) index: &'a Index,
    /// Names are compared in this language.
    pub(crate) lang: Lang,
    pub(crate) texts: &'a TextOrder,
}

impl Compiler<'_> {
    /// The order as the index takes it. Ties are broken by key, so that pages are stable.
    pub(crate) fn order(&self, order: &[OrderKey], hits: &RoaringBitmap) -> Vec<SortKey> {
        let ends_by_key = order.iter().any(|key| key.field == no::KEY);
        let last = (!ends_by_key).then_some(&BY_KEY);
        order
            .iter()
            .chain(last)
            .filter_map(|key| Some((key, self.dict.field_index.get(key.field)?)))
            .flat_map(|(key, def)| {
                let letters = (key.field == no::SUMMARY).then_some(SortBy::Value);
                let by = letters.into_iter().chain([self.by(def, hits)]);
                by.map(move |by| SortKey { field: key.field, descending: key.descending, by })
            })
            .collect()
    }

    fn by(&self, def: &FieldDef, hits: &RoaringBitmap) -> SortBy {
        let dict = self.dict;
        let present = || self.index.values(def.no).map(|(value, _)| value).collect::<Vec<_>>();
        match def.value_type {
            _ if def.no == no::KEY => self.by_key(),
            ValueType::Status => by_place(&dict.statuses),
            ValueType::IssueType => by_place(&dict.types),
            ValueType::Priority => by_place(&dict.priorities),
            ValueType::Resolution => by_place(&dict.resolutions),
            ValueType::User => self.by_name(&dict.users, &present()),
            ValueType::Component => self.by_name(&dict.components, &present()),
            ValueType::Version => self.by_name(&dict.versions, &present()),
            ValueType::Group => self.by_name(&dict.groups, &present()),
            ValueType::Sprint => self.by_name(&dict.sprints, &present()),
            ValueType::Board => self.by_name(&dict.boards, &present()),
            ValueType::Maillist => self.by_name(&dict.maillists, &present()),
            ValueType::Project | ValueType::Goal => self.by_name(&dict.entities, &present()),
            ValueType::Queue => singles(self.queues()),
            ValueType::Issue => self.by_issue(def.no, hits),
            _ if matches!(Form::of(def), Form::Text | Form::Texts) => {
                SortBy::Given(self.texts.get(&def.no).cloned().unwrap_or_default())
            }
            _ => SortBy::Value,
        }
    }

    /// Queues by key.
    fn queues(&self) -> Vec<i64> {
        let mut queues: Vec<_> = self.dict.queues.iter().map(|q| (q.key.as_str(), q.id)).collect();
        queues.sort_unstable();
        queues.into_iter().map(|(_, id)| id).collect()
    }

    /// The queue's key by letters, then the number as a number.
    fn by_key(&self) -> SortBy {
        let all = |queue| (key_term(queue, 0), key_term(queue, i64::from(u32::MAX)));
        SortBy::Segments(self.queues().into_iter().map(all).collect())
    }

    /// Objects by displayed name.
    fn by_name<T: Body>(&self, table: &Table<T>, ids: &[i64]) -> SortBy {
        let objects = ids.iter().filter_map(|id| table.get(*id));
        let name = |o: &Object<T>| (collation(o.name.get(self.lang)), o.id);
        let mut named: Vec<_> = objects.map(|o| name(o.borrow())).collect();
        named.sort_unstable();
        singles(named.into_iter().map(|(_, id)| id))
    }

    /// Other issues by their keys.
    fn by_issue(&self, field: FieldNo, hits: &RoaringBitmap) -> SortBy {
        let places: rustc_hash::FxHashMap<i64, usize> =
            self.queues().into_iter().enumerate().map(|(place, id)| (id, place)).collect();
        let mut issues: Vec<_> = self
            .index
            .facet(field, hits)
            .into_iter()
            .filter_map(|(id, _)| {
                let term = self.index.value(no::KEY, u32::try_from(id).ok()?)?;
                Some((places.get(&(term >> 32)).copied(), term, id))
            })
            .collect();
        issues.sort_unstable();
        singles(issues.into_iter().map(|(.., id)| id))
    }
}

/// Objects in the order of their list.
fn by_place<T: Body>(table: &Table<T>) -> SortBy {
    singles(table.iter().map(|o| o.id))
}

/// Values in this order, whatever kind of field has them.
fn singles(values: impl IntoIterator<Item = i64>) -> SortBy {
    SortBy::Segments(values.into_iter().map(|value| (value, value)).collect())
}
