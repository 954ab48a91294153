//! Time records as clients write them.

use serde_json::Value as Json;
use trackway_api::types::Members;
use trackway_api::worklog::WorklogCreate;

use super::store::Content;
use crate::error::{Code, Result};
use crate::issue::input::MAX_TEXT;
use crate::queue::input::Problems;
use crate::time::{self, Instant};

/// A new record. Without `start` work began now (contract, addWorklog).
pub(super) fn new(now: Instant, body: &WorklogCreate) -> Result<Content> {
    let mut problems = Problems::default();
    let missing = || Code::FieldRequired.at("duration");
    let seconds = problems.note(body.duration.as_ref().ok_or_else(missing).and_then(duration));
    let start = body.start.as_ref().map_or(Ok(now), |json| instant(json, "start"));
    let start = problems.note(start);
    let comment = problems.note(body.comment.as_ref().map_or(Ok(String::new()), comment));
    problems.end()?;
    Ok(Content {
        start: start.unwrap_or(now),
        seconds: seconds.unwrap_or_default(),
        comment: comment.unwrap_or_default(),
    })
}

/// A record after a change. What is not named stays; `null` clears the comment.
pub(super) fn changed(old: Content, patch: &Members) -> Result<Content> {
    let given = |member: &str| patch.get(member).filter(|json| !json.is_null());
    let mut content = old;
    let mut problems = Problems::default();
    if let Some(seconds) = given("duration").and_then(|json| problems.note(duration(json))) {
        content.seconds = seconds;
    }
    if let Some(start) = given("start").and_then(|json| problems.note(instant(json, "start"))) {
        content.start = start;
    }
    if let Some(text) = patch.get("comment").and_then(|json| problems.note(comment(json))) {
        content.comment = text;
    }
    problems.end()?;
    Ok(content)
}

fn duration(json: &Json) -> Result<i64> {
    let wrong = || Code::ValueType.with("duration").under("duration");
    let seconds = json.as_str().and_then(time::parse_span).ok_or_else(wrong)?;
    if seconds > 0 { Ok(seconds) } else { Err(Code::ValueRange.at("duration")) }
}

/// An instant in any form.
pub(crate) fn instant(json: &Json, member: &str) -> Result<Instant> {
    let wrong = || Code::ValueType.with("datetime").under(member);
    json.as_str().and_then(time::parse_instant).ok_or_else(wrong)
}

fn comment(json: &Json) -> Result<String> {
    if json.is_null() {
        return Ok(String::new());
    }
    let text = json.as_str().ok_or_else(|| Code::ValueType.with("string").under("comment"))?;
    if text.chars().count() > MAX_TEXT {
        return Err(Code::ValueTooLong.with(MAX_TEXT).under("comment"));
    }
    Ok(text.to_owned())
}
