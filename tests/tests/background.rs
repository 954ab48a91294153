//! Work in the background survives `kill -9`: a bulk change and a burst of triggers are cut off
//! again and again, and everything happens exactly once for each issue.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trackway_tests::{Client, Options, Server, on_each_engine_with};

const PATIENCE: Duration = Duration::from_secs(300);
/// Issues of the bulk change.
const ISSUES: usize = 10_000;
/// Issues of the burst.
const BURST: usize = 200;

fn eventually(what: &str, mut ask: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !ask() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn count(client: &Client, filter: &Value) -> u64 {
    let body = json!({ "filter": filter });
    let answer = client.post("/issues/_count").json(&body).send().expect(200);
    answer.json().as_u64().expect("a number")
}

/// Adds generated issues with the program itself, while the server is not running.
fn fill(server: &mut Server) {
    server.stop();
    let mut command = server.command();
    command.arg("demo").args(server.storage_args()).args(["--issues", &ISSUES.to_string()]);
    let org = server.ready().text("orgId").to_owned();
    let output = command.args(["--organization", &org]).output().expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    server.restart();
}

/// Kills the server after a while and starts it again.
fn cut(server: &mut Server, after: Duration) {
    std::thread::sleep(after);
    server.kill();
    server.restart();
}

#[test]
fn a_bulk_change_survives_kill_9() {
    on_each_engine_with(&Options::default(), |server| {
        fill(server);
        let query = "\"Sort by\": key ASC";
        let keys = keys(&server.client(), ISSUES, query);
        assert_eq!(keys.len(), ISSUES);
        let body =
            json!({"issues": keys, "values": {"comment": "swept", "tags": {"add": ["swept"]}}});
        let client = server.client();
        let bulk = client.post("/bulkchange/_update").json(&body).send().expect(201).json();
        let path = format!("/bulkchange/{}", bulk["id"].as_str().expect("an id"));
        for round in 0..3 {
            cut(server, Duration::from_millis(300 + 400 * round));
        }
        let client = server.client();
        eventually("the end of the bulk change", || {
            let state = client.get(&path).send().expect(200).json();
            assert_ne!(state["status"], "FAILED", "{state}");
            state["status"] == "COMPLETE"
        });
        let state = client.get(&path).send().expect(200).json();
        assert_eq!(state["totalIssues"], keys.len());
        assert_eq!(state["totalCompletedIssues"], keys.len(), "{state}");
        assert_eq!(count(&client, &json!({"tags": "swept"})), keys.len() as u64);
        // Exactly once: each has one comment of ours, and one change of its tags.
        for key in keys.iter().step_by(97) {
            let path = format!("/issues/{key}/comments?perPage=1000");
            let comments = client.get(&path).send().expect(200).json();
            let comments = comments.as_array().expect("a list");
            let swept = comments.iter().filter(|comment| comment["text"] == "swept").count();
            assert_eq!(swept, 1, "{key}");
        }
        eprintln!("{}: {} issues, each changed once", server.engine(), keys.len());
    });
}

fn keys(client: &Client, wanted: usize, query: &str) -> Vec<String> {
    let mut keys = Vec::with_capacity(wanted);
    for page in 1.. {
        let path = format!("/issues/_search?perPage=1000&page={page}&fields=key");
        let found =
            client.post(&path).json(&json!({ "query": query })).send_unchecked().expect(200).json();
        let found = found.as_array().expect("a list").clone();
        if found.is_empty() || keys.len() >= wanted {
            break;
        }
        keys.extend(found.iter().map(|issue| issue["key"].as_str().expect("a key").to_owned()));
    }
    keys.truncate(wanted);
    keys
}

#[test]
fn triggers_survive_kill_9() {
    on_each_engine_with(&Options::default(), |server| {
        let client = server.client();
        let queue = server.ready().text("queue").to_owned();
        let trigger = json!({
            "name": "Count", "conditions": [{"type": "Event.create"}],
            "actions": [
                {"type": "CalculateFormula", "formula": "storyPoints+1", "resultField": "storyPoints"},
                {"type": "CreateComment", "text": "seen", "fromRobot": true}],
        });
        let path = format!("/queues/{queue}/triggers");
        client.post(&path).json(&trigger).send().expect(201);
        let mut keys = Vec::new();
        for n in 0..BURST {
            let issue = json!({"queue": queue, "summary": format!("burst {n}"), "tags": ["burst"]});
            let made = server.client().post("/issues").json(&issue).send().expect(201).json();
            keys.push(made["key"].as_str().expect("a key").to_owned());
            if n % 60 == 59 {
                cut(server, Duration::ZERO);
            }
        }
        let client = server.client();
        let done = json!({"tags": "burst", "storyPoints": 1});
        eventually("all triggers", || count(&client, &done) == BURST as u64);
        // What follows from the actions themselves is a job too, and may have been cut off.
        eventually("no job is left", || client.work_left().is_empty());
        for key in &keys {
            let issue = client.get(&format!("/issues/{key}")).send().expect(200).json();
            assert_eq!(issue["storyPoints"], 1.0, "{key} exactly once");
            assert_eq!(issue["commentWithoutExternalMessageCount"], 1, "{key} exactly once");
        }
        eprintln!("{}: {BURST} triggers acted once each", server.engine());
    });
}
