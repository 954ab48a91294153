//! Bitmaps of words in memory: read from the database once, then kept up to date.

use std::sync::Arc;

use parking_lot::Mutex;
use rustc_hash::{FxHashMap, FxHashSet};
use trackway_search::{DocId, RoaringBitmap};

/// Bytes that the bitmaps may take.
const ROOM: usize = 32 << 20;
/// Issues whose stems are remembered until they are stored.
const STEMS: usize = 2000;

/// The stored words of an issue.
pub(crate) type Tokens = Arc<FxHashSet<Box<str>>>;

/// The words of one organisation as far as they are in memory.
#[derive(Debug, Default)]
pub(crate) struct WordCache(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// The bitmaps are those of this generation of the table, or of a later one.
    generation: i64,
    bitmaps: FxHashMap<Box<str>, Entry>,
    bytes: usize,
    clock: u64,
    /// Words of issues that are not stored yet, with the version of their note.
    fresh: FxHashMap<i64, (i64, Tokens)>,
}

#[derive(Debug)]
struct Entry {
    docs: Arc<RoaringBitmap>,
    bytes: usize,
    used: u64,
}

impl WordCache {
    /// The bitmap of a word, if it is here and not older than `generation`.
    pub(crate) fn get(&self, token: &str, generation: i64) -> Option<Arc<RoaringBitmap>> {
        let mut inner = self.0.lock();
        if inner.generation < generation {
            return None;
        }
        inner.clock += 1;
        let clock = inner.clock;
        let entry = inner.bitmaps.get_mut(token)?;
        entry.used = clock;
        Some(Arc::clone(&entry.docs))
    }

    /// Keeps a bitmap that was read when the table had this generation.
    pub(crate) fn put(&self, token: &str, generation: i64, docs: Arc<RoaringBitmap>) {
        let mut inner = self.0.lock();
        if inner.bitmaps.is_empty() {
            inner.generation = generation;
        }
        if inner.generation != generation {
            return;
        }
        inner.clock += 1;
        let (bytes, used) = (size(token, &docs), inner.clock);
        inner.remove(token);
        inner.bytes += bytes;
        inner.bitmaps.insert(token.into(), Entry { docs, bytes, used });
        while inner.bytes > ROOM && inner.bitmaps.len() > 1 {
            let oldest = inner.bitmaps.iter().min_by_key(|(_, e)| e.used).map(|(t, _)| t.clone());
            if let Some(token) = oldest {
                inner.remove(&token);
            }
        }
    }

    /// The generation, if bitmaps are here that are older than `generation`.
    pub(crate) fn stale(&self, generation: i64) -> Option<i64> {
        let inner = self.0.lock();
        (inner.generation < generation && !inner.bitmaps.is_empty()).then_some(inner.generation)
    }

    /// Brings the bitmaps from one generation to a later one: these are all issues whose words
    /// changed in between. Without them the bitmaps are dropped.
    pub(crate) fn advance(&self, from: i64, to: i64, changed: Option<&[(i64, Tokens)]>) {
        let mut inner = self.0.lock();
        if inner.generation >= to {
            return;
        }
        let Some(changed) = changed.filter(|_| inner.generation >= from) else {
            inner.bitmaps.clear();
            inner.bytes = 0;
            inner.generation = to;
            return;
        };
        inner.generation = to;
        let Inner { bitmaps, bytes, .. } = &mut *inner;
        for (token, entry) in bitmaps {
            let mut differs = false;
            for (issue, tokens) in changed {
                let Ok(issue) = DocId::try_from(*issue) else { continue };
                let has = tokens.contains(token);
                if has != entry.docs.contains(issue) {
                    differs = true;
                    let docs = Arc::make_mut(&mut entry.docs);
                    if has {
                        docs.insert(issue)
                    } else {
                        docs.remove(issue)
                    };
                }
            }
            if differs {
                let now = size(token, &entry.docs);
                *bytes = *bytes + now - entry.bytes;
                entry.bytes = now;
            }
        }
        for (issue, _) in changed {
            inner.fresh.remove(issue);
        }
    }

    /// The words of an issue that is not stored, as of this version of its note.
    pub(crate) fn fresh(&self, issue: i64, version: i64) -> Option<Tokens> {
        let inner = self.0.lock();
        let (known, tokens) = inner.fresh.get(&issue)?;
        (*known == version).then(|| Arc::clone(tokens))
    }

    /// Remembers them.
    pub(crate) fn remember(&self, issue: i64, version: i64, tokens: Tokens) {
        let mut inner = self.0.lock();
        if inner.fresh.len() >= STEMS {
            inner.fresh.clear();
        }
        inner.fresh.insert(issue, (version, tokens));
    }
}

impl Inner {
    fn remove(&mut self, token: &str) {
        if let Some(entry) = self.bitmaps.remove(token) {
            self.bytes -= entry.bytes;
        }
    }
}

fn size(token: &str, docs: &RoaringBitmap) -> usize {
    docs.serialized_size() + token.len() + size_of::<Entry>() + 64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn docs(ids: &[u32]) -> Arc<RoaringBitmap> {
        Arc::new(ids.iter().copied().collect())
    }

    fn tokens(words: &[&str]) -> Tokens {
        Arc::new(words.iter().map(|word| Box::from(*word)).collect())
    }

    #[test]
    fn bitmaps_follow_the_generations() {
        let cache = WordCache::default();
        cache.put("a", 3, docs(&[1, 2]));
        assert_eq!(cache.get("a", 3), Some(docs(&[1, 2])));
        assert_eq!(cache.get("a", 4), None, "older than asked for");
        assert_eq!(cache.stale(4), Some(3));
        cache.advance(3, 4, Some(&[(2, tokens(&["b"])), (7, tokens(&["a", "b"]))]));
        assert_eq!(cache.get("a", 4), Some(docs(&[1, 7])));
        cache.put("b", 3, docs(&[]));
        assert_eq!(cache.get("b", 3), None, "read before the last change");
        cache.advance(3, 4, Some(&[(1, tokens(&[]))]));
        assert_eq!(cache.get("a", 4), Some(docs(&[1, 7])), "known already");
        cache.advance(5, 6, Some(&[]));
        assert_eq!(cache.get("a", 6), None, "a change between was missed");
    }

    #[test]
    fn the_bitmaps_used_last_stay() {
        let cache = WordCache::default();
        let big: Arc<RoaringBitmap> = Arc::new((0..40_000_000_u32).step_by(3).collect());
        assert!(big.serialized_size() * 7 > ROOM);
        for token in ["a", "b", "c", "d", "e", "f", "g"] {
            cache.put(token, 1, Arc::clone(&big));
            assert!(cache.get("a", 1).is_some());
        }
        assert!(cache.get("b", 1).is_none());
        assert!(cache.get("g", 1).is_some());
        assert!(cache.0.lock().bytes <= ROOM);
    }
}
