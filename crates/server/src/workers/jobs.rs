//! Threads that do the jobs of the database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use trackway_core::job::{Job, Lane};

use super::Stop;
use crate::Vitals;

/// How long a worker waits at most before it looks again: for jobs whose time has come, and on
/// PostgreSQL for those that other processes wrote.
const PERIOD: Duration = Duration::from_millis(250);
/// How long it waits after the database failed.
const PAUSE: Duration = Duration::from_secs(2);
/// Jobs claimed at once.
const BATCH: i64 = 16;

/// One thread's work.
pub(super) struct JobWorker {
    vitals: Arc<Vitals>,
    /// Names this process and thread in claims.
    holder: String,
    failing: bool,
}

impl JobWorker {
    pub(super) fn new(vitals: Arc<Vitals>, thread: &str) -> Self {
        let holder = vitals.tracker.holder(thread);
        Self { vitals, holder, failing: false }
    }

    /// Does jobs until told to stop.
    pub(super) fn run(mut self, stop: &Arc<Stop>) {
        let mut seen = self.vitals.tracker.signal().state();
        while !stop.is_stopped() {
            match self.round(stop) {
                Ok(0) => {
                    self.failing = false;
                    seen = self.vitals.tracker.signal().wait(seen, PERIOD);
                }
                Ok(_) => {
                    self.failing = false;
                    seen = self.vitals.tracker.signal().state();
                }
                Err(error) => {
                    if !self.failing {
                        tracing::warn!(%error, "jobs cannot be done");
                    }
                    self.failing = true;
                    if !stop.sleep(PAUSE) {
                        break;
                    }
                }
            }
        }
        if let Err(error) = self.vitals.tracker.release_jobs(&self.holder, crate::clock::now()) {
            tracing::debug!(%error, "claimed jobs could not be handed back");
        }
    }

    fn round(&self, stop: &Stop) -> trackway_core::Result<usize> {
        let now = crate::clock::now();
        let jobs = self.vitals.tracker.claim_jobs(Lane::Inner, &self.holder, now, BATCH)?;
        let count = jobs.len();
        for job in jobs {
            if stop.is_stopped() {
                break;
            }
            self.one(&job);
        }
        Ok(count)
    }

    fn one(&self, job: &Job) {
        let begun = Instant::now();
        match self.vitals.tracker.run_job(job, crate::clock::now()) {
            Ok(ended) => self.vitals.metrics.job(job.kind, ended, begun.elapsed()),
            Err(error) => {
                tracing::warn!(%error, kind = job.kind.name(), "a failed job could not be given back");
            }
        }
    }
}
