//! Moving an issue to another queue (workflow.md, 5.2; contract, moveIssue).

use std::sync::Arc;

use trackway_api::List;
use trackway_api::issues::{Issue as IssueReply, MoveIssue};
use trackway_api::types::Members;

use super::edit::{self, Purpose};
use super::expand::Shape;
use super::value::Val;
use super::{Issue, ops, refs, store};
use crate::access;
use crate::attachment::{self, Owner};
use crate::comment;
use crate::cx::{Cx, Reply};
use crate::dict::model::{Body, Queue};
use crate::dict::{Dict, Object, Table};
use crate::error::{Code, Result};
use crate::event::{EventBody, EventKind, FieldDelta};
use crate::field::no::{self, FieldNo};

/// How an issue is moved.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Components, versions and projects that the target has too are kept.
    pub all_fields: bool,
    /// The status becomes the initial one.
    pub initial_status: bool,
}

/// Moves an issue to another queue. It gets the next number there; its old key keeps answering.
///
/// # Errors
/// 404 and 403 as for an edit; 404 for an unknown queue, 403 when the caller may not create
/// issues there; 422 when the issue is in that queue already, or its type or status is not known
/// there; 409, 412, 423 as for an edit.
pub fn relocate(cx: &mut Cx<'_, '_>, r: &MoveIssue) -> Result<Reply<IssueReply>> {
    cx.notify(r.notify, r.notify_author);
    cx.view.localize(r.localized);
    let editable = cx.issue(&r.issue)?.editable(cx)?;
    edit::check_version(editable.issue().version, r.version, r.if_match)?;
    let mut body = r.body.0.clone().unwrap_or_default();
    let queue = target(&cx.dict, r.queue.as_deref(), &mut body)?;
    let options = Options {
        all_fields: r.move_all_fields.unwrap_or_default(),
        initial_status: r.initial_status.unwrap_or_default(),
    };
    let moved = carry(cx, &editable, &queue, options, &body)?;
    let expand = if r.expand_transitions == Some(true) {
        let named = r.expand.clone().unwrap_or_default().0;
        Some(named.into_iter().chain(["transitions".to_owned()]).collect::<List>())
    } else {
        r.expand.clone()
    };
    let shape = Shape { expand: expand.as_ref(), fields: r.fields.as_ref(), embed: None };
    ops::reply(cx, &moved, &shape)
}

/// The queue to move to. A published client names it in the body instead of the query; there it is
/// no edit, and is taken out.
fn target(dict: &Dict, param: Option<&str>, body: &mut Members) -> Result<Arc<Object<Queue>>> {
    let param = param.map(str::trim).filter(|queue| !queue.is_empty()).map(str::to_owned);
    let named = param.or_else(|| match refs::written(&body.remove("queue")?)? {
        refs::Written::Id(id) => Some(id.to_string()),
        refs::Written::Word(key) => Some(key.to_owned()),
        refs::Written::Name(_) => None,
    });
    let named = named.ok_or_else(|| Code::BadParameter.with("queue").and("required"))?;
    dict.live_queue(&named).map(Arc::clone).ok_or_else(|| Code::QueueNotFound.err())
}

/// Moves an issue; `body` is an edit that is made with it.
///
/// # Errors
/// As [`relocate`].
pub fn carry(
    cx: &mut Cx<'_, '_>,
    editable: &access::Editable,
    queue: &Object<Queue>,
    options: Options,
    body: &Members,
) -> Result<store::Loaded> {
    let before = editable.loaded().full(cx)?;
    if before.queue == queue.id {
        return Err(Code::SameQueue.at("queue"));
    }
    cx.to_create_in(queue)?;
    let mut after = before.clone();
    after.queue = queue.id;
    leave(&cx.dict, &before, &mut after, options.all_fields);
    let besides = edit::apply(cx, &mut after, body, Purpose::Update)?;
    if !access::may_create_with(&cx.dict, queue, &cx.actor, after.many(no::COMPONENTS)) {
        return Err(Code::CreateDenied.with(&queue.key));
    }
    arrive(cx, &before, &mut after, queue, options.initial_status)?;
    after.num = store::next_number(cx, queue.id)?;
    let (old_key, new_key) = (before.key(&cx.dict), after.key(&cx.dict));
    remember(&mut after, &before, &old_key);
    store::rehouse(cx, &before, &after)?;
    let fields = vec![
        FieldDelta(no::QUEUE, before.queue.into(), after.queue.into()),
        FieldDelta(no::KEY, old_key.into(), new_key.into()),
    ];
    let attachments = attachment::bind(cx, &besides.files, Owner::issue(before.id))?;
    let event = EventBody { fields, attachments, ..EventBody::default() };
    let saved = edit::commit_with(cx, editable, after, EventKind::IssueMoved, event)?;
    if let Some(text) = besides.comment {
        let moved = store::by_id(cx, before.id)?.ok_or_else(|| Code::IssueNotFound.err())?;
        let moved = access::Editable::consequence(moved);
        comment::ops::add_to(cx, &moved, &text, true)?;
    } else if let Some(saved) = saved {
        return Ok(saved);
    }
    store::by_id(cx, before.id)?.ok_or_else(|| Code::IssueNotFound.err())
}

