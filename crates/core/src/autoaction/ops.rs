//! Operations on automatic actions.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use trackway_api::autoactions::{
    AutoAction, AutoActionLaunch, AutoActionLaunchIssue, CreateAutoaction, DeleteAutoaction,
    GetAutoaction, LaunchIssueRef, LaunchStatus, ListAutoactionLaunchIssues,
    ListAutoactionLaunches, ListAutoactions, UpdateAutoaction,
};
use trackway_api::types::Members;

use super::run;
use super::store::{self as rows, LaunchIssueRow, LaunchRow, StateRow};
use crate::access::{self, Right};
use crate::cx::{Cx, Reply};
use crate::dict::model::{Action, Autoaction};
use crate::dict::{Object, store};
use crate::error::{Code, Result};
use crate::field::no;
use crate::issue;
use crate::job::{self, Kind};
use crate::lang::Name;
use crate::paging::{self, Page};
use crate::queue::input::{self as fields, alike, required};
use crate::rule::{input, render, robot};
use crate::sla::input::own_calendar;
use crate::time::instant_text;
use crate::trigger::ops::queue_ref;
use crate::view::ApiVersion;

/// Most automatic actions of a queue.
const MAX_AUTOACTIONS: usize = 200;
/// Shortest and longest interval, in ms: a minute and a year.
const INTERVALS: std::ops::RangeInclusive<i64> = 60_000..=366 * 86_400_000;

/// Automatic actions of a queue.
///
/// # Errors
/// 404 and 403 as for the queue's settings, 400 for wrong parameters.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListAutoactions) -> Result<Reply<Vec<AutoAction>>> {
    let queue = cx.queue_to_administer(&r.queue)?;
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let (objects, paging) = page.cut(of_queue(cx, queue.id));
    let ids: Vec<i64> = objects.iter().map(|object| object.id).collect();
    let states = rows::states(cx, &ids)?;
    let replies: Result<Vec<_>> = objects.iter().map(|o| reply_of(cx, o, &states)).collect();
    Ok(Reply::new(replies?).paged(paging))
}

fn of_queue(cx: &Cx<'_, '_>, queue: i64) -> Vec<Arc<Object<Autoaction>>> {
    cx.dict.autoactions.iter().filter(|object| object.body.queue == queue).cloned().collect()
}

/// One automatic action.
///
/// # Errors
/// 404 and 403 as for the queue's settings, 404 when the queue has none of this id.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetAutoaction) -> Result<Reply<AutoAction>> {
    let object = find(cx, &r.queue, &r.id)?;
    reply(cx, &object)
}

fn find(cx: &Cx<'_, '_>, queue: &str, id: &str) -> Result<Arc<Object<Autoaction>>> {
    let queue = cx.queue_to_administer(queue)?;
    let found = id.parse().ok().and_then(|id| cx.dict.autoactions.get(id));
    found
        .filter(|object| object.body.queue == queue.id)
        .cloned()
        .ok_or_else(|| Code::AutoactionNotFound.err())
}

/// Creates an automatic action; its first launch comes after one interval.
///
/// # Errors
/// 404 and 403 as for the queue's settings, 422 for what cannot be read.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateAutoaction) -> Result<Reply<AutoAction>> {
    let queue = cx.queue_to_configure(&r.queue)?;
    let body = &r.body.0;
    required(body.get("name").filter(|json| !json.is_null()), "name")?;
    required(body.get("actions").filter(|json| !json.is_null()), "actions")?;
    let blank = Autoaction { queue: queue.id, created: cx.now, ..Autoaction::default() };
    let made = patched(cx, &blank, body)?;
    if of_queue(cx, queue.id).len() >= MAX_AUTOACTIONS {
        return Err(Code::TooManyRules.with(MAX_AUTOACTIONS));
    }
    robot::ensure(cx)?;
    let object = store::insert(cx, "", made)?;
    run::schedule(cx, &object)?;
    let mut reply = reply(cx, &object)?;
    reply.status = Some(if cx.view.version == ApiVersion::V2 { 200 } else { 201 });
    Ok(reply)
}

