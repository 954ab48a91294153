//! Documents in a map, and answers by looking at each.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::{Cond, Doc, DocId, FieldKind, FieldNo, Index, Schema, SortBy, SortKey};

#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) schema: Schema,
    pub(super) docs: BTreeMap<DocId, Doc>,
}

impl Model {
    pub(super) fn new(schema: Schema, docs: BTreeMap<DocId, Vec<(FieldNo, i64)>>) -> Self {
        let docs = docs.into_iter().map(|(id, terms)| (id, Doc::new(1, terms))).collect();
        Self { schema, docs }
    }

    pub(super) fn build(&self) -> Index {
        let mut loader = Index::bulk_loader(self.schema.clone());
        self.docs.iter().for_each(|(&id, doc)| loader.push(id, doc));
        loader.finish()
    }

    pub(super) fn values(&self, field: FieldNo, id: DocId) -> Vec<i64> {
        let terms = self.docs.get(&id).map_or(&[][..], Doc::terms);
        terms.iter().filter(|term| term.0 == field).map(|term| term.1).collect()
    }

    /// The values that equality sees.
    pub(super) fn equal_values(&self, field: FieldNo, id: DocId) -> Vec<i64> {
        let mut values = self.values(field, id);
        if matches!(self.schema.kind(field), FieldKind::Ordered { .. }) {
            values.truncate(1);
        }
        values
    }

    /// The values that ranges and sorting see.
    fn ordered_values(&self, field: FieldNo, id: DocId) -> Vec<i64> {
        let mut values = self.values(field, id);
        if self.schema.kind(field) != FieldKind::Exact {
            values.truncate(1);
        }
        values
    }

    pub(super) fn eval(&self, cond: &Cond) -> RoaringBitmap {
        self.docs.keys().copied().filter(|&id| self.matches(cond, id)).collect()
    }

    fn matches(&self, cond: &Cond, id: DocId) -> bool {
        match cond {
            Cond::All => true,
            Cond::None => false,
            Cond::Has(field, value) => self.equal_values(*field, id).contains(value),
            Cond::AnyOf(field, values) => {
                self.equal_values(*field, id).iter().any(|value| values.contains(value))
            }
            Cond::Range { field, from, to } => {
                self.ordered_values(*field, id).into_iter().any(|value| {
                    from.is_none_or(|from| value >= from) && to.is_none_or(|to| value <= to)
                })
            }
            Cond::Exists(field) => !self.values(*field, id).is_empty(),
            Cond::Docs(docs) => docs.contains(id),
            Cond::And(conds) => conds.iter().all(|cond| self.matches(cond, id)),
            Cond::Or(conds) => conds.iter().any(|cond| self.matches(cond, id)),
            Cond::Not(cond) => !self.matches(cond, id),
        }
    }

    pub(super) fn sorted(&self, hits: &RoaringBitmap, order: &[SortKey]) -> Vec<DocId> {
        let mut sorted: Vec<DocId> = hits.iter().collect();
        sorted.sort_by(|&a, &b| self.compare(order, a, b));
        sorted
    }

    pub(super) fn compare(&self, order: &[SortKey], a: DocId, b: DocId) -> Ordering {
        for key in order {
            // Nothing is greater than something, so that missing values come last.
            let place = |id| self.place(key, id).map_or((1, (0, 0)), |place| (0, place));
            let ordering = place(a).cmp(&place(b));
            if ordering.is_ne() {
                return ordering;
            }
        }
        if order.last().is_some_and(|key| key.descending) { b.cmp(&a) } else { a.cmp(&b) }
    }

    fn place(&self, key: &SortKey, id: DocId) -> Option<(i128, i128)> {
        let sign = if key.descending { -1 } else { 1 };
        let number = |place: usize| i128::try_from(place).expect("small") * sign;
        match &key.by {
            SortBy::Value => self
                .ordered_values(key.field, id)
                .into_iter()
                .map(|value| (0, i128::from(value) * sign))
                .min(),
            SortBy::Rank(rank) => {
                let values = self.equal_values(key.field, id);
                let places = (0..).zip(rank).filter(|(_, value)| values.contains(value));
                places.map(|(place, _)| (number(place), 0)).min()
            }
            SortBy::Segments(segments) => {
                let mut kept: Vec<(i64, i64)> = Vec::new();
                for &(from, to) in segments {
                    if from <= to && kept.iter().all(|&(least, most)| to < least || from > most) {
                        kept.push((from, to));
                    }
                }
                let places = self.ordered_values(key.field, id).into_iter().filter_map(|value| {
                    let place = kept.iter().position(|&(from, to)| from <= value && value <= to)?;
                    Some((number(place), i128::from(value) * sign))
                });
                places.min()
            }
            SortBy::Given(numbers) => {
                numbers.get(&id).map(|number| (0, i128::from(*number) * sign))
            }
        }
    }
}
