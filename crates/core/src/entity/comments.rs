//! Comments of entities. They look and are written like those of issues; whoever may read an entity
//! and has full access may comment on it.

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::List;
use trackway_api::comments::{Comment, CommentCreate};
use trackway_api::entities::{
    CreateEntityComment, DeleteEntityComment, EntityCommentPage, GetEntityComment,
    ListEntityComments, ListEntityCommentsRelative, UpdateEntityComment,
};

use super::event::{Delta, Happening, Walk, record};
use super::{kind, ops, store};
use crate::access::EntityRight;
use crate::attachment::{self, Owner};
use crate::comment::input::{Draft, number};
use crate::comment::render::{Expand, Writer};
use crate::comment::store::CommentRow;
use crate::cx::{Cx, Reply};
use crate::dict::Object;
use crate::dict::model::Entity;
use crate::error::{Code, Result};
use crate::paging::{self, Page};

/// Comments of an entity, oldest first.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListEntityComments) -> Result<Reply<Vec<Comment>>> {
    let entity = readable(cx, &r.kind, &r.entity)?;
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let rows = store::comments(cx, entity.id)?;
    let (rows, paging) = page.cut(rows);
    let comments = wires(cx, &entity, &rows, r.expand.as_ref())?;
    Ok(Reply::new(comments).paged(paging))
}

/// Comments of an entity around one of them.
pub fn relative(
    cx: &mut Cx<'_, '_>,
    r: &ListEntityCommentsRelative,
) -> Result<Reply<EntityCommentPage>> {
    let entity = readable(cx, &r.kind, &r.entity)?;
    let walk = Walk {
        per_page: paging::size(r.per_page, paging::MAX)?,
        from: r.from.as_deref(),
        selected: r.selected.as_deref(),
        newest_first: r.new_comments_on_top.unwrap_or_default(),
        direction: r.direction.as_deref(),
    };
    let rows = store::comments(cx, entity.id)?;
    let page = walk.page(rows, |row, id| number(id) == Some(row.id))?;
    let comments = wires(cx, &entity, &page.items, r.expand.as_ref())?;
    Ok(Reply::new(EntityCommentPage { comments, has_next: page.has_next, has_prev: page.has_prev }))
}

/// One comment.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetEntityComment) -> Result<Reply<Comment>> {
    let entity = readable(cx, &r.kind, &r.entity)?;
    let row = find(cx, &entity, &r.comment)?;
    one(cx, &entity, row, r.expand.as_ref())
}

/// Comments on an entity.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateEntityComment) -> Result<Reply<Comment>> {
    let entity = readable(cx, &r.kind, &r.entity)?;
    let draft = Draft::new(cx, &r.body.0)?;
    let row = insert(cx, &entity, draft, r.is_add_to_followers.unwrap_or(true))?;
    one(cx, &entity, row, r.expand.as_ref())
}

/// Adds a comment that is a text, or a body, as edits take one.
pub(super) fn add_text(
    cx: &mut Cx<'_, '_>,
    entity: &Arc<Object<Entity>>,
    comment: &Json,
) -> Result<()> {
    let body = if comment.is_object() {
        serde::Deserialize::deserialize(comment)
            .map_err(|error| Code::BodyShape.with(error).under("comment"))?
    } else {
        CommentCreate { text: Some(comment.clone()), ..CommentCreate::default() }
    };
    let draft = Draft::new(cx, &body)?;
    insert(cx, entity, draft, true)?;
    Ok(())
}

fn insert(
    cx: &mut Cx<'_, '_>,
    entity: &Arc<Object<Entity>>,
    draft: Draft,
    follow: bool,
) -> Result<CommentRow> {
    if !cx.actor.full {
        return Err(Code::FullAccessRequired.err());
    }
    let row = store::insert_comment(cx, entity.id, draft.text, &draft.called)?;
    attachment::bind(cx, &draft.files, Owner::Entity(entity.id, row.id))?;
    let (now, author) = (cx.now, cx.actor.uid);
    let called = draft.called.summonees;
    ops::touch(cx, entity, |entity| {
        entity.last_comment_at = Some(now);
        if follow && !entity.followers.contains(&author) {
            entity.followers.push(author);
        }
        // Whoever is called must be able to see what it is about.
        for uid in called {
            if !entity.followers.contains(&uid) {
                entity.followers.push(uid);
            }
        }
    })?;
    let delta = Delta {
        comment: Some(row.id),
        ..Delta::of("comment", Json::Null, row.text.as_str().into())
    };
    record(cx, entity.id, Happening::CommentAdded, &[delta])?;
    Ok(row)
}

