//! The threads, their queues, and transactions with repetition.

use std::hash::{BuildHasher as _, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, never, select};
use parking_lot::{Mutex, RwLock};

use super::conn::{Conn, Connector};
use crate::error::{Error, Result};
use crate::job::{self, Full, Guest, Lane, Outcome, Queued, ReadJob, Verdict, WriteJob};
use crate::options::Options;
use crate::threads::{self, Threads};
use crate::tx::Tx;

/// How often a transaction is repeated when PostgreSQL asks for it.
const REPETITIONS: u32 = 10;
/// A connection unused for longer is asked whether it still works, because a read cannot be
/// repeated.
const IDLE: Duration = Duration::from_secs(15);

/// Begins a transaction that sees one state of the database for as long as it takes.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";

enum Write {
    Job(Box<dyn WriteJob>),
    Guest(Guest<Box<Conn>>),
}

enum Read {
    Job(ReadJob),
    Guest(Guest<Box<Conn>>),
}

struct Queues {
    write: Sender<Write>,
    read: Sender<Read>,
    search: Sender<Read>,
}

/// Connections nobody uses, each with the moment of its last use. The one used last is on top: it
/// and its process on the other side have everything in their caches, and few requests at a time
/// keep to few connections.
type Idle = Mutex<Vec<(Box<Conn>, Instant)>>;

/// A pool of connections to one PostgreSQL database.
pub(crate) struct Store {
    connector: Arc<Connector>,
    queues: RwLock<Option<Queues>>,
    threads: Mutex<Threads>,
}

impl Store {
    pub(crate) fn open(url: &str, node: &str, options: &Options) -> Result<Self> {
        let connector = Connector::new(url, node, options)?;
        let (write, writes) = bounded(options.write_queue);
        let (read, reads) = bounded(options.read_queue);
        let (search, searches) = bounded(options.search_queue);
        let (report, first) = bounded(1);
        let mut threads = Threads::default();
        let count = options.connections.max(1);
        // A quarter of the threads takes no searches, so that these never keep out the rest.
        let search_threads = options.search_threads.clamp(1, count - count / 4);
        let idle = Arc::new(Idle::default());
        for number in 0..count {
            let worker = Worker { connector: Arc::clone(&connector), idle: Arc::clone(&idle) };
            let (writes, reads) = (writes.clone(), reads.clone());
            let searches = if number < search_threads { searches.clone() } else { never() };
            let report = (number == 0).then(|| report.clone());
            threads.push(threads::spawn("db-pool", move || {
                if let Some(report) = report {
                    // Only the opening thread wants to know, and it waits.
                    drop(report.send(worker.take().map(|connection| worker.put(connection))));
                }
                worker.serve(&writes, &reads, &searches);
            })?);
        }
        drop(report);
        let queues = RwLock::new(Some(Queues { write, read, search }));
        let store = Self { connector, queues, threads: Mutex::new(threads) };
        match first.recv().unwrap_or_else(|_| Err(job::closed())) {
            Ok(()) => Ok(store),
            Err(error) => {
                store.close();
                Err(error)
            }
        }
    }

    pub(crate) fn read<T, E: From<Error>>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (guest, visit) = job::loan();
        self.sender(|queues| &queues.read)?.send(Read::Guest(guest)).map_err(|_| job::closed())?;
        let mut f = Some(f);
        visit.run(|connection: &mut Box<Conn>| match f.take() {
            Some(f) => f(&mut Tx::postgres(connection)),
            None => Err(job::closed().into()),
        })
    }

    pub(crate) fn snapshot<T, E: From<Error>>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.connector.connect()?;
        connection.batch(SNAPSHOT)?;
        let result = f(&mut Tx::postgres(&mut connection));
        connection.rollback();
        result
    }

    pub(crate) fn write_now<T, E: From<Error>>(
        &self,
        mut f: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (guest, visit) = job::loan();
        self.sender(|queues| &queues.write)?
            .send(Write::Guest(guest))
            .map_err(|_| job::closed())?;
        visit.run(|connection: &mut Box<Conn>| f(&mut Tx::postgres(connection)))
    }

    pub(crate) fn submit_write(&self, job: Box<dyn WriteJob>) -> Result<(), Full> {
        let queues = self.queues.read();
        queues.as_ref().ok_or(Full)?.write.try_send(Write::Job(job)).map_err(|_| Full)
    }

    pub(crate) fn spawn_read(&self, lane: Lane, job: ReadJob) -> Result<(), Full> {
        let queues = self.queues.read();
        let queues = queues.as_ref().ok_or(Full)?;
        let queue = match lane {
            Lane::Read => &queues.read,
            Lane::Search => &queues.search,
        };
        queue.try_send(Read::Job(job)).map_err(|_| Full)
    }

    pub(crate) fn queued(&self) -> Queued {
        self.queues.read().as_ref().map_or_else(Queued::default, |queues| Queued {
            write: queues.write.len(),
            read: queues.read.len(),
            search: queues.search.len(),
        })
    }

    pub(crate) fn close(&self) {
        // Without senders the threads finish what waits and end.
        self.queues.write().take();
        self.threads.lock().join();
    }

    /// A sender of its own, so that waiting for room does not keep `close` out.
    fn sender<T>(&self, choose: impl Fn(&Queues) -> &Sender<T>) -> Result<Sender<T>> {
        self.queues.read().as_ref().map(|queues| choose(queues).clone()).ok_or_else(job::closed)
    }
}

