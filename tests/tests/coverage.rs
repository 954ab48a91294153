//! How much of the contract the server answers: a number that only goes up.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::thread;
use std::time::Duration;

use trackway_tests::contract::{Operation, contract};
use trackway_tests::{Answer, Client, Options, Server, paths};

/// What came back for one operation under one version.
#[derive(Debug, PartialEq)]
enum Outcome {
    Served,
    NotYet,
    /// The server does not even know the path or the method, though the contract has it.
    Unrouted,
}

/// `operationId` -> versions under which it is served, as in `served.txt`.
type Served = BTreeMap<String, String>;

#[test]
fn served_operations_only_grow() {
    let running = Server::start(&Options::default());
    let client = running.client();
    let unknown = errors(&client.get("/no/such/path").send().expect(404));

    let mut served = Served::new();
    let mut unrouted = Vec::new();
    for operation in contract().operations() {
        let mut versions = Vec::new();
        for version in &operation.versions {
            match probe(&client, operation, version, &unknown) {
                Outcome::Served => versions.push(version.as_str()),
                Outcome::NotYet => {}
                Outcome::Unrouted => unrouted.push(format!("{version} {}", operation.line())),
            }
        }
        if !versions.is_empty() {
            served.insert(operation.id.clone(), versions.join(","));
        }
    }

    report(&served);
    assert!(unrouted.is_empty(), "neither served nor 501:\n{}", unrouted.join("\n"));
    compare(&served);
}

/// Sends the operation with ids of nothing and an empty body: whatever is served refuses that with
/// something other than 501, or answers it.
fn probe(client: &Client, operation: &Operation, version: &str, unknown: &str) -> Outcome {
    let target = format!("/{version}{}", operation.fill(dummy));
    let types = operation.request_types();
    let request = client.request(operation.method, &target);
    let request = match types.first() {
        Some(&"application/json") => request.body("application/json", "{}"),
        Some(&"multipart/form-data") => {
            request.body("multipart/form-data; boundary=b", "--b--\r\n")
        }
        Some(other) => request.body(other, ""),
        None => request,
    };
    let mut answer = request.clone().send();
    while answer.status == 429 {
        let seconds = answer.header("Retry-After").and_then(|s| s.parse().ok()).unwrap_or(1);
        thread::sleep(Duration::from_secs(seconds));
        answer = request.clone().send();
    }
    match answer.status {
        501 => Outcome::NotYet,
        405 => Outcome::Unrouted,
        404 if errors(&answer) == unknown => Outcome::Unrouted,
        _ => Outcome::Served,
    }
}

/// An id of the right form that belongs to nothing, so that no probe changes anything.
fn dummy(parameter: &str) -> String {
    let value = match parameter {
        "issueId" => "NOSUCHQUEUE-1",
        "queueId" | "queueKey" => "NOSUCHQUEUE",
        "entityType" => "project",
        _ => "999999999",
    };
    value.to_owned()
}

fn errors(answer: &Answer) -> String {
    let body = answer.json();
    format!("{} {}", body["errors"], body["errorMessages"])
}

fn report(served: &Served) {
    let total = contract().operations().len();
    eprintln!("served {} of {total} operations", served.len());
    for operation in contract().operations() {
        let how = served.get(&operation.id).map_or("not yet", String::as_str);
        eprintln!("{how:>8}  {} {} {}", operation.method, operation.path, operation.id);
    }
}

/// Holds what is served against `contract/served.txt`.
fn compare(served: &Served) {
    let file = paths::contract("served.txt");
    let lines = served.iter().fold(String::new(), |mut text, (id, versions)| {
        writeln!(text, "{id} {versions}").expect("a string takes everything");
        text
    });
    if std::env::var("UPDATE_SERVED").is_ok_and(|v| v == "1") {
        std::fs::write(&file, lines).expect("served.txt can be written");
        return;
    }
    let known = std::fs::read_to_string(&file).expect("contract/served.txt is there");
    let (lost, new) = (only_in(&known, &lines), only_in(&lines, &known));
    assert!(lost.is_empty(), "listed in contract/served.txt, but not served so:\n{lost}");
    assert!(
        new.is_empty(),
        "served, but not listed in contract/served.txt (UPDATE_SERVED=1 adds it):\n{new}"
    );
}

/// The lines of `a` that `b` lacks.
fn only_in(a: &str, b: &str) -> String {
    let lines: Vec<&str> =
        a.lines().filter(|line| !b.lines().any(|other| other == *line)).collect();
    lines.join("\n")
}
