//! Default values: what new issues of a queue get where the caller gives nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};
use trackway_api::queues::{
    CreateQueueDefaultValues, DeleteQueueDefaultValues, GetQueueDefaultValues,
    ListQueueDefaultValues, QueueDefaultValues, UpdateQueueDefaultValues,
};
use trackway_api::types::Members;

use super::input::{Expected, Problems, alike, shown};
use super::render;
use crate::cx::{Cx, Reply};
use crate::dict::model::{DefaultValues, Queue};
use crate::dict::{Dict, Object, store};
use crate::error::{Code, Error, Result};
use crate::field::{FieldDef, no};
use crate::issue::render::{Renderer, Selection};
use crate::issue::value::{Form, Val};
use crate::issue::{Issue, input, refs};
use crate::time::instant_text;
use crate::user;

/// Most sets of a queue.
const MAX_SETS: usize = 200;

/// Fields that no default can give: they are settled before defaults are looked at.
const SETTLED: [no::FieldNo; 6] =
    [no::KEY, no::QUEUE, no::TYPE, no::STATUS, no::UNIQUE, no::CREATED_BY];

/// Sets of a queue, by number.
pub fn list(
    cx: &mut Cx<'_, '_>,
    r: &ListQueueDefaultValues,
) -> Result<Reply<Vec<QueueDefaultValues>>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    let sets: Vec<_> = of_queue(&cx.dict, queue.id).cloned().collect();
    let replies: Result<Vec<_>> = sets.iter().map(|set| reply(cx, &queue, set)).collect();
    Ok(replies?.into())
}

/// One set.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetQueueDefaultValues) -> Result<Reply<QueueDefaultValues>> {
    cx.view.localize(r.localized);
    let queue = cx.queue(&r.queue)?;
    let set = find(&cx.dict, &queue, &r.id)?;
    Ok(reply(cx, &queue, &set)?.into())
}

/// Adds a set.
pub fn create(
    cx: &mut Cx<'_, '_>,
    r: &CreateQueueDefaultValues,
) -> Result<Reply<QueueDefaultValues>> {
    let queue = cx.queue_to_configure(&r.queue)?;
    if of_queue(&cx.dict, queue.id).count() >= MAX_SETS {
        return Err(Code::TooManyValues.with(MAX_SETS));
    }
    let (now, uid) = (cx.now, cx.actor.uid);
    let empty = DefaultValues {
        queue: queue.id,
        created_at: now,
        created_by: uid,
        updated_at: now,
        updated_by: uid,
        ..DefaultValues::default()
    };
    let body = patched(cx, &queue, empty, &r.body.0)?;
    let set = store::insert(cx, "", body)?;
    Ok(reply(cx, &queue, &set)?.into())
}

/// Changes a set; `values` replaces all of its values.
pub fn update(
    cx: &mut Cx<'_, '_>,
    r: &UpdateQueueDefaultValues,
) -> Result<Reply<QueueDefaultValues>> {
    let queue = cx.queue_to_configure(&r.queue)?;
    let old = find(&cx.dict, &queue, &r.id)?;
    if matches!(Expected::new(old.version, r.version, r.if_match), Expected::Stale(_)) {
        return Err(Code::PreconditionFailed.err());
    }
    let mut body = patched(cx, &queue, old.body.clone(), &r.body.0)?;
    if alike(&old.body, &body) {
        return Ok(reply(cx, &queue, &old)?.into());
    }
    body.updated_at = cx.now;
    body.updated_by = cx.actor.uid;
    let set = store::update(cx, &old, body)?;
    Ok(reply(cx, &queue, &set)?.into())
}

/// Removes a set.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteQueueDefaultValues) -> Result<Reply<()>> {
    let queue = cx.queue_to_configure(&r.queue)?;
    let old = find(&cx.dict, &queue, &r.id)?;
    store::remove(cx, &old)?;
    Ok(().into())
}

fn of_queue(dict: &Dict, queue: i64) -> impl Iterator<Item = &Arc<Object<DefaultValues>>> {
    dict.default_values.iter().filter(move |set| set.body.queue == queue)
}

