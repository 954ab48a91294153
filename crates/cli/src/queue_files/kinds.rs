//! What a queue has several of, each kind in a file of its own: where it is read and written, and
//! which of its members are settings.

use serde_json::{Value, json};

/// What is sent for a member that a file does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    /// Nothing: it stays as it is.
    Stays,
    /// `null`, which clears it.
    Null,
    /// The empty text, where `null` clears nothing.
    Text,
    /// `{}`, where `null` clears nothing.
    Object,
    /// The empty list.
    List,
}

impl Absent {
    /// The value that clears a member, if it can be cleared.
    pub(super) fn clearing(self) -> Option<Value> {
        Some(match self {
            Self::Stays => return None,
            Self::Null => Value::Null,
            Self::Text => "".into(),
            Self::Object => json!({}),
            Self::List => json!([]),
        })
    }
}

/// A member that is a setting.
pub(super) type Member = (&'static str, Absent);

/// A kind of things of a queue.
#[derive(Debug)]
pub(super) struct Kind {
    /// Name of the file and of the list in it.
    pub(super) name: &'static str,
    /// What one of them is called.
    pub(super) one: &'static str,
    /// Path of the list; `{queue}` is the queue's key.
    pub(super) list: &'static str,
    /// Where a new one is sent.
    pub(super) create: &'static str,
    /// Path of one.
    pub(super) item: &'static str,
    /// What tells them apart: `name`, `key`, or several members.
    pub(super) identity: &'static [&'static str],
    /// Members that are settings.
    pub(super) members: &'static [Member],
    /// Members that only a new one takes.
    pub(super) born: &'static [&'static str],
    /// Members that a new one does not take, but a change does.
    pub(super) later: &'static [&'static str],
    /// Whether the API deletes them.
    pub(super) removable: bool,
}

use Absent::{List, Null, Object, Stays, Text};

/// The kinds, in the order in which they are changed: what others refer to comes first.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "fields",
        one: "field",
        list: "/queues/{queue}/localFields",
        create: "/queues/{queue}/localFields",
        item: "/queues/{queue}/localFields/{id}",
        identity: &["key"],
        members: &[
            ("key", Stays),
            ("name", Stays),
            ("description", Null),
            ("category", Stays),
            ("type", Stays),
            ("container", Stays),
            ("optionsProvider", Null),
            ("order", Stays),
            ("readonly", Stays),
            ("visible", Stays),
            ("hidden", Stays),
        ],
        born: &["key", "type", "container"],
        later: &[],
        removable: false,
    },
    Kind {
        name: "components",
        one: "component",
        list: "/queues/{queue}/components",
        create: "/components",
        item: "/components/{id}",
        identity: &["name"],
        members: &[
            ("name", Stays),
            ("description", Text),
            ("lead", Object),
            ("assignAuto", Stays),
            ("archived", Stays),
            (RULES, Null),
        ],
        born: &[],
        later: &["archived"],
        removable: true,
    },
    Kind {
        name: "versions",
        one: "version",
        list: "/queues/{queue}/versions",
        create: "/versions",
        item: "/versions/{id}",
        identity: &["name"],
        members: &[
            ("name", Stays),
            ("description", Null),
            ("startDate", Null),
            ("dueDate", Null),
            ("released", Stays),
            ("archived", Stays),
            ("next", Null),
        ],
        born: &[],
        later: &["released", "archived", "next"],
        removable: true,
    },
    Kind {
        name: "defaults",
        one: "default values",
        list: "/queues/{queue}/defaultValues",
        create: "/queues/{queue}/defaultValues",
        item: "/queues/{queue}/defaultValues/{id}",
        identity: &["type", "component"],
        members: &[("type", Null), ("component", Null), ("values", Stays), ("appendFields", List)],
        born: &[],
        later: &[],
        removable: true,
    },
    Kind {
        name: "triggers",
        one: "trigger",
        list: "/queues/{queue}/triggers",
        create: "/queues/{queue}/triggers",
        item: "/queues/{queue}/triggers/{id}",
        identity: &["name"],
        members: &[("name", Stays), ("active", Stays), ("conditions", List), ("actions", Stays)],
        born: &[],
        later: &[],
        removable: true,
    },
    Kind {
        name: "autoactions",
        one: "automatic action",
        list: "/queues/{queue}/autoactions",
        create: "/queues/{queue}/autoactions",
        item: "/queues/{queue}/autoactions/{id}",
        identity: &["name"],
        members: &[
            ("name", Stays),
            ("active", Stays),
            ("filter", Null),
            ("query", Null),
            ("intervalMillis", Stays),
            ("calendar", Null),
            ("enableNotifications", Stays),
            ("actions", Stays),
        ],
        born: &[],
        later: &[],
        removable: true,
    },
    Kind {
        name: "macros",
        one: "macro",
        list: "/queues/{queue}/macros",
        create: "/queues/{queue}/macros",
        item: "/queues/{queue}/macros/{id}",
        identity: &["name"],
        members: &[("name", Stays), ("body", Null), ("issueUpdate", List)],
        born: &[],
        later: &[],
        removable: true,
    },
    Kind {
        name: "slas",
        one: "service level",
        list: "/queues/{queue}/slas",
        create: "/queues/{queue}/slas",
        item: "/queues/{queue}/slas/{id}",
        identity: &["name"],
        members: &[
            ("name", Stays),
            ("calendar", Null),
            ("levels", Stays),
            ("start", List),
            ("pause", List),
            ("stop", List),
            ("restartable", Stays),
            ("alerts", List),
        ],
        born: &[],
        later: &[],
        removable: true,
    },
    Kind {
        name: "schedules",
        one: "schedule",
        list: "/queues/{queue}/schedules",
        create: "/queues/{queue}/schedules",
        item: "/queues/{queue}/schedules/{id}",
        identity: &["name"],
        members: &[
            ("name", Stays),
            ("active", Stays),
            ("issues", Stays),
            ("unit", Stays),
            ("every", Stays),
            ("weekdays", List),
            ("timeZone", Stays),
            ("start", Stays),
            ("end", Null),
            ("calendar", Null),
        ],
        born: &[],
        later: &[],
        removable: true,
    },
];

