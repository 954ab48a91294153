//! Fields of entities as `fields=` asks for them.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use trackway_api::List;
use trackway_api::entities::EntityParent;
use trackway_api::types::PlainRef;

use super::store;
use crate::access;
use crate::checklist;
use crate::cx::Cx;
use crate::dict::model::{Entity, EntityType};
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::field::FieldDef;
use crate::field::no;
use crate::issue::render::{Renderer, Selection};
use crate::issue::value::{Form, Val};
use crate::time::{day_text, instant_text};
use crate::user;
use crate::view::View;

/// Fields that need the links of an entity.
const COUNTS: [&str; 2] = ["linkedGoalsCount", "linkedProjectsCount"];

/// Fields that every entity has, with who may have a value: any kind unless kinds are named.
pub(super) const NAMES: &[&str] = &[
    "id",
    "shortId",
    "summary",
    "description",
    "markupType",
    "author",
    "lead",
    "teamUsers",
    "clients",
    "followers",
    "start",
    "end",
    "quarter",
    "tags",
    "parentEntity",
    "teamAccess",
    "entityStatus",
    "queues",
    "issueQueues",
    "checklistItems",
    "metricItems",
    "keyResultItems",
    "progressPercentage",
    "lastCommentUpdatedAt",
    "linkedGoalsCount",
    "linkedProjectsCount",
    "createdAt",
    "createdBy",
    "updatedAt",
    "updatedBy",
];

/// A global field that is not of issues only.
pub(super) fn custom<'d>(dict: &'d Dict, name: &str) -> Option<&'d FieldDef> {
    dict.field_index.by_wire(name).filter(|def| def.no >= no::FIRST_CUSTOM && def.queue.is_none())
}

