//! The audit log of administrative changes: who changed what, when, from where, and what it was
//! before and after. Dictionary objects are recorded where they are saved (`dict::store`);
//! whatever else administers something calls [`record`].

pub mod chain;
pub mod ops;
pub mod store;
pub mod system;

use serde_json::{Map, Value as Json};
use trackway_db::Tx;

use crate::actor::Origin;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::ids::{Numbers, Series};
use crate::time::Instant;

/// Organisation of what concerns the whole installation.
pub const INSTALLATION: i64 = 0;

/// Longest name of an object that is kept, in characters.
const MAX_NAME: usize = 255;

/// Members that are never written down, at any depth and in any letter case.
const SECRET: [&str; 8] = [
    "password",
    "token",
    "secret",
    "authcontext",
    "authorization",
    "headers",
    "accesstoken",
    "hash",
];

/// What stands in place of a secret.
const HIDDEN: &str = "***";

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Action {
    Create,
    Update,
    Delete,
    /// A session, token or grant began.
    Grant,
    /// A session, token or grant was ended before its time.
    Revoke,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 5] =
        [Self::Create, Self::Update, Self::Delete, Self::Grant, Self::Revoke];

    /// Name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Grant => "grant",
            Self::Revoke => "revoke",
        }
    }
}

/// A change about to be recorded.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// What was done.
    pub action: Action,
    /// What it was done to: a kind of dictionary object, or `token`, `application`, `account`.
    pub kind: &'a str,
    /// Id of the object.
    pub object: String,
    /// Name under which people know the object.
    pub name: &'a str,
    /// State before; of an update only what changed is kept.
    pub before: Option<Json>,
    /// State afterwards.
    pub after: Option<Json>,
}

/// Who did something, when and from where.
#[derive(Clone, Debug, Default)]
pub struct Who {
    /// Account; 0 for the command line.
    pub actor: i64,
    /// When.
    pub at: Instant,
    /// From where.
    pub origin: Origin,
}

/// Records a change made by the caller of an operation.
///
/// # Errors
/// The database fails.
pub fn record(cx: &mut Cx<'_, '_>, entry: Entry<'_>) -> Result<()> {
    let who = Who { actor: cx.actor.uid, at: cx.now, origin: cx.actor.origin.clone() };
    let id = cx.next(Series::Audit)?;
    write(cx.tx, cx.dict.org_id, id, &who, entry)
}

/// Recorded changes of an organisation, the newest first; for the command line.
///
/// # Errors
/// The database fails.
pub fn newest(
    tx: &mut Tx<'_>,
    org_id: i64,
    filter: &store::Filter,
    limit: usize,
) -> Result<Vec<store::AuditRow>> {
    store::page(tx, org_id, filter, None, limit)
}

/// Records a change made outside of an operation: signing in, applications, the command line.
/// What concerns no organisation goes to [`INSTALLATION`].
///
/// # Errors
/// The database fails.
pub fn record_in(tx: &mut Tx<'_>, org_id: i64, who: &Who, entry: Entry<'_>) -> Result<()> {
    let id = Numbers::default().next(tx, Series::Audit)?;
    write(tx, org_id, id, who, entry)
}

fn write(tx: &mut Tx<'_>, org_id: i64, id: i64, who: &Who, entry: Entry<'_>) -> Result<()> {
    let (before, after) = match (entry.before, entry.after) {
        (Some(before), Some(after)) => {
            let (before, after) = changed(before, after);
            (Some(before), Some(after))
        }
        other => other,
    };
    let text = |json: Option<Json>| {
        json.map(|json| serde_json::to_string(&without_secrets(json)).map_err(Error::internal))
            .transpose()
    };
    let row = store::AuditRow {
        id,
        at: who.at,
        actor: who.actor,
        action: entry.action.name().to_owned(),
        kind: entry.kind.to_owned(),
        object: entry.object,
        name: entry.name.chars().take(MAX_NAME).collect(),
        address: who.origin.address.clone(),
        request_id: who.origin.request_id.clone(),
        before: text(before)?,
        after: text(after)?,
    };
    chain::append(tx, org_id, &row)
}

/// The members that differ; anything but two objects stays whole.
fn changed(before: Json, after: Json) -> (Json, Json) {
    match (before, after) {
        (Json::Object(before), Json::Object(after)) => {
            let only = |a: &Map<String, Json>, b: &Map<String, Json>| -> Map<String, Json> {
                a.iter()
                    .filter(|(name, value)| b.get(*name) != Some(value))
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect()
            };
            (Json::Object(only(&before, &after)), Json::Object(only(&after, &before)))
        }
        whole => whole,
    }
}

fn without_secrets(json: Json) -> Json {
    match json {
        Json::Object(members) => Json::Object(
            members
                .into_iter()
                .map(|(name, value)| {
                    let lower = name.to_lowercase();
                    let secret = SECRET.contains(&lower.as_str()) && !value.is_null();
                    let value = if secret { HIDDEN.into() } else { without_secrets(value) };
                    (name, value)
                })
                .collect(),
        ),
        Json::Array(items) => Json::Array(items.into_iter().map(without_secrets).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests;
