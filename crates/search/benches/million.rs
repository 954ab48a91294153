//! The index with a million documents of 15 terms, of which four are dense ordered fields: the
//! table of the design's section on search. `cargo bench -p trackway-search`.

use std::sync::LazyLock;

use divan::{Bencher, black_box};
use trackway_search::{
    BulkLoader, Cond, Doc, DocId, FieldKind, FieldNo, Index, RoaringBitmap, Schema, SortBy, SortKey,
};

const DOCS: u32 = 1_000_000;
const QUEUES: u64 = 200;

const QUEUE: FieldNo = 0;
const STATUS: FieldNo = 1;
const CUSTOM: FieldNo = 2;
const ASSIGNEE: FieldNo = 3;
/// Fields of other references, each with its number of values.
const OTHERS: [(FieldNo, u64); 7] =
    [(4, 6), (5, 5), (6, 2_000), (7, 500), (8, 300), (9, 3_000), (10, 100)];
const CREATED: FieldNo = 11;
const UPDATED: FieldNo = 12;
const KEY: FieldNo = 13;
/// Values that have nothing to do with ids.
const TOUCHED: FieldNo = 14;

static INDEX: LazyLock<Index> = LazyLock::new(|| load(&docs()));

fn main() {
    let index = &*INDEX;
    eprintln!("documents: {}, memory: {} MiB", index.len(), index.memory_bytes() >> 20);
    divan::main();
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    /// A value whose share falls with its number.
    fn skewed(&mut self, end: u64) -> i64 {
        let most = self.below(end) + 1;
        self.below(most).cast_signed()
    }
}

fn doc(id: DocId, version: u32) -> Doc {
    let mut numbers = Numbers(u64::from(id) << 32 | u64::from(version));
    let queue = numbers.skewed(QUEUES);
    let created = 1_600_000_000_000 + i64::from(id) * 90_000;
    let age = numbers.below(300).pow(4).cast_signed();
    let mut terms = vec![
        (QUEUE, queue),
        (STATUS, numbers.skewed(12)),
        (CUSTOM, numbers.below(5).cast_signed()),
        (ASSIGNEE, numbers.skewed(2_000)),
        (CREATED, created),
        (UPDATED, created + age + i64::from(version) * 1_000_000_000_000),
        (KEY, queue << 32 | i64::from(id)),
    ];
    terms.push((TOUCHED, numbers.below(7_776_000_000).cast_signed()));
    terms.extend(OTHERS.map(|(field, values)| (field, numbers.skewed(values))));
    Doc::new(version, terms)
}

fn docs() -> Vec<Doc> {
    (0..DOCS).map(|id| doc(id, 0)).collect()
}

fn schema() -> Schema {
    [CREATED, UPDATED, KEY, TOUCHED].into_iter().fold(Schema::new(1), |schema, field| {
        schema.with(field, FieldKind::Ordered { dense: true })
    })
}

fn load(docs: &[Doc]) -> Index {
    let mut loader = Index::bulk_loader(schema());
    for (id, doc) in (0..).zip(docs) {
        loader.push(id, doc);
    }
    BulkLoader::finish(loader)
}

/// Queues of the middle, which together have about their share of the documents.
fn queues(count: i64) -> Cond {
    let first = 70 - count / 3;
    Cond::AnyOf(QUEUE, (first..first + count).collect())
}

fn newest() -> [SortKey; 1] {
    [SortKey { field: UPDATED, descending: true, by: SortBy::Value }]
}

/// Count and newest 50 of a condition.
fn search(bencher: Bencher<'_, '_>, cond: &Cond, within: Option<&RoaringBitmap>) {
    let (index, order) = (&*INDEX, newest());
    bencher.bench(|| {
        let hits = match within {
            Some(within) => index.eval_within(cond, within),
            None => index.eval(cond),
        };
        (hits.len(), index.page(&hits, &order, 0, 50))
    });
}

fn statuses_and_custom() -> Vec<Cond> {
    vec![Cond::AnyOf(STATUS, vec![2, 3, 4]), Cond::Has(CUSTOM, 2)]
}

