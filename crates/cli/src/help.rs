//! Help, completions and manual pages.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::env::Shells;
use serde_json::json;

use crate::common::Look;
use crate::failure::Failure;
use crate::output::{Column, Output};
use crate::verbs;

/// Shells that completions are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell")]
    Windows,
    Elvish,
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
    };
    let mut script = Vec::new();
    if let Some(shell) = Shells::builtins().completer(name) {
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
    clap_mangen::generate_to(program, &arguments.directory)?;
    output.remark(&format!("manual pages written to {}", arguments.directory.display()));
    Ok(())
}

/// Arguments of `trackway help`.
#[derive(Debug, Args)]
pub struct Help {
    #[command(flatten)]
    pub(crate) look: Look,
    /// A command, as issue list; or exit-codes, environment, formatting, query, dates, profiles,
    /// agents.
    words: Vec<String>,
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

const EXIT_CODES: &str = "\
0    done
1    failed for another reason
2    wrong usage (unknown flag, bad value, query error)
3    confirmation needed and not given, or cancelled
4    not signed in, token expired or refused
5    signed in but not permitted
6    not found
7    conflict: changed by somebody since it was read
8    rejected by rules (workflow, required field, limit)
9    rate limited, after retries
10   server or network not reachable
11   partly done (bulk): the report says which
130  interrupted";

const ENVIRONMENT: &str = "\
TRACKWAY_PROFILE        profile of the configuration
TRACKWAY_SERVER         address of the server (also TRACKWAY_BASE_URL)
TRACKWAY_ORG_ID         organisation (TRACKWAY_CLOUD_ORG_ID for its cloud id)
TRACKWAY_TOKEN_FILE     file with the token
TRACKWAY_TOKEN          token
TRACKWAY_QUEUE          default queue
TRACKWAY_CONFIG_DIR     folder of the configuration
TRACKWAY_NO_INPUT       never ask
TRACKWAY_LANG           language: en or ru
NO_COLOR, CLICOLOR_FORCE, HTTPS_PROXY, NO_PROXY as usual";

const FORMATTING: &str = "\
-o table      columns under a heading; the default on a terminal
-o plain      tab separated, nothing cut; the default in a pipe
-o json       one document, the same as --json; --raw for the server's form
-o jsonl      one document a line
-o csv, md    for spreadsheets and documents
-o keys, urls for other commands: … -o keys | trackway bulk edit --keys - …
--fields      key,status.name,assignee.id
--jq          '.[] | \"\\(.key)\\t\\(.status.name)\"'
--template    '{key} {updatedAt} {summary:trunc 60}'; also pad N, upper, lower";

const QUERY: &str = "\
Queue: DEV Assignee: me() Resolution: empty()      conditions side by side must all hold
Status: Open, \"In progress\"                       one of several
Priority: !Minor                                   not
Created: >today()-\"7d\"   Deadline: week()          times
(Type: Bug OR Tags: urgent) AND Followers: me()    brackets, AND, OR
Summary: \"lost files\"                             words
\"Sort By\": Priority DESC, Updated ASC             order

trackway query check 'TEXT'    points at errors, counts what is found
trackway query fields NAME     fields of the organisation
trackway query functions       functions";

const DATES: &str = "\
2026-11-24, today, now, -7d, week, month
2026-11-01..2026-11-30      from, to
after:2026-11-01  before:today  '>2026-11-01'
durations: 1w 2d 3h 30m, 1.5h, 1н 2д, PT3H; a week is 5 days of 8 hours";

const PROFILES: &str = "\
A profile is a server and an organisation, seen through an account. `trackway auth login SERVER` makes
one; `trackway profile use NAME` or -P NAME chooses. Values come from, in this order: flags,
environment, .trackway.toml of the repository, the configuration. `trackway config explain` tells which.

.trackway.toml holds profile, queue, branch = \"{key}-{slug}\", start_status, done_status; no server and
no token, so that a cloned repository cannot lead a token elsewhere.";

const AGENTS: &str = "\
TRACKWAY_AGENT=1 or --agent    never asks, no colour, the words of others between fences
trackway help --verbs          every command with R, W or D
trackway help --allowlist claude-code --read-only    permissions for settings.json
--json --fields key,status.name, --jq, -o keys       small answers
-n                             shows what a change would send
trackway help exit-codes       tells failures apart
Find: trackway issue list -k DEV -a me --open -o plain
Read: trackway issue view DEV-1
Change: trackway issue edit DEV-1 -p critical; trackway issue transition DEV-1 --list
Undo: trackway undo";

const TOPICS: [(&str, &str); 7] = [
    ("exit-codes", EXIT_CODES),
    ("environment", ENVIRONMENT),
    ("formatting", FORMATTING),
    ("query", QUERY),
    ("dates", DATES),
    ("profiles", PROFILES),
    ("agents", AGENTS),
];

/// What the program says when it is called without a word.
pub(crate) const WELCOME: &str = "\
trackway: an open issue tracker, server and command line in one

  trackway auth login SERVER      sign in with a code that is entered in the browser
  trackway my                     what there is to do
  trackway issue list -k DEV      find issues; flags teach the query language
  trackway issue view DEV-1       look at one
  trackway issue create 'Text'    make one
  trackway issue close DEV-1      close it; trackway undo takes that back
  trackway serve --demo           run a server with invented data

trackway --help lists everything, trackway help TOPIC explains.";

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
    if let [topic] = arguments.words.as_slice()
        && let Some((_, text)) = TOPICS.iter().find(|(name, _)| name == topic)
    {
        return output.text(text);
    }
    program.build();
    let mut command = &mut program;
    for word in &arguments.words {
        let names: Vec<String> =
            command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
        let Some(below) = command.find_subcommand_mut(word) else {
            let known = names.iter().map(String::as_str).chain(TOPICS.map(|(name, _)| name));
            let failure = Failure::usage(format!("there is no command or topic {word:?}"));
            return Err(match crate::suggest::nearest(word, known) {
                Some(near) => failure.hint(format!("trackway help {near}")),
                None => failure.hint("trackway help"),
            });
        };
        command = below;
    }
    let text = command.render_long_help().to_string();
    output.text(text.trim_end())
}
