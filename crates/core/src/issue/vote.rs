//! Votes for issues (workflow.md, 11): an operation of ours, the original keeps voting in its
//! interface.

use trackway_api::issues::{AddVote, Issue as IssueReply, RemoveVote};

use super::expand::Shape;
use super::store::Loaded;
use super::value::Val;
use super::{edit, ops, refs};
use crate::access::Editable;
use crate::cx::{Cx, Reply};
use crate::error::{Code, Error, Result};
use crate::event::EventKind;
use crate::field::no;

/// Votes for an issue. Voting twice is voting once.
///
/// # Errors
/// 404 and 403 as for reading the issue, 404 for an unknown user, 403 for a vote of somebody else
/// without the right to edit the issue, 422 where the queue lets nobody vote.
pub fn add(cx: &mut Cx<'_, '_>, r: &AddVote) -> Result<Reply<IssueReply>> {
    let (issue, user) = find(cx, &r.issue, &r.user)?;
    let voters = issue.issue().many(no::VOTED_BY);
    if voters.contains(&user) {
        return answer(cx, issue.loaded());
    }
    if let Some(queue) = cx.dict.queues.get(issue.issue().queue).filter(|q| q.body.deny_voting) {
        return Err(Code::VotingOff.with(&queue.key));
    }
    let mut voters = voters.to_vec();
    voters.push(user);
    save(cx, &issue, voters, EventKind::IssueVoteAdded)
}

/// Takes a vote back; one that was not there is no fault.
///
/// # Errors
/// As [`add`], but for the queue: a vote can always be taken back.
pub fn remove(cx: &mut Cx<'_, '_>, r: &RemoveVote) -> Result<Reply<IssueReply>> {
    let (issue, user) = find(cx, &r.issue, &r.user)?;
    let mut voters = issue.issue().many(no::VOTED_BY).to_vec();
    voters.retain(|voter| *voter != user);
    save(cx, &issue, voters, EventKind::IssueVoteRemoved)
}

/// The issue to be changed, and whose vote it is about. One's own asks for no more than reading it
/// and full access (permissions.md, 3).
fn find(cx: &mut Cx<'_, '_>, issue: &str, user: &str) -> Result<(Editable, i64)> {
    let visible = cx.issue(issue)?;
    let named = refs::user_by_text(&cx.dict, user).map(|user| user.id);
    let own = || (user == "me").then_some(cx.actor.uid);
    let user = named.or_else(own).ok_or_else(|| Code::UserNotFound.err())?;
    let issue = if user == cx.actor.uid { visible.commentable(cx) } else { visible.editable(cx) }?;
    Ok((issue, user))
}

fn save(
    cx: &mut Cx<'_, '_>,
    issue: &Editable,
    voters: Vec<i64>,
    kind: EventKind,
) -> Result<Reply<IssueReply>> {
    let mut after = issue.loaded().full(cx)?;
    let votes = i64::try_from(voters.len()).map_err(Error::internal)?;
    after.set(no::VOTES, (votes > 0).then_some(Val::Ref(votes)));
    after.set(no::VOTED_BY, Some(Val::Refs(voters)));
    let saved = edit::commit(cx, issue, after, kind)?;
    answer(cx, saved.as_ref().unwrap_or_else(|| issue.loaded()))
}

fn answer(cx: &mut Cx<'_, '_>, loaded: &Loaded) -> Result<Reply<IssueReply>> {
    ops::reply(cx, loaded, &Shape::default())
}
