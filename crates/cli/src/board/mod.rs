//! `trackway board`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;
use trackway_client::api::types::Members;

use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::lang::shown;
use crate::output::Column;
use crate::session::{ISSUE, Session};
use crate::shape::cell;

pub(crate) const BOARD: &[Column] = &[
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
mod copy;
mod measure;
mod past;
mod rank;
mod report;
mod view;

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
    View(view::Arguments),
    /// Lists the open issues of a board that are planned into no sprint.
    Backlog {
        /// Id.
        id: String,
        /// How many at most; 0 for all.
        #[arg(short = 'L', long, value_name = "N", default_value_t = 30)]
        limit: usize,
    },
    /// Counts what happened on a board: a chart for people, rows for programs.
    Report(Box<report::Arguments>),
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
        /// People give its issues their order (see rank).
        #[arg(long)]
        ranking: bool,
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
    /// Puts an issue of a board in front of or behind another one.
    Rank(rank::Arguments),
    /// Creates a board with the columns, the filter and the settings of another one.
    Copy(copy::Copy),
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
        /// Whether people give its issues their order (see rank).
        #[arg(long, value_name = "true|false")]
        ranking: Option<bool>,
    },
    /// Deletes a board with its sprints.
    Delete {
        /// Id.
        id: String,
    },
}

pub(crate) async fn run(action: Action, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    match action {
        Action::List => {
            let found = session.list("/boards", &[], 0).await?;
            session.output.list(BOARD, found.items)
        }
        Action::View(arguments) => view::view(&arguments, session).await,
        Action::Backlog { id, limit } => view::backlog(session, &id, limit).await,
        Action::Report(arguments) => report::run(*arguments, session).await,
        Action::Columns { id } => {
            let path = Session::at("/boards/{id}/columns", &[&id]);
            let found = session.list(&path, &[], 0).await?;
            session.output.list(COLUMN, found.items)
        }
        Action::Create { name, queue, query, sprints, ranking } => {
            let mut body = json!({"name": name, "defaultQueue": queue, "query": query,
                "sprintsAvailable": sprints});
            if ranking {
                body["useRanking"] = true.into();
            }
            let made = session.write(HttpMethod::POST, "/boards", &[], Some(body)).await?;
            made.map_or(Ok(()), |board| {
                let line = format!("board {} created: {name}", cell(board.get("id")));
                session.output.changed(BOARD, &line, board)
            })
        }
        Action::Copy(arguments) => copy::copy(arguments, session).await,
        Action::Add { keys, board } => {
            plan(session, &keys, &json!({"boards": {"add": [board]}}), "on the board").await
        }
        Action::Remove { keys, board } => {
            plan(session, &keys, &json!({"boards": {"remove": [board]}}), "off the board").await
        }
        Action::Move { key, board, to } => relocate(session, &key, &board, &to).await,
        Action::Rank(arguments) => rank::rank(&arguments, session).await,
        Action::Edit { id, name, query, ranking } => {
            let path = Session::at("/boards/{id}", &[&id]);
            let given = [
                ("name", name.map(Value::from)),
                ("query", query.map(Value::from)),
                ("useRanking", ranking.map(Value::from)),
            ];
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
pub(crate) async fn change(
    session: &mut Session<'_, '_>,
    path: &str,
    given: &[(&str, Option<impl Clone + Into<Value>>)],
) -> Result<Option<Value>, Failure> {
    let body: Members = given
        .iter()
        .filter_map(|(name, value)| Some(((*name).to_owned(), value.clone()?.into())))
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
    let issue = session.get(&Session::at("/issues/{key}", &[&key]), &[]).await?;
    if statuses.contains(&cell(issue["status"].get("key"))) {
        let line = format!("{key} is in {} already", cell(column.get("name")));
        session.output.remark(&line);
        return Ok(());
    }
    crate::issue::flow::go_to_one(session, &key, &statuses).await
}

/// Changes each of some issues, and says what became of it.
pub(crate) async fn plan(
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
            session.output.changed(ISSUE, &format!("{key}: {}", shown(what)), issue)?;
        }
    }
    Ok(())
}
