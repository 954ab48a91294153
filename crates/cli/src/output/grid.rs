//! Rows as text: aligned, comma separated, as Markdown.

use std::borrow::Cow;
use std::fmt::Write;

use super::replace;
use crate::people::{self, Painted};
use crate::shape;

/// The text as a cell of a table.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    replace(text, char::is_control, ' ')
}

pub(super) fn joined<'c>(
    row: &'c [String],
    by: &str,
    cell: impl Fn(&'c str) -> Cow<'c, str>,
) -> String {
    row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(by)
}

/// RFC 4180.
pub(super) fn csv(heading: &[String], rows: &[Vec<String>]) -> String {
    let cell = |text: &'_ str| -> String {
        if text.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let line =
        |row: &[String]| row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",") + "\r\n";
    std::iter::once(heading).chain(rows.iter().map(Vec::as_slice)).map(line).collect()
}

pub(super) fn markdown(heading: &[String], rows: &[Vec<String>]) -> String {
    let line = |row: &[String]| {
        let cells = row.iter().map(|text| one_line(text).replace('|', "\\|"));
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let rule = format!("|{}\n", " --- |".repeat(heading.len()));
    line(heading) + &rule + &rows.iter().map(|row| line(row)).collect::<String>()
}

/// Columns as wide as their widest cell; the last one is left ragged, and cut where the terminal
/// ends.
pub(super) fn aligned(heading: &[String], rows: &[Vec<Painted>], look: &people::Look) -> String {
    /// The last column is never made narrower than this.
    const LEAST: usize = 10;
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| &cell.text);
        heading.get(at).into_iter().chain(cells).map(|text| text.chars().count()).max()
    };
    let widths: Vec<usize> = (0..heading.len()).map(|at| width(at).unwrap_or_default()).collect();
    let last = widths.len().saturating_sub(1);
    let before: usize = widths.iter().take(last).map(|width| width + 2).sum();
    let room = look.width.saturating_sub(before).max(LEAST);
    let line = |row: &mut dyn Iterator<Item = (&str, Option<u8>)>| {
        let mut out = String::new();
        for (at, ((text, colour), width)) in row.zip(&widths).enumerate() {
            let mut text = one_line(text).into_owned();
            if at == last && look.width > 0 {
                text = shape::cut(&text, room);
            }
            let pad = if at == last { 0 } else { width + 2 - text.chars().count().min(*width) };
            match colour.filter(|_| look.colour) {
                // Strings take everything.
                Some(colour) => {
                    write!(out, "\u{1b}[{colour}m{text}\u{1b}[0m").ok();
                }
                None => out.push_str(&text),
            }
            out.extend(std::iter::repeat_n(' ', pad));
        }
        out.trim_end().to_owned()
    };
    let head = line(&mut heading.iter().map(|text| (text.as_str(), None)));
    let (on, off) = if look.colour { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let rows = rows
        .iter()
        .map(|row| line(&mut row.iter().map(|cell| (cell.text.as_str(), cell.colour))) + "\n");
    format!("{on}{head}{off}\n") + &rows.collect::<String>()
}
