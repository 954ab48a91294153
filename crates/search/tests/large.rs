//! The index with chunks and budgets of their real sizes, which the unit tests make smaller.

use trackway_search::{Cond, Doc, DocId, FieldKind, FieldNo, Index, Schema, SortBy, SortKey};

const DOCS: u32 = 12_000;
const GROUP: FieldNo = 0;
const SCORE: FieldNo = 1;
const UPDATED: FieldNo = 2;
const DEADLINE: FieldNo = 3;

fn doc(id: DocId, version: u32) -> Doc {
    let mixed = i64::from((id ^ version).wrapping_mul(0x9e37_79b1) >> 8);
    let mut terms = vec![
        (GROUP, mixed % 7),
        // Most have the same score, which makes a run over many chunks.
        (SCORE, if mixed % 9 == 0 { mixed % 5 } else { 0 }),
        (UPDATED, i64::from(id) + i64::from(version) * 20_000),
    ];
    if mixed % 11 == 0 {
        terms.push((DEADLINE, mixed % 100));
    }
    Doc::new(version, terms)
}

fn schema() -> Schema {
    Schema::new(1)
        .with(SCORE, FieldKind::Both { dense: true })
        .with(UPDATED, FieldKind::Ordered { dense: true })
        .with(DEADLINE, FieldKind::Ordered { dense: false })
}

/// All documents, loaded at once, then a third of them changed one by one.
fn index_and_docs() -> (Index, Vec<Doc>) {
    let mut docs: Vec<Doc> = (0..DOCS).map(|id| doc(id, 1)).collect();
    let mut loader = Index::bulk_loader(schema());
    for (id, doc) in (0..).zip(&docs) {
        loader.push(id, doc);
    }
    let mut index = loader.finish();
    for (id, before) in (0..).zip(&mut docs).step_by(3) {
        let after = doc(id, 2);
        index.apply(id, Some(before), Some(&after));
        *before = after;
    }
    (index, docs)
}

/// What a document sorts by: missing values last, whatever the direction.
fn place(doc: &Doc, key: &SortKey) -> (bool, i64) {
    let value = doc.terms().iter().find(|term| term.0 == key.field).map(|term| term.1);
    let value = value.map(|value| if key.descending { !value } else { value });
    (value.is_none(), value.unwrap_or_default())
}

#[test]
fn pages_are_slices_of_a_sorted_list() {
    let (index, docs) = index_and_docs();
    let key = |field, descending| SortKey { field, descending, by: SortBy::Value };
    let orders = [
        vec![key(UPDATED, true)],
        vec![key(SCORE, false), key(UPDATED, true)],
        vec![key(SCORE, true), key(DEADLINE, false)],
        vec![key(DEADLINE, true), key(SCORE, false), key(UPDATED, false)],
        vec![key(GROUP, true), key(UPDATED, true)],
    ];
    let conds =
        [Cond::All, Cond::Has(GROUP, 3), Cond::Range { field: UPDATED, from: None, to: Some(300) }];
    for (order, cond) in orders.iter().flat_map(|order| conds.iter().map(move |cond| (order, cond)))
    {
        let hits = index.eval(cond);
        let mut sorted: Vec<DocId> = hits.iter().collect();
        if order.last().is_some_and(|key| key.descending) {
            sorted.reverse();
        }
        sorted.sort_by_cached_key(|&id| -> Vec<_> {
            order.iter().map(|key| place(&docs[id as usize], key)).collect()
        });
        let unscored = |id: &DocId| docs[*id as usize].terms().contains(&(SCORE, 0));
        // Where the run of equal scores begins or ends.
        let edge = sorted.iter().position(|id| unscored(id) != unscored(&sorted[0])).unwrap_or(0);
        let last = sorted.len().saturating_sub(20);
        for offset in [0, 7, edge.saturating_sub(10), edge + 3, sorted.len() / 2, last] {
            let expected = &sorted[offset.min(sorted.len())..(offset + 50).min(sorted.len())];
            assert_eq!(index.page(&hits, order, offset, 50), expected, "{order:?} from {offset}");
            if let Some(&after) = sorted.get(offset) {
                let expected = expected.get(1..).unwrap_or_default();
                assert_eq!(index.page_after(&hits, order, after, 49), expected, "{order:?}");
            }
        }
    }
}

#[test]
fn edits_lead_to_the_same_index_as_a_load() {
    let (index, docs) = index_and_docs();
    let mut loader = Index::bulk_loader(schema());
    // The second half first: a loader need not see ascending ids.
    let (first, second): (Vec<_>, Vec<_>) = (0..).zip(&docs).partition(|(id, _)| *id < DOCS / 2);
    for (id, doc) in second.into_iter().chain(first) {
        loader.push(id, doc);
    }
    let rebuilt = loader.finish();
    let saved = |index: &Index| {
        let mut bytes = Vec::new();
        index.snapshot_to(&mut bytes, 1).expect("memory takes everything");
        bytes
    };
    assert_eq!(saved(&index), saved(&rebuilt));
}
