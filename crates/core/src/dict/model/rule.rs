//! Automatic rules of queues: triggers, automatic actions, macros.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Body, Kind};
use crate::lang::Name;

/// What must hold for a trigger to fire (automation.md, 1.1). The stored form is the wire's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
#[expect(missing_docs, reason = "the names and the table of automation.md say it all")]
pub enum Condition {
    #[serde(alias = "and")]
    And(Group),
    #[serde(alias = "or")]
    Or(Group),
    #[serde(rename = "Event.create")]
    EventCreate,
    #[serde(rename = "Event.update")]
    EventUpdate,
    #[serde(rename = "Event.comment-create")]
    EventComment,
    CalculationFormulaWatch,
    ChecklistDone,
    #[serde(rename = "CommentFullyMatchCondition")]
    CommentEquals(CommentText),
    #[serde(rename = "CommentStringMatchCondition")]
    CommentContains(CommentText),
    #[serde(rename = "CommentStringNotMatchCondition")]
    CommentLacks(CommentText),
    #[serde(rename = "CommentAnyMatchCondition")]
    CommentContainsAny(CommentWords),
    #[serde(rename = "CommentNoneMatchCondition")]
    CommentContainsNone(CommentWords),
    CommentAuthor(CommentAuthor),
    CommentAuthorNot(CommentAuthor),
    CommentMessageInternal,
    CommentMessageExternal,
    #[serde(rename = "CreatedLinkCondition")]
    LinkCreated(Link),
    #[serde(rename = "UpdatedLinkCondition")]
    LinkUpdated(Link),
    #[serde(rename = "RemovedLinkCondition")]
    LinkRemoved(Link),
    #[serde(rename = "FieldChangedCondition")]
    FieldChanged(OfField),
    FieldIsEmpty(OfField),
    FieldIsNotEmpty(OfField),
    FieldBecameEmpty(OfField),
    FieldBecameNotEmpty(OfField),
    FieldEquals(OfValue),
    FieldBecameEqual(OfValue),
    FieldEqualsString(OfString),
    ContainsAnyOfStrings(OfStrings),
    ContainsNoneOfStrings(OfStrings),
    #[serde(rename = "GreaterCondition")]
    Greater(OfNumber),
    #[serde(rename = "GreaterOrEqualCondition")]
    GreaterOrEqual(OfNumber),
    #[serde(rename = "LessCondition")]
    Less(OfNumber),
    #[serde(rename = "LessOrEqualCondition")]
    LessOrEqual(OfNumber),
    #[serde(rename = "BecameGreaterCondition")]
    BecameGreater(OfNumber),
    #[serde(rename = "BecameGreaterOrEqualCondition")]
    BecameGreaterOrEqual(OfNumber),
    #[serde(rename = "BecameLessCondition")]
    BecameLess(OfNumber),
    #[serde(rename = "BecameLessOrEqualCondition")]
    BecameLessOrEqual(OfNumber),
    #[serde(rename = "DateEqualCondition")]
    DateEqual(OfDate),
    #[serde(rename = "DateGreaterCondition")]
    DateGreater(OfDate),
    #[serde(rename = "DateGreaterOrEqualCondition")]
    DateGreaterOrEqual(OfDate),
    #[serde(rename = "DateLessCondition")]
    DateLess(OfDate),
    #[serde(rename = "DateLessOrEqualCondition")]
    DateLessOrEqual(OfDate),
    #[serde(rename = "Container.SizeEquals")]
    SizeEquals(OfSize),
    #[serde(rename = "Container.SizeNotEquals")]
    SizeNotEquals(OfSize),
    #[serde(rename = "Container.SizeGreater")]
    SizeGreater(OfSize),
    #[serde(rename = "Container.SizeGreaterOrEquals")]
    SizeGreaterOrEquals(OfSize),
    #[serde(rename = "Container.SizeLess")]
    SizeLess(OfSize),
    #[serde(rename = "Container.SizeLessOrEquals")]
    SizeLessOrEquals(OfSize),
    ContainerContainsAll(OfElements),
    ContainerContainsAny(OfElements),
    ContainerContainsNone(OfElements),
    UserInGroups(OfValue),
    UserNotInGroups(OfValue),
}

/// Conditions joined by And or Or.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct Group {
    pub conditions: Vec<Condition>,
}

const fn yes() -> bool {
    true
}

/// A text that a comment is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it all")]
pub struct CommentText {
    pub word: String,
    #[serde(default = "yes")]
    pub ignore_case: bool,
    #[serde(default = "yes")]
    pub remove_markup: bool,
    #[serde(default)]
    pub no_match_before: bool,
}

/// Texts that a comment is searched for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it all")]
pub struct CommentWords {
    #[serde(alias = "word")]
    pub words: Vec<String>,
    #[serde(default = "yes")]
    pub ignore_case: bool,
    #[serde(default = "yes")]
    pub remove_markup: bool,
    #[serde(default)]
    pub no_match_before: bool,
}

/// Who wrote a comment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct CommentAuthor {
    pub user: Value,
}

/// Relationships of a link; none means any.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct Link {
    #[serde(default)]
    pub relationship: Vec<String>,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct OfField {
    pub field: String,
}

/// A field and a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct OfValue {
    pub field: String,
    pub value: Value,
}

/// A text field and a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it all")]
pub struct OfString {
    pub field: String,
    pub value: String,
    #[serde(default = "yes")]
    pub ignore_case: bool,
}

