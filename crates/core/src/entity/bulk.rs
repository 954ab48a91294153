//! Changes of many entities at once, done by the engine of bulk changes of issues.

use serde_json::Value as Json;
use trackway_api::bulk::BulkChange;
use trackway_api::entities::bulk::BulkUpdateEntities;
use trackway_api::types::Members;

use super::{input, kind, ops};
use crate::access::EntityRight;
use crate::bulk::{self, MAX_ISSUES, Operation};
use crate::cx::{Cx, Reply};
use crate::dict::model::EntityType;
use crate::error::{Code, Result};

/// Accepts a change of many entities.
pub fn update(cx: &mut Cx<'_, '_>, r: &BulkUpdateEntities) -> Result<Reply<BulkChange>> {
    let kind = kind(&r.kind)?;
    let body = &r.body.0;
    let values = body.values.clone().ok_or_else(|| Code::FieldRequired.at("values"))?;
    let named = match &body.meta_entities {
        None | Some(Json::Null) => return Err(Code::FieldRequired.at("metaEntities")),
        Some(Json::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    if named.is_empty() {
        return Err(Code::ValueEmpty.at("metaEntities"));
    }
    if named.len() > MAX_ISSUES {
        return Err(Code::TooManyValues.with(MAX_ISSUES).under("metaEntities"));
    }
    let mut entities: Vec<String> = Vec::with_capacity(named.len());
    for json in named {
        let id = input::named(json).filter(|id| id.len() <= 64);
        let id = id.ok_or_else(|| Code::ValueType.with("id").under("metaEntities"))?;
        if !entities.contains(&id) {
            entities.push(id);
        }
    }
    bulk::ops::begin(cx, &Operation::Entities { kind, values }, &entities, r.notify)
}

/// Changes one of them.
///
/// # Errors
/// What a change of it alone would answer.
pub(crate) fn apply(
    cx: &mut Cx<'_, '_>,
    kind: EntityType,
    id: &str,
    values: &Members,
) -> Result<()> {
    let entity = cx.entity(kind, id, EntityRight::Write)?;
    ops::change(cx, &entity, values).map(drop)
}