fn find(dict: &Dict, queue: &Object<Queue>, id: &str) -> Result<Arc<Object<DefaultValues>>> {
    let found = dict.default_values.find(id).filter(|set| set.body.queue == queue.id);
    found.cloned().ok_or_else(|| Code::DefaultValuesNotFound.err())
}

fn patched(
    cx: &mut Cx<'_, '_>,
    queue: &Object<Queue>,
    mut body: DefaultValues,
    patch: &Members,
) -> Result<DefaultValues> {
    let mut problems = Problems::default();
    let dict = Arc::clone(&cx.dict);
    if let Some(json) = patch.get("type") {
        body.issue_type = problems.note(issue_type(&dict, queue, json)).flatten();
    }
    if let Some(json) = patch.get("component") {
        body.component = problems.note(component(&dict, queue, json)).flatten();
    }
    if let Some(json) = patch.get("values") {
        body.values = values(cx, queue, json, &mut problems)?;
    }
    if let Some(json) = patch.get("appendFields") {
        body.append = problems.note(append(&dict, queue, json)).unwrap_or_default();
    }
    problems.end()?;
    Ok(body)
}

fn issue_type(dict: &Dict, queue: &Object<Queue>, json: &Json) -> Result<Option<i64>> {
    if json.is_null() {
        return Ok(None);
    }
    let found = refs::object(&dict.types, json, |_| true)
        .filter(|found| queue.body.type_config(found.id).is_some());
    let unknown = || Code::ValueUnknown.with(shown(json)).under("type");
    found.map(|found| Some(found.id)).ok_or_else(unknown)
}

fn component(dict: &Dict, queue: &Object<Queue>, json: &Json) -> Result<Option<i64>> {
    if json.is_null() {
        return Ok(None);
    }
    let found = refs::named(&dict.components, json, |c| c.queue == queue.id && !c.deleted);
    let unknown = || Code::ValueUnknown.with(shown(json)).under("component");
    found.map(|found| Some(found.id)).ok_or_else(unknown)
}

/// A field that new issues of the queue may be given.
fn usable<'d>(dict: &'d Dict, queue: &Object<Queue>, wire: &str) -> Result<&'d FieldDef> {
    let def = dict.field_index.by_wire(wire).ok_or_else(|| Code::FieldUnknown.err())?;
    if def.queue.is_some_and(|id| id != queue.id) {
        return Err(Code::FieldUnknown.err());
    }
    if def.readonly || SETTLED.contains(&def.no) {
        return Err(Code::FieldReadonly.err());
    }
    Ok(def)
}

/// Values checked as those of a new issue would be.
fn values(
    cx: &mut Cx<'_, '_>,
    queue: &Object<Queue>,
    json: &Json,
    problems: &mut Problems,
) -> Result<BTreeMap<u32, Json>> {
    let mut values = BTreeMap::new();
    let dict = Arc::clone(&cx.dict);
    let Some(members) = json.as_object() else {
        problems.note::<()>(Err(Code::ValueType.with("{field: value}").under("values")));
        return Ok(values);
    };
    for (wire, json) in members {
        let value = usable(&dict, queue, wire)
            .and_then(|def| Ok((def.no, input::apply(cx, def, queue.id, None, json)?)));
        match value {
            Ok((field, Some(val))) => {
                values.insert(field, val.to_json());
            }
            Ok((_, None)) => {}
            Err(error) if error.status() >= 500 => return Err(error),
            Err(error) => {
                problems.note::<()>(Err(error.under(wire)));
            }
        }
    }
    Ok(values)
}

fn append(dict: &Dict, queue: &Object<Queue>, json: &Json) -> Result<Vec<u32>> {
    let member = "appendFields";
    let items = match json {
        Json::Null => return Ok(Vec::new()),
        Json::Array(items) => items,
        _ => return Err(Code::ValueType.with("array").under(member)),
    };
    let mut fields = Vec::with_capacity(items.len());
    for item in items {
        let unknown = || Code::ValueUnknown.with(shown(item)).under(member);
        let wire = item.as_str().ok_or_else(unknown)?;
        let def = usable(dict, queue, wire).map_err(|_| unknown())?;
        if !def.array {
            return Err(unknown());
        }
        if !fields.contains(&def.no) {
            fields.push(def.no);
        }
    }
    Ok(fields)
}

