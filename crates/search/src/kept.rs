//! Searches that are kept from one time to the next: boards, dashboards and bots ask the same again
//! and again, mostly while little has changed.
//!
//! What a search found follows the changes of the index: it is asked again for the changed
//! documents only. A page of it is kept until one of its documents changes.

use std::hash::{Hash as _, Hasher as _};
use std::ops::Deref;
use std::sync::Arc;

use parking_lot::Mutex;
use roaring::RoaringBitmap;
use rustc_hash::{FxHashMap, FxHasher};

use crate::field::bitmap_bytes;
use crate::{Cond, DocId, Index, SortBy, SortKey};

/// With more changes than this a search starts anew.
const FEW_CHANGES: u64 = if cfg!(test) { 4 } else { 1000 };
/// Pages of one search that are kept.
const PAGES: usize = if cfg!(test) { 2 } else { 4 };
/// Longer pages are made each time.
const LONGEST_PAGE: usize = 1000;
/// Memory that kept searches may take, in bytes: so many for each document, which is about an eighth of what
/// the index takes, within limits.
const MEMORY_PER_DOC: u64 = 24;
const LEAST_MEMORY: u64 = if cfg!(test) { 16 << 10 } else { 4 << 20 };
const MOST_MEMORY: u64 = if cfg!(test) { 16 << 10 } else { 64 << 20 };
/// What is larger than this share of the memory is not kept.
const LARGEST: usize = 8;
/// Hashes of searches that were seen lately.
const SEEN: usize = if cfg!(test) { 8 } else { 4096 };

/// What may be found at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope<'a> {
    /// The documents; none if these are all.
    pub docs: Option<&'a RoaringBitmap>,
    /// Names the set. Two sets of the same origin differ by documents that changed meanwhile and by
    /// nothing else; 0 is the set of all documents.
    pub origin: u64,
}

/// The documents that a search found.
#[derive(Clone, Debug)]
pub struct Hits {
    docs: Arc<RoaringBitmap>,
    /// Where the search is kept, if it can be.
    hash: Option<u64>,
}

impl Deref for Hits {
    type Target = RoaringBitmap;

    fn deref(&self) -> &RoaringBitmap {
        &self.docs
    }
}

impl From<Hits> for RoaringBitmap {
    fn from(hits: Hits) -> Self {
        Arc::unwrap_or_clone(hits.docs)
    }
}

/// The kept searches of one index. Whoever replaces the index must [`Kept::clear`] them before
/// somebody reads the new one.
#[derive(Debug, Default)]
pub struct Kept(Mutex<Searches>);

#[derive(Debug, Default)]
struct Searches {
    entries: FxHashMap<u64, Entry>,
    /// Bytes of all entries.
    memory: usize,
    /// How many they may be.
    limit: usize,
    /// Counts uses, to tell which search was used last.
    uses: u64,
    /// Each at the place that its own value gives. A search is kept when it comes for the second time, so
    /// that those which never come again push nothing out.
    seen: Vec<u64>,
}

#[derive(Debug)]
struct Entry {
    cond: Cond,
    origin: u64,
    /// How many changes the index had had.
    changes: u64,
    docs: Arc<RoaringBitmap>,
    pages: Vec<KeptPage>,
    bytes: usize,
    used: u64,
}

#[derive(Debug)]
struct KeptPage {
    order: Vec<SortKey>,
    offset: usize,
    limit: usize,
    ids: Vec<DocId>,
}

impl Kept {
    /// The documents of the scope that a condition names.
    pub fn hits(&self, index: &Index, cond: &Cond, scope: Scope<'_>) -> Hits {
        let Some(hash) = hash(cond, scope.origin) else {
            return Hits { docs: Arc::new(eval(index, cond, scope)), hash: None };
        };
        let known = self.0.lock().find(hash, cond, scope.origin);
        let docs = match known {
            Some((changes, docs)) if changes == index.changes() => docs,
            Some((changes, docs)) => self.brought_up(index, (hash, cond, scope), (changes, docs)),
            None => self.found_anew(index, (hash, cond, scope)),
        };
        Hits { docs, hash: Some(hash) }
    }

