//! Date and date-time literals (query language, §7).

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use super::ValueError;

/// A date literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateLiteral {
    /// A calendar day.
    Day(Date),
    /// A day and a time of day in the caller's time zone.
    Local(DateTime),
    /// A date-time with an offset.
    Instant(Timestamp),
}

impl DateLiteral {
    /// Reads `YYYY-MM-DD`, `DD-MM-YYYY`, `DD.MM.YYYY` or `MM/DD/YYYY`; a time of day after
    /// white space or `T`, `hh:mm[:ss[.fraction]]`; and an offset, `Z`, `±hh`, `±hhmm` or
    /// `±hh:mm`. Days and months may have one digit.
    ///
    /// # Errors
    /// [`ValueError::Date`] for another form, [`ValueError::NoSuchDate`] for a form that is right
    /// but names a day or time that does not exist.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let shape = Shape::of(text.trim()).ok_or_else(|| ValueError::Date(text.to_owned()))?;
        shape.resolve().ok_or_else(|| ValueError::NoSuchDate(text.to_owned()))
    }

    /// True when the text has the form of a date, even of one that does not exist.
    pub fn has_shape(text: &str) -> bool {
        Shape::of(text.trim()).is_some()
    }
}

/// The numbers of a literal, not yet checked against the calendar.
struct Shape {
    year: i16,
    month: i8,
    day: i8,
    time: Option<Clock>,
}

struct Clock {
    hour: i8,
    minute: i8,
    second: i8,
    nanosecond: i32,
    /// Hours and minutes east of Greenwich, negated by the flag.
    offset: Option<(bool, i32, i32)>,
}

impl Shape {
    fn of(text: &str) -> Option<Self> {
        // The longest literal, with nine digits of fraction, has 35 characters.
        if text.len() > 64 || !text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let end = text.find(['T', 't', ' ']).unwrap_or(text.len());
        let (date, rest) = text.split_at(end);
        let (year, month, day) = date_numbers(date)?;
        let time = match rest.strip_prefix(['T', 't', ' ']) {
            Some(time) => Some(Clock::of(time.trim_start())?),
            None => None,
        };
        Some(Self { year, month, day, time })
    }

    fn resolve(&self) -> Option<DateLiteral> {
        let date = Date::new(self.year, self.month, self.day).ok()?;
        let Some(clock) = &self.time else { return Some(DateLiteral::Day(date)) };
        let time = Time::new(clock.hour, clock.minute, clock.second, clock.nanosecond).ok()?;
        let local = date.to_datetime(time);
        let Some((west, hours, minutes)) = clock.offset else {
            return Some(DateLiteral::Local(local));
        };
        if hours > 23 || minutes > 59 {
            return None;
        }
        let seconds = (hours * 60 + minutes) * 60;
        let offset = Offset::from_seconds(if west { -seconds } else { seconds }).ok()?;
        offset.to_timestamp(local).ok().map(DateLiteral::Instant)
    }
}

/// Year, month and day by the separator and the length of the first group.
fn date_numbers(date: &str) -> Option<(i16, i8, i8)> {
    let separator = date.chars().find(|c| !c.is_ascii_digit())?;
    let mut groups = date.split(separator);
    let (a, b, c) = (groups.next()?, groups.next()?, groups.next()?);
    if groups.next().is_some() {
        return None;
    }
    let (year, month, day) = match (separator, a.len()) {
        ('-', 4) => (a, b, c),
        ('-' | '.', _) => (c, b, a),
        ('/', _) => (c, a, b),
        _ => return None,
    };
    let fits = year.len() == 4 && month.len() <= 2 && day.len() <= 2;
    if fits { Some((number(year)?, number(month)?, number(day)?)) } else { None }
}

