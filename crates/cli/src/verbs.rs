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
    ("queue trigger", &["list", "view", "log", "test"]),
    ("queue autoaction", &["list", "view", "log"]),
    ("queue macro", &["list", "view", "log"]),
    ("board", &["list", "view", "columns", "backlog", "report"]),
    ("sprint", &["list", "view", "current"]),
    ("bulk", &["status", "list", "log", "wait", "template", "validate"]),
    ("inbox", &["muted"]),
    ("time", &["status", "report"]),
    ("project", &["list", "view", "issues", "timeline"]),
    ("portfolio", &["list", "view", "issues", "timeline"]),
    ("goal", &["list", "view", "issues", "timeline"]),
    ("dashboard", &["list", "view", "export"]),
    ("group", &["list", "view"]),
    ("query", &["check", "fields", "functions"]),
    ("user", &["list", "view", "search", "me"]),
    ("config", &["get", "list", "path", "explain"]),
    ("profile", &["list"]),
    ("alias", &["list"]),
    ("auth", &["status"]),
    ("backup", &["create", "list", "verify"]),
    (
        "",
        &[
            "search",
            "my",
            "inbox",
            "me",
            "export",
            "doctor",
            "version",
            "help",
            "completion",
            "man",
        ],
    ),
];

/// Commands that delete, by noun.
const DELETE: &[(&str, &[&str])] = &[
    ("issue", &["delete", "move", "comment-delete", "attachment-delete", "worklog-delete"]),
    ("filter", &["delete"]),
    ("queue", &["archive", "delete", "restore"]),
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

/// Nouns of the server's side.
const SERVERS: [&str; 4] = ["serve", "admin", "backup", "demo"];

fn is_clients(words: &str) -> bool {
    !SERVERS.contains(&words.split(' ').next().unwrap_or_default())
}

/// All commands on one screen, for agents: by noun, what reads, writes and deletes.
pub(crate) fn screen(program: &clap::Command) -> String {
    const HEAD: &str = "\
trackway NOUN VERB [ARGUMENTS] [FLAGS]; the verbs of a noun: R read, W write, D delete or hard to undo";
    const TAIL: &str = "\
Every command: --json, --jq EXPRESSION, --fields a,b.c, -o plain|json|jsonl|csv|md|keys|urls, -L N (0 all),
-n dry run, -y yes, --no-input, --silent (notify nobody), -P PROFILE, --lang en|ru; --agent fences the words of others in
Values: people me, none, login; lists a,b; not ~a; days today, -7d, 2026-11-30, from..to; durations 1h 30m; text @file or -
Keys: DEV-1, 1 with a default queue, a URL, or nothing on a branch named after the issue
issue list -k DEV -a me -s open -Q 'QUERY'; create SUMMARY -k DEV -t bug -d TEXT; edit KEY -p critical -T +x,-y
issue transition KEY --list, then issue transition KEY STATUS --resolution fixed; issue comment KEY TEXT
many issues: bulk edit -Q 'QUERY' --set field=value -n; anything else: api get PATH, api post PATH -f key=value
QUERY: Queue: DEV Assignee: me() Status: open Priority: !minor Created: >today()-\"7d\" \"Sort By\": Updated DESC
exit: 0 done, 2 usage, 3 unconfirmed, 4 sign in, 5 denied, 6 not found, 7 conflict, 8 rules, 9 busy, 10 network, 11 partly
more: trackway NOUN VERB --help, trackway help query|json|exit-codes|dates|environment";
    let mut nouns: Vec<(String, [Vec<String>; 3])> = Vec::new();
    for (words, effect, _) in all(program).into_iter().filter(|(words, ..)| is_clients(words)) {
        let (noun, verb) = match words.rsplit_once(' ') {
            Some((noun, verb)) => (noun.to_owned(), verb.to_owned()),
            None => (String::new(), words),
        };
        let at = match effect {
            Effect::Read => 0,
            Effect::Write => 1,
            Effect::Delete => 2,
        };
        let place = nouns.iter().position(|(known, _)| *known == noun).unwrap_or_else(|| {
            nouns.push((noun, [Vec::new(), Vec::new(), Vec::new()]));
            nouns.len() - 1
        });
        if let Some(verbs) = nouns.get_mut(place).and_then(|(_, kinds)| kinds.get_mut(at)) {
            verbs.push(verb);
        }
    }
    let line = |(noun, kinds): &(String, [Vec<String>; 3])| {
        let kinds = ["R", "W", "D"].iter().zip(kinds).filter(|(_, verbs)| !verbs.is_empty());
        let kinds: Vec<String> =
            kinds.map(|(letter, verbs)| format!("{letter} {}", verbs.join(" "))).collect();
        let noun = if noun.is_empty() { "alone" } else { noun };
        format!("{noun}: {}", kinds.join("; "))
    };
    let lines: Vec<String> = nouns.iter().map(line).collect();
    format!("{HEAD}\n{}\n{TAIL}", lines.join("\n"))
}

/// The permissions of Claude Code that allow these commands.
pub(crate) fn claude_code(program: &clap::Command, read_only: bool) -> Value {
    let allowed = all(program).into_iter().filter(|(words, effect, _)| {
        is_clients(words) && (*effect == Effect::Read || (!read_only && *effect == Effect::Write))
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
