//! Operations that search for issues.

use serde_json::Value as Json;
use trackway_api::issues::{
    ClearScroll, CountIssues, Issue as IssueReply, ListIssues, SearchIssues, SearchRequest,
};
use trackway_api::types::Members;
use trackway_search::{Cond, DocId, Hits, Index, RoaringBitmap};

use super::criteria::{self, Criteria, Wanted};
use super::names::Style;
use super::order::Compiler;
use super::resolve::Resolver;
use super::scroll::{self, Open, Terms};
use super::text_order::{self, TextOrder, Window};
use super::visible;
use crate::access::{self, Right};
use crate::cx::{Cx, Paging, Reply};
use crate::error::{Code, Error, Result};
use crate::field::no;
use crate::ids::{Tag, hex_id, parse_hex_id};
use crate::issue;
use crate::issue::expand::Shape;
use crate::issue::store::Loaded;
use crate::paging::{self, Page};

/// Finds issues.
pub fn search(cx: &mut Cx<'_, '_>, r: &SearchIssues) -> Result<Reply<Vec<IssueReply>>> {
    cx.view.localize(r.localized);
    let shape =
        Shape { expand: r.expand.as_ref(), embed: r.embed.as_ref(), fields: r.fields.as_ref() };
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    if let Some(id) = given(&r.scroll_id) {
        let (scroll, place) = scroll::resume(cx, &id, r.scroll_ttl_millis)?;
        return scrolled(cx, &scroll, place, &shape);
    }
    let empty = SearchRequest::default();
    let criteria = Criteria::read(cx, r.body.0.as_ref().unwrap_or(&empty))?;
    if let Some(kind) = given(&r.scroll_type) {
        if matches!(criteria.wanted, Wanted::Queue(_) | Wanted::Keys(_)) {
            return Err(Code::ScrollUnsupported.err());
        }
        let terms = Terms::read(&kind, r.per_scroll, r.scroll_ttl_millis)?;
        let ids = everything(cx, &criteria, terms)?;
        let scroll = scroll::start(cx, terms, ids)?;
        return scrolled(cx, &scroll, 0, &shape);
    }
    // A queue is listed by cursor, but clients that page through it by number are served too.
    if matches!(criteria.wanted, Wanted::Queue(_)) && (r.id.is_some() || r.page.is_none()) {
        let per_page = paging::size(r.per_page, paging::MAX)?;
        return cursor(cx, &criteria, r.id.as_deref(), per_page, &shape);
    }
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    numbered(cx, &criteria, page, &shape)
}

/// Forgets scrolls. The pairs of the documentation's example and the members of its table are both
/// taken.
pub fn clear_scroll(cx: &mut Cx<'_, '_>, r: &ClearScroll) -> Result<Reply<Members>> {
    let mut pairs = Vec::with_capacity(r.body.0.len());
    for (id, token) in &r.body.0 {
        match token {
            Json::String(token) => pairs.push((id.as_str(), token.as_str())),
            Json::Null => pairs.push((id.as_str(), "")),
            _ => return Err(Code::ValueType.with("string").under(id)),
        }
    }
    let member = |name: &str| r.body.0.get(name).and_then(Json::as_str);
    if let Some(id) = member("scrollId") {
        pairs = vec![(id, member("scrollToken").unwrap_or_default())];
    }
    scroll::clear(cx, pairs.into_iter())?;
    Ok(Reply::new(Members::new()))
}

/// Finds issues by query parameters.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListIssues) -> Result<Reply<Vec<IssueReply>>> {
    cx.view.localize(r.localized);
    let criteria = Criteria::read(cx, &criteria::body(&cx.dict, r)?)?;
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let shape =
        Shape { expand: r.expand.as_ref(), embed: r.embed.as_ref(), fields: r.fields.as_ref() };
    numbered(cx, &criteria, page, &shape)
}

/// Counts issues.
pub fn count(cx: &mut Cx<'_, '_>, r: &CountIssues) -> Result<Reply<i64>> {
    let empty = SearchRequest::default();
    let criteria = Criteria::read(cx, r.body.0.as_ref().unwrap_or(&empty))?;
    let hits = hits(cx, &criteria)?;
    Ok(Reply::new(i64::try_from(hits.len()).map_err(Error::internal)?))
}

