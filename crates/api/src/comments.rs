//! Comments of an issue.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::input::Json;
use crate::params::{IfMatch, List};
use crate::types::{Members, PlainRef, RefInput, UserRef};

wire! {
    /// A comment.
    pub struct Comment {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        long_id: String,
        text: String,
        text_html?: String,
        attachments?: Vec<PlainRef>,
        created_by: UserRef,
        updated_by: UserRef,
        created_at: String,
        updated_at: String,
        summonees*: UserRef,
        maillist_summonees*: PlainRef,
        version: i64,
        #[serde(rename = "type")] kind: String,
        transport: String,
        reactions_count?: BTreeMap<String, u64>,
        own_reactions*: String,
        users_reacted?: BTreeMap<String, Vec<UserRef>>,
    }
    /// A new comment.
    pub struct CommentCreate {
        text?: Value,
        markup_type?: String,
        attachment_ids?: Vec<Value>,
        summonees?: Vec<RefInput>,
        maillist_summonees?: Vec<String>,
    }
    /// Changes to a comment.
    pub struct CommentUpdate {
        text?: Value,
        markup_type?: String,
        attachment_ids?: Vec<Value>,
        summonees?: Value,
        maillist_summonees?: Value,
    }
}

endpoints! {
    /// Comments of an issue, oldest first.
    ListComments GET "/issues/{issueId}/comments" read => 200 Vec<Comment> {
        path { issue }
        query { expand: List, per_page = "perPage": i64, id: String, localized: bool }
    }
    /// Adds a comment.
    AddComment POST "/issues/{issueId}/comments" write => 201 Comment {
        path { issue }
        query { is_add_to_followers = "isAddToFollowers": bool, notify: bool,
            notify_author = "notifyAuthor": bool, expand: List }
        body Json<CommentCreate>
    }
    /// One comment.
    GetComment GET "/issues/{issueId}/comments/{commentId}" read => 200 Comment {
        path { issue, comment }
        query { expand: List }
    }
    /// Edits a comment.
    UpdateComment PATCH "/issues/{issueId}/comments/{commentId}" write => 200 Comment {
        path { issue, comment }
        query { version: i64, notify: bool, notify_author = "notifyAuthor": bool, expand: List }
        header { if_match = "If-Match": IfMatch }
        body Json<CommentUpdate>
    }
    /// Deletes a comment.
    DeleteComment DELETE "/issues/{issueId}/comments/{commentId}" write => 204 () {
        path { issue, comment }
    }
    /// Reacts to a comment: `LIKE`, `HEART`, `ROCKET` and so on.
    AddReaction POST "/issues/{issueId}/comments/{commentId}/reactions/{reaction}" write
        => 200 Comment { path { issue, comment, reaction } }
    /// Takes a reaction to a comment back.
    RemoveReaction DELETE "/issues/{issueId}/comments/{commentId}/reactions/{reaction}" write
        => 200 Comment { path { issue, comment, reaction } }
    /// Adds a comment with the author and time it had elsewhere.
    ImportComment POST "/issues/{issueId}/comments/_import" write => 200 Comment {
        path { issue }
        body Json<Members>
    }
}
