//! `trackway issue`.

use clap::{Args, Subcommand};
use trackway_client::Tracker;
use trackway_client::api::types::{KeyedRef, UserRef};

use crate::failure::Failure;
use crate::output::Output;
use crate::target::Target;

mod create;
mod list;
mod view;

/// Arguments of `trackway issue`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Print whole issues as JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// What to do with issues.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Shows an issue.
    View(view::Arguments),
    /// Lists issues, by default those changed last.
    List(list::Arguments),
    /// Creates an issue.
    Create(create::Arguments),
}

pub(crate) async fn run(
    action: Action,
    tracker: &Tracker,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    match action {
        Action::View(arguments) => view::run(arguments, tracker, output).await,
        Action::List(arguments) => list::run(arguments, tracker, output).await,
        Action::Create(arguments) => create::run(arguments, tracker, output).await,
    }
}

/// The name of a status, type or the like, in the language that the server chose.
fn name(reference: Option<&KeyedRef>) -> String {
    reference.map_or_else(String::new, |it| it.display.in_language("en").to_owned())
}

fn person(reference: Option<&UserRef>) -> String {
    reference.map_or_else(String::new, |it| it.display.clone())
}

/// A time of the API (`2026-11-24T10:11:12.345+0000`) to the minute.
fn minute(time: Option<&str>) -> String {
    let time = time.unwrap_or_default();
    time.get(..16).map_or_else(|| time.to_owned(), |minute| minute.replace('T', " "))
}
