//! Issues whose time on a board is over go by themselves. An edit takes them off too
//! ([`super::auto`]), but most issues in a final status are never edited again.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use trackway_search::{Cond, SortBy, SortKey};

use crate::access::Editable;
use crate::actor::Actor;
use crate::cx::Cx;
use crate::dict::model::{Board, RemoveFilter};
use crate::error::{Code, Error, Result};
use crate::event::EventKind;
use crate::field::no;
use crate::issue::{edit, store};
use crate::job::{self, Job, Kind, NewJob, Next};
use crate::rule::robot;
use crate::time::Instant;

/// Issues of one transaction.
const CHUNK: usize = 100;
/// A board is looked at this often at least, in ms, for issues that came since.
const LOOK_MS: i64 = 3_600_000;

/// What a job is given.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    board: i64,
    /// Issues up to this one were looked at.
    after: i64,
}

/// Begins to look after a board that was made or changed, in place of an earlier look.
///
/// # Errors
/// The database fails.
pub(super) fn watch(cx: &mut Cx<'_, '_>, board: i64, body: &Board) -> Result<()> {
    let name = board.to_string();
    cx.tx.exec(job::store::REMOVE_NAMED, &[&cx.dict.org_id, &Kind::Board.name(), &name])?;
    if filter(body).is_none() {
        return Ok(());
    }
    let payload = written(&Payload { board, after: -1 })?;
    let run_at = cx.now;
    job::enqueue(
        cx,
        &NewJob { kind: Kind::Board, name: Some(&name), strand: None, payload, run_at },
    )
}

fn filter(board: &Board) -> Option<&RemoveFilter> {
    board.remove.as_ref().filter(|filter| filter.enabled && !filter.statuses.is_empty())
}

fn written(payload: &Payload) -> Result<String> {
    serde_json::to_string(payload).map_err(Error::internal)
}

/// Takes the next issues off a board.
///
/// # Errors
/// The database fails; then all of them are still there.
pub fn step(cx: &mut Cx<'_, '_>, job: &Job) -> Result<Next> {
    let Payload { board, after } = serde_json::from_str(&job.payload).map_err(Error::internal)?;
    let dict = Arc::clone(&cx.dict);
    let Some(object) = dict.boards.get(board) else { return Ok(Next::Done) };
    let Some(filter) = filter(&object.body) else { return Ok(Next::Done) };
    let due = due(cx, board, filter, after);
    let Some(last) = due.last() else {
        return match filter.after {
            // What comes into the status goes at once.
            None => Ok(Next::Done),
            Some(stay) => {
                let next = next(cx, board, filter, stay).min(cx.now + LOOK_MS);
                Ok(Next::Again(written(&Payload { board, after: -1 })?, next))
            }
        };
    };
    cx.actor = Arc::new(Actor::robot(robot::uid(&dict).unwrap_or(object.body.owner)));
    cx.cause.upkeep = true;
    for loaded in store::by_ids(cx, &due)? {
        let issue = loaded.full(cx)?;
        // Every edit asks the filters, this one for nothing else.
        match edit::commit(cx, &Editable::consequence(loaded), issue, EventKind::IssueUpdated) {
            Err(error) if error.code == Code::IssueLocked || error.status() == 422 => {}
            result => drop(result?),
        }
    }
    Ok(Next::Again(written(&Payload { board, after: *last })?, cx.now))
}

/// Issues of a board that may go some time.
fn waiting(board: i64, filter: &RemoveFilter) -> Vec<Cond> {
    vec![Cond::Has(no::BOARDS, board), Cond::AnyOf(no::STATUS, filter.statuses.clone())]
}

fn due(cx: &Cx<'_, '_>, board: i64, filter: &RemoveFilter, after: i64) -> Vec<i64> {
    let mut conditions = waiting(board, filter);
    let to = Some(cx.now - filter.after.unwrap_or(0));
    conditions.push(Cond::Range { field: no::STATUS_START_TIME, from: None, to });
    if filter.needs_resolution {
        conditions.push(Cond::Exists(no::RESOLUTION));
    }
    let found = cx.index.index.read().eval(&Cond::And(conditions));
    found.iter().map(i64::from).filter(|id| *id > after).take(CHUNK).collect()
}

/// When the first of the others goes. Those that lack a resolution go with the edit that sets it.
fn next(cx: &Cx<'_, '_>, board: i64, filter: &RemoveFilter, stay: i64) -> Instant {
    let mut conditions = waiting(board, filter);
    let field = no::STATUS_START_TIME;
    conditions.push(Cond::Range { field, from: Some(cx.now - stay + 1), to: None });
    let index = cx.index.index.read();
    let hits = index.eval(&Cond::And(conditions));
    let order = [SortKey { field, descending: false, by: SortBy::Value }];
    let first = index.page(&hits, &order, 0, 1);
    let since = first.first().and_then(|issue| index.value(field, *issue));
    since.map_or(Instant::MAX, |since| since.saturating_add(stay))
}
