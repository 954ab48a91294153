//! Reactions to comments. Clients name them in capitals and read them in small letters.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use trackway_api::comments::{AddReaction, Comment, RemoveReaction};

use super::ops::{commit, find, reply_with};
use super::render::Reactions;
use super::store::CommentRow;
use crate::cx::{Cx, Reply};
use crate::error::{Code, Result};
use crate::event::{CommentDelta, EventKind};

/// Kinds of reactions, as published clients list them.
const KINDS: [&str; 13] = [
    "like", "dislike", "laugh", "hooray", "confused", "heart", "rocket", "eyes", "fire", "ok",
    "facepalm", "cry", "tada",
];

trackway_db::row! {
    /// A reaction.
    pub struct ReactionRow {
        pub comment_id: i64,
        pub reaction: String,
        pub user_id: i64,
    }
}

/// Reactions to several comments of an issue, oldest first.
pub const OF_COMMENTS: &str = "SELECT comment_id, reaction, user_id FROM comment_reaction \
     WHERE org_id = $1 AND issue_id = $2 AND comment_id {any:$3} ORDER BY created_at, user_id";
/// Adds a reaction, unless it is there.
pub const INSERT: &str = "INSERT INTO comment_reaction (org_id, issue_id, comment_id, reaction, \
     user_id, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
/// Takes a reaction back.
pub const DELETE: &str = "DELETE FROM comment_reaction WHERE org_id = $1 AND issue_id = $2 \
     AND comment_id = $3 AND reaction = $4 AND user_id = $5";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[OF_COMMENTS, INSERT, DELETE];

/// Reacts to a comment. Whoever may comment may react; reacting twice the same way is once.
///
/// # Errors
/// 404 and 403 as for a comment, 404 for an unknown reaction.
pub fn add(cx: &mut Cx<'_, '_>, r: &AddReaction) -> Result<Reply<Comment>> {
    let issue = cx.issue(&r.issue)?.commentable(cx)?;
    let row = find(cx, issue.issue(), &r.comment)?;
    let kind = kind(&r.reaction)?;
    let (org, id, uid, now) = (cx.dict.org_id, issue.issue().id, cx.actor.uid, cx.now);
    if cx.tx.exec(INSERT, &[&org, &id, &row.id, &kind, &uid, &now])? > 0 {
        let delta = CommentDelta { added_reaction: Some(kind.to_owned()), ..about(&row) };
        let same = issue.loaded().full(cx)?;
        commit(cx, &issue, same, EventKind::IssueCommentReactionAdded, delta, Vec::new())?;
    }
    reply_with(cx, issue.issue(), &row, None)
}

/// Takes a reaction back; one that was not there is no fault.
///
/// # Errors
/// As [`add`].
pub fn remove(cx: &mut Cx<'_, '_>, r: &RemoveReaction) -> Result<Reply<Comment>> {
    let issue = cx.issue(&r.issue)?.commentable(cx)?;
    let row = find(cx, issue.issue(), &r.comment)?;
    let kind = kind(&r.reaction)?;
    let (org, id, uid) = (cx.dict.org_id, issue.issue().id, cx.actor.uid);
    if cx.tx.exec(DELETE, &[&org, &id, &row.id, &kind, &uid])? > 0 {
        let delta = CommentDelta { removed_reaction: Some(kind.to_owned()), ..about(&row) };
        let same = issue.loaded().full(cx)?;
        commit(cx, &issue, same, EventKind::IssueCommentReactionRemoved, delta, Vec::new())?;
    }
    reply_with(cx, issue.issue(), &row, None)
}

fn about(row: &CommentRow) -> CommentDelta {
    CommentDelta { id: row.id, to: Some(row.text.clone()), ..CommentDelta::default() }
}

fn kind(text: &str) -> Result<&'static str> {
    let known = KINDS.iter().find(|kind| kind.eq_ignore_ascii_case(text.trim()));
    known.copied().ok_or_else(|| Code::ReactionNotFound.err())
}

/// Reactions to the comments of an issue, by comment.
///
/// # Errors
/// The database fails.
pub(super) fn of(
    cx: &mut Cx<'_, '_>,
    issue: i64,
    comments: &[CommentRow],
) -> Result<FxHashMap<i64, Reactions>> {
    let ids: Vec<i64> = comments.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(FxHashMap::default());
    }
    let rows: Vec<ReactionRow> = cx.tx.all_by_ids(OF_COMMENTS, &[&cx.dict.org_id, &issue], &ids)?;
    let mut found: FxHashMap<i64, Reactions> = FxHashMap::default();
    for row in rows {
        let by_kind: &mut BTreeMap<String, Vec<i64>> =
            &mut found.entry(row.comment_id).or_default().0;
        by_kind.entry(row.reaction).or_default().push(row.user_id);
    }
    Ok(found)
}
