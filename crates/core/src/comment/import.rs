//! Comments of another system.

use trackway_api::comments::{Comment, ImportComment};

use super::input::Draft;
use super::{ops, store};
use crate::cx::{Cx, Reply};
use crate::error::{Code, Result};
use crate::event::{CommentDelta, EventKind};
use crate::field::no;
use crate::history::Story;
use crate::issue::value::Val;

/// Adds a comment with the author and time it had elsewhere. Nobody is summoned by it and nobody
/// becomes a follower; `updatedAt` of the issue stays.
///
/// # Errors
/// 404 and 403 as for an edit, unless an administrator asks; 422 for wrong members, and for times
/// outside the life of the issue.
pub fn import(cx: &mut Cx<'_, '_>, r: &ImportComment) -> Result<Reply<Comment>> {
    cx.imported();
    let issue = cx.issue(&r.issue)?.importable(cx)?;
    let body = &r.body.0;
    let story = Story::read(cx, |name| body.get(name))?;
    story.within(issue.issue())?;
    let text = body.get("text").ok_or_else(|| Code::FieldRequired.at("text"))?;
    let draft = Draft::plain(text).map_err(|error| error.under("text"))?;
    let row = cx.as_happened(story.created, |cx| {
        let mut row = store::insert(cx, issue.issue().id, draft.text, &draft.called)?;
        if let Some(changed) = story.changed {
            store::restamp(cx, &mut row, changed)?;
        }
        let mut after = issue.loaded().full(cx)?;
        ops::count(&mut after, 1);
        let last = after.one(no::LAST_COMMENT_UPDATED_AT).unwrap_or(i64::MIN);
        after.set(no::LAST_COMMENT_UPDATED_AT, Some(Val::At(last.max(cx.now))));
        let delta =
            CommentDelta { id: row.id, to: Some(row.text.clone()), ..CommentDelta::default() };
        ops::commit(cx, &issue, after, EventKind::IssueCommentAdded, delta, Vec::new())?;
        Ok(row)
    })?;
    ops::reply_with(cx, issue.issue(), &row, None)
}
