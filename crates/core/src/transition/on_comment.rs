//! Issues that change their status because somebody commented on them (workflow.md, 2.2).

use std::sync::Arc;

use serde_json::Value as Json;
use trackway_api::types::Members;

use super::ops::{self, Open};
use crate::access::Editable;
use crate::cx::Cx;
use crate::dict::model::{CommentRule, Transition, Workflow};
use crate::error::Result;
use crate::field::no;
use crate::issue::{Issue, store};

/// Does what the status of an issue asks for after a comment of the actor. Comments of automatic
/// rules and comments that are imported do nothing, and neither do those that belong to a
/// transition: callers do not ask after them. A transition that is not open now, or whose screen
/// wants more than a comment gives, is not made. Whether the status changed.
///
/// # Errors
/// The database fails.
pub(crate) fn follow(cx: &mut Cx<'_, '_>, issue: i64) -> Result<bool> {
    if cx.actor.robot || cx.history {
        return Ok(false);
    }
    let Some(loaded) = store::by_id(cx, issue)? else { return Ok(false) };
    let dict = Arc::clone(&cx.dict);
    let Some(workflow) = ops::workflow(&dict, &loaded.issue) else { return Ok(false) };
    let workflow = &workflow.body;
    let Some(rule) = workflow.on_comment.get(&loaded.issue.status()) else { return Ok(false) };
    if rule.only_assignee && loaded.issue.one(no::ASSIGNEE) != Some(cx.actor.uid) {
        return Ok(false);
    }
    let back;
    let open = if let Some(id) = &rule.transition {
        ops::find(cx, &dict, &loaded.issue, id)?
    } else {
        back = way_back(workflow, &loaded.issue);
        back.as_ref().map(|transition| Open { workflow, transition })
    };
    let Some(open) = open else { return Ok(false) };
    let sent = sent(cx, rule, &loaded.issue);
    // Whoever may comment sets the issue going, even where they may not edit it.
    let editable = Editable::consequence(loaded);
    match cx.savepoint(|cx| ops::perform(cx, editable, open, &sent)) {
        Ok(_) => Ok(true),
        Err(error) if error.status() < 500 => {
            tracing::debug!(issue, %error, "a comment could not change the status");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// The change to the status before the present one, if the workflow still has it.
fn way_back(workflow: &Workflow, issue: &Issue) -> Option<Transition> {
    let to = issue.one(no::PREVIOUS_STATUS)?;
    let known = workflow.status_type(to).is_some() && to != issue.status();
    known.then(|| Transition { to, ..Transition::default() })
}

/// The values that go with the transition.
fn sent(cx: &Cx<'_, '_>, rule: &CommentRule, issue: &Issue) -> Members {
    let before = issue.one(no::PREVIOUS_STATUS_LAST_ASSIGNEE).filter(|uid| {
        rule.restore_assignee && cx.dict.users.get(*uid).is_some_and(|user| !user.body.dismissed)
    });
    before.map(|uid| ("assignee".to_owned(), Json::from(uid.to_string()))).into_iter().collect()
}
