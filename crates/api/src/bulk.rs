//! Changes of many issues at once.

use serde_json::Value;

use crate::input::Json;
use crate::types::{KeyedRef, Members, RefInput, UserRef};

wire! {
    /// State of a bulk change.
    pub struct BulkChange {
        id: String,
        #[serde(rename = "self")] self_url: String,
        created_by: UserRef,
        created_at: String,
        status: String,
        status_text: String,
        execution_chunk_percent: i64,
        execution_issue_percent: i64,
        total_issues?: i64,
        total_completed_issues?: i64,
    }
    /// An issue that a bulk change failed on.
    pub struct BulkChangeIssue {
        issue: KeyedRef,
        status: String,
        status_text?: String,
        error: Members,
    }
    /// Issues to move.
    pub struct BulkMoveBody {
        queue?: RefInput,
        issues?: Value,
        values?: Members,
        move_all_fields?: bool,
        initial_status?: bool,
    }
    /// Issues to change.
    pub struct BulkUpdateBody {
        issues?: Value,
        values?: Members,
    }
    /// Issues to take through a transition.
    pub struct BulkTransitionBody {
        transition?: Value,
        issues?: Value,
        values?: Members,
    }
}

endpoints! {
    /// Moves issues to another queue, in the background.
    BulkMove POST "/bulkchange/_move" write => 201 BulkChange {
        query { notify: bool }
        body Json<BulkMoveBody>
    }
    /// Changes fields of issues, in the background.
    BulkUpdate POST "/bulkchange/_update" write => 201 BulkChange {
        query { notify: bool }
        body Json<BulkUpdateBody>
    }
    /// Takes issues through a transition, in the background.
    BulkTransition POST "/bulkchange/_transition" write => 201 BulkChange {
        query { notify: bool }
        body Json<BulkTransitionBody>
    }
    /// State of a bulk change.
    GetBulkChange GET "/bulkchange/{bulkChangeId}" read => 200 BulkChange {
        path { id }
    }
    /// Stops a bulk change: what is not done yet is left undone.
    CancelBulkChange DELETE "/bulkchange/{bulkChangeId}" write => 204 () {
        path { id }
    }
    /// The issues a bulk change failed on.
    ListBulkChangeIssues GET "/bulkchange/{bulkChangeId}/issues" read => 200 Vec<BulkChangeIssue> {
        path { id }
    }
}
