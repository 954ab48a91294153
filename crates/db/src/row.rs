//! Rows: reading columns by position, the same on both engines.

use std::sync::Arc;

use postgres::types::{FromSql, Type};
use rusqlite::types::ValueRef;

use crate::error::{Error, Result};

/// One row of an answer, borrowed from the engine: text and bytes can be read without copying.
pub struct RowRef<'r>(pub(crate) Source<'r>);

#[derive(Clone, Copy)]
pub(crate) enum Source<'r> {
    Sqlite(&'r rusqlite::Row<'r>, usize),
    Postgres(&'r postgres::Row),
}

impl RowRef<'_> {
    /// How many columns the row has.
    pub fn len(&self) -> usize {
        match self.0 {
            Source::Sqlite(_, columns) => columns,
            Source::Postgres(row) => row.len(),
        }
    }

    /// Whether the row has no column at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads a column into an owned value.
    pub fn get<T: FromColumn>(&self, column: usize) -> Result<T> {
        T::from_column(self, column)
    }

    /// Whether the column is NULL.
    pub fn is_null(&self, column: usize) -> Result<bool> {
        match self.0 {
            Source::Sqlite(row, _) => Ok(matches!(row.get_ref(column)?, ValueRef::Null)),
            Source::Postgres(row) => Ok(row.try_get::<_, IsNull>(column)?.0),
        }
    }

    /// A BIGINT; an error if it is NULL.
    pub fn get_i64(&self, column: usize) -> Result<i64> {
        self.get_opt_i64(column)?.ok_or_else(|| null(column))
    }

    /// A BIGINT or NULL. On PostgreSQL narrower integers and BOOL are read as well, because
    /// `EXISTS(..)` and literals have those types there.
    pub fn get_opt_i64(&self, column: usize) -> Result<Option<i64>> {
        match self.0 {
            Source::Sqlite(row, _) => match row.get_ref(column)? {
                ValueRef::Null => Ok(None),
                ValueRef::Integer(value) => Ok(Some(value)),
                other => Err(mismatch(column, "BIGINT", &other)),
            },
            Source::Postgres(row) => Ok(row.try_get::<_, Option<Int>>(column)?.map(|int| int.0)),
        }
    }

    /// A BIGINT read as a flag: anything but 0 is true.
    pub fn get_bool(&self, column: usize) -> Result<bool> {
        Ok(self.get_i64(column)? != 0)
    }

    /// A DOUBLE; an error if it is NULL.
    pub fn get_f64(&self, column: usize) -> Result<f64> {
        self.get_opt_f64(column)?.ok_or_else(|| null(column))
    }

    /// A DOUBLE or NULL.
    pub fn get_opt_f64(&self, column: usize) -> Result<Option<f64>> {
        match self.0 {
            Source::Sqlite(row, _) => match row.get_ref(column)? {
                ValueRef::Null => Ok(None),
                ValueRef::Real(value) => Ok(Some(value)),
                other => Err(mismatch(column, "DOUBLE", &other)),
            },
            Source::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    /// A TEXT without copying; an error if it is NULL.
    pub fn get_str(&self, column: usize) -> Result<&str> {
        self.get_opt_str(column)?.ok_or_else(|| null(column))
    }

    /// A TEXT or NULL, without copying.
    pub fn get_opt_str(&self, column: usize) -> Result<Option<&str>> {
        match self.0 {
            Source::Sqlite(row, _) => match row.get_ref(column)? {
                ValueRef::Null => Ok(None),
                ValueRef::Text(text) => std::str::from_utf8(text)
                    .map(Some)
                    .map_err(|_| Error::other(format!("column {column} is not UTF-8"))),
                other => Err(mismatch(column, "TEXT", &other)),
            },
            Source::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    /// BYTES without copying; an error if they are NULL.
    pub fn get_bytes(&self, column: usize) -> Result<&[u8]> {
        self.get_opt_bytes(column)?.ok_or_else(|| null(column))
    }

    /// BYTES or NULL, without copying.
    pub fn get_opt_bytes(&self, column: usize) -> Result<Option<&[u8]>> {
        match self.0 {
            Source::Sqlite(row, _) => match row.get_ref(column)? {
                ValueRef::Null => Ok(None),
                ValueRef::Blob(bytes) => Ok(Some(bytes)),
                other => Err(mismatch(column, "BYTES", &other)),
            },
            Source::Postgres(row) => Ok(row.try_get(column)?),
        }
    }

    /// A cursor over the columns from the first, after a check that there are exactly `count`.
    pub fn columns(&self, count: usize) -> Result<Columns<'_, '_>> {
        if self.len() == count {
            Ok(Columns { row: self, next: 0 })
        } else {
            Err(Error::other(format!("{} columns where {count} are expected", self.len())))
        }
    }
}

/// Reads the columns of a row one after the other; made by [`RowRef::columns`].
pub struct Columns<'a, 'r> {
    row: &'a RowRef<'r>,
    next: usize,
}

impl Columns<'_, '_> {
    /// The next column.
    pub fn read<T: FromColumn>(&mut self) -> Result<T> {
        let column = self.next;
        self.next += 1;
        T::from_column(self.row, column)
    }
}

/// An owned value made from one column. Newtypes of ids implement it by delegation.
pub trait FromColumn: Sized {
    /// Reads the column at this position.
    fn from_column(row: &RowRef<'_>, column: usize) -> Result<Self>;
}

/// A value made from a whole row, by position of the columns. See [`row!`](crate::row).
pub trait FromRow: Sized {
    /// Reads the row.
    fn from_row(row: &RowRef<'_>) -> Result<Self>;
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(row: &RowRef<'_>, column: usize) -> Result<Self> {
        if row.is_null(column)? { Ok(None) } else { T::from_column(row, column).map(Some) }
    }
}

macro_rules! column {
    ($($type:ty: $row:ident, $column:ident => $value:expr;)*) => {$(
        impl FromColumn for $type {
            fn from_column($row: &RowRef<'_>, $column: usize) -> Result<Self> {
                $value
            }
        }

        /// A row of one column.
        impl FromRow for $type {
            fn from_row(row: &RowRef<'_>) -> Result<Self> {
                row.columns(1)?.read()
            }
        }

        /// A row of one column.
        impl FromRow for Option<$type> {
            fn from_row(row: &RowRef<'_>) -> Result<Self> {
                row.columns(1)?.read()
            }
        }
    )*};
}

column! {
    i64: row, column => row.get_i64(column);
    i32: row, column => narrow(row, column);
    u32: row, column => narrow(row, column);
    bool: row, column => row.get_bool(column);
    f64: row, column => row.get_f64(column);
    String: row, column => row.get_str(column).map(str::to_owned);
    Box<str>: row, column => row.get_str(column).map(Box::from);
    Vec<u8>: row, column => row.get_bytes(column).map(<[u8]>::to_vec);
    Box<[u8]>: row, column => row.get_bytes(column).map(Box::from);
    Arc<str>: row, column => row.get_str(column).map(Arc::from);
    Arc<[u8]>: row, column => row.get_bytes(column).map(Arc::from);
}

fn narrow<T: TryFrom<i64>>(row: &RowRef<'_>, column: usize) -> Result<T> {
    let wide = row.get_i64(column)?;
    T::try_from(wide).map_err(|_| Error::other(format!("column {column}: {wide} is too large")))
}

macro_rules! tuple {
    ($($count:literal: $($type:ident)*;)*) => {$(
        impl<$($type: FromColumn),*> FromRow for ($($type,)*) {
            fn from_row(row: &RowRef<'_>) -> Result<Self> {
                let mut columns = row.columns($count)?;
                Ok(($(columns.read::<$type>()?,)*))
            }
        }
    )*};
}

tuple! {
    1: A;
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E F;
    7: A B C D E F G;
    8: A B C D E F G H;
}

/// Declares a struct whose fields are the columns of a query, in order, and makes it
/// [`FromRow`].
///
/// ```
/// trackway_db::row! {
///     /// A queue as the list shows it.
///     pub struct QueueRow {
///         pub id: i64,
///         pub key: String,
///         pub lead: Option<i64>,
///     }
/// }
/// assert_eq!(QueueRow::COLUMNS, ["id", "key", "lead"]);
/// ```
#[macro_export]
macro_rules! row {
    ($(
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty),* $(,)?
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name {
            $(
                $(#[$field_meta])*
                #[allow(missing_docs, reason = "a field says no more than its column")]
                $field_vis $field: $type,
            )*
        }

        impl $name {
            /// The names of the fields, in the order in which the query must give them.
            $vis const COLUMNS: [&'static str; [$(stringify!($field)),*].len()] =
                [$(stringify!($field)),*];
        }

        impl $crate::FromRow for $name {
            fn from_row(row: &$crate::RowRef<'_>) -> $crate::Result<Self> {
                let mut columns = row.columns(Self::COLUMNS.len())?;
                Ok(Self { $($field: columns.read()?),* })
            }
        }
    )*};
}

fn null(column: usize) -> Error {
    Error::other(format!("column {column} is NULL"))
}

fn mismatch(column: usize, wanted: &str, found: &ValueRef<'_>) -> Error {
    Error::other(format!("column {column} is {} where {wanted} is expected", found.data_type()))
}

type FromSqlResult<T> = Result<T, Box<dyn std::error::Error + Sync + Send>>;

/// Any integer of PostgreSQL.
struct Int(i64);

impl<'a> FromSql<'a> for Int {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> FromSqlResult<Self> {
        Ok(Self(match *ty {
            Type::INT8 => i64::from_sql(ty, raw)?,
            Type::INT4 => i64::from(i32::from_sql(ty, raw)?),
            Type::INT2 => i64::from(i16::from_sql(ty, raw)?),
            _ => i64::from(bool::from_sql(ty, raw)?),
        }))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL)
    }
}

/// Whether a column of PostgreSQL is NULL, whatever its type.
struct IsNull(bool);

impl<'a> FromSql<'a> for IsNull {
    fn from_sql(_: &Type, _: &'a [u8]) -> FromSqlResult<Self> {
        Ok(Self(false))
    }

    fn from_sql_null(_: &Type) -> FromSqlResult<Self> {
        Ok(Self(true))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
