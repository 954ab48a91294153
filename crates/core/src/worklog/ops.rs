//! Operations on the time records of an issue.

use trackway_api::worklog::{
    AddWorklog, DeleteWorklog, GetWorklog, GetWorklogById, ListIssueWorklog, UpdateWorklog, Worklog,
};

use super::spent::{self, Change};
use super::store::{self, WorklogRow};
use super::{input, render};
use crate::access::{self, Editable, Visible};
use crate::cx::{Cx, Paging, Reply};
use crate::error::{Code, Error, Result};
use crate::issue::{Issue, edit};
use crate::paging;

/// Most records of a page, and of a list that is not paged.
const MAX_PAGE: i64 = 500;
const MAX_LIST: u64 = 10_000;

/// Time records of an issue, oldest first: all at once unless `perPage` is given.
///
/// # Errors
/// 404 and 403 as for the issue, 400 for wrong parameters.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListIssueWorklog) -> Result<Reply<Vec<Worklog>>> {
    let visible = cx.issue(&r.issue)?;
    let per_page = match r.per_page {
        None => MAX_LIST,
        given => paging::size(given, MAX_PAGE)?,
    };
    let after = match r.id.as_deref() {
        Some(id) => id
            .parse()
            .map_err(|_| Code::BadParameter.with("id").and("must be the id of a record"))?,
        None => 0,
    };
    let limit = usize::try_from(per_page).map_err(Error::internal)?;
    let mut rows = store::page(cx, visible.issue().id, after, limit + 1)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    let reply = Reply::new(render::worklogs(cx, &rows)?);
    if r.per_page.is_none() && !more {
        return Ok(reply);
    }
    Ok(reply.paged(Paging::Relative { per_page, next }))
}

/// One time record of an issue.
///
/// # Errors
/// 404 and 403 as for the issue; 404 when the issue has no such record.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetWorklog) -> Result<Reply<Worklog>> {
    let visible = cx.issue(&r.issue)?;
    let row = find(cx, visible.issue(), &r.worklog)?;
    reply(cx, &row)
}

/// One time record by its id alone.
///
/// # Errors
/// 404 when there is none, 403 when its issue may not be read.
pub fn get_by_id(cx: &mut Cx<'_, '_>, r: &GetWorklogById) -> Result<Reply<Worklog>> {
    let missing = || Code::WorklogNotFound.err();
    let id = r.worklog.parse().map_err(|_| missing())?;
    let row = store::one(cx, id)?.ok_or_else(missing)?;
    cx.issue_by_id(row.issue_id).map_err(
        |error| {
            if error.status() == 404 { missing() } else { error }
        },
    )?;
    reply(cx, &row)
}

/// Records time spent. Whoever may edit the issue may do so, not only who it is assigned to.
///
/// # Errors
/// 404 and 403 as for an edit; 422 for wrong members.
pub fn add(cx: &mut Cx<'_, '_>, r: &AddWorklog) -> Result<Reply<Worklog>> {
    let issue = cx.issue(&r.issue)?.editable(cx)?;
    let content = input::new(cx.now, &r.body.0)?;
    let (now, uid) = (cx.now, cx.actor.uid);
    let row = store::insert(cx, issue.issue().id, content.clone(), (now, uid))?;
    spent::follow(cx, &issue, &Change { id: row.id, from: None, to: Some(&content) })?;
    reply(cx, &row)
}

/// Changes a time record.
///
/// # Errors
/// 403 unless the caller made it or may change the settings of the queue; 404, 409, 412, 422.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateWorklog) -> Result<Reply<Worklog>> {
    let visible = cx.issue(&r.issue)?;
    let old = find(cx, visible.issue(), &r.worklog)?;
    let issue = allowed(cx, visible, &old)?;
    edit::check_version(old.version, r.version, r.if_match)?;
    let before = old.content();
    let content = input::changed(before.clone(), &r.body.0)?;
    if content == before {
        return reply(cx, &old);
    }
    let row = store::update(cx, &old, content.clone(), false)?;
    let change = Change { id: row.id, from: Some(&before), to: Some(&content) };
    spent::follow(cx, &issue, &change)?;
    reply(cx, &row)
}

/// Deletes a time record.
///
/// # Errors
/// As [`update`].
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteWorklog) -> Result<Reply<()>> {
    let visible = cx.issue(&r.issue)?;
    let old = find(cx, visible.issue(), &r.worklog)?;
    let issue = allowed(cx, visible, &old)?;
    let before = old.content();
    store::update(cx, &old, before.clone(), true)?;
    spent::follow(cx, &issue, &Change { id: old.id, from: Some(&before), to: None })?;
    Ok(Reply::new(()))
}

/// A record belongs to who made it, and to those who may change the settings of the queue
/// (contract, updateWorklog). `spent` follows even where these may not edit the issue itself.
fn allowed(cx: &Cx<'_, '_>, visible: Visible, row: &WorklogRow) -> Result<Editable> {
    let queue = cx.dict.queues.get(visible.issue().queue);
    let administers = queue.is_some_and(|queue| access::may_grant(queue, &cx.actor));
    if row.created_by == cx.actor.uid || administers {
        return visible.commentable(cx);
    }
    Err(Code::WorklogDenied.err())
}

fn find(cx: &mut Cx<'_, '_>, issue: &Issue, id: &str) -> Result<WorklogRow> {
    let missing = || Code::WorklogNotFound.err();
    let id = id.parse().map_err(|_| missing())?;
    store::one(cx, id)?.filter(|row| row.issue_id == issue.id).ok_or_else(missing)
}

fn reply(cx: &mut Cx<'_, '_>, row: &WorklogRow) -> Result<Reply<Worklog>> {
    let worklogs = render::worklogs(cx, std::slice::from_ref(row))?;
    worklogs.into_iter().next().map(Reply::new).ok_or_else(|| Code::WorklogNotFound.err())
}
