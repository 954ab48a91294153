//! `trackway group`.

use clap::{Args, Subcommand};

use crate::common::Common;
use crate::failure::Failure;
use crate::output::Column;
use crate::session::Session;

const GROUP: &[Column] = &[Column("ID", "id"), Column("NAME", "name"), Column("TYPE", "type")];

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
