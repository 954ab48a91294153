//! Pages of hits in an order.
//!
//! A key is served in one of three ways. Buckets (a rank) are intersected one after the other. An
//! ordered field is walked, testing each document for membership, when hits are dense; when they
//! are sparse, the first of them are selected by their values, as they are for numbers given to
//! documents. Hits that are equal by a key are a smaller set of hits for the keys after it.

use std::borrow::Cow;
use std::ops::Bound;

use roaring::RoaringBitmap;

use crate::bits::Dense;
use crate::sort::{Key, LAST, Order, Place, SortKey, Walk};
use crate::walk::{Among, Walker};
use crate::{DocId, Index};

/// A step of a walk costs about as much as looking at this many hits.
const STEP: usize = 2;
/// With a bit for each document, a look at a hit costs about as much as this many steps.
const STEPS: usize = 5;
/// A look at a hit costs about as much as setting the bits of so many.
const SPREAD: usize = 2;
/// A walk may always take so many steps.
const LEAST_BUDGET: usize = if cfg!(test) { 40 } else { 2048 };
impl Index {
    /// The hits from `offset` on in an order, at most `limit`.
    ///
    /// Ties after all keys are broken by id, in the direction of the last key.
    pub fn page(
        &self,
        hits: &RoaringBitmap,
        order: &[SortKey],
        offset: usize,
        limit: usize,
    ) -> Vec<DocId> {
        self.paged(hits, order, Start::Skip(offset), limit)
    }

    /// The hits that come after a document in an order, at most `limit`.
    ///
    /// The document need not be one of the hits; it stands where its values put it now, and one
    /// that is gone where documents without values stand.
    pub fn page_after(
        &self,
        hits: &RoaringBitmap,
        order: &[SortKey],
        after: DocId,
        limit: usize,
    ) -> Vec<DocId> {
        self.paged(hits, order, Start::After(after), limit)
    }

    fn paged(
        &self,
        hits: &RoaringBitmap,
        order: &[SortKey],
        start: Start,
        limit: usize,
    ) -> Vec<DocId> {
        let order = Order::new(self, order);
        let mut page = Page { order: &order, out: Vec::new(), limit };
        page.fill(0, hits, start);
        page.out
    }
}

/// Where a page starts.
#[derive(Clone, Copy)]
pub(crate) enum Start {
    Skip(usize),
    After(DocId),
}

pub(crate) struct Page<'a> {
    pub(crate) order: &'a Order<'a>,
    pub(crate) out: Vec<DocId>,
    limit: usize,
}

