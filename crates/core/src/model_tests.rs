//! Random operations against a model of the tracker that is a few maps: after every step the
//! tracker and the model say the same, and in the end so do searches, and an index built anew.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};
use trackway_api::comments::{AddComment, DeleteComment, ListComments, UpdateComment};
use trackway_api::issues::{DeleteIssue, SearchIssues, SearchRequest, UpdateIssue};
use trackway_api::links::{AddLink, DeleteLink, ListLinks};
use trackway_api::transitions::{ExecuteTransition, ListTransitions};
use trackway_api::types::Members;

use crate::error::Result;
use crate::testing::{Fixture, body};
use crate::{comment, issue, link, search, transition};

/// A step. Numbers choose among what there is at that moment.
#[derive(Clone, Debug)]
enum Step {
    Create { help: bool, tag: usize },
    Retitle { at: usize, to: usize },
    Tag { at: usize, tag: usize },
    Untag { at: usize, tag: usize },
    Assign { at: usize, to: Option<bool> },
    Stale { at: usize },
    Nonsense { at: usize },
    Comment { at: usize, text: usize },
    EditComment { at: usize, nth: usize, text: usize },
    RemoveComment { at: usize, nth: usize },
    Link { at: usize, to: usize },
    Unlink { at: usize, nth: usize },
    Move { at: usize, nth: usize },
    Delete { at: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let n = || 0..12_usize;
    prop_oneof![
        4 => (any::<bool>(), n()).prop_map(|(help, tag)| Step::Create { help, tag }),
        1 => (n(), n()).prop_map(|(at, to)| Step::Retitle { at, to }),
        2 => (n(), n()).prop_map(|(at, tag)| Step::Tag { at, tag }),
        1 => (n(), n()).prop_map(|(at, tag)| Step::Untag { at, tag }),
        2 => (n(), any::<Option<bool>>()).prop_map(|(at, to)| Step::Assign { at, to }),
        1 => n().prop_map(|at| Step::Stale { at }),
        1 => n().prop_map(|at| Step::Nonsense { at }),
        2 => (n(), n()).prop_map(|(at, text)| Step::Comment { at, text }),
        1 => (n(), n(), n()).prop_map(|(at, nth, text)| Step::EditComment { at, nth, text }),
        1 => (n(), n()).prop_map(|(at, nth)| Step::RemoveComment { at, nth }),
        2 => (n(), n()).prop_map(|(at, to)| Step::Link { at, to }),
        1 => (n(), n()).prop_map(|(at, nth)| Step::Unlink { at, nth }),
        2 => (n(), n()).prop_map(|(at, nth)| Step::Move { at, nth }),
        1 => n().prop_map(|at| Step::Delete { at }),
    ]
}

/// What the model knows of an issue.
#[derive(Clone, Debug, Default, PartialEq)]
struct Known {
    summary: String,
    tags: BTreeSet<String>,
    assignee: Option<String>,
    status: String,
    version: i64,
    comments: Vec<(i64, String)>,
    links: BTreeSet<String>,
}

struct World {
    f: Fixture,
    issues: BTreeMap<String, Known>,
    made: BTreeMap<&'static str, usize>,
}

fn members(json: Value) -> Members {
    serde_json::from_value(json).expect("an object")
}

fn tag(n: usize) -> String {
    format!("tag{}", n % 4)
}

fn text<'a>(json: &'a Value, member: &str) -> &'a str {
    json[member].as_str().unwrap_or_else(|| panic!("{member} in {json}"))
}

impl World {
    fn new() -> Self {
        Self { f: Fixture::new(), issues: BTreeMap::new(), made: BTreeMap::new() }
    }

    fn pick(&self, n: usize) -> Option<String> {
        let place = n.checked_rem(self.issues.len())?;
        self.issues.keys().nth(place).cloned()
    }

    fn known(&mut self, key: &str) -> &mut Known {
        self.issues.get_mut(key).expect("a known issue")
    }

