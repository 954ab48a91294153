//! A field as its documents in the order of their values.
//!
//! Chunks hold document ids only; values are looked up in the forward direction. A field of a
//! million documents so takes 4 bytes a document for the order and 8 for the values. Insertion
//! and removal are two binary searches and a move within one chunk.

use std::ops::Range;
use std::sync::Arc;

use parking_lot::Mutex;
use roaring::RoaringBitmap;

use crate::forward::Forward;
use crate::{DocId, bits};

/// Most documents of a chunk: 4 KiB, so a move within it takes some 50 ns.
/// Tests have small chunks, so that few documents fill many.
const CHUNK: usize = if cfg!(test) { 16 } else { 1024 };
/// How full a bulk load makes the chunks, so that the first edits do not split them all.
const LOADED: usize = CHUNK / 16 * 15;
/// Chunks below this are joined with a neighbour.
const SMALL: usize = CHUNK / 4;

/// Ranges of so many whole chunks are kept.
const MANY: usize = if cfg!(test) { 2 } else { 16 };

/// What the order is by: value, then document.
type Key = (i64, DocId);

#[derive(Debug, Clone)]
struct Chunk {
    /// Key of the first document, so that finding the chunk needs no other memory.
    first: Key,
    /// Never empty.
    docs: Vec<DocId>,
}

/// A place between two documents: chunk, and place within it. The end is `(chunks, 0)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pos {
    chunk: usize,
    at: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct Ordered {
    forward: Forward,
    present: RoaringBitmap,
    chunks: Vec<Chunk>,
    /// The set of whole chunks that a range had last: searches for what changed lately ask for
    /// nearly the same range again and again.
    last: Last,
}

/// A set of whole chunks, kept until something changes.
#[derive(Debug, Default)]
struct Last(Mutex<Option<(Range<usize>, Arc<RoaringBitmap>)>>);

impl Clone for Last {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Last {
    fn get(&self, chunks: &Range<usize>) -> Option<Arc<RoaringBitmap>> {
        let last = self.0.lock();
        last.as_ref().filter(|(known, _)| known == chunks).map(|(_, docs)| Arc::clone(docs))
    }

    fn put(&self, chunks: Range<usize>, docs: Arc<RoaringBitmap>) {
        *self.0.lock() = Some((chunks, docs));
    }

    fn clear(&mut self) {
        *self.0.get_mut() = None;
    }
}

impl Ordered {
    pub(crate) fn new(dense: bool) -> Self {
        Self {
            forward: Forward::new(dense),
            present: RoaringBitmap::new(),
            chunks: Vec::new(),
            last: Last::default(),
        }
    }

    /// Builds the structure from keys in ascending order, each document at most once.
    pub(crate) fn from_sorted(dense: bool, keys: &[Key]) -> Self {
        let universe = keys.iter().map(|&(_, doc)| doc as usize + 1).max().unwrap_or(0);
        let mut forward = Forward::new(dense);
        forward.reserve(universe, keys.len());
        for &(value, doc) in keys {
            forward.set(doc, value);
        }
        let chunks = keys
            .chunks(LOADED)
            .map(|keys| Chunk { first: keys[0], docs: keys.iter().map(|&(_, doc)| doc).collect() })
            .collect();
        let present = bits::from_unsorted(keys.iter().map(|&(_, doc)| doc), keys.len(), universe);
        Self { forward, present, chunks, last: Last::default() }
    }

