//! Operations on comments.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::Value as Json;
use trackway_api::List;
use trackway_api::comments::{
    AddComment, Comment, CommentCreate, DeleteComment, GetComment, ListComments, UpdateComment,
};
use trackway_api::types::PlainRef;

use super::input::{Draft, number};
use super::render::{Expand, Writer};
use super::store::{self, CommentRow};
use crate::access::{self, Editable, Right, Visible};
use crate::attachment::{self, Owner};
use crate::cx::{Cx, Paging, Reply};
use crate::error::{Code, Error, Result};
use crate::event::{AttachmentDelta, CommentDelta, EventBody, EventKind};
use crate::field::no::{self, FieldNo};
use crate::issue::store::Loaded;
use crate::issue::value::Val;
use crate::issue::{Issue, edit};
use crate::link;
use crate::paging;
use crate::transition;

/// Comments of an issue, oldest first.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListComments) -> Result<Reply<Vec<Comment>>> {
    cx.view.localize(r.localized);
    let visible = cx.issue(&r.issue)?;
    let per_page = paging::size(r.per_page, paging::MAX)?;
    let after = match &r.id {
        Some(id) => {
            number(id).ok_or_else(|| Code::BadParameter.with("id").and("must name a comment"))?
        }
        None => 0,
    };
    let limit = usize::try_from(per_page).map_err(Error::internal)?;
    let mut rows = store::page(cx, visible.issue().id, after, limit + 1)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    let expand = Expand::new(r.expand.as_ref());
    let writer = Writer::new(cx, visible.issue(), expand, &rows)?;
    let comments: Vec<Comment> = rows.iter().map(|row| writer.comment(row)).collect();
    Ok(Reply::new(comments).paged(Paging::Relative { per_page, next }))
}

/// One comment.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetComment) -> Result<Reply<Comment>> {
    let visible = cx.issue(&r.issue)?;
    let row = find(cx, visible.issue(), &r.comment)?;
    reply_with(cx, visible.issue(), &row, r.expand.as_ref())
}

/// Adds a comment.
pub fn add(cx: &mut Cx<'_, '_>, r: &AddComment) -> Result<Reply<Comment>> {
    cx.notify(r.notify, r.notify_author);
    let issue = cx.issue(&r.issue)?.commentable(cx)?;
    let draft = Draft::new(cx, &r.body.0)?;
    let row = insert(cx, &issue, draft, r.is_add_to_followers.unwrap_or(true))?;
    transition::on_comment::follow(cx, row.issue_id)?;
    reply_with(cx, issue.issue(), &row, r.expand.as_ref())
}

/// A comment that the actor may change, with its issue. Only its author and those who may change the
/// settings of the queue may do so, since it changes what somebody said (contract, updateComment).
///
/// # Errors
/// 404 when there is no such comment, 403 for others, 409 or 423 when the issue cannot be changed.
pub(crate) fn to_change(
    cx: &mut Cx<'_, '_>,
    issue: &str,
    comment: &str,
) -> Result<(Editable, CommentRow)> {
    let visible = cx.issue(issue)?;
    let row = find(cx, visible.issue(), comment)?;
    if row.created_by != cx.actor.uid && !administers(cx, visible.issue()) {
        return Err(Code::CommentDenied.err());
    }
    Ok((visible.commentable(cx)?, row))
}

/// Edits a comment.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateComment) -> Result<Reply<Comment>> {
    cx.notify(r.notify, r.notify_author);
    let (issue, row) = to_change(cx, &r.issue, &r.comment)?;
    edit::check_version(row.version, r.version, r.if_match)?;
    let old = row.called();
    let draft = Draft::edited(cx, &row.text, &old, &r.body.0)?;
    if draft.text == row.text && draft.called == old && draft.files.is_empty() {
        return reply_with(cx, issue.issue(), &row, r.expand.as_ref());
    }
    let mut delta = CommentDelta { id: row.id, ..CommentDelta::default() };
    if draft.text != row.text {
        delta.from = Some(row.text.clone());
        delta.to = Some(draft.text.clone());
    }
    let old_text = row.text.clone();
    let row = store::update(cx, &row, draft.text, &draft.called)?;
    let mut after = issue.loaded().full(cx)?;
    let new = draft.called.summonees.iter().filter(|uid| !old.summonees.contains(uid));
    summon(&mut after, new.copied());
    let files = attachment::bind(cx, &draft.files, Owner::Issue(row.issue_id, row.id))?;
    commit(cx, &issue, after, EventKind::IssueCommentUpdated, delta, files)?;
    link::auto::follow(cx, row.issue_id, &old_text, &row.text)?;
    reply_with(cx, issue.issue(), &row, r.expand.as_ref())
}

