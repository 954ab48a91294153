//! The file in which a line is kept of each change.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use serde_json::{Value, json};
use trackway_client::api::HttpMethod;

use crate::config::Files;

/// Lines that are kept.
const KEPT: usize = 50;

/// The request that reverses a change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Back {
    pub(crate) method: HttpMethod,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
}

impl Back {
    /// What [`Journal::add`] wrote into a line, if it did.
    pub(super) fn of(line: &Value) -> Option<Self> {
        let back = line.get("back")?;
        Some(Self {
            method: back["method"].as_str()?.parse().ok()?,
            path: back["path"].as_str()?.to_owned(),
            body: back.get("body").filter(|body| !body.is_null()).cloned(),
        })
    }
}

/// The changes of this user, oldest first.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    /// What all changes of one command have in common.
    run: String,
}

impl Journal {
    pub(crate) fn find() -> Option<Self> {
        let files = Files::find(|name| std::env::var(name).ok())?;
        let run = format!("{}-{}", crate::people::now_text(), std::process::id());
        Some(Self { path: files.beside("changes.jsonl"), run })
    }

    fn read(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    fn write(&self, lines: &[Value]) -> std::io::Result<()> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let partial = self.path.with_extension("partial");
        let mut file = std::fs::File::create(&partial)?;
        let skip = lines.len().saturating_sub(KEPT);
        for line in lines.iter().skip(skip) {
            writeln!(file, "{line}")?;
        }
        std::fs::rename(partial, &self.path)
    }

    /// Remembers a change, and what reverses it where only its command knows that. A journal that
    /// cannot be written is no failure of the change.
    pub(crate) fn add(
        &self,
        server: &str,
        method: HttpMethod,
        path: &str,
        sent: &Value,
        answer: &Value,
        back: Option<&Back>,
    ) {
        let reversible = (matches!(method, HttpMethod::POST | HttpMethod::PATCH)
            || (method == HttpMethod::DELETE && is_reversible(path)))
            && (path.starts_with("/issues") || path.starts_with("/bulkchange"))
            && !path.contains("/_move");
        if !reversible && back.is_none() {
            return;
        }
        let mut lines = self.read();
        let last = lines.iter().rev().find_map(|line| line["id"].as_u64());
        let keys = sent.get("issues").cloned().unwrap_or_default();
        // A clone is answered as a list of one.
        let answer = answer.get(0).unwrap_or(answer);
        let mut line = json!({"id": last.unwrap_or_default() + 1, "run": self.run,
            "at": crate::people::now_text(), "server": server, "method": method.as_str(),
            "path": path, "keys": keys, "made": answer.get("key").or_else(|| answer.get("id")),
            "fields": sent.as_object().map(|sent| sent.keys().collect::<Vec<_>>())});
        if let Some(Back { method, path, body }) = back {
            line["back"] = json!({"method": method.as_str(), "path": path, "body": body});
        }
        lines.push(line);
        self.write(&lines).ok();
    }

    /// What was changed on a server, each command by itself.
    pub(super) fn runs(&self, server: &str) -> Vec<Vec<Value>> {
        let mut runs: Vec<Vec<Value>> = Vec::new();
        for line in self.read() {
            if line["server"] != server || line.get("method").is_none() {
                continue;
            }
            match runs.last_mut() {
                Some(run) if run[0]["run"] == line["run"] && line["run"].is_string() => {
                    run.push(line);
                }
                _ => runs.push(vec![line]),
            }
        }
        runs
    }

    /// Changes in the history of issues that reversing has done with: those that were reversed, and
    /// those that reversed them.
    pub(super) fn done_with(&self, server: &str) -> BTreeSet<String> {
        let lines = self.read();
        let of_server = lines.iter().filter(|line| line["server"] == server);
        let ids = of_server.flat_map(|line| line["doneWith"].as_array().into_iter().flatten());
        ids.filter_map(|id| id.as_str().map(str::to_owned)).collect()
    }

    /// Notes what is done with, and forgets the changes that were reversed.
    pub(super) fn note(&self, server: &str, done_with: &[String], reversed: &[Value]) {
        let mut lines = self.read();
        lines.retain(|line| reversed.iter().all(|gone| gone["id"] != line["id"]));
        if !done_with.is_empty() {
            lines.push(json!({"server": server, "doneWith": done_with}));
        }
        self.write(&lines).ok();
    }
}

/// Whether what a path deletes can be made again: a vote, or an issue.
fn is_reversible(path: &str) -> bool {
    matches!(
        path.split('/').collect::<Vec<_>>().as_slice(),
        ["", "issues", _] | [_, _, _, "votes", _]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_remembered_and_forgotten() {
        let path = std::env::temp_dir().join(format!("trackway-undo-{}.jsonl", std::process::id()));
        let mut journal = Journal { path: path.clone(), run: String::new() };
        let sent = json!({"summary": "x"});
        for n in 0..KEPT + 3 {
            journal.run = format!("run {}", n / 2);
            let answer = json!({"key": format!("A-{n}")});
            journal.add("http://h", HttpMethod::POST, "/issues", &sent, &answer, None);
        }
        journal.add("http://h", HttpMethod::POST, "/queues", &sent, &Value::Null, None);
        assert_eq!(journal.read().len(), KEPT);
        let last = |journal: &Journal| journal.runs("http://h").pop().expect("one");
        assert_eq!(last(&journal).len(), 1, "the 53rd is a run by itself");
        assert_eq!(
            (&last(&journal)[0]["made"], &last(&journal)[0]["id"]),
            (&"A-52".into(), &53.into())
        );
        journal.note("http://h", &["c1".to_owned()], &last(&journal));
        let made: Vec<Value> = last(&journal).iter().map(|one| one["made"].clone()).collect();
        assert_eq!(made, ["A-50", "A-51"], "what one command did is reversed at once");
        assert!(journal.done_with("http://h").contains("c1"));
        assert!(
            journal.runs("http://other").is_empty() && journal.done_with("http://other").is_empty()
        );
        journal.add("http://h", HttpMethod::POST, "/issues", &sent, &json!({"key": "A-99"}), None);
        assert_eq!(last(&journal).pop().expect("one")["id"], 53, "numbers go on after a note");
        std::fs::remove_file(path).expect("removed");
    }
}
