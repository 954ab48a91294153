//! The threat table of docs/security.md: every row of the specification is there, and every test it
//! names exists.

use std::collections::BTreeSet;
use std::path::Path;

use trackway_tests::paths;

/// Rows of the specification (oauth.md, section 8).
const ROWS: u32 = 52;
/// Rows that say in words why there is no test.
const WITHOUT: [&str; 1] = ["T-48"];

#[test]
fn every_threat_has_tests_that_exist() {
    let document = std::fs::read_to_string(paths::root().join("docs/security.md"));
    let document = document.expect("docs/security.md is there");
    let mut seen = BTreeSet::new();
    for row in document.lines().filter(|line| line.starts_with("| T-")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, id, _, tests, _] = cells.as_slice() else {
            panic!("four bars are expected: {row}")
        };
        assert!(seen.insert((*id).to_owned()), "{id} is there twice");
        let named: Vec<(&str, &str)> =
            tests.split('`').skip(1).step_by(2).filter_map(|name| name.split_once('#')).collect();
        assert_eq!(named.is_empty(), WITHOUT.contains(id), "{id}: {tests}");
        for (file, name) in named {
            let source = std::fs::read_to_string(paths::root().join(file));
            let source = source.unwrap_or_else(|e| panic!("{id}: {file}: {e}"));
            assert!(declares(file, &source, name), "{id}: {file} has no test {name}");
        }
    }
    let expected = (1..=ROWS).map(|n| format!("T-{n:02}")).collect();
    assert_eq!(seen, expected);
}

/// Whether a source file declares a test of this name, as its language does.
fn declares(file: &str, source: &str, name: &str) -> bool {
    match Path::new(file).extension().and_then(|extension| extension.to_str()) {
        Some("py") => return source.contains(&format!("\ndef {name}(")),
        Some("mjs") => {
            let test = |line: &str| line.trim_start().starts_with("test(") && line.contains(name);
            return source.lines().any(test);
        }
        _ => {}
    }
    let start = format!("fn {name}(");
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let Some(at) = lines.iter().position(|line| line.starts_with(&start)) else { return false };
    let attributes = lines.get(..at).unwrap_or_default().iter().rev();
    let mut attributes = attributes.take_while(|line| line.starts_with(['#', '/']));
    attributes.any(|line| *line == "#[test]")
}
