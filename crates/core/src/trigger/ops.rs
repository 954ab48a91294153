//! Operations on triggers.

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::IfMatch;
use trackway_api::triggers::{
    CreateTrigger, DeleteTrigger, GetTrigger, ListTriggers, Trigger as TriggerReply, UpdateTrigger,
};

use crate::cx::{Cx, Paging, Reply};
use crate::dict::model::{Queue, Trigger};
use crate::dict::{Object, store};
use crate::error::{Code, Error, Result};
use crate::issue::refs::{self, Written};
use crate::paging;
use crate::queue::input::{self as fields, alike, required};
use crate::rule::{input, render, robot};
use crate::view::ApiVersion;

/// Most triggers of a queue (automation.md, section 1).
const MAX_TRIGGERS: usize = 1000;
/// Distance between the positions of neighbours.
const STEP: f64 = 1.0;

/// Triggers of a queue, by id.
///
/// # Errors
/// 404 and 403 as for the queue's settings, 400 for wrong parameters.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListTriggers) -> Result<Reply<Vec<TriggerReply>>> {
    cx.view.localize(r.localized);
    let queue = cx.queue_to_administer(&r.queue)?;
    let per_page = paging::size(r.per_page, paging::MAX)?;
    let limit = usize::try_from(per_page).map_err(Error::internal)?;
    let mut triggers = of_queue(cx, queue.id);
    triggers.retain(|trigger| r.id.is_none_or(|after| trigger.id > after));
    triggers.sort_by_key(|trigger| trigger.id);
    let more = triggers.len() > limit;
    triggers.truncate(limit);
    let next = triggers.last().filter(|_| more).map(|trigger| trigger.id.to_string());
    let replies: Result<Vec<_>> = triggers.iter().map(|t| reply_of(cx, t)).collect();
    Ok(Reply::new(replies?).paged(Paging::Relative { per_page, next }))
}

/// The triggers of a queue in the order in which they act.
pub(super) fn of_queue(cx: &Cx<'_, '_>, queue: i64) -> Vec<Arc<Object<Trigger>>> {
    let ids = cx.dict.triggers_of.get(&queue).map_or(&[][..], Vec::as_slice);
    ids.iter().filter_map(|id| cx.dict.triggers.get(*id)).cloned().collect()
}

/// One trigger.
///
/// # Errors
/// 404 and 403 as for the queue's settings, 404 when the queue has no such trigger.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetTrigger) -> Result<Reply<TriggerReply>> {
    let trigger = find(cx, &r.queue, &r.id)?;
    Ok(reply_of(cx, &trigger)?.into())
}

pub(crate) fn find(cx: &Cx<'_, '_>, queue: &str, id: &str) -> Result<Arc<Object<Trigger>>> {
    let queue = cx.queue_to_administer(queue)?;
    let found = id.parse().ok().and_then(|id| cx.dict.triggers.get(id));
    found
        .filter(|trigger| trigger.body.queue == queue.id)
        .cloned()
        .ok_or_else(|| Code::TriggerNotFound.err())
}

/// Creates a trigger at the end of the queue's list.
///
/// # Errors
/// 404 and 403 as for the queue's settings, 409 for a taken name, 422 for what cannot be read.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateTrigger) -> Result<Reply<TriggerReply>> {
    let queue = cx.queue_to_configure(&r.queue)?;
    let body = &r.body.0;
    let mut problems = fields::Problems::default();
    let name = required(body.name.as_deref(), "name").and_then(fields::name);
    let name = problems.note(name).unwrap_or_default();
    let conditions = input::conditions(cx, queue.id, body.conditions.as_ref());
    let conditions = problems.note(conditions);
    let actions = required(body.actions.as_ref(), "actions")
        .and_then(|json| input::actions(cx, queue.id, json, &[], |_| true));
    let actions = problems.note(actions).unwrap_or_default();
    problems.end()?;
    check_name(cx, queue.id, &name, None)?;
    let others = of_queue(cx, queue.id);
    if others.len() >= MAX_TRIGGERS {
        return Err(Code::TooManyRules.with(MAX_TRIGGERS));
    }
    robot::ensure(cx)?;
    let last = others.iter().map(|t| t.body.rank).fold(0.0, f64::max);
    let default = Trigger::default();
    let trigger = Trigger {
        queue: queue.id,
        name,
        rank: last + STEP,
        conditions: conditions.unwrap_or(default.conditions),
        actions,
        active: body.active.unwrap_or(true),
    };
    let trigger = store::insert(cx, "", trigger)?;
    let mut reply = Reply::new(reply_of(cx, &trigger)?);
    // Both statuses are documented (contract, head of the fragment).
    reply.status = Some(if cx.view.version == ApiVersion::V2 { 200 } else { 201 });
    Ok(reply)
}

