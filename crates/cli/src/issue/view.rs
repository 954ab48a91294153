//! `trackway issue view`.

use std::fmt::Write;

use clap::Args;
use serde_json::Value;

use crate::failure::{Failure, Kind};
use crate::session::{ISSUE, Session};
use crate::shape::cell;

/// Arguments of `trackway issue view`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Keys, any the issues ever had; that of the branch if none is given.
    keys: Vec<String>,
    /// Open the page instead.
    #[arg(short, long)]
    web: bool,
    /// How many of the last comments to show.
    #[arg(long, value_name = "N", default_value_t = 5)]
    comments: usize,
}

pub(super) async fn run(
    arguments: Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let mut issues = Vec::new();
    for key in session.keys(&arguments.keys)? {
        if arguments.web {
            crate::browser::open(&session.page(&key))?;
            continue;
        }
        let found = session.get(&Session::at("/issues/{key}", &[&key]), &[]).await;
        let issue = found.map_err(|failure| {
            let hint =
                || format!("`trackway issue list` shows what you can see; is {key:?} right?");
            failure.hint_if(Kind::NotFound, hint)
        })?;
        if session.output.is_for_people() || session.output.is_plain() {
            let path = Session::at("/issues/{key}/comments", &[&key]);
            let comments = match arguments.comments {
                0 => Vec::new(),
                most => {
                    let all = session.list(&path, &[], 0).await?.items;
                    let skip = all.len().saturating_sub(most);
                    all.into_iter().skip(skip).collect()
                }
            };
            session.output.text(&described(&issue, &comments))?;
        } else {
            issues.push(issue);
        }
    }
    match <[Value; 1]>::try_from(issues) {
        Ok([one]) => session.output.one(ISSUE, one),
        Err(several) if several.is_empty() => Ok(()),
        Err(several) => session.output.list(ISSUE, several),
    }
}

fn described(issue: &Value, comments: &[Value]) -> String {
    let member = |name: &str| cell(issue.get(name));
    let mut text = format!("{}  {}\n", member("key"), member("summary"));
    for (label, name) in [
        ("Type", "type"),
        ("Status", "status"),
        ("Resolution", "resolution"),
        ("Priority", "priority"),
        ("Assignee", "assignee"),
        ("Author", "createdBy"),
        ("Followers", "followers"),
        ("Parent", "parent"),
        ("Epic", "epic"),
        ("Sprint", "sprint"),
        ("Components", "components"),
        ("Fix in", "fixVersions"),
        ("Tags", "tags"),
        ("Deadline", "deadline"),
        ("Points", "storyPoints"),
        ("Spent", "spent"),
        ("Created", "createdAt"),
        ("Updated", "updatedAt"),
    ] {
        let value = member(name);
        if !value.is_empty() {
            // Strings take everything.
            writeln!(text, "{label:10}  {value}").ok();
        }
    }
    let description = issue.get("description").and_then(Value::as_str).unwrap_or_default();
    if !description.trim().is_empty() {
        writeln!(text, "\n{}", description.trim_end()).ok();
    }
    for comment in comments {
        let (who, when) = (cell(comment.get("createdBy")), cell(comment.get("createdAt")));
        let body = comment.get("text").and_then(Value::as_str).unwrap_or_default();
        writeln!(text, "\n— {who}, {when}\n{}", body.trim_end()).ok();
    }
    text.trim_end().to_owned()
}
