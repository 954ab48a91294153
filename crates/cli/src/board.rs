//! `trackway board` and `trackway sprint`.

use std::fmt::Write;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;
use trackway_client::api::types::Members;

use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::session::{ISSUE, Session};
use crate::shape::cell;

const BOARD: &[Column] = &[
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("QUEUE", "defaultQueue.key"),
    Column("COLUMNS", "columns"),
];
const COLUMN: &[Column] = &[
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("LIMIT", "limit"),
    Column("STATUSES", "statuses"),
];
const SPRINT: &[Column] = &[
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("BOARD", "board"),
    Column("STATUS", "status"),
    Column("START", "startDate"),
    Column("END", "endDate"),
];

/// Arguments of `trackway board`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// What to do with boards.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Lists the boards you may see.
    List,
    /// Shows the issues of a board by column.
    View {
        /// Id.
        id: String,
        /// Only issues assigned to you.
        #[arg(long)]
        mine: bool,
    },
    /// Lists the columns of a board.
    Columns {
        /// Id.
        id: String,
    },
    /// Creates a board.
    Create {
        /// Name.
        name: String,
        /// Queue of new issues.
        #[arg(short = 'k', long, value_name = "KEY")]
        queue: Option<String>,
        /// Which issues it shows.
        #[arg(short = 'Q', long)]
        query: Option<String>,
        /// The board has sprints.
        #[arg(long)]
        sprints: bool,
    },
    /// Puts issues on a board.
    Add {
        /// Keys.
        #[arg(required = true)]
        keys: Vec<String>,
        /// Id of the board.
        #[arg(long)]
        board: i64,
    },
    /// Takes issues off a board.
    Remove {
        /// Keys.
        #[arg(required = true)]
        keys: Vec<String>,
        /// Id of the board.
        #[arg(long)]
        board: i64,
    },
    /// Takes an issue to a column of a board, by the transition that leads there.
    Move {
        /// Key.
        key: String,
        /// Id of the board.
        #[arg(long)]
        board: String,
        /// Column, by name or id.
        #[arg(long, value_name = "COLUMN")]
        to: String,
    },
    /// Changes a board.
    Edit {
        /// Id.
        id: String,
        /// Name.
        #[arg(long)]
        name: Option<String>,
        /// Which issues it shows.
        #[arg(short = 'Q', long)]
        query: Option<String>,
    },
    /// Deletes a board with its sprints.
    Delete {
        /// Id.
        id: String,
    },
}

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
        /// Where unfinished issues go: a sprint by id, or the backlog.
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

pub(crate) async fn run(action: Action, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    match action {
        Action::List => {
            let found = session.list("/boards", &[], 0).await?;
            session.output.list(BOARD, found.items)
        }
        Action::View { id, mine } => view(session, &id, mine).await,
        Action::Columns { id } => {
            let path = Session::at("/boards/{id}/columns", &[&id]);
            let found = session.list(&path, &[], 0).await?;
            session.output.list(COLUMN, found.items)
        }
        Action::Create { name, queue, query, sprints } => {
            let body = json!({"name": name, "defaultQueue": queue, "query": query,
                "sprintsAvailable": sprints});
            let made = session.write(HttpMethod::POST, "/boards", &[], Some(body)).await?;
            made.map_or(Ok(()), |board| {
                let line = format!("board {} created: {name}", cell(board.get("id")));
                session.output.changed(BOARD, &line, board)
            })
        }
        Action::Add { keys, board } => {
            plan(session, &keys, &json!({"boards": {"add": [board]}}), "on the board").await
        }
        Action::Remove { keys, board } => {
            plan(session, &keys, &json!({"boards": {"remove": [board]}}), "off the board").await
        }
        Action::Move { key, board, to } => relocate(session, &key, &board, &to).await,
        Action::Edit { id, name, query } => {
            let path = Session::at("/boards/{id}", &[&id]);
            let given = [("name", name), ("query", query)];
            let done = change(session, &path, &given).await?;
            done.map_or(Ok(()), |board| {
                session.output.changed(BOARD, &format!("board {id} changed"), board)
            })
        }
        Action::Delete { id } => {
            session.confirm(&format!("delete board {id} with its sprints"))?;
            let path = Session::at("/boards/{id}", &[&id]);
            session.write(HttpMethod::DELETE, &path, &[], None).await?;
            Ok(())
        }
    }
}

