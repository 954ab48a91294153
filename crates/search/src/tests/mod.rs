//! The index against a naive loop over the documents.

mod apply;
mod kept;
mod model;
mod query;
mod snapshot;

use std::sync::Arc;

use proptest::prelude::*;
use roaring::RoaringBitmap;

use self::model::Model;
use crate::{Cond, DocId, FieldKind, FieldNo, Index, Schema, SortBy, SortKey};

/// One field of each kind, and two that the schema does not name.
const FIELDS: FieldNo = 7;

fn schema() -> Schema {
    Schema::new(3)
        .with(1, FieldKind::Ordered { dense: true })
        .with(2, FieldKind::Ordered { dense: false })
        .with(3, FieldKind::Both { dense: true })
        .with(4, FieldKind::Both { dense: false })
}

/// Ids over several containers of a bitmap.
fn id() -> impl Strategy<Value = DocId> {
    (0..150u32).prop_map(|id| id * 1_500)
}

/// Few values, so that there are ties, and the extremes.
fn value() -> impl Strategy<Value = i64> {
    prop_oneof![8 => -3..6i64, 4 => -50..50i64, 1 => Just(i64::MIN), 1 => Just(i64::MAX)]
}

/// Terms; the last field exists in no document.
fn terms() -> impl Strategy<Value = Vec<(FieldNo, i64)>> {
    prop::collection::vec((0..FIELDS - 1, value()), 0..10)
}

fn model() -> impl Strategy<Value = Model> {
    let docs = prop::collection::btree_map(id(), terms(), 0..150);
    // Values that all documents share make long runs.
    (docs, prop::option::of(0..FIELDS - 1)).prop_map(|(mut docs, shared)| {
        for terms in docs.values_mut().skip(5) {
            terms.extend(shared.map(|field| (field, -60)));
        }
        Model::new(schema(), docs)
    })
}

fn ids() -> impl Strategy<Value = RoaringBitmap> {
    prop::collection::vec(id(), 0..100).prop_map(RoaringBitmap::from_iter)
}

fn cond() -> impl Strategy<Value = Cond> {
    let leaf = prop_oneof![
        Just(Cond::All),
        Just(Cond::None),
        (0..FIELDS, value()).prop_map(|(field, value)| Cond::Has(field, value)),
        (0..FIELDS, prop::collection::vec(value(), 0..12))
            .prop_map(|(field, values)| Cond::AnyOf(field, values)),
        (0..FIELDS, prop::option::of(value()), prop::option::of(value()))
            .prop_map(|(field, from, to)| Cond::Range { field, from, to }),
        (0..FIELDS).prop_map(Cond::Exists),
        ids().prop_map(Cond::Docs),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Cond::And),
            prop::collection::vec(inner.clone(), 0..5).prop_map(Cond::Or),
            inner.prop_map(Cond::negated),
        ]
    })
}

fn sort_by() -> impl Strategy<Value = SortBy> {
    let segment = (value(), 0..20i64).prop_map(|(from, width)| (from, from.saturating_add(width)));
    prop_oneof![
        2 => Just(SortBy::Value),
        1 => prop::collection::vec(value(), 0..8).prop_map(SortBy::Rank),
        1 => prop::collection::vec(segment, 0..6).prop_map(SortBy::Segments),
        1 => prop::collection::hash_map(id(), 0..6_u32, 0..30)
            .prop_map(|numbers| SortBy::Given(Arc::new(numbers.into_iter().collect()))),
    ]
}

fn order() -> impl Strategy<Value = Vec<SortKey>> {
    let key = (0..FIELDS, any::<bool>(), sort_by()).prop_map(|(field, descending, by)| SortKey {
        field,
        descending,
        by,
    });
    prop::collection::vec(key, 0..4)
}

/// The same documents in the same structures. Fields without documents do not matter.
fn assert_same(a: &Index, b: &Index) {
    assert_eq!(a.alive, b.alive);
    for doc in &a.alive {
        assert_eq!(a.version(doc), b.version(doc));
    }
    for no in 0..FIELDS {
        let exact = |index: &Index| {
            index.fields.get(&no).and_then(|field| field.exact().cloned()).unwrap_or_default()
        };
        assert_eq!(exact(a), exact(b), "bitmaps of field {no}");
        assert_eq!(in_order(a, no), in_order(b, no), "order of field {no}");
    }
}

fn in_order(index: &Index, no: FieldNo) -> Vec<(i64, DocId)> {
    let ordered = index.fields.get(&no).and_then(|field| field.ordered());
    ordered.map_or_else(Vec::new, |ordered| {
        ordered.check();
        let all = (crate::ordered::Ordered::START, ordered.end());
        ordered.docs(all).map(|doc| (ordered.value(doc), doc)).collect()
    })
}
