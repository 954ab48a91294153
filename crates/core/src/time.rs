//! Instants, dates and durations as the API writes and reads them (contract: `Datetime`,
//! `LocalDate`, `Duration`).

use jiff::civil;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Instant = i64;

/// Days since 1970-01-01.
pub type Day = i32;

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;

/// Seconds of a working day: 8 hours (workflow.md, section 10).
pub const WORK_DAY: i64 = 8 * 3600;
/// Seconds of a working week: 5 days.
pub const WORK_WEEK: i64 = 5 * WORK_DAY;

/// Earliest and latest instant that has a four-digit year.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

/// Year, month and day of a day number (days-from-civil turned round; proleptic Gregorian).
fn civil_from_day(day: i64) -> (i64, u32, u32) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let d = doy - (153 * mp + 2) / 5 + 1;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    let y = yoe + era * 400 + i64::from(m <= 2);
    (y, u32::try_from(m).unwrap_or(1), u32::try_from(d).unwrap_or(1))
}

fn two(out: &mut Vec<u8>, n: u32) {
    out.push(b'0' + u8::try_from(n / 10 % 10).unwrap_or(0));
    out.push(b'0' + u8::try_from(n % 10).unwrap_or(0));
}

/// Writes a date as `2024-05-31`.
pub fn write_day(out: &mut Vec<u8>, day: Day) {
    let (y, m, d) = civil_from_day(i64::from(day));
    let y = u32::try_from(y.clamp(0, 9999)).unwrap_or(0);
    two(out, y / 100);
    two(out, y % 100);
    out.push(b'-');
    two(out, m);
    out.push(b'-');
    two(out, d);
}

/// Writes an instant as `2024-05-17T09:41:05.120+0000`. Formatting by hand because an issue holds
/// six of these and a general formatter costs more than the rest of the issue.
pub fn write_instant(out: &mut Vec<u8>, at: Instant) {
    write_day(out, day_of(at));
    let ms = u32::try_from(at.rem_euclid(DAY_MS)).unwrap_or(0);
    out.push(b'T');
    two(out, ms / 3_600_000);
    out.push(b':');
    two(out, ms / 60_000 % 60);
    out.push(b':');
    two(out, ms / 1000 % 60);
    out.push(b'.');
    out.push(b'0' + u8::try_from(ms / 100 % 10).unwrap_or(0));
    two(out, ms % 100);
    out.extend_from_slice(b"+0000");
}

/// An instant as text.
pub fn instant_text(at: Instant) -> String {
    let mut out = Vec::with_capacity(28);
    write_instant(&mut out, at);
    String::from_utf8_lossy(&out).into_owned()
}

/// A date as text.
pub fn day_text(day: Day) -> String {
    let mut out = Vec::with_capacity(10);
    write_day(&mut out, day);
    String::from_utf8_lossy(&out).into_owned()
}

/// The UTC day an instant lies in.
pub fn day_of(at: Instant) -> Day {
    Day::try_from(at.div_euclid(DAY_MS)).unwrap_or(0)
}

/// Reads a date; an instant's date is taken (contract: `x-field-value-shapes.date`).
pub fn parse_day(text: &str) -> Option<Day> {
    let text = text.trim();
    if let Ok(date) = text.parse::<civil::Date>()
        && text.len() == 10
    {
        return Day::try_from(days_since_epoch(date)).ok();
    }
    parse_instant(text).map(day_of)
}

fn days_since_epoch(date: civil::Date) -> i64 {
    let epoch = civil::date(1970, 1, 1);
    date.since(epoch).map_or(0, |span| i64::from(span.get_days()))
}

