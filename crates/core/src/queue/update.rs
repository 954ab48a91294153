//! Changes to the settings of queues.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use trackway_api::queues::{IssueTypeConfigInput, Queue as QueueReply, UpdateQueue};
use trackway_api::types::Members;

use super::create;
use super::input::{self, Expected, Problems, alike};
use super::{render, rules, usage};
use crate::cx::{Cx, Reply};
use crate::dict::model::{Body, Field, Queue, TypeConfig};
use crate::dict::{Dict, Object, Table, store};
use crate::error::{Code, Result};
use crate::field::no;
use crate::issue::refs;
use crate::upkeep;
use crate::workflow::switch::{self, Mapping};

/// Longest text shown to whoever is refused, in characters.
const MAX_DENIED_MESSAGE: usize = 2000;
/// Longest name of a style.
const MAX_STYLE: usize = 64;

type Flag = (&'static str, fn(&mut Queue) -> &mut bool);

/// Yes-or-no settings under their names on the wire.
const FLAGS: [Flag; 11] = [
    ("assignAuto", |q| &mut q.assign_auto),
    ("allowExternals", |q| &mut q.allow_externals),
    ("denyVoting", |q| &mut q.deny_voting),
    ("allowExternalMailing", |q| &mut q.allow_external_mailing),
    ("addIssueKeyInEmail", |q| &mut q.add_issue_key_in_email),
    ("denyConductorAutolink", |q| &mut q.deny_conductor_autolink),
    ("denyTrackerAutolink", |q| &mut q.deny_tracker_autolink),
    ("useComponentPermissionsIntersection", |q| &mut q.use_component_permissions_intersection),
    ("useLastSignature", |q| &mut q.use_last_signature),
    ("addSummoneeToIssueAccess", |q| &mut q.add_summonee_to_issue_access),
    ("addCommentAuthorToIssueFollowers", |q| &mut q.add_comment_author_to_issue_followers),
];

/// Changes a queue; only what the body names.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateQueue) -> Result<Reply<QueueReply>> {
    cx.view.localize(r.localized);
    let old = cx.queue_to_configure(&r.queue)?;
    if matches!(Expected::new(old.version, r.version, r.if_match), Expected::Stale(_)) {
        return Err(Code::PreconditionFailed.err());
    }
    let body = patched(&cx.dict, &old, &r.body.0)?;
    let moves = check_types(cx, &old, &body, &mappings(&cx.dict, &r.body.0, &body)?)?;
    let expand = r.expand.as_ref();
    if alike(&old.body, &body) && moves.is_empty() {
        return Ok(render::queue(cx, &old, expand).into());
    }
    let queue = store::update(cx, &old, body)?;
    for (issue_type, moves) in moves {
        upkeep::statuses::vacate(cx, (queue.id, issue_type), moves)?;
    }
    Ok(render::queue(cx, &queue, expand).into())
}

/// The queue after a patch; every problem is told at once.
fn patched(dict: &Dict, old: &Object<Queue>, patch: &Members) -> Result<Queue> {
    let mut body = old.body.clone();
    let mut problems = Problems::default();
    if let Some(key) = patch.get("key")
        && key.as_str() != Some(&old.key)
    {
        problems.note::<()>(Err(Code::FieldReadonly.at("key")));
    }
    if let Some(json) = patch.get("name") {
        let name = input::text(json, "name").and_then(input::name);
        body.name = problems.note(name).unwrap_or_default();
    }
    texts(&mut body, patch, &mut problems);
    if let Some(json) = patch.get("lead") {
        let lead = input::person(dict, json).ok_or_else(|| Code::UserNotFound.at("lead"));
        body.lead = problems.note(lead).unwrap_or_default();
    }
    let mut reference = |member: &str, slot: &mut i64, found: Option<Result<i64>>| {
        if let Some(found) = found {
            *slot = problems.note(found.map_err(|e| e.under(member))).unwrap_or_default();
        }
    };
    let given = |member: &str| patch.get(member);
    reference(
        "defaultType",
        &mut body.default_type,
        given("defaultType").map(|j| object(&dict.types, j, Code::IssueTypeNotFound)),
    );
    reference(
        "defaultPriority",
        &mut body.default_priority,
        given("defaultPriority").map(|j| object(&dict.priorities, j, Code::PriorityNotFound)),
    );
    if let Some(json) = patch.get(create::CONFIG) {
        body.types = problems.note(types(dict, old.id, json)).unwrap_or_default();
    }
    settings(dict, &mut body, patch, &mut problems);
    problems.end()?;
    if body.type_config(body.default_type).is_none() {
        return Err(Code::DefaultTypeMissing.at("defaultType"));
    }
    Ok(body)
}

fn texts(body: &mut Queue, patch: &Members, problems: &mut Problems) {
    let optional = |member: &str, limit: usize| -> Option<Result<String>> {
        let json = patch.get(member)?;
        if json.is_null() {
            return Some(Ok(String::new()));
        }
        Some(input::text(json, member).and_then(|text| input::limited(text, member, limit)))
    };
    for (member, limit, slot) in [
        ("description", crate::issue::input::MAX_TEXT, &mut body.description),
        ("permissionDeniedMessage", MAX_DENIED_MESSAGE, &mut body.denied_message),
        ("workflowActionsStyle", MAX_STYLE, &mut body.workflow_actions_style),
    ] {
        if let Some(text) = optional(member, limit) {
            *slot = problems.note(text).unwrap_or_default();
        }
    }
}

