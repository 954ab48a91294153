//! `trackway query`: the query language itself.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use trackway_query::{ParseError, Place, parse};

mod explain;
mod names;

use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::session::Session;

const FIELD: &[Column] =
    &[Column("KEY", "key"), Column("NAME", "name"), Column("TYPE", "schema.type")];

/// Functions of the language, each with what it stands for.
const FUNCTIONS: [(&str, &str); 14] = [
    ("me()", "the caller"),
    ("empty()", "no value"),
    ("notEmpty()", "any value"),
    ("today()", "the present day"),
    ("now()", "the present moment"),
    ("week()", "the present week"),
    ("month()", "the present month"),
    ("quarter()", "the present quarter"),
    ("year()", "the present year"),
    ("unresolved()", "no resolution"),
    ("group(name)", "people of a group"),
    ("changed(to: x, by: y, date: z)", "a field that was changed"),
    ("today() - \"3d\"", "a moment before another"),
    ("a .. b", "from one to another"),
];

/// Arguments of `trackway query`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// What to know of the language.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Says whether a query can be read, and what it finds.
    Check {
        /// The query.
        text: String,
        /// Print the body of the request instead of asking the server.
        #[arg(long)]
        to_api: bool,
        /// Say in words what the query asks for.
        #[arg(long, conflicts_with = "to_api")]
        explain: bool,
    },
    /// Lists the fields that queries may name.
    Fields {
        /// Part of a name.
        pattern: Option<String>,
    },
    /// Lists the functions.
    Functions,
}

pub(crate) async fn run(action: Action, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    match action {
        Action::Check { text, to_api, explain } => {
            let body = json!({"query": text});
            if to_api {
                return session.output.json(&body);
            }
            let query = parse(&text).map_err(|error| Failure::usage(pointed(&text, &error)))?;
            if explain {
                let russian = crate::lang::is_russian();
                say(&explain::Words { russian }.query(&query), &text, session)?;
            }
            // The server knows the fields of the organisation.
            let count = session.count(body).await?;
            session.output.remark(&format!("✓ the query is good and finds {count}"));
            Ok(())
        }
        Action::Fields { pattern } => {
            let mut fields = session.list("/fields", &[], 0).await?.items;
            if let Some(pattern) = pattern {
                let pattern = pattern.to_lowercase();
                let has = |value: &Value| {
                    value.as_str().is_some_and(|text| text.to_lowercase().contains(&pattern))
                };
                fields.retain(|field| has(&field["key"]) || has(&field["name"]));
                if fields.is_empty() {
                    return Err(Failure::new(Kind::NotFound, "there is no such field"));
                }
            }
            session.output.list(FIELD, fields)
        }
        Action::Functions => {
            const FUNCTION: &[Column] = &[Column("FUNCTION", "key"), Column("MEANING", "name")];
            let rows = FUNCTIONS.map(|(key, name)| json!({"key": key, "name": name}));
            session.output.list(FUNCTION, rows.to_vec())
        }
    }
}

fn say(words: &str, query: &str, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    if session.output.is_json() {
        return session.output.json(&json!({"query": query, "explanation": words}));
    }
    session.output.text(words)
}

/// The error under the text, with a caret where it is.
fn pointed(text: &str, error: &ParseError) -> String {
    match error.place {
        Place::Text { line: 1, column, .. } if !text.contains('\n') => {
            format!("{error}\n  {text}\n  {}^", " ".repeat(column.saturating_sub(1)))
        }
        _ => error.to_string(),
    }
}
