//! Bodies about boards and columns.

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::types::Members;

use super::{auto_input, columns};
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::{Board, Column};
use crate::directory::countries;
use crate::error::{Code, Result};
use crate::field::no;
use crate::issue::refs::{self, Written};
use crate::queue::input::{self, Problems, required};
use crate::search::check;

/// Most columns of a board.
const MAX_COLUMNS: usize = 100;
/// Greatest limit of a column.
const MAX_LIMIT: i64 = 1_000_000;

/// Which form of board a body is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Queue, filter and query.
    Classic,
    /// Owner, columns and automatic filters.
    Live,
}

/// Members that only the current form has.
const LIVE: [&str; 7] = [
    "owner",
    "boardPermissionsTemplate",
    "backlogAvailable",
    "sprintsAvailable",
    "backlogColumns",
    "nonParametrizedColumns",
    "autoFilters",
];

/// Whether a body for `POST /boards` is written in the current form.
pub(super) fn is_live(members: &Members) -> bool {
    LIVE.iter().any(|member| members.contains_key(*member))
}

/// A new board.
///
/// # Errors
/// 404 for an unknown queue, 422 for wrong members.
pub(super) fn create(cx: &Cx<'_, '_>, members: &Members, shape: Shape) -> Result<Board> {
    required(members.get("name").filter(|n| !n.is_null()), "name")?;
    if shape == Shape::Classic {
        required(members.get("defaultQueue").filter(|q| !q.is_null()), "defaultQueue")?;
    }
    let blank = Board {
        owner: cx.actor.uid,
        created_by: cx.actor.uid,
        created_at: cx.now,
        updated_at: cx.now,
        order_by: Some(i64::from(no::UPDATED_AT)),
        estimate_by: Some(i64::from(no::STORY_POINTS)),
        ..Board::default()
    };
    let mut problems = Problems::default();
    let mut board = fill(cx, &blank, members, &mut problems)?;
    if let Some(json) = given(members, "owner") {
        let owner = input::person(&cx.dict, json);
        let unknown = || Code::ValueUnknown.with(input::shown(json)).under("owner");
        board.owner = problems.note(owner.ok_or_else(unknown)).unwrap_or_default();
    }
    if let Some(json) = given(members, "boardPermissionsTemplate") {
        board.private = problems.note(is_private(json)).unwrap_or_default();
    }
    if let Some(json) = given(members, "boardType") {
        board.sprints |= problems.note(is_scrum(json)).unwrap_or_default();
    }
    problems.end()?;
    if board.columns.is_empty() {
        let queue = board.default_queue.and_then(|id| cx.dict.queues.get(id));
        board.columns = columns::by_status_type(&cx.dict, &cx.view, queue);
    }
    Ok(board)
}

/// The board after a patch in either form.
///
/// # Errors
/// 404 for an unknown queue, 422 for wrong members.
pub(super) fn patched(cx: &Cx<'_, '_>, old: &Board, patch: &Members) -> Result<Board> {
    let mut problems = Problems::default();
    if let Some(json) = given(patch, "owner")
        && input::person(&cx.dict, json) != Some(old.owner)
    {
        problems.note::<()>(Err(Code::FieldReadonly.at("owner")));
    }
    let board = fill(cx, old, patch, &mut problems)?;
    problems.end()?;
    Ok(board)
}

fn given<'m>(members: &'m Members, member: &str) -> Option<&'m Json> {
    members.get(member).filter(|json| !json.is_null())
}

fn is_private(json: &Json) -> Result<bool> {
    word(json, "boardPermissionsTemplate", &["public", "private"]).map(|word| word == "private")
}

fn is_scrum(json: &Json) -> Result<bool> {
    word(json, "boardType", &["default", "scrum", "kanban"]).map(|word| word == "scrum")
}

fn word<'j>(json: &'j Json, member: &str, words: &[&str]) -> Result<&'j str> {
    let text = input::text(json, member)?;
    if words.contains(&text) { Ok(text) } else { Err(Code::ValueUnknown.with(text).under(member)) }
}