/// Changes an automatic action.
///
/// # Errors
/// As [`create`]; 409 for a stale `version`, 412 for a stale `If-Match`.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateAutoaction) -> Result<Reply<AutoAction>> {
    cx.queue_to_configure(&r.queue)?;
    let old = find(cx, &r.queue, &r.id)?;
    issue::edit::check_version(old.version, r.version, r.if_match)?;
    let mut body = patched(cx, &old.body, &r.body.0)?;
    body.updated = old.body.updated;
    if alike(&old.body, &body) {
        return reply(cx, &old);
    }
    let timing = (body.active, body.interval_millis);
    let moved = timing != (old.body.active, old.body.interval_millis);
    body.updated = cx.now;
    let object = store::update(cx, &old, body)?;
    if moved {
        run::schedule(cx, &object)?;
    }
    reply(cx, &object)
}

/// Deletes an automatic action.
///
/// # Errors
/// As [`get`].
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteAutoaction) -> Result<Reply<()>> {
    cx.queue_to_configure(&r.queue)?;
    let object = find(cx, &r.queue, &r.id)?;
    job::set(cx, Kind::Autoaction, object.id, None)?;
    store::remove(cx, &object)?;
    Ok(Reply::new(()))
}

const fn is_allowed(action: &Action) -> bool {
    matches!(
        action,
        Action::Transition { .. }
            | Action::Update { .. }
            | Action::CreateComment { .. }
            | Action::CalculateFormula { .. }
            | Action::Webhook(_)
    )
}

fn patched(cx: &mut Cx<'_, '_>, old: &Autoaction, patch: &Members) -> Result<Autoaction> {
    let mut body = Autoaction { updated: cx.now, ..old.clone() };
    let mut problems = fields::Problems::default();
    if let Some(json) = patch.get("name") {
        let name = fields::text(json, "name").and_then(fields::name);
        body.name = problems.note(name).unwrap_or_default();
    }
    match patch.get("filter") {
        None => {}
        Some(Json::Null) => body.filter = Map::new(),
        Some(Json::Object(filter)) => body.filter = lists(filter),
        Some(_) => {
            problems.note::<()>(Err(Code::ValueType.with("object").under("filter")));
        }
    }
    match patch.get("query") {
        None => {}
        Some(Json::Null) => body.query = String::new(),
        Some(json) => {
            let query = problems.note(fields::text(json, "query"));
            query.unwrap_or_default().trim().clone_into(&mut body.query);
        }
    }
    if let Some(json) = patch.get("actions") {
        let actions = input::actions(cx, old.queue, json, &old.actions, is_allowed);
        body.actions = problems.note(actions).unwrap_or_default();
    }
    for (member, slot) in
        [("active", &mut body.active), ("enableNotifications", &mut body.enable_notifications)]
    {
        if let Some(Some(value)) = problems.note(fields::flag(patch, member)) {
            *slot = value;
        }
    }
    if let Some(json) = patch.get("intervalMillis").filter(|json| !json.is_null()) {
        body.interval_millis = problems.note(interval(json)).unwrap_or_default();
    }
    match patch.get("calendar") {
        None => {}
        Some(Json::Null) => body.calendar = None,
        Some(json) => body.calendar = problems.note(own_calendar(cx, json)),
    }
    if body.filter.is_empty() && body.query.is_empty() {
        problems.note::<()>(Err(Code::FieldRequired.at("filter")));
    }
    problems.end()?;
    run::found(cx, &body)?;
    Ok(body)
}

/// A scalar stands for a list of one (contract, `AutoActionCreate`).
fn lists(filter: &Members) -> Members {
    let list = |json: &Json| match json {
        Json::Array(_) | Json::Object(_) => json.clone(),
        one => Json::Array(vec![one.clone()]),
    };
    filter.iter().map(|(field, json)| (field.clone(), list(json))).collect()
}

fn interval(json: &Json) -> Result<i64> {
    let member = "intervalMillis";
    let millis = json.as_i64().ok_or_else(|| Code::ValueType.with("integer").under(member))?;
    if INTERVALS.contains(&millis) { Ok(millis) } else { Err(Code::ValueRange.at(member)) }
}

