//! Widgets of dashboards. Their settings are kept as they are given, as far as their shapes are
//! right; what they show is drawn by whoever shows them.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use trackway_api::dashboards::{
    CreateCycleTimeWidget, CreateWidget, GetWidget, ImportWidget, UpdateWidget,
};
use trackway_api::types::Members;

use super::ops::{self, check_version};
use crate::cx::{Cx, Reply};
use crate::dict::model::{Dashboard, Widget};
use crate::dict::{Object, store as objects};
use crate::error::{Code, Result};
use crate::issue::refs;
use crate::user;

/// Members that only the server writes.
const OWN: [&str; 7] =
    ["id", "self", "version", "createdBy", "createdAt", "dashboard", "datasetInfo"];
/// Bytes of the settings of a widget.
const MAX_BYTES: usize = 64 << 10;
const MODES: [&str; 3] = ["common-lines", "common-lines-and-points", "status-lines"];
const UNITS: [&str; 4] = ["days", "weeks", "months", "sprints"];
const STATUS_LISTS: [&str; 4] =
    ["fromStatuses", "toStatuses", "excludedStatuses", "includedStatuses"];

/// Creates a widget.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateWidget) -> Result<Reply<Members>> {
    let dashboard = ops::to_change(cx, &r.dashboard)?;
    make(cx, &dashboard, &r.body.0, false, cx.actor.uid)
}

/// Creates a widget with a given author.
pub fn import(cx: &mut Cx<'_, '_>, r: &ImportWidget) -> Result<Reply<Members>> {
    cx.actor.admin_only()?;
    let dashboard = ops::find(cx, &r.dashboard)?;
    let author = match r.body.0.get("createdBy").filter(|json| !json.is_null()) {
        Some(json) => ops::owner_of(cx, json)?,
        None => cx.actor.uid,
    };
    make(cx, &dashboard, &r.body.0, false, author)
}

/// Creates a cycle time widget.
pub fn create_cycle_time(cx: &mut Cx<'_, '_>, r: &CreateCycleTimeWidget) -> Result<Reply<Members>> {
    let dashboard = ops::to_change(cx, &r.dashboard)?;
    make(cx, &dashboard, &r.body.0, true, cx.actor.uid)
}

fn make(
    cx: &mut Cx<'_, '_>,
    dashboard: &Object<Dashboard>,
    body: &Map<String, Json>,
    cycle_time: bool,
    author: i64,
) -> Result<Reply<Members>> {
    let mut settings = Map::new();
    apply(cx, &mut settings, body, cycle_time)?;
    let required = if cycle_time { "description" } else { "type" };
    if !settings.contains_key(required) {
        return Err(Code::FieldRequired.at(required));
    }
    let draft = Widget {
        dashboard: dashboard.id,
        cycle_time,
        created_at: cx.now,
        created_by: author,
        settings,
    };
    let made = objects::insert(cx, "", draft)?;
    Ok(Reply::new(wire(cx, &made)))
}

/// One widget.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetWidget) -> Result<Reply<Members>> {
    let widget = find(cx, &r.widget)?;
    Ok(Reply::new(wire(cx, &widget)))
}

/// Changes a widget.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateWidget) -> Result<Reply<Members>> {
    let widget = find(cx, &r.widget)?;
    ops::to_change(cx, &widget.body.dashboard.to_string())?;
    check_version(widget.version, r.version, r.if_match)?;
    let mut after = widget.body.clone();
    apply(cx, &mut after.settings, &r.body.0, after.cycle_time)?;
    if after == widget.body {
        return Ok(Reply::new(wire(cx, &widget)));
    }
    let changed = objects::update(cx, &widget, after)?;
    Ok(Reply::new(wire(cx, &changed)))
}

fn find(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<Widget>>> {
    let found = id.parse().ok().and_then(|id| cx.dict.widgets.get(id));
    found.cloned().ok_or_else(|| Code::WidgetNotFound.err())
}

fn apply(
    cx: &Cx<'_, '_>,
    settings: &mut Map<String, Json>,
    body: &Map<String, Json>,
    cycle_time: bool,
) -> Result<()> {
    for (name, json) in body.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        if json.is_null() {
            settings.remove(name);
            continue;
        }
        let json = member(cx, name, json, cycle_time).map_err(|error| error.under(name))?;
        settings.insert(name.clone(), json);
    }
    if Json::Object(settings.clone()).to_string().len() > MAX_BYTES {
        return Err(Code::BodyTooLarge.with(MAX_BYTES));
    }
    Ok(())
}

