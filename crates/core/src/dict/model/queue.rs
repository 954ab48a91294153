//! Queues, their components and versions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// Groups whose members belong to the team.
    pub team_groups: Vec<i64>,
    /// Mail may leave the organisation.
    pub allow_external_mailing: bool,
    /// Mail names the issue's key.
    pub add_issue_key_in_email: bool,
    /// Keys of requests to the deployment service make no links.
    pub deny_conductor_autolink: bool,
    /// Keys of issues in texts make no links.
    pub deny_tracker_autolink: bool,
    /// Of several components with rules every one must admit, and not any one.
    pub use_component_permissions_intersection: bool,
    /// Replies by mail start from the last signature.
    pub use_last_signature: bool,
    /// Whoever is summoned gets access to the issue.
    pub add_summonee_to_issue_access: bool,
    /// Whoever comments follows the issue.
    pub add_comment_author_to_issue_followers: bool,
    /// How the buttons of transitions are shown.
    pub workflow_actions_style: String,
    /// Fields shown on every issue, even empty ones (numbers).
    pub shown_fields: Vec<i64>,
    /// Rights.
    pub permissions: Permissions,
    /// Text shown to whoever is refused.
    pub denied_message: String,
    /// Hidden; can be restored.
    pub deleted: bool,
    /// Readable, but nothing in it is made or changed until it is restored.
    pub archived: bool,
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
    /// Gone; only histories mention it.
    pub deleted: bool,
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
    /// The version that follows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
    /// Gone; only histories mention it.
    pub deleted: bool,
}

impl Body for Version {
    const KIND: Kind = Kind::Version;
    const PATH: &'static str = "versions";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}

/// Values that new issues of a queue get where the caller gives none.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DefaultValues {
    /// Queue.
    pub queue: i64,
    /// Only for issues of this type.
    pub issue_type: Option<i64>,
    /// Only for issues with this component.
    pub component: Option<i64>,
    /// Values by number of the field, in the stored form of events.
    pub values: BTreeMap<u32, Value>,
    /// Lists whose values are added to what the caller gives (numbers of fields).
    pub append: Vec<u32>,
    /// When it was made.
    pub created_at: i64,
    /// Who made it.
    pub created_by: i64,
    /// When it was last changed.
    pub updated_at: i64,
    /// Who last changed it.
    pub updated_by: i64,
}

impl Body for DefaultValues {
    const KIND: Kind = Kind::DefaultValues;
    const PATH: &'static str = "defaultValues";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::default()
    }
}