impl Clock {
    fn of(text: &str) -> Option<Self> {
        let zone = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
        let (time, zone) = text.split_at(zone);
        let mut groups = time.trim_end().split(':');
        let (hour, minute) = (two_digits(groups.next()?)?, two_digits(groups.next()?)?);
        let (second, nanosecond) = match groups.next() {
            Some(seconds) => match seconds.split_once('.') {
                Some((whole, fraction)) => (two_digits(whole)?, nanoseconds(fraction)?),
                None => (two_digits(seconds)?, 0),
            },
            None => (0, 0),
        };
        if groups.next().is_some() {
            return None;
        }
        let offset = if zone.is_empty() { None } else { Some(offset(zone)?) };
        Some(Self { hour, minute, second, nanosecond, offset })
    }
}

fn offset(zone: &str) -> Option<(bool, i32, i32)> {
    if zone.eq_ignore_ascii_case("z") {
        return Some((false, 0, 0));
    }
    let digits = zone.get(1..)?;
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() == 2 => (digits, "00"),
        None => digits.split_at_checked(2)?,
    };
    Some((zone.starts_with('-'), two_digits(hours)?.into(), two_digits(minutes)?.into()))
}

fn two_digits(text: &str) -> Option<i8> {
    if text.len() == 2 { number(text) } else { None }
}

/// A fraction of a second; digits past the ninth are cut.
fn nanoseconds(fraction: &str) -> Option<i32> {
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    number(format!("{fraction:0<9}").get(..9)?)
}

/// Digits only: a sign is no part of a date.
fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_form_of_a_day() {
        for text in
            ["2024-05-01", "01-05-2024", "01.05.2024", "1.5.2024", "05/01/2024", " 2024-05-01 "]
        {
            assert_eq!(
                DateLiteral::parse(text),
                Ok(DateLiteral::Day(date(2024, 5, 1))),
                "{text:?}"
            );
        }
    }

    #[test]
    fn local_times() {
        let at = |hour, minute, second| {
            Ok(DateLiteral::Local(date(2024, 5, 1).at(hour, minute, second, 0)))
        };
        assert_eq!(DateLiteral::parse("2024-05-01 10:30:05"), at(10, 30, 5));
        assert_eq!(DateLiteral::parse("2024-05-01T10:30:05"), at(10, 30, 5));
        assert_eq!(DateLiteral::parse("2024-05-01 10:30"), at(10, 30, 0));
        assert_eq!(DateLiteral::parse("01.05.2024 10:30"), at(10, 30, 0));
    }

    #[test]
    fn instants() {
        for (text, instant) in [
            ("2024-05-01T10:30:00Z", "2024-05-01T10:30:00Z"),
            ("2024-05-01T10:30:00+0300", "2024-05-01T07:30:00Z"),
            ("2024-05-01T10:30:00-03:30", "2024-05-01T14:00:00Z"),
            ("2024-05-01 10:30:00 +03", "2024-05-01T07:30:00Z"),
            ("2024-05-01T10:11:12.345+0000", "2024-05-01T10:11:12.345Z"),
            ("2024-05-01T10:11:12.3456789012Z", "2024-05-01T10:11:12.345678901Z"),
        ] {
            let wanted = DateLiteral::Instant(instant.parse().expect("valid"));
            assert_eq!(DateLiteral::parse(text), Ok(wanted), "{text:?}");
        }
    }

    #[test]
    fn impossible_dates_are_told_from_other_texts() {
        for text in [
            "2024-13-01",
            "2024-02-30",
            "31/12/2024",
            "00.01.2024",
            "2024-05-01 24:00",
            "2024-05-01T10:30:00+9900",
        ] {
            assert_eq!(
                DateLiteral::parse(text),
                Err(ValueError::NoSuchDate(text.to_owned())),
                "{text:?}"
            );
            assert!(DateLiteral::has_shape(text));
        }
        for text in [
            "",
            "2024",
            "2024-05",
            "OPS-7",
            "24-05-01",
            "2024-05-01-3d",
            "2024/05/01",
            "2024.05.01",
            "1-2-3-2024",
            "2024-05-01T",
            "2024-05-01 1:2",
            "2024-05-01 10:30:00 MSK",
            "2024-05-01T10:30:00+",
            "2024-+5-01",
            "2024-05-01T10:30:00+ж0",
        ] {
            assert!(!DateLiteral::has_shape(text), "{text:?}");
        }
    }
}
