//! One field of the index, in the forms its kind asks for.

use std::borrow::Cow;

use roaring::{MultiOps, RoaringBitmap};
use rustc_hash::FxHashMap;

use crate::doc::Term;
use crate::exact::Exact;
use crate::ordered::Ordered;
use crate::{DocId, FieldKind, bits};

#[derive(Debug, Clone)]
pub(crate) enum Field {
    Exact(Exact),
    Ordered { dense: bool, ordered: Ordered },
    Both { dense: bool, exact: Exact, ordered: Ordered },
}

impl Field {
    pub(crate) fn new(kind: FieldKind) -> Self {
        match kind {
            FieldKind::Exact => Self::Exact(Exact::default()),
            FieldKind::Ordered { dense } => Self::Ordered { dense, ordered: Ordered::new(dense) },
            FieldKind::Both { dense } => {
                Self::Both { dense, exact: Exact::default(), ordered: Ordered::new(dense) }
            }
        }
    }

    pub(crate) fn kind(&self) -> FieldKind {
        match *self {
            Self::Exact(_) => FieldKind::Exact,
            Self::Ordered { dense, .. } => FieldKind::Ordered { dense },
            Self::Both { dense, .. } => FieldKind::Both { dense },
        }
    }

    pub(crate) fn exact(&self) -> Option<&Exact> {
        match self {
            Self::Exact(exact) | Self::Both { exact, .. } => Some(exact),
            Self::Ordered { .. } => None,
        }
    }

    pub(crate) fn ordered(&self) -> Option<&Ordered> {
        match self {
            Self::Ordered { ordered, .. } | Self::Both { ordered, .. } => Some(ordered),
            Self::Exact(_) => None,
        }
    }

    /// The documents that have the field.
    pub(crate) fn present(&self) -> &RoaringBitmap {
        match self {
            Self::Exact(exact) | Self::Both { exact, .. } => exact.present(),
            Self::Ordered { ordered, .. } => ordered.present(),
        }
    }

    /// Replaces the values of a document; both lists are ascending terms of this field.
    pub(crate) fn replace(&mut self, doc: DocId, before: &[Term], after: &[Term]) {
        if let Self::Exact(exact) | Self::Both { exact, .. } = self {
            exact.replace(doc, before, after);
        }
        if let Self::Ordered { ordered, .. } | Self::Both { ordered, .. } = self {
            ordered.replace(doc, after.first().map(|&(_, value)| value));
        }
    }

    /// Removes a document whose values are not known.
    pub(crate) fn sweep(&mut self, doc: DocId) {
        if let Self::Exact(exact) | Self::Both { exact, .. } = self {
            exact.sweep(doc);
        }
        if let Self::Ordered { ordered, .. } | Self::Both { ordered, .. } = self {
            ordered.replace(doc, None);
        }
    }

    pub(crate) fn contains(&self, value: i64, doc: DocId) -> bool {
        match self {
            Self::Exact(exact) | Self::Both { exact, .. } => {
                exact.get(value).is_some_and(|docs| docs.contains(doc))
            }
            Self::Ordered { ordered, .. } => ordered.get(doc) == Some(value),
        }
    }

    /// The documents having a value.
    pub(crate) fn has(&self, value: i64) -> Cow<'_, RoaringBitmap> {
        match self {
            Self::Exact(exact) | Self::Both { exact, .. } => {
                exact.get(value).map_or_else(Cow::default, Cow::Borrowed)
            }
            Self::Ordered { ordered, .. } => Cow::Owned(ordered.range(Some(value), Some(value))),
        }
    }

    /// The documents having one of the values.
    pub(crate) fn any_of(&self, values: &[i64]) -> RoaringBitmap {
        match self {
            Self::Exact(exact) | Self::Both { exact, .. } => exact.any_of(values),
            Self::Ordered { .. } => bits::union(values.iter().map(|&value| self.has(value))),
        }
    }

    /// The documents with a value within the bounds, both inclusive.
    pub(crate) fn range(&self, from: Option<i64>, to: Option<i64>) -> Cow<'_, RoaringBitmap> {
        match self {
            _ if from.is_none() && to.is_none() => Cow::Borrowed(self.present()),
            Self::Exact(exact) => Cow::Owned(exact.range(from, to).union()),
            Self::Ordered { ordered, .. } | Self::Both { ordered, .. } => {
                Cow::Owned(ordered.range(from, to))
            }
        }
    }

    /// At most so many documents have the value.
    pub(crate) fn estimate_has(&self, value: i64) -> u64 {
        match self {
            Self::Exact(exact) | Self::Both { exact, .. } => {
                exact.get(value).map_or(0, RoaringBitmap::len)
            }
            Self::Ordered { .. } => self.estimate_range(Some(value), Some(value)),
        }
    }

    /// At most so many documents have a value within the bounds.
    pub(crate) fn estimate_range(&self, from: Option<i64>, to: Option<i64>) -> u64 {
        match self {
            Self::Exact(exact) => exact.range(from, to).map(RoaringBitmap::len).sum(),
            Self::Ordered { ordered, .. } | Self::Both { ordered, .. } => {
                ordered.count(ordered.bounds(from, to)) as u64
            }
        }
    }

    /// The values that documents of `within` have, ascending, each with its count of them.
    pub(crate) fn facet(&self, within: &RoaringBitmap) -> Vec<(i64, u64)> {
        match self {
            Self::Exact(exact) | Self::Both { exact, .. } => exact
                .values()
                .map(|(value, docs)| (value, docs.intersection_len(within)))
                .filter(|&(_, count)| count > 0)
                .collect(),
            Self::Ordered { ordered, .. } => {
                let mut counts = FxHashMap::<i64, u64>::default();
                for value in within.iter().filter_map(|doc| ordered.get(doc)) {
                    *counts.entry(value).or_default() += 1;
                }
                let mut counts: Vec<_> = counts.into_iter().collect();
                counts.sort_unstable();
                counts
            }
        }
    }

    /// An estimate in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        let exact = self.exact().map_or(0, |exact| {
            exact.values().map(|(_, docs)| 32 + bitmap_bytes(docs)).sum::<usize>()
                + bitmap_bytes(exact.present())
        });
        let ordered = self
            .ordered()
            .map_or(0, |ordered| ordered.memory_bytes() + bitmap_bytes(ordered.present()));
        exact + ordered
    }
}

/// An estimate of a bitmap's bytes: its containers and their heads.
pub(crate) fn bitmap_bytes(bitmap: &RoaringBitmap) -> usize {
    /// Head of a container and the overhead of its allocation.
    const CONTAINER: u64 = 48;
    /// A bitset container has a bit for each of 65,536 ids.
    const BITSET: u64 = 8192;
    let stats = bitmap.statistics();
    // The statistics take an id of an array for four bytes, but it has two.
    let bytes = stats.n_bytes_array_containers / 2
        + stats.n_bytes_run_containers
        + u64::from(stats.n_bitset_containers) * BITSET
        + u64::from(stats.n_containers) * CONTAINER;
    usize::try_from(bytes).unwrap_or(usize::MAX) + size_of::<RoaringBitmap>()
}
