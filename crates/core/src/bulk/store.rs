//! The rows of bulk changes.

use crate::cx::Cx;
use crate::error::{Error, Result};

trackway_db::row! {
    /// A bulk change.
    pub struct BulkRow {
        pub id: i64,
        pub created_at: i64,
        pub created_by: i64,
        pub status: i64,
        pub operation: String,
        pub notify: i64,
        pub total: i64,
        pub handled: i64,
        pub failed: i64,
        pub chunks: i64,
        pub next_chunk: i64,
    }
    /// An issue that failed.
    pub struct FailureRow {
        pub issue: String,
        pub error: String,
    }
}

/// Adds a bulk change.
pub const INSERT: &str = "INSERT INTO bulk_change (org_id, id, created_at, created_by, status, operation, \
     notify, total, handled, failed, chunks, next_chunk) \
     VALUES ($1, $2, $3, $4, 0, $5, $6, $7, 0, 0, $8, 0)";
/// Adds the issues of one transaction.
pub const INSERT_CHUNK: &str = "INSERT INTO bulk_chunk (org_id, bulk_id, num, issues) VALUES";
/// One bulk change.
pub const ONE: &str = "SELECT id, created_at, created_by, status, operation, notify, total, handled, \
     failed, chunks, next_chunk FROM bulk_change WHERE org_id = $1 AND id = $2";
/// The issues of one transaction.
pub const GET_CHUNK: &str =
    "SELECT issues FROM bulk_chunk WHERE org_id = $1 AND bulk_id = $2 AND num = $3";
/// Forgets the issues of a finished bulk change.
pub const DELETE_CHUNKS: &str = "DELETE FROM bulk_chunk WHERE org_id = $1 AND bulk_id = $2";
/// Notes progress.
pub const PROGRESS: &str = "UPDATE bulk_change SET status = $3, handled = handled + $4, \
     failed = failed + $5, next_chunk = next_chunk + 1 WHERE org_id = $1 AND id = $2";
/// Ends a bulk change that has not ended.
pub const END: &str =
    "UPDATE bulk_change SET status = $3 WHERE org_id = $1 AND id = $2 AND status < 2";
/// Notes a failure.
pub const INSERT_FAILURE: &str = "INSERT INTO bulk_failure (org_id, bulk_id, place, issue, error) \
     VALUES ($1, $2, $3, $4, $5)";
/// The failures of a bulk change.
pub const FAILURES: &str = "SELECT issue, error FROM bulk_failure \
     WHERE org_id = $1 AND bulk_id = $2 ORDER BY place";

/// Every statement of this module that is complete.
pub const ALL_SQL: &[&str] =
    &[INSERT, ONE, GET_CHUNK, DELETE_CHUNKS, PROGRESS, END, INSERT_FAILURE, FAILURES];

/// Adds the issues of a bulk change.
///
/// # Errors
/// The database fails.
pub fn insert_chunks(cx: &mut Cx<'_, '_>, bulk: i64, chunks: &[String]) -> Result<()> {
    let org = cx.dict.org_id;
    let numbered: Vec<(i64, &String)> = (0..).zip(chunks).collect();
    let mut values: Vec<&dyn trackway_db::Param> = Vec::with_capacity(chunks.len() * 4);
    for (num, issues) in &numbered {
        values.extend([&org as &dyn trackway_db::Param, &bulk, num, *issues]);
    }
    cx.tx.insert_many(INSERT_CHUNK, 4, &values)?;
    Ok(())
}

/// One bulk change.
///
/// # Errors
/// The database fails.
pub fn one(cx: &mut Cx<'_, '_>, id: i64) -> Result<Option<BulkRow>> {
    Ok(cx.tx.opt(ONE, &[&cx.dict.org_id, &id])?)
}

/// The issues of one transaction, as they were named.
///
/// # Errors
/// The database fails.
pub fn chunk(cx: &mut Cx<'_, '_>, bulk: i64, num: i64) -> Result<Vec<String>> {
    let row: Option<(String,)> = cx.tx.opt(GET_CHUNK, &[&cx.dict.org_id, &bulk, &num])?;
    row.map_or(Ok(Vec::new()), |(json,)| serde_json::from_str(&json).map_err(Error::internal))
}
