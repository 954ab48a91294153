//! A field as one bitmap per value.

use std::collections::BTreeMap;
use std::ops::Bound;

use roaring::{MultiOps, RoaringBitmap};

use crate::DocId;
use crate::doc::Term;

/// `value -> documents`, and the documents that have any value.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Exact {
    /// No bitmap is empty.
    values: BTreeMap<i64, RoaringBitmap>,
    present: RoaringBitmap,
}

impl Exact {
    pub(crate) fn from_parts(values: BTreeMap<i64, RoaringBitmap>, present: RoaringBitmap) -> Self {
        Self { values, present }
    }

    pub(crate) fn present(&self) -> &RoaringBitmap {
        &self.present
    }

    pub(crate) fn get(&self, value: i64) -> Option<&RoaringBitmap> {
        self.values.get(&value)
    }

    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = (i64, &RoaringBitmap)> {
        self.values.iter().map(|(&value, docs)| (value, docs))
    }

    pub(crate) fn value_count(&self) -> usize {
        self.values.len()
    }

    /// The bitmaps of the values within the bounds, both inclusive.
    pub(crate) fn range(
        &self,
        from: Option<i64>,
        to: Option<i64>,
    ) -> impl Iterator<Item = &RoaringBitmap> {
        // A map panics on bounds that cross, so they are told apart here.
        let crossed = matches!((from, to), (Some(from), Some(to)) if from > to);
        let from = from.map_or(Bound::Unbounded, Bound::Included);
        let to = to.map_or(Bound::Unbounded, Bound::Included);
        (!crossed)
            .then(|| self.values.range((from, to)).map(|(_, docs)| docs))
            .into_iter()
            .flatten()
    }

    /// The documents having any of the values.
    pub(crate) fn any_of(&self, values: &[i64]) -> RoaringBitmap {
        values.iter().filter_map(|&value| self.get(value)).union()
    }

    /// Replaces the values of a document; both lists are ascending terms of this field.
    pub(crate) fn replace(&mut self, doc: DocId, before: &[Term], after: &[Term]) {
        for &(_, value) in before.iter().filter(|term| after.binary_search(term).is_err()) {
            self.remove_value(doc, value);
        }
        for &(_, value) in after.iter().filter(|term| before.binary_search(term).is_err()) {
            self.values.entry(value).or_default().insert(doc);
        }
        if after.is_empty() {
            self.present.remove(doc);
        } else {
            self.present.insert(doc);
        }
    }

    /// Removes a document whose values are not known.
    pub(crate) fn sweep(&mut self, doc: DocId) {
        if self.present.remove(doc) {
            self.values.retain(|_, docs| !(docs.remove(doc) && docs.is_empty()));
        }
    }

    fn remove_value(&mut self, doc: DocId, value: i64) {
        if let Some(docs) = self.values.get_mut(&value) {
            docs.remove(doc);
            if docs.is_empty() {
                self.values.remove(&value);
            }
        }
    }
}