    /// The hits from `offset` on in an order, at most `limit`, as by [`Index::page`].
    pub fn page(
        &self,
        index: &Index,
        hits: &Hits,
        order: &[SortKey],
        offset: usize,
        limit: usize,
    ) -> Vec<DocId> {
        let given = order.iter().any(|key| matches!(key.by, SortBy::Given(_)));
        let hash = hits.hash.filter(|_| !given);
        let known =
            hash.and_then(|hash| self.0.lock().page(hash, index, hits, (order, offset, limit)));
        if let Some(ids) = known {
            return ids;
        }
        let ids = index.page(hits, order, offset, limit);
        if let Some(hash) = hash
            && ids.len() <= LONGEST_PAGE
        {
            let page = KeptPage { order: order.to_vec(), offset, limit, ids: ids.clone() };
            self.0.lock().keep_page(hash, index, hits, page);
        }
        ids
    }

    /// An estimate of the memory that kept searches take, in bytes.
    #[cfg(test)]
    pub(crate) fn memory_bytes(&self) -> usize {
        self.0.lock().memory
    }

    /// Forgets everything: the index is replaced.
    pub fn clear(&self) {
        *self.0.lock() = Searches::default();
    }

    fn found_anew(
        &self,
        index: &Index,
        (hash, cond, scope): (u64, &Cond, Scope<'_>),
    ) -> Arc<RoaringBitmap> {
        let docs = Arc::new(eval(index, cond, scope));
        let mut searches = self.0.lock();
        if searches.was_seen(hash) {
            searches.limit_for(index);
            let entry = Entry::new(cond.clone(), scope.origin, index.changes(), Arc::clone(&docs));
            searches.keep(hash, entry);
        }
        docs
    }

    /// What a search finds after the changes since it was kept.
    fn brought_up(
        &self,
        index: &Index,
        (hash, cond, scope): (u64, &Cond, Scope<'_>),
        (changes, docs): (u64, Arc<RoaringBitmap>),
    ) -> Arc<RoaringBitmap> {
        let few = index.changes().saturating_sub(changes) <= FEW_CHANGES;
        let Some(touched) = index.changed_since(changes).filter(|_| few) else {
            return self.found_anew(index, (hash, cond, scope));
        };
        let touched: RoaringBitmap = touched.collect();
        let before = &*docs & &touched;
        let visible = scope.docs.map(|docs| docs & &touched);
        let now = index.eval_within(cond, visible.as_ref().unwrap_or(&touched));
        let docs = if before == now { docs } else { Arc::new((&*docs - &before) | &now) };
        let touches = !before.is_empty() || !now.is_empty();
        self.0.lock().follow(hash, (changes, index.changes()), &docs, touches);
        docs
    }
}

fn eval(index: &Index, cond: &Cond, scope: Scope<'_>) -> RoaringBitmap {
    match scope.docs {
        Some(docs) => index.eval_within(cond, docs),
        None => index.eval(cond),
    }
}

impl Searches {
    fn find(&mut self, hash: u64, cond: &Cond, origin: u64) -> Option<(u64, Arc<RoaringBitmap>)> {
        self.uses += 1;
        let entry = self.entries.get_mut(&hash)?;
        if entry.origin != origin || entry.cond != *cond {
            return None;
        }
        entry.used = self.uses;
        Some((entry.changes, Arc::clone(&entry.docs)))
    }

    fn limit_for(&mut self, index: &Index) {
        let limit = index.len().saturating_mul(MEMORY_PER_DOC);
        let limit = limit.clamp(LEAST_MEMORY, MOST_MEMORY);
        self.limit = usize::try_from(limit).unwrap_or(usize::MAX);
    }

    /// Whether a search came before; it counts as seen from now on.
    fn was_seen(&mut self, hash: u64) -> bool {
        if self.seen.is_empty() {
            self.seen = vec![0; SEEN];
        }
        let place = usize::try_from(hash % SEEN as u64).unwrap_or(0);
        self.seen.get_mut(place).is_some_and(|seen| std::mem::replace(seen, hash) == hash)
    }

    fn keep(&mut self, hash: u64, mut entry: Entry) {
        self.take(hash);
        if entry.bytes > self.limit / LARGEST {
            return;
        }
        entry.used = self.uses;
        self.memory += entry.bytes;
        self.entries.insert(hash, entry);
        if self.memory > self.limit {
            self.shrink();
        }
    }

    fn take(&mut self, hash: u64) -> Option<Entry> {
        let entry = self.entries.remove(&hash)?;
        self.memory -= entry.bytes;
        Some(entry)
    }

    /// Drops the searches used longest ago, down to three quarters of the memory.
    fn shrink(&mut self) {
        let mut by_use: Vec<_> = self.entries.iter().map(|(hash, e)| (e.used, *hash)).collect();
        by_use.sort_unstable();
        for (_, hash) in by_use {
            if self.memory <= self.limit / 4 * 3 {
                return;
            }
            self.take(hash);
        }
    }

    /// Stores what a search finds now, unless somebody else did.
    fn follow(
        &mut self,
        hash: u64,
        (from, to): (u64, u64),
        docs: &Arc<RoaringBitmap>,
        touches: bool,
    ) {
        let Some(mut entry) = self.take(hash) else { return };
        if entry.changes == from {
            entry.changes = to;
            entry.docs = Arc::clone(docs);
            if touches {
                entry.pages.clear();
            }
            entry.count_bytes();
        }
        self.keep(hash, entry);
    }

    fn page(
        &self,
        hash: u64,
        index: &Index,
        hits: &Hits,
        (order, offset, limit): (&[SortKey], usize, usize),
    ) -> Option<Vec<DocId>> {
        let entry = self.entries.get(&hash).filter(|entry| entry.is_of(index, hits))?;
        let wanted =
            |page: &&KeptPage| page.offset == offset && page.limit == limit && page.order == order;
        entry.pages.iter().find(wanted).map(|page| page.ids.clone())
    }

    fn keep_page(&mut self, hash: u64, index: &Index, hits: &Hits, page: KeptPage) {
        let Some(mut entry) = self.take(hash) else { return };
        if entry.is_of(index, hits) {
            if entry.pages.len() >= PAGES {
                entry.pages.remove(0);
            }
            entry.pages.push(page);
            entry.count_bytes();
        }
        self.keep(hash, entry);
    }
}

impl Entry {
    fn new(cond: Cond, origin: u64, changes: u64, docs: Arc<RoaringBitmap>) -> Self {
        let mut entry = Self { cond, origin, changes, docs, pages: Vec::new(), bytes: 0, used: 0 };
        entry.count_bytes();
        entry
    }

    /// Whether these hits are the kept ones, and of the index as it is.
    fn is_of(&self, index: &Index, hits: &Hits) -> bool {
        self.changes == index.changes() && Arc::ptr_eq(&self.docs, &hits.docs)
    }

    fn count_bytes(&mut self) {
        let pages = self.pages.iter().map(KeptPage::bytes).sum::<usize>();
        self.bytes = size_of::<Self>() + bitmap_bytes(&self.docs) + cond_bytes(&self.cond) + pages;
    }
}

impl KeptPage {
    fn bytes(&self) -> usize {
        let key = |key: &SortKey| match &key.by {
            SortBy::Value | SortBy::Given(_) => 0,
            SortBy::Rank(values) => size_of_val(values.as_slice()),
            SortBy::Segments(segments) => size_of_val(segments.as_slice()),
        };
        size_of::<Self>()
            + size_of_val(self.ids.as_slice())
            + size_of_val(self.order.as_slice())
            + self.order.iter().map(key).sum::<usize>()
    }
}

/// A hash of a search; none for one that names documents, which are mostly those of this one search.
fn hash(cond: &Cond, origin: u64) -> Option<u64> {
    let mut hasher = FxHasher::default();
    origin.hash(&mut hasher);
    put(cond, &mut hasher).then(|| hasher.finish())
}

fn put(cond: &Cond, hasher: &mut FxHasher) -> bool {
    std::mem::discriminant(cond).hash(hasher);
    match cond {
        Cond::All | Cond::None => {}
        Cond::Has(field, value) => (field, value).hash(hasher),
        Cond::AnyOf(field, values) => (field, values).hash(hasher),
        Cond::Range { field, from, to } => (field, from, to).hash(hasher),
        Cond::Exists(field) => field.hash(hasher),
        Cond::Docs(_) => return false,
        Cond::And(conds) | Cond::Or(conds) => {
            conds.len().hash(hasher);
            return conds.iter().all(|cond| put(cond, hasher));
        }
        Cond::Not(cond) => return put(cond, hasher),
    }
    true
}

/// An estimate of what a condition takes beside itself.
fn cond_bytes(cond: &Cond) -> usize {
    match cond {
        Cond::AnyOf(_, values) => size_of_val(values.as_slice()),
        Cond::And(conds) | Cond::Or(conds) => {
            size_of_val(conds.as_slice()) + conds.iter().map(cond_bytes).sum::<usize>()
        }
        Cond::Not(cond) => size_of::<Cond>() + cond_bytes(cond),
        Cond::Docs(docs) => bitmap_bytes(docs),
        Cond::All | Cond::None | Cond::Has(..) | Cond::Range { .. } | Cond::Exists(_) => 0,
    }
}
