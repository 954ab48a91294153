//! Aliases of the configuration, and `trackway alias`.

use std::ffi::OsString;

use clap::{Args, Subcommand};
use serde_json::json;
use toml_edit::{DocumentMut, Item, value};

use crate::common::Common;
use crate::config::{Files, files, set};
use crate::failure::{Failure, Kind};
use crate::line;
use crate::output::{Column, Output};

const TABLE: &str = "aliases";
const ALIAS: &[Column] = &[Column("NAME", "name"), Column("COMMAND", "command")];

/// Arguments of `trackway alias`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// What to do with aliases.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Makes a short name for a command: `alias set mine 'issue list -a me'`.
    Set {
        /// Name.
        name: String,
        /// Command without the program's name; $1 is the first word that follows, and ! in front
        /// leaves it to the shell.
        command: String,
    },
    /// Lists the aliases.
    List,
    /// Removes an alias.
    Delete {
        /// Name.
        name: String,
    },
    /// Takes aliases from a file of `name: command` lines; - reads standard input.
    Import {
        /// File.
        file: String,
    },
}

/// Runs `trackway alias`; `known` are the words that are commands already.
pub(crate) fn run(
    action: Action,
    program: &clap::Command,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let files = files()?;
    let mut document = files.read()?;
    match action {
        Action::List => output.list(
            ALIAS,
            all(&document)
                .into_iter()
                .map(|(name, command)| json!({"name": name, "command": command}))
                .collect(),
        ),
        Action::Set { name, command } => {
            put(&mut document, program, &name, &command)?;
            files.write(&document)?;
            output.remark(&format!("✓ trackway {name}: {command}"));
            Ok(())
        }
        Action::Delete { name } => {
            let table = document.get_mut(TABLE).and_then(Item::as_table_like_mut);
            if table.and_then(|table| table.remove(&name)).is_none() {
                return Err(Failure::new(Kind::NotFound, format!("there is no alias {name:?}"))
                    .hint("trackway alias list"));
            }
            files.write(&document)
        }
        Action::Import { file } => {
            let given = if file == "-" { file } else { format!("@{file}") };
            let mut count = 0;
            for line in crate::session::text(&given)?.lines() {
                let line = line.trim();
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                let (name, command) = line
                    .split_once(':')
                    .ok_or_else(|| Failure::usage(format!("{line:?} is not `name: command`")))?;
                put(&mut document, program, name.trim(), command.trim())?;
                count += 1;
            }
            files.write(&document)?;
            output.remark(&format!("✓ {count} aliases"));
            Ok(())
        }
    }
}

fn put(
    document: &mut DocumentMut,
    program: &clap::Command,
    name: &str,
    command: &str,
) -> Result<(), Failure> {
    if name.is_empty() || name.starts_with('-') || name.contains(char::is_whitespace) {
        return Err(Failure::usage(format!("{name:?} is no name")));
    }
    if is_command(program, name) {
        return Err(Failure::usage(format!("{name} is a command already")));
    }
    if !command.starts_with('!') {
        words(command)?;
    }
    set(document, &[TABLE.to_owned(), name.to_owned()], value(command));
    Ok(())
}

fn all(document: &DocumentMut) -> Vec<(String, String)> {
    let table = document.get(TABLE).and_then(Item::as_table_like);
    let pairs = table.into_iter().flat_map(toml_edit::TableLike::iter);
    pairs.filter_map(|(name, item)| Some((name.to_owned(), item.as_str()?.to_owned()))).collect()
}

fn is_command(program: &clap::Command, name: &str) -> bool {
    name == "help"
        || program
            .get_subcommands()
            .any(|c| c.get_name() == name || c.get_all_aliases().any(|alias| alias == name))
}

/// What to run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expanded {
    /// A line of the program.
    Line(Vec<OsString>),
    /// A line for the shell.
    Shell(String, Vec<OsString>),
}

/// The command line with flags in front of its first word moved behind it, and with an alias in that
/// word replaced. Whatever is no alias is left as it is; so is everything when the configuration
/// cannot be read, which the command itself will say.
#[must_use]
pub(crate) fn expanded(line: Vec<OsString>, program: &clap::Command) -> Expanded {
    // The flags come back last, or an alias would take them for its own words.
    let (line, flags) = line::split(line);
    match of_alias(line, program) {
        Expanded::Line(line) => Expanded::Line(line::joined(line, flags)),
        Expanded::Shell(command, rest) => {
            Expanded::Shell(command, rest.into_iter().chain(flags).collect())
        }
    }
}

fn of_alias(line: Vec<OsString>, program: &clap::Command) -> Expanded {
    let Some(name) = line.get(1).and_then(|word| word.to_str()) else {
        return Expanded::Line(line);
    };
    if name.starts_with('-') || is_command(program, name) {
        return Expanded::Line(line);
    }
    let document = Files::find(|name| std::env::var(name).ok()).map(|files| files.read());
    let Some(Ok(document)) = document else { return Expanded::Line(line) };
    let found = all(&document).into_iter().find(|(known, _)| known == name);
    match found {
        Some((_, command)) => replaced(line, &command),
        None => Expanded::Line(line),
    }
}

fn replaced(line: Vec<OsString>, command: &str) -> Expanded {
    let rest: Vec<OsString> = line.iter().skip(2).cloned().collect();
    if let Some(command) = command.strip_prefix('!') {
        return Expanded::Shell(command.to_owned(), rest);
    }
    let Ok(words) = words(command) else { return Expanded::Line(line) };
    let mut used = 0;
    let mut out: Vec<OsString> = line.into_iter().take(1).collect();
    for word in words {
        let number = word.strip_prefix('$').and_then(|number| number.parse::<usize>().ok());
        match number {
            Some(number) if number > 0 => {
                used = used.max(number);
                out.extend(rest.get(number - 1).cloned());
            }
            _ => out.push(word.into()),
        }
    }
    out.extend(rest.into_iter().skip(used));
    Expanded::Line(out)
}

/// The words of a line as a shell would see them: quotes and backslashes.
fn words(line: &str) -> Result<Vec<String>, Failure> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = line.chars();
    while let Some(c) = letters.next() {
        match (c, quote) {
            ('\\', Some('"') | None) => word.get_or_insert_default().extend(letters.next()),
            (c, Some(end)) if c == end => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err(Failure::usage(format!("a quote is not closed in {line:?}")));
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &[&str]) -> Vec<OsString> {
        words.iter().map(Into::into).collect()
    }

    #[test]
    fn quotes_hold_words_together() {
        let query = r#"issue list -Q 'Status: "In review"' "a \"b\"" c\ d ''"#;
        let wanted = ["issue", "list", "-Q", "Status: \"In review\"", "a \"b\"", "c d", ""];
        assert_eq!(words(query).expect("good"), wanted);
        assert!(words("'open").is_err());
    }

    #[test]
    fn words_that_follow_are_filled_in_or_appended() {
        let given = line(&["trackway", "of", "ann", "-L", "3"]);
        let wanted = line(&["trackway", "issue", "list", "-a", "ann", "--any", "-L", "3"]);
        assert_eq!(replaced(given, "issue list -a $1 --any"), Expanded::Line(wanted));
        let given = line(&["trackway", "x", "1"]);
        let shell = Expanded::Shell("echo $1 | wc".to_owned(), line(&["1"]));
        assert_eq!(replaced(given, "!echo $1 | wc"), shell);
    }
}
