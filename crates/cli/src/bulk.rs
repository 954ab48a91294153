//! `trackway bulk`: changes of many issues as one job of the server.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;
use trackway_client::api::types::Members;

use crate::api::Field;
use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

const CHANGE: &[Column] = &[
    Column("ID", "id"),
    Column("STATUS", "status"),
    Column("DONE", "totalCompletedIssues"),
    Column("OF", "totalIssues"),
    Column("TEXT", "statusText"),
];
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
            let what = format!("change {}", names.join(", "));
            let body = json!({"values": values});
            start(session, &which, "/bulkchange/_update", body, &what, no_wait).await
        }
        Action::Transition { which, to, set, no_wait } => {
            let values = values(set, Vec::new(), Vec::new(), Vec::new());
            let body = json!({"transition": to, "values": values});
            let what = format!("transition {to}");
            start(session, &which, "/bulkchange/_transition", body, &what, no_wait).await
        }
        Action::Move { which, queue, no_wait } => {
            let what = format!("move to {queue}");
            let body = json!({"queue": queue});
            start(session, &which, "/bulkchange/_move", body, &what, no_wait).await
        }
        Action::Comment { which, text } => {
            let body = json!({"values": {"comment": crate::session::text(&text)?}});
            start(session, &which, "/bulkchange/_update", body, "comment", false).await
        }
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

impl Which {
    async fn keys(&self, session: &Session<'_, '_>) -> Result<Vec<String>, Failure> {
        let body = match (&self.query, &self.filter) {
            (Some(query), _) => json!({"query": query}),
            (_, Some(id)) => json!({"filterId": id}),
            _ => {
                let mut keys = self.keys.clone();
                if keys == ["-"] {
                    let text = crate::session::text("-")?;
                    keys = text.split_whitespace().map(str::to_owned).collect();
                }
                return Ok(keys.iter().map(|key| session.key(key)).collect());
            }
        };
        let found = session.search(body, 0).await?;
        Ok(found.items.iter().map(|issue| cell(issue.get("key"))).collect())
    }
}

async fn start(
    session: &mut Session<'_, '_>,
    which: &Which,
    path: &str,
    mut body: Value,
    what: &str,
    no_wait: bool,
) -> Result<(), Failure> {
    const SHOWN: usize = 10;
    let keys = which.keys(session).await?;
    if keys.is_empty() {
        return Err(Failure::new(Kind::NotFound, "there are no such issues"));
    }
    let some: Vec<&str> = keys.iter().take(SHOWN).map(String::as_str).collect();
    let more = if keys.len() > SHOWN { " …" } else { "" };
    session.output.remark(&format!(
        "plan: {what} of {} issues: {}{more}",
        keys.len(),
        some.join(" ")
    ));
    session.confirm("continue?")?;
    body["issues"] = keys.into();
    let Some(change) = session.write(HttpMethod::POST, path, &[], Some(body)).await? else {
        return Ok(());
    };
    let id = cell(change.get("id"));
    if no_wait {
        return session.output.changed(CHANGE, &format!("bulk change {id} started"), change);
    }
    wait(session, &id).await
}

async fn wait(session: &mut Session<'_, '_>, id: &str) -> Result<(), Failure> {
    let tracker = session.tracker.clone();
    let change = tracker.wait_for_bulk_change(id, |_| {}).await?;
    let path = Session::at("/bulkchange/{id}/issues", &[id]);
    let failed = session.list(&path, &[], 0).await?.items;
    let total = change.total_issues.unwrap_or_default();
    let bad = failed.len();
    let line = format!(
        "{} of {total} done, bulk change {id}",
        change.total_completed_issues.unwrap_or_default()
    );
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
