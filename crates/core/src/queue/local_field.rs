//! Fields of single queues. They are fields like the global ones, except that only their queue has
//! them and that their id begins with it (contract, `createQueueLocalField`).

use std::sync::Arc;

use trackway_api::fields::{
    CreateQueueLocalField, GetLocalField, GetQueueLocalField, ListLocalFields,
    ListQueueLocalFields, LocalField, UpdateQueueLocalField,
};

use super::component::created;
use super::input::{Expected, alike};
use super::ops;
use crate::cx::{Cx, Reply};
use crate::dict::model::{Field, Queue};
use crate::dict::{Dict, Object, store};
use crate::error::{Code, Result};
use crate::field::{input, render};
use crate::ids::{Tag, hex_id};
use crate::paging::{self, Page};
use crate::view::View;

/// Most fields of one queue.
const MAX_FIELDS: usize = 500;

/// Fields of a queue by order, hidden ones too: whoever wants to show one again must find it.
pub fn of_queue(cx: &mut Cx<'_, '_>, r: &ListQueueLocalFields) -> Result<Reply<Vec<LocalField>>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    let fields = local(&cx.dict).filter(|f| f.body.queue == Some(queue.id));
    let replies: Vec<_> = fields.map(|f| reply_of(&cx.dict, &cx.view, f)).collect();
    Ok(replies.into())
}

/// Fields of every queue the caller may see.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListLocalFields) -> Result<Reply<Vec<LocalField>>> {
    cx.view.localize(r.localized);
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let seen: Vec<i64> = ops::visible(cx).iter().map(|q| q.id).collect();
    let here = |f: &&Arc<Object<Field>>| f.body.queue.is_some_and(|id| seen.contains(&id));
    let (fields, paging) = page.cut(local(&cx.dict).filter(here).collect());
    let replies = fields.into_iter().map(|f| reply_of(&cx.dict, &cx.view, f)).collect();
    Ok(Reply::new(replies).paged(paging))
}

/// One field of a queue, by key or full id.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetQueueLocalField) -> Result<Reply<LocalField>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    let field = find(&cx.dict, &queue, &r.field)?;
    Ok(reply_of(&cx.dict, &cx.view, &field).into())
}

/// One field by its full id.
pub fn get_by_id(cx: &mut Cx<'_, '_>, r: &GetLocalField) -> Result<Reply<LocalField>> {
    cx.view.localize(r.localized);
    let field = input::named(&cx.dict, &r.id)?;
    let queue = field.body.queue.ok_or_else(|| Code::FieldNotFound.err())?;
    ops::owner(cx, queue, Code::FieldNotFound)?;
    Ok(reply_of(&cx.dict, &cx.view, field).into())
}

/// Creates a field in a queue.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateQueueLocalField) -> Result<Reply<LocalField>> {
    let queue = cx.queue_to_configure(&r.queue)?;
    if local(&cx.dict).filter(|f| f.body.queue == Some(queue.id)).count() >= MAX_FIELDS {
        return Err(Code::TooManyValues.with(MAX_FIELDS));
    }
    let (key, field) = input::new(&cx.dict, &r.body.0, Some(queue.id))?;
    let id = full_id(queue.id, &key);
    if cx.dict.fields.by_key(&id).is_some() {
        return Err(Code::NameUsed.with(key).under("id"));
    }
    let field = store::insert(cx, &id, field)?;
    // The answer to a creation goes without it.
    let reply = LocalField { queue: None, ..reply_of(&cx.dict, &cx.view, &field) };
    Ok(created(cx, reply))
}

/// Changes a field of a queue. No version is asked for, but one that is named must be the present
/// one.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateQueueLocalField) -> Result<Reply<LocalField>> {
    cx.view.localize(r.localized);
    let queue = cx.queue_to_configure(&r.queue)?;
    let old = find(&cx.dict, &queue, &r.field)?;
    if matches!(Expected::new(old.version, r.version, r.if_match), Expected::Stale(_)) {
        return Err(Code::PreconditionFailed.err());
    }
    let body = input::changed(&cx.dict, &old, &r.body.0)?;
    if alike(&old.body, &body) {
        return Ok(reply_of(&cx.dict, &cx.view, &old).into());
    }
    let field = store::update(cx, &old, body)?;
    Ok(reply_of(&cx.dict, &cx.view, &field).into())
}

fn local(dict: &Dict) -> impl Iterator<Item = &Arc<Object<Field>>> {
    dict.fields.iter().filter(|f| f.body.queue.is_some() && !f.body.deleted)
}

/// `<24 digits of the queue>--<key>`.
fn full_id(queue: i64, key: &str) -> String {
    format!("{}--{key}", hex_id(Tag::Queue, 0, queue))
}

fn find(dict: &Dict, queue: &Object<Queue>, key: &str) -> Result<Arc<Object<Field>>> {
    let found = dict.fields.by_key(&full_id(queue.id, key)).or_else(|| dict.fields.by_key(key));
    let found = found.filter(|f| f.body.queue == Some(queue.id) && !f.body.deleted);
    found.cloned().ok_or_else(|| Code::FieldNotFound.err())
}

/// A field of a queue as the API shows one; `self` is its address in the queue.
fn reply_of(dict: &Dict, view: &View, field: &Object<Field>) -> LocalField {
    let common = render::wire(dict, view, field);
    let queue = field.body.queue.and_then(|id| dict.queues.get(id));
    let path = queue.map_or_else(
        || field.path(),
        |queue| format!("{}/localFields/{}", queue.path(), common.key),
    );
    let described = field.body.description.get(view.lang);
    LocalField {
        origin: common.origin,
        self_url: view.url(&path),
        id: common.id,
        name: common.name,
        description: super::render::filled(described),
        key: common.key,
        version: common.version,
        schema: common.schema,
        readonly: common.readonly,
        options: common.options,
        suggest: common.suggest,
        visible: common.visible,
        hidden: common.hidden,
        options_provider: common.options_provider,
        query_provider: common.query_provider,
        order: common.order,
        category: common.category,
        queue: queue.map(|queue| queue.keyed_ref(view)),
    }
}
