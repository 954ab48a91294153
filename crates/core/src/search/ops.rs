//! Operations that search for issues.

use trackway_api::List;
use trackway_api::issues::{
    CountIssues, Issue as IssueReply, ListIssues, SearchIssues, SearchRequest,
};
use trackway_query::value::Clock;
use trackway_search::{Cond, DocId, Index, RoaringBitmap};

use super::criteria::{self, Criteria, Wanted};
use super::names::Style;
use super::order::{self, Compiler};
use super::resolve::Resolver;
use super::store::{self, TextOrder};
use crate::access::{self, Right};
use crate::cx::{Cx, Paging, Reply};
use crate::error::{Code, Error, Result};
use crate::field::no;
use crate::ids::{Tag, hex_id, parse_hex_id};
use crate::issue;
use crate::paging::{self, Page};

/// Finds issues.
pub fn search(cx: &mut Cx<'_, '_>, r: &SearchIssues) -> Result<Reply<Vec<IssueReply>>> {
    cx.view.localize(r.localized);
    if r.scroll_type.is_some() || r.scroll_id.is_some() {
        return Err(Code::ScrollUnsupported.err());
    }
    let empty = SearchRequest::default();
    let criteria = Criteria::read(cx, r.body.0.as_ref().unwrap_or(&empty))?;
    let shape = Shape { expand: r.expand.as_ref(), fields: r.fields.as_ref() };
    // A queue is listed by cursor, but clients that page through it by number are served too.
    if matches!(criteria.wanted, Wanted::Queue(_)) && (r.id.is_some() || r.page.is_none()) {
        let per_page = paging::size(r.per_page, paging::MAX)?;
        return cursor(cx, &criteria, r.id.as_deref(), per_page, &shape);
    }
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    numbered(cx, &criteria, page, &shape)
}

/// Finds issues by query parameters.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListIssues) -> Result<Reply<Vec<IssueReply>>> {
    cx.view.localize(r.localized);
    let criteria = Criteria::read(cx, &criteria::body(&cx.dict, r)?)?;
    let page = Page::new(r.page, r.per_page, paging::MAX)?;
    let shape = Shape { expand: r.expand.as_ref(), fields: r.fields.as_ref() };
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
    let texts = texts(cx, &criteria, &hits)?;
    let index = cx.index.index.read();
    let order = compiler(cx, &index, &texts).order(&criteria.order, &hits);
    let ids = index.page(&hits, &order, 0, limit);
    Ok((hits.len(), ids.into_iter().filter_map(|id| hex(&index, id)).collect()))
}

/// The issues that a search finds.
///
/// # Errors
/// As [`search`].
pub(crate) fn found(cx: &Cx<'_, '_>, request: &SearchRequest) -> Result<RoaringBitmap> {
    hits(cx, &Criteria::read(cx, request)?)
}

/// What of the issues is answered.
struct Shape<'a> {
    expand: Option<&'a List>,
    fields: Option<&'a List>,
}

/// A page by number.
fn numbered(
    cx: &mut Cx<'_, '_>,
    criteria: &Criteria,
    page: Page,
    shape: &Shape<'_>,
) -> Result<Reply<Vec<IssueReply>>> {
    let hits = hits(cx, criteria)?;
    let texts = texts(cx, criteria, &hits)?;
    let ids = {
        let index = cx.index.index.read();
        let order = compiler(cx, &index, &texts).order(&criteria.order, &hits);
        index.page(&hits, &order, page.offset(), page.limit())
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
    let texts = texts(cx, criteria, &hits)?;
    let (ids, next) = {
        let index = cx.index.index.read();
        let order = compiler(cx, &index, &texts).order(&criteria.order, &hits);
        let mut ids = match after {
            Some(after) => index.page_after(&hits, &order, after, limit + 1),
            None => index.page(&hits, &order, 0, limit + 1),
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
fn hits(cx: &Cx<'_, '_>, criteria: &Criteria) -> Result<RoaringBitmap> {
    let index = cx.index.index.read();
    let cond = cond(cx, &index, &criteria.wanted)?;
    let sees_all = cx.actor.admin || cx.actor.robot;
    if sees_all && cx.dict.queues.iter().all(|q| !q.body.deleted) {
        return Ok(index.eval(&cond));
    }
    let visible = access::visible(&cx.dict, &cx.actor, &index);
    Ok(index.eval_within(&cond, &visible))
}

fn cond(cx: &Cx<'_, '_>, index: &Index, wanted: &Wanted) -> Result<Cond> {
    match wanted {
        Wanted::All => Ok(Cond::All),
        Wanted::Queue(queue) => Ok(Cond::Has(no::QUEUE, *queue)),
        Wanted::Keys(keys) => {
            let resolver = resolver(cx, index, Style::Filter)?;
            Ok(Cond::AnyOf(no::KEY, keys.iter().filter_map(|key| resolver.key(key)).collect()))
        }
        Wanted::Tree(tree, style) => resolver(cx, index, *style)?.cond(tree),
    }
}

fn resolver<'a>(cx: &'a Cx<'_, '_>, index: &'a Index, style: Style) -> Result<Resolver<'a>> {
    let now = jiff::Timestamp::from_millisecond(cx.now).map_err(Error::internal)?;
    // Neither members nor organisations have a time zone yet.
    let clock = Clock { now, zone: jiff::tz::TimeZone::UTC };
    Ok(Resolver { dict: &cx.dict, index, actor: &cx.actor, clock, style })
}

/// The texts an order compares, read without holding the index.
fn texts(cx: &mut Cx<'_, '_>, criteria: &Criteria, hits: &RoaringBitmap) -> Result<TextOrder> {
    let fields = order::text_fields(&cx.dict, &criteria.order);
    store::text_order(cx, &fields, hits)
}

fn compiler<'a>(cx: &'a Cx<'_, '_>, index: &'a Index, texts: &'a TextOrder) -> Compiler<'a> {
    Compiler { dict: &cx.dict, index, lang: cx.view.lang, texts }
}

/// The issues with these ids. Rights are checked once more on the rows, which may be newer than
/// the index.
fn render(cx: &mut Cx<'_, '_>, ids: &[DocId], shape: &Shape<'_>) -> Result<Reply<Vec<IssueReply>>> {
    let ids: Vec<i64> = ids.iter().copied().map(i64::from).collect();
    let mut issues = issue::store::by_ids(cx, &ids)?;
    issues.retain(|loaded| access::may(&cx.dict, &cx.actor, &loaded.issue, Right::Read));
    issue::ops::reply_list(cx, &issues, shape.expand, shape.fields)
}
