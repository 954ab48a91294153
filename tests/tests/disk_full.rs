//! A disk that is full (habits, fault tests): writes are refused with an error, reads go on,
//! nothing answered is lost, nothing refused is half there, and writing goes on when there is room.
//!
//! A limit on the size of files stands for the disk: the program sees a failed write either way.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use trackway_tests::{Answer, Client, Engine, Options, Server};

/// Most issues until the limit must have been met.
const MOST: usize = 5000;
const PATIENCE: Duration = Duration::from_secs(60);

/// Sets the soft limit of the running server.
fn limit(server: &Server, bytes: &str) {
    let pid = server.pid().expect("the server runs").to_string();
    let set = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:")]).status();
    assert!(set.is_ok_and(|status| status.success()), "prlimit of util-linux");
}

fn largest_file(server: &Server) -> u64 {
    let files = std::fs::read_dir(server.data_dir()).expect("the data folder");
    let sizes = files.filter_map(|file| Some(file.ok()?.metadata().ok()?.len()));
    sizes.max().expect("a database")
}

struct Writer {
    client: Client,
    queue: String,
    done: Vec<String>,
    refused: Vec<String>,
}

impl Writer {
    /// Creates an issue; whether it was done.
    fn create(&mut self) -> bool {
        let unique = format!("full-{}", self.done.len() + self.refused.len());
        let body = json!({"queue": self.queue, "summary": unique, "unique": unique,
            "description": "word ".repeat(400)});
        let answer = self.client.post("/issues").json(&body).send();
        if answer.status == 201 {
            self.done.push(unique);
            return true;
        }
        assert!((500..600).contains(&answer.status), "{}", answer.status);
        let told = answer.json();
        assert_eq!(told["statusCode"], answer.status, "the API's error format: {told}");
        self.refused.push(unique);
        false
    }

    fn find(&self, unique: &str) -> Answer {
        self.client.post(&format!("/issues/_findByUnique?unique={unique}")).send()
    }

    fn check(&self) {
        for unique in &self.done {
            self.find(unique).expect(200);
        }
        for unique in &self.refused {
            self.find(unique).expect(404);
        }
        let found = self.client.post("/issues/_count").json(&json!({"query": "Summary: full"}));
        assert_eq!(found.send().expect(200).json(), self.done.len());
    }
}

#[test]
fn a_full_disk_refuses_writes_and_loses_nothing() {
    let mut server = Server::start(&Options {
        engine: Engine::Sqlite,
        // A write beyond the limit must fail, not end the process.
        ignore_signal: Some("XFSZ"),
        ..Options::default()
    });
    let queue = server.ready().text("queue").to_owned();
    let (done, refused) = (Vec::new(), Vec::new());
    let mut writer = Writer { client: server.client(), queue, done, refused };
    assert!(writer.create());
    limit(&server, &(largest_file(&server) + 256 * 1024).to_string());
    while writer.create() {
        assert!(writer.done.len() < MOST, "the limit was never met");
    }
    for _ in 0..5 {
        writer.create();
    }
    server.client().get("/myself").send().expect(200);
    writer.check();
    limit(&server, "unlimited");
    let deadline = Instant::now() + PATIENCE;
    while !writer.create() {
        assert!(Instant::now() < deadline, "writing does not go on");
        std::thread::sleep(Duration::from_millis(200));
    }
    writer.check();
    server.kill();
    server.restart();
    writer.client = server.client();
    assert!(writer.create());
    writer.check();
    eprintln!("{} done, {} refused", writer.done.len(), writer.refused.len());
}
