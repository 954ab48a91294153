//! Work calendars and rules of service levels, as they are stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dict::Kind;
use crate::dict::model::{Body, Condition};
use crate::lang::Name;
use crate::time::Day;

/// Working time of a day: from and to, in minutes after midnight.
pub type Hours = Vec<(u16, u16)>;

/// A work calendar (automation.md, 4.1).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Calendar {
    /// Name.
    pub name: String,
    /// Whoever made it; nobody else uses it.
    pub owner: i64,
    /// Name of the time zone.
    pub zone: String,
    /// Working time of each day of the week, Monday first.
    pub week: [Hours; 7],
    /// Country whose public holidays are off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Days unlike the others of their weekday, holidays included.
    pub exceptions: BTreeMap<Day, Hours>,
}

impl Body for Calendar {
    const KIND: Kind = Kind::Calendar;
    const PATH: &'static str = "calendars";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}

/// What starts or stops a timer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
#[expect(missing_docs, reason = "the names and the table of automation.md, 4, say it all")]
pub enum When {
    IssueCreated,
    AssigneeSet,
    AssigneeRemoved,
    StatusChanged { statuses: Vec<i64> },
    ClientCommented,
    TeamCommented,
    ResolutionRemoved,
    ResolutionSet { resolutions: Vec<i64> },
}

/// What holds a timer as long as it is so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
#[expect(missing_docs, reason = "the names and the table of automation.md, 4, say it all")]
pub enum While {
    InStatus { statuses: Vec<i64> },
    AssigneeIsSet,
    AssigneeIsNotSet,
}

/// Issues with the same limits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Level {
    /// Which issues; nothing means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Condition>,
    /// Working time after which somebody is warned, in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn: Option<i64>,
    /// Working time that must not be exceeded, in ms.
    pub limit: i64,
}

/// A rule of a queue.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SlaRule {
    /// Queue.
    pub queue: i64,
    /// Name.
    pub name: String,
    /// Calendar; none means that all time counts.
    pub calendar: Option<i64>,
    /// Limits; the first that fits an issue counts.
    pub levels: Vec<Level>,
    /// Any of these starts the timer.
    pub start: Vec<When>,
    /// Any of these holds it.
    pub pause: Vec<While>,
    /// Any of these stops it.
    pub stop: Vec<When>,
    /// A start after a pause or stop counts from zero.
    pub restartable: bool,
    /// Who is told of a warning or a failure.
    pub alerts: Vec<i64>,
    /// When the rule was made; older issues have no timer.
    pub created: i64,
}

impl Body for SlaRule {
    const KIND: Kind = Kind::SlaRule;
    const PATH: &'static str = "slas";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}
