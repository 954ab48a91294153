//! What this tool changed last, and `trackway undo`.
//!
//! A line is kept of each change. How to reverse it is found out when that is wanted: from the
//! history of the issue, so that no change costs a further request.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;
use trackway_client::api::types::Members;

use crate::common::Common;
use crate::config::Files;
use crate::failure::{Failure, Kind};
use crate::lang::shown;
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

/// Changes that are remembered.
const KEPT: usize = 50;
const ENTRY: &[Column] = &[Column("ID", "id"), Column("WHEN", "at"), Column("CHANGE", "what")];

/// Arguments of `trackway undo`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    /// Which change; the last if not given.
    id: Option<u64>,
    /// List the changes that can be reversed.
    #[arg(long)]
    list: bool,
}

/// The changes of this user, oldest first.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    path: PathBuf,
}

impl Journal {
    pub(crate) fn find() -> Option<Self> {
        let files = Files::find(|name| std::env::var(name).ok())?;
        Some(Self { path: files.beside("changes.jsonl") })
    }

    fn read(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    fn write(&self, entries: &[Value]) -> std::io::Result<()> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let partial = self.path.with_extension("partial");
        let mut file = std::fs::File::create(&partial)?;
        for entry in entries {
            writeln!(file, "{entry}")?;
        }
        std::fs::rename(partial, &self.path)
    }

    /// Remembers a change. A journal that cannot be written is no failure of the change.
    pub(crate) fn add(
        &self,
        server: &str,
        method: HttpMethod,
        path: &str,
        sent: &Value,
        answer: &Value,
    ) {
        let reversible = matches!(method, HttpMethod::POST | HttpMethod::PATCH)
            && (path.starts_with("/issues") || path.starts_with("/bulkchange"))
            && !path.contains("/_move");
        if !reversible {
            return;
        }
        let mut entries = self.read();
        let next = entries.last().and_then(|last| last["id"].as_u64()).unwrap_or_default() + 1;
        let keys = sent.get("issues").cloned().unwrap_or_default();
        entries.push(json!({"id": next, "at": crate::people::now_text(), "server": server,
            "method": method.as_str(), "path": path, "keys": keys,
            "made": answer.get("key").or_else(|| answer.get("id")),
            "fields": sent.as_object().map(|sent| sent.keys().collect::<Vec<_>>())}));
        let skip = entries.len().saturating_sub(KEPT);
        self.write(entries.get(skip..).unwrap_or_default()).ok();
    }

    fn forget(&self, id: &Value) {
        let mut entries = self.read();
        entries.retain(|entry| entry["id"] != *id);
        self.write(&entries).ok();
    }
}

pub(crate) async fn run(
    arguments: &Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let nothing = || Failure::new(Kind::NotFound, "there is nothing to undo");
    let journal = session.journal.take().ok_or_else(nothing)?;
    let server = session.tracker.base_url().to_owned();
    let mut entries = journal.read();
    entries.retain(|entry| entry["server"] == server.as_str());
    if arguments.list {
        entries.reverse();
        for entry in &mut entries {
            entry["what"] = what(entry).into();
        }
        return session.output.list(ENTRY, entries);
    }
    let wanted = |entry: &&Value| arguments.id.is_none_or(|id| entry["id"] == id);
    let entry = entries.iter().rev().find(wanted).cloned().ok_or_else(nothing)?;
    reverse(&entry, session).await?;
    if !session.dry_run {
        journal.forget(&entry["id"]);
    }
    Ok(())
}

/// A remembered change in words.
fn what(entry: &Value) -> String {
    let path = cell(entry.get("path"));
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let made = cell(entry.get("made"));
    match parts.as_slice() {
        ["issues"] => format!("{made} created"),
        ["issues", key] => format!("{key}: {} changed", cell(entry.get("fields"))),
        ["issues", key, "transitions", transition, _] => format!("{key}: {transition}"),
        ["issues", key, kind] => format!("{kind} of {key}"),
        ["bulkchange", kind] => {
            let count = entry["keys"].as_array().map_or(0, Vec::len);
            format!("{} of {count} issues", kind.trim_start_matches('_'))
        }
        _ => format!("{} {path}", cell(entry.get("method"))),
    }
}

