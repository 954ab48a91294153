//! Flags of every command.

use clap::{Args, ValueEnum};

use crate::target::Target;

/// Forms of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns under a heading
    Table,
    /// Tab separated, nothing cut
    Plain,
    /// One JSON document
    Json,
    /// One JSON document a line
    Jsonl,
    /// Comma separated values under a heading (RFC 4180)
    Csv,
    /// A Markdown table
    Md,
    /// Bare keys or ids
    Keys,
    /// Addresses
    Urls,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal that wants it
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Flags of every command.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, Args)]
pub(crate) struct Common {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) look: Look,
    /// Show what would be sent and change nothing.
    #[arg(short = 'n', long, global = true, help_heading = "Output")]
    pub(crate) dry_run: bool,
    /// Answer yes to confirmations.
    #[arg(short, long, global = true, help_heading = "Output")]
    pub(crate) yes: bool,
    /// Never ask.
    #[arg(long, global = true, help_heading = "Output", env = "TRACKWAY_NO_INPUT",
        value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) no_input: bool,
    /// Make changes without notifying people.
    #[arg(long, global = true, help_heading = "Output")]
    pub(crate) silent: bool,
    /// Page of a list, from 1; --limit is its size.
    #[arg(long, global = true, value_name = "N", help_heading = "Output",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) page: Option<u32>,
    /// Place in a list without pages, such as comments: the id of the last one seen.
    #[arg(
        long,
        global = true,
        value_name = "ID",
        help_heading = "Output",
        conflicts_with = "page"
    )]
    pub(crate) cursor: Option<String>,
    /// Write for an agent: plain, never asking, with the words of others fenced in.
    #[arg(long, global = true, help_heading = "Output", env = "TRACKWAY_AGENT",
        value_parser = clap::builder::FalseyValueParser::new())]
    pub(crate) agent: bool,
}

/// How results look.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct Look {
    /// Print whole objects as JSON; the same as -o json.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Form of the result [default: table on a terminal, otherwise plain].
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
    /// Members to show, as key,status,assignee.name; help lists them.
    #[arg(
        id = "members",
        long = "fields",
        global = true,
        value_delimiter = ',',
        value_name = "NAMES"
    )]
    pub(crate) fields: Vec<String>,
    /// Filter the JSON, as in jq; texts are printed raw.
    #[arg(long, global = true, value_name = "EXPRESSION")]
    pub(crate) jq: Option<String>,
    /// Text with members in braces: '{key} {summary:trunc 60}'.
    #[arg(long, global = true, value_name = "TEXT", conflicts_with = "jq")]
    pub(crate) template: Option<String>,
    /// Print the server's JSON instead of our shorter one.
    #[arg(long, global = true)]
    pub(crate) raw: bool,
    /// Wrap JSON lists: {"items": […], "total": …}.
    #[arg(long, global = true)]
    pub(crate) envelope: bool,
    /// Tell how far long work is: as a bar or lines (auto), as events in JSON, or not at all.
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "FORM")]
    pub(crate) progress: crate::progress::Form,
    /// Begin CSV with a byte order mark, for spreadsheets.
    #[arg(long, global = true)]
    pub(crate) bom: bool,
    /// Show requests; -vv with what the connection does.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Print results only.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Colour.
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(crate) color: Colour,
}

impl Look {
    /// The form that is asked for; `None` when the reader decides.
    pub(crate) fn format(&self) -> Option<Format> {
        let json = self.json || self.jq.is_some() || self.raw || self.envelope;
        self.output.or_else(|| json.then_some(Format::Json))
    }
}
