//! Issues: read, create, edit, search, count.

use serde_json::Value;

use crate::input::{Json, MaybeJson};
use crate::params::{IfMatch, List};
use crate::queues::{Participants, PermissionSet};
use crate::types::{KeyedRef, Members, PlainRef, StatusTypeRef, UserRef};

wire! {
    /// An issue. Custom and local fields stand in `fields` under their ids.
    pub struct Issue {
        #[serde(rename = "self")] self_url: String,
        id: String,
        key: String,
        version: i64,
        unique?: String,
        aliases*: String,
        summary?: String,
        description?: String,
        queue?: KeyedRef,
        previous_queue?: KeyedRef,
        #[serde(rename = "type")] issue_type?: KeyedRef,
        priority?: KeyedRef,
        status?: KeyedRef,
        status_type?: StatusTypeRef,
        status_start_time?: String,
        previous_status?: KeyedRef,
        previous_status_last_assignee?: UserRef,
        resolution?: KeyedRef,
        resolved_at?: String,
        resolved_by?: UserRef,
        created_at?: String,
        created_by?: UserRef,
        updated_at?: String,
        updated_by?: UserRef,
        assignee?: UserRef,
        followers*: UserRef,
        access*: UserRef,
        pending_reply_from*: UserRef,
        parent?: KeyedRef,
        epic?: KeyedRef,
        components*: PlainRef,
        fix_versions*: PlainRef,
        affected_versions*: PlainRef,
        tags*: String,
        start?: String,
        end?: String,
        deadline?: String,
        story_points?: f64,
        original_estimation?: String,
        estimation?: String,
        spent?: String,
        votes?: i64,
        archived?: bool,
        favorite?: bool,
        last_comment_updated_at?: String,
        comment_without_external_message_count?: i64,
        comment_with_external_message_count?: i64,
        #[serde(flatten)] fields: Members,
    }
    /// An issue that is deleted and can be restored until `keptUntil`.
    pub struct DeletedIssue {
        #[serde(rename = "self")] self_url: String,
        id: String,
        key: String,
        summary: String,
        queue: KeyedRef,
        deleted_at: String,
        deleted_by: UserRef,
        kept_until: String,
    }
    /// What to find: exactly one of `queue`, `keys`, `filter`, `query`, `filterId`; null members
    /// count as absent.
    pub struct SearchRequest {
        queue?: Value,
        keys?: Value,
        filter?: Value,
        filter_id?: Value,
        query?: Value,
        query2?: Value,
        order?: Value,
    }
}

impl Issue {
    /// The value of a field that has no member of its own, by its id; a field of a queue also by
    /// its key alone. `None` when the issue has no value there.
    ///
    /// # Errors
    /// The value is of another type.
    pub fn field<T: serde::de::DeserializeOwned>(
        &self,
        key: &str,
    ) -> serde_json::Result<Option<T>> {
        let of_queue = |id: &str| id.split_once("--").is_some_and(|(_, own)| own == key);
        let value = self
            .fields
            .get(key)
            .or_else(|| self.fields.iter().find(|(id, _)| of_queue(id)).map(|(_, value)| value));
        value.map(|value| serde_json::from_value(value.clone())).transpose()
    }
}

