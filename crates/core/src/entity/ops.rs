//! Creating, reading, changing and deleting entities.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use trackway_api::List;
use trackway_api::entities::{
    CreateEntity, DeleteEntity, Entity as Wire, GetEntity, ImportEntity, UpdateEntity,
};

use super::event::{self, Happening};
use super::{comments, fields, input, kind, links};
use crate::access::EntityRight;
use crate::attachment::{self, Owner, Place};
use crate::cx::{Cx, Reply};
use crate::dict::model::{Entity, EntityType};
use crate::dict::{Object, store as objects};
use crate::error::{Code, Result};
use crate::time::{Instant, instant_text, parse_instant};
use crate::user;

/// Creates an entity.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateEntity) -> Result<Reply<Wire>> {
    let names = fields::asked(&cx.dict, r.fields.as_ref())?;
    let draft = Entity { kind: kind(&r.kind)?, ..new(cx) };
    let made = create_from(cx, draft, &r.body.0)?;
    reply(cx, &made, names.as_deref(), r.expand.as_ref())
}

/// Creates an entity as it was made elsewhere.
pub fn import(cx: &mut Cx<'_, '_>, r: &ImportEntity) -> Result<Reply<Wire>> {
    cx.actor.admin_only()?;
    let names = fields::asked(&cx.dict, r.fields.as_ref())?;
    let body = &r.body.0;
    let mut draft = Entity { kind: kind(&r.kind)?, ..new(cx) };
    if let Some(by) = given(body, "createdBy") {
        draft.created_by = input::user(&cx.dict, by).map_err(|error| error.under("createdBy"))?;
        (draft.author, draft.lead) = (draft.created_by, Some(draft.created_by));
        draft.updated_by = draft.created_by;
    }
    if let Some(at) = given(body, "createdAt") {
        draft.created_at = imported_at(cx, at).map_err(|error| error.under("createdAt"))?;
        draft.updated_at = draft.created_at;
    }
    if let Some(by) = given(body, "updatedBy") {
        draft.updated_by = input::user(&cx.dict, by).map_err(|error| error.under("updatedBy"))?;
    }
    if let Some(at) = given(body, "updatedAt") {
        let at = imported_at(cx, at).map_err(|error| error.under("updatedAt"))?;
        if at < draft.created_at {
            return Err(Code::ValueRange.at("updatedAt"));
        }
        draft.updated_at = at;
    }
    let mut body = body.clone();
    for name in ["createdAt", "createdBy", "updatedAt", "updatedBy"] {
        body.remove(name);
        if let Some(Json::Object(members)) = body.get_mut("fields") {
            members.remove(name);
        }
    }
    let made = create_from(cx, draft, &body)?;
    reply(cx, &made, names.as_deref(), r.expand.as_ref())
}

/// A member at the top of a body or among its fields.
fn given<'b>(body: &'b Map<String, Json>, name: &str) -> Option<&'b Json> {
    let inner = body.get("fields").and_then(|fields| fields.get(name));
    body.get(name).or(inner).filter(|json| !json.is_null())
}

fn imported_at(cx: &Cx<'_, '_>, json: &Json) -> Result<Instant> {
    let at = json.as_str().and_then(parse_instant);
    let at = at.ok_or_else(|| Code::ValueType.with("datetime"))?;
    if at > cx.now { Err(Code::ValueRange.err()) } else { Ok(at) }
}

/// An entity of the actor without anything in it.
pub(super) fn new(cx: &Cx<'_, '_>) -> Entity {
    let (uid, now) = (cx.actor.uid, cx.now);
    Entity {
        author: uid,
        lead: Some(uid),
        entity_status: "draft".to_owned(),
        created_at: now,
        created_by: uid,
        updated_at: now,
        updated_by: uid,
        ..Entity::default()
    }
}

