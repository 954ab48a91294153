//! Everything that an API tells: every operation that only reads, for every object it names.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::contract::{Operation, contract};
use crate::http::Client;

/// Objects looked at by each operation.
const MOST: usize = 30;
/// How many times what was found leads further.
const ROUNDS: usize = 4;
/// Operations that never end, or whose answers depend on how far the follower of events is.
const LEFT_OUT: [&str; 3] = ["/events", "/notifications", "/notifications/_count"];

/// Answers by address: the status and the body, without the server's own address.
pub fn everything(client: &Client) -> BTreeMap<String, String> {
    let reads = || {
        let all = contract().operations().iter();
        all.filter(|o| o.method == "GET" && !LEFT_OUT.contains(&o.path.as_str()))
    };
    let mut known = Known::default();
    let mut answers = BTreeMap::new();
    for _ in 0..ROUNDS {
        let before = answers.len();
        for operation in reads() {
            for target in known.targets(operation) {
                if answers.contains_key(&target) {
                    continue;
                }
                let answer = client.get(&target).send_unchecked();
                let text = String::from_utf8_lossy(&answer.body);
                let text = text.replace(client.authority(), "server");
                if let Ok(body) = serde_json::from_str(&text) {
                    known.learn(&target, &body);
                }
                answers.insert(target, format!("{} {text}", answer.status));
            }
        }
        if answers.len() == before {
            break;
        }
    }
    answers
}

/// What stands for the parameters of paths: values by the template up to the last of them.
#[derive(Default)]
struct Known(BTreeMap<String, BTreeSet<Vec<String>>>);

impl Known {
    /// Addresses of an operation without version.
    fn targets(&self, operation: &Operation) -> Vec<String> {
        let Some(end) = operation.path.rfind('}') else { return vec![operation.path.clone()] };
        let prefix = anonymous(&operation.path[..=end]);
        let values = self.0.get(&prefix).into_iter().flatten().take(MOST);
        let fill = |values: &Vec<String>| {
            let at = Cell::new(0);
            operation.fill(|_| values.get(at.replace(at.get() + 1)).cloned().unwrap_or_default())
        };
        values.map(fill).collect()
    }

    /// Takes the addresses in a body, and the keys of a listing at `target`.
    fn learn(&mut self, target: &str, body: &Value) {
        match body {
            Value::Array(items) => {
                for item in items {
                    let name = ["key", "id", "login"].iter().find_map(|name| match &item[*name] {
                        Value::String(text) => Some(text.clone()),
                        Value::Number(number) => Some(number.to_string()),
                        _ => None,
                    });
                    if let Some(name) = name {
                        self.address(&format!("{target}/{name}"));
                    }
                    self.learn(target, item);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    match member.as_str() {
                        Some(address) if name == "self" => self.address(address),
                        _ if member.is_array() || member.is_object() => self.learn("", member),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn address(&mut self, address: &str) {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let path = path.split("/v3").last().unwrap_or_default();
        let segments: Vec<&str> = path.split('/').collect();
        for operation in contract().operations() {
            let template: Vec<&str> = operation.path.split('/').collect();
            let fits = |(t, s): (&&str, &&str)| t.starts_with('{') || t == s;
            if template.len() > segments.len() || !template.iter().zip(&segments).all(fits) {
                continue;
            }
            if template.len() == segments.len() {
                self.remember(&template, &segments);
            }
        }
    }

    /// Each parameter with all before it.
    fn remember(&mut self, template: &[&str], segments: &[&str]) {
        let mut values = Vec::new();
        for (at, part) in template.iter().enumerate() {
            if part.starts_with('{') {
                values.push(segments[at].to_owned());
                let prefix = anonymous(&template[..=at].join("/"));
                self.0.entry(prefix).or_default().insert(values.clone());
            }
        }
    }
}

/// A template without the names of its parameters, which differ from path to path.
fn anonymous(template: &str) -> String {
    let parts = template.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}