/// Reads an instant: any offset form or none (UTC), zero to nine fraction digits, or a bare date.
pub fn parse_instant(text: &str) -> Option<Instant> {
    let text = text.trim();
    let (date, rest) = text.split_at_checked(10)?;
    let date: civil::Date = date.parse().ok()?;
    let day = days_since_epoch(date) * DAY_MS;
    if rest.is_empty() {
        return Some(day);
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let split = rest.find(['+', '-', 'Z', 'z']).unwrap_or(rest.len());
    let (clock, offset) = rest.split_at(split);
    let at = day + parse_clock(clock.trim_end())? - parse_offset(offset)?;
    RANGE.contains(&at).then_some(at)
}

fn parse_clock(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let mut parts = clock.split(':').map(|p| {
        (p.len() == 2).then(|| p.bytes().all(|b| b.is_ascii_digit()).then(|| p.parse::<i64>().ok()))
    });
    let mut next = |max: i64| parts.next()??.flatten().filter(|n| *n <= max);
    let hours = next(23)?;
    let minutes = next(59)?;
    let seconds = if clock.len() > 5 { next(59)? } else { 0 };
    if parts.next().is_some()
        || fraction.is_empty()
        || fraction.len() > 9
        || !fraction.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let millis: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(((hours * 60 + minutes) * 60 + seconds) * 1000 + millis)
}

fn parse_offset(text: &str) -> Option<i64> {
    if text.is_empty() || text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text.get(1..)?.chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i64>().ok()?, 0),
        4 => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?),
        _ => return None,
    };
    (hours <= 18 && minutes <= 59).then_some(sign * (hours * 60 + minutes) * 60_000)
}

/// Writes a working-time duration, normalised: `PT520M` is `P1DT40M` (contract, x-global-rules).
pub fn span_text(seconds: i64) -> String {
    if seconds <= 0 {
        return "PT0S".to_owned();
    }
    let parts = [
        (seconds / WORK_WEEK, 'W'),
        (seconds % WORK_WEEK / WORK_DAY, 'D'),
        (seconds % WORK_DAY / 3600, 'H'),
        (seconds % 3600 / 60, 'M'),
        (seconds % 60, 'S'),
    ];
    let mut out = String::from("P");
    let mut clock = false;
    for (n, unit) in parts {
        if n == 0 {
            continue;
        }
        if !clock && matches!(unit, 'H' | 'M' | 'S') {
            out.push('T');
            clock = true;
        }
        out.push_str(&n.to_string());
        out.push(unit);
    }
    out
}

/// Reads a duration as working time, in seconds: ISO 8601, or as people write it (`1w 3d 20m`,
/// `1н 3д`). A month is 20 working days, a year 12 months (contract, addWorklog).
pub fn parse_span(text: &str) -> Option<i64> {
    if let Some(seconds) = parse_spoken(text) {
        return Some(seconds).filter(|s| *s < 1 << 40);
    }
    parse_duration(text, WORK_WEEK, WORK_DAY, Some(20 * WORK_DAY))
}

/// Reads an ISO 8601 duration as time by the calendar, in ms. Years and months have no length of
/// their own there and are refused.
pub fn parse_calendar(text: &str) -> Option<i64> {
    parse_duration(text, 7 * DAY_MS / 1000, DAY_MS / 1000, None)?.checked_mul(1000)
}

/// Seconds of a duration whose months, weeks and days have these lengths.
fn parse_duration(text: &str, week: i64, day: i64, month: Option<i64>) -> Option<i64> {
    let rest = text.trim().strip_prefix(['P', 'p'])?;
    let (date, clock) = match rest.split_once(['T', 't']) {
        Some((_, "")) => return None,
        Some(pair) => pair,
        None => (rest, ""),
    };
    if date.is_empty() && clock.is_empty() {
        return None;
    }
    let long = month.map(|month| [('Y', 12 * month), ('M', month)]);
    let units: Vec<(char, i64)> =
        long.into_iter().flatten().chain([('W', week), ('D', day)]).collect();
    let days = parse_units(date, &units)?;
    let time = parse_units(clock, &[('H', 3600), ('M', 60), ('S', 1)])?;
    days.checked_add(time).filter(|s| *s < 1 << 40)
}

/// Units as people write them (workflow.md, section 10), greatest first.
const SPOKEN_UNITS: [([char; 2], i64); 5] = [
    (['w', 'н'], WORK_WEEK),
    (['d', 'д'], WORK_DAY),
    (['h', 'ч'], 3600),
    (['m', 'м'], 60),
    (['s', 'с'], 1),
];

