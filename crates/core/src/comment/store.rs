//! The rows of comments.

use serde::{Deserialize, Serialize};

use super::thread::OF_ISSUES;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::ids::{Tag, hex_id};
use crate::words;

trackway_db::row! {
    /// A comment that is not deleted. `extra` is JSON of [`Called`].
    pub struct CommentRow {
        pub id: i64,
        pub issue_id: i64,
        pub version: i64,
        pub created_at: i64,
        pub created_by: i64,
        pub updated_at: i64,
        pub updated_by: i64,
        pub text: String,
        pub extra: String,
    }
    /// What it takes to mention a comment.
    pub struct MentionRow {
        pub id: i64,
        pub issue_id: i64,
        pub text: String,
    }
}

/// Who is called by a comment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Called {
    /// People.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub summonees: Vec<i64>,
    /// Addresses of mailing lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub maillist_summonees: Vec<String>,
}

impl Called {
    pub(super) fn json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}

impl CommentRow {
    /// 24-digit id.
    pub fn hex(&self) -> String {
        hex_id(Tag::Comment, self.created_at, self.id)
    }

    /// Who is called by it.
    pub fn called(&self) -> Called {
        serde_json::from_str(&self.extra).unwrap_or_default()
    }
}

/// Mentions of the comments of several issues.
pub const MENTIONS: &str = "SELECT id, issue_id, text FROM comment \
     WHERE org_id = $1 AND issue_id {any:$2} AND deleted = 0 ORDER BY id";
/// Says when and by whom an imported comment was last changed.
pub const RESTAMP: &str = "UPDATE comment SET updated_at = $4, updated_by = $5 \
     WHERE org_id = $1 AND issue_id = $2 AND id = $3";
/// The comments of several issues.
pub const OF_SEVERAL: &str = "SELECT id, issue_id, version, created_at, created_by, updated_at, \
     updated_by, text, extra FROM comment \
     WHERE org_id = $1 AND issue_id {any:$2} AND deleted = 0 ORDER BY id";
/// Deletes the reactions to the comments of a removed issue.
pub const DELETE_REACTIONS: &str =
    "DELETE FROM comment_reaction WHERE org_id = $1 AND issue_id = $2";

/// At most `limit` comments of an issue after the one with number `after`.
///
/// # Errors
/// The database fails.
pub fn page(cx: &mut Cx<'_, '_>, issue: i64, after: i64, limit: usize) -> Result<Vec<CommentRow>> {
    OF_ISSUES.after(cx, issue, after, limit)
}

/// One comment of an issue.
///
/// # Errors
/// The database fails.
pub fn one(cx: &mut Cx<'_, '_>, issue: i64, id: i64) -> Result<Option<CommentRow>> {
    OF_ISSUES.one(cx, issue, id)
}

/// Mentions of all comments of several issues, oldest first.
///
/// # Errors
/// The database fails.
pub fn mentions(cx: &mut Cx<'_, '_>, issues: &[i64]) -> Result<Vec<MentionRow>> {
    if issues.is_empty() {
        return Ok(Vec::new());
    }
    Ok(cx.tx.all_by_ids(MENTIONS, &[&cx.dict.org_id], issues)?)
}

/// All comments of several issues, oldest first.
///
/// # Errors
/// The database fails.
pub fn of_issues(cx: &mut Cx<'_, '_>, issues: &[i64]) -> Result<Vec<CommentRow>> {
    if issues.is_empty() {
        return Ok(Vec::new());
    }
    Ok(cx.tx.all_by_ids(OF_SEVERAL, &[&cx.dict.org_id], issues)?)
}

/// When the newest comment of an issue was written.
///
/// # Errors
/// The database fails.
pub fn newest(cx: &mut Cx<'_, '_>, issue: i64) -> Result<Option<i64>> {
    OF_ISSUES.newest(cx, issue)
}

/// Adds a comment of the actor.
///
/// # Errors
/// The database fails.
pub fn insert(
    cx: &mut Cx<'_, '_>,
    issue: i64,
    text: String,
    called: &Called,
) -> Result<CommentRow> {
    let row = OF_ISSUES.insert(cx, issue, text, called)?;
    words::touch(cx, issue)?;
    Ok(row)
}

/// Changes a comment and answers its new state.
///
/// # Errors
/// The database fails; 409 when somebody else changed it meanwhile.
pub fn update(
    cx: &mut Cx<'_, '_>,
    old: &CommentRow,
    text: String,
    called: &Called,
) -> Result<CommentRow> {
    let row = OF_ISSUES.update(cx, old, text, called)?;
    words::touch(cx, row.issue_id)?;
    Ok(row)
}

/// Deletes a comment.
///
/// # Errors
/// The database fails; 409 when somebody else changed it meanwhile.
pub fn delete(cx: &mut Cx<'_, '_>, row: &CommentRow) -> Result<()> {
    OF_ISSUES.delete(cx, row)?;
    words::touch(cx, row.issue_id)
}

/// Says when and by whom an imported comment was last changed.
///
/// # Errors
/// The database fails.
pub fn restamp(cx: &mut Cx<'_, '_>, row: &mut CommentRow, (at, by): (i64, i64)) -> Result<()> {
    cx.tx.exec(RESTAMP, &[&cx.dict.org_id, &row.issue_id, &row.id, &at, &by])?;
    (row.updated_at, row.updated_by) = (at, by);
    Ok(())
}

/// Empties the comments of an issue that is being removed.
///
/// # Errors
/// The database fails.
pub fn delete_of(cx: &mut Cx<'_, '_>, issue: i64) -> Result<()> {
    OF_ISSUES.empty(cx, issue)?;
    cx.tx.exec(DELETE_REACTIONS, &[&cx.dict.org_id, &issue])?;
    Ok(())
}

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[MENTIONS, RESTAMP, OF_SEVERAL, DELETE_REACTIONS];
