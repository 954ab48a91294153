//! `trackway sprint`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;

use crate::board::{change, plan};
use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

pub(crate) const SPRINT: &[Column] = &[
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("BOARD", "board"),
    Column("STATUS", "status"),
    Column("START", "startDate"),
    Column("END", "endDate"),
];

/// Arguments of `trackway sprint`.
#[derive(Debug, Args)]
pub struct SprintArguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: SprintAction,
}

/// What to do with sprints.
#[derive(Debug, Subcommand)]
pub(crate) enum SprintAction {
    /// Lists sprints.
    List {
        /// Only those of this board.
        #[arg(long, value_name = "ID")]
        board: Option<String>,
    },
    /// Shows the issues of a sprint.
    View {
        /// Id.
        id: String,
    },
    /// Lists the sprints in progress.
    Current {
        /// Only those of this board.
        #[arg(long, value_name = "ID")]
        board: Option<String>,
    },
    /// Creates a sprint.
    Create {
        /// Name.
        name: String,
        /// Id of the board.
        #[arg(long)]
        board: i64,
        /// First day.
        #[arg(long, value_name = "DATE")]
        start: String,
        /// Last day.
        #[arg(long, value_name = "DATE")]
        end: String,
    },
    /// Changes a sprint.
    Edit {
        /// Id.
        id: String,
        /// Name.
        #[arg(long)]
        name: Option<String>,
        /// First day.
        #[arg(long, value_name = "DATE")]
        start: Option<String>,
        /// Last day.
        #[arg(long, value_name = "DATE")]
        end: Option<String>,
    },
    /// Starts a sprint.
    Start {
        /// Id.
        id: String,
    },
    /// Finishes a sprint.
    Finish {
        /// Id.
        id: String,
        /// Where unfinished issues go: a sprint by id, next for the one after it on the board, or
        /// backlog.
        #[arg(long, value_name = "SPRINT")]
        unfinished_to: Option<String>,
    },
    /// Plans issues into a sprint.
    Add {
        /// Keys.
        #[arg(required = true)]
        keys: Vec<String>,
        /// Sprint, by id or name.
        #[arg(long)]
        sprint: String,
    },
    /// Takes issues out of a sprint.
    Remove {
        /// Keys.
        #[arg(required = true)]
        keys: Vec<String>,
        /// Sprint, by id or name.
        #[arg(long)]
        sprint: String,
    },
}
pub(crate) async fn sprint(
    action: SprintAction,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    match action {
        SprintAction::List { board } => {
            let sprints = sprints(session, board.as_deref()).await?;
            session.output.list(SPRINT, sprints)
        }
        SprintAction::Current { board } => {
            let mut sprints = sprints(session, board.as_deref()).await?;
            sprints.retain(|sprint| sprint["status"] == "in_progress");
            session.output.list(SPRINT, sprints)
        }
        SprintAction::View { id } => {
            let query = format!("Sprint: \"{id}\"");
            crate::issue::list::show(session, json!({"query": query}), 0, &query).await
        }
        SprintAction::Create { name, board, start, end } => {
            let body = json!({"name": name, "board": board, "startDate": start, "endDate": end});
            let made = session.write(HttpMethod::POST, "/sprints", &[], Some(body)).await?;
            made.map_or(Ok(()), |sprint| {
                let line = format!("sprint {} created: {name}", cell(sprint.get("id")));
                session.output.changed(SPRINT, &line, sprint)
            })
        }
        SprintAction::Edit { id, name, start, end } => {
            let path = Session::at("/sprints/{id}", &[&id]);
            let given = [("name", name), ("startDate", start), ("endDate", end)];
            let done = change(session, &path, &given).await?;
            done.map_or(Ok(()), |sprint| {
                session.output.changed(SPRINT, &format!("sprint {id} changed"), sprint)
            })
        }
        SprintAction::Start { id } => {
            let sprint = session.get(&Session::at("/sprints/{id}", &[&id]), &[]).await?;
            let query = [("version", cell(sprint.get("version")))];
            let path = Session::at("/sprints/{id}/_start", &[&id]);
            let done = session.write(HttpMethod::POST, &path, &query, Some(json!({}))).await?;
            done.map_or(Ok(()), |sprint| {
                session.output.changed(SPRINT, &format!("sprint {id} started"), sprint)
            })
        }
        SprintAction::Finish { id, unfinished_to } => {
            finish(session, &id, unfinished_to.as_deref()).await
        }
        SprintAction::Add { keys, sprint } => {
            plan(session, &keys, &json!({"sprint": {"add": [sprint]}}), "planned into the sprint")
                .await
        }
        SprintAction::Remove { keys, sprint } => {
            plan(
                session,
                &keys,
                &json!({"sprint": {"remove": [sprint]}}),
                "taken out of the sprint",
            )
            .await
        }
    }
}