/// The fields asked for; none when nothing is.
///
/// # Errors
/// 422 for a field that does not exist (real-samples, 6).
pub(super) fn asked(dict: &Dict, fields: Option<&List>) -> Result<Option<Vec<String>>> {
    let Some(fields) = fields.filter(|fields| !fields.0.is_empty()) else { return Ok(None) };
    let unknown: Vec<&str> = fields
        .0
        .iter()
        .map(String::as_str)
        .filter(|name| !NAMES.contains(name) && custom(dict, name).is_none())
        .collect();
    if !unknown.is_empty() {
        let names: String = unknown.join(", ").chars().take(200).collect();
        return Err(Code::FieldsUnknown.with(names));
    }
    let mut names: Vec<String> = Vec::new();
    for name in &fields.0 {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    Ok(Some(names))
}

/// The fields of several entities; what they mention is read at once.
///
/// # Errors
/// The database fails.
pub(super) fn read(
    cx: &mut Cx<'_, '_>,
    entities: &[&Arc<Object<Entity>>],
    names: &[String],
) -> Result<Vec<Map<String, Json>>> {
    let dict = Arc::clone(&cx.dict);
    let view = cx.view.clone();
    let linked = if names.iter().any(|name| COUNTS.contains(&name.as_str())) {
        let ids: Vec<i64> = entities.iter().map(|entity| entity.id).collect();
        counts(&dict, &store::links_of(cx, &ids)?)
    } else {
        FxHashMap::default()
    };
    let queues = if names.iter().any(|name| name == "issueQueues") {
        entities.iter().map(|entity| (entity.id, queues_of(cx, entity.id))).collect()
    } else {
        FxHashMap::default()
    };
    let selection = Selection::default();
    let renderer = Renderer::mentioning(cx, &dict, &view, &selection, &mentioned(&dict, entities))?;
    let reader = Reader { dict: &dict, view: &view, now: cx.now, linked, queues, renderer };
    let all = entities.iter().map(|entity| {
        names.iter().map(|name| (name.clone(), reader.value(entity, name))).collect()
    });
    Ok(all.collect())
}

/// Issues in custom fields.
fn mentioned(dict: &Dict, entities: &[&Arc<Object<Entity>>]) -> Vec<i64> {
    let mut ids = Vec::new();
    for (number, value) in entities.iter().flat_map(|entity| &entity.body.custom) {
        let def = dict.field_index.get(*number);
        if def.is_some_and(|def| def.value_type == crate::dict::model::ValueType::Issue) {
            ids.extend(value.as_i64());
            ids.extend(value.as_array().into_iter().flatten().filter_map(Json::as_i64));
        }
    }
    ids
}

/// Number of goals and of other entities that are linked to each.
fn counts(dict: &Dict, rows: &[store::LinkRow]) -> FxHashMap<i64, (i64, i64)> {
    let mut counts: FxHashMap<i64, (i64, i64)> = FxHashMap::default();
    let mut seen = rustc_hash::FxHashSet::default();
    for row in rows.iter().filter(|row| seen.insert(row.id)) {
        for (own, other) in [(row.entity_id, row.other_id), (row.other_id, row.entity_id)] {
            let Some(other) = dict.entities.get(other) else { continue };
            let (goals, others) = counts.entry(own).or_default();
            let count = if other.body.kind == EntityType::Goal { goals } else { others };
            *count += 1;
        }
    }
    counts
}

/// Queues with issues of a project, as far as the actor may see those.
pub(super) fn queues_of(cx: &Cx<'_, '_>, project: i64) -> Vec<i64> {
    let index = cx.index.index.read();
    let Some(issues) = index.bitmap(no::PROJECT, project) else { return Vec::new() };
    let issues = access::visible(&cx.dict, &cx.actor, &index, Some(issues));
    let mut queues = Vec::new();
    for queue in cx.dict.queues.iter().filter(|queue| !queue.body.deleted) {
        let own = index.bitmap(no::QUEUE, queue.id);
        if own.is_some_and(|own| !own.is_disjoint(&issues)) {
            queues.push(queue.id);
        }
    }
    queues
}

/// A reference to an entity.
pub(super) fn reference(view: &View, entity: &Object<Entity>) -> PlainRef {
    PlainRef {
        self_url: view.url(&entity.body.path(entity.id)),
        id: entity.body.hex(entity.id),
        display: entity.body.summary.as_str().into(),
    }
}

/// Parents of an entity.
pub(super) fn parents(dict: &Dict, view: &View, entity: &Entity) -> EntityParent {
    let refer = |id: &i64| dict.entities.get(*id).map(|parent| reference(view, parent));
    EntityParent {
        primary: entity.parent.as_ref().and_then(refer),
        secondary: entity.more_parents.iter().filter_map(refer).collect(),
    }
}

struct Reader<'a> {
    dict: &'a Dict,
    view: &'a View,
    now: i64,
    linked: FxHashMap<i64, (i64, i64)>,
    queues: FxHashMap<i64, Vec<i64>>,
    renderer: Renderer<'a>,
}

