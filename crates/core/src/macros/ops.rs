//! Operations on macros.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use trackway_api::macros::{
    CreateMacro, DeleteMacro, GetMacro, ListMacros, Macro as MacroReply, UpdateMacro,
};
use trackway_api::types::Members;

use crate::cx::{Cx, Reply};
use crate::dict::model::{FieldUpdate, Macro};
use crate::dict::{Object, store};
use crate::error::{Code, Result};
use crate::issue::input::MAX_TEXT;
use crate::paging::{self, Page};
use crate::queue::input::{self as fields, alike};
use crate::rule::{input, render};
use crate::trigger::ops::queue_ref;
use crate::view::ApiVersion;

/// Most macros of a queue.
const MAX_MACROS: usize = 1000;

/// Macros of a queue. Whoever sees the queue may use them.
///
/// # Errors
/// 404 and 403 as for the queue, 400 for wrong parameters.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListMacros) -> Result<Reply<Vec<MacroReply>>> {
    let queue = cx.queue(&r.queue)?;
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let (macros, paging) = page.cut(of_queue(cx, queue.id));
    let replies: Vec<_> = macros.iter().map(|one| reply_of(cx, one)).collect();
    Ok(Reply::new(replies).paged(paging))
}

fn of_queue(cx: &Cx<'_, '_>, queue: i64) -> Vec<Arc<Object<Macro>>> {
    cx.dict.macros.iter().filter(|one| one.body.queue == queue).cloned().collect()
}

/// One macro.
///
/// # Errors
/// 404 and 403 as for the queue, 404 when the queue has no such macro.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetMacro) -> Result<Reply<MacroReply>> {
    let queue = cx.queue(&r.queue)?;
    let found = find(cx, queue.id, &r.id)?;
    Ok(reply_of(cx, &found).into())
}

fn find(cx: &Cx<'_, '_>, queue: i64, id: &str) -> Result<Arc<Object<Macro>>> {
    let found = id.parse().ok().and_then(|id| cx.dict.macros.get(id));
    found.filter(|one| one.body.queue == queue).cloned().ok_or_else(|| Code::MacroNotFound.err())
}

/// Creates a macro.
///
/// # Errors
/// 404 and 403 as for the queue's settings, 409 for a taken name, 422 for what cannot be read.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateMacro) -> Result<Reply<MacroReply>> {
    let queue = cx.queue_to_configure(&r.queue)?;
    let body = &r.body.0;
    if body.get("name").is_none_or(Json::is_null) {
        return Err(Code::FieldRequired.at("name"));
    }
    let made = patched(cx, &Macro { queue: queue.id, ..Macro::default() }, body)?;
    check_name(cx, &made, None)?;
    if of_queue(cx, queue.id).len() >= MAX_MACROS {
        return Err(Code::TooManyRules.with(MAX_MACROS));
    }
    let object = store::insert(cx, "", made)?;
    let mut reply = Reply::new(reply_of(cx, &object));
    reply.status = Some(if cx.view.version == ApiVersion::V2 { 200 } else { 201 });
    Ok(reply)
}

fn check_name(cx: &Cx<'_, '_>, made: &Macro, itself: Option<i64>) -> Result<()> {
    let taken = of_queue(cx, made.queue)
        .iter()
        .any(|other| Some(other.id) != itself && other.body.name == made.name);
    if taken { Err(Code::NameTaken.with(&made.name)) } else { Ok(()) }
}

/// Changes a macro. It has no version, so an `If-Match` says nothing (contract, `updateMacro`).
///
/// # Errors
/// As [`create`].
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateMacro) -> Result<Reply<MacroReply>> {
    let queue = cx.queue_to_configure(&r.queue)?;
    let old = find(cx, queue.id, &r.id)?;
    let body = patched(cx, &old.body, &r.body.0)?;
    check_name(cx, &body, Some(old.id))?;
    if alike(&old.body, &body) {
        return Ok(reply_of(cx, &old).into());
    }
    let object = store::update(cx, &old, body)?;
    Ok(reply_of(cx, &object).into())
}

