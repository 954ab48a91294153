//! Operations on transitions.

use trackway_api::transitions::Transition;

use crate::cx::Cx;
use crate::issue::Issue;

/// Transitions open to an issue now, in the order of the workflow.
pub fn open(cx: &Cx<'_, '_>, issue: &Issue) -> Vec<Transition> {
    let _ = (cx, issue);
    Vec::new()
}
