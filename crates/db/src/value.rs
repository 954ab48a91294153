//! Parameters: what may stand for `$1` in a statement.

use std::borrow::Cow;
use std::error::Error as StdError;

use bytes::BytesMut;
use postgres::types::{IsNull, ToSql, Type};

/// A parameter as both engines take it. Only four column types exist (section 6 of the design).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// NULL of any type.
    Null,
    /// BIGINT: ids, milliseconds, flags as 0 and 1.
    Int(i64),
    /// DOUBLE.
    Double(f64),
    /// TEXT, JSON included.
    Text(&'a str),
    /// BYTES.
    Bytes(&'a [u8]),
    /// A list of ids for `{any:$n}`.
    Ids(&'a [i64]),
}

/// Something that can be bound to a placeholder. Newtypes of ids implement it by delegation.
pub trait Param {
    /// The value to bind.
    fn value(&self) -> Value<'_>;
}

/// A list of ids, for the placeholder of `{any:$n}`.
#[derive(Debug, Clone, Copy)]
pub struct Ids<'a>(pub &'a [i64]);

impl Param for Ids<'_> {
    fn value(&self) -> Value<'_> {
        Value::Ids(self.0)
    }
}

impl Param for Value<'_> {
    fn value(&self) -> Value<'_> {
        *self
    }
}

impl<T: Param + ?Sized> Param for &T {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

impl<T: Param + ?Sized> Param for Box<T> {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

impl<T: Param> Param for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, Param::value)
    }
}

macro_rules! param {
    ($($type:ty: $self:ident => $value:expr;)*) => {$(
        impl Param for $type {
            fn value(&$self) -> Value<'_> {
                $value
            }
        }
    )*};
}

param! {
    i64: self => Value::Int(*self);
    i32: self => Value::Int(i64::from(*self));
    u32: self => Value::Int(i64::from(*self));
    bool: self => Value::Int(i64::from(*self));
    f64: self => Value::Double(*self);
    str: self => Value::Text(self);
    String: self => Value::Text(self);
    Cow<'_, str>: self => Value::Text(self);
    [u8]: self => Value::Bytes(self);
    Vec<u8>: self => Value::Bytes(self);
}

impl<const N: usize> Param for [u8; N] {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Double(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
            Self::Ids(ids) => return Ok(ToSqlOutput::Owned(json_list(ids).into())),
        }))
    }
}

/// `[1,2,3]`, which SQLite's `json_each` turns into rows.
fn json_list(ids: &[i64]) -> String {
    use std::fmt::Write as _;

    let mut text = String::with_capacity(2 + ids.len() * 8);
    text.push('[');
    for (position, id) in ids.iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        // Writing into a String cannot fail.
        let _ = write!(text, "{id}");
    }
    text.push(']');
    text
}

type PgResult = Result<IsNull, Box<dyn StdError + Sync + Send>>;

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> PgResult {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => int_to_sql(*value, ty, out),
            Self::Double(value) if *ty == Type::FLOAT8 => value.to_sql(ty, out),
            Self::Text(value) if <&str as ToSql>::accepts(ty) => value.to_sql(ty, out),
            Self::Bytes(value) if *ty == Type::BYTEA => value.to_sql(ty, out),
            Self::Ids(ids) if *ty == Type::INT8_ARRAY => ids.to_sql(ty, out),
            _ => Err(format!("{self:?} given where PostgreSQL expects {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

/// PostgreSQL infers narrower integers in places such as `substr(x, $1)`.
fn int_to_sql(value: i64, ty: &Type, out: &mut BytesMut) -> PgResult {
    match *ty {
        Type::INT8 => value.to_sql(ty, out),
        Type::INT4 => i32::try_from(value)?.to_sql(ty, out),
        Type::INT2 => i16::try_from(value)?.to_sql(ty, out),
        Type::BOOL if value == 0 || value == 1 => (value == 1).to_sql(ty, out),
        _ => Err(format!("the integer {value} given where PostgreSQL expects {ty}").into()),
    }
}
