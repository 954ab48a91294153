//! Checklists of issues, projects and portfolios.

pub mod input;
pub mod ops;
pub mod render;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::time::Instant;

/// An item as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Item {
    /// 24-digit id.
    pub id: String,
    /// Text.
    pub text: String,
    /// Whether it is done.
    pub checked: bool,
    /// Who has to do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<i64>,
    /// When it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// Kind of item; empty for the usual one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Target of an item that is a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// When an item is due.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Instant.
    pub date: Instant,
    /// `date` or `quarter`.
    pub kind: String,
}

/// The items in a stored value.
pub fn read(json: &Json) -> Vec<Item> {
    let items = json.as_array().map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(|item| Item::deserialize(item).ok()).collect()
}