/// Changes a comment; only its author may (contract, `updateEntityComment`).
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateEntityComment) -> Result<Reply<Comment>> {
    let entity = readable(cx, &r.kind, &r.entity)?;
    let row = find(cx, &entity, &r.comment)?;
    if row.created_by != cx.actor.uid {
        return Err(Code::CommentDenied.err());
    }
    if let Some(trackway_api::IfMatch::Version(version)) = r.if_match
        && version != row.version
    {
        return Err(Code::PreconditionFailed.err());
    }
    let old = row.called();
    let draft = Draft::edited(cx, &row.text, &old, &r.body.0)?;
    if draft.text == row.text && draft.called == old && draft.files.is_empty() {
        return one(cx, &entity, row, r.expand.as_ref());
    }
    let delta = Delta {
        comment: Some(row.id),
        ..Delta::of("comment", row.text.as_str().into(), draft.text.as_str().into())
    };
    let row = store::update_comment(cx, &row, draft.text, &draft.called)?;
    attachment::bind(cx, &draft.files, Owner::Entity(entity.id, row.id))?;
    ops::touch(cx, &entity, |_| {})?;
    record(cx, entity.id, Happening::CommentUpdated, &[delta])?;
    one(cx, &entity, row, r.expand.as_ref())
}

/// Deletes a comment: its author may, and whoever may change the entity.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteEntityComment) -> Result<Reply<()>> {
    let entity = readable(cx, &r.kind, &r.entity)?;
    let row = find(cx, &entity, &r.comment)?;
    if row.created_by != cx.actor.uid {
        cx.may_entity(&entity, EntityRight::Write)?;
    }
    store::delete_comment(cx, &row)?;
    attachment::remove_of_comment(cx, Owner::Entity(entity.id, row.id))?;
    let newest = store::comments(cx, entity.id)?.last().map(|row| row.created_at);
    ops::touch(cx, &entity, |entity| entity.last_comment_at = newest)?;
    let delta = Delta::of("comment", row.text.into(), Json::Null);
    record(cx, entity.id, Happening::CommentRemoved, &[delta])?;
    Ok(Reply::new(()))
}

fn readable(cx: &Cx<'_, '_>, name: &str, id: &str) -> Result<Arc<Object<Entity>>> {
    cx.entity(kind(name)?, id, EntityRight::Read)
}

fn find(cx: &mut Cx<'_, '_>, entity: &Object<Entity>, id: &str) -> Result<CommentRow> {
    let row = match number(id) {
        Some(number) => store::comment(cx, entity.id, number)?,
        None => None,
    };
    row.filter(|row| id.parse::<i64>().is_ok() || row.hex().eq_ignore_ascii_case(id))
        .ok_or_else(|| Code::CommentNotFound.err())
}

fn one(
    cx: &mut Cx<'_, '_>,
    entity: &Object<Entity>,
    row: CommentRow,
    expand: Option<&List>,
) -> Result<Reply<Comment>> {
    let mut wire = wires(cx, entity, &[row], expand)?;
    wire.pop().map(Reply::new).ok_or_else(|| Code::CommentNotFound.err())
}

fn wires(
    cx: &mut Cx<'_, '_>,
    entity: &Object<Entity>,
    rows: &[CommentRow],
    expand: Option<&List>,
) -> Result<Vec<Comment>> {
    let writer = Writer::of_entity(cx, entity, Expand::new(expand))?;
    Ok(rows.iter().map(|row| writer.comment(row)).collect())
}