async fn sprints(session: &Session<'_, '_>, board: Option<&str>) -> Result<Vec<Value>, Failure> {
    let found = match board {
        Some(board) => session.list(&Session::at("/boards/{id}/sprints", &[board]), &[], 0).await?,
        None => session.list("/sprints", &[("perPage", "100".to_owned())], 0).await?,
    };
    Ok(found.items)
}

/// Ids of the sprints that `current` and `next` mean: those that are on, or for each board the first
/// that waits. `None` for any other word.
pub(crate) async fn named(
    word: &str,
    session: &Session<'_, '_>,
) -> Result<Option<Vec<String>>, Failure> {
    let status = match word {
        "current" => "in_progress",
        "next" => "draft",
        _ => return Ok(None),
    };
    let mut found = session.whole("/sprints", &[("perPage", "100".to_owned())]).await?;
    found.retain(|sprint| sprint["status"] == status && sprint["archived"] != true);
    if word == "next" {
        found.sort_by_key(|sprint| cell(sprint.get("startDate")));
        let mut boards = Vec::new();
        found.retain(|sprint| {
            let board = cell(sprint["board"].get("id"));
            let first = !boards.contains(&board);
            boards.push(board);
            first
        });
    }
    if found.is_empty() {
        let failure = Failure::new(Kind::NotFound, format!("there is no {word} sprint"));
        return Err(failure.hint("trackway sprint list"));
    }
    Ok(Some(found.iter().map(|sprint| cell(sprint.get("id"))).collect()))
}

/// The one sprint that a word means: an id, a name, `current` or `next`.
pub(crate) async fn one(word: &str, session: &Session<'_, '_>) -> Result<String, Failure> {
    let Some(ids) = named(word, session).await? else { return Ok(word.to_owned()) };
    match <[String; 1]>::try_from(ids) {
        Ok([id]) => Ok(id),
        Err(ids) => Err(Failure::usage(format!("there are {} such sprints", ids.len()))
            .note("possible", ids.join(", "))
            .hint("trackway sprint list")),
    }
}

/// The sprint of the same board that begins after one and is not over.
async fn following(session: &Session<'_, '_>, id: &str) -> Result<String, Failure> {
    let sprint = session.get(&Session::at("/sprints/{id}", &[id]), &[]).await?;
    let board = cell(sprint["board"].get("id"));
    let start = |sprint: &Value| cell(sprint.get("startDate"));
    let waits = |other: &&Value| {
        let open = matches!(other["status"].as_str(), Some("draft" | "in_progress"));
        open && other["id"] != sprint["id"] && start(other) >= start(&sprint)
    };
    let all = sprints(session, Some(&board)).await?;
    let next = all.iter().filter(waits).min_by_key(|other| start(other));
    next.map(|sprint| cell(sprint.get("id"))).ok_or_else(|| {
        Failure::new(Kind::NotFound, format!("no sprint of the board follows {id}"))
            .hint("trackway sprint create NAME --board ID --start DATE --end DATE")
    })
}

async fn finish(
    session: &mut Session<'_, '_>,
    id: &str,
    unfinished_to: Option<&str>,
) -> Result<(), Failure> {
    let query = format!("Sprint: \"{id}\" Resolution: empty()");
    let left = session.search(json!({"query": query}), 0).await?.items;
    if !left.is_empty() && unfinished_to.is_none() {
        let message = format!("{} issues of the sprint are not done", left.len());
        return Err(Failure::new(Kind::Unconfirmed, message)
            .hint("say where they go: --unfinished-to SPRINT, next or backlog"));
    }
    session.confirm(&format!("finish sprint {id}, {} issues move on", left.len()))?;
    let next;
    let unfinished_to = if unfinished_to == Some("next") {
        next = following(session, id).await?;
        Some(next.as_str())
    } else {
        unfinished_to
    };
    let number: Value = id.parse::<i64>().map_or_else(|_| id.into(), Into::into);
    let body = match unfinished_to {
        None | Some("backlog") => json!({"sprint": {"remove": [number]}}),
        Some(next) => {
            let next: Value = next.parse::<i64>().map_or_else(|_| next.into(), Into::into);
            json!({"sprint": {"replace": [{"target": number, "replacement": next}]}})
        }
    };
    let keys: Vec<String> = left.iter().map(|issue| cell(issue.get("key"))).collect();
    plan(session, &keys, &body, "moved on").await?;
    let sprint = session.get(&Session::at("/sprints/{id}", &[id]), &[]).await?;
    let query = [("version", cell(sprint.get("version")))];
    let path = Session::at("/sprints/{id}", &[id]);
    let body = json!({"status": "released"});
    let done = session.write(HttpMethod::PATCH, &path, &query, Some(body)).await?;
    done.map_or(Ok(()), |sprint| {
        session.output.changed(SPRINT, &format!("sprint {id} finished"), sprint)
    })
}
