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
    /// Size of an answer's body.
    pub(crate) fn body_size(&self) -> Result<usize> {
        let mut socket = TcpStream::connect(&self.address)?;
        exchange(&mut socket, &(self.make)(u64::MAX))
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
        let mut n = connection << 40;
        let warm = Instant::now() + span / 10;
        while Instant::now() < warm {
            exchange(&mut socket, &(self.make)(n))?;
            n += 1;
        }
        let mut micros = Vec::new();
        let end = Instant::now() + span;
        loop {
            let request = (self.make)(n);
            let start = Instant::now();
            if start >= end {
                return Ok(micros);
            }
            exchange(&mut socket, &request)?;
            micros.push(u64::try_from(start.elapsed().as_micros())?);
            n += 1;
        }
    }
}

/// Sends a request and reads its answer; gives the size of the body.
fn exchange(socket: &mut TcpStream, request: &[u8]) -> Result<usize> {
    socket.write_all(request)?;
    let mut bytes = Vec::with_capacity(16 << 10);
    let mut chunk = vec![0; 64 << 10];
    loop {
        let n = socket.read(&mut chunk)?;
        if n == 0 {
            bail!("the server closed the connection");
        }
        bytes.extend_from_slice(chunk.get(..n).unwrap_or_default());
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default());
        if !head.starts_with("HTTP/1.1 2") {
            bail!("{}", String::from_utf8_lossy(&bytes));
        }
        let length: usize = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.trim().parse().ok())
            .context("an answer without content-length")?;
        let mut missing = (end + 4 + length).saturating_sub(bytes.len());
        while missing > 0 {
            let n = socket.read(&mut chunk)?;
            if n == 0 {
                bail!("the answer broke off");
            }
            missing = missing.saturating_sub(n);
        }
        return Ok(length);
    }
}