/// One thread; it uses one connection at a time, so there are at most as many as threads.
struct Worker {
    connector: Arc<Connector>,
    idle: Arc<Idle>,
}

impl Worker {
    /// Serves jobs until all queues are closed and empty.
    fn serve(&self, writes: &Receiver<Write>, reads: &Receiver<Read>, searches: &Receiver<Read>) {
        let (mut writes, mut reads, mut searches) =
            (writes.clone(), reads.clone(), searches.clone());
        let mut open = [true, true, !searches.same_channel(&never())];
        while open.contains(&true) {
            select! {
                recv(reads) -> job => if let Ok(job) = job {
                    self.read(job);
                } else {
                    reads = never();
                    open[1] = false;
                },
                recv(writes) -> job => if let Ok(job) = job {
                    self.write(job);
                } else {
                    writes = never();
                    open[0] = false;
                },
                recv(searches) -> job => if let Ok(job) = job {
                    self.read(job);
                } else {
                    searches = never();
                    open[2] = false;
                },
            }
        }
    }

    fn read(&self, read: Read) {
        let taken = self.take();
        match (read, taken) {
            (Read::Job(job), Ok(mut connection)) => {
                connection.forget();
                job::read(job, Ok(&mut Tx::postgres(&mut connection)));
                self.put(connection);
            }
            (Read::Job(job), Err(error)) => job::read(job, Err(error)),
            (Read::Guest(guest), Ok(connection)) => {
                let (connection, _) = guest.lend(connection);
                if let Some(connection) = connection {
                    self.put(connection);
                }
                // The caller has its result or its panic; there is nothing to commit.
                guest.done(Outcome::Committed);
            }
            (Read::Guest(guest), Err(error)) => guest.done(Outcome::Failed(error)),
        }
    }

    fn write(&self, mut write: Write) {
        let start = Instant::now();
        let mut outcome = self.attempt(&mut write);
        for repetition in 0..REPETITIONS {
            if outcome.is_some() {
                break;
            }
            std::thread::sleep(pause(repetition));
            outcome = self.attempt(&mut write);
        }
        let outcome = outcome.unwrap_or(Outcome::Failed(Error::Serialization));
        let run_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        match write {
            Write::Job(job) => {
                tracing::trace!(job = job.name(), run_us, "write");
                job::finish(job, outcome);
            }
            Write::Guest(guest) => guest.done(outcome),
        }
    }

    /// Runs the transaction once; `None` asks for a repetition.
    fn attempt(&self, write: &mut Write) -> Option<Outcome> {
        let mut connection = match self.begin() {
            Ok(connection) => connection,
            Err(error) => return Some(Outcome::Failed(error)),
        };
        let verdict = match write {
            Write::Guest(guest) => match guest.lend(connection) {
                (Some(back), verdict) => {
                    connection = back;
                    verdict
                }
                (None, _) => return Some(Outcome::Failed(job::closed())),
            },
            Write::Job(job) => {
                match catch_unwind(AssertUnwindSafe(|| job.run(&mut Tx::postgres(&mut connection))))
                {
                    Ok(Ok(())) => Verdict::Commit,
                    Ok(Err(job::Rollback)) => Verdict::Rollback,
                    Err(payload) => Verdict::Panicked(job::panic_text(&*payload)),
                }
            }
        };
        let outcome = end(&mut connection, verdict);
        self.put(connection);
        outcome
    }

    /// A connection with an open transaction. Nothing has run yet, so a connection that turns out
    /// to be dead is replaced once.
    fn begin(&self) -> Result<Box<Conn>> {
        let mut connection = self.take()?;
        if connection.begin().is_ok() {
            return Ok(connection);
        }
        drop(connection);
        let mut connection = Box::new(self.connector.connect()?);
        connection.begin()?;
        Ok(connection)
    }

    /// The connection used last, or a new one if there is none that works.
    fn take(&self) -> Result<Box<Conn>> {
        // The lock must not be held while the other side is asked.
        let mut top = self.idle.lock().pop();
        while let Some((mut connection, used)) = top {
            if used.elapsed() < IDLE || connection.answers() {
                return Ok(connection);
            }
            drop(connection);
            top = self.idle.lock().pop();
        }
        self.connector.connect().map(Box::new)
    }

    fn put(&self, connection: Box<Conn>) {
        if connection.is_closed() {
            // Where one was lost, the others mostly are as well.
            drop(std::mem::take(&mut *self.idle.lock()));
        } else {
            self.idle.lock().push((connection, Instant::now()));
        }
    }
}

fn end(connection: &mut Conn, verdict: Verdict) -> Option<Outcome> {
    match verdict {
        Verdict::Commit => match connection.commit() {
            Ok(()) => Some(Outcome::Committed),
            Err(Error::Serialization) => None,
            Err(error) => Some(Outcome::Failed(error)),
        },
        Verdict::Rollback => {
            connection.rollback();
            if connection.wants_repeat() { None } else { Some(Outcome::RolledBack) }
        }
        Verdict::Panicked(text) => {
            connection.rollback();
            Some(Outcome::Panicked(text))
        }
    }
}

/// 1 to 2 ms before the first repetition, twice as long before each further one: two transactions
/// that collided must not meet again.
fn pause(repetition: u32) -> Duration {
    let jitter = RandomState::new().hash_one(repetition) % 1000;
    Duration::from_micros((1000 + jitter) << repetition.min(5))
}
