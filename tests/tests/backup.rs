//! `trackway backup`: what is restored answers as what was backed up, on each engine and from each
//! engine to the other, although others wrote meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trackway_tests::{Client, Engine, Options, Server, crawl, on_each_engine};

/// Changes answered before the backup begins, and while it is made.
const CHANGES: usize = 10;

fn succeed(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {error}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn what_is_restored_answers_as_before() {
    on_each_engine(|server| {
        let client = server.client();
        attach(&client, server.ready().text("queue"));
        let before = crawl::everything(&client);
        assert!(before.len() > 500, "{} answers", before.len());
        let searched = searches(&client);

        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("backup.tar.gz");
        let load = Load::new(server.second_client());
        let answered = std::thread::scope(|scope| {
            scope.spawn(|| load.run());
            let answered = load.wait_for(CHANGES);
            let mut create = server.command();
            create.args(["backup", "create", "--to"]).arg(&file).args(server.storage_args());
            let told = succeed(&mut create);
            load.wait_for(answered.len() + CHANGES);
            load.stop.store(true, Ordering::Relaxed);
            assert!(told.contains("sha256 "), "{told}");
            answered
        });
        let told = succeed(server.command().args(["backup", "verify"]).arg(&file));
        assert!(told.starts_with("the backup is good"), "{told}");

        for engine in Engine::available() {
            eprintln!("restored to {engine}");
            let options = Options { engine, ..Options::default() };
            let restored = Server::prepared(&options, |other| restore(other, &file));
            let client = restored.client();
            compare(&before, &crawl::everything(&client));
            told_alike(&server.client(), &client);
            assert_eq!(searches(&client), searched);
            let second = restored.second_client();
            for key in &answered {
                assert_eq!(seen(&second, key), seen(&load.client, key), "{key}");
            }
            consistent(&second);
            refused(&restored, &file);
            let issue = json!({"queue": restored.ready().text("queue"), "summary": "Afterwards"});
            client.post("/issues").json(&issue).send().expect(201);
        }
    });
}

fn restore(server: &Server, file: &Path) {
    let mut command = server.command();
    command.args(["backup", "restore"]).arg(file).args(server.storage_args());
    let told = succeed(&mut command);
    assert!(told.starts_with("restored to"), "{told}");
}

/// A place that holds data is not overwritten.
fn refused(server: &Server, file: &Path) {
    let mut command = server.command();
    command.args(["backup", "restore"]).arg(file).args(server.storage_args());
    let output = command.output().expect("the program starts");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && error.contains("not empty"), "{error}");
}

fn attach(client: &Client, queue: &str) {
    let key = format!("{queue}-1");
    let text = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"kept.txt\"\r\n\
        Content-Type: text/plain\r\n\r\nkept\r\n--x--\r\n";
    let path = format!("/issues/{key}/attachments/");
    client.post(&path).body("multipart/form-data; boundary=x", text).send().expect(201);
}

/// Answers of searches: by fields, words, history, links.
fn searches(client: &Client) -> Vec<String> {
    let queries = [
        "Resolution: empty() \"Sort By\": Key ASC",
        "Summary: error",
        "Status: changed(by: me())",
        "Followers: notEmpty() \"Sort By\": Key ASC",
    ];
    let ask = |query: &&str| {
        let body = json!({ "query": query });
        let answer = client.post("/issues/_search?perPage=100").json(&body).send().expect(200);
        answer.text().replace(client.authority(), "server")
    };
    queries.iter().map(ask).collect()
}

/// People are told of what happened, here as there; that follows in the background.
fn told_alike(original: &Client, restored: &Client) {
    let told = |client: &Client| {
        let all = client.get("/notifications").send().expect(200).json();
        let part = |notice: &Value| {
            ["type", "reason", "changeId"].map(|name| notice[name].as_str().map(str::to_owned))
        };
        let all: BTreeSet<_> = all.as_array().expect("a list").iter().map(part).collect();
        all
    };
    let patience = Instant::now() + Duration::from_secs(120);
    loop {
        let (original, restored) = (told(original), told(restored));
        if original == restored {
            return;
        }
        assert!(Instant::now() < patience, "{original:?}, but {restored:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn compare(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) {
    let mut different = Vec::new();
    for (target, answer) in before {
        match after.get(target) {
            Some(same) if same == answer => {}
            other => different.push(format!("{target}\n- {answer}\n+ {other:?}")),
        }
    }
    for target in after.keys().filter(|target| !before.contains_key(*target)) {
        different.push(format!("{target} is new"));
    }
    let shown: Vec<String> =
        different.iter().take(5).map(|text| text.chars().take(1500).collect()).collect();
    assert!(different.is_empty(), "{} differences\n{}", different.len(), shown.join("\n"));
}

/// An issue with what is on it.
fn seen(client: &Client, key: &str) -> Vec<String> {
    let parts = ["", "/comments", "/changelog"];
    let get = |part: &&str| {
        let answer = client.get(&format!("/issues/{key}{part}")).send().expect(200);
        answer.text().replace(client.authority(), "server")
    };
    parts.iter().map(get).collect()
}

/// The index, the rows and the history of the organisation that was being written agree.
fn consistent(client: &Client) {
    let count = client.post("/issues/_count").json(&json!({})).send().expect(200).json();
    let mut found = 0;
    for page in 1.. {
        let path = format!("/issues/_search?perPage=100&page={page}");
        let issues = client.post(&path).json(&json!({})).send().expect(200).json();
        let issues = issues.as_array().expect("a list").clone();
        if issues.is_empty() {
            break;
        }
        found += issues.len() as u64;
        for issue in issues.iter().filter(|issue| issue["summary"] == "Under load") {
            let key = issue["key"].as_str().expect("a key");
            let changes = client.get(&format!("/issues/{key}/changelog")).send().expect(200);
            let changes = changes.json().as_array().expect("a list").len();
            assert!(changes >= 1, "{key} has no history");
        }
    }
    assert_eq!(count.as_u64(), Some(found));
}

/// Somebody who creates and comments issues without end.
struct Load {
    client: Client,
    queue: String,
    stop: AtomicBool,
    answered: Mutex<Vec<String>>,
}

impl Load {
    fn new(client: Client) -> Self {
        let queues = client.get("/queues").send().expect(200).json();
        let queue = queues[0]["key"].as_str().expect("a queue").to_owned();
        Self { client, queue, stop: AtomicBool::new(false), answered: Mutex::default() }
    }

    fn run(&self) {
        while !self.stop.load(Ordering::Relaxed) {
            let body = json!({"queue": self.queue, "summary": "Under load"});
            let issue: Value = self.client.post("/issues").json(&body).send().expect(201).json();
            let key = issue["key"].as_str().expect("a key").to_owned();
            let path = format!("/issues/{key}/comments");
            self.client.post(&path).json(&json!({"text": "So it is."})).send().expect(201);
            self.answered.lock().expect("no writer panics").push(key);
        }
    }

    fn wait_for(&self, count: usize) -> Vec<String> {
        loop {
            let answered = self.answered.lock().expect("no writer panics").clone();
            if answered.len() >= count {
                return answered;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
