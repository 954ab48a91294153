//! From the words of a command line to a command: what every program does that has the commands of
//! this crate, with those of the server or alone.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use clap::Parser;

use crate::alias::{self, Expanded};
use crate::common::Look;
use crate::failure::{Failure, Kind};
use crate::output::Output;
use crate::{help, parse, shells, shown, speak};

/// What `--version` and `trackway version` say.
pub(crate) const VERSION: &str = concat!("trackway ", env!("CARGO_PKG_VERSION"));

/// Reads the command line of this process and runs what it asks for.
///
/// Shells that ask for completions are answered, aliases replaced, and failures told to the caller.
pub fn program<P: Parser>(run: impl FnOnce(P) -> ExitCode) -> ExitCode {
    // A shell that asks for completions is answered, and nothing else is done.
    clap_complete::CompleteEnv::with_factory(completed::<P>).shells(shells()).complete();
    let words: Vec<OsString> = std::env::args_os().collect();
    if words.len() < 2 {
        speak(&[]);
        let serves = P::command().find_subcommand("serve").is_some();
        return say(&help::welcome(serves));
    }
    // Scripts ask often, and making the whole command line takes longer than the answer.
    if let [_, only] = words.as_slice()
        && (only == "--version" || only == "-V")
    {
        return say(VERSION);
    }
    let line = match alias::expanded(words, &P::command()) {
        Expanded::Line(line) => line,
        Expanded::Shell(command, rest) => return shell(&command, &rest),
    };
    speak(&line);
    match parse(line) {
        Ok(arguments) => run(arguments),
        Err(code) => code,
    }
}

fn say(text: &str) -> ExitCode {
    let said = Output::standard(&Look::default()).text(text);
    if said.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The command line that completions are made of.
fn completed<P: Parser>() -> clap::Command {
    speak(&[]);
    shown(P::command())
}

/// Leaves an alias to the shell.
fn shell(command: &str, rest: &[OsString]) -> ExitCode {
    let ran = Command::new("sh").args(["-c", command, "trackway"]).args(rest).status();
    match ran.map(|status| status.code()) {
        Ok(code) => ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(error) => {
            let failure = Failure::new(Kind::Failed, format!("cannot start the shell: {error}"));
            Output::standard(&Look::default()).complain(&failure.report(false));
            ExitCode::FAILURE
        }
    }
}
