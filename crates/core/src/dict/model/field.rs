//! Fields of issues and their categories.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Body, Kind};
use crate::lang::Name;

/// A category of fields. The key is its 24-digit id on the wire.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Category {
    /// Displayed name.
    pub name: Name,
    /// Description.
    pub description: Name,
    /// Position in lists.
    pub order: i64,
}

impl Body for Category {
    const KIND: Kind = Kind::Category;
    const PATH: &'static str = "fields/categories";
    const KEYED: bool = false;
    const SELF_BY_KEY: bool = true;
    fn name(&self) -> Name {
        self.name.clone()
    }
    fn order(&self) -> i64 {
        self.order
    }
}

/// What a field's values are (contract, x-field-value-shapes).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum ValueType {
    #[default]
    String,
    Text,
    Integer,
    Float,
    Boolean,
    Date,
    Datetime,
    Timetracking,
    Uri,
    Money,
    User,
    Group,
    Maillist,
    Issue,
    Queue,
    IssueType,
    Priority,
    Status,
    StatusType,
    Resolution,
    Component,
    Version,
    Sprint,
    Project,
    Board,
    Goal,
    Translation,
    Rank,
    Sla,
    ChecklistItem,
}

impl ValueType {
    /// Name in a field's schema.
    pub fn name(self) -> String {
        match self {
            Self::StatusType => "statusType".to_owned(),
            Self::ChecklistItem => "checklistItem".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        }
    }
}

/// A field of issues. The key is its id on the wire; the number is what issues are stored with.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the wire has them")]
pub struct Field {
    /// Displayed name.
    pub name: Name,
    /// Description.
    pub description: Name,
    /// Type of a value, or of an element when `array` is set.
    #[serde(rename = "type")]
    pub value_type: ValueType,
    /// Whether the field holds several values.
    pub array: bool,
    /// Whether an issue must have a value.
    pub required: bool,
    /// Whether clients cannot write it.
    pub readonly: bool,
    /// Whether values come from a list.
    pub options: bool,
    /// Whether values can be suggested.
    pub suggest: bool,
    /// The list of allowed values, if there is one. Users stand as uids.
    pub values: Option<Vec<Value>>,
    /// Lists for single queues, by key; the common list is for all others. A local field has them
    /// by issue type.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<String, Vec<Value>>,
    /// Position in lists.
    pub order: i64,
    /// Category (object id).
    pub category: i64,
    /// Queue of a local field.
    pub queue: Option<i64>,
    /// Hidden from lists.
    pub hidden: bool,
    /// Whether forms show it from the start, if somebody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible: Option<bool>,
    /// Removed: nobody may write it any more, and issues no longer show it.
    pub deleted: bool,
}

impl Body for Field {
    const KIND: Kind = Kind::Field;
    const PATH: &'static str = "fields";
    const KEYED: bool = false;
    const SELF_BY_KEY: bool = true;
    fn name(&self) -> Name {
        self.name.clone()
    }
    fn order(&self) -> i64 {
        self.order
    }
}
