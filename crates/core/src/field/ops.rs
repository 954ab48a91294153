//! Operations on global fields and their categories.

use std::sync::Arc;

use serde::Serialize;
use trackway_api::IfMatch;
use trackway_api::fields::{
    CreateField, CreateFieldCategory, DeleteField, Field, FieldCategory, GetField,
    GetFieldCategory, ListFieldCategories, ListFields, UpdateField, UpdateFieldCategory,
};
use trackway_api::types::Members;

use super::render::{category, version, wire};
use super::{input, no};
use crate::cx::{Cx, Reply};
use crate::dict::model::{self, Category};
use crate::dict::{Object, store};
use crate::error::{Code, Error, Result};
use crate::ids::{Tag, hex_id};
use crate::queue::input::{self as bodies, Expected, Problems, alike};

/// Global fields by order. Clients learn from this list which members issues have.
///
/// # Errors
/// None.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListFields) -> Result<Reply<Vec<Field>>> {
    cx.view.localize(r.localized);
    let fields = cx
        .dict
        .fields
        .iter()
        .filter(|f| !f.body.hidden && !f.body.deleted && f.body.queue.is_none())
        .map(|f| wire(&cx.dict, &cx.view, f));
    Ok(Reply::new(fields.collect()))
}

/// One field by id; hidden ones and those of queues too, since changes in a changelog refer to
/// them (contract, `getField`).
///
/// # Errors
/// 404 when there is none.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetField) -> Result<Reply<Field>> {
    cx.view.localize(r.localized);
    let field = input::named(&cx.dict, &r.id)?;
    Ok(wire(&cx.dict, &cx.view, field).into())
}

/// Categories by order.
///
/// # Errors
/// None.
pub fn list_categories(
    cx: &mut Cx<'_, '_>,
    r: &ListFieldCategories,
) -> Result<Reply<Vec<FieldCategory>>> {
    cx.view.localize(r.localized);
    Ok(Reply::new(cx.dict.categories.iter().map(|c| category(&cx.view, c)).collect()))
}

/// One category.
///
/// # Errors
/// 404 when there is none.
pub fn get_category(cx: &mut Cx<'_, '_>, r: &GetFieldCategory) -> Result<Reply<FieldCategory>> {
    cx.view.localize(r.localized);
    // Only by key: the 24 digits of one also read as a number.
    let found = cx.dict.categories.by_key(&r.id).ok_or_else(|| Code::CategoryNotFound.err())?;
    Ok(category(&cx.view, found).into())
}

/// Creates a global field.
///
/// # Errors
/// 403 unless the caller is an administrator; 422 for wrong members, 409 when the id is taken, 404
/// for an unknown category.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateField) -> Result<Reply<Field>> {
    cx.actor.admin_only()?;
    let (id, field) = input::new(&cx.dict, &members(&r.body.0)?, None)?;
    let field = store::insert(cx, &id, field)?;
    Ok(wire(&cx.dict, &cx.view, &field).into())
}

/// Changes a global field.
///
/// # Errors
/// 403 unless the caller is an administrator; 404, 422; 428 without a version, 412 with a stale
/// one.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateField) -> Result<Reply<Field>> {
    cx.actor.admin_only()?;
    let old = global(cx, &r.id)?;
    match Expected::new(version(&old), r.version, r.if_match) {
        Expected::Unsaid => return Err(Code::PreconditionRequired.err()),
        Expected::Stale(_) => return Err(Code::PreconditionFailed.err()),
        Expected::Current => {}
    }
    let body = input::changed(&cx.dict, &old, &members(&r.body.0)?)?;
    if alike(&old.body, &body) {
        return Ok(wire(&cx.dict, &cx.view, &old).into());
    }
    let field = store::update(cx, &old, body)?;
    Ok(wire(&cx.dict, &cx.view, &field).into())
}

/// Removes a global field that was created here; issues no longer show its values.
///
/// # Errors
/// 403 unless the caller is an administrator, and for system fields; 404.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteField) -> Result<Reply<()>> {
    cx.actor.admin_only()?;
    let old = global(cx, &r.id)?;
    if old.id < i64::from(no::FIRST_CUSTOM) {
        return Err(Code::FieldStays.err());
    }
    let body = model::Field { deleted: true, ..old.body.clone() };
    store::update(cx, &old, body)?;
    Ok(Reply::new(()))
}

fn global(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<model::Field>>> {
    let found = input::named(&cx.dict, id)?;
    if found.body.queue.is_some() {
        return Err(Code::FieldNotFound.err());
    }
    Ok(Arc::clone(found))
}

fn members<T: Serialize>(body: &T) -> Result<Members> {
    match serde_json::to_value(body).map_err(Error::internal)? {
        serde_json::Value::Object(members) => Ok(members),
        _ => Err(Error::internal("a body that is no object")),
    }
}

/// Creates a category of fields.
///
/// # Errors
/// 403 unless the caller is an administrator; 422.
pub fn create_category(
    cx: &mut Cx<'_, '_>,
    r: &CreateFieldCategory,
) -> Result<Reply<FieldCategory>> {
    cx.actor.admin_only()?;
    let body = &r.body.0;
    let mut problems = Problems::default();
    let name = bodies::required(body.get("name").filter(|j| !j.is_null()), "name");
    let name = problems.note(name.and_then(|json| input::name(json, "name")));
    let last = cx.dict.categories.iter().map(|c| c.body.order).max().unwrap_or(0);
    let empty = Category { order: last.saturating_add(1), ..Category::default() };
    let created = described(&mut problems, empty, body);
    problems.end()?;
    let created = Category { name: name.unwrap_or_default(), ..created };
    let now = cx.now;
    let created = store::insert_keyed(cx, |id| hex_id(Tag::Category, now, id), created)?;
    Ok(category(&cx.view, &created).into())
}

/// Changes a category of fields.
///
/// # Errors
/// 403 unless the caller is an administrator; 404, 422; 412 with a stale version.
pub fn update_category(
    cx: &mut Cx<'_, '_>,
    r: &UpdateFieldCategory,
) -> Result<Reply<FieldCategory>> {
    cx.actor.admin_only()?;
    let old = cx.dict.categories.by_key(&r.id).ok_or_else(|| Code::CategoryNotFound.err())?;
    let old = Arc::clone(old);
    not_stale(old.version, r.version, r.if_match)?;
    let patch = &r.body.0;
    let mut problems = Problems::default();
    let mut body = described(&mut problems, old.body.clone(), patch);
    if let Some(json) = patch.get("name").filter(|json| !json.is_null())
        && let Some(name) = problems.note(input::renamed(json, &old.body.name))
    {
        body.name = name;
    }
    problems.end()?;
    if alike(&old.body, &body) {
        return Ok(category(&cx.view, &old).into());
    }
    let changed = store::update(cx, &old, body)?;
    Ok(category(&cx.view, &changed).into())
}

fn described(problems: &mut Problems, mut category: Category, body: &Members) -> Category {
    if let Some(order) = problems.note(input::order(body)).flatten() {
        category.order = order;
    }
    if let Some(json) = body.get("description")
        && let Some(text) = problems.note(input::description(json))
    {
        category.description = text;
    }
    category
}

/// A version that need not be named, but must be the present one if it is.
fn not_stale(version: i64, param: Option<i64>, header: Option<IfMatch>) -> Result<()> {
    match Expected::new(version, param, header) {
        Expected::Stale(_) => Err(Code::PreconditionFailed.err()),
        _ => Ok(()),
    }
}
