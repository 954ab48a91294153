//! The rows of the event log as the changelog reads them.

use rustc_hash::FxHashMap;

use super::EventRow;
use crate::cx::Cx;
use crate::error::Result;
use crate::time::Instant;

/// Events of an issue after one of them, oldest first.
pub const AFTER: &str = "SELECT id, at, actor, kind, body FROM event \
     WHERE org_id = $1 AND issue_id = $2 AND id > $3 ORDER BY id LIMIT $4";
/// Events of an issue before one of them, newest first.
pub const BEFORE: &str = "SELECT id, at, actor, kind, body FROM event \
     WHERE org_id = $1 AND issue_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
/// One event of an issue.
pub const ONE: &str = "SELECT id, at, actor, kind, body FROM event \
     WHERE org_id = $1 AND issue_id = $2 AND id = $3";
/// When comments of an issue were made, which is part of their long ids.
pub const COMMENT_TIMES: &str = "SELECT id, created_at FROM comment \
     WHERE org_id = $1 AND issue_id = $2 AND id {any:$3}";

/// Empties the events of a removed issue. The rows stay, since followers read the log by their
/// numbers.
pub const EMPTY: &str = "UPDATE event SET body = '{}' WHERE org_id = $1 AND issue_id = $2";

/// Every statement of this module, and the one that writes events.
pub const ALL_SQL: &[&str] = &[super::INSERT, AFTER, BEFORE, ONE, COMMENT_TIMES, EMPTY];

/// Which way a changelog is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Oldest first.
    Asc,
    /// Newest first.
    Desc,
}

/// At most `limit` events of an issue that come after the event `cursor`; from the start without
/// one.
///
/// # Errors
/// The database fails.
pub fn page(
    cx: &mut Cx<'_, '_>,
    issue: i64,
    order: Order,
    cursor: Option<i64>,
    limit: i64,
) -> Result<Vec<EventRow>> {
    let (sql, start) = match order {
        Order::Asc => (AFTER, i64::MIN),
        Order::Desc => (BEFORE, i64::MAX),
    };
    let cursor = cursor.unwrap_or(start);
    Ok(cx.tx.all(sql, &[&cx.dict.org_id, &issue, &cursor, &limit])?)
}

/// One event of an issue.
///
/// # Errors
/// The database fails.
pub fn one(cx: &mut Cx<'_, '_>, issue: i64, id: i64) -> Result<Option<EventRow>> {
    Ok(cx.tx.opt(ONE, &[&cx.dict.org_id, &issue, &id])?)
}

/// When these comments of an issue were made.
///
/// # Errors
/// The database fails.
pub fn comment_times(
    cx: &mut Cx<'_, '_>,
    issue: i64,
    ids: &[i64],
) -> Result<FxHashMap<i64, Instant>> {
    if ids.is_empty() {
        return Ok(FxHashMap::default());
    }
    let rows: Vec<(i64, i64)> = cx.tx.all_by_ids(COMMENT_TIMES, &[&cx.dict.org_id, &issue], ids)?;
    Ok(rows.into_iter().collect())
}
