//! What is known of the creations of a rule, besides its settings.

use crate::cx::Cx;
use crate::error::Result;

trackway_db::row! {
    /// What is known of the creations of a rule.
    pub struct StateRow {
        pub schedule_id: i64,
        pub last_run: i64,
        pub created: i64,
        pub error: String,
    }
}

/// What is known of several rules.
pub const STATES: &str = "SELECT schedule_id, last_run, created, error FROM schedule_state \
     WHERE org_id = $1 AND schedule_id {any:$2}";
/// Notes a creation.
pub const NOTE: &str = "INSERT INTO schedule_state (org_id, schedule_id, last_run, created, error) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (org_id, schedule_id) DO UPDATE SET \
     last_run = excluded.last_run, created = schedule_state.created + excluded.created, \
     error = excluded.error";
/// Forgets a rule.
pub const DELETE: &str = "DELETE FROM schedule_state WHERE org_id = $1 AND schedule_id = $2";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[STATES, NOTE, DELETE];

/// What is known of several rules.
///
/// # Errors
/// The database fails.
pub fn states(cx: &mut Cx<'_, '_>, ids: &[i64]) -> Result<Vec<StateRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(cx.tx.all_by_ids(STATES, &[&cx.dict.org_id], ids)?)
}