fn reply(
    cx: &mut Cx<'_, '_>,
    queue: &Object<Queue>,
    set: &Object<DefaultValues>,
) -> Result<QueueDefaultValues> {
    let dict = Arc::clone(&cx.dict);
    let view = cx.view.clone();
    let body = &set.body;
    // The renderer reads the issues that values mention.
    let mut sample = Issue::new(0, queue.id, 0, 1);
    for (field, json) in &body.values {
        if let Some(def) = dict.field_index.get(*field) {
            sample.set(*field, Val::from_json(Form::of(def), json));
        }
    }
    let selection = Selection::default();
    let renderer = Renderer::new(cx, &dict, &view, &selection, std::iter::once(&sample))?;
    let mut values = Map::new();
    for (field, val) in sample.vals() {
        let Some(def) = dict.field_index.get(field) else { continue };
        let mut out = Vec::new();
        renderer.value(&mut out, def, val);
        let json = serde_json::from_slice(&out).map_err(Error::internal)?;
        values.insert(def.wire.clone(), json);
    }
    let wire = |field: &u32| dict.field_index.get(*field).map(|def| def.wire.clone());
    Ok(QueueDefaultValues {
        self_url: view.url(&format!("{}/defaultValues/{}", queue.path(), set.id)),
        id: set.id,
        version: set.version,
        queue: queue.keyed_ref(&view),
        issue_type: body.issue_type.map(|id| render::keyed(&dict.types, id, &view)),
        component: body.component.map(|id| render::plain(&dict.components, id, &view)),
        values: Json::Object(values),
        append_fields: body.append.iter().filter_map(wire).collect(),
        created_by: user::reference(&dict, &view, body.created_by),
        created_at: instant_text(body.created_at),
        updated_by: user::reference(&dict, &view, body.updated_by),
        updated_at: instant_text(body.updated_at),
    })
}

/// Gives a new issue the defaults of its queue. Sets for a type or component say more than general
/// ones, so their values come first; `given` is what the caller wrote.
pub(crate) fn fill(dict: &Dict, issue: &mut Issue, given: &Members) {
    let fits = |set: &DefaultValues| {
        set.issue_type.is_none_or(|id| id == issue.issue_type())
            && set.component.is_none_or(|id| issue.many(no::COMPONENTS).contains(&id))
    };
    let mut sets: Vec<_> = of_queue(dict, issue.queue).filter(|set| fits(&set.body)).collect();
    sets.sort_by_key(|set| {
        let narrow =
            usize::from(set.body.issue_type.is_some()) + usize::from(set.body.component.is_some());
        (std::cmp::Reverse(narrow), set.id)
    });
    let written = |wire: &str| given.get(wire).is_some_and(|json| !json.is_null());
    let mut settled: Vec<u32> = Vec::new();
    for set in sets {
        for (field, json) in &set.body.values {
            let Some(def) = dict.field_index.get(*field) else { continue };
            let Some(val) = Val::from_json(Form::of(def), json) else { continue };
            let free = !written(&def.wire) && !settled.contains(field);
            if set.body.append.contains(field) {
                issue.set(*field, Some(joined(issue.get(*field), val)));
            } else if free {
                issue.set(*field, Some(val));
            }
            settled.push(*field);
        }
    }
}

/// A list with another one added to it, each element once.
fn joined(present: Option<&Val>, added: Val) -> Val {
    match (present, added) {
        (Some(Val::Refs(old)), Val::Refs(new)) => {
            let more = new.into_iter().filter(|id| !old.contains(id));
            Val::Refs(old.iter().copied().chain(more).collect())
        }
        (Some(Val::Texts(old)), Val::Texts(new)) => {
            let more = new.into_iter().filter(|text| !old.contains(text));
            Val::Texts(old.iter().cloned().chain(more).collect())
        }
        (_, added) => added,
    }
}