#[divan::bench]
fn filter_in_20_queues(bencher: Bencher<'_, '_>) {
    let conds = [statuses_and_custom(), vec![queues(20)]].concat();
    search(bencher, &Cond::And(conds), None);
}

#[divan::bench]
fn filter_in_180_queues(bencher: Bencher<'_, '_>) {
    let conds = [statuses_and_custom(), vec![queues(180)]].concat();
    search(bencher, &Cond::And(conds), None);
}

#[divan::bench]
fn filter_in_180_queues_cached(bencher: Bencher<'_, '_>) {
    let visible = INDEX.eval(&queues(180));
    search(bencher, &Cond::And(statuses_and_custom()), Some(&visible));
}

#[divan::bench]
fn rare_assignee_in_180_queues(bencher: Bencher<'_, '_>) {
    search(bencher, &Cond::And(vec![queues(180), Cond::Has(ASSIGNEE, 1_800)]), None);
}

#[divan::bench]
fn two_negations(bencher: Bencher<'_, '_>) {
    let not = |field, value| Cond::Has(field, value).negated();
    search(bencher, &Cond::And(vec![not(STATUS, 1), not(CUSTOM, 1)]), None);
}

#[divan::bench]
fn a_month_of_updates(bencher: Bencher<'_, '_>) {
    let from = Some(1_650_000_000_000);
    let to = Some(1_652_592_000_000);
    search(bencher, &Cond::Range { field: UPDATED, from, to }, None);
}

#[divan::bench]
fn half_of_all_by_date(bencher: Bencher<'_, '_>) {
    let from = Some(1_645_000_000_000);
    search(bencher, &Cond::Range { field: UPDATED, from, to: None }, None);
}

#[divan::bench]
fn page_of_everything(bencher: Bencher<'_, '_>) {
    let order = newest();
    bencher.bench(|| INDEX.page(INDEX.docs(), &order, 0, 50));
}

#[divan::bench(args = [100, 10_000, 100_000])]
fn page_at_offset(bencher: Bencher<'_, '_>, offset: usize) {
    let (order, hits) = (newest(), INDEX.eval(&Cond::Has(CUSTOM, 1)));
    bencher.bench(|| INDEX.page(&hits, &order, offset, 50));
}

#[divan::bench]
fn page_after(bencher: Bencher<'_, '_>) {
    let (order, hits) = (newest(), INDEX.eval(&Cond::Has(CUSTOM, 1)));
    bencher.bench(|| INDEX.page_after(&hits, &order, black_box(500_000), 50));
}

/// So many hits all over the index.
#[divan::bench(args = [1_000, 2_500, 5_000, 11_000, 20_000, 50_000])]
fn page_of_scattered(bencher: Bencher<'_, '_>, count: u32) {
    let mut numbers = Numbers(7);
    let hits: RoaringBitmap =
        (0..count).map(|_| DocId::try_from(numbers.below(u64::from(DOCS))).unwrap_or(0)).collect();
    let order = [SortKey { field: TOUCHED, descending: true, by: SortBy::Value }];
    bencher.bench(|| INDEX.page(&hits, &order, 0, 50));
}

/// The last days of ninety.
#[divan::bench(args = [7, 30])]
fn touched_lately(bencher: Bencher<'_, '_>, days: i64) {
    let order = [SortKey { field: TOUCHED, descending: true, by: SortBy::Value }];
    let mut from = 7_776_000_000 - days * 86_400_000;
    bencher.bench_local(|| {
        from += 1;
        let hits = INDEX.eval(&Cond::Range { field: TOUCHED, from: Some(from), to: None });
        (hits.len(), INDEX.page(&hits, &order, 0, 50))
    });
}

#[divan::bench]
fn two_values_of_which_one_of_another(bencher: Bencher<'_, '_>) {
    let either = Cond::Or(vec![Cond::Has(QUEUE, 150), Cond::Has(QUEUE, 100)]);
    let cond = Cond::And(vec![either, Cond::Has(CUSTOM, 2)]);
    search(bencher, &cond, None);
}

