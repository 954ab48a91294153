//! Formulas of calculated fields (automation.md, 1.4): numbers, dates and periods.

use std::collections::VecDeque;

use jiff::civil::DateTime;
use jiff::{Span, Timestamp, tz};

use crate::time::Instant;

/// Longest formula, in characters.
pub const MAX_LENGTH: usize = 2000;
/// Deepest nesting of parentheses and signs.
const MAX_DEPTH: usize = 50;
const DAY_MS: f64 = 86_400_000.0;

/// What an operand or a formula is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Worth {
    /// A number.
    Number(f64),
    /// An instant, in ms.
    At(Instant),
    /// A period: months and ms.
    Period(i64, i64),
    /// Nothing, because a date is missing.
    Empty,
}

/// Why a formula has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It cannot be read.
    Syntax,
    /// Its operands do not fit, or something is divided by zero.
    Value,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Period(i64, i64),
    Name(String),
    Now,
    Sign(char),
}

/// Names of the fields in a formula.
///
/// # Errors
/// It cannot be read.
pub fn fields(formula: &str) -> Result<Vec<String>, Trouble> {
    let mut names = Vec::new();
    evaluate(formula, 0, |name| {
        names.push(name.to_owned());
        Some(Worth::Number(1.0))
    })
    .or_else(|trouble| if trouble == Trouble::Value { Ok(Worth::Empty) } else { Err(trouble) })?;
    Ok(names)
}

/// The value of a formula. `field` answers the value of a field, nothing for an unknown one.
///
/// # Errors
/// It cannot be read, or has no value.
pub fn evaluate(
    formula: &str,
    now: Instant,
    field: impl FnMut(&str) -> Option<Worth>,
) -> Result<Worth, Trouble> {
    let tokens = tokens(formula)?;
    let mut reader = Reader { tokens, now, field, depth: 0, trouble: None };
    let worth = reader.sum()?;
    if !reader.tokens.is_empty() {
        return Err(Trouble::Syntax);
    }
    reader.trouble.map_or(Ok(worth), Err)
}

fn tokens(formula: &str) -> Result<VecDeque<Token>, Trouble> {
    let mut tokens = VecDeque::new();
    let mut rest = formula.trim();
    while let Some(first) = rest.chars().next() {
        let (token, tail) = if let Some(tail) = rest.strip_prefix("{{") {
            let (path, tail) = tail.split_once("}}").ok_or(Trouble::Syntax)?;
            (named(path), tail)
        } else if "+-*/()".contains(first) {
            (Token::Sign(first), &rest[first.len_utf8()..])
        } else if first.is_ascii_digit() || first == '.' {
            amount(rest)?
        } else if first.is_alphabetic() {
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')))
                .unwrap_or(rest.len());
            let (word, tail) = rest.split_at(end);
            match tail.trim_start().strip_prefix("()") {
                Some(tail) if word == "now" => (Token::Now, tail),
                _ => (named(word), tail),
            }
        } else {
            return Err(Trouble::Syntax);
        };
        tokens.push_back(token);
        rest = tail.trim_start();
    }
    Ok(tokens)
}

fn named(path: &str) -> Token {
    let path = path.trim();
    let name = path.strip_prefix("issue.").unwrap_or(path);
    Token::Name(name.strip_prefix("local.").unwrap_or(name).to_owned())
}

