//! What commands print: results on standard output, remarks on standard error.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use serde_json::Value;

mod grid;
mod members;

use grid::{aligned, csv, joined, markdown, one_line};

use crate::common::{Colour, Format, Look};
use crate::failure::Failure;
use crate::help::schema;
use crate::people::Painted;
use crate::progress::{Form, Progress};
use crate::{jq, lang, people, shape};

/// A column of a table: heading and path of the member.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Column<'c>(pub(crate) &'c str, pub(crate) &'c str);

/// Where results and remarks go, and in which form.
pub(crate) struct Output<'a> {
    results: Box<dyn Write + 'a>,
    remarks: Box<dyn Write + 'a>,
    terminal: bool,
    format: Format,
    people: people::Look,
    /// The number of all objects, where the next list is a part of them.
    total: Option<u64>,
    /// Where the pages of issues are.
    pages: Option<String>,
    /// Whether there is no server to ask, so that reading answered nothing.
    alone: Cell<bool>,
    look: Look,
}

impl<'a> Output<'a> {
    /// The standard streams.
    pub(crate) fn standard(look: &Look) -> Self {
        let results = io::stdout();
        let terminal = results.is_terminal();
        Self::new(results, io::stderr(), terminal, look)
    }

    /// Streams of the caller's choice; `terminal` is whether a person reads the results.
    pub(crate) fn new(
        results: impl Write + 'a,
        remarks: impl Write + 'a,
        terminal: bool,
        look: &Look,
    ) -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let usual = if terminal { Format::Table } else { Format::Plain };
        Self {
            results: Box::new(results),
            remarks: Box::new(remarks),
            terminal,
            format: look.format().unwrap_or(usual),
            people: people::Look {
                colour: is_coloured(look.color, terminal, variable),
                ascii: people::is_ascii(variable),
                width: if terminal { people::width() } else { 0 },
                now: people::now(),
            },
            total: None,
            pages: None,
            alone: Cell::new(false),
            look: look.clone(),
        }
    }

    /// Whether results are wanted as JSON.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.format, Format::Json | Format::Jsonl)
    }

    /// Whether a person reads the results as they are.
    pub(crate) fn is_for_people(&self) -> bool {
        self.format == Format::Table && self.look.template.is_none() && !self.explains()
    }

    /// Whether the members of results are asked for instead of results.
    pub(crate) fn explains(&self) -> bool {
        members::are_wanted(&self.look.fields)
    }

    /// Whether there is no server to ask.
    pub(crate) fn is_alone(&self) -> bool {
        self.alone.get()
    }

    /// Notes that there is no server to ask.
    pub(crate) fn be_alone(&self) {
        self.alone.set(true);
    }

    /// Prints which members these objects have; without a server, those that this program knows.
    fn explain(&mut self, columns: &[Column<'_>], items: Vec<Value>) -> Result<(), Failure> {
        let short = |item| if self.look.raw { item } else { shape::short(item) };
        let mut items: Vec<Value> = items.into_iter().map(short).collect();
        self.look.fields.clear();
        self.total = None;
        if self.is_alone() {
            items.extend(schema::example(columns));
        }
        self.list(members::COLUMNS, members::rows(columns, &items))?;
        if self.is_alone() {
            self.remark("what this program knows by itself; with a server it lists all, fields of the organisation too");
        }
        Ok(())
    }

    /// Whether lines for a program other than a JSON reader are wanted.
    pub(crate) fn is_plain(&self) -> bool {
        self.format == Format::Plain && self.look.template.is_none() && self.look.fields.is_empty()
    }

    /// Says what is useful next, to people only.
    pub(crate) fn hint(&mut self, text: &str) {
        if self.terminal && self.is_for_people() {
            self.remark(text);
        }
    }

    /// Whether a person reads the results.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Prints what controls the terminal, made by this program and by nobody else.
    pub(crate) fn escape(&mut self, sequence: &str) -> Result<(), Failure> {
        self.line(sequence)?;
        Ok(self.results.flush()?)
    }

    /// Puts a text on the clipboard of the terminal (OSC 52), if that lets programs do so.
    pub(crate) fn clipboard(&mut self, text: &str) -> Result<(), Failure> {
        let text = data_encoding::BASE64.encode(printable(text).as_bytes());
        write!(self.results, "\x1b]52;c;{text}\x07")?;
        Ok(self.results.flush()?)
    }

    /// Makes room for what is shown again: on a terminal the screen, otherwise a line after what was
    /// shown before.
    pub(crate) fn clear(&mut self, shown: bool) -> Result<(), Failure> {
        if self.terminal {
            self.results.write_all(b"\x1b[2J\x1b[H")?;
        } else if shown && !self.is_json() {
            self.line("")?;
        }
        Ok(())
    }

    fn line(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.results, "{text}")?;
        Ok(())
    }

    /// Prints JSON: indented on a terminal, otherwise on one line.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let value = serde_json::to_value(value).map_err(io::Error::from)?;
        if self.explains() {
            let items = if let Value::Array(items) = value { items } else { vec![value] };
            return self.explain(&[], items);
        }
        if let Some(expression) = &self.look.jq {
            for text in jq::run(expression, &value)? {
                self.line(&text)?;
            }
            return Ok(self.results.flush()?);
        }
        if self.look.template.is_some() {
            return self.filled(&value);
        }
        let indented = self.terminal && self.format != Format::Jsonl;
        let text = if indented {
            serde_json::to_string_pretty(&value)
        } else {
            serde_json::to_string(&value)
        };
        self.line(&text.map_err(io::Error::from)?)?;
        Ok(self.results.flush()?)
    }

    /// The JSON that is printed: the server's with `--raw`, otherwise ours; with `--fields` only
    /// the members named.
    fn shaped(&self, value: Value) -> Value {
        let url = self.url(&value);
        let mut value = if self.look.raw { value } else { shape::short(value) };
        if let (Some(url), Some(members), false) = (url, value.as_object_mut(), self.look.raw) {
            members.insert("url".to_owned(), url.into());
        }
        if self.look.fields.is_empty() {
            return value;
        }
        let pick = |path: &String| {
            shape::member(&value, path).map(|member| (path.clone(), member.clone()))
        };
        self.look.fields.iter().filter_map(pick).collect()
    }

    /// Notes under which address the pages of issues are.
    pub(crate) fn pages_at(&mut self, base: &str) {
        self.pages = Some(base.to_owned());
    }

    /// The address of the page of an object, if it is an issue.
    fn url(&self, value: &Value) -> Option<String> {
        let key = value["key"].as_str().filter(|key| crate::git::is_key(key))?;
        Some(format!("{}/{key}", self.pages.as_ref()?))
    }

    /// Notes that the next list is a part of so many objects.
    pub(crate) fn of(&mut self, total: Option<u64>) -> &mut Self {
        self.total = total;
        self
    }

    /// Prints a list of objects.
    pub(crate) fn list(
        &mut self,
        columns: &[Column<'_>],
        items: Vec<Value>,
    ) -> Result<(), Failure> {
        if self.explains() {
            return self.explain(columns, items);
        }
        if self.look.template.is_some() {
            return self.filled(&Value::Array(items));
        }
        match self.format {
            Format::Json => {
                let total = self.total.take().unwrap_or(items.len() as u64);
                let items: Value = items.into_iter().map(|item| self.shaped(item)).collect();
                if self.look.envelope {
                    return self.json(&serde_json::json!({"items": items, "total": total}));
                }
                return self.json(&items);
            }
            Format::Jsonl => {
                for item in items {
                    let item = self.shaped(item);
                    self.json(&item)?;
                }
            }
            Format::Keys => {
                for item in &items {
                    self.line(&one_line(&shape::key(item)))?;
                }
            }
            Format::Urls => {
                for item in &items {
                    let url = self.url(item).unwrap_or_else(|| shape::cell(item.get("self")));
                    self.line(&one_line(&url))?;
                }
            }
            Format::Table | Format::Plain | Format::Csv | Format::Md => {
                self.rows(columns, &items)?;
            }
        }
        Ok(self.results.flush()?)
    }

    /// Prints the template filled in with the value, or with each item of a list.
    fn filled(&mut self, value: &Value) -> Result<(), Failure> {
        let template = self.look.template.clone().unwrap_or_default();
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for item in items {
            let text = shape::fill(&template, item)
                .map_err(|why| Failure::usage(format!("--template: {why}")))?;
            self.line(&printable(&text))?;
        }
        Ok(self.results.flush()?)
    }

    fn rows(&mut self, columns: &[Column<'_>], items: &[Value]) -> Result<(), Failure> {
        let chosen: Vec<(String, String)> = if self.look.fields.is_empty() {
            columns
                .iter()
                .map(|Column(name, path)| ((*name).to_owned(), (*path).to_owned()))
                .collect()
        } else {
            self.look.fields.iter().map(|path| (path.to_uppercase(), path.clone())).collect()
        };
        let people = self.format == Format::Table;
        let shown = |name: &String| if people { lang::shown(name) } else { name.clone() };
        let heading: Vec<String> = chosen.iter().map(|(name, _)| shown(name)).collect();
        if people {
            let row = |item: &Value| -> Vec<Painted> {
                chosen.iter().map(|(_, path)| people::cell(item, path, &self.people)).collect()
            };
            let rows: Vec<Vec<Painted>> = items.iter().map(row).collect();
            let text = aligned(&heading, &rows, &self.people);
            return Ok(self.results.write_all(text.as_bytes())?);
        }
        let row = |item: &Value| -> Vec<String> {
            chosen.iter().map(|(_, path)| shape::cell(shape::member(item, path))).collect()
        };
        let rows: Vec<Vec<String>> = items.iter().map(row).collect();
        self.grid(&heading, &rows)
    }

    /// Prints one object: as a row, or as JSON.
    pub(crate) fn one(&mut self, columns: &[Column<'_>], value: Value) -> Result<(), Failure> {
        if self.format == Format::Json && self.look.template.is_none() && !self.explains() {
            let value = self.shaped(value);
            return self.json(&value);
        }
        self.list(columns, vec![value])
    }

    /// Says what was changed: a line for people, the object for programs.
    pub(crate) fn changed(
        &mut self,
        columns: &[Column<'_>],
        line: &str,
        value: Value,
    ) -> Result<(), Failure> {
        if !self.is_for_people() {
            return self.one(columns, value);
        }
        let (on, off) = if self.people.colour { ("\u{1b}[32m", "\u{1b}[0m") } else { ("", "") };
        let line = self.lettered(&lang::shown(line));
        self.line(&format!("{on}{}{off} {}", self.lettered("✓"), printable(&line)))?;
        Ok(self.results.flush()?)
    }

    /// Prints a table: aligned under a heading on a terminal, otherwise tab separated without one.
    pub(crate) fn table<const N: usize>(
        &mut self,
        heading: [&str; N],
        rows: &[[String; N]],
    ) -> Result<(), Failure> {
        let heading: Vec<String> = heading.map(ToOwned::to_owned).to_vec();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.to_vec()).collect();
        self.grid(&heading, &rows)?;
        Ok(self.results.flush()?)
    }

    fn grid(&mut self, heading: &[String], rows: &[Vec<String>]) -> Result<(), Failure> {
        let text = match self.format {
            Format::Table => {
                let plain = |text: &String| Painted { text: text.clone(), colour: None };
                let rows: Vec<Vec<Painted>> =
                    rows.iter().map(|row| row.iter().map(plain).collect()).collect();
                aligned(heading, &rows, &self.people)
            }
            Format::Csv if self.look.bom => format!("\u{feff}{}", csv(heading, rows)),
            Format::Csv => csv(heading, rows),
            Format::Md => markdown(heading, rows),
            _ => rows.iter().map(|row| joined(row, "\t", |cell| one_line(cell)) + "\n").collect(),
        };
        Ok(self.results.write_all(text.as_bytes())?)
    }

    /// The line in letters that the locale has.
    fn lettered(&self, line: &str) -> String {
        if !self.people.ascii {
            return line.to_owned();
        }
        line.replace('✓', "ok").replace('→', "->").replace('·', "|").replace('…', "...")
    }

    /// Work whose progress is told as the caller wants it.
    pub(crate) fn progress(&self, what: impl Into<String>, bytes: bool) -> Progress {
        let form = if self.look.quiet { Form::None } else { self.look.progress };
        Progress::new(what, bytes, form)
    }

    /// How a person is written to.
    pub(crate) fn people(&self) -> &people::Look {
        &self.people
    }

    /// Prints text of several lines.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.line(&printable(text))?;
        Ok(self.results.flush()?)
    }

    /// Says something that is no result.
    pub(crate) fn remark(&mut self, text: &str) {
        if !self.look.quiet {
            let text = self.lettered(&lang::shown(text));
            self.complain(&printable(&text));
        }
    }

    /// Says something that is printable already. There is nobody to tell if that fails.
    pub(crate) fn complain(&mut self, text: &str) {
        writeln!(self.remarks, "{text}").ok();
    }
}

pub(crate) fn is_coloured(
    when: Colour,
    terminal: bool,
    variable: impl Fn(&str) -> Option<String>,
) -> bool {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
    match when {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if set("NO_COLOR") => false,
        Colour::Auto if set("CLICOLOR_FORCE") => true,
        Colour::Auto => terminal && variable("TERM").as_deref() != Some("dumb"),
    }
}

/// The text without characters that control a terminal, except line breaks and tabs: issues are
/// written by others.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    replace(text, |c| c.is_control() && !matches!(c, '\n' | '\t'), '\u{fffd}')
}

