//! What commands print: results on standard output, remarks on standard error.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::failure::Failure;

/// Where results and remarks go, and in which form.
pub(crate) struct Output<'a> {
    results: Box<dyn Write + 'a>,
    remarks: Box<dyn Write + 'a>,
    terminal: bool,
    json: bool,
}

impl<'a> Output<'a> {
    /// The standard streams.
    pub(crate) fn standard(json: bool) -> Self {
        let results = io::stdout();
        let terminal = results.is_terminal();
        Self::new(results, io::stderr(), terminal, json)
    }

    /// Streams of the caller's choice; `terminal` is whether a person reads the results.
    pub(crate) fn new(
        results: impl Write + 'a,
        remarks: impl Write + 'a,
        terminal: bool,
        json: bool,
    ) -> Self {
        Self { results: Box::new(results), remarks: Box::new(remarks), terminal, json }
    }

    /// Whether results are wanted as JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a person reads the results.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Prints JSON: indented on a terminal, otherwise on one line.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let text = if self.terminal {
            serde_json::to_string_pretty(value)
        } else {
            serde_json::to_string(value)
        };
        let text = text.map_err(io::Error::from)?;
        writeln!(self.results, "{text}")?;
        Ok(self.results.flush()?)
    }

    /// Prints a table: aligned under a heading on a terminal, otherwise tab separated without one.
    pub(crate) fn table<const N: usize>(
        &mut self,
        heading: [&str; N],
        rows: &[[String; N]],
    ) -> Result<(), Failure> {
        let rows = rows.iter().map(|row| row.each_ref().map(|cell| one_line(cell)));
        let rows: Vec<[Cow<'_, str>; N]> = if self.terminal {
            std::iter::once(heading.map(Cow::Borrowed)).chain(rows).collect()
        } else {
            rows.collect()
        };
        let text = if self.terminal { aligned(&rows) } else { separated(&rows) };
        self.results.write_all(text.as_bytes())?;
        Ok(self.results.flush()?)
    }

    /// Prints text of several lines.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.results, "{}", printable(text))?;
        Ok(self.results.flush()?)
    }

    /// Says something that is no result.
    pub(crate) fn remark(&mut self, text: &str) {
        self.complain(&printable(text));
    }

    /// Says something that is printable already. There is nobody to tell if that fails.
    pub(crate) fn complain(&mut self, text: &str) {
        writeln!(self.remarks, "{text}").ok();
    }
}

/// The text without characters that control a terminal, except line breaks and tabs: issues are
/// written by others.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    replace(text, |c| c.is_control() && !matches!(c, '\n' | '\t'), '\u{fffd}')
}

/// The text as a cell of a table.
fn one_line(text: &str) -> Cow<'_, str> {
    replace(text, char::is_control, ' ')
}

fn replace(text: &str, bad: impl Fn(char) -> bool, by: char) -> Cow<'_, str> {
    if text.contains(&bad) {
        text.chars().map(|c| if bad(c) { by } else { c }).collect::<String>().into()
    } else {
        text.into()
    }
}

fn separated<const N: usize>(rows: &[[Cow<'_, str>; N]]) -> String {
    rows.iter().map(|row| row.join("\t") + "\n").collect()
}

/// Columns as wide as their widest cell; the last one is left ragged.
fn aligned<const N: usize>(rows: &[[Cow<'_, str>; N]]) -> String {
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[Cow<'_, str>; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        line.trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(terminal: bool, print: impl FnOnce(&mut Output<'_>)) -> String {
        let mut results = Vec::new();
        print(&mut Output::new(&mut results, io::sink(), terminal, false));
        String::from_utf8(results).expect("text")
    }

    #[test]
    fn tables_are_for_people_or_for_programs() {
        let rows = [["A-1", "Закрыт", "a\tb\n\u{1b}c"], ["LONG-22", "Open", ""]]
            .map(|row| row.map(ToOwned::to_owned));
        let table = |output: &mut Output<'_>| {
            output.table(["KEY", "STATUS", "SUMMARY"], &rows).expect("memory takes everything");
        };
        assert_eq!(
            printed(true, table),
            "KEY      STATUS  SUMMARY\nA-1      Закрыт  a b  c\nLONG-22  Open\n"
        );
        assert_eq!(printed(false, table), "A-1\tЗакрыт\ta b  c\nLONG-22\tOpen\t\n");
    }

    #[test]
    fn json_is_indented_for_people() {
        let value = serde_json::json!({"a": [1]});
        let json = |output: &mut Output<'_>| output.json(&value).expect("memory");
        assert_eq!(printed(false, json), "{\"a\":[1]}\n");
        assert_eq!(printed(true, json), "{\n  \"a\": [\n    1\n  ]\n}\n");
    }
}
