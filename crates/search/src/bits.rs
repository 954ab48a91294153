//! Bitmaps from unsorted ids.

use std::ops::Deref;

use roaring::{MultiOps, RoaringBitmap};

use crate::DocId;

/// Below this share of the ids, sorting is cheaper than a bit for each id.
const SPARSE: usize = 256;

/// A bitmap of ids that come in no order.
///
/// `count` is how many will come, `universe` one more than the greatest possible id.
pub(crate) fn from_unsorted(
    docs: impl Iterator<Item = DocId>,
    count: usize,
    universe: usize,
) -> RoaringBitmap {
    if count < universe / SPARSE {
        let mut sorted: Vec<DocId> = docs.collect();
        sorted.sort_unstable();
        return from_sorted(sorted);
    }
    let mut bytes = vec![0u8; universe.div_ceil(8)];
    for doc in docs {
        if let Some(byte) = bytes.get_mut(doc as usize / 8) {
            *byte |= 1 << (doc % 8);
        }
    }
    RoaringBitmap::from_lsb0_bytes(0, &bytes)
}

/// A bitmap of ascending ids.
pub(crate) fn from_sorted(docs: impl IntoIterator<Item = DocId>) -> RoaringBitmap {
    let mut bitmap = RoaringBitmap::new();
    bitmap.extend(docs);
    bitmap
}

/// The union of sets, of which some may be borrowed.
pub(crate) fn union<S>(sets: impl Iterator<Item = S>) -> RoaringBitmap
where
    S: Deref<Target = RoaringBitmap>,
{
    let sets: Vec<_> = sets.collect();
    match sets.as_slice() {
        // Merging two is cheaper than gathering them in a third form.
        [one, other] => &**one | &**other,
        sets => sets.iter().map(|set| &**set).union(),
    }
}

/// A bit for each id, for a set that is asked about very often.
pub(crate) struct Dense(Vec<u64>);

impl Dense {
    /// The ids of a set.
    pub(crate) fn new(set: &RoaringBitmap) -> Self {
        let universe = set.max().map_or(0, |max| max as usize + 1);
        let mut words = vec![0u64; universe.div_ceil(64)];
        for doc in set {
            if let Some(word) = words.get_mut(doc as usize / 64) {
                *word |= 1 << (doc % 64);
            }
        }
        Self(words)
    }

    /// Whether an id is among them.
    pub(crate) fn contains(&self, doc: DocId) -> bool {
        self.0.get(doc as usize / 64).is_some_and(|word| word >> (doc % 64) & 1 == 1)
    }
}
