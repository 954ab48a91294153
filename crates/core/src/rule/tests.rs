//! Statements of the modules around rules.

use crate::testing::Fixture;

#[test]
fn statements_are_good() {
    let f = Fixture::new();
    f.tracker.db().prepare_all(crate::webhook::store::ALL_SQL).expect("good SQL");
    f.tracker.db().prepare_all(crate::autoaction::store::ALL_SQL).expect("good SQL");
}
