//! Help in Russian. The definitions of commands are in English; their texts are looked up here, by
//! the English text, when help is to be shown to somebody who reads Russian. Whoever changes an English
//! text hears from a test that the Russian one is to be looked at again.

use std::collections::HashMap;

use clap::builder::{PossibleValue, PossibleValuesParser, StyledStr};
use clap::{Arg, Command};

mod complaint;
mod phrases;

pub(crate) use complaint::complaint;
pub(crate) use phrases::{in_help, in_manual};

/// English and Russian: a line, and one below it that is indented.
const TABLES: &[&str] = &[
    include_str!("table/common.txt"),
    include_str!("table/places.txt"),
    include_str!("table/issue.txt"),
    include_str!("table/queue.txt"),
    include_str!("table/board.txt"),
    include_str!("table/work.txt"),
    include_str!("table/setup.txt"),
    include_str!("table/server.txt"),
    include_str!("table/config.txt"),
];
const INDENT: &str = "  ";
/// What stands in front of a comment behind a setting.
const COMMENT: &str = " # ";
/// What stands in usage for the word of a command.
const COMMAND: &str = "КОМАНДА";

/// Looks up the Russian of an English text.
pub type Lookup<'l> = dyn FnMut(&str) -> Option<&'static str> + 'l;

/// All pairs of the tables.
pub fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLES.iter().flat_map(|table| {
        let mut lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        std::iter::from_fn(move || Some((lines.next()?, lines.next()?.strip_prefix(INDENT)?)))
    })
}

/// The command line with its help in Russian. It parses as it did, but the values of arguments that
/// explain theirs have another type: it is for help and for complaints.
pub(crate) fn translated(command: Command) -> Command {
    let table: HashMap<&str, &str> = pairs().collect();
    with(command, &mut |text| table.get(text).copied())
}

/// The command line with the texts that a look-up finds. What is hidden stays as it is.
pub fn with(mut command: Command, lookup: &mut Lookup<'_>) -> Command {
    // What the parser itself adds has to be there.
    command.build();
    walk(command, lookup)
}

fn walk(command: Command, lookup: &mut Lookup<'_>) -> Command {
    let about = command.get_about().map(|text| found(text, lookup));
    let long = command.get_long_about().map(|text| found(text, lookup));
    let after = command.get_after_long_help().map(|text| found(text, lookup));
    let mut command = command
        .mut_args(|arg| if arg.is_hide_set() { arg } else { argument(arg, lookup) })
        .mut_subcommands(|below| if below.is_hide_set() { below } else { walk(below, lookup) });
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(long) = long {
        command = command.long_about(long);
    }
    if let Some(after) = after {
        command = command.after_long_help(after);
    }
    if command.has_subcommands() { command.subcommand_value_name(COMMAND) } else { command }
}

fn argument(arg: Arg, lookup: &mut Lookup<'_>) -> Arg {
    let help = arg.get_help().map(|text| found(text, lookup));
    let long = arg.get_long_help().map(|text| found(text, lookup));
    let heading = arg.get_help_heading().and_then(&mut *lookup);
    let mut arg = values(places(arg, lookup), lookup);
    if let Some(help) = help {
        arg = arg.help(help);
    }
    if let Some(long) = long {
        arg = arg.long_help(long);
    }
    match heading {
        Some(heading) => arg.help_heading(heading),
        None => arg,
    }
}

/// The argument with what stands in usage for its values.
fn places(arg: Arg, lookup: &mut Lookup<'_>) -> Arg {
    if !arg.get_action().takes_values() {
        return arg;
    }
    let names = arg.get_value_names().unwrap_or_default().iter();
    let names: Option<Vec<&'static str>> = names.map(|name| lookup(name)).collect();
    match names {
        Some(names) if !names.is_empty() => arg.value_names(names),
        _ => arg,
    }
}

/// The argument with explanations of its values.
fn values(arg: Arg, lookup: &mut Lookup<'_>) -> Arg {
    let values = arg.get_possible_values();
    if !arg.get_action().takes_values() || values.iter().all(|value| value.get_help().is_none()) {
        return arg;
    }
    let values: Vec<PossibleValue> = values
        .into_iter()
        .map(|value| match value.get_help().cloned() {
            Some(help) => value.help(found(&help, lookup)),
            None => value,
        })
        .collect();
    arg.value_parser(PossibleValuesParser::new(values))
}

/// The Russian text, line by line; a line that has none stays. Of a line of a configuration file it
/// is the comment that has one.
fn found(text: &StyledStr, lookup: &mut Lookup<'_>) -> String {
    let text = text.to_string();
    let line = |line| {
        if let Some(russian) = lookup(line) {
            return russian.to_owned();
        }
        let comment = line.rsplit_once(COMMENT);
        let comment = comment.and_then(|(before, text)| Some((before, lookup(text)?)));
        comment.map_or_else(|| line.to_owned(), |(before, text)| format!("{before}{COMMENT}{text}"))
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_pairs_that_differ() {
        let mut seen = HashMap::new();
        for (english, russian) in pairs() {
            assert!(!english.starts_with(' ') && !russian.trim().is_empty(), "{english}");
            assert!(seen.insert(english, russian).is_none(), "twice: {english}");
        }
        for table in TABLES {
            let lines = table.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
            for (n, line) in lines.enumerate() {
                assert_eq!(line.starts_with(INDENT), n % 2 == 1, "{line}");
            }
        }
    }
}
