//! Transitions of an issue through its workflow.

use crate::input::MaybeJson;
use crate::params::{IfMatch, List};
use crate::types::{KeyedRef, Members, PlainRef, Text};

wire! {
    /// A transition open to an issue.
    pub struct Transition {
        #[serde(rename = "self")] self_url: String,
        id: String,
        display: Text,
        to: KeyedRef,
        screen?: PlainRef,
    }
}

endpoints! {
    /// Transitions open to the issue now.
    ListTransitions GET "/issues/{issueId}/transitions" read => 200 Vec<Transition> {
        path { issue }
        query { localized: bool }
    }
    /// One transition.
    GetTransition GET "/issues/{issueId}/transitions/{transitionId}" read => 200 Transition {
        path { issue, transition }
        query { localized: bool }
    }
    /// Performs a transition and answers those open afterwards.
    ExecuteTransition POST "/issues/{issueId}/transitions/{transitionId}/_execute" write
        => 200 Vec<Transition> {
        path { issue, transition }
        query { version: i64, notify: bool, notify_author = "notifyAuthor": bool, expand: List,
            localized: bool }
        header { if_match = "If-Match": IfMatch }
        body MaybeJson<Members>
    }
}
