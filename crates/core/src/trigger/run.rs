//! Triggers at work. The events of an operation become jobs in its own transaction; a job looks at
//! them in their order, and at the queue's triggers in theirs.

use serde::{Deserialize, Serialize};
use trackway_search::Doc;

use super::ops;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::event::{EventBody, store as events};
use crate::field::no;
use crate::issue::store;
use crate::job::{self, Job, Kind, NewJob, Next};
use crate::rule::act::{self, Acting};
use crate::rule::condition;
use crate::rule::occasion::Occasion;
use crate::sla;

/// Longest chain of rules that set each other off (automation.md, 1.2).
const MAX_CHAIN: usize = 10;

/// What a job is given.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    issue: i64,
    events: Vec<i64>,
}

/// Writes the jobs for the events of an operation that is about to be committed.
///
/// # Errors
/// The database fails.
pub fn follow(cx: &mut Cx<'_, '_>) -> Result<()> {
    let idle = cx.dict.triggers.is_empty() && cx.dict.sla_rules.is_empty();
    if cx.effects.events.is_empty() || idle || cx.cause.imported {
        return Ok(());
    }
    let mut wanted: Vec<Payload> = Vec::new();
    for (issue, event) in &cx.effects.events {
        if !is_watched(cx, *issue) {
            continue;
        }
        match wanted.iter_mut().find(|payload| payload.issue == *issue) {
            Some(payload) => payload.events.push(*event),
            None => wanted.push(Payload { issue: *issue, events: vec![*event] }),
        }
    }
    for payload in wanted {
        let job = NewJob {
            kind: Kind::Trigger,
            name: None,
            strand: Some(payload.issue),
            payload: serde_json::to_string(&payload).map_err(Error::internal)?,
            run_at: cx.now,
        };
        job::enqueue(cx, &job)?;
    }
    Ok(())
}

/// Whether the queue of an issue has triggers that may fire.
fn is_watched(cx: &Cx<'_, '_>, issue: i64) -> bool {
    let deltas = cx.effects.issues.iter().rev();
    let doc = deltas.filter(|delta| i64::from(delta.id) == issue).find_map(|d| d.after.as_ref());
    // Of an event without a change of the issue the queue is not known here.
    let Some(queue) = doc.and_then(queue_of) else { return true };
    if cx.dict.rests(queue) {
        return false;
    }
    sla::run::watches(cx, queue)
        || ops::of_queue(cx, queue).iter().any(|trigger| trigger.body.active)
}

fn queue_of(doc: &Doc) -> Option<i64> {
    doc.terms().iter().find(|(field, _)| *field == no::QUEUE).map(|(_, queue)| *queue)
}

/// Looks at the events of a job.
///
/// # Errors
/// The database fails, or an action found it busy; then nothing of it has happened.
pub fn step(cx: &mut Cx<'_, '_>, job: &Job) -> Result<Next> {
    let payload: Payload = serde_json::from_str(&job.payload).map_err(Error::internal)?;
    for event in payload.events {
        one(cx, payload.issue, event)?;
    }
    Ok(Next::Done)
}

fn one(cx: &mut Cx<'_, '_>, issue: i64, event: i64) -> Result<()> {
    let Some(row) = events::one(cx, issue, event)? else { return Ok(()) };
    let Some(loaded) = store::by_id(cx, issue)? else { return Ok(()) };
    if cx.dict.rests(loaded.issue.queue) {
        return Ok(());
    }
    let mut body: EventBody = serde_json::from_str(&row.body).map_err(Error::internal)?;
    let chain = std::mem::take(&mut body.cause.rules);
    let now = loaded.full(cx)?;
    let on = Occasion::new(cx, row.kind, row.actor, body, &now);
    sla::run::event(cx, &on, row.at)?;
    if chain.len() >= MAX_CHAIN || on.body.cause.upkeep {
        return Ok(());
    }
    // All conditions are looked at before anything is done: each on the state after the event.
    let mut firing = Vec::new();
    for trigger in ops::of_queue(cx, on.after.queue) {
        // A trigger does not fire on what it did itself.
        let own = chain.last() == Some(&trigger.id);
        if trigger.body.active
            && !own
            && condition::holds(cx, &trigger.body.conditions, &on, &trigger.body.actions)?
        {
            firing.push(trigger);
        }
    }
    for trigger in firing {
        let acting =
            Acting { rule: trigger.id, chain: chain.clone(), silent: false, issue, user: on.actor };
        for (number, action) in (1_usize..).zip(&trigger.body.actions) {
            if let Err(error) = act::perform(cx, &acting, number, action) {
                if error.status() >= 500 {
                    return Err(error);
                }
                tracing::info!(trigger = trigger.id, issue, number, %error, "an action failed");
            }
        }
    }
    Ok(())
}
