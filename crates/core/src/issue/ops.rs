//! Operations on issues.

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::issues::{
    CreateIssue, FindIssueByUnique, GetIssue, Issue as IssueReply, UpdateIssue,
};
use trackway_api::types::Members;

use super::edit::{self, Purpose};
use super::expand::{self, Shape};
use super::render::{Renderer, Selection};
use super::store::{self, Loaded};
use super::value::Val;
use super::{Issue, input};
use crate::access;
use crate::attachment::{self, Owner};
use crate::cx::{Cx, Reply};
use crate::dict::model::Queue;
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::event::{self, AttachmentDelta, EventBody, EventKind};
use crate::field::no;
use crate::ids::Series;
use crate::{board, comment, link, transition};

/// One issue by key or id.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetIssue) -> Result<Reply<IssueReply>> {
    cx.view.localize(r.localized);
    let visible = cx.issue(&r.issue)?;
    reply(
        cx,
        visible.loaded(),
        &Shape { expand: r.expand.as_ref(), embed: r.embed.as_ref(), fields: r.fields.as_ref() },
    )
}

/// The issue created with a `unique` value.
pub fn find_by_unique(cx: &mut Cx<'_, '_>, r: &FindIssueByUnique) -> Result<Reply<IssueReply>> {
    cx.view.localize(r.localized);
    let value = r.unique.as_deref().unwrap_or_default();
    if value.is_empty() {
        return Err(Code::BadParameter.with("unique").and("required"));
    }
    let id = store::by_unique(cx, value)?.ok_or_else(|| Code::IssueNotFound.err())?;
    let visible = cx.issue_by_id(id)?;
    reply(
        cx,
        visible.loaded(),
        &Shape { expand: r.expand.as_ref(), fields: r.fields.as_ref(), ..Shape::default() },
    )
}

/// Creates an issue.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateIssue) -> Result<Reply<IssueReply>> {
    cx.notify(r.notify, r.notify_author);
    cx.view.localize(r.localized);
    let created = create_from(cx, &r.body.0)?;
    // The creator sees the answer even where the queue gives authors nothing afterwards.
    reply(
        cx,
        &created,
        &Shape { expand: r.expand.as_ref(), fields: r.fields.as_ref(), ..Shape::default() },
    )
}

/// Changes fields of an issue.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateIssue) -> Result<Reply<IssueReply>> {
    cx.notify(r.notify, r.notify_author);
    cx.view.localize(r.localized);
    let editable = cx.issue(&r.issue)?.editable(cx)?;
    edit::check_version(editable.issue().version, r.version, r.if_match)?;
    let mut after = editable.loaded().full(cx)?;
    let described = after.text(no::DESCRIPTION).to_owned();
    let besides = edit::apply(cx, &mut after, &r.body.0, Purpose::Update)?;
    let saved =
        edit::commit_with_files(cx, &editable, after, EventKind::IssueUpdated, &besides.files)?;
    let id = editable.issue().id;
    let commented = besides.comment.is_some();
    if let Some(text) = besides.comment {
        let editable = cx.issue_by_id(id)?.affected();
        comment::ops::add_to(cx, &editable, &text, r.is_add_to_followers.unwrap_or(true))?;
    }
    let linked = match &saved {
        Some(saved) => {
            let text = saved.full(cx)?.text(no::DESCRIPTION).to_owned();
            link::auto::follow(cx, id, &described, &text)?
        }
        None => false,
    };
    if commented {
        transition::on_comment::follow(cx, id)?;
    }
    // Links made for parent and epic, and a comment, change the issue once more.
    let current = match saved {
        Some(saved) if !commented && !linked => saved,
        _ => store::by_id(cx, id)?.ok_or_else(|| Code::IssueNotFound.err())?,
    };
    reply(
        cx,
        &current,
        &Shape { expand: r.expand.as_ref(), embed: r.embed.as_ref(), fields: r.fields.as_ref() },
    )
}

