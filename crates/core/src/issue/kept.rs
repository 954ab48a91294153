//! Everything a deleted issue consists of, in one text, so that it can be made again. The text stands
//! in the row that remembers the issue; deleting is rare, and what is kept of it lies in nobody's way.

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use trackway_db::{Cell, Param, RowRef, Value};

use super::load::IssueRow;
use super::store::Loaded;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::issue::Issue;
use crate::link;

/// Tables with rows of an issue, all by the column `issue_id`. What else belongs to it is made from
/// its values and events, or is handed over as it is (files).
const TABLES: [&str; 10] = [
    "board_rank",
    "comment",
    "comment_reaction",
    "issue_alias",
    "issue_archived",
    "notice",
    "notice_mute",
    "remote_link",
    "sla_timer",
    "worklog",
];
const ALIASES: &str = "issue_alias";

/// Forgets the emptied comments of an issue.
const DELETE_COMMENTS: &str = "DELETE FROM comment WHERE org_id = $1 AND issue_id = $2";
/// Forgets its emptied records of time.
const DELETE_WORKLOG: &str = "DELETE FROM worklog WHERE org_id = $1 AND issue_id = $2";
/// Says again what an event said.
const REFILL_EVENT: &str =
    "UPDATE event SET body = $4 WHERE org_id = $1 AND issue_id = $2 AND id = $3";

/// An issue as it was when it was deleted.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    queue: i64,
    num: i64,
    revision: i64,
    silent: i64,
    /// In Base64.
    vals: String,
    summary: String,
    plain: String,
    /// Type of a link, and its two ends.
    pub(super) links: Vec<(String, i64, i64)>,
    events: Vec<(i64, String)>,
    rows: Vec<Rows>,
}

/// Rows of one table; bytes are Base64 in a list.
#[derive(Debug, Serialize, Deserialize)]
struct Rows {
    table: String,
    columns: Vec<String>,
    cells: Vec<Json>,
}

impl Kept {
    /// Takes down an issue that is about to be deleted.
    ///
    /// # Errors
    /// The database fails.
    pub(super) fn of(cx: &mut Cx<'_, '_>, loaded: &Loaded) -> Result<Self> {
        let issue = &loaded.issue;
        let links = link::store::of_issues(cx, &[issue.id])?;
        let links = links.into_iter().map(|row| (row.kind, row.issue_id, row.other_id)).collect();
        let mut events = Vec::new();
        let columns = ["id".to_owned(), "body".to_owned()];
        each(cx, issue.id, "event", &columns, &mut |row| {
            events.push((row.get_i64(0)?, row.get_str(1)?.to_owned()));
            Ok(())
        })?;
        let mut rows = Vec::new();
        for table in TABLES {
            let columns = cx.tx.table_columns(table)?;
            let mut cells = Vec::new();
            each(cx, issue.id, table, &columns, &mut |row| {
                for column in 0..columns.len() {
                    cells.push(written(row.cell(column)?));
                }
                Ok(())
            })?;
            if !cells.is_empty() {
                rows.push(Rows { table: table.to_owned(), columns, cells });
            }
        }
        Ok(Self {
            queue: issue.queue,
            num: issue.num,
            revision: issue.revision,
            silent: issue.revision - issue.version,
            vals: BASE64.encode(&loaded.vals),
            summary: issue.text(crate::field::no::SUMMARY).to_owned(),
            plain: (*loaded.plain).to_owned(),
            links,
            events,
            rows,
        })
    }

    /// The issue, with the values that fields of today can hold.
    ///
    /// # Errors
    /// The text is damaged.
    pub(super) fn issue(&self, cx: &Cx<'_, '_>, id: i64) -> Result<Issue> {
        let row = IssueRow {
            id,
            queue_id: self.queue,
            num: self.num,
            version: self.revision,
            silent: self.silent,
            vals: BASE64.decode(self.vals.as_bytes()).map_err(Error::internal)?.into(),
            summary: self.summary.clone(),
            plain: self.plain.as_str().into(),
        };
        Loaded::new(cx, row)?.full(cx)
    }

    /// Puts back what hangs on the issue, but for its links.
    ///
    /// # Errors
    /// The database fails.
    pub(super) fn put_back(&self, cx: &mut Cx<'_, '_>, id: i64) -> Result<()> {
        let org = cx.dict.org_id;
        for sql in [DELETE_COMMENTS, DELETE_WORKLOG] {
            cx.tx.exec(sql, &[&org, &id])?;
        }
        for (event, body) in &self.events {
            cx.tx.exec(REFILL_EVENT, &[&org, &id, event, body])?;
        }
        for rows in &self.rows {
            let known = cx.tx.table_columns(&rows.table)?;
            if !TABLES.contains(&rows.table.as_str())
                || rows.columns.iter().any(|column| !known.contains(column))
            {
                return Err(Error::internal(format!("no place for rows of {}", rows.table)));
            }
            let mut cells = rows.cells.iter().map(read).collect::<Result<Vec<Cell>>>()?;
            if rows.table == ALIASES {
                cells = free(cx, &rows.columns, &cells)?;
            }
            cx.tx.insert_rows(&rows.table, &rows.columns, &cells)?;
        }
        Ok(())
    }
}

/// Former keys without those that another issue has taken meanwhile, as imports may.
fn free(cx: &mut Cx<'_, '_>, columns: &[String], cells: &[Cell]) -> Result<Vec<Cell>> {
    let mut free = Vec::with_capacity(cells.len());
    for row in cells.chunks(columns.len().max(1)) {
        let value = |name: &str| row.get(columns.iter().position(|column| column == name)?);
        let (Some(queue), Some(num)) = (value("queue_id"), value("num")) else { continue };
        let taken: Option<(i64,)> =
            cx.tx.opt(super::store::BY_ALIAS, &[&cx.dict.org_id, queue, num])?;
        if taken.is_none() {
            free.extend_from_slice(row);
        }
    }
    Ok(free)
}

fn each(
    cx: &mut Cx<'_, '_>,
    issue: i64,
    table: &str,
    columns: &[String],
    f: &mut dyn FnMut(&RowRef<'_>) -> trackway_db::Result<()>,
) -> Result<()> {
    let org = cx.dict.org_id;
    let by: [(&str, &dyn Param); 2] = [("org_id", &org), ("issue_id", &issue)];
    Ok(cx.tx.each_row_of(table, columns, &by, f)?)
}

fn written(value: Value<'_>) -> Json {
    match value {
        Value::Null | Value::Ids(_) => Json::Null,
        Value::Int(n) => n.into(),
        Value::Double(n) => n.into(),
        Value::Text(text) => text.into(),
        Value::Bytes(bytes) => vec![Json::from(BASE64.encode(bytes))].into(),
    }
}

fn read(json: &Json) -> Result<Cell> {
    let bytes = |text: &str| BASE64.decode(text.as_bytes()).map(Cell::Bytes).ok();
    let cell = match json {
        Json::Null => Some(Cell::Null),
        Json::String(text) => Some(Cell::Text(text.clone())),
        Json::Number(n) => n.as_i64().map(Cell::Int).or_else(|| n.as_f64().map(Cell::Double)),
        Json::Array(items) => items.first().and_then(Json::as_str).and_then(bytes),
        Json::Bool(_) | Json::Object(_) => None,
    };
    cell.ok_or_else(|| Error::internal("a kept value cannot be read"))
}