fn replace(text: &str, bad: impl Fn(char) -> bool, by: char) -> Cow<'_, str> {
    if text.contains(&bad) {
        text.chars().map(|c| if bad(c) { by } else { c }).collect::<String>().into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn printed(terminal: bool, look: &Look, print: impl FnOnce(&mut Output<'_>)) -> String {
        let mut results = Vec::new();
        let look = Look { color: Colour::Never, ..look.clone() };
        print(&mut Output::new(&mut results, io::sink(), terminal, &look));
        String::from_utf8(results).expect("text")
    }

    fn listed(terminal: bool, look: &Look) -> String {
        let items = vec![
            json!({"self": "http://h/1", "key": "A-1", "status": {"id": "1", "key": "closed",
                "display": "Закрыт"}, "summary": "a\tb\n\u{1b}c"}),
            json!({"self": "http://h/2", "key": "LONG-22", "status": {"id": "2", "key": "open",
                "display": "Open"}, "summary": "x | \"y\", z"}),
        ];
        let columns =
            [Column("KEY", "key"), Column("STATUS", "status"), Column("SUMMARY", "summary")];
        printed(terminal, look, |output| output.list(&columns, items).expect("memory"))
    }

    fn form(format: Format) -> Look {
        Look { output: Some(format), ..Look::default() }
    }

    #[test]
    fn lists_have_every_form() {
        assert_eq!(
            listed(true, &Look::default()),
            "KEY      STATUS  SUMMARY\nA-1      Закрыт  a b  c\nLONG-22  Open    x | \"y\", z\n"
        );
        assert_eq!(
            listed(false, &Look::default()),
            "A-1\tЗакрыт\ta b  c\nLONG-22\tOpen\tx | \"y\", z\n"
        );
        assert_eq!(listed(false, &form(Format::Keys)), "A-1\nLONG-22\n");
        assert_eq!(listed(false, &form(Format::Urls)), "http://h/1\nhttp://h/2\n");
        let csv = listed(false, &form(Format::Csv));
        assert!(csv.starts_with("KEY,STATUS,SUMMARY\r\n"), "{csv}");
        assert!(csv.ends_with("LONG-22,Open,\"x | \"\"y\"\", z\"\r\n"), "{csv}");
        let md = listed(false, &form(Format::Md));
        assert!(md.starts_with("| KEY | STATUS | SUMMARY |\n| --- | --- | --- |\n"), "{md}");
        let jsonl = listed(false, &form(Format::Jsonl));
        assert_eq!(jsonl.lines().count(), 2);
        assert!(jsonl.contains(r#""status":{"key":"closed","name":"Закрыт"}"#), "{jsonl}");
    }

    #[test]
    fn fields_templates_and_filters_choose() {
        let fields = |format| Look {
            fields: vec!["key".to_owned(), "status.name".to_owned()],
            ..form(format)
        };
        assert_eq!(listed(false, &fields(Format::Plain)), "A-1\tЗакрыт\nLONG-22\tOpen\n");
        let json = listed(false, &fields(Format::Json));
        assert!(json.starts_with(r#"[{"key":"A-1","status.name":"Закрыт"}"#), "{json}");
        let look = Look { template: Some("{key}={status.key}".to_owned()), ..Look::default() };
        assert_eq!(listed(true, &look), "A-1=closed\nLONG-22=open\n");
        let look = Look { jq: Some(".[].status.key".to_owned()), ..Look::default() };
        assert_eq!(listed(true, &look), "closed\nopen\n");
        let look =
            Look { raw: true, jq: Some(".[0].status.display".to_owned()), ..Look::default() };
        assert_eq!(listed(true, &look), "Закрыт\n");
    }

    #[test]
    fn the_clipboard_is_the_terminals() {
        let printed =
            printed(true, &Look::default(), |output| output.clipboard("A-1").expect("memory"));
        assert_eq!(printed, "\x1b]52;c;QS0x\x07");
    }

    #[test]
    fn json_is_indented_for_people() {
        let value = json!({"a": [1]});
        let json = |output: &mut Output<'_>| output.json(&value).expect("memory");
        assert_eq!(printed(false, &form(Format::Json), json), "{\"a\":[1]}\n");
        assert_eq!(printed(true, &form(Format::Json), json), "{\n  \"a\": [\n    1\n  ]\n}\n");
    }

    #[test]
    fn colour_heeds_the_environment() {
        let with = |name: &'static str| move |asked: &str| (asked == name).then(|| "1".to_owned());
        assert!(is_coloured(Colour::Auto, true, |_| None));
        assert!(!is_coloured(Colour::Auto, false, |_| None));
        assert!(!is_coloured(Colour::Auto, true, with("NO_COLOR")));
        assert!(is_coloured(Colour::Auto, false, with("CLICOLOR_FORCE")));
        assert!(is_coloured(Colour::Always, false, with("NO_COLOR")));
    }
}
