//! Read connections, one for each read that runs at the same time.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use super::conn::{Conn, Role};
use crate::error::{Error, Result};
use crate::job::{self, ReadJob};
use crate::options::Options;
use crate::tx::Tx;

/// A stack of idle connections. The last one used is the next one taken, so its caches are warm
/// and there are never more connections than reads at the same time.
pub(crate) struct Readers {
    path: PathBuf,
    options: Options,
    idle: Mutex<Vec<Conn>>,
    closed: AtomicBool,
}

impl Readers {
    pub(crate) fn new(path: PathBuf, options: Options) -> Self {
        Self { path, options, idle: Mutex::default(), closed: AtomicBool::new(false) }
    }

    /// Runs `f` in a read transaction on the calling thread.
    pub(crate) fn read<T, E: From<Error>>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.take()?;
        let result = catch_unwind(AssertUnwindSafe(|| f(&mut Tx::sqlite(&mut connection))));
        self.give_back(connection);
        match result {
            Ok(result) => result,
            Err(payload) => resume_unwind(payload),
        }
    }

    /// Runs `f` in a read transaction without a limit of time, on a connection of its own.
    pub(crate) fn snapshot<T, E: From<Error>>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let options = Options { read_timeout: Duration::MAX, ..self.options.clone() };
        let mut connection = Conn::open(&self.path, Role::Reader, &options)?;
        connection.begin_read()?;
        let result = f(&mut Tx::sqlite(&mut connection));
        connection.end_read()?;
        result
    }

    /// Runs a job of the search pool.
    pub(crate) fn run(&self, job: ReadJob) {
        match self.take() {
            Ok(mut connection) => {
                job::read(job, Ok(&mut Tx::sqlite(&mut connection)));
                self.give_back(connection);
            }
            Err(error) => job::read(job, Err(error)),
        }
    }

    /// Closes the idle connections; those in use are closed when they come back.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.idle.lock().clear();
    }

    fn take(&self) -> Result<Conn> {
        if self.closed.load(Ordering::Acquire) {
            return Err(job::closed());
        }
        let idle = self.idle.lock().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => Conn::open(&self.path, Role::Reader, &self.options)?,
        };
        connection.begin_read()?;
        Ok(connection)
    }

    fn give_back(&self, mut connection: Conn) {
        if let Err(error) = connection.end_read() {
            tracing::warn!(%error, "a read connection is dropped");
            return;
        }
        let mut idle = self.idle.lock();
        if idle.len() < self.options.idle_readers && !self.closed.load(Ordering::Acquire) {
            idle.push(connection);
        }
    }
}