/// Deletes a comment. Its author may do so, whoever may edit the issue, and whoever may change the
/// settings of the queue (permissions.md, 3).
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteComment) -> Result<Reply<()>> {
    let visible = cx.issue(&r.issue)?;
    let row = find(cx, visible.issue(), &r.comment)?;
    let allowed = row.created_by == cx.actor.uid
        || access::may(&cx.dict, &cx.actor, visible.issue(), Right::Write)
        || administers(cx, visible.issue());
    if !allowed {
        return Err(Code::CommentDenied.err());
    }
    remove(cx, visible, row)?;
    Ok(Reply::new(()))
}

fn remove(cx: &mut Cx<'_, '_>, visible: Visible, row: CommentRow) -> Result<()> {
    let issue = visible.commentable(cx)?;
    store::delete(cx, &row)?;
    let mut after = issue.loaded().full(cx)?;
    count(&mut after, -1);
    let newest = store::newest(cx, row.issue_id)?;
    after.set(no::LAST_COMMENT_UPDATED_AT, newest.map(Val::At));
    let files = attachment::remove_of_comment(cx, Owner::Issue(row.issue_id, row.id))?;
    let delta = CommentDelta { id: row.id, from: Some(row.text), ..CommentDelta::default() };
    commit(cx, &issue, after, EventKind::IssueCommentRemoved, delta, files)
}

/// Adds a comment given as a text or as a body, the way edits and transitions take one.
///
/// # Errors
/// 422 for a comment that cannot be read, 409 or 423 when the issue cannot be changed.
pub fn add_to(
    cx: &mut Cx<'_, '_>,
    issue: &Editable,
    comment: &Json,
    follow: bool,
) -> Result<Comment> {
    let draft = if comment.is_object() {
        let body = CommentCreate::deserialize(comment)
            .map_err(|error| Code::BodyShape.with(error).under("comment"))?;
        Draft::new(cx, &body)?
    } else {
        Draft::plain(comment).map_err(|error| error.under("comment"))?
    };
    let row = insert(cx, issue, draft, follow)?;
    let writer = Writer::new(cx, issue.issue(), Expand::new(None), &[])?;
    Ok(writer.comment(&row))
}

/// References to the comments of several issues, for `expand=comments`.
///
/// # Errors
/// The database fails.
pub fn refs_of(cx: &mut Cx<'_, '_>, issues: &[Loaded]) -> Result<Vec<Vec<PlainRef>>> {
    let place: FxHashMap<i64, usize> =
        issues.iter().enumerate().map(|(i, loaded)| (loaded.issue.id, i)).collect();
    let keys: Vec<String> = issues.iter().map(|loaded| loaded.issue.key(&cx.dict)).collect();
    let ids: Vec<i64> = issues.iter().map(|loaded| loaded.issue.id).collect();
    let mut refs: Vec<Vec<PlainRef>> = issues.iter().map(|_| Vec::new()).collect();
    for row in store::mentions(cx, &ids)? {
        let Some(i) = place.get(&row.issue_id) else { continue };
        let (Some(key), Some(refs)) = (keys.get(*i), refs.get_mut(*i)) else { continue };
        refs.push(PlainRef {
            self_url: cx.view.url(&format!("/issues/{key}/comments/{}", row.id)),
            id: row.id.to_string(),
            display: row.text.as_str().into(),
        });
    }
    Ok(refs)
}

/// The comments of several issues, for `embed=comments`.
///
/// # Errors
/// The database fails.
pub fn whole_of(cx: &mut Cx<'_, '_>, issues: &[Loaded]) -> Result<Vec<Vec<Comment>>> {
    let ids: Vec<i64> = issues.iter().map(|loaded| loaded.issue.id).collect();
    let mut rows: FxHashMap<i64, Vec<CommentRow>> = FxHashMap::default();
    for row in store::of_issues(cx, &ids)? {
        rows.entry(row.issue_id).or_default().push(row);
    }
    let mut all = Vec::with_capacity(issues.len());
    for loaded in issues {
        let rows = rows.remove(&loaded.issue.id).unwrap_or_default();
        let writer = Writer::new(cx, &loaded.issue, Expand::new(None), &rows)?;
        all.push(rows.iter().map(|row| writer.comment(row)).collect());
    }
    Ok(all)
}

