//! The work of a bulk change: one chunk of issues a transaction.

use std::sync::Arc;

use trackway_api::issues::UpdateIssue;
use trackway_api::transitions::ExecuteTransition;
use trackway_api::{List, MaybeJson};

use super::store::{self, BulkRow};
use super::{CHUNK, Operation, Status, render};
use crate::actor::Actor;
use crate::cx::Cx;
use crate::error::{Code, Error, Result};
use crate::issue::transfer::Options;
use crate::job::{Job, Next};
use crate::{entity, issue, transition};

/// Handles the next chunk of a bulk change.
///
/// # Errors
/// The database fails; then nothing of the chunk has happened.
pub fn step(cx: &mut Cx<'_, '_>, job: &Job) -> Result<Next> {
    let Some(row) = of_job(cx, job)? else { return Ok(Next::Done) };
    if Status::from_number(row.status).is_final() {
        cx.tx.exec(store::DELETE_CHUNKS, &[&cx.dict.org_id, &row.id])?;
        return Ok(Next::Done);
    }
    let actor = Actor::of(&cx.dict, row.created_by).filter(|actor| actor.full);
    let Some(actor) = actor else {
        // Whoever started it has left, or may no longer write.
        end(cx, row.id, Status::Failed)?;
        return Ok(Next::Done);
    };
    cx.actor = Arc::new(actor);
    cx.cause.silent = row.notify == 0;
    let operation: Operation = serde_json::from_str(&row.operation).map_err(Error::internal)?;
    let issues = store::chunk(cx, row.id, row.next_chunk)?;
    let first = row.next_chunk * i64::try_from(CHUNK).map_err(Error::internal)?;
    let mut failed = 0_i64;
    for (place, issue) in (first..).zip(&issues) {
        if let Err(error) = one(cx, &operation, issue) {
            if error.status() >= 500 {
                return Err(error);
            }
            failed += 1;
            let error = render::stored_error(&error)?;
            let params: [&dyn trackway_db::Param; 5] =
                [&cx.dict.org_id, &row.id, &place, issue, &error];
            cx.tx.exec(store::INSERT_FAILURE, &params)?;
        }
    }
    let last = row.next_chunk + 1 >= row.chunks;
    let status = if last { Status::Complete } else { Status::InProgress };
    let handled = i64::try_from(issues.len()).map_err(Error::internal)?;
    let params: [&dyn trackway_db::Param; 5] =
        [&cx.dict.org_id, &row.id, &status.number(), &handled, &failed];
    cx.tx.exec(store::PROGRESS, &params)?;
    if last {
        cx.tx.exec(store::DELETE_CHUNKS, &[&cx.dict.org_id, &row.id])?;
        return Ok(Next::Done);
    }
    Ok(Next::Again(job.payload.clone(), cx.now))
}

/// The work was given up.
///
/// # Errors
/// The database fails.
pub fn broken(cx: &mut Cx<'_, '_>, job: &Job) -> Result<()> {
    let Some(row) = of_job(cx, job)? else { return Ok(()) };
    end(cx, row.id, Status::Failed)
}

fn of_job(cx: &mut Cx<'_, '_>, job: &Job) -> Result<Option<BulkRow>> {
    let id: i64 = job.payload.parse().map_err(Error::internal)?;
    store::one(cx, id)
}

fn end(cx: &mut Cx<'_, '_>, bulk: i64, status: Status) -> Result<()> {
    cx.tx.exec(store::END, &[&cx.dict.org_id, &bulk, &status.number()])?;
    cx.tx.exec(store::DELETE_CHUNKS, &[&cx.dict.org_id, &bulk])?;
    Ok(())
}

/// Handles one issue; if it fails, nothing of it remains and the others go on.
fn one(cx: &mut Cx<'_, '_>, operation: &Operation, issue: &str) -> Result<()> {
    cx.unraced(|cx| apply(cx, operation, issue))
}

fn apply(cx: &mut Cx<'_, '_>, operation: &Operation, issue: &str) -> Result<()> {
    match operation {
        Operation::Update { values } => {
            let request = UpdateIssue {
                // Nobody reads the answer.
                fields: Some(List::from(["key"])),
                ..UpdateIssue::new(issue, values.clone())
            };
            issue::ops::update(cx, &request).map(drop)
        }
        Operation::Entities { kind, values } => entity::bulk::apply(cx, *kind, issue, values),
        Operation::Transition { transition, values } => {
            let body = MaybeJson(Some(values.clone()));
            let request = ExecuteTransition::new(issue, transition.as_str(), body);
            transition::ops::execute(cx, &request).map(drop)
        }
        Operation::Move { queue, values, all_fields, initial_status } => {
            let editable = cx.issue(issue)?.editable(cx)?;
            let queue = cx.dict.queues.get(*queue).filter(|queue| !queue.body.deleted).cloned();
            let queue = queue.ok_or_else(|| Code::QueueNotFound.err())?;
            let options = Options { all_fields: *all_fields, initial_status: *initial_status };
            issue::transfer::carry(cx, &editable, &queue, options, values).map(drop)
        }
    }
}