/// How many issues a search finds, and the ids of the first `limit` of them in its order.
///
/// # Errors
/// As [`search`].
pub(crate) fn select(
    cx: &mut Cx<'_, '_>,
    request: &SearchRequest,
    limit: usize,
) -> Result<(u64, Vec<String>)> {
    let criteria = Criteria::read(cx, request)?;
    let hits = hits(cx, &criteria)?;
    let texts = text_order::of(cx, &criteria.order, &hits, Window::Page { offset: 0, limit })?;
    let index = cx.index.index.read();
    let order = compiler(cx, &index, &texts).order(&criteria.order, &hits);
    let ids = cx.index.kept.page(&index, &hits, &order, 0, limit);
    Ok((hits.len(), ids.into_iter().filter_map(|id| hex(&index, id)).collect()))
}

/// The issues that a search finds.
///
/// # Errors
/// As [`search`].
pub(crate) fn found(cx: &mut Cx<'_, '_>, request: &SearchRequest) -> Result<RoaringBitmap> {
    let criteria = Criteria::read(cx, request)?;
    Ok(hits(cx, &criteria)?.into())
}

/// Those of some issues that a search finds; what it need not know of others is not looked at.
///
/// # Errors
/// As [`search`].
pub(crate) fn found_among(
    cx: &mut Cx<'_, '_>,
    request: &SearchRequest,
    among: &RoaringBitmap,
) -> Result<RoaringBitmap> {
    let criteria = Criteria::read(cx, request)?;
    let visible = visible::of(cx, &cx.index.index.read());
    let among = visible.scope().docs.map_or_else(|| among.clone(), |visible| among & visible);
    let cond = cond(cx, &criteria.wanted, Some(&among))?;
    Ok(cx.index.index.read().eval_within(&cond, &among))
}

/// All that is found, in its order.
fn everything(cx: &mut Cx<'_, '_>, criteria: &Criteria, terms: Terms) -> Result<Vec<DocId>> {
    let hits = hits(cx, criteria)?;
    if !terms.sorted {
        return Ok(hits.iter().collect());
    }
    let texts = text_order::of(cx, &criteria.order, &hits, Window::All)?;
    let index = cx.index.index.read();
    let order = compiler(cx, &index, &texts).order(&criteria.order, &hits);
    Ok(index.page(&hits, &order, 0, usize::MAX))
}

/// A page of a scroll. Issues that the actor may no longer read are passed over, and the page is
/// filled from what follows, since clients stop at an empty one.
fn scrolled(
    cx: &mut Cx<'_, '_>,
    scroll: &Open,
    mut place: usize,
    shape: &Shape<'_>,
) -> Result<Reply<Vec<IssueReply>>> {
    let terms = scroll.terms;
    let wanted = usize::try_from(terms.per_scroll).map_err(Error::internal)?;
    let mut issues = Vec::with_capacity(wanted.min(scroll.total));
    while issues.len() < wanted && place < scroll.total {
        let ids = scroll.ids(cx, place, wanted - issues.len())?;
        if ids.is_empty() {
            break;
        }
        place += ids.len();
        issues.extend(readable(cx, &ids)?);
    }
    let reply = issue::ops::reply_list(cx, &issues, shape)?;
    let more = place < scroll.total;
    Ok(reply.paged(Paging::Scroll {
        kind: terms.kind(),
        per_scroll: terms.per_scroll,
        ttl: terms.ttl,
        total: scroll.total as u64,
        next: more.then(|| (scroll.id_at(place), scroll.token.clone())),
    }))
}

/// A page by number.
fn numbered(
    cx: &mut Cx<'_, '_>,
    criteria: &Criteria,
    page: Page,
    shape: &Shape<'_>,
) -> Result<Reply<Vec<IssueReply>>> {
    let hits = hits(cx, criteria)?;
    let window = Window::Page { offset: page.offset(), limit: page.limit() };
    let texts = text_order::of(cx, &criteria.order, &hits, window)?;
    let ids = {
        let index = cx.index.index.read();
        let order = compiler(cx, &index, &texts).order(&criteria.order, &hits);
        cx.index.kept.page(&index, &hits, &order, page.offset(), page.limit())
    };
    let reply = render(cx, &ids, shape)?;
    Ok(reply.paged(page.of(hits.len())))
}

