//! What time records mean for their issue: `spent`, `estimation`, one entry in the history
//! (workflow.md, section 10).

use super::store::Content;
use crate::access::Editable;
use crate::cx::Cx;
use crate::error::Result;
use crate::event::{EventBody, EventKind, WorklogDelta, WorklogState};
use crate::field::no;
use crate::issue::value::Val;
use crate::issue::{Issue, edit};

/// A change of one record.
pub(super) struct Change<'c> {
    pub(super) id: i64,
    pub(super) from: Option<&'c Content>,
    pub(super) to: Option<&'c Content>,
}

impl Change<'_> {
    const fn kind(&self) -> EventKind {
        match (self.from, self.to) {
            (None, _) => EventKind::IssueWorklogAdded,
            (Some(_), Some(_)) => EventKind::IssueWorklogUpdated,
            (Some(_), None) => EventKind::IssueWorklogRemoved,
        }
    }

    fn body(&self) -> EventBody {
        let state = |content: &Content| WorklogState {
            seconds: content.seconds,
            start: content.start,
            comment: content.comment.clone(),
        };
        let delta =
            WorklogDelta { id: self.id, from: self.from.map(state), to: self.to.map(state) };
        EventBody { worklog: vec![delta], ..EventBody::default() }
    }

    fn seconds(&self) -> i64 {
        self.to.map_or(0, |c| c.seconds) - self.from.map_or(0, |c| c.seconds)
    }
}

/// Brings an issue in step with a changed record. Only added time takes from what remains.
///
/// # Errors
/// 409 and 423 when the issue cannot be changed.
pub(super) fn follow(cx: &mut Cx<'_, '_>, issue: &Editable, change: &Change<'_>) -> Result<()> {
    let mut after = issue.loaded().full(cx)?;
    let before = spent(&after);
    if change.from.is_none() {
        after.set(no::ESTIMATION, remaining(&after, change.seconds()));
    }
    set_spent(&mut after, before.saturating_add(change.seconds()));
    edit::commit_with(cx, issue, after, change.kind(), change.body())?;
    Ok(())
}

/// As [`follow`], for a record that came from elsewhere. The issue may have come with the time
/// already, which must not count twice; and what remained there is known better by its import.
///
/// # Errors
/// As [`follow`].
pub(super) fn follow_import(
    cx: &mut Cx<'_, '_>,
    issue: &Editable,
    change: &Change<'_>,
    total: i64,
) -> Result<()> {
    let mut after = issue.loaded().full(cx)?;
    let known = spent(&after);
    set_spent(&mut after, known.max(total));
    edit::commit_with(cx, issue, after, change.kind(), change.body())?;
    Ok(())
}

fn spent(issue: &Issue) -> i64 {
    issue.one(no::SPENT).unwrap_or(0)
}

fn set_spent(issue: &mut Issue, seconds: i64) {
    issue.set(no::SPENT, (seconds > 0).then_some(Val::Span(seconds)));
}

/// What remains after `seconds` more: with an original estimation only what goes beyond it counts.
fn remaining(issue: &Issue, seconds: i64) -> Option<Val> {
    let left = issue.one(no::ESTIMATION)?;
    let spent = spent(issue);
    let beyond = match issue.one(no::ORIGINAL_ESTIMATION) {
        Some(planned) => (spent + seconds - spent.max(planned)).max(0),
        None => seconds,
    };
    Some(Val::Span((left - beyond).max(0)))
}
