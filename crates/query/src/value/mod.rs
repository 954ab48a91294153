//! Values that mean the same in a query text, a filter object and a field: numbers, dates,
//! intervals. Pure: the time of day and the time zone are arguments.

mod date;
mod interval;
mod number;
mod period;

pub use date::DateLiteral;
pub use interval::Interval;
pub use number::number;
pub use period::{Clock, Period};

/// Why a literal is no value of the wanted type. Carries the literal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not the form of a number.
    #[error("`{0}` is not a number")]
    Number(String),
    /// Not the form of an interval.
    #[error("`{0}` is not an interval such as `1w 3d` or `2h 30m`")]
    Interval(String),
    /// Not the form of a date or date-time.
    #[error("`{0}` is not a date such as `2024-05-01` or `2024-05-01 10:30:00`")]
    Date(String),
    /// The form of a date, but there is no such day or time of day.
    #[error("there is no such date or time: `{0}`")]
    NoSuchDate(String),
    /// Arithmetic that leaves the years the calendar covers.
    #[error("the date is out of range")]
    OutOfRange,
}
