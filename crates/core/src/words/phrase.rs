//! Exact phrases (query-language.md, 4.3): without regard to case, `ё`, and the amount of white
//! space; `||` stands for more text.

use std::collections::BTreeSet;

use super::stem;

/// A phrase to be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Phrase {
    /// What stands before, between and after the gaps; never empty.
    pieces: Vec<String>,
}

impl Phrase {
    /// Reads a phrase.
    pub(crate) fn new(text: &str) -> Self {
        Self { pieces: text.split("||").map(normal).collect() }
    }

    /// Stems that every text with the phrase has. A word at an end of the phrase may be a part of
    /// a longer one, so these are left out where the phrase is only contained.
    pub(crate) fn stems(&self) -> BTreeSet<String> {
        self.pieces.iter().flat_map(|piece| stem::wanted(piece)).collect()
    }

    /// Whether the phrase says nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.iter().all(String::is_empty)
    }

    /// Whether the whole text is the phrase.
    pub(crate) fn is(&self, text: &str) -> bool {
        let text = normal(text);
        match self.pieces.as_slice() {
            [whole] => *whole == text,
            _ => self.holds(&text, true),
        }
    }

    /// Whether the text contains the phrase, whole words only.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.holds(&normal(text), false)
    }

    /// Looks for the pieces one after the other. With `whole` the first one starts the text, and
    /// the last one ends it; a gap at the end needs more text, and so does one between.
    fn holds(&self, text: &str, whole: bool) -> bool {
        let mut from = 0;
        let last = self.pieces.len() - 1;
        for (number, piece) in self.pieces.iter().enumerate() {
            let rest = text.get(from..).unwrap_or_default();
            let gap_before = number > 0;
            if piece.is_empty() {
                // A gap at an end: some text must be left.
                let left = rest.trim();
                if number == last && last > 0 && left.is_empty() {
                    return false;
                }
                continue;
            }
            let anchored = whole && number == 0;
            let at_end = whole && number == last;
            let Some(place) = find(rest, piece, anchored, at_end, from > 0 || gap_before) else {
                return false;
            };
            if gap_before && rest.get(..place).unwrap_or_default().trim().is_empty() {
                return false;
            }
            from += place + piece.len();
        }
        true
    }
}

/// The place of a piece in a text, whole words only: at its start, at its end, or anywhere; after
/// a gap some text must come before it.
fn find(text: &str, piece: &str, anchored: bool, at_end: bool, after_gap: bool) -> Option<usize> {
    text.match_indices(piece).map(|(place, _)| place).find(|place| {
        let before = text.get(..*place).unwrap_or_default();
        let after = text.get(*place + piece.len()..).unwrap_or_default();
        (!anchored || before.is_empty())
            && (!at_end || after.is_empty())
            && (!after_gap || !before.trim().is_empty())
            && is_border(before.chars().next_back(), piece.chars().next())
            && is_border(piece.chars().next_back(), after.chars().next())
    })
}

/// Whether a word ends between two characters.
fn is_border(a: Option<char>, b: Option<char>) -> bool {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !(word(a) && word(b))
}

/// Lower case, `е` for `ё`, single spaces.
fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase).map(
            |c| {
                if c == 'ё' { 'е' } else { c }
            },
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_contained_by_whole_words() {
        let within = |phrase: &str, text: &str| Phrase::new(phrase).is_in(text);
        assert!(within("steps to  reproduce", "The Steps\nTO reproduce: none"));
        assert!(!within("steps to reproduce", "steps to be reproduced"));
        assert!(!within("cat", "concatenate cats"));
        assert!(within("cat", "concatenate a cat"));
        assert!(within("ёлка", "ЕЛКА!"));
        assert!(within("(v2)", "see (v2) there"));
    }

    #[test]
    fn a_gap_stands_for_more_text() {
        let within = |phrase: &str, text: &str| Phrase::new(phrase).is_in(text);
        assert!(within("Deploy ||", "Deploy api"));
        assert!(within("Deploy ||", "please deploy the docs"));
        assert!(!within("Deploy ||", "deploy"));
        assert!(!within("Deploy ||", "we deploy "));
        assert!(within("|| api", "deploy api"));
        assert!(!within("|| api", "api"));
        assert!(within("a || b", "a x b"));
        assert!(!within("a || b", "a b"));
        assert!(within("a || a", "a a a"));
        let whole = |phrase: &str, text: &str| Phrase::new(phrase).is(text);
        assert!(whole("Deploy ||", "Deploy the docs"));
        assert!(!whole("Deploy ||", "Please deploy the docs"));
        assert!(!whole("Deploy ||", "Deploy"));
        assert!(whole("|| docs", "Deploy the docs"));
        assert!(!whole("|| the", "Deploy the docs"));
        assert!(whole("login crash", " Login  crash"));
        assert!(!whole("login", "login crash"));
    }

    #[test]
    fn odd_phrases_do_no_harm() {
        for phrase in ["", "||", "|| ||", "||||", "!!", " "] {
            let phrase = Phrase::new(phrase);
            for text in ["", "a", "a b c", "|| !!"] {
                let _: (bool, bool) = (phrase.is(text), phrase.is_in(text));
            }
            assert!(phrase.stems().is_empty());
        }
        assert!(Phrase::new("").is_empty() && !Phrase::new("!").is_empty());
    }
}
