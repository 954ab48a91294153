//! Who makes a request.

use std::sync::Arc;

use crate::dict::Dict;
use crate::dict::model::{EVERYBODY, Group};
use crate::error::{Code, Error, Result};

/// What a token may be used for (oauth.md, 2.12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    /// `tracker:read`
    pub read: bool,
    /// `tracker:write`
    pub write: bool,
}

impl Scopes {
    /// Both.
    pub const ALL: Self = Self { read: true, write: true };

    /// Scopes of a space-separated list; unknown ones mean nothing. Writing includes reading.
    pub fn parse(text: &str) -> Self {
        let has = |scope| text.split_whitespace().any(|s| s == scope);
        let write = has("tracker:write");
        Self { read: write || has("tracker:read"), write }
    }

    /// The list as text.
    pub fn text(self) -> &'static str {
        match (self.read, self.write) {
            (_, true) => "tracker:read tracker:write",
            (true, false) => "tracker:read",
            (false, false) => "",
        }
    }
}

/// Where a request came from, for the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Address of the client; empty when there is none.
    pub address: String,
    /// Id of the request in logs and answers.
    pub request_id: String,
}

/// The user a request acts as, in one organisation.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Account.
    pub uid: i64,
    /// Administrator of the organisation.
    pub admin: bool,
    /// Full access; otherwise read-only.
    pub full: bool,
    /// Groups, those above them and everybody among them.
    pub groups: Vec<i64>,
    /// The tracker itself: sees everything, restricted by nothing (permissions.md, 1).
    pub robot: bool,
    /// Where the request came from.
    pub origin: Origin,
    /// Ids of the only queues that the token in use opens; all that the user may reach where
    /// there is none. Like every right it is decided in `access`.
    pub queues: Option<Arc<[i64]>>,
}

impl Actor {
    /// The actor for a member of the organisation. `None` for strangers and dismissed ones.
    pub fn of(dict: &Dict, uid: i64) -> Option<Self> {
        let member = &dict.users.get(uid).filter(|m| !m.body.dismissed)?.body;
        let groups = member.all_groups(dict);
        // The highest level of one's own and of all one's groups (permissions.md, 1).
        let given = |level: fn(&Group) -> bool| {
            groups.iter().any(|id| dict.groups.get(*id).is_some_and(|g| level(&g.body)))
        };
        Some(Self {
            uid,
            admin: member.admin || given(|group| group.admin),
            full: member.full || given(|group| group.full),
            groups,
            robot: false,
            origin: Origin::default(),
            queues: None,
        })
    }

    /// The actor with a token that opens certain queues only. It administers nothing, not even in
    /// the name of an administrator: what is administered lies beyond any queue.
    #[must_use]
    pub fn limited_to(mut self, queues: Option<&[i64]>) -> Self {
        if let Some(queues) = queues {
            self.admin = false;
            self.queues = Some(queues.into());
        }
        self
    }

    /// Whether the token in use opens a queue.
    pub fn reaches(&self, queue: i64) -> bool {
        self.queues.as_ref().is_none_or(|queues| queues.contains(&queue))
    }

    /// The tracker itself acting in the name of `uid` (demo data, imports).
    pub fn robot(uid: i64) -> Self {
        Self {
            uid,
            admin: true,
            full: true,
            groups: vec![EVERYBODY],
            robot: true,
            origin: Origin::default(),
            queues: None,
        }
    }

    /// Checks the level against what an operation needs (oauth.md, API-21).
    ///
    /// # Errors
    /// Read-only users may not write.
    pub fn may(&self, access: trackway_api::Access) -> Result<()> {
        use trackway_api::Access;
        match access {
            Access::read | Access::personal => Ok(()),
            Access::write if self.full => Ok(()),
            Access::manage if self.full || self.admin => Ok(()),
            Access::write | Access::manage => Err(Code::FullAccessRequired.err()),
        }
    }

    /// Only administrators pass.
    ///
    /// # Errors
    /// The actor is none.
    pub fn admin_only(&self) -> Result<(), Error> {
        if self.admin { Ok(()) } else { Err(Code::AdminRequired.err()) }
    }
}
