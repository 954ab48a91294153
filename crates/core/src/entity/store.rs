//! The rows of what belongs to entities.

use trackway_db::Param;

use crate::comment::thread::OF_ENTITIES;
use crate::cx::Cx;
use crate::error::{Code, Result};
use crate::ids::Series;

trackway_db::row! {
    /// A link; `entity_id` plays the outward part.
    pub struct LinkRow {
        pub id: i64,
        pub kind: String,
        pub entity_id: i64,
        pub other_id: i64,
    }
}

/// A page of the comments of an entity, by number.
pub const COMMENTS_PAGE: &str = "SELECT id, entity_id, version, created_at, created_by, updated_at, \
     updated_by, text, extra FROM entity_comment \
     WHERE org_id = $1 AND entity_id = $2 AND deleted = 0 ORDER BY id LIMIT $3 OFFSET $4";
/// Links of an entity, from either end.
pub const LINKS: &str = "SELECT id, kind, entity_id, other_id FROM entity_link \
     WHERE org_id = $1 AND entity_id = $2 \
     UNION ALL SELECT id, kind, entity_id, other_id FROM entity_link \
     WHERE org_id = $1 AND other_id = $2 ORDER BY 1";
/// Links that begin at some entities.
pub const LINKS_FROM: &str = "SELECT id, kind, entity_id, other_id FROM entity_link \
     WHERE org_id = $1 AND entity_id {any:$2}";
/// Links that end at some entities.
pub const LINKS_TO: &str = "SELECT id, kind, entity_id, other_id FROM entity_link \
     WHERE org_id = $1 AND other_id {any:$2}";
/// Adds a link.
pub const INSERT_LINK: &str = "INSERT INTO entity_link (org_id, id, kind, entity_id, other_id, \
     created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// Removes a link.
pub const DELETE_LINK: &str = "DELETE FROM entity_link WHERE org_id = $1 AND id = $2";
/// Events of an entity after one of them, oldest first.
pub const EVENTS_AFTER: &str = "SELECT id, at, actor, kind, body FROM entity_event \
     WHERE org_id = $1 AND entity_id = $2 AND id > $3 ORDER BY id LIMIT $4";
/// Events of an entity before one of them, newest first.
pub const EVENTS_BEFORE: &str = "SELECT id, at, actor, kind, body FROM entity_event \
     WHERE org_id = $1 AND entity_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
/// One event of an entity.
pub const EVENT: &str = "SELECT id, at, actor, kind, body FROM entity_event \
     WHERE org_id = $1 AND entity_id = $2 AND id = $3";
/// Adds an event.
pub const INSERT_EVENT: &str = "INSERT INTO entity_event (org_id, entity_id, id, at, actor, kind, \
     body) VALUES ($1, $2, {sqlite:$3}{postgres:nextval('entity_event_seq') + $3}, $4, $5, $6, $7)";
/// Deletes the events of an entity.
pub const DELETE_EVENTS: &str = "DELETE FROM entity_event WHERE org_id = $1 AND entity_id = $2";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[
    COMMENTS_PAGE,
    LINKS,
    LINKS_FROM,
    LINKS_TO,
    INSERT_LINK,
    DELETE_LINK,
    EVENTS_AFTER,
    EVENTS_BEFORE,
    EVENT,
    INSERT_EVENT,
    DELETE_EVENTS,
];

/// Links of an entity, from either end, oldest first.
///
/// # Errors
/// The database fails.
pub fn links(cx: &mut Cx<'_, '_>, entity: i64) -> Result<Vec<LinkRow>> {
    Ok(cx.tx.all(LINKS, &[&cx.dict.org_id, &entity])?)
}

/// Links of several entities, from either end; one between two of them comes twice.
///
/// # Errors
/// The database fails.
pub fn links_of(cx: &mut Cx<'_, '_>, entities: &[i64]) -> Result<Vec<LinkRow>> {
    if entities.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows: Vec<LinkRow> = cx.tx.all_by_ids(LINKS_FROM, &[&cx.dict.org_id], entities)?;
    rows.extend(cx.tx.all_by_ids::<LinkRow>(LINKS_TO, &[&cx.dict.org_id], entities)?);
    Ok(rows)
}

/// Adds a link.
///
/// # Errors
/// The database fails.
pub fn insert_link(cx: &mut Cx<'_, '_>, kind: &str, entity: i64, other: i64) -> Result<LinkRow> {
    let row = LinkRow {
        id: cx.next(Series::EntityLink)?,
        kind: kind.to_owned(),
        entity_id: entity,
        other_id: other,
    };
    let org = cx.dict.org_id;
    let params: [&dyn Param; 7] =
        [&org, &row.id, &row.kind, &row.entity_id, &row.other_id, &cx.now, &cx.actor.uid];
    cx.tx.exec(INSERT_LINK, &params).map_err(|error| match error {
        trackway_db::Error::Unique { .. } => Code::EntitiesLinked.err(),
        other => other.into(),
    })?;
    Ok(row)
}

/// Removes a link.
///
/// # Errors
/// The database fails.
pub fn delete_link(cx: &mut Cx<'_, '_>, id: i64) -> Result<()> {
    cx.tx.exec(DELETE_LINK, &[&cx.dict.org_id, &id])?;
    Ok(())
}

/// Writes an event.
///
/// # Errors
/// The database fails.
pub fn insert_event(cx: &mut Cx<'_, '_>, entity: i64, kind: &str, body: &str) -> Result<()> {
    let id = cx.next_in_order(Series::EntityEvent)?;
    let org = cx.dict.org_id;
    cx.tx.exec(INSERT_EVENT, &[&org, &entity, &id, &cx.now, &cx.actor.uid, &kind, &body])?;
    Ok(())
}

/// Deletes the comments, links and events of an entity.
///
/// # Errors
/// The database fails.
pub fn delete_all(cx: &mut Cx<'_, '_>, entity: i64) -> Result<()> {
    for link in links(cx, entity)? {
        delete_link(cx, link.id)?;
    }
    OF_ENTITIES.empty(cx, entity)?;
    cx.tx.exec(DELETE_EVENTS, &[&cx.dict.org_id, &entity])?;
    Ok(())
}
