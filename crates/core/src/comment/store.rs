//! The rows of comments.

use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::error::{Code, Error, Result};
use crate::ids::{Series, Tag, hex_id};
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
    fn json(&self) -> Result<String> {
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

/// A page of an issue's comments.
pub const PAGE: &str = "SELECT id, issue_id, version, created_at, created_by, updated_at, \
     updated_by, text, extra FROM comment \
     WHERE org_id = $1 AND issue_id = $2 AND id > $3 AND deleted = 0 ORDER BY id LIMIT $4";
/// One comment of an issue.
pub const ONE: &str = "SELECT id, issue_id, version, created_at, created_by, updated_at, \
     updated_by, text, extra FROM comment \
     WHERE org_id = $1 AND issue_id = $2 AND id = $3 AND deleted = 0";
/// Mentions of the comments of several issues.
pub const MENTIONS: &str = "SELECT id, issue_id, text FROM comment \
     WHERE org_id = $1 AND issue_id {any:$2} AND deleted = 0 ORDER BY id";
/// The comments of several issues.
pub const OF_ISSUES: &str = "SELECT id, issue_id, version, created_at, created_by, updated_at, \
     updated_by, text, extra FROM comment \
     WHERE org_id = $1 AND issue_id {any:$2} AND deleted = 0 ORDER BY id";
/// When the newest comment of an issue was written.
pub const NEWEST: &str = "SELECT created_at FROM comment \
     WHERE org_id = $1 AND issue_id = $2 AND deleted = 0 ORDER BY id DESC LIMIT 1";
/// Adds a comment.
pub const INSERT: &str = "INSERT INTO comment (org_id, issue_id, id, version, created_at, \
     created_by, updated_at, updated_by, deleted, text, extra) \
     VALUES ($1, $2, $3, $4, $5, $6, $5, $6, 0, $7, $8)";
/// Changes a comment that still has the version the change was made from.
pub const UPDATE: &str = "UPDATE comment SET version = version + 1, updated_at = $4, \
     updated_by = $5, text = $6, extra = $7 \
     WHERE org_id = $1 AND issue_id = $2 AND id = $3 AND version = $8 AND deleted = 0";
/// Says when and by whom an imported comment was last changed.
pub const RESTAMP: &str = "UPDATE comment SET updated_at = $4, updated_by = $5 \
     WHERE org_id = $1 AND issue_id = $2 AND id = $3";
/// Empties the comments of a removed issue. The rows stay, since their numbers must not come again.
pub const DELETE_OF: &str =
    "UPDATE comment SET deleted = 1, text = '', extra = '{}' WHERE org_id = $1 AND issue_id = $2";
/// Deletes the reactions to the comments of a removed issue.
pub const DELETE_REACTIONS: &str =
    "DELETE FROM comment_reaction WHERE org_id = $1 AND issue_id = $2";
/// Deletes a comment. The row stays, since its number must not come again.
pub const DELETE: &str = "UPDATE comment SET version = version + 1, updated_at = $4, \
     updated_by = $5, deleted = 1 \
     WHERE org_id = $1 AND issue_id = $2 AND id = $3 AND version = $6 AND deleted = 0";

/// At most `limit` comments of an issue after the one with number `after`.
///
/// # Errors
/// The database fails.
pub fn page(cx: &mut Cx<'_, '_>, issue: i64, after: i64, limit: usize) -> Result<Vec<CommentRow>> {
    let limit = i64::try_from(limit).map_err(Error::internal)?;
    Ok(cx.tx.all(PAGE, &[&cx.dict.org_id, &issue, &after, &limit])?)
}

/// One comment of an issue.
///
/// # Errors
/// The database fails.
pub fn one(cx: &mut Cx<'_, '_>, issue: i64, id: i64) -> Result<Option<CommentRow>> {
    Ok(cx.tx.opt(ONE, &[&cx.dict.org_id, &issue, &id])?)
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
    Ok(cx.tx.all_by_ids(OF_ISSUES, &[&cx.dict.org_id], issues)?)
}

/// When the newest comment of an issue was written.
///
/// # Errors
/// The database fails.
pub fn newest(cx: &mut Cx<'_, '_>, issue: i64) -> Result<Option<i64>> {
    let row: Option<(i64,)> = cx.tx.opt(NEWEST, &[&cx.dict.org_id, &issue])?;
    Ok(row.map(|(at,)| at))
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
    let row = CommentRow {
        id: cx.next(Series::Comment)?,
        issue_id: issue,
        version: 1,
        created_at: cx.now,
        created_by: cx.actor.uid,
        updated_at: cx.now,
        updated_by: cx.actor.uid,
        text,
        extra: called.json()?,
    };
    let org = cx.dict.org_id;
    let params: [&dyn trackway_db::Param; 8] = [
        &org,
        &issue,
        &row.id,
        &row.version,
        &row.created_at,
        &row.created_by,
        &row.text,
        &row.extra,
    ];
    cx.tx.exec(INSERT, &params)?;
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
    let row = CommentRow {
        version: old.version + 1,
        updated_at: cx.now,
        updated_by: cx.actor.uid,
        text,
        extra: called.json()?,
        ..old.clone()
    };
    let org = cx.dict.org_id;
    let params: [&dyn trackway_db::Param; 8] = [
        &org,
        &row.issue_id,
        &row.id,
        &row.updated_at,
        &row.updated_by,
        &row.text,
        &row.extra,
        &old.version,
    ];
    let changed = cx.tx.exec(UPDATE, &params)?;
    if changed == 0 {
        return Err(Code::VersionConflict.with(old.version));
    }
    words::touch(cx, row.issue_id)?;
    Ok(row)
}

/// Deletes a comment.
///
/// # Errors
/// The database fails; 409 when somebody else changed it meanwhile.
pub fn delete(cx: &mut Cx<'_, '_>, row: &CommentRow) -> Result<()> {
    let org = cx.dict.org_id;
    let params: [&dyn trackway_db::Param; 6] =
        [&org, &row.issue_id, &row.id, &cx.now, &cx.actor.uid, &row.version];
    let changed = cx.tx.exec(DELETE, &params)?;
    if changed == 0 {
        return Err(Code::VersionConflict.with(row.version));
    }
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
    for sql in [DELETE_OF, DELETE_REACTIONS] {
        cx.tx.exec(sql, &[&cx.dict.org_id, &issue])?;
    }
    Ok(())
}

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[
    PAGE,
    ONE,
    MENTIONS,
    OF_ISSUES,
    NEWEST,
    INSERT,
    UPDATE,
    RESTAMP,
    DELETE_OF,
    DELETE_REACTIONS,
    DELETE,
];