/// Creates an entity from a body with fields and links.
pub(super) fn create_from(
    cx: &mut Cx<'_, '_>,
    mut draft: Entity,
    body: &Map<String, Json>,
) -> Result<Arc<Object<Entity>>> {
    if !cx.actor.full {
        return Err(Code::FullAccessRequired.err());
    }
    let members = input::members(body)?;
    input::apply(cx, &mut draft, 0, &members)?;
    if draft.summary.is_empty() {
        return Err(Code::FieldRequired.at("summary"));
    }
    // What stands below something is open to whoever may see that.
    draft.sources = draft.parent.into_iter().collect();
    let made = insert(cx, draft)?;
    links::add(cx, &made, body.get("links"))?;
    Ok(made)
}

/// Stores a new entity with its first event.
pub(super) fn insert(cx: &mut Cx<'_, '_>, draft: Entity) -> Result<Arc<Object<Entity>>> {
    let deltas = event::diff(&Entity { kind: draft.kind, ..Entity::default() }, &draft)?;
    let made = objects::insert(cx, "", draft)?;
    event::record(cx, made.id, Happening::Created, &deltas)?;
    current(cx, made.id)
}

/// An entity as it is after a change.
pub(super) fn current(cx: &Cx<'_, '_>, id: i64) -> Result<Arc<Object<Entity>>> {
    cx.dict.entities.get(id).cloned().ok_or_else(|| Code::EntityNotFound.err())
}

/// One entity.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetEntity) -> Result<Reply<Wire>> {
    if r.kind == super::report::NAME {
        return super::report::get(cx, &r.entity, r.fields.is_some());
    }
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Read)?;
    let names = fields::asked(&cx.dict, r.fields.as_ref())?;
    reply(cx, &entity, names.as_deref(), r.expand.as_ref())
}

/// Changes an entity.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateEntity) -> Result<Reply<Wire>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Write)?;
    let names = fields::asked(&cx.dict, r.fields.as_ref())?;
    check_version(&entity, r.version, r.if_match)?;
    let after = change(cx, &entity, &r.body.0)?;
    reply(cx, &after, names.as_deref(), r.expand.as_ref())
}

/// Applies the fields, links and comment of a body.
pub(super) fn change(
    cx: &mut Cx<'_, '_>,
    entity: &Arc<Object<Entity>>,
    body: &Map<String, Json>,
) -> Result<Arc<Object<Entity>>> {
    let members = input::members(body)?;
    let mut after = entity.body.clone();
    input::apply(cx, &mut after, entity.id, &members)?;
    let entity = commit(cx, entity, after)?;
    links::add(cx, &entity, body.get("links"))?;
    // The links have moved it on.
    let entity = current(cx, entity.id)?;
    let Some(comment) = body.get("comment").filter(|comment| !comment.is_null()) else {
        return Ok(entity);
    };
    comments::add_text(cx, &entity, comment)?;
    current(cx, entity.id)
}

/// Entities tell a stale version with 412 in both forms (real-samples, 6).
///
/// # Errors
/// 412.
pub(super) fn check_version(
    entity: &Object<Entity>,
    param: Option<i64>,
    header: Option<trackway_api::IfMatch>,
) -> Result<()> {
    let version = version(entity);
    let stale = param.is_some_and(|given| given != version)
        || matches!(header, Some(trackway_api::IfMatch::Version(given)) if given != version);
    if stale { Err(Code::PreconditionFailed.err()) } else { Ok(()) }
}

/// The version that callers see.
pub(super) fn version(entity: &Object<Entity>) -> i64 {
    entity.version - entity.body.silent
}

/// Stores a change with its event; one that changes nothing leaves everything as it is.
pub(super) fn commit(
    cx: &mut Cx<'_, '_>,
    entity: &Arc<Object<Entity>>,
    after: Entity,
) -> Result<Arc<Object<Entity>>> {
    let deltas = event::diff(&entity.body, &after)?;
    if deltas.is_empty() {
        return Ok(Arc::clone(entity));
    }
    let after = Entity { updated_at: cx.now, updated_by: cx.actor.uid, ..after };
    objects::update(cx, entity, after)?;
    event::record(cx, entity.id, Happening::Updated, &deltas)?;
    current(cx, entity.id)
}

