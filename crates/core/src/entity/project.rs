//! Projects in their old form (contract, `projects`): a view on the same entities, by their short
//! numbers.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use trackway_api::List;
use trackway_api::projects::{
    CreateProject, DeleteProject, GetProject, GetProjectAccess, GetProjectAccessOne,
    GetProjectPermissionOne, GetProjectPermissions, ListProjectQueues, ListProjects,
    ListQueueProjects, Project, ReplaceProject, UpdateProject,
};
use trackway_api::queues::{
    AccessParticipants, AccessSet, Participants, PermissionSet, Queue as QueueReply, RoleRef,
};
use trackway_api::types::PlainRef;

use super::{fields, input, ops};
use crate::access::{self, EntityRight};
use crate::cx::{Cx, Reply};
use crate::dict::Object;
use crate::dict::model::{Entity, EntityRole, EntitySubjects, EntityType, Member};
use crate::error::{Code, Result};
use crate::lang::Name;
use crate::paging::{self, Page};
use crate::queue::render as queues;
use crate::time::day_text;
use crate::user;

/// Statuses of the old form, with those of entities that count as each.
const STATUSES: [(&str, &[&str]); 4] = [
    ("draft", &["draft", "draft2"]),
    ("in_progress", &["in_progress", "according_to_plan", "at_risk"]),
    ("launched", &["launched"]),
    ("postponed", &["postponed", "blocked", "cancelled"]),
];

/// Members of the old form with the fields they are.
const RENAMED: [(&str, &str); 4] =
    [("name", "summary"), ("status", "entityStatus"), ("startDate", "start"), ("endDate", "end")];

/// Projects the caller may see.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListProjects) -> Result<Reply<Vec<Project>>> {
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let (shown, paging) = page.cut(ops::visible(cx, EntityType::Project));
    let projects = shown.iter().map(|project| wire(cx, project, r.expand.as_ref()));
    Ok(Reply::new(projects.collect()).paged(paging))
}

/// Projects that include a queue.
pub fn of_queue(cx: &mut Cx<'_, '_>, r: &ListQueueProjects) -> Result<Reply<Vec<PlainRef>>> {
    let queue = cx.queue(&r.queue)?;
    Ok(Reply::new(including(cx, queue.id)))
}

/// The projects that include a queue, as far as the caller may see them.
pub(crate) fn including(cx: &Cx<'_, '_>, queue: i64) -> Vec<PlainRef> {
    let mut projects = ops::visible(cx, EntityType::Project);
    projects.retain(|project| queues_of(cx, project).contains(&queue));
    projects.iter().map(|project| project.plain_ref(&cx.view)).collect()
}

/// One project.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetProject) -> Result<Reply<Project>> {
    let project = find(cx, &r.project, EntityRight::Read)?;
    Ok(Reply::new(wire(cx, &project, r.expand.as_ref())))
}

/// Creates a project.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateProject) -> Result<Reply<Project>> {
    let body = &r.body.0;
    let missing = ["name", "queues"]
        .into_iter()
        .filter(|name| body.get(*name).is_none_or(Json::is_null))
        .map(|name| Code::FieldRequired.at(name))
        .reduce(crate::error::Error::join);
    if let Some(error) = missing {
        return Err(error);
    }
    let mut draft = Entity { kind: EntityType::Project, ..ops::new(cx) };
    apply(cx, &mut draft, 0, body)?;
    let made = ops::insert(cx, draft)?;
    Ok(Reply::new(wire(cx, &made, r.expand.as_ref())))
}

/// Changes a project; queues and version must be given (contract, `replaceProject`).
pub fn replace(cx: &mut Cx<'_, '_>, r: &ReplaceProject) -> Result<Reply<Project>> {
    let project = find(cx, &r.project, EntityRight::Write)?;
    if r.version.is_none() && r.if_match.is_none() {
        return Err(Code::PreconditionRequired.err());
    }
    ops::check_version(&project, r.version, r.if_match)?;
    if r.body.0.get("queues").is_none_or(Json::is_null) {
        return Err(Code::FieldRequired.at("queues"));
    }
    change(cx, &project, &r.body.0, r.expand.as_ref())
}

/// Changes a project.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateProject) -> Result<Reply<Project>> {
    let project = find(cx, &r.project, EntityRight::Write)?;
    ops::check_version(&project, r.version, r.if_match)?;
    change(cx, &project, &r.body.0, r.expand.as_ref())
}