/// What creation and change have in common.
fn fill(cx: &Cx<'_, '_>, old: &Board, members: &Members, problems: &mut Problems) -> Result<Board> {
    let dict = &cx.dict;
    let mut board = old.clone();
    if let Some(json) = members.get("name") {
        let name = input::text(json, "name").and_then(input::name);
        board.name = problems.note(name).unwrap_or_default();
    }
    if let Some(json) = members.get("defaultQueue") {
        board.default_queue = match json {
            Json::Null => None,
            json => Some(crate::queue::ops::named(cx, Some(json))?.id),
        };
    }
    criteria(cx, &mut board, members, problems);
    for (member, slot, previous) in [
        ("columns", &mut board.columns, &old.columns),
        ("backlogColumns", &mut board.backlog, &old.backlog),
        ("nonParametrizedColumns", &mut board.unparametrized, &old.unparametrized),
    ] {
        if let Some(json) = given(members, member) {
            *slot = problems.note(column_list(dict, previous, json, member)).unwrap_or_default();
        }
    }
    problems.note(check_columns(&board, "columns"));
    for (member, flag) in [
        ("useRanking", &mut board.use_ranking),
        ("sprintsAvailable", &mut board.sprints),
        ("backlogAvailable", &mut board.has_backlog),
        ("orderAsc", &mut board.order_asc),
    ] {
        if let Some(Some(value)) = problems.note(input::flag(members, member)) {
            *flag = value;
        }
    }
    for (member, slot) in [("orderBy", &mut board.order_by), ("estimateBy", &mut board.estimate_by)]
    {
        if let Some(json) = members.get(member) {
            *slot = problems.note(optional(json, |json| field(dict, json, member))).flatten();
        }
    }
    if let Some(json) = members.get("country") {
        board.country = problems.note(optional(json, country)).flatten();
    }
    if let Some(json) = members.get("calendar") {
        board.calendar = problems.note(optional(json, calendar)).flatten();
    }
    if let Some(json) = given(members, "autoFilters") {
        auto_input::fill(dict, &mut board, json, problems);
    }
    Ok(board)
}

/// Filter and query exclude each other; setting one drops the other.
fn criteria(cx: &Cx<'_, '_>, board: &mut Board, members: &Members, problems: &mut Problems) {
    let filled = |json: &&Json| match json {
        Json::Object(members) => !members.is_empty(),
        Json::String(text) => !text.trim().is_empty(),
        _ => true,
    };
    let filter = given(members, "filter").filter(filled);
    let query = given(members, "query").filter(filled);
    if filter.is_some() && query.is_some() {
        problems.note::<()>(Err(Code::FilterOrQuery.at("query")));
        return;
    }
    if members.contains_key("filter") && filter.is_none() {
        board.filter = None;
    }
    if members.contains_key("query") && query.is_none() {
        board.query.clear();
    }
    if let Some(filter) = filter {
        let is_object = filter.is_object();
        let wrong = || Code::ValueType.with("object").under("filter");
        problems.note(is_object.then_some(()).ok_or_else(wrong));
        if is_object {
            problems.note(check::filter(cx, filter));
        }
        board.filter = Some(filter.clone());
        board.query.clear();
    }
    if let Some(query) = query
        && let Some(text) = problems.note(input::text(query, "query"))
    {
        problems.note(check::query(cx, text));
        text.clone_into(&mut board.query);
        board.filter = None;
    }
}

fn optional<T>(json: &Json, read: impl Fn(&Json) -> Result<T>) -> Result<Option<T>> {
    if json.is_null() { Ok(None) } else { read(json).map(Some) }
}

/// A field by any of its names.
pub(super) fn field(dict: &Dict, json: &Json, member: &str) -> Result<i64> {
    match refs::written(json) {
        Some(Written::Word(name) | Written::Name(name)) => {
            check::field(dict, name).map(i64::from).map_err(|error| error.under(member))
        }
        Some(Written::Id(id)) => Err(Code::ValueUnknown.with(id).under(member)),
        None => Err(Code::ValueType.with("field").under(member)),
    }
}

fn country(json: &Json) -> Result<i64> {
    let found = match refs::written(json) {
        Some(Written::Id(id)) => countries::by_id(id),
        Some(Written::Word(name) | Written::Name(name)) => countries::by_name(name),
        None => return Err(Code::ValueType.with("country").under("country")),
    };
    let unknown = || Code::ValueUnknown.with(input::shown(json)).under("country");
    found.map(|country| country.id).ok_or_else(unknown)
}

fn calendar(json: &Json) -> Result<i64> {
    match refs::written(json) {
        Some(Written::Id(id)) => Ok(id),
        _ => Err(Code::ValueType.with("{id}").under("calendar")),
    }
}

