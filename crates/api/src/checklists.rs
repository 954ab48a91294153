//! The checklist of an issue.

use serde_json::Value;

use crate::input::Json;
use crate::issues::Issue;

wire! {
    /// An item of a checklist.
    pub struct ChecklistItem {
        id: String,
        text: String,
        text_html?: String,
        checked: bool,
        assignee?: ChecklistAssignee,
        deadline?: ChecklistDeadline,
        checklist_item_type: String,
        url?: String,
    }
    /// Who has to do an item; unlike elsewhere without `self` and with a number.
    pub struct ChecklistAssignee {
        id: i64,
        display: String,
        passport_uid: i64,
        tracker_uid: i64,
        cloud_uid?: String,
        login?: String,
        first_name?: String,
        last_name?: String,
        email?: String,
    }
    /// When an item is due.
    pub struct ChecklistDeadline {
        date: String,
        deadline_type: String,
        is_exceeded: bool,
    }
}

endpoints! {
    /// The checklist of an issue.
    ListChecklistItems GET "/issues/{issueId}/checklistItems" read => 200 Vec<ChecklistItem> {
        path { issue }
    }
    /// Adds an item, or a list of items, to the checklist of an issue.
    AddChecklistItem POST "/issues/{issueId}/checklistItems" write => 200 Issue {
        path { issue }
        body Json<Value>
    }
    /// Rewrites the checklist of an issue: a list of all its items, in their order.
    UpdateChecklist PATCH "/issues/{issueId}/checklistItems" write => 200 Issue {
        path { issue }
        body Json<Value>
    }
    /// Removes the checklist of an issue.
    DeleteChecklist DELETE "/issues/{issueId}/checklistItems" write => 200 Issue {
        path { issue }
    }
    /// One item.
    GetChecklistItem GET "/issues/{issueId}/checklistItems/{checklistItemId}"
        read => 200 ChecklistItem {
        path { issue, item }
    }
    /// Edits an item.
    UpdateChecklistItem PATCH "/issues/{issueId}/checklistItems/{checklistItemId}"
        write => 200 Issue {
        path { issue, item }
        body Json<Value>
    }
    /// Removes an item.
    DeleteChecklistItem DELETE "/issues/{issueId}/checklistItems/{checklistItemId}"
        write => 200 Issue {
        path { issue, item }
    }
}
