//! JSON Schemas of what `--json` prints. The server's form is that of the API's contract; ours is
//! shorter (`shape::short`), and is told here.

use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::output::Column;
use crate::session::ISSUE;
use crate::{board, find, issue, queue, sprint};

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Whole,
    Number,
    Flag,
    Time,
    Day,
    /// `{key, name}`
    Keyed,
    /// `{id, name}`
    Named,
    Texts,
    Nameds,
    Objects,
    /// A number, also as a text.
    Id,
}

use Kind::{Day, Flag, Id, Keyed, Named, Nameds, Number, Objects, Text, Texts, Time, Whole};

/// A member: its name, what it is, and whether it is always there.
type Member = (&'static str, Kind, bool);

/// An object that is printed.
struct Object {
    name: &'static str,
    /// A command that prints such ones.
    command: &'static str,
    /// The columns in which commands show it.
    columns: &'static [Column<'static>],
    members: &'static [Member],
}

const OBJECTS: &[Object] = &[
    Object {
        name: "issue",
        command: "trackway issue view",
        columns: ISSUE,
        members: &[
            ("self", Text, true),
            ("id", Text, true),
            ("key", Text, true),
            ("url", Text, true),
            ("version", Whole, true),
            ("summary", Text, true),
            ("description", Text, false),
            ("queue", Keyed, true),
            ("type", Keyed, true),
            ("status", Keyed, true),
            ("statusType", Keyed, false),
            ("resolution", Keyed, false),
            ("priority", Keyed, true),
            ("assignee", Named, false),
            ("createdBy", Named, true),
            ("updatedBy", Named, false),
            ("followers", Nameds, false),
            ("createdAt", Time, true),
            ("updatedAt", Time, true),
            ("resolvedAt", Time, false),
            ("deadline", Day, false),
            ("start", Day, false),
            ("end", Day, false),
            ("parent", Keyed, false),
            ("epic", Keyed, false),
            ("components", Nameds, false),
            ("fixVersions", Nameds, false),
            ("affectedVersions", Nameds, false),
            ("sprint", Nameds, false),
            ("boards", Objects, false),
            ("tags", Texts, false),
            ("storyPoints", Number, false),
            ("estimation", Text, false),
            ("spent", Text, false),
            ("votes", Whole, false),
            ("favorite", Flag, false),
        ],
    },
    Object {
        name: "comment",
        command: "trackway issue comments",
        columns: issue::COMMENT,
        members: &[
            ("self", Text, true),
            ("id", Whole, true),
            ("text", Text, false),
            ("createdBy", Named, true),
            ("createdAt", Time, true),
            ("updatedAt", Time, true),
            ("version", Whole, true),
            ("summonees", Nameds, false),
            ("type", Text, true),
            ("transport", Text, true),
        ],
    },
    Object {
        name: "change",
        command: "trackway issue history",
        columns: &[],
        members: &[
            ("self", Text, true),
            ("id", Text, true),
            ("issue", Keyed, true),
            ("updatedAt", Time, true),
            ("updatedBy", Named, true),
            ("type", Text, true),
            ("transport", Text, false),
            ("fields", Objects, false),
        ],
    },
    Object {
        name: "worklog",
        command: "trackway issue worklog",
        columns: issue::WORK,
        members: &[
            ("self", Text, true),
            ("id", Id, true),
            ("issue", Keyed, true),
            ("comment", Text, false),
            ("createdBy", Named, true),
            ("createdAt", Time, true),
            ("start", Time, true),
            ("duration", Text, true),
        ],
    },
    Object {
        name: "attachment",
        command: "trackway issue attachments",
        columns: issue::FILE,
        members: &[
            ("self", Text, true),
            ("id", Text, true),
            ("name", Text, true),
            ("content", Text, true),
            ("thumbnail", Text, false),
            ("createdBy", Named, true),
            ("createdAt", Time, true),
            ("mimetype", Text, true),
            ("size", Whole, true),
        ],
    },
    Object {
        name: "queue",
        command: "trackway queue view",
        columns: queue::QUEUE,
        members: &[
            ("self", Text, true),
            ("id", Id, true),
            ("key", Text, true),
            ("version", Whole, true),
            ("name", Text, true),
            ("description", Text, false),
            ("lead", Named, true),
            ("assignAuto", Flag, true),
            ("defaultType", Keyed, true),
            ("defaultPriority", Keyed, true),
        ],
    },
    Object {
        name: "board",
        command: "trackway board list",
        columns: board::BOARD,
        members: &[
            ("self", Text, true),
            ("id", Whole, true),
            ("version", Whole, true),
            ("name", Text, true),
            ("columns", Nameds, true),
            ("query", Text, false),
            ("defaultQueue", Keyed, false),
        ],
    },
    Object {
        name: "sprint",
        command: "trackway sprint list",
        columns: sprint::SPRINT,
        members: &[
            ("self", Text, true),
            ("id", Whole, true),
            ("version", Whole, true),
            ("name", Text, true),
            ("board", Named, true),
            ("status", Text, true),
            ("archived", Flag, true),
            ("createdBy", Named, true),
            ("createdAt", Time, true),
            ("startDate", Day, true),
            ("endDate", Day, true),
        ],
    },
    Object {
        name: "user",
        command: "trackway me",
        columns: find::USER,
        members: &[
            ("self", Text, true),
            ("uid", Whole, true),
            ("login", Text, true),
            ("display", Text, true),
            ("email", Text, false),
        ],
    },
];

