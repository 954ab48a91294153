//! Operations on dashboards.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use trackway_api::IfMatch;
use trackway_api::dashboards::{
    CreateDashboard, Dashboard as Wire, DeleteDashboard, GetDashboard, SearchDashboards,
    UpdateDashboard,
};

use crate::cx::{Cx, Reply};
use crate::dict::model::Dashboard;
use crate::dict::{Object, store as objects};
use crate::error::{Code, Result};
use crate::issue::refs;
use crate::paging::{self, Page};
use crate::time::instant_text;
use crate::user;

const LAYOUTS: [&str; 5] =
    ["one-column", "two-columns", "three-columns", "narrow-left-wide-right", "one-top-two-bottom"];
const MAX_NAME: usize = 255;
const MAX_WIDGETS: usize = 200;
/// Members of a widget's place.
const PLACE: [&str; 6] = ["id", "column", "row", "collapsed", "order", "coords"];

/// Creates a dashboard.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateDashboard) -> Result<Reply<Wire>> {
    let mut draft = Dashboard {
        layout: "one-column".to_owned(),
        owner: cx.actor.uid,
        created_at: cx.now,
        created_by: cx.actor.uid,
        ..Dashboard::default()
    };
    apply(cx, &mut draft, &r.body.0)?;
    if draft.name.is_empty() {
        return Err(Code::FieldRequired.at("name"));
    }
    let made = objects::insert(cx, "", draft)?;
    Ok(Reply::new(wire(cx, &made)))
}

/// Finds dashboards: `name` or `input` is a part of the name, `owner` a user.
pub fn search(cx: &mut Cx<'_, '_>, r: &SearchDashboards) -> Result<Reply<Vec<Wire>>> {
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let mut found: Vec<Arc<Object<Dashboard>>> = cx.dict.dashboards.iter().cloned().collect();
    let nothing = Map::new();
    let body = r.body.0.as_ref().unwrap_or(&nothing);
    let part = body.get("name").or_else(|| body.get("input")).and_then(Json::as_str);
    if let Some(part) = part.map(str::to_lowercase) {
        found.retain(|dashboard| dashboard.body.name.to_lowercase().contains(&part));
    }
    if let Some(owner) = body.get("owner").filter(|json| !json.is_null()) {
        let owner = owner_of(cx, owner)?;
        found.retain(|dashboard| dashboard.body.owner == owner);
    }
    let (shown, paging) = page.cut(found);
    Ok(Reply::new(shown.iter().map(|one| wire(cx, one)).collect()).paged(paging))
}

/// One dashboard.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetDashboard) -> Result<Reply<Wire>> {
    let dashboard = find(cx, &r.dashboard)?;
    Ok(Reply::new(wire(cx, &dashboard)))
}

/// Changes a dashboard or places its widgets.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateDashboard) -> Result<Reply<Wire>> {
    let dashboard = to_change(cx, &r.dashboard)?;
    check_version(dashboard.version, r.version, r.if_match)?;
    let mut after = dashboard.body.clone();
    apply(cx, &mut after, &r.body.0)?;
    if let Some(widgets) = r.body.0.get("widgets").filter(|json| !json.is_null()) {
        place(cx, dashboard.id, &mut after, widgets).map_err(|error| error.under("widgets"))?;
    }
    if after == dashboard.body {
        return Ok(Reply::new(wire(cx, &dashboard)));
    }
    let changed = objects::update(cx, &dashboard, after)?;
    Ok(Reply::new(wire(cx, &changed)))
}

/// Deletes a dashboard with its widgets.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteDashboard) -> Result<Reply<()>> {
    let dashboard = to_change(cx, &r.dashboard)?;
    let widgets: Vec<_> = cx
        .dict
        .widgets
        .iter()
        .filter(|widget| widget.body.dashboard == dashboard.id)
        .cloned()
        .collect();
    for widget in widgets {
        objects::remove(cx, &widget)?;
    }
    objects::remove(cx, &dashboard)?;
    Ok(Reply::new(()))
}

/// A change needs the version it was made from (contract, `updateDashboard`).
pub(super) fn check_version(
    version: i64,
    param: Option<i64>,
    header: Option<IfMatch>,
) -> Result<()> {
    if param.is_none() && header.is_none() {
        return Err(Code::PreconditionRequired.err());
    }
    let stale = param.is_some_and(|given| given != version)
        || matches!(header, Some(IfMatch::Version(given)) if given != version);
    if stale { Err(Code::PreconditionFailed.err()) } else { Ok(()) }
}

