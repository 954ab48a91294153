//! One connection to SQLite: opening, prepared statements, running them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::{CachedStatement, Connection, OpenFlags};
use rustc_hash::FxHashMap;

use crate::Engine;
use crate::error::{Error, Result};
use crate::options::Options;
use crate::row::{FromRow, RowRef, Source};
use crate::template;
use crate::value::Param;

/// Prepared statements that a connection keeps (section 6 of the design).
const STATEMENTS: usize = 256;
/// Rewritten texts that a connection remembers before it forgets them all.
const PLANS: usize = 4 * STATEMENTS;
/// How many steps of SQLite's machine pass between two looks at the clock: well under 1 ms.
const STEPS_BETWEEN_CLOCK: i32 = 4_000;

/// What a connection is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Role {
    /// The only one that writes.
    Writer {
        /// Whether commits must survive a crash; a temporary database need not.
        durable: bool,
    },
    /// Refuses to write, and has a time limit.
    Reader,
}

/// A connection with its rewritten statements.
pub(crate) struct Conn {
    raw: Connection,
    role: Role,
    plans: FxHashMap<Box<str>, Arc<Plan>>,
    deadline: Deadline,
    read_timeout: Duration,
}

/// A statement as this engine takes it.
struct Plan {
    sql: Box<str>,
    /// For each of SQLite's parameters in order of first use, the position in the caller's list.
    slots: Box<[usize]>,
    /// How many parameters the caller must give.
    params: usize,
}

impl Conn {
    pub(crate) fn open(path: &Path, role: Role, options: &Options) -> Result<Self> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if matches!(role, Role::Writer { .. }) {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let mut raw = Connection::open_with_flags(path, flags).map_err(|error| {
            Error::Unavailable(format!("cannot open {}: {error}", path.display()))
        })?;
        raw.set_prepared_statement_cache_capacity(STATEMENTS);
        // Double quotes mean names only, as in PostgreSQL.
        raw.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        raw.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        // A plan must not depend on bound values: otherwise SQLite parses and plans a cached
        // statement anew for each binding, which was 35 % of the time of reading an issue.
        raw.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        raw.execute_batch(&pragmas(role, options))?;
        let deadline = Deadline::new();
        if matches!(role, Role::Reader) {
            let deadline = deadline.clone();
            raw.progress_handler(STEPS_BETWEEN_CLOCK, Some(move || deadline.passed()))?;
        }
        let read_timeout = options.read_timeout;
        Ok(Self { raw, role, plans: FxHashMap::default(), deadline, read_timeout })
    }

    /// Begins a read transaction; the snapshot is taken by its first statement.
    pub(crate) fn begin_read(&mut self) -> Result<()> {
        self.deadline.set(self.read_timeout);
        self.control("BEGIN DEFERRED")
    }

    /// Ends a read transaction, or does nothing if an error of SQLite has ended it.
    pub(crate) fn end_read(&mut self) -> Result<()> {
        // A timeout must not hit the end of the transaction as well.
        self.deadline.clear();
        if self.raw.is_autocommit() { Ok(()) } else { self.control("COMMIT") }
    }

    /// Runs BEGIN, COMMIT and the like as a cached statement.
    pub(crate) fn control(&mut self, sql: &str) -> Result<()> {
        self.raw.prepare_cached(sql)?.raw_execute()?;
        Ok(())
    }

    /// Whether the connection refuses to write.
    pub(crate) fn is_reader(&self) -> bool {
        matches!(self.role, Role::Reader)
    }

    /// Whether no transaction is open.
    pub(crate) fn is_idle(&self) -> bool {
        self.raw.is_autocommit()
    }

    /// Moves the whole WAL into the database file.
    pub(crate) fn checkpoint(&self) -> Result<()> {
        Ok(self.raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Moves what is in the WAL into the database file without waiting for anybody, and gives the
    /// pages that the WAL had.
    pub(crate) fn copy_wal(&self) -> Result<i64> {
        Ok(self.raw.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))?)
    }

    /// Calls a hook after each commit with the WAL and its pages, in place of SQLite's own, which
    /// copies the WAL back.
    pub(crate) fn after_commit(
        &mut self,
        mut hook: impl FnMut(&mut Wal, i32) + Send + 'static,
    ) -> Result<()> {
        Ok(self.raw.wal_hook(Some(move |wal: &mut Wal, pages| {
            hook(wal, pages);
            Ok(())
        }))?)
    }

