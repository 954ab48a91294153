//! Actions of triggers and automatic actions, and the changes of fields that macros make too.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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