/// Members that the contract names have the shapes it says; others are kept.
fn member(cx: &Cx<'_, '_>, name: &str, json: &Json, cycle_time: bool) -> Result<Json> {
    let must = |fits: bool, what: &str| if fits { Ok(()) } else { Err(Code::ValueType.with(what)) };
    match name {
        "type" | "description" | "query" | "start" | "end" => must(json.is_string(), "string")?,
        "perPage" => must(json.as_i64().is_some_and(|n| (1..=1000).contains(&n)), "integer")?,
        "fields" => must(json.is_array(), "array")?,
        "filter" | "filterParams" | "lines" => must(json.is_object(), "object")?,
        "autoUpdatable" => must(json.is_boolean(), "boolean")?,
        "mode" => must(json.as_str().is_some_and(|mode| MODES.contains(&mode)), "mode")?,
        "bucket" => return bucket(json),
        "calendar" => return calendar(json),
        _ if cycle_time && STATUS_LISTS.contains(&name) => return statuses(cx, json),
        _ => {}
    }
    Ok(json.clone())
}

/// A calendar is named by id, by key, or by a reference, and comes back as one.
fn calendar(json: &Json) -> Result<Json> {
    match json {
        Json::Object(_) => Ok(json.clone()),
        Json::Number(_) | Json::String(_) => {
            Ok(Json::Object(Map::from_iter([("id".to_owned(), json.clone())])))
        }
        _ => Err(Code::ValueType.with("{id}")),
    }
}

/// The unit of a bucket comes back as `type` (contract, `createCycleTimeWidget`).
fn bucket(json: &Json) -> Result<Json> {
    let unit = json.get("unit").or_else(|| json.get("type")).and_then(Json::as_str);
    let unit = unit.unwrap_or("days");
    let count = json.get("count").map_or(Some(7), Json::as_i64);
    if !UNITS.contains(&unit) || !count.is_some_and(|count| (1..=1000).contains(&count)) {
        return Err(Code::ValueType.with("{unit, count}"));
    }
    let mut members = Map::new();
    members.insert("type".to_owned(), unit.into());
    members.insert("count".to_owned(), count.into());
    if let Some(board) = json.get("boardId").and_then(Json::as_i64) {
        members.insert("boardId".to_owned(), board.into());
    }
    Ok(Json::Object(members))
}

/// Statuses are stored by number.
fn statuses(cx: &Cx<'_, '_>, json: &Json) -> Result<Json> {
    let items = json.as_array().ok_or_else(|| Code::ValueType.with("array"))?;
    let ids = items.iter().map(|item| {
        let shown = || item.to_string().chars().take(80).collect::<String>();
        let status = refs::object(&cx.dict.statuses, item, |_| true);
        status.map(|status| Json::from(status.id)).ok_or_else(|| Code::ValueUnknown.with(shown()))
    });
    ids.collect()
}

fn wire(cx: &Cx<'_, '_>, widget: &Object<Widget>) -> Members {
    let body = &widget.body;
    let mut members = Map::new();
    for (name, value) in &body.settings {
        let value = if body.cycle_time && STATUS_LISTS.contains(&name.as_str()) {
            let ids = value.as_array().into_iter().flatten().filter_map(Json::as_i64);
            let statuses = ids.filter_map(|id| cx.dict.statuses.get(id));
            statuses.map(|status| json(&status.keyed_ref(&cx.view))).collect()
        } else {
            value.clone()
        };
        members.insert(name.clone(), value);
    }
    if body.cycle_time && !members.contains_key("bucket") {
        members.insert("bucket".to_owned(), bucket(&Json::Object(Map::new())).unwrap_or_default());
    }
    members.insert("id".to_owned(), widget.id.into());
    members.insert("self".to_owned(), cx.view.url(&widget.path()).into());
    members.insert("version".to_owned(), widget.version.into());
    let author = user::reference(&cx.dict, &cx.view, body.created_by);
    members.insert("createdBy".to_owned(), json(&author));
    if let Some(dashboard) = cx.dict.dashboards.get(body.dashboard) {
        members.insert("dashboard".to_owned(), json(&dashboard.plain_ref(&cx.view)));
    }
    members
}

/// References cannot fail to be written.
fn json<T: serde::Serialize>(value: &T) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}
