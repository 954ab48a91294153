//! Identifiers: the 24-digit ones of issues, comments and changes, and where new numbers come from.

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use trackway_db::{Engine, Tx};

use crate::error::{Error, Result};
use crate::time::Instant;

/// What a 24-digit id stands for; four of its digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Tag {
    Issue = 0x1155,
    Comment = 0x2c0a,
    Change = 0x3c4a,
    Category = 0x4ca7,
    ChecklistItem = 0x4b1e,
    BulkChange = 0x4b1c,
    Queue = 0x0e0e,
    Screen = 0x5c2e,
    Entity = 0x5e11,
    EntityEvent = 0x5e12,
    Report = 0x5e13,
}

/// The 24-digit id of an object: creation second (8), kind (4), number (12) (design, section 7).
pub fn hex_id(tag: Tag, created: Instant, id: i64) -> String {
    let seconds = u32::try_from(created.div_euclid(1000)).unwrap_or(0);
    format!("{seconds:08x}{:04x}{id:012x}", tag as u16)
}

/// The number inside a 24-digit id of the given kind. The creation second is checked by whoever
/// has the object.
pub fn parse_hex_id(tag: Tag, text: &str) -> Option<i64> {
    if text.len() != 24 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let kind = u16::from_str_radix(text.get(8..12)?, 16).ok()?;
    (kind == tag as u16).then(|| i64::from_str_radix(text.get(12..)?, 16).ok()).flatten()
}

/// A series of numbers, each the primary key of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Series {
    Issue,
    Event,
    Comment,
    Link,
    Object,
    Account,
    Change,
    Audit,
    Attachment,
    Job,
    BulkChange,
    WebhookLog,
    Launch,
    Notice,
    Worklog,
    RemoteLink,
    EntityComment,
    EntityLink,
    EntityEvent,
}

impl Series {
    /// Every series.
    pub const ALL: &[Self] = &[
        Self::Issue,
        Self::Event,
        Self::Comment,
        Self::Link,
        Self::Object,
        Self::Account,
        Self::Change,
        Self::Audit,
        Self::Attachment,
        Self::Job,
        Self::BulkChange,
        Self::WebhookLog,
        Self::Launch,
        Self::Notice,
        Self::Worklog,
        Self::RemoteLink,
        Self::EntityComment,
        Self::EntityLink,
        Self::EntityEvent,
    ];

    const fn table(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Event => "event",
            Self::Comment => "comment",
            Self::Link => "link",
            Self::Object => "object",
            Self::Account => "account",
            Self::Change => "change",
            Self::Audit => "audit",
            Self::Attachment => "attachment",
            Self::Job => "job",
            Self::BulkChange => "bulk_change",
            Self::WebhookLog => "webhook_log",
            Self::Launch => "autoaction_launch",
            Self::Notice => "notice",
            Self::Worklog => "worklog",
            Self::RemoteLink => "remote_link",
            Self::EntityComment => "entity_comment",
            Self::EntityLink => "entity_link",
            Self::EntityEvent => "entity_event",
        }
    }

    /// The first number given out. Numbers below are ids of the stock dictionaries, and accounts
    /// look like the original's sixteen-digit uids.
    const fn first(self) -> i64 {
        match self {
            Self::Object => 1000,
            Self::Account => 8_000_000_000_000_000,
            _ => 1,
        }
    }

    /// Statement that reads the greatest number in use. Members of an organisation are objects
    /// under the uid of their account, which lies far above all other objects.
    ///
    /// Removed issues leave their numbers in a table of their own.
    pub fn greatest_sql(self) -> String {
        if self == Self::Issue {
            return "SELECT MAX(id) FROM (SELECT COALESCE(MAX(id), 0) AS id FROM issue \
                 UNION ALL SELECT COALESCE(MAX(id), 0) FROM issue_removed) AS known"
                .to_owned();
        }
        let below = match self {
            Self::Object => format!(" WHERE id < {}", Self::Account.first()),
            _ => String::new(),
        };
        format!("SELECT COALESCE(MAX(id), 0) FROM {}{below}", self.table())
    }

    /// Statement that sets a PostgreSQL sequence behind the greatest number in use, after rows were
    /// copied past it.
    pub fn restart_sql(self) -> String {
        let (table, first) = (self.table(), self.first());
        let greatest = self.greatest_sql();
        format!(
            "SELECT setval('{table}_seq', \
             (GREATEST(({greatest}) - {first} + {BLOCK}, 0) / {BLOCK}) * {BLOCK}, false)"
        )
    }

    /// Statement that reserves a block of numbers on PostgreSQL.
    pub fn block_sql(self) -> String {
        format!("SELECT nextval('{}_seq')", self.table())
    }
}

/// How many numbers a PostgreSQL sequence steps by: a node takes them in blocks, so that most
/// numbers cost no round trip.
pub const BLOCK: i64 = 64;

/// Gives out numbers. On SQLite this process is the only writer, so it counts in memory from the
/// greatest number in use; a number whose operation was rolled back is not given out again. On
/// PostgreSQL blocks are taken from sequences, which no rollback returns.
#[derive(Debug, Default)]
pub struct Numbers {
    ranges: Mutex<FxHashMap<Series, (i64, i64)>>,
}

impl Numbers {
    /// The next number of a series.
    ///
    /// # Errors
    /// The database fails.
    pub fn next(&self, tx: &mut Tx<'_>, series: Series) -> Result<i64> {
        if let Some((next, end)) = self.ranges.lock().get_mut(&series)
            && next < end
        {
            *next += 1;
            return Ok(*next - 1);
        }
        // Not under the lock: a round trip to PostgreSQL must not stop the other threads.
        let (start, end) = Self::refill(tx, series)?;
        self.ranges.lock().insert(series, (start + 1, end));
        Ok(start)
    }

    /// What a statement that numbers in order is given (see [`crate::cx::Cx::next_in_order`]).
    ///
    /// # Errors
    /// The database fails.
    pub fn next_in_order(&self, tx: &mut Tx<'_>, series: Series) -> Result<i64> {
        match tx.engine() {
            Engine::Sqlite => self.next(tx, series),
            Engine::Postgres => Ok(series.first()),
        }
    }

    fn refill(tx: &mut Tx<'_>, series: Series) -> Result<(i64, i64)> {
        let one = |tx: &mut Tx<'_>, sql: &str| -> Result<i64> {
            let (value,): (i64,) = tx.one(sql, &[]).map_err(Error::from)?;
            Ok(value)
        };
        match tx.engine() {
            Engine::Sqlite => {
                let start = (one(tx, &series.greatest_sql())? + 1).max(series.first());
                // `trackway admin` may write these beside a running server.
                let shared = matches!(
                    series,
                    Series::Object | Series::Account | Series::Change | Series::Audit
                );
                Ok((start, if shared { start + 1 } else { i64::MAX }))
            }
            Engine::Postgres => {
                let block = one(tx, &series.block_sql())?;
                let start = series.first() + block;
                Ok((start, start + BLOCK))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_ids_round_trip_and_keep_kinds_apart() {
        let id = hex_id(Tag::Issue, 1_715_938_865_120, 4711);
        assert_eq!(id.len(), 24);
        assert_eq!(parse_hex_id(Tag::Issue, &id), Some(4711));
        assert_eq!(parse_hex_id(Tag::Comment, &id), None);
        assert_eq!(parse_hex_id(Tag::Issue, "DEV-1"), None);
        assert_eq!(parse_hex_id(Tag::Issue, &"я".repeat(12)), None);
    }
}
