//! Comparisons, ranges and equality of numbers, dates and durations as bounds of the index
//! (query-language.md, 4.2).

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};
use trackway_query::value::{Clock, Interval, Period, number};
use trackway_query::{Comparison, Operand, Test};
use trackway_search::Cond;

use crate::dict::model::ValueType;
use crate::field::no::FieldNo;
use crate::issue::value::number_key;

/// What an operand stands for: the values of the index from the first to the last, both included;
/// none when the first is greater, such as an integer field and the number 2.5.
type Stretch = (i64, i64);

/// How the values of a field lie on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Whole numbers.
    Integer,
    /// Numbers with a fraction.
    Float,
    /// Working seconds.
    Span,
    /// Days.
    Day,
    /// Milliseconds.
    Instant,
}

impl Scale {
    /// The scale of a type, if its values can be compared.
    pub(crate) fn of(kind: ValueType) -> Option<Self> {
        match kind {
            ValueType::Integer => Some(Self::Integer),
            ValueType::Float => Some(Self::Float),
            ValueType::Timetracking => Some(Self::Span),
            ValueType::Date => Some(Self::Day),
            ValueType::Datetime => Some(Self::Instant),
            _ => None,
        }
    }

    fn stretch(self, operand: &Operand, clock: &Clock) -> Option<Stretch> {
        match (self, operand) {
            (Self::Integer, Operand::Literal(text)) => {
                let value = number(text).ok()?;
                Some((whole(value.ceil()), whole(value.floor())))
            }
            (Self::Float, Operand::Literal(text)) => {
                let value = number(text).ok()?;
                // Zero has two signs, and they are neighbours in the index.
                Some(if value == 0.0 {
                    (number_key(-0.0), number_key(0.0))
                } else {
                    (number_key(value), number_key(value))
                })
            }
            (Self::Span, Operand::Literal(text)) => {
                let seconds = Interval::parse(text).ok()?.working_seconds()?;
                Some((seconds, seconds))
            }
            (Self::Day, operand) => {
                let days = Period::of(operand, clock).ok()?.days(&clock.zone).ok()?;
                Some((day_number(days.start)?, day_number(days.end)? - 1))
            }
            (Self::Instant, operand) => {
                let instants = Period::of(operand, clock).ok()?.instants(&clock.zone).ok()?;
                Some((millis(instants.start)?, millis(instants.end)? - 1))
            }
            _ => None,
        }
    }
}

/// A number that has no fraction; beyond the integers the nearest of them.
fn whole(value: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, as it should")]
    let whole = value as i64;
    whole
}

fn day_number(day: Date) -> Option<i64> {
    let midnight = day.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp();
    Some(midnight.as_second().div_euclid(86_400))
}

/// The first millisecond that does not lie before the instant.
fn millis(at: Timestamp) -> Option<i64> {
    i64::try_from(-(-at.as_nanosecond()).div_euclid(1_000_000)).ok()
}

/// The condition that a test puts on a field; `None` when the value does not fit the scale or the
/// test is none of numbers.
pub(crate) fn cond(field: FieldNo, scale: Scale, test: &Test, clock: &Clock) -> Option<Cond> {
    let (from, to) = match test {
        Test::Is(operand) => {
            let (from, to) = scale.stretch(operand, clock)?;
            (Some(from), Some(to))
        }
        Test::Compare(sign, operand) => {
            let (first, last) = scale.stretch(operand, clock)?;
            match sign {
                Comparison::Greater => (Some(last.saturating_add(1)), None),
                Comparison::GreaterOrEqual => (Some(first), None),
                Comparison::Less => (None, Some(first.saturating_sub(1))),
                Comparison::LessOrEqual => (None, Some(last)),
            }
        }
        Test::Range(from, to) => {
            (Some(scale.stretch(from, clock)?.0), Some(scale.stretch(to, clock)?.1))
        }
        Test::Exact(_) | Test::NotExact(_) => return None,
    };
    Some(match (from, to) {
        (Some(from), Some(to)) if from > to => Cond::None,
        _ => Cond::Range { field, from, to },
    })
}
