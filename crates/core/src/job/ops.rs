//! Jobs as administrators watch them; an extension of ours.

use trackway_api::jobs::{CancelJob, Job as JobReply, ListJobs, RetryJob};

use super::Kind;
use super::store::{self, ShownRow};
use crate::audit::{self, Action, Entry};
use crate::cx::{Cx, Paging, Reply};
use crate::error::{Code, Error, Result};
use crate::paging;
use crate::time::instant_text;

const WAITING: &str = "waiting";
const RUNNING: &str = "running";
const DEAD: &str = "dead";

/// Jobs of the organisation, oldest first.
///
/// # Errors
/// 403 for anybody but administrators, 400 for wrong parameters.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListJobs) -> Result<Reply<Vec<JobReply>>> {
    cx.actor.admin_only()?;
    let per_page = paging::size(r.per_page, paging::MAX)?;
    let limit = usize::try_from(per_page).map_err(Error::internal)?;
    let after = r.id.as_deref().map(number).transpose()?.unwrap_or(0);
    let (least, most) = match r.state.as_deref() {
        None => (0_i64, 1_i64),
        Some(WAITING | RUNNING) => (0, 0),
        Some(DEAD) => (1, 1),
        Some(_) => {
            return Err(Code::BadParameter.with("state").and("must be waiting, running or dead"));
        }
    };
    let rows = i64::try_from(limit + 1).map_err(Error::internal)?;
    let mut rows: Vec<ShownRow> =
        cx.tx.all(store::LIST, &[&cx.dict.org_id, &after, &least, &most, &rows])?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    let replies: Vec<JobReply> = rows
        .iter()
        .map(|row| reply(cx, row))
        .filter(|job| r.state.as_ref().is_none_or(|state| job.state == *state))
        .collect();
    Ok(Reply::new(replies).paged(Paging::Relative { per_page, next }))
}

/// Tries a job again now, even one that was given up.
///
/// # Errors
/// 403 for anybody but administrators, 404 when there is no such job, 409 when it is running, and
/// for the job that lets go of a deleted issue before its time.
pub fn retry(cx: &mut Cx<'_, '_>, r: &RetryJob) -> Result<Reply<JobReply>> {
    cx.actor.admin_only()?;
    let row = one(cx, &r.job)?;
    if row.kind == Kind::Removed.name() && row.dead == 0 {
        return Err(Code::JobNeeded.err());
    }
    if cx.tx.exec(store::RETRY, &[&cx.dict.org_id, &row.id, &cx.now])? == 0 {
        return Err(Code::JobRunning.err());
    }
    cx.effects.woke = true;
    let again = one(cx, &r.job)?;
    note(cx, &row, Some(&again))?;
    Ok(reply(cx, &again).into())
}

/// Removes a job, which is then never done.
///
/// # Errors
/// As [`retry`]; 409 for any job that lets go of a deleted issue: nothing else would.
pub fn cancel(cx: &mut Cx<'_, '_>, r: &CancelJob) -> Result<Reply<()>> {
    cx.actor.admin_only()?;
    let row = one(cx, &r.job)?;
    if row.kind == Kind::Removed.name() {
        return Err(Code::JobNeeded.err());
    }
    if cx.tx.exec(store::CANCEL, &[&cx.dict.org_id, &row.id])? == 0 {
        return Err(Code::JobRunning.err());
    }
    note(cx, &row, None)?;
    Ok(Reply::new(()))
}

/// Records a change in the audit log, without the address, which depends on the version of the API.
fn note(cx: &mut Cx<'_, '_>, before: &ShownRow, after: Option<&ShownRow>) -> Result<()> {
    let json = |row: &ShownRow| {
        let mut job = serde_json::to_value(reply(cx, row)).map_err(Error::internal)?;
        if let Some(members) = job.as_object_mut() {
            members.remove("self");
        }
        Ok::<_, Error>(job)
    };
    let entry = Entry {
        action: if after.is_some() { Action::Update } else { Action::Delete },
        kind: "job",
        object: before.id.to_string(),
        name: &before.kind,
        before: Some(json(before)?),
        after: after.map(json).transpose()?,
    };
    audit::record(cx, entry)
}

fn number(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Code::BadParameter.with("id").and("must be the id of a job"))
}

fn one(cx: &mut Cx<'_, '_>, id: &str) -> Result<ShownRow> {
    let missing = || Code::JobNotFound.err();
    let id: i64 = id.parse().map_err(|_| missing())?;
    cx.tx.opt(store::ONE, &[&cx.dict.org_id, &id])?.ok_or_else(missing)
}

fn reply(cx: &Cx<'_, '_>, row: &ShownRow) -> JobReply {
    let state = match (row.dead, row.holder.is_empty()) {
        (0, true) => WAITING,
        (0, false) => RUNNING,
        _ => DEAD,
    };
    JobReply {
        self_url: cx.view.url(&format!("/jobs/{}", row.id)),
        id: row.id,
        kind: row.kind.clone(),
        state: state.to_owned(),
        attempts: row.attempts,
        created_at: instant_text(row.created_at),
        run_at: (row.dead == 0).then(|| instant_text(row.run_at)),
        error: Some(row.error.clone()).filter(|text| !text.is_empty()),
    }
}
