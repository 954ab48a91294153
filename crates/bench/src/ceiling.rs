//! What the parts can do alone: the bare servers of the design's targets.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::http::Uri;
use axum::routing::get;
use parking_lot::Mutex;
use tokio::sync::{Semaphore, oneshot};
use trackway_db::{Db, Migration, Options, Outcome, Rollback, Target, Tx, WriteJob};

use crate::client::{Load, Measured, scatter};

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "bare",
    sql: "CREATE TABLE doc (id {id} NOT NULL PRIMARY KEY, body {text} NOT NULL) {strict};",
}];

const ONE: &str = "SELECT body FROM doc WHERE id = $1";
const SOME: &str = "SELECT body FROM doc WHERE id {any:$1}";
const SOME_POSTGRES: &str = "SELECT body FROM doc WHERE id = ANY($1)";

/// Rows of the tables: more would be read from the page cache just the same.
const ROWS: u64 = 100_000;
/// Rows of a page.
const PAGE: u64 = 50;
/// Connections to PostgreSQL.
const CONNECTIONS: usize = 16;

/// A bare server; it ends, and its folder goes, when this is dropped.
pub(crate) struct Bare {
    pub(crate) load: Load,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
    /// What must outlive the server.
    _kept: Option<Box<dyn std::any::Any + Send>>,
}

impl Drop for Bare {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // A server that has ended already needs no stop.
            let _ended = stop.send(()).is_err();
        }
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn serve(
    app: Router,
    kept: Option<Box<dyn std::any::Any + Send>>,
    path: impl Fn(u64) -> String + Send + Sync + 'static,
) -> Result<Bare> {
    let (sender, receiver) = sync_channel(1);
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = std::thread::spawn(move || {
        let run = async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            sender.send(listener.local_addr()?.to_string()).map_err(std::io::Error::other)?;
            tokio::select! {
                served = axum::serve(listener, app) => served,
                _ = stopped => Ok(()),
            }
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        if let Err(error) = runtime.and_then(|runtime| runtime.block_on(run)) {
            eprintln!("a bare server failed: {error}");
        }
    });
    let address = receiver.recv()?;
    let host = address.clone();
    let load = Load {
        address,
        make: Arc::new(move |n| {
            format!("GET {} HTTP/1.1\r\nHost: {host}\r\n\r\n", path(n)).into_bytes()
        }),
    };
    Ok(Bare { load, stop: Some(stop), thread: Some(thread), _kept: kept })
}

/// axum answering a fixed body.
pub(crate) fn fixed(bytes: usize) -> Result<Bare> {
    let body = "x".repeat(bytes);
    serve(Router::new().route("/", get(move || async move { body })), None, |_| "/".to_owned())
}

/// The rows that a request asks for: one, or a page of random ones.
fn wanted(uri: &Uri, rows: u64, page: bool) -> Vec<i64> {
    let n: u64 = uri.path().trim_start_matches('/').parse().unwrap_or(0);
    let count = if page { PAGE } else { 1 };
    (0..count).map(|i| (scatter(n.wrapping_add(i)) % rows.max(1)).cast_signed()).collect()
}

/// A JSON list of rows.
fn joined(rows: &[String]) -> String {
    let mut out = String::with_capacity(rows.iter().map(String::len).sum::<usize>() + 64);
    out.push('[');
    for (i, row) in rows.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(row);
    }
    out.push(']');
    out
}

/// axum reading rows by key from SQLite, on the runtime's threads; `bytes` are those of an answer.
pub(crate) fn sqlite(rows: u64, bytes: usize, page: bool) -> Result<Bare> {
    let folder = tempfile::tempdir()?;
    let db = Db::open(Options::new(Target::SqliteFile(folder.path().join("bare.db"))))?;
    db.migrate(SCHEMA)?;
    let rows = rows.clamp(1, ROWS);
    let body = "x".repeat(if page { bytes / 50 } else { bytes });
    db.write_now(|tx| -> trackway_db::Result<()> {
        for id in 0..rows {
            let row: [&dyn trackway_db::Param; 2] = [&id.cast_signed(), &body.as_str()];
            tx.exec("INSERT INTO doc (id, body) VALUES ($1, $2)", &row)?;
        }
        Ok(())
    })?;
    let app = Router::new().fallback(move |uri: Uri| {
        let db = db.clone();
        async move {
            let ids = wanted(&uri, rows, page);
            let read: trackway_db::Result<Vec<(String,)>> = db.read(|tx| match ids.first() {
                Some(id) if !page => tx.one(ONE, &[id]).map(|row| vec![row]),
                _ => tx.all_by_ids(SOME, &[], &ids),
            });
            let rows: Vec<String> =
                read.unwrap_or_default().into_iter().map(|(body,)| body).collect();
            joined(&rows)
        }
    });
    serve(app, Some(Box::new(folder)), |n| format!("/{n}"))
}

