//! The transaction that all domain code works on.

use crate::error::{Error, Result};
use crate::row::{FromRow, RowRef};
use crate::value::{Ids, Param};
use crate::{Engine, postgres, sqlite};

/// A transaction on either engine. Statements are the same text for both, see the crate's page
/// for the placeholders.
pub struct Tx<'c>(Inner<'c>);

enum Inner<'c> {
    Sqlite(&'c mut sqlite::Conn),
    Postgres(&'c mut postgres::Conn),
}

impl<'c> Tx<'c> {
    pub(crate) fn sqlite(connection: &'c mut sqlite::Conn) -> Self {
        Self(Inner::Sqlite(connection))
    }

    pub(crate) fn postgres(connection: &'c mut postgres::Conn) -> Self {
        Self(Inner::Postgres(connection))
    }
}

impl Tx<'_> {
    /// Which engine is behind this transaction.
    pub fn engine(&self) -> Engine {
        match self.0 {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Whether it only reads, so that all it sees has been committed.
    pub fn is_read(&self) -> bool {
        match &self.0 {
            Inner::Sqlite(connection) => connection.is_reader(),
            Inner::Postgres(connection) => connection.is_reader(),
        }
    }

    /// Says that another transaction changed what this one had read: if it is rolled back now, it
    /// runs again from the start on PostgreSQL. SQLite has one writer, so it never happens there.
    pub fn collided(&mut self) {
        if let Inner::Postgres(connection) = &mut self.0 {
            connection.collided();
        }
    }

    /// Runs a statement and gives the number of rows it changed.
    pub fn exec(&mut self, sql: &str, params: &[&dyn Param]) -> Result<u64> {
        match &mut self.0 {
            Inner::Sqlite(connection) => connection.exec(sql, params),
            Inner::Postgres(connection) => connection.exec(sql, params),
        }
    }

    /// The first row, if there is one.
    pub fn opt<T: FromRow>(&mut self, sql: &str, params: &[&dyn Param]) -> Result<Option<T>> {
        match &mut self.0 {
            Inner::Sqlite(connection) => connection.opt(sql, params),
            Inner::Postgres(connection) => connection.opt(sql, params),
        }
    }

    /// The first row.
    ///
    /// # Errors
    /// [`Error::NoRow`] if there is none.
    pub fn one<T: FromRow>(&mut self, sql: &str, params: &[&dyn Param]) -> Result<T> {
        self.opt(sql, params)?.ok_or(Error::NoRow)
    }

    /// All rows.
    pub fn all<T: FromRow>(&mut self, sql: &str, params: &[&dyn Param]) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.each(sql, params, &mut |row| {
            rows.push(T::from_row(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// All rows of a statement with `{any:$n}`, where `$n` comes after all of `params` and stands
    /// for `ids`. The order of the rows is the engine's, not that of `ids`.
    pub fn all_by_ids<T: FromRow>(
        &mut self,
        sql: &str,
        params: &[&dyn Param],
        ids: &[i64],
    ) -> Result<Vec<T>> {
        let ids = Ids(ids);
        let mut with_ids = Vec::with_capacity(params.len() + 1);
        with_ids.extend_from_slice(params);
        with_ids.push(&ids);
        self.all(sql, &with_ids)
    }

    /// Calls `f` with each row as it comes, without holding the others. An error of `f` ends it.
    pub fn each(
        &mut self,
        sql: &str,
        params: &[&dyn Param],
        f: &mut dyn FnMut(&RowRef<'_>) -> Result<()>,
    ) -> Result<()> {
        match &mut self.0 {
            Inner::Sqlite(connection) => connection.each(sql, params, f),
            Inner::Postgres(connection) => connection.each(sql, params, f),
        }
    }

    /// Inserts many rows with few statements and gives the number of rows inserted.
    ///
    /// `insert` is the statement up to and with `VALUES`, or with `{rows}` where the rows go if
    /// something follows them (`.. VALUES {rows} ON CONFLICT DO NOTHING`). `values` holds the rows
    /// one after the other, `columns` values each.
    pub fn insert_many(
        &mut self,
        insert: &str,
        columns: usize,
        values: &[&dyn Param],
    ) -> Result<u64> {
        if columns == 0 || !values.len().is_multiple_of(columns) {
            let count = values.len();
            return Err(Error::other(format!("{count} values do not make rows of {columns}")));
        }
        let mut chunk = largest_chunk(self.engine(), columns);
        let mut rest = values;
        let mut inserted = 0;
        while !rest.is_empty() {
            // Halving the chunk for the tail keeps the number of different statements small.
            while chunk * columns > rest.len() {
                chunk /= 2;
            }
            let (now, later) = rest.split_at(chunk * columns);
            inserted += self.exec(&insert_text(insert, chunk, columns), now)?;
            rest = later;
        }
        Ok(inserted)
    }

    /// Runs `f` in a savepoint: if it fails, what it did is undone and the transaction goes on.
    ///
    /// Needed wherever an error of a statement is handled instead of passed on, because PostgreSQL
    /// refuses everything after a failed statement.
    pub fn savepoint<T, E: From<Error>>(
        &mut self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.batch("SAVEPOINT inner_tx")?;
        match f(self) {
            Ok(value) => {
                self.batch("RELEASE SAVEPOINT inner_tx")?;
                Ok(value)
            }
            Err(error) => {
                self.batch("ROLLBACK TO SAVEPOINT inner_tx")?;
                if let Inner::Postgres(connection) = &mut self.0 {
                    connection.forgive();
                }
                self.batch("RELEASE SAVEPOINT inner_tx")?;
                Err(error)
            }
        }
    }

    /// Prepares a statement without running it.
    pub(crate) fn prepare(&mut self, sql: &str) -> Result<()> {
        match &mut self.0 {
            Inner::Sqlite(connection) => connection.prepare(sql),
            Inner::Postgres(connection) => connection.prepare(sql),
        }
    }

    /// Runs statements separated by semicolons, without parameters.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        match &mut self.0 {
            Inner::Sqlite(connection) => connection.batch(sql),
            Inner::Postgres(connection) => connection.batch(sql),
        }
    }
}

/// Rows for one statement: a power of two within the limits on placeholders (SQLite 32,766,
/// PostgreSQL 65,535). SQLite gains nothing from long statements, PostgreSQL saves round trips.
fn largest_chunk(engine: Engine, columns: usize) -> usize {
    let (rows, placeholders) = match engine {
        Engine::Sqlite => (16, 32_766),
        Engine::Postgres => (256, 65_535),
    };
    let mut chunk = rows;
    while chunk > 1 && chunk * columns > placeholders {
        chunk /= 2;
    }
    chunk
}

fn insert_text(insert: &str, rows: usize, columns: usize) -> String {
    use std::fmt::Write as _;

    let (before, after) = insert.split_once("{rows}").unwrap_or((insert, ""));
    let mut text = String::with_capacity(insert.len() + rows * columns * 6);
    text.push_str(before);
    for row in 0..rows {
        text.push_str(if row == 0 { " (" } else { ", (" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { "," };
            // Writing into a String cannot fail.
            let _ = write!(text, "{comma}${}", row * columns + column + 1);
        }
        text.push(')');
    }
    text.push_str(after);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insert_text_numbers_placeholders_by_row() {
        assert_eq!(
            insert_text("INSERT INTO t (a, b) VALUES {rows} ON CONFLICT DO NOTHING", 2, 2),
            "INSERT INTO t (a, b) VALUES  ($1,$2), ($3,$4) ON CONFLICT DO NOTHING"
        );
        assert_eq!(insert_text("INSERT INTO t (a) VALUES", 1, 1), "INSERT INTO t (a) VALUES ($1)");
    }

    #[test]
    fn chunks_respect_the_limits() {
        assert_eq!(largest_chunk(Engine::Sqlite, 5), 16);
        assert_eq!(largest_chunk(Engine::Postgres, 5), 256);
        assert_eq!(largest_chunk(Engine::Postgres, 600), 64);
    }
}
