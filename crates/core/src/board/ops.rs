//! Operations on boards.

use std::sync::Arc;

use trackway_api::IfMatch;
use trackway_api::boards::{
    Board as BoardReply, CreateBoard, CreateLiveBoard, DeleteBoard, GetBoard, ListBoards,
    ListBoardsPage, UpdateBoard,
};
use trackway_api::types::Members;

use super::input::{self, Shape};
use super::{rank, render};
use crate::access;
use crate::cx::{Cx, Paging, Reply};
use crate::dict::model::Board;
use crate::dict::{Object, store};
use crate::error::{Code, Error, Result};
use crate::field::no;
use crate::paging;
use crate::queue::component::created;
use crate::queue::input::{Expected, alike};
use crate::view::ApiVersion;
use crate::{sprint, upkeep};

/// Most boards of a page (contract, `listBoardsPage`).
const MAX_PAGE: i64 = 500;
/// Most boards of an organisation.
const MAX_BOARDS: usize = 10_000;

/// Boards the caller may see. Never paged.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListBoards) -> Result<Reply<Vec<BoardReply>>> {
    cx.view.localize(r.localized);
    Ok(Reply::new(visible(cx).map(|b| render::board(&cx.dict, &cx.view, b)).collect()))
}

fn visible<'c>(cx: &'c Cx<'_, '_>) -> impl Iterator<Item = &'c Arc<Object<Board>>> {
    cx.dict.boards.iter().filter(|b| access::sees_board(&b.body, &cx.actor))
}

/// Boards the caller may see, by id, after the one that `id` names.
pub fn list_page(cx: &mut Cx<'_, '_>, r: &ListBoardsPage) -> Result<Reply<Vec<BoardReply>>> {
    cx.view.localize(r.localized);
    let per_page = paging::size(r.per_page, MAX_PAGE)?;
    let limit = usize::try_from(per_page).map_err(Error::internal)?;
    let after = match r.id.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
        Some(id) => id
            .parse::<i64>()
            .map_err(|_| Code::BadParameter.with("id").and("must be the id of a board"))?,
        None => i64::MIN,
    };
    let mut boards: Vec<_> = visible(cx).filter(|b| b.id > after).take(limit + 1).collect();
    let more = boards.len() > limit;
    boards.truncate(limit);
    let next = boards.last().filter(|_| more).map(|last| last.id.to_string());
    let replies = boards.into_iter().map(|b| render::board(&cx.dict, &cx.view, b)).collect();
    Ok(Reply::new(replies).paged(Paging::Relative { per_page, next }))
}

/// One board.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetBoard) -> Result<Reply<BoardReply>> {
    cx.view.localize(r.localized);
    let board = find(cx, &r.board)?;
    Ok(render::board(&cx.dict, &cx.view, &board).into())
}

/// A board that the actor may see.
///
/// # Errors
/// 404 when there is none, 403 when it is private.
pub fn find(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<Board>>> {
    let board = id.trim().parse().ok().and_then(|id| cx.dict.boards.get(id));
    let board = board.ok_or_else(|| Code::BoardNotFound.err())?;
    if access::sees_board(&board.body, &cx.actor) {
        return Ok(Arc::clone(board));
    }
    Err(Code::BoardDenied.with(board.id))
}

/// A board that the actor may change.
///
/// # Errors
/// 404 when there is none, 403 when the actor may not.
pub(crate) fn to_change(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<Board>>> {
    let board = find(cx, id)?;
    if access::may_change_board(&board.body, &cx.actor) {
        return Ok(board);
    }
    Err(if cx.actor.full {
        Code::BoardDenied.with(board.id)
    } else {
        Code::FullAccessRequired.err()
    })
}

/// Creates a board in the classic form, or in the current one where the body has it.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateBoard) -> Result<Reply<BoardReply>> {
    cx.view.localize(r.localized);
    let members = &r.body.0;
    let shape = if input::is_live(members) { Shape::Live } else { Shape::Classic };
    let board = add(cx, members, shape)?;
    Ok(created(cx, render::board(&cx.dict, &cx.view, &board)))
}

/// Creates a board in the current form.
pub fn create_live(cx: &mut Cx<'_, '_>, r: &CreateLiveBoard) -> Result<Reply<BoardReply>> {
    cx.view.localize(r.localized);
    let board = add(cx, &r.body.0, Shape::Live)?;
    Ok(render::board(&cx.dict, &cx.view, &board).into())
}

/// Creates a board from the members of a body.
///
/// # Errors
/// 404 for an unknown queue, 422 for wrong members.
pub(crate) fn add(cx: &mut Cx<'_, '_>, members: &Members, shape: Shape) -> Result<Object<Board>> {
    if cx.dict.boards.len() >= MAX_BOARDS {
        return Err(Code::TooManyValues.with(MAX_BOARDS));
    }
    let body = super::columns::numbered(None, input::create(cx, members, shape)?);
    let board = store::insert(cx, "", body)?;
    if board.body.remove.is_some() {
        super::expiry::watch(cx, board.id, &board.body)?;
    }
    Ok(board)
}

/// Changes a board. v2 asks for the version, v3 compares it when it is sent.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateBoard) -> Result<Reply<BoardReply>> {
    cx.view.localize(r.localized);
    let old = to_change(cx, &r.board)?;
    let strict = cx.view.version == ApiVersion::V2;
    check_version(old.version, r.version, r.if_match, strict)?;
    let body = input::patched(cx, &old.body, &r.body.0)?;
    let board = save(cx, &old, body)?;
    Ok(render::board(&cx.dict, &cx.view, &board).into())
}

/// Stores a changed board; one that did not really change stays as it is.
pub(super) fn save(
    cx: &mut Cx<'_, '_>,
    old: &Arc<Object<Board>>,
    body: Board,
) -> Result<Arc<Object<Board>>> {
    let mut body = super::columns::numbered(Some(&old.body), body);
    if alike(&old.body, &body) {
        return Ok(Arc::clone(old));
    }
    body.updated_at = cx.now;
    let board = store::update(cx, old, body).map(Arc::new)?;
    if board.body.remove != old.body.remove {
        super::expiry::watch(cx, board.id, &board.body)?;
    }
    Ok(board)
}

/// Compares the version a caller names; `strict` callers must name one.
///
/// # Errors
/// 412 for another version, 428 for none.
pub(crate) fn check_version(
    version: i64,
    param: Option<i64>,
    header: Option<IfMatch>,
    strict: bool,
) -> Result<()> {
    match Expected::new(version, param, header) {
        Expected::Stale(_) => Err(Code::PreconditionFailed.err()),
        Expected::Unsaid if strict => Err(Code::PreconditionRequired.err()),
        Expected::Unsaid | Expected::Current => Ok(()),
    }
}

/// Deletes a board with its sprints. Only the owner and administrators may.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteBoard) -> Result<Reply<()>> {
    let board = find(cx, &r.board)?;
    if !access::may_delete_board(&board.body, &cx.actor) {
        let refusal = Code::BoardDenied.with(board.id);
        return Err(if cx.actor.full { refusal } else { Code::FullAccessRequired.err() });
    }
    let sprints: Vec<_> = sprint::of_board(&cx.dict, board.id).cloned().collect();
    for sprint in sprints {
        sprint::ops::remove(cx, &sprint)?;
    }
    store::remove(cx, &board)?;
    cx.tx.exec(rank::DELETE_OF_BOARD, &[&cx.dict.org_id, &board.id])?;
    upkeep::values::forget(cx, &[no::BOARDS], board.id)?;
    Ok(().into())
}