/// Takes off what belongs to the old queue. Components and versions are kept where the target has
/// one of the same name, if they are to be kept at all.
fn leave(dict: &Dict, before: &Issue, after: &mut Issue, keep: bool) {
    let local: Vec<FieldNo> = before
        .vals()
        .map(|(field, _)| field)
        .filter(|field| dict.field_index.get(*field).is_some_and(|def| def.queue.is_some()))
        .collect();
    for field in local {
        after.set(field, None);
    }
    let queue = after.queue;
    let components =
        |ids: &[i64]| twins(&dict.components, ids, |c| c.queue == queue && !c.archived);
    let versions = |ids: &[i64]| twins(&dict.versions, ids, |v| v.queue == queue && !v.archived);
    for (field, found) in [
        (no::COMPONENTS, components(before.many(no::COMPONENTS))),
        (no::FIX_VERSIONS, versions(before.many(no::FIX_VERSIONS))),
        (no::AFFECTED_VERSIONS, versions(before.many(no::AFFECTED_VERSIONS))),
    ] {
        after.set(field, keep.then_some(Val::Refs(found)));
    }
    if !keep {
        after.set(no::PROJECT, None);
    }
}

/// The objects of the target that have the names of these.
pub(super) fn twins<T: Body>(table: &Table<T>, ids: &[i64], fits: impl Fn(&T) -> bool) -> Vec<i64> {
    let twin = |id: &i64| {
        let name = table.get(*id)?.name.ru.as_str();
        table.by_name(name, &fits).map(|found| found.id)
    };
    ids.iter().filter_map(twin).collect()
}

/// The type must be one of the target's, and the status one of its workflow, unless it is to be
/// the initial one.
fn arrive(
    cx: &Cx<'_, '_>,
    before: &Issue,
    after: &mut Issue,
    queue: &Object<Queue>,
    initial: bool,
) -> Result<()> {
    let config = queue.body.type_config(after.issue_type()).ok_or_else(|| {
        let name = cx.dict.types.get(after.issue_type()).map_or("", |t| t.key.as_str());
        Code::ValueNotAllowed.with(name).under("type")
    })?;
    let workflow = cx.dict.workflows.get(config.workflow);
    let workflow = &workflow.ok_or_else(|| Code::WorkflowNotFound.err())?.body;
    if !initial {
        let Some(kind) = workflow.status_type(after.status()) else {
            let name = cx.dict.statuses.get(after.status()).map_or("", |s| s.key.as_str());
            return Err(Code::ValueNotAllowed.with(name).under("status"));
        };
        after.set(no::STATUS_TYPE, Some(Val::Ref(kind.number())));
        return Ok(());
    }
    let kind = workflow.status_type(workflow.initial).unwrap_or_default();
    if after.status() != workflow.initial {
        after.enter(before, workflow.initial, kind, cx.now);
    }
    after.set(no::STATUS_TYPE, Some(Val::Ref(kind.number())));
    if !kind.is_closed() {
        after.set(no::RESOLUTION, None);
    }
    Ok(())
}

fn remember(after: &mut Issue, before: &Issue, old_key: &str) {
    let mut aliases = match before.get(no::ALIASES) {
        Some(Val::Texts(texts)) => texts.clone(),
        _ => Vec::new(),
    };
    aliases.push(old_key.to_owned());
    after.set(no::ALIASES, Some(Val::Texts(aliases)));
    after.set(no::PREVIOUS_QUEUE, Some(Val::Ref(before.queue)));
    after.set(no::LAST_QUEUE, Some(Val::Ref(before.queue)));
}
