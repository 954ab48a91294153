//! Migrations: numbered steps, forward only, one text for both engines.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Error, Result};
use crate::sqlite::statistics;
use crate::tx::Tx;
use crate::{Db, Engine, template};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its place: the steps of a program are ordered by it, without repetition.
    pub number: u32,
    /// What it does, for people.
    pub name: &'static str,
    /// Statements with the substitutions of the crate's page. Never changed after a release.
    pub sql: &'static str,
}

crate::row! {
    /// A step that the database has.
    struct Applied {
        number: i64,
        checksum: i64,
    }
}

const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    number {int} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    checksum {int} NOT NULL,
    applied_at {int} NOT NULL
) {strict}";
const SELECT_APPLIED: &str = "SELECT number, checksum FROM schema_migration ORDER BY number";
const INSERT_APPLIED: &str =
    "INSERT INTO schema_migration (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)";
/// Held by one node until its step is committed; the number is "trackway" in ASCII.
const LOCK: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
    SELECT pg_advisory_xact_lock(8390876182488014201)";

/// Applies the steps that the database does not have yet, each in a transaction of its own.
pub(crate) fn migrate(db: &Db, steps: &[Migration]) -> Result<()> {
    check_order(steps)?;
    db.write_now(|tx| {
        lock(tx)?;
        let applied = applied(tx)?;
        check_applied(&applied, steps)
    })?;
    let mut any = false;
    for step in steps {
        let fresh = db.write_now(|tx| {
            lock(tx)?;
            // Another node may have applied it since.
            let applied = applied(tx)?;
            check_applied(&applied, steps)?;
            if applied.iter().any(|row| row.number == i64::from(step.number)) {
                return Ok(false);
            }
            apply(tx, step).map(|()| true)
        })?;
        if fresh {
            tracing::info!(number = step.number, name = step.name, "migration applied");
            any = true;
        }
    }
    db.write_now(|tx| inform_planner(tx, any))
}

/// PostgreSQL takes its own statistics.
fn inform_planner(tx: &mut Tx<'_>, changed: bool) -> Result<()> {
    if tx.engine() == Engine::Sqlite && (changed || !statistics::present(tx)?) {
        statistics::fill(tx)?;
    }
    Ok(())
}

fn lock(tx: &mut Tx<'_>) -> Result<()> {
    if tx.engine() == Engine::Postgres {
        tx.batch(LOCK)?;
    }
    tx.batch(&template::expand(CREATE_TABLE, tx.engine()))
}

fn applied(tx: &mut Tx<'_>) -> Result<Vec<Applied>> {
    tx.all(SELECT_APPLIED, &[])
}

fn apply(tx: &mut Tx<'_>, step: &Migration) -> Result<()> {
    let sql = template::expand(step.sql, tx.engine());
    tx.batch(&sql).map_err(|error| {
        Error::Schema(format!("step {} ({}) failed: {error}", step.number, step.name))
    })?;
    let number = i64::from(step.number);
    tx.exec(INSERT_APPLIED, &[&number, &step.name, &checksum(step.sql), &now_ms()])?;
    Ok(())
}

fn check_order(steps: &[Migration]) -> Result<()> {
    match steps.windows(2).find(|pair| pair[0].number >= pair[1].number) {
        None => Ok(()),
        Some(pair) => Err(Error::Schema(format!("step {} is out of order", pair[1].number))),
    }
}

/// The database must have a beginning of our steps, unchanged.
fn check_applied(applied: &[Applied], steps: &[Migration]) -> Result<()> {
    for (position, row) in applied.iter().enumerate() {
        let number = row.number;
        let Some(step) = steps.get(position) else {
            return Err(Error::Schema(format!(
                "the database is newer than this program: it has step {number}"
            )));
        };
        if i64::from(step.number) != number {
            return Err(Error::Schema(format!(
                "the database has step {number} where this program has step {}",
                step.number
            )));
        }
        if row.checksum != checksum(step.sql) {
            return Err(Error::Schema(format!(
                "step {number} ({}) was changed after it had been applied",
                step.name
            )));
        }
    }
    Ok(())
}

/// FNV-1a over the text, blind to how a checkout ends its lines.
fn checksum(sql: &str) -> i64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in sql.bytes().filter(|&byte| byte != b'\r') {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash.cast_signed()
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_ignores_carriage_returns_only() {
        assert_eq!(checksum("a\r\nb"), checksum("a\nb"));
        assert_ne!(checksum("a\nb"), checksum("a b"));
    }

    #[test]
    fn steps_must_be_ordered() {
        let step = |number| Migration { number, name: "x", sql: "" };
        assert!(check_order(&[step(1), step(2)]).is_ok());
        assert!(check_order(&[step(2), step(2)]).is_err());
    }
}
