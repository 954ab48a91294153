//! What the parts can do alone: the bare servers of the design's targets.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

use anyhow::Result;
use axum::Router;
use axum::http::Uri;
use axum::routing::get;
use trackway_db::{Db, Migration, Options, Outcome, Rollback, Target, Tx, WriteJob};

use crate::client::{Load, Measured};

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "bare",
    sql: "CREATE TABLE doc (id {id} NOT NULL PRIMARY KEY, body {text} NOT NULL) {strict};",
}];

fn serve(app: Router, path: impl Fn(u64) -> String + Send + Sync + 'static) -> Result<Load> {
    let (sender, receiver) = sync_channel(1);
    std::thread::spawn(move || -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            sender.send(listener.local_addr()?.to_string())?;
            axum::serve(listener, app).await?;
            Ok(())
        })
    });
    let address = receiver.recv()?;
    let host = address.clone();
    Ok(Load {
        address,
        make: Arc::new(move |n| {
            format!("GET {} HTTP/1.1\r\nHost: {host}\r\n\r\n", path(n)).into_bytes()
        }),
    })
}

/// axum answering a fixed body.
pub(crate) fn fixed(bytes: usize) -> Result<Load> {
    let body = "x".repeat(bytes);
    serve(Router::new().route("/", get(move || async move { body })), |_| "/".to_owned())
}

/// axum reading a body of the same size by key from SQLite, on the runtime's threads.
pub(crate) fn by_key(rows: u64, bytes: usize) -> Result<Load> {
    let folder = tempfile::tempdir()?;
    let db = Db::open(Options::new(Target::SqliteFile(folder.path().join("bare.db"))))?;
    db.migrate(SCHEMA)?;
    let rows = rows.min(100_000);
    let body = "x".repeat(bytes);
    db.write_now(|tx| -> trackway_db::Result<()> {
        for id in 0..rows {
            let id = i64::try_from(id).unwrap_or(0);
            tx.exec("INSERT INTO doc (id, body) VALUES ($1, $2)", &[&id, &body.as_str()])?;
        }
        Ok(())
    })?;
    let folder = Arc::new(folder);
    let app = Router::new().fallback(move |uri: Uri| {
        let (db, folder) = (db.clone(), Arc::clone(&folder));
        async move {
            let id: i64 = uri.path().trim_start_matches('/').parse().unwrap_or(0);
            let row: trackway_db::Result<(String,)> =
                db.read(|tx| tx.one("SELECT body FROM doc WHERE id = $1", &[&id]));
            drop(folder);
            row.map(|(body,)| body).unwrap_or_default()
        }
    });
    serve(app, move |n| format!("/{}", (n & 0xff_ffff).wrapping_mul(7919) % rows))
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
