//! A small blocking HTTP/1.1 client that can send anything (LINK, duplicate headers, broken
//! bodies) and holds every answer against the contract.
//!
//! Written on a bare socket because a real HTTP library refuses to send most of what a server
//! must survive.

mod answer;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::contract;
use crate::tls::Authority;
pub use answer::Answer;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Who asks, and how: the address, the version and the headers of every request.
#[derive(Debug, Clone)]
#[must_use = "a client does nothing by itself"]
pub struct Client {
    authority: String,
    /// Who vouches for a server that is reached by TLS.
    trusted: Option<Authority>,
    version: &'static str,
    headers: Vec<(String, String)>,
}

/// A request under construction.
#[derive(Debug, Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request<'a> {
    client: &'a Client,
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

impl Client {
    /// A client of the server at `base_url` (`http://host:port`) without credentials, speaking v3.
    ///
    /// # Panics
    ///
    /// When `base_url` is not an `http` URL.
    pub fn new(base_url: &str) -> Self {
        let rest = base_url.strip_prefix("http://").expect("an http:// URL");
        Self::to(rest, None)
    }

    /// The same for an `https` URL; the server's certificate must be signed by `trusted`.
    ///
    /// # Panics
    ///
    /// When `base_url` is not an `https` URL.
    pub fn encrypted(base_url: &str, trusted: &Authority) -> Self {
        let rest = base_url.strip_prefix("https://").expect("an https:// URL");
        Self::to(rest, Some(trusted.clone()))
    }

    fn to(rest: &str, trusted: Option<Authority>) -> Self {
        let authority = rest.split('/').next().unwrap_or(rest).to_owned();
        Self { authority, trusted, version: "v3", headers: Vec::new() }
    }

    /// The same client with `Authorization: OAuth token` and `X-Org-ID`.
    pub fn with_login(self, token: &str, org: &str) -> Self {
        self.with_header("Authorization", &format!("OAuth {token}")).with_header("X-Org-ID", org)
    }

    /// The same client with a header on every request, in place of one of the same name.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self = self.without_header(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same client without a header.
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// The same client speaking another version of the API.
    pub fn with_version(mut self, version: &'static str) -> Self {
        self.version = version;
        self
    }

