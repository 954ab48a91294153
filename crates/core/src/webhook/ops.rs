//! Reading the log of requests to other systems.

use serde_json::Value as Json;
use trackway_api::triggers::{ListTriggerWebhookLog, WebhookLogEntry};

use super::store::{self, LogRow};
use crate::cx::{Cx, Reply};
use crate::error::{Code, Error, Result};
use crate::time::{instant_text, parse_instant};
use crate::trigger;

const DEFAULT: i64 = 10;
const MAX: i64 = 100;

/// The requests of a trigger, newest first.
///
/// # Errors
/// 404 and 403 as for the trigger, 400 for wrong parameters, 404 for an unknown issue.
pub fn of_trigger(
    cx: &mut Cx<'_, '_>,
    r: &ListTriggerWebhookLog,
) -> Result<Reply<Vec<WebhookLogEntry>>> {
    let trigger = trigger::ops::find(cx, &r.queue, &r.id)?;
    let bounds = (r.from.as_deref(), r.to.as_deref());
    of_rule(cx, trigger.id, r.limit, r.issue_id.as_deref(), bounds)
}

/// The requests of a rule or webhook, newest first.
///
/// # Errors
/// 400 for wrong parameters, 404 for an unknown issue.
pub fn of_rule(
    cx: &mut Cx<'_, '_>,
    rule: i64,
    limit: Option<i64>,
    issue: Option<&str>,
    (from, to): (Option<&str>, Option<&str>),
) -> Result<Reply<Vec<WebhookLogEntry>>> {
    let limit = limit.unwrap_or(DEFAULT);
    if limit < 1 {
        return Err(Code::BadParameter.with("limit").and("must be at least 1"));
    }
    let issue = match issue.filter(|id| !id.is_empty()) {
        Some(id) => cx.issue(id)?.issue().hex(),
        None => String::new(),
    };
    let from = bound(from, "from", i64::MIN)?;
    let to = bound(to, "to", i64::MAX)?;
    let params: [&dyn trackway_db::Param; 6] =
        [&cx.dict.org_id, &rule, &from, &to, &issue, &limit.min(MAX)];
    let rows: Vec<LogRow> = cx.tx.all(store::LIST, &params)?;
    let replies: Result<Vec<_>> = rows.into_iter().map(entry).collect();
    Ok(replies?.into())
}

fn bound(text: Option<&str>, name: &str, open: i64) -> Result<i64> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(open) };
    // A plus sign in a query is often a blank by the time it arrives.
    parse_instant(text)
        .or_else(|| parse_instant(&text.replace(' ', "+")))
        .ok_or_else(|| Code::BadParameter.with(name).and("must be an instant"))
}

fn entry(row: LogRow) -> Result<WebhookLogEntry> {
    let read = |text: &str| -> Result<Json> { serde_json::from_str(text).map_err(Error::internal) };
    Ok(WebhookLogEntry {
        id: row.id.to_string(),
        start_time: instant_text(row.started_at),
        end_time: instant_text(row.ended_at),
        duration: row.ended_at - row.started_at,
        trigger_id: row.rule_id,
        action_id: row.action,
        issue_id: row.issue,
        request: read(&row.request)?,
        response: read(&row.response)?,
    })
}
