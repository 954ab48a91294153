//! Reactions to comments. Clients name them in capitals and read them in small letters.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use trackway_api::comments::{AddReaction, Comment, RemoveReaction};

use super::ops::{commit, find, reply_with};
use super::render::Reactions;
use super::store::CommentRow;
use super::thread::{OF_ISSUES, Thread};
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

/// Reacts to a comment. Whoever may comment may react; reacting twice the same way is once.
///
/// # Errors
/// 404 and 403 as for a comment, 404 for an unknown reaction.
pub fn add(cx: &mut Cx<'_, '_>, r: &AddReaction) -> Result<Reply<Comment>> {
    let issue = cx.issue(&r.issue)?.commentable(cx)?;
    let row = find(cx, issue.issue(), &r.comment)?;
    let kind = kind(&r.reaction)?;
    if put(cx, &OF_ISSUES, &row, kind)? {
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
    if take_back(cx, &OF_ISSUES, &row, kind)? {
        let delta = CommentDelta { removed_reaction: Some(kind.to_owned()), ..about(&row) };
        let same = issue.loaded().full(cx)?;
        commit(cx, &issue, same, EventKind::IssueCommentReactionRemoved, delta, Vec::new())?;
    }
    reply_with(cx, issue.issue(), &row, None)
}

fn about(row: &CommentRow) -> CommentDelta {
    CommentDelta { id: row.id, to: Some(row.text.clone()), ..CommentDelta::default() }
}

/// Notes the actor's reaction to a comment; whether it is new.
///
/// # Errors
/// The database fails.
pub(crate) fn put(
    cx: &mut Cx<'_, '_>,
    thread: &Thread,
    row: &CommentRow,
    kind: &str,
) -> Result<bool> {
    let (org, uid, now) = (cx.dict.org_id, cx.actor.uid, cx.now);
    Ok(cx.tx.exec(thread.react, &[&org, &row.issue_id, &row.id, &kind, &uid, &now])? > 0)
}

/// Takes the actor's reaction to a comment back; whether there was one.
///
/// # Errors
/// The database fails.
pub(crate) fn take_back(
    cx: &mut Cx<'_, '_>,
    thread: &Thread,
    row: &CommentRow,
    kind: &str,
) -> Result<bool> {
    let (org, uid) = (cx.dict.org_id, cx.actor.uid);
    Ok(cx.tx.exec(thread.unreact, &[&org, &row.issue_id, &row.id, &kind, &uid])? > 0)
}

/// The kind of reaction that a client names.
///
/// # Errors
/// 404 for an unknown one.
pub(crate) fn kind(text: &str) -> Result<&'static str> {
    let known = KINDS.iter().find(|kind| kind.eq_ignore_ascii_case(text.trim()));
    known.copied().ok_or_else(|| Code::ReactionNotFound.err())
}

/// Reactions to comments of one thread, by comment.
///
/// # Errors
/// The database fails.
pub(super) fn of(
    cx: &mut Cx<'_, '_>,
    thread: &Thread,
    owner: i64,
    comments: &[CommentRow],
) -> Result<FxHashMap<i64, Reactions>> {
    let ids: Vec<i64> = comments.iter().map(|row| row.id).collect();
    if ids.is_empty() {
        return Ok(FxHashMap::default());
    }
    let rows: Vec<ReactionRow> =
        cx.tx.all_by_ids(thread.reactions, &[&cx.dict.org_id, &owner], &ids)?;
    let mut found: FxHashMap<i64, Reactions> = FxHashMap::default();
    for row in rows {
        let by_kind: &mut BTreeMap<String, Vec<i64>> =
            &mut found.entry(row.comment_id).or_default().0;
        by_kind.entry(row.reaction).or_default().push(row.user_id);
    }
    Ok(found)
}
