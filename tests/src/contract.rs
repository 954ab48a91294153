//! The contract: its operations, and whether an answer keeps to it.

mod answer;
mod path;
mod strict;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

use crate::paths;
use path::Template;

/// Under which name the document stands in the schema registry.
const DOCUMENT: &str = "https://contract.invalid/openapi.json";

/// Members of a path item that are operations, with the HTTP method each means.
const METHODS: [(&str, &str); 9] = [
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("x-link", "LINK"),
    ("x-unlink", "UNLINK"),
];

/// One operation of the contract.
#[derive(Debug)]
pub struct Operation {
    /// `operationId`.
    pub id: String,
    /// HTTP method.
    pub method: &'static str,
    /// Path template without version, `/issues/{issueId}`.
    pub path: String,
    /// `v2`, `v3` or both.
    pub versions: Vec<String>,
    template: Template,
    pointer: String,
}

/// The parsed contract.
#[derive(Debug)]
pub struct Contract {
    document: Value,
    operations: Vec<Operation>,
    registry: Registry<'static>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// Where a request leads.
#[derive(Debug)]
enum Target<'a> {
    /// An address the contract does not speak about, such as `/metrics`.
    Outside,
    /// Below `/v2` or `/v3`, but no path of the contract.
    UnknownPath,
    /// A path of the contract without this method.
    UnknownMethod,
    /// An operation.
    Operation(&'a Operation),
}

/// The contract of this project.
///
/// # Panics
///
/// When `contract/openapi.json` is missing or malformed.
pub fn contract() -> &'static Contract {
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
        let file = paths::contract("openapi.json");
        let text = std::fs::read_to_string(&file).expect("contract/openapi.json is there");
        Contract::new(serde_json::from_str(&text).expect("contract/openapi.json is JSON"))
    });
    &CONTRACT
}

/// Checks an answer to `method target` (path with version, query allowed) against the contract:
/// status, required headers, body. Answers outside `/v2` and `/v3` always pass.
///
/// # Errors
///
/// One line for each violation.
pub fn check(
    method: &str,
    target: &str,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
) -> Result<(), Vec<String>> {
    contract().check(method, target, status, headers, body)
}

impl Contract {
    fn new(document: Value) -> Self {
        let operations = operations(&document);
        let registry = Registry::new()
            .add(DOCUMENT, document.clone())
            .and_then(jsonschema::RegistryBuilder::prepare)
            .expect("the contract's references resolve");
        Self { document, operations, registry, validators: Mutex::default() }
    }

    /// All operations, in the order of their paths.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation a request means. Static segments win over parameters; a trailing slash does
    /// not matter; HEAD means GET where it is not declared.
    pub fn find(&self, method: &str, target: &str) -> Option<&Operation> {
        match self.target(method, target) {
            Target::Operation(operation) => Some(operation),
            _ => None,
        }
    }

    /// The contract's member at a JSON pointer, references followed.
    fn at(&self, pointer: &str) -> Option<(String, &Value)> {
        let mut pointer = pointer.to_owned();
        loop {
            let value = self.document.pointer(&pointer)?;
            match value.get("$ref").and_then(Value::as_str) {
                Some(reference) => reference.strip_prefix('#')?.clone_into(&mut pointer),
                None => return Some((pointer, value)),
            }
        }
    }

    /// A part of the contract with its reference followed, if it is one.
    pub fn resolve<'a>(&'a self, part: &'a Value) -> &'a Value {
        let reference = part.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#'));
        reference.and_then(|pointer| self.at(pointer)).map_or(part, |(_, value)| value)
    }

    fn target(&self, method: &str, target: &str) -> Target<'_> {
        let Some(segments) = path::segments(target) else { return Target::Outside };
        let Some(best) = self
            .operations
            .iter()
            .filter_map(|o| Some((o.template.matches(&segments)?, &o.template)))
            .max_by(|a, b| a.0.cmp(&b.0))
        else {
            return Target::UnknownPath;
        };
        let on_path = || self.operations.iter().filter(|o| o.template == *best.1);
        let by_method = |m: &str| on_path().find(|o| o.method == m);
        let found = by_method(method).or_else(|| by_method("GET").filter(|_| method == "HEAD"));
        found.map_or(Target::UnknownMethod, Target::Operation)
    }

    /// The compiled schema at a JSON pointer of the document; compiled once.
    fn validator(&self, pointer: &str) -> Arc<Validator> {
        let mut known = self.validators.lock().expect("no check panics while it holds this");
        let compiled = known.entry(pointer.to_owned()).or_insert_with(|| {
            let schema = json!({ "$ref": format!("{DOCUMENT}#{}", path::fragment(pointer)) });
            let validator = jsonschema::options()
                .with_draft(Draft::Draft202012)
                .should_validate_formats(true)
                .with_registry(&self.registry)
                .build(&schema);
            Arc::new(validator.unwrap_or_else(|e| panic!("schema at {pointer}: {e}")))
        });
        Arc::clone(compiled)
    }
}