/// Launches, newest first.
///
/// # Errors
/// As [`get`].
pub fn launches(
    cx: &mut Cx<'_, '_>,
    r: &ListAutoactionLaunches,
) -> Result<Reply<Vec<AutoActionLaunch>>> {
    let object = find(cx, &r.queue, &r.id)?;
    let rows: Vec<LaunchRow> = cx.tx.all(rows::LIST, &[&cx.dict.org_id, &object.id])?;
    let reply = |row: &LaunchRow| AutoActionLaunch {
        id: row.id.to_string(),
        launch_time: instant_text(row.at),
        search_hits: row.hits,
        successes: row.successes,
        failures: row.failures,
        search_failed: row.search_failed != 0,
    };
    Ok(rows.iter().map(reply).collect::<Vec<_>>().into())
}

/// The issues of a launch that the caller may read.
///
/// # Errors
/// As [`get`]; 404 when there was no such launch.
pub fn launch_issues(
    cx: &mut Cx<'_, '_>,
    r: &ListAutoactionLaunchIssues,
) -> Result<Reply<Vec<AutoActionLaunchIssue>>> {
    let object = find(cx, &r.queue, &r.id)?;
    let missing = || Code::LaunchNotFound.err();
    let launch: i64 = r.launch.parse().map_err(|_| missing())?;
    let org = cx.dict.org_id;
    let row: Option<LaunchRow> = cx.tx.opt(rows::ONE, &[&org, &object.id, &launch])?;
    row.ok_or_else(missing)?;
    let handled: Vec<LaunchIssueRow> = cx.tx.all(rows::ISSUES, &[&org, &launch])?;
    let ids: Vec<i64> = handled.iter().map(|row| row.issue_id).collect();
    let loaded = issue::store::by_ids(cx, &ids)?;
    let mut replies = Vec::with_capacity(handled.len());
    for row in &handled {
        let found = loaded.iter().find(|l| l.issue.id == row.issue_id);
        let Some(found) = found.filter(|l| access::may(&cx.dict, &cx.actor, &l.issue, Right::Read))
        else {
            continue;
        };
        let key = found.issue.key(&cx.dict);
        replies.push(AutoActionLaunchIssue {
            id: found.issue.hex(),
            issue_reference: LaunchIssueRef {
                self_url: cx.view.url(&format!("/issues/{key}")),
                id: found.issue.hex(),
                version: found.issue.version,
                key,
                display: found.issue.text(no::SUMMARY).to_owned(),
            },
            status: status(cx, row.failed != 0),
        });
    }
    Ok(replies.into())
}

fn status(cx: &Cx<'_, '_>, failed: bool) -> LaunchStatus {
    let (value, name) = if failed {
        ("FAILED", Name::new("Не удалось", "Failed"))
    } else {
        ("SUCCESS", Name::new("Успешно", "Success"))
    };
    LaunchStatus { value: value.to_owned(), display: name.get(cx.view.lang).to_owned() }
}

fn reply(cx: &mut Cx<'_, '_>, object: &Object<Autoaction>) -> Result<Reply<AutoAction>> {
    let states = rows::states(cx, &[object.id])?;
    Ok(reply_of(cx, object, &states)?.into())
}

fn reply_of(
    cx: &Cx<'_, '_>,
    object: &Object<Autoaction>,
    states: &[StateRow],
) -> Result<AutoAction> {
    let body = &object.body;
    let state = states.iter().find(|state| state.autoaction_id == object.id);
    let queue = queue_ref(cx, body.queue);
    Ok(AutoAction {
        id: object.id,
        self_url: cx.view.url(&format!("/queues/{}/autoactions/{}", queue.key, object.id)),
        queue,
        version: object.version,
        name: body.name.clone(),
        filter: Some(body.filter.clone()).filter(|filter| !filter.is_empty()),
        query: Some(body.query.clone()).filter(|query| !query.is_empty()),
        actions: render::actions(cx, &body.actions)?,
        active: body.active,
        enable_notifications: body.enable_notifications,
        interval_millis: body.interval_millis,
        calendar: body.calendar.map(|id| serde_json::json!({ "id": id })),
        created: instant_text(body.created),
        updated: instant_text(body.updated),
        last_launch: state.map(|state| instant_text(state.last_launch)),
        total_issues_processed: state.map_or(0, |state| state.processed),
    })
}
