//! `trackway dashboard`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;

use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

mod file;
mod plan;

const DASHBOARD: &[Column] = &[
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("OWNER", "owner"),
    Column("CREATED", "createdAt"),
];

/// Arguments of `trackway dashboard`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// What to do with dashboards.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Lists the dashboards you may see.
    List,
    /// Shows a dashboard with its widgets.
    View {
        /// Id or name.
        name: String,
    },
    /// Prints a dashboard with its widgets as TOML, to be kept, changed and applied.
    Export {
        /// Id or name.
        name: String,
    },
    /// Creates an empty dashboard.
    Create {
        /// Name.
        name: String,
        /// one-column, two-columns, three-columns, narrow-left-wide-right or one-top-two-bottom.
        #[arg(long)]
        layout: Option<String>,
    },
    /// Makes a dashboard what a file says, and makes it where there is none.
    Apply {
        /// File of an export, as TOML or JSON; - for standard input.
        file: PathBuf,
    },
}

pub(crate) async fn run(action: Action, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    match action {
        Action::List => {
            let found = session.find("/dashboards/_search", json!({}), 0).await?;
            session.output.list(DASHBOARD, found.items)
        }
        Action::View { name } => view(&name, session).await,
        Action::Export { name } => {
            let found = named(&name, session).await?;
            let form = file::State::of(found, session).await?.form();
            if session.output.is_json() {
                return session.output.json(&form);
            }
            session.output.text(file::written(&form).trim_end())
        }
        Action::Create { name, layout } => {
            let body = json!({"name": name, "layout": layout});
            let made = session.write(HttpMethod::POST, "/dashboards", &[], Some(body)).await?;
            made.map_or(Ok(()), |made| {
                let line = format!("dashboard {} created: {name}", cell(made.get("id")));
                session.output.changed(DASHBOARD, &line, made)
            })
        }
        Action::Apply { file } => plan::apply(&file, session).await,
    }
}

async fn view(name: &str, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let found = named(name, session).await?;
    if !session.output.is_for_people() && !session.output.is_plain() {
        return session.output.one(DASHBOARD, found);
    }
    let owner = cell(found.get("owner"));
    let mut text = format!("{}  {}  · {owner}", cell(found.get("id")), cell(found.get("name")));
    for widget in &file::State::of(found, session).await?.widgets {
        text.extend([format!("\n  {}  {}", widget.id, plan::called(&widget.settings))]);
    }
    session.output.text(&text)
}

/// The dashboard of this id or name.
async fn named(name: &str, session: &Session<'_, '_>) -> Result<Value, Failure> {
    if name.bytes().all(|b| b.is_ascii_digit()) {
        return session.get(&Session::at("/dashboards/{id}", &[name]), &[]).await;
    }
    let id = id_of(name, session).await?.ok_or_else(|| {
        Failure::new(Kind::NotFound, format!("there is no dashboard {name:?}"))
            .hint("trackway dashboard list")
    })?;
    session.get(&Session::at("/dashboards/{id}", &[&id]), &[]).await
}

async fn id_of(name: &str, session: &Session<'_, '_>) -> Result<Option<String>, Failure> {
    let all = session.find("/dashboards/_search", json!({"name": name}), 0).await?.items;
    Ok(all.iter().find(|one| one["name"] == name).map(|one| cell(one.get("id"))))
}
