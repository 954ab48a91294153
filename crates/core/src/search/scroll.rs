//! Scrolls: results of a search kept as they were, to be read page by page (contract,
//! `searchIssues`).
//!
//! On PostgreSQL they are rows, so that any node answers any page. On SQLite there is one process,
//! and they are kept in its memory: after a restart their ids are unknown, which clients are told.

use std::sync::Arc;

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use trackway_db::Engine;
use trackway_search::DocId;

use crate::cx::Cx;
use crate::error::{Code, Error, Result};
use crate::time::Instant;

trackway_db::row! {
    /// A scroll without its ids.
    struct ScrollRow {
        token: String,
        sorted: i64,
        per_scroll: i64,
        ttl: i64,
        total: i64,
    }
}

/// Keeps a scroll.
pub const INSERT: &str = "INSERT INTO scroll \
     (org_id, id, uid, token, sorted, per_scroll, ttl, expires_at, total, ids) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
/// A live scroll of somebody, without its ids.
pub const BY_ID: &str = "SELECT token, sorted, per_scroll, ttl, total FROM scroll \
     WHERE org_id = $1 AND id = $2 AND uid = $3 AND expires_at > $4";
/// Some of the ids of a scroll.
pub const SOME_IDS: &str = "SELECT substr(ids, CAST(CAST($3 AS BIGINT) AS INT), \
     CAST(CAST($4 AS BIGINT) AS INT)) FROM scroll WHERE org_id = $1 AND id = $2";
/// Lets a scroll live longer.
pub const PROLONG: &str =
    "UPDATE scroll SET ttl = $3, expires_at = $4 WHERE org_id = $1 AND id = $2";
/// Forgets a scroll.
pub const DELETE: &str = "DELETE FROM scroll WHERE org_id = $1 AND id = $2";
/// Forgets what nobody asks for any more.
pub const EXPIRE: &str = "DELETE FROM scroll WHERE expires_at <= $1";
/// The scrolls of somebody that are too many, the newest kept.
pub const SURPLUS: &str = "DELETE FROM scroll WHERE org_id = $1 AND uid = $2 AND id IN \
     (SELECT id FROM scroll WHERE org_id = $1 AND uid = $2 \
     ORDER BY expires_at DESC, id OFFSET $3)";

/// Every statement of this module; its table is there on PostgreSQL only.
pub const POSTGRES_SQL: &[&str] = &[INSERT, BY_ID, SOME_IDS, PROLONG, DELETE, EXPIRE, SURPLUS];

/// Live scrolls that one person may have; the oldest makes room.
const PER_PERSON: i64 = 50;
/// Ids that all scrolls in memory may hold together: 64 MiB.
const MOST_IDS: usize = 16 << 20;
/// Page size when the caller does not say, and the greatest.
const PER_SCROLL: (i64, i64) = (100, 1000);
/// Milliseconds that a scroll lives between two requests when the caller does not say, and the
/// most.
const TTL: (i64, i64) = (60_000, 24 * 3_600_000);

/// What a scroll is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Whether the order is that of the search.
    pub(crate) sorted: bool,
    /// Page size.
    pub(crate) per_scroll: u64,
    /// Milliseconds that it lives between two requests.
    pub(crate) ttl: i64,
}

/// A scroll that may be read from.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    pub(crate) terms: Terms,
    /// Number of results.
    pub(crate) total: usize,
    /// Proves to [`clear`] that the scroll is the caller's.
    pub(crate) token: String,
    id: i64,
    /// In memory; on PostgreSQL they are read piece by piece.
    ids: Option<Arc<[DocId]>>,
}

/// The scrolls of an organisation in memory.
#[derive(Debug, Default)]
pub(crate) struct Scrolls(Mutex<FxHashMap<i64, Kept>>);

#[derive(Debug)]
struct Kept {
    uid: i64,
    expires_at: Instant,
    open: Open,
}

impl Terms {
    /// Reads the parameters of the first request of a series.
    ///
    /// # Errors
    /// 400 for values that are none.
    pub(crate) fn read(kind: &str, per_scroll: Option<i64>, ttl: Option<i64>) -> Result<Self> {
        let sorted = match kind {
            "sorted" => true,
            "unsorted" => false,
            _ => return Err(wrong("scrollType", "must be sorted or unsorted")),
        };
        let per_scroll = per_scroll.unwrap_or(PER_SCROLL.0);
        if !(1..=PER_SCROLL.1).contains(&per_scroll) {
            return Err(wrong("perScroll", "must be 1 to 1000"));
        }
        let per_scroll = per_scroll.unsigned_abs();
        Ok(Self { sorted, per_scroll, ttl: read_ttl(ttl)?.unwrap_or(TTL.0) })
    }

