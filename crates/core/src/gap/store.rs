//! The rows of absences.

use crate::cx::Cx;
use crate::error::Result;
use crate::time::Instant;

trackway_db::row! {
    /// An absence.
    pub struct GapRow {
        pub id: String,
        pub user_id: i64,
        pub workflow: String,
        pub from_at: i64,
        pub to_at: i64,
        pub full_day: i64,
        pub work_in_absence: i64,
    }
}

/// Absences of several people that overlap a period.
pub(super) const WITHIN: &str = "SELECT id, user_id, workflow, from_at, to_at, full_day, \
     work_in_absence FROM gap WHERE org_id = $1 AND from_at <= $3 AND to_at >= $2 \
     AND user_id {any:$4} ORDER BY from_at, id";
/// One absence.
pub(super) const ONE: &str = "SELECT id, user_id, workflow, from_at, to_at, full_day, \
     work_in_absence FROM gap WHERE org_id = $1 AND id = $2";
/// Adds an absence, or replaces the one of its id.
pub(super) const PUT: &str = "INSERT INTO gap (org_id, id, user_id, workflow, from_at, to_at, \
     full_day, work_in_absence) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
     ON CONFLICT (org_id, id) DO UPDATE SET user_id = $3, workflow = $4, from_at = $5, \
     to_at = $6, full_day = $7, work_in_absence = $8";
/// Removes an absence.
pub(super) const DELETE: &str = "DELETE FROM gap WHERE org_id = $1 AND id = $2";

/// Every statement of this module.
#[cfg(test)]
pub(super) const ALL_SQL: &[&str] = &[WITHIN, ONE, PUT, DELETE];

pub(super) fn within(
    cx: &mut Cx<'_, '_>,
    (from, to): (Instant, Instant),
    users: &[i64],
) -> Result<Vec<GapRow>> {
    Ok(cx.tx.all_by_ids(WITHIN, &[&cx.dict.org_id, &from, &to], users)?)
}

pub(super) fn one(cx: &mut Cx<'_, '_>, id: &str) -> Result<Option<GapRow>> {
    Ok(cx.tx.opt(ONE, &[&cx.dict.org_id, &id])?)
}

pub(super) fn put(cx: &mut Cx<'_, '_>, row: &GapRow) -> Result<()> {
    let org = cx.dict.org_id;
    let params: [&dyn trackway_db::Param; 8] = [
        &org,
        &row.id,
        &row.user_id,
        &row.workflow,
        &row.from_at,
        &row.to_at,
        &row.full_day,
        &row.work_in_absence,
    ];
    cx.tx.exec(PUT, &params)?;
    Ok(())
}

pub(super) fn delete(cx: &mut Cx<'_, '_>, id: &str) -> Result<()> {
    cx.tx.exec(DELETE, &[&cx.dict.org_id, &id])?;
    Ok(())
}
