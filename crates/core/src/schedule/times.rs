//! When recurring issues are made (automation.md, section 2).

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::model::{Schedule, Unit};
use crate::sla::calendar;
use crate::sla::model::Calendar;
use crate::time::Instant;

const HOUR_MS: i64 = 3_600_000;
/// Times looked at before a calendar counts as one that never works.
const MOST: usize = 5000;

/// The first time after `after` at which issues are made; nothing if there is none.
pub(super) fn next(
    body: &Schedule,
    calendar: Option<&Calendar>,
    after: Instant,
) -> Option<Instant> {
    let after = after.max(body.start.saturating_sub(1));
    from(body, after)
        .take(MOST)
        .filter(|at| *at > after)
        .take_while(|at| body.end.is_none_or(|end| *at <= end))
        .find(|at| is_working(body, calendar, *at))
}

/// Whether the calendar of a rule admits a creation at this time.
pub(super) fn is_working(body: &Schedule, calendar: Option<&Calendar>, at: Instant) -> bool {
    calendar.is_none_or(|calendar| match body.unit {
        Unit::Hour => calendar::works_at(calendar, at),
        Unit::Day | Unit::Week => calendar::works_on(calendar, at),
    })
}

/// All times from about `after` on, in order, the calendar aside.
fn from(body: &Schedule, after: Instant) -> Box<dyn Iterator<Item = Instant> + '_> {
    let every = body.every.max(1);
    let zone = TimeZone::get(&body.zone).unwrap_or(TimeZone::UTC);
    if body.unit == Unit::Hour {
        let step = every * HOUR_MS;
        let first = (after - body.start) / step;
        return Box::new(
            (first..).map_while(move |n| body.start.checked_add(n.checked_mul(step)?)),
        );
    }
    let civil = |at: Instant| Some(zone.to_datetime(Timestamp::from_millisecond(at).ok()?));
    let (Some(start), Some(after)) = (civil(body.start), civil(after)) else {
        return Box::new(std::iter::empty());
    };
    let instant = move |date: Date| {
        let civil = DateTime::from_parts(date, start.time());
        Some(zone.to_timestamp(civil).ok()?.as_millisecond())
    };
    match body.unit {
        Unit::Hour | Unit::Day => {
            let first = days_between(start.date(), after.date()) / every;
            Box::new((first..).map_while(move |n| instant(later(start.date(), n * every)?)))
        }
        Unit::Week => {
            let monday = start.date().checked_sub(offset(start.date()).days()).ok();
            let monday = monday.unwrap_or_else(|| start.date());
            let first = days_between(monday, after.date()) / 7 / every;
            let days = (first..).flat_map(move |n| {
                let own = [u8::try_from(offset(start.date())).unwrap_or(0)];
                let days =
                    if body.weekdays.is_empty() { own.to_vec() } else { body.weekdays.clone() };
                days.into_iter().map(move |day| n * every * 7 + i64::from(day))
            });
            Box::new(days.map_while(move |days| instant(later(monday, days)?)))
        }
    }
}

/// Days since Monday.
fn offset(date: Date) -> i64 {
    i64::from(date.weekday().to_monday_zero_offset())
}

fn later(date: Date, days: i64) -> Option<Date> {
    // Beyond any calendar, and jiff refuses such a span.
    if days > 3_000_000 {
        return None;
    }
    date.checked_add(days.days()).ok()
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days())).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{instant_text, parse_instant};

    fn at(text: &str) -> Instant {
        parse_instant(text).expect("an instant")
    }

    fn rule(unit: Unit, every: i64) -> Schedule {
        let start = at("2026-03-06T09:30+03:00"); // a Friday
        let zone = "Europe/Moscow".to_owned();
        Schedule { unit, every, zone, start, ..Schedule::default() }
    }

    /// The next times, one after the other.
    fn walk(rule: &Schedule, calendar: Option<&Calendar>, from: &str, count: usize) -> Vec<String> {
        let first = next(rule, calendar, at(from));
        let times = std::iter::successors(first, |last| next(rule, calendar, *last));
        times.take(count).map(|at| instant_text(at)[..16].to_owned()).collect()
    }

    fn office() -> Calendar {
        let day = || vec![(540, 1080)];
        Calendar {
            zone: "Europe/Moscow".to_owned(),
            week: [day(), day(), day(), day(), day(), Vec::new(), Vec::new()],
            ..Calendar::default()
        }
    }

    #[test]
    fn nothing_before_the_start_or_after_the_end() {
        let mut rule = rule(Unit::Day, 1);
        let early = "2026-01-01T00:00+03:00";
        assert_eq!(walk(&rule, None, early, 2), ["2026-03-06T06:30", "2026-03-07T06:30"]);
        rule.end = Some(at("2026-03-07T09:30+03:00"));
        assert_eq!(walk(&rule, None, early, 9).len(), 2, "the end itself belongs to it");
        assert_eq!(next(&rule, None, at("2026-03-08T00:00+03:00")), None);
    }

    #[test]
    fn hours_days_and_weeks() {
        let from = "2026-03-09T00:00+03:00"; // a Monday
        assert_eq!(walk(&rule(Unit::Hour, 5), None, from, 1), ["2026-03-08T23:30"]);
        let days = walk(&rule(Unit::Day, 3), None, from, 2);
        assert_eq!(days, ["2026-03-09T06:30", "2026-03-12T06:30"]);
        let weeks = walk(&rule(Unit::Week, 2), None, from, 2);
        assert_eq!(weeks, ["2026-03-20T06:30", "2026-04-03T06:30"], "the weekday of the start");
        let chosen = Schedule { weekdays: vec![0, 2], ..rule(Unit::Week, 2) };
        let weeks = walk(&chosen, None, from, 3);
        assert_eq!(weeks, ["2026-03-16T06:30", "2026-03-18T06:30", "2026-03-30T06:30"]);
    }

    #[test]
    fn the_time_of_day_survives_a_change_of_the_clocks() {
        let mut rule = rule(Unit::Day, 1);
        rule.zone = "Europe/Berlin".to_owned();
        rule.start = at("2026-03-28T09:00+01:00");
        let days = walk(&rule, None, "2026-03-28T00:00+01:00", 2);
        assert_eq!(days, ["2026-03-28T08:00", "2026-03-29T07:00"]);
    }

    #[test]
    fn a_calendar_leaves_out_days_off_and_hours_off() {
        let office = office();
        let days = walk(&rule(Unit::Day, 1), Some(&office), "2026-03-06T10:00+03:00", 2);
        assert_eq!(days, ["2026-03-09T06:30", "2026-03-10T06:30"], "not at the weekend");
        let hours = walk(&rule(Unit::Hour, 4), Some(&office), "2026-03-06T14:00+03:00", 2);
        assert_eq!(hours, ["2026-03-06T14:30", "2026-03-09T06:30"]);
        let never = Calendar { zone: "UTC".to_owned(), ..Calendar::default() };
        assert_eq!(next(&rule(Unit::Hour, 1), Some(&never), at("2026-03-06T14:00+03:00")), None);
    }
}