endpoints! {
    /// One issue by key (any it ever had) or id.
    GetIssue GET "/issues/{issueId}" read => 200 Issue {
        path { issue }
        query { expand: List, fields: List, embed: List, localized: bool }
    }
    /// Creates an issue.
    CreateIssue POST "/issues" write => 201 Issue {
        query { notify: bool, notify_author = "notifyAuthor": bool, fields: List, expand: List,
            localized: bool }
        body Json<Members>
    }
    /// Changes fields of an issue.
    UpdateIssue PATCH "/issues/{issueId}" write => 200 Issue {
        path { issue }
        query { version: i64, notify: bool, notify_author = "notifyAuthor": bool,
            is_add_to_followers = "isAddToFollowers": bool, fields: List, expand: List,
            embed: List, localized: bool }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes an issue.
    DeleteIssue DELETE "/issues/{issueId}" manage => 204 () { path { issue } }
    /// Takes an issue out of searches and lists; nobody changes it until it is restored.
    ArchiveIssue POST "/issues/{issueId}/_archive" write => 200 Issue { path { issue } }
    /// Archived issues, those archived last first.
    ListArchivedIssues GET "/issues/_archived" read => 200 Vec<Issue> {
        query { queue: String, per_page = "perPage": i64, id: String, fields: List,
            localized: bool }
    }
    /// Deleted issues that can be restored, those deleted last first.
    ListDeletedIssues GET "/issues/_deleted" read => 200 Vec<DeletedIssue> {
        query { queue: String, per_page = "perPage": i64, id: String }
    }
    /// Brings back an issue that is archived, or that was deleted in the last 30 days.
    RestoreIssue POST "/issues/{issueId}/_restore" write => 200 Issue { path { issue } }
    /// Moves an issue to another queue; the body is an edit made with it.
    MoveIssue POST "/issues/{issueId}/_move" write => 200 Issue {
        path { issue }
        query { queue: String, move_all_fields = "moveAllFields": bool,
            initial_status = "initialStatus": bool,
            expand_transitions = "expandTransitions": bool, expand: List, fields: List,
            notify: bool, notify_author = "notifyAuthor": bool, version: i64, localized: bool }
        header { if_match = "If-Match": IfMatch }
        body MaybeJson<Members>
    }
    /// Clones an issue into queues; members of the body replace what is copied.
    CloneIssue POST "/issues/{issueId}/_clone" write => 200 Vec<Issue> {
        path { issue }
        query { queues: List, clone_all_fields = "cloneAllFields": bool,
            link_with_original = "linkWithOriginal": bool }
        body MaybeJson<Members>
    }
    /// Votes for an issue.
    AddVote POST "/issues/{issueId}/votes/{userId}" write => 200 Issue { path { issue, user } }
    /// Takes a vote back.
    RemoveVote DELETE "/issues/{issueId}/votes/{userId}" write => 200 Issue { path { issue, user } }
    /// Creates an issue with the history it had elsewhere.
    ImportIssue POST "/issues/_import" manage => 200 Issue { body Json<Members> }
    /// Finds issues.
    SearchIssues POST "/issues/_search" read => 200 Vec<Issue> {
        query { per_page = "perPage": i64, page: i64, id: String, scroll_type = "scrollType": String,
            per_scroll = "perScroll": i64, scroll_ttl_millis = "scrollTTLMillis": i64,
            scroll_id = "scrollId": String, scroll_token = "scrollToken": String,
            expand: List, fields: List, embed: List, localized: bool }
        body MaybeJson<SearchRequest>
    }
    /// Issues whose summary holds a fragment; a blank stands for any text.
    SuggestIssues GET "/issues/_suggest" read => 200 Vec<Issue> {
        query { input: String, queue: String, full: bool, fields: List, expand: List, embed: List,
            localized: bool }
    }
    /// Who may do what with an issue.
    GetIssuePermissions GET "/issues/{issueId}/permissions" read => 200 PermissionSet {
        path { issue }
    }
    /// Holders of one permission on an issue.
    GetIssuePermission GET "/issues/{issueId}/permissions/{permission}" read => 200 Participants {
        path { issue, permission }
    }
    /// Finds issues by query parameters (the old form of search).
    ListIssues GET "/issues" read => 200 Vec<Issue> {
        query { filter: List, filter_id = "filterId": String, query: String, keys: List,
            queue: String, order_by = "orderBy": String, order_asc = "orderAsc": bool,
            per_page = "perPage": i64, page: i64, expand: List, fields: List, embed: List,
            localized: bool }
    }
    /// Number of issues found.
    CountIssues POST "/issues/_count" read => 200 i64 {
        body MaybeJson<SearchRequest>
    }
    /// Forgets scrolls: pairs of `X-Scroll-Id` and `X-Scroll-Token`.
    ClearScroll POST "/system/search/scroll/_clear" read => 200 Members {
        body Json<Members>
    }
    /// The issue created with a given unique value.
    FindIssueByUnique POST "/issues/_findByUnique" read => 200 Issue {
        query { unique: String, expand: List, fields: List, localized: bool }
    }
}