/// An issue as the answer of an operation.
///
/// # Errors
/// The database fails.
pub fn reply(cx: &mut Cx<'_, '_>, loaded: &Loaded, shape: &Shape<'_>) -> Result<Reply<IssueReply>> {
    let selection = Selection::new(shape.fields);
    let dict = Arc::clone(&cx.dict);
    let view = cx.view.clone();
    let renderer = Renderer::new(cx, &dict, &view, &selection, std::iter::once(&*loaded.issue))?;
    let extras = expand::blocks(cx, std::slice::from_ref(loaded), shape)?;
    let mut out = Vec::with_capacity(4096);
    renderer.issue(&mut out, loaded, extras.first().map_or(&[], Vec::as_slice));
    Ok(Reply::ready(out))
}

/// Several issues as the answer of an operation.
///
/// # Errors
/// The database fails.
pub fn reply_list(
    cx: &mut Cx<'_, '_>,
    loaded: &[Loaded],
    shape: &Shape<'_>,
) -> Result<Reply<Vec<IssueReply>>> {
    let selection = Selection::new(shape.fields);
    let dict = Arc::clone(&cx.dict);
    let view = cx.view.clone();
    let renderer = Renderer::new(cx, &dict, &view, &selection, loaded.iter().map(|l| &*l.issue))?;
    let extras = expand::blocks(cx, loaded, shape)?;
    let mut out = Vec::with_capacity(loaded.len() * 3072 + 2);
    out.push(b'[');
    for (i, one) in loaded.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        renderer.issue(&mut out, one, extras.get(i).map_or(&[], Vec::as_slice));
    }
    out.push(b']');
    Ok(Reply::ready(out))
}

/// Creates an issue from the members of a body.
///
/// # Errors
/// 404 unknown queue, 403 no right to create, 409 `unique` taken, 422 wrong values, 423 when the
/// queue is archived.
pub fn create_from(cx: &mut Cx<'_, '_>, body: &Members) -> Result<Loaded> {
    let queue = input::queue(&cx.dict, body.get("queue"))?;
    cx.to_create_in(&queue)?;
    let mut issue = blank(cx, &queue);
    let besides = edit::apply(cx, &mut issue, body, Purpose::Create)?;
    crate::queue::default_values::fill(&cx.dict, &mut issue, body);
    if !access::may_create_with(&cx.dict, &queue, &cx.actor, issue.many(no::COMPONENTS)) {
        return Err(Code::CreateDenied.with(&queue.key));
    }
    settle(cx, issue, &queue, &besides.files)
}

/// An issue of a queue with nothing but what every new one has.
pub(super) fn blank(cx: &Cx<'_, '_>, queue: &Object<Queue>) -> Issue {
    let mut issue = Issue::new(0, queue.id, 0, 1);
    set_defaults(cx, &mut issue, queue);
    issue
}

/// Stores a new issue whose fields are filled, in the initial status of its workflow, and hangs
/// files on it.
///
/// # Errors
/// 409 `unique` taken, 422 wrong values, 404 for a file that cannot be used.
pub(super) fn settle(
    cx: &mut Cx<'_, '_>,
    mut issue: Issue,
    queue: &Object<Queue>,
    files: &[i64],
) -> Result<Loaded> {
    if issue.text(no::SUMMARY).is_empty() {
        return Err(Code::FieldRequired.at("summary"));
    }
    edit::check(cx, None, &issue)?;
    enter_workflow(cx, &mut issue, queue)?;
    assign(&cx.dict, &mut issue, queue);
    if issue.one(no::RESOLUTION).is_some() {
        issue.set(no::RESOLVED_AT, Some(Val::At(cx.now)));
        issue.set(no::RESOLVED_BY, Some(Val::Ref(cx.actor.uid)));
    }
    board::auto::follow(cx, None, &mut issue)?;
    add(cx, issue, None, files)
}

