//! Templates of issues and comments.

pub mod comment;
pub mod issue;

#[cfg(test)]
mod tests;

use crate::access;
use crate::cx::Cx;

/// Whether the caller may use a template of a queue; those of no queue are for everybody.
fn sees(cx: &Cx<'_, '_>, queue: Option<i64>) -> bool {
    queue.is_none_or(|id| {
        cx.dict.queues.get(id).is_some_and(|q| !q.body.deleted && access::sees_queue(q, &cx.actor))
    })
}
