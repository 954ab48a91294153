//! The writer thread: group commit with a savepoint for each job (section 4 of the design).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use super::checkpoint;
use super::conn::Conn;
use crate::error::{Error, Result};
use crate::job::{self, Guest, Outcome, Verdict, WriteJob};
use crate::options::Options;
use crate::tx::Tx;

/// Jobs that one COMMIT may carry.
const GROUP_JOBS: usize = 64;
/// Time after which a group takes no more jobs.
const GROUP_TIME: Duration = Duration::from_millis(2);
/// A job slower than this holds up all others and is logged (section 14 of the design).
const SLOW_JOB: Duration = Duration::from_millis(5);

/// What waits for the writer.
pub(crate) enum Item {
    /// A job to run here.
    Job(Box<dyn WriteJob>),
    /// A blocking caller who borrows the connection.
    Guest(Guest<Box<Conn>>),
}

impl Item {
    fn name(&self) -> &'static str {
        match self {
            Self::Job(job) => job.name(),
            Self::Guest(_) => "write_now",
        }
    }

    fn done(self, outcome: Outcome) {
        match self {
            Self::Job(job) => job::finish(job, outcome),
            Self::Guest(guest) => guest.done(outcome),
        }
    }
}

/// The writer and its connection.
pub(crate) struct Writer {
    /// Empty only after a borrower vanished with it, until the next group reopens it.
    connection: Option<Box<Conn>>,
    path: PathBuf,
    durable: bool,
    options: Options,
}

impl Writer {
    pub(crate) fn new(connection: Conn, path: PathBuf, durable: bool, options: Options) -> Self {
        Self { connection: Some(Box::new(connection)), path, durable, options }
    }

    /// Serves jobs until all senders are gone and the queue is empty.
    pub(crate) fn run(&mut self, jobs: &Receiver<Item>) {
        while let Ok(first) = jobs.recv() {
            self.group(first, jobs);
        }
    }

    /// Gives the connection back at the end.
    pub(crate) fn into_connection(self) -> Option<Conn> {
        self.connection.map(|connection| *connection)
    }

    /// Runs the first job and those that wait, commits once, then tells all of them.
    fn group(&mut self, first: Item, jobs: &Receiver<Item>) {
        if let Err(error) = self.begin() {
            first.done(Outcome::Failed(error));
            return;
        }
        let start = Instant::now();
        let mut ran: Vec<(Item, Outcome)> = Vec::new();
        let mut next = Some(first);
        let mut lost = None;
        while let Some(mut item) = next.take() {
            match self.run_one(&mut item) {
                Ok(outcome) => ran.push((item, outcome)),
                Err(error) => {
                    ran.push((item, Outcome::Failed(error.clone())));
                    lost = Some(error);
                    break;
                }
            }
            if ran.len() < GROUP_JOBS && start.elapsed() < GROUP_TIME {
                next = jobs.try_recv().ok();
            }
        }
        let end = match lost {
            None => self.control("COMMIT"),
            Some(error) => Err(error),
        };
        if let Err(error) = end {
            tracing::error!(%error, jobs = ran.len(), "a group of writes was not committed");
            self.abandon();
            for (_, outcome) in &mut ran {
                if !matches!(outcome, Outcome::Panicked(_)) {
                    *outcome = Outcome::Failed(error.clone());
                }
            }
        }
        for (item, outcome) in ran {
            item.done(outcome);
        }
    }

    /// Runs a job in its savepoint. An error means that the whole group is lost.
    fn run_one(&mut self, item: &mut Item) -> Result<Outcome> {
        self.control("SAVEPOINT job")?;
        let start = Instant::now();
        let verdict = self.work(item);
        let took = start.elapsed();
        if took > SLOW_JOB {
            let run_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
            tracing::warn!(job = item.name(), run_us, "a slow write held up the others");
        }
        // Some errors (disk full, out of memory) make SQLite roll back everything.
        if self.connection.as_ref().is_none_or(|connection| connection.is_idle()) {
            return Err(Error::other("the transaction was rolled back by SQLite"));
        }
        let outcome = match verdict {
            Verdict::Commit => {
                self.control("RELEASE job")?;
                return Ok(Outcome::Committed);
            }
            Verdict::Rollback => Outcome::RolledBack,
            Verdict::Panicked(text) => Outcome::Panicked(text),
        };
        self.control("ROLLBACK TO job")?;
        self.control("RELEASE job")?;
        Ok(outcome)
    }

    fn work(&mut self, item: &mut Item) -> Verdict {
        let Some(mut connection) = self.connection.take() else { return Verdict::Rollback };
        match item {
            Item::Guest(guest) => {
                let (connection, verdict) = guest.lend(connection);
                self.connection = connection;
                verdict
            }
            Item::Job(job) => {
                let ran =
                    catch_unwind(AssertUnwindSafe(|| job.run(&mut Tx::sqlite(&mut connection))));
                self.connection = Some(connection);
                match ran {
                    Ok(Ok(())) => Verdict::Commit,
                    Ok(Err(job::Rollback)) => Verdict::Rollback,
                    Err(payload) => Verdict::Panicked(job::panic_text(&*payload)),
                }
            }
        }
    }

    fn begin(&mut self) -> Result<()> {
        if self.connection.is_none() {
            let opened = checkpoint::open_writer(self.path.clone(), self.durable, &self.options)?;
            self.connection = Some(Box::new(opened));
        }
        self.control("BEGIN IMMEDIATE")
    }

    fn control(&mut self, sql: &str) -> Result<()> {
        match &mut self.connection {
            Some(connection) => connection.control(sql),
            None => Err(job::closed()),
        }
    }

    /// Ends a transaction that cannot be committed.
    fn abandon(&mut self) {
        let open = self.connection.as_ref().is_some_and(|connection| !connection.is_idle());
        if open && let Err(error) = self.control("ROLLBACK") {
            tracing::error!(%error, "the writer's connection is replaced");
            self.connection = None;
        }
    }
}
