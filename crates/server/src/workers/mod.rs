//! Work beside the requests, each on a thread of its own: snapshots of the search index,
//! following what other processes change, jobs, cleaning of the store of files, upkeep of the metrics,
//! looking who left the directory.

mod jobs;
mod outside;
mod roll;

pub(crate) use outside::careful_client;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};
use trackway_core::{Result, Tracker, feed};
use trackway_db::Engine;

use self::jobs::JobWorker;
use self::outside::Outside;
use self::roll::RollCall;
use crate::config::Config;
use crate::files::Cleaner;
use crate::{Error, Vitals, clock};

/// How often recorded metrics are moved into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);
/// How long the follower of the event log waits at most before it looks again.
const FOLLOW: Duration = Duration::from_millis(500);
/// How often expired codes and tokens are deleted.
const PURGE: Duration = Duration::from_secs(600);
/// How often it is looked whether other processes ended with jobs in their hands.
const INHERIT: Duration = Duration::from_secs(1);
/// Threads for jobs of the database: two, so that a long row of them does not keep out the others.
const JOB_THREADS: usize = 2;
/// How often it is looked whether words of changed issues are to be stored. Searches find them
/// before, only slower.
const WORDS: Duration = Duration::from_millis(200);

/// How often files that are needed no more are taken away.
const CLEANING: Duration = Duration::from_secs(60);

/// Threads that run until they are told to stop, at the latest when this is dropped.
pub(crate) struct Workers {
    stop: Arc<Stop>,
    threads: Vec<JoinHandle<()>>,
    tracker: Tracker,
}

#[derive(Default)]
struct Stop {
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    fn is_stopped(&self) -> bool {
        *self.stopped.lock()
    }

    /// Waits; tells whether to go on.
    fn sleep(&self, duration: Duration) -> bool {
        let mut stopped = self.stopped.lock();
        if !*stopped {
            self.changed.wait_while_for(&mut stopped, |stopped| !*stopped, duration);
        }
        !*stopped
    }

    fn stop(&self) {
        *self.stopped.lock() = true;
        self.changed.notify_all();
    }
}

impl Workers {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system has no room for threads.
    pub(crate) fn start(
        config: &Config,
        vitals: &Arc<Vitals>,
        cursor: i64,
        cleaner: Cleaner,
        base: &str,
    ) -> Result<Self, Error> {
        let tracker = vitals.tracker.clone();
        let mut workers = Self { stop: Arc::default(), threads: Vec::new(), tracker };
        if config.snapshot_seconds > 0 {
            let period = Duration::from_secs(config.snapshot_seconds);
            let tracker = workers.tracker.clone();
            workers.every("trackway-snapshot", period, move || save(&tracker))?;
        }
        let mut follower = Follower { tracker: workers.tracker.clone(), cursor, failing: false };
        let period = feed_period(config, workers.tracker.db().engine());
        workers.every("trackway-feed", period, move || follower.look())?;
        let mut indexer = Indexer { tracker: workers.tracker.clone(), failing: false };
        workers.every("trackway-words", WORDS, move || indexer.look())?;
        let counted = Arc::clone(vitals);
        workers.every("trackway-metrics", UPKEEP, move || counted.metrics.upkeep())?;
        workers.every("trackway-files", CLEANING, move || cleaner.look())?;
        workers.start_jobs(config, vitals, base)?;
        workers.start_follower(vitals)?;
        workers.start_roll_call(config)?;
        let tracker = workers.tracker.clone();
        workers.every("trackway-purge", PURGE, move || purge(&tracker))?;
        Ok(workers)
    }

    fn start_jobs(
        &mut self,
        config: &Config,
        vitals: &Arc<Vitals>,
        base: &str,
    ) -> Result<(), Error> {
        self.tracker.release_dead(clock::now()).map_err(Error::Database)?;
        if self.tracker.db().engine() == Engine::Postgres {
            let mut heir = Heir { tracker: self.tracker.clone(), failing: false };
            self.every("trackway-heir", INHERIT, move || heir.look())?;
        }
        let runtime = tokio::runtime::Handle::current();
        let outside =
            Outside::new(vitals, config, base.to_owned(), runtime).map_err(Error::Config)?;
        let stop = Arc::clone(&self.stop);
        self.thread("trackway-outside", move || outside.run(&stop))?;
        for number in 0..JOB_THREADS {
            let worker = JobWorker::new(Arc::clone(vitals), &number.to_string());
            let stop = Arc::clone(&self.stop);
            self.thread(&format!("trackway-jobs-{number}"), move || worker.run(&stop))?;
        }
        Ok(())
    }

    /// Follows the event log, for notifications and event streams.
    fn start_follower(&mut self, vitals: &Arc<Vitals>) -> Result<(), Error> {
        self.tracker.begin_to_follow().map_err(Error::Database)?;
        let (stop, vitals) = (Arc::clone(&self.stop), Arc::clone(vitals));
        self.thread("trackway-events", move || follow(&stop, &vitals))
    }

