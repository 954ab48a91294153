//! What this tool changed last, and `trackway undo`.
//!
//! A line is kept of each change. How to reverse it is found out when that is wanted: from the
//! history of the issue, so that no change costs a further request. What one command did is reversed
//! at once.

use clap::Args;
use serde_json::Value;
use trackway_client::api::HttpMethod;

use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

mod back;
mod journal;

pub(crate) use journal::{Back, Journal};

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

pub(crate) async fn run(
    arguments: &Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let nothing = || Failure::new(Kind::NotFound, "there is nothing to undo");
    let journal = session.journal.take().ok_or_else(nothing)?;
    let mut runs = journal.runs(session.tracker.base_url());
    if arguments.list {
        runs.reverse();
        let told = runs.iter().map(|run| told(run)).collect();
        return session.output.list(ENTRY, told);
    }
    let wanted =
        |run: &&Vec<Value>| arguments.id.is_none_or(|id| run.iter().any(|entry| entry["id"] == id));
    let place = runs.iter().rposition(|run| wanted(&run)).ok_or_else(nothing)?;
    reverse(&runs, place, &journal, session).await
}

/// What a command did, as one entry.
fn told(run: &[Value]) -> Value {
    let mut all: Vec<String> = run.iter().map(what).collect();
    all.dedup();
    let mut entry = run.last().cloned().unwrap_or_default();
    entry["what"] = all.join("; ").into();
    entry
}

/// A remembered change in words.
fn what(entry: &Value) -> String {
    let path = cell(entry.get("path"));
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let made = cell(entry.get("made"));
    match parts.as_slice() {
        ["issues"] => format!("{made} created"),
        ["issues", key] if entry["method"] == "DELETE" => format!("{key} deleted"),
        ["issues", key, "_archive"] => format!("{key} archived"),
        ["issues", key, "_restore"] => format!("{key} restored"),
        ["boards", id, "_rank"] => {
            format!("{} moved on board {id}", cell(entry["back"]["body"].get("issue")))
        }
        ["issues", key] => format!("{key}: {} changed", cell(entry.get("fields"))),
        ["issues", key, "transitions", transition, _] => format!("{key}: {transition}"),
        ["issues", key, kind] | ["issues", key, kind, _] => format!("{kind} of {key}"),
        ["bulkchange", kind] => {
            let count = entry["keys"].as_array().map_or(0, Vec::len);
            format!("{} of {count} issues", kind.trim_start_matches('_'))
        }
        _ => format!("{} {path}", cell(entry.get("method"))),
    }
}

fn is_bulk(run: &[Value]) -> bool {
    run.iter().any(|entry| entry["path"].as_str().is_some_and(|p| p.starts_with("/bulkchange")))
}

/// Bulk changes of this server that can be reversed, the last one first.
pub(crate) fn bulk_changes(session: &Session<'_, '_>) -> Vec<Value> {
    let Some(journal) = &session.journal else { return Vec::new() };
    let runs = journal.runs(session.tracker.base_url());
    runs.iter().rev().filter(|run| is_bulk(run)).map(|run| told(run)).collect()
}

/// Reverses a bulk change that this tool made, by its id.
pub(crate) async fn bulk(id: &str, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let unknown = || {
        Failure::new(Kind::NotFound, format!("this tool knows no bulk change {id}"))
            .hint("trackway bulk list")
    };
    let journal = session.journal.take().ok_or_else(unknown)?;
    let runs = journal.runs(session.tracker.base_url());
    let made =
        |run: &&Vec<Value>| is_bulk(run) && run.iter().any(|entry| cell(entry.get("made")) == id);
    let place = runs.iter().position(|run| made(&run)).ok_or_else(unknown)?;
    reverse(&runs, place, &journal, session).await
}

/// One thing to do.
#[derive(Debug, PartialEq)]
enum Step<'e> {
    /// Delete what was made.
    Delete { path: String, question: String },
    /// Do the opposite.
    Send(Back),
    /// Take an issue back to what it was before these changes, oldest first.
    Back { key: String, entries: Vec<&'e Value> },
}

