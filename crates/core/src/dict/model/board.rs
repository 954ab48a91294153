//! Boards and sprints.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Body, Kind};
use crate::lang::Name;
use crate::time::{Day, Instant};

/// A column of a board.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Column {
    /// Id, unique among the columns of all boards.
    pub id: i64,
    /// Displayed name.
    pub name: String,
    /// Statuses of the issues that stand in it; each in one column of a board only.
    pub statuses: Vec<i64>,
    /// How many issues it should hold at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// What an automatic filter asks of one field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FieldTest {
    /// Number of the field.
    pub field: i64,
    /// Any of these must hold.
    pub values: Vec<ValueTest>,
}

/// What a value is compared with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ValueTest {
    /// The value as issues store it; `None` asks whether there is one at all.
    pub value: Option<Value>,
    /// It must not be so.
    pub invert: bool,
}

/// Puts issues on a board by themselves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddFilter {
    /// Whether it works.
    pub enabled: bool,
    /// All of these must hold.
    pub tests: Vec<FieldTest>,
}

/// Takes issues off a board by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RemoveFilter {
    /// Whether it works.
    pub enabled: bool,
    /// Statuses whose issues go.
    pub statuses: Vec<i64>,
    /// Only issues with a resolution go.
    pub needs_resolution: bool,
    /// How long, in ms, an issue stays after it came into the status.
    pub after: Option<i64>,
    /// The same as it was written.
    pub after_text: Option<String>,
}

/// A board.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "the wire has them")]
pub struct Board {
    /// Displayed name.
    pub name: String,
    /// Who may delete it; set when it is made.
    pub owner: i64,
    /// Only the owner sees it.
    pub private: bool,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// Who made it.
    pub created_by: i64,
    /// Columns, left to right.
    pub columns: Vec<Column>,
    /// Columns of the backlog.
    pub backlog: Vec<Column>,
    /// Columns without statuses of their own.
    pub unparametrized: Vec<Column>,
    /// A filter object that says which issues are shown.
    pub filter: Option<Value>,
    /// Number of the field issues are ordered by.
    pub order_by: Option<i64>,
    /// Smallest first.
    pub order_asc: bool,
    /// A query that says which issues are shown; empty when there is none.
    pub query: String,
    /// Issues are put in order by hand.
    pub use_ranking: bool,
    /// Number of the field that holds estimates.
    pub estimate_by: Option<i64>,
    /// Country whose days off count.
    pub country: Option<i64>,
    /// Calendar, as the creator numbers it.
    pub calendar: Option<i64>,
    /// Queue of new issues.
    pub default_queue: Option<i64>,
    /// The board has sprints.
    pub sprints: bool,
    /// The board has a backlog.
    pub has_backlog: bool,
    /// Puts issues on the board.
    pub add: Option<AddFilter>,
    /// Takes issues off the board.
    pub remove: Option<RemoveFilter>,
}

impl Body for Board {
    const KIND: Kind = Kind::Board;
    const PATH: &'static str = "boards";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}

/// Where a sprint stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SprintStatus {
    /// Planned.
    #[default]
    Draft,
    /// Running.
    InProgress,
    /// Finished.
    Released,
    /// Put away.
    Archived,
}

impl SprintStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Draft, Self::InProgress, Self::Released, Self::Archived];

    /// Name on the wire.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InProgress => "in_progress",
            Self::Released => "released",
            Self::Archived => "archived",
        }
    }
}

/// A sprint of a board.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Sprint {
    /// Displayed name.
    pub name: String,
    /// Board.
    pub board: i64,
    /// Where it stands.
    pub status: SprintStatus,
    /// Who made it.
    pub created_by: i64,
    /// When it was made.
    pub created_at: Instant,
    /// Planned first day.
    pub start: Day,
    /// Planned last day.
    pub end: Day,
    /// When it was started.
    pub started_at: Option<Instant>,
    /// When it was finished or archived.
    pub ended_at: Option<Instant>,
}

impl Body for Sprint {
    const KIND: Kind = Kind::Sprint;
    const PATH: &'static str = "sprints";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}
