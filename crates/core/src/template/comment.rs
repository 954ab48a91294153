//! Templates of comments.

use trackway_api::templates::{
    CommentTemplate as Wire, GetCommentTemplate, ListCommentTemplates, ListQueueCommentTemplates,
};

use super::{Template, sees};
use crate::cx::{Cx, Reply};
use crate::dict::model::CommentTemplate;
use crate::dict::{Dict, Object, Table, store};
use crate::error::{Code, Result};
use crate::queue::input;
use crate::queue::render::{filled, keyed, plain};
use crate::user;
use crate::view::View;

impl Template for CommentTemplate {
    type Wire = Wire;

    fn table(dict: &Dict) -> &Table<Self> {
        &dict.comment_templates
    }

    fn queue(&self) -> Option<i64> {
        self.queue
    }

    fn wire(dict: &Dict, view: &View, template: &Object<Self>) -> Wire {
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
}

/// Templates the caller may use, of all queues.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListCommentTemplates) -> Result<Reply<Vec<Wire>>> {
    cx.view.localize(r.localized);
    super::page_of(cx, (r.page, r.per_page), |template: &Object<CommentTemplate>| {
        sees(cx, template)
    })
}

/// Templates of a queue and those of no queue.
pub fn of_queue(cx: &mut Cx<'_, '_>, r: &ListQueueCommentTemplates) -> Result<Reply<Vec<Wire>>> {
    cx.view.localize(r.localized);
    super::of_queue::<CommentTemplate>(cx, &r.queue, (r.page, r.per_page))
}

/// One template.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetCommentTemplate) -> Result<Reply<Wire>> {
    cx.view.localize(r.localized);
    super::one::<CommentTemplate>(cx, &r.id)
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