/// Settings of the queue itself.
pub(super) const QUEUE: &[Member] = &[
    ("key", Stays),
    ("name", Stays),
    ("description", Null),
    ("lead", Stays),
    ("defaultType", Stays),
    ("defaultPriority", Stays),
    ("assignAuto", Stays),
    ("allowExternals", Stays),
    ("denyVoting", Stays),
    ("allowExternalMailing", Stays),
    ("addIssueKeyInEmail", Stays),
    ("denyConductorAutolink", Stays),
    ("denyTrackerAutolink", Stays),
    ("useComponentPermissionsIntersection", Stays),
    ("useLastSignature", Stays),
    ("addSummoneeToIssueAccess", Stays),
    ("addCommentAuthorToIssueFollowers", Stays),
    ("workflowActionsStyle", Null),
    ("permissionDeniedMessage", Null),
    ("alwaysShownFields", List),
    ("teamUsers", List),
    ("teamGroups", List),
    ("issueTypesConfig", Stays),
];

/// Settings of a workflow.
pub(super) const WORKFLOW: &[Member] = &[
    ("id", Stays),
    ("name", Stays),
    ("initialAction", Stays),
    ("issueTypeResolutions", List),
    ("steps", Stays),
];

/// Member of a component with its own rules of who may do what; they are read and sent by
/// themselves.
pub(super) const RULES: &str = "access";

/// Who may do what with issues of a component that has rules of its own.
pub(super) const COMPONENT_ACCESS: &[Member] =
    &[("create", Object), ("read", Object), ("write", Object), ("deny", Object)];

/// Who may do what.
pub(super) const ACCESS: &[Member] =
    &[("create", Object), ("read", Object), ("write", Object), ("grant", Object), ("deny", Object)];

/// The classes of fields, by the type of their values.
const CLASSES: [(&str, &str); 11] = [
    ("date", "DateFieldType"),
    ("datetime", "DateTimeFieldType"),
    ("string", "StringFieldType"),
    ("text", "TextFieldType"),
    ("float", "FloatFieldType"),
    ("integer", "IntegerFieldType"),
    ("user", "UserFieldType"),
    ("uri", "UriFieldType"),
    ("money", "MoneyFieldType"),
    ("timetracking", "TimeTrackingDurationFieldType"),
    ("duration", "TimeTrackingDurationFieldType"),
];

/// The class of a field of a type.
pub(super) fn class(kind: &str) -> Option<String> {
    let found = CLASSES.iter().find(|(name, _)| *name == kind);
    found.map(|(_, class)| format!("ru.yandex.startrek.core.fields.{class}"))
}

impl Kind {
    /// What tells one from its like, in words.
    pub(super) fn called(&self, one: &Value) -> String {
        let parts: Vec<String> = self
            .identity
            .iter()
            .map(|name| crate::shape::cell(one.get(*name)))
            .filter(|part| !part.is_empty())
            .collect();
        parts.join(", ")
    }
}
