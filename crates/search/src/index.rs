//! The index: its fields, the versions of its documents, and how changes come in.

use std::collections::VecDeque;

use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use crate::doc::{Doc, DocId, FieldKind, FieldNo, Schema, Term};
use crate::exact::Exact;
use crate::field::{Field, bitmap_bytes};

/// An in-memory index of documents. It is a plain value; wrap it in a lock to share it.
#[derive(Debug, Clone, Default)]
pub struct Index {
    pub(crate) schema: Schema,
    pub(crate) fields: FxHashMap<FieldNo, Field>,
    /// Greatest version seen of each document, also of removed ones.
    pub(crate) versions: Vec<u32>,
    /// The documents that exist.
    pub(crate) alive: RoaringBitmap,
    pub(crate) changes: Changes,
}

/// What was changed last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    count: u64,
    /// The documents of the last changes, the newest at the end.
    recent: VecDeque<DocId>,
}

/// Changes that [`Index::changed_since`] can look back on.
const RECENT: usize = if cfg!(test) { 8 } else { 4096 };

impl Index {
    /// An empty index with the fields of the schema.
    pub fn new(schema: Schema) -> Self {
        let fields = schema.fields().map(|(no, kind)| (no, Field::new(kind))).collect();
        Self { schema, fields, ..Self::default() }
    }

    /// How many documents there are.
    pub fn len(&self) -> u64 {
        self.alive.len()
    }

    /// Whether there are no documents.
    pub fn is_empty(&self) -> bool {
        self.alive.is_empty()
    }

    /// All documents.
    pub fn docs(&self) -> &RoaringBitmap {
        &self.alive
    }

    /// The version of a document as the index has it; none if it does not exist.
    pub fn version(&self, doc: DocId) -> Option<u32> {
        if !self.alive.contains(doc) {
            return None;
        }
        self.versions.get(doc as usize).copied()
    }

    /// Adds a field made at run time, or gives an empty one another kind.
    ///
    /// Returns whether the field now is of that kind; a field that has documents keeps its kind,
    /// and only a rebuild can change it.
    pub fn ensure_field(&mut self, no: FieldNo, kind: FieldKind) -> bool {
        match self.fields.get(&no) {
            Some(field) if field.kind() == kind => {}
            Some(field) if !field.present().is_empty() => return false,
            _ => {
                self.fields.insert(no, Field::new(kind));
            }
        }
        self.schema.set(no, kind);
        true
    }

    /// Applies one committed change: `before` is what the writer saw, `after` what it wrote, none
    /// for a removal.
    ///
    /// Changes may repeat and come in any order. Each has a version, that of `after`; a removal
    /// has the one that follows `before`. A change not newer than what the index has seen of the
    /// document is ignored. If the index holds just what the writer saw, only the terms that
    /// differ are touched; otherwise the document is searched for in every bitmap first.
    pub fn apply(&mut self, id: DocId, before: Option<&Doc>, after: Option<&Doc>) {
        let version = match (before, after) {
            (_, Some(after)) => after.version(),
            (Some(before), None) => before.version().saturating_add(1),
            (None, None) => return,
        };
        let Some(known) = self.older(id, version) else { return };
        let before = match before {
            Some(before) if self.alive.contains(id) && before.version() == known => before.terms(),
            _ => {
                self.sweep(id);
                &[]
            }
        };
        self.replace(id, before, after.map_or(&[], Doc::terms));
        self.mark(id, version, after.is_some());
        self.changes.note(id);
    }

    /// Takes a document out as of a version, by whoever does not know what it was; nothing happens if
    /// a newer one is known.
    pub fn remove(&mut self, id: DocId, version: u32) {
        if self.older(id, version).is_some() {
            self.sweep(id);
            self.mark(id, version, false);
            self.changes.note(id);
        }
    }

    /// The version that is known of a document; none if it is not older than this one.
    fn older(&self, id: DocId, version: u32) -> Option<u32> {
        let known = self.versions.get(id as usize).copied().unwrap_or_default();
        let is_new = known == 0 && !self.alive.contains(id);
        (version > known || is_new).then_some(known)
    }

