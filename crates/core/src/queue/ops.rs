//! Operations that read queues.

use std::sync::Arc;

use trackway_api::dictionaries::IssueType;
use trackway_api::fields::{Field, ListFields};
use trackway_api::queues::{
    GetQueue, ListQueueIssueTypes, ListQueueRequiredFields, ListQueueTags, ListQueues,
    Queue as QueueReply,
};

use super::render;
use crate::cx::{Cx, Reply};
use crate::dict::Object;
use crate::dict::model::{self, Queue};
use crate::error::{Code, Result};
use crate::issue::store;
use crate::lang::Name;
use crate::paging::{self, Page};
use crate::view::View;
use crate::{access, field};

/// Queues the caller may see.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListQueues) -> Result<Reply<Vec<QueueReply>>> {
    cx.view.localize(r.localized);
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let (queues, paging) = page.cut(visible(cx));
    let expand = r.expand.as_ref();
    let replies: Vec<_> = queues.iter().map(|q| render::queue(cx, q, expand)).collect();
    Ok(render::selected(replies, r.fields.as_ref())?.paged(paging))
}

/// Every queue the caller may see.
pub(crate) fn visible(cx: &Cx<'_, '_>) -> Vec<Arc<Object<Queue>>> {
    cx.dict
        .queues
        .iter()
        .filter(|q| !q.body.deleted && access::sees_queue(q, &cx.actor))
        .cloned()
        .collect()
}

/// The queue that something belongs to, if the caller may see it.
///
/// # Errors
/// `missing` when the queue is deleted, 403 when the caller may not see it.
pub(crate) fn owner(cx: &Cx<'_, '_>, queue: i64, missing: Code) -> Result<Arc<Object<Queue>>> {
    cx.queue(&queue.to_string()).map_err(|error| match error.code {
        Code::QueueNotFound => missing.err(),
        _ => error,
    })
}

/// A queue that a body refers to and the caller may see.
///
/// # Errors
/// 422 when nothing usable is written, 404 when there is no such queue, 403 when the caller may
/// not see it.
pub(crate) fn named(
    cx: &Cx<'_, '_>,
    json: Option<&serde_json::Value>,
) -> Result<Arc<Object<Queue>>> {
    let queue = crate::issue::input::queue(&cx.dict, json)?;
    owner(cx, queue.id, Code::QueueNotFound)
}

/// One queue by key or id.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetQueue) -> Result<Reply<QueueReply>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    let reply = render::queue(cx, &queue, r.expand.as_ref());
    render::selected(reply, r.fields.as_ref())
}

/// Tags ever used in a queue.
pub fn tags(cx: &mut Cx<'_, '_>, r: &ListQueueTags) -> Result<Reply<Vec<String>>> {
    let queue = cx.queue(&r.queue)?;
    Ok(store::tags(cx, queue.id)?.into())
}

/// Fields usable in every queue; those of the queue alone are listed elsewhere (contract,
/// `listQueueRequiredFields`).
pub fn fields(cx: &mut Cx<'_, '_>, r: &ListQueueRequiredFields) -> Result<Reply<Vec<Field>>> {
    cx.queue(&r.queue)?;
    field::ops::list(cx, &ListFields { localized: r.localized })
}

/// Issue types of a queue.
pub fn issue_types(cx: &mut Cx<'_, '_>, r: &ListQueueIssueTypes) -> Result<Reply<Vec<IssueType>>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    let types = queue.body.types.iter().filter_map(|t| cx.dict.types.get(t.issue_type));
    let replies: Vec<_> = types.map(|t| issue_type(&cx.view, t)).collect();
    Ok(replies.into())
}

fn issue_type(view: &View, object: &Object<model::IssueType>) -> IssueType {
    let body = &object.body;
    let described = body.description != Name::default();
    IssueType {
        self_url: view.url(&object.path()),
        id: object.id,
        version: object.version,
        key: object.key.clone(),
        name: body.name.text(view.names),
        description: described.then(|| body.description.text(view.names)),
    }
}
