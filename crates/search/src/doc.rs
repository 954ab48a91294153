//! What the index is told: documents, and the kinds of their fields.

use rustc_hash::FxHashMap;

/// Number of a field. The owner of the schema gives them out; they mean nothing here.
pub type FieldNo = u32;

/// Number of a document. Ids are dense: some structures are arrays with a place for each id up
/// to the greatest, so a lone huge id costs memory in proportion to it.
pub type DocId = u32;

/// One value of one field of a document.
pub(crate) type Term = (FieldNo, i64);

/// What the index keeps of one document: its version and its `(field, value)` pairs.
///
/// A value is a reference id, or a number, day or millisecond mapped to `i64` so that the order
/// is kept. A field with several values repeats its number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doc {
    version: u32,
    terms: Vec<(FieldNo, i64)>,
}

impl Doc {
    /// A document; terms may come in any order and may repeat.
    pub fn new(version: u32, mut terms: Vec<(FieldNo, i64)>) -> Self {
        if !terms.is_sorted_by(|a, b| a < b) {
            terms.sort_unstable();
            terms.dedup();
        }
        Self { version, terms }
    }

    /// The version of the row the document was made from; it grows with every change.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The terms, ascending, without repetitions.
    pub fn terms(&self) -> &[(FieldNo, i64)] {
        &self.terms
    }
}

/// How a field is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldKind {
    /// A bitmap per value: equality, facets, ranks. Right for fields with few values. A value
    /// costs some 200 bytes, so nearly unique values (a parent issue) belong in `Ordered`.
    #[default]
    Exact,
    /// The documents in the order of their values: ranges, sorting, equality. Of several values
    /// of a document only the smallest is kept.
    Ordered {
        /// Whether most documents have the field. Then values are an array by document id,
        /// otherwise a hash map.
        dense: bool,
    },
    /// Both: equality and facets from bitmaps, ranges and sorting (by the smallest value) from
    /// the ordered side.
    Both {
        /// As in [`FieldKind::Ordered`].
        dense: bool,
    },
}

/// The kinds of all fields, with a revision that a snapshot is checked against.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    revision: u32,
    kinds: FxHashMap<FieldNo, FieldKind>,
}

impl Schema {
    /// An empty schema: every field is [`FieldKind::Exact`].
    ///
    /// Raise `revision` whenever documents are made differently (another mapping of values, a new
    /// field for old documents): a snapshot of another revision is refused, so the index is
    /// rebuilt.
    pub fn new(revision: u32) -> Self {
        Self { revision, kinds: FxHashMap::default() }
    }

    /// The same schema with the kind of one field set.
    #[must_use]
    pub fn with(mut self, field: FieldNo, kind: FieldKind) -> Self {
        self.set(field, kind);
        self
    }

    /// Sets the kind of one field.
    pub fn set(&mut self, field: FieldNo, kind: FieldKind) {
        self.kinds.insert(field, kind);
    }

    /// The kind of a field; `Exact` unless it was set.
    pub fn kind(&self, field: FieldNo) -> FieldKind {
        self.kinds.get(&field).copied().unwrap_or_default()
    }

    /// The revision given to [`Schema::new`].
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// The fields whose kind was set.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (FieldNo, FieldKind)> {
        self.kinds.iter().map(|(&field, &kind)| (field, kind))
    }
}
