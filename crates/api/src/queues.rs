//! Queues and what belongs to one: types, workflows, versions, components, tags.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::fields::Field;
use crate::input::{Json, MaybeJson};
use crate::params::{IfMatch, List};
use crate::types::{KeyedRef, Members, PlainRef, RefInput, Text, UserRef};

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
        always_shown_fields*: PlainRef,
        team_users*: UserRef,
        team_groups*: PlainRef,
        issue_types*: KeyedRef,
        versions*: PlainRef,
        components*: PlainRef,
        workflows?: BTreeMap<String, Vec<KeyedRef>>,
        issue_types_config*: IssueTypeConfig,
        fields*: PlainRef,
    }
    /// An issue type of a new queue.
    pub struct IssueTypeConfigInput {
        issue_type: RefInput,
        workflow: RefInput,
        resolutions*: RefInput,
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
    /// Through what a right comes.
    pub struct SubjectRight {
        users*: UserRef,
        groups*: PlainRef,
        roles*: RoleRef,
    }
    /// What a user or group may do in a queue.
    pub struct SubjectAccess {
        user?: UserRef,
        group?: PlainRef,
        permissions: BTreeMap<String, SubjectRight>,
        components*: PlainRef,
    }
    /// What a user or group may do with issues of a component.
    pub struct SubjectComponentAccess {
        user?: UserRef,
        group?: PlainRef,
        component: Component,
        permissions: BTreeMap<String, SubjectRight>,
    }
    /// A version of a queue. With `fields` everything but `self`, `id` and `version` may be
    /// missing.
    #[serde(default)]
    pub struct Version {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        queue: KeyedRef,
        name: String,
        description?: String,
        start_date?: String,
        due_date?: String,
        released_at?: String,
        released: bool,
        archived: bool,
    }
    /// A new version.
    pub struct VersionCreate {
        queue?: RefInput,
        name?: String,
        description?: String,
        start_date?: String,
        due_date?: String,
    }
    /// A component of a queue.
    pub struct Component {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        name: String,
        queue: KeyedRef,
        description?: String,
        lead?: UserRef,
        assign_auto: bool,
        archived?: bool,
    }
    /// A new component.
    pub struct ComponentCreate {
        queue?: RefInput,
        name?: String,
        description?: String,
        lead?: RefInput,
        assign_auto?: bool,
    }
    /// A transition inside a workflow.
    pub struct WorkflowAction {
        id: String,
        name: String,
        description?: String,
        target: KeyedRef,
        screen?: PlainRef,
        conditions*: Value,
        functions*: Value,
    }
    /// A status of a workflow and what leads out of it.
    pub struct WorkflowStep {
        status: KeyedRef,
        description?: String,
        actions*: WorkflowAction,
        meta_action?: WorkflowAction,
        status_type: String,
        comment_action?: CommentAction,
    }
    /// What a comment does to an issue in a status of a workflow.
    pub struct CommentAction {
        transition?: String,
        restore_assignee: bool,
        only_assignee: bool,
    }
    /// A workflow.
    pub struct Workflow {
        #[serde(rename = "self")] self_url: String,
        id: String,
        name: String,
        version: i64,
        steps: Vec<WorkflowStep>,
        initial_action: WorkflowAction,
        queue?: KeyedRef,
        created?: String,
        updated?: String,
        created_by?: UserRef,
        updated_by?: UserRef,
        deleted?: bool,
        #[serde(rename = "type")] kind?: String,
        issue_type_resolutions*: TypeResolutions,
    }
    /// Resolutions of an issue type in a workflow.
    pub struct TypeResolutions {
        issue_type: KeyedRef,
        resolutions: Vec<KeyedRef>,
    }
    /// A field of a screen. The comment stands among them too.
    pub struct ScreenElement {
        #[serde(rename = "self")] self_url: String,
        field: PlainRef,
        required: bool,
        default_value?: Value,
    }
    /// What a transition asks for.
    pub struct Screen {
        #[serde(rename = "self")] self_url: String,
        id: String,
        name: Text,
        elements: Vec<ScreenElement>,
    }
    /// A role in permissions.
    pub struct RoleRef {
        #[serde(rename = "self")] self_url: String,
        id: String,
        display: Text,
    }
    /// Who holds a permission.
    pub struct Participants {
        #[serde(rename = "self")] self_url: String,
        users*: UserRef,
        groups*: PlainRef,
        roles*: RoleRef,
    }
    /// Which tag to remove.
    pub struct TagRemove {
        tag?: Value,
    }
    /// Who holds the permissions of a queue.
    pub struct PermissionSet {
        #[serde(rename = "self")] self_url: String,
        version: i64,
        create?: Participants,
        write?: Participants,
        read?: Participants,
        grant?: Participants,
        deny?: Participants,
    }
    /// The people and groups that hold a permission, roles resolved.
    pub struct AccessParticipants {
        #[serde(rename = "self")] self_url: String,
        users*: UserRef,
        groups*: PlainRef,
    }
    /// The people and groups that hold the permissions of a queue, roles resolved.
    pub struct AccessSet {
        #[serde(rename = "self")] self_url: String,
        create?: AccessParticipants,
        write?: AccessParticipants,
        read?: AccessParticipants,
        grant?: AccessParticipants,
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
    /// Brings a deleted queue back.
    RestoreQueue POST "/queues/{queueId}/_restore" manage => 200 Queue {
        path { queue }
        query { localized: bool }
        body MaybeJson<Value>
    }
    /// What a user may do in a queue.
    GetQueuePermissionsOfUser GET "/queues/{queueId}/permissions/users/{userId}" read
        => 200 SubjectAccess {
        path { queue, user }
        query { localized: bool }
    }
    /// What a group may do in a queue.
    GetQueuePermissionsOfGroup GET "/queues/{queueId}/permissions/groups/{groupId}" read
        => 200 SubjectAccess {
        path { queue, group }
        query { localized: bool }
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
    /// Versions of a queue.
    ListQueueVersions GET "/queues/{queueId}/versions" read => 200 Vec<Version> {
        path { queue }
        query { localized: bool }
    }
    /// Components of a queue.
    ListQueueComponents GET "/queues/{queueId}/components" read => 200 Vec<Component> {
        path { queue }
        query { localized: bool }
    }
    /// Creates a version in a queue.
    CreateVersionInQueue POST "/queues/{queueId}/versions" manage => 201 Version {
        path { queue }
        query { localized: bool }
        body Json<VersionCreate>
    }
    /// Creates a component in a queue.
    CreateComponentInQueue POST "/queues/{queueId}/components" manage => 201 Component {
        path { queue }
        query { localized: bool }
        body Json<ComponentCreate>
    }
    /// Issue types of a queue.
    ListQueueIssueTypes GET "/queues/{queueId}/issuetypes" read
        => 200 Vec<crate::dictionaries::IssueType> {
        path { queue }
        query { localized: bool }
    }
    /// Workflows of a queue: workflow id to the issue types that follow it.
    GetQueueWorkflows GET "/queues/{queueId}/workflows" read
        => 200 BTreeMap<String, Vec<KeyedRef>> {
        path { queue }
        query { localized: bool }
    }
    /// Permissions of a queue.
    GetQueuePermissions GET "/queues/{queueId}/permissions" read => 200 PermissionSet {
        path { queue }
        query { localized: bool }
    }
    /// Changes the permissions of a queue.
    UpdateQueuePermissions PATCH "/queues/{queueId}/permissions" manage => 200 PermissionSet {
        path { queue }
        query { localized: bool }
        body Json<Members>
    }
    /// Holders of one permission of a queue.
    GetQueuePermission GET "/queues/{queueId}/permissions/{permissionCode}" read
        => 200 Participants {
        path { queue, permission }
        query { localized: bool }
    }
    /// The people and groups that hold the permissions of a queue.
    GetQueueAccess GET "/queues/{queueId}/access" read => 200 AccessSet {
        path { queue }
        query { localized: bool }
    }
    /// The people and groups that hold one permission of a queue.
    GetQueueAccessOne GET "/queues/{queueId}/access/{permissionCode}" read
        => 200 AccessParticipants {
        path { queue, permission }
        query { localized: bool }
    }
    /// Whether the caller holds a permission on a queue.
    CheckQueuePermission GET "/queues/{queueId}/checkPermissions/{permissionCode}" read
        => 200 bool {
        path { queue, permission }
    }
    /// One version.
    GetVersion GET "/versions/{versionId}" read => 200 Version {
        path { id }
        query { fields: List, localized: bool }
    }
    /// Versions of all queues.
    ListVersions GET "/versions" read => 200 Vec<Version> {
        query { fields: List, localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// Creates a version.
    CreateVersion POST "/versions" manage => 201 Version {
        query { localized: bool }
        body Json<VersionCreate>
    }
    /// Changes a version.
    UpdateVersion PATCH "/versions/{versionId}" manage => 200 Version {
        path { id }
        query { fields: List, version: i64, localized: bool }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Archives a version.
    ArchiveVersion POST "/versions/{versionId}/_archive" manage => 200 Version {
        path { id }
        query { localized: bool }
        header { if_match = "If-Match": IfMatch }
        body MaybeJson<Value>
    }
    /// Releases a version.
    ReleaseVersion POST "/versions/{versionId}/_release" manage => 200 Version {
        path { id }
        query { localized: bool }
        header { if_match = "If-Match": IfMatch }
        body MaybeJson<Value>
    }
    /// One component.
    GetComponent GET "/components/{componentId}" read => 200 Component {
        path { id }
        query { localized: bool }
    }
    /// Components of all queues.
    ListComponents GET "/components" read => 200 Vec<Component> {
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// Creates a component.
    CreateComponent POST "/components" manage => 201 Component {
        query { localized: bool }
        body Json<ComponentCreate>
    }
    /// Changes a component.
    UpdateComponent PATCH "/components/{componentId}" manage => 200 Component {
        path { id }
        query { version: i64, localized: bool }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a component; issues lose it.
    DeleteComponent DELETE "/components/{componentId}" manage => 204 () {
        path { id }
        header { if_match = "If-Match": IfMatch }
    }
    /// Deletes a version; issues lose it.
    DeleteVersion DELETE "/versions/{versionId}" manage => 204 () { path { id } }
    /// Rules of a component.
    GetComponentPermissions GET "/components/{componentId}/permissions" read
        => 200 PermissionSet {
        path { component }
        query { localized: bool }
    }
    /// Changes the rules of a component. An extension: the original has no operation for it.
    UpdateComponentPermissions PATCH "/components/{componentId}/permissions" manage
        => 200 PermissionSet {
        path { component }
        query { localized: bool }
        body Json<Members>
    }
    /// Takes the rules of a component away. An extension.
    DeleteComponentPermissions DELETE "/components/{componentId}/permissions" manage => 204 () {
        path { component }
    }
    /// Holders of one right in the rules of a component.
    GetComponentPermission GET "/components/{componentId}/permissions/{permissionCode}" read
        => 200 Participants {
        path { component, permission }
        query { localized: bool }
    }
    /// What a user may do with issues of a component.
    GetComponentPermissionsOfUser GET "/components/{componentId}/permissions/users/{userId}" read
        => 200 SubjectComponentAccess {
        path { component, user }
        query { localized: bool }
    }
    /// What a group may do with issues of a component.
    GetComponentPermissionsOfGroup
        GET "/components/{componentId}/permissions/groups/{groupId}" read
        => 200 SubjectComponentAccess {
        path { component, group }
        query { localized: bool }
    }
    /// The people and groups that hold rights on issues of a component.
    GetComponentAccess GET "/components/{componentId}/access" read => 200 AccessSet {
        path { component }
        query { localized: bool }
    }
    /// The people and groups that hold one right on issues of a component.
    GetComponentAccessOne GET "/components/{componentId}/access/{permissionCode}" read
        => 200 AccessParticipants {
        path { component, permission }
        query { localized: bool }
    }
    /// Workflows of the organisation.
    ListWorkflows GET "/workflows" read => 200 Vec<Workflow> {
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// One workflow.
    GetWorkflow GET "/workflows/{workflowId}" read => 200 Workflow {
        path { id }
        query { localized: bool }
    }
    /// Creates a workflow, in a queue or for all.
    CreateWorkflow POST "/workflows" manage => 201 Workflow { body Json<Members> }
    /// Changes a workflow; `steps` replaces the whole graph.
    UpdateWorkflow PATCH "/workflows/{workflowId}" manage => 200 Workflow {
        path { id }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a workflow that no queue follows.
    DeleteWorkflow DELETE "/workflows/{workflowId}" manage => 204 () { path { id } }
    /// Changes one transition out of a status.
    UpdateWorkflowAction PATCH "/workflows/{workflowId}/steps/{statusId}/actions/{actionId}" manage
        => 200 Workflow {
        path { id, status, action }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Screens of transitions.
    ListScreens GET "/screens" read => 200 Vec<Screen> {
        query { localized: bool, per_page = "perPage": i64, page: i64 }
    }
    /// One screen.
    GetScreen GET "/screens/{screenId}" read => 200 Screen {
        path { id }
        query { localized: bool }
    }
    /// Fields of a screen.
    ListScreenElements GET "/screens/{screenId}/elements" read => 200 Vec<ScreenElement> {
        path { id }
    }
    /// One field of a screen.
    GetScreenElement GET "/screens/{screenId}/elements/{elementId}" read => 200 ScreenElement {
        path { id, element }
    }
}
