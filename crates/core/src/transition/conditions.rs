//! Whether the conditions of a transition hold (workflow.md, 2.1).

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
            let rows = link::store::of_issues(cx, &[self.issue.id])?;
            let ids: Vec<i64> = rows.iter().map(|row| row.other_end(self.issue.id)).collect();
            let briefs = store::briefs(cx, &ids)?;
            self.linked = Some(briefs.values().map(|brief| brief.issue.queue).collect());
        }
        Ok(self.linked.as_deref().unwrap_or_default())
    }
}
