//! Webhooks of the organisation. An extension of ours.

use crate::input::Json;
use crate::params::IfMatch;
use crate::triggers::WebhookLogEntry;
use crate::types::{KeyedRef, Members};

wire! {
    /// A webhook of the organisation; the secret is shown once.
    pub struct Hook {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        version: i64,
        url: String,
        queues: Vec<KeyedRef>,
        events: Vec<String>,
        active: bool,
        secret?: String,
    }
}

endpoints! {
    /// Webhooks of the organisation; for administrators.
    ListHooks GET "/webhooks" read => 200 Vec<Hook> {}
    /// Creates a webhook, which tells another system of every event, or of some queues and kinds.
    CreateHook POST "/webhooks" manage => 201 Hook {
        body Json<Members>
    }
    /// One webhook.
    GetHook GET "/webhooks/{webhookId}" read => 200 Hook { path { id } }
    /// Changes a webhook.
    UpdateHook PATCH "/webhooks/{webhookId}" manage => 200 Hook {
        path { id }
        query { version: i64 }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a webhook.
    DeleteHook DELETE "/webhooks/{webhookId}" manage => 204 () { path { id } }
    /// The requests of a webhook, newest first.
    ListHookLog GET "/webhooks/{webhookId}/log" read => 200 Vec<WebhookLogEntry> {
        path { id }
        query { limit: i64 }
    }
}