/// Members that a new queue takes too.
pub(super) fn settings(dict: &Dict, body: &mut Queue, patch: &Members, problems: &mut Problems) {
    for (member, slot) in FLAGS {
        if let Some(Some(value)) = problems.note(input::flag(patch, member)) {
            *slot(body) = value;
        }
    }
    let empty = Json::Array(Vec::new());
    // `null` clears a list like every other member.
    let list = |member: &str| patch.get(member).map(|j| if j.is_null() { &empty } else { j });
    if let Some(json) = list("teamUsers") {
        let team = rules::people(dict, &body.team, json).map_err(|e| e.under("teamUsers"));
        body.team = problems.note(team).unwrap_or_default();
    }
    if let Some(json) = list("teamGroups") {
        let groups = rules::groups(dict, &body.team_groups, json);
        let groups = groups.map_err(|e| e.under("teamGroups"));
        body.team_groups = problems.note(groups).unwrap_or_default();
    }
    if let Some(json) = list("alwaysShownFields") {
        let fields = rules::list(&body.shown_fields, json, |json| field(dict, json));
        let fields = fields.map_err(|e| e.under("alwaysShownFields"));
        body.shown_fields = problems.note(fields).unwrap_or_default();
    }
}

fn field(dict: &Dict, json: &Json) -> Option<i64> {
    let id = json.as_str().or_else(|| json.get("id")?.as_str())?;
    let shown = |field: &&std::sync::Arc<Object<Field>>| !field.body.hidden;
    dict.fields.by_key(id).filter(shown).map(|field| field.id)
}

fn object<T: Body>(table: &Table<T>, json: &Json, missing: Code) -> Result<i64> {
    if refs::written(json).is_none() {
        return Err(Code::ValueType.with("reference"));
    }
    refs::object(table, json, |_| true).map(|o| o.id).ok_or_else(|| missing.err())
}

fn types(dict: &Dict, queue: i64, json: &Json) -> Result<Vec<TypeConfig>> {
    create::type_configs(dict, Some(&configs(json)?), Some(queue))
}

fn configs(json: &Json) -> Result<Vec<IssueTypeConfigInput>> {
    let wrong = |_| Code::ValueType.with("[{issueType, workflow, resolutions}]");
    let configs = serde_json::from_value(json.clone()).map_err(wrong);
    configs.map_err(|error| error.under(create::CONFIG))
}

/// Where issues go that cannot stay in their status under the workflow of their type, by type.
fn mappings(dict: &Dict, patch: &Members, new: &Queue) -> Result<BTreeMap<i64, Mapping>> {
    let Some(json) = patch.get(create::CONFIG) else { return Ok(BTreeMap::new()) };
    let mut mappings = BTreeMap::new();
    // The settings were read from the same list, so they stand in the same order.
    for (config, input) in new.types.iter().zip(configs(json)?) {
        let Some(workflow) = dict.workflows.get(config.workflow) else { continue };
        let pairs = input.status_mapping.iter().flatten();
        let pairs = pairs.map(|(from, to)| (from.as_str(), &to.0));
        mappings.insert(config.issue_type, switch::mapping(dict, &workflow.body, pairs)?);
    }
    Ok(mappings)
}

/// Moves of issues from status to status.
type Moves = Vec<(i64, i64)>;

/// A type or a resolution that issues of the queue still need cannot be taken from them
/// (workflow.md, 2), a workflow only if there is a way into the new one. Answers the ways by type.
fn check_types(
    cx: &Cx<'_, '_>,
    old: &Object<Queue>,
    new: &Queue,
    mappings: &BTreeMap<i64, Mapping>,
) -> Result<Vec<(i64, Moves)>> {
    let mut problems = Problems::default();
    let mut moves = Vec::new();
    for config in &old.body.types {
        let Some(changed) = new.type_config(config.issue_type) else {
            if usage::any(cx, old.id, &[(no::TYPE, config.issue_type)]) {
                let key = cx.dict.types.get(config.issue_type).map_or("", |t| t.key.as_str());
                problems.note::<()>(Err(Code::TypeInUse.with(key).under(create::CONFIG)));
            }
            continue;
        };
        let mapping = mappings.get(&config.issue_type).cloned().unwrap_or_default();
        let way = problems.note(check_config(cx, old.id, (config, changed), &mapping));
        moves.extend(way.filter(|way| !way.is_empty()).map(|way| (config.issue_type, way)));
    }
    problems.end().map(|()| moves)
}

fn check_config(
    cx: &Cx<'_, '_>,
    queue: i64,
    (old, new): (&TypeConfig, &TypeConfig),
    mapping: &Mapping,
) -> Result<Moves> {
    let of_type = (no::TYPE, old.issue_type);
    for resolution in old.resolutions.iter().filter(|r| !new.resolutions.contains(r)) {
        if usage::any(cx, queue, &[of_type, (no::RESOLUTION, *resolution)]) {
            let key = cx.dict.resolutions.get(*resolution).map_or("", |r| r.key.as_str());
            return Err(Code::ResolutionInUse.with(key).under(create::CONFIG));
        }
    }
    let (Some(from), Some(to)) =
        (cx.dict.workflows.get(old.workflow), cx.dict.workflows.get(new.workflow))
    else {
        return Ok(Moves::new());
    };
    switch::check(cx, &[(queue, old.issue_type)], (&from.body, &to.body), mapping)
        .map_err(|error| error.under(create::CONFIG))?;
    Ok(switch::moves(&from.body, &to.body, mapping))
}