    /// Name of the kind on the wire.
    pub(crate) fn kind(self) -> &'static str {
        if self.sorted { "sorted" } else { "unsorted" }
    }
}

fn wrong(name: &str, why: &str) -> Error {
    Code::BadParameter.with(name).and(why)
}

fn read_ttl(ttl: Option<i64>) -> Result<Option<i64>> {
    match ttl {
        Some(ttl) if ttl < 1 => Err(wrong("scrollTTLMillis", "must be at least 1")),
        ttl => Ok(ttl.map(|ttl| ttl.min(TTL.1))),
    }
}

/// Keeps results for later pages.
///
/// # Errors
/// The database fails.
pub(crate) fn start(cx: &mut Cx<'_, '_>, terms: Terms, ids: Vec<DocId>) -> Result<Open> {
    let (id, token) = (random()?, format!("{:x}:{}", random()?, cx.now));
    let total = ids.len();
    if total <= usize::try_from(terms.per_scroll).unwrap_or(usize::MAX) {
        // One page shows it all, so nobody comes back.
        return Ok(Open { terms, total, token, id, ids: Some(ids.into()) });
    }
    let uid = cx.actor.uid;
    let expires_at = cx.now.saturating_add(terms.ttl);
    if cx.tx.engine() == Engine::Sqlite {
        let open = Open { terms, total, token, id, ids: Some(ids.into()) };
        cx.index.scrolls.keep(Kept { uid, expires_at, open: open.clone() }, cx.now);
        return Ok(open);
    }
    let org = cx.dict.org_id;
    cx.tx.exec(EXPIRE, &[&cx.now])?;
    cx.tx.exec(SURPLUS, &[&org, &uid, &(PER_PERSON - 1)])?;
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    let (sorted, per_scroll) = (i64::from(terms.sorted), terms.per_scroll.cast_signed());
    let count = i64::try_from(total).map_err(Error::internal)?;
    let row: [&dyn trackway_db::Param; 10] =
        [&org, &id, &uid, &token, &sorted, &per_scroll, &terms.ttl, &expires_at, &count, &bytes];
    cx.tx.exec(INSERT, &row)?;
    Ok(Open { terms, total, token, id, ids: Some(ids.into()) })
}

/// A scroll by what `X-Scroll-Id` said, and the place in it that comes next. It lives on.
///
/// # Errors
/// 400 when there is none: never was, released, expired, or somebody else's.
pub(crate) fn resume(cx: &mut Cx<'_, '_>, id: &str, ttl: Option<i64>) -> Result<(Open, usize)> {
    let gone = || Code::ScrollGone.with(id);
    let (number, place) = parse(id).ok_or_else(gone)?;
    let ttl = read_ttl(ttl)?;
    let mut open = if cx.tx.engine() == Engine::Sqlite {
        cx.index.scrolls.find(number, cx.actor.uid, cx.now, ttl).ok_or_else(gone)?
    } else {
        stored(cx, number)?.ok_or_else(gone)?
    };
    if place > open.total {
        return Err(gone());
    }
    open.terms.ttl = ttl.unwrap_or(open.terms.ttl);
    if open.ids.is_none() {
        let expires_at = cx.now.saturating_add(open.terms.ttl);
        cx.tx.exec(PROLONG, &[&cx.dict.org_id, &number, &open.terms.ttl, &expires_at])?;
    }
    Ok((open, place))
}

fn stored(cx: &mut Cx<'_, '_>, id: i64) -> Result<Option<Open>> {
    let row: Option<ScrollRow> =
        cx.tx.opt(BY_ID, &[&cx.dict.org_id, &id, &cx.actor.uid, &cx.now])?;
    Ok(row.map(|row| Open {
        terms: Terms {
            sorted: row.sorted != 0,
            per_scroll: row.per_scroll.unsigned_abs(),
            ttl: row.ttl,
        },
        total: usize::try_from(row.total).unwrap_or(0),
        token: row.token,
        id,
        ids: None,
    }))
}

