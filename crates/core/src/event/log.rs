//! The event log of the whole installation in the order of commits: what followers and streams
//! read.
//!
//! On SQLite numbers follow the order of commits. On PostgreSQL a transaction with lower numbers
//! may be committed later, so a place is the transaction's number and the event's, and only what
//! is older than every open transaction is read (design, section 7, "Change feed").

use std::fmt;
use std::str::FromStr;

use trackway_db::{Engine, Tx};

use super::EventRow;
use crate::error::Result;

trackway_db::row! {
    /// An event with its place in the log.
    pub struct LoggedRow {
        pub xid: i64,
        pub org_id: i64,
        pub issue_id: i64,
        pub id: i64,
        pub at: i64,
        pub actor: i64,
        pub kind: String,
        pub body: String,
    }
}

/// Events after a place, on SQLite.
pub const AFTER_ID: &str = "SELECT 0, org_id, issue_id, id, at, actor, kind, body FROM event \
     WHERE id > $2 AND $1 >= 0 AND ($3 = 0 OR org_id = $3) ORDER BY id LIMIT $4";
/// Events after a place, on PostgreSQL.
pub const AFTER_XID: &str = "SELECT xid, org_id, issue_id, id, at, actor, kind, body FROM event \
     WHERE (xid, id) > ($1, $2) AND ($3 = 0 OR org_id = $3) \
     AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint \
     ORDER BY xid, id LIMIT $4";
/// The end of the log on SQLite.
pub const END_ID: &str = "SELECT 0, COALESCE(MAX(id), 0) FROM event";
/// The end of the log on PostgreSQL.
pub const END_XID: &str =
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1, 9223372036854775807";

/// The place of the last event on SQLite.
pub const LAST_ID: &str = "SELECT 0, id FROM event ORDER BY id DESC LIMIT 1";
/// The place of the last event on PostgreSQL.
pub const LAST_XID: &str = "SELECT xid, id FROM event ORDER BY xid DESC, id DESC LIMIT 1";

/// A place in the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Number of the transaction; 0 on SQLite.
    pub xid: i64,
    /// Number of the event.
    pub id: i64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.xid, self.id)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (xid, id) = text.trim().split_once('-').ok_or(())?;
        let number = |text: &str| text.parse().ok().filter(|n: &i64| *n >= 0).ok_or(());
        Ok(Self { xid: number(xid)?, id: number(id)? })
    }
}

impl LoggedRow {
    /// Its place.
    pub const fn place(&self) -> Place {
        Place { xid: self.xid, id: self.id }
    }

    /// The event as the changelog reads it.
    pub fn event(&self) -> EventRow {
        EventRow {
            id: self.id,
            at: self.at,
            actor: self.actor,
            kind: self.kind.clone(),
            body: self.body.clone(),
        }
    }
}

/// At most `limit` events after a place; those of one organisation, or with 0 of all.
///
/// # Errors
/// The database fails.
pub fn after(tx: &mut Tx<'_>, place: Place, org: i64, limit: i64) -> Result<Vec<LoggedRow>> {
    let sql = match tx.engine() {
        Engine::Sqlite => AFTER_ID,
        Engine::Postgres => AFTER_XID,
    };
    Ok(tx.all(sql, &[&place.xid, &place.id, &org, &limit])?)
}

/// The present end of the log.
///
/// # Errors
/// The database fails.
pub fn end(tx: &mut Tx<'_>) -> Result<Place> {
    let sql = match tx.engine() {
        Engine::Sqlite => END_ID,
        Engine::Postgres => END_XID,
    };
    let (xid, id): (i64, i64) = tx.one(sql, &[])?;
    Ok(Place { xid, id })
}

/// The place of the last event, where nobody else writes.
///
/// # Errors
/// The database fails.
pub fn last(tx: &mut Tx<'_>) -> Result<Place> {
    let sql = match tx.engine() {
        Engine::Sqlite => LAST_ID,
        Engine::Postgres => LAST_XID,
    };
    let row: Option<(i64, i64)> = tx.opt(sql, &[])?;
    Ok(row.map(|(xid, id)| Place { xid, id }).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_and_read() {
        let place = Place { xid: 7, id: 42 };
        assert_eq!(place.to_string().parse(), Ok(place));
        for bad in ["", "7", "7-", "-7-1", "a-b", "7-1-2"] {
            assert!(bad.parse::<Place>().is_err(), "{bad}");
        }
        assert!(Place { xid: 1, id: 9 } < Place { xid: 2, id: 1 });
    }
}
