//! Projects, portfolios and goals.

use serde_json::Value;

use crate::attachments::Attachment;
use crate::comments::{Comment, CommentCreate, CommentUpdate};
use crate::input::{Json, MaybeJson};
use crate::params::{IfMatch, List};
use crate::types::{Bytes, Members, PlainRef, UserRef};

wire! {
    /// A project, portfolio, goal or report.
    pub struct Entity {
        #[serde(rename = "self")] self_url: String,
        id: String,
        version: i64,
        short_id: i64,
        entity_type: String,
        created_by: UserRef,
        created_at: String,
        updated_at: String,
        fields?: Members,
        attachments?: Vec<Attachment>,
    }
    /// What is found, a page of it.
    pub struct EntitySearchResult {
        hits: u64,
        pages: u64,
        values: Vec<Entity>,
        order_by?: String,
    }
    /// What to find.
    pub struct EntitySearch {
        input?: String,
        filter?: Members,
        order_by?: String,
        order_asc?: bool,
        root_only?: bool,
    }
    /// Something that happened to an entity.
    pub struct EntityEvent {
        id: String,
        author: UserRef,
        date: String,
        transport: String,
        display: String,
        changes: Vec<EntityChange>,
    }
    /// A part of it.
    pub struct EntityChange {
        diff?: String,
        field?: PlainField,
        comment_url?: String,
    }
    /// A field by name.
    pub struct PlainField {
        id: String,
        display: String,
    }
    /// A page of what happened.
    pub struct EntityEventPage {
        events: Vec<EntityEvent>,
        has_next: bool,
        has_prev: bool,
    }
    /// A page of comments.
    pub struct EntityCommentPage {
        comments: Vec<Comment>,
        has_next: bool,
        has_prev: bool,
    }
    /// Holders of one right.
    pub struct EntitySubjects {
        users: Vec<UserRef>,
        groups: Vec<PlainRef>,
        roles: Vec<String>,
    }
    /// Holders of rights; those with nobody are left out.
    pub struct EntityAcl {
        #[serde(rename = "READ")] read?: EntitySubjects,
        #[serde(rename = "WRITE")] write?: EntitySubjects,
        #[serde(rename = "GRANT")] grant?: EntitySubjects,
    }
    /// Parents of an entity.
    pub struct EntityParent {
        primary?: PlainRef,
        secondary: Vec<PlainRef>,
    }
    /// Access to an entity and where it comes from.
    pub struct EntityExtendedPermissions {
        acl: EntityAcl,
        permission_sources: Vec<PlainRef>,
        parent_entities: EntityParent,
    }
    /// A link as one of its ends sees it.
    pub struct EntityLink {
        id: i64,
        #[serde(rename = "type")] kind: String,
        object: PlainRef,
        link_field_values: Members,
    }
}