    fn patch(&self, key: &str, version: Option<i64>, patch: Value) -> Result<Value> {
        let mut request = UpdateIssue::new(key, members(patch));
        if let Some(version) = version {
            request = request.version(version);
        }
        self.f.write(self.f.ann, move |cx| issue::ops::update(cx, &request)).map(body)
    }

    /// Edits an issue; the version grows if and only if something changed.
    fn edit(&mut self, key: &str, patch: Value, change: impl FnOnce(&mut Known)) {
        let before = self.known(key).clone();
        self.patch(key, Some(before.version), patch).expect("an edit");
        let known = self.known(key);
        change(known);
        known.version += i64::from(*known != before);
    }

    fn take(&mut self, step: &Step) {
        if let Step::Create { help, tag: n } = *step {
            return self.create(help, &tag(n));
        }
        let at = match *step {
            Step::Create { .. } => return,
            Step::Retitle { at, .. }
            | Step::Tag { at, .. }
            | Step::Untag { at, .. }
            | Step::Assign { at, .. }
            | Step::Stale { at }
            | Step::Nonsense { at }
            | Step::Comment { at, .. }
            | Step::EditComment { at, .. }
            | Step::RemoveComment { at, .. }
            | Step::Link { at, .. }
            | Step::Unlink { at, .. }
            | Step::Move { at, .. }
            | Step::Delete { at } => at,
        };
        let Some(key) = self.pick(at) else { return };
        self.change(&key, step);
        if self.issues.contains_key(&key) {
            self.compare(&key);
        }
    }

    fn change(&mut self, key: &str, step: &Step) {
        match *step {
            Step::Create { .. } => {}
            Step::Retitle { to, .. } => {
                let summary = format!("title {to}");
                let patch = json!({ "summary": summary });
                self.edit(key, patch, |known| known.summary = summary);
            }
            Step::Tag { tag: n, .. } => {
                self.edit(key, json!({"tags": {"add": tag(n)}}), |known| {
                    known.tags.insert(tag(n));
                });
            }
            Step::Untag { tag: n, .. } => {
                self.edit(key, json!({"tags": {"remove": [tag(n)]}}), |known| {
                    known.tags.remove(&tag(n));
                });
            }
            Step::Assign { to, .. } => {
                let login = to.map(|ann| if ann { "ann" } else { "bob" }.to_owned());
                let patch = json!({ "assignee": login });
                self.edit(key, patch, |known| known.assignee = login);
            }
            Step::Stale { .. } => {
                let version = self.known(key).version + 7;
                let refused = self.patch(key, Some(version), json!({"summary": "never"}));
                assert_eq!(refused.expect_err("stale").status(), 409);
            }
            Step::Nonsense { .. } => {
                let patch = json!({"summary": "never", "assignee": "nobody at all"});
                assert_eq!(self.patch(key, None, patch).expect_err("wrong").status(), 422);
            }
            Step::Comment { text, .. } => self.comment(key, text),
            Step::EditComment { nth, text, .. } => self.edit_comment(key, nth, text),
            Step::RemoveComment { nth, .. } => self.remove_comment(key, nth),
            Step::Link { to, .. } => self.link(key, to),
            Step::Unlink { nth, .. } => self.unlink(key, nth),
            Step::Move { nth, .. } => self.transition(key, nth),
            Step::Delete { .. } => self.delete(key),
        }
    }

    fn create(&mut self, help: bool, tag: &str) {
        let queue = if help { "HELP" } else { "DEV" };
        let number = self.made.entry(queue).or_default();
        *number += 1;
        let summary = format!("new {number}");
        let expected = format!("{queue}-{number}");
        let made = json!({"queue": queue, "summary": summary, "tags": [tag]});
        assert_eq!(self.f.issue(self.f.ann, made), expected);
        let status = text(&self.f.json(self.f.ann, &expected)["status"], "key").to_owned();
        let tags = BTreeSet::from([tag.to_owned()]);
        let known = Known { summary, tags, status, version: 1, ..Known::default() };
        self.issues.insert(expected.clone(), known);
        self.compare(&expected);
    }

