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

use std::ffi::OsString;
use std::process::{Command as Process, ExitCode};

use clap::{CommandFactory, Parser, Subcommand};
use trackway_cli::alias::{self, Expanded};

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
    // A shell that asks for completions is answered, and nothing else is done.
    clap_complete::CompleteEnv::with_factory(completed).shells(trackway_cli::shells()).complete();
    let words: Vec<OsString> = std::env::args_os().collect();
    if words.len() < 2 {
        return trackway_cli::welcome();
    }
    // Scripts ask often, and making the whole command line takes longer than the answer.
    if let [_, only] = words.as_slice()
        && (only == "--version" || only == "-V")
    {
        said::say(concat!("trackway ", env!("CARGO_PKG_VERSION")));
        return ExitCode::SUCCESS;
    }
    let line = match alias::expanded(words, &Arguments::command()) {
        Expanded::Line(line) => line,
        Expanded::Shell(command, rest) => return shell(&command, &rest),
    };
    trackway_cli::speak(&line);
    let arguments: Arguments = match trackway_cli::parse(line) {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
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
}

/// The command line that completions are made of.
fn completed() -> clap::Command {
    trackway_cli::speak(&[]);
    trackway_cli::shown(Arguments::command())
}

/// Leaves an alias to the shell.
fn shell(command: &str, rest: &[OsString]) -> ExitCode {
    let ran = Process::new("sh").args(["-c", command, "trackway"]).args(rest).status();
    match ran.map(|status| status.code()) {
        Ok(code) => ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(error) => {
            said::failed(&anyhow::Error::new(error).context("cannot start the shell"));
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
                // The configuration file below the help of `serve` is shown as it is.
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
