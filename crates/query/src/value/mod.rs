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

use std::fmt;

use crate::error::{Language, shorten};

/// Why a literal is no value of the wanted type. Carries the literal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not the form of a number.
    Number(String),
    /// Not the form of an interval.
    Interval(String),
    /// Not the form of a date or date-time.
    Date(String),
    /// The form of a date, but there is no such day or time of day.
    NoSuchDate(String),
    /// Arithmetic that leaves the years the calendar covers.
    OutOfRange,
}

impl ValueError {
    /// The whole message for a person; long literals are cut.
    pub fn message(&self, language: Language) -> String {
        let (literal, english, russian) = match self {
            Self::Number(text) => (text, "is not a number", "— не число"),
            Self::Interval(text) => (
                text,
                "is not an interval such as `1w 3d` or `2h 30m`",
                "— не интервал вида `1w 3d` или `2h 30m`",
            ),
            Self::Date(text) => (
                text,
                "is not a date such as `2024-05-01` or `2024-05-01 10:30:00`",
                "— не дата вида `2024-05-01` или `2024-05-01 10:30:00`",
            ),
            Self::NoSuchDate(text) => {
                (text, "is a date or time that does not exist", "— несуществующая дата или время")
            }
            Self::OutOfRange => {
                return match language {
                    Language::English => "the date is out of range".to_owned(),
                    Language::Russian => "дата вне допустимых пределов".to_owned(),
                };
            }
        };
        let text = match language {
            Language::English => english,
            Language::Russian => russian,
        };
        format!("`{}` {text}", shorten(literal))
    }
}

/// The English message.
impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_literal() {
        let error = number("many").expect_err("refused");
        assert_eq!(error.to_string(), "`many` is not a number");
        assert_eq!(error.message(Language::Russian), "`many` — не число");
        let long = ValueError::Date("x".repeat(1000)).to_string();
        assert!(long.len() < 200, "{long}");
    }
}
