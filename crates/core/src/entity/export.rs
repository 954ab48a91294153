//! What the file of an ordered export holds (automation.md, section 10): the issues that are found
//! when it is fetched and that the caller may read. The server writes it in the form asked for.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use trackway_api::issues::SearchRequest;

use super::report;
use crate::access::{self, Right};
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::ValueType;
use crate::error::{Code, Result};
use crate::ids::{Tag, parse_hex_id};
use crate::issue::store;
use crate::rule::scene::Scene;
use crate::search;

/// Most issues of an export.
const MAX_ISSUES: usize = 10_000;
/// Issues read at once.
const CHUNK: usize = 500;
/// Columns of an export that names none.
const USUAL: [&str; 9] = [
    "key",
    "summary",
    "type",
    "status",
    "priority",
    "assignee",
    "createdBy",
    "createdAt",
    "updatedAt",
];

/// The forms of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// XML.
    Xml,
    /// A workbook of Excel.
    Xlsx,
}

impl Format {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Xml, Self::Xlsx];

    /// Name on the wire, which also ends the names of such files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xml => "xml",
            Self::Xlsx => "xlsx",
        }
    }

    /// The form of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Id of the field.
    pub id: String,
    /// Name of the field, in the language of the caller.
    pub title: String,
    /// What its values are asked for by.
    path: String,
}

/// A table of issues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What the export was called.
    pub name: String,
    /// The form asked for.
    pub format: Format,
    /// Columns, in the order asked for.
    pub columns: Vec<Column>,
    /// A row for each issue, a value for each column.
    pub rows: Vec<Vec<String>>,
}

/// The table of an export.
///
/// # Errors
/// 404 when there is no such export, or it is somebody else's; 400 and 422 for a search that is not
/// understood any more, or that finds too many issues.
pub fn sheet(cx: &mut Cx<'_, '_>, id: &str) -> Result<Sheet> {
    let report = report::find(cx, id)?;
    let empty = Map::new();
    let parameters = report.body.parameters.as_object().unwrap_or(&empty);
    let format = parameters.get("format").and_then(Json::as_str).and_then(Format::from_name);
    let format = format.ok_or_else(|| Code::FieldRequired.at("format"))?;
    let columns = columns(cx, parameters.get("fields"));
    let request = request(parameters.get("filter").and_then(Json::as_object).unwrap_or(&empty));
    let (total, found) = search::ops::select(cx, &request, MAX_ISSUES)?;
    if total > MAX_ISSUES as u64 {
        return Err(Code::TooManyValues.with(MAX_ISSUES).under("filter"));
    }
    let ids: Vec<i64> = found.iter().filter_map(|id| parse_hex_id(Tag::Issue, id)).collect();
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        for loaded in store::by_ids(cx, chunk)? {
            // The index may be behind.
            if !access::may(&cx.dict, &cx.actor, &loaded.issue, Right::Read) {
                continue;
            }
            let issue = loaded.full(cx)?;
            let mut scene = Scene::new(cx, issue, cx.actor.uid)?;
            scene.lang = cx.view.lang;
            rows.push(columns.iter().map(|c| scene.value(&cx.dict, &c.path)).collect());
        }
    }
    Ok(Sheet { name: report.body.summary.clone(), format, columns, rows })
}

fn columns(cx: &Cx<'_, '_>, fields: Option<&Json>) -> Vec<Column> {
    let named: Vec<&str> = match fields {
        Some(Json::Array(items)) => items.iter().filter_map(Json::as_str).collect(),
        _ => USUAL.to_vec(),
    };
    named.into_iter().filter_map(|id| column(&cx.dict, id, cx.view.lang)).collect()
}

/// The column of a field; nothing for one that is gone.
fn column(dict: &Arc<Dict>, id: &str, lang: crate::lang::Lang) -> Option<Column> {
    let def = dict.field_index.by_wire(id)?;
    let title = dict.fields.get(i64::from(def.no)).map_or(id, |field| field.name.get(lang));
    // Programs read the file as well as people.
    let form = match def.value_type {
        ValueType::Date | ValueType::Datetime => ".iso8601",
        _ => "",
    };
    Some(Column { id: id.to_owned(), title: title.to_owned(), path: format!("issue.{id}{form}") })
}

/// The search of an export; `check` of a new one has seen to it that there is one criterion.
fn request(filter: &Map<String, Json>) -> SearchRequest {
    let sorts: Vec<(String, bool)> = filter
        .get("sorts")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(|sort| {
            let field = sort.get("orderBy")?.as_str()?.to_owned();
            Some((field, sort.get("orderAsc").and_then(Json::as_bool).unwrap_or(true)))
        })
        .collect();
    let order: Vec<Json> = sorts
        .iter()
        .map(|(field, up)| format!("{}{field}", if *up { '+' } else { '-' }).into())
        .collect();
    let query = filter.get("query").and_then(Json::as_str).map(|query| {
        let words = |up: &bool| if *up { "ASC" } else { "DESC" };
        let sort: Vec<String> =
            sorts.iter().map(|(field, up)| format!("\"{field}\" {}", words(up))).collect();
        if sort.is_empty() {
            query.to_owned()
        } else {
            format!("{query} \"Sort by\": {}", sort.join(", "))
        }
    });
    SearchRequest {
        query: query.map(Json::from),
        filter: filter.get("filter").cloned(),
        filter_id: filter.get("filterId").cloned(),
        order: (!order.is_empty()).then_some(Json::Array(order)),
        ..SearchRequest::default()
    }
}
