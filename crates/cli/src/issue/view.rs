//! `trackway issue view`.

use std::fmt::Write;

use clap::Args;
use serde_json::Value;

use super::{last, markdown};
use crate::failure::{Failure, Kind};
use crate::session::{ISSUE, Session};
use crate::shape::cell;

/// Arguments of `trackway issue view`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Keys, any the issues ever had; that of the branch if none is given.
    #[arg(add = crate::complete::of("keys"))]
    keys: Vec<String>,
    /// Open the page instead.
    #[arg(short, long)]
    web: bool,
    /// How many of the last comments to show.
    #[arg(long, value_name = "N", default_value_t = 5)]
    comments: usize,
    /// Show everything: all comments and all of the following.
    #[arg(long)]
    all: bool,
    /// Print a Markdown document.
    #[arg(long, conflicts_with = "images")]
    md: bool,
    #[command(flatten)]
    parts: Parts,
}

/// What to show below an issue.
#[derive(Clone, Copy, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
struct Parts {
    /// Show its links.
    #[arg(long)]
    links: bool,
    /// Show its checklist.
    #[arg(long)]
    checklist: bool,
    /// Show its files.
    #[arg(long)]
    attachments: bool,
    /// Show the time spent on it.
    #[arg(long)]
    worklog: bool,
    /// Show its history.
    #[arg(long)]
    history: bool,
    /// Draw its pictures, in terminals that can; others name them.
    #[arg(long)]
    images: bool,
}

/// A part: heading, last piece of the path, an item as a line.
type Part = (&'static str, &'static str, fn(&Value) -> String);

impl Parts {
    /// Headings, paths and lines of the parts that are wanted.
    fn wanted(self, all: bool) -> Vec<Part> {
        let parts: [(bool, Part); 5] = [
            (
                self.links,
                ("LINKS", "links", |link| {
                    let relation =
                        link["type"].get(link["direction"].as_str().unwrap_or("outward"));
                    let object = &link["object"];
                    format!(
                        "{} {}  {}",
                        cell(relation),
                        cell(object.get("key")),
                        cell(Some(object))
                    )
                }),
            ),
            (
                self.checklist,
                ("CHECKLIST", "checklistItems", |item| {
                    let mark = if item["checked"] == true { 'x' } else { ' ' };
                    format!("[{mark}] {}", cell(item.get("text")))
                }),
            ),
            (
                self.attachments,
                ("FILES", "attachments", |file| {
                    format!("{}  {} bytes", cell(file.get("name")), cell(file.get("size")))
                }),
            ),
            (
                self.worklog,
                ("WORKLOG", "worklog", |work| {
                    let member = |name: &str| cell(work.get(name));
                    let (who, start, spent) =
                        (member("createdBy"), member("start"), member("duration"));
                    format!("{start}  {spent}  {who}  {}", member("comment"))
                }),
            ),
            (
                self.history,
                ("HISTORY", "changelog", |change| {
                    let fields = change["fields"].as_array().into_iter().flatten();
                    let what: Vec<String> = fields
                        .map(|field| {
                            let member = |name: &str| cell(field.get(name));
                            format!("{}: {} → {}", member("field"), member("from"), member("to"))
                        })
                        .collect();
                    let what =
                        if what.is_empty() { cell(change.get("type")) } else { what.join("; ") };
                    let (when, who) =
                        (cell(change.get("updatedAt")), cell(change.get("updatedBy")));
                    format!("{when}  {who}  {what}")
                }),
            ),
        ];
        parts.into_iter().filter(|(wanted, _)| all || *wanted).map(|(_, part)| part).collect()
    }
}

pub(super) async fn run(
    arguments: Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let mut issues = Vec::new();
    let keys = match session.keys(&arguments.keys) {
        Err(none) => vec![last::seen().ok_or(none)?],
        keys => keys?,
    };
    if session.journal.is_some() {
        last::see(keys.last());
    }
    for (at, key) in keys.iter().enumerate() {
        if arguments.web {
            crate::browser::open(&session.page(key))?;
            continue;
        }
        let found = session.get(&Session::at("/issues/{key}", &[key]), &[]).await;
        let issue = found.map_err(|failure| {
            let hint =
                || format!("`trackway issue list` shows what you can see; is {key:?} right?");
            failure.hint_if(Kind::NotFound, hint)
        })?;
        if !(arguments.md || session.output.is_for_people() || session.output.is_plain()) {
            issues.push(issue);
            continue;
        }
        let told = told(&arguments, issue, session).await?;
        let text = if arguments.md {
            markdown::document(session, &told)
        } else {
            described(session, &told)
        };
        session
            .output
            .text(&format!("{}{text}", if at > 0 && arguments.md { "\n" } else { "" }))?;
        if arguments.parts.images {
            super::images::show(key, session).await?;
        }
    }
    match <[Value; 1]>::try_from(issues) {
        Ok([one]) => session.output.one(ISSUE, one),
        Err(several) if several.is_empty() => Ok(()),
        Err(several) => session.output.list(ISSUE, several),
    }
}

/// What is told of an issue.
pub(super) struct Told {
    pub(super) issue: Value,
    pub(super) comments: Vec<Value>,
    /// Headings with a line for each item.
    pub(super) parts: Vec<(&'static str, Vec<String>)>,
}

async fn told(
    arguments: &Arguments,
    issue: Value,
    session: &Session<'_, '_>,
) -> Result<Told, Failure> {
    let key = cell(issue.get("key"));
    let most = if arguments.all { usize::MAX } else { arguments.comments };
    let mut comments = Vec::new();
    if most > 0 {
        let path = Session::at("/issues/{key}/comments", &[&key]);
        let all = session.list(&path, &[], 0).await?.items;
        let skip = all.len().saturating_sub(most);
        comments.extend(all.into_iter().skip(skip));
    }
    let mut parts = Vec::new();
    for (heading, part, line) in arguments.parts.wanted(arguments.all) {
        let path = Session::at(&format!("/issues/{{key}}/{part}"), &[&key]);
        let items = session.list(&path, &[], 0).await?.items;
        if !items.is_empty() {
            parts.push((heading, items.iter().map(line).collect()));
        }
    }
    Ok(Told { issue, comments, parts })
}

/// Labels and members that say in a line each how an issue is.
pub(super) const MEMBERS: [(&str, &str); 18] = [
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
];

fn described(session: &Session<'_, '_>, told: &Told) -> String {
    let Told { issue, comments, parts } = told;
    let member = |name: &str| cell(issue.get(name));
    let mut text = format!("{}  {}\n", member("key"), member("summary"));
    for (label, name) in MEMBERS {
        let value = member(name);
        if !value.is_empty() {
            // Strings take everything.
            writeln!(text, "{:10}  {value}", crate::lang::shown(label)).ok();
        }
    }
    let description = issue.get("description").and_then(Value::as_str).unwrap_or_default();
    if !description.trim().is_empty() {
        writeln!(text, "\n{}", session.quoted(description.trim_end())).ok();
    }
    for comment in comments {
        let (who, when) = (cell(comment.get("createdBy")), cell(comment.get("createdAt")));
        let body = comment.get("text").and_then(Value::as_str).unwrap_or_default();
        writeln!(text, "\n— {who}, {when}\n{}", session.quoted(body.trim_end())).ok();
    }
    let mut text = text.trim_end().to_owned();
    for (heading, lines) in parts {
        write!(text, "\n\n{}", crate::lang::shown(heading)).ok();
        for line in lines {
            write!(text, "\n  {line}").ok();
        }
    }
    text
}
