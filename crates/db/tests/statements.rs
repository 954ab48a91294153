//! Statements, parameters and rows, the same on both engines.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use trackway_db::testing::each_engine;
use trackway_db::{Db, Error, FromColumn, Ids, Migration, Param, Result, RowRef, Value};

trackway_db::row! {
    /// Every column type.
    pub struct ThingRow {
        pub id: i64,
        pub name: Option<String>,
        pub ratio: Option<f64>,
        pub refs: Option<Vec<u8>>,
    }
}

const SCHEMA: Migration = Migration {
    number: 1,
    name: "things",
    sql: "CREATE TABLE thing (
              id {id} PRIMARY KEY,
              name {text} UNIQUE,
              ratio {double},
              refs {bytes}
          ) {strict};
          CREATE TABLE part (
              thing_id {int} NOT NULL REFERENCES thing (id),
              num {int} NOT NULL,
              PRIMARY KEY (thing_id, num)
          ) {strict_keyed};",
};
const INSERT: &str = "INSERT INTO thing (id, name, ratio, refs) VALUES ($1, $2, $3, $4)";
const SELECT: &str = "SELECT id, name, ratio, refs FROM thing WHERE id = $1";

fn with_things(test: impl Fn(&Db)) {
    each_engine(|db| {
        db.migrate(&[SCHEMA]).unwrap();
        test(db);
    });
}

fn insert_ids(db: &Db, ids: impl IntoIterator<Item = i64>) {
    let ids: Vec<i64> = ids.into_iter().collect();
    db.write_now(|tx| {
        for id in &ids {
            tx.exec("INSERT INTO thing (id, name) VALUES ($1, $2)", &[id, &format!("n{id}")])?;
        }
        Ok::<_, Error>(())
    })
    .unwrap();
}

#[test]
fn values_survive_the_round_trip() {
    with_things(|db| {
        let rows = [
            ThingRow { id: i64::MIN, name: None, ratio: None, refs: None },
            ThingRow {
                id: i64::MAX,
                name: Some("Ёж — hedgehog 🦔".to_owned()),
                ratio: Some(-0.1),
                refs: Some(vec![0, 255, 10]),
            },
            ThingRow {
                id: 0,
                name: Some(String::new()),
                ratio: Some(f64::MAX),
                refs: Some(vec![]),
            },
        ];
        db.write_now(|tx| {
            for row in &rows {
                assert_eq!(tx.exec(INSERT, &[&row.id, &row.name, &row.ratio, &row.refs])?, 1);
            }
            Ok::<_, Error>(())
        })
        .unwrap();
        for row in &rows {
            assert_eq!(db.read(|tx| tx.one::<ThingRow>(SELECT, &[&row.id])), Ok(row.clone()));
        }
    });
}

#[test]
fn placeholders_come_in_any_order() {
    with_things(|db| {
        insert_ids(db, 1..=9);
        let sql = "SELECT id, name FROM thing
                   WHERE name = $3 OR (id > $2 AND id < $1) OR (id < $1 AND id = $2)
                   ORDER BY id LIMIT $4";
        let found: Vec<(i64, String)> =
            db.read(|tx| tx.all(sql, &[&5_i64, &3_i64, &"n9", &10_i64])).unwrap();
        assert_eq!(found.iter().map(|row| row.0).collect::<Vec<_>>(), [3, 4, 9]);
        let again: Vec<(i64, String)> =
            db.read(|tx| tx.all(sql, &[&3_i64, &1_i64, &"n1", &10_i64])).unwrap();
        assert_eq!(again.iter().map(|row| row.0).collect::<Vec<_>>(), [1, 2]);
    });
}

#[test]
fn wrong_parameters_are_errors() {
    with_things(|db| {
        insert_ids(db, [1]);
        let one = |sql: &str, params: &[&dyn Param]| db.read(|tx| tx.opt::<i64>(sql, params));
        assert!(matches!(one("SELECT id FROM thing WHERE id = $1", &[]), Err(Error::Other(_))));
        let two: &[&dyn Param] = &[&1_i64, &2_i64];
        assert!(matches!(one("SELECT id FROM thing WHERE id = $1", two), Err(Error::Other(_))));
        assert!(matches!(one("SELECT id FROM thing WHERE id = $2", two), Err(Error::Other(_))));
        assert!(matches!(one("SELEC id", &[]), Err(Error::Other(_))));
        assert_eq!(one("SELECT id FROM thing WHERE id = $1", &[&1_i64]), Ok(Some(1)));
    });
}

