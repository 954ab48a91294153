//! The storage façade of Trackway: the same SQL on SQLite and on PostgreSQL.
//!
//! [`Db`] opens a database and carries work to it over bounded lanes; [`Tx`] is the transaction
//! that domain code sees. Nothing here is async and nothing knows what an issue is.
//!
//! ```
//! use trackway_db::{Db, Migration, Options, Result};
//!
//! trackway_db::row! {
//!     /// A queue.
//!     pub struct QueueRow { pub id: i64, pub key: String }
//! }
//!
//! # fn main() -> Result<()> {
//! let db = Db::open(Options::default())?;
//! db.migrate(&[Migration {
//!     number: 1,
//!     name: "queues",
//!     sql: "CREATE TABLE queue (id {id} PRIMARY KEY, key {text} NOT NULL UNIQUE) {strict}",
//! }])?;
//! db.write_now(|tx| tx.exec("INSERT INTO queue (id, key) VALUES ($1, $2)", &[&7_i64, &"TREK"]))?;
//! let queues: Vec<QueueRow> =
//!     db.read(|tx| tx.all_by_ids("SELECT id, key FROM queue WHERE id {any:$1}", &[], &[7, 8]))?;
//! assert_eq!(queues[0].key, "TREK");
//! # Ok(())
//! # }
//! ```
//!
//! # SQL for both engines
//!
//! - Placeholders are `$1`, `$2`, in any order and as often as wanted, without gaps.
//! - Four column types: BIGINT (ids, milliseconds, flags), TEXT, DOUBLE, BYTES.
//! - `SUM` of BIGINT is NUMERIC on PostgreSQL: write `CAST(SUM(x) AS BIGINT)`.
//! - After a failed statement PostgreSQL refuses the rest of the transaction: where an error is
//!   handled and not passed on, use [`Tx::savepoint`].
//! - Names in braces are replaced by what the engine needs, in statements and in migrations:
//!
//! | written | SQLite | PostgreSQL |
//! | --- | --- | --- |
//! | `id {any:$2}` | `id IN (SELECT value FROM json_each($2))` | `id = ANY($2)` |
//! | `{for_update}` | nothing | `FOR UPDATE` |
//! | `{skip_locked}` | nothing | `SKIP LOCKED` |
//! | `{id}`, `{int}` | `INTEGER` | `BIGINT` |
//! | `{text}` | `TEXT` | `TEXT COLLATE "C"`, so that both order by bytes |
//! | `{bytes}` | `BLOB` | `BYTEA` |
//! | `{double}` | `REAL` | `DOUBLE PRECISION` |
//! | `{strict}` after `CREATE TABLE (..)` | `STRICT` | nothing |
//! | `{strict_keyed}` | `STRICT, WITHOUT ROWID` | nothing |
//! | `{sqlite:..}` | the text | nothing |
//! | `{postgres:..}` | nothing | the text |
//!
//! # Threads
//!
//! [`Db::read`] and [`Db::write_now`] block. With PostgreSQL they must not be called on a thread
//! that drives an async runtime (there, use [`Db::spawn_read`] and [`Db::submit_write`]), and never
//! from inside another transaction of the same database.

mod db;
mod dump;
mod error;
mod job;
mod migrate;
mod node;
mod options;
mod postgres;
mod row;
mod sqlite;
mod template;
#[cfg(feature = "testing")]
pub mod testing;
mod threads;
mod tx;
mod value;

pub use db::{Db, Engine};
pub use dump::Cell;
pub use error::{Error, Result};
pub use job::{Full, Lane, Outcome, Queued, ReadJob, Rollback, WriteJob};
pub use migrate::Migration;
pub use options::{Options, Target};
pub use row::{Columns, FromColumn, FromRow, RowRef};
pub use tx::Tx;
pub use value::{Ids, Param, Value};
