//! Deleting and archiving queues, and bringing them back.

use std::sync::Arc;

use trackway_api::queues::{ArchiveQueue, DeleteQueue, Queue as QueueReply, RestoreQueue};

use super::render;
use crate::cx::{Cx, Reply};
use crate::dict::Object;
use crate::dict::model::Queue;
use crate::dict::store;
use crate::error::{Code, Result};

/// Hides a queue with its issues. Its key stays taken for ever (workflow.md, 5).
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteQueue) -> Result<Reply<()>> {
    let queue = cx.queue_to_administer(&r.queue)?;
    store::update(cx, &queue, Queue { deleted: true, ..queue.body.clone() })?;
    Ok(().into())
}

/// Keeps a queue as it is: its issues are found and read, nothing in it is made or changed, and its
/// rules do nothing. An operation of ours.
///
/// # Errors
/// 404 and 403 as for the queue's settings.
pub fn archive(cx: &mut Cx<'_, '_>, r: &ArchiveQueue) -> Result<Reply<QueueReply>> {
    cx.view.localize(r.localized);
    let queue = cx.queue_to_administer(&r.queue)?;
    let queue = shelved(cx, queue, true)?;
    Ok(render::queue(cx, &queue, None).into())
}

/// Brings a deleted queue back as it was, or an archived one; one that is neither stays as it is.
///
/// # Errors
/// 404 when there is none; 403 for a deleted one unless the caller is an administrator, for an
/// archived one as for its settings.
pub fn restore(cx: &mut Cx<'_, '_>, r: &RestoreQueue) -> Result<Reply<QueueReply>> {
    cx.view.localize(r.localized);
    let queue = match cx.dict.queues.find(&r.queue).cloned() {
        Some(queue) if !queue.body.deleted => {
            let queue = cx.queue_to_administer(&r.queue)?;
            shelved(cx, queue, false)?
        }
        deleted => {
            // Nobody else learns which keys there were.
            cx.actor.admin_only()?;
            let queue = deleted.ok_or_else(|| Code::QueueNotFound.err())?;
            let body = Queue { deleted: false, ..queue.body.clone() };
            Arc::new(store::update(cx, &queue, body)?)
        }
    };
    let mut reply = render::queue(cx, &queue, None);
    // The answer goes without it (contract, `restoreQueue`).
    reply.allow_externals = None;
    Ok(reply.into())
}

/// A queue that is archived or not, as wanted.
fn shelved(
    cx: &mut Cx<'_, '_>,
    queue: Arc<Object<Queue>>,
    archived: bool,
) -> Result<Arc<Object<Queue>>> {
    if queue.body.archived == archived {
        return Ok(queue);
    }
    let body = Queue { archived, ..queue.body.clone() };
    store::update(cx, &queue, body).map(Arc::new)
}
