//! Values that a shell completes: queues, statuses, people, keys. They come from a file, which is made
//! anew in the background when it has become old, so that nobody waits for a server.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use clap::Args;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use serde_json::{Value, json};

use crate::common::Common;
use crate::config::Files;
use crate::failure::Failure;
use crate::session::Session;
use crate::shape::cell;

const FILE: &str = "completion.json";
/// How long the file is good.
const FRESH: Duration = Duration::from_secs(600);
/// Archived issues, and as many deleted ones, that are offered.
const RESTORABLE: usize = 50;
/// Name of the hidden command that makes the file anew.
pub(crate) const COMMAND: &str = "refresh-completion";

/// Arguments of the hidden command.
#[derive(Debug, Args)]
pub struct Refresh {
    #[command(flatten)]
    pub(crate) common: Common,
}

fn path() -> Option<PathBuf> {
    Some(Files::find(|name| std::env::var(name).ok())?.beside(FILE))
}

/// Candidates of a kind: `queues`, `openQueues` without the archived ones, `statuses`, `types`,
/// `priorities`, `people`, `keys`, `away` for issues that can be restored.
pub(crate) fn of(kind: &'static str) -> ArgValueCandidates {
    ArgValueCandidates::new(move || candidates(kind))
}

/// Whatever goes wrong, there are just no candidates.
fn candidates(kind: &str) -> Vec<CompletionCandidate> {
    let Some(path) = path() else { return Vec::new() };
    let made = std::fs::metadata(&path).and_then(|data| data.modified()).ok();
    let age = made.and_then(|made| SystemTime::now().duration_since(made).ok());
    if age.is_none_or(|age| age > FRESH) {
        refresh();
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let known: Value = serde_json::from_str(&text).unwrap_or_default();
    let values = known[kind].as_array().into_iter().flatten();
    values
        .filter_map(|pair| {
            let name = pair[0].as_str()?;
            let what = pair[1].as_str().unwrap_or_default();
            let help = (!what.is_empty()).then(|| what.to_owned().into());
            Some(CompletionCandidate::new(name).help(help))
        })
        .collect()
}

/// Starts this program once more, and does not wait for it.
fn refresh() {
    let Ok(program) = std::env::current_exe() else { return };
    let started = Command::new(program)
        .args([COMMAND, "--no-input", "--timeout", "10s"])
        .env_remove("COMPLETE")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    drop(started);
}

/// Makes the file anew.
pub(crate) async fn write(session: &Session<'_, '_>) -> Result<(), Failure> {
    let Some(path) = path() else { return Ok(()) };
    let pairs = |items: &[Value], name: &str, what: &str| -> Value {
        items.iter().map(|item| json!([cell(item.get(name)), cell(item.get(what))])).collect()
    };
    let list = async |path: &str| Ok::<_, Failure>(session.list(path, &[], 0).await?.items);
    let recent = json!({"query": "Assignee: me() \"Sort By\": Updated DESC"});
    let queues = list("/queues").await?;
    let mut open = queues.clone();
    open.retain(|queue| queue["archived"] != true);
    let mut away = Vec::new();
    for path in ["/issues/_archived", "/issues/_deleted"] {
        // Other servers have no such lists.
        if !session.is_cloud()
            && let Ok(found) = session.list(path, &[], RESTORABLE).await
        {
            away.extend(found.items);
        }
    }
    let known = json!({
        "queues": pairs(&queues, "key", "name"),
        "openQueues": pairs(&open, "key", "name"),
        "away": pairs(&away, "key", "summary"),
        "statuses": pairs(&list("/statuses").await?, "key", "name"),
        "types": pairs(&list("/issuetypes").await?, "key", "name"),
        "priorities": pairs(&list("/priorities").await?, "key", "name"),
        "people": pairs(&list("/users").await?, "login", "display"),
        "keys": pairs(&session.search(recent, 50).await?.items, "key", "summary"),
    });
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let partial = path.with_extension("partial");
    std::fs::write(&partial, known.to_string())?;
    Ok(std::fs::rename(partial, path)?)
}
