//! Lanes, group commit and what may go wrong in a job.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use trackway_db::testing::{each_engine, each_engine_with};
use trackway_db::{
    Db, Engine, Error, Full, Lane, Migration, Options, Outcome, Queued, Rollback, Target, Tx,
    WriteJob,
};

const SCHEMA: Migration = Migration {
    number: 1,
    name: "items",
    sql: "CREATE TABLE item (id {id} PRIMARY KEY, num {int} NOT NULL) {strict};
          CREATE TABLE child (
              id {id} PRIMARY KEY,
              item_id {int} NOT NULL REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED
          ) {strict};
          INSERT INTO item (id, num) VALUES (1000000, 0), (1000001, 0);",
};
const INSERT: &str = "INSERT INTO item (id, num) VALUES ($1, 0)";
const SELECT_IDS: &str = "SELECT id FROM item WHERE id < 1000000 ORDER BY id";
/// Longer than any test should take.
const PATIENCE: Duration = Duration::from_secs(20);

type Work = Box<dyn FnMut(&mut Tx<'_>) -> Result<(), Rollback> + Send>;

/// A job that reports its outcome with its number.
struct Job {
    number: i64,
    work: Work,
    report: Sender<(i64, Outcome)>,
}

impl WriteJob for Job {
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), Rollback> {
        (self.work)(tx)
    }

    fn done(self: Box<Self>, outcome: Outcome) {
        self.report.send((self.number, outcome)).expect("the test listens");
    }
}

/// Submits jobs and collects what becomes of them.
struct Bench<'a> {
    db: &'a Db,
    report: Sender<(i64, Outcome)>,
    outcomes: Receiver<(i64, Outcome)>,
}

impl<'a> Bench<'a> {
    fn new(db: &'a Db) -> Self {
        let (report, outcomes) = channel();
        Self { db, report, outcomes }
    }

