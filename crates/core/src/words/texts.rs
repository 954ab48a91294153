//! The texts of issues that can be searched.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};
use trackway_db::Tx;

use super::stem::Part;
use super::store;
use crate::dict::Dict;
use crate::dict::model::ValueType;
use crate::error::{Error, Result};
use crate::event::EventBody;
use crate::field::no;

/// Texts with their places.
pub(crate) type Texts = Vec<(Part, String)>;

/// The texts of some issues.
///
/// # Errors
/// The database fails, or holds what cannot be read.
pub(crate) fn of(tx: &mut Tx<'_>, dict: &Dict, ids: &[i64]) -> Result<FxHashMap<i64, Texts>> {
    let mut all: FxHashMap<i64, Texts> = FxHashMap::default();
    for row in tx.all_by_ids::<Row>(store::TEXTS, &[&dict.org_id], ids)? {
        let texts = all.entry(row.id).or_default();
        texts.push((Part::Field(no::SUMMARY), row.summary));
        plain(dict, &row.plain, texts)?;
    }
    let comments: Vec<(i64, String)> = tx.all_by_ids(store::COMMENTS, &[&dict.org_id], ids)?;
    for (issue, text) in comments {
        all.entry(issue).or_default().push((Part::Comment, text));
    }
    let files: Vec<(i64, String)> = tx.all_by_ids(store::FILES, &[&dict.org_id], ids)?;
    for (issue, name) in files {
        all.entry(issue).or_default().push((Part::File, name));
    }
    let events: Vec<(i64, String)> = tx.all_by_ids(store::EVENTS, &[&dict.org_id], ids)?;
    for (issue, body) in events {
        let body: EventBody = serde_json::from_str(&body).map_err(Error::internal)?;
        let texts = all.entry(issue).or_default();
        for field in body.fields.iter().filter(|f| matches!(f.0, no::SUMMARY | no::DESCRIPTION)) {
            if let Json::String(text) = &field.1 {
                texts.push((Part::Former, text.clone()));
            }
        }
    }
    Ok(all)
}

trackway_db::row! {
    struct Row {
        id: i64,
        summary: String,
        plain: String,
    }
}

fn plain(dict: &Dict, plain: &str, texts: &mut Texts) -> Result<()> {
    if plain.is_empty() {
        return Ok(());
    }
    let members: Map<String, Json> =
        serde_json::from_str(&format!("{{{plain}}}")).map_err(Error::internal)?;
    for (wire, json) in members {
        let Some(def) = dict.field_index.by_wire(&wire) else { continue };
        if let (ValueType::Text, Json::String(text)) = (def.value_type, json) {
            texts.push((Part::Field(def.no), text));
        }
    }
    Ok(())
}
