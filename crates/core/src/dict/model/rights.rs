//! Who holds which permission.

use serde::{Deserialize, Serialize};

use crate::lang::Name;

/// Roles a user may hold on an issue or queue (permissions.md, 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Role {
    Author,
    Assignee,
    Follower,
    Access,
    QueueLead,
    TeamMember,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Author,
        Self::Assignee,
        Self::Follower,
        Self::Access,
        Self::QueueLead,
        Self::TeamMember,
    ];

    /// Id on the wire.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Assignee => "assignee",
            Self::Follower => "follower",
            Self::Access => "access",
            Self::QueueLead => "queue-lead",
            Self::TeamMember => "team-member",
        }
    }

    /// Displayed name.
    pub fn name(self) -> Name {
        match self {
            Self::Author => Name::new("Автор", "Author"),
            Self::Assignee => Name::new("Исполнитель", "Assignee"),
            Self::Follower => Name::new("Наблюдатель", "Follower"),
            Self::Access => Name::new("Доступ", "Access"),
            Self::QueueLead => Name::new("Владелец очереди", "Queue owner"),
            Self::TeamMember => Name::new("Участник команды", "Team member"),
        }
    }
}

/// Holders of one permission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subjects {
    /// Accounts.
    pub users: Vec<i64>,
    /// Groups; [`EVERYBODY`] is one.
    pub groups: Vec<i64>,
    /// Roles.
    pub roles: Vec<Role>,
}

impl Subjects {
    /// Whether nobody is named.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.groups.is_empty() && self.roles.is_empty()
    }
}

/// The four permissions and the deny list (permissions.md, 2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Permissions {
    /// Grows by one with each change of the rules.
    pub version: i64,
    /// Create issues.
    pub create: Subjects,
    /// Read issues and comment on them.
    pub read: Subjects,
    /// Edit issues.
    pub write: Subjects,
    /// Change settings.
    pub grant: Subjects,
    /// Refused whatever the others say.
    pub deny: Subjects,
}
