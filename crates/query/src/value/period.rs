//! What dates and date functions stand for: half-open stretches of time (query language, §4.2,
//! §5).

use std::ops::Range;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{DateLiteral, Interval, ValueError};
use crate::ast::{DateBase, DateExpr, DateFunction, Operand, Shift};

/// Instants are kept in milliseconds, so a single instant is a stretch of one.
const INSTANT: SignedDuration = SignedDuration::from_millis(1);
/// A date-time without a fraction names one second (§7).
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// The time and place a query is asked at.
#[derive(Debug, Clone)]
pub struct Clock {
    /// The current instant.
    pub now: Timestamp,
    /// The caller's time zone.
    pub zone: TimeZone,
}

/// A half-open stretch of time. Comparisons follow from its ends: `> p` is `t >= end`, `>= p` is
/// `t >= start`, `< p` is `t < start`, `<= p` is `t < end`, `p .. q` is from the start of the one
/// to the end of the other (§4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Period {
    /// Whole days of the caller's time zone; the last one is outside.
    Days(Range<Date>),
    /// Instants; the last one is outside.
    Instants(Range<Timestamp>),
}

impl Period {
    /// Evaluates an operand of a date field.
    ///
    /// # Errors
    /// [`ValueError::Date`] for a literal or function that is no date,
    /// [`ValueError::NoSuchDate`], and [`ValueError::OutOfRange`] for arithmetic that leaves the
    /// calendar.
    pub fn of(operand: &Operand, clock: &Clock) -> Result<Self, ValueError> {
        match operand {
            Operand::Literal(text) => Self::of_literal(text, clock),
            Operand::Date(date) => Self::of_expr(date, clock),
            Operand::Function(function) => Err(ValueError::Date(function.to_string())),
        }
    }

    /// Evaluates a date literal. A date-time without an offset is read in the caller's zone.
    ///
    /// # Errors
    /// As [`DateLiteral::parse`]; [`ValueError::OutOfRange`] at the ends of the calendar.
    pub fn of_literal(text: &str, clock: &Clock) -> Result<Self, ValueError> {
        match DateLiteral::parse(text)? {
            DateLiteral::Day(day) => Self::day(day),
            DateLiteral::Local(local) => {
                let zoned = clock.zone.to_zoned_datetime(local).map_err(out_of_range)?;
                Self::instant(zoned.timestamp())
            }
            DateLiteral::Instant(instant) => Self::instant(instant),
        }
    }

    /// Evaluates a date function or a date with arithmetic.
    ///
    /// # Errors
    /// As [`Period::of`].
    pub fn of_expr(expr: &DateExpr, clock: &Clock) -> Result<Self, ValueError> {
        let base = match &expr.base {
            DateBase::Function(function) => Self::of_function(*function, clock)?,
            DateBase::Literal(text) => Self::of_literal(text, clock)?,
        };
        expr.shifts.iter().try_fold(base, |period, shift| period.shifted(*shift, &clock.zone))
    }

    fn of_function(function: DateFunction, clock: &Clock) -> Result<Self, ValueError> {
        let today = clock.now.to_zoned_datetime(clock.zone.clone()).date();
        let (first, length) = match function {
            DateFunction::Now => {
                let minute = clock.now.as_second().div_euclid(60) * 60;
                let start = Timestamp::from_second(minute).map_err(out_of_range)?;
                return Ok(Self::Instants(start..later(start, INSTANT)?));
            }
            DateFunction::Today => (today, 1.day()),
            DateFunction::Week => {
                let past = today.weekday().since(Weekday::Monday);
                (today.checked_sub(past.days()).map_err(out_of_range)?, 1.week())
            }
            DateFunction::Month => (today.first_of_month(), 1.month()),
            DateFunction::Quarter => {
                let past = (today.month() - 1) % 3;
                let first = today.first_of_month().checked_sub(past.months());
                (first.map_err(out_of_range)?, 3.months())
            }
            DateFunction::Year => (today.first_of_year(), 1.year()),
        };
        Ok(Self::Days(first..first.checked_add(length).map_err(out_of_range)?))
    }

    fn day(day: Date) -> Result<Self, ValueError> {
        Ok(Self::Days(day..day.tomorrow().map_err(out_of_range)?))
    }