/// Changes what is given of an object that has a version.
async fn change(
    session: &mut Session<'_, '_>,
    path: &str,
    given: &[(&str, Option<String>)],
) -> Result<Option<Value>, Failure> {
    let body: Members = given
        .iter()
        .filter_map(|(name, text)| Some(((*name).to_owned(), text.clone()?.into())))
        .collect();
    if body.is_empty() {
        return Err(Failure::usage("nothing to change").hint("give fields, see --help"));
    }
    let object = session.get(path, &[]).await?;
    let query = [("version", cell(object.get("version")))];
    session.write(HttpMethod::PATCH, path, &query, Some(body.into())).await
}

/// Takes an issue to the first status of a column that a transition leads to.
async fn relocate(
    session: &mut Session<'_, '_>,
    key: &str,
    board: &str,
    to: &str,
) -> Result<(), Failure> {
    let path = Session::at("/boards/{id}/columns", &[board]);
    let columns = session.list(&path, &[], 0).await?.items;
    let is = |column: &&Value| {
        cell(column.get("name")).to_lowercase() == to.to_lowercase() || cell(column.get("id")) == to
    };
    let column = columns.iter().find(is).ok_or_else(|| {
        let names: Vec<String> = columns.iter().map(|column| cell(column.get("name"))).collect();
        Failure::new(Kind::NotFound, format!("board {board} has no column {to:?}"))
            .note("possible", names.join(", "))
    })?;
    let statuses = column["statuses"].as_array().into_iter().flatten();
    let statuses: Vec<String> = statuses.map(|status| cell(status.get("key"))).collect();
    let key = session.key(key);
    crate::issue::flow::go_to_one(session, &key, &statuses).await
}

async fn plan(
    session: &mut Session<'_, '_>,
    keys: &[String],
    body: &Value,
    what: &str,
) -> Result<(), Failure> {
    for key in keys {
        let key = session.key(key);
        let path = Session::at("/issues/{key}", &[&key]);
        if let Some(issue) =
            session.write(HttpMethod::PATCH, &path, &[], Some(body.clone())).await?
        {
            session.output.changed(ISSUE, &format!("{key}: {what}"), issue)?;
        }
    }
    Ok(())
}

/// The issues of a board: those put on it, and those its query or filter finds.
async fn view(session: &mut Session<'_, '_>, id: &str, mine: bool) -> Result<(), Failure> {
    let board = session.get(&Session::at("/boards/{id}", &[id]), &[]).await?;
    let columns = session.list(&Session::at("/boards/{id}/columns", &[id]), &[], 0).await?.items;
    let query = board["query"].as_str().unwrap_or_default();
    let body = match &board["filter"] {
        Value::Object(filter) if !filter.is_empty() => {
            let mut filter = filter.clone();
            if mine {
                filter.insert("assignee".to_owned(), "me()".into());
            }
            json!({"filter": filter})
        }
        _ => {
            let whose = if query.trim().is_empty() {
                format!("Boards: {id}")
            } else {
                // A query of the board may end with an order.
                query.split("\"Sort By\"").next().unwrap_or(query).trim().to_owned()
            };
            let mine = if mine { " AND Assignee: me()" } else { "" };
            json!({"query": format!("({whose}){mine}")})
        }
    };
    let found = session.search(body, 0).await?;
    if !session.output.is_for_people() && !session.output.is_plain() {
        return session.output.list(ISSUE, found.items);
    }
    let mut text = format!("{}  {}", cell(board.get("id")), cell(board.get("name")));
    for column in &columns {
        let statuses = column["statuses"].as_array().cloned().unwrap_or_default();
        let stands = |issue: &&Value| statuses.iter().any(|s| s["key"] == issue["status"]["key"]);
        let issues: Vec<&Value> = found.items.iter().filter(stands).collect();
        let limit = cell(column.get("limit"));
        let limit = if limit.is_empty() { limit } else { format!("/{limit}") };
        // Strings take everything.
        write!(text, "\n\n{} ({}{limit})", cell(column.get("name")), issues.len()).ok();
        for issue in issues {
            let member = |name: &str| cell(issue.get(name));
            write!(text, "\n  {}  {}", member("key"), member("summary")).ok();
            let who = member("assignee");
            if !who.is_empty() {
                write!(text, "  · {who}").ok();
            }
        }
    }
    session.output.text(&text)
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
            plan(session, &keys, &json!({"sprint": {"add": [sprint]}}), "planned").await
        }
        SprintAction::Remove { keys, sprint } => {
            plan(session, &keys, &json!({"sprint": {"remove": [sprint]}}), "taken out").await
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
            .hint("say where they go: --unfinished-to SPRINT or --unfinished-to backlog"));
    }
    session.confirm(&format!("finish sprint {id}, {} issues move on", left.len()))?;
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
