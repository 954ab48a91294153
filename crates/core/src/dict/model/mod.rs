//! What the dictionaries hold: one struct per kind, stored as JSON, kept in memory. The list of kinds
//! stands in `dict/mod.rs`.

mod action;
mod board;
mod condition;
mod entity;
mod field;
mod filter;
mod named;
mod people;
mod queue;
mod rights;
mod rule;
mod template;
mod workflow;

use serde::Serialize;
use serde_json::Value;

pub use crate::schedule::model::Schedule;
pub use crate::sla::model::{Calendar, SlaRule};
pub use action::{Action, Auth, ChecklistItem, FieldUpdate, Hook};
pub use board::{
    AddFilter, Board, Column, FieldTest, RemoveFilter, Sprint, SprintStatus, ValueTest,
};
pub use condition::{
    CommentAuthor, CommentText, CommentWords, Condition, Group as ConditionGroup,
    Link as LinkCondition, OfDate, OfElements, OfField, OfNumber, OfSize, OfString, OfStrings,
    OfValue,
};
pub use entity::{Acl, Dashboard, Entity, EntityRole, EntitySubjects, EntityType, Report, Widget};
pub use field::{Category, Field, ValueType};
pub use filter::{Filter, SavedSort};
pub use named::{IssueType, Org, Priority, RemoteApp, Resolution, Status, StatusType};
pub use people::{Department, EVERYBODY, Group, MailList, Member};
pub use queue::{Component, DefaultValues, Queue, TypeConfig, Version};
pub use rights::{Permissions, Role, Subjects};
pub use rule::{Autoaction, Macro, OrgHook, Trigger};
pub use template::{CommentTemplate, IssueTemplate};
pub use workflow::{CommentRule, Function, Guard, Screen, ScreenField, Step, Transition, Workflow};

pub use super::Kind;
use crate::lang::Name;

/// A body stored in the `object` table.
pub trait Body: Serialize + serde::de::DeserializeOwned + Send + Sync + 'static {
    /// Its kind.
    const KIND: Kind;
    /// Path segment of `self` URLs (`statuses` in `/v3/statuses/1`).
    const PATH: &'static str;
    /// The `display` member of references.
    fn name(&self) -> Name;
    /// Whether references carry the key besides the id.
    const KEYED: bool = true;
    /// Whether the `self` URL ends with the key and not the id.
    const SELF_BY_KEY: bool = false;
    /// Whether changes go to the audit log; not those of people's own things.
    const AUDITED: bool = true;
    /// Path of the `self` URL where the kind's own does not do.
    fn own_path(&self, id: i64) -> Option<String> {
        let _ = id;
        None
    }
    /// Position in lists.
    fn order(&self) -> i64 {
        0
    }
    /// Members of references besides the usual ones.
    fn more(&self, id: i64) -> Vec<(&'static str, Value)> {
        let _ = id;
        Vec::new()
    }
}
