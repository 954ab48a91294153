//! Subscriptions (workflow.md, section 12): people who are told of the issues of a queue, component,
//! version or goal, as far as they may read them. An extension of ours.

pub mod ops;
pub mod store;

#[cfg(test)]
mod tests;

use crate::cx::Cx;
use crate::error::Result;
use crate::field::no;
use crate::issue::Issue;

/// What one can subscribe to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// All issues of a queue.
    Queue,
    /// Those with a component.
    Component,
    /// Those to be done in a version, or found in it.
    Version,
    /// Those that serve a goal.
    Goal,
}

impl Target {
    const ALL: [Self; 4] = [Self::Queue, Self::Component, Self::Version, Self::Goal];

    /// Name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Component => "component",
            Self::Version => "version",
            Self::Goal => "goal",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// The objects of this kind that an issue belongs to.
    fn of(self, issue: &Issue) -> Vec<i64> {
        match self {
            Self::Queue => vec![issue.queue],
            Self::Component => issue.many(no::COMPONENTS).to_vec(),
            Self::Version => {
                [issue.many(no::FIX_VERSIONS), issue.many(no::AFFECTED_VERSIONS)].concat()
            }
            Self::Goal => issue.many(no::LINKED_GOALS).to_vec(),
        }
    }
}

/// Who subscribed to anything that an issue belongs to; of a change, only those who want to hear of
/// more than creations.
///
/// # Errors
/// The database fails.
pub fn subscribers(cx: &mut Cx<'_, '_>, issue: &Issue, created: bool) -> Result<Vec<i64>> {
    let objects: Vec<(Target, i64)> = Target::ALL
        .into_iter()
        .flat_map(|target| target.of(issue).into_iter().map(move |id| (target, id)))
        .collect();
    let ids: Vec<i64> = objects.iter().map(|(_, id)| *id).collect();
    let rows: Vec<store::SubscriberRow> =
        cx.tx.all_by_ids(store::OF_OBJECTS, &[&cx.dict.org_id], &ids)?;
    let wanted = rows.into_iter().filter(|row| {
        let named = objects.iter().any(|(t, id)| t.name() == row.kind && *id == row.object_id);
        named && (created || row.created_only == 0)
    });
    Ok(wanted.map(|row| row.user_id).collect())
}
