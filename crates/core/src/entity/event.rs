//! What happened to entities: written with each change, read as history (contract, `EntityEvent`).

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use trackway_api::entities::{
    EntityChange, EntityEvent, EntityEventPage, ListEntityEvents, PlainField,
};

use super::walk::{Rows, Walk};
use super::{kind, store};
use crate::access::EntityRight;
use crate::cx::{Cx, Reply};
use crate::dict::model::Entity;
use crate::dict::{Dict, Object};
use crate::error::{Error, Result};
use crate::event::EventRow;
use crate::ids::{Tag, hex_id, parse_hex_id};
use crate::lang::{Lang, Name};
use crate::paging;
use crate::time::{day_text, instant_text};
use crate::user;

/// Most events of a page.
const MAX_PAGE: i64 = 100;

/// Kinds of events: name in the database, and the text that people see.
macro_rules! happenings {
    ($($name:ident $ru:literal $en:literal;)*) => {
        /// What may happen to an entity.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the texts say it")]
        pub enum Happening { $($name),* }

        impl Happening {
            const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }

            fn text(name: &str, lang: Lang) -> &'static str {
                match (name, lang) {
                    $((stringify!($name), Lang::Ru) => $ru, (stringify!($name), Lang::En) => $en,)*
                    _ => "",
                }
            }
        }
    };
}

happenings! {
    Created "Создание" "Created";
    Updated "Изменение" "Changed";
    CommentAdded "Добавлен комментарий" "Comment added";
    CommentUpdated "Изменён комментарий" "Comment changed";
    CommentRemoved "Удалён комментарий" "Comment deleted";
    Linked "Добавлена связь" "Link added";
    Unlinked "Удалена связь" "Link removed";
    FileAdded "Добавлен файл" "File added";
    FileRemoved "Удалён файл" "File removed";
    AccessChanged "Изменён доступ" "Access changed";
}

/// A part of an event, in stored form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Delta {
    /// Field, or what else it is about.
    pub field: String,
    /// Before.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub from: Json,
    /// After.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub to: Json,
    /// The comment it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<i64>,
}

impl Delta {
    /// A part that is not about a field.
    pub fn of(what: &str, from: Json, to: Json) -> Self {
        Self { field: what.to_owned(), from, to, comment: None }
    }
}

/// Writes an event.
///
/// # Errors
/// The database fails.
pub fn record(
    cx: &mut Cx<'_, '_>,
    entity: i64,
    happening: Happening,
    deltas: &[Delta],
) -> Result<()> {
    let body = serde_json::to_string(deltas).map_err(Error::internal)?;
    store::insert_event(cx, entity, happening.name(), &body)
}

/// Members that change with everything, or are told elsewhere.
const QUIET: [&str; 6] = ["updatedAt", "updatedBy", "silent", "lastCommentAt", "acl", "sources"];

/// The fields that differ between two states.
///
/// # Errors
/// A state that cannot be written, which is a bug.
pub fn diff(before: &Entity, after: &Entity) -> Result<Vec<Delta>> {
    let (before, after) = (members(before)?, members(after)?);
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let changed = names.into_iter().filter(|name| !QUIET.contains(&name.as_str()));
    let deltas = changed.filter_map(|name| {
        let of = |state: &Map<String, Json>| state.get(name).cloned().unwrap_or_default();
        let (from, to) = (of(&before), of(&after));
        (from != to).then(|| Delta::of(name, from, to))
    });
    Ok(deltas.collect())
}

fn members(entity: &Entity) -> Result<Map<String, Json>> {
    match serde_json::to_value(entity).map_err(Error::internal)? {
        Json::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    }
}

/// The history of an entity.
struct Events(i64);

impl Rows for Events {
    type Row = EventRow;

    fn number(row: &EventRow) -> i64 {
        row.id
    }

    fn named(&self, cx: &mut Cx<'_, '_>, id: &str) -> Result<Option<EventRow>> {
        let Some(id) = parse_hex_id(Tag::EntityEvent, id).or_else(|| id.parse().ok()) else {
            return Ok(None);
        };
        Ok(cx.tx.opt(store::EVENT, &[&cx.dict.org_id, &self.0, &id])?)
    }

    fn after(&self, cx: &mut Cx<'_, '_>, number: i64, limit: usize) -> Result<Vec<EventRow>> {
        let limit = i64::try_from(limit).map_err(Error::internal)?;
        Ok(cx.tx.all(store::EVENTS_AFTER, &[&cx.dict.org_id, &self.0, &number, &limit])?)
    }

    fn before(&self, cx: &mut Cx<'_, '_>, number: i64, limit: usize) -> Result<Vec<EventRow>> {
        let limit = i64::try_from(limit).map_err(Error::internal)?;
        Ok(cx.tx.all(store::EVENTS_BEFORE, &[&cx.dict.org_id, &self.0, &number, &limit])?)
    }
}

