//! Command line of the server side, and the way into the client side.

mod admin;
mod app;
mod audit;
mod configuration;
mod demo;
mod demo_files;
mod directory;
mod ready;
mod serve;
mod storage;
mod telemetry;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// An open, self-hosted issue tracker.
#[derive(Parser)]
#[command(name = "trackway", version, about, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server.
    #[command(after_long_help = configuration::HELP)]
    Serve(Box<serve::Arguments>),
    /// Makes organisations, people and tokens, straight in the database.
    Admin(Box<admin::Arguments>),
    /// Fills a data folder with generated issues, for load tests.
    Demo(Box<demo::Arguments>),
    #[command(flatten)]
    Client(trackway_cli::Command),
}

/// Runs the program.
pub(crate) fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Serve(arguments) => serve::run(*arguments),
        Command::Admin(arguments) => admin::run(*arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Client(command) => return trackway_cli::run(command, Arguments::command),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("trackway: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Milliseconds since the epoch. Domain code gets the time from here and never looks itself.
pub(crate) fn now() -> trackway_core::time::Instant {
    jiff::Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
