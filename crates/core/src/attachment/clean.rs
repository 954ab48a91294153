//! What lies in the store of files and is needed no more. A worker asks what is due, takes it away,
//! and says so; a crash in between makes it do so again, which does no harm.

use trackway_db::Tx;

use crate::error::Result;
use crate::time::{DAY_MS, Instant};

/// How long a file may hang on nothing.
pub const TEMPORARY_MS: i64 = 2 * DAY_MS;

/// How long an upload may take before what it left counts as trash.
pub const UPLOAD_MS: i64 = DAY_MS;

/// How many files are looked at in one go.
const BATCH: i64 = 200;

/// Bytes that are due; none while a backup copies files.
pub const DUE: &str = "SELECT blob FROM blob_trash WHERE due <= $1 \
     AND NOT EXISTS (SELECT 1 FROM blob_hold WHERE until_at > $1) ORDER BY due LIMIT $2";
/// Bytes that were taken away.
pub const FORGET: &str = "DELETE FROM blob_trash WHERE blob = $1";
/// Files that hang on nothing for too long.
pub const EXPIRED: &str = "SELECT org_id, id, blob FROM attachment \
     WHERE owner_kind = 0 AND created_at < $1 ORDER BY created_at LIMIT $2";
/// Removes such a file.
pub const EXPIRE: &str = "DELETE FROM attachment WHERE org_id = $1 AND id = $2 AND owner_kind = 0";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[DUE, FORGET, EXPIRED, EXPIRE];

/// Removes files that nobody attached to anything; their bytes become trash. Answers how many.
///
/// # Errors
/// The database fails.
pub fn expire(tx: &mut Tx<'_>, now: Instant) -> Result<usize> {
    let rows: Vec<(i64, i64, String)> = tx.all(EXPIRED, &[&(now - TEMPORARY_MS), &BATCH])?;
    for (org, id, blob) in &rows {
        if tx.exec(EXPIRE, &[org, id])? > 0 {
            tx.exec(super::store::INSERT_TRASH, &[blob, &now])?;
        }
    }
    Ok(rows.len())
}

/// Names of bytes to take away now; at most a batch.
///
/// # Errors
/// The database fails.
pub fn due(tx: &mut Tx<'_>, now: Instant) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx.all(DUE, &[&now, &BATCH])?;
    Ok(rows.into_iter().map(|(blob,)| blob).collect())
}

/// Forgets bytes that were taken away.
///
/// # Errors
/// The database fails.
pub fn forget(tx: &mut Tx<'_>, blobs: &[String]) -> Result<()> {
    for blob in blobs {
        tx.exec(FORGET, &[blob])?;
    }
    Ok(())
}