/// A number, or a period as `3M` or `1d12h`.
fn amount(text: &str) -> Result<(Token, &str), Trouble> {
    let (mut months, mut millis, mut rest, mut is_period) = (0_i64, 0_i64, text, false);
    loop {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let (digits, tail) = rest.split_at(end);
        if digits.is_empty() {
            break;
        }
        let number: f64 = digits.parse().map_err(|_| Trouble::Syntax)?;
        let (in_months, in_millis) = match tail.chars().next() {
            Some('y') => (12, 0),
            Some('M') => (1, 0),
            Some('w') => (0, 7 * 86_400_000),
            Some('d') => (0, 86_400_000),
            Some('h') => (0, 3_600_000),
            Some('m') => (0, 60_000),
            Some('s') => (0, 1000),
            _ if is_period => return Err(Trouble::Syntax),
            _ => return Ok((Token::Number(number), tail)),
        };
        is_period = true;
        let whole: i64 = digits.parse().map_err(|_| Trouble::Syntax)?;
        let add = |to: i64, unit: i64| whole.checked_mul(unit).and_then(|n| to.checked_add(n));
        months = add(months, in_months).ok_or(Trouble::Value)?;
        millis = add(millis, in_millis).ok_or(Trouble::Value)?;
        rest = &tail[1..];
    }
    Ok((Token::Period(months, millis), rest))
}

struct Reader<F> {
    tokens: VecDeque<Token>,
    now: Instant,
    field: F,
    depth: usize,
    /// The first thing without a value; the rest is read on, to find mistakes of syntax.
    trouble: Option<Trouble>,
}

impl<F: FnMut(&str) -> Option<Worth>> Reader<F> {
    fn take(&mut self, signs: [char; 2]) -> Option<char> {
        let sign = match self.tokens.front() {
            Some(Token::Sign(sign)) if signs.contains(sign) => *sign,
            _ => return None,
        };
        self.tokens.pop_front();
        Some(sign)
    }

    fn sum(&mut self) -> Result<Worth, Trouble> {
        let mut left = self.product()?;
        while let Some(sign) = self.take(['+', '-']) {
            let right = self.product()?;
            left = self.value(add(left, right, sign));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Worth, Trouble> {
        let mut left = self.atom()?;
        while let Some(sign) = self.take(['*', '/']) {
            let right = self.atom()?;
            left = self.value(scale(left, right, sign));
        }
        Ok(left)
    }

    fn atom(&mut self) -> Result<Worth, Trouble> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Trouble::Syntax);
        }
        let worth = match self.tokens.pop_front().ok_or(Trouble::Syntax)? {
            Token::Number(number) => Worth::Number(number),
            Token::Period(months, millis) => Worth::Period(months, millis),
            Token::Now => Worth::At(self.now),
            Token::Name(name) => (self.field)(&name).ok_or(Trouble::Syntax)?,
            Token::Sign('-') => {
                let worth = self.atom()?;
                self.value(negated(worth))
            }
            Token::Sign('(') => {
                let worth = self.sum()?;
                if self.tokens.pop_front() != Some(Token::Sign(')')) {
                    return Err(Trouble::Syntax);
                }
                worth
            }
            Token::Sign(_) => return Err(Trouble::Syntax),
        };
        self.depth -= 1;
        Ok(worth)
    }

    fn value(&mut self, worth: Option<Worth>) -> Worth {
        worth.unwrap_or_else(|| {
            self.trouble.get_or_insert(Trouble::Value);
            Worth::Empty
        })
    }
}

