//! Exports of issues that are ordered and looked for; entities of their own kind.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use trackway_api::entities::{
    CreateReport, Entity as Wire, EntitySearch, EntitySearchResult, SearchReports,
};

use super::export::Format;
use super::input;
use crate::cx::{Cx, Reply};
use crate::dict::model::Report;
use crate::dict::{Object, store as objects};
use crate::error::{Code, Result};
use crate::ids::{Tag, hex_id, parse_hex_id};
use crate::paging::Page;
use crate::time::instant_text;
use crate::user;

/// Kind of these entities in paths.
pub(super) const NAME: &str = "report";

const CRITERIA: [&str; 3] = ["query", "filter", "filterId"];
const MAX_SUMMARY: usize = 255;

/// Orders an export.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateReport) -> Result<Reply<Wire>> {
    let fields = r.body.0.get("fields").and_then(Json::as_object);
    let fields = fields.ok_or_else(|| Code::FieldRequired.at("fields"))?;
    let summary = fields.get("summary").and_then(Json::as_str).map(str::trim);
    let summary =
        summary.filter(|s| !s.is_empty()).ok_or_else(|| Code::FieldRequired.at("summary"))?;
    if summary.chars().count() > MAX_SUMMARY {
        return Err(Code::ValueTooLong.with(MAX_SUMMARY).under("summary"));
    }
    let parameters = fields.get("parameters").and_then(Json::as_object);
    let parameters = parameters.ok_or_else(|| Code::FieldRequired.at("parameters"))?;
    check(parameters)?;
    let report = Report {
        summary: summary.to_owned(),
        parameters: Json::Object(parameters.clone()),
        created_at: cx.now,
        created_by: cx.actor.uid,
    };
    let made = objects::insert(cx, "", report)?;
    Ok(Reply::new(wire(cx, &made, r.fields.is_some())))
}

fn check(parameters: &Map<String, Json>) -> Result<()> {
    let text = |name: &str| parameters.get(name).and_then(Json::as_str);
    if text("type") != Some("issueFilterExport") {
        return Err(Code::ValueUnknown.with(text("type").unwrap_or_default()).under("type"));
    }
    let format = text("format").ok_or_else(|| Code::FieldRequired.at("format"))?;
    if Format::from_name(format).is_none() {
        return Err(Code::ValueUnknown.with(input::shown(&format.into())).under("format"));
    }
    let filter = parameters.get("filter").and_then(Json::as_object);
    let filter = filter.ok_or_else(|| Code::FieldRequired.at("filter"))?;
    let given =
        CRITERIA.iter().filter(|name| filter.get(**name).is_some_and(|json| !json.is_null()));
    if given.count() == 1 { Ok(()) } else { Err(Code::OneCriterion.at("filter")) }
}

/// One export; the target of `self`.
pub(super) fn get(cx: &Cx<'_, '_>, id: &str, with_fields: bool) -> Result<Reply<Wire>> {
    let report = find(cx, id)?;
    Ok(Reply::new(wire(cx, &report, with_fields)))
}

/// An export of the caller, or any for an administrator.
pub(super) fn find(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<Report>>> {
    let number = parse_hex_id(Tag::Report, id).or_else(|| id.parse().ok());
    let report = number.and_then(|number| cx.dict.reports.get(number));
    report
        .filter(|report| cx.actor.admin || report.body.created_by == cx.actor.uid)
        .cloned()
        .ok_or_else(|| Code::EntityNotFound.err())
}

/// Finds exports; one's own, or all for an administrator.
pub fn search(cx: &mut Cx<'_, '_>, r: &SearchReports) -> Result<Reply<EntitySearchResult>> {
    let page = Page::new(r.page, r.per_page, 1000)?;
    let nothing = EntitySearch::default();
    let wanted = r.body.0.as_ref().unwrap_or(&nothing);
    let mut found: Vec<Arc<Object<Report>>> = cx
        .dict
        .reports
        .iter()
        .filter(|report| cx.actor.admin || report.body.created_by == cx.actor.uid)
        .cloned()
        .collect();
    if let Some(input) = wanted.input.as_deref().filter(|input| !input.is_empty()) {
        let input = input.to_lowercase();
        found.retain(|report| report.body.summary.to_lowercase().contains(&input));
    }
    for (name, json) in wanted.filter.iter().flatten() {
        let values = match json {
            Json::Array(items) => items.clone(),
            one => vec![one.clone()],
        };
        let mut numbers = Vec::new();
        for value in &values {
            numbers.push(match name.as_str() {
                "id" | "shortId" => number(value).unwrap_or_default(),
                "author" | "createdBy" => {
                    input::user(&cx.dict, value).map_err(|error| error.under(name))?
                }
                _ => return Err(Code::FieldUnknown.at(name)),
            });
        }
        let by_author = matches!(name.as_str(), "author" | "createdBy");
        found.retain(|report| {
            numbers.contains(if by_author { &report.body.created_by } else { &report.id })
        });
    }
    let hits = found.len() as u64;
    let shown = found.iter().skip(page.offset()).take(page.limit());
    let values = shown.map(|report| wire(cx, report, r.fields.is_some())).collect();
    Ok(Reply::new(EntitySearchResult {
        hits,
        pages: hits.div_ceil(page.per_page),
        values,
        order_by: wanted.order_by.clone(),
    }))
}

fn number(json: &Json) -> Option<i64> {
    let text = input::named(json)?;
    parse_hex_id(Tag::Report, &text).or_else(|| text.parse().ok())
}

fn wire(cx: &Cx<'_, '_>, report: &Object<Report>, with_fields: bool) -> Wire {
    let body = &report.body;
    let id = hex_id(Tag::Report, body.created_at, report.id);
    let fields: Map<String, Json> = [
        ("summary".to_owned(), Json::from(body.summary.as_str())),
        ("parameters".to_owned(), body.parameters.clone()),
    ]
    .into_iter()
    .collect();
    Wire {
        self_url: cx.view.url(&format!("/entities/report/{id}")),
        id,
        version: report.version,
        short_id: report.id,
        entity_type: "report".to_owned(),
        created_by: user::reference(&cx.dict, &cx.view, body.created_by),
        created_at: instant_text(body.created_at),
        updated_at: instant_text(body.created_at),
        fields: with_fields.then_some(fields),
        attachments: None,
    }
}
