//! Numbers: `-?[0-9]+(\.[0-9]+)?` (query language, §2).

use super::ValueError;

/// Reads a decimal number; no exponent, no sign but `-`, no bare point.
///
/// # Errors
/// [`ValueError::Number`] for any other text, or one too large for a finite number.
pub fn number(text: &str) -> Result<f64, ValueError> {
    let trimmed = text.trim();
    let unsigned = trimmed.strip_prefix('-').unwrap_or(trimmed);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let read = if digits(whole) && digits(fraction) { trimmed.parse().ok() } else { None };
    read.filter(|number: &f64| number.is_finite())
        .ok_or_else(|| ValueError::Number(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_decimals_only() {
        for (text, value) in [("14", 14.0), ("-2", -2.0), ("2.50", 2.5), (" 7 ", 7.0)] {
            assert!((number(text).expect("valid") - value).abs() < f64::EPSILON, "{text:?}");
        }
        for text in ["", "-", "1.", ".5", "1e3", "+1", "inf", "NaN", "0x1", "1,5", "٣"] {
            assert!(number(text).is_err(), "{text:?}");
        }
        assert!(number(&"9".repeat(400)).is_err());
    }
}
