//! Claiming and doing jobs: what the workers of a server call.

use trackway_db::Tx;

use super::{Job, Kind, Lane, Next, store};
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::time::Instant;
use crate::tracker::Tracker;
use crate::{autoaction, board, bulk, issue, schedule, sla, trigger, upkeep};

/// How long a claim holds, in ms. No job on the database takes nearly as long, and one outside is
/// cut off before.
pub const LEASE_MS: i64 = 60_000;

/// Wait before the second attempt, in ms; each further wait is twice as long.
const FIRST_PAUSE_MS: i64 = 1000;
/// Longest wait, in ms.
const LONGEST_PAUSE_MS: i64 = 15 * 60_000;
/// Longest error text that is kept.
const MAX_ERROR: usize = 2000;

impl Tracker {
    /// Claims due jobs. It looks before it writes, so that an idle server writes nothing.
    ///
    /// # Errors
    /// The database fails.
    pub fn claim_jobs(
        &self,
        lane: Lane,
        holder: &str,
        now: Instant,
        limit: i64,
    ) -> Result<Vec<Job>> {
        if !self.db().read(|tx| store::is_due(tx, lane, now))? {
            return Ok(Vec::new());
        }
        self.db().write_now(|tx| store::claim(tx, lane, holder, now, now + LEASE_MS, limit))
    }

    /// Does a job on the database. A failure is noted on the job, which is tried again later or
    /// given up.
    ///
    /// # Errors
    /// The failure could not even be noted; the job is due again when its lease ends.
    pub fn run_job(&self, job: &Job, now: Instant) -> Result<Ended> {
        match self.try_job(job, now) {
            Ok(()) => Ok(Ended::Well),
            Err(error) => self.job_failed(job, now, &error),
        }
    }

    fn try_job(&self, job: &Job, now: Instant) -> Result<()> {
        if job.attempts > job.kind.attempts() {
            return Err(Error::internal("the process died each time it was tried"));
        }
        let caller = self.robot(job.org_id, 0, now)?;
        let work = job.clone();
        self.write_now(&caller, move |cx| {
            match handle(cx, &work)? {
                Next::Done => store::done(cx.tx, &work)?,
                Next::Again(payload, run_at) => {
                    store::again(cx.tx, &work, &payload, run_at)?;
                    cx.effects.woke = true;
                }
            }
            Ok(())
        })
    }

    /// Notes that a job failed. One that found the server busy does not lose an attempt.
    ///
    /// # Errors
    /// The database fails.
    pub fn job_failed(&self, job: &Job, now: Instant, error: &Error) -> Result<Ended> {
        let busy = error.status() == 503;
        let attempts = if busy { job.attempts - 1 } else { job.attempts };
        let over = !busy && attempts >= job.kind.attempts();
        let run_at = (!over).then(|| now + pause(attempts));
        let text: String = error.to_string().chars().take(MAX_ERROR).collect();
        if over {
            tracing::error!(job = job.kind.name(), id = job.id, error = text, "a job is given up");
        } else {
            tracing::warn!(job = job.kind.name(), id = job.id, error = text, "a job failed");
        }
        let caller = self.robot(job.org_id, 0, now)?;
        let job = job.clone();
        self.write_now(&caller, move |cx| {
            store::give_back(cx.tx, &job, attempts, run_at, &text)?;
            if over { given_up(cx, &job) } else { Ok(()) }
        })?;
        Ok(if over { Ended::GivenUp } else { Ended::Failed })
    }

    /// Takes back what processes held that are gone, so that nobody waits for their leases to end;
    /// whether there was any. Processes are told apart by what [`Tracker::holder`] begins with.
    ///
    /// # Errors
    /// The database fails.
    pub fn release_dead(&self, now: Instant) -> Result<bool> {
        // Asked in this order: whoever claims anything was alive before.
        let holders: Vec<(String,)> = self.db().read(|tx| tx.all(store::HOLDERS, &[]))?;
        if holders.is_empty() {
            return Ok(false);
        }
        let live = self.db().live_nodes()?;
        let dead = |holder: &str| !live.iter().any(|node| holder.starts_with(node.as_str()));
        let mut any = false;
        for (holder,) in holders.iter().filter(|(holder,)| dead(holder)) {
            tracing::warn!(holder, "the jobs of a process that ended are taken over");
            self.release_jobs(holder, now)?;
            any = true;
        }
        if any {
            self.signal().raise();
        }
        Ok(any)
    }

