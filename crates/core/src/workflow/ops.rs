//! Creating, changing and deleting workflows. A change never leaves an issue in a status that its
//! workflow lacks: the issues go where the caller says ([`super::switch`]), or it is refused.

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::queues::{
    CreateWorkflow, DeleteWorkflow, UpdateWorkflow, UpdateWorkflowAction, Workflow as Answer,
};
use trackway_api::types::Members;

use super::input;
use super::switch::{self, Follower, MAPPING, Mapping};
use crate::cx::{Cx, Reply};
use crate::dict::model::{Transition, TypeConfig, Workflow};
use crate::dict::{Dict, Object, store};
use crate::error::{Code, Result};
use crate::issue::refs;
use crate::queue::component::created;
use crate::queue::input::{Expected, alike, required, shown};
use crate::queue::workflow::reply_of;
use crate::upkeep;

/// Most workflows of an organisation.
const MAX_WORKFLOWS: usize = 5000;

/// Creates a workflow: of a queue, by whoever may change its settings, or a shared one, by an
/// administrator.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateWorkflow) -> Result<Reply<Answer>> {
    let body = &r.body.0;
    let given = |member: &str| body.get(member).filter(|json| !json.is_null());
    let queue = match given("queue") {
        None => None,
        Some(json) => Some(crate::queue::ops::named(cx, Some(json))?.id),
    };
    authorize(cx, queue)?;
    if cx.dict.workflows.len() >= MAX_WORKFLOWS {
        return Err(Code::TooManyValues.with(MAX_WORKFLOWS));
    }
    let mut workflow = Workflow {
        queue,
        created: Some((cx.now, cx.actor.uid)),
        updated: Some((cx.now, cx.actor.uid)),
        ..Workflow::default()
    };
    for member in ["name", "initialAction", "steps"] {
        required(given(member), member)?;
    }
    apply(cx, &mut workflow, body)?;
    let made = match given("id") {
        None => store::insert_keyed(cx, |id| format!("W{id}"), workflow)?,
        Some(json) => {
            let id =
                input::action_id(json).map_err(|_| Code::ActionIdForm.with(100).under("id"))?;
            // Digits alone would be taken for a number.
            if id.bytes().all(|b| b.is_ascii_digit()) {
                return Err(Code::ActionIdForm.with(100).under("id"));
            }
            if cx.dict.workflows.by_key(&id).is_some() {
                return Err(Code::KeyTaken.with(&id).under("id"));
            }
            store::insert(cx, &id, workflow)?
        }
    };
    let answer = reply_of(&cx.dict, &cx.view, &made);
    Ok(created(cx, answer))
}

/// Changes a workflow; `steps` replaces the whole graph.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateWorkflow) -> Result<Reply<Answer>> {
    let old = to_change(cx, &r.id)?;
    if matches!(Expected::new(old.version, r.version, r.if_match), Expected::Stale(_)) {
        return Err(Code::PreconditionFailed.err());
    }
    let mut workflow = old.body.clone();
    apply(cx, &mut workflow, &r.body.0)?;
    let mapping = mapping(&cx.dict, &workflow, &r.body.0)?;
    save(cx, &old, workflow, &mapping)
}

fn mapping(dict: &Dict, workflow: &Workflow, body: &Members) -> Result<Mapping> {
    match body.get(MAPPING) {
        None | Some(Json::Null) => Ok(Mapping::new()),
        Some(Json::Object(pairs)) => {
            switch::mapping(dict, workflow, pairs.iter().map(|(from, to)| (from.as_str(), to)))
        }
        Some(_) => Err(Code::ValueType.with("{status: status}").under(MAPPING)),
    }
}

