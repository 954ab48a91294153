//! What a copy of a whole installation consists of, in a form of neither engine: the rows of all
//! tables but those that can be made again. How it lies in a file is the business of others.
//!
//! A copy is one state of the database, whatever is written meanwhile. A copy of one engine can be
//! loaded into the other.

use std::io;

use rustc_hash::FxHashSet;
use trackway_db::{Cell, Db, Engine, RowRef, Tx, Value};

use crate::event::log;
use crate::ids::Series;
use crate::notice::follow;
use crate::time::Instant;
use crate::tracker::MIGRATIONS;
use crate::words;

/// Tables that are not copied: made again from the others, or of no meaning elsewhere.
const LEFT_OUT: &[&str] = &[
    "schema_migration",
    "word",
    "word_pending",
    "word_state",
    "change",
    "scroll",
    "blob_trash",
    "blob_hold",
    "follower",
];
/// A column that only PostgreSQL has: places in the order of its transactions.
const XID: &str = "xid";
/// The table that others refer to, hence the first one.
const FIRST: &str = "account";
/// The table that is followed.
const EVENT: &str = "event";

/// The last step of the schema.
pub const STEP: &str = "SELECT COALESCE(MAX(number), 0) FROM schema_migration";
/// Files that belong to something.
pub const FILES: &str = "SELECT blob, size FROM attachment ORDER BY org_id, id";
/// Keeps the store of files from taking anything away.
pub const HOLD: &str = "INSERT INTO blob_hold (name, until_at) VALUES ($1, $2) \
     ON CONFLICT (name) DO UPDATE SET until_at = excluded.until_at";
/// Lets it go on.
pub const RELEASE: &str = "DELETE FROM blob_hold WHERE name = $1";
/// Events after a place, on SQLite.
pub const UNTOLD_ID: &str = "SELECT id FROM event WHERE $1 >= 0 AND id > $2";
/// Events after a place, on PostgreSQL.
pub const UNTOLD_XID: &str = "SELECT id FROM event WHERE (xid, id) > ($1, $2)";

/// Why a copy cannot be made or loaded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database fails.
    #[error(transparent)]
    Database(#[from] trackway_db::Error),
    /// The copy cannot be written or read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A step of the tracker fails.
    #[error(transparent)]
    Tracker(#[from] crate::Error),
    /// The copy does not fit this place or this program.
    #[error("{0}")]
    Unfit(String),
}

/// Result of making or loading a copy.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What has to be known before the first row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The last step of the schema.
    pub step: i64,
    /// Events that notifications and webhooks have not followed yet.
    pub untold: Vec<i64>,
}

/// A file outside of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Its name in the store.
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
}

/// Takes a copy.
pub trait Sink {
    /// Hears what has to be known before the first row.
    fn header(&mut self, header: &Header) -> io::Result<()>;

    /// Hears which table the next rows are of.
    fn table(&mut self, name: &str, columns: &[String]) -> io::Result<()>;

