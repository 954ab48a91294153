//! What each command does to the tracker: reads, writes, or deletes. Permissions of agents are made
//! of it.

use serde_json::{Value, json};

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Read,
    Write,
    /// Deletes, or is hard to undo.
    Delete,
}

impl Effect {
    pub(crate) const fn letter(self) -> &'static str {
        match self {
            Self::Read => "R",
            Self::Write => "W",
            Self::Delete => "D",
        }
    }
}

/// Commands that only read, by noun.
const READ: &[(&str, &[&str])] = &[
    (
        "issue",
        &[
            "list",
            "mine",
            "view",
            "current",
            "open",
            "comments",
            "history",
            "links",
            "attachments",
            "download",
            "checklist",
            "worklog",
        ],
    ),
    ("filter", &["list", "view", "run"]),
    (
        "queue",
        &[
            "list",
            "view",
            "types",
            "statuses",
            "workflow",
            "fields",
            "versions",
            "components",
            "tags",
            "team",
            "access",
            "export",
        ],
    ),
    ("queue trigger", &["list", "view", "log"]),
    ("queue autoaction", &["list", "view", "log"]),
    ("queue macro", &["list", "view", "log"]),
    ("board", &["list", "view", "columns"]),
    ("sprint", &["list", "view", "current"]),
    ("bulk", &["status", "list", "log", "wait"]),
    ("time", &["status", "report"]),
    ("project", &["list", "view", "issues"]),
    ("portfolio", &["list", "view", "issues"]),
    ("goal", &["list", "view", "issues"]),
    ("dashboard", &["list", "view", "export"]),
    ("group", &["list", "view"]),
    ("query", &["check", "fields", "functions"]),
    ("user", &["list", "view", "search", "me"]),
    ("config", &["get", "list", "path", "explain"]),
    ("profile", &["list"]),
    ("alias", &["list"]),
    ("auth", &["status"]),
    ("backup", &["create", "list", "verify"]),
    ("", &["search", "my", "inbox", "me", "export", "doctor", "help", "completion", "man"]),
];

/// Commands that delete, by noun.
const DELETE: &[(&str, &[&str])] = &[
    ("issue", &["delete", "move", "comment-delete", "attachment-delete", "worklog-delete"]),
    ("filter", &["delete"]),
    ("queue", &["delete", "restore"]),
    ("board", &["delete"]),
    ("bulk", &["move"]),
    ("backup", &["restore", "prune"]),
    ("profile", &["remove"]),
];

fn holds(table: &[(&str, &[&str])], noun: &str, verb: &str) -> bool {
    table.iter().any(|(known, verbs)| *known == noun && verbs.contains(&verb))
}

/// What a command does, by its words: `issue list`.
fn effect(words: &str) -> Effect {
    let (noun, verb) = words.rsplit_once(' ').unwrap_or(("", words));
    if holds(READ, noun, verb) {
        Effect::Read
    } else if holds(DELETE, noun, verb) {
        Effect::Delete
    } else {
        Effect::Write
    }
}

/// All commands with what they do, and what they are for.
pub(crate) fn all(program: &clap::Command) -> Vec<(String, Effect, String)> {
    fn walk(command: &clap::Command, above: &str, found: &mut Vec<(String, Effect, String)>) {
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            let name = below.get_name();
            let words = if above.is_empty() { name.to_owned() } else { format!("{above} {name}") };
            if !below.has_subcommands() || !below.is_subcommand_required_set() {
                let about = below.get_about().map(ToString::to_string).unwrap_or_default();
                found.push((words.clone(), effect(&words), about));
            }
            walk(below, &words, found);
        }
    }
    let mut found = Vec::new();
    walk(program, "", &mut found);
    found.retain(|(words, ..)| !words.ends_with(" help"));
    found
}

/// The permissions of Claude Code that allow these commands.
pub(crate) fn claude_code(program: &clap::Command, read_only: bool) -> Value {
    let allowed = all(program).into_iter().filter(|(words, effect, _)| {
        let own = !["serve", "admin", "backup", "demo"].iter().any(|noun| words.starts_with(noun));
        own && (*effect == Effect::Read || (!read_only && *effect == Effect::Write))
    });
    let rules: Vec<String> =
        allowed.map(|(words, ..)| format!("Bash(trackway {words}:*)")).collect();
    json!({"permissions": {"allow": rules}})
}

/// Names in the tables that are no commands.
#[cfg(test)]
pub(crate) fn strangers(program: &clap::Command, elsewhere: &[&str]) -> Vec<String> {
    let known: Vec<String> = all(program).into_iter().map(|(words, ..)| words).collect();
    let named = READ.iter().chain(DELETE).flat_map(|(noun, verbs)| {
        verbs.iter().map(move |verb| format!("{noun} {verb}").trim().to_owned())
    });
    named
        .filter(|words| !elsewhere.iter().any(|noun| words.starts_with(noun)))
        .filter(|words| !known.contains(words))
        .collect()
}