/// Deletes a workflow that no queue follows, not even one that could be restored.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteWorkflow) -> Result<Reply<()>> {
    let old = to_change(cx, &r.id)?;
    let follows = |types: &[TypeConfig]| types.iter().any(|config| config.workflow == old.id);
    if let Some(queue) = cx.dict.queues.iter().find(|queue| follows(&queue.body.types)) {
        return Err(Code::WorkflowInUse.with(&queue.key));
    }
    let body = Workflow { deleted: true, ..old.body.clone() };
    store::update(cx, &old, body)?;
    Ok(().into())
}

/// Changes one transition out of a status, or the meta-transition to it. Members that are not named
/// stay; other statuses that have the same transition keep it as it was.
pub fn update_action(cx: &mut Cx<'_, '_>, r: &UpdateWorkflowAction) -> Result<Reply<Answer>> {
    let old = to_change(cx, &r.id)?;
    if let Expected::Stale(stale) = Expected::new(old.version, r.version, r.if_match) {
        return Err(Code::VersionConflict.with(stale));
    }
    let status = cx.dict.statuses.find(&r.status).ok_or_else(|| Code::StatusNotFound.err())?.id;
    let mut workflow = old.body.clone();
    let here = |t: &Transition| {
        t.id == r.action && (t.from.contains(&status) || (t.from.is_empty() && t.to == status))
    };
    let place = workflow.transitions.iter().position(here);
    let place = place.ok_or_else(|| Code::TransitionNotFound.err())?;
    let before = workflow.transitions.get(place).cloned().unwrap_or_default();
    let changed = changed_action(cx, &old.body, &before, status, &r.body.0)?;
    let mut others = workflow.transitions.clone();
    others.remove(place);
    let mut rest = before;
    rest.from.retain(|other| *other != status);
    let shared = !rest.from.is_empty();
    if shared {
        others.insert(place, rest);
    }
    if input::clashes(&others, &changed) {
        return Err(Code::ValueRepeated.with(&changed.id).under("id"));
    }
    others.insert(if shared { place + 1 } else { place }, changed);
    workflow.transitions = others;
    input::check(&cx.dict, &workflow.steps, &workflow.transitions)?;
    save(cx, &old, workflow, &Mapping::new())
}

fn changed_action(
    cx: &mut Cx<'_, '_>,
    workflow: &Workflow,
    before: &Transition,
    status: i64,
    patch: &Members,
) -> Result<Transition> {
    let meta = before.from.is_empty();
    let mut changed = input::action(cx, workflow.queue, patch, meta.then_some(status))?;
    if meta && changed.to != status {
        let key = input::status_key(&cx.dict, changed.to);
        return Err(Code::TargetOutside.with(key).under("target"));
    }
    if changed.id.is_empty() {
        changed.id.clone_from(&before.id);
    }
    changed.from = if meta { Vec::new() } else { vec![status] };
    if !patch.contains_key("description") {
        changed.description = before.description.clone();
    }
    if !patch.contains_key("conditions") {
        changed.conditions.clone_from(&before.conditions);
    }
    if !patch.contains_key("functions") {
        changed.functions.clone_from(&before.functions);
    }
    if !patch.contains_key("screen") {
        changed.screen.clone_from(&before.screen);
    }
    Ok(changed)
}

fn authorize(cx: &Cx<'_, '_>, queue: Option<i64>) -> Result<()> {
    match queue {
        Some(queue) => cx.queue_to_configure(&queue.to_string()).map(drop),
        None => cx.actor.admin_only(),
    }
}

