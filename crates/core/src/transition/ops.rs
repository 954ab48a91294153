//! Operations on transitions (workflow.md, 2.1 and 3).

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::transitions::{ExecuteTransition, GetTransition, ListTransitions, Transition};
use trackway_api::types::{Members, PlainRef};

use super::conditions::{self, Checker};
use super::functions::{self, Remark, Rest};
use crate::access::{self, Editable, Right};
use crate::actor::Actor;
use crate::comment;
use crate::cx::{Cx, Reply};
use crate::dict::model::{self, Screen, Workflow};
use crate::dict::{Dict, Object};
use crate::error::{Code, Error, Result};
use crate::event::EventKind;
use crate::issue::Issue;
use crate::issue::edit::{self, Besides, Purpose};
use crate::issue::store::{self, Loaded};
use crate::view::View;

/// What clients append to a status key to mean the transition that leads there.
const META: &str = "Meta";

/// The member of a body, and of a screen, that is no field.
const COMMENT: &str = "comment";

/// Transitions open to an issue now.
///
/// # Errors
/// 404 and 403 as for the issue.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListTransitions) -> Result<Reply<Vec<Transition>>> {
    cx.view.localize(r.localized);
    let visible = cx.issue(&r.issue)?;
    Ok(open(cx, visible.issue())?.into())
}

/// One transition, if it is open now.
///
/// # Errors
/// 404 and 403 as for the issue; 404 when the transition does not exist or is not open.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetTransition) -> Result<Reply<Transition>> {
    cx.view.localize(r.localized);
    let visible = cx.issue(&r.issue)?;
    let issue = visible.issue();
    let missing = || Code::TransitionNotFound.err();
    if !may_move(cx, issue) {
        return Err(missing());
    }
    let dict = Arc::clone(&cx.dict);
    let found = find(cx, &dict, issue, &r.transition)?.ok_or_else(missing)?;
    Ok(wire(&cx.dict, &cx.view, issue, found).into())
}

/// Performs a transition and answers those open afterwards.
///
/// # Errors
/// 404 when the transition does not exist or is not open; 403; 422 for wrong values and for empty
/// fields that the screen requires; 409, 412, 423 as for an edit.
pub fn execute(cx: &mut Cx<'_, '_>, r: &ExecuteTransition) -> Result<Reply<Vec<Transition>>> {
    cx.notify(r.notify, r.notify_author);
    cx.view.localize(r.localized);
    let editable = cx.issue(&r.issue)?.editable(cx)?;
    edit::check_version(editable.issue().version, r.version, r.if_match)?;
    let dict = Arc::clone(&cx.dict);
    let found = find(cx, &dict, editable.issue(), &r.transition)?
        .ok_or_else(|| Code::TransitionNotFound.err())?;
    let nothing = Members::new();
    let current = perform(cx, editable, found, r.body.0.as_ref().unwrap_or(&nothing))?;
    Ok(open(cx, &current)?.into())
}

/// Transitions open to an issue now, in the order of the workflow: those that start at its status
/// and whose conditions hold, if the actor may edit it.
///
/// # Errors
/// The database fails.
pub fn open(cx: &mut Cx<'_, '_>, issue: &Issue) -> Result<Vec<Transition>> {
    allowed(cx, issue, Checker::new(issue))
}

/// As [`open`], for a page of issues; what conditions ask of the database is read for all of them
/// at once.
///
/// # Errors
/// The database fails.
pub fn open_each(cx: &mut Cx<'_, '_>, issues: &[Loaded]) -> Result<Vec<Vec<Transition>>> {
    let dict = Arc::clone(&cx.dict);
    let asks = |issue: &Issue| {
        let workflow = workflow(&dict, issue);
        workflow.is_some_and(|workflow| {
            let mut starting = workflow.body.open_from(issue.status());
            starting.any(|t| t.conditions.iter().any(conditions::asks_links))
        })
    };
    let asking: Vec<i64> =
        issues.iter().map(|l| &l.issue).filter(|i| asks(i)).map(|i| i.id).collect();
    let mut linked = conditions::linked_queues(cx, &asking)?;
    let mut all = Vec::with_capacity(issues.len());
    for Loaded { issue, .. } in issues {
        let checker = match linked.remove(&issue.id) {
            Some(queues) => Checker::knowing(issue, queues),
            None => Checker::new(issue),
        };
        all.push(allowed(cx, issue, checker)?);
    }
    Ok(all)
}

