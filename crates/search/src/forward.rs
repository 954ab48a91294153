//! `document -> value`, the other direction of an ordered field.

use rustc_hash::FxHashMap;

use crate::DocId;

/// Stands for "no value" in the dense form. A document may have this very value, so the owner
/// asks its bitmap of present documents when it meets it.
const MISSING: i64 = i64::MIN;

#[derive(Debug, Clone)]
pub(crate) enum Forward {
    /// An array by document id.
    Dense(Vec<i64>),
    /// Values as bytes, so that an entry takes 12 bytes instead of 16.
    Sparse(FxHashMap<DocId, [u8; 8]>),
}

impl Forward {
    pub(crate) fn new(dense: bool) -> Self {
        if dense { Self::Dense(Vec::new()) } else { Self::Sparse(FxHashMap::default()) }
    }

    /// The value of a document that is known to have one; anything for others.
    pub(crate) fn value(&self, doc: DocId) -> i64 {
        match self {
            Self::Dense(values) => values.get(doc as usize).copied().unwrap_or(MISSING),
            Self::Sparse(values) => values.get(&doc).map_or(MISSING, |v| i64::from_ne_bytes(*v)),
        }
    }

    /// The value of a document; `present` decides the doubtful case.
    pub(crate) fn get(&self, doc: DocId, present: impl FnOnce() -> bool) -> Option<i64> {
        let value = self.value(doc);
        (value != MISSING || present()).then_some(value)
    }

    pub(crate) fn set(&mut self, doc: DocId, value: i64) {
        match self {
            Self::Dense(values) => {
                let place = doc as usize;
                if place >= values.len() {
                    values.resize(place + 1, MISSING);
                }
                values[place] = value;
            }
            Self::Sparse(values) => {
                values.insert(doc, value.to_ne_bytes());
            }
        }
    }

    pub(crate) fn clear(&mut self, doc: DocId) {
        match self {
            Self::Dense(values) => {
                if let Some(place) = values.get_mut(doc as usize) {
                    *place = MISSING;
                }
            }
            Self::Sparse(values) => {
                values.remove(&doc);
            }
        }
    }

    /// Makes room for documents, so that a load does not grow by doubling.
    pub(crate) fn reserve(&mut self, universe: usize, count: usize) {
        match self {
            Self::Dense(values) => values.reserve_exact(universe.saturating_sub(values.len())),
            Self::Sparse(values) => values.reserve(count),
        }
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        match self {
            Self::Dense(values) => values.capacity() * size_of::<i64>(),
            // A table is at most 7/8 full, with a byte of control per place.
            Self::Sparse(values) => values.capacity() * 8 / 7 * (size_of::<(DocId, [u8; 8])>() + 1),
        }
    }
}
