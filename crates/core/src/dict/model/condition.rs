//! Conditions of triggers.

use serde::{Deserialize, Serialize};
use serde_json::Value;

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