/// Stores a new issue that is complete, under a number of its queue or the next one.
///
/// # Errors
/// 409 `unique` taken, 404 for a file that cannot be used.
pub(super) fn add(
    cx: &mut Cx<'_, '_>,
    mut issue: Issue,
    number: Option<i64>,
    files: &[i64],
) -> Result<Loaded> {
    // A taken `unique` must not use up a number of the queue.
    let unique = issue.text(no::UNIQUE).to_owned();
    if !unique.is_empty() && store::by_unique(cx, &unique)?.is_some() {
        return Err(Code::UniqueTaken.err());
    }
    issue.id = cx.next(Series::Issue)?;
    issue.num = match number {
        Some(number) => number,
        None => store::next_number(cx, issue.queue)?,
    };
    let loaded = store::insert(cx, &issue)?;
    let files = attachment::bind(cx, files, Owner::issue(issue.id))?;
    record_creation(cx, &issue, files)?;
    let nothing = Issue::new(issue.id, issue.queue, issue.num, 1);
    link::follow_hierarchy(cx, &nothing, &issue)?;
    if link::auto::follow(cx, issue.id, "", issue.text(no::DESCRIPTION))? {
        return store::by_id(cx, issue.id)?.ok_or_else(|| Code::IssueNotFound.err());
    }
    Ok(loaded)
}

fn set_defaults(cx: &Cx<'_, '_>, issue: &mut Issue, queue: &Object<Queue>) {
    issue.set(no::TYPE, Some(Val::Ref(queue.body.default_type)));
    issue.set(no::PRIORITY, Some(Val::Ref(queue.body.default_priority)));
    issue.set(no::CREATED_AT, Some(Val::At(cx.now)));
    issue.set(no::CREATED_BY, Some(Val::Ref(cx.actor.uid)));
    issue.set(no::UPDATED_AT, Some(Val::At(cx.now)));
    issue.set(no::UPDATED_BY, Some(Val::Ref(cx.actor.uid)));
}

/// A new issue starts in the initial status of its type's workflow (workflow.md, 5.1).
pub(super) fn enter_workflow(
    cx: &Cx<'_, '_>,
    issue: &mut Issue,
    queue: &Object<Queue>,
) -> Result<()> {
    let config = queue.body.type_config(issue.issue_type());
    let workflow = config
        .and_then(|c| cx.dict.workflows.get(c.workflow))
        .ok_or_else(|| Code::WorkflowNotFound.err())?;
    let status = workflow.body.initial;
    let kind = workflow.body.status_type(status).unwrap_or_default();
    issue.set(no::STATUS, Some(Val::Ref(status)));
    issue.set(no::STATUS_TYPE, Some(Val::Ref(kind.number())));
    issue.set(no::STATUS_START_TIME, Some(Val::At(cx.now)));
    Ok(())
}

/// Who gets an issue that was given to nobody: the lead of a component, else the queue's owner, as
/// far as these want it (workflow.md, 5.1).
fn assign(dict: &Dict, issue: &mut Issue, queue: &Object<Queue>) {
    if issue.get(no::ASSIGNEE).is_some() {
        return;
    }
    let lead = issue.many(no::COMPONENTS).iter().find_map(|id| {
        let component = &dict.components.get(*id)?.body;
        component.lead.filter(|_| component.assign_auto)
    });
    let owner = queue.body.assign_auto.then_some(queue.body.lead);
    issue.set(no::ASSIGNEE, lead.or(owner).map(Val::Ref));
}

fn record_creation(
    cx: &mut Cx<'_, '_>,
    issue: &Issue,
    attachments: Vec<AttachmentDelta>,
) -> Result<()> {
    const QUIET: [no::FieldNo; 2] = [no::UPDATED_AT, no::UPDATED_BY];
    let nothing = Issue::new(issue.id, issue.queue, issue.num, 1);
    let mut fields = event::diff(&nothing, issue, &QUIET);
    fields.push(event::FieldDelta(no::QUEUE, Json::Null, issue.queue.into()));
    fields.sort_by_key(|f| if f.0 == no::STATUS { 0 } else { f.0 });
    let body = EventBody { fields, attachments, ..EventBody::default() };
    event::record(cx, issue.id, EventKind::IssueCreated, &body)
}
