//! The characters of a query: white space, words, quotes, keywords (query language, §2).

use crate::error::{ErrorKind, ParseError};

/// Characters that end a bare word besides white space.
const DELIMITERS: [char; 5] = [',', '(', ')', '"', ':'];
/// Characters a bare word cannot start with.
const OPERATORS: [char; 6] = ['!', '#', '~', '<', '>', '='];

/// The words that join conditions. `ASC` and `DESC` are words of the sort clause only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyword {
    And,
    Or,
    Not,
}

impl Keyword {
    pub(crate) fn of(word: &str) -> Option<Self> {
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        match () {
            () if is("and") => Some(Self::And),
            () if is("or") => Some(Self::Or),
            () if is("not") => Some(Self::Not),
            () => None,
        }
    }
}

/// White space of the language; other Unicode spaces are ordinary characters.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// A character that starts an operator and therefore no bare word.
pub(crate) fn is_operator(c: char) -> bool {
    OPERATORS.contains(&c)
}

/// True when `text`, printed without quotes, is read back as this one word.
pub(crate) fn is_plain_word(text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    cursor.word().is_some_and(|word| word.len() == text.len())
        && Keyword::of(text).is_none()
        && !text.eq_ignore_ascii_case("asc")
        && !text.eq_ignore_ascii_case("desc")
}

/// A place in a text.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The current byte offset.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Goes back to an offset `at()` gave.
    pub(crate) fn rewind(&mut self, at: usize) {
        self.at = at;
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(crate) fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(is_space).len();
    }

    /// Takes `prefix` if it is next.
    pub(crate) fn eat(&mut self, prefix: &str) -> bool {
        let found = self.rest().starts_with(prefix);
        if found {
            self.at += prefix.len();
        }
        found
    }

    /// Takes characters while they are wanted.
    pub(crate) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// The bare word that is next, without taking it.
    pub(crate) fn peek_word(&self) -> Option<&'a str> {
        let rest = self.rest();
        if rest.starts_with(is_operator) {
            return None;
        }
        let end = rest.find(|c| is_space(c) || DELIMITERS.contains(&c)).unwrap_or(rest.len());
        let word = &rest[..end];
        let word = word.split_once("..").map_or(word, |(before, _)| before);
        (!word.is_empty()).then_some(word)
    }

    /// Takes a bare word.
    pub(crate) fn word(&mut self) -> Option<&'a str> {
        let word = self.peek_word()?;
        self.at += word.len();
        Some(word)
    }

    /// The keyword that is next, without taking it.
    pub(crate) fn peek_keyword(&self) -> Option<Keyword> {
        self.peek_word().and_then(Keyword::of)
    }

    /// Takes a keyword if it is next.
    pub(crate) fn eat_keyword(&mut self, keyword: Keyword) -> bool {
        let found = self.peek_keyword() == Some(keyword);
        if found {
            self.word();
        }
        found
    }

    /// Takes a quoted text and resolves its escapes; `None` when no quote is next.
    pub(crate) fn quoted(&mut self) -> Result<Option<String>, ParseError> {
        let Some(inner) = self.rest().strip_prefix('"') else { return Ok(None) };
        let mut text = String::new();
        let mut chars = inner.char_indices();
        while let Some((offset, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += 1 + offset + 1;
                    return Ok(Some(text));
                }
                '\\' => text.extend(chars.next().map(|(_, escaped)| escaped)),
                _ => text.push(c),
            }
        }
        Err(self.error(ErrorKind::UnclosedQuote, self.at))
    }

    /// An error at `offset`, repeating the token that stands there.
    pub(crate) fn error(&self, kind: ErrorKind, offset: usize) -> ParseError {
        let cursor = Cursor { text: self.text, at: offset };
        let rest = cursor.rest();
        let quote =
            rest.strip_prefix('"').map(|inner| inner.find('"').map_or(rest.len(), |n| n + 2));
        let sign = ["...", "..", ">=", "<=", "!="].into_iter().find(|sign| rest.starts_with(sign));
        let end = match (quote, cursor.peek_word(), sign) {
            (Some(end), ..) => end,
            (None, Some(word), _) => word.len(),
            (None, None, Some(sign)) => sign.len(),
            (None, None, None) => cursor.peek().map_or(0, char::len_utf8),
        };
        ParseError::at(kind, self.text, offset, &rest[..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_delimiters_and_ranges() {
        for (text, word) in [
            ("OPS-7, x", Some("OPS-7")),
            ("a.smirnova@", Some("a.smirnova@")),
            ("1..5", Some("1")),
            ("1.5...2", Some("1.5")),
            ("me()", Some("me")),
            ("-3d", Some("-3d")),
            ("'a' b", Some("'a'")),
            ("a\u{a0}b c", Some("a\u{a0}b")),
            ("..5", None),
            ("!x", None),
            ("=x", None),
            ("", None),
        ] {
            assert_eq!(Cursor::new(text).word(), word, "{text:?}");
        }
    }

    #[test]
    fn quotes_and_escapes() {
        let read = |text| Cursor::new(text).quoted();
        assert_eq!(read(r#""say \"hi\"" x"#), Ok(Some(r#"say "hi""#.to_owned())));
        assert_eq!(read(r#""a\\b\n""#), Ok(Some(r"a\bn".to_owned())));
        assert_eq!(read("x"), Ok(None));
        assert_eq!(read(r#""open"#).expect_err("refused").kind, ErrorKind::UnclosedQuote);
        assert_eq!(read(r#""open\""#).expect_err("refused").kind, ErrorKind::UnclosedQuote);
    }
}
