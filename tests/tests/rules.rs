//! Every rule of the authorization server (oauth.md, sections 1 to 7) is named by a test, above the
//! test function, as `AZ-05` or `AZ-02 to AZ-05`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use trackway_tests::paths;

/// Rules by their letters, and how many there are of each.
const RULES: [(&str, u32); 29] = [
    ("HO", 6),
    ("ID", 4),
    ("GN", 9),
    ("AZ", 20),
    ("VC", 4),
    ("CA", 9),
    ("TK", 16),
    ("DF", 8),
    ("RV", 8),
    ("IM", 8),
    ("AP", 5),
    ("API", 39),
    ("UI", 22),
    ("BS", 6),
    ("PW", 9),
    ("SE", 7),
    ("BF", 7),
    ("MF", 5),
    ("S-6749", 24),
    ("S-6750", 6),
    ("S-7636", 5),
    ("S-7009", 4),
    ("S-7662", 2),
    ("S-8414", 1),
    ("S-9207", 1),
    ("S-9068", 1),
    ("S-8252", 5),
    ("S-8628", 5),
    ("S-9700", 16),
];

/// Rules that the specification leaves open, and that are not kept.
const OPEN: [&str; 0] = [];

#[test]
fn every_rule_is_named_by_a_test() {
    let mut named = BTreeSet::new();
    for file in sources(&["tests", "crates"]) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let lines = tests_in(&file, &text).lines().map(str::trim);
        for line in lines.filter(|line| line.starts_with(['/', '#', '"'])) {
            for (letters, _) in RULES {
                named.extend(names(line, letters));
            }
        }
    }
    let rule = |letters: &str, n: u32| format!("{letters}-{n:02}");
    let rules = RULES.into_iter().flat_map(|(letters, n)| (1..=n).map(move |n| rule(letters, n)));
    let missing: Vec<String> =
        rules.filter(|rule| !OPEN.contains(&rule.as_str()) && !named.contains(rule)).collect();
    assert!(missing.is_empty(), "no test names {missing:?}");
}

/// The part of a source file that is tests.
fn tests_in<'t>(file: &Path, text: &'t str) -> &'t str {
    let inside = file.components().any(|part| part.as_os_str() == "tests");
    if inside || file.ends_with("tests.rs") {
        return text;
    }
    text.split_once("mod tests {").map_or("", |(_, tests)| tests)
}

/// The rules of some letters in a line: `AZ-05`, `AZ-02 to AZ-05`, `AZ-02 to 05`, `AZ-02..AZ-05`.
fn names(line: &str, letters: &str) -> Vec<String> {
    let start = format!("{letters}-");
    let number = |text: &str| -> Option<u32> { text.get(..2)?.parse().ok() };
    let mut found = Vec::new();
    for (at, _) in line.match_indices(&start) {
        let before = line.get(..at).unwrap_or_default().chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '-') {
            continue;
        }
        let rest = line.get(at + start.len()..).unwrap_or_default();
        let Some(first) = number(rest) else { continue };
        let rest = rest.get(2..).unwrap_or_default();
        let rest = rest.strip_prefix(" to ").or_else(|| rest.strip_prefix(".."));
        let last = rest.map(|rest| rest.strip_prefix(&start).unwrap_or(rest)).and_then(number);
        found.extend((first..=last.unwrap_or(first)).map(|n| format!("{letters}-{n:02}")));
    }
    found.dedup();
    found
}

fn sources(folders: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = folders.iter().map(|name| paths::root().join(name)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let kind = path.extension().and_then(|kind| kind.to_str());
            let skipped = ["node_modules", "target", "rules.rs"];
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if skipped.contains(&name) || name.starts_with('.') {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if kind.is_some_and(|kind| ["rs", "py", "mjs"].contains(&kind)) {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn ranges_and_neighbours_are_read() {
    assert_eq!(names("/// AZ-02 to AZ-04, S-9700-01.", "AZ"), ["AZ-02", "AZ-03", "AZ-04"]);
    assert_eq!(names("/// API-05..07.", "API"), ["API-05", "API-06", "API-07"]);
    assert!(names("/// API-05, FAZ-01, AZ.", "AZ").is_empty());
}
