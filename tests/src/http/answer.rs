//! An HTTP/1.1 answer.

use std::fmt;

use serde_json::Value;

/// What came back for a request.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Method of the request.
    pub method: String,
    /// Path and query of the request.
    pub target: String,
    /// Status code.
    pub status: u16,
    /// Headers in the order they came.
    pub headers: Vec<(String, String)>,
    /// The body, chunks joined.
    pub body: Vec<u8>,
}

impl Answer {
    /// # Panics
    ///
    /// When `received` is not a complete HTTP/1.1 answer.
    pub(super) fn parse(method: String, target: String, received: &[u8]) -> Self {
        match split(received, method == "HEAD") {
            Ok((status, headers, body)) => Self { method, target, status, headers, body },
            Err(problem) => panic!(
                "{method} {target}: {problem}: {:?}",
                String::from_utf8_lossy(&received[..received.len().min(500)])
            ),
        }
    }

    /// This answer, if it has the expected status.
    ///
    /// # Panics
    ///
    /// When it has another.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "often the status is all a test wants")]
    pub fn expect(self, status: u16) -> Self {
        assert!(self.status == status, "expected status {status}\n{self}");
        self
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// When it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("not JSON: {e}\n{self}"))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The first header of this name, in any letter case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The URL of a `Link` header's relation.
    pub fn link(&self, relation: &str) -> Option<&str> {
        let wanted = format!("rel=\"{relation}\"");
        let lines = self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case("Link"));
        lines.flat_map(|(_, line)| line.split(", <")).find_map(|link| {
            let (url, parameters) = link.split_once('>')?;
            let found = parameters.split(';').any(|p| p.trim() == wanted);
            found.then(|| url.trim_start_matches(['<', ' ']))
        })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {} -> {}", self.method, self.target, self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {value}")?;
        }
        let text = self.text();
        let shown: String = text.chars().take(2000).collect();
        let more = if shown.len() < text.len() { "..." } else { "" };
        write!(f, "\n{shown}{more}")
    }
}

type Parts = (u16, Vec<(String, String)>, Vec<u8>);

fn split(received: &[u8], bodiless: bool) -> Result<Parts, &'static str> {
    let end = find(received, b"\r\n\r\n").ok_or("no end of the headers")?;
    let head = String::from_utf8_lossy(&received[..end]);
    let body = &received[end + 4..];
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|s| s.parse().ok());
    let status: u16 = status.ok_or("no status line")?;
    if status / 100 == 1 {
        return split(body, bodiless);
    }
    let headers: Option<Vec<_>> = lines.map(header_line).collect();
    let headers = headers.ok_or("a header without a colon")?;
    let header = |name: &str| headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
    let body = if bodiless || matches!(status, 204 | 304) {
        body.is_empty().then(Vec::new).ok_or("a body where none may be")?
    } else if header("Transfer-Encoding").is_some() {
        unchunked(body)?
    } else {
        let length = header("Content-Length").map(|(_, v)| v.parse::<usize>());
        match length {
            Some(length) if length != Ok(body.len()) => {
                return Err("Content-Length differs from the body");
            }
            _ => body.to_vec(),
        }
    };
    Ok((status, headers, body))
}

fn header_line(line: &str) -> Option<(String, String)> {
    line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
}

fn unchunked(mut rest: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut body = Vec::new();
    loop {
        let end = find(rest, b"\r\n").ok_or("a chunk without a size")?;
        let size = String::from_utf8_lossy(&rest[..end]);
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| "a chunk size that is no number")?;
        let data = &rest[end + 2..];
        if size == 0 {
            return Ok(body);
        }
        body.extend_from_slice(data.get(..size).ok_or("a chunk cut short")?);
        rest = data.get(size + 2..).ok_or("a chunk cut short")?;
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