fn allowed(
    cx: &mut Cx<'_, '_>,
    issue: &Issue,
    mut checker: Checker<'_>,
) -> Result<Vec<Transition>> {
    if !may_move(cx, issue) {
        return Ok(Vec::new());
    }
    let dict = Arc::clone(&cx.dict);
    let Some(workflow) = workflow(&dict, issue) else { return Ok(Vec::new()) };
    let mut open = Vec::new();
    for transition in workflow.body.open_from(issue.status()) {
        if checker.allows(cx, transition)? {
            let found = Open { workflow: &workflow.body, transition };
            open.push(wire(&dict, &cx.view, issue, found));
        }
    }
    Ok(open)
}

fn may_move(cx: &Cx<'_, '_>, issue: &Issue) -> bool {
    access::may(&cx.dict, &cx.actor, issue, Right::Write)
}

/// A transition that is open, with the workflow it belongs to.
#[derive(Clone, Copy)]
pub(super) struct Open<'d> {
    pub(super) workflow: &'d Workflow,
    pub(super) transition: &'d model::Transition,
}

/// The workflow that the queue has for the issue's type.
pub(super) fn workflow<'d>(dict: &'d Dict, issue: &Issue) -> Option<&'d Arc<Object<Workflow>>> {
    let queue = dict.queues.get(issue.queue)?;
    dict.workflows.get(queue.body.type_config(issue.issue_type())?.workflow)
}

/// The open transition of this id. `<status key>Meta` names the first one that leads to that
/// status, whatever its id (workflow.md, 2.1).
pub(super) fn find<'d>(
    cx: &mut Cx<'_, '_>,
    dict: &'d Dict,
    issue: &Issue,
    id: &str,
) -> Result<Option<Open<'d>>> {
    let Some(workflow) = workflow(dict, issue) else { return Ok(None) };
    let workflow = &workflow.body;
    let target = id.strip_suffix(META).and_then(|key| dict.statuses.by_key(key)).map(|s| s.id);
    let starting = || workflow.open_from(issue.status());
    let named = starting().filter(|t| t.id == id);
    let leading = starting().filter(|t| t.id != id && Some(t.to) == target);
    let mut checker = Checker::new(issue);
    for transition in named.chain(leading) {
        if checker.allows(cx, transition)? {
            return Ok(Some(Open { workflow, transition }));
        }
    }
    Ok(None)
}

/// A transition as the API shows it.
fn wire(dict: &Dict, view: &View, issue: &Issue, open: Open<'_>) -> Transition {
    let transition = open.transition;
    let path = format!("/issues/{}/transitions/{}", issue.key(dict), transition.id);
    Transition {
        self_url: view.url(&path),
        id: transition.id.clone(),
        display: transition.name.text(view.names),
        to: dict.statuses.get(transition.to).map(|s| s.keyed_ref(view)).unwrap_or_default(),
        screen: transition.screen.as_ref().map(|screen| PlainRef {
            self_url: view.url(&format!("/screens/{}", screen.id)),
            id: screen.id.clone(),
            display: screen.name.text(view.names),
        }),
    }
}

