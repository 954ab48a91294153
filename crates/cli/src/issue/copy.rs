//! `trackway issue clone`: a copy of an issue, and of what hangs on it.

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use trackway_client::Progress;
use trackway_client::api::attachments::{AddAttachment, DownloadAttachment};
use trackway_client::api::{FileForm, HttpMethod};

use crate::failure::{Failure, Kind};
use crate::lang::shown;
use crate::session::{ISSUE, Session};
use crate::shape::cell;

/// What stands for the key of the copy while there is none.
const NEW: &str = "NEW";
/// Bytes of a file that are on their way.
const PIPE: usize = 64 * 1024;

/// What can be copied along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum With {
    /// Links to other issues, but for its own parts, which have one parent, and its other copies
    Links,
    /// The checklist with who does what until when
    Checklist,
    /// Files, but for those of comments
    Attachments,
}

/// Arguments of `trackway issue clone`.
#[derive(Debug, Args)]
pub(crate) struct Clone {
    /// Key.
    #[arg(add = crate::complete::of("keys"))]
    key: String,
    /// Queue of the copy; the same if not given.
    #[arg(long, value_name = "QUEUE", add = crate::complete::of("queues"))]
    to: Option<String>,
    /// What to copy along.
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    with: Vec<With>,
}

pub(super) async fn run(arguments: Clone, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    let own = || key.rsplit_once('-').map(|(queue, _)| queue.to_owned());
    let queue = arguments.to.clone().or_else(own).unwrap_or_default();
    let path = Session::at("/issues/{key}/_clone", &[&key]);
    let query = [("queues", queue), ("linkWithOriginal", "true".to_owned())];
    let made = session.write(HttpMethod::POST, &path, &query, None).await?;
    let made = made.map(|copies| copies.get(0).cloned().unwrap_or(copies));
    let copy = made.as_ref().map_or_else(|| NEW.to_owned(), |copy| cell(copy.get("key")));
    let failures = along(&arguments.with, &key, &copy, session).await?;
    if let Some(made) = made {
        let now = session.get(&Session::at("/issues/{key}", &[&copy]), &[]).await;
        let line = format!("{key} copied to {copy}");
        session.output.changed(ISSUE, &line, now.unwrap_or(made))?;
    }
    if failures.is_empty() {
        return Ok(());
    }
    let failure = Failure::new(Kind::Partly, format!("{copy} was made, but lacks something"));
    Err(failure.note("missing", failures.join("\n")))
}

/// Adds what is wanted to the copy, and says what could not be added.
async fn along(
    with: &[With],
    key: &str,
    copy: &str,
    session: &mut Session<'_, '_>,
) -> Result<Vec<String>, Failure> {
    let mut failures = Vec::new();
    if with.contains(&With::Links) {
        let path = Session::at("/issues/{key}/links", &[key]);
        for link in session.whole(&path, &[]).await?.iter().filter(|link| is_copied(link, copy)) {
            let body = json!({"relationship": relation(link), "issue": link["object"]["key"]});
            let path = Session::at("/issues/{key}/links", &[copy]);
            let done = session.write(HttpMethod::POST, &path, &[], Some(body)).await;
            note(done, &cell(link["object"].get("key")), &mut failures)?;
        }
    }
    if with.contains(&With::Checklist) {
        let path = Session::at("/issues/{key}/checklistItems", &[key]);
        let items: Vec<Value> = session.whole(&path, &[]).await?.iter().map(item).collect();
        if !items.is_empty() {
            let path = Session::at("/issues/{key}/checklistItems", &[copy]);
            let done = session.write(HttpMethod::POST, &path, &[], Some(items.into())).await;
            note(done, &shown("checklist"), &mut failures)?;
        }
    }
    if with.contains(&With::Attachments) {
        let path = Session::at("/issues/{key}/attachments", &[key]);
        for file in session.whole(&path, &[]).await? {
            if file.get("commentId").is_none_or(Value::is_null) {
                let done = attach(&file, key, copy, session).await;
                note(done, &cell(file.get("name")), &mut failures)?;
            }
        }
    }
    Ok(failures)
}

/// Goes on after what was refused: the issue is there already.
fn note<T>(
    done: Result<T, Failure>,
    what: &str,
    failures: &mut Vec<String>,
) -> Result<(), Failure> {
    match done {
        Err(failure) if matches!(failure.kind(), Kind::SignIn | Kind::Network) => Err(failure),
        Err(failure) => {
            failures.push(format!("{what}: {failure}"));
            Ok(())
        }
        Ok(_) => Ok(()),
    }
}