    /// Takes a row.
    fn row(&mut self, cells: &[Value<'_>]) -> io::Result<()>;
}

/// Hands over one state of the database, and answers which files belong to it.
///
/// # Errors
/// The database or the sink fails.
pub fn copy(db: &Db, sink: &mut dyn Sink) -> Result<Vec<Blob>> {
    db.snapshot(|tx| {
        let step = tx.one(STEP, &[])?;
        sink.header(&Header { step, untold: untold(tx)? })?;
        for table in copied(tx)? {
            let columns = columns(tx, &table)?;
            sink.table(&table, &columns)?;
            let mut failed = None;
            let done = tx.each_row(&table, &columns, &mut |row| {
                hand_over(row, columns.len(), sink, &mut failed)
            });
            match failed {
                Some(error) => return Err(Error::Io(error)),
                None => done?,
            }
        }
        blobs(tx)
    })
}

/// Files that belong to something.
///
/// # Errors
/// The database fails.
pub fn files(db: &Db) -> Result<Vec<Blob>> {
    db.snapshot(blobs)
}

fn blobs(tx: &mut Tx<'_>) -> Result<Vec<Blob>> {
    let files: Vec<(String, i64)> = tx.all(FILES, &[])?;
    Ok(files.into_iter().map(|(name, size)| Blob { name, size }).collect())
}

fn hand_over(
    row: &RowRef<'_>,
    columns: usize,
    sink: &mut dyn Sink,
    failed: &mut Option<io::Error>,
) -> trackway_db::Result<()> {
    let cells: Vec<Value<'_>> =
        (0..columns).map(|column| row.cell(column)).collect::<Result<_, _>>()?;
    sink.row(&cells).map_err(|error| {
        let told = trackway_db::Error::Other(error.to_string());
        *failed = Some(error);
        told
    })
}

/// Tables in the order in which they can be filled.
fn copied(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let mut tables = tx.tables()?;
    tables.retain(|table| !LEFT_OUT.contains(&table.as_str()));
    tables.sort_by_key(|table| table != FIRST);
    Ok(tables)
}

fn columns(tx: &mut Tx<'_>, table: &str) -> Result<Vec<String>> {
    let mut columns = tx.table_columns(table)?;
    columns.retain(|column| column != XID);
    Ok(columns)
}

/// Events that the follower of the log has not come to.
fn untold(tx: &mut Tx<'_>) -> Result<Vec<i64>> {
    let Some(place) = follow::peek(tx)? else { return Ok(Vec::new()) };
    let sql = match tx.engine() {
        Engine::Sqlite => UNTOLD_ID,
        Engine::Postgres => UNTOLD_XID,
    };
    Ok(tx.all(sql, &[&place.xid, &place.id])?)
}

/// Keeps files that are deleted meanwhile in their store until `until`.
///
/// # Errors
/// The database fails.
pub fn hold(db: &Db, name: &str, until: Instant) -> Result<()> {
    Ok(db.write_now(|tx| tx.exec(HOLD, &[&name, &until]).map(drop))?)
}

/// Ends [`hold`].
///
/// # Errors
/// The database fails.
pub fn release(db: &Db, name: &str) -> Result<()> {
    Ok(db.write_now(|tx| tx.exec(RELEASE, &[&name]).map(drop))?)
}

/// Loads a copy into an empty database.
pub struct Loader<'d> {
    db: &'d Db,
    untold: FxHashSet<i64>,
    /// The rows of those events, which come last.
    kept: Vec<(Vec<String>, Vec<Cell>)>,
}

impl<'d> Loader<'d> {
    /// Makes the schema as it was.
    ///
    /// # Errors
    /// The database is not empty, or the copy is of a newer program.
    pub fn begin(db: &'d Db, header: &Header) -> Result<Self> {
        if db.read(|tx| -> Result<bool> { Ok(!tx.tables()?.is_empty()) })? {
            return Err(Error::Unfit("the database is not empty".to_owned()));
        }
        let known = MIGRATIONS.iter().position(|step| i64::from(step.number) == header.step);
        let Some(steps) = known.and_then(|last| MIGRATIONS.get(..=last)) else {
            let message = format!("it is of a newer program (its schema is {})", header.step);
            return Err(Error::Unfit(message));
        };
        db.migrate(steps)?;
        db.write_now(|tx| -> Result<()> {
            // What a migration puts there comes with the copy, perhaps changed.
            for table in copied(tx)?.iter().rev() {
                tx.delete_rows(table)?;
            }
            Ok(())
        })?;
        let untold = header.untold.iter().copied().collect();
        Ok(Self { db, untold, kept: Vec::new() })
    }

    /// Adds rows of a table, in a transaction; `cells` holds them one after the other.
    ///
    /// # Errors
    /// The database fails, or does not know the table or a column.
    pub fn rows(&mut self, table: &str, columns: &[String], cells: Vec<Cell>) -> Result<()> {
        if LEFT_OUT.contains(&table) {
            return Err(Error::Unfit(format!("a copy has no table {table:?}")));
        }
        let id = columns.iter().position(|column| column == "id");
        let cells = match id {
            Some(id) if table == EVENT && !self.untold.is_empty() => {
                self.keep_back(columns, id, &cells)
            }
            _ => cells,
        };
        self.insert(table, columns, &cells)
    }

    fn insert(&self, table: &str, columns: &[String], cells: &[Cell]) -> Result<()> {
        self.db.write_now(|tx| {
            let known = tx.table_columns(table)?;
            if let Some(unknown) = columns.iter().find(|column| !known.contains(column)) {
                let message = format!("this program knows no column {unknown:?} of {table:?}");
                return Err(Error::Unfit(message));
            }
            tx.insert_rows(table, columns, cells)?;
            Ok(())
        })
    }

    /// The rows of events but the untold ones, which are put aside.
    fn keep_back(&mut self, columns: &[String], id: usize, cells: &[Cell]) -> Vec<Cell> {
        let (mut told, mut untold) = (Vec::with_capacity(cells.len()), Vec::new());
        for row in cells.chunks(columns.len().max(1)) {
            let is_untold = matches!(row.get(id), Some(Cell::Int(id)) if self.untold.contains(id));
            let to = if is_untold { &mut untold } else { &mut told };
            to.extend_from_slice(row);
        }
        self.kept.push((columns.to_vec(), untold));
        told
    }

    /// Makes what was not copied, and brings the schema up to date.
    ///
    /// # Errors
    /// The database fails.
    pub fn finish(self) -> Result<()> {
        // The follower begins where it stood: after what it was told, before the rest.
        self.db.write_now(|tx| -> Result<()> {
            let mut place = log::last(tx)?;
            if tx.engine() == Engine::Sqlite
                && let Some(first) = self.untold.iter().min()
            {
                place.id = place.id.min(first - 1);
            }
            Ok(follow::begin(tx, place)?)
        })?;
        for (columns, cells) in &self.kept {
            self.insert(EVENT, columns, cells)?;
        }
        self.db.write_now(|tx| -> Result<()> {
            words::store::touch_everything(tx)?;
            if tx.engine() == Engine::Postgres {
                for series in Series::ALL {
                    tx.exec(&series.restart_sql(), &[])?;
                }
            }
            Ok(())
        })?;
        Ok(self.db.migrate(MIGRATIONS)?)
    }
}

#[cfg(test)]
mod tests;
