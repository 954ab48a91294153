//! Workflows with their transitions and screens.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Body, Kind, StatusType};
use crate::lang::Name;

/// A field of a transition's screen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ScreenField {
    /// Wire id of the field, or `comment`.
    pub field: String,
    /// Must have a value.
    pub required: bool,
    /// Value taken when none is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
}

/// What a transition asks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Screen {
    /// Id on the wire.
    pub id: String,
    /// Title.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<ScreenField>,
}

/// What a transition does besides changing the status (workflow.md, 2.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum Function {
    /// Clears the resolution.
    UnsetResolution,
}

/// A transition of a workflow.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Transition {
    /// Id, unique within the workflow.
    pub id: String,
    /// Name of the button.
    pub name: Name,
    /// Statuses it starts from; empty means every other status (a meta-transition).
    pub from: Vec<i64>,
    /// Status it leads to.
    pub to: i64,
    /// What it asks for.
    pub screen: Option<Screen>,
    /// What it does, in this order.
    pub functions: Vec<Function>,
}

/// A status of a workflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The status.
    pub status: i64,
    /// Its type in this workflow.
    #[serde(rename = "type")]
    pub status_type: StatusType,
}

/// A workflow. The key is its id on the wire.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Workflow {
    /// Displayed name.
    pub name: Name,
    /// Status of a new issue.
    pub initial: i64,
    /// Its statuses.
    pub steps: Vec<Step>,
    /// Its transitions, in the order in which they are offered.
    pub transitions: Vec<Transition>,
    /// The queue that owns it; `None` for shared ones.
    pub queue: Option<i64>,
    /// Gone; only its own address still answers.
    pub deleted: bool,
}

impl Workflow {
    /// Transitions that start at `status`.
    pub fn open_from(&self, status: i64) -> impl Iterator<Item = &Transition> {
        self.transitions.iter().filter(move |t| {
            if t.from.is_empty() { t.to != status } else { t.from.contains(&status) }
        })
    }

    /// Type of `status` here.
    pub fn status_type(&self, status: i64) -> Option<StatusType> {
        self.steps.iter().find(|s| s.status == status).map(|s| s.status_type)
    }
}

impl Body for Workflow {
    const KIND: Kind = Kind::Workflow;
    const PATH: &'static str = "workflows";
    const KEYED: bool = false;
    const SELF_BY_KEY: bool = true;
    fn name(&self) -> Name {
        self.name.clone()
    }
}
