//! Conditions, the algebra that filters and the query language are translated into.

use roaring::RoaringBitmap;

use crate::FieldNo;

/// Which documents are wanted. Evaluation recurses, so whoever builds conditions from foreign
/// input bounds their depth.
#[derive(Debug, Clone, PartialEq)]
pub enum Cond {
    /// Every document.
    All,
    /// No document.
    None,
    /// The field has the value.
    Has(FieldNo, i64),
    /// The field has one of the values.
    AnyOf(FieldNo, Vec<i64>),
    /// A value of the field lies within the bounds, both inclusive; a missing bound is open.
    Range {
        /// The field.
        field: FieldNo,
        /// The least value.
        from: Option<i64>,
        /// The greatest value.
        to: Option<i64>,
    },
    /// The field has any value.
    Exists(FieldNo),
    /// These documents, as far as the index has them.
    Docs(RoaringBitmap),
    /// All of the conditions; every document when there is none.
    And(Vec<Cond>),
    /// Any of the conditions; no document when there is none.
    Or(Vec<Cond>),
    /// The documents the condition does not name.
    Not(Box<Cond>),
}

impl Cond {
    /// The negation of a condition.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }
}
