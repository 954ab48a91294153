//! `--fields help`: which members the objects of a command have, with a word on each.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Column;
use crate::lang::shown;
use crate::shape;

/// What asks for the list in the place of members.
const HELP: &str = "help";

pub(super) const COLUMNS: &[Column<'static>] =
    &[Column("FIELD", "field"), Column("FORM", "form"), Column("MEANING", "meaning")];

/// What members say that many objects have; the others say it by their names.
const MEANINGS: [(&str, &str); 66] = [
    ("access", "who may see it besides others"),
    ("active", "whether it acts"),
    ("affectedVersions", "versions it was found in"),
    ("aliases", "keys it had before"),
    ("archived", "whether it is archived"),
    ("assignee", "who does it"),
    ("boards", "boards it is on"),
    ("checked", "whether it is done"),
    ("checklistDone", "how many items of the checklist are done"),
    ("checklistItems", "the checklist"),
    ("checklistTotal", "how many items the checklist has"),
    ("comment", "what was noted"),
    ("components", "components of the queue"),
    ("content", "where the file is"),
    ("createdAt", "when it was made"),
    ("createdBy", "who made it"),
    ("deadline", "when it must be done"),
    ("description", "what it is about, at length"),
    ("direction", "which end of the link it is"),
    ("display", "name as shown"),
    ("dueDate", "planned last day"),
    ("duration", "how long it took"),
    ("email", "address for letters"),
    ("end", "last day"),
    ("endDate", "last day"),
    ("epic", "epic it is in"),
    ("estimation", "how long it will take"),
    ("favorite", "whether it is among your favourites"),
    ("fields", "what was changed"),
    ("fixVersions", "versions it is to be fixed in"),
    ("followers", "who follows it"),
    ("id", "id"),
    ("issue", "the issue"),
    ("key", "key"),
    ("lastCommentUpdatedAt", "when a comment was last written"),
    ("lead", "owner"),
    ("login", "name to sign in with"),
    ("mimetype", "type of the file"),
    ("name", "name"),
    ("object", "the other issue"),
    ("originalEstimation", "first estimate"),
    ("owner", "owner"),
    ("parent", "issue it is a part of"),
    ("pendingReplyFrom", "who has to answer"),
    ("priority", "how pressing it is"),
    ("project", "project it belongs to"),
    ("query", "what it finds"),
    ("queue", "queue"),
    ("resolution", "how it ended"),
    ("resolvedAt", "when it ended"),
    ("resolvedBy", "who ended it"),
    ("self", "address in the API"),
    ("size", "bytes"),
    ("spent", "time spent"),
    ("sprint", "sprints it is in"),
    ("start", "first day, or when it began"),
    ("status", "status"),
    ("storyPoints", "story points"),
    ("summary", "what it is about, in a line"),
    ("tags", "tags"),
    ("text", "text"),
    ("type", "type"),
    ("updatedAt", "when it was last changed"),
    ("updatedBy", "who last changed it"),
    ("version", "number of changes"),
    ("votes", "how many voted for it"),
];

/// Whether the members are asked for, instead of some of them.
pub(super) fn are_wanted(fields: &[String]) -> bool {
    matches!(fields, [only] if only == HELP)
}

/// A row for each member of these objects or of the columns they are shown in.
pub(super) fn rows(columns: &[Column<'_>], items: &[Value]) -> Vec<Value> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for Column(_, path) in columns {
        found.insert((*path).to_owned(), String::new());
    }
    for (name, value) in items.iter().filter_map(Value::as_object).flatten() {
        let form = found.entry(name.clone()).or_default();
        if form.is_empty() {
            *form = form_of(value);
        }
    }
    for (path, form) in &mut found {
        let value = || items.iter().find_map(|item| shape::member(item, path));
        if form.is_empty() {
            *form = value().map(form_of).unwrap_or_default();
        }
    }
    let row = |(name, form): (String, String)| {
        let last = name.rsplit('.').next().unwrap_or_default();
        let known = MEANINGS.iter().find(|(member, _)| *member == last);
        let meaning = known.map_or_else(|| spaced(last), |(_, meaning)| shown(meaning));
        json!({"field": name, "form": form, "meaning": meaning})
    };
    found.into_iter().map(row).collect()
}

/// A name as words: `allowExternals` as `allow externals`. Of a field of a queue the id goes.
fn spaced(name: &str) -> String {
    let name = name.rsplit("--").next().unwrap_or_default();
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            out.push(' ');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// What a value looks like; of an object the names behind the dot.
fn form_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(_) => shown("yes or no"),
        Value::Number(_) => shown("number"),
        Value::String(_) => shown("text"),
        Value::Array(items) => match items.first() {
            Some(first @ Value::Object(_)) => format!("[{}]", form_of(first)),
            _ => shown("list"),
        },
        Value::Object(members) => {
            members.keys().map(|name| format!(".{name}")).collect::<Vec<_>>().join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_with_their_forms() {
        let items = [
            json!({"key": "A-1", "status": {"key": "open", "name": "Open"}, "isMine": null}),
            json!({"key": "A-2", "tags": ["x"], "isMine": 3, "sprint": [{"id": "1"}], "done": true}),
        ];
        let rows = rows(&[Column("STATUS", "status.key"), Column("DUE", "deadline")], &items);
        let told: Vec<String> = rows
            .iter()
            .map(|row| {
                ["field", "form", "meaning"].map(|name| row[name].as_str().unwrap_or("?")).join("|")
            })
            .collect();
        assert_eq!(
            told,
            [
                "deadline||when it must be done",
                "done|yes or no|done",
                "isMine|number|is mine",
                "key|text|key",
                "sprint|[.id]|sprints it is in",
                "status|.key .name|status",
                "status.key|text|key",
                "tags|list|tags",
            ]
        );
        assert!(
            are_wanted(&["help".to_owned()]) && !are_wanted(&["help".to_owned(), "key".to_owned()])
        );
    }

    #[test]
    fn meanings_stand_in_order() {
        assert!(MEANINGS.is_sorted_by(|(a, _), (b, _)| a < b), "each once");
    }
}
