//! Deleting queues and bringing them back.

use std::sync::Arc;

use trackway_api::queues::{DeleteQueue, Queue as QueueReply, RestoreQueue};

use super::render;
use crate::cx::{Cx, Reply};
use crate::dict::model::Queue;
use crate::dict::store;
use crate::error::{Code, Result};

/// Hides a queue with its issues. Its key stays taken for ever (workflow.md, 5).
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteQueue) -> Result<Reply<()>> {
    let queue = cx.queue_to_configure(&r.queue)?;
    store::update(cx, &queue, Queue { deleted: true, ..queue.body.clone() })?;
    Ok(().into())
}

/// Brings a deleted queue back as it was; one that is there stays as it is.
pub fn restore(cx: &mut Cx<'_, '_>, r: &RestoreQueue) -> Result<Reply<QueueReply>> {
    cx.view.localize(r.localized);
    cx.actor.admin_only()?;
    let queue = cx.dict.queues.find(&r.queue).ok_or_else(|| Code::QueueNotFound.err())?;
    let queue = Arc::clone(queue);
    let queue = if queue.body.deleted {
        let body = Queue { deleted: false, ..queue.body.clone() };
        Arc::new(store::update(cx, &queue, body)?)
    } else {
        queue
    };
    let mut reply = render::queue(cx, &queue, None);
    // The answer goes without it (contract, `restoreQueue`).
    reply.allow_externals = None;
    Ok(reply.into())
}