/// The hits are at the far end of the walk, so it gives up.
#[divan::bench]
fn page_of_the_oldest(bencher: Bencher<'_, '_>) {
    let hits = RoaringBitmap::from_sorted_iter(0..100_000).expect("ascending");
    let order = newest();
    bencher.bench(|| INDEX.page(&hits, &order, 0, 50));
}

#[divan::bench]
fn page_by_queue_and_key(bencher: Bencher<'_, '_>) {
    let segments = (0..200).rev().map(|queue| (queue << 32, (queue << 32) + 0xffff_ffff));
    let by = SortBy::Segments(segments.collect());
    let order = [SortKey { field: KEY, descending: true, by }];
    let hits = INDEX.eval(&Cond::Has(CUSTOM, 1));
    bencher.bench(|| INDEX.page(&hits, &order, 0, 50));
}

#[divan::bench]
fn page_by_status_then_newest(bencher: Bencher<'_, '_>) {
    let status = SortKey { field: STATUS, descending: false, by: SortBy::Rank((0..12).collect()) };
    let [updated] = newest();
    let order = [status, updated];
    let hits = INDEX.eval(&Cond::Has(CUSTOM, 1));
    bencher.bench(|| INDEX.page(&hits, &order, 0, 50));
}

#[divan::bench]
fn facet_of_12_statuses(bencher: Bencher<'_, '_>) {
    let hits = INDEX.eval(&Cond::And(statuses_and_custom()));
    bencher.bench(|| INDEX.facet(STATUS, &hits));
}

#[divan::bench]
fn facet_of_2000_assignees(bencher: Bencher<'_, '_>) {
    let hits = INDEX.eval(&Cond::And(statuses_and_custom()));
    bencher.bench(|| INDEX.facet(ASSIGNEE, &hits));
}

/// Every term of a document changes, among them its time of update.
#[divan::bench]
fn apply_all_terms(bencher: Bencher<'_, '_>) {
    let mut index = INDEX.clone();
    let mut step = 0u32;
    let changes = move || {
        step += 1;
        let id = step.wrapping_mul(48_271) % DOCS;
        (id, doc(id, (step - 1) / DOCS), doc(id, (step - 1) / DOCS + 1))
    };
    bencher
        .with_inputs(changes)
        .bench_local_refs(|(id, before, after)| index.apply(*id, Some(before), Some(after)));
}

/// What most edits do: a status and the time of update.
#[divan::bench]
fn apply_one_edit(bencher: Bencher<'_, '_>) {
    let mut index = INDEX.clone();
    let mut step = 0u32;
    let changes = move || {
        step += 1;
        let id = step.wrapping_mul(48_271) % DOCS;
        let before = doc(id, 0);
        let edited = before.terms().iter().map(|&(field, value)| match field {
            STATUS => (field, 11 - value),
            UPDATED => (field, 2_000_000_000_000 + i64::from(step)),
            _ => (field, value),
        });
        let after = Doc::new(1, edited.collect());
        (id, before, after)
    };
    bencher
        .with_inputs(changes)
        .bench_local_refs(|(id, before, after)| index.apply(*id, Some(before), Some(after)));
}

#[divan::bench(sample_count = 3)]
fn bulk_load(bencher: Bencher<'_, '_>) {
    let docs = docs();
    bencher.bench_local(|| load(&docs));
}

#[divan::bench(sample_count = 10)]
fn snapshot_write(bencher: Bencher<'_, '_>) {
    bencher.bench(|| {
        let mut bytes = Vec::new();
        INDEX.snapshot_to(&mut bytes, 7).expect("memory takes everything");
        bytes
    });
}

#[divan::bench(sample_count = 10)]
fn snapshot_load(bencher: Bencher<'_, '_>) {
    let mut bytes = Vec::new();
    INDEX.snapshot_to(&mut bytes, 7).expect("memory takes everything");
    eprintln!("snapshot: {} MiB", bytes.len() >> 20);
    bencher.bench(|| Index::load_snapshot(&*bytes, schema()).expect("it was just written"));
}
