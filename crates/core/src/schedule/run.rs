//! Making recurring issues.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use trackway_api::types::Members;

use super::model::Schedule;
use super::{store, times};
use crate::cx::Cx;
use crate::dict::Object;
use crate::error::{Error, Result};
use crate::issue::{self, Issue};
use crate::job::{self, Job, Kind, Next};
use crate::rule::robot;
use crate::rule::scene::Scene;
use crate::sla::model::Calendar;
use crate::time::{DAY_MS, Instant};

/// Longest error text that is kept, in characters.
const MAX_ERROR: usize = 1000;

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    schedule: i64,
    /// When issues are to be made; nothing to look for such a time again.
    at: Option<Instant>,
}

/// Sets the next creation, in place of one that was set before; none for a rule that is not active.
///
/// # Errors
/// The database fails.
pub(super) fn set(cx: &mut Cx<'_, '_>, object: &Object<Schedule>) -> Result<()> {
    let next = if object.body.active { upcoming(cx, object)? } else { None };
    job::set(cx, Kind::Schedule, object.id, next)
}

/// The next job of a rule; nothing when it is over.
fn upcoming(cx: &Cx<'_, '_>, object: &Object<Schedule>) -> Result<Option<(String, Instant)>> {
    let body = &object.body;
    let at = times::next(body, calendar(cx, body), cx.now);
    let run_at = match at {
        Some(at) => at,
        // The calendar has no working time, and may be changed one day.
        None if body.calendar.is_some() && body.end.is_none_or(|end| end > cx.now) => {
            cx.now + DAY_MS
        }
        None => return Ok(None),
    };
    let payload = Payload { schedule: object.id, at };
    Ok(Some((serde_json::to_string(&payload).map_err(Error::internal)?, run_at)))
}

pub(super) fn calendar<'c>(cx: &'c Cx<'_, '_>, body: &Schedule) -> Option<&'c Calendar> {
    Some(&cx.dict.calendars.get(body.calendar?)?.body)
}

/// Makes the issues of a rule. Times that passed while no server ran are made up for once.
///
/// # Errors
/// The database fails; then no issue was made.
pub fn step(cx: &mut Cx<'_, '_>, job: &Job) -> Result<Next> {
    let payload: Payload = serde_json::from_str(&job.payload).map_err(Error::internal)?;
    let Some(object) = cx.dict.schedules.get(payload.schedule).cloned() else {
        return Ok(Next::Done);
    };
    let queue = cx.dict.queues.get(object.body.queue).filter(|queue| !queue.body.deleted);
    if !object.body.active || queue.is_none() {
        return Ok(Next::Done);
    }
    let body = &object.body;
    let rests = cx.dict.rests(body.queue);
    if payload.at.is_some_and(|at| !rests && times::is_working(body, calendar(cx, body), at)) {
        make_all(cx, &object)?;
    }
    Ok(upcoming(cx, &object)?.map_or(Next::Done, |(payload, at)| Next::Again(payload, at)))
}

fn make_all(cx: &mut Cx<'_, '_>, object: &Object<Schedule>) -> Result<()> {
    let (mut made, mut failed) = (0_i64, String::new());
    for template in &object.body.issues {
        match cx.savepoint(|cx| make(cx, object.id, object.body.queue, template)) {
            Ok(()) => made += 1,
            Err(error) if error.status() >= 500 => return Err(error),
            Err(error) => {
                tracing::info!(schedule = object.id, %error, "a recurring issue cannot be made");
                failed = error.to_string().chars().take(MAX_ERROR).collect();
            }
        }
    }
    let (org, now) = (cx.dict.org_id, cx.now);
    cx.tx.exec(store::NOTE, &[&org, &object.id, &now, &made, &failed])?;
    Ok(())
}

/// Makes one issue, whose author is the robot.
fn make(cx: &mut Cx<'_, '_>, rule: i64, queue: i64, template: &Map<String, Json>) -> Result<()> {
    cx.actor = robot::actor(&cx.dict)?;
    cx.cause.rules.push(rule);
    let dict = std::sync::Arc::clone(&cx.dict);
    let scene = Scene::new(cx, Issue::new(0, queue, 0, 1), cx.actor.uid)?;
    let filled = template.iter().map(|(name, json)| (name.clone(), scene.fill_json(&dict, json)));
    let mut members: Members = filled.collect();
    members.insert("queue".to_owned(), queue.into());
    issue::ops::create_from(cx, &members).map(drop)
}

/// Makes the issues of a rule and takes them back, to learn whether it can be done.
///
/// # Errors
/// Why one of them cannot be made.
pub(super) fn try_out(cx: &mut Cx<'_, '_>, body: &Schedule) -> Result<()> {
    let mut outcome = Ok(());
    let undone = cx.savepoint(|cx| -> Result<()> {
        let mut made = body.issues.iter().map(|template| make(cx, 0, body.queue, template));
        outcome = made.try_for_each(|made| made);
        Err(Error::internal("only tried"))
    });
    debug_assert!(undone.is_err(), "nothing of it stays");
    outcome
}
