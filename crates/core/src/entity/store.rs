//! The rows of what belongs to entities.

use trackway_db::Param;

use crate::comment::store::{Called, CommentRow};
use crate::cx::Cx;
use crate::error::{Code, Error, Result};
use crate::event::EventRow;
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

/// All comments of an entity, oldest first.
pub const COMMENTS: &str = "SELECT id, entity_id, version, created_at, created_by, updated_at, \
     updated_by, text, extra FROM entity_comment \
     WHERE org_id = $1 AND entity_id = $2 ORDER BY id LIMIT $3";
/// One comment.
pub const COMMENT: &str = "SELECT id, entity_id, version, created_at, created_by, updated_at, \
     updated_by, text, extra FROM entity_comment \
     WHERE org_id = $1 AND entity_id = $2 AND id = $3";
/// Adds a comment.
pub const INSERT_COMMENT: &str = "INSERT INTO entity_comment (org_id, entity_id, id, version, \
     created_at, created_by, updated_at, updated_by, text, extra) \
     VALUES ($1, $2, $3, $4, $5, $6, $5, $6, $7, $8)";
/// Changes a comment.
pub const UPDATE_COMMENT: &str = "UPDATE entity_comment SET version = version + 1, \
     updated_at = $4, updated_by = $5, text = $6, extra = $7 \
     WHERE org_id = $1 AND entity_id = $2 AND id = $3 AND version = $8";
/// Deletes a comment.
pub const DELETE_COMMENT: &str =
    "DELETE FROM entity_comment WHERE org_id = $1 AND entity_id = $2 AND id = $3";
/// Deletes all comments.
pub const DELETE_COMMENTS: &str = "DELETE FROM entity_comment WHERE org_id = $1 AND entity_id = $2";
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
/// Events of an entity, oldest first.
pub const EVENTS: &str = "SELECT id, at, actor, kind, body FROM entity_event \
     WHERE org_id = $1 AND entity_id = $2 ORDER BY id LIMIT $3";
/// Adds an event.
pub const INSERT_EVENT: &str = "INSERT INTO entity_event (org_id, entity_id, id, at, actor, kind, \
     body) VALUES ($1, $2, {sqlite:$3}{postgres:nextval('entity_event_seq') + $3}, $4, $5, $6, $7)";
/// Deletes the events of an entity.
pub const DELETE_EVENTS: &str = "DELETE FROM entity_event WHERE org_id = $1 AND entity_id = $2";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[
    COMMENTS,
    COMMENT,
    INSERT_COMMENT,
    UPDATE_COMMENT,
    DELETE_COMMENT,
    DELETE_COMMENTS,
    LINKS,
    LINKS_FROM,
    LINKS_TO,
    INSERT_LINK,
    DELETE_LINK,
    EVENTS,
    INSERT_EVENT,
    DELETE_EVENTS,
];

/// Most comments and events of an entity that are looked at. An entity is talked about far less
/// than its issues.
const MOST: i64 = 20_000;

/// Comments of an entity, oldest first.
///
/// # Errors
/// The database fails.
pub fn comments(cx: &mut Cx<'_, '_>, entity: i64) -> Result<Vec<CommentRow>> {
    Ok(cx.tx.all(COMMENTS, &[&cx.dict.org_id, &entity, &MOST])?)
}

/// One comment of an entity.
///
/// # Errors
/// The database fails.
pub fn comment(cx: &mut Cx<'_, '_>, entity: i64, id: i64) -> Result<Option<CommentRow>> {
    Ok(cx.tx.opt(COMMENT, &[&cx.dict.org_id, &entity, &id])?)
}

/// Adds a comment of the actor.
///
/// # Errors
/// The database fails.
pub fn insert_comment(
    cx: &mut Cx<'_, '_>,
    entity: i64,
    text: String,
    called: &Called,
) -> Result<CommentRow> {
    let row = CommentRow {
        id: cx.next(Series::EntityComment)?,
        issue_id: entity,
        version: 1,
        created_at: cx.now,
        created_by: cx.actor.uid,
        updated_at: cx.now,
        updated_by: cx.actor.uid,
        text,
        extra: serde_json::to_string(called).map_err(Error::internal)?,
    };
    let org = cx.dict.org_id;
    let params: [&dyn Param; 8] = [
        &org,
        &entity,
        &row.id,
        &row.version,
        &row.created_at,
        &row.created_by,
        &row.text,
        &row.extra,
    ];
    cx.tx.exec(INSERT_COMMENT, &params)?;
    Ok(row)
}

/// Changes a comment and answers its new state.
///
/// # Errors
/// The database fails; 409 when somebody else changed it meanwhile.
pub fn update_comment(
    cx: &mut Cx<'_, '_>,
    old: &CommentRow,
    text: String,
    called: &Called,
) -> Result<CommentRow> {
    let row = CommentRow {
        version: old.version + 1,
        updated_at: cx.now,
        updated_by: cx.actor.uid,
        text,
        extra: serde_json::to_string(called).map_err(Error::internal)?,
        ..old.clone()
    };
    let org = cx.dict.org_id;
    let params: [&dyn Param; 8] = [
        &org,
        &row.issue_id,
        &row.id,
        &row.updated_at,
        &row.updated_by,
        &row.text,
        &row.extra,
        &old.version,
    ];
    let changed = cx.tx.exec(UPDATE_COMMENT, &params)?;
    if changed == 0 { Err(Code::VersionConflict.with(old.version)) } else { Ok(row) }
}

/// Deletes a comment.
///
/// # Errors
/// The database fails.
pub fn delete_comment(cx: &mut Cx<'_, '_>, row: &CommentRow) -> Result<()> {
    cx.tx.exec(DELETE_COMMENT, &[&cx.dict.org_id, &row.issue_id, &row.id])?;
    Ok(())
}

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

/// Events of an entity, oldest first.
///
/// # Errors
/// The database fails.
pub fn events(cx: &mut Cx<'_, '_>, entity: i64) -> Result<Vec<EventRow>> {
    Ok(cx.tx.all(EVENTS, &[&cx.dict.org_id, &entity, &MOST])?)
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
    for sql in [DELETE_COMMENTS, DELETE_EVENTS] {
        cx.tx.exec(sql, &[&cx.dict.org_id, &entity])?;
    }
    Ok(())
}
