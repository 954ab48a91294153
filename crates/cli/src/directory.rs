//! `trackway dashboard` and `trackway group`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

const DASHBOARD: &[Column] = &[
    Column("ID", "id"),
    Column("NAME", "name"),
    Column("OWNER", "owner"),
    Column("CREATED", "createdAt"),
];
const GROUP: &[Column] = &[Column("ID", "id"), Column("NAME", "name"), Column("TYPE", "type")];

/// Arguments of `trackway dashboard`.
#[derive(Debug, Args)]
pub struct Dashboards {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: DashboardAction,
}

/// What to do with dashboards.
#[derive(Debug, Subcommand)]
pub(crate) enum DashboardAction {
    /// Lists the dashboards you may see.
    List,
    /// Shows a dashboard with its widgets.
    View {
        /// Id or name.
        name: String,
    },
    /// Prints a dashboard as JSON, to be kept or compared.
    Export {
        /// Id or name.
        name: String,
    },
}

pub(crate) async fn dashboard(
    action: DashboardAction,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    match action {
        DashboardAction::List => {
            let found = session.find("/dashboards/_search", json!({}), 0).await?;
            session.output.list(DASHBOARD, found.items)
        }
        DashboardAction::View { name } => {
            let found = named(&name, session).await?;
            if !session.output.is_for_people() && !session.output.is_plain() {
                return session.output.one(DASHBOARD, found);
            }
            let owner = cell(found.get("owner"));
            let mut text =
                format!("{}  {}  · {owner}", cell(found.get("id")), cell(found.get("name")));
            for widget in found["widgets"].as_array().into_iter().flatten() {
                let title = cell(widget.get("title").or_else(|| widget.get("name")));
                text.extend([format!("\n  {}  {title}", cell(widget.get("type")))]);
            }
            session.output.text(&text)
        }
        DashboardAction::Export { name } => {
            let found = named(&name, session).await?;
            let text = serde_json::to_string_pretty(&found).map_err(std::io::Error::from)?;
            session.output.text(&text)
        }
    }
}

/// The dashboard of this id or name.
async fn named(name: &str, session: &Session<'_, '_>) -> Result<Value, Failure> {
    if name.bytes().all(|b| b.is_ascii_digit()) {
        return session.get(&Session::at("/dashboards/{id}", &[name]), &[]).await;
    }
    let all = session.find("/dashboards/_search", json!({}), 0).await?.items;
    let found = all.iter().find(|one| one["name"] == name).map(|one| cell(one.get("id")));
    let id = found.ok_or_else(|| {
        Failure::new(Kind::NotFound, format!("there is no dashboard {name:?}"))
            .hint("trackway dashboard list")
    })?;
    session.get(&Session::at("/dashboards/{id}", &[&id]), &[]).await
}

/// Arguments of `trackway group`.
#[derive(Debug, Args)]
pub struct Groups {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: GroupAction,
}

/// What to do with groups.
#[derive(Debug, Subcommand)]
pub(crate) enum GroupAction {
    /// Lists the groups of the organisation.
    List,
    /// Shows a group.
    View {
        /// Id.
        id: String,
    },
}

pub(crate) async fn group(
    action: GroupAction,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    match action {
        GroupAction::List => {
            let found = session.list("/groups", &[], 0).await?;
            session.output.list(GROUP, found.items)
        }
        GroupAction::View { id } => {
            let found = session.get(&Session::at("/groups/{id}", &[&id]), &[]).await?;
            session.output.one(GROUP, found)
        }
    }
}