impl Reader<'_> {
    fn value(&self, entity: &Object<Entity>, name: &str) -> Json {
        let body = &entity.body;
        let text = |text: &Option<String>| text.clone().map_or(Json::Null, Json::from);
        let linked = || self.linked.get(&entity.id).copied().unwrap_or_default();
        match name {
            "id" => body.hex(entity.id).into(),
            "shortId" => entity.id.into(),
            "summary" => body.summary.clone().into(),
            "description" => text(&body.description),
            "markupType" => text(&body.markup_type),
            "author" => self.user(body.author),
            "lead" => body.lead.map_or(Json::Null, |uid| self.user(uid)),
            "teamUsers" => self.users(&body.team_users),
            "clients" => self.users(&body.clients),
            "followers" => self.users(&body.followers),
            "start" => body.start.map_or(Json::Null, |day| day_text(day).into()),
            "end" => body.end.map_or(Json::Null, |day| day_text(day).into()),
            "quarter" => json(&body.quarter),
            "tags" => json(&body.tags),
            "parentEntity" if body.parent.is_none() && body.more_parents.is_empty() => Json::Null,
            "parentEntity" => json(&parents(self.dict, self.view, body)),
            "teamAccess" => body.team_access.map_or(Json::Null, Json::from),
            "entityStatus" => body.entity_status.clone().into(),
            "queues" => self.queue_refs(&body.queues),
            // Only projects have any in the map.
            "issueQueues" => {
                self.queue_refs(self.queues.get(&entity.id).map_or(&[][..], Vec::as_slice))
            }
            "checklistItems" => self.checklist(&body.checklist_items),
            "metricItems" => json(&body.metric_items),
            "keyResultItems" => self.key_results(&body.key_result_items),
            "progressPercentage" => progress(&body.key_result_items),
            "lastCommentUpdatedAt" => {
                body.last_comment_at.map_or(Json::Null, |at| instant_text(at).into())
            }
            "linkedGoalsCount" => linked().0.into(),
            "linkedProjectsCount" if body.kind != EntityType::Goal => Json::Null,
            "linkedProjectsCount" => linked().1.into(),
            "createdAt" => instant_text(body.created_at).into(),
            "createdBy" => self.user(body.created_by),
            "updatedAt" => instant_text(body.updated_at).into(),
            "updatedBy" => self.user(body.updated_by),
            _ => self.custom(body, name),
        }
    }

    fn user(&self, uid: i64) -> Json {
        json(&user::reference(self.dict, self.view, uid))
    }

    // A list without members is an empty list, unlike other unset fields, which are null: two
    // published clients read lists as such or not at all (contract, `getEntity`).
    fn users(&self, uids: &[i64]) -> Json {
        uids.iter().map(|uid| self.user(*uid)).collect()
    }

    fn queue_refs(&self, ids: &[i64]) -> Json {
        let queues = ids.iter().filter_map(|id| self.dict.queues.get(*id));
        queues.map(|queue| json(&queue.keyed_ref(self.view))).collect()
    }

    /// As in an issue, but for the person, who is mentioned as everywhere else.
    fn checklist(&self, items: &[checklist::Item]) -> Json {
        let items = items.iter().map(|item| {
            let mut wire = json(&checklist::render::item(self.dict, self.view, self.now, item));
            if let (Some(members), Some(uid)) = (wire.as_object_mut(), item.assignee) {
                members.insert("assignee".to_owned(), self.user(uid));
            }
            wire
        });
        items.collect()
    }

    fn key_results(&self, items: &[Json]) -> Json {
        let items = items.iter().map(|item| {
            let mut item = item.clone();
            let uid = item.get("assignee").and_then(Json::as_i64);
            if let (Some(members), Some(uid)) = (item.as_object_mut(), uid) {
                members.insert("assignee".to_owned(), self.user(uid));
            }
            item
        });
        items.collect()
    }

    fn custom(&self, entity: &Entity, name: &str) -> Json {
        let stored =
            custom(self.dict, name).and_then(|def| Some((def, entity.custom.get(&def.no)?)));
        let Some((def, stored)) = stored else { return Json::Null };
        let Some(val) = Val::from_json(Form::of(def), stored) else { return Json::Null };
        let mut out = Vec::new();
        self.renderer.value(&mut out, def, &val);
        serde_json::from_slice(&out).unwrap_or_default()
    }
}

/// Values that cannot be written as JSON do not occur among these.
fn json<T: Serialize>(value: &T) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

/// How much of its key results a goal has reached, from 0 to 1.
fn progress(items: &[Json]) -> Json {
    if items.is_empty() {
        return Json::Null;
    }
    let reached = |item: &Json| -> f64 {
        if item.get("type").and_then(Json::as_str) == Some("binary") {
            let done = item.get("achieved").and_then(Json::as_bool).unwrap_or_default();
            return f64::from(u8::from(done));
        }
        let part = |name: &str| {
            item.get("progress").and_then(|p| p.get(name)).and_then(Json::as_f64).unwrap_or(0.0)
        };
        let (start, end) = (part("start"), part("end"));
        if (end - start).abs() < f64::EPSILON {
            return 0.0;
        }
        ((part("current") - start) / (end - start)).clamp(0.0, 1.0)
    };
    let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
    (items.iter().map(reached).sum::<f64>() / f64::from(count)).into()
}
