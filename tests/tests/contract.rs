//! The contract's files agree with each other.

use std::collections::BTreeSet;

use trackway_tests::contract::{Operation, contract};
use trackway_tests::paths;

fn lines(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(paths::contract(name)).expect("a file of the contract");
    text.lines().map(ToOwned::to_owned).collect()
}

#[test]
fn the_list_of_operations_is_that_of_the_document() {
    let listed = lines("operations.txt");
    let mut declared: Vec<String> = contract().operations().iter().map(Operation::line).collect();
    declared.sort();
    assert_eq!(listed, declared, "run contract/bundle.py");
}

#[test]
fn every_operation_has_a_version_and_a_name_of_its_own() {
    let mut ids = BTreeSet::new();
    for operation in contract().operations() {
        assert!(!operation.versions.is_empty(), "{} has no version", operation.id);
        assert!(operation.versions.iter().all(|v| v == "v2" || v == "v3"), "{}", operation.id);
        assert!(ids.insert(&operation.id), "{} twice", operation.id);
    }
}

#[test]
fn served_operations_are_operations() {
    let known: BTreeSet<&str> = contract().operations().iter().map(|o| o.id.as_str()).collect();
    for line in lines("served.txt") {
        let id = line.split(' ').next().unwrap_or_default();
        assert!(known.contains(id), "served.txt names {id}, which is no operation");
    }
}