/// Bulk changes of this server that can be reversed, the last one first.
pub(crate) fn bulk_changes(session: &Session<'_, '_>) -> Vec<Value> {
    let Some(journal) = &session.journal else { return Vec::new() };
    let server = session.tracker.base_url();
    let mut entries = journal.read();
    entries.retain(|entry| {
        let path = entry["path"].as_str().unwrap_or_default();
        entry["server"] == server && path.starts_with("/bulkchange")
    });
    entries.reverse();
    for entry in &mut entries {
        entry["what"] = what(entry).into();
    }
    entries
}

/// Reverses a bulk change that this tool made, by its id.
pub(crate) async fn bulk(id: &str, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let made = |entry: &Value| cell(entry.get("made")) == id;
    let entry = bulk_changes(session).into_iter().find(made).ok_or_else(|| {
        Failure::new(Kind::NotFound, format!("this tool knows no bulk change {id}"))
            .hint("trackway bulk list")
    })?;
    let journal = session.journal.take();
    reverse(&entry, session).await?;
    if let (Some(journal), false) = (journal, session.dry_run) {
        journal.forget(&entry["id"]);
    }
    Ok(())
}

async fn reverse(entry: &Value, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let (method, path) = (cell(entry.get("method")), cell(entry.get("path")));
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let made = cell(entry.get("made"));
    match (method.as_str(), parts.as_slice()) {
        ("POST", ["issues"]) => {
            session.confirm(&format!("delete {made}, which was created"))?;
            delete(&format!("/issues/{made}"), session).await
        }
        ("POST", ["issues", key, kind @ ("comments" | "links" | "worklog" | "attachments")]) => {
            session.confirm(&format!("remove {made} from the {kind} of {key}"))?;
            delete(&format!("/issues/{key}/{kind}/{made}"), session).await
        }
        ("PATCH", ["issues", key]) | ("POST", ["issues", key, "transitions", _, "_execute"]) => {
            back(key, made_at(entry), session).await
        }
        ("POST", ["bulkchange", "_update" | "_transition"]) => {
            let keys: Vec<String> =
                entry["keys"].as_array().into_iter().flatten().map(|key| cell(Some(key))).collect();
            session.confirm(&format!("reverse the last change of {} issues", keys.len()))?;
            let mut failures = Vec::new();
            for key in &keys {
                match back(key, made_at(entry), session).await {
                    // What was as wanted before the bulk change was not changed by it.
                    Err(failure) if failure.kind() == Kind::NotFound => {}
                    Err(failure) => failures.push(format!("{key}: {failure}")),
                    Ok(()) => {}
                }
            }
            if failures.is_empty() {
                return Ok(());
            }
            let kind = if failures.len() < keys.len() { Kind::Partly } else { Kind::Rules };
            Err(Failure::new(kind, failures.join("\n")))
        }
        _ => Err(Failure::new(Kind::Rules, format!("{method} {path} cannot be reversed"))),
    }
}

async fn delete(path: &str, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    if session.write(HttpMethod::DELETE, path, &[], None).await?.is_some() {
        session.output.remark("✓ undone");
    }
    Ok(())
}

/// When a change was made; clocks may differ a little.
fn made_at(entry: &Value) -> Option<Timestamp> {
    const SKEW: SignedDuration = SignedDuration::from_mins(2);
    entry["at"].as_str()?.parse::<Timestamp>().ok()?.checked_sub(SKEW).ok()
}

