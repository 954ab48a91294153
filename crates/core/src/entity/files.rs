//! Files of entities: uploaded beforehand, then attached by their ids.

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::attachments::Attachment;
use trackway_api::entities::{
    AttachFileToEntity, DeleteEntityAttachment, Entity as Wire, GetEntityAttachment,
    ListEntityAttachments,
};

use super::event::{Delta, Happening, record};
use super::{fields, kind, ops};
use crate::access::EntityRight;
use crate::attachment::{self, AttachmentRow, Owner, Place, store};
use crate::cx::{Cx, Reply};
use crate::dict::Object;
use crate::dict::model::Entity;
use crate::error::{Code, Result};

/// Files of an entity and of its comments.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListEntityAttachments) -> Result<Reply<Vec<Attachment>>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Read)?;
    let rows = store::of_owner(cx, Owner::Entity(entity.id, 0))?;
    let place = Place::alone();
    Ok(Reply::new(rows.iter().map(|row| attachment::attachment(cx, &place, row)).collect()))
}

/// One file.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetEntityAttachment) -> Result<Reply<Attachment>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Read)?;
    let row = find(cx, &entity, &r.file)?;
    Ok(Reply::new(attachment::attachment(cx, &Place::alone(), &row)))
}

/// Attaches an uploaded file.
pub fn attach(cx: &mut Cx<'_, '_>, r: &AttachFileToEntity) -> Result<Reply<Wire>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Write)?;
    let names = fields::asked(&cx.dict, r.fields.as_ref())?;
    let ids = attachment::ids("fileId", Some(&Json::from(r.file.as_str())))?;
    let files = attachment::bind(cx, &ids, Owner::Entity(entity.id, 0))?;
    let after = ops::touch(cx, &entity, |_| {})?;
    let deltas: Vec<Delta> = files
        .into_iter()
        .map(|file| Delta::of("attachments", Json::Null, file.name.into()))
        .collect();
    record(cx, entity.id, Happening::FileAdded, &deltas)?;
    ops::reply(cx, &after, names.as_deref(), r.expand.as_ref())
}

/// Removes a file.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteEntityAttachment) -> Result<Reply<()>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Write)?;
    let row = find(cx, &entity, &r.file)?;
    store::delete(cx, &row)?;
    ops::touch(cx, &entity, |_| {})?;
    let delta = Delta::of("attachments", row.name.into(), Json::Null);
    record(cx, entity.id, Happening::FileRemoved, &[delta])?;
    Ok(Reply::new(()))
}

fn find(cx: &mut Cx<'_, '_>, entity: &Arc<Object<Entity>>, id: &str) -> Result<AttachmentRow> {
    let row = match id.parse() {
        Ok(id) => store::one(cx, id)?,
        Err(_) => None,
    };
    row.filter(|row| matches!(row.owner(), Owner::Entity(owner, _) if owner == entity.id))
        .ok_or_else(|| Code::AttachmentNotFound.err())
}
