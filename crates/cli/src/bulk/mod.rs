//! `trackway bulk`: changes of many issues as one job of the server.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;
use trackway_client::api::types::Members;

use crate::api::Field;
use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::lang::shown;
use crate::output::Column;
use crate::rows;
use crate::session::Session;
use crate::shape::cell;

mod link;

const CHANGE: &[Column] = &[
    Column("ID", "id"),
    Column("STATUS", "status"),
    Column("DONE", "totalCompletedIssues"),
    Column("OF", "totalIssues"),
    Column("TEXT", "statusText"),
];
const MADE: &[Column] =
    &[Column("ID", "made"), Column("WHEN", "at"), Column("CHANGE", "what"), Column("KEYS", "keys")];
const FAILED: &[Column] = &[Column("KEY", "issue.key"), Column("WHY", "error.errorMessages")];

/// Arguments of `trackway bulk`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// Which issues.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Which {
    /// Those that a query finds.
    #[arg(short = 'Q', long)]
    query: Option<String>,
    /// Those with these keys; - reads them from standard input.
    #[arg(long, value_delimiter = ',')]
    keys: Vec<String>,
    /// Those that a saved filter finds, by id.
    #[arg(long, value_name = "ID")]
    filter: Option<String>,
}

/// What to change.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Changes fields.
    Edit {
        #[command(flatten)]
        which: Which,
        /// New value; JSON if it parses, otherwise text. May be repeated.
        #[arg(long, value_name = "FIELD=VALUE")]
        set: Vec<Field>,
        /// Value to add to a list.
        #[arg(long, value_name = "FIELD=VALUE")]
        add: Vec<Field>,
        /// Value to take out of a list.
        #[arg(long, value_name = "FIELD=VALUE")]
        remove: Vec<Field>,
        /// Field to empty.
        #[arg(long, value_name = "FIELD")]
        clear: Vec<String>,
        /// Do not wait for the end.
        #[arg(long)]
        no_wait: bool,
    },
    /// Takes issues through a transition.
    Transition {
        #[command(flatten)]
        which: Which,
        /// Id of the transition.
        #[arg(long, value_name = "ID")]
        to: String,
        /// Field of its screen; JSON if it parses, otherwise text.
        #[arg(long, value_name = "FIELD=VALUE")]
        set: Vec<Field>,
        /// Do not wait for the end.
        #[arg(long)]
        no_wait: bool,
    },
    /// Moves issues to another queue.
    Move {
        #[command(flatten)]
        which: Which,
        /// Key of the queue.
        #[arg(short = 'k', long, value_name = "KEY")]
        queue: String,
        /// Do not wait for the end.
        #[arg(long)]
        no_wait: bool,
    },
    /// Comments on issues.
    Comment {
        #[command(flatten)]
        which: Which,
        /// Text.
        text: String,
    },
    /// Links issues to another one.
    Link(link::Link),
    /// Lets somebody follow issues.
    Follow {
        #[command(flatten)]
        which: Which,
        /// Who: me, or a login.
        #[arg(long, default_value = "me")]
        who: String,
    },
    /// Prints the heading of a CSV file for a queue, to be filled in and applied.
    Template {
        /// Key of the queue; the profile's if there is one.
        #[arg(short = 'k', long, value_name = "KEY", add = crate::complete::of("queues"))]
        queue: Option<String>,
    },
    /// Checks a file of rows against the fields of its queues, and changes nothing.
    Validate(rows::Rows),
    /// Edits the issues of the rows that have a key, and creates one for each of the others.
    Apply(rows::Rows),
    /// Lists the bulk changes made with this tool that can be reversed.
    List,
    /// Reverses a bulk change made with this tool.
    Undo {
        /// Id.
        id: String,
    },
    /// Shows how far a bulk change is.
    Status {
        /// Id.
        id: String,
    },
    /// Shows the issues a bulk change failed on.
    Log {
        /// Id.
        id: String,
    },
    /// Waits for the end of a bulk change.
    Wait {
        /// Id.
        id: String,
    },
    /// Stops a bulk change.
    Cancel {
        /// Id.
        id: String,
    },
}