#[test]
fn lists_of_ids_are_one_statement() {
    with_things(|db| {
        insert_ids(db, 1..=100);
        let sql = "SELECT id, name, ratio, refs FROM thing
                   WHERE name <> $1 AND id {any:$2} ORDER BY id";
        let ids = |list: &[i64]| {
            let rows: Vec<ThingRow> = db.read(|tx| tx.all_by_ids(sql, &[&"n7"], list)).unwrap();
            rows.iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&[9, 7, 7, -1, 3, 100, 9_000_000_000]), [3, 9, 100]);
        assert_eq!(ids(&[]), [0_i64; 0]);
        let changed = db.write_now(|tx| {
            tx.exec("UPDATE thing SET ratio = $1 WHERE id {any:$2}", &[&0.5, &Ids(&[1, 2, 200])])
        });
        assert_eq!(changed, Ok(2));
    });
}

#[test]
fn rows_are_read_by_position() {
    with_things(|db| {
        insert_ids(db, 1..=3);
        db.read(|tx| {
            assert_eq!(tx.opt::<i64>("SELECT id FROM thing WHERE id = $1", &[&4_i64])?, None);
            let none = tx.one::<i64>("SELECT id FROM thing WHERE id = $1", &[&4_i64]);
            assert_eq!(none, Err(Error::NoRow));
            assert_eq!(tx.one::<Option<i64>>("SELECT max(num) FROM part", &[])?, None);
            let counts: (i64, bool, i64) =
                tx.one("SELECT count(*), EXISTS (SELECT 1 FROM part), 1 FROM thing", &[])?;
            assert_eq!(counts, (3, false, 1));
            assert!(matches!(
                tx.one::<(i64,)>("SELECT id, name FROM thing", &[]),
                Err(Error::Other(_))
            ));
            assert!(matches!(tx.one::<String>("SELECT id FROM thing", &[]), Err(Error::Other(_))));
            assert!(matches!(tx.one::<f64>("SELECT ratio FROM thing", &[]), Err(Error::Other(_))));
            Ok::<_, Error>(())
        })
        .unwrap();
    });
}

#[test]
fn each_borrows_and_stops() {
    with_things(|db| {
        insert_ids(db, 1..=50);
        let mut seen = String::new();
        let stopped = db.read(|tx| {
            tx.each("SELECT id, name, refs FROM thing ORDER BY id", &[], &mut |row| {
                seen.push_str(row.get_str(1)?);
                assert!(row.is_null(2)?);
                assert_eq!(row.get_opt_bytes(2)?, None);
                if row.get_i64(0)? == 3 { Err(Error::NoRow) } else { Ok(()) }
            })
        });
        assert_eq!((stopped, seen.as_str()), (Err(Error::NoRow), "n1n2n3"));
        assert_eq!(db.read(|tx| tx.one::<i64>("SELECT count(*) FROM thing", &[])), Ok(50));
    });
}

#[test]
fn newtypes_delegate() {
    #[derive(Debug, Clone, Copy, PartialEq)]
    struct ThingId(i64);
    impl Param for ThingId {
        fn value(&self) -> Value<'_> {
            self.0.value()
        }
    }
    impl FromColumn for ThingId {
        fn from_column(row: &RowRef<'_>, column: usize) -> Result<Self> {
            row.get(column).map(ThingId)
        }
    }
    with_things(|db| {
        insert_ids(db, [5]);
        let id = ThingId(5);
        let row: (ThingId, Option<ThingId>) = db
            .read(|tx| tx.one("SELECT id, CAST(NULL AS BIGINT) FROM thing WHERE id = $1", &[&id]))
            .unwrap();
        assert_eq!(row, (id, None));
    });
}