impl Open {
    /// What `X-Scroll-Id` says when this place comes next.
    pub(crate) fn id_at(&self, place: usize) -> String {
        format!("{:016x}-{place:x}", self.id)
    }

    /// At most `count` ids from a place on.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn ids(
        &self,
        cx: &mut Cx<'_, '_>,
        place: usize,
        count: usize,
    ) -> Result<Vec<DocId>> {
        if let Some(ids) = &self.ids {
            return Ok(ids.iter().skip(place).take(count).copied().collect());
        }
        // The first byte is number 1.
        let from = i64::try_from(place * size_of::<DocId>() + 1).map_err(Error::internal)?;
        let bytes = i64::try_from(count * size_of::<DocId>()).map_err(Error::internal)?;
        let row: Option<(Vec<u8>,)> =
            cx.tx.opt(SOME_IDS, &[&cx.dict.org_id, &self.id, &from, &bytes])?;
        let (bytes,) = row.unwrap_or_default();
        let (words, _) = bytes.as_chunks::<4>();
        Ok(words.iter().map(|word| DocId::from_le_bytes(*word)).collect())
    }
}

/// Forgets scrolls by pairs of `X-Scroll-Id` and `X-Scroll-Token`. Unknown ones are none, and an
/// empty token is as good as the right one, because a client sends it.
///
/// # Errors
/// 403 for a wrong token; the scrolls before it are gone.
pub(crate) fn clear<'p>(
    cx: &mut Cx<'_, '_>,
    pairs: impl Iterator<Item = (&'p str, &'p str)>,
) -> Result<()> {
    for (id, token) in pairs {
        let Some((number, _)) = parse(id) else { continue };
        let found = if cx.tx.engine() == Engine::Sqlite {
            cx.index.scrolls.find(number, cx.actor.uid, cx.now, None)
        } else {
            stored(cx, number)?
        };
        let Some(open) = found else { continue };
        if !token.is_empty() && token != open.token {
            return Err(Code::ScrollToken.err());
        }
        if cx.tx.engine() == Engine::Sqlite {
            cx.index.scrolls.0.lock().remove(&number);
        } else {
            cx.tx.exec(DELETE, &[&cx.dict.org_id, &number])?;
        }
    }
    Ok(())
}

impl Scrolls {
    fn keep(&self, kept: Kept, now: Instant) {
        let mut scrolls = self.0.lock();
        scrolls.retain(|_, other| other.expires_at > now);
        let most = usize::try_from(PER_PERSON).unwrap_or(usize::MAX);
        while scrolls.values().filter(|other| other.uid == kept.uid).count() >= most {
            drop_first(&mut scrolls, Some(kept.uid));
        }
        while !scrolls.is_empty()
            && scrolls.values().map(|k| k.open.total).sum::<usize>() + kept.open.total > MOST_IDS
        {
            drop_first(&mut scrolls, None);
        }
        scrolls.insert(kept.open.id, kept);
    }

    fn find(&self, id: i64, uid: i64, now: Instant, ttl: Option<i64>) -> Option<Open> {
        let mut scrolls = self.0.lock();
        let kept = scrolls.get_mut(&id).filter(|k| k.uid == uid && k.expires_at > now)?;
        kept.open.terms.ttl = ttl.unwrap_or(kept.open.terms.ttl);
        kept.expires_at = now.saturating_add(kept.open.terms.ttl);
        Some(kept.open.clone())
    }
}

/// Drops the scroll that would expire first, of one person or of all.
fn drop_first(scrolls: &mut FxHashMap<i64, Kept>, uid: Option<i64>) {
    let first = scrolls
        .iter()
        .filter(|(_, kept)| uid.is_none_or(|uid| kept.uid == uid))
        .min_by_key(|(id, kept)| (kept.expires_at, **id))
        .map(|(id, _)| *id);
    first.and_then(|id| scrolls.remove(&id));
}

fn parse(id: &str) -> Option<(i64, usize)> {
    let (number, place) = id.trim().split_once('-')?;
    if number.len() != 16 {
        return None;
    }
    let number = u64::from_str_radix(number, 16).ok()?;
    Some((number.cast_signed(), usize::from_str_radix(place, 16).ok()?))
}

fn random() -> Result<i64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(i64::from_le_bytes(bytes))
}