pub(crate) async fn run(action: Action, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    match action {
        Action::Edit { which, set, add, remove, clear, no_wait } => {
            let values = values(set, add, remove, clear);
            if values.is_empty() {
                return Err(Failure::usage("nothing to change").hint("--set FIELD=VALUE"));
            }
            let names: Vec<&str> = values.keys().map(String::as_str).collect();
            let what = shown(&format!("change {}", names.join(", ")));
            let body = json!({"values": values});
            start(session, &which, "/bulkchange/_update", body, &what, no_wait).await
        }
        Action::Transition { which, to, set, no_wait } => {
            let values = values(set, Vec::new(), Vec::new(), Vec::new());
            let body = json!({"transition": to, "values": values});
            let what = shown(&format!("transition {to}"));
            start(session, &which, "/bulkchange/_transition", body, &what, no_wait).await
        }
        Action::Move { which, queue, no_wait } => {
            let what = shown(&format!("move to {queue}"));
            let body = json!({"queue": queue});
            start(session, &which, "/bulkchange/_move", body, &what, no_wait).await
        }
        Action::Comment { which, text } => {
            let body = json!({"values": {"comment": crate::session::text(&text)?}});
            start(session, &which, "/bulkchange/_update", body, &shown("comment"), false).await
        }
        Action::Link(arguments) => link::run(arguments, session).await,
        Action::Follow { which, who } => {
            let who = crate::session::person(session, &who).await?;
            let body = json!({"values": {"followers": {"add": [who]}}});
            start(session, &which, "/bulkchange/_update", body, &shown("follow"), false).await
        }
        Action::Template { queue } => rows::template(queue, session).await,
        Action::Validate(arguments) => rows::validate(&arguments, session).await,
        Action::Apply(arguments) => rows::apply(&arguments, session).await,
        Action::List => {
            let entries = crate::undo::bulk_changes(session);
            session.output.list(MADE, entries)
        }
        Action::Undo { id } => crate::undo::bulk(&id, session).await,
        Action::Status { id } => {
            let change = session.get(&Session::at("/bulkchange/{id}", &[&id]), &[]).await?;
            session.output.one(CHANGE, change)
        }
        Action::Log { id } => {
            let path = Session::at("/bulkchange/{id}/issues", &[&id]);
            let found = session.list(&path, &[], 0).await?;
            session.output.list(FAILED, found.items)
        }
        Action::Wait { id } => wait(session, &id).await,
        Action::Cancel { id } => {
            let path = Session::at("/bulkchange/{id}", &[&id]);
            session.write(HttpMethod::DELETE, &path, &[], None).await?;
            Ok(())
        }
    }
}

fn values(set: Vec<Field>, add: Vec<Field>, remove: Vec<Field>, clear: Vec<String>) -> Members {
    let mut values = Members::new();
    values.extend(set.into_iter().map(|field| (field.key, field.value)));
    for (operator, fields) in [("add", add), ("remove", remove)] {
        for field in fields {
            let change = values.entry(field.key).or_insert_with(|| json!({}));
            if let Some(change) = change.as_object_mut() {
                let list = change.entry(operator).or_insert_with(|| json!([]));
                if let Some(list) = list.as_array_mut() {
                    list.push(field.value);
                }
            }
        }
    }
    values.extend(clear.into_iter().map(|field| (field, Value::Null)));
    values
}

/// Issues of a plan: those there are, and keys of which there is none.
struct Plan {
    keys: Vec<String>,
    missing: Vec<String>,
}

impl Which {
    async fn plan(&self, session: &Session<'_, '_>) -> Result<Plan, Failure> {
        let body = match (&self.query, &self.filter) {
            (Some(query), _) => json!({"query": query}),
            (_, Some(id)) => json!({"filterId": id}),
            _ => return self.of_keys(session).await,
        };
        let found = session.search(body, 0).await?;
        let keys = found.items.iter().map(|issue| cell(issue.get("key"))).collect();
        Ok(Plan { keys, missing: Vec::new() })
    }

    /// Keys are looked up, so that the plan says which of them are nothing.
    async fn of_keys(&self, session: &Session<'_, '_>) -> Result<Plan, Failure> {
        let mut given = self.keys.clone();
        if given == ["-"] {
            let text = crate::session::text("-")?;
            given = text.split_whitespace().map(str::to_owned).collect();
        }
        let mut wanted: Vec<String> = Vec::new();
        for key in given.iter().map(|key| session.key(key)) {
            if !wanted.contains(&key) {
                wanted.push(key);
            }
        }
        if wanted.is_empty() {
            return Ok(Plan { keys: wanted, missing: Vec::new() });
        }
        let found = session.search(json!({"keys": wanted}), 0).await?;
        let known: BTreeSet<String> =
            found.items.iter().map(|issue| cell(issue.get("key"))).collect();
        // A former key of a moved issue finds it under another one, which the server takes too.
        let moved = known.iter().any(|key| !wanted.contains(key));
        let (keys, missing) = wanted.into_iter().partition(|key| moved || known.contains(key));
        Ok(Plan { keys, missing })
    }
}