fn change(
    cx: &mut Cx<'_, '_>,
    project: &Arc<Object<Entity>>,
    body: &Map<String, Json>,
    expand: Option<&List>,
) -> Result<Reply<Project>> {
    let mut after = project.body.clone();
    apply(cx, &mut after, project.id, body)?;
    let project = ops::commit(cx, project, after)?;
    Ok(Reply::new(wire(cx, &project, expand)))
}

/// Deletes a project. Issues lose it, since nothing is found under its number any more.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteProject) -> Result<Reply<()>> {
    let project = find(cx, &r.project, EntityRight::Grant)?;
    ops::remove(cx, &project)?;
    Ok(Reply::new(()))
}

/// Queues of a project.
pub fn queues(cx: &mut Cx<'_, '_>, r: &ListProjectQueues) -> Result<Reply<Vec<QueueReply>>> {
    let project = find(cx, &r.project, EntityRight::Read)?;
    let seen: Vec<_> = queues_of(cx, &project)
        .into_iter()
        .filter_map(|id| cx.dict.queues.get(id))
        .filter(|queue| !queue.body.deleted && access::sees_queue(queue, &cx.actor))
        .collect();
    let expand = r.expand.as_ref();
    let replies = seen.iter().map(|queue| queues::queue(cx, queue, expand));
    Ok(Reply::new(replies.collect()))
}

fn find(cx: &Cx<'_, '_>, id: &str, right: EntityRight) -> Result<Arc<Object<Entity>>> {
    cx.entity(EntityType::Project, id, right)
}

/// Queues given to a project, and those whose issues are in it.
fn queues_of(cx: &Cx<'_, '_>, project: &Object<Entity>) -> Vec<i64> {
    let mut ids = project.body.queues.clone();
    for id in fields::queues_of(cx, project.id) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

fn apply(
    cx: &mut Cx<'_, '_>,
    project: &mut Entity,
    id: i64,
    body: &Map<String, Json>,
) -> Result<()> {
    let mut members = Map::new();
    for name in ["description", "lead", "queues", "teamUsers"] {
        if let Some(json) = body.get(name) {
            members.insert(name.to_owned(), json.clone());
        }
    }
    for (old, new) in RENAMED {
        if let Some(json) = body.get(old) {
            members.insert(new.to_owned(), json.clone());
        }
    }
    if let Some(json) = body.get("teamGroups") {
        project.team_groups = input::groups(cx, "teamGroups", &project.team_groups, json)?;
    }
    input::apply(cx, project, id, &members).map_err(|error| error.renamed(&RENAMED))
}

fn wire(cx: &Cx<'_, '_>, project: &Object<Entity>, expand: Option<&List>) -> Project {
    let body = &project.body;
    let status = STATUSES.iter().find(|(_, own)| own.contains(&body.entity_status.as_str()));
    let person = |uid: &i64| user::reference(&cx.dict, &cx.view, *uid);
    let groups = body.team_groups.iter().filter_map(|id| cx.dict.groups.get(*id));
    let with_queues = expand.is_some_and(|e| e.has("queues") || e.has("all"));
    Project {
        self_url: cx.view.url(&project.path()),
        id: project.id.to_string(),
        version: ops::version(project),
        key: body.summary.clone(),
        name: body.summary.clone(),
        description: body.description.clone(),
        lead: body.lead.as_ref().map(person),
        status: status.map_or("draft", |(status, _)| status).to_owned(),
        start_date: body.start.map(day_text),
        end_date: body.end.map(day_text),
        team_users: body.team_users.iter().map(person).collect(),
        team_groups: groups.map(|group| group.plain_ref(&cx.view)).collect(),
        queues: with_queues.then(|| {
            let own = queues_of(cx, project);
            let own = own.iter().filter_map(|id| cx.dict.queues.get(*id));
            own.map(|queue| queue.keyed_ref(&cx.view)).collect()
        }),
    }
}

/// Who holds which permission.
pub fn permissions(cx: &mut Cx<'_, '_>, r: &GetProjectPermissions) -> Result<Reply<PermissionSet>> {
    let project = find(cx, &r.project, EntityRight::Read)?;
    let of = |name: &str| participants(cx, &project, name);
    Ok(Reply::new(PermissionSet {
        self_url: cx.view.url(&format!("{}/permissions", project.path())),
        version: ops::version(&project),
        create: of("create"),
        write: of("write"),
        read: of("read"),
        grant: of("grant"),
        deny: None,
    }))
}

/// Who holds one permission.
pub fn permission(cx: &mut Cx<'_, '_>, r: &GetProjectPermissionOne) -> Result<Reply<Participants>> {
    let project = find(cx, &r.project, EntityRight::Read)?;
    let found = participants(cx, &project, &r.permission);
    found.map(Reply::new).ok_or_else(|| Code::PermissionNotFound.err())
}

/// The subjects of a permission. Author and lead hold all of them; whoever may write may create
/// what is inside.
fn subjects<'e>(project: &'e Entity, name: &str) -> Option<Vec<&'e EntitySubjects>> {
    let acl = &project.acl;
    Some(match name {
        "read" => vec![&acl.read, &acl.write, &acl.grant],
        "write" | "create" => vec![&acl.write, &acl.grant],
        "grant" => vec![&acl.grant],
        _ => return None,
    })
}

