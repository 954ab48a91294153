//! Access to entities: who is named for it, and what is inherited.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use trackway_api::entities::{
    EntityAcl, EntityExtendedPermissions, EntitySubjects as WireSubjects,
    GetEntityExtendedPermissions, GetEntityPermissions, UpdateEntityExtendedPermissions,
    UpdateEntityPermissions,
};

use super::event::{Delta, Happening, record};
use super::{fields, input, kind, ops};
use crate::access::{EntityRight, find_entity};
use crate::cx::{Cx, Reply};
use crate::dict::model::{Acl, Entity, EntityRole, EntitySubjects};
use crate::dict::{Object, store as objects};
use crate::error::{Code, Result};
use crate::issue::refs;
use crate::user;

/// Names of the rights.
const RIGHTS: [&str; 3] = ["READ", "WRITE", "GRANT"];

/// Most subjects of one kind for one right.
const MAX_SUBJECTS: usize = 1000;

/// Access to an entity and where it comes from.
pub fn get_extended(
    cx: &mut Cx<'_, '_>,
    r: &GetEntityExtendedPermissions,
) -> Result<Reply<EntityExtendedPermissions>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Read)?;
    Ok(Reply::new(extended(cx, &entity)))
}

/// Who is named on the entity itself.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetEntityPermissions) -> Result<Reply<EntityAcl>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Read)?;
    Ok(Reply::new(acl(cx, &entity.body.acl)))
}

/// Changes access.
pub fn update_extended(
    cx: &mut Cx<'_, '_>,
    r: &UpdateEntityExtendedPermissions,
) -> Result<Reply<EntityExtendedPermissions>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Grant)?;
    ops::check_version(&entity, None, r.if_match)?;
    let mut after = entity.body.clone();
    match r.body.0.get("acl") {
        None | Some(Json::Null) => {}
        Some(Json::Object(change)) if is_change(change) => apply(cx, &mut after.acl, change)?,
        Some(Json::Object(lists)) => replace(cx, &mut after.acl, lists)?,
        Some(_) => return Err(Code::ValueType.with("object").under("acl")),
    }
    if let Some(sources) = r.body.0.get("permissionSources").filter(|json| !json.is_null()) {
        after.sources =
            read_sources(cx, &after, sources).map_err(|error| error.under("permissionSources"))?;
    }
    let entity = commit(cx, &entity, after)?;
    Ok(Reply::new(extended(cx, &entity)))
}

/// Gives or takes rights.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateEntityPermissions) -> Result<Reply<EntityAcl>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Grant)?;
    if r.body.0.contains_key("permissionSources") {
        return Err(Code::BadParameter.with("permissionSources").and("is not taken here"));
    }
    let mut after = entity.body.clone();
    apply(cx, &mut after.acl, &r.body.0)?;
    let entity = commit(cx, &entity, after)?;
    Ok(Reply::new(acl(cx, &entity.body.acl)))
}

fn commit(
    cx: &mut Cx<'_, '_>,
    entity: &Arc<Object<Entity>>,
    after: Entity,
) -> Result<Arc<Object<Entity>>> {
    if after == entity.body {
        return Ok(Arc::clone(entity));
    }
    let after = Entity { updated_at: cx.now, updated_by: cx.actor.uid, ..after };
    objects::update(cx, entity, after)?;
    record(cx, entity.id, Happening::AccessChanged, &[Delta::of("acl", Json::Null, Json::Null)])?;
    ops::current(cx, entity.id)
}

fn is_change(members: &Map<String, Json>) -> bool {
    members.contains_key("grant") || members.contains_key("revoke")
}

fn of<'a>(acl: &'a mut Acl, right: &str) -> &'a mut EntitySubjects {
    match right {
        "READ" => &mut acl.read,
        "WRITE" => &mut acl.write,
        _ => &mut acl.grant,
    }
}

/// `{grant: {READ: ..}, revoke: {WRITE: ..}}`.
fn apply(cx: &Cx<'_, '_>, acl: &mut Acl, change: &Map<String, Json>) -> Result<()> {
    for (verb, gives) in [("revoke", false), ("grant", true)] {
        let lists = match change.get(verb) {
            None | Some(Json::Null) => continue,
            Some(Json::Object(lists)) => lists,
            Some(_) => return Err(Code::ValueType.with("object").under(verb)),
        };
        for (right, named) in rights(cx, lists)? {
            let subjects = of(acl, right);
            merge(&mut subjects.users, &named.users, gives);
            merge(&mut subjects.groups, &named.groups, gives);
            merge(&mut subjects.roles, &named.roles, gives);
            let most = subjects.users.len().max(subjects.groups.len());
            if most > MAX_SUBJECTS {
                return Err(Code::TooManyValues.with(MAX_SUBJECTS).under(right));
            }
        }
    }
    Ok(())
}

