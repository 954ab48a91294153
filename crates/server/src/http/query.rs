//! The query string.

use std::borrow::Cow;

use percent_encoding::percent_decode;
use trackway_core::{Code, Result};

/// A decoded pair of the query string.
pub(super) type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The pairs of a query string.
///
/// # Errors
/// 400 for bytes that are not UTF-8.
pub(super) fn decode(query: &str) -> Result<Vec<Pair<'_>>> {
    query
        .split('&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let name = text(name).ok_or_else(|| wrong(name))?;
            let value = text(value).ok_or_else(|| wrong(&name))?;
            Ok((name, value))
        })
        .collect()
}

fn wrong(name: &str) -> trackway_core::Error {
    Code::BadParameter.with(name).and("must be UTF-8")
}

/// Undoes the encoding of forms, where a plus is a space.
pub(super) fn text(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains(['%', '+']) {
        return Some(Cow::Borrowed(raw));
    }
    let spaced = raw.replace('+', " ");
    Some(Cow::Owned(percent_decode(spaced.as_bytes()).decode_utf8().ok()?.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_in_order() {
        let pairs = decode("a=1&b=x+y%2Bz&&c&d=%D1%8F=&a=2").expect("readable");
        let pairs: Vec<_> = pairs.iter().map(|(n, v)| (n.as_ref(), v.as_ref())).collect();
        assert_eq!(pairs, [("a", "1"), ("b", "x y+z"), ("c", ""), ("d", "я="), ("a", "2")]);
        assert!(decode("").expect("readable").is_empty());
    }

    #[test]
    fn other_bytes_than_utf8_are_refused() {
        assert_eq!(decode("a=%FF").expect_err("bytes").code, Code::BadParameter);
        assert_eq!(decode("%FF=a").expect_err("bytes").code, Code::BadParameter);
    }
}