    /// A name for the claims of one thread of this process.
    pub fn holder(&self, thread: &str) -> String {
        format!("{}-{thread}", self.db().node())
    }

    /// Hands back what this process holds, so that others need not wait for the leases to end.
    ///
    /// # Errors
    /// The database fails.
    pub fn release_jobs(&self, holder: &str, now: Instant) -> Result<()> {
        self.db().write_now(|tx| -> Result<()> {
            tx.exec(store::RELEASE, &[&now, &holder])?;
            Ok(())
        })
    }

    /// How jobs stand, by kind.
    ///
    /// # Errors
    /// The database fails.
    pub fn job_stats(tx: &mut Tx<'_>, now: Instant) -> Result<Vec<Stats>> {
        let rows: Vec<(String, i64, i64, i64, Option<i64>)> = tx.all(store::STATS, &[&now])?;
        let mut stats: Vec<Stats> = Kind::ALL.iter().map(|kind| Stats::none(*kind)).collect();
        for (kind, dead, count, due, since) in rows {
            let Some(of) = stats.iter_mut().find(|stats| stats.kind.name() == kind) else {
                continue;
            };
            if dead == 1 {
                of.dead = count;
            } else {
                (of.waiting, of.due) = (count, due);
                of.oldest_ms = since.map_or(0, |since| (now - since).max(0));
            }
        }
        Ok(stats)
    }
}

/// How an attempt at a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It is done, or goes on later as it should.
    Well,
    /// It failed and is tried again.
    Failed,
    /// It failed and is tried no more.
    GivenUp,
}

/// How the jobs of a kind stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats {
    /// The kind.
    pub kind: Kind,
    /// Jobs to be done, now or later.
    pub waiting: i64,
    /// Those that could be done now, and nobody does.
    pub due: i64,
    /// How long the oldest of these has been due, in ms.
    pub oldest_ms: i64,
    /// Jobs given up.
    pub dead: i64,
}

impl Stats {
    const fn none(kind: Kind) -> Self {
        Self { kind, waiting: 0, due: 0, oldest_ms: 0, dead: 0 }
    }
}

/// Wait before the next attempt after this many.
pub(crate) fn pause(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    (FIRST_PAUSE_MS << doublings).min(LONGEST_PAUSE_MS)
}

fn handle(cx: &mut Cx<'_, '_>, job: &Job) -> Result<Next> {
    match job.kind {
        Kind::Bulk => bulk::run::step(cx, job),
        Kind::Trigger => trigger::run::step(cx, job),
        Kind::Autoaction => autoaction::run::step(cx, job),
        Kind::Schedule => schedule::run::step(cx, job),
        Kind::Sla => sla::run::step(cx, job),
        Kind::Upkeep => upkeep::run::step(cx, job),
        Kind::Board => board::expiry::step(cx, job),
        Kind::Removed => issue::restore::step(cx, job),
        Kind::Webhook | Kind::Mail => Err(Error::internal("a job for the outside was done inside")),
    }
}

/// What follows when a job is given up.
fn given_up(cx: &mut Cx<'_, '_>, job: &Job) -> Result<()> {
    match job.kind {
        Kind::Bulk => bulk::run::broken(cx, job),
        Kind::Trigger
        | Kind::Autoaction
        | Kind::Schedule
        | Kind::Sla
        | Kind::Webhook
        | Kind::Mail
        | Kind::Upkeep
        | Kind::Board
        | Kind::Removed => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_limit() {
        assert_eq!(pause(1), 1000);
        assert_eq!(pause(2), 2000);
        assert_eq!(pause(100), LONGEST_PAUSE_MS);
        assert_eq!(pause(0), 1000);
    }
}
