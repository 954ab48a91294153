//! Sends thousands of requests made from the contract, sound ones and spoilt ones, to every
//! operation. Whatever comes, the answer is one that the contract knows, never a failure of ours,
//! and the server goes on.

mod generate;
mod pools;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use trackway_tests::contract::{self, Operation, contract};
use trackway_tests::{Answer, Client, on_each_engine};

use generate::Generator;
use pools::Pools;

/// Requests to each operation.
const ROUNDS: usize = 14;
/// Wrong answers shown of each operation.
const SHOWN: usize = 2;

#[test]
fn no_request_of_the_contract_breaks_the_server() {
    on_each_engine(|server| {
        let client = server.client();
        let mut pools = Pools::new(&client);
        let mut generator = Generator::new(0x5eed_0001);
        let mut wrong: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for round in 0..ROUNDS {
            for operation in order() {
                let answer = send(&client, operation, &mut generator, &pools, round);
                pools.learn(&operation.path, &answer);
                if let Some(what) = fault(&answer) {
                    wrong.entry(&operation.id).or_default().insert(what);
                }
            }
        }
        report(&wrong);
        client.get("/myself").send().expect(200);
    });
}

/// Paths of the issues API; every parameter and member of their operations is spoilt by itself.
const ISSUES: [&str; 10] = [
    "/issues",
    "/worklog",
    "/attachments",
    "/users",
    "/fields",
    "/system",
    "/myself",
    "/priorities",
    "/applications",
    "/linktypes",
];

#[test]
fn every_parameter_and_member_of_the_issues_api_is_spoilt_by_itself() {
    on_each_engine(|server| {
        let client = server.client();
        let mut pools = Pools::new(&client);
        let mut generator = Generator::new(0x5eed_0002);
        let mut wrong: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let operations =
            order().into_iter().filter(|o| ISSUES.iter().any(|path| o.path.starts_with(path)));
        let mut sent = 0;
        for operation in operations {
            for (query, body) in spoilt(operation, &mut generator, &pools) {
                let path = pools.fill(&operation.path, &mut generator);
                let request = client.request(operation.method, &format!("/v3{path}{query}"));
                let answer = match body {
                    Some(body) => request.body("application/json", body).send_unchecked(),
                    None => request.send_unchecked(),
                };
                sent += 1;
                pools.learn(&operation.path, &answer);
                if let Some(what) = fault(&answer) {
                    wrong.entry(&operation.id).or_default().insert(what);
                }
            }
        }
        assert!(sent > 1000, "{sent} requests");
        report(&wrong);
        client.get("/myself").send().expect(200);
    });
}

/// Queries and bodies with one wrong thing each: every parameter and every member with every value
/// that hardly fits.
fn spoilt(
    operation: &Operation,
    generator: &mut Generator,
    pools: &Pools,
) -> Vec<(String, Option<Vec<u8>>)> {
    const TEXTS: [&str; 6] = ["", "-1", "18446744073709551616", "%00", "%D1%8F%20%22(", "%FF"];
    let declaration = operation.declaration();
    let sound = generator.members(declaration, pools);
    let body = |members: &Map<String, Value>| Value::from(members.clone()).to_string().into_bytes();
    let mut all = Vec::new();
    for name in generate::parameters(declaration) {
        for text in TEXTS {
            all.push((format!("?{name}={text}"), sound.as_ref().map(body)));
        }
    }
    let Some(sound) = sound else { return all };
    for name in generate::member_names(declaration) {
        for value in generate::unfit() {
            let mut members = sound.clone();
            members.insert(name.clone(), value);
            all.push((String::new(), Some(body(&members))));
        }
    }
    all
}

/// Operations that make things come before those that need them, and removals last.
fn order() -> Vec<&'static Operation> {
    let mut all: Vec<_> = contract().operations().iter().collect();
    all.sort_by_key(|operation| match operation.method {
        "POST" => 0,
        "DELETE" => 2,
        _ => 1,
    });
    all
}

fn send(
    client: &Client,
    operation: &Operation,
    generator: &mut Generator,
    pools: &Pools,
    round: usize,
) -> Answer {
    let version = operation.versions.get(round % operation.versions.len().max(1));
    let version = version.map_or("v3", String::as_str);
    let path = pools.fill(&operation.path, generator);
    let query = generator.query(operation.declaration(), pools);
    let request = client.request(operation.method, &format!("/{version}{path}{query}"));
    let request = match operation.request_types().first() {
        Some(&"application/json") => {
            let spoil = round % 2 == 1;
            request.body("application/json", generator.body(operation.declaration(), pools, spoil))
        }
        Some(&"multipart/form-data") => {
            request.body("multipart/form-data; boundary=b", generator.multipart())
        }
        Some(other) => request.body(other, "any"),
        None => request,
    };
    request.send_unchecked()
}

/// Fails if an operation answered wrongly, with some of the answers.
fn report(wrong: &BTreeMap<&str, BTreeSet<String>>) {
    let report: Vec<String> = wrong
        .iter()
        .flat_map(|(id, whats)| whats.iter().take(SHOWN).map(move |w| format!("{id}: {w}")))
        .collect();
    assert!(report.is_empty(), "{} faults:\n{}", report.len(), report.join("\n"));
}

/// What is wrong with an answer, if anything is.
fn fault(answer: &Answer) -> Option<String> {
    let told = || answer.to_string().chars().take(1500).collect::<String>();
    if answer.status >= 500 && answer.status != 501 {
        return Some(format!("status {}\n{}", answer.status, told()));
    }
    let Answer { method, target, status, headers, body } = answer;
    contract::check(method, target, *status, headers, body)
        .err()
        .map(|violations| format!("{}\n{}", violations.join("; "), told()))
}
