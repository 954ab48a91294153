//! Takes an issue back to what it was before changes of one command, by its history.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use trackway_client::api::HttpMethod;
use trackway_client::api::types::Members;

use crate::failure::{Failure, Kind};
use crate::lang::shown;
use crate::session::{ISSUE, Session};
use crate::shape::cell;

/// Fields that follow from the status, or from what others did.
const FOLLOWING: [&str; 14] = [
    "statusStartTime",
    "resolvedAt",
    "resolvedBy",
    "statusType",
    "previousStatus",
    "previousStatusLastAssignee",
    "start",
    "end",
    "lastCommentUpdatedAt",
    "commentWithoutExternalMessageCount",
    "commentWithExternalMessageCount",
    "votes",
    "votedBy",
    "favorite",
];

/// Takes an issue back to what it was before these entries of the journal, oldest first; `later` are
/// those that came after them. Notes in `done_with` the changes of its history that need not be
/// looked at again.
///
/// # Errors
/// The history has no such change, or there is no way back.
pub(super) async fn take(
    key: &str,
    entries: &[&Value],
    later: &[&Value],
    done_with: &mut BTreeSet<String>,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let me = session.user("me").await?;
    let log = history(key, session).await?;
    let own = |change: &&Value| {
        change["updatedBy"]["id"] == me.as_str()
            && change["fields"].as_array().is_some_and(|fields| !fields.is_empty())
            && !done_with.contains(&cell(change.get("id")))
    };
    let own: Vec<&Value> = log.iter().filter(own).collect();
    let meant = meant(&own, entries, later);
    if meant.is_empty() {
        return Err(Failure::new(Kind::NotFound, format!("you have not changed {key}")));
    }
    let former = Former::before(&meant);
    let reversed = restore(key, &former, session).await;
    if !session.dry_run {
        if reversed.is_ok() {
            done_with.extend(meant.iter().map(|change| cell(change.get("id"))));
        }
        let known: BTreeSet<String> = log.iter().map(|change| cell(change.get("id"))).collect();
        let now = history(key, session).await?;
        done_with.extend(now.iter().map(|c| cell(c.get("id"))).filter(|id| !known.contains(id)));
    }
    reversed
}

async fn history(key: &str, session: &Session<'_, '_>) -> Result<Vec<Value>, Failure> {
    session.whole(&Session::at("/issues/{key}/changelog", &[key]), &[]).await
}

/// The changes that the entries made, newest first.
fn meant<'c>(own: &[&'c Value], entries: &[&Value], later: &[&Value]) -> Vec<&'c Value> {
    let mut before = own.len();
    let mut found = Vec::new();
    let all = later.iter().rev().map(|entry| (false, entry));
    for (wanted, entry) in all.chain(entries.iter().rev().map(|entry| (true, entry))) {
        let place = |fits: &dyn Fn(&Value) -> bool| {
            own.iter().take(before).rposition(|change| since(entry, change) && fits(change))
        };
        let Some(place) = place(&|change| is_of(entry, change)) else { continue };
        before = place;
        if wanted {
            found.extend(own.get(place).copied());
        }
    }
    found
}

/// Whether a change is not older than the entry; clocks may differ a little.
fn since(entry: &Value, change: &Value) -> bool {
    const SKEW: SignedDuration = SignedDuration::from_mins(2);
    let moment = |text: &Value| text.as_str()?.parse::<Timestamp>().ok();
    let from = moment(&entry["at"]).and_then(|at| at.checked_sub(SKEW).ok());
    let at = change["updatedAt"].as_str().and_then(crate::people::moment);
    from.is_none_or(|from| at.is_none_or(|at| at >= from))
}

/// Whether the history may tell of the entry: of a transition by the status, of an edit by one of
/// its fields.
fn is_of(entry: &Value, change: &Value) -> bool {
    let path = entry["path"].as_str().unwrap_or_default();
    let named =
        || change["fields"].as_array().into_iter().flatten().map(|f| cell(f["field"].get("id")));
    if path.contains("/transitions/") || path.ends_with("_transition") {
        return named().any(|name| name == "status");
    }
    // A field of a queue has the queue's id in front.
    let bare = |name: &str| name.rsplit("--").next().unwrap_or_default().to_owned();
    let sent: Vec<String> = entry["fields"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|name| bare(&cell(Some(name))))
        .collect();
    path.starts_with("/bulkchange") || named().any(|name| sent.contains(&bare(&name)))
}

/// What an issue was.
#[derive(Debug, Default, PartialEq)]
struct Former {
    status: Option<Value>,
    resolution: Option<Value>,
    fields: Members,
}

