//! `trackway api`: any operation of the API, by its id or by method and path.

use std::fs;
use std::io::Read;
use std::str::FromStr;

use clap::Args;
use serde_json::Value;
use trackway_client::Builder;
use trackway_client::api::types::Members;
use trackway_client::api::{FileForm, HttpMethod, registry};

use crate::common::Common;
use crate::failure::Failure;
use crate::output::Output;

mod request;

pub(crate) use request::declared;

/// Arguments of `trackway api`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// OPERATION [PATH PARAMETER...], or METHOD PATH: getIssue TREK-9, GET /v3/myself. A path
    /// without a version is one of version 3.
    #[arg(value_name = "OPERATION|METHOD PATH", required_unless_present = "list")]
    words: Vec<String>,
    /// Path parameter by name, instead of by position.
    #[arg(long = "path", value_name = "KEY=VALUE")]
    path: Vec<Pair>,
    /// Parameter of the query string; may be repeated.
    #[arg(long = "query", value_name = "KEY=VALUE")]
    query: Vec<Pair>,
    /// Header.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    headers: Vec<Header>,
    /// Member of the body: JSON if it parses, otherwise text ('n="1"' is the text 1).
    #[arg(short, long = "field", value_name = "KEY=VALUE")]
    fields: Vec<Field>,
    /// File with the whole body, - for standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "fields")]
    input: Option<String>,
    /// File to upload, where the operation takes one: addAttachment DEV-1 --upload a.log.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fields", "input"])]
    upload: Option<std::path::PathBuf>,
    /// Print all pages of a listing, one JSON document each.
    #[arg(long)]
    paginate: bool,
    /// Print the pages as one list.
    #[arg(long, requires = "paginate")]
    slurp: bool,
    /// Print status and headers of the answer first.
    #[arg(short, long, conflicts_with = "paginate")]
    include: bool,
    /// Print the line of curl that does the same, without the token, and do nothing.
    #[arg(long)]
    curl: bool,
    /// Print nothing of the answer.
    #[arg(long, conflicts_with = "include")]
    silent_output: bool,
    /// List the operations: id, method, path, what it does.
    #[arg(long, conflicts_with_all = ["words", "path", "query", "headers", "fields", "input",
        "paginate", "curl"])]
    pub(crate) list: bool,
}

pub(crate) async fn run(
    arguments: Arguments,
    builder: Builder,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    if arguments.list {
        return list(output);
    }
    let (paginate, slurp) = (arguments.paginate, arguments.slurp);
    let (include, curl, silent) = (arguments.include, arguments.curl, arguments.silent_output);
    let dry_run = arguments.common.dry_run;
    let composed = request::compose(arguments)?;
    let tracker = builder.version(composed.version).build()?;
    if curl || (dry_run && composed.method != HttpMethod::GET) {
        return output.text(&composed.as_curl(tracker.base_url()));
    }
    let request = composed.request();
    if paginate {
        let mut pages = tracker.call_pages(request);
        let mut all = Vec::new();
        while let Some(page) = pages.next_page().await? {
            match page.value {
                Value::Array(items) if slurp => all.extend(items),
                other if slurp => all.push(other),
                other => output.json(&other)?,
            }
        }
        return if slurp { output.json(&all) } else { Ok(()) };
    }
    let answer = tracker.call(request).await?;
    if include {
        output.text(&request::head(&answer))?;
    }
    match answer.value {
        Value::Null => Ok(()),
        _ if silent => Ok(()),
        value => output.json(&value),
    }
}

fn list(output: &mut Output<'_>) -> Result<(), Failure> {
    let row = |info: &trackway_client::api::Info| {
        let doc = info.doc.trim().lines().map(str::trim).collect::<Vec<_>>().join(" ");
        [info.operation_id(), info.method.to_string(), info.path.to_owned(), doc]
    };
    let rows: Vec<_> = registry::all().map(row).collect();
    output.table(["OPERATION", "METHOD", "PATH", "WHAT IT DOES"], &rows)
}

/// The form with a file.
fn file_form(path: &std::path::Path) -> Result<Option<Vec<u8>>, Failure> {
    let content = fs::read(path)
        .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))?;
    let name =
        path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(FileForm { name, content }.encode())
}

/// The body that the flags give.
fn body(fields: Vec<Field>, input: Option<&str>) -> Result<Option<Vec<u8>>, Failure> {
    let unreadable = |error| Failure::usage(format!("cannot read the input: {error}"));
    match input {
        Some("-") => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).map_err(unreadable)?;
            Ok(Some(bytes))
        }
        Some(file) => fs::read(file).map(Some).map_err(unreadable),
        None if fields.is_empty() => Ok(None),
        None => {
            let members: Members = fields.into_iter().map(|it| (it.key, it.value)).collect();
            Ok(Some(Value::Object(members).to_string().into_bytes()))
        }
    }
}

/// `KEY=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pair {
    key: String,
    value: String,
}

impl FromStr for Pair {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                Ok(Self { key: key.to_owned(), value: value.to_owned() })
            }
            _ => Err("must be KEY=VALUE"),
        }
    }
}

/// `KEY=VALUE` whose value is JSON if it parses, otherwise text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    pub(crate) key: String,
    pub(crate) value: Value,
}

impl FromStr for Field {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Pair { key, value } = text.parse()?;
        let value = serde_json::from_str(&value).unwrap_or(Value::String(value));
        Ok(Self { key, value })
    }
}

/// `NAME: VALUE`.
#[derive(Clone, Debug)]
struct Header {
    name: String,
    value: String,
}

impl FromStr for Header {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = text.split_once(':').ok_or("must be NAME: VALUE")?;
        Ok(Self { name: name.trim().to_ascii_lowercase(), value: value.trim().to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_json_if_they_parse() {
        for (text, value) in [
            ("a=1", Value::from(1)),
            ("a=\"1\"", "1".into()),
            ("a=null", Value::Null),
            ("a=[1", "[1".into()),
            ("a=x=y", "x=y".into()),
            ("a=", "".into()),
        ] {
            assert_eq!(text.parse(), Ok(Field { key: "a".to_owned(), value }), "{text}");
        }
        assert!("a".parse::<Field>().is_err());
        assert!("=a".parse::<Pair>().is_err());
    }

    #[test]
    fn bodies_come_from_fields_or_files() {
        assert_eq!(
            body(vec!["a=[1]".parse().expect("good")], None).expect("good").as_deref(),
            Some(&b"{\"a\":[1]}"[..])
        );
        assert_eq!(body(Vec::new(), None).expect("none"), None);
        assert!(body(Vec::new(), Some("/no/such/file")).is_err());
    }
}
