//! What people read, in Russian for those who want it. Texts are written in English where they arise
//! and are looked up here when they are shown, so that nothing else has to know of languages. Keys of
//! JSON, flags and values are never translated.

use std::sync::OnceLock;

mod failures;
mod members;
mod said;
mod server;
mod words;

#[cfg(test)]
mod sources;

static RUSSIAN: OnceLock<bool> = OnceLock::new();

/// Chooses the language of this run, `ru` or another for English. Only the first call counts.
pub(crate) fn choose(language: Option<&str>) {
    RUSSIAN.get_or_init(|| language == Some("ru"));
}

/// The text in the language of this run; as it is, where the catalogue does not have it.
pub fn shown(text: &str) -> String {
    if is_russian() { russian(text) } else { text.to_owned() }
}

/// Whether this run speaks Russian.
pub fn is_russian() -> bool {
    RUSSIAN.get().copied().unwrap_or_default()
}

/// How minutes, hours, days and weeks are written behind a number.
pub(crate) fn units() -> [&'static str; 4] {
    if is_russian() { ["м", "ч", "д", "н"] } else { ["m", "h", "d", "w"] }
}

fn russian(text: &str) -> String {
    found(text).unwrap_or_else(|| text.to_owned())
}

/// The Russian text, if the catalogues have one.
fn found(text: &str) -> Option<String> {
    let all = || CATALOGUES.iter().flat_map(|catalogue| catalogue.iter());
    // What is there word by word goes before what only has the form.
    if let Some((_, russian)) = all().find(|(english, _)| *english == text) {
        return Some((*russian).to_owned());
    }
    all().find_map(|(english, russian)| matched(english, text).map(|parts| filled(russian, &parts)))
}

/// What stands for each `{}` of a template, if the text has its form; each is as short as possible.
fn matched<'t>(template: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut pieces = template.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut parts = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let end = if pieces.peek().is_none() {
            rest.strip_suffix(piece)?.len()
        } else {
            rest.find(piece)?
        };
        parts.push(rest.get(..end)?);
        rest = rest.get(end + piece.len()..)?;
    }
    rest.is_empty().then_some(parts)
}

fn filled(template: &str, parts: &[&str]) -> String {
    let mut parts = parts.iter();
    let mut out = String::new();
    for (n, piece) in template.split("{}").enumerate() {
        if n > 0 {
            out.push_str(parts.next().copied().unwrap_or_default());
        }
        out.push_str(piece);
    }
    out
}

/// What is looked up, in this order: the more is filled in, the later.
const CATALOGUES: [&[(&str, &str)]; 7] = [
    server::WELCOME,
    words::WORDS,
    members::MEMBERS,
    said::SAID,
    failures::FAILURES,
    server::SERVER,
    GENERAL,
];

/// What nearly anything looks like.
const GENERAL: &[(&str, &str)] = &[
    ("{}: field {} is {} now", "{}: поле {} теперь {}"),
    ("{} - field {}", "{} - поле {}"),
    ("{}: {} changed", "{}: изменено: {}"),
    ("{} {} cannot be reversed", "{} {} нельзя отменить"),
    ("{} of {}", "{} из {}"),
    ("there is {}", "есть {}"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_with_what_is_filled_in() {
        assert_eq!(russian("KEY"), "КЛЮЧ");
        assert_eq!(russian("DEV-1 created: A created: B"), "DEV-1 создана: A created: B");
        assert_eq!(russian("3 of 12 · query: Queue: A"), "3 из 12 · query: Queue: A");
        assert_eq!(russian("something else"), "something else");
        assert_eq!(russian("not found (404): A: b"), "не найдено (404): A: b");
        assert_eq!(shown("KEY"), "KEY");
    }

    #[test]
    fn both_languages_fill_in_the_same() {
        for (english, russian) in CATALOGUES.into_iter().flatten() {
            assert_eq!(english.matches("{}").count(), russian.matches("{}").count(), "{english}");
        }
    }
}
