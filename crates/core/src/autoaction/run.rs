//! Launches of automatic actions.

use std::sync::Arc;

use trackway_api::issues::SearchRequest;
use trackway_search::RoaringBitmap;

use super::store;
use crate::cx::Cx;
use crate::dict::Object;
use crate::dict::model::Autoaction;
use crate::error::{Error, Result};
use crate::field::no;
use crate::job::{self, Job, Kind, Next};
use crate::rule::act::{self, Acting};
use crate::rule::robot;
use crate::search;
use crate::sla::calendar;
use crate::time::DAY_MS;

/// Issues of one launch (automation.md, section 2).
pub const PER_LAUNCH: usize = 100;
/// How long the log is kept.
const KEPT_MS: i64 = 30 * DAY_MS;

/// Sets the next launch, in place of one that was set before; none for one that is not active.
///
/// # Errors
/// The database fails.
pub fn schedule(cx: &mut Cx<'_, '_>, object: &Object<Autoaction>) -> Result<()> {
    let at = cx.now + object.body.interval_millis;
    let next = object.body.active.then(|| (object.id.to_string(), at));
    job::set(cx, Kind::Autoaction, object.id, next)
}

/// Does a launch.
///
/// # Errors
/// The database fails, or an action found it busy; then nothing of the launch has happened.
pub fn step(cx: &mut Cx<'_, '_>, job: &Job) -> Result<Next> {
    let id: i64 = job.payload.parse().map_err(Error::internal)?;
    let Some(object) = cx.dict.autoactions.get(id).cloned() else { return Ok(Next::Done) };
    let queue = cx.dict.queues.get(object.body.queue).filter(|queue| !queue.body.deleted);
    if !object.body.active || queue.is_none() {
        return Ok(Next::Done);
    }
    if cx.dict.rests(object.body.queue) {
        return Ok(Next::Again(job.payload.clone(), cx.now + object.body.interval_millis));
    }
    if let Some(calendar) = object.body.calendar.and_then(|id| cx.dict.calendars.get(id)) {
        match calendar::next(&calendar.body, cx.now) {
            Some(at) if at > cx.now => return Ok(Next::Again(job.payload.clone(), at)),
            Some(_) => {}
            // It may be changed one day.
            None => return Ok(Next::Again(job.payload.clone(), cx.now + DAY_MS)),
        }
    }
    cx.actor = robot::actor(&cx.dict)?;
    let after = store::states(cx, &[id])?.first().map_or(0, |state| state.cursor);
    let (hits, issues, search_failed) = match found(cx, &object.body) {
        Ok(found) => (found.len(), chosen(&found, after), false),
        Err(error) if error.status() >= 500 => return Err(error),
        Err(_) => (0, Vec::new(), true),
    };
    let mut handled = Vec::with_capacity(issues.len());
    for issue in &issues {
        handled.push((*issue, !one(cx, &object, *issue)?));
    }
    let hits = i64::try_from(hits).map_err(Error::internal)?;
    store::log(cx, id, hits, &handled, search_failed)?;
    // A full launch goes on after its last issue, another one begins anew.
    let last = issues.last().copied().filter(|_| issues.len() == PER_LAUNCH).unwrap_or(0);
    let count = i64::try_from(issues.len()).map_err(Error::internal)?;
    let (org, now) = (cx.dict.org_id, cx.now);
    cx.tx.exec(store::NOTE, &[&org, &id, &now, &count, &last])?;
    let old = now - KEPT_MS;
    cx.tx.exec(store::PRUNE_ISSUES, &[&org, &id, &old])?;
    cx.tx.exec(store::PRUNE, &[&org, &id, &old])?;
    Ok(Next::Again(job.payload.clone(), now + object.body.interval_millis))
}

/// The issues of the queue that filter and query find.
///
/// # Errors
/// They cannot be read any more, as when a field was removed.
pub fn found(cx: &mut Cx<'_, '_>, body: &Autoaction) -> Result<RoaringBitmap> {
    let mut found = {
        let index = cx.index.index.read();
        index.bitmap(no::QUEUE, body.queue).cloned().unwrap_or_default()
    };
    if !body.filter.is_empty() {
        let filter = Some(body.filter.clone().into());
        found &= search::ops::found(cx, &SearchRequest { filter, ..SearchRequest::default() })
            .map_err(|error| error.under("filter"))?;
    }
    if !body.query.is_empty() {
        let query = Some(body.query.as_str().into());
        found &= search::ops::found(cx, &SearchRequest { query, ..SearchRequest::default() })
            .map_err(|error| error.under("query"))?;
    }
    Ok(found)
}

/// Those that were not handled for the longest time: launches go round by number.
fn chosen(found: &RoaringBitmap, after: i64) -> Vec<i64> {
    let rest: Vec<i64> =
        found.iter().map(i64::from).filter(|id| *id > after).take(PER_LAUNCH).collect();
    if rest.is_empty() {
        return found.iter().map(i64::from).take(PER_LAUNCH).collect();
    }
    rest
}

/// Does all actions to an issue; whether all went well.
fn one(cx: &mut Cx<'_, '_>, object: &Arc<Object<Autoaction>>, issue: i64) -> Result<bool> {
    let acting = Acting {
        rule: object.id,
        chain: Vec::new(),
        silent: !object.body.enable_notifications,
        issue,
        user: robot::uid(&cx.dict).unwrap_or(0),
    };
    let mut well = true;
    for (number, action) in (1_usize..).zip(&object.body.actions) {
        if let Err(error) = act::perform(cx, &acting, number, action) {
            if error.status() >= 500 {
                return Err(error);
            }
            tracing::info!(autoaction = object.id, issue, number, %error, "an action failed");
            well = false;
        }
    }
    Ok(well)
}