/// A dashboard by its number.
pub(super) fn find(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<Dashboard>>> {
    let found = id.parse().ok().and_then(|id| cx.dict.dashboards.get(id));
    found.cloned().ok_or_else(|| Code::DashboardNotFound.err())
}

/// A dashboard that the actor may change.
pub(super) fn to_change(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<Dashboard>>> {
    let dashboard = find(cx, id)?;
    let own = dashboard.body.owner == cx.actor.uid || dashboard.body.created_by == cx.actor.uid;
    if own || cx.actor.admin { Ok(dashboard) } else { Err(Code::DashboardDenied.err()) }
}

pub(super) fn owner_of(cx: &Cx<'_, '_>, json: &Json) -> Result<i64> {
    let user = refs::user(&cx.dict, json).filter(|user| !user.body.dismissed);
    let shown = || json.to_string().chars().take(80).collect::<String>();
    user.map(|user| user.id).ok_or_else(|| Code::ValueUnknown.with(shown()).under("owner"))
}

fn apply(cx: &Cx<'_, '_>, dashboard: &mut Dashboard, body: &Map<String, Json>) -> Result<()> {
    if let Some(name) = body.get("name").filter(|json| !json.is_null()) {
        let name = name.as_str().ok_or_else(|| Code::ValueType.with("string").under("name"))?;
        if name.trim().is_empty() {
            return Err(Code::ValueEmpty.at("name"));
        }
        if name.chars().count() > MAX_NAME {
            return Err(Code::ValueTooLong.with(MAX_NAME).under("name"));
        }
        name.trim().clone_into(&mut dashboard.name);
    }
    if let Some(layout) = body.get("layout").filter(|json| !json.is_null()) {
        let known = layout.as_str().filter(|layout| LAYOUTS.contains(layout));
        let shown = || layout.to_string().chars().take(80).collect::<String>();
        let layout = known.ok_or_else(|| Code::ValueUnknown.with(shown()).under("layout"))?;
        layout.clone_into(&mut dashboard.layout);
    }
    if let Some(owner) = body.get("owner").filter(|json| !json.is_null()) {
        dashboard.owner = owner_of(cx, owner)?;
    }
    Ok(())
}

/// `{set, add, remove}` of the places of widgets.
fn place(cx: &Cx<'_, '_>, id: i64, dashboard: &mut Dashboard, json: &Json) -> Result<()> {
    let operators = json.as_object().ok_or_else(|| Code::ValueType.with("{set, add, remove}"))?;
    let several = |name: &str| -> Vec<Json> {
        match operators.get(name) {
            None | Some(Json::Null) => Vec::new(),
            Some(Json::Array(items)) => items.clone(),
            Some(one) => vec![one.clone()],
        }
    };
    if operators.get("set").is_some_and(|json| !json.is_null()) {
        dashboard.widgets.clear();
    }
    for gone in several("remove") {
        let gone = number(&gone);
        dashboard.widgets.retain(|widget| widget.get("id").and_then(number) != gone);
    }
    for one in several("set").iter().chain(&several("add")) {
        let number = number(one).ok_or_else(|| Code::ValueType.with("{id}"))?;
        let own = cx.dict.widgets.get(number).is_some_and(|widget| widget.body.dashboard == id);
        if !own {
            return Err(Code::ValueUnknown.with(number));
        }
        let mut members: Map<String, Json> = one
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, _)| PLACE.contains(&name.as_str()))
            .map(|(name, json)| (name.clone(), json.clone()))
            .collect();
        members.insert("id".to_owned(), number.into());
        dashboard.widgets.retain(|widget| widget.get("id") != members.get("id"));
        dashboard.widgets.push(members);
    }
    if dashboard.widgets.len() > MAX_WIDGETS {
        return Err(Code::TooManyValues.with(MAX_WIDGETS));
    }
    Ok(())
}

fn number(json: &Json) -> Option<i64> {
    match json {
        Json::Number(n) => n.as_i64(),
        Json::String(text) => text.trim().parse().ok(),
        Json::Object(members) => number(members.get("id")?),
        _ => None,
    }
}

fn wire(cx: &Cx<'_, '_>, dashboard: &Object<Dashboard>) -> Wire {
    let body = &dashboard.body;
    let widgets = body.widgets.iter().filter_map(|place| {
        let widget = cx.dict.widgets.get(place.get("id")?.as_i64()?)?;
        let mut members = place.clone();
        members.insert("self".to_owned(), cx.view.url(&widget.path()).into());
        members.insert("display".to_owned(), widget.name.get(cx.view.lang).into());
        Some(members)
    });
    Wire {
        id: dashboard.id,
        self_url: cx.view.url(&dashboard.path()),
        version: dashboard.version,
        name: body.name.clone(),
        layout: body.layout.clone(),
        owner: user::reference(&cx.dict, &cx.view, body.owner),
        created_by: user::reference(&cx.dict, &cx.view, body.created_by),
        created_at: instant_text(body.created_at),
        widgets: widgets.collect(),
    }
}
