//! The audit log of administrative changes, an extension of ours.

use serde_json::Value;

use crate::types::UserRef;

wire! {
    /// What was changed.
    pub struct AuditObject {
        #[serde(rename = "type")] kind: String,
        id: String,
        display: String,
    }
    /// From where it was changed.
    pub struct AuditSource {
        address?: String,
        request_id?: String,
    }
    /// A recorded change. Without `createdBy` it came from the command line of the server.
    pub struct AuditRecord {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        created_at: String,
        created_by?: UserRef,
        action: String,
        object: AuditObject,
        source: AuditSource,
        before?: Value,
        after?: Value,
    }
}

endpoints! {
    /// Administrative changes, the newest first. For administrators.
    ListAudit GET "/audit" read => 200 Vec<AuditRecord> {
        query {
            kind = "type": String, object: String, actor: String, from: String, to: String,
            per_page = "perPage": i64, id: i64,
        }
    }
}