    fn instant(start: Timestamp) -> Result<Self, ValueError> {
        let length = if start.subsec_nanosecond() == 0 { SECOND } else { INSTANT };
        Ok(Self::Instants(start..later(start, length)?))
    }

    /// Both ends moved: months and days by the calendar of the zone, keeping the time of day, and
    /// the rest as exact time. Whole days stay whole days unless hours or less are added.
    ///
    /// # Errors
    /// [`ValueError::OutOfRange`].
    pub fn shifted(&self, shift: Shift, zone: &TimeZone) -> Result<Self, ValueError> {
        let span = span_of(shift)?;
        match self {
            Self::Days(days) if !shift.interval.has_time() => {
                let start = days.start.checked_add(span).map_err(out_of_range)?;
                let end = days.end.checked_add(span).map_err(out_of_range)?;
                // Months are clipped to their end, so both ends of a day can meet on one date.
                let next = start.tomorrow().map_err(out_of_range)?;
                Ok(Self::Days(start..end.max(next)))
            }
            Self::Days(_) | Self::Instants(_) => {
                let Range { start, end } = self.instants(zone)?;
                let moved = |instant: Timestamp| {
                    let zoned = instant.to_zoned_datetime(zone.clone()).checked_add(span);
                    zoned.map(|zoned| zoned.timestamp()).map_err(out_of_range)
                };
                let start = moved(start)?;
                Ok(Self::Instants(start..moved(end)?.max(later(start, INSTANT)?)))
            }
        }
    }

    /// The period for a field that holds instants.
    ///
    /// # Errors
    /// [`ValueError::OutOfRange`].
    pub fn instants(&self, zone: &TimeZone) -> Result<Range<Timestamp>, ValueError> {
        let midnight = |day: Date| {
            let zoned = day.to_zoned_datetime(zone.clone()).map_err(out_of_range)?;
            Ok(zoned.timestamp())
        };
        match self {
            Self::Days(days) => Ok(midnight(days.start)?..midnight(days.end)?),
            Self::Instants(instants) => Ok(instants.clone()),
        }
    }

    /// The period for a field that holds days: every day that has a part in it.
    ///
    /// # Errors
    /// [`ValueError::OutOfRange`].
    pub fn days(&self, zone: &TimeZone) -> Result<Range<Date>, ValueError> {
        match self {
            Self::Days(days) => Ok(days.clone()),
            Self::Instants(instants) => {
                let last = instants.end.checked_sub(INSTANT).map_err(out_of_range)?;
                let day = |instant: Timestamp| instant.to_zoned_datetime(zone.clone()).date();
                let end = day(last).tomorrow().map_err(out_of_range)?;
                Ok(day(instants.start)..end)
            }
        }
    }
}

fn span_of(shift: Shift) -> Result<jiff::Span, ValueError> {
    let Interval { months, weeks, days, hours, minutes, seconds } = shift.interval;
    let span = jiff::Span::new()
        .try_months(months)
        .and_then(|span| span.try_weeks(weeks))
        .and_then(|span| span.try_days(days))
        .and_then(|span| span.try_hours(hours))
        .and_then(|span| span.try_minutes(minutes))
        .and_then(|span| span.try_seconds(seconds))
        .map_err(out_of_range)?;
    Ok(if shift.back { -span } else { span })
}

fn later(start: Timestamp, length: SignedDuration) -> Result<Timestamp, ValueError> {
    start.checked_add(length).map_err(out_of_range)
}

