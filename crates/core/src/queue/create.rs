//! New queues.

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::queues::{CreateQueue, IssueTypeConfigInput, Queue as QueueReply, QueueCreate};
use trackway_api::types::{Members, RefInput};

use super::input::{self, Problems, required};
use super::render;
use crate::cx::{Cx, Reply};
use crate::dict::model::{
    Body, EVERYBODY, Permissions, Queue, Role, Subjects, TypeConfig, Workflow,
};
use crate::dict::{Dict, Object, Table, defaults, store};
use crate::error::{Code, Result};
use crate::issue::refs;
use crate::issue::store::FIRST_NUMBER;

/// Length of a key. The contract asks for two letters at least; the limit is ours.
const KEY_LENGTH: std::ops::RangeInclusive<usize> = 2..=15;

/// A queue about to be made.
#[derive(Clone, Debug, Default)]
pub struct NewQueue {
    /// Key: 2 to 15 Latin capitals, unique for ever.
    pub key: String,
    /// Displayed name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Owner.
    pub lead: i64,
    /// Type of an issue created without one; among `types`.
    pub default_type: i64,
    /// Priority of an issue created without one.
    pub default_priority: i64,
    /// Issue types with their workflows.
    pub types: Vec<TypeConfig>,
    /// Team.
    pub team: Vec<i64>,
    /// New issues go to the owner.
    pub assign_auto: bool,
    /// People from outside may be named.
    pub allow_externals: bool,
    /// Voting is off.
    pub deny_voting: bool,
    /// Groups whose members belong to the team.
    pub team_groups: Vec<i64>,
}

/// The permissions of a new queue: everybody works with its issues, the owner with its settings
/// (permissions.md, 2.3).
pub fn default_permissions(owner: i64) -> Permissions {
    let everybody = |roles: &[Role]| Subjects {
        users: Vec::new(),
        groups: vec![EVERYBODY],
        roles: roles.to_vec(),
    };
    let create = [Role::Author, Role::QueueLead, Role::Assignee];
    let work = [Role::Author, Role::QueueLead, Role::Assignee, Role::Follower, Role::Access];
    Permissions {
        version: 1,
        create: everybody(&create),
        read: everybody(&work),
        write: everybody(&work),
        grant: Subjects { users: vec![owner], groups: Vec::new(), roles: vec![Role::QueueLead] },
        deny: Subjects::default(),
    }
}

/// Creates a queue. Whoever creates one for another owner may change its settings too (contract,
/// `createQueue`); the tracker itself needs no such right.
///
/// # Errors
/// 409 when the key is taken, 422 for a wrong key or a default type that is not among the types.
pub fn create(cx: &mut Cx<'_, '_>, new: NewQueue) -> Result<Object<Queue>> {
    check_key(&new.key)?;
    if !new.types.iter().any(|t| t.issue_type == new.default_type) {
        return Err(Code::DefaultTypeMissing.at("defaultType"));
    }
    if cx.dict.queues.by_key(&new.key).is_some() {
        return Err(Code::KeyTaken.with(&new.key).under("key"));
    }
    let mut permissions = default_permissions(new.lead);
    if !cx.actor.robot && cx.actor.uid != new.lead {
        permissions.grant.users.push(cx.actor.uid);
    }
    let body = Queue {
        name: new.name,
        description: new.description,
        lead: new.lead,
        assign_auto: new.assign_auto,
        allow_externals: new.allow_externals,
        default_type: new.default_type,
        default_priority: new.default_priority,
        types: new.types,
        team: new.team,
        team_groups: new.team_groups,
        deny_voting: new.deny_voting,
        permissions,
        ..Queue::default()
    };
    let queue = store::insert(cx, &new.key, body)?;
    cx.tx.exec(FIRST_NUMBER, &[&cx.dict.org_id, &queue.id, &0_i64])?;
    Ok(queue)
}

fn check_key(key: &str) -> Result<()> {
    if KEY_LENGTH.contains(&key.len()) && key.bytes().all(|b| b.is_ascii_uppercase()) {
        return Ok(());
    }
    Err(Code::QueueKeyForm.at("key"))
}

/// Creates a queue from a body.
pub fn op(cx: &mut Cx<'_, '_>, r: &CreateQueue) -> Result<Reply<QueueReply>> {
    cx.view.localize(r.localized);
    if !cx.actor.full {
        return Err(Code::FullAccessRequired.err());
    }
    let new = read(&cx.dict, cx.actor.uid, &r.body.0)?;
    let queue = create(cx, new)?;
    let mut reply = render::queue(cx, &queue, None);
    // The answer to a creation goes without it (contract, `createQueue`).
    reply.deny_voting = None;
    Ok(reply.into())
}

/// The body with what a preset says where the body says nothing (workflow.md, 4).
fn with_preset(dict: &Dict, caller: i64, body: &QueueCreate) -> Result<QueueCreate> {
    let Some(preset) = &body.preset else { return Ok(body.clone()) };
    let known = defaults::presets().into_iter().find(|p| p.workflow == preset);
    let preset = known.ok_or_else(|| Code::ValueUnknown.with(preset).under("preset"))?;
    let reference = |key: &&str| RefInput::from(*key);
    let resolutions: Vec<RefInput> = preset.resolutions.iter().map(reference).collect();
    let config = |key: &&str| IssueTypeConfigInput {
        issue_type: RefInput::from(*key),
        workflow: RefInput::from(preset.workflow),
        resolutions: resolutions.clone(),
        status_mapping: None,
    };
    let mut body = body.clone();
    body.lead = body.lead.or_else(|| dict.users.get(caller).map(|_| RefInput::from(caller)));
    body.default_priority = body.default_priority.or_else(|| Some("normal".into()));
    body.default_type = body.default_type.or_else(|| preset.types.first().map(reference));
    if body.issue_types_config.is_none() {
        body.issue_types_config = Some(preset.types.iter().map(config).collect());
    }
    Ok(body)
}

