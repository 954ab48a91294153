//! The rows of time records.

use crate::cx::Cx;
use crate::error::{Code, Error, Result};
use crate::ids::Series;
use crate::time::Instant;

trackway_db::row! {
    /// A record that is not deleted.
    pub struct WorklogRow {
        pub id: i64,
        pub issue_id: i64,
        pub version: i64,
        pub created_at: i64,
        pub created_by: i64,
        pub updated_at: i64,
        pub updated_by: i64,
        pub start_at: i64,
        pub seconds: i64,
        pub comment: String,
    }
}

/// A page of an issue's records.
pub const PAGE: &str = "SELECT id, issue_id, version, created_at, created_by, updated_at, \
     updated_by, start_at, seconds, comment FROM worklog \
     WHERE org_id = $1 AND issue_id = $2 AND id > $3 AND deleted = 0 ORDER BY id LIMIT $4";
/// One record.
pub const ONE: &str = "SELECT id, issue_id, version, created_at, created_by, updated_at, \
     updated_by, start_at, seconds, comment FROM worklog \
     WHERE org_id = $1 AND id = $2 AND deleted = 0";
/// Several records.
pub const SOME: &str = "SELECT id, issue_id, version, created_at, created_by, updated_at, \
     updated_by, start_at, seconds, comment FROM worklog \
     WHERE org_id = $1 AND id {any:$2} AND deleted = 0 ORDER BY created_at, id";
/// Which records lie within bounds, and of which issues.
pub const WITHIN: &str = "SELECT id, issue_id FROM worklog \
     WHERE org_id = $1 AND created_at BETWEEN $2 AND $3 AND start_at BETWEEN $4 AND $5 \
     AND deleted = 0 ORDER BY created_at, id";
/// Which records of an author lie within bounds, and of which issues.
pub const WITHIN_BY: &str = "SELECT id, issue_id FROM worklog \
     WHERE org_id = $1 AND created_at BETWEEN $2 AND $3 AND start_at BETWEEN $4 AND $5 \
     AND created_by = $6 AND deleted = 0 ORDER BY created_at, id";
/// The time of all records of an issue.
pub const TOTAL: &str = "SELECT COALESCE(CAST(SUM(seconds) AS BIGINT), 0) FROM worklog \
     WHERE org_id = $1 AND issue_id = $2 AND deleted = 0";
/// Adds a record.
pub const INSERT: &str = "INSERT INTO worklog (org_id, id, issue_id, version, created_at, \
     created_by, updated_at, updated_by, start_at, seconds, deleted, comment) \
     VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, 0, $10)";
/// Changes a record that still has the version the change was made from.
pub const UPDATE: &str = "UPDATE worklog SET version = version + 1, updated_at = $3, \
     updated_by = $4, start_at = $5, seconds = $6, comment = $7, deleted = $8 \
     WHERE org_id = $1 AND id = $2 AND version = $9 AND deleted = 0";
/// Deletes the records of a removed issue.
pub const DELETE_OF: &str =
    "UPDATE worklog SET deleted = 1, comment = '' WHERE org_id = $1 AND issue_id = $2";

/// Every statement of this module.
pub const ALL_SQL: &[&str] =
    &[PAGE, ONE, SOME, WITHIN, WITHIN_BY, TOTAL, INSERT, UPDATE, DELETE_OF];

/// Bounds of a search, all inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Author.
    pub by: Option<i64>,
    /// When records were made.
    pub created: (Instant, Instant),
    /// When work began.
    pub start: (Instant, Instant),
}

/// At most `limit` records of an issue after the one with number `after`.
///
/// # Errors
/// The database fails.
pub fn page(cx: &mut Cx<'_, '_>, issue: i64, after: i64, limit: usize) -> Result<Vec<WorklogRow>> {
    let limit = i64::try_from(limit).map_err(Error::internal)?;
    Ok(cx.tx.all(PAGE, &[&cx.dict.org_id, &issue, &after, &limit])?)
}

/// One record.
///
/// # Errors
/// The database fails.
pub fn one(cx: &mut Cx<'_, '_>, id: i64) -> Result<Option<WorklogRow>> {
    Ok(cx.tx.opt(ONE, &[&cx.dict.org_id, &id])?)
}

