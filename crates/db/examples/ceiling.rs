//! Informal numbers for the store: point reads, pages, creates by group commit, bulk inserts.
//!
//! `cargo run --release -p trackway-db --example ceiling -- [postgres://.. | FOLDER]`

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for developers")]

use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

use trackway_db::{
    Db, Error, Lane, Migration, Options, Outcome, Param, Result, Rollback, Target, Tx, WriteJob,
};

trackway_db::row! {
    /// Thirteen columns, as an issue has.
    struct IssueRow {
        id: i64, queue: i64, num: i64, version: i64, status: i64, kind: i64, author: i64,
        assignee: Option<i64>, created: i64, updated: i64, title: String, refs: Vec<u8>,
        plain: String,
    }
}

const SCHEMA: Migration = Migration {
    number: 1,
    name: "issues",
    sql: "CREATE TABLE queue (id {id} PRIMARY KEY, last {int} NOT NULL) {strict};
          CREATE TABLE issue (
              id {id} PRIMARY KEY, queue {int} NOT NULL, num {int} NOT NULL,
              version {int} NOT NULL, status {int} NOT NULL, kind {int} NOT NULL,
              author {int} NOT NULL, assignee {int}, created {int} NOT NULL,
              updated {int} NOT NULL, title {text} NOT NULL, refs {bytes} NOT NULL,
              plain {text} NOT NULL, UNIQUE (queue, num)
          ) {strict};
          CREATE TABLE event (
              id {id} PRIMARY KEY, issue {int} NOT NULL, at {int} NOT NULL, body {text} NOT NULL
          ) {strict};",
};
const COLUMNS: &str = "id, queue, num, version, status, kind, author, assignee, created, updated,
    title, refs, plain";
/// New issues go to several queues, as a queue's counter serialises its creates on PostgreSQL.
const QUEUES: i64 = 20;
const INSERT: &str = "INSERT INTO issue (id, queue, num, version, status, kind, author, assignee,
    created, updated, title, refs, plain)
    VALUES ($1, $2, $3, 1, 1, 2, 3, NULL, $4, $4, $5, $6, $7)";

fn main() -> Result<()> {
    let place = std::env::args().nth(1).unwrap_or_else(|| "/tmp/trackway-ceiling".to_owned());
    let target = if place.starts_with("postgres://") || place.contains("host=") {
        Target::Postgres(place)
    } else {
        std::fs::create_dir_all(&place).unwrap();
        Target::SqliteFile(Path::new(&place).join("ceiling.db"))
    };
    let mut options = Options::new(target);
    options.mmap_bytes = setting("MMAP", options.mmap_bytes);
    options.reader_cache_bytes = setting("CACHE", options.reader_cache_bytes);
    let db = Db::open(options)?;
    db.migrate(&[SCHEMA])?;
    let issues: i64 = setting("ISSUES", 100_000);
    fill(&db, issues)?;
    report_memory("filled");
    point_reads(&db, issues)?;
    pages(&db, issues)?;
    pool_reads(&db, issues);
    report_memory("read");
    creates(&db);
    report_memory("created");
    db.close();
    Ok(())
}