impl Operation {
    fn new(path: &str, member: &str, method: &'static str, value: &Value) -> Self {
        let text = |v: &Value| v.as_str().map(ToOwned::to_owned);
        let versions = value["x-versions"].as_array().into_iter().flatten().filter_map(text);
        let mut versions: Vec<String> = versions.collect();
        versions.sort();
        Self {
            id: text(&value["operationId"]).expect("an operation has an operationId"),
            method,
            path: path.to_owned(),
            versions,
            template: Template::new(path),
            pointer: format!("/paths/{}/{member}", path::escape(path)),
        }
    }

    /// The line of this operation in `operations.txt`.
    pub fn line(&self) -> String {
        format!("{} {} {} {}", self.method, self.path, self.id, self.versions.join(","))
    }

    /// The path with each `{parameter}` replaced by what `value` says for its name.
    pub fn fill(&self, value: impl Fn(&str) -> String) -> String {
        self.template.fill(value)
    }

    /// The operation as it stands in the contract.
    ///
    /// # Panics
    ///
    /// Never: every operation was read from the contract.
    pub fn declaration(&self) -> &'static Value {
        contract().document.pointer(&self.pointer).expect("an operation of the contract")
    }

    /// The media types of the request body; empty when it takes none.
    pub fn request_types(&self) -> Vec<&'static str> {
        let pointer = format!("{}/requestBody", self.pointer);
        let content = contract().at(&pointer).and_then(|(_, body)| body["content"].as_object());
        content.into_iter().flat_map(|c| c.keys().map(String::as_str)).collect()
    }
}

fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().expect("the contract has paths");
    let mut found = Vec::new();
    for (path, item) in paths {
        for (member, method) in METHODS {
            if let Some(value) = item.get(member) {
                found.push(Operation::new(path, member, method, value));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(method: &str, target: &str) -> Option<&'static str> {
        contract().find(method, target).map(|o| o.id.as_str())
    }

    #[test]
    fn operations_are_found_by_path() {
        assert_eq!(id("GET", "/v2/myself"), Some("getMyself"));
        assert_eq!(id("GET", "/v3/issues/DEV-1"), Some("getIssue"));
        assert_eq!(id("HEAD", "/v3/issues/DEV-1"), Some("getIssue"));
        assert_eq!(id("GET", "/v2/issues/DEV-1/comments/?perPage=5"), Some("listComments"));
        assert_eq!(id("LINK", "/v2/issues/DEV-1"), Some("linkIssue"));
    }

    #[test]
    fn static_segments_win_over_parameters() {
        assert_eq!(id("POST", "/v2/issues/_search"), Some("searchIssues"));
        assert_eq!(id("GET", "/v3/issues/_search"), None, "the path is _search, not an issue");
    }

    #[test]
    fn other_addresses_are_told_apart() {
        let contract = contract();
        assert!(matches!(contract.target("GET", "/metrics"), Target::Outside));
        assert!(matches!(contract.target("GET", "/v4/myself"), Target::Outside));
        assert!(matches!(contract.target("GET", "/v3/no/such/path"), Target::UnknownPath));
        assert!(matches!(contract.target("PUT", "/v3/myself"), Target::UnknownMethod));
    }

    #[test]
    fn every_schema_of_the_contract_compiles() {
        let schemas = contract().document["components"]["schemas"].as_object().expect("schemas");
        for name in schemas.keys() {
            contract().validator(&format!("/components/schemas/{name}"));
        }
        for operation in contract().operations() {
            let responses =
                contract().document.pointer(&format!("{}/responses", operation.pointer));
            for status in responses.and_then(Value::as_object).expect("responses").keys() {
                let (pointer, _) = contract()
                    .at(&format!("{}/responses/{status}", operation.pointer))
                    .expect("a response");
                let schema = format!("{pointer}/content/application~1json/schema");
                if contract().document.pointer(&schema).is_some() {
                    contract().validator(&schema);
                }
            }
        }
    }
}
