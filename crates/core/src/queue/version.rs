//! Versions of queues.

use serde_json::Value as Json;
use trackway_api::IfMatch;
use trackway_api::queues::{
    ArchiveVersion, CreateVersion, CreateVersionInQueue, GetVersion, ListQueueVersions,
    ListVersions, ReleaseVersion, UpdateVersion, Version as VersionReply, VersionCreate,
};
use trackway_api::types::Members;

use super::component::created;
use super::input::{self, Expected, Problems, required};
use super::{ops, render};
use crate::access;
use crate::cx::{Cx, Reply};
use crate::dict::model::{Queue, Version};
use crate::dict::{Dict, Object, store};
use crate::error::{Code, Result};
use crate::issue::refs;
use crate::paging::{self, Page};
use crate::time;
use crate::view::View;

/// Versions of every queue the caller may see.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListVersions) -> Result<Reply<Vec<VersionReply>>> {
    cx.view.localize(r.localized);
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let seen: Vec<i64> = ops::visible(cx).iter().map(|q| q.id).collect();
    let here = |v: &Version| !v.deleted && seen.contains(&v.queue);
    let all = cx.dict.versions.iter().filter(|v| here(&v.body));
    let (versions, paging) = page.cut(all.cloned().collect());
    let replies: Vec<_> = versions.iter().map(|v| reply_of(&cx.dict, &cx.view, v)).collect();
    Ok(render::selected(replies, r.fields.as_ref())?.paged(paging))
}

/// Versions of a queue.
pub fn of_queue(cx: &mut Cx<'_, '_>, r: &ListQueueVersions) -> Result<Reply<Vec<VersionReply>>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    let ids = cx.dict.versions_of.get(&queue.id).map_or(&[][..], Vec::as_slice);
    let versions = ids.iter().filter_map(|id| cx.dict.versions.get(*id));
    let replies: Vec<_> = versions.map(|v| reply_of(&cx.dict, &cx.view, v)).collect();
    Ok(replies.into())
}

/// One version.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetVersion) -> Result<Reply<VersionReply>> {
    cx.view.localize(r.localized);
    let version = find(cx, &r.id)?;
    let reply = render::selected(reply_of(&cx.dict, &cx.view, &version), r.fields.as_ref())?;
    Ok(reply.of_version(version.version))
}

/// A version, if the caller may see its queue.
fn find(cx: &Cx<'_, '_>, id: &str) -> Result<std::sync::Arc<Object<Version>>> {
    let missing = || Code::VersionNotFound.err();
    let found = cx.dict.versions.find(id).filter(|v| !v.body.deleted).ok_or_else(missing)?;
    ops::owner(cx, found.body.queue, Code::VersionNotFound)?;
    Ok(std::sync::Arc::clone(found))
}

/// Creates a version.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateVersion) -> Result<Reply<VersionReply>> {
    cx.view.localize(r.localized);
    let body = &r.body.0;
    let queue = ops::named(cx, body.queue.as_ref().map(|q| &q.0))?;
    add(cx, &queue, body)
}

/// Creates a version in the queue of the path.
pub fn create_in(cx: &mut Cx<'_, '_>, r: &CreateVersionInQueue) -> Result<Reply<VersionReply>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    let body = &r.body.0;
    input::same_queue(&cx.dict, queue.id, body.queue.as_ref().map(|q| &q.0))?;
    add(cx, &queue, body)
}

fn add(
    cx: &mut Cx<'_, '_>,
    queue: &Object<Queue>,
    body: &VersionCreate,
) -> Result<Reply<VersionReply>> {
    // Writing is enough to plan a version; changing one is a setting (permissions.md, 4).
    if access::may_write_all(queue, &cx.actor) {
        access::in_use(queue)?;
    } else {
        cx.queue_to_configure(&queue.id.to_string())?;
    }
    let mut problems = Problems::default();
    let name = problems.note(required(body.name.as_deref(), "name").and_then(input::name));
    if let Some(name) = &name {
        let siblings = cx.dict.versions_of.get(&queue.id);
        problems.note(input::free_name(&cx.dict.versions, siblings, name, None));
    }
    let description = body.description.as_deref().unwrap_or_default();
    let description = problems.note(input::description(description));
    let mut day = |text: Option<&str>, member: &str| {
        problems.note(text.map(|text| input::day(text, member)).transpose()).flatten()
    };
    let start = day(body.start_date.as_deref(), "startDate");
    let due = day(body.due_date.as_deref(), "dueDate");
    problems.end()?;
    let version = Version {
        queue: queue.id,
        name: name.unwrap_or_default(),
        description: description.unwrap_or_default(),
        start,
        due,
        ..Version::default()
    };
    let version = store::insert(cx, "", version)?;
    Ok(created(cx, reply_of(&cx.dict, &cx.view, &version)))
}