/// `{READ: ..}` as the official client sends it: the lists named are replaced.
fn replace(cx: &Cx<'_, '_>, acl: &mut Acl, lists: &Map<String, Json>) -> Result<()> {
    for (right, named) in rights(cx, lists)? {
        *of(acl, right) = named;
    }
    Ok(())
}

fn merge<T: PartialEq + Copy>(held: &mut Vec<T>, named: &[T], gives: bool) {
    if gives {
        for one in named {
            if !held.contains(one) {
                held.push(*one);
            }
        }
    } else {
        held.retain(|one| !named.contains(one));
    }
}

fn rights(
    cx: &Cx<'_, '_>,
    lists: &Map<String, Json>,
) -> Result<Vec<(&'static str, EntitySubjects)>> {
    let mut all = Vec::new();
    for (name, json) in lists {
        let right = RIGHTS.into_iter().find(|right| right.eq_ignore_ascii_case(name));
        let right = right.ok_or_else(|| Code::ValueUnknown.with(name).under(name))?;
        all.push((right, subjects(cx, json).map_err(|error| error.under(right))?));
    }
    Ok(all)
}

fn subjects(cx: &Cx<'_, '_>, json: &Json) -> Result<EntitySubjects> {
    let members = match json {
        Json::Null => return Ok(EntitySubjects::default()),
        Json::Object(members) => members,
        _ => return Err(Code::ValueType.with("object")),
    };
    let several = |name: &str| -> Vec<Json> {
        match members.get(name) {
            None | Some(Json::Null) => Vec::new(),
            Some(Json::Array(items)) => items.clone(),
            Some(one) => vec![one.clone()],
        }
    };
    let unknown = |json: &Json| Code::ValueUnknown.with(input::shown(json));
    let mut named = EntitySubjects::default();
    for json in several("users") {
        named.users.push(input::user(&cx.dict, &json)?);
    }
    for json in several("groups") {
        let group = refs::object(&cx.dict.groups, &json, |_| true);
        named.groups.push(group.ok_or_else(|| unknown(&json))?.id);
    }
    for json in several("roles") {
        let role: Option<EntityRole> =
            json.as_str().and_then(|role| serde_json::from_value(role.to_uppercase().into()).ok());
        named.roles.push(role.ok_or_else(|| unknown(&json))?);
    }
    named.users.dedup();
    Ok(named)
}

/// Access comes from parents only.
fn read_sources(cx: &Cx<'_, '_>, entity: &Entity, json: &Json) -> Result<Vec<i64>> {
    let items = match json {
        Json::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut sources = Vec::new();
    for item in items {
        let unknown = || Code::ValueUnknown.with(input::shown(item));
        let id = input::named(item).ok_or_else(unknown)?;
        let source = find_entity(&cx.dict, &id).ok_or_else(unknown)?.id;
        if entity.parent != Some(source) && !entity.more_parents.contains(&source) {
            return Err(Code::SourceNotParent.err());
        }
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    Ok(sources)
}

fn extended(cx: &Cx<'_, '_>, entity: &Object<Entity>) -> EntityExtendedPermissions {
    let sources = entity.body.sources.iter().filter_map(|id| cx.dict.entities.get(*id));
    EntityExtendedPermissions {
        acl: acl(cx, &entity.body.acl),
        permission_sources: sources.map(|source| fields::reference(&cx.view, source)).collect(),
        parent_entities: fields::parents(&cx.dict, &cx.view, &entity.body),
    }
}

fn acl(cx: &Cx<'_, '_>, acl: &Acl) -> EntityAcl {
    let shown = |subjects: &EntitySubjects| {
        if subjects.is_empty() {
            return None;
        }
        let groups = subjects.groups.iter().filter_map(|id| cx.dict.groups.get(*id));
        let role = |role: &EntityRole| {
            let json = serde_json::to_value(role).unwrap_or_default();
            json.as_str().unwrap_or_default().to_owned()
        };
        Some(WireSubjects {
            users: subjects
                .users
                .iter()
                .map(|uid| user::reference(&cx.dict, &cx.view, *uid))
                .collect(),
            groups: groups.map(|group| group.plain_ref(&cx.view)).collect(),
            roles: subjects.roles.iter().map(role).collect(),
        })
    };
    EntityAcl { read: shown(&acl.read), write: shown(&acl.write), grant: shown(&acl.grant) }
}
