//! The official Python client, unmodified, against the real program on both engines. What the
//! server told it is held against the contract like every other answer.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use trackway_tests::{Server, contract, on_each_engine, paths, python};

#[test]
fn the_official_python_client_works() {
    let Some(python) = python::interpreter() else { return };
    on_each_engine(|server| {
        let record = server.data_dir().with_file_name("record.jsonl");
        let passed = run(&python, server, &record);
        let violations = violations(&record).join("\n");
        assert!(passed, "the Python tests fail on {}, see above\n{violations}", server.engine());
        assert!(violations.is_empty(), "against the contract:\n{violations}");
    });
}

fn run(python: &Path, server: &Server, record: &Path) -> bool {
    let ready = server.ready();
    let status = Command::new(python)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no"])
        .arg(paths::root().join("tests/python"))
        .arg(format!("--ignore={}", paths::root().join("tests/python/oauth").display()))
        .current_dir(paths::root())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("TRACKWAY_BASE_URL", ready.base_url())
        .env("TRACKWAY_TOKEN", ready.text("token"))
        .env("TRACKWAY_ORG_ID", ready.text("orgId"))
        .env("TRACKWAY_CLOUD_ORG_ID", ready.text("cloudOrgId"))
        .env("TRACKWAY_RECORD", record)
        .status()
        .expect("python starts");
    status.success()
}

/// What the recorded answers do wrong, each kind once.
fn violations(record: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(record).expect("the client talked to the server");
    let mut found = Vec::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("a line of the record is JSON");
        let (method, target) = (text_of(&line["method"]), text_of(&line["target"]));
        let status = line["status"].as_u64().and_then(|s| u16::try_from(s).ok()).unwrap_or(0);
        let headers: Vec<(String, String)> =
            serde_json::from_value(line["headers"].clone()).expect("headers are pairs of texts");
        let body = text_of(&line["body"]);
        let checked = contract::check(method, target, status, &headers, body.as_bytes());
        for violation in checked.err().unwrap_or_default() {
            let name = contract::contract().find(method, target).map_or(target, |o| o.id.as_str());
            let entry = format!("- {method} {name} {status}: {violation}");
            if !found.contains(&entry) {
                found.push(entry);
            }
        }
    }
    found
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