    fn submit(
        &self,
        number: i64,
        work: impl FnMut(&mut Tx<'_>) -> Result<(), Rollback> + Send + 'static,
    ) -> Result<(), Full> {
        let report = self.report.clone();
        self.db.submit_write(Box::new(Job { number, work: Box::new(work), report }))
    }

    /// Keeps the only writer busy until the answer is dropped.
    fn block(&self, number: i64) -> Sender<()> {
        let (release, wait) = channel::<()>();
        let (started, running) = channel();
        self.submit(number, move |_| {
            started.send(()).map_err(|_| Rollback)?;
            // An error means that the test has dropped its end, which is the signal.
            let _ = wait.recv_timeout(PATIENCE);
            Ok(())
        })
        .unwrap();
        running.recv_timeout(PATIENCE).unwrap();
        release
    }

    fn outcomes(&self, count: usize) -> Vec<(i64, Outcome)> {
        (0..count).map(|_| self.outcomes.recv_timeout(PATIENCE).unwrap()).collect()
    }
}

fn insert(id: i64) -> impl FnMut(&mut Tx<'_>) -> Result<(), Rollback> + Send + 'static {
    move |tx| tx.exec(INSERT, &[&id]).map(drop).map_err(|_| Rollback)
}

fn ids(db: &Db) -> Vec<i64> {
    db.read(|tx| tx.all(SELECT_IDS, &[])).unwrap()
}

fn with_items(adjust: impl Fn(&mut Options), test: impl Fn(&Db)) {
    each_engine_with(adjust, |db| {
        db.migrate(&[SCHEMA]).unwrap();
        test(db);
    });
}

#[test]
fn outcomes_come_in_the_order_of_the_jobs() {
    with_items(
        |options| options.connections = 1,
        |db| {
            let bench = Bench::new(db);
            for number in 0..300 {
                bench.submit(number, insert(number)).unwrap();
            }
            let numbers: Vec<i64> = bench
                .outcomes(300)
                .into_iter()
                .map(|(number, outcome)| {
                    assert_eq!(outcome, Outcome::Committed);
                    number
                })
                .collect();
            assert_eq!(numbers, (0..300).collect::<Vec<_>>());
            assert_eq!(ids(db), numbers);
        },
    );
}

#[test]
fn jobs_of_a_group_do_not_share_failures() {
    with_items(
        |options| options.connections = 1,
        |db| {
            let bench = Bench::new(db);
            let release = bench.block(0);
            bench.submit(1, insert(1)).unwrap();
            bench
                .submit(2, |tx| {
                    tx.exec(INSERT, &[&2_i64]).map_err(|_| Rollback)?;
                    Err(Rollback)
                })
                .unwrap();
            bench
                .submit(3, |tx| {
                    tx.exec(INSERT, &[&3_i64]).map_err(|_| Rollback)?;
                    panic!("job three")
                })
                .unwrap();
            // Taken by job 1, so its statement fails.
            bench.submit(4, insert(1)).unwrap();
            bench.submit(5, insert(5)).unwrap();
            drop(release);
            assert_eq!(
                bench.outcomes(6),
                [
                    (0, Outcome::Committed),
                    (1, Outcome::Committed),
                    (2, Outcome::RolledBack),
                    (3, Outcome::Panicked("job three".to_owned())),
                    (4, Outcome::RolledBack),
                    (5, Outcome::Committed),
                ]
            );
            assert_eq!(ids(db), [1, 5]);
        },
    );
}

#[test]
fn a_failed_commit_fails_its_jobs_and_no_later_one() {
    with_items(
        |options| options.connections = 1,
        |db| {
            let bench = Bench::new(db);
            let orphan = |tx: &mut Tx<'_>| {
                tx.exec("INSERT INTO child (id, item_id) VALUES (1, 77)", &[])
                    .map(drop)
                    .map_err(|_| Rollback)
            };
            let release = bench.block(0);
            bench.submit(1, insert(1)).unwrap();
            bench.submit(2, orphan).unwrap();
            drop(release);
            let outcomes = bench.outcomes(3);
            assert!(matches!(&outcomes[2].1, Outcome::Failed(Error::Constraint(_))));
            if db.engine() == Engine::Sqlite && ids(db).is_empty() {
                assert!(matches!(outcomes[1].1, Outcome::Failed(_)), "{outcomes:?}");
            } else {
                assert_eq!(outcomes[1].1, Outcome::Committed);
            }
            bench.submit(3, insert(3)).unwrap();
            assert_eq!(bench.outcomes(1), [(3, Outcome::Committed)]);
            assert!(ids(db).contains(&3));
        },
    );
}

#[test]
fn a_full_queue_refuses() {
    with_items(
        |options| {
            options.connections = 1;
            options.write_queue = 3;
            options.search_queue = 1;
            options.search_threads = 1;
        },
        |db| {
            let bench = Bench::new(db);
            let release = bench.block(0);
            for number in 1..=3 {
                bench.submit(number, insert(number)).unwrap();
            }
            assert_eq!(bench.submit(4, insert(4)), Err(Full));
            assert_eq!(db.queued(), Queued { write: 3, read: 0, search: 0 });
            drop(release);
            assert_eq!(bench.outcomes(4).len(), 4);
            assert_eq!(ids(db), [1, 2, 3]);

            let (release, wait) = channel::<()>();
            let (started, running) = channel();
            let blocking = move || {
                started.send(()).unwrap();
                let _ = wait.recv_timeout(PATIENCE);
            };
            db.spawn_read(Lane::Search, Box::new(move |_| blocking())).unwrap();
            running.recv_timeout(PATIENCE).unwrap();
            db.spawn_read(Lane::Search, Box::new(|_| ())).unwrap();
            assert_eq!(db.spawn_read(Lane::Search, Box::new(|_| ())), Err(Full));
            drop(release);
        },
    );
}

#[test]
fn blocking_writes_return_what_they_made() {
    with_items(
        |_| {},
        |db| {
            let text = String::from("borrowed");
            let made = db.write_now(|tx| {
                tx.exec(INSERT, &[&1_i64])?;
                Ok::<_, Error>(text.as_str())
            });
            assert_eq!(made, Ok("borrowed"));
            let refused: Result<(), Error> = db.write_now(|tx| {
                tx.exec(INSERT, &[&2_i64])?;
                Err(Error::NoRow)
            });
            assert_eq!(refused, Err(Error::NoRow));
            let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                db.write_now(|tx| -> Result<(), Error> {
                    tx.exec(INSERT, &[&3_i64])?;
                    panic!("here")
                })
            }));
            assert!(panicked.is_err());
            assert_eq!(ids(db), [1]);
        },
    );
}

