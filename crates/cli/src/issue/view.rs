//! `trackway issue view`.

use std::fmt::Write;

use clap::Args;
use trackway_client::Tracker;
use trackway_client::api::issues::{GetIssue, Issue};

use super::{minute, name, person};
use crate::failure::{Failure, Kind};
use crate::output::Output;

/// Arguments of `trackway issue view`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Key of the issue, any it ever had.
    key: String,
}

pub(super) async fn run(
    arguments: Arguments,
    tracker: &Tracker,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let key = arguments.key;
    let issue = tracker.send(GetIssue::new(&key)).await.map_err(|error| {
        let hint = || format!("`trackway issue list` shows what you can see; is {key:?} right?");
        Failure::from(error).hint_if(Kind::NotFound, hint)
    })?;
    if output.is_json() { output.json(&issue) } else { output.text(&described(&issue)) }
}

fn described(issue: &Issue) -> String {
    let mut text = format!("{}  {}\n", issue.key, issue.summary.as_deref().unwrap_or_default());
    let facts = [
        ("Type", name(issue.issue_type.as_ref())),
        ("Status", name(issue.status.as_ref())),
        ("Resolution", name(issue.resolution.as_ref())),
        ("Priority", name(issue.priority.as_ref())),
        ("Assignee", person(issue.assignee.as_ref())),
        ("Author", person(issue.created_by.as_ref())),
        ("Parent", issue.parent.as_ref().map_or_else(String::new, |parent| parent.key.clone())),
        ("Tags", issue.tags.join(", ")),
        ("Deadline", issue.deadline.clone().unwrap_or_default()),
        ("Created", minute(issue.created_at.as_deref())),
        ("Updated", minute(issue.updated_at.as_deref())),
    ];
    for (label, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        // Strings take everything.
        writeln!(text, "{label:10}  {value}").ok();
    }
    if let Some(description) = issue.description.as_deref().filter(|text| !text.is_empty()) {
        text.push('\n');
        text.push_str(description);
    }
    text.trim_end().to_owned()
}
