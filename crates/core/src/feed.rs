//! The change feed: one row for each changed issue or dictionary object, written in the
//! transaction of the change (design, section 7). A starting node replays what its index snapshot
//! has not seen; a running one follows what others did.

use trackway_db::{Engine, Tx};

use crate::account_cx::AccountCx;
use crate::audit::INSTALLATION;
use crate::cx::Cx;
use crate::dict::Stored;
use crate::error::Result;
use crate::ids::Series;

/// Adds an entry.
pub const INSERT: &str = "INSERT INTO change (id, org_id, kind, entity) VALUES ($1, $2, $3, $4)";
/// Entries after a cursor on SQLite, where ids follow the order of commits.
pub const AFTER_ID: &str =
    "SELECT id, org_id, kind, entity FROM change WHERE id > $1 ORDER BY id LIMIT 10000";
/// Entries after a cursor on PostgreSQL: those of transactions that may have been open then.
/// Some come again; applying them twice does no harm.
pub const AFTER_XID: &str =
    "SELECT id, org_id, kind, entity FROM change WHERE xid >= $1 ORDER BY xid, id";
/// The cursor on SQLite.
pub const LAST_ID: &str = "SELECT COALESCE(MAX(id), 0) FROM change";
/// The cursor on PostgreSQL: every transaction below it has ended.
pub const LAST_XID: &str = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
/// Forgets entries that every snapshot has seen.
pub const PRUNE: &str = "DELETE FROM change WHERE id <= $1";

const ISSUE: &str = "issue";
const CREDENTIALS: &str = "credentials";

trackway_db::row! {
    /// An entry of the feed.
    pub struct Entry {
        pub id: i64,
        pub org_id: i64,
        pub kind: String,
        pub entity: i64,
    }
}

impl Entry {
    /// Whether an issue changed, and not a dictionary object.
    pub fn is_issue(&self) -> bool {
        self.kind == ISSUE
    }

    /// Whether tokens were revoked or changed, which belongs to no organisation.
    pub fn is_credentials(&self) -> bool {
        self.kind == CREDENTIALS
    }
}

fn insert(cx: &mut Cx<'_, '_>, kind: &str, entity: i64) -> Result<()> {
    let id = cx.next(Series::Change)?;
    cx.tx.exec(INSERT, &[&id, &cx.dict.org_id, &kind, &entity])?;
    Ok(())
}

/// Tells that an issue changed.
///
/// # Errors
/// The database fails.
pub fn issue_changed(cx: &mut Cx<'_, '_>, id: i64) -> Result<()> {
    insert(cx, ISSUE, id)
}

/// Tells that a dictionary object changed.
///
/// # Errors
/// The database fails.
pub fn object_changed(cx: &mut Cx<'_, '_>, stored: &Stored) -> Result<()> {
    insert(cx, stored.kind.name(), stored.id)
}

/// Tells that tokens were revoked or changed, so that no process goes on believing what it remembers
/// of them (RV-08).
///
/// # Errors
/// The database fails.
pub fn credentials_changed(cx: &mut AccountCx<'_, '_>) -> Result<()> {
    let id = cx.next(Series::Change)?;
    cx.tx.exec(INSERT, &[&id, &INSTALLATION, &CREDENTIALS, &0_i64])?;
    Ok(())
}

/// The present end of the feed. Everything committed before this call is before it.
///
/// # Errors
/// The database fails.
pub fn cursor(tx: &mut Tx<'_>) -> Result<i64> {
    let sql = match tx.engine() {
        Engine::Sqlite => LAST_ID,
        Engine::Postgres => LAST_XID,
    };
    let (cursor,): (i64,) = tx.one(sql, &[])?;
    Ok(cursor)
}

/// Entries after a cursor.
///
/// # Errors
/// The database fails.
pub fn after(tx: &mut Tx<'_>, cursor: i64) -> Result<Vec<Entry>> {
    let sql = match tx.engine() {
        Engine::Sqlite => AFTER_ID,
        Engine::Postgres => AFTER_XID,
    };
    Ok(tx.all(sql, &[&cursor])?)
}
