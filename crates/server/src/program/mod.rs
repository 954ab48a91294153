//! Command line of the server side, and the way into the client side.

mod admin;
mod app;
mod audit;
mod backup;
mod bootstrap;
mod configuration;
mod demo;
mod demo_files;
mod directory;
mod ready;
mod said;
mod serve;
mod storage;
mod telemetry;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

/// An open, self-hosted issue tracker.
#[derive(Parser)]
#[command(name = "trackway", version, about, disable_help_subcommand = true)]
#[command(arg(trackway_cli::language_flag()))]
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
    /// Makes backups of an installation at work, and restores them.
    Backup(Box<backup::Arguments>),
    /// Fills a data folder with generated issues, for load tests.
    Demo(Box<demo::Arguments>),
    #[command(flatten)]
    Client(trackway_cli::Command),
}

/// Runs the program.
pub(crate) fn run() -> ExitCode {
    trackway_cli::program(|arguments: Arguments| {
        let outcome = match arguments.command {
            Command::Serve(arguments) => serve::run(*arguments),
            Command::Admin(arguments) => admin::run(*arguments),
            Command::Backup(arguments) => backup::run(*arguments),
            Command::Demo(arguments) => demo::run(&arguments),
            Command::Client(command) => return trackway_cli::run(command, Arguments::command),
        };
        match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                said::failed(&error);
                ExitCode::FAILURE
            }
        }
    })
}

/// Milliseconds since the epoch. Domain code gets the time from here and never looks itself.
pub(crate) fn now() -> trackway_core::time::Instant {
    jiff::Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap, HashSet};

    use clap::CommandFactory as _;
    use trackway_cli::russian;

    use super::configuration::HELP;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }

    #[test]
    fn all_help_has_a_russian_text() {
        let table: HashMap<&str, &str> = russian::pairs().collect();
        let (mut used, mut missing) = (HashSet::new(), BTreeSet::new());
        russian::with(super::Arguments::command(), &mut |text| {
            match table.get_key_value(text) {
                Some((english, _)) => drop(used.insert(*english)),
                // Of the configuration file below the help of `serve` the comments have one.
                None if text.is_empty() || HELP.lines().skip(1).any(|line| line == text) => {}
                None => drop(missing.insert(text.to_owned())),
            }
            table.get(text).copied()
        });
        let missing: Vec<String> = missing.into_iter().collect();
        assert!(missing.is_empty(), "no Russian for:\n{}", missing.join("\n"));
        let unused: Vec<&str> = table.into_keys().filter(|text| !used.contains(text)).collect();
        assert!(unused.is_empty(), "nobody says:\n{}", unused.join("\n"));
    }
}