fn to_change(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<Workflow>>> {
    let found = cx.dict.workflows.find(id).filter(|w| !w.body.deleted);
    let found = found.cloned().ok_or_else(|| Code::WorkflowNotFound.err())?;
    if let Some(queue) = found.body.queue {
        crate::queue::ops::owner(cx, queue, Code::WorkflowNotFound)?;
    }
    authorize(cx, found.body.queue)?;
    Ok(found)
}

/// Puts the members of a body into a workflow.
fn apply(cx: &mut Cx<'_, '_>, workflow: &mut Workflow, body: &Members) -> Result<()> {
    let given = |member: &str| body.get(member).filter(|json| !json.is_null());
    if let Some(json) = given("name") {
        workflow.name = input::name(json)?;
    }
    if let Some(json) = given("queue") {
        let named = crate::issue::input::queue(&cx.dict, Some(json))?;
        if Some(named.id) != workflow.queue {
            return Err(Code::FieldReadonly.at("queue"));
        }
    }
    if let Some(json) = given("initialAction") {
        let dict = Arc::clone(&cx.dict);
        input::initial(&dict, workflow, json)?;
    }
    if let Some(json) = given("steps") {
        let graph = input::graph(cx, workflow.queue, json)?;
        workflow.steps = graph.steps;
        workflow.notes = graph.notes;
        workflow.on_comment = graph.on_comment;
        workflow.transitions = graph.transitions;
    }
    if let Some(json) = given("issueTypeResolutions") {
        workflow.resolutions = resolutions(&cx.dict, json)?;
    }
    if workflow.status_type(workflow.initial).is_none() {
        let key = input::status_key(&cx.dict, workflow.initial);
        return Err(Code::TargetOutside.with(key).under("initialAction"));
    }
    Ok(())
}

fn resolutions(dict: &Dict, json: &Json) -> Result<Vec<TypeConfig>> {
    let member = "issueTypeResolutions";
    let wrong = || Code::ValueType.with("[{issueType, resolutions}]").under(member);
    let unknown = |json: &Json| Code::ValueUnknown.with(shown(json)).under(member);
    let items = json.as_array().ok_or_else(wrong)?;
    if items.len() > dict.types.len() {
        return Err(Code::TooManyValues.with(dict.types.len()).under(member));
    }
    items
        .iter()
        .map(|item| {
            let kind = item.get("issueType").ok_or_else(wrong)?;
            let kind = refs::object(&dict.types, kind, |_| true).ok_or_else(|| unknown(kind))?;
            let list = item.get("resolutions").and_then(Json::as_array).ok_or_else(wrong)?;
            let resolution = |json: &Json| {
                let found = refs::object(&dict.resolutions, json, |_| true);
                found.map(|r| r.id).ok_or_else(|| unknown(json))
            };
            Ok(TypeConfig {
                issue_type: kind.id,
                workflow: 0,
                resolutions: list.iter().map(resolution).collect::<Result<_>>()?,
            })
        })
        .collect()
}

/// Saves a changed workflow and takes along the issues that follow it.
fn save(
    cx: &mut Cx<'_, '_>,
    old: &Object<Workflow>,
    mut workflow: Workflow,
    mapping: &Mapping,
) -> Result<Reply<Answer>> {
    let moves = switch::moves(&old.body, &workflow, mapping);
    let changed = !alike(&old.body, &workflow);
    if !changed && moves.is_empty() {
        return Ok(reply_of(&cx.dict, &cx.view, old).into());
    }
    let followers = followers(&cx.dict, old.id);
    switch::check(cx, &followers, (&old.body, &workflow), mapping)
        .map_err(|error| error.under("steps"))?;
    let answer = if changed {
        workflow.updated = Some((cx.now, cx.actor.uid));
        let saved = store::update(cx, old, workflow)?;
        reply_of(&cx.dict, &cx.view, &saved)
    } else {
        reply_of(&cx.dict, &cx.view, old)
    };
    for follower in followers {
        upkeep::statuses::vacate(cx, follower, moves.clone())?;
    }
    Ok(answer.into())
}

/// Who follows a workflow, in deleted queues too: they can be restored.
fn followers(dict: &Dict, workflow: i64) -> Vec<Follower> {
    dict.queues
        .iter()
        .flat_map(|queue| queue.body.types.iter().map(move |config| (queue.id, config)))
        .filter(|(_, config)| config.workflow == workflow)
        .map(|(queue, config)| (queue, config.issue_type))
        .collect()
}
