//! Settings of the store.

use std::path::PathBuf;
use std::time::Duration;

/// Where the data lives.
#[derive(Debug, Clone)]
pub enum Target {
    /// A file of SQLite, created if it does not exist; its folder must exist.
    SqliteFile(PathBuf),
    /// A SQLite database that ends with its last [`Db`](crate::Db). It is a file in the temporary
    /// folder without fsync: databases in memory cannot be read while they are written.
    SqliteMemory,
    /// A PostgreSQL server, as `postgres://..` or `host=.. user=..`.
    Postgres(String),
}

/// Settings of the store, with defaults that fit a small server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the data lives.
    pub target: Target,
    /// Time limit of a read transaction on SQLite, of a statement on PostgreSQL.
    pub read_timeout: Duration,
    /// How long to wait for a lock of another process (SQLite) or another transaction
    /// (PostgreSQL).
    pub busy_timeout: Duration,
    /// Write jobs that may wait.
    pub write_queue: usize,
    /// Reads by key that may wait (PostgreSQL).
    pub read_queue: usize,
    /// Searches that may wait.
    pub search_queue: usize,
    /// Threads for searches; on PostgreSQL three quarters of the connections at most. More than the
    /// cores can run only make each other wait. Default: two for each core.
    pub search_threads: usize,
    /// Read connections kept open while nobody reads (SQLite).
    pub idle_readers: usize,
    /// Bytes of the file that each connection may map into memory (SQLite). Default 0, off: mapped
    /// pages count as resident, once for each connection. At 1 M issues 256 MiB gain 15 % on a
    /// point read (6.4 instead of 7.5 µs) and break the target of 200 MiB with one connection.
    pub mmap_bytes: u64,
    /// Page cache of each read connection, in bytes (SQLite).
    pub reader_cache_bytes: u64,
    /// Page cache of the writer, in bytes (SQLite).
    pub writer_cache_bytes: u64,
    /// Connections, each with its thread (PostgreSQL).
    pub connections: usize,
}

impl Options {
    /// The defaults for a target.
    pub fn new(target: Target) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            target,
            read_timeout: Duration::from_secs(10),
            busy_timeout: Duration::from_secs(5),
            write_queue: 1024,
            read_queue: 1024,
            search_queue: 256,
            search_threads: 2 * cores,
            idle_readers: 16.max(2 * cores),
            mmap_bytes: 0,
            reader_cache_bytes: 2 << 20,
            writer_cache_bytes: 8 << 20,
            connections: 16,
        }
    }
}

impl Default for Options {
    /// A temporary SQLite database.
    fn default() -> Self {
        Self::new(Target::SqliteMemory)
    }
}
