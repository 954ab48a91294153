//! A load generator: one thread for each connection, HTTP/1.1 kept alive, the next request after
//! the answer to the last.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Makes the n-th request of a connection.
pub(crate) type Make = Arc<dyn Fn(u64) -> Vec<u8> + Send + Sync>;

/// Requests to one server.
#[derive(Clone)]
pub(crate) struct Load {
    pub(crate) address: String,
    pub(crate) make: Make,
}

/// What was measured.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    micros: Vec<u64>,
    span: Duration,
}

impl Measured {
    pub(crate) fn new(mut micros: Vec<u64>, span: Duration) -> Self {
        micros.sort_unstable();
        Self { micros, span }
    }

    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    pub(crate) fn per_second(&self) -> f64 {
        self.micros.len() as f64 / self.span.as_secs_f64()
    }

    #[expect(clippy::cast_precision_loss, reason = "milliseconds for people")]
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let index = (self.micros.len() * percent / 100).min(self.micros.len().saturating_sub(1));
        self.micros.get(index).map_or(0.0, |micros| *micros as f64 / 1000.0)
    }
}

impl Load {
    /// The body of one answer.
    pub(crate) fn body(&self) -> Result<Vec<u8>> {
        let mut socket = TcpStream::connect(&self.address)?;
        Ok(exchange(&mut socket, &(self.make)(0x5eed), &mut Vec::new())?.body)
    }

    /// How much searches usually find.
    pub(crate) fn found(&self) -> Result<Option<u64>> {
        let totals = self.some(|answer| answer.header("x-total-count")?.parse().ok())?;
        Ok(totals.get(totals.len() / 2).copied().flatten())
    }

    /// The usual size of a body, from some answers.
    pub(crate) fn body_size(&self) -> Result<usize> {
        let sizes = self.some(|answer| answer.body.len())?;
        Ok(sizes.get(sizes.len() / 2).copied().unwrap_or(0))
    }

    /// Something of a few answers, in order of size.
    fn some<T: Ord>(&self, part: impl Fn(&Answer) -> T) -> Result<Vec<T>> {
        let mut socket = TcpStream::connect(&self.address)?;
        let mut parts = Vec::new();
        for n in 0..21 {
            let answer = exchange(&mut socket, &(self.make)(scatter(n)), &mut Vec::new())?;
            parts.push(part(&answer));
        }
        parts.sort_unstable();
        Ok(parts)
    }

    /// Sends requests over `connections` for `span`, after a short warm-up.
    pub(crate) fn run(&self, connections: usize, span: Duration) -> Result<Measured> {
        let threads: Vec<_> = (0..connections)
            .map(|n| {
                let load = self.clone();
                std::thread::spawn(move || load.one(n as u64, span))
            })
            .collect();
        let mut micros = Vec::new();
        for thread in threads {
            micros.extend(thread.join().map_err(|_| anyhow::anyhow!("a thread panicked"))??);
        }
        Ok(Measured::new(micros, span))
    }

    fn one(&self, connection: u64, span: Duration) -> Result<Vec<u64>> {
        let mut socket = TcpStream::connect(&self.address)?;
        socket.set_nodelay(true)?;
        let mut buffer = Vec::with_capacity(256 << 10);
        let mut n = connection << 40;
        let mut next = || {
            n += 1;
            (self.make)(scatter(n))
        };
        let warm = Instant::now() + span / 4;
        while Instant::now() < warm {
            exchange(&mut socket, &next(), &mut buffer)?;
        }
        let mut micros = Vec::new();
        let end = Instant::now() + span;
        loop {
            let request = next();
            let start = Instant::now();
            if start >= end {
                return Ok(micros);
            }
            exchange(&mut socket, &request, &mut buffer)?;
            micros.push(u64::try_from(start.elapsed().as_micros())?);
        }
    }
}

/// Numbers that look random, the same in every run.
pub(crate) fn scatter(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A good answer.
struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(':'));
        let found = headers.into_iter().find(|(given, _)| given.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }
}

/// Sends a request and reads its answer.
fn exchange(socket: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> Result<Answer> {
    socket.write_all(request)?;
    buffer.clear();
    let mut chunk = [0; 16 << 10];
    loop {
        let n = socket.read(&mut chunk)?;
        if n == 0 {
            bail!("the server closed the connection");
        }
        buffer.extend_from_slice(chunk.get(..n).unwrap_or_default());
        let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(buffer.get(..end).unwrap_or_default()).into_owned();
        let mut answer = Answer { head, body: Vec::new() };
        if !answer.head.starts_with("HTTP/1.1 2") {
            bail!("{}\n{}", String::from_utf8_lossy(request), String::from_utf8_lossy(buffer));
        }
        let length: usize = answer
            .header("content-length")
            .and_then(|value| value.parse().ok())
            .context("an answer without content-length")?;
        while buffer.len() < end + 4 + length {
            let n = socket.read(&mut chunk)?;
            if n == 0 {
                bail!("the answer broke off");
            }
            buffer.extend_from_slice(chunk.get(..n).unwrap_or_default());
        }
        answer.body = buffer.get(end + 4..).unwrap_or_default().to_vec();
        return Ok(answer);
    }
}
