//! Changes in any order against a rebuild.

use proptest::prelude::*;

use super::{assert_same, cond, id, schema, terms};
use crate::{Doc, DocId, FieldKind, FieldNo, Index};

/// A change as the writer hands it over.
type Change = (DocId, Option<Doc>, Option<Doc>);

/// The states of a document in turn; none is removed.
fn history() -> impl Strategy<Value = Vec<Option<Vec<(FieldNo, i64)>>>> {
    prop::collection::vec(prop::option::weighted(0.85, terms()), 1..6)
}

/// The changes that lead through the states. Versions grow by one with each.
fn changes(id: DocId, states: Vec<Option<Vec<(FieldNo, i64)>>>) -> (Vec<Change>, Option<Doc>) {
    let mut changes = Vec::new();
    let (mut before, mut version) = (None::<Doc>, 0);
    for state in states {
        if state.is_none() && before.is_none() {
            continue;
        }
        version += 1;
        let after = state.map(|terms| Doc::new(version, terms));
        changes.push((id, before, after.clone()));
        before = after;
    }
    (changes, before)
}

/// Changes in turn per document, and the last states.
fn changes_of_all() -> impl Strategy<Value = (Vec<Change>, Vec<(DocId, Doc)>)> {
    prop::collection::btree_map(id(), history(), 0..60).prop_map(|histories| {
        let (mut all, mut last) = (Vec::new(), Vec::new());
        for (id, states) in histories {
            let (changes, doc) = changes(id, states);
            all.extend(changes);
            last.extend(doc.map(|doc| (id, doc)));
        }
        (all, last)
    })
}

fn rebuilt(docs: &[(DocId, Doc)]) -> Index {
    let mut loader = Index::bulk_loader(schema());
    for (id, doc) in docs {
        loader.push(*id, doc);
    }
    loader.finish()
}

fn applied(changes: &[Change]) -> Index {
    let mut index = Index::new(schema());
    for (id, before, after) in changes {
        index.apply(*id, before.as_ref(), after.as_ref());
    }
    index
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn changes_in_turn_equal_a_rebuild((changes, last) in changes_of_all()) {
        assert_same(&applied(&changes), &rebuilt(&last));
    }

    #[test]
    fn changes_out_of_turn_and_again_equal_a_rebuild(
        (changes, last) in changes_of_all(),
        seed in prop::collection::vec(any::<prop::sample::Index>(), 0..80),
        shuffled in any::<u64>(),
    ) {
        let mut all = changes.clone();
        if !changes.is_empty() {
            all.extend(seed.iter().map(|choice| choice.get(&changes).clone()));
        }
        // A cheap shuffle: sort by a hash of the place.
        let mut keyed: Vec<_> = (0u64..)
            .zip(&all)
            .map(|(place, change)| ((place ^ shuffled).wrapping_mul(0x9e37_79b9_7f4a_7c15), change))
            .collect();
        keyed.sort_by_key(|(key, _)| *key);
        let changes: Vec<_> = keyed.into_iter().map(|(_, change)| change.clone()).collect();
        let index = applied(&changes);
        assert_same(&index, &rebuilt(&last));
    }

    #[test]
    fn a_loader_keeps_the_newest_of_several(
        docs in prop::collection::vec((id(), 1..5u32, terms()), 0..80),
        cond in cond(),
    ) {
        let docs: Vec<_> =
            docs.into_iter().map(|(id, version, terms)| (id, Doc::new(version, terms))).collect();
        let mut index = Index::new(schema());
        for (id, doc) in &docs {
            index.apply(*id, None, Some(doc));
        }
        let loaded = rebuilt(&docs);
        assert_same(&index, &loaded);
        prop_assert_eq!(index.eval(&cond), loaded.eval(&cond));
    }
}

#[test]
fn a_removal_outlives_changes_that_come_late() {
    let (first, second) = (Doc::new(1, vec![(0, 1)]), Doc::new(2, vec![(0, 2)]));
    let mut index = Index::new(schema());
    index.apply(9, None, Some(&first));
    index.apply(9, Some(&second), None);
    index.apply(9, Some(&first), Some(&second));
    assert!(index.is_empty());
    assert_eq!(index.version(9), None);
    assert_eq!(index.bitmap(0, 1), None);
    index.apply(9, None, Some(&Doc::new(4, vec![(0, 3)])));
    assert_eq!(index.version(9), Some(4));
}

#[test]
fn a_field_is_made_at_run_time_unless_it_has_documents() {
    let mut index = Index::new(schema());
    let kind = FieldKind::Ordered { dense: false };
    assert!(index.ensure_field(40, kind));
    index.apply(1, None, Some(&Doc::new(1, vec![(40, 5), (41, 6)])));
    assert_eq!(index.value(40, 1), Some(5));
    assert!(index.ensure_field(40, kind));
    assert!(!index.ensure_field(40, FieldKind::Exact));
    assert!(!index.ensure_field(41, kind));
    assert!(index.contains(41, 6, 1));
}