fn check_name(cx: &Cx<'_, '_>, queue: i64, name: &str, itself: Option<i64>) -> Result<()> {
    let taken =
        of_queue(cx, queue).iter().any(|other| Some(other.id) != itself && other.body.name == name);
    if taken { Err(Code::NameTaken.with(name)) } else { Ok(()) }
}

/// Changes a trigger or its position.
///
/// # Errors
/// As [`create`]; 428 without a version, 409 for a stale `version`, 412 for a stale `If-Match`.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateTrigger) -> Result<Reply<TriggerReply>> {
    cx.queue_to_configure(&r.queue)?;
    let old = find(cx, &r.queue, &r.id)?;
    check_version(old.version, r.version, r.if_match)?;
    let queue = old.body.queue;
    let patch = &r.body.0;
    let mut body = old.body.clone();
    let mut problems = fields::Problems::default();
    if let Some(json) = patch.get("name") {
        let name = fields::text(json, "name").and_then(fields::name);
        body.name = problems.note(name).unwrap_or_default();
    }
    if let Some(json) = patch.get("conditions")
        && let Some(conditions) = problems.note(input::conditions(cx, queue, Some(json)))
    {
        body.conditions = conditions;
    }
    if let Some(json) = patch.get("actions") {
        let actions = input::actions(cx, queue, json, &old.body.actions, |_| true);
        body.actions = problems.note(actions).unwrap_or_default();
    }
    if let Some(Some(active)) = problems.note(fields::flag(patch, "active")) {
        body.active = active;
    }
    if let Some(json) = patch.get("before").filter(|json| !json.is_null())
        && let Some(rank) = problems.note(rank_before(cx, &old, json))
    {
        body.rank = rank;
    }
    problems.end()?;
    check_name(cx, queue, &body.name, Some(old.id))?;
    if alike(&old.body, &body) {
        return Ok(reply_of(cx, &old)?.into());
    }
    let trigger = store::update(cx, &old, body)?;
    Ok(reply_of(cx, &trigger)?.into())
}

/// Compares versions; one of them must be given (contract, `updateTrigger`).
fn check_version(version: i64, param: Option<i64>, header: Option<IfMatch>) -> Result<()> {
    if param.is_none() && header.is_none() {
        return Err(Code::PreconditionRequired.err());
    }
    crate::issue::edit::check_version(version, param, header)
}

/// The position in front of another trigger.
fn rank_before(cx: &Cx<'_, '_>, moved: &Object<Trigger>, json: &Json) -> Result<f64> {
    let wrong = || Code::ValueUnknown.with(fields::shown(json)).under("before");
    let Some(Written::Id(id)) = refs::written(json) else {
        return Err(Code::ValueType.with("integer").under("before"));
    };
    let others: Vec<_> =
        of_queue(cx, moved.body.queue).into_iter().filter(|t| t.id != moved.id).collect();
    let place = others.iter().position(|t| t.id == id).ok_or_else(wrong)?;
    let next = others.get(place).map_or(STEP, |t| t.body.rank);
    let previous = place.checked_sub(1).and_then(|p| others.get(p)).map_or(0.0, |t| t.body.rank);
    // It stands there already.
    if moved.body.rank > previous && moved.body.rank < next {
        return Ok(moved.body.rank);
    }
    Ok(f64::midpoint(previous, next))
}

/// Deletes a trigger.
///
/// # Errors
/// As [`get`].
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteTrigger) -> Result<Reply<()>> {
    cx.queue_to_configure(&r.queue)?;
    let trigger = find(cx, &r.queue, &r.id)?;
    store::remove(cx, &trigger)?;
    Ok(Reply::new(()))
}

/// The queue of a rule as the API mentions it.
pub(crate) fn queue_ref(cx: &Cx<'_, '_>, queue: i64) -> trackway_api::types::KeyedRef {
    let queue: Option<&Arc<Object<Queue>>> = cx.dict.queues.get(queue);
    queue.map(|q| q.keyed_ref(&cx.view)).unwrap_or_default()
}

fn reply_of(cx: &Cx<'_, '_>, trigger: &Object<Trigger>) -> Result<TriggerReply> {
    let body = &trigger.body;
    let queue = queue_ref(cx, body.queue);
    Ok(TriggerReply {
        self_url: cx.view.url(&format!("/queues/{}/triggers/{}", queue.key, trigger.id)),
        id: trigger.id,
        queue,
        name: body.name.clone(),
        order: format!("{:.4}", body.rank / 10_000.0),
        actions: render::actions(cx, &body.actions)?,
        conditions: render::conditions(&body.conditions)?,
        version: trigger.version,
        active: body.active,
    })
}