/// What is to be done, the last change first.
fn steps(run: &[Value]) -> Result<Vec<Step<'_>>, Failure> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    // Whatever else was done with an issue goes with it.
    let creates = |entry: &&Value| {
        let path = entry["path"].as_str().unwrap_or_default();
        path == "/issues" || path.ends_with("/_clone")
    };
    let created: Vec<String> =
        run.iter().filter(creates).map(|entry| cell(entry.get("made"))).collect();
    for entry in run.iter().rev() {
        let (method, path) = (cell(entry.get("method")), cell(entry.get("path")));
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let made = cell(entry.get("made"));
        if let Some(back) = Back::of(entry) {
            steps.push(match (back.method, back.path.strip_prefix("/issues/")) {
                (HttpMethod::DELETE, Some(key)) => {
                    Step::Delete { question: format!("delete {key}"), path: back.path }
                }
                _ => Step::Send(back),
            });
            continue;
        }
        match (method.as_str(), parts.as_slice()) {
            ("POST", ["issues"] | ["issues", _, "_clone"]) => steps.push(Step::Delete {
                path: format!("/issues/{made}"),
                question: format!("delete {made}, which was created"),
            }),
            (_, ["issues", key, ..]) if created.iter().any(|made| made == key) => {}
            (
                "POST",
                ["issues", key, kind @ ("comments" | "links" | "worklog" | "attachments")],
            ) => {
                steps.push(Step::Delete {
                    path: format!("/issues/{key}/{kind}/{made}"),
                    question: format!("remove {made} from the {kind} of {key}"),
                });
            }
            ("DELETE", ["issues", key]) | ("POST", ["issues", key, "_archive"]) => {
                let path = format!("/issues/{key}/_restore");
                steps.push(Step::Send(Back { method: HttpMethod::POST, path, body: None }));
            }
            ("POST" | "DELETE", ["issues", _, "votes", _]) => {
                let added = method == "POST";
                let method = if added { HttpMethod::DELETE } else { HttpMethod::POST };
                steps.push(Step::Send(Back { method, path: path.clone(), body: None }));
            }
            ("PATCH", ["issues", key])
            | ("POST", ["issues", key, "transitions", _, "_execute"]) => {
                go_back(&mut steps, key, entry);
            }
            ("POST", ["bulkchange", "_update" | "_transition"]) => {
                for key in entry["keys"].as_array().into_iter().flatten() {
                    go_back(&mut steps, &cell(Some(key)), entry);
                }
            }
            _ => {
                let failure = format!("{method} {path} cannot be reversed");
                return Err(Failure::new(Kind::Rules, failure));
            }
        }
    }
    Ok(steps)
}

fn go_back<'e>(steps: &mut Vec<Step<'e>>, of: &str, entry: &'e Value) {
    let known = steps.iter_mut().find_map(|step| match step {
        Step::Back { key, entries } if key == of => Some(entries),
        _ => None,
    });
    match known {
        Some(entries) => entries.insert(0, entry),
        None => steps.push(Step::Back { key: of.to_owned(), entries: vec![entry] }),
    }
}

