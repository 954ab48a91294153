//! Triggers of a queue and the log of their requests to other systems.

use serde_json::Value;

use crate::input::Json;
use crate::params::IfMatch;
use crate::types::{KeyedRef, Members};

wire! {
    /// A trigger.
    pub struct Trigger {
        id: i64,
        #[serde(rename = "self")] self_url: String,
        queue: KeyedRef,
        name: String,
        order: String,
        actions: Vec<Value>,
        conditions: Vec<Value>,
        version: i64,
        active: bool,
    }
    /// A new trigger.
    pub struct TriggerCreate {
        name?: String,
        actions?: Value,
        conditions?: Value,
        active?: bool,
    }
    /// A request that a trigger made.
    pub struct WebhookLogEntry {
        id: String,
        start_time: String,
        end_time: String,
        duration: i64,
        trigger_id: i64,
        action_id: i64,
        issue_id: String,
        request: Value,
        response: Value,
    }
}

endpoints! {
    /// Triggers of a queue.
    ListTriggers GET "/queues/{queueId}/triggers" read => 200 Vec<Trigger> {
        path { queue }
        query { per_page = "perPage": i64, id: i64, localized: bool }
    }
    /// Creates a trigger.
    CreateTrigger POST "/queues/{queueId}/triggers" manage => 201 Trigger {
        path { queue }
        body Json<TriggerCreate>
    }
    /// One trigger.
    GetTrigger GET "/queues/{queueId}/triggers/{triggerId}" read => 200 Trigger {
        path { queue, id }
    }
    /// Changes a trigger or its position.
    UpdateTrigger PATCH "/queues/{queueId}/triggers/{triggerId}" manage => 200 Trigger {
        path { queue, id }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a trigger.
    DeleteTrigger DELETE "/queues/{queueId}/triggers/{triggerId}" manage => 204 () {
        path { queue, id }
    }
    /// The requests that a trigger made, newest first.
    ListTriggerWebhookLog GET "/queues/{queueId}/triggers/{triggerId}/webhooks/log" read
        => 200 Vec<WebhookLogEntry> {
        path { queue, id }
        query { issue_id = "issueId": String, limit: i64, from: String, to: String }
    }
}
