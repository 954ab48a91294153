//! Links that texts make: an issue key in capitals in a description or comment relates the two
//! issues (workflow.md, section 6).

use super::kinds::Relationship;
use super::{ops, store};
use crate::access::Editable;
use crate::cx::Cx;
use crate::error::{Code, Result};
use crate::issue::store as issues;

/// Most keys of one text that are looked at; more are a list, not a mention.
const MAX_KEYS: usize = 20;

/// Relates an issue to those that a text names and the text before did not. Keys that mean nothing,
/// issues the actor may not read, the issue itself, and issues it is linked to already are left
/// alone. Whether anything was linked.
///
/// # Errors
/// The database fails; 409 or 423 when an issue cannot be changed.
pub fn follow(cx: &mut Cx<'_, '_>, issue: i64, before: &str, text: &str) -> Result<bool> {
    if cx.history || !text.contains('-') {
        return Ok(false);
    }
    let known = keys(before);
    let mut linked = false;
    for key in keys(text).into_iter().filter(|key| !known.contains(key)) {
        let other = match cx.issue(key) {
            Ok(other) => other,
            Err(error) if matches!(error.status(), 403 | 404) => continue,
            Err(error) => return Err(error),
        };
        let id = other.issue().id;
        let rows = store::of_issues(cx, &[issue])?;
        if id == issue || rows.iter().any(|row| row.other_end(issue) == id) {
            continue;
        }
        let this = issues::by_id(cx, issue)?.ok_or_else(|| Code::IssueNotFound.err())?;
        ops::make(cx, &Editable::consequence(this), other, Relationship::RELATES)?;
        linked = true;
    }
    Ok(linked)
}

/// Keys in a text, each once.
fn keys(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let part = |c: char| !(c.is_alphanumeric() || c == '-' || c == '_');
    for word in text.split(part) {
        if is_key(word) && !found.contains(&word) {
            found.push(word);
            if found.len() == MAX_KEYS {
                break;
            }
        }
    }
    found
}

fn is_key(word: &str) -> bool {
    let Some((queue, number)) = word.split_once('-') else { return false };
    (2..=15).contains(&queue.len())
        && queue.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=10).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
        && !number.starts_with('0')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{Fixture, body};

    #[test]
    fn keys_stand_alone_and_in_capitals() {
        let text =
            "DEV-1, (HELP-22) dev-3 XDEV-4x DEV-5-6 https://x.example/DEV-7. DEV-08 DEV-1 D-9";
        assert_eq!(keys(text), ["DEV-1", "HELP-22", "DEV-7"]);
    }

    fn linked(f: &Fixture, key: &str) -> Vec<Value> {
        let r = trackway_api::links::ListLinks::new(key);
        let links = body(f.read(f.ann, |cx| ops::list(cx, &r)).expect("links"));
        let links = links.as_array().expect("a list").clone();
        links.into_iter().map(|link| link["object"]["key"].clone()).collect()
    }

    #[test]
    fn descriptions_and_comments_relate_what_they_name() {
        let f = Fixture::new();
        let issue = |more: Value| {
            let mut body = json!({"queue": "DEV", "summary": "s"});
            for (member, value) in more.as_object().expect("an object") {
                body[member] = value.clone();
            }
            f.issue(f.ann, body)
        };
        let (a, b, c) = (issue(json!({})), issue(json!({})), issue(json!({})));
        let key = issue(
            json!({"description": format!("see {a}, {a} and NOSUCH-1, not {}", b.to_lowercase())}),
        );
        assert_eq!(linked(&f, &key), [json!(a)]);
        assert_eq!(linked(&f, &a), [json!(key)]);
        assert_eq!(f.json(f.ann, &key)["version"], 1);

        let patch = |patch: Value| {
            let Value::Object(patch) = patch else { panic!("an object") };
            let r = trackway_api::issues::UpdateIssue::new(&*key, patch);
            f.write(f.ann, move |cx| crate::issue::ops::update(cx, &r)).expect("an edit");
        };
        patch(json!({"description": format!("now {b} and {key}"), "comment": format!("and {c}")}));
        assert_eq!(linked(&f, &key), [json!(a), json!(c), json!(b)], "old links stay");
        patch(json!({"summary": "t"}));
        let comment: trackway_api::comments::CommentCreate =
            serde_json::from_value(json!({"text": format!("again {a} {b} {c}")})).expect("a body");
        let r = trackway_api::comments::AddComment::new(&*key, comment);
        f.write(f.bob, move |cx| crate::comment::ops::add(cx, &r)).expect("a comment");
        assert_eq!(linked(&f, &key).len(), 3);
    }
}
