//! Workflows, read.

use std::collections::BTreeMap;

use trackway_api::queues::{
    GetQueueWorkflows, GetWorkflow, ListWorkflows, TypeResolutions, Workflow as WorkflowReply,
    WorkflowAction, WorkflowStep,
};
use trackway_api::types::{KeyedRef, PlainRef};

use super::render::keyed;
use crate::access;
use crate::cx::{Cx, Reply};
use crate::dict::model::{Queue, Screen, StatusType, Step, Transition, Workflow};
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::lang::Name;
use crate::paging::{self, Page};
use crate::time::instant_text;
use crate::user;
use crate::view::View;
use crate::workflow::{on_comment, rules};

/// Workflows of the organisation; those of queues the caller may not see are left out.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListWorkflows) -> Result<Reply<Vec<WorkflowReply>>> {
    cx.view.localize(r.localized);
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let visible = visible(cx).cloned().collect();
    let (workflows, paging) = page.cut(visible);
    let replies = workflows.iter().map(|w| reply_of(&cx.dict, &cx.view, w)).collect();
    Ok(Reply::new(replies).paged(paging))
}

/// Workflows that are not deleted and whose queue, if they have one, the caller may see.
pub(crate) fn visible<'c>(
    cx: &'c Cx<'_, '_>,
) -> impl Iterator<Item = &'c std::sync::Arc<Object<Workflow>>> {
    cx.dict.workflows.iter().filter(|w| !w.body.deleted && sees(cx, &w.body))
}

fn sees(cx: &Cx<'_, '_>, workflow: &Workflow) -> bool {
    workflow.queue.is_none_or(|id| {
        cx.dict.queues.get(id).is_some_and(|q| !q.body.deleted && access::sees_queue(q, &cx.actor))
    })
}

/// One workflow by its id.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetWorkflow) -> Result<Reply<WorkflowReply>> {
    cx.view.localize(r.localized);
    let workflow = cx.dict.workflows.find(&r.id).ok_or_else(|| Code::WorkflowNotFound.err())?;
    if let Some(queue) = workflow.body.queue {
        super::ops::owner(cx, queue, Code::WorkflowNotFound)?;
    }
    Ok(reply_of(&cx.dict, &cx.view, workflow).into())
}

/// Which issue types of a queue follow which workflow.
pub fn map(
    cx: &mut Cx<'_, '_>,
    r: &GetQueueWorkflows,
) -> Result<Reply<BTreeMap<String, Vec<KeyedRef>>>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    Ok(of_queue(&cx.dict, &cx.view, &queue).into())
}

/// Workflow id to issue types of a queue; an object in both versions of the API (real-samples, 4).
pub(super) fn of_queue(
    dict: &Dict,
    view: &View,
    queue: &Object<Queue>,
) -> BTreeMap<String, Vec<KeyedRef>> {
    let mut map: BTreeMap<String, Vec<KeyedRef>> = BTreeMap::new();
    for config in &queue.body.types {
        let Some(workflow) = dict.workflows.get(config.workflow) else { continue };
        let issue_type = keyed(&dict.types, config.issue_type, view);
        map.entry(workflow.key.clone()).or_default().push(issue_type);
    }
    map
}

/// A workflow as the API shows one.
pub(crate) fn reply_of(dict: &Dict, view: &View, workflow: &Object<Workflow>) -> WorkflowReply {
    let body = &workflow.body;
    let (initial_id, initial_name) =
        body.creation.clone().unwrap_or_else(|| ("new".to_owned(), Name::new("Создать", "Create")));
    let person = |mark: Option<(i64, i64)>| mark.map(|(_, uid)| user::reference(dict, view, uid));
    let moment = |mark: Option<(i64, i64)>| mark.map(|(at, _)| instant_text(at));
    WorkflowReply {
        self_url: view.url(&workflow.path()),
        id: workflow.key.clone(),
        name: body.name.get(view.lang).to_owned(),
        version: workflow.version,
        steps: body.steps.iter().map(|s| step(dict, view, body, *s)).collect(),
        initial_action: WorkflowAction {
            id: initial_id,
            name: initial_name.get(view.lang).to_owned(),
            target: keyed(&dict.statuses, body.initial, view),
            ..WorkflowAction::default()
        },
        queue: body.queue.map(|id| keyed(&dict.queues, id, view)),
        created: moment(body.created),
        updated: moment(body.updated),
        created_by: person(body.created),
        updated_by: person(body.updated),
        deleted: body.deleted.then_some(true),
        kind: Some("visual".to_owned()),
        issue_type_resolutions: body
            .resolutions
            .iter()
            .map(|config| TypeResolutions {
                issue_type: keyed(&dict.types, config.issue_type, view),
                resolutions: config
                    .resolutions
                    .iter()
                    .map(|id| keyed(&dict.resolutions, *id, view))
                    .collect(),
            })
            .collect(),
    }
}

fn step(dict: &Dict, view: &View, workflow: &Workflow, step: Step) -> WorkflowStep {
    let starting = workflow.transitions.iter().filter(|t| t.from.contains(&step.status));
    // A meta-transition stands at the status it makes reachable from everywhere (workflow.md, 2).
    let meta = workflow.transitions.iter().find(|t| t.from.is_empty() && t.to == step.status);
    let note = workflow.notes.get(&step.status);
    WorkflowStep {
        status: keyed(&dict.statuses, step.status, view),
        description: note.map(|note| note.get(view.lang).to_owned()),
        actions: starting.map(|t| action(dict, view, t)).collect(),
        meta_action: meta.map(|t| action(dict, view, t)),
        status_type: type_name(step.status_type).to_owned(),
        comment_action: workflow.on_comment.get(&step.status).map(on_comment::wire),
    }
}

/// The type of a status as workflows spell it.
pub(crate) const fn type_name(kind: StatusType) -> &'static str {
    match kind {
        StatusType::New => "NEW",
        StatusType::InProgress => "IN_PROGRESS",
        StatusType::Paused => "PAUSED",
        StatusType::Done => "DONE",
        StatusType::Cancelled => "CANCELLED",
    }
}

fn action(dict: &Dict, view: &View, transition: &Transition) -> WorkflowAction {
    WorkflowAction {
        id: transition.id.clone(),
        name: transition.name.get(view.lang).to_owned(),
        description: super::render::filled(transition.description.get(view.lang)),
        target: keyed(&dict.statuses, transition.to, view),
        screen: transition.screen.as_ref().map(|s| screen(view, s)),
        conditions: transition.conditions.iter().map(|c| rules::condition(dict, c)).collect(),
        functions: transition.functions.iter().map(|f| rules::function(dict, f)).collect(),
    }
}

fn screen(view: &View, screen: &Screen) -> PlainRef {
    PlainRef {
        self_url: view.url(&format!("/screens/{}", screen.id)),
        id: screen.id.clone(),
        display: screen.name.text(view.names),
    }
}
