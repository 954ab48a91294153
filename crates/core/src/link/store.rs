//! The rows of links.

use super::kinds::{Direction, LinkKind};
use crate::cx::Cx;
use crate::error::Result;
use crate::ids::Series;

trackway_db::row! {
    /// A link; `issue_id` plays the outward part.
    pub struct LinkRow {
        pub id: i64,
        pub kind: String,
        pub issue_id: i64,
        pub other_id: i64,
        pub created_at: i64,
        pub created_by: i64,
        pub updated_at: Option<i64>,
        pub updated_by: Option<i64>,
    }
}

impl LinkRow {
    /// The type; `None` for one that a newer program stored.
    pub fn kind(&self) -> Option<LinkKind> {
        LinkKind::from_key(&self.kind)
    }

    /// The part that an issue plays; `None` when it is no end of this link.
    pub fn direction_of(&self, issue: i64) -> Option<Direction> {
        if self.issue_id == issue {
            return Some(Direction::Outward);
        }
        (self.other_id == issue).then_some(Direction::Inward)
    }

    /// The other end.
    pub const fn other_end(&self, issue: i64) -> i64 {
        if self.issue_id == issue { self.other_id } else { self.issue_id }
    }
}

/// One link.
pub const BY_ID: &str = "SELECT id, kind, issue_id, other_id, created_at, created_by, updated_at, updated_by FROM link \
     WHERE org_id = $1 AND id = $2";
/// The links of several issues, from either end. Two halves, so that each has its index.
pub const OF_ISSUES: &str = "SELECT id, kind, issue_id, other_id, created_at, created_by, \
     updated_at, updated_by FROM link WHERE org_id = $1 AND issue_id {any:$2} \
     UNION SELECT id, kind, issue_id, other_id, created_at, created_by, \
     updated_at, updated_by FROM link WHERE org_id = $1 AND other_id {any:$2} ORDER BY id";
/// The links of one type between two issues, whichever plays which part.
pub const BETWEEN: &str = "SELECT id, kind, issue_id, other_id, created_at, created_by, \
     updated_at, updated_by FROM link WHERE org_id = $1 AND issue_id = $2 AND kind = $3 AND other_id = $4 \
     UNION ALL SELECT id, kind, issue_id, other_id, created_at, created_by, \
     updated_at, updated_by FROM link WHERE org_id = $1 AND issue_id = $4 AND kind = $3 AND other_id = $2";
/// Adds a link.
pub const INSERT: &str = "INSERT INTO link \
     (org_id, id, kind, issue_id, other_id, created_at, created_by) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// Removes a link.
pub const DELETE: &str = "DELETE FROM link WHERE org_id = $1 AND id = $2";
/// Says when and by whom a link was last changed.
pub const RESTAMP: &str =
    "UPDATE link SET updated_at = $3, updated_by = $4 WHERE org_id = $1 AND id = $2";
/// Whether an issue ($3) is among the ancestors of another ($2) by links of a type.
pub const IS_ABOVE: &str = "WITH RECURSIVE above (id) AS ( \
     SELECT issue_id FROM link WHERE org_id = $1 AND other_id = $2 AND kind = $4 \
     UNION SELECT l.issue_id FROM link l JOIN above a ON l.other_id = a.id \
     WHERE l.org_id = $1 AND l.kind = $4) \
     SELECT id FROM above WHERE id = $3";

/// One link.
///
/// # Errors
/// The database fails.
pub fn by_id(cx: &mut Cx<'_, '_>, id: i64) -> Result<Option<LinkRow>> {
    Ok(cx.tx.opt(BY_ID, &[&cx.dict.org_id, &id])?)
}

/// The links of several issues, oldest first, each once.
///
/// # Errors
/// The database fails.
pub fn of_issues(cx: &mut Cx<'_, '_>, issues: &[i64]) -> Result<Vec<LinkRow>> {
    if issues.is_empty() {
        return Ok(Vec::new());
    }
    Ok(cx.tx.all_by_ids(OF_ISSUES, &[&cx.dict.org_id], issues)?)
}

/// The links of a type between two issues: none, one, or one each way.
///
/// # Errors
/// The database fails.
pub fn between(cx: &mut Cx<'_, '_>, kind: LinkKind, one: i64, two: i64) -> Result<Vec<LinkRow>> {
    Ok(cx.tx.all(BETWEEN, &[&cx.dict.org_id, &one, &kind.key(), &two])?)
}

/// Adds a link.
///
/// # Errors
/// The database fails.
pub fn insert(cx: &mut Cx<'_, '_>, kind: LinkKind, outward: i64, inward: i64) -> Result<LinkRow> {
    let row = LinkRow {
        id: cx.next(Series::Link)?,
        kind: kind.key().to_owned(),
        issue_id: outward,
        other_id: inward,
        created_at: cx.now,
        created_by: cx.actor.uid,
        updated_at: None,
        updated_by: None,
    };
    let org = cx.dict.org_id;
    let params: [&dyn trackway_db::Param; 7] =
        [&org, &row.id, &row.kind, &outward, &inward, &row.created_at, &row.created_by];
    cx.tx.exec(INSERT, &params)?;
    Ok(row)
}

/// Says when and by whom an imported link was last changed.
///
/// # Errors
/// The database fails.
pub fn restamp(cx: &mut Cx<'_, '_>, row: &mut LinkRow, (at, by): (i64, i64)) -> Result<()> {
    cx.tx.exec(RESTAMP, &[&cx.dict.org_id, &row.id, &at, &by])?;
    (row.updated_at, row.updated_by) = (Some(at), Some(by));
    Ok(())
}

/// Removes a link.
///
/// # Errors
/// The database fails.
pub fn delete(cx: &mut Cx<'_, '_>, id: i64) -> Result<()> {
    cx.tx.exec(DELETE, &[&cx.dict.org_id, &id])?;
    Ok(())
}

/// Whether `above` is an ancestor of `issue`.
///
/// # Errors
/// The database fails.
pub fn is_above(cx: &mut Cx<'_, '_>, issue: i64, above: i64) -> Result<bool> {
    let params: [&dyn trackway_db::Param; 4] =
        [&cx.dict.org_id, &issue, &above, &LinkKind::Subtask.key()];
    let found: Option<(i64,)> = cx.tx.opt(IS_ABOVE, &params)?;
    Ok(found.is_some())
}

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[BY_ID, OF_ISSUES, BETWEEN, INSERT, RESTAMP, DELETE, IS_ABOVE];