/// Columns after a change: those with an id stay, those without are new, missing ones go.
fn column_list(dict: &Dict, old: &[Column], json: &Json, member: &str) -> Result<Vec<Column>> {
    let wrong = || Code::ValueType.with("array").under(member);
    let items = json.as_array().ok_or_else(wrong)?;
    if items.len() > MAX_COLUMNS {
        return Err(Code::TooManyValues.with(MAX_COLUMNS).under(member));
    }
    let under = |error: crate::Error| error.under(member);
    let mut columns: Vec<Column> = Vec::with_capacity(items.len());
    for item in items {
        let members = item.as_object().ok_or_else(wrong)?;
        let column = match given(members, "id") {
            None => new_column(dict, members).map_err(under)?,
            Some(id) => {
                let number = refs::written(id);
                let known = old.iter().find(|c| number == Some(Written::Id(c.id)));
                let unknown = || Code::ValueUnknown.with(input::shown(id)).under(member);
                changed_column(dict, known.ok_or_else(unknown)?, members).map_err(under)?
            }
        };
        if column.id != 0 && columns.iter().any(|c| c.id == column.id) {
            return Err(Code::ValueRepeated.with(column.id).under(member));
        }
        columns.push(column);
    }
    Ok(columns)
}

/// A column that is not there yet.
pub(super) fn new_column(dict: &Dict, members: &Members) -> Result<Column> {
    required(given(members, "name"), "name")?;
    changed_column(dict, &Column::default(), members)
}

/// A column after a patch; `statuses` replaces the list.
pub(super) fn changed_column(dict: &Dict, old: &Column, members: &Members) -> Result<Column> {
    let mut column = old.clone();
    let mut problems = Problems::default();
    if let Some(json) = given(members, "name") {
        let name = input::text(json, "name").and_then(input::name);
        column.name = problems.note(name).unwrap_or_default();
    }
    if let Some(json) = given(members, "statuses") {
        let found = statuses(dict, json);
        column.statuses =
            problems.note(found.map_err(|error| error.under("statuses"))).unwrap_or_default();
    }
    if let Some(json) = members.get("limit") {
        column.limit = problems.note(optional(json, limit)).flatten();
    }
    problems.end()?;
    Ok(column)
}

/// Statuses as a list, as one, or as keys with commas.
pub(super) fn statuses(dict: &Dict, json: &Json) -> Result<Vec<i64>> {
    let split: Vec<Json>;
    let items = match json {
        Json::Array(items) => items.as_slice(),
        Json::String(text) => {
            split = text.split(',').map(|key| key.trim().into()).collect();
            split.as_slice()
        }
        one => std::slice::from_ref(one),
    };
    if items.len() > MAX_COLUMNS {
        return Err(Code::TooManyValues.with(MAX_COLUMNS));
    }
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        let status = refs::object(&dict.statuses, item, |_| true)
            .ok_or_else(|| Code::ValueUnknown.with(input::shown(item)))?;
        if !found.contains(&status.id) {
            found.push(status.id);
        }
    }
    Ok(found)
}

fn limit(json: &Json) -> Result<i64> {
    let number = json.as_i64().ok_or_else(|| Code::ValueType.with("integer").under("limit"))?;
    if (0..=MAX_LIMIT).contains(&number) { Ok(number) } else { Err(Code::ValueRange.at("limit")) }
}

/// Every status stands in one column of a board only.
pub(super) fn check_columns(board: &Board, member: &str) -> Result<()> {
    if board.columns.len() > MAX_COLUMNS {
        return Err(Code::TooManyValues.with(MAX_COLUMNS).under(member));
    }
    let mut seen = Vec::new();
    for status in board.columns.iter().flat_map(|c| &c.statuses) {
        if seen.contains(status) {
            return Err(Code::StatusInColumn.with(status).under(member));
        }
        seen.push(*status);
    }
    Ok(())
}

/// The board a body names, if the actor may see it.
///
/// # Errors
/// 404 when there is none, 403 when it is private, 422 when nothing usable is written.
pub(crate) fn named(cx: &Cx<'_, '_>, json: &Json) -> Result<Arc<crate::dict::Object<Board>>> {
    match refs::written(json) {
        Some(Written::Id(id)) => super::ops::find(cx, &id.to_string()),
        Some(Written::Word(name) | Written::Name(name)) => {
            let board = cx.dict.boards.by_name(name, |_| true);
            let board = board.ok_or_else(|| Code::BoardNotFound.err())?;
            super::ops::find(cx, &board.id.to_string())
        }
        None => Err(Code::ValueType.with("board").under("board")),
    }
}
