//! Changes of many issues at once (contract, `bulkchange`; automation.md, section 6): accepted at
//! once, done in the background, a hundred issues a transaction, each issue on its own.

pub mod ops;
pub mod render;
pub mod run;
pub mod store;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use trackway_api::types::Members;

use crate::dict::model::EntityType;
use crate::lang::Name;

/// Most issues of one bulk change (contract, `bulkUpdate`).
pub const MAX_ISSUES: usize = 10_000;
/// Issues of one transaction: few enough that others hardly wait for it.
pub const CHUNK: usize = 100;

/// What is done to each issue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum Operation {
    /// Change fields.
    Update {
        /// As in `PATCH /issues/{id}`.
        values: Members,
    },
    /// Change projects, portfolios or goals.
    Entities {
        /// Their kind.
        kind: EntityType,
        /// As in `PATCH /entities/{type}/{id}`.
        values: Members,
    },
    /// Make a transition.
    Transition {
        /// Id of the transition.
        transition: String,
        /// Values given with it.
        values: Members,
    },
    /// Move to another queue.
    #[serde(rename_all = "camelCase")]
    Move {
        /// The queue.
        queue: i64,
        /// An edit that is made with it.
        values: Members,
        /// Components, versions and projects that the target has too are kept.
        all_fields: bool,
        /// The status becomes the initial one.
        initial_status: bool,
    },
}

/// How far a bulk change has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Accepted.
    Created,
    /// Being done.
    InProgress,
    /// Done, though perhaps not with every issue.
    Complete,
    /// Broken down as a whole.
    Failed,
    /// Stopped by somebody.
    Cancelled,
}

impl Status {
    const ALL: [Self; 5] =
        [Self::Created, Self::InProgress, Self::Complete, Self::Failed, Self::Cancelled];

    /// Number in the database.
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// The status of a number; an unknown one counts as a failure.
    pub fn from_number(number: i64) -> Self {
        Self::ALL.into_iter().find(|status| status.number() == number).unwrap_or(Self::Failed)
    }

    /// Whether nothing more will happen.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Complete | Self::Failed | Self::Cancelled)
    }

    /// Word on the wire. The official client waits for COMPLETE or FAILED, so a stopped change is
    /// a failed one for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::InProgress => "IN_PROGRESS",
            Self::Complete => "COMPLETE",
            Self::Failed | Self::Cancelled => "FAILED",
        }
    }

    /// Words for people.
    pub fn text(self) -> Name {
        match self {
            Self::Created => Name::new("Массовое изменение создано.", "Bulk change is created."),
            Self::InProgress => {
                Name::new("Массовое изменение выполняется.", "Bulk change is in progress.")
            }
            Self::Complete => {
                Name::new("Массовое изменение завершено.", "Bulk change is complete.")
            }
            Self::Failed => Name::new("Массовое изменение не удалось.", "Bulk change failed."),
            Self::Cancelled => {
                Name::new("Массовое изменение остановлено.", "Bulk change was stopped.")
            }
        }
    }
}