    /// Looks who left the directory, where there is one.
    fn start_roll_call(&mut self, config: &Config) -> Result<(), Error> {
        let runtime = tokio::runtime::Handle::current();
        let roll = RollCall::new(&config.ldap, self.tracker.clone(), runtime);
        let Some(roll) = roll.map_err(Error::Config)? else { return Ok(()) };
        let stop = Arc::clone(&self.stop);
        self.thread("trackway-roll", move || roll.run(&stop))
    }

    fn every(
        &mut self,
        name: &str,
        period: Duration,
        mut work: impl FnMut() + Send + 'static,
    ) -> Result<(), Error> {
        let stop = Arc::clone(&self.stop);
        self.thread(name, move || {
            while stop.sleep(period) {
                work();
            }
        })
    }

    fn thread(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Error> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        self.threads.push(thread.map_err(Error::Thread)?);
        Ok(())
    }

    /// Stops the threads, waits for them and writes a last snapshot. It blocks.
    pub(crate) fn finish(mut self) {
        self.stop.stop();
        self.tracker.signal().raise();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a background thread panicked");
            }
        }
        save(&self.tracker);
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.stop.stop();
        self.tracker.signal().raise();
    }
}

fn follow(stop: &Stop, vitals: &Vitals) {
    let tracker = &vitals.tracker;
    let mut failing = false;
    while !stop.is_stopped() {
        let seen = tracker.signal().state();
        vitals.changes.send_modify(|count| *count += 1);
        match tracker.follow_events(clock::now()) {
            Ok(true) => failing = false,
            Ok(false) => {
                failing = false;
                tracker.signal().wait(seen, FOLLOW);
            }
            Err(error) => {
                if !failing {
                    tracing::warn!(%error, "the event log cannot be followed");
                }
                failing = true;
                if !stop.sleep(UPKEEP) {
                    break;
                }
            }
        }
    }
}

fn feed_period(config: &Config, engine: Engine) -> Duration {
    Duration::from_millis(match (config.feed_millis, engine) {
        (0, Engine::Postgres) => 200,
        (0, Engine::Sqlite) => 1000,
        (millis, _) => millis,
    })
}

fn purge(tracker: &Tracker) {
    let purged = tracker.db().write_now(|tx| trackway_core::oauth::purge(tx, clock::now()));
    if let Err(error) = purged {
        tracing::warn!(%error, "expired codes and tokens could not be deleted");
    }
}

fn save(tracker: &Tracker) {
    if let Err(error) = tracker.save_indexes() {
        tracing::warn!(%error, "the index snapshot could not be written");
    }
}

/// Takes over the jobs of processes that ended.
struct Heir {
    tracker: Tracker,
    /// Told already.
    failing: bool,
}

impl Heir {
    fn look(&mut self) {
        let result = self.tracker.release_dead(clock::now());
        if let Err(error) = &result
            && !self.failing
        {
            tracing::warn!(%error, "it is not known which processes are alive");
        }
        self.failing = result.is_err();
    }
}

/// Stores the words of changed issues.
struct Indexer {
    tracker: Tracker,
    /// Told already.
    failing: bool,
}

impl Indexer {
    fn look(&mut self) {
        loop {
            match self.tracker.index_words() {
                Ok(more) => {
                    self.failing = false;
                    if !more {
                        return;
                    }
                }
                Err(error) => {
                    if !self.failing {
                        tracing::warn!(%error, "words of issues cannot be stored");
                    }
                    self.failing = true;
                    return;
                }
            }
        }
    }
}

/// Brings into memory what other processes change.
struct Follower {
    tracker: Tracker,
    cursor: i64,
    /// Told already, so that a database that is away does not fill the log.
    failing: bool,
}

impl Follower {
    fn look(&mut self) {
        match self.advance() {
            Ok(()) => self.failing = false,
            Err(error) if !self.failing => {
                tracing::warn!(%error, "changes of other processes cannot be read");
                self.failing = true;
            }
            Err(_) => {}
        }
    }

    fn advance(&mut self) -> Result<()> {
        loop {
            let cursor = self.cursor;
            let (entries, next) = self.tracker.db().read(|tx| -> Result<_> {
                // Read first: what is committed between the two statements comes again, and
                // applying it twice does no harm.
                let end = feed::cursor(tx)?;
                let entries = feed::after(tx, cursor)?;
                // On SQLite a long way is gone in several steps, each to the last entry seen.
                let next = match tx.engine() {
                    Engine::Sqlite => entries.last().map_or(cursor, |entry| entry.id),
                    Engine::Postgres => end,
                };
                Ok((entries, next))
            })?;
            if !entries.is_empty() {
                self.tracker.follow(&entries)?;
            }
            let arrived = next == cursor || self.tracker.db().engine() == Engine::Postgres;
            self.cursor = next;
            if arrived {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeper_wakes_when_told_to_stop() {
        let stop = Arc::new(Stop::default());
        assert!(stop.sleep(Duration::from_millis(1)), "time is over");
        let sleeper = Arc::clone(&stop);
        let thread = std::thread::spawn(move || sleeper.sleep(Duration::from_secs(3600)));
        stop.stop();
        assert!(!thread.join().expect("no panic"));
        assert!(!stop.sleep(Duration::from_secs(3600)), "stopped before");
    }
}
