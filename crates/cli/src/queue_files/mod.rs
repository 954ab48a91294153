//! `trackway queue export` and `queue apply`: the settings of a queue as files that live in git.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};
use trackway_client::api::HttpMethod;

use crate::failure::{Failure, Kind};
use crate::session::Session;
use crate::shape::cell;

mod diff;
mod files;
mod graph;
mod kinds;
mod plan;
mod read;
pub(crate) mod text;
mod workflow;

use files::Wanted;
use plan::{Call, Change};
use read::State;

/// Arguments of `trackway queue export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Key.
    #[arg(add = crate::complete::of("queues"))]
    key: String,
    /// Folder to write to; files of an earlier export are replaced.
    #[arg(short = 'O', long, value_name = "DIR")]
    directory: PathBuf,
}

/// Arguments of `trackway queue apply`.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// Folder with files of an export. What has no file stays as it is; an entry that is missing in
    /// its file is removed.
    directory: PathBuf,
    /// Queue, if not that of queue.toml.
    #[arg(short = 'k', long, value_name = "KEY", add = crate::complete::of("queues"))]
    queue: Option<String>,
}

/// Writes the settings of a queue to files.
pub(crate) async fn export(
    arguments: Export,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let state = State::read(&arguments.key, session).await?;
    let names = files::write(&state, &arguments.directory)?;
    let paths: Vec<String> =
        names.iter().map(|name| arguments.directory.join(name).display().to_string()).collect();
    if session.output.is_json() {
        return session.output.json(&paths);
    }
    session.output.text(&paths.join("\n"))?;
    let folder = arguments.directory.display();
    session.output.hint(&format!("edit, then: trackway queue apply {folder} --dry-run"));
    Ok(())
}

/// Makes a queue what files say.
pub(crate) async fn apply(arguments: Apply, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let mut wanted = Wanted::read(&arguments.directory)?;
    let named = wanted.queue.as_ref().map(|queue| cell(queue.get("key")));
    let key = arguments.queue.clone().or(named).filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| {
        Failure::usage("no queue is given").hint("name it in queue.toml, or with -k KEY")
    })?;
    if let (Some(_), Some(queue)) = (&arguments.queue, &mut wanted.queue) {
        queue["key"] = key.clone().into();
    }
    let state = State::read(&key, session).await?;
    let changes = plan::plan(&state, &wanted)?;
    show(&changes, session)?;
    if changes.is_empty() {
        session.output.remark("nothing to change");
        return Ok(());
    }
    if session.dry_run {
        return Ok(());
    }
    let count = changes.len();
    session.confirm(&format!("make {count} changes in queue {}", state.key))?;
    for (done, change) in changes.iter().enumerate() {
        make(&state.key, change, session)
            .await
            .map_err(|failure| stopped(failure, done, count, change))?;
    }
    session.output.remark(&format!("✓ {count} changes made in queue {}", state.key));
    Ok(())
}

fn show(changes: &[Change], session: &mut Session<'_, '_>) -> Result<(), Failure> {
    if session.output.is_json() {
        let all: Vec<Value> = changes.iter().map(Change::json).collect();
        return session.output.json(&all);
    }
    for change in changes {
        session.output.text(&change.text())?;
    }
    Ok(())
}

/// Says how far it came.
fn stopped(failure: Failure, done: usize, count: usize, change: &Change) -> Failure {
    let subject = change.subject.clone();
    if done == 0 {
        return failure.note("at", subject);
    }
    Failure::new(Kind::Partly, format!("{done} of {count} changes made, then: {failure}"))
        .note("at", subject)
        .hint("repair that and apply again: what is made is not made twice")
}

async fn make(queue: &str, change: &Change, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    match &change.call {
        Call::Send { method, path, version, body } => {
            send(*method, path, *version, body.clone(), session).await.map(drop)
        }
        Call::Create { kind, path, body, later } => {
            let made = send(HttpMethod::POST, path, None, Some(body.clone()), session).await?;
            let Some(made) = made.filter(|_| !later.is_empty()) else { return Ok(()) };
            let id = cell(made.get("id"));
            let mut later = Map::clone(later);
            if let Some(rules) = later.remove(kinds::RULES)
                && let Call::Send { method, path, version, body } = plan::rules(&id, &rules)
            {
                send(method, &path, version, body, session).await?;
            }
            if later.is_empty() {
                return Ok(());
            }
            let path = Session::at(&kind.item.replace("{queue}", queue), &[&id]);
            let version = made["version"].as_i64();
            send(HttpMethod::PATCH, &path, version, Some(later.into()), session).await.map(drop)
        }
        Call::Order { names } => put_in_order(queue, names, session).await,
    }
}

/// Moves triggers until they act in this order, each at most once.
async fn put_in_order(
    queue: &str,
    names: &[String],
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let path = Session::at("/queues/{queue}/triggers", &[queue]);
    let found = read::by_order(session.whole(&path, &[]).await?);
    let known = |item: &&Value| names.iter().any(|name| item["name"] == name.as_str());
    let mut line: Vec<&Value> = found.iter().filter(known).collect();
    for pair in names.windows(2).rev() {
        let [name, next] = pair else { continue };
        let place = |line: &[&Value], name: &str| line.iter().position(|item| item["name"] == name);
        let (Some(at), Some(before)) = (place(&line, name), place(&line, next)) else { continue };
        if at + 1 == before {
            continue;
        }
        let trigger = line.remove(at);
        let before = place(&line, next).unwrap_or_default();
        let Some(next) = line.get(before) else { continue };
        let path = Session::at("/queues/{queue}/triggers/{id}", &[queue, &cell(trigger.get("id"))]);
        let body = serde_json::json!({"before": next["id"]});
        send(HttpMethod::PATCH, &path, trigger["version"].as_i64(), Some(body), session).await?;
        line.insert(before, trigger);
    }
    Ok(())
}

async fn send(
    method: HttpMethod,
    path: &str,
    version: Option<i64>,
    body: Option<Value>,
    session: &mut Session<'_, '_>,
) -> Result<Option<Value>, Failure> {
    let query: Vec<_> = version.iter().map(|version| ("version", version.to_string())).collect();
    session.write(method, path, &query, body).await
}
