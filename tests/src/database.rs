//! A `PostgreSQL` database of its own for each server.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use postgres::{Client, NoTls};

/// The variable that names a `PostgreSQL` server on which databases may be created, as a
/// `postgres://` URL.
pub const ENV: &str = "TRACKWAY_TEST_PG";

/// A fresh database, dropped with this value.
#[derive(Debug)]
pub struct Database {
    admin_url: String,
    name: String,
}

impl Database {
    /// The URL of the server in [`ENV`], if there is one.
    pub fn server_url() -> Option<String> {
        std::env::var(ENV).ok().filter(|url| !url.is_empty())
    }

    /// Creates a database on the server of `admin_url`.
    ///
    /// # Panics
    ///
    /// When the server cannot be reached or refuses.
    pub fn create(admin_url: &str) -> Self {
        let name = fresh_name();
        admin(admin_url, &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"));
        Self { admin_url: admin_url.to_owned(), name }
    }

    /// The `postgres://` URL of this database.
    ///
    /// # Panics
    ///
    /// When the server's URL has no host.
    pub fn url(&self) -> String {
        with_database(&self.admin_url, &self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A failure here must not hide the panic of the test.
        if let Ok(mut client) = Client::connect(&self.admin_url, NoTls) {
            let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
            if let Err(error) = client.batch_execute(&sql) {
                eprintln!("database {} was left behind: {error}", self.name);
            }
        }
    }
}

fn admin(url: &str, sql: &str) {
    let mut client = Client::connect(url, NoTls).unwrap_or_else(|e| panic!("{ENV}: {e}"));
    client.batch_execute(sql).unwrap_or_else(|e| panic!("{ENV}: {sql}: {e}"));
}

/// Unique among the processes and threads of a test run: nextest starts a process per test.
fn fresh_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("trackway_test_{}_{count}_{time}", std::process::id())
}

fn with_database(url: &str, name: &str) -> String {
    let (scheme, rest) = url.split_once("://").expect("a postgres:// URL");
    let (address, parameters) = rest.split_once('?').map_or((rest, None), |(a, p)| (a, Some(p)));
    let authority = address.split('/').next().unwrap_or_default();
    match parameters {
        Some(parameters) => format!("{scheme}://{authority}/{name}?{parameters}"),
        None => format!("{scheme}://{authority}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_of_the_url_changes() {
        let cases = [
            ("postgres://u:p@h:5432/postgres", "postgres://u:p@h:5432/t"),
            ("postgres://u@h", "postgres://u@h/t"),
            ("postgres://u@%2Ftmp%2Fpg/x?a=b", "postgres://u@%2Ftmp%2Fpg/t?a=b"),
        ];
        for (url, expected) in cases {
            assert_eq!(with_database(url, "t"), expected);
        }
    }

    #[test]
    fn a_database_is_created_and_dropped() {
        let Some(url) = Database::server_url() else {
            return crate::skip::skip("PostgreSQL", "set TRACKWAY_TEST_PG");
        };
        let database = Database::create(&url);
        let name = database.name.clone();
        let mut client = Client::connect(&database.url(), NoTls).expect("connects");
        let row = client.query_one("SELECT current_database()::text", &[]).expect("answers");
        assert_eq!(row.get::<_, String>(0), name);
        drop(database);
        assert!(Client::connect(&with_database(&url, &name), NoTls).is_err());
    }
}