/// Keys in a line: the first ones, and how many more.
fn some(keys: &[String]) -> String {
    const SHOWN: usize = 10;
    let some: Vec<&str> = keys.iter().take(SHOWN).map(String::as_str).collect();
    let more = if keys.len() > SHOWN { " …" } else { "" };
    format!("{}{more}", some.join(" "))
}

/// Changes the issues that a query finds, after the plan is agreed to.
///
/// # Errors
/// There are none, the plan is not agreed to, or some are not changed.
pub(crate) async fn change(
    session: &mut Session<'_, '_>,
    query: &str,
    values: Value,
    what: &str,
) -> Result<(), Failure> {
    let which = Which { query: Some(query.to_owned()), keys: Vec::new(), filter: None };
    start(session, &which, "/bulkchange/_update", json!({"values": values}), what, false).await
}

async fn start(
    session: &mut Session<'_, '_>,
    which: &Which,
    path: &str,
    mut body: Value,
    what: &str,
    no_wait: bool,
) -> Result<(), Failure> {
    let Plan { keys, missing } = which.plan(session).await?;
    if keys.is_empty() {
        return Err(Failure::new(Kind::NotFound, "there are no such issues"));
    }
    session.output.remark(&format!("plan: {what} on {} issues: {}", keys.len(), some(&keys)));
    if !missing.is_empty() {
        let line = format!("  will not: {} not found: {}", missing.len(), some(&missing));
        session.output.remark(&line);
    }
    if session.silent() {
        session.output.remark("nobody will be notified");
    }
    session.confirm("continue?")?;
    body["issues"] = keys.into();
    let Some(change) = session.write(HttpMethod::POST, path, &[], Some(body)).await? else {
        return Ok(());
    };
    let id = cell(change.get("id"));
    if no_wait {
        return session.output.changed(CHANGE, &format!("bulk change {id} started"), change);
    }
    wait(session, &id).await?;
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(Kind::Partly, format!("{} issues were not found", missing.len())))
}

async fn wait(session: &mut Session<'_, '_>, id: &str) -> Result<(), Failure> {
    let tracker = session.tracker.clone();
    let mut progress = session.output.progress("changing", false);
    let amount = |count: Option<i64>| count.and_then(|count| u64::try_from(count).ok());
    let change = tracker
        .wait_for_bulk_change(id, |change| {
            let done = amount(change.total_completed_issues).unwrap_or_default();
            progress.at(done, amount(change.total_issues));
        })
        .await?;
    drop(progress);
    let path = Session::at("/bulkchange/{id}/issues", &[id]);
    let failed = session.list(&path, &[], 0).await?.items;
    let total = change.total_issues.unwrap_or_default();
    let bad = failed.len();
    let done = change.total_completed_issues.unwrap_or_default();
    let undo = shown(&format!("undo: trackway bulk undo {id}"));
    let line = format!("{done} of {total} changed   bulk change {id} · {undo}");
    let all = change.status == "COMPLETE";
    let value = serde_json::to_value(&change).map_err(std::io::Error::from)?;
    session.output.changed(CHANGE, &line, value)?;
    for issue in &failed {
        session.output.remark(&format!(
            "{}: {}",
            cell(issue["issue"].get("key")),
            cell(issue["error"].get("errorMessages"))
        ));
    }
    if all && bad == 0 {
        return Ok(());
    }
    let kind =
        if i64::try_from(bad).unwrap_or(i64::MAX) >= total { Kind::Rules } else { Kind::Partly };
    Err(Failure::new(kind, format!("{bad} issues were not changed"))
        .hint(format!("trackway bulk log {id}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_become_values() {
        let fields = |text: &[&str]| text.iter().map(|t| t.parse().expect("good")).collect();
        let values = values(
            fields(&["priority=critical"]),
            fields(&["tags=a", "tags=b"]),
            fields(&["tags=c"]),
            vec!["deadline".to_owned()],
        );
        let wanted = json!({"priority": "critical", "tags": {"add": ["a", "b"], "remove": ["c"]},
            "deadline": null});
        assert_eq!(Value::Object(values), wanted);
    }
}
