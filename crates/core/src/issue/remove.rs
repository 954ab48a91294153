//! Deleting an issue: a call that is documented nowhere but that clients make (contract,
//! deleteIssue). Its number never comes again. What it was is kept for 30 days ([`super::restore`]).

use trackway_api::issues::DeleteIssue;

use super::kept::Kept;
use super::{restore, store};
use crate::attachment::{self, Owner};
use crate::audit::{self, Action, Entry};
use crate::cx::{Cx, Reply};
use crate::error::{Code, Error, Result};
use crate::field::no;
use crate::{autoaction, board, comment, event, link, notice, sla, worklog};

/// Deletes an issue with its comments, links and time records. Subtasks and issues of an epic
/// stay, without parent and epic.
///
/// # Errors
/// 404 and 403 as for reading the issue; 403 unless the caller may change the settings of its
/// queue.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteIssue) -> Result<Reply<()>> {
    let visible = cx.issue(&r.issue)?;
    cx.queue_to_configure(&visible.issue().queue.to_string())?;
    let id = visible.issue().id;
    let kept = Kept::of(cx, visible.loaded())?;
    let kept = serde_json::to_string(&kept).map_err(Error::internal)?;
    for row in link::store::of_issues(cx, &[id])? {
        link::forget(cx, &row, id)?;
    }
    link::remote::forget_all(cx, id)?;
    attachment::store::hand_over(cx, Owner::issue(id), Owner::Removed(id, 0))?;
    comment::store::delete_of(cx, id)?;
    worklog::store::delete_of(cx, id)?;
    event::forget(cx, id)?;
    for sql in [
        sla::store::DELETE_OF_ISSUE,
        notice::store::DELETE_OF_ISSUE,
        notice::store::DELETE_MUTES_OF_ISSUE,
        autoaction::store::DELETE_OF_ISSUE,
        board::rank::DELETE_OF_ISSUE,
        super::shelf::TAKE,
    ] {
        cx.tx.exec(sql, &[&cx.dict.org_id, &id])?;
    }
    let current = store::by_id(cx, id)?.ok_or_else(|| Code::IssueNotFound.err())?;
    let (key, summary) = (current.issue.key(&cx.dict), current.issue.text(no::SUMMARY).to_owned());
    store::remove(cx, &current, &kept)?;
    restore::watch(cx, id)?;
    let before = serde_json::json!({"key": key, "summary": summary});
    let (action, object) = (Action::Delete, current.issue.hex());
    let entry =
        Entry { action, kind: "issue", object, name: &key, before: Some(before), after: None };
    audit::record(cx, entry)?;
    Ok(Reply::new(()))
}
