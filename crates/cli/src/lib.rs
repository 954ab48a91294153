//! Commands of `trackway` that speak to a server over the API: to a Trackway server or to the
//! cloud service.
//!
//! Results go to standard output, everything else to standard error. On a terminal results are
//! tables for people, otherwise tab separated lines, and with `--json` JSON.
#![expect(clippy::doc_markdown, reason = "doc comments are help texts, shown as they are")]
#![expect(clippy::match_same_arms, reason = "one line for each kind of failure")]

use std::process::ExitCode;

use clap::Subcommand;
use trackway_client::Builder;

mod api;
mod failure;
mod issue;
mod me;
mod output;
mod target;

#[cfg(test)]
mod tests;

use failure::{Failure, Kind};
use output::Output;
use target::Target;

/// The commands, to be flattened into those of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Calls any operation of the API.
    Api(Box<api::Arguments>),
    /// Works with issues.
    #[command(visible_alias = "i")]
    Issue(Box<issue::Arguments>),
    /// Shows who you are for the server.
    Me(Box<me::Arguments>),
}

impl Command {
    fn target(&self) -> &Target {
        match self {
            Self::Api(arguments) => &arguments.target,
            Self::Issue(arguments) => &arguments.target,
            Self::Me(arguments) => &arguments.target,
        }
    }

    /// Whether everything is to be said in JSON, failures too.
    fn speaks_json(&self) -> bool {
        match self {
            Self::Api(arguments) => !arguments.list,
            Self::Issue(arguments) => arguments.json,
            Self::Me(arguments) => arguments.json,
        }
    }
}

/// Runs a command to its end, prints what it has to say and gives the code to exit with:
/// 0 done, 1 failed for another reason, 2 wrong usage, 4 not found, 5 refused, 6 server or network
/// not reachable, 70 a bug.
pub fn run(command: Command) -> ExitCode {
    let json = command.speaks_json();
    let mut output = Output::standard(json);
    match start(command, &mut output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            output.complain(&failure.report(json));
            ExitCode::from(failure.kind().exit_code())
        }
    }
}

fn start(command: Command, output: &mut Output<'_>) -> Result<(), Failure> {
    let builder = command.target().builder(|name| std::env::var(name).ok())?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Kind::Failed, format!("the runtime: {error}")))?
        .block_on(execute(command, builder, output))
}

async fn execute(
    command: Command,
    builder: Builder,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    match command {
        Command::Api(arguments) => api::run(*arguments, builder, output).await,
        Command::Issue(arguments) => issue::run(arguments.action, &builder.build()?, output).await,
        Command::Me(_) => me::run(&builder.build()?, output).await,
    }
}
