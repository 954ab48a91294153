//! What happened to entities: written with each change, read as history (contract, `EntityEvent`).

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use trackway_api::entities::{EntityEvent, EntityEventPage, ListEntityEvents};

use super::change::Shown;
use super::walk::{Rows, Walk};
use super::{kind, store};
use crate::access::EntityRight;
use crate::cx::{Cx, Reply};
use crate::dict::model::Entity;
use crate::dict::{Dict, Object};
use crate::error::{Error, Result};
use crate::event::EventRow;
use crate::ids::{Tag, hex_id, parse_hex_id};
use crate::issue::render::Selection;
use crate::lang::Lang;
use crate::paging;
use crate::time::instant_text;
use crate::user;
use crate::view::View;

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

/// What stands before the number of a global field.
pub(super) const CUSTOM: &str = "custom.";

/// Members that change with everything, or are told elsewhere.
const QUIET: [&str; 8] = [
    "createdAt",
    "createdBy",
    "updatedAt",
    "updatedBy",
    "silent",
    "lastCommentAt",
    "acl",
    "sources",
];

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

/// The members of a state. Global fields stand beside the others, under [`CUSTOM`] and their numbers.
fn members(entity: &Entity) -> Result<Map<String, Json>> {
    let Json::Object(mut members) = serde_json::to_value(entity).map_err(Error::internal)? else {
        return Ok(Map::new());
    };
    if let Some(Json::Object(custom)) = members.remove("custom") {
        members
            .extend(custom.into_iter().map(|(number, value)| (format!("{CUSTOM}{number}"), value)));
    }
    // An entity about to be made has nobody yet.
    members.retain(|name, value| name != "author" || *value != 0);
    Ok(members)
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
    let (dict, view) = (Arc::clone(&cx.dict), cx.view.clone());
    let selection = Selection::default();
    let all = page.items.iter().map(deltas).collect::<Result<Vec<_>>>()?;
    let shown = Shown::new(cx, &dict, &view, &selection, &all)?;
    let rows = page.items.iter().zip(&all);
    let events =
        rows.map(|(row, deltas)| wire(&dict, &view, &entity, row, deltas, &shown)).collect();
    Ok(Reply::new(EntityEventPage { events, has_next: page.has_next, has_prev: page.has_prev }))
}

fn wire(
    dict: &Dict,
    view: &View,
    entity: &Object<Entity>,
    row: &EventRow,
    deltas: &[Delta],
    shown: &Shown<'_>,
) -> EntityEvent {
    EntityEvent {
        id: hex_id(Tag::EntityEvent, row.at, row.id),
        author: user::reference(dict, view, row.actor),
        date: instant_text(row.at),
        transport: "api".to_owned(),
        display: Happening::text(&row.kind, view.lang).to_owned(),
        changes: deltas.iter().map(|delta| shown.change(entity, delta)).collect(),
    }
}

fn deltas(row: &EventRow) -> Result<Vec<Delta>> {
    serde_json::from_str(&row.body).map_err(Error::internal)
}
