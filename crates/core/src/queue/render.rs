//! Queues as JSON.

use serde_json::Value as Json;
use trackway_api::List;
use trackway_api::queues::{IssueTypeConfig, Queue as QueueReply};
use trackway_api::types::{KeyedRef, PlainRef};

use super::workflow;
use crate::cx::{Cx, Reply};
use crate::dict::model::{Body, Queue, TypeConfig};
use crate::dict::{Dict, Object, Table};
use crate::error::{Error, Result};
use crate::view::{ApiVersion, View};
use crate::{entity, user};

/// Members that stay whatever `fields` names.
const ALWAYS: [&str; 4] = ["self", "id", "key", "version"];

/// Members that come with `expand` and stay because they were asked for.
const EXPANDED: [&str; 9] = [
    "teamUsers",
    "teamGroups",
    "issueTypes",
    "versions",
    "components",
    "projects",
    "workflows",
    "issueTypesConfig",
    "fields",
];

/// A reference with key to an object that may be gone.
pub(crate) fn keyed<T: Body>(table: &Table<T>, id: i64, view: &View) -> KeyedRef {
    table.get(id).map_or_else(
        || KeyedRef {
            self_url: view.url(&format!("/{}/{id}", T::PATH)),
            id: id.to_string(),
            ..KeyedRef::default()
        },
        |object| object.keyed_ref(view),
    )
}

/// A reference without key to an object that may be gone.
pub(crate) fn plain<T: Body>(table: &Table<T>, id: i64, view: &View) -> PlainRef {
    table.get(id).map_or_else(
        || PlainRef {
            self_url: view.url(&format!("/{}/{id}", T::PATH)),
            id: id.to_string(),
            ..PlainRef::default()
        },
        |object| object.plain_ref(view),
    )
}

/// A text that is left out when it is empty.
pub(crate) fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A queue with the members that `expand` names; unknown names mean nothing (contract, `getQueue`).
pub(crate) fn queue(cx: &Cx<'_, '_>, queue: &Object<Queue>, expand: Option<&List>) -> QueueReply {
    let (dict, view) = (&*cx.dict, &cx.view);
    let body = &queue.body;
    let mut reply = QueueReply {
        self_url: view.url(&queue.path()),
        id: id(queue.id, view),
        key: queue.key.clone(),
        version: queue.version,
        name: body.name.clone(),
        description: filled(&body.description),
        lead: user::reference(dict, view, body.lead),
        assign_auto: body.assign_auto,
        allow_externals: Some(body.allow_externals),
        default_type: keyed(&dict.types, body.default_type, view),
        default_priority: keyed(&dict.priorities, body.default_priority, view),
        deny_voting: Some(body.deny_voting),
        allow_external_mailing: Some(body.allow_external_mailing),
        add_issue_key_in_email: Some(body.add_issue_key_in_email),
        deny_conductor_autolink: Some(body.deny_conductor_autolink),
        deny_tracker_autolink: Some(body.deny_tracker_autolink),
        use_component_permissions_intersection: Some(body.use_component_permissions_intersection),
        use_last_signature: Some(body.use_last_signature),
        add_summonee_to_issue_access: Some(body.add_summonee_to_issue_access),
        add_comment_author_to_issue_followers: Some(body.add_comment_author_to_issue_followers),
        workflow_actions_style: filled(&body.workflow_actions_style),
        archived: body.archived.then_some(true),
        permission_denied_message: filled(&body.denied_message),
        always_shown_fields: body
            .shown_fields
            .iter()
            .filter_map(|id| dict.fields.get(*id))
            .map(|field| field.plain_ref(view))
            .collect(),
        ..QueueReply::default()
    };
    if let Some(expand) = expand {
        fill(&mut reply, cx, queue, expand);
    }
    reply
}

/// A number in v2, a string in v3.
fn id(id: i64, view: &View) -> Json {
    match view.version {
        ApiVersion::V2 => id.into(),
        ApiVersion::V3 => id.to_string().into(),
    }
}

fn fill(reply: &mut QueueReply, cx: &Cx<'_, '_>, queue: &Object<Queue>, expand: &List) {
    let (dict, view) = (&*cx.dict, &cx.view);
    let body = &queue.body;
    let wants = |name: &str| expand.has(name) || expand.has("all");
    let list = |map: &rustc_hash::FxHashMap<i64, Vec<i64>>| {
        map.get(&queue.id).cloned().unwrap_or_default()
    };
    if wants("team") {
        reply.team_users = body.team.iter().map(|u| user::reference(dict, view, *u)).collect();
        reply.team_groups =
            body.team_groups.iter().map(|id| plain(&dict.groups, *id, view)).collect();
    }
    if wants("types") {
        reply.issue_types =
            body.types.iter().map(|t| keyed(&dict.types, t.issue_type, view)).collect();
    }
    if wants("versions") {
        let ids = list(&dict.versions_of);
        reply.versions = ids.into_iter().map(|id| plain(&dict.versions, id, view)).collect();
    }
    if wants("components") {
        let ids = list(&dict.components_of);
        reply.components = ids.into_iter().map(|id| plain(&dict.components, id, view)).collect();
    }
    if wants("projects") {
        reply.projects = entity::project::including(cx, queue.id);
    }
    if wants("workflows") {
        reply.workflows = Some(workflow::of_queue(dict, view, queue)).filter(|m| !m.is_empty());
    }
    if wants("issueTypesConfig") {
        reply.issue_types_config = body.types.iter().map(|t| config(dict, view, t)).collect();
    }
    if wants("fields") {
        let shared = dict.fields.iter().filter(|f| f.body.queue.is_none() && !f.body.hidden);
        reply.fields = shared.map(|f| f.plain_ref(view)).collect();
    }
}

fn config(dict: &Dict, view: &View, config: &TypeConfig) -> IssueTypeConfig {
    IssueTypeConfig {
        issue_type: keyed(&dict.types, config.issue_type, view),
        workflow: plain(&dict.workflows, config.workflow, view),
        resolutions: config
            .resolutions
            .iter()
            .map(|id| keyed(&dict.resolutions, *id, view))
            .collect(),
    }
}

/// A reply cut down to the members that `fields` names.
///
/// # Errors
/// A value that cannot be written, which is a bug.
pub(crate) fn selected<T: serde::Serialize>(value: T, fields: Option<&List>) -> Result<Reply<T>> {
    let Some(fields) = fields.filter(|f| !f.0.is_empty()) else { return Ok(Reply::new(value)) };
    let mut json = serde_json::to_value(&value).map_err(Error::internal)?;
    match &mut json {
        Json::Array(items) => items.iter_mut().for_each(|item| keep(item, fields)),
        one => keep(one, fields),
    }
    serde_json::to_vec(&json).map(Reply::ready).map_err(Error::internal)
}

fn keep(json: &mut Json, fields: &List) {
    if let Json::Object(members) = json {
        members.retain(|name, _| {
            let name = name.as_str();
            fields.has(name) || ALWAYS.contains(&name) || EXPANDED.contains(&name)
        });
    }
}
