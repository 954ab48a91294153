//! Intervals: `1w 3d`, `3h 20m 30s`, `1н 3д`, `P1DT2H`.

use std::fmt;

use super::ValueError;

/// A length of time in the units it was written in, because a day is 24 hours in date arithmetic
/// and 8 hours in time tracking. Never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Interval {
    /// Calendar months.
    pub months: u32,
    /// Weeks: 7 calendar days or 5 working days.
    pub weeks: u32,
    /// Days: calendar days or 8 working hours.
    pub days: u32,
    /// Hours.
    pub hours: u32,
    /// Minutes.
    pub minutes: u32,
    /// Seconds.
    pub seconds: u32,
}

/// Hours of a working day (workflow, worklog units).
const WORKING_DAY_HOURS: i64 = 8;
/// Days of a working week (workflow, worklog units).
const WORKING_WEEK_DAYS: i64 = 5;

impl Interval {
    /// Reads units with letters (`M w d h m s`, or `М н д ч м с`), each at most once and in any
    /// order, or an ISO 8601 duration without years and fractions.
    ///
    /// # Errors
    /// [`ValueError::Interval`] when the text is neither.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let trimmed = text.trim();
        let read = match trimmed.strip_prefix(['P', 'p']) {
            Some(rest) => iso(rest),
            None => lettered(trimmed),
        };
        read.ok_or_else(|| ValueError::Interval(text.to_owned()))
    }

    /// The interval as working time in seconds: a week is 5 days, a day 8 hours (query language,
    /// §5). `None` when it has months, which have no length in working time.
    pub fn working_seconds(&self) -> Option<i64> {
        if self.months != 0 {
            return None;
        }
        let days = i64::from(self.weeks) * WORKING_WEEK_DAYS + i64::from(self.days);
        let hours = days * WORKING_DAY_HOURS + i64::from(self.hours);
        Some((hours * 60 + i64::from(self.minutes)) * 60 + i64::from(self.seconds))
    }

    /// True when it has hours, minutes or seconds, so that adding it to a day leaves no whole day.
    pub fn has_time(&self) -> bool {
        self.hours != 0 || self.minutes != 0 || self.seconds != 0
    }

    fn parts(&self) -> [(u32, char); 6] {
        [
            (self.months, 'M'),
            (self.weeks, 'w'),
            (self.days, 'd'),
            (self.hours, 'h'),
            (self.minutes, 'm'),
            (self.seconds, 's'),
        ]
    }
}

/// Prints the letter form, `1w 3d`; nothing at all is `0s`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        for (count, unit) in self.parts() {
            if count != 0 {
                write!(f, "{gap}{count}{unit}")?;
                gap = " ";
            }
        }
        if gap.is_empty() { f.write_str("0s") } else { Ok(()) }
    }
}

/// Collects units and refuses one that comes twice.
#[derive(Default)]
struct Collector {
    interval: Interval,
    seen: Vec<char>,
}

impl Collector {
    /// `unit` is one of the Latin letters.
    fn add(&mut self, unit: char, count: u32) -> Option<()> {
        if self.seen.contains(&unit) {
            return None;
        }
        self.seen.push(unit);
        let slot = match unit {
            'M' => &mut self.interval.months,
            'w' => &mut self.interval.weeks,
            'd' => &mut self.interval.days,
            'h' => &mut self.interval.hours,
            'm' => &mut self.interval.minutes,
            's' => &mut self.interval.seconds,
            _ => return None,
        };
        *slot = slot.checked_add(count)?;
        Some(())
    }

    fn finish(self) -> Option<Interval> {
        (!self.seen.is_empty()).then_some(self.interval)
    }
}

fn lettered(text: &str) -> Option<Interval> {
    let mut found = Collector::default();
    let mut rest = text;
    while !rest.is_empty() {
        let (count, unit, after) = counted(rest)?;
        found.add(latin(unit)?, count)?;
        rest = after.trim_start();
    }
    found.finish()
}

fn latin(unit: char) -> Option<char> {
    Some(match unit {
        'М' => 'M',
        'н' => 'w',
        'д' => 'd',
        'ч' => 'h',
        'м' => 'm',
        'с' => 's',
        'M' | 'w' | 'd' | 'h' | 'm' | 's' => unit,
        _ => return None,
    })
}

/// What follows the `P` of an ISO 8601 duration.
fn iso(text: &str) -> Option<Interval> {
    let upper = text.to_ascii_uppercase();
    let (dates, times) = match upper.split_once('T') {
        Some((_, "")) => return None,
        Some((dates, times)) => (dates, times),
        None => (upper.as_str(), ""),
    };
    let mut found = Collector::default();
    let mut rest = dates;
    while !rest.is_empty() {
        let (count, unit, after) = counted(rest)?;
        match unit {
            'M' => found.add('M', count)?,
            'W' => found.add('w', count)?,
            'D' => found.add('d', count)?,
            _ => return None,
        }
        rest = after;
    }
    let mut rest = times;
    while !rest.is_empty() {
        let (count, unit, after) = counted(rest)?;
        match unit {
            'H' | 'M' | 'S' => found.add(unit.to_ascii_lowercase(), count)?,
            _ => return None,
        }
        rest = after;
    }
    found.finish()
}

/// Splits `12h…` into the number, the letter and the rest.
fn counted(text: &str) -> Option<(u32, char, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let count = text[..digits].parse().ok()?;
    let mut after = text[digits..].chars();
    let unit = after.next()?;
    Some((count, unit, after.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(text: &str) -> Interval {
        Interval::parse(text).expect("valid")
    }

    #[test]
    fn letters_of_both_alphabets() {
        assert_eq!(interval("1w 3d"), Interval { weeks: 1, days: 3, ..Interval::default() });
        assert_eq!(interval("1н 3д"), interval("1w 3d"));
        assert_eq!(interval("3ч 20м 30с"), interval("3h 20m 30s"));
        assert_eq!(interval("2М"), interval("2M"));
        assert_eq!(interval("2M 5m").months, 2);
        assert_eq!(interval("2M 5m").minutes, 5);
        assert_eq!(interval(" 1d  2h "), interval("2h1d"));
        assert_eq!(interval("0s"), Interval::default());
    }

    #[test]
    fn iso_durations() {
        assert_eq!(interval("P1DT2H"), interval("1d 2h"));
        assert_eq!(interval("P1W3D"), interval("1w 3d"));
        assert_eq!(interval("PT3H20M30S"), interval("3h 20m 30s"));
        assert_eq!(interval("P1M"), interval("1M"));
        assert_eq!(interval("PT0S"), Interval::default());
    }

    #[test]
    fn refused() {
        for text in [
            "", " ", "5", "w", "2x", "1d 1d", "1.5h", "-1d", "P", "PT", "P1H", "PT1D", "P1DT",
            "P1Y",
        ] {
            assert!(Interval::parse(text).is_err(), "{text:?}");
        }
        assert!(Interval::parse("99999999999d").is_err());
    }

    #[test]
    fn working_time() {
        assert_eq!(interval("1w 2d").working_seconds(), Some(56 * 3600));
        assert_eq!(interval("5d 2h 30m").working_seconds(), Some(42 * 3600 + 30 * 60));
        assert_eq!(interval("1M").working_seconds(), None);
        let longest = Interval { months: 0, ..interval("4294967295w 4294967295s") };
        assert!(longest.working_seconds().is_some());
    }

    #[test]
    fn printed() {
        assert_eq!(interval("P1DT2H").to_string(), "1d 2h");
        assert_eq!(Interval::default().to_string(), "0s");
    }
}
