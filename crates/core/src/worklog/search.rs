//! Time records of the whole organisation.

use serde_json::Value as Json;
use trackway_api::List;
use trackway_api::worklog::{ListWorklog, SearchWorklog, Worklog};
use trackway_search::{DocId, RoaringBitmap};

use super::input::instant;
use super::render;
use super::store::{self, Bounds};
use crate::access;
use crate::cx::{Cx, Reply};
use crate::dict::Dict;
use crate::error::{Code, Result};
use crate::issue::refs;
use crate::paging::{self, Page};
use crate::queue::input::{Problems, shown};
use crate::time::{self, DAY_MS, Instant};

/// All time.
const EVER: (Instant, Instant) = (i64::MIN, i64::MAX);

/// Time records by author and time, in the order in which they were made.
///
/// # Errors
/// 400 for wrong parameters, 404 for an unknown author.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListWorklog) -> Result<Reply<Vec<Worklog>>> {
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let by = r.created_by.as_deref().map(|text| {
        let user = refs::user_by_text(&cx.dict, text);
        user.map(|u| u.id).ok_or_else(|| Code::UserNotFound.err())
    });
    let bounds = Bounds {
        by: by.transpose()?,
        created: period("createdAt", r.created_at.as_ref())?,
        start: period("start", r.start.as_ref())?,
    };
    find(cx, bounds, page)
}

/// Time records by author and time; bounds stand in the body.
///
/// # Errors
/// 400 for wrong parameters, 422 for wrong members.
pub fn search(cx: &mut Cx<'_, '_>, r: &SearchWorklog) -> Result<Reply<Vec<Worklog>>> {
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let body = r.body.0.clone().unwrap_or_default();
    let mut problems = Problems::default();
    let by = body.created_by.as_ref().map(|json| author(&cx.dict, json)).transpose();
    let by = problems.note(by).flatten();
    let created = problems.note(range("createdAt", body.created_at.as_ref()));
    let start = problems.note(range("start", body.start.as_ref()));
    problems.end()?;
    let bounds = Bounds { by, created: created.unwrap_or(EVER), start: start.unwrap_or(EVER) };
    find(cx, bounds, page)
}

/// The index says which issues the actor may read, so that the total is exact; rendering looks at
/// the rights of each issue again.
fn find(cx: &mut Cx<'_, '_>, bounds: Bounds, page: Page) -> Result<Reply<Vec<Worklog>>> {
    let found = store::within(cx, bounds)?;
    let doc = |issue: i64| DocId::try_from(issue).ok();
    let issues: RoaringBitmap = found.iter().filter_map(|(_, issue)| doc(*issue)).collect();
    let readable = access::visible(&cx.dict, &cx.actor, &cx.index.index.read(), Some(&issues));
    let found: Vec<i64> = found
        .into_iter()
        .filter(|(_, issue)| doc(*issue).is_some_and(|issue| readable.contains(issue)))
        .map(|(id, _)| id)
        .collect();
    let (ids, paging) = page.cut(found);
    let rows = store::some(cx, &ids)?;
    Ok(Reply::new(render::worklogs(cx, &rows)?).paged(paging))
}

fn author(dict: &Dict, json: &Json) -> Result<i64> {
    let user = refs::user(dict, json);
    user.map(|u| u.id).ok_or_else(|| Code::ValueUnknown.with(shown(json)).under("createdBy"))
}

/// `from:<instant>` and `to:<instant>`, each optional. A client that does not encode the `+` of a
/// time zone sends a blank.
fn period(name: &str, list: Option<&List>) -> Result<(Instant, Instant)> {
    let mut period = EVER;
    for item in list.into_iter().flat_map(|l| &l.0) {
        let wrong = || Code::BadParameter.with(name).and("must be from:<instant> or to:<instant>");
        let (end, text) = item.split_once(':').ok_or_else(wrong)?;
        let text = match text.trim().split_at_checked(11) {
            Some((day, clock)) => format!("{day}{}", clock.replace(' ', "+")),
            None => text.trim().to_owned(),
        };
        let at = time::parse_instant(&text).ok_or_else(wrong)?;
        match end.trim() {
            "from" => period.0 = at,
            "to" => period.1 = last_of(&text, at),
            _ => return Err(wrong()),
        }
    }
    Ok(period)
}

fn range(member: &str, json: Option<&Json>) -> Result<(Instant, Instant)> {
    let Some(json) = json else { return Ok(EVER) };
    let members =
        json.as_object().ok_or_else(|| Code::ValueType.with("{from, to}").under(member))?;
    let bound = |end: &str| members.get(end).filter(|json| !json.is_null());
    let mut range = EVER;
    if let Some(json) = bound("from") {
        range.0 = instant(json, member)?;
    }
    if let Some(json) = bound("to") {
        range.1 = last_of(json.as_str().unwrap_or_default(), instant(json, member)?);
    }
    Ok(range)
}

/// A bare date as an end means the whole day.
fn last_of(text: &str, at: Instant) -> Instant {
    if text.trim().len() == 10 { at + DAY_MS - 1 } else { at }
}
