//! The query language of issue searches: syntax tree, parser and printer.
//!
//! [`parse`] reads query texts, [`from_filter`] reads filter objects, and both give one tree. This
//! crate knows no fields, ids or database: names stay names in any letter case and language, and
//! whoever searches resolves them. [`value`] reads the literals once the type of a field is known.
//!
//! ```
//! use trackway_query::{Expr, parse};
//!
//! let query = parse("Queue: OPS, WEB Assignee: me() \"Sort By\": Updated DESC").unwrap();
//! assert!(matches!(query.filter, Some(Expr::And(ref clauses)) if clauses.len() == 2));
//! assert!(query.sort[0].descending);
//! assert_eq!(
//!     query.to_string(),
//!     "Queue: OPS, WEB AND Assignee: me() \"Sort By\": Updated DESC"
//! );
//!
//! let error = parse("Queue: OPS,").unwrap_err();
//! assert_eq!(error.to_string(), "line 1, column 12: a value is expected, but the query ends");
//! ```

mod ast;
mod error;
mod filter;
mod parse;
mod print;
mod query2;
mod scan;
pub mod value;

pub use ast::{
    Changed, Clause, Comparison, DateBase, DateExpr, DateFunction, Expr, FieldName, Function,
    Operand, Query, Shift, Sort, Span, Test, Value,
};
pub use error::{ErrorKind, Language, ParseError, Place};
pub use filter::from_filter;
pub use parse::{MAX_CHARS, MAX_CLAUSES, MAX_DEPTH, MAX_VALUES, parse};
pub use query2::from_query2;