/// Takes an issue through a transition: values first, then the status, then the functions, then
/// the comment. Answers the issue as it is afterwards.
pub(super) fn perform(
    cx: &mut Cx<'_, '_>,
    editable: Editable,
    open: Open<'_>,
    sent: &Members,
) -> Result<Issue> {
    let before = editable.loaded().full(cx)?;
    let mut after = before.clone();
    let screen = open.transition.screen.as_ref();
    let body = screen.map_or_else(|| sent.clone(), |screen| with_defaults(screen, sent));
    let besides = edit::apply(cx, &mut after, &body, Purpose::Update)?;
    if let Some(screen) = screen {
        check_required(&cx.dict, screen, &after, &besides)?;
    }
    enter(cx, &before, &mut after, open);
    let Rest { remarks, messages } = functions::run(cx, &mut after, &open.transition.functions);
    let kind = EventKind::IssueWorkflow;
    let told = (!messages.is_empty()).then(|| after.clone());
    let saved = edit::commit_with_files(cx, &editable, after, kind, &besides.files)?;
    if let Some(issue) = &told {
        messages.iter().try_for_each(|message| functions::send(cx, issue, message))?;
    }
    if besides.comment.is_none() && remarks.is_empty() {
        return Ok(saved.map_or(before, |saved| Arc::unwrap_or_clone(saved.issue)));
    }
    // Not looked up through the rights again: who might perform the transition may say why, even
    // where it takes the issue out of sight.
    let mut editable = saved.map_or(editable, Editable::created);
    for remark in remarks {
        editable = add_remark(cx, &editable, &remark)?;
    }
    if let Some(comment) = besides.comment {
        comment::ops::add_to(cx, &editable, &comment, true)?;
        editable = reloaded(cx, &editable)?;
    }
    Ok(editable.issue().clone())
}

/// Adds the comment of a function, in the name of whoever it names.
fn add_remark(cx: &mut Cx<'_, '_>, editable: &Editable, remark: &Remark<'_>) -> Result<Editable> {
    let actor = Arc::clone(&cx.actor);
    if let Some(author) = remark.author {
        let origin = actor.origin.clone();
        cx.actor = Arc::new(Actor { origin, ..Actor::robot(author) });
    }
    let added = comment::ops::add_to(cx, editable, &remark.text.into(), false);
    cx.actor = actor;
    added?;
    reloaded(cx, editable)
}

fn reloaded(cx: &mut Cx<'_, '_>, editable: &Editable) -> Result<Editable> {
    let loaded = store::by_id(cx, editable.issue().id)?;
    loaded.map(Editable::consequence).ok_or_else(|| Code::IssueNotFound.err())
}

/// What was sent, and the screen's values for what was not.
fn with_defaults(screen: &Screen, sent: &Members) -> Members {
    let mut body = sent.clone();
    for field in &screen.fields {
        if let Some(default) = &field.default
            && !body.contains_key(&field.field)
        {
            body.insert(field.field.clone(), default.clone());
        }
    }
    body
}

/// A field that the screen requires must have a value when the transition is made, be it sent,
/// a default, or there before.
fn check_required(dict: &Dict, screen: &Screen, after: &Issue, besides: &Besides) -> Result<()> {
    let is_empty = |field: &str| {
        if field == COMMENT {
            return besides.comment.as_ref().is_none_or(is_blank);
        }
        let def = dict.field_index.by_wire(field);
        def.is_some_and(|def| after.get(def.no).is_none())
    };
    let missing = screen
        .fields
        .iter()
        .filter(|f| f.required && is_empty(&f.field))
        .map(|f| Code::FieldRequired.at(&f.field))
        .reduce(Error::join);
    missing.map_or(Ok(()), Err)
}

/// Whether a comment says nothing; one given as an object may consist of files alone.
fn is_blank(comment: &Json) -> bool {
    match comment {
        Json::String(text) => text.trim().is_empty(),
        Json::Object(members) => members.values().all(is_blank),
        Json::Array(items) => items.is_empty(),
        Json::Null => true,
        _ => false,
    }
}

/// Puts an issue into the status a transition leads to, with everything that tells of the change
/// (contract, `executeTransition`).
fn enter(cx: &Cx<'_, '_>, before: &Issue, after: &mut Issue, open: Open<'_>) {
    let to = open.transition.to;
    let default = || cx.dict.statuses.get(to).map(|s| s.body.status_type);
    let kind = open.workflow.status_type(to).or_else(default).unwrap_or_default();
    after.enter(before, to, kind, cx.now);
}
