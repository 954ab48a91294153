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
}

impl Reason {
    /// Every reason, the weightiest first.
    pub const ALL: [Self; 4] = [Self::Summon, Self::Assignee, Self::Author, Self::Follower];

    /// Name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Summon => "summon",
            Self::Assignee => "assignee",
            Self::Author => "author",
            Self::Follower => "follower",
        }
    }
}