/// Deletes a macro.
///
/// # Errors
/// 404 and 403 as for the queue's settings, 404 when the queue has no such macro.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteMacro) -> Result<Reply<()>> {
    let queue = cx.queue_to_configure(&r.queue)?;
    let old = find(cx, queue.id, &r.id)?;
    store::remove(cx, &old)?;
    Ok(Reply::new(()))
}

fn patched(cx: &Cx<'_, '_>, old: &Macro, patch: &Members) -> Result<Macro> {
    let mut body = old.clone();
    let mut problems = fields::Problems::default();
    if let Some(json) = patch.get("name").filter(|json| !json.is_null()) {
        let name = fields::text(json, "name").and_then(fields::name);
        body.name = problems.note(name).unwrap_or_default();
    }
    match patch.get("body") {
        None => {}
        Some(Json::Null) => body.body = None,
        Some(Json::Object(members)) if members.contains_key("unset") => body.body = None,
        Some(json) => {
            let text = fields::text(json, "body").and_then(|text| {
                let long = text.chars().count() > MAX_TEXT;
                if long { Err(Code::ValueTooLong.with(MAX_TEXT).under("body")) } else { Ok(text) }
            });
            body.body = problems.note(text).map(str::to_owned).filter(|text| !text.is_empty());
        }
    }
    for member in ["fieldChanges", "issueUpdate"] {
        if let Some(json) = patch.get(member).filter(|json| !json.is_null()) {
            let updates = changes(cx, &body, json).map_err(|error| error.under(member));
            if let Some(updates) = problems.note(updates) {
                body.updates = updates;
            }
        }
    }
    problems.end()?;
    Ok(body)
}

/// Changes of fields: a list or map replaces everything, an object with `add`, `remove` or
/// `replace` edits what is there.
fn changes(cx: &Cx<'_, '_>, old: &Macro, json: &Json) -> Result<Vec<FieldUpdate>> {
    let read = |json: &Json| -> Result<Vec<FieldUpdate>> {
        match json {
            Json::Array(items) if items.is_empty() => Ok(Vec::new()),
            Json::Object(members) if members.is_empty() => Ok(Vec::new()),
            _ => input::updates(&cx.dict, old.queue, json),
        }
    };
    let Json::Object(members) = json else { return read(json) };
    let is_edit = !members.is_empty()
        && members.iter().all(|(name, value)| {
            ["add", "remove", "replace"].contains(&name.as_str()) && value.is_array()
        });
    if !is_edit {
        return read(json);
    }
    let mut updates = old.updates.clone();
    for swap in members.get("replace").and_then(Json::as_array).into_iter().flatten() {
        let one = |member: &str| -> Result<Vec<FieldUpdate>> {
            let json = swap.get(member).ok_or_else(|| Code::MemberMissing.with(member))?;
            read(&Json::Array(vec![json.clone()]))
        };
        let (target, replacement) = (one("target")?, one("replacement")?);
        for (target, replacement) in target.iter().zip(replacement) {
            updates.iter_mut().filter(|u| u.field == target.field).for_each(|u| {
                *u = replacement.clone();
            });
        }
    }
    if let Some(gone) = members.get("remove") {
        let gone = read(gone)?;
        updates.retain(|update| gone.iter().all(|g| g.field != update.field));
    }
    if let Some(new) = members.get("add") {
        for update in read(new)? {
            updates.retain(|other| other.field != update.field);
            updates.push(update);
        }
    }
    Ok(updates)
}

fn reply_of(cx: &Cx<'_, '_>, object: &Object<Macro>) -> MacroReply {
    let body = &object.body;
    let queue = queue_ref(cx, body.queue);
    let v2 = cx.view.version == ApiVersion::V2;
    let list = |member: &str| -> Vec<Json> {
        body.updates
            .iter()
            .map(|u| json!({ "field": render::field(cx, &u.field), member: u.update }))
            .collect()
    };
    MacroReply {
        self_url: cx.view.url(&format!("/queues/{}/macros/{}", queue.key, object.id)),
        id: object.id,
        queue,
        name: body.name.clone(),
        body: body.body.clone(),
        field_changes: v2.then(|| list("value")),
        issue_update: (!v2).then(|| list("update")),
    }
}
