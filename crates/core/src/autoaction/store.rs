//! The rows of launches.

use crate::cx::Cx;
use crate::error::Result;
use crate::ids::Series;

trackway_db::row! {
    /// What is known of the launches of an automatic action.
    pub struct StateRow {
        pub autoaction_id: i64,
        pub last_launch: i64,
        pub processed: i64,
        pub cursor: i64,
    }
    /// A launch.
    pub struct LaunchRow {
        pub id: i64,
        pub at: i64,
        pub hits: i64,
        pub successes: i64,
        pub failures: i64,
        pub search_failed: i64,
    }
    /// An issue of a launch.
    pub struct LaunchIssueRow {
        pub issue_id: i64,
        pub failed: i64,
    }
}

/// What is known of the launches of several automatic actions.
pub const STATES: &str = "SELECT autoaction_id, last_launch, processed, last_issue \
     FROM autoaction_state WHERE org_id = $1 AND autoaction_id {any:$2}";
/// Notes a launch.
pub const NOTE: &str = "INSERT INTO autoaction_state (org_id, autoaction_id, last_launch, processed, \
     last_issue) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (org_id, autoaction_id) DO UPDATE SET \
     last_launch = excluded.last_launch, \
     processed = autoaction_state.processed + excluded.processed, \
     last_issue = excluded.last_issue";
/// Adds a launch to the log.
pub const INSERT: &str = "INSERT INTO autoaction_launch (org_id, autoaction_id, id, at, hits, \
     successes, failures, search_failed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
/// Adds the issues of a launch to the log.
pub const INSERT_ISSUE: &str =
    "INSERT INTO autoaction_issue (org_id, launch_id, place, issue_id, failed) VALUES";
/// Launches of an automatic action, newest first.
pub const LIST: &str = "SELECT id, at, hits, successes, failures, search_failed \
     FROM autoaction_launch WHERE org_id = $1 AND autoaction_id = $2 ORDER BY id DESC LIMIT 100";
/// One launch.
pub const ONE: &str = "SELECT id, at, hits, successes, failures, search_failed \
     FROM autoaction_launch WHERE org_id = $1 AND autoaction_id = $2 AND id = $3";
/// The issues of a launch.
pub const ISSUES: &str = "SELECT issue_id, failed FROM autoaction_issue \
     WHERE org_id = $1 AND launch_id = $2 ORDER BY place";
/// Forgets the issues of old launches.
pub const PRUNE_ISSUES: &str = "DELETE FROM autoaction_issue WHERE org_id = $1 AND launch_id IN \
     (SELECT id FROM autoaction_launch WHERE org_id = $1 AND autoaction_id = $2 AND at < $3)";
/// Forgets old launches.
pub const PRUNE: &str =
    "DELETE FROM autoaction_launch WHERE org_id = $1 AND autoaction_id = $2 AND at < $3";

/// Deletes the notes on a removed issue.
pub const DELETE_OF_ISSUE: &str =
    "DELETE FROM autoaction_issue WHERE org_id = $1 AND issue_id = $2";

/// Every statement of this module that is complete.
pub const ALL_SQL: &[&str] =
    &[DELETE_OF_ISSUE, STATES, NOTE, INSERT, LIST, ONE, ISSUES, PRUNE_ISSUES, PRUNE];

/// What is known of the launches of several automatic actions.
///
/// # Errors
/// The database fails.
pub fn states(cx: &mut Cx<'_, '_>, ids: &[i64]) -> Result<Vec<StateRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(cx.tx.all_by_ids(STATES, &[&cx.dict.org_id], ids)?)
}

/// Writes a launch with its issues to the log.
///
/// # Errors
/// The database fails.
pub fn log(
    cx: &mut Cx<'_, '_>,
    autoaction: i64,
    hits: i64,
    issues: &[(i64, bool)],
    search_failed: bool,
) -> Result<()> {
    let id = cx.next(Series::Launch)?;
    let (org, now) = (cx.dict.org_id, cx.now);
    let failures = issues.iter().filter(|(_, failed)| *failed).count();
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let (successes, failures) = (count(issues.len() - failures), count(failures));
    let params: [&dyn trackway_db::Param; 8] =
        [&org, &autoaction, &id, &now, &hits, &successes, &failures, &i64::from(search_failed)];
    cx.tx.exec(INSERT, &params)?;
    let rows: Vec<(i64, i64, i64)> = (0..)
        .zip(issues)
        .map(|(place, (issue, failed))| (place, *issue, i64::from(*failed)))
        .collect();
    let mut values: Vec<&dyn trackway_db::Param> = Vec::with_capacity(rows.len() * 5);
    for (place, issue, failed) in &rows {
        values.extend([&org as &dyn trackway_db::Param, &id, place, issue, failed]);
    }
    cx.tx.insert_many(INSERT_ISSUE, 5, &values)?;
    Ok(())
}
