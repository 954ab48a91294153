//! Where in a query something stands, for messages.

use trackway_query::Span;

use crate::error::{Code, Error};

/// Adds line and column to an error; filter objects have neither.
pub(super) fn hinted(error: Error, text: Option<&str>, span: Span) -> Error {
    let Some(before) = text.filter(|_| span.end > 0).and_then(|text| text.get(..span.start)) else {
        return error;
    };
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    error.hint_first(Code::QueryPlace.with(line).and(column))
}
