//! The rows of links to other applications.

use crate::cx::Cx;
use crate::error::Result;
use crate::ids::Series;

trackway_db::row! {
    /// A link to an object of another application; `outward` tells the part of the issue.
    pub struct RemoteRow {
        pub id: i64,
        pub issue_id: i64,
        pub kind: String,
        pub outward: i64,
        pub application_id: i64,
        pub object_key: String,
        pub created_at: i64,
        pub created_by: i64,
    }
}

/// Links of an issue.
pub const OF_ISSUE: &str = "SELECT id, issue_id, kind, outward, application_id, object_key, \
     created_at, created_by FROM remote_link WHERE org_id = $1 AND issue_id = $2 ORDER BY id";
/// Adds a link.
pub const INSERT: &str = "INSERT INTO remote_link (org_id, id, issue_id, kind, outward, \
     application_id, object_key, created_at, created_by) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
/// Removes a link.
pub const DELETE: &str = "DELETE FROM remote_link WHERE org_id = $1 AND id = $2";
/// Removes the links of an issue.
pub const DELETE_OF: &str = "DELETE FROM remote_link WHERE org_id = $1 AND issue_id = $2";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[OF_ISSUE, INSERT, DELETE, DELETE_OF];

/// Links of an issue, oldest first.
///
/// # Errors
/// The database fails.
pub fn of_issue(cx: &mut Cx<'_, '_>, issue: i64) -> Result<Vec<RemoteRow>> {
    Ok(cx.tx.all(OF_ISSUE, &[&cx.dict.org_id, &issue])?)
}

/// Adds a link.
///
/// # Errors
/// The database fails.
pub fn insert(cx: &mut Cx<'_, '_>, row: RemoteRow) -> Result<RemoteRow> {
    let row = RemoteRow { id: cx.next(Series::RemoteLink)?, ..row };
    let org = cx.dict.org_id;
    let params: [&dyn trackway_db::Param; 9] = [
        &org,
        &row.id,
        &row.issue_id,
        &row.kind,
        &row.outward,
        &row.application_id,
        &row.object_key,
        &row.created_at,
        &row.created_by,
    ];
    cx.tx.exec(INSERT, &params)?;
    Ok(row)
}

/// Removes a link.
///
/// # Errors
/// The database fails.
pub fn delete(cx: &mut Cx<'_, '_>, id: i64) -> Result<()> {
    cx.tx.exec(DELETE, &[&cx.dict.org_id, &id])?;
    Ok(())
}

/// Removes the links of an issue that is being removed.
///
/// # Errors
/// The database fails.
pub fn delete_of(cx: &mut Cx<'_, '_>, issue: i64) -> Result<()> {
    cx.tx.exec(DELETE_OF, &[&cx.dict.org_id, &issue])?;
    Ok(())
}
