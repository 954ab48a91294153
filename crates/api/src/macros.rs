//! Macros of a queue: a comment and changes of fields that people apply together.

use serde_json::Value;

use crate::input::Json;
use crate::params::IfMatch;
use crate::types::{KeyedRef, Members};

wire! {
    /// A macro.
    pub struct Macro {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        queue: KeyedRef,
        name: String,
        body?: String,
        field_changes?: Vec<Value>,
        issue_update?: Vec<Value>,
    }
}

endpoints! {
    /// Macros of a queue.
    ListMacros GET "/queues/{queueId}/macros" read => 200 Vec<Macro> {
        path { queue }
        query { per_page = "perPage": i64, page: i64 }
    }
    /// Creates a macro.
    CreateMacro POST "/queues/{queueId}/macros" manage => 201 Macro {
        path { queue }
        body Json<Members>
    }
    /// One macro.
    GetMacro GET "/queues/{queueId}/macros/{macroId}" read => 200 Macro { path { queue, id } }
    /// Changes a macro.
    UpdateMacro PATCH "/queues/{queueId}/macros/{macroId}" manage => 200 Macro {
        path { queue, id }
        header { if_match = "If-Match": IfMatch }
        body Json<Members>
    }
    /// Deletes a macro.
    DeleteMacro DELETE "/queues/{queueId}/macros/{macroId}" manage => 204 () { path { queue, id } }
}
