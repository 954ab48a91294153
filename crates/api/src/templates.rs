//! Templates of issues and comments.

use crate::types::{KeyedRef, Members, PlainRef, UserRef};

wire! {
    /// A template of issues.
    pub struct IssueTemplate {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        name: String,
        description?: String,
        field_templates: Members,
        queue?: KeyedRef,
    }
    /// A template of comments.
    pub struct CommentTemplate {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        name: String,
        description?: String,
        template: String,
        summonees*: UserRef,
        maillist_summonees*: PlainRef,
        queue?: KeyedRef,
    }
}

endpoints! {
    /// Issue templates of all queues the caller may see.
    ListIssueTemplates GET "/issueTemplates" read => 200 Vec<IssueTemplate> {
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// One issue template.
    GetIssueTemplate GET "/issueTemplates/{templateId}" read => 200 IssueTemplate {
        path { id }
        query { localized: bool }
    }
    /// Issue templates usable in a queue.
    ListQueueIssueTemplates GET "/queues/{queueId}/issueTemplates" read
        => 200 Vec<IssueTemplate> {
        path { queue }
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// Comment templates of all queues the caller may see.
    ListCommentTemplates GET "/commentTemplates" read => 200 Vec<CommentTemplate> {
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// One comment template.
    GetCommentTemplate GET "/commentTemplates/{templateId}" read => 200 CommentTemplate {
        path { id }
        query { localized: bool }
    }
    /// Comment templates usable in a queue.
    ListQueueCommentTemplates GET "/queues/{queueId}/commentTemplates" read
        => 200 Vec<CommentTemplate> {
        path { queue }
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
}
