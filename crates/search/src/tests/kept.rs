//! Kept searches against searches made anew.

use proptest::prelude::*;
use proptest::sample::Index as Choice;
use roaring::RoaringBitmap;

use super::{FIELDS, cond, id, model, order, schema, terms};
use crate::{Cond, Doc, DocId, FieldNo, Index, Kept, Scope, SortBy, SortKey};

/// What happens to the index or is asked of it.
#[derive(Debug, Clone)]
enum Step {
    Change(DocId, Option<Vec<(FieldNo, i64)>>),
    Search { which: Choice, order: Choice, offset: usize, limit: usize, scoped: bool },
}

fn step() -> impl Strategy<Value = Step> {
    let search = (any::<Choice>(), any::<Choice>(), 0..3usize, 0..12usize, any::<bool>());
    prop_oneof![
        1 => (id(), prop::option::weighted(0.8, terms()))
            .prop_map(|(id, terms)| Step::Change(id, terms)),
        2 => search.prop_map(|(which, order, offset, limit, scoped)| Step::Search {
            which, order, offset, limit: limit / 4 * 4, scoped,
        }),
    ]
}

fn change(index: &mut Index, id: DocId, terms: Option<Vec<(FieldNo, i64)>>) {
    let version = index.version(id).unwrap_or_default();
    match terms {
        Some(terms) => index.apply(id, None, Some(&Doc::new(version + 1000, terms))),
        None => index.remove(id, version + 1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn kept_searches_find_what_new_ones_find(
        model in model(),
        conds in prop::collection::vec(cond(), 1..5),
        orders in prop::collection::vec(order(), 1..4),
        restriction in cond(),
        steps in prop::collection::vec(step(), 0..80),
    ) {
        let (mut index, kept) = (model.build(), Kept::default());
        for step in steps {
            match step {
                Step::Change(id, terms) => change(&mut index, id, terms),
                Step::Search { which, order, offset, limit, scoped } => {
                    let (cond, order) = (which.get(&conds), order.get(&orders));
                    let visible = scoped.then(|| index.eval(&restriction));
                    let scope = Scope { docs: visible.as_ref(), origin: scoped.into() };
                    let expected = match &visible {
                        Some(visible) => index.eval_within(cond, visible),
                        None => index.eval(cond),
                    };
                    let hits = kept.hits(&index, cond, scope);
                    prop_assert_eq!(&*hits, &expected);
                    let page = kept.page(&index, &hits, order, offset, limit);
                    prop_assert_eq!(page, index.page(&expected, order, offset, limit));
                }
            }
        }
    }
}

const STATUS: FieldNo = 0;
const UPDATED: FieldNo = 1;

fn doc(version: u32, status: i64, updated: i64) -> Doc {
    Doc::new(version, vec![(STATUS, status), (UPDATED, updated)])
}

fn newest() -> [SortKey; 1] {
    [SortKey { field: UPDATED, descending: true, by: SortBy::Value }]
}

/// Whether the same hits come twice, made once.
fn is_kept(kept: &Kept, index: &Index, cond: &Cond) -> bool {
    let hits = || kept.hits(index, cond, Scope::default());
    let (one, other) = (hits(), hits());
    let (one, other): (&RoaringBitmap, &RoaringBitmap) = (&one, &other);
    std::ptr::eq(one, other)
}

#[test]
fn a_search_is_kept_when_it_comes_again() {
    let mut index = Index::new(schema());
    index.apply(1, None, Some(&doc(1, 3, 10)));
    let (kept, open) = (Kept::default(), Cond::Has(STATUS, 3));
    kept.hits(&index, &open, Scope::default());
    kept.hits(&index, &open, Scope::default());
    assert!(is_kept(&kept, &index, &open));
    index.apply(2, None, Some(&doc(1, 4, 20)));
    assert!(is_kept(&kept, &index, &open), "a change elsewhere");
    kept.clear();
    assert!(!is_kept(&kept, &index, &open));
}

#[test]
fn searches_that_name_documents_are_not_kept() {
    let (index, kept) = (Index::new(schema()), Kept::default());
    let cond = Cond::And(vec![Cond::Docs([1].into_iter().collect()), Cond::Exists(STATUS)]);
    for _ in 0..3 {
        assert!(!is_kept(&kept, &index, &cond));
    }
}

#[test]
fn a_page_follows_the_values_of_its_documents() {
    let mut index = Index::new(schema());
    for id in 1..=3 {
        index.apply(id, None, Some(&doc(1, 3, i64::from(id))));
    }
    let (kept, open) = (Kept::default(), Cond::Has(STATUS, 3));
    let page = |index: &Index| {
        let hits = kept.hits(index, &open, Scope::default());
        kept.page(index, &hits, &newest(), 0, 2)
    };
    for _ in 0..3 {
        assert_eq!(page(&index), [3, 2]);
    }
    index.apply(1, None, Some(&doc(2, 3, 9)));
    assert_eq!(page(&index), [1, 3]);
    index.apply(3, None, Some(&doc(2, 4, 3)));
    assert_eq!(page(&index), [1, 2]);
}

#[test]
fn memory_is_bounded() {
    let mut index = Index::new(schema());
    for id in 0..2000 {
        index.apply(id, None, Some(&doc(1, i64::from(id % 7), i64::from(id))));
    }
    let kept = Kept::default();
    for status in (0..FIELDS).cycle().take(35) {
        for from in 0..20 {
            let from = Some(i64::from(from));
            let cond = Cond::And(vec![
                Cond::Has(STATUS, i64::from(status)),
                Cond::Range { field: UPDATED, from, to: None },
            ]);
            for _ in 0..2 {
                let hits = kept.hits(&index, &cond, Scope::default());
                kept.page(&index, &hits, &newest(), 0, 50);
            }
        }
    }
    let memory = kept.memory_bytes();
    assert!((4 << 10..=16 << 10).contains(&memory), "{memory}");
}
