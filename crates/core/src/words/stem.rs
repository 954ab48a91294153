//! From texts to stems (query-language.md, 4.3): words are runs of letters and digits in lower
//! case, `ё` is `е`, Russian and English words are stemmed by their script; keys of issues are
//! words too.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use snowball_stemmers_rs::{Algorithm, Stemmer};

use crate::field::no::FieldNo;

static RUSSIAN: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::Russian));
static ENGLISH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

/// Characters of a word that count; the rest of a longer one is not looked at.
const LONGEST: usize = 40;

/// Stems that a thread remembers; texts use few words often.
const REMEMBERED: usize = 20_000;

thread_local! {
    static KNOWN: RefCell<FxHashMap<Box<str>, Box<str>>> = RefCell::default();
}

/// Where a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Part {
    /// A field.
    Field(FieldNo),
    /// A comment.
    Comment,
    /// A former value of summary or description.
    Former,
    /// The name of a file.
    File,
}

impl Part {
    /// The stored form of a stem that stands here.
    pub(crate) fn token(self, stem: &str) -> String {
        match self {
            Self::Field(no) => format!("{no}_{stem}"),
            Self::Comment => format!("c_{stem}"),
            Self::Former => format!("h_{stem}"),
            Self::File => format!("f_{stem}"),
        }
    }
}

/// Everything that is stored of a text.
pub(crate) fn tokens(part: Part, text: &str, out: &mut BTreeSet<String>) {
    let mut seen = FxHashSet::default();
    each(text, |piece| {
        let (word, whole) = match piece {
            Piece::Word(word) | Piece::KeyPart(word) => (word, false),
            Piece::Key(key) => (key, true),
        };
        if seen.contains(&word) {
            return;
        }
        out.insert(part.token(&if whole { word.clone() } else { stem(&word) }));
        seen.insert(word);
    });
}

/// The stems that a text must have to be found by `query`. A key is looked for as a whole.
pub(crate) fn wanted(query: &str) -> BTreeSet<String> {
    let mut stems = BTreeSet::new();
    each(query, |piece| match piece {
        Piece::Word(word) => drop(stems.insert(stem(&word))),
        Piece::Key(key) => drop(stems.insert(key)),
        Piece::KeyPart(_) => {}
    });
    stems
}

/// The stems of a text, for checking one that was found.
pub(crate) fn stems(text: &str) -> BTreeSet<String> {
    let mut stems = BTreeSet::new();
    each(text, |piece| match piece {
        Piece::Word(word) | Piece::KeyPart(word) => drop(stems.insert(stem(&word))),
        Piece::Key(key) => drop(stems.insert(key)),
    });
    stems
}

/// A part of a text.
enum Piece {
    Word(String),
    /// The key of an issue.
    Key(String),
    /// Queue or number of the key before.
    KeyPart(String),
}

fn each(text: &str, mut take: impl FnMut(Piece)) {
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphanumeric) {
        rest = rest.get(start..).unwrap_or_default();
        let (word, after) = run(rest, char::is_alphanumeric);
        rest = after;
        if let Some((number, after)) = number_of_key(word, after) {
            let queue = word.to_ascii_lowercase();
            take(Piece::Key(format!("{queue}-{number}")));
            take(Piece::KeyPart(queue));
            take(Piece::KeyPart(number.to_owned()));
            rest = after;
        } else {
            take(Piece::Word(folded(word)));
        }
    }
}

/// Takes characters off the front.
fn run(text: &str, wanted: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !wanted(c)).unwrap_or(text.len()))
}

/// The number after a word that may be the key of a queue, and what comes after it.
fn number_of_key<'t>(word: &str, after: &'t str) -> Option<(&'t str, &'t str)> {
    let is_key = (1..=15).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphabetic());
    let (number, rest) = run(after.strip_prefix('-').filter(|_| is_key)?, char::is_alphanumeric);
    let is_number = (1..=15).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some((number, rest))
}

fn folded(word: &str) -> String {
    if word.is_ascii() {
        return word.get(..LONGEST).unwrap_or(word).to_ascii_lowercase();
    }
    let lower = word.chars().flat_map(char::to_lowercase);
    // Lower case of some letters holds marks that are none.
    let lower = lower.filter(|c| c.is_alphanumeric()).map(|c| if c == 'ё' { 'е' } else { c });
    lower.take(LONGEST).collect()
}

fn stem(word: &str) -> String {
    KNOWN.with_borrow_mut(|known| {
        if let Some(stem) = known.get(word) {
            return (**stem).to_owned();
        }
        let stem = reduced(word);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(word.into(), stem.as_str().into());
        stem
    })
}

fn reduced(word: &str) -> String {
    let is_cyrillic = |c: char| matches!(c, 'а'..='я');
    if word.bytes().all(|b| b.is_ascii_lowercase()) {
        ENGLISH.stem(word).into_owned()
    } else if word.chars().all(is_cyrillic) {
        RUSSIAN.stem(word).into_owned()
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(stems: BTreeSet<String>) -> String {
        stems.into_iter().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for (a, b) in [
            ("задача задачи задачами", "задача"),
            ("Ошибки входа", "ошибка ВХОДЕ"),
            ("crashed crashes", "crash"),
            ("Ёлка", "ЕЛКА"),
        ] {
            assert_eq!(stems(a), stems(b), "{a}");
        }
        assert_ne!(stems("вход"), stems("выход"));
    }

    #[test]
    fn punctuation_splits_words_and_keys_are_whole() {
        assert_eq!(list(stems("**a**, b_c (v2.10)")), "10 a b c v2");
        assert_eq!(list(stems("see DEV-17!")), "17 dev dev-17 see");
        assert_eq!(list(wanted("dev-17")), "dev-17");
        assert_eq!(list(wanted("DEV-17x")), "17x dev");
        assert_eq!(list(wanted("что-нибудь")), list(stems("нибудь что")));
        assert!(wanted("… — !").is_empty());
    }

    #[test]
    fn nothing_breaks_the_stored_form() {
        for text in ["İstanbul", "ﬁ", "\u{130}\u{307}", "x'y\"z", "٣٤", "ǅ", &"ы".repeat(10_000)]
        {
            let mut out = BTreeSet::new();
            tokens(Part::Field(8), text, &mut out);
            for token in out {
                let inner = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
                assert!(token.chars().all(inner) && token.len() < 200, "{token}");
            }
        }
    }
}
