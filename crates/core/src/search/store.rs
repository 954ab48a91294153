//! Rows that searches read besides the issues they answer.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};
use trackway_search::RoaringBitmap;

use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::field::no::{self, FieldNo};
use crate::issue::value::text_key;

/// Summaries of issues.
pub const SUMMARIES: &str = "SELECT id, summary FROM issue_text WHERE org_id = $1 AND id {any:$2}";
/// Other texts of issues.
pub const TEXTS: &str = "SELECT id, plain FROM issue_text WHERE org_id = $1 AND id {any:$2}";

/// Every statement, for the test that prepares them.
pub const ALL_SQL: &[&str] = &[SUMMARIES, TEXTS];

/// Issues read at once.
const CHUNK: usize = 5000;

/// The values of the index for the texts of a field, in the order of the texts.
pub(crate) type TextOrder = FxHashMap<FieldNo, Vec<i64>>;

/// Orders the texts that these issues have in some fields. The index knows texts by a hash only,
/// so sorting by one reads the texts of all hits.
///
/// # Errors
/// The database fails.
pub(crate) fn text_order(
    cx: &mut Cx<'_, '_>,
    fields: &[FieldNo],
    hits: &RoaringBitmap,
) -> Result<TextOrder> {
    let mut order = TextOrder::default();
    if fields.is_empty() {
        return Ok(order);
    }
    let ids: Vec<i64> = hits.iter().map(i64::from).collect();
    for field in fields {
        let texts = if *field == no::SUMMARY {
            summaries(cx, &ids)?
        } else {
            plain_texts(cx, *field, &ids)?
        };
        let mut texts: Vec<(String, i64)> =
            texts.into_iter().map(|(key, text)| (collation(&text), key)).collect();
        texts.sort_unstable();
        order.insert(*field, texts.into_iter().map(|(_, key)| key).collect());
    }
    Ok(order)
}

fn summaries(cx: &mut Cx<'_, '_>, ids: &[i64]) -> Result<FxHashMap<i64, String>> {
    let mut texts = FxHashMap::default();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(i64, String)> = cx.tx.all_by_ids(SUMMARIES, &[&cx.dict.org_id], chunk)?;
        texts.extend(rows.into_iter().map(|(_, text)| (text_key(&text), text)));
    }
    Ok(texts)
}

fn plain_texts(cx: &mut Cx<'_, '_>, field: FieldNo, ids: &[i64]) -> Result<FxHashMap<i64, String>> {
    let mut texts = FxHashMap::default();
    let dict = std::sync::Arc::clone(&cx.dict);
    let Some(def) = dict.field_index.get(field) else { return Ok(texts) };
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(i64, String)> = cx.tx.all_by_ids(TEXTS, &[&dict.org_id], chunk)?;
        for (_, plain) in rows.iter().filter(|(_, plain)| plain.contains(&def.wire)) {
            let members: Map<String, Json> =
                serde_json::from_str(&format!("{{{plain}}}")).map_err(Error::internal)?;
            match members.get(&def.wire) {
                Some(Json::String(text)) => drop(texts.insert(text_key(text), text.clone())),
                Some(Json::Array(items)) => {
                    let items = items.iter().filter_map(Json::as_str);
                    texts.extend(items.map(|text| (text_key(text), text.to_owned())));
                }
                _ => {}
            }
        }
    }
    Ok(texts)
}

/// A text such that comparing bytes puts texts in the order of a dictionary: without regard to
/// case, `ё` beside `е`.
pub(crate) fn collation(text: &str) -> String {
    text.trim().to_lowercase().replace('ё', "е\u{1}")
}
