//! Operations on sprints.

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::IfMatch;
use trackway_api::boards::ListBoardSprints;
use trackway_api::sprints::{
    ArchiveSprint, CreateSprint, DeleteSprint, FinishSprint, GetSprint, ListSprints,
    Sprint as SprintReply, StartSprint, UpdateSprint,
};
use trackway_api::types::Members;

use crate::cx::{Cx, Reply};
use crate::dict::model::{Sprint, SprintStatus};
use crate::dict::{Dict, Object, store};
use crate::error::{Code, Result};
use crate::field::no;
use crate::paging::{self, Page};
use crate::queue::component::created;
use crate::queue::input::{self, Problems, alike, required};
use crate::queue::render::plain;
use crate::time::{self, Instant};
use crate::view::View;
use crate::{access, board, upkeep, user};

/// Most sprints of a board.
const MAX_SPRINTS: usize = 2000;

/// Sprints of all boards the caller may see.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListSprints) -> Result<Reply<Vec<SprintReply>>> {
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let visible = cx.dict.sprints.iter().filter(|s| sees(cx, &s.body)).cloned().collect();
    let (sprints, paging) = page.cut(visible);
    let replies = sprints.iter().map(|s| wire(&cx.dict, &cx.view, s)).collect();
    Ok(Reply::new(replies).paged(paging))
}

fn sees(cx: &Cx<'_, '_>, sprint: &Sprint) -> bool {
    cx.dict.boards.get(sprint.board).is_some_and(|b| access::sees_board(&b.body, &cx.actor))
}

/// Sprints of a board. A board that has none to offer is refused, which is how clients tell boards
/// with sprints from others (real-samples, 5).
pub fn of_board(cx: &mut Cx<'_, '_>, r: &ListBoardSprints) -> Result<Reply<Vec<SprintReply>>> {
    let board = board::ops::find(cx, &r.board)?;
    if !board.body.sprints {
        return Err(Code::BoardWithoutSprints.with(board.id));
    }
    let sprints = super::of_board(&cx.dict, board.id);
    Ok(Reply::new(sprints.map(|s| wire(&cx.dict, &cx.view, s)).collect()))
}

/// One sprint.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetSprint) -> Result<Reply<SprintReply>> {
    let sprint = find(cx, &r.sprint)?;
    Ok(wire(&cx.dict, &cx.view, &sprint).into())
}

fn find(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<Sprint>>> {
    let sprint = id.trim().parse().ok().and_then(|id| cx.dict.sprints.get(id));
    let sprint = sprint.ok_or_else(|| Code::SprintNotFound.err())?;
    board::ops::find(cx, &sprint.body.board.to_string())?;
    Ok(Arc::clone(sprint))
}

fn to_change(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<Sprint>>> {
    let sprint = find(cx, id)?;
    board::ops::to_change(cx, &sprint.body.board.to_string())?;
    Ok(sprint)
}

/// Creates a sprint.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateSprint) -> Result<Reply<SprintReply>> {
    let body = &r.body.0;
    let mut problems = Problems::default();
    let name = problems.note(required(body.name.as_deref(), "name").and_then(input::name));
    let mut day = |text: Option<&str>, time: Option<&str>, member: &str| {
        problems.note(planned_day(text, time, member))
    };
    let start = day(body.start_date.as_deref(), body.start_date_time.as_deref(), "startDate");
    let end = day(body.end_date.as_deref(), body.end_date_time.as_deref(), "endDate");
    let board = required(body.board.as_ref().map(|b| &b.0).filter(|b| !b.is_null()), "board");
    let board = problems.note(board);
    problems.end()?;
    let board = board::input::named(cx, board.unwrap_or(&Json::Null))?;
    let board = board::ops::to_change(cx, &board.id.to_string())?;
    if !board.body.sprints {
        return Err(Code::BoardWithoutSprints.with(board.id).under("board"));
    }
    if super::of_board(&cx.dict, board.id).count() >= MAX_SPRINTS {
        return Err(Code::TooManyValues.with(MAX_SPRINTS));
    }
    let sprint = Sprint {
        name: name.unwrap_or_default(),
        board: board.id,
        created_by: cx.actor.uid,
        created_at: cx.now,
        start: start.unwrap_or_default(),
        end: end.unwrap_or_default(),
        ..Sprint::default()
    };
    check_dates(&sprint)?;
    let sprint = store::insert(cx, "", sprint)?;
    Ok(created(cx, wire(&cx.dict, &cx.view, &sprint)))
}

/// A day of the plan; a published client names an instant in its place (contract, `createSprint`).
fn planned_day(day: Option<&str>, instant: Option<&str>, member: &str) -> Result<time::Day> {
    if day.is_none()
        && let Some(text) = instant
    {
        let instant = time::parse_instant(text);
        let instant = instant.ok_or_else(|| Code::ValueType.with("datetime").under(member))?;
        return Ok(time::day_of(instant));
    }
    required(day, member).and_then(|text| input::day(text, member))
}

fn check_dates(sprint: &Sprint) -> Result<()> {
    if sprint.start > sprint.end { Err(Code::DatesReversed.at("endDate")) } else { Ok(()) }
}

/// Changes a sprint.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateSprint) -> Result<Reply<SprintReply>> {
    change(cx, &r.sprint, r.version, r.if_match, |old, now| patched(old, &r.body.0, now))
}

