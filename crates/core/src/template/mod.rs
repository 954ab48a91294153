//! Templates of issues and comments.

pub mod comment;
pub mod issue;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::access;
use crate::cx::{Cx, Reply};
use crate::dict::model::Body;
use crate::dict::{Dict, Object, Table};
use crate::error::{Code, Result};
use crate::paging::{self, Page};
use crate::view::View;

/// What templates of both kinds have in common.
trait Template: Body + Sized {
    /// Its form on the wire.
    type Wire;

    /// Where those of its kind are.
    fn table(dict: &Dict) -> &Table<Self>;

    /// The queue it is for; none means all.
    fn queue(&self) -> Option<i64>;

    /// Writes it.
    fn wire(dict: &Dict, view: &View, template: &Object<Self>) -> Self::Wire;
}

/// Whether the caller may use a template; those of no queue are for everybody.
fn sees<T: Template>(cx: &Cx<'_, '_>, template: &Object<T>) -> bool {
    template.body.queue().is_none_or(|id| {
        cx.dict.queues.get(id).is_some_and(|q| !q.body.deleted && access::sees_queue(q, &cx.actor))
    })
}

/// A page of the templates that fit.
fn page_of<T: Template>(
    cx: &Cx<'_, '_>,
    (page, per_page): (Option<i64>, Option<i64>),
    fits: impl Fn(&Object<T>) -> bool,
) -> Result<Reply<Vec<T::Wire>>> {
    let page = Page::new(page, per_page, paging::MAX)?;
    let found: Vec<Arc<Object<T>>> =
        T::table(&cx.dict).iter().filter(|template| fits(template)).cloned().collect();
    let (templates, paging) = page.cut(found);
    let wires = templates.iter().map(|template| T::wire(&cx.dict, &cx.view, template));
    Ok(Reply::new(wires.collect()).paged(paging))
}

/// Templates of a queue and those of no queue.
fn of_queue<T: Template>(
    cx: &Cx<'_, '_>,
    queue: &str,
    page: (Option<i64>, Option<i64>),
) -> Result<Reply<Vec<T::Wire>>> {
    let queue = cx.queue(queue)?.id;
    page_of(cx, page, |template: &Object<T>| template.body.queue().is_none_or(|id| id == queue))
}

/// One template.
fn one<T: Template>(cx: &Cx<'_, '_>, id: &str) -> Result<Reply<T::Wire>> {
    let template = id.trim().parse().ok().and_then(|id| T::table(&cx.dict).get(id));
    let template = template.filter(|template| sees(cx, template));
    let template = template.ok_or_else(|| Code::TemplateNotFound.err())?;
    Ok(T::wire(&cx.dict, &cx.view, template).into())
}
