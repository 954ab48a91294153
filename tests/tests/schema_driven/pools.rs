//! Ids and keys that exist on the server, so that requests reach what they name.

use std::collections::BTreeMap;

use serde_json::Value;
use trackway_tests::contract::contract;
use trackway_tests::{Answer, Client};

use crate::generate::Generator;

/// How many names of one kind are kept.
const KEPT: usize = 60;

/// Names of objects by the path segment they follow (`boards` in `/boards/{boardId}`).
pub(crate) struct Pools(BTreeMap<String, Vec<String>>);

impl Pools {
    /// What the lists of the server show.
    pub(crate) fn new(client: &Client) -> Self {
        let mut pools = Self(BTreeMap::new());
        for n in 1..=20 {
            pools.add("issues", &format!("DEV-{n}"));
        }
        pools.add("entities", "project");
        pools.add("entities", "portfolio");
        pools.add("entities", "goal");
        let lists = contract().operations().iter().filter(|o| o.method == "GET");
        for operation in lists.filter(|o| !o.path.contains('{')) {
            let answer = client.request("GET", &format!("/v3{}", operation.path)).send_unchecked();
            pools.learn(&operation.path, &answer);
        }
        pools
    }

    /// Remembers the ids and keys of an answer.
    pub(crate) fn learn(&mut self, path: &str, answer: &Answer) {
        if !(200..300).contains(&answer.status) {
            return;
        }
        let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else { return };
        let named = path.split('/').rfind(|s| !s.is_empty() && !s.starts_with(['{', '_']));
        let Some(kind) = named.map(str::to_owned) else { return };
        let items = match &body {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for item in items.iter().take(20) {
            for member in ["key", "id", "login", "uid"] {
                match &item[member] {
                    Value::String(text) => self.add(&kind, text),
                    Value::Number(number) => self.add(&kind, &number.to_string()),
                    _ => {}
                }
            }
        }
    }

    fn add(&mut self, kind: &str, name: &str) {
        let names = self.0.entry(kind.to_owned()).or_default();
        if names.len() < KEPT && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }

    /// Any name of any kind.
    pub(crate) fn any(&self, generator: &mut Generator) -> String {
        let kinds: Vec<&Vec<String>> = self.0.values().collect();
        generator
            .pick(&kinds)
            .map_or_else(String::new, |names| generator.pick(names).cloned().unwrap_or_default())
    }

    /// A path with names that mostly exist.
    pub(crate) fn fill(&self, template: &str, generator: &mut Generator) -> String {
        let mut kind = String::new();
        let mut path = String::new();
        for segment in template.split('/').filter(|s| !s.is_empty()) {
            path.push('/');
            if !segment.contains('{') {
                segment.clone_into(&mut kind);
                path.push_str(segment);
                continue;
            }
            let known = self.0.get(&kind).filter(|_| !generator.one_in(8));
            let name = known.and_then(|names| generator.pick(names).cloned());
            let name = name.unwrap_or_else(|| generator.odd_name());
            path.push_str(&encode(&name));
        }
        path
    }
}

/// Percent-encodes everything that is not plain.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
