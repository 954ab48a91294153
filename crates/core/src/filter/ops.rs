//! Operations on saved filters.

use std::sync::Arc;

use trackway_api::filters::{
    CreateFilter, DeleteFilter, GetFilter, ListFilters, SavedFilter, SearchFilters, UpdateFilter,
};

use super::{input, render};
use crate::access;
use crate::cx::{Cx, Reply};
use crate::dict::model::Filter;
use crate::dict::{Object, store};
use crate::error::{Code, Error, Result};
use crate::paging::{self, Page};
use crate::queue::input::{alike, required};

/// Most filters of one person, so that one cannot fill everybody's memory.
const MAX_FILTERS: usize = 1000;

/// Filters of the caller, and those shared with the caller. Administrators may read the others by
/// id, but find them not in their own list.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListFilters) -> Result<Reply<Vec<SavedFilter>>> {
    Ok(named(cx, "", Page::new(r.page, r.per_page, paging::MAX)?))
}

/// Finds filters that the caller works with: `name` or `input` is a part of the name.
pub fn search(cx: &mut Cx<'_, '_>, r: &SearchFilters) -> Result<Reply<Vec<SavedFilter>>> {
    let members = r.body.0.as_ref();
    let part = members.and_then(|m| m.get("name").or_else(|| m.get("input"))?.as_str());
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    Ok(named(cx, part.unwrap_or_default(), page))
}

/// The filters a caller works with whose name has this part, in any case.
fn named(cx: &Cx<'_, '_>, part: &str, page: Page) -> Reply<Vec<SavedFilter>> {
    let part = part.to_lowercase();
    let found = offered(cx).filter(|filter| filter.body.name.to_lowercase().contains(&part));
    let (filters, paging) = page.cut(found.cloned().collect());
    let replies = filters.iter().map(|f| render::wire(&cx.dict, &cx.view, f)).collect();
    Reply::new(replies).paged(paging)
}

/// The filters a caller works with.
fn offered<'c>(cx: &'c Cx<'_, '_>) -> impl Iterator<Item = &'c Arc<Object<Filter>>> {
    cx.dict.filters.iter().filter(|f| access::is_offered(&f.body, &cx.actor))
}

/// One filter.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetFilter) -> Result<Reply<SavedFilter>> {
    let filter = find(cx, &r.id)?;
    Ok(render::wire(&cx.dict, &cx.view, &filter).into())
}

/// A filter that the actor may read, by id.
///
/// # Errors
/// 404 when there is none, 403 when it is not shared with the actor.
pub fn find(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<Filter>>> {
    let filter = id.trim().parse().ok().and_then(|id| cx.dict.filters.get(id));
    let filter = filter.ok_or_else(|| Code::FilterNotFound.err())?;
    if access::sees_filter(&filter.body, &cx.actor) {
        return Ok(Arc::clone(filter));
    }
    Err(Code::FilterReadDenied.with(filter.id))
}

/// A filter that the actor may read, by id or name; of several with the name the actor's own.
pub fn by_name(cx: &Cx<'_, '_>, name: &str) -> Option<Arc<Object<Filter>>> {
    let by_id = || find(cx, name).ok();
    let named = || offered(cx).filter(|f| f.name.is(name.trim()));
    let own = named().find(|f| f.body.owner == cx.actor.uid);
    own.or_else(|| named().next()).cloned().or_else(by_id)
}

/// Saves a filter; its owner is the caller.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateFilter) -> Result<Reply<SavedFilter>> {
    required(r.body.0.name.as_deref(), "name")?;
    let owned = cx.dict.filters.iter().filter(|f| f.body.owner == cx.actor.uid).count();
    if owned >= MAX_FILTERS {
        return Err(Code::TooManyValues.with(MAX_FILTERS));
    }
    let members = serde_json::to_value(&r.body.0).map_err(Error::internal)?;
    let members = members.as_object().cloned().unwrap_or_default();
    let blank = Filter { owner: cx.actor.uid, created_at: cx.now, ..Filter::default() };
    let body = input::patched(cx, &blank, &members)?;
    let filter = store::insert(cx, "", body)?;
    Ok(render::wire(&cx.dict, &cx.view, &filter).into())
}

/// Changes a filter.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateFilter) -> Result<Reply<SavedFilter>> {
    let old = to_change(cx, &r.id)?;
    let body = input::patched(cx, &old.body, &r.body.0)?;
    if alike(&old.body, &body) {
        return Ok(render::wire(&cx.dict, &cx.view, &old).into());
    }
    let filter = store::update(cx, &old, body)?;
    Ok(render::wire(&cx.dict, &cx.view, &filter).into())
}

/// Deletes a filter.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteFilter) -> Result<Reply<()>> {
    let old = to_change(cx, &r.id)?;
    store::remove(cx, &old)?;
    Ok(().into())
}

fn to_change(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<Filter>>> {
    let filter = find(cx, id)?;
    if access::may_change_filter(&filter.body, &cx.actor) {
        return Ok(filter);
    }
    let code = if cx.actor.full { Code::FilterWriteDenied } else { Code::FullAccessRequired };
    Err(code.with(filter.id))
}