    pub(crate) fn present(&self) -> &RoaringBitmap {
        &self.present
    }

    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.present.len()).unwrap_or(usize::MAX)
    }

    pub(crate) fn get(&self, doc: DocId) -> Option<i64> {
        self.forward.get(doc, || self.present.contains(doc))
    }

    /// Value of a document that this structure named; anything for others.
    pub(crate) fn value(&self, doc: DocId) -> i64 {
        self.forward.value(doc)
    }

    /// Sets or removes the value of a document.
    pub(crate) fn replace(&mut self, doc: DocId, value: Option<i64>) {
        let old = self.get(doc);
        if old == value {
            return;
        }
        self.last.clear();
        if let Some(old) = old {
            self.remove((old, doc));
        }
        if let Some(value) = value {
            self.insert((value, doc));
        }
    }

    /// The first place whose key is not below `key`.
    pub(crate) fn seek(&self, key: Key) -> Pos {
        let Some(chunk) = self.chunk_of(key) else { return Pos { chunk: 0, at: 0 } };
        let docs = &self.chunks[chunk].docs;
        let at = docs.partition_point(|&doc| (self.value(doc), doc) < key);
        if at == docs.len() { Pos { chunk: chunk + 1, at: 0 } } else { Pos { chunk, at } }
    }

    /// The place before the first document of a value.
    pub(crate) fn before(&self, value: i64) -> Pos {
        self.seek((value, 0))
    }

    /// The place after the last document of a value.
    pub(crate) fn after(&self, value: i64) -> Pos {
        value.checked_add(1).map_or(self.end(), |next| self.before(next))
    }

    /// The place before all documents.
    pub(crate) const START: Pos = Pos { chunk: 0, at: 0 };

    /// The place after all documents.
    pub(crate) fn end(&self) -> Pos {
        Pos { chunk: self.chunks.len(), at: 0 }
    }

    /// The places around the values within the bounds, both inclusive.
    pub(crate) fn bounds(&self, from: Option<i64>, to: Option<i64>) -> (Pos, Pos) {
        let start = from.map_or(Self::START, |from| self.before(from));
        let end = to.map_or(self.end(), |to| self.after(to));
        (start, end.max(start))
    }

    /// How many documents lie between two places, `start` not after `end`.
    pub(crate) fn count(&self, (start, end): (Pos, Pos)) -> usize {
        self.slices((start, end)).map(<[DocId]>::len).sum()
    }

    /// The documents between two places in order, chunk by chunk.
    pub(crate) fn slices(
        &self,
        (start, end): (Pos, Pos),
    ) -> impl DoubleEndedIterator<Item = &[DocId]> {
        let last = if end.at > 0 { end.chunk + 1 } else { end.chunk };
        (start.chunk..last).map(move |chunk| {
            let docs = self.chunks[chunk].docs.as_slice();
            let to = if chunk == end.chunk { end.at } else { docs.len() };
            let from = if chunk == start.chunk { start.at } else { 0 };
            &docs[from.min(to)..to]
        })
    }

    /// The documents between two places in order.
    pub(crate) fn docs(&self, between: (Pos, Pos)) -> impl DoubleEndedIterator<Item = DocId> {
        self.slices(between).flatten().copied()
    }

    /// Takes the next chunk's documents off the front of a span, or off its back.
    pub(crate) fn next_slice(&self, span: &mut (Pos, Pos), back: bool) -> Option<&[DocId]> {
        let (start, end) = *span;
        if start >= end {
            return None;
        }
        let chunk = match (back, end.at) {
            (false, _) => start.chunk,
            (true, 0) => end.chunk - 1,
            (true, _) => end.chunk,
        };
        let docs = self.chunks[chunk].docs.as_slice();
        let from = if chunk == start.chunk { start.at } else { 0 };
        let to = if chunk == end.chunk { end.at } else { docs.len() };
        if back {
            span.1 = Pos { chunk, at: from };
        } else {
            span.0 = if chunk == end.chunk { end } else { Pos { chunk: chunk + 1, at: 0 } };
        }
        Some(&docs[from..to])
    }

    /// The documents whose value lies within the bounds, both inclusive.
    pub(crate) fn range(&self, from: Option<i64>, to: Option<i64>) -> RoaringBitmap {
        let (start, end) = self.bounds(from, to);
        let count = self.count((start, end));
        let universe = self.present.max().map_or(0, |max| max as usize + 1);
        let rest = self.len().saturating_sub(count);
        if rest == 0 {
            return self.present.clone();
        }
        if rest >= count {
            return self.between((start, end), count, universe);
        }
        let outside = self.docs((Self::START, start)).chain(self.docs((end, self.end())));
        &self.present - bits::from_unsorted(outside, rest, universe)
    }

    /// The documents between two places as a set; `count` is how many there are.
    fn between(&self, (start, end): (Pos, Pos), count: usize, universe: usize) -> RoaringBitmap {
        let first = if start.at > 0 { start.chunk + 1 } else { start.chunk };
        let chunks = first..end.chunk;
        if chunks.len() < MANY {
            return bits::from_unsorted(self.docs((start, end)), count, universe);
        }
        let (from, to) = (Pos { chunk: first, at: 0 }, Pos { chunk: end.chunk, at: 0 });
        let whole = self.last.get(&chunks).unwrap_or_else(|| {
            let docs = bits::from_unsorted(self.docs((from, to)), count, universe);
            let docs = Arc::new(docs);
            self.last.put(chunks, Arc::clone(&docs));
            docs
        });
        let mut docs = RoaringBitmap::clone(&whole);
        docs.extend(self.docs((start, from)));
        docs.extend(self.docs((to, end)));
        docs
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        let chunk = |chunk: &Chunk| chunk.docs.capacity() * size_of::<DocId>();
        self.forward.memory_bytes()
            + self.chunks.capacity() * size_of::<Chunk>()
            + self.chunks.iter().map(chunk).sum::<usize>()
    }

    /// The chunk that a key belongs to; none if it is below all.
    fn chunk_of(&self, key: Key) -> Option<usize> {
        self.chunks.partition_point(|chunk| chunk.first <= key).checked_sub(1)
    }

    fn insert(&mut self, key: Key) {
        let (value, doc) = key;
        let chunk = self.chunk_of(key).unwrap_or(0);
        if self.chunks.is_empty() {
            self.chunks.push(Chunk { first: key, docs: vec![doc] });
        } else {
            let docs = &self.chunks[chunk].docs;
            let at = docs.partition_point(|&doc| (self.value(doc), doc) < key);
            self.insert_at(chunk, at, key);
        }
        self.forward.set(doc, value);
        self.present.insert(doc);
    }

    fn insert_at(&mut self, chunk: usize, at: usize, key: Key) {
        let docs = &mut self.chunks[chunk].docs;
        if docs.len() == CHUNK {
            if at == CHUNK {
                // Values that only grow (a time of change) append: a new chunk keeps the old full.
                self.chunks.insert(chunk + 1, Chunk { first: key, docs: vec![key.1] });
                return;
            }
            let tail = docs.split_off(CHUNK / 2);
            let first = (self.forward.value(tail[0]), tail[0]);
            self.chunks.insert(chunk + 1, Chunk { first, docs: tail });
            let (chunk, at) =
                if at > CHUNK / 2 { (chunk + 1, at - CHUNK / 2) } else { (chunk, at) };
            return self.insert_at(chunk, at, key);
        }
        if docs.len() == docs.capacity() {
            docs.reserve_exact((docs.len() / 2).max(8).min(CHUNK - docs.len()));
        }
        docs.insert(at, key.1);
        if at == 0 {
            self.chunks[chunk].first = key;
        }
    }

    fn remove(&mut self, key: Key) {
        let Pos { chunk, at } = self.seek(key);
        let docs = &mut self.chunks[chunk].docs;
        debug_assert_eq!(docs.get(at), Some(&key.1), "the order holds every present document");
        docs.remove(at);
        self.forward.clear(key.1);
        self.present.remove(key.1);
        self.settle(chunk, at == 0);
    }

    /// Mends a chunk that has lost a document: drops it when empty, joins it when small.
    fn settle(&mut self, chunk: usize, first_gone: bool) {
        let Some(&first) = self.chunks[chunk].docs.first() else {
            self.chunks.remove(chunk);
            return;
        };
        if first_gone {
            self.chunks[chunk].first = (self.value(first), first);
        }
        if self.chunks[chunk].docs.len() < SMALL {
            let left = if chunk + 1 < self.chunks.len() { chunk } else { chunk.saturating_sub(1) };
            self.join(left);
        }
    }

    /// Joins a chunk with the next if there is one and both leave room to grow.
    fn join(&mut self, left: usize) {
        let Some(right) = self.chunks.get(left + 1) else { return };
        if self.chunks[left].docs.len() + right.docs.len() <= CHUNK * 3 / 4 {
            let right = self.chunks.remove(left + 1);
            self.chunks[left].docs.extend_from_slice(&right.docs);
        }
    }

    /// Checks what every method rests on.
    #[cfg(test)]
    pub(crate) fn check(&self) {
        let keys: Vec<Key> = self
            .docs((Self::START, self.end()))
            .map(|doc| (self.get(doc).expect("a document in the order has a value"), doc))
            .collect();
        assert!(keys.is_sorted_by(|a, b| a < b));
        assert_eq!(keys.len(), self.len());
        for chunk in &self.chunks {
            assert!((1..=CHUNK).contains(&chunk.docs.len()));
            assert_eq!(chunk.first, (self.value(chunk.docs[0]), chunk.docs[0]));
        }
    }
}
