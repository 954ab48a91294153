//! Whole tables as plain rows, for copies of a database in a form of neither engine.

use postgres::types::Type;
use rusqlite::types::ValueRef;

use crate::Engine;
use crate::error::{Error, Result};
use crate::row::{RowRef, Source};
use crate::tx::Tx;
use crate::value::{Param, Value};

/// Tables of the schema, without what an engine keeps behind them.
const SQLITE_TABLES: &str = "SELECT name FROM pragma_table_list \
     WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name";
const POSTGRES_TABLES: &str = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables \
     WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1";
const SQLITE_COLUMNS: &str = "SELECT name FROM pragma_table_info($1) ORDER BY cid";
const POSTGRES_COLUMNS: &str = "SELECT CAST(column_name AS TEXT) FROM information_schema.columns \
     WHERE table_schema = current_schema() AND CAST(table_name AS TEXT) = $1 \
     ORDER BY ordinal_position";

/// A value of a row whose columns are not known beforehand.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// NULL of any type.
    Null,
    /// BIGINT.
    Int(i64),
    /// DOUBLE.
    Double(f64),
    /// TEXT.
    Text(String),
    /// BYTES.
    Bytes(Vec<u8>),
}

impl Param for Cell {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(value) => Value::Int(*value),
            Self::Double(value) => Value::Double(*value),
            Self::Text(value) => Value::Text(value),
            Self::Bytes(value) => Value::Bytes(value),
        }
    }
}

impl RowRef<'_> {
    /// The column whatever its type is.
    ///
    /// # Errors
    /// It has none of the four types of the crate's page.
    pub fn cell(&self, column: usize) -> Result<Value<'_>> {
        match self.0 {
            Source::Sqlite(row, _) => Ok(match row.get_ref(column)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(value) => Value::Int(value),
                ValueRef::Real(value) => Value::Double(value),
                ValueRef::Text(_) => Value::Text(self.get_str(column)?),
                ValueRef::Blob(bytes) => Value::Bytes(bytes),
            }),
            Source::Postgres(row) => {
                let known = row.columns().get(column).map(postgres::Column::type_);
                let value = match known {
                    Some(&Type::INT8) => self.get_opt_i64(column)?.map(Value::Int),
                    Some(&Type::FLOAT8) => self.get_opt_f64(column)?.map(Value::Double),
                    Some(&Type::TEXT) => self.get_opt_str(column)?.map(Value::Text),
                    Some(&Type::BYTEA) => self.get_opt_bytes(column)?.map(Value::Bytes),
                    other => return Err(Error::other(format!("column {column} is {other:?}"))),
                };
                Ok(value.unwrap_or(Value::Null))
            }
        }
    }
}

impl Tx<'_> {
    /// Names of the tables of the schema.
    ///
    /// # Errors
    /// The database fails.
    pub fn tables(&mut self) -> Result<Vec<String>> {
        let sql = match self.engine() {
            Engine::Sqlite => SQLITE_TABLES,
            Engine::Postgres => POSTGRES_TABLES,
        };
        self.all(sql, &[])
    }

    /// Names of the columns of a table; none if there is no such table.
    ///
    /// # Errors
    /// The database fails.
    pub fn table_columns(&mut self, table: &str) -> Result<Vec<String>> {
        let sql = match self.engine() {
            Engine::Sqlite => SQLITE_COLUMNS,
            Engine::Postgres => POSTGRES_COLUMNS,
        };
        self.all(sql, &[&table])
    }

    /// Hands over all rows of a table, which must be one of [`tables`](Self::tables).
    ///
    /// # Errors
    /// The database fails, or `f` does.
    pub fn each_row(
        &mut self,
        table: &str,
        columns: &[String],
        f: &mut dyn FnMut(&RowRef<'_>) -> Result<()>,
    ) -> Result<()> {
        self.each(&format!("SELECT {} FROM {}", listed(columns), quoted(table)), &[], f)
    }

    /// As [`Self::each_row`], of the rows whose columns in `by` have these values.
    ///
    /// # Errors
    /// The database fails, or `f` does.
    pub fn each_row_of(
        &mut self,
        table: &str,
        columns: &[String],
        by: &[(&str, &dyn Param)],
        f: &mut dyn FnMut(&RowRef<'_>) -> Result<()>,
    ) -> Result<()> {
        let conditions: Vec<String> =
            by.iter().zip(1..).map(|((name, _), n)| format!("{} = ${n}", quoted(name))).collect();
        let values: Vec<&dyn Param> = by.iter().map(|(_, value)| *value).collect();
        let (columns, table) = (listed(columns), quoted(table));
        let sql = format!("SELECT {columns} FROM {table} WHERE {}", conditions.join(" AND "));
        self.each(&sql, &values, f)
    }

    /// Adds rows to a table: `cells` holds them one after the other.
    ///
    /// # Errors
    /// The database fails or refuses a row.
    pub fn insert_rows(&mut self, table: &str, columns: &[String], cells: &[Cell]) -> Result<u64> {
        let insert = format!("INSERT INTO {} ({}) VALUES", quoted(table), listed(columns));
        let values: Vec<&dyn Param> = cells.iter().map(|cell| cell as &dyn Param).collect();
        self.insert_many(&insert, columns.len(), &values)
    }

    /// Removes all rows of a table, which must be one of [`tables`](Self::tables).
    ///
    /// # Errors
    /// The database fails.
    pub fn delete_rows(&mut self, table: &str) -> Result<u64> {
        self.exec(&format!("DELETE FROM {}", quoted(table)), &[])
    }
}

fn listed(columns: &[String]) -> String {
    columns.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
