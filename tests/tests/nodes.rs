//! Two processes on one PostgreSQL database: they share the work, see what the other does, and take
//! over when the other dies.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trackway_tests::{Client, Engine, Options, Server};

const PATIENCE: Duration = Duration::from_secs(120);
/// Shorter than the minute that a claim of a job holds: who waits for its end comes too late.
const TAKEOVER: Duration = Duration::from_secs(45);
/// Issues of a burst.
const BURST: usize = 60;

fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = ask() {
            return value;
        }
        assert!(Instant::now() < deadline, "in vain: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// A server on PostgreSQL that may send requests to this machine, where there is PostgreSQL.
fn first() -> Option<Server> {
    let engine = Engine::available().into_iter().find(|engine| *engine == Engine::Postgres)?;
    let file = std::env::temp_dir().join(format!("trackway-nodes-{}.toml", std::process::id()));
    std::fs::write(&file, "[server.outgoing]\nprivate_networks = [\"127.0.0.0/8\"]\n")
        .expect("a configuration");
    let args = vec!["--config".to_owned(), file.display().to_string()];
    Some(Server::start(&Options { engine, args, ..Options::default() }))
}

fn create(client: &Client, body: &Value) -> String {
    let issue = client.post("/issues").json(body).send().expect(201).json();
    issue["key"].as_str().expect("a key").to_owned()
}

/// Creates a trigger; answers its path.
fn trigger(client: &Client, queue: &str, name: &str, tag: &str, actions: &Value) -> String {
    let conditions = json!([{"type": "Event.create"},
        {"type": "FieldEquals", "field": "tags", "value": [tag]}]);
    let body = json!({"name": name, "conditions": conditions, "actions": actions});
    let path = format!("/queues/{queue}/triggers");
    let made = client.post(&path).json(&body).send().expect(201).json();
    format!("{path}/{}", made["id"])
}

/// Another system that keeps the first request waiting for ever and takes the others; told of is the
/// number of each.
fn hanging() -> (String, Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, received) = channel();
    thread::spawn(move || {
        let mut kept: Vec<TcpStream> = Vec::new();
        for (number, stream) in listener.incoming().enumerate() {
            let Ok(mut stream) = stream else { return };
            let mut line = String::new();
            let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {}
            if number == 0 {
                kept.push(stream);
            } else if stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").is_err() {
                return;
            }
            if sender.send(number).is_err() {
                return;
            }
        }
    });
    (url, received)
}

#[test]
fn jobs_of_a_killed_process_go_on_at_once() {
    let Some(mut one) = first() else { return };
    let queue = one.ready().text("queue").to_owned();
    let (url, received) = hanging();
    let hook = json!([{"type": "Webhook", "method": "POST", "endpoint": url, "body": "x"}]);
    trigger(&one.client(), &queue, "Tell", "told", &hook);
    create(&one.client(), &json!({"queue": queue, "summary": "s", "tags": ["told"]}));
    assert_eq!(received.recv_timeout(PATIENCE).expect("a request"), 0, "it hangs");
    let two = one.start_beside();
    one.kill();
    assert_eq!(received.recv_timeout(TAKEOVER).expect("another request"), 1);
    eventually("the end of the job", || two.client().work_left().is_empty().then_some(()));
    drop(two);
}

#[test]
fn two_processes_share_the_work_and_see_each_other() {
    let Some(one) = first() else { return };
    let two = one.start_beside();
    let queue = one.ready().text("queue").to_owned();
    let (first, second) = (one.client(), two.client());
    let count = json!([
        {"type": "CalculateFormula", "formula": "storyPoints+1", "resultField": "storyPoints"},
        {"type": "CreateComment", "text": "seen", "fromRobot": true}]);
    let rule = trigger(&first, &queue, "Count", "burst", &count);
    // Settings reach other processes a moment later.
    eventually("the second to know the rule", || {
        (second.get(&rule).send_unchecked().status == 200).then_some(())
    });
    let mut keys = Vec::new();
    // As many rounds as it takes until both have done something.
    eventually("work of both", || {
        for number in 0..BURST {
            let client = if number % 2 == 0 { &first } else { &second };
            let body = json!({"queue": queue, "summary": "burst", "tags": ["burst"]});
            keys.push(create(client, &body));
        }
        (triggers_done(&one) > 0 && triggers_done(&two) > 0).then_some(())
    });
    eventually("the end of all jobs", || second.work_left().is_empty().then_some(()));
    for key in &keys {
        for client in [&first, &second] {
            let issue = client.get(&format!("/issues/{key}")).send().expect(200).json();
            assert_eq!(issue["storyPoints"], 1.0, "{key} exactly once");
            assert_eq!(issue["commentWithoutExternalMessageCount"], 1, "{key} exactly once");
        }
    }

    // Reading by key is exact everywhere at once; searches of the others follow soon.
    let key = &keys[0];
    let patch = json!({"summary": "changed by the first"});
    first.patch(&format!("/issues/{key}")).json(&patch).send().expect(200);
    let seen = second.get(&format!("/issues/{key}")).send().expect(200).json();
    assert_eq!(seen["summary"], "changed by the first");
    second.patch(&format!("/issues/{key}")).json(&json!({"tags": ["rare"]})).send().expect(200);
    let rare = json!({"filter": {"tags": "rare"}});
    let found =
        |client: &Client| client.post("/issues/_count").json(&rare).send().expect(200).json();
    assert_eq!(found(&second), 1, "one's own at once");
    eventually("the first to find what the second changed", || (found(&first) == 1).then_some(()));

    // What is deleted and comes back is found again, whoever did which.
    for (one, other) in [(&first, &second), (&second, &first)] {
        one.delete(&format!("/issues/{key}")).send().expect(204);
        other.get(&format!("/issues/{key}")).send().expect(404);
        eventually("all to lose what was deleted", || {
            (found(&first) == 0 && found(&second) == 0).then_some(())
        });
        other.post(&format!("/issues/{key}/_restore")).send().expect(200);
        let page = |client: &Client| client.post("/issues/_search").json(&rare).send().expect(200);
        eventually("all to find what was restored", || {
            let shown = [&first, &second].map(|client| page(client).json()[0]["summary"].clone());
            (shown == ["changed by the first", "changed by the first"]).then_some(())
        });
        one.post(&format!("/issues/{key}/_archive")).send().expect(200);
        eventually("all to lose what was archived", || {
            (found(&first) == 0 && found(&second) == 0).then_some(())
        });
        other.post(&format!("/issues/{key}/_restore")).send().expect(200);
        eventually("all to find it again", || {
            (found(&first) == 1 && found(&second) == 1).then_some(())
        });
    }
    drop(two);
}

/// How many triggers a process has done.
fn triggers_done(server: &Server) -> u64 {
    let page = server.anonymous().bare("GET", "/metrics").send().expect(200).text();
    let name = "trackway_job_runs_total{kind=\"trigger\",outcome=\"done\"} ";
    let line = page.lines().find_map(|line| line.strip_prefix(name));
    line.map_or(0, |number| number.parse().expect("a number"))
}
