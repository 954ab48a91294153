//! Queues, their components and versions.

use serde::{Deserialize, Serialize};

use super::{Body, Kind, Permissions};
use crate::lang::Name;

/// An issue type of a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TypeConfig {
    /// The type.
    pub issue_type: i64,
    /// Its workflow.
    pub workflow: i64,
    /// Resolutions an issue of the type may get.
    pub resolutions: Vec<i64>,
}

/// A queue. The key is its key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the wire has them")]
pub struct Queue {
    /// Displayed name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Owner.
    pub lead: i64,
    /// New issues go to the owner.
    pub assign_auto: bool,
    /// People from outside may be named.
    pub allow_externals: bool,
    /// Voting is off.
    pub deny_voting: bool,
    /// Type of an issue created without one.
    pub default_type: i64,
    /// Priority of an issue created without one.
    pub default_priority: i64,
    /// Issue types.
    pub types: Vec<TypeConfig>,
    /// Team.
    pub team: Vec<i64>,
    /// Rights.
    pub permissions: Permissions,
    /// Text shown to whoever is refused.
    pub denied_message: String,
    /// Hidden; can be restored.
    pub deleted: bool,
}

impl Queue {
    /// Settings of an issue type.
    pub fn type_config(&self, issue_type: i64) -> Option<&TypeConfig> {
        self.types.iter().find(|t| t.issue_type == issue_type)
    }
}

impl Body for Queue {
    const KIND: Kind = Kind::Queue;
    const PATH: &'static str = "queues";
    const SELF_BY_KEY: bool = true;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}

/// A component of a queue.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Component {
    /// Queue.
    pub queue: i64,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Responsible person.
    pub lead: Option<i64>,
    /// New issues with the component go to its lead.
    pub assign_auto: bool,
    /// No longer offered.
    pub archived: bool,
    /// Rules that replace the queue's for issues with the component.
    pub permissions: Option<Permissions>,
}

impl Body for Component {
    const KIND: Kind = Kind::Component;
    const PATH: &'static str = "components";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}

/// A version of a queue.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Version {
    /// Queue.
    pub queue: i64,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// First day.
    pub start: Option<i32>,
    /// Planned last day.
    pub due: Option<i32>,
    /// When it was released, in ms.
    pub released_at: Option<i64>,
    /// Released.
    pub released: bool,
    /// Archived: cannot be newly assigned.
    pub archived: bool,
}

impl Body for Version {
    const KIND: Kind = Kind::Version;
    const PATH: &'static str = "versions";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}
