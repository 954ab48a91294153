//! Templates of comments.

use trackway_api::templates::{
    CommentTemplate as Wire, GetCommentTemplate, ListCommentTemplates, ListQueueCommentTemplates,
};

use super::sees;
use crate::cx::{Cx, Reply};
use crate::dict::model::CommentTemplate;
use crate::dict::{Dict, Object, store};
use crate::error::{Code, Result};
use crate::paging::{self, Page};
use crate::queue::input;
use crate::queue::render::{filled, keyed, plain};
use crate::user;
use crate::view::View;

/// Templates the caller may use, of all queues.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListCommentTemplates) -> Result<Reply<Vec<Wire>>> {
    cx.view.localize(r.localized);
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let usable = cx.dict.comment_templates.iter().filter(|t| sees(cx, t.body.queue));
    let (templates, paging) = page.cut(usable.cloned().collect());
    let replies = templates.iter().map(|t| wire(&cx.dict, &cx.view, t)).collect();
    Ok(Reply::new(replies).paged(paging))
}

/// Templates of a queue and those of no queue.
pub fn of_queue(cx: &mut Cx<'_, '_>, r: &ListQueueCommentTemplates) -> Result<Reply<Vec<Wire>>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?.id;
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let fits =
        |t: &&std::sync::Arc<Object<CommentTemplate>>| t.body.queue.is_none_or(|id| id == queue);
    let (templates, paging) =
        page.cut(cx.dict.comment_templates.iter().filter(fits).cloned().collect());
    let replies = templates.iter().map(|t| wire(&cx.dict, &cx.view, t)).collect();
    Ok(Reply::new(replies).paged(paging))
}

/// One template.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetCommentTemplate) -> Result<Reply<Wire>> {
    cx.view.localize(r.localized);
    let template = r.id.trim().parse().ok().and_then(|id| cx.dict.comment_templates.get(id));
    let template = template.filter(|t| sees(cx, t.body.queue));
    let template = template.ok_or_else(|| Code::TemplateNotFound.err())?;
    Ok(wire(&cx.dict, &cx.view, template).into())
}

fn wire(dict: &Dict, view: &View, template: &Object<CommentTemplate>) -> Wire {
    let body = &template.body;
    Wire {
        self_url: view.url(&template.path()),
        id: template.id,
        version: template.version,
        name: body.name.clone(),
        description: filled(&body.description),
        template: body.text.clone(),
        summonees: body.summonees.iter().map(|uid| user::reference(dict, view, *uid)).collect(),
        maillist_summonees: body
            .maillists
            .iter()
            .map(|id| plain(&dict.maillists, *id, view))
            .collect(),
        queue: body.queue.map(|id| keyed(&dict.queues, id, view)),
    }
}

/// Adds a template.
///
/// # Errors
/// 404 for an unknown queue, 422 for an empty name or text.
pub fn add(
    cx: &mut Cx<'_, '_>,
    name: &str,
    description: &str,
    queue: Option<&str>,
    text: &str,
) -> Result<i64> {
    let queue = queue.map(|queue| cx.queue(queue)).transpose()?.map(|q| q.id);
    if text.trim().is_empty() {
        return Err(Code::ValueEmpty.at("template"));
    }
    let body = CommentTemplate {
        name: input::name(name)?,
        description: input::description(description)?,
        queue,
        text: text.to_owned(),
        ..CommentTemplate::default()
    };
    Ok(store::insert(cx, "", body)?.id)
}