/// Reads the body; every problem is told at once.
fn read(dict: &Dict, caller: i64, body: &QueueCreate) -> Result<NewQueue> {
    let body = &with_preset(dict, caller, body)?;
    let mut problems = Problems::default();
    let mut team = Queue::default();
    let members = [("teamUsers", &body.team_users), ("teamGroups", &body.team_groups)];
    let members: Members = members
        .into_iter()
        .filter_map(|(name, json)| Some((name.to_owned(), json.clone()?)))
        .collect();
    super::update::settings(dict, &mut team, &members, &mut problems);
    let key = required(body.key.as_deref(), "key");
    let key = problems.note(key.and_then(|key| check_key(key).map(|()| key.to_owned())));
    let name = problems.note(required(body.name.as_deref(), "name").and_then(input::name));
    let description = body.description.as_deref().unwrap_or_default();
    let description = problems.note(input::description(description));
    let lead = problems.note(lead(dict, body.lead.as_ref()));
    let default_type = body.default_type.as_ref();
    let default_type =
        problems.note(object(&dict.types, default_type, "defaultType", Code::IssueTypeNotFound));
    let priority = body.default_priority.as_ref();
    let priority = problems.note(object(
        &dict.priorities,
        priority,
        "defaultPriority",
        Code::PriorityNotFound,
    ));
    let types = problems.note(type_configs(dict, body.issue_types_config.as_deref(), None));
    problems.end()?;
    Ok(NewQueue {
        key: key.unwrap_or_default(),
        name: name.unwrap_or_default(),
        description: description.unwrap_or_default(),
        lead: lead.unwrap_or_default(),
        default_type: default_type.unwrap_or_default(),
        default_priority: priority.unwrap_or_default(),
        types: types.unwrap_or_default(),
        team: team.team,
        assign_auto: body.assign_auto.unwrap_or_default(),
        allow_externals: body.allow_externals.unwrap_or_default(),
        deny_voting: body.deny_voting.unwrap_or_default(),
        team_groups: team.team_groups,
    })
}

fn lead(dict: &Dict, lead: Option<&RefInput>) -> Result<i64> {
    let json = written(required(lead, "lead")?, "lead")?;
    input::person(dict, json).ok_or_else(|| Code::UserNotFound.at("lead"))
}

/// A reference that names something at all.
fn written<'j>(reference: &'j RefInput, member: &str) -> Result<&'j Json> {
    match refs::written(&reference.0) {
        Some(_) => Ok(&reference.0),
        None => Err(Code::ValueType.with("reference").under(member)),
    }
}

fn object<T: Body>(
    table: &Table<T>,
    reference: Option<&RefInput>,
    member: &str,
    missing: Code,
) -> Result<i64> {
    let json = written(required(reference, member)?, member)?;
    let found = refs::object(table, json, |_| true);
    found.map(|o| o.id).ok_or_else(|| missing.at(member))
}

/// The member that holds the settings of issue types.
pub(super) const CONFIG: &str = "issueTypesConfig";

/// Settings of issue types; `queue` is the queue they are for, if there is one already.
///
/// # Errors
/// 404 for what does not exist, 422 for a missing list and types given twice.
pub(super) fn type_configs(
    dict: &Dict,
    configs: Option<&[IssueTypeConfigInput]>,
    queue: Option<i64>,
) -> Result<Vec<TypeConfig>> {
    let configs = required(configs, CONFIG)?;
    let mut types: Vec<TypeConfig> = Vec::with_capacity(configs.len());
    for config in configs {
        let config = type_config(dict, config, queue)?;
        if types.iter().any(|t| t.issue_type == config.issue_type) {
            let key = dict.types.get(config.issue_type).map_or("", |t| t.key.as_str());
            return Err(Code::ValueRepeated.with(key).under(CONFIG));
        }
        types.push(config);
    }
    Ok(types)
}

/// The preset that stands for the workflow of the original's documentation, which programs written
/// from its example name for every new queue (contract, `createQueue`).
fn documented<'d>(dict: &'d Dict, workflow: &Json) -> Option<&'d Arc<Object<Workflow>>> {
    let meant = refs::written(workflow) == Some(refs::Written::Word("oicn"));
    dict.workflows.by_key("quickStartV2PresetWorkflow").filter(|_| meant)
}

fn type_config(
    dict: &Dict,
    config: &IssueTypeConfigInput,
    queue: Option<i64>,
) -> Result<TypeConfig> {
    let issue_type =
        object(&dict.types, Some(&config.issue_type), CONFIG, Code::IssueTypeNotFound)?;
    // Workflows of other queues cannot be shared.
    let workflow = written(&config.workflow, CONFIG)?;
    let usable = |w: &Workflow| !w.deleted && (w.queue.is_none() || w.queue == queue);
    let workflow = refs::object(&dict.workflows, workflow, usable)
        .or_else(|| documented(dict, workflow))
        .ok_or_else(|| Code::WorkflowNotFound.at(CONFIG))?;
    let mut resolutions = Vec::with_capacity(config.resolutions.len());
    for resolution in &config.resolutions {
        let id = object(&dict.resolutions, Some(resolution), CONFIG, Code::ResolutionNotFound)?;
        if !resolutions.contains(&id) {
            resolutions.push(id);
        }
    }
    Ok(TypeConfig { issue_type, workflow: workflow.id, resolutions })
}