/// Notes that something about an entity changed that is no field; callers keep their version.
pub(super) fn touch(
    cx: &mut Cx<'_, '_>,
    entity: &Arc<Object<Entity>>,
    edit: impl FnOnce(&mut Entity),
) -> Result<Arc<Object<Entity>>> {
    let mut after = entity.body.clone();
    edit(&mut after);
    after.silent += 1;
    after.updated_at = cx.now;
    after.updated_by = cx.actor.uid;
    objects::update(cx, entity, after)?;
    current(cx, entity.id)
}

/// Deletes an entity with all that belongs to it; what stood below it stays.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteEntity) -> Result<Reply<()>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Grant)?;
    remove(cx, &entity)?;
    Ok(Reply::new(()))
}

/// Removes an entity. Issues that name it do not any more, since nothing is found under its number.
pub(super) fn remove(cx: &mut Cx<'_, '_>, entity: &Arc<Object<Entity>>) -> Result<()> {
    let below: Vec<Arc<Object<Entity>>> = cx
        .dict
        .entities
        .iter()
        .filter(|other| {
            let body = &other.body;
            body.parent == Some(entity.id)
                || body.more_parents.contains(&entity.id)
                || body.sources.contains(&entity.id)
        })
        .cloned()
        .collect();
    for child in below {
        let mut after = child.body.clone();
        after.parent = after.parent.filter(|parent| *parent != entity.id);
        after.more_parents.retain(|parent| *parent != entity.id);
        after.sources.retain(|source| *source != entity.id);
        let deltas = event::diff(&child.body, &after)?;
        objects::update(cx, &child, after)?;
        event::record(cx, child.id, Happening::Updated, &deltas)?;
    }
    attachment::remove_of_owner(cx, Owner::Entity(entity.id, 0))?;
    super::store::delete_all(cx, entity.id)?;
    objects::remove(cx, entity)
}

/// An entity as the answer of an operation.
pub(super) fn reply(
    cx: &mut Cx<'_, '_>,
    entity: &Arc<Object<Entity>>,
    names: Option<&[String]>,
    expand: Option<&List>,
) -> Result<Reply<Wire>> {
    let mut wire = wires(cx, &[entity], names, expand)?;
    wire.pop().map(Reply::new).ok_or_else(|| Code::EntityNotFound.err())
}

/// Entities as they go over the wire; what they need is read at once.
pub(super) fn wires(
    cx: &mut Cx<'_, '_>,
    entities: &[&Arc<Object<Entity>>],
    names: Option<&[String]>,
    expand: Option<&List>,
) -> Result<Vec<Wire>> {
    let mut values = match names {
        Some(names) => fields::read(cx, entities, names)?.into_iter().map(Some).collect(),
        None => Vec::new(),
    }
    .into_iter();
    let with_files = expand.is_some_and(|e| e.has("attachments") || e.has("all"));
    let files = if with_files {
        let ids: Vec<i64> = entities.iter().map(|entity| entity.id).collect();
        attachment::store::of_entities(cx, &ids)?
    } else {
        Vec::new()
    };
    let wires = entities.iter().map(|entity| {
        let own = files.iter().filter(|file| file.owner_id == entity.id);
        Wire {
            self_url: cx.view.url(&entity.body.path(entity.id)),
            id: entity.body.hex(entity.id),
            version: version(entity),
            short_id: entity.id,
            entity_type: entity.body.kind.name().to_owned(),
            created_by: user::reference(&cx.dict, &cx.view, entity.body.created_by),
            created_at: instant_text(entity.body.created_at),
            updated_at: instant_text(entity.body.updated_at),
            fields: values.next().flatten(),
            attachments: with_files.then(|| {
                own.map(|file| attachment::attachment(cx, &Place::alone(), file)).collect()
            }),
        }
    });
    Ok(wires.collect())
}

/// Entities of a kind that the actor may see.
pub(super) fn visible(cx: &Cx<'_, '_>, kind: EntityType) -> Vec<Arc<Object<Entity>>> {
    let mine = |entity: &&Arc<Object<Entity>>| {
        entity.body.kind == kind
            && crate::access::may_entity(&cx.dict, &cx.actor, entity, EntityRight::Read)
    };
    cx.dict.entities.iter().filter(mine).cloned().collect()
}
