//! Cells of tables as people like to read them: how long ago, how late, colours, symbols.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit, ZonedDateTime};
use serde_json::Value;

use crate::{lang, shape};

/// How a terminal is written to.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) colour: bool,
    /// Only ASCII, where the locale knows no other letters.
    pub(crate) ascii: bool,
    /// Columns of the terminal; 0 if it is none.
    pub(crate) width: usize,
    pub(crate) now: ZonedDateTime,
}

/// A cell: its text, and the number of the colour it is written in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Painted {
    pub(crate) text: String,
    pub(crate) colour: Option<u8>,
}

const RED: u8 = 31;
const GREEN: u8 = 32;
const YELLOW: u8 = 33;
const BLUE: u8 = 34;
const GREY: u8 = 90;

/// The present moment, or that of `TRACKWAY_NOW`, for outputs that can be reproduced.
pub(crate) fn now() -> ZonedDateTime {
    let fixed = std::env::var("TRACKWAY_NOW").ok().and_then(|text| text.parse::<Timestamp>().ok());
    match fixed {
        Some(time) => time.to_zoned_datetime(TimeZone::UTC),
        None => ZonedDateTime::now(),
    }
}

/// The present moment as text.
pub(crate) fn now_text() -> String {
    now().timestamp().round(Unit::Second).map(|time| time.to_string()).unwrap_or_default()
}

/// Width of the terminal: `COLUMNS`, or what the system says.
pub(crate) fn width() -> usize {
    let set = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    set.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
        .unwrap_or_default()
}

/// Whether only ASCII may be written.
pub(crate) fn is_ascii(variable: impl Fn(&str) -> Option<String>) -> bool {
    if variable("TRACKWAY_ASCII").is_some_and(|value| !value.is_empty() && value != "0") {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()));
    locale.is_some_and(|locale| {
        let locale = locale.to_lowercase();
        locale != "c.utf8" && !locale.contains("utf-8") && !locale.contains("utf8")
    })
}

/// The member at a path as a person reads it.
pub(crate) fn cell(item: &Value, path: &str, look: &Look) -> Painted {
    let value = shape::member(item, path);
    let text = || shape::cell(value);
    let plain = |text: String| Painted { text, colour: None };
    match path {
        "updatedAt" | "createdAt" | "at" => {
            let time = value.and_then(Value::as_str).and_then(moment);
            plain(time.map_or_else(text, |time| ago(&time, &look.now)))
        }
        "deadline" => deadline(&text(), look),
        "priority" => priority(value, look),
        "status" => {
            let kind = item["statusType"]["key"].as_str().or_else(|| item["statusType"].as_str());
            Painted { text: text(), colour: kind.and_then(status_colour) }
        }
        _ => plain(text()),
    }
}

/// A time of the API.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    // The API writes offsets without a colon.
    let text =
        text.strip_suffix("+0000").map_or_else(|| text.to_owned(), |bare| format!("{bare}Z"));
    text.parse().ok()
}

/// `2h`, `1d`, `3w`; older than a year as a date.
pub(crate) fn ago(time: &Timestamp, now: &ZonedDateTime) -> String {
    let seconds = now.timestamp().as_second() - time.as_second();
    let [minute, hour, day, week] = lang::units();
    match seconds {
        ..60 => lang::shown("now"),
        60..3600 => format!("{}{minute}", seconds / 60),
        3600..86_400 => format!("{}{hour}", seconds / 3600),
        86_400..1_209_600 => format!("{}{day}", seconds / 86_400),
        1_209_600..31_536_000 => format!("{}{week}", seconds / 604_800),
        _ => time.to_zoned_datetime(now.time_zone().clone()).date().to_string(),
    }
}

/// A day: today, tomorrow, how late.
fn deadline(text: &str, look: &Look) -> Painted {
    let Ok(day) = text.get(..10).unwrap_or_default().parse::<jiff::civil::Date>() else {
        return Painted { text: text.to_owned(), colour: None };
    };
    let today = look.now.date();
    let days = (day - today).get_days();
    let (text, colour) = match days {
        ..-1 => (format!("{}d late", -days), Some(RED)),
        -1 => ("1d late".to_owned(), Some(RED)),
        0 => ("today".to_owned(), Some(YELLOW)),
        1 => ("tomorrow".to_owned(), Some(YELLOW)),
        2..7 => (day.strftime("%a").to_string(), None),
        _ => (day.to_string(), None),
    };
    Painted { text: lang::shown(&text), colour }
}

fn priority(value: Option<&Value>, look: &Look) -> Painted {
    let key = value.and_then(|value| value["key"].as_str()).unwrap_or_default();
    let (symbol, twin, colour) = match key {
        "blocker" => ("!", "!", Some(RED)),
        "critical" => ("▲", "^", Some(RED)),
        "normal" => ("–", "-", None),
        "minor" => ("▽", "v", Some(GREY)),
        "trivial" => ("·", ".", Some(GREY)),
        _ => return Painted { text: shape::cell(value), colour: None },
    };
    let symbol = if look.ascii { twin } else { symbol };
    Painted { text: symbol.to_owned(), colour }
}

fn status_colour(kind: &str) -> Option<u8> {
    match kind {
        "inProgress" => Some(BLUE),
        "paused" => Some(YELLOW),
        "done" => Some(GREEN),
        "cancelled" => Some(GREY),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn look() -> Look {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().expect("a time");
        Look { colour: true, ascii: false, width: 80, now: now.to_zoned_datetime(TimeZone::UTC) }
    }

    #[test]
    fn times_are_told_by_their_distance() {
        for (time, wanted) in [
            ("2026-11-24T11:59:30.000+0000", "now"),
            ("2026-11-24T11:15:00.000+0000", "45m"),
            ("2026-11-24T10:00:00.000+0000", "2h"),
            ("2026-11-18T12:00:00.000+0000", "6d"),
            ("2026-10-24T12:00:00.000+0000", "4w"),
            ("2024-10-24T12:00:00.000+0000", "2024-10-24"),
        ] {
            assert_eq!(cell(&json!({"updatedAt": time}), "updatedAt", &look()).text, wanted);
        }
        for (day, wanted, colour) in [
            ("2026-11-22", "2d late", Some(RED)),
            ("2026-11-24", "today", Some(YELLOW)),
            ("2026-11-25", "tomorrow", Some(YELLOW)),
            ("2026-11-27", "Fri", None),
            ("2026-12-24", "2026-12-24", None),
            ("", "", None),
        ] {
            let cell = cell(&json!({"deadline": day}), "deadline", &look());
            assert_eq!((cell.text.as_str(), cell.colour), (wanted, colour), "{day}");
        }
    }

    #[test]
    fn symbols_have_twins_in_ascii() {
        let issue = json!({"priority": {"key": "critical", "display": "Critical"}});
        assert_eq!(cell(&issue, "priority", &look()).text, "▲");
        assert_eq!(cell(&issue, "priority", &Look { ascii: true, ..look() }).text, "^");
        let set =
            |wanted: &'static str| move |name: &str| (name == "LANG").then(|| wanted.to_owned());
        assert!(is_ascii(set("POSIX")));
        assert!(!is_ascii(set("ru_RU.UTF-8")));
        assert!(!is_ascii(|_| None));
    }
}
