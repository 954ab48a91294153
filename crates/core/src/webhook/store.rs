//! The log of requests to other systems.

use serde_json::{Value as Json, json};

use super::{Outcome, Outgoing};
use crate::cx::Cx;
use crate::error::Result;
use crate::ids::Series;
use crate::time::DAY_MS;

/// How long an entry is kept.
const KEPT_MS: i64 = 30 * DAY_MS;

trackway_db::row! {
    /// An entry of the log.
    pub struct LogRow {
        pub id: i64,
        pub rule_id: i64,
        pub action: i64,
        pub issue: String,
        pub started_at: i64,
        pub ended_at: i64,
        pub request: String,
        pub response: String,
    }
}

/// Adds an entry.
pub const INSERT: &str = "INSERT INTO webhook_log (org_id, rule_id, id, action, issue, started_at, \
     ended_at, request, response) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
/// Forgets old entries.
pub const PRUNE: &str = "DELETE FROM webhook_log WHERE org_id = $1 AND rule_id = $2 AND id < $3 \
     AND started_at < $4";
/// Entries of a rule, newest first.
pub const LIST: &str = "SELECT id, rule_id, action, issue, started_at, ended_at, request, response \
     FROM webhook_log WHERE org_id = $1 AND rule_id = $2 AND started_at >= $3 AND started_at <= $4 \
     AND ($5 = '' OR issue = $5) ORDER BY id DESC LIMIT $6";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[INSERT, PRUNE, LIST];

/// Adds an entry.
///
/// # Errors
/// The database fails.
pub fn log(cx: &mut Cx<'_, '_>, outgoing: &Outgoing, outcome: &Outcome) -> Result<()> {
    let id = cx.next(Series::WebhookLog)?;
    let request = json!({
        "method": outgoing.method,
        "endpoint": outgoing.url,
        "headers": outgoing.headers,
        "body": outgoing.body.as_deref().unwrap_or_default(),
        "webhookAuthContext": outgoing.auth,
    });
    let mut response = json!({ "headers": outcome.headers });
    if let Json::Object(members) = &mut response {
        if let Some(status) = outcome.status {
            members.insert("statusCode".to_owned(), status.into());
        }
        if let Some(error) = &outcome.error {
            members.insert("error".to_owned(), error.as_str().into());
        }
    }
    let org = cx.dict.org_id;
    let params: [&dyn trackway_db::Param; 9] = [
        &org,
        &outgoing.rule,
        &id,
        &outgoing.action,
        &outgoing.issue_hex,
        &outcome.started,
        &outcome.ended,
        &request.to_string(),
        &response.to_string(),
    ];
    cx.tx.exec(INSERT, &params)?;
    // Now and then is enough.
    if id % 64 == 0 {
        cx.tx.exec(PRUNE, &[&org, &outgoing.rule, &id, &(outcome.ended - KEPT_MS)])?;
    }
    Ok(())
}
