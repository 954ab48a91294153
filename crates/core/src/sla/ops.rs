//! Operations on the service levels of a queue.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use trackway_api::slas::{CreateSla, DeleteSla, GetSla, ListSlas, Sla, UpdateSla};

use super::input;
use super::model::{Level, SlaRule, When, While};
use crate::cx::{Cx, Reply};
use crate::dict::{Object, store};
use crate::error::{Code, Error, Result};
use crate::issue::edit;
use crate::queue::input::alike;
use crate::rule::{render, robot};
use crate::time::span_text;
use crate::trigger::ops::queue_ref;
use crate::user;

/// Most rules of a queue.
const MAX_RULES: usize = 100;

/// Rules of a queue.
///
/// # Errors
/// 404 and 403 as for the queue's settings.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListSlas) -> Result<Reply<Vec<Sla>>> {
    let queue = cx.queue_to_administer(&r.queue)?;
    let rules = cx.dict.sla_rules.iter().filter(|rule| rule.body.queue == queue.id);
    let replies: Result<Vec<_>> = rules.map(|rule| reply(cx, rule)).collect();
    Ok(replies?.into())
}

/// One rule.
///
/// # Errors
/// 404 and 403 as for the queue's settings, 404 when the queue has no such rule.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetSla) -> Result<Reply<Sla>> {
    let rule = find(cx, &r.queue, &r.id)?;
    Ok(reply(cx, &rule)?.into())
}

fn find(cx: &Cx<'_, '_>, queue: &str, id: &str) -> Result<Arc<Object<SlaRule>>> {
    let queue = cx.queue_to_administer(queue)?;
    let found = id.parse().ok().and_then(|id| cx.dict.sla_rules.get(id));
    found.filter(|rule| rule.body.queue == queue.id).cloned().ok_or_else(|| Code::SlaNotFound.err())
}

/// Creates a rule.
///
/// # Errors
/// 404 and 403 as for the queue's settings, 422 for what cannot be read.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateSla) -> Result<Reply<Sla>> {
    let queue = cx.queue_to_configure(&r.queue)?;
    let body = &r.body.0;
    for member in ["name", "levels", "start"] {
        if body.get(member).is_none_or(Json::is_null) {
            return Err(Code::FieldRequired.at(member));
        }
    }
    let blank = SlaRule { queue: queue.id, created: cx.now, ..SlaRule::default() };
    let made = input::rule(cx, &blank, body)?;
    let count = cx.dict.sla_rules.iter().filter(|rule| rule.body.queue == queue.id).count();
    if count >= MAX_RULES {
        return Err(Code::TooManyRules.with(MAX_RULES));
    }
    robot::ensure(cx)?;
    let rule = store::insert(cx, "", made)?;
    Ok(reply(cx, &rule)?.into())
}

/// Changes a rule. Timers follow it from their next change on.
///
/// # Errors
/// As [`create`]; 409 or 412 for a stale version.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateSla) -> Result<Reply<Sla>> {
    cx.queue_to_configure(&r.queue)?;
    let old = find(cx, &r.queue, &r.id)?;
    edit::check_version(old.version, r.version, r.if_match)?;
    let body = input::rule(cx, &old.body, &r.body.0)?;
    if alike(&old.body, &body) {
        return Ok(reply(cx, &old)?.into());
    }
    let rule = store::update(cx, &old, body)?;
    Ok(reply(cx, &rule)?.into())
}

/// Deletes a rule. Its timers are shown no more.
///
/// # Errors
/// As [`get`].
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteSla) -> Result<Reply<()>> {
    cx.queue_to_configure(&r.queue)?;
    let rule = find(cx, &r.queue, &r.id)?;
    cx.tx.exec(super::store::DELETE_OF_RULE, &[&cx.dict.org_id, &rule.id])?;
    store::remove(cx, &rule)?;
    Ok(Reply::new(()))
}

fn reply(cx: &Cx<'_, '_>, rule: &Object<SlaRule>) -> Result<Sla> {
    let body = &rule.body;
    let queue = queue_ref(cx, body.queue);
    let levels: Result<Vec<Json>> = body.levels.iter().map(level).collect();
    let calendar = body.calendar.and_then(|id| cx.dict.calendars.get(id));
    Ok(Sla {
        self_url: cx.view.url(&format!("/queues/{}/slas/{}", queue.key, rule.id)),
        id: rule.id,
        version: rule.version,
        queue,
        name: body.name.clone(),
        calendar: calendar.map(|calendar| calendar.plain_ref(&cx.view)),
        levels: levels?,
        start: body.start.iter().map(|one| when(cx, one)).collect(),
        pause: body.pause.iter().map(|one| state(cx, one)).collect(),
        stop: body.stop.iter().map(|one| when(cx, one)).collect(),
        restartable: body.restartable,
        alerts: body.alerts.iter().map(|u| user::reference(&cx.dict, &cx.view, *u)).collect(),
    })
}

fn level(level: &Level) -> Result<Json> {
    let mut members = Map::new();
    if let Some(conditions) = &level.conditions {
        members.insert("conditions".to_owned(), render::conditions(conditions)?.into());
    }
    if let Some(warn) = level.warn {
        members.insert("warn".to_owned(), span_text(warn / 1000).into());
    }
    members.insert("limit".to_owned(), span_text(level.limit / 1000).into());
    Ok(Json::Object(members))
}

fn statuses(cx: &Cx<'_, '_>, kind: &str, ids: &[i64]) -> Json {
    let found = ids.iter().filter_map(|id| cx.dict.statuses.get(*id));
    let refs: Vec<_> = found.map(|status| status.keyed_ref(&cx.view)).collect();
    json!({ "type": kind, "statuses": refs })
}

fn when(cx: &Cx<'_, '_>, when: &When) -> Json {
    match when {
        When::StatusChanged { statuses: ids } => statuses(cx, "StatusChanged", ids),
        When::ResolutionSet { resolutions } => {
            let found = resolutions.iter().filter_map(|id| cx.dict.resolutions.get(*id));
            let refs: Vec<_> = found.map(|one| one.keyed_ref(&cx.view)).collect();
            json!({ "type": "ResolutionSet", "resolutions": refs })
        }
        other => serde_json::to_value(other).map_err(Error::internal).unwrap_or_default(),
    }
}

fn state(cx: &Cx<'_, '_>, state: &While) -> Json {
    match state {
        While::InStatus { statuses: ids } => statuses(cx, "InStatus", ids),
        other => serde_json::to_value(other).map_err(Error::internal).unwrap_or_default(),
    }
}
