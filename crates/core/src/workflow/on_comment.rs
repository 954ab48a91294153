//! What a comment does to an issue in a status (workflow.md, 2.2), as workflows are written and
//! shown: `{"transition": "reopen", "restoreAssignee": true, "onlyAssignee": false}`. No page tells
//! how the real service spells it, so this is the tracker's own form (contract, extensions).

use serde_json::{Map, Value as Json};
use trackway_api::queues::CommentAction;

use crate::dict::model::{CommentRule, Transition};
use crate::error::{Code, Result};
use crate::queue::input::flag;

/// Under which member of a step this stands.
pub(super) const MEMBER: &str = "commentAction";

/// Reads the rule of a status. Without a transition the issue goes back to the status before.
///
/// # Errors
/// 422: another shape, or a transition that does not start at the status.
pub(super) fn read(json: &Json, status: i64, transitions: &[Transition]) -> Result<CommentRule> {
    let wrong =
        || Code::ValueType.with("{transition, restoreAssignee, onlyAssignee}").under(MEMBER);
    let members: &Map<String, Json> = json.as_object().ok_or_else(wrong)?;
    let transition = match members.get("transition").filter(|json| !json.is_null()) {
        None => None,
        Some(json) => {
            let id = json.as_str().ok_or_else(wrong)?;
            let starts = |t: &&Transition| t.id == id && t.starts_at(status);
            let found = transitions.iter().find(starts);
            Some(found.ok_or_else(|| Code::ValueUnknown.with(id).under(MEMBER))?.id.clone())
        }
    };
    Ok(CommentRule {
        transition,
        restore_assignee: flag(members, "restoreAssignee")?.unwrap_or_default(),
        only_assignee: flag(members, "onlyAssignee")?.unwrap_or_default(),
    })
}

/// The rule as the API shows it.
pub(crate) fn wire(rule: &CommentRule) -> CommentAction {
    CommentAction {
        transition: rule.transition.clone(),
        restore_assignee: rule.restore_assignee,
        only_assignee: rule.only_assignee,
    }
}
