//! Operations on the changelog. Whoever may read an issue may read its history.

use trackway_api::List;
use trackway_api::changelog::{Change, GetChange, ListChangelog};

use super::store::{self, Order};
use super::{EventBody, EventRow, render};
use crate::cx::{Cx, Paging, Reply};
use crate::dict::Dict;
use crate::error::{Code, Error, Result};
use crate::field::no::FieldNo;
use crate::ids::{Tag, parse_hex_id};
use crate::paging;

/// How many events are read at a time when only some of them are wanted.
const CHUNK: usize = 500;

/// History of an issue, page by page.
///
/// # Errors
/// 404 and 403 as for the issue, 400 for wrong parameters.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListChangelog) -> Result<Reply<Vec<Change>>> {
    cx.view.localize(r.localized);
    let visible = cx.issue(&r.issue)?;
    let per_page = paging::size(r.per_page, paging::MAX)?;
    let size = usize::try_from(per_page).map_err(Error::internal)?;
    let order = order(r.sort.as_deref())?;
    let cursor = r.id.as_deref().map(cursor).transpose()?;
    let filter = Filter::new(&cx.dict, r.field.as_ref(), r.kind.as_ref());
    let mut rows = read(cx, visible.issue().id, order, cursor, &filter, size + 1)?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(render::hex);
    let entries = render::entries(cx, visible.issue(), &rows)?;
    let json = serde_json::to_vec(&entries).map_err(Error::internal)?;
    Ok(Reply::ready(json).paged(Paging::Relative { per_page, next }))
}

/// One change of an issue.
///
/// # Errors
/// 404 and 403 as for the issue, 404 when the issue has no such change.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetChange) -> Result<Reply<Change>> {
    cx.view.localize(r.localized);
    let visible = cx.issue(&r.issue)?;
    let missing = || Code::ChangeNotFound.err();
    let id = parse_hex_id(Tag::Change, &r.change).ok_or_else(missing)?;
    let row = store::one(cx, visible.issue().id, id)?
        .filter(|row| render::hex(row).eq_ignore_ascii_case(&r.change))
        .ok_or_else(missing)?;
    let entries = render::entries(cx, visible.issue(), &[row])?;
    let json =
        entries.into_iter().next().map(|entry| Box::<str>::from(entry).into_string().into_bytes());
    Ok(Reply::ready(json.unwrap_or_default()))
}

fn order(sort: Option<&str>) -> Result<Order> {
    match sort.unwrap_or("asc").to_ascii_lowercase().as_str() {
        "asc" => Ok(Order::Asc),
        "desc" => Ok(Order::Desc),
        _ => Err(Code::BadParameter.with("sort").and("must be asc or desc")),
    }
}

/// The event a page starts after. It need not exist any more, nor belong to the issue.
fn cursor(id: &str) -> Result<i64> {
    let wrong = || Code::BadParameter.with("id").and("must be the id of a change");
    parse_hex_id(Tag::Change, id).ok_or_else(wrong)
}

/// Which events are wanted.
struct Filter {
    /// Numbers of fields, one of which must have changed.
    fields: Option<Vec<FieldNo>>,
    /// Names of kinds.
    kinds: Option<Vec<String>>,
}

impl Filter {
    /// Names that mean nothing match nothing, as not every field has come to be.
    fn new(dict: &Dict, fields: Option<&List>, kinds: Option<&List>) -> Self {
        let named =
            |list: Option<&List>| list.map(|l| l.0.clone()).filter(|names| !names.is_empty());
        let number = |wire: &String| dict.field_index.by_wire(wire).map(|def| def.no);
        Self {
            fields: named(fields).map(|wires| wires.iter().filter_map(number).collect()),
            kinds: named(kinds),
        }
    }

    fn is_all(&self) -> bool {
        self.fields.is_none() && self.kinds.is_none()
    }

    fn wants(&self, row: &EventRow) -> Result<bool> {
        if self.kinds.as_ref().is_some_and(|kinds| !kinds.contains(&row.kind)) {
            return Ok(false);
        }
        let Some(fields) = &self.fields else { return Ok(true) };
        let body: EventBody = serde_json::from_str(&row.body).map_err(Error::internal)?;
        Ok(body.fields.iter().any(|delta| fields.contains(&delta.0)))
    }
}

/// The first `wanted` events after the cursor that pass the filter.
fn read(
    cx: &mut Cx<'_, '_>,
    issue: i64,
    order: Order,
    mut cursor: Option<i64>,
    filter: &Filter,
    wanted: usize,
) -> Result<Vec<EventRow>> {
    let chunk = if filter.is_all() { wanted } else { CHUNK.max(wanted) };
    let limit = i64::try_from(chunk).map_err(Error::internal)?;
    let mut found = Vec::new();
    loop {
        let rows = store::page(cx, issue, order, cursor, limit)?;
        let last = rows.len() < chunk;
        cursor = rows.last().map(|row| row.id);
        for row in rows {
            if filter.wants(&row)? {
                found.push(row);
            }
        }
        if last || found.len() >= wanted {
            found.truncate(wanted);
            return Ok(found);
        }
    }
}
