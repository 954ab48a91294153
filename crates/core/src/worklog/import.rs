//! Time records of another system.

use trackway_api::worklog::{ImportWorklog, Worklog, WorklogCreate};

use super::spent::{self, Change};
use super::{input, render, store};
use crate::cx::{Cx, Reply};
use crate::error::{Code, Result};
use crate::history::Story;

/// Adds a time record with the author and time it had elsewhere. The answer is a list of one, as
/// the real service answers it (contract, importWorklog).
///
/// # Errors
/// 404 and 403 as for an edit, unless an administrator asks; 422 for wrong members, and for times
/// outside the life of the issue.
pub fn import(cx: &mut Cx<'_, '_>, r: &ImportWorklog) -> Result<Reply<Vec<Worklog>>> {
    cx.imported();
    let issue = cx.issue(&r.issue)?.importable(cx)?;
    let body = &r.body.0;
    let members = [
        ("createdAt", &body.created_at),
        ("createdBy", &body.created_by),
        ("updatedAt", &body.updated_at),
        ("updatedBy", &body.updated_by),
    ];
    let story = Story::read(cx, |name| {
        members.iter().find(|(member, _)| *member == name).and_then(|(_, json)| json.as_ref())
    })?;
    story.within(issue.issue())?;
    if body.start.is_none() {
        return Err(Code::FieldRequired.at("start"));
    }
    let record = WorklogCreate {
        start: body.start.clone(),
        duration: body.duration.clone(),
        comment: body.comment.clone(),
    };
    let content = input::new(cx.now, &record)?;
    let row = cx.as_happened(story.created, |cx| {
        let row = store::insert(cx, issue.issue().id, content.clone(), story.updated())?;
        let total = store::total(cx, issue.issue().id)?;
        let change = Change { id: row.id, from: None, to: Some(&content) };
        spent::follow_import(cx, &issue, &change, total)?;
        Ok(row)
    })?;
    Ok(Reply::new(render::worklogs(cx, &[row])?))
}
