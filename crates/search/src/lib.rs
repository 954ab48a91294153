//! An in-memory index of documents: bitmaps of ids per field and value, and documents in the
//! order of their values.
//!
//! It answers which documents match a [`Cond`], exactly how many, a page of them in any order
//! ([`Index::page`]), and counts per value ([`Index::facet`]). It knows fields by number and
//! values as `i64` only; what they mean, and who may see what, is up to its owner. Changes come in
//! with [`Index::apply`], in any order; [`Index::snapshot_to`] saves the whole for a fast start.
//! [`Kept`] keeps searches that come again.
//!
//! ```
//! use trackway_search::{Cond, Doc, FieldKind, Index, Schema, SortBy, SortKey};
//!
//! const STATUS: u32 = 1;
//! const UPDATED: u32 = 2;
//!
//! let schema = Schema::new(1).with(UPDATED, FieldKind::Ordered { dense: true });
//! let mut index = Index::new(schema);
//! index.apply(7, None, Some(&Doc::new(1, vec![(STATUS, 3), (UPDATED, 1_000)])));
//! index.apply(8, None, Some(&Doc::new(1, vec![(STATUS, 3), (UPDATED, 2_000)])));
//!
//! let hits = index.eval(&Cond::Has(STATUS, 3));
//! let newest = SortKey { field: UPDATED, descending: true, by: SortBy::Value };
//! assert_eq!(hits.len(), 2);
//! assert_eq!(index.page(&hits, &[newest], 0, 50), [8, 7]);
//! ```

mod bits;
mod bytes;
mod cond;
mod doc;
mod eval;
mod exact;
mod field;
mod forward;
mod index;
mod kept;
mod load;
mod ordered;
mod page;
mod snapshot;
mod sort;
#[cfg(test)]
mod tests;
mod walk;

pub use roaring::RoaringBitmap;

pub use self::cond::Cond;
pub use self::doc::{Doc, DocId, FieldKind, FieldNo, Schema};
pub use self::index::Index;
pub use self::kept::{Hits, Kept, Scope};
pub use self::load::BulkLoader;
pub use self::snapshot::SnapshotError;
pub use self::sort::{SortBy, SortKey};