/// Puts the fields of an issue back to what they were before my last change of it, unless that is
/// older than the change that is meant.
async fn back(
    key: &str,
    since: Option<Timestamp>,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let me = session.user("me").await?;
    let log = session.list(&Session::at("/issues/{key}/changelog", &[key]), &[], 0).await?.items;
    let mine = |change: &&Value| change["updatedBy"]["id"] == me.as_str();
    let meant = |change: &&Value| {
        let at = change["updatedAt"].as_str().and_then(crate::people::moment);
        since.is_none_or(|since| at.is_none_or(|at| at >= since))
    };
    let of_fields = |change: &&Value| change["fields"].as_array().is_some_and(|f| !f.is_empty());
    let Some(change) = log.iter().rev().filter(mine).filter(meant).find(of_fields) else {
        return Err(Failure::new(Kind::NotFound, format!("you have not changed {key}")));
    };
    let mut body = Members::new();
    let mut status = None;
    for field in change["fields"].as_array().into_iter().flatten() {
        let name = cell(field["field"].get("id"));
        match name.as_str() {
            "status" => status = Some(cell(field["from"].get("key"))),
            // These follow from the status, or from what others did.
            "resolution"
            | "statusStartTime"
            | "resolvedAt"
            | "resolvedBy"
            | "statusType"
            | "previousStatus"
            | "previousStatusLastAssignee"
            | "start"
            | "end"
            | "lastCommentUpdatedAt"
            | "commentWithoutExternalMessageCount"
            | "commentWithExternalMessageCount"
            | "votes"
            | "votedBy"
            | "favorite" => {}
            _ => {
                body.insert(name, plain(&field["from"]));
            }
        }
    }
    if let Some(status) = status {
        crate::issue::flow::go_any_way(session, key, &status).await?;
    }
    if body.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = body.keys().cloned().collect();
    let path = Session::at("/issues/{key}", &[key]);
    if let Some(issue) = session.write(HttpMethod::PATCH, &path, &[], Some(body.into())).await? {
        let line = format!("{key}: {}", shown(&format!("{} as before", names.join(", "))));
        session.output.changed(crate::session::ISSUE, &line, issue)?;
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_remembered_and_forgotten() {
        let path = std::env::temp_dir().join(format!("trackway-undo-{}.jsonl", std::process::id()));
        let journal = Journal { path: path.clone() };
        let sent = json!({"summary": "x"});
        for n in 0..KEPT + 3 {
            let answer = json!({"key": format!("A-{n}")});
            journal.add("http://h", HttpMethod::POST, "/issues", &sent, &answer);
        }
        journal.add("http://h", HttpMethod::POST, "/queues", &sent, &Value::Null);
        let entries = journal.read();
        assert_eq!(entries.len(), KEPT);
        let last = entries.last().expect("one").clone();
        assert_eq!((&last["made"], &last["id"]), (&"A-52".into(), &53.into()));
        journal.forget(&last["id"]);
        assert_eq!(journal.read().len(), KEPT - 1);
        std::fs::remove_file(path).expect("removed");
    }

    #[test]
    fn changes_are_told_in_words() {
        for (path, wanted) in [
            ("/issues", "A-1 created"),
            ("/issues/A-1", "A-1: summary, tags changed"),
            ("/issues/A-1/transitions/close/_execute", "A-1: close"),
            ("/issues/A-1/comments", "comments of A-1"),
            ("/bulkchange/_update", "update of 2 issues"),
        ] {
            let entry = json!({"method": "POST", "path": path, "made": "A-1",
                "fields": ["summary", "tags"], "keys": ["A-1", "A-2"]});
            assert_eq!(what(&entry), wanted);
        }
    }

    #[test]
    fn former_values_are_written_as_they_are_sent() {
        let value = json!([{"self": "s", "key": "a", "id": "1", "display": "A"}, "x"]);
        assert_eq!(plain(&value), json!(["a", "x"]));
        assert_eq!(plain(&json!({"id": "7", "display": "Ann"})), json!("7"));
        assert_eq!(plain(&Value::Null), Value::Null);
    }
}
