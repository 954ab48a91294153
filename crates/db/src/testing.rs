//! Throw-away databases for tests (feature `testing`).
//!
//! Tests run on SQLite always, and on PostgreSQL if `TRACKWAY_TEST_PG` holds the URL of a server;
//! each test gets a schema of its own there, which is dropped at its end.

use std::hash::{BuildHasher as _, RandomState};

use postgres::{Client, Config, NoTls};

use crate::{Db, Options, Target};

/// The variable with the URL of a PostgreSQL server for tests.
pub const VARIABLE: &str = "TRACKWAY_TEST_PG";

/// Runs a test on each engine at hand, with the default options.
///
/// # Panics
/// If the test does, or if the database cannot be opened.
pub fn each_engine(test: impl Fn(&Db)) {
    each_engine_with(|_| {}, test);
}

/// Runs a test on each engine at hand, with options changed by `adjust`.
///
/// # Panics
/// If the test does, or if the database cannot be opened.
pub fn each_engine_with(adjust: impl Fn(&mut Options), test: impl Fn(&Db)) {
    let open = |target| {
        let mut options = Options::new(target);
        adjust(&mut options);
        Db::open(options).expect("the test database opens")
    };
    let db = open(Target::SqliteMemory);
    test(&db);
    db.close();
    if let Some(schema) = Schema::create() {
        let db = open(Target::Postgres(schema.url()));
        test(&db);
        db.close();
    }
}

/// A schema on the PostgreSQL server for tests, dropped with this value.
#[derive(Debug)]
pub struct Schema {
    server: String,
    name: String,
}

impl Schema {
    /// Makes one; `None`, said loudly, if [`VARIABLE`] is not set.
    ///
    /// # Panics
    /// If the variable is set but the server cannot be used.
    pub fn create() -> Option<Self> {
        let Ok(server) = std::env::var(VARIABLE) else {
            eprintln!("SKIPPED: the PostgreSQL half of this test, because {VARIABLE} is not set");
            return None;
        };
        let random = RandomState::new().hash_one(std::process::id());
        let schema = Self { server, name: format!("test_{random:016x}") };
        schema.admin(&format!("CREATE SCHEMA {}", schema.name));
        Some(schema)
    }

    /// The URL under which this schema is the only one seen.
    pub fn url(&self) -> String {
        let mark = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{mark}options=-c%20search_path%3D{}", self.server, self.name)
    }

    fn admin(&self, sql: &str) {
        let config: Config = self.server.parse().expect("TRACKWAY_TEST_PG is a URL");
        let mut client: Client = config.connect(NoTls).expect("the PostgreSQL server answers");
        client.batch_execute("SET client_min_messages = warning").expect("a setting");
        client.batch_execute(sql).expect("the role may create and drop schemas");
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        // A failed test should show its own panic, not one about cleaning up.
        if !std::thread::panicking() {
            self.admin(&format!("DROP SCHEMA {} CASCADE", self.name));
        }
    }
}
