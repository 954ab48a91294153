//! Templates of issues and comments.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Body, Kind};
use crate::lang::Name;

/// A template of issues.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IssueTemplate {
    /// Displayed name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The queue it belongs to; none means every queue.
    pub queue: Option<i64>,
    /// Number of the field to value, as issues store it.
    pub fields: BTreeMap<i64, Value>,
}

impl Body for IssueTemplate {
    const KIND: Kind = Kind::IssueTemplate;
    const PATH: &'static str = "issueTemplates";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}

/// A template of comments.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CommentTemplate {
    /// Displayed name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The queue it belongs to; none means every queue.
    pub queue: Option<i64>,
    /// Text of the comment.
    pub text: String,
    /// Whom it summons.
    pub summonees: Vec<i64>,
    /// Mail lists it summons.
    pub maillists: Vec<i64>,
}

impl Body for CommentTemplate {
    const KIND: Kind = Kind::CommentTemplate;
    const PATH: &'static str = "commentTemplates";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}
