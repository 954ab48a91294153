//! Migrations: once, in order, unchanged.

use trackway_db::testing::{Schema, each_engine};
use trackway_db::{Db, Error, Migration, Options, Target};

const ONE: Migration = Migration {
    number: 1,
    name: "one",
    sql: "CREATE TABLE one (id {id} PRIMARY KEY, body {text} NOT NULL DEFAULT '{}') {strict};",
};
const TWO: Migration = Migration {
    number: 2,
    name: "two",
    sql: "CREATE TABLE two (
              org {int} NOT NULL, id {int} NOT NULL, half {double}, refs {bytes},
              PRIMARY KEY (org, id)
          ) {strict_keyed};
          INSERT INTO one (id) VALUES (7);
          {sqlite:CREATE INDEX one_body ON one (body COLLATE NOCASE);}
          {postgres:CREATE INDEX one_body ON one (lower(body));}",
};
const BROKEN: Migration = Migration {
    number: 3,
    name: "broken",
    sql: "CREATE TABLE three (id {id} PRIMARY KEY) {strict}; INSERT INTO missing VALUES (1);",
};

fn count(db: &Db, sql: &str) -> Result<i64, Error> {
    db.read(|tx| tx.one(sql, &[]))
}

#[test]
fn steps_are_applied_once() {
    each_engine(|db| {
        db.migrate(&[ONE]).unwrap();
        for _ in 0..2 {
            db.migrate(&[ONE, TWO]).unwrap();
        }
        assert_eq!(count(db, "SELECT count(*) FROM one"), Ok(1));
        assert_eq!(count(db, "SELECT count(*) FROM schema_migration"), Ok(2));
        let body: String = db.read(|tx| tx.one("SELECT body FROM one", &[])).unwrap();
        assert_eq!(body, "{}");
    });
}

#[test]
fn a_broken_step_leaves_nothing() {
    each_engine(|db| {
        let Err(Error::Schema(text)) = db.migrate(&[ONE, TWO, BROKEN]) else {
            panic!("the third step is broken");
        };
        assert!(text.contains("step 3 (broken)"), "{text}");
        assert_eq!(count(db, "SELECT count(*) FROM schema_migration"), Ok(2));
        assert!(count(db, "SELECT count(*) FROM three").is_err());
    });
}

#[test]
fn a_database_that_does_not_fit_is_refused() {
    each_engine(|db| {
        db.migrate(&[ONE, TWO]).unwrap();
        let refused = |steps: &[Migration], part: &str| match db.migrate(steps) {
            Err(Error::Schema(text)) => assert!(text.contains(part), "{text}"),
            other => panic!("{other:?}"),
        };
        refused(&[ONE], "newer than this program");
        refused(&[ONE, Migration { sql: "SELECT 1", ..TWO }], "was changed");
        refused(&[ONE, Migration { number: 5, ..TWO }], "has step 2 where");
        refused(&[TWO, ONE], "out of order");
    });
}

#[test]
fn nodes_may_migrate_at_the_same_time() {
    let Some(schema) = Schema::create() else { return };
    let open = || {
        let mut options = Options::new(Target::Postgres(schema.url()));
        options.connections = 1;
        Db::open(options).unwrap()
    };
    let nodes: Vec<Db> = (0..4).map(|_| open()).collect();
    std::thread::scope(|scope| {
        for db in &nodes {
            scope.spawn(move || db.migrate(&[ONE, TWO]).unwrap());
        }
    });
    assert_eq!(count(&nodes[0], "SELECT count(*) FROM one"), Ok(1));
    drop(nodes);
}
