//! An answered write survives `kill -9` (issue foundation, storage): the process is killed under load,
//! again and again, and every issue whose creation was answered must be there afterwards.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use trackway_tests::{Options, Server, on_each_engine_with};

const ROUNDS: usize = 4;
const WRITERS: usize = 8;

#[test]
fn answered_writes_survive_kill_9() {
    on_each_engine_with(&Options::default(), |server| {
        let mut answered: Vec<(String, String)> = Vec::new();
        for round in 0..ROUNDS {
            let load = Load::new(server, round);
            std::thread::scope(|scope| {
                for writer in 0..WRITERS {
                    let load = &load;
                    scope.spawn(move || load.run(writer));
                }
                std::thread::sleep(Duration::from_millis(300));
                server.kill();
                load.stop.store(true, Ordering::Relaxed);
            });
            let new = load.answered.into_inner().expect("no writer panics");
            assert!(!new.is_empty(), "round {round} wrote nothing");
            answered.extend(new);
            server.restart();
        }
        let client = server.client();
        for (key, unique) in &answered {
            let issue = client.get(&format!("/issues/{key}")).send().expect(200).json();
            assert_eq!(issue["unique"], unique.as_str(), "{key}");
        }
        let numbers: std::collections::HashSet<&String> = answered.iter().map(|(k, _)| k).collect();
        assert_eq!(numbers.len(), answered.len(), "no key was given out twice");
        let found = client.post("/issues/_count").json(&serde_json::json!({
            "filter": { "tags": "kill-9" }
        }));
        let found = found.send().expect(200).json().as_u64().expect("a number");
        assert!(found >= answered.len() as u64, "the index knows them: {found}");
        eprintln!("{}: {} answered creations survived", server.engine(), answered.len());
    });
}

/// Writers that create issues until the server dies.
struct Load {
    authority: String,
    head: String,
    queue: String,
    round: usize,
    stop: AtomicBool,
    answered: Mutex<Vec<(String, String)>>,
}

impl Load {
    fn new(server: &Server, round: usize) -> Self {
        let ready = server.ready();
        let authority = server.client().authority().to_owned();
        let head = format!(
            "Host: {authority}\r\nAuthorization: OAuth {}\r\nX-Org-ID: {}\r\n\
             Content-Type: application/json\r\n",
            ready.text("token"),
            ready.text("orgId"),
        );
        Self {
            authority,
            head,
            queue: ready.text("queue").to_owned(),
            round,
            stop: AtomicBool::new(false),
            answered: Mutex::default(),
        }
    }

    fn run(&self, writer: usize) {
        let Ok(mut socket) = TcpStream::connect(&self.authority) else { return };
        for n in 0.. {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let unique = format!("kill-{}-{writer}-{n}", self.round);
            let Some(key) = self.create(&mut socket, &unique) else { return };
            self.answered.lock().expect("no writer panics").push((key, unique));
        }
    }

    /// Creates an issue; `None` when the server died before it answered.
    fn create(&self, socket: &mut TcpStream, unique: &str) -> Option<String> {
        let body = format!(
            "{{\"queue\":\"{}\",\"summary\":\"{unique}\",\"unique\":\"{unique}\",\"tags\":[\"kill-9\"]}}",
            self.queue
        );
        let request = format!(
            "POST /v3/issues HTTP/1.1\r\n{}Content-Length: {}\r\n\r\n{body}",
            self.head,
            body.len()
        );
        socket.write_all(request.as_bytes()).ok()?;
        let answer = read_answer(socket)?;
        assert!(answer.0.starts_with("HTTP/1.1 201"), "{}", answer.0);
        let issue: Value = serde_json::from_slice(&answer.1).expect("JSON");
        Some(issue["key"].as_str().expect("a key").to_owned())
    }
}

/// Head and body of an answer; `None` when it breaks off.
fn read_answer(socket: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 8192];
    loop {
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            let length: usize = length?;
            if bytes.len() >= end + 4 + length {
                return Some((head, bytes[end + 4..end + 4 + length].to_vec()));
            }
        }
        match socket.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&chunk[..n]),
        }
    }
}