fn parse_spoken(text: &str) -> Option<i64> {
    let mut total = 0_i64;
    let mut units = SPOKEN_UNITS.iter();
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let n: i64 = rest.get(..end)?.parse().ok()?;
        let unit = rest.get(end..)?.chars().next()?;
        let letter = unit.to_lowercase().next()?;
        let (_, seconds) = units.find(|(letters, _)| letters.contains(&letter))?;
        total = total.checked_add(n.checked_mul(*seconds)?)?;
        rest = rest.get(end + unit.len_utf8()..)?.trim_start();
    }
    Some(total)
}

fn parse_units(mut text: &str, units: &[(char, i64)]) -> Option<i64> {
    let mut total = 0_i64;
    let mut units = units.iter();
    while !text.is_empty() {
        let end = text.find(|c: char| !c.is_ascii_digit())?;
        let n: i64 = text.get(..end)?.parse().ok()?;
        let unit = text.get(end..)?.chars().next()?.to_ascii_uppercase();
        let (_, seconds) = units.find(|(u, _)| *u == unit)?;
        total = total.checked_add(n.checked_mul(*seconds)?)?;
        text = text.get(end + 1..)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_round_trip() {
        for (text, at) in [
            ("1970-01-01T00:00:00.000+0000", 0),
            ("2024-05-17T09:41:05.120+0000", 1_715_938_865_120),
            ("2000-02-29T23:59:59.999+0000", 951_868_799_999),
        ] {
            assert_eq!(instant_text(at), text);
            assert_eq!(parse_instant(text), Some(at), "{text}");
        }
    }

    #[test]
    fn input_forms_of_instants() {
        let at = parse_instant("2024-05-17T12:41:05+03:00");
        assert!(at.is_some());
        for same in [
            "2024-05-17T09:41:05Z",
            "2024-05-17T09:41:05",
            "2024-05-17 09:41:05.000000000",
            "2024-05-17T12:41:05.000+0300",
            "2024-05-17T12:41:05+03",
        ] {
            assert_eq!(parse_instant(same), at, "{same}");
        }
        for bad in [
            "",
            "2024-13-01",
            "2024-05-17T25:00",
            "2024-05-17T09:41:05+99",
            "yesterday",
            "2024-05-17Tяя",
        ] {
            assert_eq!(parse_instant(bad), None, "{bad}");
        }
    }

    #[test]
    fn days() {
        assert_eq!(parse_day("1970-01-02"), Some(1));
        assert_eq!(parse_day("2024-05-31T23:00:00.000+0000"), parse_day("2024-05-31"));
        assert_eq!(day_text(parse_day("2024-02-29").expect("a date")), "2024-02-29");
        assert_eq!(parse_day("2024-02-30"), None);
    }

    #[test]
    fn durations_are_working_time() {
        for (input, output) in [
            ("PT520M", "P1DT40M"),
            ("P5D", "P1W"),
            ("P5DT20M", "P1WT20M"),
            ("PT0S", "PT0S"),
            ("P1W3D", "P1W3D"),
            ("PT3H20M", "PT3H20M"),
            ("P1M", "P4W"),
            ("P0Y1M1D", "P4W1D"),
            ("1w 3d", "P1W3D"),
            ("3ч 20м 30с", "PT3H20M30S"),
            ("90m", "PT1H30M"),
        ] {
            assert_eq!(span_text(parse_span(input).expect("a duration")), output, "{input}");
        }
        assert_eq!(parse_calendar("P3W"), Some(21 * DAY_MS));
        assert_eq!(parse_calendar("P1DT1H"), Some(DAY_MS + 3_600_000));
        assert_eq!(parse_calendar("P1M"), None);
        for bad in [
            "",
            "P",
            "PT",
            "1",
            "d",
            "1m 1h",
            "1x",
            "P1D1W",
            "PT1D",
            "P9999999999999999999D",
            "P1H",
        ] {
            assert_eq!(parse_span(bad), None, "{bad}");
        }
    }
}