/// A number from the environment.
fn setting<T: FromStr>(name: &str, default: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn fill(db: &Db, issues: i64) -> Result<()> {
    let start = Instant::now();
    let plain = "x".repeat(1200);
    let refs = vec![7_u8; 40];
    for first in (0..issues).step_by(20_000) {
        let rows: Vec<[i64; 4]> =
            (first..issues.min(first + 20_000)).map(|id| [id, 1, id, id * 1000]).collect();
        let one = 1_i64;
        let none: Option<i64> = None;
        let title = "A title of a normal length, not more";
        let mut values: Vec<&dyn Param> = Vec::with_capacity(rows.len() * 13);
        for [id, queue, num, at] in &rows {
            values.extend([id as &dyn Param, queue, num, &one, &one, &one, &one]);
            values.extend([&none as &dyn Param, at, at, &title, &refs, &plain]);
        }
        let insert = format!("INSERT INTO issue ({COLUMNS}) VALUES");
        db.write_now(|tx| tx.insert_many(&insert, 13, &values))?;
    }
    let took = start.elapsed();
    println!("fill {issues}: {took:.1?}, {:.0}/s", rate(issues, took));
    Ok(())
}

fn point_reads(db: &Db, issues: i64) -> Result<()> {
    let sql = format!("SELECT {COLUMNS} FROM issue WHERE queue = $1 AND num = $2");
    let mut at = 12345_i64;
    measure("point read of 13 columns", || {
        at = (at * 48271) % issues;
        db.read(|tx| tx.one::<IssueRow>(&sql, &[&1_i64, &at])).map(drop)
    })?;
    measure("point read, title borrowed", || {
        at = (at * 48271) % issues;
        db.read(|tx| {
            let mut length = 0;
            tx.each("SELECT title FROM issue WHERE id = $1", &[&at], &mut |row| {
                length += row.get_str(0)?.len();
                Ok(())
            })?;
            assert!(length > 0);
            Ok::<_, Error>(())
        })
    })
}

fn pages(db: &Db, issues: i64) -> Result<()> {
    let sql = format!("SELECT {COLUMNS} FROM issue WHERE id {{any:$1}}");
    let mut at = 1_i64;
    measure("page of 50 by ids", || {
        let ids: Vec<i64> = (0..50)
            .map(|_| {
                at = (at * 48271 + 1) % issues;
                at
            })
            .collect();
        let rows: Vec<IssueRow> = db.read(|tx| tx.all_by_ids(&sql, &[], &ids))?;
        assert!(rows.len() > 40);
        Ok(())
    })
}

/// 64 clients that each wait for their answer from the pool's threads.
fn pool_reads(db: &Db, issues: i64) {
    let sql = format!("SELECT {COLUMNS} FROM issue WHERE queue = $1 AND num = $2");
    let sql: &'static str = sql.leak();
    let (start, limit) = (Instant::now(), Duration::from_secs(3));
    let read: i64 = std::thread::scope(|scope| {
        let clients: Vec<_> = (1..=64_i64)
            .map(|mut at| {
                scope.spawn(move || {
                    let mut read = 0;
                    while start.elapsed() < limit {
                        at = (at * 48271) % issues;
                        let num = at;
                        let (answer, row) = sync_channel(1);
                        let job = move |tx: Result<&mut Tx<'_>>| {
                            let row = tx.and_then(|tx| tx.one::<IssueRow>(sql, &[&1_i64, &num]));
                            answer.send(row).unwrap();
                        };
                        db.spawn_read(Lane::Read, Box::new(job)).unwrap();
                        assert_eq!(row.recv().unwrap().unwrap().num, num);
                        read += 1;
                    }
                    read
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    println!("point reads on the pool, 64 clients: {:.0}/s", rate(read, start.elapsed()));
}

fn measure(name: &str, mut once: impl FnMut() -> Result<()>) -> Result<()> {
    for _ in 0..2000 {
        once()?;
    }
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_secs(3) {
        for _ in 0..100 {
            once()?;
        }
        count += 100;
    }
    let took = start.elapsed();
    let each = took.as_secs_f64() * 1e6 / f64::from(count);
    println!("{name}: {:.0}/s, {each:.1} us", rate(count.into(), took));
    Ok(())
}

struct Create {
    id: i64,
    answer: SyncSender<Outcome>,
}

impl WriteJob for Create {
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Rollback> {
        create(tx, self.id).map_err(|error| {
            println!("create: {error}");
            Rollback
        })
    }

    fn done(self: Box<Self>, outcome: Outcome) {
        self.answer.send(outcome).unwrap();
    }
}

/// Five statements: counter, issue, three events.
fn create(tx: &mut Tx<'_>, id: i64) -> Result<()> {
    let queue = 2 + id % QUEUES;
    let num: i64 =
        tx.one("UPDATE queue SET last = last + 1 WHERE id = $1 RETURNING last", &[&queue])?;
    let (refs, plain) = (vec![7_u8; 40], "y".repeat(1200));
    tx.exec(INSERT, &[&id, &queue, &num, &1_i64, &"A new issue", &refs, &plain])?;
    for part in 0..3 {
        tx.exec(
            "INSERT INTO event (id, issue, at, body) VALUES ($1, $2, $3, $4)",
            &[&(id * 3 + part), &id, &1_i64, &"{\"field\":\"status\",\"from\":1,\"to\":2}"],
        )?;
    }
    Ok(())
}

fn creates(db: &Db) {
    db.write_now(|tx| {
        for queue in 2..2 + QUEUES {
            tx.exec("INSERT INTO queue (id, last) VALUES ($1, 0)", &[&queue])?;
        }
        Ok::<_, Error>(())
    })
    .unwrap();
    let next =
        AtomicI64::new(db.read(|tx| tx.one::<i64>("SELECT max(id) + 1 FROM issue", &[])).unwrap());
    for threads in [1, 64] {
        let (start, limit) = (Instant::now(), Duration::from_secs(4));
        let made: i64 = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|_| {
                    scope.spawn(|| {
                        let mut made = 0;
                        while start.elapsed() < limit {
                            let (answer, outcome) = sync_channel(1);
                            let id = next.fetch_add(1, Ordering::Relaxed);
                            db.submit_write(Box::new(Create { id, answer })).unwrap();
                            assert_eq!(outcome.recv(), Ok(Outcome::Committed));
                            made += 1;
                        }
                        made
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        });
        println!("creates, {threads} clients: {:.0}/s", rate(made, start.elapsed()));
    }
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn rate(count: i64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

/// Resident memory as Linux tells it.
fn report_memory(when: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let lines = status.lines().filter(|line| line.starts_with("Rss") || line.starts_with("VmRSS"));
    println!("{when}: {}", lines.collect::<Vec<_>>().join(" ").replace([' ', '\t'], ""));
}
