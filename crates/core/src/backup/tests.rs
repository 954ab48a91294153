use serde_json::json;
use trackway_db::{Options, Target};

use super::*;
use crate::testing::Fixture;
use crate::tracker::Tracker;

/// A copy in memory.
#[derive(Default)]
struct Memory {
    header: Header,
    tables: Vec<(String, Vec<String>, Vec<Cell>)>,
}

impl Sink for Memory {
    fn header(&mut self, header: &Header) -> io::Result<()> {
        self.header = header.clone();
        Ok(())
    }

    fn table(&mut self, name: &str, columns: &[String]) -> io::Result<()> {
        self.tables.push((name.to_owned(), columns.to_vec(), Vec::new()));
        Ok(())
    }

    fn row(&mut self, cells: &[Value<'_>]) -> io::Result<()> {
        let owned = cells.iter().map(|cell| match *cell {
            Value::Int(value) => Cell::Int(value),
            Value::Double(value) => Cell::Double(value),
            Value::Text(text) => Cell::Text(text.to_owned()),
            Value::Bytes(bytes) => Cell::Bytes(bytes.to_vec()),
            Value::Null | Value::Ids(_) => Cell::Null,
        });
        self.tables.last_mut().expect("a table came first").2.extend(owned);
        Ok(())
    }
}

fn copied(db: &Db) -> Memory {
    let mut memory = Memory::default();
    copy(db, &mut memory).expect("a copy");
    memory
}

fn loaded(memory: &Memory, db: &Db) {
    let mut loader = Loader::begin(db, &memory.header).expect("an empty database");
    for (table, columns, cells) in &memory.tables {
        loader.rows(table, columns, cells.clone()).expect("rows that fit");
    }
    loader.finish().expect("a whole copy");
}

fn filled() -> Fixture {
    let f = Fixture::new();
    f.tracker.begin_to_follow().expect("a follower");
    for n in 0..3 {
        let body = json!({"queue": "DEV", "summary": format!("Copy {n}"), "tags": ["x"]});
        f.issue(f.ann, body);
    }
    f
}

#[test]
fn a_copy_of_a_copy_is_the_same() {
    let f = filled();
    let mut first = copied(f.tracker.db());
    first.header.untold.sort_unstable();
    assert_eq!(first.header.untold.len(), 3, "nobody was told yet");
    let db = Db::open(Options::new(Target::SqliteMemory)).expect("a database");
    loaded(&first, &db);
    let mut second = copied(&db);
    second.header.untold.sort_unstable();
    assert_eq!(second.header, first.header, "the same events wait to be told");
    let sorted = |memory: &Memory| {
        let mut tables = Vec::new();
        for (name, columns, cells) in &memory.tables {
            let mut rows: Vec<String> =
                cells.chunks(columns.len()).map(|row| format!("{row:?}")).collect();
            rows.sort();
            tables.push((name.clone(), columns.clone(), rows));
        }
        tables
    };
    assert_eq!(sorted(&second), sorted(&first));
}

#[test]
fn a_loaded_copy_goes_on() {
    let f = filled();
    let memory = copied(f.tracker.db());
    let (db, schema) = Fixture::empty();
    loaded(&memory, &db);
    let tracker = Tracker::open(db, None).expect("a tracker");
    let untold = tracker.db().read(untold).expect("a list");
    assert_eq!(untold.len(), 3, "they are told here");
    let world = tracker.world();
    let dict = world.orgs().next().expect("an organisation");
    assert_eq!(tracker.index(dict.org_id).expect("an index").index.read().len(), 3);
    for series in Series::ALL {
        let next = tracker
            .db()
            .write_now(|tx| crate::ids::Numbers::default().next(tx, *series))
            .expect("a number");
        let greatest: i64 =
            tracker.db().read(|tx| tx.one(&series.greatest_sql(), &[])).expect("a number");
        assert!(next > greatest, "{series:?}: {next} after {greatest}");
    }
    drop(tracker);
    drop(schema);
}

#[test]
fn a_copy_is_loaded_into_an_empty_place_only() {
    let f = filled();
    let memory = copied(f.tracker.db());
    assert!(matches!(Loader::begin(f.tracker.db(), &memory.header), Err(Error::Unfit(_))));
    let db = Db::open(Options::new(Target::SqliteMemory)).expect("a database");
    let newer = Header { step: 9999, ..Header::default() };
    assert!(matches!(Loader::begin(&db, &newer), Err(Error::Unfit(_))));
    let mut loader = Loader::begin(&db, &memory.header).expect("an empty database");
    let strange = [("follower", "name"), ("account", "nosuch"), ("nosuch", "id")];
    for (table, column) in strange {
        let refused = loader.rows(table, &[column.to_owned()], vec![Cell::Null]);
        assert!(matches!(refused, Err(Error::Unfit(_))), "{table}: {refused:?}");
    }
}

#[test]
fn all_statements_can_be_prepared() {
    let f = Fixture::new();
    let db = f.tracker.db();
    db.prepare_all(&[STEP, FILES, HOLD, RELEASE]).expect("good SQL");
    db.prepare_all(&[if db.engine() == Engine::Sqlite { UNTOLD_ID } else { UNTOLD_XID }])
        .expect("good SQL");
}