    /// Takes a document that exists out of every field, whatever its values.
    fn sweep(&mut self, id: DocId) {
        if self.alive.contains(id) {
            self.fields.values_mut().for_each(|field| field.sweep(id));
        }
    }

    /// How many changes were applied, to be given to [`Self::changed_since`] later.
    pub fn changes(&self) -> u64 {
        self.changes.count
    }

    /// The documents changed after the index had so many changes, some perhaps several times; none
    /// when that is too long ago.
    pub fn changed_since(&self, changes: u64) -> Option<impl Iterator<Item = DocId>> {
        let recent = &self.changes.recent;
        let count = usize::try_from(self.changes.count.checked_sub(changes)?).ok()?;
        Some(recent.range(recent.len().checked_sub(count)?..).copied())
    }

    /// Whether a document has the value.
    pub fn contains(&self, field: FieldNo, value: i64, doc: DocId) -> bool {
        self.fields.get(&field).is_some_and(|field| field.contains(value, doc))
    }

    /// The documents having the value; none if there are none, or the field has no bitmaps
    /// ([`FieldKind::Ordered`]).
    pub fn bitmap(&self, field: FieldNo, value: i64) -> Option<&RoaringBitmap> {
        self.fields.get(&field)?.exact()?.get(value)
    }

    /// The smallest value of a document in an ordered field.
    pub fn value(&self, field: FieldNo, doc: DocId) -> Option<i64> {
        self.fields.get(&field)?.ordered()?.get(doc)
    }

    /// The values of a field with their documents, ascending; nothing if the field has no bitmaps.
    pub fn values(&self, field: FieldNo) -> impl Iterator<Item = (i64, &RoaringBitmap)> {
        let exact = self.fields.get(&field).and_then(Field::exact);
        exact.into_iter().flat_map(Exact::values)
    }

    /// The values that documents of `within` have, ascending, each with its count of them.
    pub fn facet(&self, field: FieldNo, within: &RoaringBitmap) -> Vec<(i64, u64)> {
        self.fields.get(&field).map_or_else(Vec::new, |field| field.facet(within))
    }

    /// An estimate of the memory the index holds, in bytes. It visits every bitmap.
    pub fn memory_bytes(&self) -> usize {
        self.fields.values().map(Field::memory_bytes).sum::<usize>()
            + self.versions.capacity() * size_of::<u32>()
            + bitmap_bytes(&self.alive)
    }

    /// Exchanges the terms of a document, field by field.
    fn replace(&mut self, id: DocId, before: &[Term], after: &[Term]) {
        let (mut before, mut after) = (before, after);
        while let Some(no) = first_field(before, after) {
            let (old, rest) = split_field(before, no);
            before = rest;
            let (new, rest) = split_field(after, no);
            after = rest;
            if old != new {
                let kind = self.schema.kind(no);
                let field = self.fields.entry(no).or_insert_with(|| Field::new(kind));
                field.replace(id, old, new);
            }
        }
    }

    fn mark(&mut self, id: DocId, version: u32, alive: bool) {
        let place = id as usize;
        if place >= self.versions.len() {
            self.versions.resize(place + 1, 0);
        }
        self.versions[place] = version;
        if alive {
            self.alive.insert(id);
        } else {
            self.alive.remove(id);
        }
    }
}

impl Changes {
    fn note(&mut self, id: DocId) {
        self.count += 1;
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(id);
    }
}

/// The least field of two lists of terms.
fn first_field(a: &[Term], b: &[Term]) -> Option<FieldNo> {
    a.first().into_iter().chain(b.first()).map(|&(no, _)| no).min()
}

/// Splits the terms of a field off the front.
fn split_field(terms: &[Term], no: FieldNo) -> (&[Term], &[Term]) {
    terms.split_at(terms.iter().take_while(|term| term.0 == no).count())
}
