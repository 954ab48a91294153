//! A tiny HTTP server that plays a script and writes down what it was asked.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use trackway_client::{Builder, Tracker};

/// One answer of the script.
#[derive(Clone)]
pub(crate) enum Step {
    /// Status, extra header lines, body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Closes the connection without a word.
    HangUp,
    /// Never answers.
    Silence,
}

/// An answer without extra headers.
pub(crate) fn answer(status: u16, body: impl Into<String>) -> Step {
    Step::Answer(status, Vec::new(), body.into())
}

/// An answer with extra headers.
pub(crate) fn with<const N: usize>(
    status: u16,
    headers: [(&'static str, &str); N],
    body: impl Into<String>,
) -> Step {
    let headers = headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    Step::Answer(status, headers, body.into())
}

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Method and target.
    pub(crate) line: String,
    /// By name in lower case.
    pub(crate) headers: HashMap<String, String>,
    /// Body as text.
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// The server; it stops with the test's runtime.
pub(crate) struct Server {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Starts with a script; every connection plays one step, further ones get 500.
    pub(crate) async fn play(script: impl IntoIterator<Item = Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let script: Vec<Step> = script.into_iter().collect();
        tokio::spawn(serve(listener, script, Arc::clone(&seen)));
        Self { url, seen }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A client of this server that takes no detours.
    pub(crate) fn client(&self) -> Builder {
        Tracker::builder().base_url(&self.url).no_proxy()
    }

    pub(crate) fn tracker(&self) -> Tracker {
        self.client().build().expect("good settings")
    }

    /// What was asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no test panics while it holds the lock").clone()
    }

    /// The request lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.line).collect()
    }
}

async fn serve(listener: TcpListener, script: Vec<Step>, seen: Arc<Mutex<Vec<Seen>>>) {
    let mut script = script.into_iter();
    while let Ok((stream, _)) = listener.accept().await {
        let mut stream = BufReader::new(stream);
        let Some(request) = read(&mut stream).await else { continue };
        seen.lock().expect("no test panics while it holds the lock").push(request);
        match script.next().unwrap_or_else(|| answer(500, "the script is over")) {
            Step::Answer(status, headers, body) => {
                write(stream.into_inner(), status, &headers, &body).await;
            }
            Step::HangUp => drop(stream),
            Step::Silence => std::future::pending().await,
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut seen = Seen::default();
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|&read| read > 0)?;
    seen.line.push_str(line.trim_end().trim_end_matches(" HTTP/1.1"));
    loop {
        line.clear();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        seen.headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = seen.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    seen.body = String::from_utf8(body).ok()?;
    Some(seen)
}

async fn write(mut stream: TcpStream, status: u16, headers: &[(&str, String)], body: &str) {
    let mut text = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").expect("strings take everything");
    }
    if status != 204 {
        write!(text, "content-length: {}\r\n", body.len()).expect("strings take everything");
    }
    write!(text, "\r\n{body}").expect("strings take everything");
    // The client may be gone already; then nobody misses the answer.
    stream.write_all(text.as_bytes()).await.ok();
    stream.shutdown().await.ok();
}
