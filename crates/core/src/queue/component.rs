//! Components.

use serde_json::Value as Json;
use trackway_api::queues::{
    Component as ComponentReply, ComponentCreate, CreateComponent, CreateComponentInQueue,
    GetComponent, ListComponents, ListQueueComponents, UpdateComponent,
};
use trackway_api::types::Members;

use super::input::{self, Expected, Problems, required};
use super::{component_rules, ops, render};
use crate::cx::{Cx, Reply};
use crate::dict::model::{Component, Queue};
use crate::dict::{Dict, Object, store};
use crate::error::{Code, Result};
use crate::issue::refs;
use crate::paging::{self, Page};
use crate::user;
use crate::view::{ApiVersion, View};

/// Components of every queue the caller may see.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListComponents) -> Result<Reply<Vec<ComponentReply>>> {
    cx.view.localize(r.localized);
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let seen: Vec<i64> = ops::visible(cx).iter().map(|q| q.id).collect();
    let here = |c: &Component| !c.deleted && seen.contains(&c.queue);
    let all = cx.dict.components.iter().filter(|c| here(&c.body));
    let (components, paging) = page.cut(all.cloned().collect());
    let replies = components.iter().map(|c| reply_of(&cx.dict, &cx.view, c)).collect();
    Ok(Reply::new(replies).paged(paging))
}

/// Components of a queue.
pub fn of_queue(
    cx: &mut Cx<'_, '_>,
    r: &ListQueueComponents,
) -> Result<Reply<Vec<ComponentReply>>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    let ids = cx.dict.components_of.get(&queue.id).map_or(&[][..], Vec::as_slice);
    let components = ids.iter().filter_map(|id| cx.dict.components.get(*id));
    let replies: Vec<_> = components.map(|c| reply_of(&cx.dict, &cx.view, c)).collect();
    Ok(replies.into())
}

/// One component.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetComponent) -> Result<Reply<ComponentReply>> {
    cx.view.localize(r.localized);
    let (component, _) = component_rules::find(cx, &r.id)?;
    Ok(reply_of(&cx.dict, &cx.view, &component).into())
}

/// Creates a component.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateComponent) -> Result<Reply<ComponentReply>> {
    cx.view.localize(r.localized);
    let body = &r.body.0;
    let queue = ops::named(cx, body.queue.as_ref().map(|q| &q.0))?;
    add(cx, &queue, body)
}

/// Creates a component in the queue of the path.
pub fn create_in(cx: &mut Cx<'_, '_>, r: &CreateComponentInQueue) -> Result<Reply<ComponentReply>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    let body = &r.body.0;
    input::same_queue(&cx.dict, queue.id, body.queue.as_ref().map(|q| &q.0))?;
    add(cx, &queue, body)
}

fn add(
    cx: &mut Cx<'_, '_>,
    queue: &Object<Queue>,
    body: &ComponentCreate,
) -> Result<Reply<ComponentReply>> {
    cx.queue_to_configure(&queue.id.to_string())?;
    let mut problems = Problems::default();
    let name = problems.note(required(body.name.as_deref(), "name").and_then(input::name));
    if let Some(name) = &name {
        let siblings = cx.dict.components_of.get(&queue.id);
        problems.note(input::free_name(&cx.dict.components, siblings, name, None));
    }
    let description = body.description.as_deref().unwrap_or_default();
    let description = problems.note(input::description(description));
    let lead = body.lead.as_ref().map(|lead| self::lead(&cx.dict, &lead.0)).transpose();
    let lead = problems.note(lead);
    problems.end()?;
    let component = Component {
        queue: queue.id,
        name: name.unwrap_or_default(),
        description: description.unwrap_or_default(),
        lead: lead.flatten().flatten(),
        assign_auto: body.assign_auto.unwrap_or_default(),
        ..Component::default()
    };
    let component = store::insert(cx, "", component)?;
    Ok(created(cx, reply_of(&cx.dict, &cx.view, &component)))
}

/// The answer to a creation whose status the sources disagree about: 201 under v3, 200 under v2
/// (contract, head of the fragment).
pub(crate) fn created<T>(cx: &Cx<'_, '_>, value: T) -> Reply<T> {
    let mut reply = Reply::new(value);
    if cx.view.version == ApiVersion::V2 {
        reply.status = Some(200);
    }
    reply
}

/// Changes a component. `null` changes nothing here, unlike elsewhere (contract,
/// `updateComponent`).
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateComponent) -> Result<Reply<ComponentReply>> {
    cx.view.localize(r.localized);
    let (old, _) = component_rules::find(cx, &r.id)?;
    cx.queue_to_configure(&old.body.queue.to_string())?;
    match (Expected::new(old.version, r.version, r.if_match), cx.view.version) {
        (Expected::Stale(stale), ApiVersion::V2) => return Err(Code::VersionConflict.with(stale)),
        (Expected::Stale(_), ApiVersion::V3) => return Err(Code::PreconditionFailed.err()),
        (Expected::Unsaid, ApiVersion::V3) => return Err(Code::PreconditionRequired.err()),
        _ => {}
    }
    let body = changed(&cx.dict, &old, &r.body.0)?;
    if input::alike(&old.body, &body) {
        return Ok(reply_of(&cx.dict, &cx.view, &old).into());
    }
    let component = store::update(cx, &old, body)?;
    Ok(reply_of(&cx.dict, &cx.view, &component).into())
}

fn changed(dict: &Dict, old: &Object<Component>, patch: &Members) -> Result<Component> {
    let given = |member: &str| patch.get(member).filter(|json| !json.is_null());
    let mut body = old.body.clone();
    let mut problems = Problems::default();
    if let Some(json) = given("name")
        && let Some(name) = problems.note(input::text(json, "name").and_then(input::name))
    {
        let siblings = dict.components_of.get(&body.queue);
        problems.note(input::free_name(&dict.components, siblings, &name, Some(old.id)));
        body.name = name;
    }
    if let Some(json) = given("description") {
        let text = input::text(json, "description").and_then(input::description);
        body.description = problems.note(text).unwrap_or_default();
    }
    if let Some(json) = given("lead") {
        body.lead = problems.note(lead(dict, json)).flatten();
    }
    for (member, flag) in [("assignAuto", &mut body.assign_auto), ("archived", &mut body.archived)]
    {
        if let Some(Some(value)) = problems.note(input::flag(patch, member)) {
            *flag = value;
        }
    }
    problems.note(input::same_queue(dict, old.body.queue, given("queue")));
    problems.end()?;
    Ok(body)
}

/// A lead; an empty object means nobody.
fn lead(dict: &Dict, json: &Json) -> Result<Option<i64>> {
    if json.as_object().is_some_and(serde_json::Map::is_empty) {
        return Ok(None);
    }
    if refs::written(json).is_none() && !json.is_object() {
        return Err(Code::ValueType.with("user").under("lead"));
    }
    let found = input::person(dict, json);
    found.map(Some).ok_or_else(|| Code::ValueUnknown.with(input::shown(json)).under("lead"))
}

/// A component as the API shows one.
pub(super) fn reply_of(dict: &Dict, view: &View, component: &Object<Component>) -> ComponentReply {
    let body = &component.body;
    ComponentReply {
        self_url: view.url(&component.path()),
        id: component.id,
        version: component.version,
        name: body.name.clone(),
        queue: render::keyed(&dict.queues, body.queue, view),
        description: render::filled(&body.description),
        lead: body.lead.map(|lead| user::reference(dict, view, lead)),
        assign_auto: body.assign_auto,
        archived: Some(body.archived),
    }
}
