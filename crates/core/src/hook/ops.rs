//! Operations on the organisation's webhooks, for administrators.

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::hooks::{
    CreateHook, DeleteHook, GetHook, Hook as HookReply, ListHookLog, ListHooks, UpdateHook,
};
use trackway_api::triggers::WebhookLogEntry;
use trackway_api::types::Members;

use crate::cx::{Cx, Reply};
use crate::dict::model::OrgHook;
use crate::dict::{Object, store};
use crate::error::{Code, Error, Result};
use crate::issue::{edit, refs};
use crate::queue::input::{self as fields, alike};
use crate::webhook;

/// Most webhooks of an organisation.
const MAX_HOOKS: usize = 50;
/// Longest URL.
const MAX_URL: usize = 2000;

/// Webhooks of the organisation.
///
/// # Errors
/// 403 for anybody but administrators.
pub fn list(cx: &mut Cx<'_, '_>, _: &ListHooks) -> Result<Reply<Vec<HookReply>>> {
    cx.actor.admin_only()?;
    let replies: Vec<_> = cx.dict.org_hooks.iter().map(|hook| reply(cx, hook, false)).collect();
    Ok(replies.into())
}

/// One webhook.
///
/// # Errors
/// 403 for anybody but administrators, 404 when there is none of this id.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetHook) -> Result<Reply<HookReply>> {
    let hook = find(cx, &r.id)?;
    Ok(reply(cx, &hook, false).into())
}

fn find(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<OrgHook>>> {
    cx.actor.admin_only()?;
    let found = id.parse().ok().and_then(|id| cx.dict.org_hooks.get(id));
    found.cloned().ok_or_else(|| Code::HookNotFound.err())
}

/// Creates a webhook. The answer is the only one that shows the secret.
///
/// # Errors
/// 403 for anybody but administrators, 422 for what cannot be read.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateHook) -> Result<Reply<HookReply>> {
    cx.actor.admin_only()?;
    if r.body.0.get("url").is_none_or(Json::is_null) {
        return Err(Code::FieldRequired.at("url"));
    }
    let mut made = patched(cx, &OrgHook { active: true, ..OrgHook::default() }, &r.body.0)?;
    if made.secret.is_empty() {
        made.secret = secret()?;
    }
    if cx.dict.org_hooks.len() >= MAX_HOOKS {
        return Err(Code::TooManyValues.with(MAX_HOOKS));
    }
    let hook = store::insert(cx, "", made)?;
    Ok(reply(cx, &hook, true).into())
}

fn secret() -> Result<String> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(data_encoding::BASE64URL_NOPAD.encode(&bytes))
}

/// Changes a webhook.
///
/// # Errors
/// As [`create`]; 404 when there is none of this id, 409 or 412 for a stale version.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateHook) -> Result<Reply<HookReply>> {
    let old = find(cx, &r.id)?;
    edit::check_version(old.version, r.version, r.if_match)?;
    let body = patched(cx, &old.body, &r.body.0)?;
    if alike(&old.body, &body) {
        return Ok(reply(cx, &old, false).into());
    }
    let hook = store::update(cx, &old, body)?;
    Ok(reply(cx, &hook, false).into())
}

/// Deletes a webhook.
///
/// # Errors
/// As [`get`].
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteHook) -> Result<Reply<()>> {
    let hook = find(cx, &r.id)?;
    store::remove(cx, &hook)?;
    Ok(Reply::new(()))
}

/// The requests of a webhook, newest first.
///
/// # Errors
/// As [`get`]; 400 for wrong parameters.
pub fn log(cx: &mut Cx<'_, '_>, r: &ListHookLog) -> Result<Reply<Vec<WebhookLogEntry>>> {
    let hook = find(cx, &r.id)?;
    webhook::ops::of_rule(cx, hook.id, r.limit, None, (None, None))
}

fn patched(cx: &Cx<'_, '_>, old: &OrgHook, patch: &Members) -> Result<OrgHook> {
    let mut body = old.clone();
    let mut problems = fields::Problems::default();
    if let Some(json) = patch.get("url") {
        body.url = problems.note(url(json)).unwrap_or_default();
    }
    if let Some(json) = patch.get("secret").filter(|json| !json.is_null()) {
        let secret = fields::text(json, "secret").and_then(|text| {
            let good = (16..=256).contains(&text.len());
            if good { Ok(text.to_owned()) } else { Err(Code::ValueRange.at("secret")) }
        });
        body.secret = problems.note(secret).unwrap_or_default();
    }
    if let Some(json) = patch.get("queues") {
        body.queues = problems.note(queues(cx, json)).unwrap_or_default();
    }
    if let Some(json) = patch.get("events") {
        body.events = problems.note(events(json)).unwrap_or_default();
    }
    if let Some(Some(active)) = problems.note(fields::flag(patch, "active")) {
        body.active = active;
    }
    problems.end()?;
    Ok(body)
}

fn url(json: &Json) -> Result<String> {
    let text = fields::text(json, "url")?.trim();
    if text.len() > MAX_URL {
        return Err(Code::ValueTooLong.with(MAX_URL).under("url"));
    }
    let web = ["https://", "http://"].iter().any(|start| text.starts_with(start));
    let clean = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if web && clean { Ok(text.to_owned()) } else { Err(Code::ValueType.with("URL").under("url")) }
}

fn items<'j>(json: &'j Json, member: &str) -> Result<&'j [Json]> {
    match json {
        Json::Null => Ok(&[]),
        Json::Array(items) => Ok(items),
        _ => Err(Code::ValueType.with("array").under(member)),
    }
}

fn queues(cx: &Cx<'_, '_>, json: &Json) -> Result<Vec<i64>> {
    let one = |json: &Json| {
        let found = refs::object(&cx.dict.queues, json, |queue| !queue.deleted);
        found
            .map(|queue| queue.id)
            .ok_or_else(|| Code::ValueUnknown.with(fields::shown(json)).under("queues"))
    };
    items(json, "queues")?.iter().map(one).collect()
}

fn events(json: &Json) -> Result<Vec<String>> {
    let one = |json: &Json| {
        // Kinds are many and grow; a name that looks like one may be one of a newer program.
        let known = json.as_str().filter(|name| {
            name.starts_with("Issue")
                && name.len() <= 60
                && name.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        known
            .map(str::to_owned)
            .ok_or_else(|| Code::ValueUnknown.with(fields::shown(json)).under("events"))
    };
    items(json, "events")?.iter().map(one).collect()
}

fn reply(cx: &Cx<'_, '_>, hook: &Object<OrgHook>, shows_secret: bool) -> HookReply {
    let body = &hook.body;
    let queue = |id: &i64| cx.dict.queues.get(*id).map(|queue| queue.keyed_ref(&cx.view));
    HookReply {
        self_url: cx.view.url(&format!("/webhooks/{}", hook.id)),
        id: hook.id,
        version: hook.version,
        url: body.url.clone(),
        queues: body.queues.iter().filter_map(queue).collect(),
        events: body.events.clone(),
        active: body.active,
        secret: shows_secret.then(|| body.secret.clone()),
    }
}