#[test]
fn a_swallowed_failure_is_never_taken_for_a_commit() {
    with_items(
        |_| {},
        |db| {
            let swallowed = db.write_now(|tx| {
                tx.exec(INSERT, &[&1_i64])?;
                // Handled without a savepoint: fine for SQLite, fatal to PostgreSQL's transaction.
                assert!(tx.exec(INSERT, &[&1_i64]).is_err());
                Ok::<_, Error>(())
            });
            match db.engine() {
                Engine::Sqlite => assert_eq!((swallowed, ids(db)), (Ok(()), vec![1])),
                Engine::Postgres => {
                    assert!(matches!(swallowed, Err(Error::Unique { .. })));
                    assert_eq!(ids(db), [0_i64; 0]);
                }
            }
        },
    );
}

#[test]
fn reads_run_on_the_pool() {
    with_items(
        |options| {
            options.connections = 2;
            options.search_threads = 2;
        },
        |db| {
            for lane in [Lane::Read, Lane::Search] {
                for _ in 0..4 {
                    db.spawn_read(lane, Box::new(|_| panic!("a read panics"))).unwrap();
                }
                let (answer, result) = channel();
                let job = move |tx: Result<&mut Tx<'_>, Error>| {
                    let count = tx.and_then(|tx| tx.one::<i64>("SELECT count(*) FROM item", &[]));
                    answer.send(count).unwrap();
                };
                db.spawn_read(lane, Box::new(job)).unwrap();
                assert_eq!(result.recv_timeout(PATIENCE).unwrap(), Ok(2));
            }
        },
    );
}

#[test]
fn reads_cannot_write_on_sqlite_and_see_one_state() {
    let db = Db::open(Options::default()).unwrap();
    db.migrate(&[SCHEMA]).unwrap();
    assert!(db.read(|tx| tx.exec(INSERT, &[&1_i64])).is_err());
    let (before, inner, after) = db
        .read(|tx| {
            let before: Vec<i64> = tx.all(SELECT_IDS, &[])?;
            db.write_now(|tx| tx.exec(INSERT, &[&1_i64]))?;
            let inner = ids(&db);
            Ok::<_, Error>((before, inner, tx.all::<i64>(SELECT_IDS, &[])?))
        })
        .unwrap();
    assert_eq!((before.len(), inner.len(), after.len()), (0, 1, 0));
}

#[test]
fn a_runaway_read_is_cut() {
    each_engine_with(
        |options| options.read_timeout = Duration::from_millis(100),
        |db| {
            let endless = "WITH RECURSIVE c (n) AS
                (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000000000)
                SELECT count(*) FROM c";
            let cut = db.read(|tx| tx.one::<i64>(endless, &[]));
            assert_eq!(cut, Err(Error::Timeout));
            assert_eq!(db.read(|tx| tx.one::<i64>("SELECT 1", &[])), Ok(1));
        },
    );
}

#[test]
fn closing_finishes_what_waits() {
    with_items(
        |_| {},
        |db| {
            let bench = Bench::new(db);
            for number in 0..100 {
                bench.submit(number, insert(number)).unwrap();
            }
            db.close();
            assert!(bench.outcomes(100).iter().all(|(_, outcome)| *outcome == Outcome::Committed));
            assert_eq!(bench.submit(1, insert(1)), Err(Full));
            let read = db.read(|tx| tx.one::<i64>("SELECT 1", &[]));
            assert!(matches!(read, Err(Error::Unavailable(_))));
            let write = db.write_now(|tx| tx.exec(INSERT, &[&1_i64]));
            assert!(matches!(write, Err(Error::Unavailable(_))));
            db.close();
        },
    );
}

