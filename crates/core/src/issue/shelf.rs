//! Lists of what is out of sight: archived issues, and deleted ones that can be restored. Operations
//! of ours.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use trackway_api::issues::{
    DeletedIssue, Issue as IssueReply, ListArchivedIssues, ListDeletedIssues,
};

use super::expand::Shape;
use super::restore::KEPT_MS;
use super::store::{self, Loaded};
use super::{key_text, ops};
use crate::access::{self, Right};
use crate::cx::{Cx, Paging, Reply};
use crate::dict::Object;
use crate::dict::model::Queue;
use crate::error::{Code, Error, Result};
use crate::ids::{Tag, hex_id};
use crate::time::{Instant, instant_text};
use crate::{paging, queue, user};

/// Most deleted issues of a page: each is read with all that is kept of it.
const MAX_DELETED: i64 = 100;

/// Notes that an issue is archived.
pub const PUT: &str = "INSERT INTO issue_archived (org_id, issue_id, queue_id, archived_at) \
     VALUES ($1, $2, $3, $4) ON CONFLICT (org_id, issue_id) \
     DO UPDATE SET archived_at = excluded.archived_at";
/// Notes that it is not.
pub const TAKE: &str = "DELETE FROM issue_archived WHERE org_id = $1 AND issue_id = $2";
/// Archived issues of some queues before a place, the last first.
pub const ARCHIVED: &str = "SELECT archived_at, issue_id FROM issue_archived \
     WHERE org_id = $1 AND archived_at <= $2 AND (archived_at < $2 OR issue_id < $3) \
     AND queue_id {any:$5} ORDER BY archived_at DESC, issue_id DESC LIMIT $4";
/// Deleted issues of some queues before a place, the last first.
pub const DELETED: &str = "SELECT id, queue_id, num, created_at, removed_at, removed_by, kept \
     FROM issue_removed WHERE org_id = $1 AND kept IS NOT NULL AND removed_at <= $2 \
     AND (removed_at < $2 OR id < $3) AND queue_id {any:$5} \
     ORDER BY removed_at DESC, id DESC LIMIT $4";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[PUT, TAKE, ARCHIVED, DELETED];

trackway_db::row! {
    /// A deleted issue.
    pub struct DeletedRow {
        pub id: i64,
        pub queue_id: i64,
        pub num: i64,
        pub created_at: i64,
        pub removed_at: i64,
        pub removed_by: i64,
        pub kept: String,
    }
}

/// Of what is kept of a deleted issue what a list tells.
#[derive(Debug, Deserialize)]
struct Brief {
    summary: String,
}

/// A place in a list: when, and which of those of that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place(Instant, i64);

impl Place {
    /// Before everything.
    const START: Self = Self(i64::MAX, i64::MAX);

    /// The place after which a page begins.
    ///
    /// # Errors
    /// 400 for what names none.
    fn read(text: Option<&str>) -> Result<Self> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Self::START) };
        let place =
            text.split_once('-').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
        let (at, id) = place
            .ok_or_else(|| Code::BadParameter.with("id").and("must come from the header Link"))?;
        Ok(Self(at, id))
    }

    fn text(self) -> String {
        format!("{}-{}", self.0, self.1)
    }
}

/// Archived issues that the caller may read, those archived last first.
///
/// # Errors
/// 400 for wrong parameters, 404 and 403 as for the queue.
pub fn archived(cx: &mut Cx<'_, '_>, r: &ListArchivedIssues) -> Result<Reply<Vec<IssueReply>>> {
    cx.view.localize(r.localized);
    let per_page = paging::size(r.per_page, paging::MAX)?;
    let limit = usize::try_from(per_page).map_err(Error::internal)?;
    let queues = match &r.queue {
        Some(queue) => vec![cx.queue(queue)?.id],
        None => ids(&queue::ops::visible(cx)),
    };
    let mut place = Place::read(r.id.as_deref())?;
    let mut found: Vec<(Place, Loaded)> = Vec::new();
    // Rights are asked of each, and the page is filled from what follows.
    while found.len() <= limit {
        let rows: Vec<(i64, i64)> = before(cx, ARCHIVED, place, limit + 1, &queues)?;
        let Some((at, id)) = rows.last() else { break };
        place = Place(*at, *id);
        let numbers: Vec<i64> = rows.iter().map(|(_, id)| *id).collect();
        let places: FxHashMap<i64, i64> = rows.iter().map(|(at, id)| (*id, *at)).collect();
        for loaded in store::by_ids(cx, &numbers)? {
            let issue = &loaded.issue;
            if issue.is_archived() && access::may(&cx.dict, &cx.actor, issue, Right::Read) {
                let at = places.get(&issue.id).copied().unwrap_or_default();
                found.push((Place(at, issue.id), loaded));
            }
        }
        if rows.len() <= limit {
            break;
        }
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(place, _)| place.text());
    let issues: Vec<Loaded> = found.into_iter().map(|(_, loaded)| loaded).collect();
    let shape = Shape { fields: r.fields.as_ref(), ..Shape::default() };
    let reply = ops::reply_list(cx, &issues, &shape)?;
    Ok(reply.paged(Paging::Relative { per_page, next }))
}

/// Deleted issues that the caller may restore, those deleted last first.
///
/// # Errors
/// 400 for wrong parameters, 404, 403 and 423 as for changing the settings of the queue.
pub fn deleted(cx: &mut Cx<'_, '_>, r: &ListDeletedIssues) -> Result<Reply<Vec<DeletedIssue>>> {
    let per_page = paging::size(r.per_page, MAX_DELETED)?;
    let limit = usize::try_from(per_page).map_err(Error::internal)?;
    let queues = if let Some(queue) = &r.queue {
        vec![cx.queue_to_configure(queue)?.id]
    } else {
        let mut queues = queue::ops::visible(cx);
        queues.retain(|q| !q.body.archived && access::may_grant(q, &cx.actor));
        ids(&queues)
    };
    let place = Place::read(r.id.as_deref())?;
    let mut rows: Vec<DeletedRow> = before(cx, DELETED, place, limit + 1, &queues)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| Place(row.removed_at, row.id).text());
    let replies: Result<Vec<_>> = rows.iter().map(|row| reply(cx, row)).collect();
    Ok(Reply::new(replies?).paged(Paging::Relative { per_page, next }))
}

fn ids(queues: &[std::sync::Arc<Object<Queue>>]) -> Vec<i64> {
    queues.iter().map(|queue| queue.id).collect()
}

fn before<T: trackway_db::FromRow>(
    cx: &mut Cx<'_, '_>,
    sql: &str,
    Place(at, id): Place,
    rows: usize,
    queues: &[i64],
) -> Result<Vec<T>> {
    let rows = i64::try_from(rows).map_err(Error::internal)?;
    Ok(cx.tx.all_by_ids(sql, &[&cx.dict.org_id, &at, &id, &rows], queues)?)
}

fn reply(cx: &Cx<'_, '_>, row: &DeletedRow) -> Result<DeletedIssue> {
    let Brief { summary } = serde_json::from_str(&row.kept).map_err(Error::internal)?;
    let key = key_text(&cx.dict, row.queue_id, row.num);
    Ok(DeletedIssue {
        self_url: cx.view.url(&format!("/issues/{key}")),
        id: hex_id(Tag::Issue, row.created_at, row.id),
        summary,
        queue: queue::render::keyed(&cx.dict.queues, row.queue_id, &cx.view),
        deleted_at: instant_text(row.removed_at),
        deleted_by: user::reference(&cx.dict, &cx.view, row.removed_by),
        kept_until: instant_text(row.removed_at + KEPT_MS),
        key,
    })
}
