//! A day of a support queue: triggers sort what comes in and tell another system, an automatic
//! action nags, macros help, people are notified, and a bulk change ends the day.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trackway_tests::{Client, Options, Server, on_each_engine_with};

const PATIENCE: Duration = Duration::from_secs(60);

fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = ask() {
            return value;
        }
        assert!(Instant::now() < deadline, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A request that another system received: its first line and headers, and its body.
struct Received {
    head: String,
    body: String,
}

/// Another system: it fails the first request, and takes the others.
fn receiver() -> (String, Receiver<Received>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, received) = channel();
    std::thread::spawn(move || {
        for (n, stream) in listener.incoming().enumerate() {
            let Ok(mut stream) = stream else { return };
            let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
            let mut head = String::new();
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
                    break;
                }
                if let Some((name, value)) = line.split_once(':')
                    && name.eq_ignore_ascii_case("content-length")
                {
                    length = value.trim().parse().expect("a number");
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("the body");
            let status = if n == 0 { "503 Busy" } else { "204 No Content" };
            let answer =
                format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).expect("answered");
            let body = String::from_utf8(body).expect("text");
            if sender.send(Received { head, body }).is_err() {
                return;
            }
        }
    });
    (url, received)
}

fn trigger(client: &Client, queue: &str, name: &str, conditions: &Value, actions: &Value) -> Value {
    let body = json!({"name": name, "conditions": conditions, "actions": actions});
    client.post(&format!("/queues/{queue}/triggers")).json(&body).send().expect(201).json()
}

fn issue(client: &Client, key: &str) -> Value {
    client.get(&format!("/issues/{key}")).send().expect(200).json()
}

fn has_tag(issue: &Value, tag: &str) -> bool {
    issue["tags"].as_array().is_some_and(|tags| tags.iter().any(|t| t == tag))
}

fn ask(client: &Client, queue: &str, summary: &str) -> String {
    let body = json!({"queue": queue, "summary": summary, "emailFrom": "guest@example.org"});
    let made = client.post("/issues").json(&body).send().expect(201).json();
    made["key"].as_str().expect("a key").to_owned()
}

/// A server that may send requests to this machine.
fn options() -> Options {
    let file = std::env::temp_dir().join(format!("trackway-support-{}.toml", std::process::id()));
    std::fs::write(&file, "[server.outgoing]\nprivate_networks = [\"127.0.0.0/8\"]\n")
        .expect("a configuration");
    let args = vec!["--config".to_owned(), file.display().to_string()];
    Options { args, ..Options::default() }
}

#[test]
fn a_day_of_a_support_queue() {
    on_each_engine_with(&options(), |server| day(server));
}

