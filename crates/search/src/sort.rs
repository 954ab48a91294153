//! Orders: what they are made of, and the order as compiled against an index.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use crate::exact::Exact;
use crate::field::Field;
use crate::ordered::Ordered;
use crate::{DocId, FieldNo, Index};

/// One key of an order. Documents without a value come last in both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    /// The field.
    pub field: FieldNo,
    /// Whether the greatest comes first.
    pub descending: bool,
    /// How values compare.
    pub by: SortBy,
}

/// How the values of a key compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortBy {
    /// As numbers. Meant for ordered fields, which compare by the smallest value of a document;
    /// an exact field is sorted as by a rank of all its values.
    Value,
    /// In the order of this list. Meant for exact fields. Values that it lacks count as missing.
    /// Of several values of a document the first in the direction of the walk counts.
    Rank(Vec<i64>),
    /// Ranges of values, inclusive, in the order they are to be walked; by value within. Meant for
    /// ordered fields. Values outside count as missing; a range that overlaps an earlier one is
    /// ignored. Descending reverses both the list and the values.
    Segments(Vec<(i64, i64)>),
    /// By a number given to each document, whatever its values; documents without one count as
    /// missing. For orders the index cannot know, such as that of texts.
    Given(Arc<FxHashMap<DocId, u32>>),
}

/// Where a document stands by one key: the bucket or segment, and the value within.
pub(crate) type Place = (u32, i64);

/// The place of documents that a key does not tell about.
pub(crate) const LAST: Place = (u32::MAX, 0);

/// An order compiled against an index.
pub(crate) struct Order<'a> {
    pub(crate) keys: Vec<Key<'a>>,
    /// Whether documents equal by all keys are in descending order of their ids.
    pub(crate) ids_descend: bool,
}

/// A compiled key.
pub(crate) enum Key<'a> {
    /// Sets of documents in walking order.
    Buckets(Vec<Cow<'a, RoaringBitmap>>),
    /// Segments of an ordered field.
    Walk(Walk<'a>),
    /// Numbers of documents.
    Given { numbers: Arc<FxHashMap<DocId, u32>>, descending: bool },
}

pub(crate) struct Walk<'a> {
    pub(crate) ordered: &'a Ordered,
    pub(crate) descending: bool,
    /// In walking order.
    pub(crate) segments: Vec<(i64, i64)>,
    /// Least value of each segment -> its number in walking order.
    by_least: BTreeMap<i64, u32>,
    /// Whether the segments hold every value.
    pub(crate) whole: bool,
}

impl<'a> Order<'a> {
    pub(crate) fn new(index: &'a Index, order: &[SortKey]) -> Self {
        let keys = order.iter().filter_map(|key| {
            if let SortBy::Given(numbers) = &key.by {
                let (numbers, descending) = (Arc::clone(numbers), key.descending);
                return Some(Key::Given { numbers, descending });
            }
            // A field no document has tells nothing.
            let field = index.fields.get(&key.field)?;
            Some(Key::new(field, key))
        });
        Self { keys: keys.collect(), ids_descend: order.last().is_some_and(|key| key.descending) }
    }

    /// Compares two documents by the keys from `level` on, then by id.
    pub(crate) fn compare(&self, level: usize, a: DocId, b: DocId) -> Ordering {
        let keys = self.keys.get(level..).unwrap_or_default();
        keys.iter()
            .map(|key| key.place(a).cmp(&key.place(b)))
            .find(|ordering| ordering.is_ne())
            .unwrap_or_else(|| self.id(a).cmp(&self.id(b)))
    }

    /// The id of a document, turned round if ids descend.
    pub(crate) fn id(&self, doc: DocId) -> DocId {
        if self.ids_descend { !doc } else { doc }
    }
}

impl<'a> Key<'a> {
    fn new(field: &'a Field, key: &SortKey) -> Self {
        if let SortBy::Rank(values) = &key.by {
            let mut values = values.clone();
            if key.descending {
                values.reverse();
            }
            return Self::Buckets(values.into_iter().map(|value| field.has(value)).collect());
        }
        let (mut segments, mut by_least) = segments(&key.by);
        match (field.ordered(), field.exact()) {
            (Some(ordered), _) => {
                if key.descending {
                    segments.reverse();
                    let last = u32::try_from(segments.len()).unwrap_or(u32::MAX).saturating_sub(1);
                    for number in by_least.values_mut() {
                        *number = last - *number;
                    }
                }
                let whole = segments == [(i64::MIN, i64::MAX)];
                let descending = key.descending;
                Self::Walk(Walk { ordered, descending, segments, by_least, whole })
            }
            (None, Some(exact)) => Self::Buckets(buckets(exact, &segments, key.descending)),
            (None, None) => Self::Buckets(Vec::new()),
        }
    }

    /// Where a document stands.
    pub(crate) fn place(&self, doc: DocId) -> Place {
        match self {
            Self::Buckets(buckets) => buckets
                .iter()
                .position(|bucket| bucket.contains(doc))
                .and_then(|bucket| u32::try_from(bucket).ok())
                .map_or(LAST, |bucket| (bucket, 0)),
            Self::Walk(walk) => walk.place(doc),
            Self::Given { numbers, descending } => numbers.get(&doc).map_or(LAST, |number| {
                let number = i64::from(*number);
                (0, if *descending { !number } else { number })
            }),
        }
    }

    /// Whether the greatest comes first, where there is a greatest.
    pub(crate) fn descends(&self) -> bool {
        match self {
            Self::Buckets(_) => false,
            Self::Walk(walk) => walk.descending,
            Self::Given { descending, .. } => *descending,
        }
    }
}

impl Walk<'_> {
    pub(crate) fn place(&self, doc: DocId) -> Place {
        let Some(value) = self.ordered.get(doc) else { return LAST };
        let within = if self.descending { !value } else { value };
        if self.whole {
            return (0, within);
        }
        let number = self.by_least.range(..=value).next_back().map(|(_, &number)| number);
        number
            .filter(|&number| {
                self.segments.get(number as usize).is_some_and(|&(_, greatest)| value <= greatest)
            })
            .map_or(LAST, |number| (number, within))
    }
}

/// The segments of a key in the order given, without those that are empty or overlap an earlier
/// one, and their numbers by least value.
fn segments(by: &SortBy) -> (Vec<(i64, i64)>, BTreeMap<i64, u32>) {
    let whole = [(i64::MIN, i64::MAX)];
    let given = if let SortBy::Segments(given) = by { given.as_slice() } else { &whole };
    let mut kept: Vec<(i64, i64)> = Vec::with_capacity(given.len());
    let mut by_least = BTreeMap::new();
    for &(least, greatest) in given {
        let below = by_least.range(..=greatest).next_back();
        let overlaps = below.is_some_and(|(_, &number): (_, &u32)| {
            kept.get(number as usize).is_some_and(|&(_, other)| least <= other)
        });
        if let (true, Ok(number)) = (least <= greatest && !overlaps, u32::try_from(kept.len())) {
            by_least.insert(least, number);
            kept.push((least, greatest));
        }
    }
    (kept, by_least)
}

/// The bitmaps of an exact field as buckets.
fn buckets<'a>(
    exact: &'a Exact,
    segments: &[(i64, i64)],
    descending: bool,
) -> Vec<Cow<'a, RoaringBitmap>> {
    let mut buckets: Vec<_> = segments
        .iter()
        .flat_map(|&(least, greatest)| exact.range(Some(least), Some(greatest)))
        .map(Cow::Borrowed)
        .collect();
    if descending {
        buckets.reverse();
    }
    buckets
}
