//! Who may call what: every operation of the contract with every kind of caller. `matrix.txt` has a
//! line for each operation: its class, and exceptions as `caller=status`. A new operation fails the
//! test until it has its line.
//!
//! | class | who passes |
//! | --- | --- |
//! | `read` | every member, and a token of scope `tracker:read` |
//! | `personal` | every member about what is theirs alone, but no token of scope `tracker:read` |
//! | `write` | members with full access; the object, if any, decides about the rest |
//! | `queue` | whoever may see the queue of the path |
//! | `grant` | whoever may change the settings of the queue of the path |
//! | `admin` | administrators of the organisation |
//! | `unserved` | nobody: 501 |

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use serde_json::json;
use trackway_tests::contract::{Operation, contract};
use trackway_tests::{Client, Options, Server, paths};

const TABLE: &str = include_str!("matrix.txt");
const QUEUE: &str = "MATRIX";

/// Who calls. The queue gives everything to the keeper, and reading to the reader.
const CALLERS: [&str; 9] = [
    "nobody",
    "stranger",
    "foreigner",
    "neighbour",
    "scoped",
    "reader",
    "outsider",
    "keeper",
    "admin",
];

/// What a caller must hear: a status, or anything that is neither a refusal nor a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Status(u16),
    Passes,
}

struct Row {
    class: &'static str,
    exceptions: BTreeMap<&'static str, u16>,
}

fn table() -> BTreeMap<&'static str, Row> {
    let row = |line: &'static str| {
        let mut words = line.split_whitespace();
        let id = words.next().expect("an operation");
        let class = words.next().unwrap_or_else(|| panic!("{id} has no class"));
        let exceptions = words.map(|word| {
            let (caller, status) = word.split_once('=').expect("caller=status");
            assert!(CALLERS.contains(&caller), "{id}: there is no caller {caller}");
            (caller, status.parse().expect("a status"))
        });
        (id, Row { class, exceptions: exceptions.collect() })
    };
    TABLE.lines().map(row).collect()
}

#[expect(clippy::match_same_arms, reason = "each arm is a rule, and their order tells which wins")]
fn expected(row: &Row, caller: &str) -> Expected {
    if let Some(status) = row.exceptions.get(caller) {
        return Expected::Status(*status);
    }
    match (row.class, caller) {
        (_, "nobody") => Expected::Status(401),
        // An organisation that does not exist, and one whose member the caller is not.
        (_, "stranger" | "foreigner") => Expected::Status(403),
        ("unserved", _) => Expected::Status(501),
        // The administrator of another organisation knows nothing of our queues.
        ("queue" | "grant", "neighbour") => Expected::Status(404),
        ("personal" | "write" | "grant" | "admin", "scoped") => Expected::Status(403),
        ("write" | "grant" | "admin", "reader") => Expected::Status(403),
        ("queue" | "grant" | "admin", "outsider") | ("admin", "keeper") => Expected::Status(403),
        ("read" | "personal" | "write" | "queue" | "grant" | "admin", _) => Expected::Passes,
        (class, _) => panic!("there is no class {class}"),
    }
}

fn holds(expected: Expected, status: u16) -> bool {
    match expected {
        Expected::Status(wanted) => wanted == status,
        Expected::Passes => status < 500 && ![401, 403, 405].contains(&status),
    }
}

/// API-29.
#[test]
fn every_operation_has_a_row() {
    let table = table();
    let listed: BTreeSet<&str> = table.keys().copied().collect();
    let known: BTreeSet<&str> = contract().operations().iter().map(|o| o.id.as_str()).collect();
    let missing: Vec<_> = known.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&known).collect();
    assert!(missing.is_empty(), "add a line to tests/tests/matrix.txt for each of {missing:?}");
    assert!(gone.is_empty(), "not in the contract: {gone:?}");
    assert_eq!(TABLE.lines().count(), table.len(), "an operation twice");
    let served = std::fs::read_to_string(paths::contract("served.txt")).expect("served.txt");
    let served: BTreeSet<&str> = served.lines().filter_map(|l| l.split(' ').next()).collect();
    for (id, row) in &table {
        assert_eq!(row.class == "unserved", !served.contains(id), "{id} is {}", row.class);
    }
}

