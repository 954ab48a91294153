//! Workflows and the screens of their transitions.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::input::Json;
use crate::params::IfMatch;
use crate::types::{KeyedRef, Members, PlainRef, Text, UserRef};

wire! {
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
}

endpoints! {
    /// Workflows of a queue: workflow id to the issue types that follow it.
    GetQueueWorkflows GET "/queues/{queueId}/workflows" read
        => 200 BTreeMap<String, Vec<KeyedRef>> {
        path { queue }
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
