//! The program under test: filled, started, and asked.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::client::{Load, Make};

/// A running server with its data.
pub(crate) struct Program {
    child: Child,
    folder: Folder,
    ready: Value,
    pub(crate) fill: Duration,
    pub(crate) start: Duration,
    /// Dropped last: the server must have let go of it.
    _database: Option<Database>,
}

/// Where the data are.
enum Folder {
    Fleeting(tempfile::TempDir),
    Kept(PathBuf),
}

impl Folder {
    /// A folder of its own for so many issues.
    fn new(kept: Option<&Path>, issues: u64, engine: &str) -> Result<Self> {
        let Some(kept) = kept else { return Ok(Self::Fleeting(tempfile::tempdir()?)) };
        let path = kept.join(format!("{engine}-{issues}"));
        std::fs::create_dir_all(&path)?;
        Ok(Self::Kept(path))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Fleeting(folder) => folder.path(),
            Self::Kept(path) => path,
        }
    }
}

/// A database of PostgreSQL, for one run if it is not kept.
struct Database {
    admin: String,
    name: String,
    url: String,
    kept: bool,
}

impl Database {
    /// The database to measure; `kept` is the number of issues of one that stays.
    fn open(admin: &str, kept: Option<u64>, is_filled: bool) -> Result<Self> {
        let name = match kept {
            Some(issues) => format!("trackway_bench_kept_{issues}"),
            None => format!("trackway_bench_{}", std::process::id()),
        };
        let (before, query) = admin.split_once('?').unwrap_or((admin, ""));
        let (server, _) = before.rsplit_once('/').context("a URL with a database")?;
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        let url = format!("{server}/{name}{query}");
        let database = Self { admin: admin.to_owned(), name, url, kept: kept.is_some() };
        if is_filled {
            return Ok(database);
        }
        database.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)")?;
        database.execute("CREATE DATABASE {}")?;
        Ok(database)
    }

    fn execute(&self, sql: &str) -> Result<()> {
        let mut client = postgres::Client::connect(&self.admin, postgres::NoTls)?;
        Ok(client.batch_execute(&sql.replace("{}", &self.name))?)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        if let Err(error) = self.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)") {
            eprintln!("database {} stays: {error}", self.name);
        }
    }
}

fn binary() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let path = own.with_file_name("trackway");
    ensure!(path.exists(), "build it first: cargo build --release -p trackway-server");
    Ok(path)
}

impl Program {
    /// Fills a fresh folder, or database, with `issues` issues, or takes the one that was filled and
    /// `kept`, and starts the server on it.
    pub(crate) fn start(issues: u64, postgres: Option<&str>, kept: Option<&Path>) -> Result<Self> {
        let engine = if postgres.is_some() { "postgres" } else { "sqlite" };
        let folder = Folder::new(kept, issues, engine)?;
        let data = folder.path().join("data");
        let filled = folder.path().join("filled");
        let is_filled = filled.exists();
        let database = postgres
            .map(|admin| Database::open(admin, kept.map(|_| issues), is_filled))
            .transpose()?;
        let storage: Vec<String> = database
            .as_ref()
            .map(|database| vec!["--database-url".to_owned(), database.url.clone()])
            .unwrap_or_default();
        let begin = Instant::now();
        if !is_filled {
            let status = Command::new(binary()?)
                .args(["demo", "--issues", &issues.to_string(), "--data"])
                .arg(&data)
                .args(&storage)
                .stderr(Stdio::null())
                .status()?;
            ensure!(status.success(), "trackway demo failed");
            std::fs::write(&filled, "")?;
        }
        let fill = begin.elapsed();
        let ready_file = folder.path().join("ready.json");
        if ready_file.exists() {
            std::fs::remove_file(&ready_file)?;
        }
        let begin = Instant::now();
        let child = Command::new(binary()?)
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--log", "error", "--data"])
            .arg(&data)
            .arg("--ready-file")
            .arg(&ready_file)
            .args(&storage)
            .stderr(Stdio::null())
            .spawn()?;
        let mut program = Self {
            child,
            folder,
            ready: Value::Null,
            fill,
            start: begin.elapsed(),
            _database: database,
        };
        while !ready_file.exists() {
            if let Some(status) = program.child.try_wait()? {
                bail!("the server ended: {status}");
            }
            ensure!(begin.elapsed() < Duration::from_secs(120), "the server does not start");
            std::thread::sleep(Duration::from_millis(1));
        }
        program.start = begin.elapsed();
        program.ready = serde_json::from_slice(&std::fs::read(&ready_file)?)?;
        Ok(program)
    }

    fn text(&self, member: &str) -> &str {
        self.ready[member].as_str().unwrap_or_default()
    }

    /// Requests with a path and a body for each number.
    pub(crate) fn load(
        &self,
        method: &'static str,
        path: impl Fn(u64) -> String + Send + Sync + 'static,
        body: impl Fn(u64) -> String + Send + Sync + 'static,
    ) -> Load {
        let address = self.text("baseUrl").trim_start_matches("http://").to_owned();
        let head = format!(
            "Host: {address}\r\nAuthorization: OAuth {}\r\nX-Org-ID: {}\r\n\
             Content-Type: application/json\r\n",
            self.text("token"),
            self.text("orgId"),
        );
        let make: Make = Arc::new(move |n| {
            let (path, body) = (path(n), body(n));
            let length = body.len();
            format!("{method} {path} HTTP/1.1\r\n{head}Content-Length: {length}\r\n\r\n{body}")
                .into_bytes()
        });
        Load { address, make }
    }

    /// What one POST answers.
    pub(crate) fn ask(&self, path: &'static str, body: &'static str) -> Result<Value> {
        let load = self.load("POST", move |_| path.to_owned(), move |_| body.to_owned());
        Ok(serde_json::from_slice(&load.body()?)?)
    }

    /// Resident memory in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    /// Bytes on disk an issue; of PostgreSQL's only the snapshot of the index.
    pub(crate) fn disk(&self) -> Result<u64> {
        let known = self.ask("/v3/issues/_count", "{}")?.as_u64().unwrap_or(1);
        Ok(size(&self.folder.path().join("data"))? / known.max(1))
    }
}

fn size(folder: &Path) -> Result<u64> {
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
