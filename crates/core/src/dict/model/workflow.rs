//! Workflows with their transitions and screens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Body, Kind, StatusType, TypeConfig};
use crate::field::no::FieldNo;
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
    /// Writes the present moment into a date.
    SetCurrentTime {
        /// The date.
        field: FieldNo,
    },
    /// Writes the sum of numbers into another one.
    CalculateField {
        /// What is added up.
        fields: Vec<FieldNo>,
        /// Where the sum goes.
        field: FieldNo,
    },
    /// Moves or copies people from one field to another.
    MoveUsers {
        /// Where they are.
        from: FieldNo,
        /// Where they go.
        to: FieldNo,
        /// They stay where they were too.
        copy: bool,
    },
    /// Drops followers.
    RemoveFollowers {
        /// Whom.
        users: Vec<i64>,
    },
    /// Fills a text.
    SetText {
        /// The text's field.
        field: FieldNo,
        /// What it says from now on.
        text: String,
    },
    /// Empties a field.
    RemoveValue {
        /// The field.
        field: FieldNo,
    },
    /// Adds a comment.
    AddComment {
        /// What it says.
        text: String,
        /// In whose name; of whoever performs the transition if nobody is named.
        author: Option<i64>,
    },
    /// Sends letters to people who may read the issue.
    SendEmail {
        /// People.
        users: Vec<i64>,
        /// Fields with people.
        fields: Vec<FieldNo>,
        /// Subject, a template.
        subject: String,
        /// Text in Markdown, a template.
        text: String,
    },
    /// Puts the issue into the active sprint of a board.
    SetActiveSprint {
        /// The board.
        board: i64,
    },
}

/// When a transition is open (workflow.md, 2.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum Guard {
    /// All of these hold.
    And {
        /// The conditions.
        conditions: Vec<Guard>,
    },
    /// One of these holds.
    Or {
        /// The conditions.
        conditions: Vec<Guard>,
    },
    /// The issue came from the status the transition leads to.
    CameFromTarget,
    /// The issue is linked to one of a queue.
    LinkedToQueue {
        /// The queue.
        queue: i64,
    },
    /// The actor is in one of these groups or of those below them.
    InGroups {
        /// The groups.
        groups: Vec<i64>,
    },
    /// The actor is named in a field of the issue.
    InField {
        /// The field.
        field: FieldNo,
    },
    /// The actor owns the queue.
    QueueLead,
    /// The actor is one of these.
    InList {
        /// Who.
        users: Vec<i64>,
    },
}

/// A transition of a workflow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Transition {
    /// Id, unique among the transitions that start at the same status.
    pub id: String,
    /// Name of the button.
    pub name: Name,
    /// Description.
    #[serde(skip_serializing_if = "Name::is_empty")]
    pub description: Name,
    /// Statuses it starts from; empty means every other status (a meta-transition).
    pub from: Vec<i64>,
    /// Status it leads to.
    pub to: i64,
    /// When it is open; all of these must hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Guard>,
    /// What it asks for.
    pub screen: Option<Screen>,
    /// What it does, in this order.
    pub functions: Vec<Function>,
}

/// What a comment does to an issue in a status (workflow.md, 2.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CommentRule {
    /// The transition it makes; back to the status before where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transition: Option<String>,
    /// Whoever had the issue in the status before gets it again.
    pub restore_assignee: bool,
    /// Only comments of the assignee count.
    pub only_assignee: bool,
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
    /// What creating an issue is called here, and its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation: Option<(String, Name)>,
    /// Descriptions of statuses.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<i64, Name>,
    /// What comments do to issues in some of its statuses.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub on_comment: BTreeMap<i64, CommentRule>,
    /// Issue types and resolutions it was drawn for; queues have the last word.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resolutions: Vec<TypeConfig>,
    /// When it was made, and by whom; nobody made the presets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<(i64, i64)>,
    /// When it was last changed, and by whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<(i64, i64)>,
}

impl Transition {
    /// Whether it leads out of `status`.
    pub fn starts_at(&self, status: i64) -> bool {
        if self.from.is_empty() { self.to != status } else { self.from.contains(&status) }
    }
}

impl Workflow {
    /// Transitions that start at `status`.
    pub fn open_from(&self, status: i64) -> impl Iterator<Item = &Transition> {
        self.transitions.iter().filter(move |t| t.starts_at(status))
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
