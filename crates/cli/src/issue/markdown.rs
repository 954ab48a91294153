//! An issue as a Markdown document.

use std::fmt::Write;

use serde_json::Value;

use super::view::{MEMBERS, Told};
use crate::lang::shown;
use crate::session::Session;
use crate::shape::cell;

/// The document. Texts of people are Markdown already.
pub(super) fn document(session: &Session<'_, '_>, told: &Told) -> String {
    let Told { issue, comments, parts } = told;
    let member = |name: &str| cell(issue.get(name));
    let key = member("key");
    let mut text = format!("# [{key}]({}) {}\n\n", session.page(&key), line(&member("summary")));
    for (label, name) in MEMBERS {
        let value = member(name);
        if !value.is_empty() {
            // Strings take everything.
            writeln!(text, "- **{}:** {}", shown(label), line(&value)).ok();
        }
    }
    let description = issue.get("description").and_then(Value::as_str).unwrap_or_default();
    if !description.trim().is_empty() {
        writeln!(text, "\n{}", session.quoted(description.trim_end())).ok();
    }
    for (heading, lines) in parts {
        writeln!(text, "\n## {}\n", sentence(&shown(heading))).ok();
        for one in lines {
            writeln!(text, "- {}", line(one)).ok();
        }
    }
    if !comments.is_empty() {
        writeln!(text, "\n## {}", shown("Comments")).ok();
    }
    for comment in comments {
        let (who, when) = (cell(comment.get("createdBy")), cell(comment.get("createdAt")));
        let body = comment.get("text").and_then(Value::as_str).unwrap_or_default();
        writeln!(text, "\n**{}**, {when}\n\n{}", line(&who), session.quoted(body.trim_end())).ok();
    }
    text.trim_end().to_owned()
}

/// A text on one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A heading in small letters but the first.
fn sentence(heading: &str) -> String {
    let mut letters = heading.chars();
    let first = letters.next().map(String::from).unwrap_or_default();
    first + &letters.as_str().to_lowercase()
}
