//! Jobs (design, section 7): work that follows from a change, written in the transaction of the
//! change and done afterwards, by whichever process comes first.
//!
//! A job is claimed with a lease. Its effects on the database and its end are one transaction, and
//! that transaction fails unless the lease is still held: so these effects happen exactly once,
//! whatever dies in between. What a job does outside (a webhook, a mail) happens at least once.

pub mod ops;
pub mod run;
pub mod signal;
pub mod store;

#[cfg(test)]
mod tests;

use crate::cx::Cx;
use crate::error::Result;
use crate::ids::Series;
use crate::time::Instant;

/// Which workers do a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Work on the database.
    Inner,
    /// Work with the world outside, which may be slow.
    Outer,
}

impl Lane {
    /// Number in the database.
    pub const fn number(self) -> i64 {
        match self {
            Self::Inner => 0,
            Self::Outer => 1,
        }
    }
}

/// Kinds of jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One transaction of a bulk change.
    Bulk,
    /// Triggers that look at events of an issue.
    Trigger,
    /// A launch of an automatic action.
    Autoaction,
    /// Recurring issues.
    Schedule,
    /// An alert of a timer.
    Sla,
    /// A request to another system.
    Webhook,
    /// A letter.
    Mail,
    /// Issues that follow a change of settings.
    Upkeep,
    /// Issues whose time on a board is over.
    Board,
    /// A deleted issue whose time is over.
    Removed,
}

impl Kind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::Bulk,
        Self::Trigger,
        Self::Autoaction,
        Self::Schedule,
        Self::Sla,
        Self::Webhook,
        Self::Mail,
        Self::Upkeep,
        Self::Board,
        Self::Removed,
    ];

    /// Name in the database and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bulk => "bulkChange",
            Self::Trigger => "trigger",
            Self::Autoaction => "autoaction",
            Self::Schedule => "schedule",
            Self::Sla => "sla",
            Self::Webhook => "webhook",
            Self::Mail => "mail",
            Self::Upkeep => "upkeep",
            Self::Board => "board",
            Self::Removed => "removedIssue",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Which workers do it.
    pub const fn lane(self) -> Lane {
        match self {
            Self::Bulk
            | Self::Trigger
            | Self::Autoaction
            | Self::Schedule
            | Self::Sla
            | Self::Upkeep
            | Self::Board
            | Self::Removed => Lane::Inner,
            Self::Webhook | Self::Mail => Lane::Outer,
        }
    }

    /// How often it is tried before it is given up.
    pub const fn attempts(self) -> i64 {
        match self.lane() {
            Lane::Inner => 12,
            Lane::Outer => 6,
        }
    }
}

/// A claimed job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Organisation.
    pub org_id: i64,
    /// Number.
    pub id: i64,
    /// What is to be done.
    pub kind: Kind,
    /// With what: JSON of the kind's own form.
    pub payload: String,
    /// When it was written.
    pub created_at: Instant,
    /// How often it was claimed, this time included.
    pub attempts: i64,
    /// Proof of the claim.
    pub holder: String,
}

/// A job about to be written.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// What is to be done.
    pub kind: Kind,
    /// A second job of the same kind and name is not written while the first one waits.
    pub name: Option<&'a str>,
    /// Jobs of the same strand run one after the other.
    pub strand: Option<i64>,
    /// With what.
    pub payload: String,
    /// Not before this time.
    pub run_at: Instant,
}

/// What becomes of a job after its work is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is removed.
    Done,
    /// It goes on with this payload at that time.
    Again(String, Instant),
}

/// Writes a job in the present transaction; workers wake up when that is committed.
///
/// # Errors
/// The database fails.
pub fn enqueue(cx: &mut Cx<'_, '_>, job: &NewJob<'_>) -> Result<()> {
    let id = cx.next_in_order(Series::Job)?;
    store::insert(cx.tx, cx.dict.org_id, cx.now, id, job)?;
    cx.effects.woke = true;
    Ok(())
}

/// Sets the next job of a rule, with payload and time, in place of one that was set before; nothing
/// takes that one back.
///
/// # Errors
/// The database fails.
pub fn set(
    cx: &mut Cx<'_, '_>,
    kind: Kind,
    rule: i64,
    next: Option<(String, Instant)>,
) -> Result<()> {
    let name = rule.to_string();
    cx.tx.exec(store::REMOVE_NAMED, &[&cx.dict.org_id, &kind.name(), &name])?;
    let Some((payload, run_at)) = next else { return Ok(()) };
    enqueue(cx, &NewJob { kind, name: Some(&name), strand: None, payload, run_at })
}