/// A text field and texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it all")]
pub struct OfStrings {
    pub field: String,
    pub value: Vec<String>,
    #[serde(default = "yes")]
    pub ignore_case: bool,
}

/// A number field and a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct OfNumber {
    pub field: String,
    pub value: serde_json::Number,
}

/// A date field and a date or instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct OfDate {
    pub field: String,
    pub value: String,
}

/// A list field and a number of elements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct OfSize {
    pub field: String,
    pub value: u32,
}

/// A list field and elements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it all")]
pub struct OfElements {
    pub field: String,
    pub value: Vec<Value>,
    #[serde(default)]
    pub no_match_before: bool,
}

/// An item that an action puts on a checklist.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ChecklistItem {
    /// Text, a template.
    pub text: String,
    /// Assignee.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<i64>,
    /// Deadline as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Value>,
}

/// How a webhook proves who it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Auth {
    #[default]
    Noauth,
    Basic {
        login: String,
        password: String,
    },
    #[serde(rename_all = "camelCase")]
    Oauth {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header_name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token_type: Option<String>,
        access_token: String,
    },
}

/// A request to another system; every text is a template.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Hook {
    /// URL.
    pub endpoint: String,
    /// Method.
    pub method: String,
    /// Authentication.
    pub auth_context: Auth,
    /// Type of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Headers.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Body: a text, or JSON with templates in its texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// What an automatic rule does (automation.md, 1.2). References are ids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all_fields = "camelCase", tag = "type")]
#[expect(missing_docs, reason = "the names and the table of automation.md say it all")]
pub enum Action {
    Transition {
        status: i64,
    },
    Update {
        update: Vec<FieldUpdate>,
    },
    Move {
        queue: i64,
    },
    CreateComment {
        text: String,
        #[serde(default)]
        from_robot: bool,
        /// Members of a comment besides its text, such as `summonees`.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        besides: Map<String, Value>,
    },
    CreateChecklist {
        checklist_items: Vec<ChecklistItem>,
    },
    CalculateFormula {
        formula: String,
        result_field: String,
    },
    CreateIssue {
        queue: i64,
        summary: String,
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        field_templates: Map<String, Value>,
        /// Relationship of the new issue to the one that caused it, seen from the latter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
        #[serde(default)]
        from_robot: bool,
    },
    Webhook(Hook),
}

/// A change of a field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldUpdate {
    /// Wire id.
    pub field: String,
    /// New value, operators, or null to clear.
    pub update: Value,
}

/// A trigger of a queue.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Trigger {
    /// Queue.
    pub queue: i64,
    /// Name, unique in the queue.
    pub name: String,
    /// Position among the triggers of the queue.
    pub rank: f64,
    /// What must hold; always one group.
    pub conditions: Condition,
    /// What is done, in this order.
    pub actions: Vec<Action>,
    /// Whether it fires.
    pub active: bool,
}

impl Default for Trigger {
    fn default() -> Self {
        Self {
            queue: 0,
            name: String::new(),
            rank: 0.0,
            conditions: Condition::And(Group::default()),
            actions: Vec::new(),
            active: true,
        }
    }
}

impl Body for Trigger {
    const KIND: Kind = Kind::Trigger;
    const PATH: &'static str = "triggers";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
    #[expect(clippy::cast_possible_truncation, reason = "ranks are small")]
    fn order(&self) -> i64 {
        (self.rank * 1e6) as i64
    }
}

/// An automatic action of a queue (automation.md, section 2).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Autoaction {
    /// Queue.
    pub queue: i64,
    /// Name.
    pub name: String,
    /// Which issues: fields with their accepted values.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub filter: Map<String, Value>,
    /// Which issues, in the query language; with a filter, both must hold.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// What is done to each.
    pub actions: Vec<Action>,
    /// Whether it is launched.
    pub active: bool,
    /// Whether people are notified of what it does.
    pub enable_notifications: bool,
    /// Time between two launches, in ms.
    pub interval_millis: i64,
    /// Calendar in whose working time it is launched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<i64>,
    /// When it was made, in ms.
    pub created: i64,
    /// When it was changed, in ms.
    pub updated: i64,
}

impl Default for Autoaction {
    fn default() -> Self {
        Self {
            queue: 0,
            name: String::new(),
            filter: Map::new(),
            query: String::new(),
            actions: Vec::new(),
            active: true,
            enable_notifications: false,
            interval_millis: 3_600_000,
            calendar: None,
            created: 0,
            updated: 0,
        }
    }
}

impl Body for Autoaction {
    const KIND: Kind = Kind::Autoaction;
    const PATH: &'static str = "autoactions";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}

/// A macro of a queue (automation.md, section 3).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Macro {
    /// Queue.
    pub queue: i64,
    /// Name, unique in the queue.
    pub name: String,
    /// Text of the comment, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Changes of fields.
    pub updates: Vec<FieldUpdate>,
}

impl Body for Macro {
    const KIND: Kind = Kind::Macro;
    const PATH: &'static str = "macros";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}

/// A webhook of the organisation: an extension of ours.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OrgHook {
    /// Where requests go.
    pub url: String,
    /// What they are signed with.
    pub secret: String,
    /// Queues; none means all.
    pub queues: Vec<i64>,
    /// Kinds of events; none means all.
    pub events: Vec<String>,
    /// Whether requests are sent.
    pub active: bool,
}

impl Body for OrgHook {
    const KIND: Kind = Kind::OrgHook;
    const PATH: &'static str = "webhooks";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.url, "")
    }
}