impl Former {
    /// Before changes, newest first: the oldest of them has the last word.
    fn before(changes: &[&Value]) -> Self {
        let mut former = Self::default();
        for field in changes.iter().filter_map(|change| change["fields"].as_array()).flatten() {
            let name = cell(field["field"].get("id"));
            match name.as_str() {
                "status" => former.status = Some(field["from"].clone()),
                "resolution" => former.resolution = Some(plain(&field["from"])),
                name if FOLLOWING.contains(&name) => {}
                _ => {
                    former.fields.insert(name, plain(&field["from"]));
                }
            }
        }
        former
    }
}

/// A former value as a request takes it.
fn plain(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(members) => {
            members.get("key").or_else(|| members.get("id")).cloned().unwrap_or_default()
        }
        other => other.clone(),
    }
}

/// The status first, which may bring and take the resolution along, then what is left.
async fn restore(key: &str, former: &Former, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let mut body = former.fields.clone();
    if let Some(status) = &former.status {
        let before = resolution(key, session).await?;
        let wanted = former.resolution.clone().unwrap_or(before);
        crate::issue::walk::back(session, key, status, wanted.as_str()).await?;
        if !session.dry_run && resolution(key, session).await? != wanted {
            body.insert("resolution".to_owned(), wanted);
        }
    } else if let Some(resolution) = &former.resolution {
        body.insert("resolution".to_owned(), resolution.clone());
    }
    if body.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = body.keys().cloned().collect();
    let path = Session::at("/issues/{key}", &[key]);
    if let Some(issue) = session.write(HttpMethod::PATCH, &path, &[], Some(body.into())).await? {
        let line = format!("{key}: {}", shown(&format!("{} as before", names.join(", "))));
        session.output.changed(ISSUE, &line, issue)?;
    }
    Ok(())
}

/// Key of the resolution an issue has now.
async fn resolution(key: &str, session: &Session<'_, '_>) -> Result<Value, Failure> {
    let issue = session.get(&Session::at("/issues/{key}", &[key]), &[]).await?;
    Ok(issue["resolution"].get("key").cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(id: &str, fields: &[(&str, Value)]) -> Value {
        let fields: Vec<Value> = fields
            .iter()
            .map(|(name, from)| json!({"field": {"id": name}, "from": from}))
            .collect();
        json!({"id": id, "updatedAt": "2026-11-24T10:00:00.000+0000", "fields": fields})
    }

    #[test]
    fn changes_of_a_command_are_found_in_the_history() {
        let log = [
            change("1", &[("summary", json!("a"))]),
            change("2", &[("status", json!({"key": "open"}))]),
            change("3", &[("tags", json!(["x"]))]),
            change("4", &[("status", json!({"key": "testing"})), ("resolution", Value::Null)]),
        ];
        let own: Vec<&Value> = log.iter().collect();
        let step =
            json!({"at": "2026-11-24T10:01:00Z", "path": "/issues/A-1/transitions/t/_execute"});
        let edit =
            json!({"at": "2026-11-24T10:01:00Z", "path": "/issues/A-1", "fields": ["summary"]});
        let ids = |entries: &[&Value]| -> Vec<String> {
            meant(&own, entries, &[]).iter().map(|found| cell(found.get("id"))).collect()
        };
        assert_eq!(ids(&[&step, &step]), ["4", "2"]);
        assert_eq!(ids(&[&edit, &step, &step]), ["4", "2", "1"]);
        let first = meant(&own, &[&step], &[&step]);
        assert_eq!(first.first().map(|found| cell(found.get("id"))).as_deref(), Some("2"));
        let later = json!({"at": "2026-11-24T11:00:00Z", "path": step["path"]});
        assert!(ids(&[&later]).is_empty());
        let former = Former::before(&meant(&own, &[&edit, &step, &step], &[]));
        let fields = json!({"summary": "a"});
        assert_eq!(former.fields, *fields.as_object().expect("members"));
        assert_eq!(former.status, Some(json!({"key": "open"})));
        assert_eq!(former.resolution, Some(Value::Null));
    }

    #[test]
    fn former_values_are_written_as_they_are_sent() {
        let value = json!([{"self": "s", "key": "a", "id": "1", "display": "A"}, "x"]);
        assert_eq!(plain(&value), json!(["a", "x"]));
        assert_eq!(plain(&json!({"id": "7", "display": "Ann"})), json!("7"));
        assert_eq!(plain(&Value::Null), Value::Null);
    }
}
