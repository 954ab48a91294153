//! Issues as they were: the present values, and the changes that led to them.

use jiff::Timestamp;
use serde_json::Value;

use crate::failure::Failure;
use crate::people::moment;
use crate::session::Session;
use crate::shape::cell;

/// An issue with its history.
#[derive(Clone, Debug)]
pub(super) struct Past {
    pub(super) issue: Value,
    created: Option<Timestamp>,
    /// Oldest first.
    changes: Vec<Change>,
}

/// A field got another value.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) at: Timestamp,
    pub(super) field: String,
    pub(super) from: Value,
    pub(super) to: Value,
}

impl Past {
    /// Of an issue and the entries of its history, oldest first.
    pub(super) fn new(issue: Value, entries: &[Value]) -> Self {
        let created = issue["createdAt"].as_str().and_then(moment);
        let changes = entries.iter().flat_map(changes).collect();
        Self { issue, created, changes }
    }

    pub(super) fn existed(&self, at: Timestamp) -> bool {
        self.created.is_some_and(|created| created <= at)
    }

    /// The value of a field at a moment: what the first change after it took away, or else the
    /// present one.
    pub(super) fn value(&self, field: &str, at: Timestamp) -> &Value {
        let next = self.changes.iter().find(|change| change.at > at && change.field == field);
        next.map_or(&self.issue[field], |change| &change.from)
    }

    /// Changes of a field, oldest first.
    pub(super) fn changes_of(&self, field: &'static str) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.field == field)
    }

    pub(super) fn created(&self) -> Option<Timestamp> {
        self.created
    }
}

fn changes(entry: &Value) -> Vec<Change> {
    let Some(at) = entry["updatedAt"].as_str().and_then(moment) else { return Vec::new() };
    let fields = entry["fields"].as_array().into_iter().flatten();
    let change = |field: &Value| Change {
        at,
        field: cell(field["field"].get("id")),
        from: field["from"].clone(),
        to: field["to"].clone(),
    };
    fields.map(change).collect()
}

/// Reads the histories of issues: one list for each.
///
/// # Errors
/// The server cannot be reached, or an issue is gone.
pub(super) async fn read(
    issues: Vec<Value>,
    session: &Session<'_, '_>,
) -> Result<Vec<Past>, Failure> {
    let total = issues.len() as u64;
    let mut progress = session.output.progress("histories", false);
    let mut found = Vec::new();
    for issue in issues {
        let path = Session::at("/issues/{key}/changelog", &[&cell(issue.get("key"))]);
        let query = [("perPage", "100".to_owned())];
        let entries = session.whole(&path, &query).await?;
        found.push(Past::new(issue, &entries));
        progress.at(found.len() as u64, Some(total));
    }
    Ok(found)
}
