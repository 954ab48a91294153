//! Completions, manual pages and topics.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::Shell;

use crate::failure::Failure;
use crate::output::Output;

/// Arguments of `trackway completion`.
#[derive(Debug, Args)]
pub struct Completion {
    /// Shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn completion(
    arguments: &Completion,
    mut program: clap::Command,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut program, "trackway", &mut script);
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

/// Topics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Name {
    /// What the program's exit codes mean
    ExitCodes,
    /// Variables of the environment
    Environment,
    /// Forms of results
    Formatting,
}

/// Arguments of `trackway topic`.
#[derive(Debug, Args)]
pub struct Topic {
    /// Topic.
    #[arg(value_enum)]
    name: Name,
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

pub(crate) fn topic(arguments: &Topic, output: &mut Output<'_>) -> Result<(), Failure> {
    output.text(match arguments.name {
        Name::ExitCodes => EXIT_CODES,
        Name::Environment => ENVIRONMENT,
        Name::Formatting => FORMATTING,
    })
}