fn day(server: &Server) {
    let client = server.client();
    let (token, org) = (server.ready().text("userToken"), server.ready().text("orgId"));
    let agent = server.anonymous().with_login(token, org);
    let agent_login = agent.get("/myself").send().expect(200).json()["login"].clone();
    let queue = server.ready().text("queue").to_owned();
    let (url, received) = receiver();

    // Morning: the rules.
    trigger(
        &client,
        &queue,
        "Outage",
        &json!([{"type": "Event.create"},
            {"type": "ContainsAnyOfStrings", "field": "summary", "value": ["outage", "down"]}]),
        &json!([
            {"type": "Update", "update": {"priority": "critical", "assignee": agent_login,
                "tags": {"add": ["outage"]}}},
            {"type": "CreateComment", "text": "We are on it: {{issue.key}}", "fromRobot": true}]),
    );
    let told = trigger(
        &client,
        &queue,
        "Tell the pager",
        &json!([{"type": "FieldBecameEqual", "field": "priority", "value": "critical"}]),
        &json!([{"type": "Webhook", "method": "POST", "endpoint": format!("{url}/page/{{{{issue.key}}}}"),
            "body": "{\"who\": {{issue.assignee.login.json}}, \"what\": {{issue.summary.json}}}",
            "authContext": {"type": "basic", "login": "tracker", "password": "s3cret"}}]),
    );
    let autoaction = json!({"name": "Nag", "filter": {"tags": ["outage"], "status": ["open"]},
        "intervalMillis": 60_000,
        "actions": [{"type": "CreateComment", "text": "Still open", "fromRobot": true}]});
    let path = format!("/queues/{queue}/autoactions");
    client.post(&path).json(&autoaction).send().expect(201);
    let note = json!({"name": "Sorry", "body": "Sorry, {{issue.author}}",
        "issueUpdate": {"tags": {"add": ["sorry"]}}});
    client.post(&format!("/queues/{queue}/macros")).json(&note).send().expect(201);

    let office = json!({"name": "Round the clock", "timeZone": "UTC",
        "hours": {"monday": [{"from": "00:00", "to": "24:00"}],
            "tuesday": [{"from": "00:00", "to": "24:00"}],
            "wednesday": [{"from": "00:00", "to": "24:00"}],
            "thursday": [{"from": "00:00", "to": "24:00"}],
            "friday": [{"from": "00:00", "to": "24:00"}],
            "saturday": [{"from": "00:00", "to": "24:00"}],
            "sunday": [{"from": "00:00", "to": "24:00"}]}});
    let office = client.post("/calendars").json(&office).send().expect(201).json();
    let sla = json!({"name": "First answer", "calendar": {"id": office["id"]},
        "levels": [{"conditions": [{"type": "FieldEquals", "field": "priority",
            "value": "critical"}], "warn": "PT30M", "limit": "PT1H"}, {"limit": "P1D"}],
        "start": [{"type": "IssueCreated"}],
        "stop": [{"type": "StatusChanged", "statuses": ["closed"]}], "alerts": [agent_login]});
    client.post(&format!("/queues/{queue}/slas")).json(&sla).send().expect(201);

    // Noon: something happens. The rules chain: the first one sets off the second.
    let quiet = ask(&client, &queue, "How do I print?");
    let loud = ask(&client, &queue, "Everything is DOWN \"again\"");
    let state = eventually("the triggers", || {
        Some(issue(&client, &loud)).filter(|i| i["commentWithoutExternalMessageCount"] == 1)
    });
    assert_eq!(state["priority"]["key"], "critical");
    assert!(has_tag(&state, "outage"));
    assert!(!has_tag(&issue(&client, &quiet), "outage"));
    let timer = eventually("the shorter limit", || {
        let timer = issue(&client, &loud)["sla"][0].clone();
        (timer["failedThreshold"] == 3_600_000).then_some(timer)
    });
    assert_eq!(
        (&timer["clockStatus"], &timer["violationStatus"]),
        (&json!("STARTED"), &json!("NOT_VIOLATED"))
    );
    let first = received.recv_timeout(PATIENCE).expect("a request");
    assert!(first.head.starts_with(&format!("POST /page/{loud} HTTP/1.1")), "{}", first.head);
    assert!(first.head.to_lowercase().contains("authorization: basic "), "{}", first.head);
    let body: Value = serde_json::from_str(&first.body).expect("templates give JSON");
    assert_eq!(body, json!({"who": agent_login, "what": "Everything is DOWN \"again\""}));
    // The other system was busy, so the same comes again.
    let second = received.recv_timeout(PATIENCE).expect("another attempt");
    assert_eq!(second.body, first.body);
    let log = format!("{}/webhooks/log?issueId={loud}", told["self"].as_str().expect("a URL"));
    let log = eventually("the log", || {
        let log = client.get(&log).send().expect(200).json();
        (log.as_array()?.len() == 2).then_some(log)
    });
    assert_eq!(log[0]["response"]["statusCode"], 204);
    assert_eq!(log[1]["response"]["statusCode"], 503);
    assert!(!log.to_string().contains("s3cret"));

    // The agent hears of it, though nobody wrote to the agent.
    eventually("the notification", || {
        let list = agent.get("/notifications?unread=true").send().expect(200).json();
        list.as_array()?
            .iter()
            .find(|n| n["issue"]["key"] == *loud && n["reason"] == "assignee")
            .cloned()
    });

    // Evening: everything is closed at once.
    let open = client.get(&format!("/issues/{loud}/transitions")).send().expect(200).json();
    let close = open.as_array().expect("a list").iter().find(|t| t["to"]["key"] == "closed");
    if let Some(close) = close {
        let body = json!({"issues": [quiet, loud], "transition": close["id"],
            "values": {"resolution": "fixed", "comment": "Done"}});
        let bulk = client.post("/bulkchange/_transition").json(&body).send().expect(201).json();
        let path = bulk["self"].as_str().expect("a URL").to_owned();
        let done = eventually("the bulk change", || {
            let state = client.get(&path).send().expect(200).json();
            (state["status"] == "COMPLETE").then_some(state)
        });
        assert_eq!(done["totalCompletedIssues"], 2, "{done}");
        eventually("the end of the timer", || {
            (issue(&client, &loud)["sla"][0]["clockStatus"] == "STOPPED").then_some(())
        });
    }
    eventually("no work left but what has a time", || client.work_left().is_empty().then_some(()));
}
