//! `trackway api`: any operation of the API, by its id or by method and path.

use std::fs;
use std::io::Read;
use std::str::FromStr;

use clap::Args;
use serde_json::Value;
use trackway_client::Builder;
use trackway_client::api::{FileForm, HttpMethod, registry};

use crate::common::Common;
use crate::failure::Failure;
use crate::output::Output;

mod cache;
mod members;
mod placeholder;
mod request;

use members::Typed;

pub(crate) use request::declared;

/// Arguments of `trackway api`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// OPERATION [PATH PARAMETER...], or [METHOD] PATH: getIssue TREK-9, GET /v3/myself. A path
    /// without a version is one of version 3. {queue}, {issue}, {org} and {me} stand for those of
    /// the context.
    #[arg(value_name = "OPERATION|METHOD PATH", required_unless_present = "list")]
    words: Vec<String>,
    /// Path parameter by name, instead of by position.
    #[arg(long = "path", value_name = "KEY=VALUE")]
    path: Vec<Pair>,
    /// Parameter of the query string; may be repeated.
    #[arg(long = "query", value_name = "KEY=VALUE")]
    query: Vec<Pair>,
    /// Method of a path that is given without one.
    #[arg(short = 'X', long, value_name = "METHOD")]
    method: Option<String>,
    /// Header.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    headers: Vec<Header>,
    /// Member of the body, or of the query string of a GET, as text. a[b]=c is a member of a member,
    /// a[]=x one more item of a list.
    #[arg(short = 'f', long = "raw-field", value_name = "KEY=VALUE")]
    texts: Vec<Pair>,
    /// The same with a type: JSON if it parses (true, 12, null), the content of a file as @file or
    /// @-, otherwise text ('n="1"' is the text 1).
    #[arg(short = 'F', long = "field", value_name = "KEY=VALUE")]
    typed: Vec<Typed>,
    /// File with the whole body, - for standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["texts", "typed"])]
    input: Option<String>,
    /// File to upload, where the operation takes one: addAttachment DEV-1 --upload a.log.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["texts", "typed", "input"])]
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
    /// Keep the answer to a GET for so long, as 10m or 1h, and give it without asking again.
    #[arg(long, value_name = "TIME", value_parser = cache::age)]
    cache: Option<std::time::Duration>,
    /// List the operations: id, method, path, what it does.
    #[arg(long, conflicts_with_all = ["words", "path", "query", "headers", "texts", "typed",
        "input", "paginate", "curl", "method", "cache"])]
    pub(crate) list: bool,
}

pub(crate) async fn run(
    mut arguments: Arguments,
    builder: Builder,
    queue: Option<&str>,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    if arguments.list {
        return list(output);
    }
    placeholder::fill(&mut arguments, queue, &builder).await?;
    let (paginate, slurp) = (arguments.paginate, arguments.slurp);
    let (include, curl, silent) = (arguments.include, arguments.curl, arguments.silent_output);
    let (dry_run, fresh) = (arguments.common.dry_run, arguments.cache);
    let profile = arguments.common.target.profile.clone().unwrap_or_default();
    let composed = request::compose(arguments)?;
    if fresh.is_some() && composed.method != HttpMethod::GET {
        return Err(Failure::usage("--cache is for GET: what changes something is never kept"));
    }
    let whose = format!("{profile} {}", builder.audience());
    let kept = fresh.and_then(|fresh| cache::Place::of(&composed, &whose, paginate, fresh));
    let tracker = builder.version(composed.version).build()?;
    if curl || (dry_run && composed.method != HttpMethod::GET) {
        return output.text(&composed.as_curl(tracker.base_url()));
    }
    let mut printer = Printer { include, slurp, silent, all: Vec::new(), output };
    if let Some((head, pages)) = kept.as_ref().and_then(cache::Place::read) {
        printer.head(&head)?;
        pages.into_iter().try_for_each(|page| printer.page(page))?;
        return printer.end();
    }
    let request = composed.request();
    let mut head = String::new();
    let mut seen = Vec::new();
    if paginate {
        let mut pages = tracker.call_pages(request);
        while let Some(page) = pages.next_page().await? {
            if kept.is_some() {
                seen.push(page.value.clone());
            }
            printer.page(page.value)?;
        }
    } else {
        let answer = tracker.call(request).await?;
        head = request::head(&answer);
        printer.head(&head)?;
        if kept.is_some() {
            seen.push(answer.value.clone());
        }
        printer.page(answer.value)?;
    }
    if let Some(kept) = kept {
        kept.write(&head, &seen);
    }
    printer.end()
}

/// Prints answers as the flags want them.
struct Printer<'p, 'o> {
    include: bool,
    slurp: bool,
    silent: bool,
    /// What is printed as one list.
    all: Vec<Value>,
    output: &'p mut Output<'o>,
}

impl Printer<'_, '_> {
    fn head(&mut self, head: &str) -> Result<(), Failure> {
        if self.include { self.output.text(&format!("{head}\n")) } else { Ok(()) }
    }

    fn page(&mut self, page: Value) -> Result<(), Failure> {
        match page {
            Value::Array(items) if self.slurp => self.all.extend(items),
            other if self.slurp => self.all.push(other),
            Value::Null => {}
            _ if self.silent => {}
            other => self.output.json(&other)?,
        }
        Ok(())
    }

    fn end(self) -> Result<(), Failure> {
        if self.slurp && !self.silent { self.output.json(&self.all) } else { Ok(()) }
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

/// The body that a file gives.
fn input(file: &str) -> Result<Vec<u8>, Failure> {
    let unreadable = |error| Failure::usage(format!("cannot read the input: {error}"));
    if file == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(unreadable)?;
        return Ok(bytes);
    }
    fs::read(file).map_err(unreadable)
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
    fn bodies_come_from_files() {
        assert!(input("/no/such/file").is_err());
    }
}
