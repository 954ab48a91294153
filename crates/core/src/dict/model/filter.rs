//! Saved filters.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Body, Kind, Subjects};
use crate::lang::Name;
use crate::time::Instant;

/// One key of a saved order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSort {
    /// Number of the field.
    pub field: i64,
    /// Smallest first.
    pub ascending: bool,
}

/// A saved filter: exactly one of `filter` and `query`, and how a list of its issues looks.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Filter {
    /// Displayed name.
    pub name: String,
    /// Who made it.
    pub owner: i64,
    /// A filter object.
    pub filter: Option<Value>,
    /// A query.
    pub query: Option<String>,
    /// Columns of the list, by number of the field.
    pub fields: Vec<i64>,
    /// Order of the list.
    pub sorts: Vec<SavedSort>,
    /// Field the list is grouped by.
    pub group_by: Option<i64>,
    /// Folder, as its owner calls it.
    pub folder: Option<Value>,
    /// Who may read it besides the owner.
    pub read: Subjects,
    /// Who may read and change it besides the owner.
    pub write: Subjects,
    /// When it was made.
    pub created_at: Instant,
}

impl Body for Filter {
    const KIND: Kind = Kind::Filter;
    const PATH: &'static str = "filters";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}
