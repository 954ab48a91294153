//! Conditions, facets and pages.

use proptest::prelude::*;
use proptest::sample::Index as Choice;
use roaring::RoaringBitmap;

use super::{FIELDS, cond, id, ids, model, order, schema, value};
use crate::{Cond, Doc, Index, SortBy, SortKey};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn conditions_name_what_a_loop_finds(model in model(), cond in cond(), within in ids()) {
        let index = model.build();
        let expected = model.eval(&cond);
        prop_assert_eq!(index.eval(&cond), expected.clone());
        prop_assert_eq!(index.eval_within(&cond, &within), expected & within);
    }

    #[test]
    fn values_and_facets_count_what_a_loop_counts(
        model in model(),
        within in ids(),
        field in 0..FIELDS,
        value in value(),
    ) {
        let index = model.build();
        let mut counts = std::collections::BTreeMap::<i64, u64>::new();
        for &id in model.docs.keys() {
            for value in model.equal_values(field, id) {
                prop_assert!(index.contains(field, value, id));
                *counts.entry(value).or_default() += u64::from(within.contains(id));
            }
            let has = model.equal_values(field, id).contains(&value);
            prop_assert_eq!(index.contains(field, value, id), has);
        }
        for (value, docs) in index.values(field) {
            prop_assert_eq!(Some(docs), index.bitmap(field, value));
            prop_assert_eq!(docs.clone(), model.eval(&Cond::Has(field, value)));
        }
        counts.retain(|_, count| *count > 0);
        prop_assert_eq!(index.facet(field, &within), counts.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn pages_are_slices_of_a_sorted_list(
        model in model(),
        few in prop::option::of(ids()),
        order in order(),
        offset in 0..160usize,
        limit in 0..40usize,
        after in prop::option::of(any::<Choice>()),
        stranger in id(),
    ) {
        let index = model.build();
        // Mostly all documents, or else the walk would hardly ever pay.
        let hits = few.unwrap_or_else(|| index.docs().clone());
        let sorted = model.sorted(&hits, &order);
        let offset = offset % (sorted.len() + 2);
        for offset in [0, offset] {
            let expected: Vec<_> = sorted.iter().copied().skip(offset).take(limit).collect();
            prop_assert_eq!(index.page(&hits, &order, offset, limit), expected);
        }
        let after = match after {
            Some(choice) if !sorted.is_empty() => *choice.get(&sorted),
            _ => stranger,
        };
        let expected: Vec<_> = sorted
            .iter()
            .copied()
            .filter(|&doc| model.compare(&order, doc, after).is_gt())
            .take(limit)
            .collect();
        prop_assert_eq!(index.page_after(&hits, &order, after, limit), expected);
    }
}

#[test]
fn an_empty_index_answers() {
    let index = Index::new(schema());
    assert!(index.is_empty());
    assert!(index.eval(&Cond::All).is_empty());
    assert!(index.eval(&Cond::Range { field: 1, from: None, to: None }.negated()).is_empty());
    let key = SortKey { field: 1, descending: true, by: SortBy::Value };
    let hits = RoaringBitmap::from_iter([1, 5]);
    assert_eq!(index.page(&hits, std::slice::from_ref(&key), 0, 10), [5, 1]);
    assert_eq!(index.page_after(&hits, &[key], 5, 10), [1]);
    assert_eq!(index.page(&hits, &[], 0, usize::MAX), [1, 5]);
}

#[test]
fn keys_walk_queues_in_their_order() {
    let key = |queue: i64, number: i64| queue << 32 | number;
    let mut index = Index::new(schema());
    for (id, key) in [(1, key(7, 1)), (2, key(3, 10)), (3, key(7, 2)), (4, key(3, 9))] {
        index.apply(id, None, Some(&Doc::new(1, vec![(1, key)])));
    }
    let queues = vec![(key(7, 0), key(8, 0) - 1), (key(3, 0), key(4, 0) - 1)];
    let by = |descending| SortKey { field: 1, descending, by: SortBy::Segments(queues.clone()) };
    assert_eq!(index.page(index.docs(), &[by(false)], 0, 10), [1, 3, 4, 2]);
    assert_eq!(index.page(index.docs(), &[by(true)], 0, 10), [2, 4, 3, 1]);
}

#[test]
fn the_last_key_turns_ids_even_without_documents() {
    let mut index = Index::new(schema());
    for id in 0..40 {
        index.apply(id, None, Some(&Doc::new(1, vec![(1, 5)])));
    }
    let key = |field, descending| SortKey { field, descending, by: SortBy::Value };
    assert_eq!(index.page(index.docs(), &[key(1, false), key(77, true)], 0, 2), [39, 38]);
    assert_eq!(index.page(index.docs(), &[key(1, true), key(77, false)], 1, 2), [1, 2]);
    assert_eq!(index.page_after(index.docs(), &[key(1, false), key(77, true)], 9, 1), [8]);
}

#[test]
fn many_values_restrict_few_documents() {
    let mut index = Index::new(schema());
    for id in 0..200 {
        index.apply(id, None, Some(&Doc::new(1, vec![(0, i64::from(id % 8))])));
    }
    let some: RoaringBitmap = (40..70).collect();
    let cond = Cond::And(vec![Cond::Docs(some), Cond::AnyOf(0, (0..7).collect())]);
    let expected: RoaringBitmap = (40..70).filter(|id| id % 8 != 7).collect();
    assert_eq!(index.eval(&cond), expected);
}
