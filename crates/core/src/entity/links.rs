//! Links between entities. One row serves both ends, which name it by mirrored words.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use trackway_api::entities::{CreateEntityLinks, DeleteEntityLink, EntityLink, ListEntityLinks};

use super::event::{Delta, Happening, record};
use super::store::LinkRow;
use super::{fields, input, kind, ops, store};
use crate::access::{EntityRight, find_entity, may_entity};
use crate::cx::{Cx, Reply};
use crate::dict::Object;
use crate::dict::model::{Entity, EntityType};
use crate::error::{Code, Result};

/// Most links in one request.
const MAX_LINKS: usize = 100;

/// A kind of link: name in the database, words of the outward and of the inward end.
struct LinkKind {
    key: &'static str,
    outward: &'static str,
    inward: &'static str,
}

const KINDS: [LinkKind; 4] = [
    LinkKind { key: "depends", outward: "depends on", inward: "is dependent by" },
    LinkKind { key: "works", outward: "works towards", inward: "is supported by" },
    LinkKind { key: "relates", outward: "relates", inward: "relates" },
    LinkKind { key: "parent", outward: "parent entity", inward: "child entity" },
];

/// A kind by either of its words, and whether the words are those of the outward end.
fn relationship(words: &str) -> Option<(&'static LinkKind, bool)> {
    let words = words.trim();
    KINDS.iter().find_map(|kind| {
        if kind.outward.eq_ignore_ascii_case(words) {
            Some((kind, true))
        } else {
            kind.inward.eq_ignore_ascii_case(words).then_some((kind, false))
        }
    })
}

/// Links of an entity.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListEntityLinks) -> Result<Reply<Vec<EntityLink>>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Read)?;
    let names = fields::asked(&cx.dict, r.fields.as_ref())?;
    let rows = store::links(cx, entity.id)?;
    let mut ends: Vec<(LinkRow, bool, Arc<Object<Entity>>)> = Vec::new();
    for row in rows {
        let outward = row.entity_id == entity.id;
        let other = if outward { row.other_id } else { row.entity_id };
        if let Some(other) = cx.dict.entities.get(other).cloned() {
            ends.push((row, outward, other));
        }
    }
    let readable =
        |other: &Object<Entity>| may_entity(&cx.dict, &cx.actor, other, EntityRight::Read);
    let shown: Vec<bool> = ends.iter().map(|(_, _, other)| readable(other)).collect();
    let others: Vec<&Arc<Object<Entity>>> = ends.iter().map(|(_, _, other)| other).collect();
    let values = match &names {
        Some(names) => fields::read(cx, &others, names)?,
        None => vec![Map::new(); ends.len()],
    };
    let links =
        ends.iter().zip(values).zip(shown).map(|(((row, outward, other), values), shown)| {
            let words = KINDS.iter().find(|kind| kind.key == row.kind);
            let words = words.map_or("relates", |k| if *outward { k.outward } else { k.inward });
            let mut object = fields::reference(&cx.view, other);
            // Whoever may not read the other end learns no more of it than that it is there.
            let id = other.body.hex(other.id);
            let values = if shown {
                values
            } else {
                object.display = id.as_str().into();
                values.into_iter().filter(|(name, _)| name == "id").collect()
            };
            EntityLink { id: row.id, kind: words.to_owned(), object, link_field_values: values }
        });
    Ok(Reply::new(links.collect()))
}

/// Links entities.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateEntityLinks) -> Result<Reply<()>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Write)?;
    add(cx, &entity, Some(&r.body.0))?;
    Ok(Reply::ready(Vec::new()))
}

/// Removes the link to an entity.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteEntityLink) -> Result<Reply<()>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Write)?;
    let right = r.right.as_deref().unwrap_or_default();
    if right.is_empty() {
        return Err(Code::BadParameter.with("right").and("required"));
    }
    let other = find_entity(&cx.dict, right).cloned().ok_or_else(|| Code::EntityNotFound.err())?;
    let row = store::links(cx, entity.id)?
        .into_iter()
        .find(|row| row.entity_id == other.id || row.other_id == other.id)
        .ok_or_else(|| Code::LinkNotFound.err())?;
    store::delete_link(cx, row.id)?;
    tell(cx, &entity, &other, Happening::Unlinked)?;
    Ok(Reply::ready(Vec::new()))
}

/// Adds the links of a body: one, or a list.
pub(super) fn add(
    cx: &mut Cx<'_, '_>,
    entity: &Arc<Object<Entity>>,
    json: Option<&Json>,
) -> Result<()> {
    let links = match json {
        None | Some(Json::Null) => return Ok(()),
        Some(Json::Array(links)) => links.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    if links.len() > MAX_LINKS {
        return Err(Code::TooManyValues.with(MAX_LINKS).under("links"));
    }
    for link in links {
        add_one(cx, entity, link)?;
    }
    Ok(())
}

fn add_one(cx: &mut Cx<'_, '_>, entity: &Arc<Object<Entity>>, link: &Json) -> Result<()> {
    if !link.is_object() {
        return Err(Code::ValueType.with("object").under("links"));
    }
    let words = link.get("relationship").and_then(Json::as_str);
    let words = words.ok_or_else(|| Code::FieldRequired.at("relationship"))?;
    let (kind, outward) = relationship(words).ok_or_else(|| {
        Code::RelationshipUnknown
            .with(words.chars().take(80).collect::<String>())
            .under("relationship")
    })?;
    let target = link.get("entity").ok_or_else(|| Code::FieldRequired.at("entity"))?;
    let id = input::named(target).ok_or_else(|| Code::ValueType.with("id").under("entity"))?;
    let other = find_entity(&cx.dict, &id)
        .filter(|other| may_entity(&cx.dict, &cx.actor, other, EntityRight::Read))
        .cloned()
        .ok_or_else(|| Code::ValueUnknown.with(input::shown(target)).under("entity"))?;
    if other.id == entity.id {
        return Err(Code::EntityLinkToSelf.at("entity"));
    }
    let (from, to) = if outward { (entity, &other) } else { (&other, entity) };
    if !fits(kind, from.body.kind, to.body.kind) {
        return Err(Code::LinkKindDenied.with(words).under("entity"));
    }
    let present = store::links(cx, entity.id)?;
    if present.iter().any(|row| row.entity_id == other.id || row.other_id == other.id) {
        return Err(Code::EntitiesLinked.err());
    }
    store::insert_link(cx, kind.key, from.id, to.id)?;
    tell(cx, entity, &other, Happening::Linked)
}

/// Which kinds of entities may stand at the two ends (contract, `createEntityLinks`).
fn fits(kind: &LinkKind, from: EntityType, to: EntityType) -> bool {
    let goal = |kind: EntityType| kind == EntityType::Goal;
    match kind.key {
        "works" => !goal(from) && goal(to),
        "parent" => goal(from) && goal(to),
        _ => goal(from) == goal(to),
    }
}

/// Both ends hear of it.
fn tell(
    cx: &mut Cx<'_, '_>,
    entity: &Arc<Object<Entity>>,
    other: &Arc<Object<Entity>>,
    happening: Happening,
) -> Result<()> {
    for (this, that) in [(entity, other), (other, entity)] {
        let present = ops::current(cx, this.id)?;
        ops::touch(cx, &present, |_| {})?;
        let name = Json::from(that.body.summary.as_str());
        let delta = match happening {
            Happening::Unlinked => Delta::of("links", name, Json::Null),
            _ => Delta::of("links", Json::Null, name),
        };
        record(cx, this.id, happening, &[delta])?;
    }
    Ok(())
}