/// A comment as the answer of an operation.
pub(super) fn reply_with(
    cx: &mut Cx<'_, '_>,
    issue: &Issue,
    row: &CommentRow,
    expand: Option<&List>,
) -> Result<Reply<Comment>> {
    let writer = Writer::new(cx, issue, Expand::new(expand), std::slice::from_ref(row))?;
    Ok(Reply::new(writer.comment(row)))
}

/// A comment of an issue by what stands in a path: its number or its `longId`.
///
/// # Errors
/// 404 when there is none.
pub(crate) fn find(cx: &mut Cx<'_, '_>, issue: &Issue, id: &str) -> Result<CommentRow> {
    let row = match number(id) {
        Some(number) => store::one(cx, issue.id, number)?,
        None => None,
    };
    row.filter(|row| id.parse::<i64>().is_ok() || row.hex().eq_ignore_ascii_case(id))
        .ok_or_else(|| Code::CommentNotFound.err())
}

/// Whether the actor may change the settings of the issue's queue.
fn administers(cx: &Cx<'_, '_>, issue: &Issue) -> bool {
    cx.dict.queues.get(issue.queue).is_some_and(|queue| access::may_grant(queue, &cx.actor))
}

/// Stores a comment with all that it means for its issue: one change, one entry in the history.
fn insert(cx: &mut Cx<'_, '_>, issue: &Editable, draft: Draft, follow: bool) -> Result<CommentRow> {
    let row = store::insert(cx, issue.issue().id, draft.text, &draft.called)?;
    let mut after = issue.loaded().full(cx)?;
    after.set(no::LAST_COMMENT_UPDATED_AT, Some(Val::At(cx.now)));
    count(&mut after, 1);
    let author = cx.actor.uid;
    let awaited = take(&mut after, no::PENDING_REPLY_FROM, author);
    // Who was summoned becomes a follower by answering (workflow.md, 11).
    if follow || awaited {
        add_person(&mut after, no::FOLLOWERS, author);
    }
    summon(&mut after, draft.called.summonees.iter().copied());
    let delta = CommentDelta { id: row.id, to: Some(row.text.clone()), ..CommentDelta::default() };
    let files = attachment::bind(cx, &draft.files, Owner::Issue(row.issue_id, row.id))?;
    commit(cx, issue, after, EventKind::IssueCommentAdded, delta, files)?;
    link::auto::follow(cx, row.issue_id, "", &row.text)?;
    Ok(row)
}

/// Saves what a comment changed in its issue.
pub(super) fn commit(
    cx: &mut Cx<'_, '_>,
    issue: &Editable,
    after: Issue,
    kind: EventKind,
    delta: CommentDelta,
    attachments: Vec<AttachmentDelta>,
) -> Result<()> {
    let body = EventBody { comments: vec![delta], attachments, ..EventBody::default() };
    edit::commit_with(cx, issue, after, kind, body)?;
    Ok(())
}

/// Counts a comment more or less.
pub(super) fn count(issue: &mut Issue, by: i64) {
    let count = issue.one(no::COMMENTS_WITHOUT_MESSAGE).unwrap_or(0) + by;
    issue.set(no::COMMENTS_WITHOUT_MESSAGE, (count > 0).then_some(Val::Ref(count)));
}

/// Summoned people are waited for, and get access (permissions.md, 3).
fn summon(issue: &mut Issue, people: impl Iterator<Item = i64>) {
    for uid in people {
        add_person(issue, no::PENDING_REPLY_FROM, uid);
        add_person(issue, no::ACCESS, uid);
    }
}

fn add_person(issue: &mut Issue, field: FieldNo, uid: i64) {
    let mut people = issue.many(field).to_vec();
    if !people.contains(&uid) {
        people.push(uid);
        issue.set(field, Some(Val::Refs(people)));
    }
}

/// Takes a person out of a list; whether they were in it.
fn take(issue: &mut Issue, field: FieldNo, uid: i64) -> bool {
    let mut people = issue.many(field).to_vec();
    let before = people.len();
    people.retain(|other| *other != uid);
    let taken = people.len() < before;
    issue.set(field, Some(Val::Refs(people)));
    taken
}