    /// The version of the API it speaks.
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// `host:port` of the server.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// A GET request; see [`Client::request`].
    pub fn get(&self, path: &str) -> Request<'_> {
        self.request("GET", path)
    }

    /// A POST request; see [`Client::request`].
    pub fn post(&self, path: &str) -> Request<'_> {
        self.request("POST", path)
    }

    /// A PATCH request; see [`Client::request`].
    pub fn patch(&self, path: &str) -> Request<'_> {
        self.request("PATCH", path)
    }

    /// A PUT request; see [`Client::request`].
    pub fn put(&self, path: &str) -> Request<'_> {
        self.request("PUT", path)
    }

    /// A DELETE request; see [`Client::request`].
    pub fn delete(&self, path: &str) -> Request<'_> {
        self.request("DELETE", path)
    }

    /// A request with any method. `path` is without version (`/issues/DEV-1`), with one
    /// (`/v2/issues/DEV-1`), or an absolute URL such as a `self`, whose host is dropped.
    pub fn request(&self, method: &str, path: &str) -> Request<'_> {
        let path = without_host(path);
        let versioned = path.starts_with("/v2/") || path.starts_with("/v3/");
        let target = if versioned { path.to_owned() } else { format!("/{}{path}", self.version) };
        self.bare(method, &target)
    }

    /// A request to exactly this target, such as `/healthz`.
    pub fn bare(&self, method: &str, target: &str) -> Request<'_> {
        let headers = self.headers.iter().map(|(n, v)| (n.clone(), v.clone().into_bytes()));
        Request {
            client: self,
            method: method.to_owned(),
            target: target.to_owned(),
            headers: headers.collect(),
            body: None,
        }
    }

    /// Jobs that follow from a change; those that wait for a time (of a board, a timer, a rule) are
    /// there all the time. For administrators.
    ///
    /// # Panics
    ///
    /// When the list of jobs is refused.
    pub fn work_left(&self) -> Vec<Value> {
        const TIMED: [&str; 5] = ["autoaction", "board", "removedIssue", "schedule", "sla"];
        let jobs = self.get("/jobs?perPage=500").send().expect(200).json();
        let timed = |job: &Value| TIMED.iter().any(|kind| job["kind"] == *kind);
        jobs.as_array().expect("a list").iter().filter(|job| !timed(job)).cloned().collect()
    }

    /// Sends bytes as they are and returns what comes back until the server closes.
    ///
    /// # Panics
    ///
    /// When the server cannot be reached or does not close in time.
    pub fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let stream = TcpStream::connect(&self.authority)
            .unwrap_or_else(|e| panic!("connecting to {}: {e}", self.authority));
        stream.set_read_timeout(Some(TIMEOUT)).expect("a timeout above zero");
        stream.set_write_timeout(Some(TIMEOUT)).expect("a timeout above zero");
        let Some(trusted) = &self.trusted else { return self.exchange(stream, bytes) };
        let host = self.authority.rsplit_once(':').map_or(self.authority.as_str(), |(h, _)| h);
        let encrypted = trusted.connect(host.trim_matches(['[', ']']), stream);
        let encrypted = encrypted.unwrap_or_else(|e| panic!("TLS with {}: {e}", self.authority));
        self.exchange(encrypted, bytes)
    }

    fn exchange(&self, mut stream: impl Read + Write, bytes: &[u8]) -> Vec<u8> {
        // A server may refuse and close before it has read everything; what it said still counts.
        let written = stream.write_all(bytes).and_then(|()| stream.flush());
        let mut received = Vec::new();
        match stream.read_to_end(&mut received) {
            Err(error) if error.kind() != ErrorKind::ConnectionReset => {
                panic!("reading from {}: {error} (after writing: {written:?})", self.authority)
            }
            _ => received,
        }
    }
}

impl Request<'_> {
    /// Adds a header; a name given twice is sent twice.
    pub fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let mut request = self;
        request.headers.push((name.to_owned(), value.as_ref().to_vec()));
        request
    }

    /// Takes a header off, also one of the client.
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// Sets a JSON body with its content type.
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sets any body with any content type.
    pub fn body(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut request = self.without_header("Content-Type").header("Content-Type", content_type);
        request.body = Some(body.into());
        request
    }

    /// Sends the request and checks the answer against the contract.
    ///
    /// # Panics
    ///
    /// When no HTTP answer comes back, or when it breaks the contract.
    pub fn send(self) -> Answer {
        let answer = self.send_unchecked();
        let Answer { method, target, status, headers, body } = &answer;
        if let Err(violations) = contract::check(method, target, *status, headers, body) {
            panic!("the answer breaks the contract:\n- {}\n{answer}", violations.join("\n- "));
        }
        answer
    }

    /// Sends the request without looking at the answer.
    ///
    /// # Panics
    ///
    /// When no HTTP answer comes back.
    pub fn send_unchecked(self) -> Answer {
        let received = self.client.raw(&self.bytes());
        Answer::parse(self.method, self.target, &received)
    }

    fn bytes(&self) -> Vec<u8> {
        let given = |name: &str| self.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
        let mut out = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        let mut put = |name: &str, value: &[u8]| {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        };
        if !given("Host") {
            put("Host", self.client.authority.as_bytes());
        }
        put("Connection", b"close");
        for (name, value) in &self.headers {
            put(name, value);
        }
        let framed = given("Content-Length") || given("Transfer-Encoding");
        if let Some(body) = self.body.as_ref().filter(|_| !framed) {
            put("Content-Length", body.len().to_string().as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(self.body.as_deref().unwrap_or_default());
        out
    }
}

fn without_host(path: &str) -> &str {
    let Some((_, rest)) = path.split_once("://") else { return path };
    rest.find('/').map_or("/", |slash| &rest[slash..])
}

#[cfg(test)]
mod tests;