endpoints! {
    /// Creates a project, portfolio or goal.
    CreateEntity POST "/entities/{entityType}" write => 201 Entity {
        path { kind }
        query { fields: List, expand: List }
        body Json<Members>
    }
    /// One project, portfolio or goal.
    GetEntity GET "/entities/{entityType}/{entityId}" read => 200 Entity {
        path { kind, entity }
        query { fields: List, expand: List }
    }
    /// Changes a project, portfolio or goal.
    UpdateEntity PATCH "/entities/{entityType}/{entityId}" write => 200 Entity {
        path { kind, entity }
        query { fields: List, expand: List, version: i64, notify: bool,
            notify_author = "notifyAuthor": bool }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a project, portfolio or goal.
    DeleteEntity DELETE "/entities/{entityType}/{entityId}" write => 204 () {
        path { kind, entity }
        query { with_board = "withBoard": bool }
    }
    /// Finds projects, portfolios or goals.
    SearchEntities POST "/entities/{entityType}/_search" read => 200 EntitySearchResult {
        path { kind }
        query { fields: List, expand: List, per_page = "perPage": i64, page: i64 }
        body MaybeJson<EntitySearch>
    }
    /// Creates a project, portfolio or goal with the history it had elsewhere.
    ImportEntity POST "/entities/{entityType}/_import" manage => 201 Entity {
        path { kind }
        query { fields: List, expand: List }
        body Json<Members>
    }
    /// What happened to an entity, a page of it.
    ListEntityEvents GET "/entities/{entityType}/{entityId}/events/_relative"
        read => 200 EntityEventPage {
        path { kind, entity }
        query { per_page = "perPage": i64, from: String, selected: String,
            new_events_on_top = "newEventsOnTop": bool, direction: String }
    }
    /// Access to an entity and where it comes from.
    GetEntityExtendedPermissions GET "/entities/{entityType}/{entityId}/extendedPermissions"
        read => 200 EntityExtendedPermissions {
        path { kind, entity }
    }
    /// Changes access to an entity.
    UpdateEntityExtendedPermissions PATCH "/entities/{entityType}/{entityId}/extendedPermissions"
        write => 200 EntityExtendedPermissions {
        path { kind, entity }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Who was given access to an entity itself.
    GetEntityPermissions GET "/entities/{entityType}/{entityId}/permissions" read => 200 EntityAcl {
        path { kind, entity }
    }
    /// Gives or takes access to an entity.
    UpdateEntityPermissions PATCH "/entities/{entityType}/{entityId}/permissions"
        write => 200 EntityAcl {
        path { kind, entity }
        body Json<Members>
    }
    /// Comments of an entity, oldest first.
    ListEntityComments GET "/entities/{entityType}/{entityId}/comments" read => 200 Vec<Comment> {
        path { kind, entity }
        query { expand: List, per_page = "perPage": i64, page: i64 }
    }
    /// Comments on an entity.
    CreateEntityComment POST "/entities/{entityType}/{entityId}/comments" write => 201 Comment {
        path { kind, entity }
        query { is_add_to_followers = "isAddToFollowers": bool, notify: bool,
            notify_author = "notifyAuthor": bool, expand: List }
        body Json<CommentCreate>
    }
    /// Comments of an entity around one of them.
    ListEntityCommentsRelative GET "/entities/{entityType}/{entityId}/comments/_relative"
        read => 200 EntityCommentPage {
        path { kind, entity }
        query { per_page = "perPage": i64, from: String, selected: String,
            new_comments_on_top = "newCommentsOnTop": bool, direction: String, expand: List }
    }
    /// One comment of an entity.
    GetEntityComment GET "/entities/{entityType}/{entityId}/comments/{commentId}"
        read => 200 Comment {
        path { kind, entity, comment }
        query { expand: List }
    }
    /// Changes a comment of an entity.
    UpdateEntityComment PATCH "/entities/{entityType}/{entityId}/comments/{commentId}"
        write => 200 Comment {
        path { kind, entity, comment }
        query { is_add_to_followers = "isAddToFollowers": bool, notify: bool,
            notify_author = "notifyAuthor": bool, expand: List }
        header { if_match = "If-Match": IfMatch }
        body Json<CommentUpdate>
    }
    /// Deletes a comment of an entity.
    DeleteEntityComment DELETE "/entities/{entityType}/{entityId}/comments/{commentId}"
        write => 204 () {
        path { kind, entity, comment }
    }
    /// Reacts to a comment of an entity.
    AddEntityReaction POST
        "/entities/{entityType}/{entityId}/comments/{commentId}/reactions/{reaction}" write
        => 200 Comment { path { kind, entity, comment, reaction } }
    /// Takes a reaction to a comment of an entity back.
    RemoveEntityReaction DELETE
        "/entities/{entityType}/{entityId}/comments/{commentId}/reactions/{reaction}" write
        => 200 Comment { path { kind, entity, comment, reaction } }
    /// Adds checklist items to an entity.
    AddEntityChecklistItems POST "/entities/{entityType}/{entityId}/checklistItems"
        write => 200 Entity {
        path { kind, entity }
        query { fields: List, expand: List }
        body Json<Value>
    }
    /// Rewrites the checklist items of an entity.
    UpdateEntityChecklist PATCH "/entities/{entityType}/{entityId}/checklistItems"
        write => 200 Entity {
        path { kind, entity }
        query { fields: List, expand: List }
        body Json<Value>
    }
    /// Deletes the checklist of an entity.
    DeleteEntityChecklist DELETE "/entities/{entityType}/{entityId}/checklistItems"
        write => 200 Entity {
        path { kind, entity }
        query { fields: List, expand: List }
    }
    /// Changes a checklist item of an entity.
    UpdateEntityChecklistItem PATCH "/entities/{entityType}/{entityId}/checklistItems/{itemId}"
        write => 200 Entity {
        path { kind, entity, item }
        query { fields: List, expand: List }
        body Json<Value>
    }
    /// Deletes a checklist item of an entity.
    DeleteEntityChecklistItem DELETE "/entities/{entityType}/{entityId}/checklistItems/{itemId}"
        write => 200 Entity {
        path { kind, entity, item }
        query { fields: List, expand: List }
    }
    /// Moves a checklist item of an entity in front of another.
    MoveEntityChecklistItem POST "/entities/{entityType}/{entityId}/checklistItems/{itemId}/_move"
        write => 200 Entity {
        path { kind, entity, item }
        query { fields: List, expand: List }
        body Json<Members>
    }
    /// Files of an entity.
    ListEntityAttachments GET "/entities/{entityType}/{entityId}/attachments"
        read => 200 Vec<Attachment> {
        path { kind, entity }
    }
    /// One file of an entity.
    GetEntityAttachment GET "/entities/{entityType}/{entityId}/attachments/{fileId}"
        read => 200 Attachment {
        path { kind, entity, file }
    }
    /// Attaches an uploaded file to an entity.
    AttachFileToEntity POST "/entities/{entityType}/{entityId}/attachments/{fileId}"
        write => 200 Entity {
        path { kind, entity, file }
        query { fields: List, expand: List, notify: bool, notify_author = "notifyAuthor": bool }
    }
    /// Removes a file from an entity.
    DeleteEntityAttachment DELETE "/entities/{entityType}/{entityId}/attachments/{fileId}"
        write => 204 () {
        path { kind, entity, file }
    }
    /// Links of an entity.
    ListEntityLinks GET "/entities/{entityType}/{entityId}/links" read => 200 Vec<EntityLink> {
        path { kind, entity }
        query { fields: List }
    }
    /// Links entities.
    CreateEntityLinks POST "/entities/{entityType}/{entityId}/links" write => 200 () {
        path { kind, entity }
        body Json<Value>
    }
    /// Removes a link between entities.
    DeleteEntityLink DELETE "/entities/{entityType}/{entityId}/links" write => 200 () {
        path { kind, entity }
        query { right: String }
    }
    /// Orders an export of issues.
    CreateReport POST "/entities/report" write => 201 Entity {
        query { fields: List }
        body Json<Members>
    }
    /// The file of an ordered export, written when it is fetched.
    DownloadReport GET "/entities/report/{reportId}/file" read => 200 Bytes { path { id } }
    /// Finds exports.
    SearchReports POST "/entities/report/_search" read => 200 EntitySearchResult {
        query { fields: List, per_page = "perPage": i64, page: i64 }
        body MaybeJson<EntitySearch>
    }
}

wire! {
    /// Changes to many entities.
    pub struct EntityBulkUpdate {
        meta_entities?: Value,
        values?: Members,
    }
}

/// The change of many entities stands apart, because it answers what bulk changes of issues do.
pub mod bulk {
    use super::EntityBulkUpdate;
    use crate::bulk::BulkChange;
    use crate::input::Json;

    endpoints! {
        /// Changes many entities, in the background.
        BulkUpdateEntities POST "/entities/{entityType}/bulkchange/_update"
            write => 200 BulkChange {
            path { kind }
            query { notify: bool }
            body Json<EntityBulkUpdate>
        }
    }
}
