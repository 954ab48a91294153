//! The rows of timers.

use super::clock::Timer;
use crate::cx::Cx;
use crate::error::Result;

/// The timers of several issues.
pub const OF_ISSUES: &str = "SELECT issue_id, rule_id, state, started_at, since, spent, paused_ms, \
     stopped_at, warn, max_spent, warn_at, fail_at, violated FROM sla_timer \
     WHERE org_id = $1 AND issue_id {any:$2} ORDER BY issue_id, rule_id";
/// Stores a timer.
pub const PUT: &str = "INSERT INTO sla_timer (org_id, issue_id, rule_id, state, started_at, since, spent, \
     paused_ms, stopped_at, warn, max_spent, warn_at, fail_at, violated) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
     ON CONFLICT (org_id, issue_id, rule_id) DO UPDATE SET state = excluded.state, \
     started_at = excluded.started_at, since = excluded.since, spent = excluded.spent, \
     paused_ms = excluded.paused_ms, stopped_at = excluded.stopped_at, warn = excluded.warn, \
     max_spent = excluded.max_spent, warn_at = excluded.warn_at, fail_at = excluded.fail_at, \
     violated = excluded.violated";
/// Removes a timer.
pub const DELETE: &str =
    "DELETE FROM sla_timer WHERE org_id = $1 AND issue_id = $2 AND rule_id = $3";

/// Removes the timers of a rule.
pub const DELETE_OF_RULE: &str = "DELETE FROM sla_timer WHERE org_id = $1 AND rule_id = $2";

/// Deletes the timers of an issue that is removed.
pub const DELETE_OF_ISSUE: &str = "DELETE FROM sla_timer WHERE org_id = $1 AND issue_id = $2";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[DELETE_OF_ISSUE, OF_ISSUES, PUT, DELETE, DELETE_OF_RULE];

/// The timers of several issues.
///
/// # Errors
/// The database fails.
pub fn of_issues(cx: &mut Cx<'_, '_>, issues: &[i64]) -> Result<Vec<Timer>> {
    if issues.is_empty() {
        return Ok(Vec::new());
    }
    Ok(cx.tx.all_by_ids(OF_ISSUES, &[&cx.dict.org_id], issues)?)
}

/// Stores a timer.
///
/// # Errors
/// The database fails.
pub fn put(cx: &mut Cx<'_, '_>, timer: &Timer) -> Result<()> {
    let params: [&dyn trackway_db::Param; 14] = [
        &cx.dict.org_id,
        &timer.issue_id,
        &timer.rule_id,
        &timer.state,
        &timer.started_at,
        &timer.since,
        &timer.spent,
        &timer.paused_ms,
        &timer.stopped_at,
        &timer.warn,
        &timer.max_spent,
        &timer.warn_at,
        &timer.fail_at,
        &timer.violated,
    ];
    cx.tx.exec(PUT, &params)?;
    Ok(())
}

/// Removes a timer.
///
/// # Errors
/// The database fails.
pub fn delete(cx: &mut Cx<'_, '_>, issue: i64, rule: i64) -> Result<()> {
    cx.tx.exec(DELETE, &[&cx.dict.org_id, &issue, &rule])?;
    Ok(())
}