/// API-21, API-23, API-29, API-31.
#[test]
fn every_caller_hears_what_the_table_says() {
    let server = Server::start(&Options::default());
    let callers = callers(&server);
    let table = table();
    let mut wrong = Vec::new();
    for operation in contract().operations() {
        let Some(row) = table.get(operation.id.as_str()) else { continue };
        for (name, client) in &callers {
            let status = call(client, operation, row.class);
            let wanted = expected(row, name);
            if !holds(wanted, status) {
                wrong.push(format!(
                    "{} {} {name}: {status}, not {wanted:?}",
                    operation.id, row.class
                ));
            }
            let gone =
                matches!((&*operation.id, status), ("deleteQueue", 204) | ("archiveQueue", 200));
            if gone {
                let admin = server.client();
                admin.post(&format!("/queues/{QUEUE}/_restore")).send().expect(200);
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Calls an operation on things that do not exist, except for the queue where the class is about
/// it.
fn call(client: &Client, operation: &Operation, class: &str) -> u16 {
    let queue = if ["queue", "grant"].contains(&class) { QUEUE } else { "NOSUCHQUEUE" };
    let value = |parameter: &str| {
        let value = match parameter {
            "issueId" => "NOSUCHQUEUE-1",
            "queueId" | "queueKey" => queue,
            "entityType" => "project",
            "permissionCode" => "read",
            _ => "999999999",
        };
        value.to_owned()
    };
    let version = operation.versions.last().map_or("v3", String::as_str);
    let target = format!("/{version}{}", operation.fill(value));
    let request = client.request(operation.method, &target);
    let request = match operation.request_types().first() {
        Some(&"application/json") => request.body("application/json", "{}"),
        Some(&"multipart/form-data") => {
            request.body("multipart/form-data; boundary=b", "--b--\r\n")
        }
        Some(other) => request.body(other, ""),
        None => request,
    };
    request.send_unchecked().status
}

/// Makes the people and the queue, and one client for each kind of caller.
fn callers(server: &Server) -> Vec<(&'static str, Client)> {
    let org = server.ready().text("orgId");
    let admin = server.client();
    let token = |login: &str, scope: &str| {
        run(server, &["token", "create", "--login", login, "--scope", scope])
    };
    for (login, level) in [("m.keeper", "full"), ("m.outsider", "full"), ("m.reader", "read")] {
        run(server, &["user", "add", "--login", login, "--level", level, "--organization", org]);
    }
    let all = "tracker:read tracker:write";
    let login = |login: &str, scope: &str| {
        let client = server.anonymous().with_login(&token(login, scope), org);
        until_known(&client);
        client
    };
    let keeper = login("m.keeper", all);
    let scoped = login("m.keeper", "tracker:read");
    let outsider = login("m.outsider", all);
    let reader = login("m.reader", all);
    let new = json!({"key": QUEUE, "name": "Matrix", "preset": "quickStartV2PresetWorkflow"});
    admin.post("/queues").json(&new).send().expect(201);
    let only = |users: &[&str]| json!({"users": users, "groups": [], "roles": []});
    let rules = json!({
        "create": only(&["m.keeper"]),
        "write": only(&["m.keeper"]),
        "read": only(&["m.keeper", "m.reader"]),
        "grant": only(&["m.keeper"]),
    });
    admin.patch(&format!("/queues/{QUEUE}/permissions")).json(&rules).send().expect(200);
    let foreign = server.second_client();
    vec![
        ("nobody", server.anonymous().with_header("X-Org-ID", org)),
        ("stranger", admin.clone().with_header("X-Org-ID", "999999999")),
        ("foreigner", foreign.clone().with_header("X-Org-ID", org)),
        ("neighbour", foreign),
        ("scoped", scoped),
        ("reader", reader),
        ("outsider", outsider),
        ("keeper", keeper),
        ("admin", admin),
    ]
}

/// Runs `trackway admin` beside the server and gives what it printed.
fn run(server: &Server, arguments: &[&str]) -> String {
    let mut command = server.command();
    command.arg("admin").args(server.storage_args()).args(arguments);
    let output = command.output().expect("the program runs");
    let failure = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {failure}");
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

/// A running server notices what the command line did within a second or so.
fn until_known(client: &Client) {
    for _ in 0..600 {
        if client.get("/myself").send_unchecked().status == 200 {
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("the server does not notice a new member");
}
