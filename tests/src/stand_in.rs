//! A small web server of the test's own, in place of systems that the server under test calls.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::tls::Authority;

/// How long a caller may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request that came in.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Headers by their name in lower case.
    pub headers: BTreeMap<String, String>,
    /// Body.
    pub body: Vec<u8>,
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Said {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Said {
    /// An answer with a body of a type.
    pub fn new(status: u16, kind: &str, body: impl Into<String>) -> Self {
        Self { status, headers: vec![("Content-Type", kind.to_owned())], body: body.into() }
    }

    /// JSON.
    pub fn json(body: &serde_json::Value) -> Self {
        Self::new(200, "application/json", body.to_string())
    }

    /// A redirect.
    pub fn elsewhere(location: &str) -> Self {
        let headers = vec![("Location", location.to_owned())];
        Self { status: 302, headers, body: String::new() }
    }
}

type Answerer = dyn Fn(&Asked) -> Said + Send + Sync;

/// A running server; it ends with the process.
#[derive(Debug, Clone, Copy)]
pub struct StandIn {
    address: SocketAddr,
}

impl StandIn {
    /// Serves what `answer` says, over TLS with a certificate of an authority where one is given.
    ///
    /// # Panics
    ///
    /// When there is no free port.
    pub fn start(
        authority: Option<&Authority>,
        answer: impl Fn(&Asked) -> Said + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let tls = authority.map(Authority::server);
        let answer: Arc<Answerer> = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tls, answer) = (tls.clone(), Arc::clone(&answer));
                // A caller that hangs up has its reasons; the test sees what came of it.
                thread::spawn(move || drop(serve(stream, tls, &*answer)));
            }
        });
        Self { address }
    }

    /// The port.
    pub fn port(self) -> u16 {
        self.address.port()
    }

    /// `http://127.0.0.1:port`.
    pub fn url(self) -> String {
        format!("http://{}", self.address)
    }
}

fn serve(
    stream: TcpStream,
    tls: Option<Arc<rustls::ServerConfig>>,
    answer: &Answerer,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let Some(tls) = tls else { return exchange(stream, answer) };
    let connection = rustls::ServerConnection::new(tls).map_err(std::io::Error::other)?;
    exchange(rustls::StreamOwned::new(connection, stream), answer)
}

fn exchange(stream: impl Read + Write, answer: &Answerer) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let mut asked = Asked {
        method: words.next().unwrap_or_default(),
        target: words.next().unwrap_or_default(),
        ..Asked::default()
    };
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        asked.headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = asked.headers.get("content-length").and_then(|text| text.parse().ok());
    asked.body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut asked.body)?;
    let said = answer(&asked);
    let stream = reader.get_mut();
    write!(stream, "HTTP/1.1 {} -\r\nConnection: close\r\n", said.status)?;
    for (name, value) in &said.headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    write!(stream, "Content-Length: {}\r\n\r\n{}", said.body.len(), said.body)?;
    stream.flush()
}
