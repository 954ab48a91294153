//! Checks of filters and queries that are kept to be run later, by others and at other times: they
//! must be readable and name fields that exist. Their values are looked at when they are run.

use serde_json::Value as Json;
use trackway_query::{Expr, FieldName};

use super::criteria::message;
use super::names::{self, Style, Target};
use super::order;
use crate::cx::Cx;
use crate::dict::Dict;
use crate::error::{Code, Result};
use crate::field::no::FieldNo;

/// A filter object.
///
/// # Errors
/// 422 when it cannot be read or names a field that does not exist.
pub(crate) fn filter(cx: &Cx<'_, '_>, json: &Json) -> Result<()> {
    let tree = trackway_query::from_filter(json)
        .map_err(|error| Code::BodyShape.with(message(cx, &error)).under("filter"))?;
    fields(&cx.dict, &tree, Style::Filter).map_err(|error| error.under("filter"))
}

/// A query.
///
/// # Errors
/// 400 when it cannot be read, 422 when it names a field that does not exist.
pub(crate) fn query(cx: &Cx<'_, '_>, text: &str) -> Result<()> {
    let query =
        trackway_query::parse(text).map_err(|error| Code::QuerySyntax.with(message(cx, &error)))?;
    order::of_query(&cx.dict, &query.sort, text).map_err(|error| error.under("query"))?;
    let Some(tree) = &query.filter else { return Ok(()) };
    fields(&cx.dict, tree, Style::Query).map_err(|error| error.under("query"))
}

fn fields(dict: &Dict, tree: &Expr, style: Style) -> Result<()> {
    match tree {
        Expr::And(parts) | Expr::Or(parts) => {
            parts.iter().try_for_each(|part| fields(dict, part, style))
        }
        Expr::Not(part) => fields(dict, part, style),
        Expr::Clause(clause) => names::lookup(dict, &clause.field, style).map(drop),
        Expr::Text(_) => Ok(()),
    }
}

/// The field that a list or order of issues means by a name.
///
/// # Errors
/// 422 when there is no such field.
pub(crate) fn field(dict: &Dict, name: &str) -> Result<FieldNo> {
    match names::lookup(dict, &FieldName::new(name.trim()), Style::Filter) {
        Ok(Target::Field(field)) => Ok(field),
        _ => Err(Code::ValueUnknown.with(name)),
    }
}