/// Starts a sprint.
pub fn start(cx: &mut Cx<'_, '_>, r: &StartSprint) -> Result<Reply<SprintReply>> {
    change(cx, &r.sprint, r.version, r.if_match, |old, now| {
        if old.status != SprintStatus::Draft {
            return Err(Code::SprintNotDraft.with(&old.name));
        }
        Ok(entered(old, SprintStatus::InProgress, now))
    })
}

/// Finishes a sprint.
pub fn finish(cx: &mut Cx<'_, '_>, r: &FinishSprint) -> Result<Reply<SprintReply>> {
    change(cx, &r.sprint, r.version, r.if_match, |old, now| {
        if old.status != SprintStatus::InProgress {
            return Err(Code::SprintNotRunning.with(&old.name));
        }
        Ok(entered(old, SprintStatus::Released, now))
    })
}

/// Archives a sprint.
pub fn archive(cx: &mut Cx<'_, '_>, r: &ArchiveSprint) -> Result<Reply<SprintReply>> {
    change(cx, &r.sprint, r.version, r.if_match, |old, now| {
        Ok(entered(old, SprintStatus::Archived, now))
    })
}

/// A version is compared when it is sent; published clients of both versions of the API send none
/// (contract, `updateSprint`).
fn change(
    cx: &mut Cx<'_, '_>,
    id: &str,
    param: Option<i64>,
    header: Option<IfMatch>,
    make: impl Fn(&Sprint, Instant) -> Result<Sprint>,
) -> Result<Reply<SprintReply>> {
    let old = to_change(cx, id)?;
    board::ops::check_version(old.version, param, header, false)?;
    let body = make(&old.body, cx.now)?;
    if alike(&old.body, &body) {
        return Ok(wire(&cx.dict, &cx.view, &old).into());
    }
    let sprint = store::update(cx, &old, body)?;
    Ok(wire(&cx.dict, &cx.view, &sprint).into())
}

fn patched(old: &Sprint, patch: &Members, now: Instant) -> Result<Sprint> {
    let mut sprint = old.clone();
    let mut problems = Problems::default();
    if let Some(json) = patch.get("name") {
        let name = input::text(json, "name").and_then(input::name);
        sprint.name = problems.note(name).unwrap_or_default();
    }
    for (member, slot) in [("startDate", &mut sprint.start), ("endDate", &mut sprint.end)] {
        if let Some(json) = patch.get(member) {
            let day = input::text(json, member).and_then(|text| input::day(text, member));
            *slot = problems.note(day).unwrap_or_default();
        }
    }
    let status = patch.get("status").map(status).transpose();
    if let Some(Some(status)) = problems.note(status)
        && status != sprint.status
    {
        sprint = entered(&sprint, status, now);
    }
    problems.end()?;
    check_dates(&sprint)?;
    Ok(sprint)
}

fn status(json: &Json) -> Result<SprintStatus> {
    let text = input::text(json, "status")?;
    let found = SprintStatus::ALL.into_iter().find(|status| status.key() == text);
    found.ok_or_else(|| Code::ValueUnknown.with(text).under("status"))
}

/// A sprint that comes into another status, with the times that go with it.
fn entered(old: &Sprint, status: SprintStatus, now: Instant) -> Sprint {
    let mut sprint = Sprint { status, ..old.clone() };
    match status {
        SprintStatus::Draft => (sprint.started_at, sprint.ended_at) = (None, None),
        SprintStatus::InProgress => {
            sprint.started_at = sprint.started_at.or(Some(now));
            sprint.ended_at = None;
        }
        SprintStatus::Released => sprint.ended_at = sprint.ended_at.or(Some(now)),
        SprintStatus::Archived if old.status == SprintStatus::InProgress => {
            sprint.ended_at = Some(now);
        }
        SprintStatus::Archived => {}
    }
    sprint
}

/// Deletes a sprint.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteSprint) -> Result<Reply<()>> {
    let sprint = to_change(cx, &r.sprint)?;
    board::ops::check_version(sprint.version, r.version, r.if_match, false)?;
    remove(cx, &sprint)?;
    Ok(().into())
}

/// Deletes a sprint; its issues lose it.
///
/// # Errors
/// The database fails; 409 when somebody else changed the sprint meanwhile.
pub(crate) fn remove(cx: &mut Cx<'_, '_>, sprint: &Object<Sprint>) -> Result<()> {
    store::remove(cx, sprint)?;
    upkeep::values::forget(cx, &[no::SPRINT], sprint.id)
}

/// A sprint as the API shows one. Where nothing happened yet the times are those of the plan.
fn wire(dict: &Dict, view: &View, sprint: &Object<Sprint>) -> SprintReply {
    let body = &sprint.body;
    let planned = |day| i64::from(day) * time::DAY_MS;
    SprintReply {
        self_url: view.url(&sprint.path()),
        id: sprint.id,
        version: sprint.version,
        name: body.name.clone(),
        board: plain(&dict.boards, body.board, view),
        status: body.status.key().to_owned(),
        archived: body.status == SprintStatus::Archived,
        created_by: user::reference(dict, view, body.created_by),
        created_at: time::instant_text(body.created_at),
        start_date: time::day_text(body.start),
        end_date: time::day_text(body.end),
        start_date_time: Some(time::instant_text(
            body.started_at.unwrap_or_else(|| planned(body.start)),
        )),
        end_date_time: Some(time::instant_text(body.ended_at.unwrap_or_else(|| planned(body.end)))),
    }
}
