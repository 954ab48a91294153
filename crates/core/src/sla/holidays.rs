//! Public holidays of countries, for work calendars (automation.md, 4.1). Days that a government
//! moves from one year to the next are exceptions of a calendar.

use jiff::civil::Date;

/// A country, and the days of every year that its law makes holidays, as month and day.
struct Country {
    /// ISO 3166-1 code.
    code: &'static str,
    days: &'static [(i8, i8)],
}

const COUNTRIES: &[Country] = &[Country {
    // Labour Code of the Russian Federation, article 112.
    code: "RU",
    days: &[
        (1, 1),
        (1, 2),
        (1, 3),
        (1, 4),
        (1, 5),
        (1, 6),
        (1, 7),
        (1, 8),
        (2, 23),
        (3, 8),
        (5, 1),
        (5, 9),
        (6, 12),
        (11, 4),
    ],
}];

/// The code of a country whose holidays are known, as it is kept.
pub(super) fn known(code: &str) -> Option<&'static str> {
    COUNTRIES.iter().map(|country| country.code).find(|known| known.eq_ignore_ascii_case(code))
}

/// Whether a day is a public holiday of a country.
pub(super) fn is_off(country: &str, date: Date) -> bool {
    let country = COUNTRIES.iter().find(|one| one.code == country);
    country.is_some_and(|country| country.days.contains(&(date.month(), date.day())))
}
