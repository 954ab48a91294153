//! Whether the conditions of a transition hold (workflow.md, 2.1).

use rustc_hash::FxHashMap;

use crate::cx::Cx;
use crate::dict::model::{Guard, Transition};
use crate::error::Result;
use crate::field::no;
use crate::issue::{Issue, store};
use crate::link;

/// Checks transitions of one issue. What has to be read for it is read once.
pub(super) struct Checker<'i> {
    issue: &'i Issue,
    /// Queues of the issues it is linked to.
    linked: Option<Vec<i64>>,
}

impl<'i> Checker<'i> {
    pub(super) fn new(issue: &'i Issue) -> Self {
        Self { issue, linked: None }
    }

    /// One that knows already to which queues the issue is linked.
    pub(super) fn knowing(issue: &'i Issue, linked: Vec<i64>) -> Self {
        Self { issue, linked: Some(linked) }
    }

    /// Whether a transition is open to the actor.
    pub(super) fn allows(&mut self, cx: &mut Cx<'_, '_>, transition: &Transition) -> Result<bool> {
        for condition in &transition.conditions {
            if !self.holds(cx, transition, condition)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn holds(
        &mut self,
        cx: &mut Cx<'_, '_>,
        transition: &Transition,
        condition: &Guard,
    ) -> Result<bool> {
        Ok(match condition {
            Guard::And { conditions } => {
                for one in conditions {
                    if !self.holds(cx, transition, one)? {
                        return Ok(false);
                    }
                }
                true
            }
            Guard::Or { conditions } => {
                for one in conditions {
                    if self.holds(cx, transition, one)? {
                        return Ok(true);
                    }
                }
                false
            }
            Guard::CameFromTarget => self.issue.one(no::PREVIOUS_STATUS) == Some(transition.to),
            Guard::LinkedToQueue { queue } => self.linked(cx)?.contains(queue),
            Guard::InGroups { groups } => {
                groups.iter().any(|group| cx.actor.groups.contains(group))
            }
            Guard::InField { field } => {
                self.issue.one(*field) == Some(cx.actor.uid)
                    || self.issue.many(*field).contains(&cx.actor.uid)
            }
            Guard::QueueLead => {
                let queue = cx.dict.queues.get(self.issue.queue);
                queue.is_some_and(|queue| queue.body.lead == cx.actor.uid)
            }
            Guard::InList { users } => users.contains(&cx.actor.uid),
        })
    }

    fn linked(&mut self, cx: &mut Cx<'_, '_>) -> Result<&[i64]> {
        if self.linked.is_none() {
            self.linked = linked_queues(cx, &[self.issue.id])?.remove(&self.issue.id);
        }
        Ok(self.linked.as_deref().unwrap_or_default())
    }
}

/// Whether a condition can only be told from the issue's links.
pub(super) fn asks_links(condition: &Guard) -> bool {
    match condition {
        Guard::And { conditions } | Guard::Or { conditions } => conditions.iter().any(asks_links),
        Guard::LinkedToQueue { .. } => true,
        _ => false,
    }
}

/// The queues that each of these issues is linked to, read at once.
///
/// # Errors
/// The database fails.
pub(super) fn linked_queues(
    cx: &mut Cx<'_, '_>,
    issues: &[i64],
) -> Result<FxHashMap<i64, Vec<i64>>> {
    let rows = link::store::of_issues(cx, issues)?;
    let others: Vec<i64> = rows.iter().flat_map(|row| [row.issue_id, row.other_id]).collect();
    let briefs = store::briefs(cx, &others)?;
    let mut queues: FxHashMap<i64, Vec<i64>> =
        issues.iter().map(|issue| (*issue, Vec::new())).collect();
    for row in &rows {
        for (here, there) in [(row.issue_id, row.other_id), (row.other_id, row.issue_id)] {
            if let (Some(queues), Some(brief)) = (queues.get_mut(&here), briefs.get(&there)) {
                queues.push(brief.issue.queue);
            }
        }
    }
    Ok(queues)
}
