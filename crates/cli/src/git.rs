//! The repository that the work is done in: which issue its branch is about, making branches, the
//! hook that names the issue in commit messages.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::{Args, Subcommand};

use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::session::Session;

/// Name of a trailer that names the issue.
const TRAILER: &str = "Tracker-issue";
const HOOK: &str = "#!/bin/sh
# Made by `trackway git hook install`: puts the issue of the branch before the subject.
case \"$2\" in merge|squash|commit) exit 0;; esac
key=$(trackway issue current 2>/dev/null) || exit 0
head -n 1 \"$1\" | grep -q \"$key\" && exit 0
{ printf '%s: ' \"$key\"; cat \"$1\"; } > \"$1.trackway\" && mv \"$1.trackway\" \"$1\"
";

/// Runs git and gives what it says; nothing if it fails or is not there.
fn git(words: &[&str]) -> Option<String> {
    said("git", words)
}

fn said(program: &str, words: &[&str]) -> Option<String> {
    let output = Command::new(program).args(words).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}

/// Name of the branch that is checked out; in a repository of jj, which checks none out, that of the
/// nearest bookmark.
pub(crate) fn branch() -> Option<String> {
    bookmark().or_else(|| git(&["symbolic-ref", "--short", "HEAD"]))
}

fn is_jj() -> bool {
    let here = std::env::current_dir().unwrap_or_default();
    here.ancestors().any(|folder| folder.join(".jj").is_dir())
}

fn bookmark() -> Option<String> {
    if !is_jj() {
        return None;
    }
    let nearest = ["log", "--no-graph", "-r", "heads(::@ & bookmarks())", "-T", "bookmarks"];
    let all = said("jj", &nearest)?;
    // A star behind the name stands for what is not pushed.
    all.split_whitespace().next().map(|name| name.trim_end_matches('*').to_owned())
}

/// The key in the name of the branch, or in a trailer of the last commit.
pub(crate) fn issue() -> Option<String> {
    let in_branch = branch().and_then(|name| key_in(&name));
    in_branch.or_else(|| if is_jj() { described() } else { trailer() })
}

fn trailer() -> Option<String> {
    let format = format!("--format=%(trailers:key={TRAILER},valueonly)");
    git(&["log", "-1", &format]).and_then(|text| key_in(&text))
}

/// The key in the trailer of the change that jj works on, or of the one before, which is the last
/// commit where nothing is described yet.
fn described() -> Option<String> {
    let text = said("jj", &["log", "--no-graph", "-r", "@ | @-", "-T", "description ++ \"\\n\""])?;
    let mut named = text.lines().filter_map(|line| line.strip_prefix(TRAILER)?.strip_prefix(':'));
    named.find_map(key_in)
}

/// The first key in a name: `feature/test-97-worklog-author` is about TEST-97.
pub(crate) fn key_in(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    words.windows(2).find_map(|pair| {
        let [queue, number] = pair else { return None };
        let joined = format!("{queue}-{number}");
        (is_key(&joined) && text.contains(&joined)).then(|| joined.to_uppercase())
    })
}

/// Whether the whole word has the form of a key, in either case. A queue has more than one letter:
/// `v-1` is a version.
pub(crate) fn is_key(word: &str) -> bool {
    let Some((queue, number)) = word.rsplit_once('-') else { return false };
    queue.len() > 1
        && queue.starts_with(|c: char| c.is_ascii_alphabetic())
        && queue.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// The name of a branch for an issue, by a pattern with `{key}` and `{slug}`.
pub(crate) fn branch_name(pattern: Option<&str>, key: &str, summary: &str) -> String {
    const WORDS: usize = 5;
    let words: Vec<String> = summary
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .take(WORDS)
        .collect();
    let name = pattern.unwrap_or("{key}-{slug}").replace("{key}", &key.to_lowercase());
    name.replace("{slug}", &words.join("-")).trim_end_matches('-').to_owned()
}

/// Switches to the branch of an issue, making it if there is none; `None` outside of a repository.
pub(crate) fn switch(name: &str, key: &str) -> Result<Option<String>, Failure> {
    if is_jj() {
        let made = Command::new("jj").args(["bookmark", "create", name]).status();
        return if made.is_ok_and(|status| status.success()) {
            Ok(Some(format!("bookmark {name} created")))
        } else {
            Err(Failure::new(Kind::Failed, format!("jj could not make the bookmark of {key}")))
        };
    }
    if git(&["rev-parse", "--git-dir"]).is_none() {
        return Ok(None);
    }
    let all = git(&["branch", "--format=%(refname:short)"]).unwrap_or_default();
    let known = all.lines().find(|name| key_in(name).as_deref() == Some(key)).map(str::to_owned);
    let (words, said) = match &known {
        Some(name) => (vec!["switch", "-q", name], format!("switched to branch {name}")),
        None => (vec!["switch", "-q", "-c", name], format!("branch {name} created")),
    };
    let status = Command::new("git").args(words).status();
    if status.is_ok_and(|status| status.success()) {
        Ok(Some(said))
    } else {
        Err(Failure::new(Kind::Failed, format!("git could not switch to the branch of {key}")))
    }
}

/// Arguments of `trackway git`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// What to do with the repository.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Works with the hook that names the issue in commit messages.
    #[command(subcommand)]
    Hook(HookAction),
}

/// What to do with the hook.
#[derive(Debug, Subcommand)]
pub(crate) enum HookAction {
    /// Puts the hook into this repository.
    Install,
}

pub(crate) fn run(action: &Action, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let Action::Hook(HookAction::Install) = action;
    let folder = git(&["rev-parse", "--git-path", "hooks"])
        .ok_or_else(|| Failure::usage("this is no git repository"))?;
    let path = PathBuf::from(folder).join("prepare-commit-msg");
    let known = std::fs::read_to_string(&path).ok();
    if known.as_deref() == Some(HOOK) {
        session.output.remark("the hook is there already");
        return Ok(());
    }
    let word = if known.is_some() { "replace" } else { "write" };
    session.confirm(&format!("{word} {}?", path.display()))?;
    if session.dry_run {
        return session.output.text(&format!("would {word} {}", path.display()));
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&path, HOOK)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
    }
    session.output.remark(&format!("✓ {} written", path.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_names_of_branches() {
        for (name, key) in [
            ("test-97-worklog-author", Some("TEST-97")),
            ("feature/OPS-3", Some("OPS-3")),
            ("ann/dev_two-12", Some("DEV_TWO-12")),
            ("main", None),
            ("release/2026-11", None),
            ("v-1", None),
        ] {
            assert_eq!(key_in(name).as_deref(), key, "{name}");
        }
    }

    #[test]
    fn words_that_are_keys() {
        for word in ["TEST-97", "test-97", "DEV_TWO-12"] {
            assert!(is_key(word), "{word}");
        }
        for word in ["", "-", "97", "TEST-", "-97", "TEST-9x", "re-test-9", "9T-1", "v-1"] {
            assert!(!is_key(word), "{word}");
        }
    }

    #[test]
    fn branches_are_named_after_issues() {
        let name =
            |pattern| branch_name(pattern, "TEST-97", "Import: worklog author, is wrong! Really");
        assert_eq!(name(None), "test-97-import-worklog-author-is-wrong");
        assert_eq!(name(Some("fix/{key}")), "fix/test-97");
        assert_eq!(branch_name(None, "A-1", "…"), "a-1");
    }
}