/// What the issue is for the other one, as a new link names it.
fn relation(link: &Value) -> &str {
    let inward = link["direction"] == "inward";
    match (link["type"]["id"].as_str().unwrap_or_default(), inward) {
        ("depends", false) => "depends on",
        ("depends", true) => "is dependent by",
        ("subtask", false) => "is parent task for",
        ("subtask", true) => "is subtask for",
        ("duplicates", false) => "duplicates",
        ("duplicates", true) => "is duplicated by",
        ("epic", false) => "is epic of",
        ("epic", true) => "has epic",
        (other, _) => other,
    }
}

/// A part has one parent, which it keeps; and of whom the original was made says nothing of the copy.
fn is_copied(link: &Value, copy: &str) -> bool {
    let kind = link["type"]["id"].as_str().unwrap_or_default();
    let parts = matches!(kind, "subtask" | "epic") && link["direction"] == "outward";
    kind != "cloners" && !parts && link["object"]["key"] != copy
}

/// An item of a checklist as it is sent.
fn item(item: &Value) -> Value {
    let mut sent = Map::new();
    for name in ["text", "checked", "url", "checklistItemType"] {
        sent.extend(item.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    if let Some(id) = item["assignee"].get("id") {
        sent.insert("assignee".to_owned(), id.clone());
    }
    if let Some(date) = item["deadline"].get("date") {
        let due = json!({"date": date, "deadlineType": item["deadline"]["deadlineType"]});
        sent.insert("deadline".to_owned(), due);
    }
    sent.into()
}

/// Copies a file as it comes in: it is never here as a whole.
async fn attach(
    file: &Value,
    key: &str,
    copy: &str,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let (id, name) = (cell(file.get("id")), cell(file.get("name")));
    let size = file["size"].as_u64().unwrap_or_default();
    if session.dry_run {
        let line = format!("would attach {name} ({size} bytes) to {copy}");
        return session.output.text(&shown(&line));
    }
    let (mut sink, source) = tokio::io::duplex(PIPE);
    let mut progress = session.output.progress(&*name, true);
    let tracker = &session.tracker;
    let download = async move {
        let request = DownloadAttachment::new(key, &*id, &*name);
        // The sink ends here, or the upload would wait for more.
        tracker.download(request, &mut sink, |_| ()).await
    };
    let name = cell(file.get("name"));
    let told = move |at: Progress| progress.at(at.done, at.total);
    let request = AddAttachment::new(copy, FileForm::default());
    let upload = tracker.upload(request, &name, source, size, told);
    let (download, upload) = tokio::join!(download, upload);
    match (download, upload) {
        (_, Ok(_)) => Ok(()),
        // Of a refused upload the download only knows that nobody listens any more.
        (Ok(_) | Err(trackway_client::Error::File(_)), Err(why)) | (Err(why), _) => Err(why.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_their_sense_and_parts_their_parent() {
        let link = |kind: &str, direction: &str| json!({"type": {"id": kind}, "direction": direction, "object": {"key": "A-7"}});
        for (kind, direction, wanted) in [
            ("relates", "outward", Some("relates")),
            ("relates", "inward", Some("relates")),
            ("depends", "outward", Some("depends on")),
            ("depends", "inward", Some("is dependent by")),
            ("subtask", "inward", Some("is subtask for")),
            ("subtask", "outward", None),
            ("epic", "inward", Some("has epic")),
            ("epic", "outward", None),
            ("duplicates", "inward", Some("is duplicated by")),
            ("cloners", "inward", None),
        ] {
            let link = link(kind, direction);
            let copied = is_copied(&link, "A-9").then(|| relation(&link));
            assert_eq!(copied, wanted, "{kind} {direction}");
        }
        assert!(!is_copied(&link("relates", "outward"), "A-7"), "not to itself");
    }

    #[test]
    fn items_are_sent_with_who_and_when() {
        let given = json!({"id": "5f", "text": "Ask", "checked": true, "checklistItemType": "standard",
            "assignee": {"id": 7, "display": "Ann"}, "textHtml": "<p>Ask</p>",
            "deadline": {"date": "2026-03-01T00:00:00.000+0000", "deadlineType": "date",
            "isExceeded": false}});
        assert_eq!(
            item(&given),
            json!({"text": "Ask", "checked": true, "checklistItemType": "standard", "assignee": 7,
                "deadline": {"date": "2026-03-01T00:00:00.000+0000", "deadlineType": "date"}})
        );
    }
}
