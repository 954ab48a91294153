//! The organisation, statuses, and what is no more than a name: issue types, priorities, resolutions.

use serde::{Deserialize, Serialize};

use super::{Body, Kind};
use crate::lang::Name;

/// The organisation itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Org {
    /// Displayed name.
    pub name: Name,
    /// Identifier for `X-Cloud-Org-ID` (20 characters).
    pub cloud_id: String,
    /// Identifier for `X-Org-ID`.
    pub org_id: String,
    /// Language of people who chose none.
    pub language: String,
    /// Time zone of people who chose none; [`crate::zone::DEFAULT`] where it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub time_zone: String,
    /// Whether members need a second step to sign in.
    pub second_step: bool,
}

/// Type of a status (workflow.md, 1.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum StatusType {
    #[default]
    New,
    InProgress,
    Paused,
    Done,
    Cancelled,
}

impl StatusType {
    /// Every type; the position is its number in the index.
    pub const ALL: [Self; 5] =
        [Self::New, Self::InProgress, Self::Paused, Self::Done, Self::Cancelled];

    /// Name on the wire.
    pub const fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::InProgress => "inProgress",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// Displayed name.
    pub fn name(self) -> Name {
        match self {
            Self::New => Name::new("Начальный", "New"),
            Self::InProgress => Name::new("В процессе", "In progress"),
            Self::Paused => Name::new("На паузе", "Paused"),
            Self::Done => Name::new("Завершен", "Done"),
            Self::Cancelled => Name::new("Отменен", "Cancelled"),
        }
    }

    /// Whether an issue in such a status counts as closed.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }

    /// Number in the index and in stored issues.
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// The type of a stored number.
    pub fn from_number(n: i64) -> Option<Self> {
        usize::try_from(n).ok().and_then(|n| Self::ALL.get(n)).copied()
    }
}

/// A status.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Status {
    /// Displayed name.
    pub name: Name,
    /// Description.
    pub description: Name,
    /// Default type; a workflow may say otherwise.
    #[serde(rename = "type")]
    pub status_type: StatusType,
    /// Position in lists.
    pub order: i64,
}

/// An issue type, a priority or a resolution: a name with an order.
macro_rules! named {
    ($($(#[$doc:meta])* $name:ident $kind:ident $path:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        pub struct $name {
            /// Displayed name.
            pub name: Name,
            /// Description.
            pub description: Name,
            /// Position in lists.
            pub order: i64,
        }

        impl Body for $name {
            const KIND: Kind = Kind::$kind;
            const PATH: &'static str = $path;
            fn name(&self) -> Name {
                self.name.clone()
            }
            fn order(&self) -> i64 {
                self.order
            }
        }
    )*};
}
named! {
    /// An issue type.
    IssueType IssueType "issuetypes";
    /// A priority; a larger order is more urgent.
    Priority Priority "priorities";
    /// A resolution.
    Resolution Resolution "resolutions";
}

/// An application whose objects issues can be linked to. The key is its id on the wire.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RemoteApp {
    /// Displayed name.
    pub name: Name,
    /// Position in lists.
    pub order: i64,
}

impl Body for RemoteApp {
    const KIND: Kind = Kind::RemoteApp;
    const PATH: &'static str = "applications";
    const KEYED: bool = false;
    const SELF_BY_KEY: bool = true;
    fn name(&self) -> Name {
        self.name.clone()
    }
    fn order(&self) -> i64 {
        self.order
    }
}

impl Body for Status {
    const KIND: Kind = Kind::Status;
    const PATH: &'static str = "statuses";
    fn name(&self) -> Name {
        self.name.clone()
    }
    fn order(&self) -> i64 {
        self.order
    }
}

impl Body for Org {
    const KIND: Kind = Kind::Org;
    const PATH: &'static str = "organizations";
    fn name(&self) -> Name {
        self.name.clone()
    }
}
