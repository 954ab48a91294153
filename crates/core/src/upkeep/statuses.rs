//! Issues whose workflow lost the status they are in, or gave it another type, which is stored with
//! the issues.

use trackway_search::Cond;

use super::Work;
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::StatusType;
use crate::error::Result;
use crate::field::no;
use crate::issue::Issue;
use crate::issue::value::Val;
use crate::time::Instant;

/// Takes issues of a type in a queue from statuses their workflow lacks to others.
///
/// # Errors
/// The database fails.
pub(crate) fn vacate(
    cx: &mut Cx<'_, '_>,
    (queue, issue_type): (i64, i64),
    moves: Vec<(i64, i64)>,
) -> Result<()> {
    if moves.is_empty() {
        return Ok(());
    }
    super::begin(cx, Work::Statuses { queue, issue_type, moves })
}

pub(super) fn leaving(queue: i64, issue_type: i64, moves: &[(i64, i64)]) -> Cond {
    Cond::And(vec![
        Cond::Has(no::QUEUE, queue),
        Cond::Has(no::TYPE, issue_type),
        Cond::AnyOf(no::STATUS, moves.iter().map(|(from, _)| *from).collect()),
    ])
}

/// Puts an issue where its workflow, as it is now, has a place for it.
pub(super) fn leave(dict: &Dict, issue: &mut Issue, moves: &[(i64, i64)], now: Instant) {
    let here = issue.status();
    let config = dict.queues.get(issue.queue).and_then(|q| q.body.type_config(issue.issue_type()));
    let workflow = config.and_then(|config| dict.workflows.get(config.workflow));
    let (Some(workflow), Some((_, wanted))) =
        (workflow, moves.iter().find(|(from, _)| *from == here))
    else {
        return;
    };
    let workflow = &workflow.body;
    let to = [here, *wanted, workflow.initial];
    let to = to.into_iter().find_map(|status| Some((status, workflow.status_type(status)?)));
    let Some((status, kind)) = to else { return };
    let was_closed = issue.one(no::STATUS_TYPE).and_then(StatusType::from_number);
    let was_closed = was_closed.is_some_and(StatusType::is_closed);
    if status == here {
        issue.set(no::STATUS_TYPE, Some(Val::Ref(kind.number())));
    } else {
        let before = issue.clone();
        issue.enter(&before, status, kind, now);
    }
    if was_closed && !kind.is_closed() {
        issue.set(no::RESOLUTION, None);
    }
}
