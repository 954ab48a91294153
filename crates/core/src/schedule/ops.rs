//! Operations on the recurring issues of a queue.

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::schedules::{
    CreateSchedule, DeleteSchedule, GetSchedule, ListSchedules, Schedule as ScheduleReply,
    UpdateSchedule,
};

use super::model::Schedule;
use super::store::{self as rows, StateRow};
use super::{input, run, times};
use crate::cx::{Cx, Reply};
use crate::dict::{Object, store};
use crate::error::{Code, Result};
use crate::issue::edit;
use crate::job::{self, Kind};
use crate::queue::input::alike;
use crate::rule::robot;
use crate::sla::input::DAYS;
use crate::time::instant_text;
use crate::trigger::ops::queue_ref;

/// Most rules of a queue.
const MAX_SCHEDULES: usize = 200;

/// Rules of a queue.
///
/// # Errors
/// 404 and 403 as for the queue's settings.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListSchedules) -> Result<Reply<Vec<ScheduleReply>>> {
    let queue = cx.queue_to_administer(&r.queue)?;
    let objects = of_queue(cx, queue.id);
    let ids: Vec<i64> = objects.iter().map(|object| object.id).collect();
    let states = rows::states(cx, &ids)?;
    Ok(objects.iter().map(|object| wire(cx, object, &states)).collect::<Vec<_>>().into())
}

fn of_queue(cx: &Cx<'_, '_>, queue: i64) -> Vec<Arc<Object<Schedule>>> {
    cx.dict.schedules.iter().filter(|object| object.body.queue == queue).cloned().collect()
}

/// One rule.
///
/// # Errors
/// 404 and 403 as for the queue's settings, 404 when the queue has no such rule.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetSchedule) -> Result<Reply<ScheduleReply>> {
    let object = find(cx, &r.queue, &r.id)?;
    reply(cx, &object)
}

fn find(cx: &Cx<'_, '_>, queue: &str, id: &str) -> Result<Arc<Object<Schedule>>> {
    let queue = cx.queue_to_administer(queue)?;
    let found = id.parse().ok().and_then(|id| cx.dict.schedules.get(id));
    found
        .filter(|object| object.body.queue == queue.id)
        .cloned()
        .ok_or_else(|| Code::ScheduleNotFound.err())
}

/// Creates a rule. Its issues are tried out, so that a rule that cannot work is refused.
///
/// # Errors
/// 404 and 403 as for the queue's settings, 422 for what cannot be read or made.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateSchedule) -> Result<Reply<ScheduleReply>> {
    let queue = cx.queue_to_configure(&r.queue)?;
    let body = &r.body.0;
    for member in ["name", "issues", "unit"] {
        if body.get(member).is_none_or(Json::is_null) {
            return Err(Code::FieldRequired.at(member));
        }
    }
    let blank = Schedule {
        queue: queue.id,
        every: 1,
        zone: "UTC".to_owned(),
        start: cx.now,
        active: true,
        ..Schedule::default()
    };
    let made = input::schedule(cx, &blank, body)?;
    if of_queue(cx, queue.id).len() >= MAX_SCHEDULES {
        return Err(Code::TooManyRules.with(MAX_SCHEDULES));
    }
    robot::ensure(cx)?;
    run::try_out(cx, &made)?;
    let object = store::insert(cx, "", made)?;
    run::set(cx, &object)?;
    reply(cx, &object)
}

/// Changes a rule.
///
/// # Errors
/// As [`create`]; 409 or 412 for a stale version.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateSchedule) -> Result<Reply<ScheduleReply>> {
    cx.queue_to_configure(&r.queue)?;
    let old = find(cx, &r.queue, &r.id)?;
    edit::check_version(old.version, r.version, r.if_match)?;
    let body = input::schedule(cx, &old.body, &r.body.0)?;
    if alike(&old.body, &body) {
        return reply(cx, &old);
    }
    if body.issues != old.body.issues {
        run::try_out(cx, &body)?;
    }
    let object = store::update(cx, &old, body)?;
    run::set(cx, &object)?;
    reply(cx, &object)
}

/// Deletes a rule; what it made stays.
///
/// # Errors
/// As [`get`].
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteSchedule) -> Result<Reply<()>> {
    cx.queue_to_configure(&r.queue)?;
    let object = find(cx, &r.queue, &r.id)?;
    job::set(cx, Kind::Schedule, object.id, None)?;
    cx.tx.exec(rows::DELETE, &[&cx.dict.org_id, &object.id])?;
    store::remove(cx, &object)?;
    Ok(Reply::new(()))
}

fn reply(cx: &mut Cx<'_, '_>, object: &Object<Schedule>) -> Result<Reply<ScheduleReply>> {
    let states = rows::states(cx, &[object.id])?;
    Ok(wire(cx, object, &states).into())
}

fn wire(cx: &Cx<'_, '_>, object: &Object<Schedule>, states: &[StateRow]) -> ScheduleReply {
    let body = &object.body;
    let state = states.iter().find(|state| state.schedule_id == object.id);
    let queue = queue_ref(cx, body.queue);
    let calendar = body.calendar.and_then(|id| cx.dict.calendars.get(id));
    let next = times::next(body, run::calendar(cx, body), cx.now).filter(|_| body.active);
    let day = |day: &u8| DAYS.get(usize::from(*day)).map(|name| (*name).to_owned());
    ScheduleReply {
        self_url: cx.view.url(&format!("/queues/{}/schedules/{}", queue.key, object.id)),
        id: object.id,
        version: object.version,
        queue,
        name: body.name.clone(),
        issues: body.issues.iter().cloned().map(Json::Object).collect(),
        unit: body.unit.name().to_owned(),
        every: body.every,
        weekdays: body.weekdays.iter().filter_map(day).collect(),
        time_zone: body.zone.clone(),
        start: instant_text(body.start),
        end: body.end.map(instant_text),
        calendar: calendar.map(|calendar| calendar.plain_ref(&cx.view)),
        active: body.active,
        next_run: next.map(instant_text),
        last_run: state.map(|state| instant_text(state.last_run)),
        issues_created: state.map_or(0, |state| state.created),
        last_error: state.map(|state| state.error.clone()).filter(|error| !error.is_empty()),
    }
}
