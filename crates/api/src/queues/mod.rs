//! Queues and what belongs to one: types, workflows, versions, components, tags.

pub mod access;
pub mod parts;
pub mod workflows;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::fields::Field;
use crate::input::{Json, MaybeJson};
use crate::params::{IfMatch, List};
use crate::types::{KeyedRef, Members, PlainRef, RefInput, UserRef};

pub use self::access::{
    AccessParticipants, AccessSet, CheckQueuePermission, DeleteComponentPermissions,
    GetComponentAccess, GetComponentAccessOne, GetComponentPermission, GetComponentPermissions,
    GetComponentPermissionsOfGroup, GetComponentPermissionsOfUser, GetQueueAccess,
    GetQueueAccessOne, GetQueuePermission, GetQueuePermissions, GetQueuePermissionsOfGroup,
    GetQueuePermissionsOfUser, Participants, PermissionSet, RoleRef, SubjectAccess,
    SubjectComponentAccess, SubjectRight, UpdateComponentPermissions, UpdateQueuePermissions,
};
pub use self::parts::{
    ArchiveVersion, Component, ComponentCreate, CreateComponent, CreateComponentInQueue,
    CreateVersion, CreateVersionInQueue, DeleteComponent, DeleteVersion, GetComponent, GetVersion,
    ListComponents, ListQueueComponents, ListQueueVersions, ListVersions, ReleaseVersion,
    UpdateComponent, UpdateVersion, Version, VersionCreate,
};
pub use self::workflows::{
    CommentAction, CreateWorkflow, DeleteWorkflow, GetQueueWorkflows, GetScreen, GetScreenElement,
    GetWorkflow, ListScreenElements, ListScreens, ListWorkflows, Screen, ScreenElement,
    TypeResolutions, UpdateWorkflow, UpdateWorkflowAction, Workflow, WorkflowAction, WorkflowStep,
};

wire! {
    /// An issue type of a queue with its workflow and resolutions.
    pub struct IssueTypeConfig {
        issue_type: KeyedRef,
        workflow: PlainRef,
        resolutions: Vec<KeyedRef>,
    }
    /// A queue. `id` is a number in v2 and a string in v3. With `fields` everything but `self`,
    /// `id`, `key` and `version` may be missing.
    #[serde(default)]
    pub struct Queue {
        #[serde(rename = "self")] self_url: String,
        id: Value,
        key: String,
        version: i64,
        name: String,
        description?: String,
        lead: UserRef,
        assign_auto: bool,
        allow_externals?: bool,
        default_type: KeyedRef,
        default_priority: KeyedRef,
        deny_voting?: bool,
        allow_external_mailing?: bool,
        add_issue_key_in_email?: bool,
        deny_conductor_autolink?: bool,
        deny_tracker_autolink?: bool,
        use_component_permissions_intersection?: bool,
        use_last_signature?: bool,
        add_summonee_to_issue_access?: bool,
        add_comment_author_to_issue_followers?: bool,
        workflow_actions_style?: String,
        permission_denied_message?: String,
        archived?: bool,
        always_shown_fields*: PlainRef,
        team_users*: UserRef,
        team_groups*: PlainRef,
        issue_types*: KeyedRef,
        versions*: PlainRef,
        components*: PlainRef,
        projects*: PlainRef,
        workflows?: BTreeMap<String, Vec<KeyedRef>>,
        issue_types_config*: IssueTypeConfig,
        fields*: PlainRef,
    }
    /// An issue type of a queue. `status_mapping` says to which status issues go that are in one
    /// the workflow lacks.
    pub struct IssueTypeConfigInput {
        issue_type: RefInput,
        workflow: RefInput,
        resolutions*: RefInput,
        status_mapping?: BTreeMap<String, RefInput>,
    }
    /// A new queue.
    pub struct QueueCreate {
        key?: String,
        name?: String,
        description?: String,
        lead?: RefInput,
        default_type?: RefInput,
        default_priority?: RefInput,
        issue_types_config?: Vec<IssueTypeConfigInput>,
        assign_auto?: bool,
        allow_externals?: bool,
        deny_voting?: bool,
        team_users?: Value,
        team_groups?: Value,
        preset?: String,
    }
    /// Default values of new issues.
    pub struct QueueDefaultValues {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        queue: KeyedRef,
        #[serde(rename = "type")] issue_type?: KeyedRef,
        component?: PlainRef,
        values: Value,
        append_fields*: String,
        created_by: UserRef,
        created_at: String,
        updated_by: UserRef,
        updated_at: String,
    }
    /// Which tag to remove.
    pub struct TagRemove {
        tag?: Value,
    }
}

endpoints! {
    /// Queues the caller may see.
    ListQueues GET "/queues" read => 200 Vec<Queue> {
        query { expand: List, fields: List, localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// Creates a queue.
    CreateQueue POST "/queues" write => 201 Queue {
        query { localized: bool }
        body Json<QueueCreate>
    }
    /// One queue by key or id.
    GetQueue GET "/queues/{queueId}" read => 200 Queue {
        path { queue }
        query { expand: List, fields: List, localized: bool }
    }
    /// Changes the settings of a queue.
    UpdateQueue PATCH "/queues/{queueId}" manage => 200 Queue {
        path { queue }
        query { version: i64, expand: List, localized: bool }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a queue; it can be restored.
    DeleteQueue DELETE "/queues/{queueId}" manage => 204 () { path { queue } }
    /// Lets nobody make or change anything in a queue until it is restored.
    ArchiveQueue POST "/queues/{queueId}/_archive" manage => 200 Queue {
        path { queue }
        query { localized: bool }
    }
    /// Brings a deleted or archived queue back.
    RestoreQueue POST "/queues/{queueId}/_restore" manage => 200 Queue {
        path { queue }
        query { localized: bool }
        body MaybeJson<Value>
    }
    /// Default values of new issues in a queue.
    ListQueueDefaultValues GET "/queues/{queueId}/defaultValues" read
        => 200 Vec<QueueDefaultValues> {
        path { queue }
        query { localized: bool }
    }
    /// Adds default values.
    CreateQueueDefaultValues POST "/queues/{queueId}/defaultValues" manage
        => 201 QueueDefaultValues {
        path { queue }
        body Json<Members>
    }
    /// One set of default values.
    GetQueueDefaultValues GET "/queues/{queueId}/defaultValues/{defaultValueId}" read
        => 200 QueueDefaultValues {
        path { queue, id }
        query { localized: bool }
    }
    /// Changes default values.
    UpdateQueueDefaultValues PATCH "/queues/{queueId}/defaultValues/{defaultValueId}" manage
        => 200 QueueDefaultValues {
        path { queue, id }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Removes default values.
    DeleteQueueDefaultValues DELETE "/queues/{queueId}/defaultValues/{defaultValueId}" manage
        => 204 () {
        path { queue, id }
    }
    /// Tags used in a queue.
    ListQueueTags GET "/queues/{queueId}/tags" read => 200 Vec<String> { path { queue } }
    /// Removes a tag that no issue of a queue carries.
    RemoveQueueTag POST "/queues/{queueId}/tags/_remove" manage => 204 () {
        path { queue }
        body Json<TagRemove>
    }
    /// Fields usable in a queue.
    ListQueueRequiredFields GET "/queues/{queueId}/fields" read => 200 Vec<Field> {
        path { queue }
        query { localized: bool }
    }
    /// Issue types of a queue.
    ListQueueIssueTypes GET "/queues/{queueId}/issuetypes" read
        => 200 Vec<crate::dictionaries::IssueType> {
        path { queue }
        query { localized: bool }
    }
}
