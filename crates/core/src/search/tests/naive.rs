//! Random filters against a plain loop over the issues' JSON.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{count, keys, ops, request};
use crate::testing::{Fixture, body};
use trackway_api::issues::SearchIssues;

const TYPES: [&str; 3] = ["task", "bug", "story"];
const PRIORITIES: [&str; 3] = ["minor", "normal", "critical"];
const PEOPLE: [&str; 3] = ["ann", "bob", "boss"];
const TAGS: [&str; 3] = ["a", "b", "c"];

/// One condition of a filter.
#[derive(Clone, Debug)]
enum Wanted {
    Type(Vec<usize>),
    NotPriority(usize),
    Assignee(Option<usize>),
    Tag(usize),
    Points(i64, i64),
}

/// Sixty issues in which every combination comes up.
fn crowd() -> (Fixture, Vec<Json>) {
    let f = Fixture::new();
    let issues = (0..60_usize)
        .map(|i| {
            let mut issue = json!({"queue": "DEV", "summary": format!("s{i}"),
                "type": TYPES[i % 3], "priority": PRIORITIES[i / 3 % 3],
                "tags": TAGS[..i % 4].to_vec()});
            if i % 5 > 0 {
                issue["assignee"] = PEOPLE[i % 5 % 3].into();
            }
            if i % 7 > 0 {
                issue["storyPoints"] = (i % 7).into();
            }
            let key = f.issue(f.ann, issue.clone());
            issue["key"] = key.into();
            issue
        })
        .collect();
    (f, issues)
}

impl Wanted {
    fn member(&self) -> (&'static str, Json) {
        match self {
            Self::Type(types) => {
                ("type", types.iter().map(|t| TYPES[*t]).collect::<Vec<_>>().into())
            }
            Self::NotPriority(p) => ("priority", format!("!{}", PRIORITIES[*p]).into()),
            Self::Assignee(Some(who)) => ("assignee", PEOPLE[*who].into()),
            Self::Assignee(None) => ("assignee", "empty()".into()),
            Self::Tag(tag) => ("tags", TAGS[*tag].into()),
            Self::Points(from, to) => ("storyPoints", json!({"from": from, "to": to})),
        }
    }

    fn holds(&self, issue: &Json) -> bool {
        match self {
            Self::Type(types) => types.iter().any(|t| issue["type"] == TYPES[*t]),
            Self::NotPriority(p) => issue["priority"] != PRIORITIES[*p],
            Self::Assignee(Some(who)) => issue["assignee"] == PEOPLE[*who],
            Self::Assignee(None) => issue["assignee"].is_null(),
            Self::Tag(tag) => {
                issue["tags"].as_array().is_some_and(|tags| tags.contains(&TAGS[*tag].into()))
            }
            Self::Points(from, to) => {
                issue["storyPoints"].as_i64().is_some_and(|n| (*from..=*to).contains(&n))
            }
        }
    }
}

fn wanted() -> impl Strategy<Value = Wanted> {
    prop_oneof![
        prop::collection::vec(0..3_usize, 1..3).prop_map(Wanted::Type),
        (0..3_usize).prop_map(Wanted::NotPriority),
        prop::option::of(0..3_usize).prop_map(Wanted::Assignee),
        (0..3_usize).prop_map(Wanted::Tag),
        (0..8_i64, 0..8_i64).prop_map(|(from, to)| Wanted::Points(from, to)),
    ]
}

#[test]
fn filters_find_what_a_loop_finds() {
    let (f, issues) = crowd();
    let filters = prop::collection::vec(wanted(), 1..5);
    let check = |conditions: Vec<Wanted>| {
        // A later condition on the same field replaces the earlier one, in both.
        let mut filter = serde_json::Map::new();
        let mut kept: Vec<(&str, &Wanted)> = Vec::new();
        for condition in &conditions {
            let (name, value) = condition.member();
            kept.retain(|(other, _)| *other != name);
            kept.push((name, condition));
            filter.insert(name.to_owned(), value);
        }
        let expected: Vec<String> = issues
            .iter()
            .filter(|issue| kept.iter().all(|(_, c)| c.holds(issue)))
            .filter_map(|issue| issue["key"].as_str().map(str::to_owned))
            .collect();
        let asked = json!({"filter": filter, "order": "key"});
        let search = SearchIssues::new(request(asked.clone())).per_page(1000);
        let reply = f.read(f.bob, |cx| ops::search(cx, &search)).expect("found");
        prop_assert_eq!(&keys(&body(reply)), &expected);
        prop_assert_eq!(usize::try_from(count(&f, f.bob, asked)).ok(), Some(expected.len()));
        Ok(())
    };
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    proptest::test_runner::TestRunner::new(config).run(&filters, check).expect("the same issues");
}