impl Kind {
    fn schema(self) -> Value {
        let list = |items: Kind| json!({"type": "array", "items": items.schema()});
        let reference = |by: &str| {
            json!({"type": "object", "required": [by, "name"],
                "properties": {by: {"type": ["string", "integer", "null"]}, "name": {"type": "string"}}})
        };
        match self {
            Self::Text => json!({"type": "string"}),
            Self::Whole => json!({"type": "integer"}),
            Self::Number => json!({"type": "number"}),
            Self::Flag => json!({"type": "boolean"}),
            Self::Time => json!({"type": "string", "pattern": TIME}),
            Self::Day => json!({"type": "string", "pattern": DAY}),
            Self::Keyed => reference("key"),
            Self::Named => reference("id"),
            Self::Texts => list(Self::Text),
            Self::Nameds => list(Self::Named),
            Self::Objects => json!({"type": "array", "items": {"type": "object"}}),
            Self::Id => json!({"type": ["string", "integer"]}),
        }
    }
}

impl Kind {
    /// A value of this kind.
    fn example(self) -> Value {
        let named = json!({"id": "", "name": ""});
        match self {
            Self::Text | Self::Time | Self::Day | Self::Id => "".into(),
            Self::Whole | Self::Number => 0.into(),
            Self::Flag => false.into(),
            Self::Keyed => json!({"key": "", "name": ""}),
            Self::Named => named,
            Self::Texts => json!([]),
            Self::Nameds => json!([named]),
            Self::Objects => json!([{}]),
        }
    }
}

/// An object such as these columns show, with all members that this program knows; none if it knows
/// only the columns.
pub(crate) fn example(columns: &[Column<'_>]) -> Option<Value> {
    let object = OBJECTS.iter().find(|object| object.columns == columns)?;
    Some(object.members.iter().map(|(name, kind, _)| (*name, kind.example())).collect())
}

const TIME: &str = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$";
const DAY: &str = r"^\d{4}-\d{2}-\d{2}";

/// The schema of an object, as text.
///
/// # Errors
/// Usage: there is no such object.
pub(super) fn of(name: &str) -> Result<String, Failure> {
    let object = OBJECTS.iter().find(|object| object.name == name).ok_or_else(|| {
        let names: Vec<&str> = OBJECTS.iter().map(|object| object.name).collect();
        Failure::usage(format!("there is no schema of {name:?}")).note("possible", names.join(", "))
    })?;
    let members = object.members.iter();
    let properties: Map<String, Value> =
        members.clone().map(|(name, kind, _)| ((*name).to_owned(), kind.schema())).collect();
    let required: Vec<&str> =
        members.filter(|(.., required)| *required).map(|(name, ..)| *name).collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": object.name,
        "description": format!("What `{}` prints with --json; other members may be there.",
            object.command),
        "type": "object",
        "properties": properties,
        "required": required,
    });
    Ok(serde_json::to_string_pretty(&schema).map_err(std::io::Error::from)?)
}
