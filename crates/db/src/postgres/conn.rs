//! One connection to PostgreSQL: settings, prepared statements, running them.

use std::sync::Arc;
use std::time::Duration;

use fallible_iterator::FallibleIterator;
use postgres::{Client, Config, RowIter, Statement};
use rustc_hash::FxHashMap;

use super::tls::{self, Tls};
use crate::Engine;
use crate::error::{Error, Result};
use crate::node;
use crate::options::Options;
use crate::row::{FromRow, RowRef, Source};
use crate::template;
use crate::value::Param;

/// Prepared statements that a connection keeps before it forgets them all.
const STATEMENTS: usize = 512;
/// How long to wait for a server that does not answer, unless the URL says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How to connect.
pub(crate) struct Connector {
    config: Config,
    tls: Tls,
    settings: String,
}

impl Connector {
    pub(crate) fn new(url: &str, node: &str, options: &Options) -> Result<Arc<Self>> {
        // The parser's message names the faulty part, never the password.
        let mut config: Config = tls::known_mode(url)
            .parse()
            .map_err(|error| Error::Unavailable(format!("database URL: {error}")))?;
        let own = config.get_application_name().unwrap_or("trackway").to_owned();
        config.application_name(&node::application(&own, node));
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        let statement = options.read_timeout.as_millis();
        let lock = options.busy_timeout.as_millis();
        // Compiling costs more than any of our short statements. So does planning them each time, and
        // a plan made for values trusts statistics that a new table does not have: it walked an
        // organisation for fifty rows. Every statement has an index meant for it.
        let settings = format!(
            "SET statement_timeout = {statement}; SET lock_timeout = {lock};
             SET idle_in_transaction_session_timeout = 60000;
             SET client_min_messages = warning; SET jit = off;
             SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off"
        );
        let tls = Tls::of(&config)?;
        Ok(Arc::new(Self { config, tls, settings }))
    }

    pub(crate) fn connect(&self) -> Result<Conn> {
        let mut client = self.tls.connect(&self.config)?;
        client.batch_execute(&self.settings)?;
        Ok(Conn {
            client,
            statements: FxHashMap::default(),
            failed: None,
            repeat: false,
            broken: false,
            writing: false,
        })
    }
}

/// A connection with its prepared statements.
pub(crate) struct Conn {
    client: Client,
    statements: FxHashMap<Box<str>, Statement>,
    /// The first error since the transaction began or a savepoint was undone: PostgreSQL turns the
    /// COMMIT of such a transaction into a rollback without saying so.
    failed: Option<Error>,
    /// Whether PostgreSQL asked to repeat the transaction.
    repeat: bool,
    /// Whether an error said that this connection is lost; the client notices it only later.
    broken: bool,
    /// Whether a transaction that may write is open.
    writing: bool,
}

impl Conn {
    /// Begins a transaction that may write.
    pub(crate) fn begin(&mut self) -> Result<()> {
        self.forget();
        self.writing = true;
        self.batch("BEGIN")
    }

    /// Whether what it reads has been committed.
    pub(crate) fn is_reader(&self) -> bool {
        !self.writing
    }

    /// Commits; an error if a statement has failed.
    pub(crate) fn commit(&mut self) -> Result<()> {
        if let Some(error) = self.failed.take() {
            self.rollback();
            return Err(error);
        }
        self.writing = false;
        self.batch("COMMIT")
    }

    /// Rolls back. A failure shows in [`is_closed`](Self::is_closed).
    pub(crate) fn rollback(&mut self) {
        self.writing = false;
        if let Err(error) = self.batch("ROLLBACK") {
            tracing::debug!(%error, "rollback failed");
            self.broken = true;
        }
    }

    /// Clears what earlier work has left.
    pub(crate) fn forget(&mut self) {
        self.failed = None;
        self.repeat = false;
    }

    /// A savepoint was undone, so the transaction is sound again.
    pub(crate) fn forgive(&mut self) {
        self.failed = None;
    }

    /// The transaction is to be repeated if it is rolled back.
    pub(crate) fn collided(&mut self) {
        self.repeat = true;
    }

    /// Whether the transaction is to be repeated: PostgreSQL asked for it, or its job did.
    pub(crate) fn wants_repeat(&self) -> bool {
        self.repeat
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.broken || self.client.is_closed()
    }

    /// Whether the server still answers; costs a round trip.
    pub(crate) fn answers(&mut self) -> bool {
        self.client.check_connection().is_ok()
    }

    pub(crate) fn exec(&mut self, sql: &str, params: &[&dyn Param]) -> Result<u64> {
        self.run(sql, params, &mut |_| Ok(()))
    }

    pub(crate) fn opt<T: FromRow>(
        &mut self,
        sql: &str,
        params: &[&dyn Param],
    ) -> Result<Option<T>> {
        let mut first = None;
        self.run(sql, params, &mut |row| {
            if first.is_none() {
                first = Some(T::from_row(row)?);
            }
            Ok(())
        })?;
        Ok(first)
    }

    pub(crate) fn each(
        &mut self,
        sql: &str,
        params: &[&dyn Param],
        f: &mut dyn FnMut(&RowRef<'_>) -> Result<()>,
    ) -> Result<()> {
        self.run(sql, params, f).map(drop)
    }

    pub(crate) fn prepare(&mut self, sql: &str) -> Result<()> {
        self.statement(sql).map(drop)
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        let done = self.client.batch_execute(sql).map_err(Error::from);
        self.note(done)
    }

    /// Runs a statement to its end and gives the number of rows changed or returned.
    fn run(
        &mut self,
        sql: &str,
        params: &[&dyn Param],
        f: &mut dyn FnMut(&RowRef<'_>) -> Result<()>,
    ) -> Result<u64> {
        let found = self.statement(sql);
        let statement = self.note(found)?;
        if statement.params().len() != params.len() {
            let (wanted, given) = (statement.params().len(), params.len());
            return Err(Error::other(format!("{given} parameters where {wanted} are expected")));
        }
        let values = params.iter().map(|param| param.value());
        let mut refused = Ok(());
        let done = match self.client.query_raw(&statement, values) {
            Ok(rows) => drain(rows, f, &mut refused),
            Err(error) => Err(error.into()),
        };
        let count = self.note(done)?;
        // The caller's own error does no harm to the transaction.
        refused.map(|()| count)
    }

    fn statement(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(&template::expand(sql, Engine::Postgres))?;
        if self.statements.len() >= STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(sql.into(), statement.clone());
        Ok(statement)
    }

    /// Remembers that a statement failed.
    fn note<T>(&mut self, done: Result<T>) -> Result<T> {
        if let Err(error) = &done {
            match error {
                Error::Serialization => self.repeat = true,
                Error::Unavailable(_) => self.broken = true,
                _ => {}
            }
            if self.failed.is_none() {
                self.failed = Some(error.clone());
            }
        }
        done
    }
}

/// Passes rows to `f` until they end or it refuses one.
fn drain(
    mut rows: RowIter<'_>,
    f: &mut dyn FnMut(&RowRef<'_>) -> Result<()>,
    refused: &mut Result<()>,
) -> Result<u64> {
    while let Some(row) = rows.next()? {
        *refused = f(&RowRef(Source::Postgres(&row)));
        if refused.is_err() {
            return Ok(0);
        }
    }
    Ok(rows.rows_affected().unwrap_or(0))
}