impl Page<'_> {
    /// Appends hits in the order of the keys from `level` on until the page is full.
    pub(crate) fn fill(&mut self, level: usize, hits: &RoaringBitmap, start: Start) {
        if self.full() || hits.is_empty() {
            return;
        }
        let order = self.order;
        match order.keys.get(level) {
            None => self.fill_by_id(hits, start),
            Some(Key::Buckets(buckets)) => self.fill_by_bucket(level, buckets, hits, start),
            Some(Key::Walk(walk)) => self.fill_by_value(level, walk, hits, start),
            Some(key @ Key::Given { .. }) => self.select(level, key, hits, start),
        }
    }

    pub(crate) fn full(&self) -> bool {
        self.out.len() >= self.limit
    }

    fn room(&self) -> usize {
        self.limit.saturating_sub(self.out.len())
    }

    fn fill_by_id(&mut self, hits: &RoaringBitmap, start: Start) {
        let room = self.room();
        if self.order.ids_descend {
            let end = match start {
                Start::Skip(0) => Bound::Unbounded,
                Start::Skip(skip) => {
                    let Some(left) = hits.len().checked_sub(skip as u64) else { return };
                    let end = u32::try_from(left).ok().and_then(|left| hits.select(left));
                    end.map_or(Bound::Unbounded, Bound::Excluded)
                }
                Start::After(doc) => Bound::Excluded(doc),
            };
            self.out.extend(hits.range((Bound::Unbounded, end)).rev().take(room));
        } else {
            let begin = match start {
                Start::Skip(0) => Bound::Unbounded,
                Start::Skip(skip) => {
                    let begin = u32::try_from(skip).ok().and_then(|skip| hits.select(skip));
                    let Some(begin) = begin else { return };
                    Bound::Included(begin)
                }
                Start::After(DocId::MAX) => return,
                Start::After(doc) => Bound::Excluded(doc),
            };
            self.out.extend(hits.range((begin, Bound::Unbounded)).take(room));
        }
    }

    fn fill_by_bucket(
        &mut self,
        level: usize,
        buckets: &[Cow<'_, RoaringBitmap>],
        hits: &RoaringBitmap,
        mut start: Start,
    ) {
        let mut left = hits.clone();
        for (number, bucket) in (0..).zip(buckets) {
            let group = &left & &**bucket;
            left -= &group;
            let place = (number, 0);
            self.fill_group(level, &group, place, &mut start);
            if self.full() || left.is_empty() {
                return;
            }
        }
        self.fill_group(level, &left, LAST, &mut start);
    }

    /// Appends a group of hits that are equal by the key of `level`, standing at `place`.
    fn fill_group(&mut self, level: usize, group: &RoaringBitmap, place: Place, start: &mut Start) {
        match *start {
            Start::Skip(skip) => {
                let count = usize::try_from(group.len()).unwrap_or(usize::MAX);
                if let Some(left) = skip.checked_sub(count) {
                    *start = Start::Skip(left);
                    return;
                }
                self.fill(level + 1, group, *start);
            }
            Start::After(doc) => {
                let own = self.order.keys[level].place(doc);
                if own > place {
                    return;
                }
                let after = if own == place { *start } else { Start::Skip(0) };
                self.fill(level + 1, group, after);
            }
        }
        *start = Start::Skip(0);
    }
    /// Hits with a value in its order, then those without. If the field is walked and the page
    /// is full before the walk ends, nothing needs to know which hits have no value.
    fn fill_by_value(&mut self, level: usize, walk: &Walk<'_>, hits: &RoaringBitmap, start: Start) {
        if self.walk(level, walk, hits, start) {
            return;
        }
        let Some(key) = self.order.keys.get(level) else { return };
        let present = walk.ordered.present();
        let common = present.intersection_len(hits);
        if !walk.whole || common == hits.len() {
            // With segments a value may count as missing, so hits are not told apart here.
            return self.select(level, key, hits, start);
        }
        let common = usize::try_from(common).unwrap_or(usize::MAX);
        let start = match start {
            Start::Skip(skip) if skip >= common => Start::Skip(skip - common),
            Start::After(doc) if walk.place(doc) == LAST => start,
            start => {
                self.select(level, key, &(hits & present), start);
                Start::Skip(0)
            }
        };
        self.fill(level + 1, &(hits - present), start);
    }

    /// Walks the field if that promises to be cheaper than looking at every hit. False if it does
    /// not, or if the walk breaks the promise, because the hits lie at the far end or have no
    /// values; then the page is as before.
    fn walk(&mut self, level: usize, walk: &Walk<'_>, hits: &RoaringBitmap, start: Start) -> bool {
        let (field, hit) = (walk.ordered.len(), usize::try_from(hits.len()).unwrap_or(usize::MAX));
        let wanted = self.room().saturating_add(start.skip());
        let steps = (wanted.saturating_mul(field) / hit.min(field).max(1)).min(field);
        // What each way costs, in looks at a hit.
        let asked = steps.saturating_mul(STEP);
        let spread = hit / SPREAD + steps / STEPS;
        if asked.min(spread) >= hit {
            return false;
        }
        let (among, budget) = if spread < asked {
            (Among::Dense(Dense::new(hits)), hit.saturating_mul(STEPS) / SPREAD)
        } else {
            (Among::Set(hits), hit / STEP)
        };
        let filled = self.out.len();
        Walker::new(self, level, walk, (hits, among), LEAST_BUDGET.max(budget)).run(start);
        if !self.full() {
            self.out.truncate(filled);
        }
        self.full()
    }

    /// Finds the first hits by their places.
    fn select(&mut self, level: usize, key: &Key<'_>, hits: &RoaringBitmap, start: Start) {
        // Values mostly grow with ids, so that the best come first in one of the directions.
        if key.descends() {
            self.select_from(level, key, hits.iter().rev(), start);
        } else {
            self.select_from(level, key, hits.iter(), start);
        }
    }

    fn select_from(
        &mut self,
        level: usize,
        key: &Key<'_>,
        docs: impl Iterator<Item = DocId>,
        start: Start,
    ) {
        /// Below this many candidates it is not worth while to drop some.
        const LEAST: usize = if cfg!(test) { 8 } else { 1024 };
        let order = self.order;
        let last = level + 1 == order.keys.len();
        let compare = |a: &Candidate, b: &Candidate| {
            let ties = || {
                if last {
                    a.id.cmp(&b.id)
                } else {
                    order.compare(level + 1, order.id(a.id), order.id(b.id))
                }
            };
            a.place.cmp(&b.place).then_with(ties)
        };
        let candidate = |doc| Candidate { place: key.place(doc), id: order.id(doc) };
        let after = match start {
            Start::Skip(_) => None,
            Start::After(doc) => Some(candidate(doc)),
        };
        let wanted = self.room().saturating_add(start.skip());
        let enough = wanted.saturating_mul(2).max(LEAST);
        let mut worst: Option<Candidate> = None;
        let mut kept: Vec<Candidate> = Vec::new();
        for found in docs.map(candidate) {
            if worst.as_ref().is_some_and(|worst| compare(&found, worst).is_gt())
                || after.as_ref().is_some_and(|after| compare(&found, after).is_le())
            {
                continue;
            }
            kept.push(found);
            if kept.len() >= enough {
                kept.select_nth_unstable_by(wanted - 1, compare);
                kept.truncate(wanted);
                worst = kept.last().copied();
            }
        }
        if wanted > 0 && kept.len() > wanted {
            kept.select_nth_unstable_by(wanted - 1, compare);
            kept.truncate(wanted);
        }
        kept.sort_unstable_by(compare);
        let page = kept.iter().skip(start.skip()).take(self.room());
        let page: Vec<_> = page.map(|found| order.id(found.id)).collect();
        self.out.extend(page);
    }
}

impl Start {
    pub(crate) fn skip(self) -> usize {
        match self {
            Self::Skip(skip) => skip,
            Self::After(_) => 0,
        }
    }
}

/// A hit while hits are selected; the id as [`Order::id`] turns it.
#[derive(Clone, Copy)]
struct Candidate {
    place: Place,
    id: DocId,
}
