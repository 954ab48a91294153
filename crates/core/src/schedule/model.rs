//! Rules of recurring issues, as they are stored.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::dict::Kind;
use crate::dict::model::Body;
use crate::lang::Name;
use crate::time::Instant;

/// What the distance between two creations is counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Unit {
    Hour,
    #[default]
    Day,
    Week,
}

impl Unit {
    /// Name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    /// The unit of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Hour, Self::Day, Self::Week].into_iter().find(|unit| unit.name() == name)
    }
}

/// A rule that makes issues again and again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Schedule {
    /// Queue.
    pub queue: i64,
    /// Name.
    pub name: String,
    /// Members of the issues it makes; texts are templates.
    pub issues: Vec<Map<String, Value>>,
    /// Unit of `every`.
    pub unit: Unit,
    /// So many units lie between two creations.
    pub every: i64,
    /// Days of the week, 0 for Monday; with weeks only.
    pub weekdays: Vec<u8>,
    /// Name of the time zone of days and weeks.
    pub zone: String,
    /// No creation before it; days and weeks keep its time of day. In ms.
    pub start: Instant,
    /// No creation after it, in ms.
    pub end: Option<Instant>,
    /// With hours, creations outside of its working time are left out; with days and weeks, those
    /// on days off.
    pub calendar: Option<i64>,
    /// Whether it makes issues.
    pub active: bool,
}

impl Body for Schedule {
    const KIND: Kind = Kind::Schedule;
    const PATH: &'static str = "schedules";
    const KEYED: bool = false;
    fn name(&self) -> Name {
        Name::new(&self.name, "")
    }
}