    fn comment(&mut self, key: &str, n: usize) {
        let said = format!("said {n}");
        let request = AddComment::new(
            key,
            serde_json::from_value::<trackway_api::comments::CommentCreate>(json!({"text": said}))
                .expect("a body"),
        );
        let made = self.f.write(self.f.ann, move |cx| comment::ops::add(cx, &request)).map(body);
        let id = made.expect("a comment")["id"].as_i64().expect("a number");
        self.known(key).comments.push((id, said));
    }

    fn nth_comment(&mut self, key: &str, nth: usize) -> Option<i64> {
        let comments = &self.known(key).comments;
        comments.get(nth.checked_rem(comments.len())?).map(|(id, _)| *id)
    }

    fn edit_comment(&mut self, key: &str, nth: usize, n: usize) {
        let Some(id) = self.nth_comment(key, nth) else { return };
        let said = format!("put otherwise {n}");
        let request = UpdateComment::new(
            key,
            id.to_string(),
            serde_json::from_value::<trackway_api::comments::CommentUpdate>(json!({"text": said}))
                .expect("a body"),
        );
        self.f.write(self.f.ann, move |cx| comment::ops::update(cx, &request)).expect("an edit");
        for comment in &mut self.known(key).comments {
            if comment.0 == id {
                comment.1.clone_from(&said);
            }
        }
    }

    fn remove_comment(&mut self, key: &str, nth: usize) {
        let Some(id) = self.nth_comment(key, nth) else { return };
        let request = DeleteComment::new(key, id.to_string());
        self.f.write(self.f.ann, move |cx| comment::ops::delete(cx, &request)).expect("removed");
        self.known(key).comments.retain(|comment| comment.0 != id);
    }

    fn links(&self, key: &str) -> Value {
        let request = ListLinks::new(key);
        body(self.f.read(self.f.ann, |cx| link::ops::list(cx, &request)).expect("links"))
    }

    fn link(&mut self, key: &str, to: usize) {
        let Some(other) = self.pick(to) else { return };
        let link = json!({"relationship": "relates", "issue": other});
        let request = AddLink::new(
            key,
            serde_json::from_value::<trackway_api::links::LinkCreate>(link).expect("a body"),
        );
        let made = self.f.write(self.f.ann, move |cx| link::ops::add(cx, &request));
        let there = other == key || self.known(key).links.contains(&other);
        assert_eq!(made.is_err(), there, "{key} to {other}");
        if !there {
            self.known(key).links.insert(other.clone());
            self.known(&other).links.insert(key.to_owned());
        }
    }

    fn unlink(&mut self, key: &str, nth: usize) {
        let links = self.links(key);
        let links = links.as_array().expect("a list");
        let Some(link) = nth.checked_rem(links.len()).and_then(|n| links.get(n)) else { return };
        let other = text(&link["object"], "key").to_owned();
        let request = DeleteLink::new(key, link["id"].to_string());
        self.f.write(self.f.ann, move |cx| link::ops::delete(cx, &request)).expect("removed");
        assert!(self.known(key).links.remove(&other));
        assert!(self.known(&other).links.remove(key));
    }

    fn transition(&mut self, key: &str, nth: usize) {
        let request = ListTransitions::new(key);
        let ways = self.f.read(self.f.ann, |cx| transition::ops::list(cx, &request));
        let ways = body(ways.expect("transitions"));
        let ways = ways.as_array().expect("a list");
        let Some(way) = nth.checked_rem(ways.len()).and_then(|n| ways.get(n)) else { return };
        let values = members(json!({"resolution": "fixed"}));
        let request = ExecuteTransition::new(key, text(way, "id"), values);
        self.f.write(self.f.ann, move |cx| transition::ops::execute(cx, &request)).expect("moved");
        let known = self.known(key);
        text(&way["to"], "key").clone_into(&mut known.status);
        known.version += 1;
    }

