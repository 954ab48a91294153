//! Checklists of projects and portfolios; every change answers the entity.

use serde_json::Value as Json;
use trackway_api::List;
use trackway_api::entities::{
    AddEntityChecklistItems, DeleteEntityChecklist, DeleteEntityChecklistItem, Entity as Wire,
    MoveEntityChecklistItem, UpdateEntityChecklist, UpdateEntityChecklistItem,
};

use super::{fields, kind, ops};
use crate::access::EntityRight;
use crate::checklist::{Item, input};
use crate::cx::{Cx, Reply};
use crate::dict::model::EntityType;
use crate::error::{Code, Result};

/// Which entity, and how it is answered.
struct Place<'a> {
    kind: &'a str,
    entity: &'a str,
    fields: Option<&'a List>,
    expand: Option<&'a List>,
}

macro_rules! place {
    ($r:ident) => {
        Place {
            kind: &$r.kind,
            entity: &$r.entity,
            fields: $r.fields.as_ref(),
            expand: $r.expand.as_ref(),
        }
    };
}

/// Adds items.
pub fn add(cx: &mut Cx<'_, '_>, r: &AddEntityChecklistItems) -> Result<Reply<Wire>> {
    change(cx, &place!(r), |cx, items| input::add(cx, items, &r.body.0))
}

/// Writes all items anew.
pub fn rewrite(cx: &mut Cx<'_, '_>, r: &UpdateEntityChecklist) -> Result<Reply<Wire>> {
    change(cx, &place!(r), |cx, items| input::reset(cx, items, &r.body.0))
}

/// Deletes all items.
pub fn clear(cx: &mut Cx<'_, '_>, r: &DeleteEntityChecklist) -> Result<Reply<Wire>> {
    change(cx, &place!(r), |_, _| Ok(Vec::new()))
}

/// Changes an item.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateEntityChecklistItem) -> Result<Reply<Wire>> {
    change(cx, &place!(r), |cx, items| input::edit(cx, items, &r.item, &r.body.0))
}

/// Deletes an item.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteEntityChecklistItem) -> Result<Reply<Wire>> {
    change(cx, &place!(r), |_, items| input::remove(items, &r.item))
}

/// Moves an item in front of another.
pub fn reorder(cx: &mut Cx<'_, '_>, r: &MoveEntityChecklistItem) -> Result<Reply<Wire>> {
    let before = match r.body.0.get("before") {
        None | Some(Json::Null) => return Err(Code::FieldRequired.at("before")),
        Some(Json::String(id)) => id,
        Some(_) => return Err(Code::ValueType.with("string").under("before")),
    };
    change(cx, &place!(r), |_, items| input::move_before(items, &r.item, before))
}

fn change(
    cx: &mut Cx<'_, '_>,
    place: &Place<'_>,
    edit: impl FnOnce(&mut Cx<'_, '_>, Vec<Item>) -> Result<Vec<Item>>,
) -> Result<Reply<Wire>> {
    let kind = kind(place.kind)?;
    let entity = cx.entity(kind, place.entity, EntityRight::Write)?;
    // Real goals have key results instead (real-samples, 6).
    if kind == EntityType::Goal {
        return Err(Code::GoalChecklist.err());
    }
    let names = fields::asked(&cx.dict, place.fields)?;
    let mut after = entity.body.clone();
    after.checklist_items = edit(cx, after.checklist_items)?;
    let entity = ops::commit(cx, &entity, after)?;
    ops::reply(cx, &entity, names.as_deref(), place.expand)
}