#[test]
fn a_file_keeps_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trackway.db");
    let open = || {
        let db = Db::open(Options::new(Target::SqliteFile(path.clone()))).unwrap();
        db.migrate(&[SCHEMA]).unwrap();
        db
    };
    let db = open();
    db.write_now(|tx| tx.exec(INSERT, &[&1_i64])).unwrap();
    let settings = |pragma: &str| -> i64 { db.write_now(|tx| tx.one(pragma, &[])).unwrap() };
    assert_eq!(settings("PRAGMA page_size"), 8192);
    assert_eq!(settings("PRAGMA synchronous"), 2);
    assert_eq!(settings("PRAGMA foreign_keys"), 1);
    let mode: String = db.read(|tx| tx.one("PRAGMA journal_mode", &[])).unwrap();
    assert_eq!(mode, "wal");
    db.close();
    assert!(!folder.path().join("trackway.db-wal").exists(), "the WAL is gone after closing");
    assert_eq!(ids(&open()), [1]);
}

#[test]
fn a_missing_place_is_unavailable() {
    for target in [
        Target::SqliteFile("/nonexistent/folder/trackway.db".into()),
        Target::Postgres("postgres://nobody@127.0.0.1:1/none".to_owned()),
        Target::Postgres("not a url".to_owned()),
    ] {
        let opened = Db::open(Options::new(target)).map(drop);
        assert!(matches!(opened, Err(Error::Unavailable(_))), "{opened:?}");
    }
}

#[test]
fn many_threads_write_at_once() {
    with_items(
        |_| {},
        |db| {
            std::thread::scope(|scope| {
                for thread in 0..16_i64 {
                    scope.spawn(move || {
                        for number in 0..20 {
                            db.write_now(|tx| tx.exec(INSERT, &[&(thread * 100 + number)]))
                                .unwrap();
                        }
                    });
                }
            });
            assert_eq!(ids(db).len(), 320);
        },
    );
}

/// Two transactions that lock two rows in opposite order: PostgreSQL kills one, which is repeated.
#[test]
fn collisions_are_repeated() {
    with_items(
        |_| {},
        |db| {
            let bump = "UPDATE item SET num = num + 1 WHERE id = $1";
            let both = |first: i64, second: i64| {
                db.write_now(|tx| {
                    tx.exec(bump, &[&first])?;
                    if db.engine() == Engine::Postgres {
                        std::thread::sleep(Duration::from_millis(50));
                    }
                    tx.exec(bump, &[&second])
                })
            };
            std::thread::scope(|scope| {
                let one = scope.spawn(|| both(1_000_000, 1_000_001));
                let two = scope.spawn(|| both(1_000_001, 1_000_000));
                assert_eq!(one.join().unwrap(), Ok(1));
                assert_eq!(two.join().unwrap(), Ok(1));
            });
            let sum = "SELECT CAST(SUM(num) AS BIGINT) FROM item";
            assert_eq!(db.read(|tx| tx.one::<i64>(sum, &[])), Ok(4));
        },
    );
}

#[test]
fn a_killed_connection_is_replaced() {
    each_engine_with(
        |options| options.connections = 1,
        |db| {
            if db.engine() == Engine::Sqlite {
                return;
            }
            db.migrate(&[SCHEMA]).unwrap();
            let suicide = "SELECT pg_terminate_backend(pg_backend_pid())";
            let killed = db.read(|tx| tx.one::<bool>(suicide, &[]));
            assert!(matches!(killed, Err(Error::Unavailable(_))), "{killed:?}");
            assert_eq!(ids(db), [0_i64; 0]);
            let killed = db.write_now(|tx| {
                tx.exec(INSERT, &[&1_i64])?;
                tx.one::<bool>(suicide, &[])
            });
            assert!(matches!(killed, Err(Error::Unavailable(_))), "{killed:?}");
            db.write_now(|tx| tx.exec(INSERT, &[&2_i64])).unwrap();
            assert_eq!(ids(db), [2]);
        },
    );
}

#[test]
fn the_last_handle_may_be_dropped_by_a_job() {
    each_engine(|db| {
        let own = db.clone();
        let (report, outcomes) = channel();
        let work: Work = Box::new(move |_| {
            assert!(own.queued().write < 10);
            Ok(())
        });
        db.submit_write(Box::new(Job { number: 1, work, report })).unwrap();
        db.close();
        assert_eq!(outcomes.recv_timeout(PATIENCE), Ok((1, Outcome::Committed)));
    });
}
