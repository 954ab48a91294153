//! Arithmetic of working time.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::holidays;
use super::model::{Calendar, Hours};
use crate::time::{self, Instant};

/// How far ahead an end of working time is looked for, in days.
const HORIZON: i64 = 3660;

/// Working time between two instants, in ms; without a calendar all time counts.
pub fn between(calendar: Option<&Calendar>, from: Instant, to: Instant) -> i64 {
    let Some(calendar) = calendar else { return (to - from).max(0) };
    let mut total = 0;
    for (start, end) in Periods::new(calendar, from) {
        if start >= to {
            break;
        }
        total += (end.min(to) - start.max(from)).max(0);
    }
    total
}

/// The instant at which this much working time has passed; nothing if it never does.
pub fn after(calendar: Option<&Calendar>, from: Instant, span: i64) -> Option<Instant> {
    let Some(calendar) = calendar else { return from.checked_add(span) };
    let mut left = span;
    for (start, end) in Periods::new(calendar, from) {
        let start = start.max(from);
        let here = end - start;
        if here >= left {
            return Some(start + left);
        }
        left -= here.max(0);
    }
    None
}

/// The first working instant not before `from`; nothing if there is none.
pub fn next(calendar: &Calendar, from: Instant) -> Option<Instant> {
    Periods::new(calendar, from).next().map(|(start, _)| start.max(from))
}

/// Whether an instant is working time.
pub fn works_at(calendar: &Calendar, at: Instant) -> bool {
    let Some(civil) = civil(calendar, at) else { return false };
    let minutes = i32::from(civil.hour()) * 60 + i32::from(civil.minute());
    let mut hours = hours(calendar, civil.date()).iter();
    hours.any(|(from, to)| (i32::from(*from)..i32::from(*to)).contains(&minutes))
}

/// Whether the day of an instant has working time.
pub fn works_on(calendar: &Calendar, at: Instant) -> bool {
    civil(calendar, at).is_some_and(|civil| !hours(calendar, civil.date()).is_empty())
}

fn zone(calendar: &Calendar) -> TimeZone {
    TimeZone::get(&calendar.zone).unwrap_or(TimeZone::UTC)
}

fn civil(calendar: &Calendar, at: Instant) -> Option<DateTime> {
    Some(zone(calendar).to_datetime(Timestamp::from_millisecond(at).ok()?))
}

/// Working time of a day.
fn hours(calendar: &Calendar, date: Date) -> &Hours {
    let number = time::parse_day(&date.to_string()).unwrap_or_default();
    let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
    let usual = calendar.week.get(weekday).unwrap_or(&EMPTY);
    let off = calendar.country.as_deref().is_some_and(|country| holidays::is_off(country, date));
    calendar.exceptions.get(&number).unwrap_or(if off { &EMPTY } else { usual })
}

/// Working periods that end after an instant, in order.
struct Periods<'c> {
    calendar: &'c Calendar,
    zone: TimeZone,
    from: Instant,
    /// The day being looked at, and what is left of it.
    day: Option<Date>,
    days: i64,
    ready: Vec<(Instant, Instant)>,
}

impl<'c> Periods<'c> {
    fn new(calendar: &'c Calendar, from: Instant) -> Self {
        let zone = zone(calendar);
        let day = civil(calendar, from).map(DateTime::date);
        Self { calendar, zone, from, day, days: 0, ready: Vec::new() }
    }

    fn instant(&self, date: Date, minutes: u16) -> Option<Instant> {
        let (date, minutes) =
            if minutes >= 1440 { (date.tomorrow().ok()?, 0) } else { (date, minutes) };
        let hour = i8::try_from(minutes / 60).ok()?;
        let minute = i8::try_from(minutes % 60).ok()?;
        let civil = date.to_datetime(Time::new(hour, minute, 0, 0).ok()?);
        Some(self.zone.to_timestamp(civil).ok()?.as_millisecond())
    }
}

static EMPTY: Hours = Vec::new();

impl Iterator for Periods<'_> {
    type Item = (Instant, Instant);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(period) = self.ready.pop() {
                return Some(period);
            }
            if self.days > HORIZON {
                return None;
            }
            let date = self.day?;
            self.days += 1;
            self.day = date.checked_add(1.day()).ok();
            for (start, end) in hours(self.calendar, date).iter().rev() {
                if let (Some(start), Some(end)) =
                    (self.instant(date, *start), self.instant(date, *end))
                    && end > self.from
                    && end > start
                {
                    self.ready.push((start, end));
                }
            }
        }
    }
}

/// The calendar as it is when every minute works: for tests and defaults.
#[cfg(test)]
pub fn round_the_clock() -> Calendar {
    let all = || vec![(0, 1440)];
    Calendar {
        zone: "UTC".to_owned(),
        week: [all(), all(), all(), all(), all(), all(), all()],
        ..Calendar::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY_MS;

    fn office() -> Calendar {
        let day = || vec![(540, 1080)];
        Calendar {
            zone: "Europe/Moscow".to_owned(),
            week: [day(), day(), day(), day(), day(), Vec::new(), Vec::new()],
            ..Calendar::default()
        }
    }

    fn at(text: &str) -> Instant {
        time::parse_instant(text).expect("an instant")
    }

    #[test]
    fn only_working_time_counts() {
        let office = office();
        // A Friday, and the Monday after it.
        let friday = at("2026-03-06T16:00+03:00");
        let monday = at("2026-03-09T11:00+03:00");
        assert_eq!(after(Some(&office), friday, 4 * 3_600_000), Some(monday));
        assert_eq!(between(Some(&office), friday, monday), 4 * 3_600_000);
        assert_eq!(next(&office, at("2026-03-07T12:00+03:00")), Some(at("2026-03-09T09:00+03:00")));
        assert_eq!(next(&office, friday), Some(friday));
        assert_eq!(between(None, friday, monday), monday - friday);
        assert_eq!(after(None, friday, DAY_MS), Some(friday + DAY_MS));
    }

    #[test]
    fn holidays_and_moved_days() {
        let mut office = office();
        let day = |text: &str| time::parse_day(text).expect("a day");
        office.exceptions.insert(day("2026-03-09"), Vec::new());
        office.exceptions.insert(day("2026-03-07"), vec![(600, 660)]);
        let friday = at("2026-03-06T17:00+03:00");
        assert_eq!(after(Some(&office), friday, 3 * 3_600_000), Some(at("2026-03-10T10:00+03:00")));
        // The ninth of May 2026 is a Saturday; round the clock it would be working time.
        let mut clock = round_the_clock();
        let (day_of, eve) = (at("2026-05-09T12:00Z"), at("2026-05-08T23:00Z"));
        assert!(works_at(&clock, day_of));
        clock.country = Some("RU".to_owned());
        assert!(!works_at(&clock, day_of) && !works_on(&clock, day_of));
        assert_eq!(after(Some(&clock), eve, 2 * 3_600_000), Some(at("2026-05-10T01:00Z")));
        clock.exceptions.insert(day("2026-05-09"), vec![(600, 780)]);
        assert!(works_at(&clock, day_of), "an exception wins");
        let never = Calendar { zone: "UTC".to_owned(), ..Calendar::default() };
        assert_eq!(after(Some(&never), friday, 1), None);
        assert_eq!(between(Some(&never), friday, friday + 9 * DAY_MS), 0);
        assert_eq!(between(Some(&round_the_clock()), friday, friday + 5), 5);
    }
}
