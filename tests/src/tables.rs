//! The database of a running server, past the server: to look for what must not be there, and to
//! make it fail.

use std::time::Duration;

use postgres::NoTls;

use crate::Server;

/// A connection of the test's own.
pub enum Tables {
    /// To the file.
    Sqlite(rusqlite::Connection),
    /// To the server.
    Postgres(Box<postgres::Client>),
}

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tables")
    }
}

impl Tables {
    /// Connects to the database of a server.
    ///
    /// # Panics
    ///
    /// When it cannot be reached.
    pub fn of(server: &Server) -> Self {
        if let Some(url) = server.database_url() {
            return Self::Postgres(Box::new(
                postgres::Client::connect(&url, NoTls).expect("the database answers"),
            ));
        }
        let file = server.data_dir().join("trackway.db");
        let connection = rusqlite::Connection::open(file).expect("the file can be opened");
        connection.busy_timeout(Duration::from_secs(60)).expect("a time");
        Self::Sqlite(connection)
    }

    /// Runs statements.
    ///
    /// # Panics
    ///
    /// When one fails.
    pub fn run(&mut self, sql: &str) {
        match self {
            Self::Sqlite(connection) => connection.execute_batch(sql).expect(sql),
            Self::Postgres(client) => client.batch_execute(sql).expect(sql),
        }
    }

    /// From now on no row of a table can be changed in this way (`INSERT`, `UPDATE`, `DELETE`).
    pub fn break_at(&mut self, table: &str, change: &str) {
        let sql = match self {
            Self::Sqlite(_) => format!(
                "CREATE TRIGGER broken_{table} BEFORE {change} ON {table} \
                 BEGIN SELECT RAISE(ABORT, 'the disk is broken'); END"
            ),
            Self::Postgres(_) => format!(
                "CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION 'the disk is broken'; END $$; \
                 CREATE TRIGGER broken_{table} BEFORE {change} ON {table} \
                 FOR EACH ROW EXECUTE FUNCTION broken()"
            ),
        };
        self.run(&sql);
    }

    /// Ends what [`Tables::break_at`] began.
    pub fn mend(&mut self, table: &str) {
        let sql = match self {
            Self::Sqlite(_) => format!("DROP TRIGGER broken_{table}"),
            Self::Postgres(_) => format!("DROP TRIGGER broken_{table} ON {table}"),
        };
        self.run(&sql);
    }

    /// Everything in every table, as text; bytes as they are and in hex.
    ///
    /// # Panics
    ///
    /// When the database cannot be read.
    pub fn dump(&mut self) -> String {
        match self {
            Self::Sqlite(connection) => sqlite_dump(connection),
            Self::Postgres(client) => postgres_dump(client),
        }
    }
}

fn sqlite_dump(connection: &rusqlite::Connection) -> String {
    use rusqlite::types::ValueRef;

    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%fts%'";
    let mut names = connection.prepare(sql).expect("a statement");
    let names = names.query_map([], |row| row.get::<_, String>(0)).expect("tables");
    let mut text = String::new();
    for name in names {
        let name = name.expect("a name");
        let mut rows = connection.prepare(&format!("SELECT * FROM \"{name}\"")).expect(&name);
        let count = rows.column_count();
        let mut rows = rows.query([]).expect(&name);
        while let Some(row) = rows.next().expect(&name) {
            text.push_str(&name);
            for at in 0..count {
                text.push('\t');
                match row.get_ref(at).expect("a column") {
                    ValueRef::Null => {}
                    ValueRef::Integer(number) => text.push_str(&number.to_string()),
                    ValueRef::Real(number) => text.push_str(&number.to_string()),
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                        text.push_str(&String::from_utf8_lossy(bytes));
                        text.push_str(&data_encoding::HEXLOWER.encode(bytes));
                    }
                }
            }
            text.push('\n');
        }
    }
    text
}

fn postgres_dump(client: &mut postgres::Client) -> String {
    let sql = "SELECT table_schema || '.' || table_name FROM information_schema.tables \
               WHERE table_schema NOT IN ('pg_catalog', 'information_schema') \
               AND table_type = 'BASE TABLE'";
    let names = client.query(sql, &[]).expect("tables");
    let mut text = String::new();
    for name in names {
        let name: String = name.get(0);
        let rows = client.query(&format!("SELECT to_jsonb(t)::text FROM {name} t"), &[]);
        for row in rows.expect(&name) {
            text.push_str(&name);
            text.push('\t');
            text.push_str(row.get(0));
            text.push('\n');
        }
    }
    text
}
