//! Projects, portfolios and goals.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Body, Kind};
use crate::checklist::Item;
use crate::ids::{Tag, hex_id};
use crate::lang::Name;
use crate::time::{Day, Instant};

/// Kinds of entities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum EntityType {
    #[default]
    Project,
    Portfolio,
    Goal,
}

impl EntityType {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Project, Self::Portfolio, Self::Goal];

    /// Name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Portfolio => "portfolio",
            Self::Goal => "goal",
        }
    }
}

/// Roles that an entity gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum EntityRole {
    Author,
    Owner,
    Client,
    Follower,
    Member,
}

/// Holders of one right on an entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EntitySubjects {
    /// Accounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<i64>,
    /// Groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<i64>,
    /// Roles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<EntityRole>,
}

impl EntitySubjects {
    /// Whether nobody is named.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.groups.is_empty() && self.roles.is_empty()
    }
}

/// Who may do what with an entity, besides its author and lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct Acl {
    pub read: EntitySubjects,
    pub write: EntitySubjects,
    pub grant: EntitySubjects,
}

impl Acl {
    /// Whether nobody is named for anything.
    pub fn is_empty(&self) -> bool {
        self.read.is_empty() && self.write.is_empty() && self.grant.is_empty()
    }
}

/// A project, portfolio or goal. Members that are fields have the names of the fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "members are the fields of the contract")]
pub struct Entity {
    pub kind: EntityType,
    pub summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markup_type: Option<String>,
    pub author: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub team_users: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub team_groups: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub followers: Vec<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Day>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quarter: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more_parents: Vec<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_access: Option<bool>,
    pub entity_status: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checklist_items: Vec<Item>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metric_items: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub key_result_items: Vec<Value>,
    /// Values of global fields by their numbers, in stored form.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<u32, Value>,
    pub created_at: Instant,
    pub created_by: i64,
    pub updated_at: Instant,
    pub updated_by: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_comment_at: Option<Instant>,
    /// How many versions of the object callers do not see: comments change it, but not its version.
    pub silent: i64,
    pub acl: Acl,
    /// Entities whose access this one inherits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<i64>,
}

impl Entity {
    /// 24-digit id of the entity with this number.
    pub fn hex(&self, id: i64) -> String {
        hex_id(Tag::Entity, self.created_at, id)
    }

    /// Path below the version prefix.
    pub fn path(&self, id: i64) -> String {
        format!("/entities/{}/{}", self.kind.name(), self.hex(id))
    }
}

impl Body for Entity {
    const KIND: Kind = Kind::Entity;
    const PATH: &'static str = "projects";
    const KEYED: bool = false;
    const AUDITED: bool = false;

    fn name(&self) -> Name {
        Name::new(&self.summary, "")
    }

    /// Issues mention a project by its number; other kinds have no address with one.
    fn own_path(&self, id: i64) -> Option<String> {
        (self.kind != EntityType::Project).then(|| self.path(id))
    }
}

/// A dashboard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "members are those of the contract")]
pub struct Dashboard {
    pub name: String,
    pub layout: String,
    pub owner: i64,
    pub created_at: Instant,
    pub created_by: i64,
    /// Widgets in their places, as clients give them.
    pub widgets: Vec<serde_json::Map<String, Value>>,
}

impl Body for Dashboard {
    const KIND: Kind = Kind::Dashboard;
    const PATH: &'static str = "dashboards";
    const KEYED: bool = false;
    const AUDITED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}

/// A widget of a dashboard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "members are those of the contract")]
pub struct Widget {
    pub dashboard: i64,
    pub cycle_time: bool,
    pub created_at: Instant,
    pub created_by: i64,
    /// What it shows, as clients give it.
    pub settings: serde_json::Map<String, Value>,
}

impl Body for Widget {
    const KIND: Kind = Kind::Widget;
    const PATH: &'static str = "widgets";
    const KEYED: bool = false;
    const AUDITED: bool = false;
    fn name(&self) -> Name {
        let description = self.settings.get("description").and_then(Value::as_str);
        Name::new(description.unwrap_or_default(), "")
    }
}

/// An export of issues that was ordered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "members are those of the contract")]
pub struct Report {
    pub summary: String,
    pub parameters: Value,
    pub created_at: Instant,
    pub created_by: i64,
}

impl Body for Report {
    const KIND: Kind = Kind::Report;
    const PATH: &'static str = "entities/report";
    const KEYED: bool = false;
    const AUDITED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.summary, "")
    }
}
