//! The history of an issue.

use serde_json::Value;

use crate::params::List;
use crate::types::{KeyedRef, PlainRef, UserRef};

wire! {
    /// One field's change.
    pub struct FieldChange {
        field: PlainRef,
        from: Value,
        to: Value,
    }
    /// One entry of the history.
    pub struct Change {
        id: String,
        #[serde(rename = "self")] self_url: String,
        issue: KeyedRef,
        updated_at: String,
        updated_by: UserRef,
        #[serde(rename = "type")] kind: String,
        transport: String,
        fields?: Vec<FieldChange>,
        comments?: Value,
        links?: Value,
        attachments?: Value,
        worklog?: Value,
        related_resolutions?: Value,
    }
}

endpoints! {
    /// History of an issue, oldest first.
    ListChangelog GET "/issues/{issueId}/changelog" read => 200 Vec<Change> {
        path { issue }
        query { id: String, per_page = "perPage": i64, field: List, kind = "type": List,
            sort: String, localized: bool }
    }
    /// One change.
    GetChange GET "/issues/{issueId}/changelog/{changeId}" read => 200 Change {
        path { issue, change }
        query { localized: bool }
    }
}
