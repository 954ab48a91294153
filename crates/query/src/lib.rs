//! The query language of issue searches: syntax tree, parser and printer.
//!
//! This crate knows no fields, ids or database. Names stay names; whoever searches resolves them.

mod ast;
pub mod value;

pub use ast::{
    Changed, Clause, Comparison, DateBase, DateExpr, DateFunction, Expr, FieldName, Function,
    Operand, Query, Shift, Sort, Span, Test, Value,
};