/// Asks where something goes away or many issues change.
fn ask(steps: &[Step<'_>], session: &mut Session<'_, '_>) -> Result<(), Failure> {
    for step in steps {
        if let Step::Delete { question, .. } = step {
            session.confirm(question)?;
        }
    }
    let count = steps.iter().filter(|step| matches!(step, Step::Back { .. })).count();
    if count > 1 {
        session.confirm(&format!("reverse the last change of {count} issues"))?;
    }
    Ok(())
}

/// Whether an entry is about an issue.
fn is_about(entry: &Value, key: &str) -> bool {
    let path = entry["path"].as_str().unwrap_or_default();
    let listed = entry["keys"].as_array().is_some_and(|keys| keys.iter().any(|one| one == key));
    listed || path.split('/').nth(2) == Some(key)
}

/// Reverses what the command at `place` of `runs` did.
async fn reverse(
    runs: &[Vec<Value>],
    place: usize,
    journal: &Journal,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let server = session.tracker.base_url().to_owned();
    let Some((run, later)) = runs.get(place..).and_then(<[_]>::split_first) else { return Ok(()) };
    let steps = steps(run)?;
    ask(&steps, session)?;
    let known = journal.done_with(&server);
    let mut done_with = known.clone();
    let mut failures = Vec::new();
    for step in &steps {
        let (of, done) = match step {
            Step::Delete { path, .. } => {
                (path, send(HttpMethod::DELETE, path, None, session).await)
            }
            Step::Send(Back { method, path, body }) => {
                (path, send(*method, path, body.clone(), session).await)
            }
            Step::Back { key, entries } => {
                let later: Vec<&Value> =
                    later.iter().flatten().filter(|entry| is_about(entry, key)).collect();
                (key, back::take(key, entries, &later, &mut done_with, session).await)
            }
        };
        match done {
            Ok(()) => {}
            // What was as wanted before a change of many was not changed by it.
            Err(failure) if steps.len() > 1 && failure.kind() == Kind::NotFound => {}
            Err(failure) => failures.push((of, failure)),
        }
    }
    if !session.dry_run {
        let new: Vec<String> = done_with.difference(&known).cloned().collect();
        journal.note(&server, &new, if failures.is_empty() { run } else { &[] });
    }
    if steps.len() == 1
        && let Some((_, failure)) = failures.pop()
    {
        return Err(failure);
    }
    if failures.is_empty() {
        return Ok(());
    }
    let kind = if failures.len() < steps.len() { Kind::Partly } else { Kind::Rules };
    let told: Vec<String> =
        failures.iter().map(|(of, failure)| format!("{of}: {failure}")).collect();
    Err(Failure::new(kind, told.join("\n")))
}

async fn send(
    method: HttpMethod,
    path: &str,
    body: Option<Value>,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    if session.write(method, path, &[], body).await?.is_some() {
        session.output.remark("✓ undone");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
    fn what_one_command_did_is_reversed_at_once() {
        let post = |path: &str, made: &str| json!({"method": "POST", "path": path, "made": made});
        let start = [
            json!({"method": "PATCH", "path": "/issues/A-1", "fields": ["assignee"]}),
            post("/issues/A-1/transitions/a/_execute", ""),
            post("/issues/A-1/transitions/b/_execute", ""),
        ];
        let entries = start.iter().collect();
        assert_eq!(steps(&start).expect("good"), [Step::Back { key: "A-1".to_owned(), entries }]);
        assert_eq!(told(&start)["what"], "A-1: assignee changed; A-1: a; A-1: b");
        let create = [post("/issues", "A-2"), post("/issues/A-2/links", "7")];
        let path = "/issues/A-2".to_owned();
        let question = "delete A-2, which was created".to_owned();
        assert_eq!(steps(&create).expect("good"), [Step::Delete { path, question }]);
        let path = "/issues/A-1/votes/7".to_owned();
        let vote = [post(&path, "A-1")];
        let method = HttpMethod::DELETE;
        let sent = |method, path| [Step::Send(Back { method, path, body: None })];
        assert_eq!(steps(&vote).expect("good"), sent(method, path));
        let deleted = json!({"method": "DELETE", "path": "/issues/A-1"});
        let path = "/issues/A-1/_restore".to_owned();
        let method = HttpMethod::POST;
        assert_eq!(steps(&[deleted]).expect("good"), sent(method, path));
        let body = json!({"issue": "A-1", "after": "A-2"});
        let mut moved = post("/boards/3/_rank", "");
        moved["back"] = json!({"method": "POST", "path": "/boards/3/_rank", "body": body});
        assert_eq!(what(&moved), "A-1 moved on board 3");
        let back = Back { method, path: "/boards/3/_rank".to_owned(), body: Some(body) };
        assert_eq!(steps(&[moved]).expect("good"), [Step::Send(back)]);
        let mut restored = post("/issues/A-1/_restore", "A-1");
        restored["back"] = json!({"method": "DELETE", "path": "/issues/A-1", "body": null});
        let (path, question) = ("/issues/A-1".to_owned(), "delete A-1".to_owned());
        assert_eq!(steps(&[restored]).expect("good"), [Step::Delete { path, question }]);
        assert!(steps(&[post("/issues/A-1/checklistItems", "")]).is_err());
    }
}