    fn delete(&mut self, key: &str) {
        let request = DeleteIssue::new(key);
        let tried = request.clone();
        let refused = self.f.write(self.f.ann, move |cx| issue::remove::delete(cx, &tried));
        assert_eq!(refused.expect_err("not ann's to delete").status(), 403);
        self.compare(key);
        self.f.write(self.f.boss, move |cx| issue::remove::delete(cx, &request)).expect("deleted");
        self.issues.remove(key);
        for known in self.issues.values_mut() {
            known.links.remove(key);
        }
    }

    /// What the tracker says of an issue.
    fn told(&self, key: &str) -> Known {
        let json = self.f.json(self.f.ann, key);
        let request = ListComments::new(key);
        let comments = self.f.read(self.f.ann, |cx| comment::ops::list(cx, &request));
        let comments = body(comments.expect("comments"));
        let strings = |value: &Value| -> BTreeSet<String> {
            let list = value.as_array().map_or(&[][..], Vec::as_slice);
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let logins = [(self.f.ann, "ann"), (self.f.bob, "bob")];
        let assignee = json["assignee"]["id"].as_str().map(|id| {
            let who = logins.iter().find(|(uid, _)| uid.to_string() == id);
            who.expect("ann or bob").1.to_owned()
        });
        let links = self.links(key);
        let links = links.as_array().expect("a list").iter();
        Known {
            summary: text(&json, "summary").to_owned(),
            tags: strings(&json["tags"]),
            assignee,
            status: text(&json["status"], "key").to_owned(),
            version: json["version"].as_i64().expect("a version"),
            comments: comments
                .as_array()
                .expect("a list")
                .iter()
                .map(|c| (c["id"].as_i64().expect("a number"), text(c, "text").to_owned()))
                .collect(),
            links: links.map(|link| text(&link["object"], "key").to_owned()).collect(),
        }
    }

    fn compare(&self, key: &str) {
        assert_eq!(&self.told(key), self.issues.get(key).expect("a known issue"), "{key}");
    }

    fn found(&self, filter: &Value) -> BTreeSet<String> {
        let sent: SearchRequest =
            serde_json::from_value(json!({ "filter": filter })).expect("a body");
        let request = SearchIssues::new(sent).per_page(1000).page(1);
        let found = self.f.read(self.f.ann, |cx| search::ops::search(cx, &request));
        let found = body(found.expect("a search"));
        found.as_array().expect("a list").iter().map(|i| text(i, "key").to_owned()).collect()
    }

    fn expect_found(&self, filter: &Value, wanted: impl Fn(&str, &Known) -> bool) {
        let expected: BTreeSet<String> = self
            .issues
            .iter()
            .filter(|(key, known)| wanted(key, known))
            .map(|(key, _)| key.clone())
            .collect();
        assert_eq!(self.found(filter), expected, "{filter}");
    }

    fn compare_searches(&self) {
        for n in 0..4 {
            let tag = tag(n);
            self.expect_found(&json!({ "tags": tag }), |_, known| known.tags.contains(&tag));
        }
        for queue in ["DEV", "HELP"] {
            let prefix = format!("{queue}-");
            self.expect_found(&json!({ "queue": queue }), |key, _| key.starts_with(&prefix));
        }
        for login in ["ann", "bob"] {
            self.expect_found(&json!({ "assignee": login }), |_, known| {
                known.assignee.as_deref() == Some(login)
            });
        }
        let statuses: BTreeSet<&String> = self.issues.values().map(|known| &known.status).collect();
        for status in statuses {
            self.expect_found(&json!({ "status": status }), |_, known| &known.status == status);
        }
    }

    fn finish(&self) {
        for key in self.issues.keys() {
            self.compare(key);
        }
        self.compare_searches();
        self.f.tracker.rebuild_indexes().expect("indexes");
        self.compare_searches();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_tracker_does_what_the_model_does(steps in proptest::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
        }
        world.finish();
    }
}
