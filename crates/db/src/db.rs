//! The handle to a database.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::job::{Full, Lane, Queued, ReadJob, WriteJob};
use crate::migrate::{self, Migration};
use crate::options::{Options, Target};
use crate::tx::Tx;
use crate::{node, postgres, sqlite};

/// The database engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file beside the program.
    Sqlite,
    /// A server, for several nodes.
    Postgres,
}

/// A handle to an open database; clones share it. The last one closes it.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    store: Store,
    node: String,
}

enum Store {
    Sqlite(sqlite::Store),
    Postgres(postgres::Store),
}

impl Db {
    /// Opens the database and starts its threads.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the file cannot be opened or the server cannot be reached.
    #[expect(clippy::needless_pass_by_value, reason = "a caller makes options for one database")]
    pub fn open(options: Options) -> Result<Self> {
        let node = node::name();
        let store = match &options.target {
            Target::SqliteFile(path) => {
                Store::Sqlite(sqlite::Store::open(path.clone(), None, &options)?)
            }
            Target::SqliteMemory => {
                let folder = sqlite::temporary_folder()?;
                let path = folder.join("temporary.db");
                Store::Sqlite(sqlite::Store::open(path, Some(folder), &options)?)
            }
            Target::Postgres(url) => Store::Postgres(postgres::Store::open(url, &node, &options)?),
        };
        Ok(Self(Arc::new(Inner { store, node })))
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        match &self.0.store {
            Store::Sqlite(_) => Engine::Sqlite,
            Store::Postgres(_) => Engine::Postgres,
        }
    }

    /// Names this handle among all that are open on the database, now or later.
    pub fn node(&self) -> &str {
        &self.0.node
    }

    /// The names of all handles that are open on the database at this moment, whatever process they
    /// are in. One that died is not among them as soon as its connections are gone.
    ///
    /// # Errors
    /// The database fails.
    pub fn live_nodes(&self) -> Result<Vec<String>> {
        match self.engine() {
            // The file is locked for one process.
            Engine::Sqlite => Ok(vec![self.node().to_owned()]),
            Engine::Postgres => self.read(|tx| {
                let rows: Vec<(String,)> = tx.all(node::APPLICATIONS, &[])?;
                Ok(rows.iter().filter_map(|(name,)| node::of_application(name)).collect())
            }),
        }
    }

    /// Brings the schema up to date: applies the missing steps, each in a transaction. Several
    /// nodes may do it at the same time.
    ///
    /// # Errors
    /// [`Error::Schema`] if the database has steps that the program does not know, if an applied
    /// step was changed since, or if a step fails.
    pub fn migrate(&self, steps: &[Migration]) -> Result<()> {
        migrate::migrate(self, steps)
    }

    /// Prepares each statement, for a test that all SQL of a program fits the engine.
    ///
    /// # Errors
    /// [`Error::Other`] with the first statement that does not.
    pub fn prepare_all(&self, sql: &[&str]) -> Result<()> {
        self.read(|tx| {
            for text in sql {
                tx.prepare(text).map_err(|error| Error::other(format!("{error}\nin: {text}")))?;
            }
            Ok(())
        })
    }

    /// Runs `f` on the calling thread: on SQLite in a read transaction, which sees one state of
    /// the database; on PostgreSQL on a borrowed connection without a transaction.
    ///
    /// It waits for a connection on PostgreSQL. See the crate's page about threads.
    pub fn read<T, E: From<Error>>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.0.store {
            Store::Sqlite(store) => store.read(f),
            Store::Postgres(store) => store.read(f),
        }
    }

    /// Runs `f` on the calling thread in a transaction that sees one state of the database on
    /// either engine and that no limit of time ends, on a connection of its own: for copies of the
    /// whole database.
    pub fn snapshot<T, E: From<Error>>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.0.store {
            Store::Sqlite(store) => store.snapshot(f),
            Store::Postgres(store) => store.snapshot(f),
        }
    }

    /// Runs `f` on the calling thread as a write, through the same queue as
    /// [`submit_write`](Self::submit_write), and returns when it is durable. An error of `f` undoes
    /// it. It waits if the queue is full. See the crate's page about threads.
    ///
    /// # Panics
    /// If `f` panics; its changes are undone.
    pub fn write_now<T, E: From<Error>>(
        &self,
        f: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &self.0.store {
            Store::Sqlite(store) => store.write_now(f),
            Store::Postgres(store) => store.write_now(f),
        }
    }

    /// Whether short reads may run inline with [`read`](Self::read), even on a thread that drives
    /// an async runtime: true on SQLite, where they take microseconds and never wait.
    pub fn reads_inline(&self) -> bool {
        self.engine() == Engine::Sqlite
    }

    /// Runs a read on a thread of the pool. On SQLite there is one queue for both lanes.
    ///
    /// # Errors
    /// [`Full`] if too many wait or the database is closed; then the job is dropped.
    pub fn spawn_read(&self, lane: Lane, job: ReadJob) -> Result<(), Full> {
        match &self.0.store {
            Store::Sqlite(store) => store.spawn_read(job),
            Store::Postgres(store) => store.spawn_read(lane, job),
        }
    }

    /// Queues a write.
    ///
    /// # Errors
    /// [`Full`] if too many wait or the database is closed; then the job is dropped, without
    /// [`WriteJob::done`].
    pub fn submit_write(&self, job: Box<dyn WriteJob>) -> Result<(), Full> {
        match &self.0.store {
            Store::Sqlite(store) => store.submit_write(job),
            Store::Postgres(store) => store.submit_write(job),
        }
    }

    /// How many jobs wait in each queue.
    pub fn queued(&self) -> Queued {
        match &self.0.store {
            Store::Sqlite(store) => store.queued(),
            Store::Postgres(store) => store.queued(),
        }
    }

    /// Takes no more work, finishes what waits, ends the threads and on SQLite moves the WAL into
    /// the file. May be called more than once.
    pub fn close(&self) {
        self.0.store.close();
    }
}

impl Store {
    fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close(),
            Self::Postgres(store) => store.close(),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.store.close();
    }
}