/// axum reading rows by key from PostgreSQL with the crate `postgres` on a pool of threads.
pub(crate) fn postgres(url: &str, rows: u64, bytes: usize, page: bool) -> Result<Bare> {
    let rows = rows.clamp(1, ROWS);
    let body = "x".repeat(if page { bytes / 50 } else { bytes });
    let mut admin = postgres::Client::connect(url, postgres::NoTls).context("PostgreSQL")?;
    admin.batch_execute(
        "DROP TABLE IF EXISTS bare_doc; CREATE TABLE bare_doc (id BIGINT PRIMARY KEY, body TEXT NOT NULL)",
    )?;
    admin.execute(
        "INSERT INTO bare_doc SELECT n, $2 FROM generate_series(0, CAST($1 AS bigint)) AS n",
        &[&(rows.cast_signed() - 1), &body],
    )?;
    let mut pool = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        let mut client = postgres::Client::connect(url, postgres::NoTls)?;
        let one = client.prepare(&ONE.replace("doc", "bare_doc"))?;
        let some = client.prepare(&SOME_POSTGRES.replace("doc", "bare_doc"))?;
        pool.push((client, one, some));
    }
    let pool = Arc::new((Semaphore::new(CONNECTIONS), Mutex::new(pool)));
    // A client must not be dropped within the runtime of the server.
    let kept = Arc::clone(&pool);
    let app = Router::new().fallback(move |uri: Uri| {
        let pool = Arc::clone(&pool);
        async move {
            let ids = wanted(&uri, rows, page);
            let _permit = pool.0.acquire().await;
            let work = Arc::clone(&pool);
            let read = tokio::task::spawn_blocking(move || {
                let Some((mut client, one, some)) = work.1.lock().pop() else { return Vec::new() };
                let rows = match ids.first() {
                    Some(id) if !page => client.query(&one, &[id]),
                    _ => client.query(&some, &[&ids]),
                };
                let bodies = rows.unwrap_or_default().iter().map(|row| row.get(0)).collect();
                work.1.lock().push((client, one, some));
                bodies
            });
            joined(&read.await.unwrap_or_default())
        }
    });
    serve(app, Some(Box::new(kept)), |n| format!("/{n}"))
}

/// Five rows in one durable write, `callers` waiting at a time, without HTTP.
pub(crate) fn group_commit(callers: usize, span: Duration) -> Result<Measured> {
    let folder = tempfile::tempdir()?;
    let db = Db::open(Options::new(Target::SqliteFile(folder.path().join("bare.db"))))?;
    db.migrate(SCHEMA)?;
    let threads: Vec<_> = (0..callers)
        .map(|caller| {
            let db = db.clone();
            std::thread::spawn(move || write(&db, caller, span))
        })
        .collect();
    let mut micros = Vec::new();
    for thread in threads {
        micros.extend(thread.join().map_err(|_| anyhow::anyhow!("a thread panicked"))??);
    }
    db.close();
    Ok(Measured::new(micros, span))
}

fn write(db: &Db, caller: usize, span: Duration) -> Result<Vec<u64>> {
    let mut micros = Vec::new();
    let mut id = i64::try_from(caller)? << 40;
    let end = Instant::now() + span;
    while Instant::now() < end {
        let start = Instant::now();
        let (done, answer) = sync_channel(1);
        db.submit_write(Box::new(FiveRows { id, done }))?;
        answer.recv()?;
        id += 5;
        micros.push(u64::try_from(start.elapsed().as_micros())?);
    }
    Ok(micros)
}

struct FiveRows {
    id: i64,
    done: SyncSender<bool>,
}

impl WriteJob for FiveRows {
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Rollback> {
        let body = "x".repeat(250);
        for id in self.id..self.id + 5 {
            tx.exec("INSERT INTO doc (id, body) VALUES ($1, $2)", &[&id, &body.as_str()])
                .map_err(|_| Rollback)?;
        }
        Ok(())
    }

    fn done(self: Box<Self>, outcome: Outcome) {
        // A caller that has gone does not want to know.
        let _gone = self.done.send(outcome == Outcome::Committed).is_err();
    }
}
