//! The rows of jobs.

use trackway_db::Tx;

use super::{Job, Kind, Lane, NewJob};
use crate::error::{Code, Result};
use crate::time::Instant;

trackway_db::row! {
    /// A claimed job.
    pub struct ClaimedRow {
        pub org_id: i64,
        pub id: i64,
        pub kind: String,
        pub payload: String,
        pub created_at: i64,
        pub attempts: i64,
    }
    /// A job as administrators see it.
    pub struct ShownRow {
        pub id: i64,
        pub kind: String,
        pub created_at: i64,
        pub run_at: i64,
        pub attempts: i64,
        pub holder: String,
        pub dead: i64,
        pub error: String,
    }
}

/// Adds a job, unless one of the same kind and name is there.
pub const INSERT: &str = "INSERT INTO job (org_id, id, lane, kind, name, strand, payload, created_at, \
     run_at, attempts, holder, dead, error) \
     VALUES ($1, {sqlite:$2}{postgres:nextval('job_seq') + $2}, $3, $4, $5, $6, $7, $8, $9, 0, '', 0, '') \
     ON CONFLICT DO NOTHING";
/// Whether a job of a lane is due.
pub const DUE: &str =
    "SELECT id FROM job WHERE lane = $1 AND dead = 0 AND run_at <= $2 ORDER BY run_at LIMIT 1";
/// Claims due jobs of a lane; of each strand only the oldest.
pub const CLAIM: &str = "WITH due AS MATERIALIZED ( \
     SELECT j.org_id AS o, j.id AS i FROM job j \
     WHERE j.lane = $1 AND j.dead = 0 AND j.run_at <= $2 AND (j.strand IS NULL OR NOT EXISTS ( \
     SELECT 1 FROM job e WHERE e.org_id = j.org_id AND e.strand = j.strand AND e.id < j.id \
     AND e.dead = 0)) \
     ORDER BY j.run_at, j.id LIMIT $3 {for_update} {skip_locked}) \
     UPDATE job SET run_at = $4, attempts = attempts + 1, holder = $5 FROM due \
     WHERE job.org_id = due.o AND job.id = due.i \
     RETURNING org_id, id, kind, payload, created_at, attempts";
/// Removes a job that its holder has done.
pub const DONE: &str = "DELETE FROM job WHERE org_id = $1 AND id = $2 AND holder = $3";
/// Lets a job go on later with something else.
pub const AGAIN: &str = "UPDATE job SET payload = $4, run_at = $5, attempts = 0, holder = '', error = '' \
     WHERE org_id = $1 AND id = $2 AND holder = $3";
/// Gives a failed job back.
pub const GIVE_BACK: &str = "UPDATE job SET run_at = $4, attempts = $5, error = $6, dead = $7, holder = '' \
     WHERE org_id = $1 AND id = $2 AND holder = $3";
/// Who holds jobs.
pub const HOLDERS: &str = "SELECT DISTINCT holder FROM job WHERE holder <> ''";
/// Ends the leases of one holder.
pub const RELEASE: &str = "UPDATE job SET run_at = $1, holder = '' WHERE holder = $2";
/// Removes a named job.
pub const REMOVE_NAMED: &str = "DELETE FROM job WHERE org_id = $1 AND kind = $2 AND name = $3";
/// Jobs of an organisation after one of them.
pub const LIST: &str = "SELECT id, kind, created_at, run_at, attempts, holder, dead, error FROM job \
     WHERE org_id = $1 AND id > $2 AND dead >= $3 AND dead <= $4 ORDER BY id LIMIT $5";
/// One job.
pub const ONE: &str = "SELECT id, kind, created_at, run_at, attempts, holder, dead, error FROM job \
     WHERE org_id = $1 AND id = $2";
/// Makes a job due now.
pub const RETRY: &str = "UPDATE job SET run_at = $3, attempts = 0, dead = 0, error = '' \
     WHERE org_id = $1 AND id = $2 AND holder = ''";