    pub(crate) fn exec(&mut self, sql: &str, params: &[&dyn Param]) -> Result<u64> {
        let plan = self.plan(sql)?;
        let mut statement = self.bound(&plan, params)?;
        if statement.column_count() == 0 {
            let changed = statement.raw_execute()?;
            return Ok(changed as u64);
        }
        let mut rows = statement.raw_query();
        let mut count = 0;
        while rows.next()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    pub(crate) fn opt<T: FromRow>(
        &mut self,
        sql: &str,
        params: &[&dyn Param],
    ) -> Result<Option<T>> {
        let plan = self.plan(sql)?;
        let mut statement = self.bound(&plan, params)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        match rows.next()? {
            Some(row) => T::from_row(&RowRef(Source::Sqlite(row, columns))).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn each(
        &mut self,
        sql: &str,
        params: &[&dyn Param],
        f: &mut dyn FnMut(&RowRef<'_>) -> Result<()>,
    ) -> Result<()> {
        let plan = self.plan(sql)?;
        let mut statement = self.bound(&plan, params)?;
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            f(&RowRef(Source::Sqlite(row, columns)))?;
        }
        Ok(())
    }

    pub(crate) fn prepare(&mut self, sql: &str) -> Result<()> {
        self.plan(sql).map(drop)
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        Ok(self.raw.execute_batch(sql)?)
    }

    fn plan(&mut self, sql: &str) -> Result<Arc<Plan>> {
        if let Some(plan) = self.plans.get(sql) {
            return Ok(Arc::clone(plan));
        }
        let expanded = template::expand(sql, Engine::Sqlite);
        let (slots, params) = slots(&*self.raw.prepare_cached(&expanded)?)?;
        let plan = Arc::new(Plan { sql: expanded.into(), slots, params });
        if self.plans.len() >= PLANS {
            self.plans.clear();
        }
        self.plans.insert(sql.into(), Arc::clone(&plan));
        Ok(plan)
    }

    fn bound(&self, plan: &Plan, params: &[&dyn Param]) -> Result<CachedStatement<'_>> {
        if plan.params != params.len() {
            let (wanted, given) = (plan.params, params.len());
            return Err(Error::other(format!("{given} parameters where {wanted} are expected")));
        }
        let mut statement = self.raw.prepare_cached(&plan.sql)?;
        for (index, &position) in plan.slots.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, params[position].value())?;
        }
        Ok(statement)
    }
}

/// Maps SQLite's parameters, numbered by first use, to the `n` of their `$n`.
fn slots(statement: &rusqlite::Statement<'_>) -> Result<(Box<[usize]>, usize)> {
    let count = statement.parameter_count();
    let mut slots = Vec::with_capacity(count);
    for index in 1..=count {
        let number = statement
            .parameter_name(index)
            .and_then(|name| name.strip_prefix('$'))
            .and_then(|number| number.parse::<usize>().ok())
            .filter(|number| (1..=count).contains(number))
            .ok_or_else(|| Error::other("placeholders must be $1, $2 and so on without a gap"))?;
        slots.push(number - 1);
    }
    Ok((slots.into(), count))
}

fn pragmas(role: Role, options: &Options) -> String {
    let busy = options.busy_timeout.as_millis();
    let mmap = options.mmap_bytes;
    let common = format!(
        "PRAGMA busy_timeout = {busy}; PRAGMA mmap_size = {mmap}; PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;"
    );
    match role {
        Role::Reader => {
            let cache = options.reader_cache_bytes / 1024;
            format!("{common} PRAGMA cache_size = -{cache}; PRAGMA query_only = ON;")
        }
        Role::Writer { durable } => {
            let cache = options.writer_cache_bytes / 1024;
            let synchronous = if durable { "FULL" } else { "OFF" };
            // page_size counts only before the file has content. The WAL is never kept larger than
            // 64 MiB; when it is copied back is the checkpointer's business.
            format!(
                "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; {common}
                 PRAGMA cache_size = -{cache}; PRAGMA synchronous = {synchronous};
                 PRAGMA journal_size_limit = 67108864;"
            )
        }
    }
}

/// A point in time that the progress handler can see, in milliseconds since its creation.
#[derive(Clone)]
struct Deadline {
    start: Instant,
    at: Arc<AtomicU64>,
}

impl Deadline {
    fn new() -> Self {
        Self { start: Instant::now(), at: Arc::new(AtomicU64::new(u64::MAX)) }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn set(&self, limit: Duration) {
        let limit = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        self.at.store(self.now().saturating_add(limit), Ordering::Relaxed);
    }

    fn clear(&self) {
        self.at.store(u64::MAX, Ordering::Relaxed);
    }

    fn passed(&self) -> bool {
        self.now() >= self.at.load(Ordering::Relaxed)
    }
}