/// Several records in the order in which they were made.
///
/// # Errors
/// The database fails.
pub fn some(cx: &mut Cx<'_, '_>, ids: &[i64]) -> Result<Vec<WorklogRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(cx.tx.all_by_ids(SOME, &[&cx.dict.org_id], ids)?)
}

/// Ids of the records within bounds, each with its issue, in the order in which they were made.
///
/// # Errors
/// The database fails.
pub fn within(cx: &mut Cx<'_, '_>, bounds: Bounds) -> Result<Vec<(i64, i64)>> {
    let org = cx.dict.org_id;
    let ((from, to), (first, last)) = (bounds.created, bounds.start);
    Ok(match bounds.by {
        Some(by) => cx.tx.all(WITHIN_BY, &[&org, &from, &to, &first, &last, &by])?,
        None => cx.tx.all(WITHIN, &[&org, &from, &to, &first, &last])?,
    })
}

/// The time of all records of an issue, in seconds.
///
/// # Errors
/// The database fails.
pub fn total(cx: &mut Cx<'_, '_>, issue: i64) -> Result<i64> {
    let (seconds,): (i64,) = cx.tx.one(TOTAL, &[&cx.dict.org_id, &issue])?;
    Ok(seconds)
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// When work began.
    pub start: Instant,
    /// How long it took, in working seconds.
    pub seconds: i64,
    /// What it was; may be empty.
    pub comment: String,
}

impl WorklogRow {
    /// What the record says.
    pub fn content(&self) -> Content {
        Content { start: self.start_at, seconds: self.seconds, comment: self.comment.clone() }
    }
}

/// Adds a record of the actor, last changed by `updated`.
///
/// # Errors
/// The database fails.
pub fn insert(
    cx: &mut Cx<'_, '_>,
    issue: i64,
    content: Content,
    updated: (Instant, i64),
) -> Result<WorklogRow> {
    let row = WorklogRow {
        id: cx.next(Series::Worklog)?,
        issue_id: issue,
        version: 1,
        created_at: cx.now,
        created_by: cx.actor.uid,
        updated_at: updated.0,
        updated_by: updated.1,
        start_at: content.start,
        seconds: content.seconds,
        comment: content.comment,
    };
    let org = cx.dict.org_id;
    let params: [&dyn trackway_db::Param; 10] = [
        &org,
        &row.id,
        &issue,
        &row.created_at,
        &row.created_by,
        &row.updated_at,
        &row.updated_by,
        &row.start_at,
        &row.seconds,
        &row.comment,
    ];
    cx.tx.exec(INSERT, &params)?;
    Ok(row)
}

/// Changes or deletes a record and answers its new state.
///
/// # Errors
/// The database fails; 409 when somebody else changed it meanwhile.
pub fn update(
    cx: &mut Cx<'_, '_>,
    old: &WorklogRow,
    content: Content,
    deleted: bool,
) -> Result<WorklogRow> {
    let row = WorklogRow {
        version: old.version + 1,
        updated_at: cx.now,
        updated_by: cx.actor.uid,
        start_at: content.start,
        seconds: content.seconds,
        comment: content.comment,
        ..old.clone()
    };
    let (org, deleted) = (cx.dict.org_id, i64::from(deleted));
    let params: [&dyn trackway_db::Param; 9] = [
        &org,
        &row.id,
        &row.updated_at,
        &row.updated_by,
        &row.start_at,
        &row.seconds,
        &row.comment,
        &deleted,
        &old.version,
    ];
    let changed = cx.tx.exec(UPDATE, &params)?;
    if changed == 0 { Err(Code::VersionConflict.with(old.version)) } else { Ok(row) }
}

/// Deletes the records of an issue that is being removed.
///
/// # Errors
/// The database fails.
pub fn delete_of(cx: &mut Cx<'_, '_>, issue: i64) -> Result<()> {
    cx.tx.exec(DELETE_OF, &[&cx.dict.org_id, &issue])?;
    Ok(())
}
