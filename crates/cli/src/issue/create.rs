//! `trackway issue create`.

use clap::Args;
use serde_json::Value;
use trackway_client::Tracker;
use trackway_client::api::issues::CreateIssue;
use trackway_client::api::types::Members;

use crate::api::Field;
use crate::failure::Failure;
use crate::output::Output;

/// Arguments of `trackway issue create`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Queue to create it in.
    #[arg(short = 'k', long, value_name = "KEY")]
    queue: String,
    /// What it is about, in one line.
    #[arg(long)]
    summary: String,
    /// What it is about, in full.
    #[arg(short, long)]
    description: Option<String>,
    /// Type, by key.
    #[arg(short = 't', long = "type", value_name = "KEY")]
    issue_type: Option<String>,
    /// Priority, by key.
    #[arg(short, long, value_name = "KEY")]
    priority: Option<String>,
    /// Who is to do it, by login or uid.
    #[arg(short, long, value_name = "LOGIN")]
    assignee: Option<String>,
    /// Issue that this one is a part of.
    #[arg(long, value_name = "KEY")]
    parent: Option<String>,
    /// Tag; may be repeated.
    #[arg(short = 'T', long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Any other field; JSON if it parses, otherwise text. May be repeated.
    #[arg(short, long = "field", value_name = "KEY=VALUE")]
    fields: Vec<Field>,
}

pub(super) async fn run(
    arguments: Arguments,
    tracker: &Tracker,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let issue = tracker.send(CreateIssue::new(members(arguments))).await?;
    if output.is_json() {
        return output.json(&issue);
    }
    let summary = issue.summary.clone().unwrap_or_default();
    output.table(["KEY", "SUMMARY"], &[[issue.key.clone(), summary]])?;
    if output.is_terminal() {
        output.remark(&format!("created · view: trackway issue view {}", issue.key));
    }
    Ok(())
}

fn members(arguments: Arguments) -> Members {
    let mut members = Members::new();
    let texts = [
        ("queue", Some(arguments.queue)),
        ("summary", Some(arguments.summary)),
        ("description", arguments.description),
        ("type", arguments.issue_type),
        ("priority", arguments.priority),
        ("assignee", arguments.assignee),
        ("parent", arguments.parent),
    ];
    for (name, text) in texts {
        members.extend(text.map(|text| (name.to_owned(), Value::String(text))));
    }
    if !arguments.tags.is_empty() {
        members.insert("tags".to_owned(), arguments.tags.into());
    }
    members.extend(arguments.fields.into_iter().map(|field| (field.key, field.value)));
    members
}