/// Changes a version.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateVersion) -> Result<Reply<VersionReply>> {
    cx.view.localize(r.localized);
    let reply =
        change(cx, &r.id, r.version, r.if_match, |dict, _, old| patched(dict, old, &r.body.0))?;
    render::selected(reply, r.fields.as_ref())
}

/// Archives a version.
pub fn archive(cx: &mut Cx<'_, '_>, r: &ArchiveVersion) -> Result<Reply<VersionReply>> {
    cx.view.localize(r.localized);
    let reply = change(cx, &r.id, None, r.if_match, |_, _, old| {
        Ok(Version { archived: true, ..old.body.clone() })
    })?;
    Ok(reply.into())
}

/// Releases a version.
pub fn release(cx: &mut Cx<'_, '_>, r: &ReleaseVersion) -> Result<Reply<VersionReply>> {
    cx.view.localize(r.localized);
    let reply = change(cx, &r.id, None, r.if_match, |_, now, old| {
        let released_at = old.body.released_at.or(Some(now));
        Ok(Version { released: true, released_at, ..old.body.clone() })
    })?;
    Ok(reply.into())
}

fn change(
    cx: &mut Cx<'_, '_>,
    id: &str,
    param: Option<i64>,
    header: Option<IfMatch>,
    make: impl Fn(&Dict, i64, &Object<Version>) -> Result<Version>,
) -> Result<VersionReply> {
    let old = find(cx, id)?;
    cx.queue_to_configure(&old.body.queue.to_string())?;
    if matches!(Expected::new(old.version, param, header), Expected::Stale(_)) {
        return Err(Code::PreconditionFailed.err());
    }
    let body = make(&cx.dict, cx.now, &old)?;
    if input::alike(&old.body, &body) {
        return Ok(reply_of(&cx.dict, &cx.view, &old));
    }
    let version = store::update(cx, &old, body)?;
    Ok(reply_of(&cx.dict, &cx.view, &version))
}

/// The version after a patch; `null` clears (contract, `updateVersion`).
fn patched(dict: &Dict, old: &Object<Version>, patch: &Members) -> Result<Version> {
    let mut body = old.body.clone();
    let mut problems = Problems::default();
    if let Some(json) = patch.get("name")
        && let Some(name) = problems.note(input::text(json, "name").and_then(input::name))
    {
        let siblings = dict.versions_of.get(&body.queue);
        problems.note(input::free_name(&dict.versions, siblings, &name, Some(old.id)));
        body.name = name;
    }
    if let Some(json) = patch.get("description") {
        let text = optional(json, |json| input::text(json, "description"));
        let text = text.and_then(|text| input::description(text.unwrap_or_default()));
        body.description = problems.note(text).unwrap_or_default();
    }
    for (member, slot) in [("startDate", &mut body.start), ("dueDate", &mut body.due)] {
        if let Some(json) = patch.get(member) {
            let day = optional(json, |json| input::day(input::text(json, member)?, member));
            *slot = problems.note(day).flatten();
        }
    }
    if let Some(json) = patch.get("releasedAt") {
        body.released_at = problems.note(optional(json, instant)).flatten();
    }
    if let Some(json) = patch.get("next") {
        body.next = problems.note(optional(json, |json| next(dict, old, json))).flatten();
    }
    for (member, slot) in [("released", &mut body.released), ("archived", &mut body.archived)] {
        if let Some(Some(value)) = problems.note(input::flag(patch, member)) {
            *slot = value;
        }
    }
    problems.end()?;
    Ok(body)
}

/// The version that follows another one of the same queue.
fn next(dict: &Dict, old: &Object<Version>, json: &Json) -> Result<i64> {
    let here = |v: &Version| v.queue == old.body.queue && !v.deleted;
    let found = refs::named(&dict.versions, json, here).filter(|found| found.id != old.id);
    let unknown = || Code::ValueUnknown.with(input::shown(json)).under("next");
    found.map(|found| found.id).ok_or_else(unknown)
}

fn optional<'j, T>(json: &'j Json, read: impl Fn(&'j Json) -> Result<T>) -> Result<Option<T>> {
    if json.is_null() { Ok(None) } else { read(json).map(Some) }
}

fn instant(json: &Json) -> Result<i64> {
    let member = "releasedAt";
    time::parse_instant(input::text(json, member)?)
        .ok_or_else(|| Code::ValueType.with("datetime").under(member))
}

fn reply_of(dict: &Dict, view: &View, version: &Object<Version>) -> VersionReply {
    let body = &version.body;
    let next = body.next.and_then(|id| dict.versions.get(id)).filter(|next| !next.body.deleted);
    VersionReply {
        self_url: view.url(&version.path()),
        id: version.id,
        version: version.version,
        queue: render::keyed(&dict.queues, body.queue, view),
        name: body.name.clone(),
        description: render::filled(&body.description),
        start_date: body.start.map(time::day_text),
        due_date: body.due.map(time::day_text),
        released_at: body.released_at.map(time::instant_text),
        released: body.released,
        archived: body.archived,
        next: next.map(|next| next.plain_ref(view)),
    }
}