#[test]
fn constraints_are_told_apart() {
    with_things(|db| {
        insert_ids(db, [1]);
        let exec = |sql: &str, params: &[&dyn Param]| db.write_now(|tx| tx.exec(sql, params));
        let key = exec(INSERT, &[&1_i64, &"other", &None::<f64>, &None::<Vec<u8>>]);
        let Err(Error::Unique { constraint: Some(constraint) }) = key else { panic!("{key:?}") };
        assert!(["thing.id", "thing_pkey"].contains(&constraint.as_str()), "{constraint}");
        let name = exec(INSERT, &[&2_i64, &"n1", &None::<f64>, &None::<Vec<u8>>]);
        let Err(Error::Unique { constraint: Some(constraint) }) = name else { panic!("{name:?}") };
        assert!(["thing.name", "thing_name_key"].contains(&constraint.as_str()), "{constraint}");
        let part = "INSERT INTO part (thing_id, num) VALUES ($1, $2)";
        assert!(matches!(exec(part, &[&99_i64, &1_i64]), Err(Error::Constraint(_))));
        assert!(matches!(exec(part, &[&1_i64, &None::<i64>]), Err(Error::Constraint(_))));
        assert_eq!(exec(part, &[&1_i64, &1_i64]), Ok(1));
    });
}

#[test]
fn a_savepoint_survives_a_failed_statement() {
    with_things(|db| {
        insert_ids(db, [1]);
        db.write_now(|tx| {
            tx.exec("INSERT INTO thing (id) VALUES ($1)", &[&2_i64])?;
            let taken = tx.savepoint(|tx| {
                tx.exec("INSERT INTO thing (id) VALUES ($1)", &[&3_i64])?;
                tx.exec("INSERT INTO thing (id) VALUES ($1)", &[&1_i64])
            });
            assert!(matches!(taken, Err(Error::Unique { .. })), "{taken:?}");
            tx.savepoint(|tx| tx.exec("INSERT INTO thing (id) VALUES ($1)", &[&4_i64]))
        })
        .unwrap();
        let ids: Vec<i64> = db.read(|tx| tx.all("SELECT id FROM thing ORDER BY id", &[])).unwrap();
        assert_eq!(ids, [1, 2, 4]);
    });
}

#[test]
fn many_rows_are_inserted_with_few_statements() {
    with_things(|db| {
        let count = 20_003_i64;
        let names: Vec<String> = (0..count).map(|id| format!("name {id}")).collect();
        let ids: Vec<i64> = (0..count).collect();
        let mut values: Vec<&dyn Param> = Vec::new();
        for (id, name) in ids.iter().zip(&names) {
            values.push(id);
            values.push(name);
        }
        let inserted =
            db.write_now(|tx| tx.insert_many("INSERT INTO thing (id, name) VALUES", 2, &values));
        assert_eq!(inserted, Ok(20_003));
        let again = db.write_now(|tx| {
            tx.insert_many(
                "INSERT INTO thing (id, name) VALUES {rows} ON CONFLICT DO NOTHING",
                2,
                &values[..200],
            )
        });
        assert_eq!(again, Ok(0));
        let last: (i64, String) = db
            .read(|tx| tx.one("SELECT id, name FROM thing ORDER BY id DESC LIMIT 1", &[]))
            .unwrap();
        assert_eq!(last, (20_002, "name 20002".to_owned()));
        let odd =
            db.write_now(|tx| tx.insert_many("INSERT INTO thing (id) VALUES", 2, &values[..3]));
        assert!(matches!(odd, Err(Error::Other(_))));
    });
}

#[test]
fn all_statements_can_be_prepared() {
    with_things(|db| {
        let locking =
            "SELECT id FROM thing WHERE id {any:$1} ORDER BY id {for_update} {skip_locked}";
        assert_eq!(db.prepare_all(&[INSERT, SELECT, locking]), Ok(()));
        let Err(Error::Other(text)) = db.prepare_all(&[SELECT, "SELECT nothing FROM thing"]) else {
            panic!("a missing column is found");
        };
        assert!(text.contains("SELECT nothing FROM thing"), "{text}");
    });
}

#[test]
fn text_is_ordered_by_bytes() {
    with_things(|db| {
        db.write_now(|tx| {
            for (id, name) in [(1_i64, "b"), (2, "B"), (3, "а"), (4, "a"), (5, "Z")] {
                tx.exec("INSERT INTO thing (id, name) VALUES ($1, $2)", &[&id, &name])?;
            }
            Ok::<_, Error>(())
        })
        .unwrap();
        let names: Vec<String> =
            db.read(|tx| tx.all("SELECT name FROM thing ORDER BY name", &[])).unwrap();
        assert_eq!(names, ["B", "Z", "a", "b", "а"]);
    });
}
