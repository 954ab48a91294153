//! Webhooks of an organisation: every event of its issues, or of some queues and kinds, is sent to
//! another system, signed. An extension of ours.

pub mod ops;
pub mod render;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use crate::cx::Cx;
use crate::dict::model::OrgHook;
use crate::error::{Error, Result};
use crate::event::EventBody;
use crate::event::log::LoggedRow;
use crate::issue::Issue;
use crate::job::{self, Kind, NewJob};
use crate::webhook::Outgoing;

/// The header that proves where a request comes from: `sha256=` and the HMAC of the body.
pub const SIGNATURE: &str = "X-Trackway-Signature";
/// The kind of event.
pub const EVENT: &str = "X-Trackway-Event";
/// The event's id, by which a receiver knows one that came twice.
pub const DELIVERY: &str = "X-Trackway-Delivery";

/// Writes the requests about an event, one job for each receiver.
///
/// # Errors
/// The database fails.
pub fn queue(cx: &mut Cx<'_, '_>, row: &LoggedRow, body: &EventBody, issue: &Issue) -> Result<()> {
    let dict = std::sync::Arc::clone(&cx.dict);
    let hooks = dict.org_hooks.iter().filter(|hook| wants(&hook.body, row, issue));
    for hook in hooks {
        let text = render::event(cx, row, body, issue).to_string();
        let outgoing = Outgoing {
            rule: hook.id,
            action: 0,
            issue: issue.id,
            issue_hex: issue.hex(),
            method: "POST".to_owned(),
            url: hook.body.url.clone(),
            headers: BTreeMap::from([
                ("Content-Type".to_owned(), "application/json; charset=UTF-8".to_owned()),
                (EVENT.to_owned(), row.kind.clone()),
                (DELIVERY.to_owned(), row.place().to_string()),
                (SIGNATURE.to_owned(), signature(&hook.body.secret, text.as_bytes())?),
            ]),
            secret: None,
            auth: json!({ "type": "noauth" }),
            body: Some(text),
        };
        let job = NewJob {
            kind: Kind::Webhook,
            name: None,
            strand: None,
            payload: serde_json::to_string(&outgoing).map_err(Error::internal)?,
            run_at: cx.now,
        };
        job::enqueue(cx, &job)?;
    }
    Ok(())
}

fn wants(hook: &OrgHook, row: &LoggedRow, issue: &Issue) -> bool {
    hook.active
        && (hook.queues.is_empty() || hook.queues.contains(&issue.queue))
        && (hook.events.is_empty() || hook.events.contains(&row.kind))
}

/// The signature of a body.
///
/// # Errors
/// A secret that cannot be a key, which is a bug.
pub fn signature(secret: &str, body: &[u8]) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(Error::internal)?;
    mac.update(body);
    Ok(format!("sha256={}", HEXLOWER.encode(&mac.finalize().into_bytes())))
}
