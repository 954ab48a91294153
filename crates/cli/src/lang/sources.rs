//! Looks for messages in the sources of this crate and in those of the server's commands, and whether
//! they have a Russian text. It finds
//! what is written where it is said; what is put together elsewhere it cannot see.

use std::path::{Path, PathBuf};

use super::{filled, found, russian};

/// What stands in front of a message.
const MARKS: [&str; 19] = [
    "remark(",
    ".hint(",
    "Failure::usage(",
    "confirm(",
    "note(",
    "Column(",
    "shown(",
    "told(",
    "refused(",
    "complain(",
    "progress(",
    "let line =",
    "let message =",
    "let why =",
    "let what =",
    "let said =",
    "let footer =",
    "let failure =",
    "Kind::",
];

/// What stands in front of a message of the server's commands.
const SERVER_MARKS: [&str; 9] = [
    "say(",
    "remark(",
    "bail!(",
    "anyhow!(",
    ".context(",
    "with_context(|| ",
    "let told = || ",
    "ensure!(begun || path == \"manifest.json\", ",
    "ensure!(indexed == issues, ",
];

/// The source without its tests.
fn source(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a source");
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() && name != "lang" {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

/// The message that begins here, if one does: after a kind of failure, a reference and `format!`.
fn message(mut rest: &str) -> Option<String> {
    let word = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    if let Some(after) = rest.get(word..)?.strip_prefix(',') {
        rest = after;
    }
    rest = rest.trim_start().trim_start_matches('&');
    rest = rest.strip_prefix("format!(").unwrap_or(rest).trim_start();
    let mut text = String::new();
    let mut letters = rest.strip_prefix('"')?.chars().peekable();
    loop {
        match letters.next()? {
            '"' => return Some(text),
            '\\' => match letters.next()? {
                '\n' => while letters.next_if(|c| c.is_whitespace()).is_some() {},
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
}

/// The message as the catalogue has it: with `{}` for what is filled in.
fn template(message: &str) -> String {
    let mut out = String::new();
    let mut rest = message.replace("{{", "\u{1}").replace("}}", "\u{2}");
    while let Some((before, after)) = rest.split_once('{') {
        let Some((inside, after)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push_str(if inside.ends_with(":?") { "\"{}\"" } else { "{}" });
        rest = after.to_owned();
    }
    (out + &rest).replace('\u{1}', "{").replace('\u{2}', "}")
}

/// Commands and flags stay as they are typed, and what only puts other texts together has no words.
fn needs_none(template: &str) -> bool {
    let words = template.replace("{}", "");
    template.starts_with("trackway ")
        || template.starts_with("--")
        || words.chars().filter(|c| c.is_alphabetic()).count() < 2
        || matches!(template, "ID" | "UID" | "name")
}

/// Fails for messages without Russian, and if there are not more than `least` messages at all.
fn all_have_a_russian_text(folder: &str, marks: &[&str], least: usize) {
    let mut paths = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut paths);
    let (mut seen, mut missing) = (0, Vec::new());
    for path in paths {
        let text = source(&path);
        for mark in marks {
            let messages = text
                .match_indices(mark)
                .filter_map(|(at, _)| message(text.get(at + mark.len()..)?.trim_start()));
            for message in messages {
                seen += 1;
                let template = template(&message);
                if needs_none(&template) {
                    continue;
                }
                let parts = vec!["X1"; template.matches("{}").count()];
                let sample = filled(&template, &parts);
                if found(&sample).is_none() {
                    missing.push(format!("{}: {template}", path.display()));
                }
            }
        }
    }
    assert!(seen > least, "only {seen} messages are found");
    assert!(missing.is_empty(), "no Russian for:\n{}", missing.join("\n"));
}

#[test]
fn every_message_has_a_russian_text() {
    all_have_a_russian_text("src", &MARKS, 300);
}

#[test]
fn every_message_of_the_server_has_a_russian_text() {
    all_have_a_russian_text("../server/src/program", &SERVER_MARKS, 80);
}

/// What a server says first is put together of pieces, so it is looked for by itself.
#[test]
fn the_welcome_has_a_russian_text() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src/program/ready.rs");
    let text = source(&path);
    let said = text.match_indices("format!(").filter_map(|(at, _)| message(text.get(at..)?));
    let welcomes: Vec<String> = said.filter(|said| said.contains("Trackway is")).collect();
    assert_eq!(welcomes.len(), 3);
    let placed =
        [("", "it is in the file {file}"), ("?code={code}", "it is also in the file {file}")];
    for (query, place) in placed {
        for welcome in &welcomes {
            let sample = template(&welcome.replace("{query}", query).replace("{place}", place));
            let sample = filled(&sample, &vec!["X1"; sample.matches("{}").count()]);
            assert!(found(&sample).is_some_and(|text| text.contains("работает")), "{sample}");
        }
    }
}

#[test]
fn each_text_finds_its_own() {
    for (english, wanted) in super::CATALOGUES.into_iter().flatten() {
        let parts = vec!["X1"; english.matches("{}").count()];
        assert_eq!(russian(&filled(english, &parts)), filled(wanted, &parts), "{english}");
    }
}

#[test]
fn messages_are_found_in_sources() {
    let text = "SignIn, format!(\"a {name:?} is\\\n        {count}\"))";
    assert_eq!(message(text).as_deref().map(template).as_deref(), Some("a \"{}\" is{}"));
    assert_eq!(message("&line)"), None);
}
