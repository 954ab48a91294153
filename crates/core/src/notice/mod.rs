//! Notifications (workflow.md, section 12): who is told of an event. They are made from the event
//! log by one follower, after the change and never in its way, and lie in an inbox of each user.

pub mod follow;
pub mod mail;
pub mod ops;
pub mod store;

#[cfg(test)]
mod tests;

/// Why somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Called in a comment.
    Summon,
    /// The issue is, or was until now, theirs to do.
    Assignee,
    /// They made the issue.
    Author,
    /// They follow it.
    Follower,
    /// They subscribed to its queue, component, version or goal.
    Subscriber,
    /// A rule of service levels names them.
    Sla,
}

impl Reason {
    /// Every reason, the weightiest first.
    pub const ALL: [Self; 6] =
        [Self::Summon, Self::Assignee, Self::Author, Self::Follower, Self::Subscriber, Self::Sla];

    /// The reason of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// Name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Summon => "summon",
            Self::Assignee => "assignee",
            Self::Author => "author",
            Self::Follower => "follower",
            Self::Subscriber => "subscriber",
            Self::Sla => "sla",
        }
    }
}
