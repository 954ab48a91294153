//! Upkeep as a job: one chunk of issues a transaction.

use std::sync::Arc;

use super::{CHUNK, Payload, SETTLED_MS, candidates, settle};
use crate::actor::Actor;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::job::{Job, Next};

/// Handles the next chunk.
///
/// # Errors
/// The database fails; then nothing of the chunk has happened.
pub fn step(cx: &mut Cx<'_, '_>, job: &Job) -> Result<Next> {
    let mut payload: Payload = serde_json::from_str(&job.payload).map_err(Error::internal)?;
    let origin = cx.actor.origin.clone();
    cx.actor = Arc::new(Actor { origin, ..Actor::robot(payload.by) });
    cx.cause.upkeep = true;
    let ids = candidates(cx, &payload.work, payload.after, CHUNK);
    settle(cx, &payload.work, &ids)?;
    let run_at = match ids.last() {
        Some(last) => {
            payload.after = *last;
            cx.now
        }
        None if payload.again => return Ok(Next::Done),
        // Once more when all that began before the change is over.
        None => {
            payload.after = -1;
            payload.again = true;
            cx.now + SETTLED_MS
        }
    };
    Ok(Next::Again(serde_json::to_string(&payload).map_err(Error::internal)?, run_at))
}