fn negated(worth: Worth) -> Option<Worth> {
    Some(match worth {
        Worth::Number(n) => Worth::Number(-n),
        Worth::Period(months, millis) => Worth::Period(-months, -millis),
        Worth::Empty => Worth::Empty,
        Worth::At(_) => return None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "days between dates")]
fn add(left: Worth, right: Worth, sign: char) -> Option<Worth> {
    if sign == '-'
        && let (Worth::At(a), Worth::At(b)) = (left, right)
    {
        return Some(Worth::Number((a - b) as f64 / DAY_MS));
    }
    let right = if sign == '-' { negated(right)? } else { right };
    Some(match (left, right) {
        (Worth::Empty, _) | (_, Worth::Empty) => Worth::Empty,
        (Worth::Number(a), Worth::Number(b)) => Worth::Number(a + b),
        (Worth::Period(m, s), Worth::Period(n, t)) => {
            Worth::Period(m.checked_add(n)?, s.checked_add(t)?)
        }
        (Worth::At(at), Worth::Period(months, millis))
        | (Worth::Period(months, millis), Worth::At(at)) => Worth::At(shift(at, months, millis)?),
        // A bare number counts days.
        (Worth::At(at), Worth::Number(days)) | (Worth::Number(days), Worth::At(at)) => {
            Worth::At(shift(at, 0, whole(days * DAY_MS)?)?)
        }
        (Worth::At(_), Worth::At(_))
        | (Worth::Number(_), Worth::Period(..))
        | (Worth::Period(..), Worth::Number(_)) => return None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "periods people write")]
fn scale(left: Worth, right: Worth, sign: char) -> Option<Worth> {
    Some(match (left, right) {
        (Worth::Empty, _) | (_, Worth::Empty) => Worth::Empty,
        (Worth::Number(a), Worth::Number(b)) if sign == '*' => Worth::Number(a * b),
        (Worth::Number(a), Worth::Number(b)) if b != 0.0 => Worth::Number(a / b),
        (Worth::Period(0, millis), Worth::Number(by)) if sign == '*' => {
            Worth::Period(0, whole(millis as f64 * by)?)
        }
        (Worth::Number(by), Worth::Period(0, millis)) if sign == '*' => {
            Worth::Period(0, whole(millis as f64 * by)?)
        }
        (Worth::Period(0, millis), Worth::Number(by)) if by != 0.0 => {
            Worth::Period(0, whole(millis as f64 / by)?)
        }
        _ => return None,
    })
}

/// A number as an integer, half away from zero; nothing when there is none.
pub fn whole(number: f64) -> Option<i64> {
    let rounded = number.round();
    #[expect(clippy::cast_possible_truncation, reason = "within the bounds of i64")]
    (rounded.is_finite() && rounded.abs() < 9e15).then_some(rounded as i64)
}

fn shift(at: Instant, months: i64, millis: i64) -> Option<Instant> {
    let civil: DateTime = tz::TimeZone::UTC.to_datetime(Timestamp::from_millisecond(at).ok()?);
    let span = Span::new().try_months(months).ok()?.try_milliseconds(millis).ok()?;
    let moved = civil.checked_add(span).ok()?;
    Some(tz::TimeZone::UTC.to_timestamp(moved).ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(formula: &str) -> Result<Worth, Trouble> {
        evaluate(formula, 0, |name| match name {
            "storyPoints" => Some(Worth::Number(3.0)),
            "deadline" => Some(Worth::At(10 * 86_400_000)),
            "start" => Some(Worth::Empty),
            _ => None,
        })
    }

    #[test]
    fn arithmetic() {
        for (formula, number) in [
            ("({{issue.storyPoints}}+1)*2", 8.0),
            ("2+3*4-6/3", 12.0),
            ("-(2 - 5)", 3.0),
            ("storyPoints * 1.5", 4.5),
            ("{{issue.deadline}} - now()", 10.0),
        ] {
            assert_eq!(value(formula), Ok(Worth::Number(number)), "{formula}");
        }
    }

    #[test]
    fn dates_and_periods() {
        assert_eq!(value("now()+3M"), Ok(Worth::At(90 * 86_400_000)), "January to March 1970");
        assert_eq!(value("now() + 1d12h"), Ok(Worth::At(129_600_000)));
        assert_eq!(value("deadline - 1w"), Ok(Worth::At(3 * 86_400_000)));
        assert_eq!(value("{{issue.start}} + 1d"), Ok(Worth::Empty));
    }

    #[test]
    fn what_has_no_value() {
        for formula in ["1/0", "now()+now()", "1d + 1", "storyPoints/(3-3)"] {
            assert_eq!(value(formula), Err(Trouble::Value), "{formula}");
        }
        for formula in ["", "1+", "(1", "1)", "nosuch", "1 2", "{{x", "#", "3X", "1.2.3"] {
            assert_eq!(value(formula), Err(Trouble::Syntax), "{formula}");
        }
        let deep = "(".repeat(100_000);
        assert_eq!(value(&deep), Err(Trouble::Syntax));
        assert_eq!(fields("a/(b-1)").expect("readable"), ["a", "b"]);
    }
}
