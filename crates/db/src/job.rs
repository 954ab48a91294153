//! Jobs: what the lanes carry, and how a connection is lent to another thread.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::error::{Error, Result};
use crate::tx::Tx;

/// Says that a job's changes must be undone. The job itself remembers why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollback;

/// A queue is full; the caller answers 503. The job is dropped without having run and without
/// [`WriteJob::done`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the queue is full or closed")]
pub struct Full;

/// How a write job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The changes are durable.
    Committed,
    /// The job asked for a rollback, and nothing of it remains.
    RolledBack,
    /// The store failed and nothing of the job remains. Only if the connection to PostgreSQL broke
    /// during COMMIT it is unknown whether it took effect.
    Failed(Error),
    /// The job panicked, nothing of it remains. The text is the panic's message.
    Panicked(String),
}

/// One write operation.
///
/// It must be re-runnable: PostgreSQL may ask to repeat a transaction. On SQLite it runs once.
pub trait WriteJob: Send {
    /// A name for the log of slow operations.
    fn name(&self) -> &'static str {
        "write"
    }

    /// Does the work. An error undoes this job alone, not those committed with it.
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Rollback>;

    /// Called exactly once. On SQLite it is called on the writer thread, strictly in the order of
    /// the jobs, after COMMIT has returned; on PostgreSQL on the thread that ran the job.
    fn done(self: Box<Self>, outcome: Outcome);
}

/// A read for another thread. It hears of it if there is no connection.
pub type ReadJob = Box<dyn FnOnce(Result<&mut Tx<'_>>) + Send>;

/// Which bounded queue a read takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Short reads by key.
    Read,
    /// Searches, big lists, exports.
    Search,
}

/// How many jobs wait, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queued {
    /// In the write queue.
    pub write: usize,
    /// In the read queue; always 0 on SQLite, where reads run inline or in the search queue.
    pub read: usize,
    /// In the search queue.
    pub search: usize,
}

/// How a borrower leaves the connection it was lent.
pub(crate) enum Verdict {
    Commit,
    Rollback,
    Panicked(String),
}

/// What the owner of a connection sees of a loan: it sends the connection away and gets it back.
///
/// A blocking call lends the connection to the calling thread instead of sending its closure to the
/// connection's thread, so closures may borrow and need neither `'static` nor `unsafe`.
pub(crate) struct Guest<C> {
    lend: Sender<C>,
    back: Receiver<(C, Verdict)>,
    outcome: Sender<Outcome>,
}

/// The caller's side of a loan.
pub(crate) struct Visit<C> {
    borrowed: Receiver<C>,
    back: Sender<(C, Verdict)>,
    outcome: Receiver<Outcome>,
}

/// Makes both sides of a loan.
pub(crate) fn loan<C>() -> (Guest<C>, Visit<C>) {
    let (lend, borrowed) = bounded(1);
    let (back_tx, back) = bounded(1);
    let (outcome_tx, outcome) = bounded(1);
    (Guest { lend, back, outcome: outcome_tx }, Visit { borrowed, back: back_tx, outcome })
}

impl<C> Guest<C> {
    /// Lends the connection. `None` for the connection means that it is lost.
    pub(crate) fn lend(&self, connection: C) -> (Option<C>, Verdict) {
        if let Err(refused) = self.lend.send(connection) {
            return (Some(refused.into_inner()), Verdict::Rollback);
        }
        match self.back.recv() {
            Ok((connection, verdict)) => (Some(connection), verdict),
            Err(_) => (None, Verdict::Rollback),
        }
    }

    /// Ends the loan.
    pub(crate) fn done(self, outcome: Outcome) {
        // A caller that has gone does not want to know.
        drop(self.outcome.send(outcome));
    }
}

impl<C> Visit<C> {
    /// Runs `work` whenever the connection is lent, as often as its owner repeats the transaction.
    pub(crate) fn run<T, E: From<Error>>(
        self,
        mut work: impl FnMut(&mut C) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut last: Option<Result<T, E>> = None;
        let mut panic: Option<Box<dyn Any + Send>> = None;
        while let Ok(mut connection) = self.borrowed.recv() {
            let verdict = match catch_unwind(AssertUnwindSafe(|| work(&mut connection))) {
                Ok(result) => {
                    let verdict = if result.is_ok() { Verdict::Commit } else { Verdict::Rollback };
                    last = Some(result);
                    verdict
                }
                Err(payload) => {
                    let verdict = Verdict::Panicked(panic_text(&*payload));
                    panic = Some(payload);
                    verdict
                }
            };
            if self.back.send((connection, verdict)).is_err() {
                break;
            }
        }
        if let Some(payload) = panic {
            std::panic::resume_unwind(payload);
        }
        match (self.outcome.recv(), last) {
            (Ok(Outcome::Committed | Outcome::RolledBack), Some(result)) => result,
            (Ok(Outcome::Failed(error)), _) => Err(error.into()),
            _ => Err(closed().into()),
        }
    }
}

pub(crate) fn closed() -> Error {
    Error::Unavailable("the store is closed".to_owned())
}

/// The message of a panic.
pub(crate) fn panic_text(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "panic without a message".to_owned()
    }
}

/// Tells a job its outcome; a panic in there must not end the thread.
pub(crate) fn finish(job: Box<dyn WriteJob>, outcome: Outcome) {
    let name = job.name();
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| job.done(outcome))) {
        tracing::error!(
            job = name,
            panic = panic_text(&*payload),
            "a job panicked when told its outcome"
        );
    }
}

/// Runs a read; a panic in there must not end the thread.
pub(crate) fn read(job: ReadJob, tx: Result<&mut Tx<'_>>) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| job(tx))) {
        tracing::error!(panic = panic_text(&*payload), "a read panicked");
    }
}
