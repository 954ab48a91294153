//! Reading the command line, and what is said where it cannot be read: help, and complaints.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, Error, Parser};

use super::russian;
use crate::common::Colour;
use crate::output::is_coloured;
use crate::{lang, target};

const LANGUAGE: &str = "--lang";

/// The flag of the language, for commands that have none of their own.
pub fn language_flag() -> Arg {
    Arg::new("lang")
        .long("lang")
        .value_name("LANG")
        .global(true)
        .value_parser(PossibleValuesParser::new(["en", "ru"]))
        .help("Language of help and messages; by default that of the system")
}

/// Chooses the language that the line or the environment asks for: it has to be known before the
/// line is parsed, which may fail.
pub fn speak(line: &[OsString]) {
    lang::choose(asked(line).or_else(target::environment_language).as_deref());
}

/// The last language that flags of the line ask for.
fn asked(line: &[OsString]) -> Option<String> {
    let words: Vec<&str> =
        line.iter().map_while(|word| word.to_str().filter(|word| *word != "--")).collect();
    let beside = words.windows(2).filter(|pair| pair[0] == LANGUAGE).map(|pair| pair[1]);
    let inside = words.iter().filter_map(|word| word.strip_prefix("--lang="));
    beside.chain(inside).find(|language| matches!(*language, "en" | "ru")).map(str::to_owned)
}

/// The command line for help and completions, in the language of this run.
pub(crate) fn shown(command: clap::Command) -> clap::Command {
    if lang::is_russian() { russian::translated(command) } else { command }
}

/// Parses a line. Where it asks for help or cannot be parsed that is said, and there is the code to
/// exit with.
pub(crate) fn parse<P: Parser>(line: Vec<OsString>) -> Result<P, ExitCode> {
    P::try_parse_from(&line).map_err(|error| {
        let said = if !lang::is_russian() || error.kind() == ErrorKind::DisplayVersion {
            error.print()
        } else {
            again::<P>(line).map_or_else(|| say(&error), |error| say(&error))
        };
        // There is nobody to tell if that fails.
        said.ok();
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(1))
    })
}

/// The same failure, with the Russian command line.
fn again<P: Parser>(line: Vec<OsString>) -> Option<Error> {
    russian::translated(P::command()).try_get_matches_from(line).err()
}

fn say(error: &Error) -> std::io::Result<()> {
    let is_page = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if !is_page {
        return write!(std::io::stderr(), "{}", russian::complaint(error));
    }
    let variable = |name: &str| std::env::var(name).ok();
    let paint = |terminal| {
        let page = error.render();
        let coloured = is_coloured(Colour::Auto, terminal, variable);
        let page = if coloured { page.ansi().to_string() } else { page.to_string() };
        russian::in_help(&page)
    };
    if error.use_stderr() {
        let stream = std::io::stderr();
        write!(&stream, "{}", paint(stream.is_terminal()))
    } else {
        let stream = std::io::stdout();
        write!(&stream, "{}", paint(stream.is_terminal()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_known_before_the_line_is_parsed() {
        let asked = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(Into::into).collect();
            asked(&words)
        };
        assert_eq!(asked("trackway --lang ru serve --nonsense").as_deref(), Some("ru"));
        assert_eq!(asked("trackway issue --help --lang=en").as_deref(), Some("en"));
        for line in ["trackway issue", "trackway --lang", "trackway a -- --lang ru", "t --lang de"]
        {
            assert_eq!(asked(line), None, "{line}");
        }
    }
}
