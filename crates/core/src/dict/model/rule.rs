//! Automatic rules of queues: triggers, automatic actions, macros; and webhooks of the organisation.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::action::{Action, FieldUpdate};
use super::condition::{Condition, Group};
use super::{Body, Kind};
use crate::lang::Name;

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
