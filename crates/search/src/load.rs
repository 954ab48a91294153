//! Building an index from all documents at once.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use crate::bits;
use crate::doc::{Doc, DocId, FieldKind, FieldNo, Schema, Term};
use crate::exact::Exact;
use crate::field::Field;
use crate::index::Index;
use crate::ordered::Ordered;

/// Takes documents in any order and builds the index in one go. Ascending ids are the fastest.
#[derive(Debug)]
pub struct BulkLoader {
    schema: Schema,
    fields: FxHashMap<FieldNo, Column>,
    versions: Vec<u32>,
    alive: RoaringBitmap,
    /// Documents that came more than once; they are applied one by one at the end.
    again: Vec<(DocId, Doc)>,
}

/// One field while it loads.
#[derive(Debug)]
struct Column {
    kind: FieldKind,
    /// A hash map, which takes values faster than the final map.
    values: FxHashMap<i64, RoaringBitmap>,
    /// Smallest value of each document of an ordered field.
    keys: Vec<(i64, DocId)>,
}

impl Index {
    /// A loader for a rebuild.
    pub fn bulk_loader(schema: Schema) -> BulkLoader {
        BulkLoader {
            schema,
            fields: FxHashMap::default(),
            versions: Vec::new(),
            alive: RoaringBitmap::new(),
            again: Vec::new(),
        }
    }
}

impl BulkLoader {
    /// Takes a document. Of several with the same id the newest stays.
    pub fn push(&mut self, id: DocId, doc: &Doc) {
        if !self.alive.insert(id) {
            self.again.push((id, doc.clone()));
            return;
        }
        let place = id as usize;
        if place >= self.versions.len() {
            self.versions.resize(place + 1, 0);
        }
        self.versions[place] = doc.version();
        for terms in doc.terms().chunk_by(|a, b| a.0 == b.0) {
            let no = terms[0].0;
            let column = self.fields.entry(no).or_insert_with(|| Column::new(self.schema.kind(no)));
            column.push(id, terms);
        }
    }

    /// Sorts what was pushed and makes the index.
    pub fn finish(mut self) -> Index {
        self.versions.shrink_to_fit();
        let mut index = Index::new(self.schema);
        for (no, column) in self.fields {
            index.fields.insert(no, column.finish());
        }
        index.versions = self.versions;
        index.alive = self.alive;
        for (id, doc) in self.again {
            index.apply(id, None, Some(&doc));
        }
        index
    }
}

impl Column {
    fn new(kind: FieldKind) -> Self {
        Self { kind, values: FxHashMap::default(), keys: Vec::new() }
    }

    fn push(&mut self, id: DocId, terms: &[Term]) {
        if matches!(self.kind, FieldKind::Exact | FieldKind::Both { .. }) {
            for &(_, value) in terms {
                self.values.entry(value).or_default().insert(id);
            }
        }
        if matches!(self.kind, FieldKind::Ordered { .. } | FieldKind::Both { .. }) {
            self.keys.extend(terms.first().map(|&(_, value)| (value, id)));
        }
    }

    fn finish(mut self) -> Field {
        self.keys.sort_unstable();
        match self.kind {
            FieldKind::Exact => Field::Exact(exact(self.values)),
            FieldKind::Ordered { dense } => {
                Field::Ordered { dense, ordered: Ordered::from_sorted(dense, &self.keys) }
            }
            FieldKind::Both { dense } => Field::Both {
                dense,
                exact: exact(self.values),
                ordered: Ordered::from_sorted(dense, &self.keys),
            },
        }
    }
}

/// The final form of a field's bitmaps.
fn exact(values: FxHashMap<i64, RoaringBitmap>) -> Exact {
    let universe = values.values().filter_map(RoaringBitmap::max).max();
    let universe = universe.map_or(0, |max| max as usize + 1);
    let docs = values.values().flatten();
    let present = bits::from_unsorted(docs, usize::MAX, universe);
    // A copy has no room to spare, which saves a third of the memory.
    let tight = values.into_iter().map(|(value, docs)| (value, RoaringBitmap::clone(&docs)));
    Exact::from_parts(tight.collect::<BTreeMap<_, _>>(), present)
}
