//! Columns of boards. Their version is that of the board.

use std::collections::BTreeMap;
use std::sync::Arc;

use trackway_api::boards::{
    BoardColumn, CreateColumn, DeleteColumn, GetColumn, ListColumns, UpdateColumn,
};

use super::{input, ops, render};
use crate::cx::{Cx, Reply};
use crate::dict::model::{Board, Column, Queue, StatusType};
use crate::dict::{Dict, Object};
use crate::error::{Code, Result};
use crate::queue::component::created;
use crate::view::{ApiVersion, View};

/// Columns of a board, left to right.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListColumns) -> Result<Reply<Vec<BoardColumn>>> {
    let board = ops::find(cx, &r.board)?;
    let columns = board.body.columns.iter();
    Ok(Reply::new(columns.map(|c| render::column(&cx.dict, &cx.view, &board, c)).collect()))
}

/// One column.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetColumn) -> Result<Reply<BoardColumn>> {
    let board = ops::find(cx, &r.board)?;
    let column = find(&board.body, &r.column)?;
    Ok(render::column(&cx.dict, &cx.view, &board, column).into())
}

fn find<'b>(board: &'b Board, id: &str) -> Result<&'b Column> {
    let id = id.trim().parse::<i64>().ok();
    let column = board.columns.iter().find(|c| Some(c.id) == id);
    column.ok_or_else(|| Code::ColumnNotFound.err())
}

/// Whether a change must name the version, as with boards: a published client of v3 knows none.
fn is_strict(cx: &Cx<'_, '_>) -> bool {
    cx.view.version == ApiVersion::V2
}

/// Adds a column at the right end.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateColumn) -> Result<Reply<BoardColumn>> {
    let old = ops::to_change(cx, &r.board)?;
    ops::check_version(old.version, r.version, r.if_match, is_strict(cx))?;
    let column = input::new_column(&cx.dict, &r.body.0)?;
    let mut body = old.body.clone();
    body.columns.push(column);
    input::check_columns(&body, "statuses")?;
    let board = ops::save(cx, &old, body)?;
    let column = board.body.columns.last().cloned().unwrap_or_default();
    Ok(created(cx, render::column(&cx.dict, &cx.view, &board, &column)))
}

/// Changes a column.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateColumn) -> Result<Reply<BoardColumn>> {
    let old = ops::to_change(cx, &r.board)?;
    let column = find(&old.body, &r.column)?;
    ops::check_version(old.version, r.version, r.if_match, is_strict(cx))?;
    let changed = input::changed_column(&cx.dict, column, &r.body.0)?;
    let mut body = old.body.clone();
    body.columns.iter_mut().filter(|c| c.id == changed.id).for_each(|c| *c = changed.clone());
    input::check_columns(&body, "statuses")?;
    let board = ops::save(cx, &old, body)?;
    Ok(render::column(&cx.dict, &cx.view, &board, &changed).into())
}

/// Deletes a column. The version is compared when it is sent; the official client sends none here
/// (contract, `deleteColumn`).
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteColumn) -> Result<Reply<()>> {
    let old = ops::to_change(cx, &r.board)?;
    let id = find(&old.body, &r.column)?.id;
    ops::check_version(old.version, r.version, r.if_match, false)?;
    let mut body = old.body.clone();
    body.columns.retain(|c| c.id != id);
    ops::save(cx, &old, body)?;
    Ok(().into())
}

/// Gives new columns their numbers, which every board counts for itself: columns are no rows, so
/// that a series of the database would not move on. `old` is the board before the change.
pub(super) fn numbered(old: Option<&Board>, mut board: Board) -> Board {
    let mut last = old.map(greatest).unwrap_or_default().max(greatest(&board));
    let Board { columns, backlog, unparametrized, .. } = &mut board;
    for column in columns.iter_mut().chain(backlog).chain(unparametrized) {
        if column.id == 0 {
            last += 1;
            column.id = last;
        }
    }
    board
}

/// The greatest number of a column, 0 for a board without any.
fn greatest(board: &Board) -> i64 {
    let Board { columns, backlog, unparametrized, .. } = board;
    let all = columns.iter().chain(backlog).chain(unparametrized);
    all.map(|column| column.id).max().unwrap_or_default()
}

/// The columns of a board that was given none: one per type of the statuses of the queue's default
/// workflow, or of all statuses where there is no queue.
pub(super) fn by_status_type(
    dict: &Dict,
    view: &View,
    queue: Option<&Arc<Object<Queue>>>,
) -> Vec<Column> {
    let workflow = queue.and_then(|queue| {
        let config = queue.body.type_config(queue.body.default_type)?;
        dict.workflows.get(config.workflow)
    });
    let statuses: Vec<(i64, StatusType)> = match workflow {
        Some(workflow) => {
            workflow.body.steps.iter().map(|step| (step.status, step.status_type)).collect()
        }
        None => dict.statuses.iter().map(|s| (s.id, s.body.status_type)).collect(),
    };
    let mut columns: BTreeMap<i64, Column> = BTreeMap::new();
    for (status, kind) in statuses {
        let column = columns.entry(kind.number()).or_insert_with(|| Column {
            name: kind.name().get(view.lang).to_owned(),
            ..Column::default()
        });
        if !column.statuses.contains(&status) {
            column.statuses.push(status);
        }
    }
    columns.into_values().collect()
}