/// What happened to an entity, a page of it.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListEntityEvents) -> Result<Reply<EntityEventPage>> {
    let entity = cx.entity(kind(&r.kind)?, &r.entity, EntityRight::Read)?;
    let walk = Walk {
        per_page: paging::size(r.per_page, MAX_PAGE)?,
        from: r.from.as_deref(),
        selected: r.selected.as_deref(),
        newest_first: r.new_events_on_top.unwrap_or_default(),
        direction: r.direction.as_deref(),
    };
    let page = walk.page(cx, &Events(entity.id))?;
    let events = page.items.iter().map(|row| wire(cx, &entity, row)).collect::<Result<Vec<_>>>()?;
    Ok(Reply::new(EntityEventPage { events, has_next: page.has_next, has_prev: page.has_prev }))
}

fn wire(cx: &Cx<'_, '_>, entity: &Object<Entity>, row: &EventRow) -> Result<EntityEvent> {
    let deltas: Vec<Delta> = serde_json::from_str(&row.body).map_err(Error::internal)?;
    let lang = cx.view.lang;
    let changes = deltas.into_iter().map(|delta| EntityChange {
        diff: Some(marked(
            &shown(&cx.dict, lang, &delta.field, &delta.from),
            &shown(&cx.dict, lang, &delta.field, &delta.to),
        )),
        comment_url: delta
            .comment
            .map(|id| cx.view.url(&format!("{}/comments/{id}", entity.body.path(entity.id)))),
        field: Some(PlainField { display: title(&delta.field, lang), id: wire_name(&delta.field) }),
    });
    Ok(EntityEvent {
        id: hex_id(Tag::EntityEvent, row.at, row.id),
        author: user::reference(&cx.dict, &cx.view, row.actor),
        date: instant_text(row.at),
        transport: "api".to_owned(),
        display: Happening::text(&row.kind, lang).to_owned(),
        changes: changes.collect(),
    })
}

/// A difference with what went and what came marked.
fn marked(from: &str, to: &str) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let part = |tag: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!("<{tag}>{}</{tag}>", escaped(text)) }
    };
    format!("{}{}", part("removed", from), part("added", to))
}

/// The field's own name where the stored one differs.
fn wire_name(stored: &str) -> String {
    match stored {
        "parent" | "moreParents" => "parentEntity".to_owned(),
        other => other.to_owned(),
    }
}

fn title(stored: &str, lang: Lang) -> String {
    let name = match stored {
        "summary" => Name::new("Название", "Name"),
        "description" => Name::new("Описание", "Description"),
        "author" => Name::new("Автор", "Author"),
        "lead" => Name::new("Ответственный", "Lead"),
        "teamUsers" => Name::new("Участники", "Team"),
        "clients" => Name::new("Заказчики", "Clients"),
        "followers" => Name::new("Наблюдатели", "Followers"),
        "start" => Name::new("Дата начала", "Start date"),
        "end" => Name::new("Дедлайн", "Deadline"),
        "tags" => Name::new("Теги", "Tags"),
        "parent" | "moreParents" => Name::new("Родитель", "Parent"),
        "teamAccess" => Name::new("Доступ участникам", "Access for participants"),
        "entityStatus" => Name::new("Статус", "Status"),
        "queues" => Name::new("Очереди", "Queues"),
        "checklistItems" => Name::new("Чеклист", "Checklist"),
        "comment" => Name::new("Комментарий", "Comment"),
        "links" => Name::new("Связи", "Links"),
        "attachments" => Name::new("Файлы", "Files"),
        "acl" => Name::new("Доступ", "Access"),
        other => return wire_name(other),
    };
    name.get(lang).to_owned()
}

/// A stored value as people read it.
fn shown(dict: &Arc<Dict>, lang: Lang, field: &str, value: &Json) -> String {
    let person = |json: &Json| {
        let uid = json.as_i64().unwrap_or_default();
        dict.users.get(uid).map_or_else(|| uid.to_string(), |m| m.name.get(lang).to_owned())
    };
    let entity = |json: &Json| {
        let id = json.as_i64().unwrap_or_default();
        dict.entities.get(id).map_or_else(|| id.to_string(), |e| e.body.summary.clone())
    };
    let queue = |json: &Json| {
        let id = json.as_i64().unwrap_or_default();
        dict.queues.get(id).map_or_else(|| id.to_string(), |queue| queue.key.clone())
    };
    let text = |json: &Json| match json {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Object(members) => {
            members.get("text").and_then(Json::as_str).unwrap_or_default().to_owned()
        }
        other => other.to_string(),
    };
    let one = |json: &Json| match field {
        _ if json.is_null() => String::new(),
        "author" | "lead" | "teamUsers" | "clients" | "followers" => person(json),
        "parent" | "moreParents" => entity(json),
        "queues" => queue(json),
        "start" | "end" => {
            let day = json.as_i64().and_then(|day| i32::try_from(day).ok());
            day.map_or_else(|| text(json), day_text)
        }
        _ => text(json),
    };
    match value {
        Json::Array(items) => items.iter().map(one).collect::<Vec<_>>().join(", "),
        value => one(value),
    }
}
