//! Orders by texts. The index knows the first letters of summaries and hashes of other texts only,
//! so the texts themselves decide; how many are read is bounded.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};
use trackway_search::{Cond, DocId, RoaringBitmap, SortBy, SortKey};

use super::order::{self, OrderKey};
use crate::cx::Cx;
use crate::error::{Code, Error, Result};
use crate::field::no::{self, FieldNo};
use crate::issue::value::collation;

/// Summaries of issues.
pub const SUMMARIES: &str = "SELECT id, summary FROM issue_text WHERE org_id = $1 AND id {any:$2}";
/// Other texts of issues.
pub const TEXTS: &str = "SELECT id, plain FROM issue_text WHERE org_id = $1 AND id {any:$2}";

/// Every statement, for the test that prepares them.
pub const ALL_SQL: &[&str] = &[SUMMARIES, TEXTS];

/// Issues read at once.
const CHUNK: usize = 5000;

/// Most issues whose texts one search reads to put them in order; more take seconds.
const MAX_READ: u64 = 200_000;

/// Numbers of issues in the order of their texts, by field.
pub(crate) type TextOrder = FxHashMap<FieldNo, Arc<FxHashMap<DocId, u32>>>;

/// Which hits somebody wants to see.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Window {
    /// All of them.
    All,
    /// So many, after so many.
    Page { offset: usize, limit: usize },
    /// So many after an issue.
    After { doc: DocId, limit: usize },
}

/// Puts issues in the order of the texts that they have in the text fields of an order, as far as
/// it decides who is in a window of the hits, and where.
///
/// # Errors
/// 422 when too many issues would have to be looked at; the database fails.
pub(crate) fn of(
    cx: &mut Cx<'_, '_>,
    order: &[OrderKey],
    hits: &RoaringBitmap,
    window: Window,
) -> Result<TextOrder> {
    let mut numbers = TextOrder::default();
    for (level, field) in order::text_fields(&cx.dict, order) {
        let rivals = match order.first() {
            // What comes before and behind the window is told apart by the first letters.
            Some(key) if level == 0 && field == no::SUMMARY => rivals(cx, *key, hits, window),
            _ => hits.clone(),
        };
        if rivals.len() > MAX_READ {
            let name = cx.dict.field_index.get(field).map_or("", |def| def.wire.as_str());
            return Err(Code::TooManyToSort.with(name).and(MAX_READ));
        }
        let ids: Vec<i64> = rivals.iter().map(i64::from).collect();
        let texts =
            if field == no::SUMMARY { summaries(cx, &ids)? } else { plain_texts(cx, field, &ids)? };
        numbers.insert(field, Arc::new(numbered(texts)));
    }
    Ok(numbers)
}

/// The hits that may be in the window: those whose summaries begin like one of them, and those
/// between. The issue after which the window begins is one of them.
fn rivals(cx: &Cx<'_, '_>, key: OrderKey, hits: &RoaringBitmap, window: Window) -> RoaringBitmap {
    let index = cx.index.index.read();
    let rough = [SortKey { field: no::SUMMARY, descending: key.descending, by: SortBy::Value }];
    let place = |doc: &DocId| index.value(no::SUMMARY, *doc);
    let (places, after) = match window {
        Window::All => return hits.clone(),
        Window::Page { offset, limit } => {
            let page = index.page(hits, &rough, offset, limit);
            (
                page.first()
                    .into_iter()
                    .chain(page.last())
                    .filter_map(&place)
                    .collect::<Vec<i64>>(),
                None,
            )
        }
        Window::After { doc, limit } => {
            let Some(own) = place(&doc) else { return RoaringBitmap::new() };
            // All that begin like the issue are rivals, and as many again as are wanted.
            let (from, to) = if key.descending {
                (None, Some(own.saturating_sub(1)))
            } else {
                (Some(own.saturating_add(1)), None)
            };
            let beyond = index.eval_within(&Cond::Range { field: no::SUMMARY, from, to }, hits);
            let last = index.page(&beyond, &rough, 0, limit).last().and_then(&place);
            (last.into_iter().chain([own]).collect::<Vec<i64>>(), Some(doc))
        }
    };
    if places.is_empty() {
        return RoaringBitmap::new();
    }
    let range = Cond::Range {
        field: no::SUMMARY,
        from: places.iter().min().copied(),
        to: places.iter().max().copied(),
    };
    let mut rivals = index.eval_within(&range, hits);
    rivals.extend(after);
    rivals
}

/// Numbers in the order of texts; equal texts have one number.
fn numbered(texts: Vec<(DocId, String)>) -> FxHashMap<DocId, u32> {
    let mut texts: Vec<(String, DocId)> =
        texts.into_iter().map(|(doc, text)| (collation(&text), doc)).collect();
    texts.sort_unstable();
    let mut numbers = FxHashMap::default();
    let mut number = 0;
    let mut before: Option<&str> = None;
    for (text, doc) in &texts {
        if before.is_some_and(|before| before != text.as_str()) {
            number += 1;
        }
        before = Some(text.as_str());
        numbers.insert(*doc, number);
    }
    numbers
}

fn summaries(cx: &mut Cx<'_, '_>, ids: &[i64]) -> Result<Vec<(DocId, String)>> {
    let mut texts = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(i64, String)> = cx.tx.all_by_ids(SUMMARIES, &[&cx.dict.org_id], chunk)?;
        texts.extend(rows.into_iter().filter_map(|(id, text)| Some((id.try_into().ok()?, text))));
    }
    Ok(texts)
}

/// Of several texts the first counts.
fn plain_texts(cx: &mut Cx<'_, '_>, field: FieldNo, ids: &[i64]) -> Result<Vec<(DocId, String)>> {
    let mut texts = Vec::new();
    let dict = Arc::clone(&cx.dict);
    let Some(def) = dict.field_index.get(field) else { return Ok(texts) };
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(i64, String)> = cx.tx.all_by_ids(TEXTS, &[&dict.org_id], chunk)?;
        for (id, plain) in rows.iter().filter(|(_, plain)| plain.contains(&def.wire)) {
            let members: Map<String, Json> =
                serde_json::from_str(&format!("{{{plain}}}")).map_err(Error::internal)?;
            let text = match members.get(&def.wire) {
                Some(Json::Array(items)) => items.first().and_then(Json::as_str),
                json => json.and_then(Json::as_str),
            };
            if let (Some(text), Ok(id)) = (text, DocId::try_from(*id)) {
                texts.push((id, text.to_owned()));
            }
        }
    }
    Ok(texts)
}
