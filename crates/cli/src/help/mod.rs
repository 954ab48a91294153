//! Help, completions and manual pages.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::common::Look;
use crate::failure::Failure;
use crate::lang;
use crate::output::{Column, Output};
use crate::verbs;

mod manual;
mod nushell;
mod parse;
pub mod russian;
pub(crate) mod schema;
mod topics;
mod topics_ru;

pub(crate) use nushell::shells;
pub use parse::{language_flag, speak};
pub(crate) use parse::{parse, shown};

/// Topics in the language of this run.
fn all_topics() -> [(&'static str, &'static str); 8] {
    if lang::is_russian() { topics_ru::TOPICS } else { topics::TOPICS }
}

/// What the program says when it is called without a word.
pub(crate) fn welcome(serves: bool) -> String {
    let text = if lang::is_russian() { topics_ru::WELCOME } else { topics::WELCOME };
    let lines = text.lines().filter(|line| serves || !line.contains("trackway serve"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Shells that completions are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    Windows,
    Elvish,
    Nushell,
}

/// Arguments of `trackway completion`.
#[derive(Debug, Args)]
pub struct Completion {
    /// Shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// Writes the lines that make a shell ask this program: commands, flags, and values of the tracker.
pub(crate) fn completion(arguments: &Completion, output: &mut Output<'_>) -> Result<(), Failure> {
    let name = match arguments.shell {
        Shell::Bash => "bash",
        Shell::Zsh => "zsh",
        Shell::Fish => "fish",
        Shell::Windows => "powershell",
        Shell::Elvish => "elvish",
        Shell::Nushell => "nushell",
    };
    let mut script = Vec::new();
    if let Some(shell) = shells().completer(name) {
        shell.write_registration("COMPLETE", "trackway", "trackway", "trackway", &mut script)?;
    }
    output.text(String::from_utf8_lossy(&script).trim_end())
}

/// Arguments of `trackway man`.
#[derive(Debug, Args)]
pub struct Man {
    /// Folder to write to.
    #[arg(short = 'O', long, value_name = "DIR", default_value = ".")]
    directory: PathBuf,
}

pub(crate) fn man(
    arguments: &Man,
    program: clap::Command,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    std::fs::create_dir_all(&arguments.directory)?;
    manual::write(program, &arguments.directory)?;
    output.remark(&format!("manual pages written to {}", arguments.directory.display()));
    Ok(())
}

/// Arguments of `trackway help`.
#[derive(Debug, Args)]
pub struct Help {
    #[command(flatten)]
    pub(crate) look: Look,
    /// A command, as issue list; or exit-codes, environment, formatting, json, query, dates,
    /// profiles, agents; or json and an object, as json issue.
    words: Vec<String>,
    /// Print all commands on one screen, for an agent.
    #[arg(long, conflicts_with_all = ["words", "verbs", "allowlist"])]
    agent: bool,
    /// List all commands: whether they read (R), write (W) or delete (D), and what they are for.
    #[arg(long, conflicts_with = "words")]
    verbs: bool,
    /// Print the permissions that let an agent run these commands.
    #[arg(long, value_enum, value_name = "PROGRAM", conflicts_with_all = ["words", "verbs"])]
    allowlist: Option<Agent>,
    /// Only those that read.
    #[arg(long, requires = "allowlist")]
    read_only: bool,
}

/// Programs whose permissions are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Agent {
    ClaudeCode,
}

const VERB: &[Column] =
    &[Column("EFFECT", "effect"), Column("COMMAND", "command"), Column("WHAT", "what")];

/// Explains a command or a topic, or lists all commands.
pub(crate) fn help(
    arguments: &Help,
    mut program: clap::Command,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    if arguments.verbs {
        let row = |(command, effect, what): (String, verbs::Effect, String)| json!({"command": command, "effect": effect.letter(), "what": what});
        return output.list(VERB, verbs::all(&program).into_iter().map(row).collect());
    }
    if arguments.allowlist.is_some() {
        let rules = verbs::claude_code(&program, arguments.read_only);
        let text = serde_json::to_string_pretty(&rules).map_err(std::io::Error::from)?;
        return output.text(&text);
    }
    if arguments.agent {
        return output.text(&verbs::screen(&program));
    }
    if let [topic, object] = arguments.words.as_slice()
        && topic == "json"
    {
        return output.text(&schema::of(object)?);
    }
    if let [topic] = arguments.words.as_slice()
        && let Some((_, text)) = all_topics().iter().find(|(name, _)| name == topic)
    {
        return output.text(text);
    }
    program.build();
    let mut command = &mut program;
    for word in &arguments.words {
        let names: Vec<String> =
            command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
        let Some(below) = command.find_subcommand_mut(word) else {
            let known = names.iter().map(String::as_str).chain(all_topics().map(|(name, _)| name));
            let failure = Failure::usage(format!("there is no command or topic {word:?}"));
            return Err(match crate::suggest::nearest(word, known) {
                Some(near) => failure.hint(format!("trackway help {near}")),
                None => failure.hint("trackway help"),
            });
        };
        command = below;
    }
    let text = command.render_long_help().to_string();
    let text = if lang::is_russian() { russian::in_help(&text) } else { text };
    output.text(text.trim_end())
}

/// A name and a text.
#[cfg(test)]
type Topic = (&'static str, &'static str);

/// Each text in English and in Russian.
#[cfg(test)]
pub(crate) fn both_languages() -> Vec<(Topic, Topic)> {
    let welcome = (("welcome", topics::WELCOME), ("welcome", topics_ru::WELCOME));
    topics::TOPICS.into_iter().zip(topics_ru::TOPICS).chain([welcome]).collect()
}
