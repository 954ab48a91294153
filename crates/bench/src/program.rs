//! The program under test: filled, started, and asked.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::client::{Load, Make};

/// A running server with its data.
pub(crate) struct Program {
    child: Child,
    folder: tempfile::TempDir,
    ready: Value,
    fill: Duration,
    start: Duration,
}

fn binary() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let path = own.with_file_name("trackway");
    ensure!(path.exists(), "build it first: cargo build --release -p trackway-server");
    Ok(path)
}

fn database() -> Vec<String> {
    std::env::var("DATABASE_URL")
        .map(|url| vec!["--database-url".to_owned(), url])
        .unwrap_or_default()
}

impl Program {
    /// Fills a fresh folder with `issues` issues and starts the server on it.
    pub(crate) fn start(issues: u64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let begin = Instant::now();
        let filled = Command::new(binary()?)
            .args(["demo", "--issues", &issues.to_string(), "--data"])
            .arg(&data)
            .args(database())
            .stderr(Stdio::null())
            .status()?;
        ensure!(filled.success(), "trackway demo failed");
        let fill = begin.elapsed();
        let ready_file = folder.path().join("ready.json");
        let begin = Instant::now();
        let child = Command::new(binary()?)
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--log", "error", "--data"])
            .arg(&data)
            .arg("--ready-file")
            .arg(&ready_file)
            .args(database())
            .stderr(Stdio::null())
            .spawn()?;
        let mut program = Self { child, folder, ready: Value::Null, fill, start: begin.elapsed() };
        while !ready_file.exists() {
            if let Some(status) = program.child.try_wait()? {
                bail!("the server ended: {status}");
            }
            ensure!(begin.elapsed() < Duration::from_secs(60), "the server does not start");
            std::thread::sleep(Duration::from_millis(1));
        }
        program.start = begin.elapsed();
        program.ready = serde_json::from_slice(&std::fs::read(&ready_file)?)?;
        Ok(program)
    }

    fn text(&self, member: &str) -> &str {
        self.ready[member].as_str().unwrap_or_default()
    }

    fn load(
        &self,
        method: &'static str,
        path: &str,
        body: impl Fn(u64) -> String + Send + Sync + 'static,
    ) -> Load {
        let address = self.text("baseUrl").trim_start_matches("http://").to_owned();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: OAuth {}\r\n\
             X-Org-ID: {}\r\nContent-Type: application/json\r\n",
            self.text("token"),
            self.text("orgId"),
        );
        let make: Make = Arc::new(move |n| {
            let body = body(n);
            format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
        });
        Load { address, make }
    }

    /// What is measured.
    pub(crate) fn loads(&self) -> Vec<(&'static str, Load)> {
        let search = json!({"filter": {"queue": "LOADA", "status": "open"}, "order": "-updated"});
        let search = search.to_string();
        let text = "A comment of a usual length, which says what was seen and what comes next.";
        vec![
            ("get issue by key", self.load("GET", "/v3/issues/LOADA-7", |_| String::new())),
            (
                "search 50 by queue and status, newest change first",
                self.load("POST", "/v3/issues/_search?perPage=50&page=1", move |_| search.clone()),
            ),
            ("myself", self.load("GET", "/v3/myself", |_| String::new())),
            (
                "create issue",
                self.load("POST", "/v3/issues", |n| {
                    json!({"queue": "LOADB", "summary": format!("Measured {n}"),
                        "description": "d".repeat(800), "tags": ["measured"]})
                    .to_string()
                }),
            ),
            (
                "create comment",
                self.load("POST", "/v3/issues/LOADC-9/comments", move |_| {
                    json!({ "text": text }).to_string()
                }),
            ),
        ]
    }

    /// What is known besides the rates.
    pub(crate) fn note(&self, issues: u64) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let memory = status.unwrap_or_default();
        let memory =
            memory.lines().find(|l| l.starts_with("VmRSS")).unwrap_or("VmRSS: ?").to_owned();
        let disk = size(&self.folder.path().join("data")).unwrap_or(0);
        format!(
            "- {issues} issues: filled in {:.1} s, start to first answer {} ms, {} after the run, {} bytes on disk an issue",
            self.fill.as_secs_f64(),
            self.start.as_millis(),
            memory.split_whitespace().collect::<Vec<_>>().join(" "),
            disk / issues.max(1),
        )
    }
}

fn size(folder: &std::path::Path) -> Result<u64> {
    let mut total = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let data = entry.metadata().context("metadata")?;
        total += if data.is_dir() { size(&entry.path())? } else { data.len() };
    }
    Ok(total)
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
