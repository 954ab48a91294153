//! Days in words: today, tomorrow, +3d, fri.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The day that a word means, counted from `today`; `None` for anything else, as a date.
pub(super) fn day(word: &str, today: Date) -> Option<Date> {
    let word = word.trim().to_lowercase();
    match word.as_str() {
        "today" | "сегодня" => return Some(today),
        "tomorrow" | "завтра" => return today.tomorrow().ok(),
        "yesterday" | "вчера" => return today.yesterday().ok(),
        _ => {}
    }
    if let Some(day) = weekday(&word) {
        let ahead =
            (day.to_monday_zero_offset() - today.weekday().to_monday_zero_offset()).rem_euclid(7);
        return today.checked_add(i64::from(ahead).days()).ok();
    }
    let (sign, rest) = match word.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, word.strip_prefix('+')?),
    };
    let unit = rest.chars().last()?;
    let number: i64 = rest.strip_suffix(unit)?.parse().ok()?;
    let days = match unit {
        'd' | 'д' => number,
        'w' | 'н' => number.checked_mul(7)?,
        _ => return None,
    };
    let span = jiff::Span::new().try_days(sign * days).ok()?;
    today.checked_add(span).ok()
}

fn weekday(word: &str) -> Option<Weekday> {
    const DAYS: [(&str, &str, Weekday); 7] = [
        ("mon", "пн", Weekday::Monday),
        ("tue", "вт", Weekday::Tuesday),
        ("wed", "ср", Weekday::Wednesday),
        ("thu", "чт", Weekday::Thursday),
        ("fri", "пт", Weekday::Friday),
        ("sat", "сб", Weekday::Saturday),
        ("sun", "вс", Weekday::Sunday),
    ];
    let found = DAYS.iter().find(|(english, russian, _)| word == *english || word == *russian);
    found.map(|(_, _, day)| *day)
}

/// The same as a request takes it; what is no such word as it is.
pub(super) fn text(word: &str) -> String {
    let day = day(word, crate::people::now().date());
    day.map_or_else(|| word.to_owned(), |day| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_days() {
        let wednesday: Date = "2026-11-25".parse().expect("a date");
        for (word, wanted) in [
            ("today", "2026-11-25"),
            ("завтра", "2026-11-26"),
            ("fri", "2026-11-27"),
            ("пн", "2026-11-30"),
            ("wed", "2026-11-25"),
            ("+3d", "2026-11-28"),
            ("-1w", "2026-11-18"),
        ] {
            assert_eq!(day(word, wednesday), wanted.parse().ok(), "{word}");
        }
        for other in ["2026-11-30", "none", "soon", "+3y", "+", ""] {
            assert_eq!(day(other, wednesday), None, "{other}");
        }
    }
}