fn participants(cx: &Cx<'_, '_>, project: &Object<Entity>, name: &str) -> Option<Participants> {
    let subjects = subjects(&project.body, name)?;
    let mut roles = vec![EntityRole::Author, EntityRole::Owner];
    roles.extend(subjects.iter().flat_map(|s| s.roles.iter().copied()));
    let mut users: Vec<i64> = subjects.iter().flat_map(|s| s.users.iter().copied()).collect();
    users.dedup();
    let mut groups: Vec<i64> = subjects.iter().flat_map(|s| s.groups.iter().copied()).collect();
    groups.dedup();
    let groups = groups.iter().filter_map(|id| cx.dict.groups.get(*id));
    let mut shown: Vec<RoleRef> = Vec::new();
    for role in roles {
        let (id, name) = role_name(role);
        if shown.iter().all(|known| known.id != id) {
            shown.push(RoleRef {
                self_url: cx.view.url(&format!("/roles/{id}")),
                id: id.to_owned(),
                display: name.text(cx.view.names),
            });
        }
    }
    Some(Participants {
        self_url: cx.view.url(&format!("{}/permissions/{name}", project.path())),
        users: users.iter().map(|uid| user::reference(&cx.dict, &cx.view, *uid)).collect(),
        groups: groups.map(|group| group.plain_ref(&cx.view)).collect(),
        roles: shown,
    })
}

fn role_name(role: EntityRole) -> (&'static str, Name) {
    match role {
        EntityRole::Author => ("author", Name::new("Автор", "Author")),
        EntityRole::Owner => ("owner", Name::new("Ответственный", "Lead")),
        EntityRole::Client => ("client", Name::new("Заказчик", "Client")),
        EntityRole::Follower => ("follower", Name::new("Наблюдатель", "Follower")),
        EntityRole::Member => ("member", Name::new("Участник", "Member")),
    }
}

/// People with permissions, roles resolved.
pub fn access_set(cx: &mut Cx<'_, '_>, r: &GetProjectAccess) -> Result<Reply<AccessSet>> {
    let project = find(cx, &r.project, EntityRight::Read)?;
    let of = |name: &str| holders(cx, &project, name);
    Ok(Reply::new(AccessSet {
        self_url: cx.view.url(&format!("{}/access", project.path())),
        create: of("create"),
        write: of("write"),
        read: of("read"),
        grant: of("grant"),
    }))
}

/// People with one permission, roles resolved.
pub fn access_one(
    cx: &mut Cx<'_, '_>,
    r: &GetProjectAccessOne,
) -> Result<Reply<AccessParticipants>> {
    let project = find(cx, &r.project, EntityRight::Read)?;
    let found = holders(cx, &project, &r.permission);
    found.map(Reply::new).ok_or_else(|| Code::PermissionNotFound.err())
}

fn holders(cx: &Cx<'_, '_>, project: &Object<Entity>, name: &str) -> Option<AccessParticipants> {
    let right = match name {
        "read" => EntityRight::Read,
        "write" | "create" => EntityRight::Write,
        "grant" => EntityRight::Grant,
        _ => return None,
    };
    let may = |member: &&Arc<Object<Member>>| {
        !member.body.dismissed
            && crate::actor::Actor::of(&cx.dict, member.id)
                .is_some_and(|actor| access::may_entity(&cx.dict, &actor, project, right))
    };
    let users = cx.dict.users.iter().filter(may);
    Some(AccessParticipants {
        self_url: cx.view.url(&format!("{}/access/{name}", project.path())),
        users: users.map(|member| user::reference(&cx.dict, &cx.view, member.id)).collect(),
        groups: Vec::new(),
    })
}