/// A page that starts after an issue.
fn cursor(
    cx: &mut Cx<'_, '_>,
    criteria: &Criteria,
    after: Option<&str>,
    per_page: u64,
    shape: &Shape<'_>,
) -> Result<Reply<Vec<IssueReply>>> {
    let after = after.filter(|id| !id.is_empty()).map(read_cursor).transpose()?;
    let limit = usize::try_from(per_page).map_err(Error::internal)?;
    let hits = hits(cx, criteria)?;
    let window = match after {
        Some(doc) => Window::After { doc, limit: limit + 1 },
        None => Window::Page { offset: 0, limit: limit + 1 },
    };
    let texts = text_order::of(cx, &criteria.order, &hits, window)?;
    let (ids, next) = {
        let index = cx.index.index.read();
        let order = compiler(cx, &index, &texts).order(&criteria.order, &hits);
        let mut ids = match after {
            Some(after) => index.page_after(&hits, &order, after, limit + 1),
            None => cx.index.kept.page(&index, &hits, &order, 0, limit + 1),
        };
        let more = ids.len() > limit;
        ids.truncate(limit);
        let next = ids.last().filter(|_| more).and_then(|last| hex(&index, *last));
        (ids, next)
    };
    let reply = render(cx, &ids, shape)?;
    Ok(reply.paged(Paging::Relative { per_page, next }))
}

fn read_cursor(id: &str) -> Result<DocId> {
    let number = parse_hex_id(Tag::Issue, id).and_then(|id| DocId::try_from(id).ok());
    number.ok_or_else(|| Code::BadParameter.with("id").and("must be the id of an issue"))
}

fn hex(index: &Index, id: DocId) -> Option<String> {
    Some(hex_id(Tag::Issue, index.value(no::CREATED_AT, id)?, i64::from(id)))
}

/// The issues that are wanted and that the actor may read.
fn hits(cx: &mut Cx<'_, '_>, criteria: &Criteria) -> Result<Hits> {
    let cond = cond(cx, &criteria.wanted, None)?;
    let index = cx.index.index.read();
    Ok(cx.index.kept.hits(&index, &cond, visible::of(cx, &index).scope()))
}

/// The condition of what is wanted; with a scope it holds for the issues in there only.
fn cond(cx: &mut Cx<'_, '_>, wanted: &Wanted, scope: Option<&RoaringBitmap>) -> Result<Cond> {
    match wanted {
        Wanted::All => Ok(Cond::All),
        Wanted::Queue(queue) => Ok(Cond::Has(no::QUEUE, *queue)),
        Wanted::Keys(keys) => {
            let resolver = Resolver::new(cx, Style::Filter, None)?;
            Ok(Cond::AnyOf(no::KEY, keys.iter().filter_map(|key| resolver.key(key)).collect()))
        }
        Wanted::Tree(tree, style, text) => {
            let mut resolver = Resolver::new(cx, *style, text.clone())?;
            resolver.scope = scope.cloned();
            resolver.cond(tree)
        }
    }
}

fn compiler<'a>(cx: &'a Cx<'_, '_>, index: &'a Index, texts: &'a TextOrder) -> Compiler<'a> {
    Compiler { dict: &cx.dict, index, lang: cx.view.lang, texts }
}

fn render(cx: &mut Cx<'_, '_>, ids: &[DocId], shape: &Shape<'_>) -> Result<Reply<Vec<IssueReply>>> {
    let issues = readable(cx, ids)?;
    issue::ops::reply_list(cx, &issues, shape)
}

/// The issues with these ids. Rights are checked once more on what is shown, which may be newer
/// than the index.
fn readable(cx: &mut Cx<'_, '_>, ids: &[DocId]) -> Result<Vec<Loaded>> {
    let ids: Vec<i64> = ids.iter().copied().map(i64::from).collect();
    let mut issues = issue::store::to_show(cx, &ids)?;
    issues.retain(|loaded| access::may(&cx.dict, &cx.actor, &loaded.issue, Right::Read));
    Ok(issues)
}
