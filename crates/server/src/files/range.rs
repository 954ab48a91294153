//! Parts of a file that a client asks for (RFC 9110, 14).

use std::ops::Range;

/// What a `Range` header means for a file of some size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it: no range, several, or one in a unit that is not bytes.
    Whole,
    /// These bytes.
    Bytes(Range<u64>),
    /// Bytes that the file does not have.
    Outside,
}

impl Part {
    /// Reads a header.
    pub(super) fn of(header: Option<&str>, size: u64) -> Self {
        let Some(ranges) = header.and_then(|text| text.trim().strip_prefix("bytes=")) else {
            return Self::Whole;
        };
        if ranges.contains(',') {
            return Self::Whole;
        }
        match ranges.trim().split_once('-') {
            Some(("", last)) => Self::last(last, size),
            Some((first, last)) => Self::between(first, last, size),
            None => Self::Whole,
        }
    }

    fn last(count: &str, size: u64) -> Self {
        match number(count) {
            None => Self::Whole,
            Some(0) => Self::Outside,
            Some(_) if size == 0 => Self::Outside,
            Some(count) => Self::Bytes(size.saturating_sub(count)..size),
        }
    }

    fn between(first: &str, last: &str, size: u64) -> Self {
        let Some(first) = number(first) else { return Self::Whole };
        let last = if last.is_empty() { Some(u64::MAX) } else { number(last) };
        match last {
            Some(last) if last >= first && first < size => {
                Self::Bytes(first..last.saturating_add(1).min(size))
            }
            Some(last) if last >= first => Self::Outside,
            _ => Self::Whole,
        }
    }
}

/// A number of digits only; one that is too large means all there is.
fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        let part = |text| Part::of(Some(text), 10);
        for (text, range) in [
            ("bytes=0-0", 0..1),
            ("bytes=2-5", 2..6),
            ("bytes=2-", 2..10),
            ("bytes=2-99", 2..10),
            ("bytes=-3", 7..10),
            ("bytes=-99", 0..10),
            (" bytes= 9-9 ", 9..10),
            ("bytes=0-99999999999999999999", 0..10),
        ] {
            assert_eq!(part(text), Part::Bytes(range), "{text}");
        }
        for text in ["bytes=10-", "bytes=10-11", "bytes=-0", "bytes=99999999999999999999-"] {
            assert_eq!(part(text), Part::Outside, "{text}");
        }
        for text in ["", "bytes=", "bytes=5-2", "bytes=a-b", "bytes=0-1,3-4", "lines=1-2"] {
            assert_eq!(part(text), Part::Whole, "{text}");
        }
        assert_eq!(Part::of(None, 10), Part::Whole);
        assert_eq!(Part::of(Some("bytes=0-"), 0), Part::Outside);
        assert_eq!(Part::of(Some("bytes=-1"), 0), Part::Outside);
    }
}