/// Removes a job nobody works on.
pub const CANCEL: &str = "DELETE FROM job WHERE org_id = $1 AND id = $2 AND holder = ''";
/// Jobs by kind: how many there are, how many of them are due and nobody works on, and since when the
/// oldest of these is.
pub const STATS: &str = "SELECT kind, dead, COUNT(*), \
     COUNT(CASE WHEN holder = '' AND run_at <= $1 THEN 1 END), \
     MIN(CASE WHEN holder = '' AND run_at <= $1 THEN run_at END) FROM job GROUP BY kind, dead";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[
    INSERT,
    DUE,
    CLAIM,
    DONE,
    AGAIN,
    GIVE_BACK,
    HOLDERS,
    RELEASE,
    REMOVE_NAMED,
    LIST,
    ONE,
    RETRY,
    CANCEL,
    STATS,
];

/// Adds a job.
///
/// # Errors
/// The database fails.
pub fn insert(tx: &mut Tx<'_>, org_id: i64, now: Instant, id: i64, job: &NewJob<'_>) -> Result<()> {
    let params: [&dyn trackway_db::Param; 9] = [
        &org_id,
        &id,
        &job.kind.lane().number(),
        &job.kind.name(),
        &job.name,
        &job.strand,
        &job.payload,
        &now,
        &job.run_at,
    ];
    tx.exec(INSERT, &params)?;
    Ok(())
}

/// Whether a job of a lane is due.
///
/// # Errors
/// The database fails.
pub fn is_due(tx: &mut Tx<'_>, lane: Lane, now: Instant) -> Result<bool> {
    let row: Option<(i64,)> = tx.opt(DUE, &[&lane.number(), &now])?;
    Ok(row.is_some())
}

/// Claims at most `limit` due jobs until `end`. Kinds that a newer program wrote are left alone
/// until then.
///
/// # Errors
/// The database fails.
pub fn claim(
    tx: &mut Tx<'_>,
    lane: Lane,
    holder: &str,
    now: Instant,
    end: Instant,
    limit: i64,
) -> Result<Vec<Job>> {
    let rows: Vec<ClaimedRow> = tx.all(CLAIM, &[&lane.number(), &now, &limit, &end, &holder])?;
    let mut jobs: Vec<Job> = rows
        .into_iter()
        .filter_map(|row| {
            Some(Job {
                org_id: row.org_id,
                id: row.id,
                kind: Kind::from_name(&row.kind)?,
                payload: row.payload,
                created_at: row.created_at,
                attempts: row.attempts,
                holder: holder.to_owned(),
            })
        })
        .collect();
    jobs.sort_by_key(|job| job.id);
    Ok(jobs)
}

fn held(changed: u64) -> Result<()> {
    // The transaction is undone with all that was done for the job: somebody else has it.
    if changed == 1 { Ok(()) } else { Err(Code::JobLost.err()) }
}

/// Removes a job that its holder has done.
///
/// # Errors
/// The database fails, or the lease was lost.
pub fn done(tx: &mut Tx<'_>, job: &Job) -> Result<()> {
    held(tx.exec(DONE, &[&job.org_id, &job.id, &job.holder])?)
}

/// Lets a job go on later with something else.
///
/// # Errors
/// The database fails, or the lease was lost.
pub fn again(tx: &mut Tx<'_>, job: &Job, payload: &str, run_at: Instant) -> Result<()> {
    held(tx.exec(AGAIN, &[&job.org_id, &job.id, &job.holder, &payload, &run_at])?)
}

/// Gives a failed job back, to be tried again at `run_at` or never.
///
/// # Errors
/// The database fails, or the lease was lost.
pub fn give_back(
    tx: &mut Tx<'_>,
    job: &Job,
    attempts: i64,
    run_at: Option<Instant>,
    error: &str,
) -> Result<()> {
    let dead = i64::from(run_at.is_none());
    let params: [&dyn trackway_db::Param; 7] =
        [&job.org_id, &job.id, &job.holder, &run_at.unwrap_or_default(), &attempts, &error, &dead];
    held(tx.exec(GIVE_BACK, &params)?)
}