fn out_of_range(_: jiff::Error) -> ValueError {
    ValueError::OutOfRange
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::Offset;

    use super::*;
    use crate::ast::{Expr, Test};

    /// Wednesday 15 May 2024, 13:45:30 in Moscow.
    fn clock() -> Clock {
        Clock {
            now: "2024-05-15T10:45:30.5Z".parse().expect("valid"),
            zone: TimeZone::fixed(Offset::constant(3)),
        }
    }

    fn period(text: &str) -> Result<Period, ValueError> {
        let query = crate::parse(&format!("Created: {text}")).expect("valid");
        let Some(Expr::Clause(clause)) = query.filter else { panic!("{text}") };
        let Test::Is(operand) = &clause.values[0].test else { panic!("{text}") };
        Period::of(operand, &clock())
    }

    fn days(text: &str) -> (String, String) {
        let days = period(text).expect("valid").days(&clock().zone).expect("valid");
        (days.start.to_string(), days.end.to_string())
    }

    fn instants(text: &str) -> (String, String) {
        let instants = period(text).expect("valid").instants(&clock().zone).expect("valid");
        (instants.start.to_string(), instants.end.to_string())
    }

    fn pair(start: &str, end: &str) -> (String, String) {
        (start.to_owned(), end.to_owned())
    }

    #[test]
    fn functions_are_calendar_periods() {
        assert_eq!(days("today()"), pair("2024-05-15", "2024-05-16"));
        assert_eq!(days("week()"), pair("2024-05-13", "2024-05-20"));
        assert_eq!(days("month()"), pair("2024-05-01", "2024-06-01"));
        assert_eq!(days("quarter()"), pair("2024-04-01", "2024-07-01"));
        assert_eq!(days("year()"), pair("2024-01-01", "2025-01-01"));
        assert_eq!(days("now()"), pair("2024-05-15", "2024-05-16"));
    }

    #[test]
    fn days_begin_in_the_zone_of_the_caller() {
        assert_eq!(instants("today()"), pair("2024-05-14T21:00:00Z", "2024-05-15T21:00:00Z"));
        assert_eq!(
            instants("\"2024-05-01 10:00:00\""),
            pair("2024-05-01T07:00:00Z", "2024-05-01T07:00:01Z")
        );
        assert_eq!(days("\"2024-05-01T23:00:00Z\""), pair("2024-05-02", "2024-05-03"));
    }

    #[test]
    fn now_is_cut_to_the_minute() {
        assert_eq!(instants("now()"), pair("2024-05-15T10:45:00Z", "2024-05-15T10:45:00.001Z"));
        assert_eq!(instants("now()-12h").0, "2024-05-14T22:45:00Z");
        assert_eq!(instants("now() - \"2h 30m\"").0, "2024-05-15T08:15:00Z");
    }

    #[test]
    fn arithmetic_moves_both_ends() {
        assert_eq!(days("today() - \"1w 1d\""), pair("2024-05-07", "2024-05-08"));
        assert_eq!(days("today() +3d"), pair("2024-05-18", "2024-05-19"));
        assert_eq!(days("week()-1w"), pair("2024-05-06", "2024-05-13"));
        assert_eq!(days("month()-1M"), pair("2024-04-01", "2024-05-01"));
        assert_eq!(days("2024-05-01 - 3d + 1d"), pair("2024-04-29", "2024-04-30"));
        assert_eq!(instants("today()-12h"), pair("2024-05-14T09:00:00Z", "2024-05-15T09:00:00Z"));
    }

    #[test]
    fn months_are_clipped_to_their_end() {
        assert_eq!(days("2024-01-31 + 1M"), pair("2024-02-29", "2024-03-01"));
        assert_eq!(days("2024-01-30 + 1M"), pair("2024-02-29", "2024-03-01"));
    }

    #[test]
    fn days_keep_the_time_of_day_over_a_clock_change() {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("valid");
        let noon = "2024-03-30T12:00:00+01:00".parse::<Timestamp>().expect("valid");
        let interval = Interval { days: 1, ..Interval::default() };
        let next = Period::Instants(noon..noon)
            .shifted(Shift { back: false, interval }, &zone)
            .expect("valid")
            .instants(&zone)
            .expect("valid");
        assert_eq!(next.start.to_string(), "2024-03-31T10:00:00Z");
        let short =
            Period::Days(date(2024, 3, 31)..date(2024, 4, 1)).instants(&zone).expect("valid");
        assert_eq!(short.end.duration_since(short.start), SignedDuration::from_hours(23));
    }

    #[test]
    fn refused() {
        assert_eq!(period("me()"), Err(ValueError::Date("me()".to_owned())));
        assert_eq!(period("soon"), Err(ValueError::Date("soon".to_owned())));
        assert_eq!(period("2024-13-01"), Err(ValueError::NoSuchDate("2024-13-01".to_owned())));
        assert_eq!(period("today() + 4294967295M"), Err(ValueError::OutOfRange));
        assert_eq!(period("now() - 4294967295w"), Err(ValueError::OutOfRange));
        assert_eq!(period("9999-12-31"), Err(ValueError::OutOfRange));
    }
}
