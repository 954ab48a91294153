//! Files of rows: CSV under a heading (RFC 4180), or one JSON object a line.

use std::path::Path;

use serde_json::Value;
use trackway_client::api::types::Members;

use crate::failure::Failure;

/// A row of a file.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    /// The line it begins on.
    pub(super) line: usize,
    /// What it says, by field; or what is wrong with the row itself.
    pub(super) cells: Result<Members, String>,
}

/// The rows of a file, whose name tells which of the two it is.
///
/// # Errors
/// It cannot be read, or is neither.
pub(super) fn file(path: &Path) -> Result<Vec<Row>, Failure> {
    let name = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("cannot read {name}: {error}")))?;
    let text = text.trim_start_matches('\u{feff}');
    let extension = path.extension().and_then(|text| text.to_str()).map(str::to_lowercase);
    match extension.as_deref() {
        Some("csv") => csv(text),
        Some("jsonl") => Ok(jsonl(text)),
        _ => Err(Failure::usage(format!("{name} is neither .csv nor .jsonl"))
            .hint("trackway bulk template makes a file to begin with")),
    }
}

fn jsonl(text: &str) -> Vec<Row> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let row = |(at, line): (usize, &str)| {
        let cells = serde_json::from_str::<Members>(line).map_err(|error| error.to_string());
        Row { line: at + 1, cells }
    };
    lines.map(row).collect()
}

/// Cells that are empty say nothing.
fn csv(text: &str) -> Result<Vec<Row>, Failure> {
    let mut records = records(text)?.into_iter();
    let heading = records.next().map(|(_, cells)| cells).unwrap_or_default();
    let names: Vec<String> = heading.iter().map(|name| name.trim().to_owned()).collect();
    if names.iter().all(String::is_empty) {
        return Err(Failure::usage("the first line has to name the fields"));
    }
    let row = |(line, cells): (usize, Vec<String>)| {
        if cells.len() > names.len() {
            let why = format!("{} cells under {} names", cells.len(), names.len());
            return Row { line, cells: Err(why) };
        }
        let cells = names.iter().cloned().zip(cells);
        let said = cells.filter(|(_, cell)| !cell.is_empty());
        Row { line, cells: Ok(said.map(|(name, cell)| (name, Value::from(cell))).collect()) }
    };
    Ok(records.map(row).collect())
}

/// The records of a CSV text with the lines they begin on; empty lines are none.
fn records(text: &str) -> Result<Vec<(usize, Vec<String>)>, Failure> {
    let mut records = Vec::new();
    let (mut line, mut began) = (1, 1);
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        line += usize::from(c == '\n');
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' if quoted => quoted = false,
            _ if quoted => cell.push(c),
            '"' if cell.is_empty() => quoted = true,
            ',' => cells.push(std::mem::take(&mut cell)),
            '\r' if letters.peek() == Some(&'\n') => {}
            '\n' => {
                ended(&mut records, began, &mut cells, &mut cell);
                began = line;
            }
            _ => cell.push(c),
        }
    }
    if quoted {
        let message = format!("line {began}: a quote is not closed");
        return Err(Failure::usage(message));
    }
    ended(&mut records, began, &mut cells, &mut cell);
    Ok(records)
}

fn ended(
    records: &mut Vec<(usize, Vec<String>)>,
    began: usize,
    cells: &mut Vec<String>,
    cell: &mut String,
) {
    cells.push(std::mem::take(cell));
    let cells = std::mem::take(cells);
    if cells.iter().any(|cell| !cell.is_empty()) {
        records.push((began, cells));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(row: &Row) -> Value {
        row.cells.clone().expect("a good row").into()
    }

    #[test]
    fn rows_of_csv_know_their_lines() {
        let text =
            "key,summary,tags\r\nA-1,\"two\nlines, \"\"quoted\"\"\",\r\n\r\n,plain,\"a,b\"\n";
        let rows = csv(text).expect("good");
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 5]);
        let first = json!({"key": "A-1", "summary": "two\nlines, \"quoted\""});
        assert_eq!(members(&rows[0]), first);
        assert_eq!(members(&rows[1]), json!({"summary": "plain", "tags": "a,b"}));
    }

    #[test]
    fn what_is_no_csv_is_refused() {
        assert!(csv("").is_err());
        assert!(csv("key\n\"open").is_err());
        let rows = csv("key\nA-1,more\nA-2").expect("rows");
        assert!(rows[0].cells.is_err() && rows[1].cells.is_ok());
    }

    #[test]
    fn rows_of_json_stand_on_lines() {
        let rows = jsonl("{\"summary\": \"x\", \"tags\": [\"a\"]}\n\n[1]\n");
        assert_eq!(members(&rows[0]), json!({"summary": "x", "tags": ["a"]}));
        assert_eq!((rows[1].line, rows[1].cells.is_err()), (3, true));
    }
}
