//! What a change of settings means for the issues it touches: they lose values that are gone, leave
//! statuses that their workflow lacks, and go off boards when their time there is over. As much as
//! others would not notice is done along with the change; a job does the rest, and looks again for
//! issues that were changed at the same moment.
//!
//! Nobody works on an issue here: it keeps its history, but no person is notified and no trigger
//! fires ([`crate::event::Cause::upkeep`]).

pub mod run;
pub(crate) mod statuses;
pub(crate) mod values;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::access::Editable;
use crate::cx::Cx;
use crate::error::{Code, Error, Result};
use crate::event::EventKind;
use crate::field::no::FieldNo;
use crate::issue::store::{self, Loaded};
use crate::issue::{Issue, edit};
use crate::job::{self, Kind, NewJob};

/// Most issues that are changed in the transaction of the change itself: more would keep everybody
/// else waiting.
const AT_ONCE: usize = if cfg!(test) { 5 } else { 1000 };
/// Issues of one transaction of a job, as in a bulk change.
const CHUNK: usize = 100;
/// After this time, in ms, nothing that began before the change is still under way.
const SETTLED_MS: i64 = 10_000;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type")]
pub(crate) enum Work {
    /// A value is gone: issues lose it.
    #[serde(rename_all = "camelCase")]
    Forget {
        /// List fields that may have it.
        fields: Vec<FieldNo>,
        /// The value.
        value: i64,
    },
    /// A workflow lacks statuses it had: issues leave them.
    #[serde(rename_all = "camelCase")]
    Statuses {
        /// Queue of the issues.
        queue: i64,
        /// Their type.
        issue_type: i64,
        /// From which status to which.
        moves: Vec<(i64, i64)>,
    },
}

/// A job's work and how far it has come.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    work: Work,
    /// Whoever changed the settings.
    by: i64,
    /// Issues up to this one are done.
    after: i64,
    /// It is the second look.
    again: bool,
}

/// Does work: a part along with the present change, the rest as a job.
///
/// # Errors
/// The database fails.
pub(crate) fn begin(cx: &mut Cx<'_, '_>, work: Work) -> Result<()> {
    let ids = candidates(cx, &work, -1, AT_ONCE);
    let cause = cx.cause.clone();
    cx.cause.upkeep = true;
    for chunk in ids.chunks(CHUNK) {
        settle(cx, &work, chunk)?;
    }
    cx.cause = cause;
    // The index does not know yet what others write at this moment, so a job looks in any case.
    let after = if ids.len() < AT_ONCE { -1 } else { ids.last().copied().unwrap_or(-1) };
    let payload = Payload { work, by: cx.actor.uid, after, again: false };
    let job = NewJob {
        kind: Kind::Upkeep,
        name: None,
        strand: None,
        payload: serde_json::to_string(&payload).map_err(Error::internal)?,
        run_at: cx.now,
    };
    job::enqueue(cx, &job)
}

/// Issues that may need work, by id, after one of them.
fn candidates(cx: &Cx<'_, '_>, work: &Work, after: i64, limit: usize) -> Vec<i64> {
    let org = cx.index.index.read();
    let found = org.eval(&match work {
        Work::Forget { fields, value } => values::having(fields, *value),
        Work::Statuses { queue, issue_type, moves } => {
            statuses::leaving(*queue, *issue_type, moves)
        }
    });
    found.iter().map(i64::from).filter(|id| *id > after).take(limit).collect()
}

fn settle(cx: &mut Cx<'_, '_>, work: &Work, ids: &[i64]) -> Result<()> {
    for loaded in store::by_ids(cx, ids)? {
        let id = loaded.issue.id;
        let mut read = Some(loaded);
        cx.unraced(|cx| {
            let again = |cx: &mut Cx<'_, '_>| store::by_id(cx, id);
            let loaded = read.take().map_or_else(|| again(cx), |loaded| Ok(Some(loaded)))?;
            loaded.map_or(Ok(()), |loaded| follow(cx, work, loaded))
        })?;
    }
    Ok(())
}

/// Lets one issue follow.
fn follow(cx: &mut Cx<'_, '_>, work: &Work, loaded: Loaded) -> Result<()> {
    let dict = Arc::clone(&cx.dict);
    let mut after = loaded.full(cx)?;
    match work {
        Work::Forget { fields, value } => values::drop_from(&mut after, fields, *value),
        Work::Statuses { moves, .. } => statuses::leave(&dict, &mut after, moves, cx.now),
    }
    save(cx, loaded, after)
}

/// Saves an issue in whose name nobody acts. One with too many versions is changed as well: it
/// would stay broken for ever.
fn save(cx: &mut Cx<'_, '_>, loaded: Loaded, after: Issue) -> Result<()> {
    let kind = if loaded.issue.status() == after.status() {
        EventKind::IssueUpdated
    } else {
        EventKind::IssueWorkflow
    };
    match edit::enforce(cx, &Editable::consequence(loaded), after, kind) {
        // What breaks another rule already is no worse afterwards.
        Err(error) if error.status() == 422 => {
            tracing::warn!(%error, "an issue cannot follow a change of settings");
            Ok(())
        }
        Err(error) if error.code == Code::IssueNotFound => Ok(()),
        result => result.map(drop),
    }
}
