//! The program `trackway` without its server side: the commands that speak to a server over the API.

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser};

/// An open, self-hosted issue tracker.
#[derive(Parser)]
#[command(name = "trackway", version, about, disable_help_subcommand = true)]
#[command(arg(trackway_cli::language_flag()))]
struct Arguments {
    #[command(subcommand)]
    command: trackway_cli::Command,
}

fn main() -> ExitCode {
    trackway_cli::program(|arguments: Arguments| {
        trackway_cli::run(arguments.command, Arguments::command)
    })
}
