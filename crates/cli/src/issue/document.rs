//! An issue as a file: fields between lines of `---`, below them the description in Markdown. That is
//! how it is written in an editor, and what `--from` reads.

use std::fmt::Write;

use serde_json::Value;
use trackway_client::api::types::Members;

use crate::failure::Failure;
use crate::shape::cell;

const FENCE: &str = "---";
/// Fields that an editor shows, by what they are called in requests.
const SHOWN: [&str; 10] = [
    "summary",
    "type",
    "priority",
    "assignee",
    "tags",
    "components",
    "parent",
    "deadline",
    "storyPoints",
    "estimation",
];

/// The fields of a file. Values are JSON if they parse, otherwise lists in brackets or text; a
/// first heading is the summary where no field names it.
///
/// # Errors
/// A line between the fences is no `field: value`.
pub(super) fn parse(text: &str) -> Result<Members, Failure> {
    let mut members = Members::new();
    let text = text.trim_start_matches('\u{feff}');
    let mut body = text;
    if let Some(rest) = text.trim_start().strip_prefix(FENCE) {
        let (head, below) = rest.split_once("\n---").ok_or_else(|| {
            Failure::usage("the fields do not end").hint("close them with a line of ---")
        })?;
        for line in head.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let (name, given) = line
                .split_once(':')
                .ok_or_else(|| Failure::usage(format!("{line:?} is not `field: value`")))?;
            members.insert(name.trim().to_owned(), value(given.trim()));
        }
        body = below.split_once('\n').map_or("", |(_, body)| body);
    }
    let mut body = body.trim();
    if !members.contains_key("summary")
        && let Some(rest) = body.strip_prefix("# ")
    {
        let (heading, below) = rest.split_once('\n').unwrap_or((rest, ""));
        members.insert("summary".to_owned(), heading.trim().into());
        body = below.trim();
    }
    if !body.is_empty() {
        members.insert("description".to_owned(), body.into());
    }
    Ok(members)
}

fn value(text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    if let Ok(value) = serde_json::from_str(text) {
        return value;
    }
    match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some(list) => list.split(',').map(|item| value(item.trim())).collect(),
        None => text.into(),
    }
}

/// An issue as such a file.
pub(super) fn render(issue: &Value) -> String {
    let mut text = format!("{FENCE}\n");
    for name in SHOWN {
        let shown = match &issue[name] {
            Value::Null => String::new(),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(named).collect();
                format!("[{}]", items.join(", "))
            }
            one => named(one),
        };
        // Strings take everything.
        writeln!(text, "{}", format!("{name}: {shown}").trim_end()).ok();
    }
    let description = issue["description"].as_str().unwrap_or_default();
    write!(text, "{FENCE}\n\n{}\n", description.trim_end()).ok();
    text
}

/// What names a value in a request.
fn named(value: &Value) -> String {
    let key = ["key", "login", "id"].iter().find_map(|name| value.get(*name));
    cell(Some(key.unwrap_or(value)))
}

/// What differs between two such files.
///
/// # Errors
/// As [`parse`].
pub(super) fn changes(before: &str, after: &str) -> Result<Members, Failure> {
    let (before, mut after) = (parse(before)?, parse(after)?);
    for name in before.keys() {
        after.entry(name.clone()).or_insert(Value::Null);
    }
    after.retain(|name, value| before.get(name).unwrap_or(&Value::Null) != value);
    Ok(after)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn files_become_fields() {
        let text = "---\nqueue: DEV\npriority: critical\ntags: [a, b]\nstoryPoints: 2\n# not this\n\
            ---\n\n# Crash on start\n\nIt crashes.\n";
        let wanted = json!({"queue": "DEV", "priority": "critical", "tags": ["a", "b"],
            "storyPoints": 2, "summary": "Crash on start", "description": "It crashes."});
        assert_eq!(Value::Object(parse(text).expect("good")), wanted);
        assert_eq!(parse("# Only this").expect("good")["summary"], "Only this");
        assert!(parse("---\nqueue: DEV\n").is_err());
        assert!(parse("---\nqueue\n---\n").is_err());
    }

    #[test]
    fn only_what_was_changed_is_sent() {
        let issue = json!({"summary": "S", "priority": {"key": "minor", "display": "Minor"},
            "tags": ["x"], "description": "Long"});
        let before = render(&issue);
        assert!(changes(&before, &before).expect("good").is_empty());
        let after =
            before.replace("priority: minor", "priority: critical").replace("Long", "Short");
        let wanted = json!({"priority": "critical", "description": "Short"});
        assert_eq!(Value::Object(changes(&before, &after).expect("good")), wanted);
        let emptied = before.replace("Long", "");
        assert_eq!(changes(&before, &emptied).expect("good")["description"], Value::Null);
    }
}
