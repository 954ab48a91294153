//! Comments of entities. They look and are written like those of issues; whoever may read an entity
//! and has full access may comment on it.

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::List;
use trackway_api::comments::{Comment, CommentCreate};
use trackway_api::entities::{
    AddEntityReaction, CreateEntityComment, DeleteEntityComment, EntityCommentPage,
    GetEntityComment, ListEntityComments, ListEntityCommentsRelative, RemoveEntityReaction,
    UpdateEntityComment,
};

use super::event::{Delta, Happening, record};
use super::walk::{Rows, Walk};
use super::{kind, ops, store};
use crate::access::EntityRight;
use crate::attachment::{self, Owner};
use crate::comment::input::{Draft, number};
use crate::comment::reaction;
use crate::comment::render::{Expand, Writer};
use crate::comment::store::CommentRow;
use crate::comment::thread::OF_ENTITIES;
use crate::cx::{Cx, Reply};
use crate::dict::Object;
use crate::dict::model::Entity;
use crate::error::{Code, Result};
use crate::paging::{self, Page};

/// Comments of an entity, oldest first.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListEntityComments) -> Result<Reply<Vec<Comment>>> {
    let entity = readable(cx, &r.kind, &r.entity)?;
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let total = OF_ENTITIES.count(cx, entity.id)?;
    let rows = page_of(cx, &entity, page)?;
    let comments = wires(cx, &entity, &rows, r.expand.as_ref())?;
    Ok(Reply::new(comments).paged(page.of(total)))
}

/// The comments of a page by number: read up to its end, since what lies before is not numbered.
fn page_of(cx: &mut Cx<'_, '_>, entity: &Object<Entity>, page: Page) -> Result<Vec<CommentRow>> {
    let org = cx.dict.org_id;
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let params: [&dyn trackway_db::Param; 4] =
        [&org, &entity.id, &number(page.limit()), &number(page.offset())];
    Ok(cx.tx.all(store::COMMENTS_PAGE, &params)?)
}

/// The comments of an entity.
struct Comments(i64);

impl Rows for Comments {
    type Row = CommentRow;

    fn number(row: &CommentRow) -> i64 {
        row.id
    }

    fn named(&self, cx: &mut Cx<'_, '_>, id: &str) -> Result<Option<CommentRow>> {
        number(id).map_or(Ok(None), |id| OF_ENTITIES.one(cx, self.0, id))
    }

    fn after(&self, cx: &mut Cx<'_, '_>, number: i64, limit: usize) -> Result<Vec<CommentRow>> {
        OF_ENTITIES.after(cx, self.0, number, limit)
    }

    fn before(&self, cx: &mut Cx<'_, '_>, number: i64, limit: usize) -> Result<Vec<CommentRow>> {
        OF_ENTITIES.before(cx, self.0, number, limit)
    }
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
    let page = walk.page(cx, &Comments(entity.id))?;
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
    let row = OF_ENTITIES.insert(cx, entity.id, draft.text, &draft.called)?;
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
    let row = OF_ENTITIES.update(cx, &row, draft.text, &draft.called)?;
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
    OF_ENTITIES.delete(cx, &row)?;
    attachment::remove_of_comment(cx, Owner::Entity(entity.id, row.id))?;
    let newest = OF_ENTITIES.newest(cx, entity.id)?;
    ops::touch(cx, &entity, |entity| entity.last_comment_at = newest)?;
    let delta = Delta::of("comment", row.text.into(), Json::Null);
    record(cx, entity.id, Happening::CommentRemoved, &[delta])?;
    Ok(Reply::new(()))
}

/// Reacts to a comment; whoever may comment may react.
pub fn react(cx: &mut Cx<'_, '_>, r: &AddEntityReaction) -> Result<Reply<Comment>> {
    let (entity, row, kind) = reacted_to(cx, (&r.kind, &r.entity), &r.comment, &r.reaction)?;
    reaction::put(cx, &OF_ENTITIES, &row, kind)?;
    one(cx, &entity, row, None)
}

/// Takes a reaction back; one that was not there is no fault.
pub fn take_back(cx: &mut Cx<'_, '_>, r: &RemoveEntityReaction) -> Result<Reply<Comment>> {
    let (entity, row, kind) = reacted_to(cx, (&r.kind, &r.entity), &r.comment, &r.reaction)?;
    reaction::take_back(cx, &OF_ENTITIES, &row, kind)?;
    one(cx, &entity, row, None)
}

fn reacted_to(
    cx: &mut Cx<'_, '_>,
    (name, id): (&str, &str),
    comment: &str,
    named: &str,
) -> Result<(Arc<Object<Entity>>, CommentRow, &'static str)> {
    let entity = readable(cx, name, id)?;
    if !cx.actor.full {
        return Err(Code::FullAccessRequired.err());
    }
    let row = find(cx, &entity, comment)?;
    Ok((entity, row, reaction::kind(named)?))
}

fn readable(cx: &Cx<'_, '_>, name: &str, id: &str) -> Result<Arc<Object<Entity>>> {
    cx.entity(kind(name)?, id, EntityRight::Read)
}

fn find(cx: &mut Cx<'_, '_>, entity: &Object<Entity>, id: &str) -> Result<CommentRow> {
    let row = match number(id) {
        Some(number) => OF_ENTITIES.one(cx, entity.id, number)?,
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
    let writer = Writer::of_entity(cx, entity, Expand::new(expand), rows)?;
    Ok(rows.iter().map(|row| writer.comment(row)).collect())
}
