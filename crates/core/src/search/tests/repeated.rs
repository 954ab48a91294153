//! Searches that come again, which are kept from one time to the next.

use serde_json::{Value as Json, json};
use trackway_api::issues::{DeleteIssue, UpdateIssue};

use super::{company, count, found};
use crate::testing::{Fixture, NOW};

fn edit(f: &Fixture, at: i64, key: &str, patch: Json) {
    let Json::Object(patch) = patch else { panic!("an object") };
    let request = UpdateIssue::new(key, patch);
    f.write_at(f.ann, at, move |cx| crate::issue::ops::update(cx, &request).map(drop))
        .expect("an edit");
}

/// The same answer, as often as it is asked for.
fn again(f: &Fixture, body: &Json, expected: &str) {
    for _ in 0..4 {
        assert_eq!(found(f, body.clone()).join(" "), expected, "{body}");
    }
}

#[test]
fn pages_follow_edits_moves_and_removals() {
    let f = company();
    let newest = json!({"filter": {"queue": "DEV"}, "order": "-updated"});
    let by_name = json!({"query": "Queue: DEV \"Sort By\": Summary"});
    again(&f, &newest, "DEV-1 DEV-2 DEV-3");
    again(&f, &by_name, "DEV-2 DEV-1 DEV-3");
    edit(&f, NOW + 1, "DEV-3", json!({"summary": "aardvark"}));
    again(&f, &newest, "DEV-3 DEV-1 DEV-2");
    again(&f, &by_name, "DEV-3 DEV-2 DEV-1");
    edit(&f, NOW + 2, "HELP-1", json!({"tags": ["elsewhere"]}));
    again(&f, &newest, "DEV-3 DEV-1 DEV-2");
    f.issue(f.ann, json!({"queue": "DEV", "summary": "zebra"}));
    again(&f, &by_name, "DEV-3 DEV-2 DEV-1 DEV-4");
    let request = DeleteIssue::new("DEV-3");
    f.write(f.boss, move |cx| crate::issue::remove::delete(cx, &request).map(drop))
        .expect("a removal");
    again(&f, &newest, "DEV-1 DEV-2 DEV-4");
}

#[test]
fn values_that_come_and_go_are_counted() {
    let f = company();
    let tagged = json!({"query": "Tags: fresh Resolution: empty()"});
    for round in 0..3 {
        assert_eq!([count(&f, f.ann, tagged.clone()), count(&f, f.boss, tagged.clone())], [0, 0]);
        edit(&f, NOW + round, "DEV-1", json!({"tags": ["fresh"]}));
        edit(&f, NOW + round, "HELP-1", json!({"tags": ["fresh"]}));
        assert_eq!([count(&f, f.ann, tagged.clone()), count(&f, f.boss, tagged.clone())], [2, 2]);
        edit(&f, NOW + round, "DEV-1", json!({"tags": []}));
        edit(&f, NOW + round, "HELP-1", json!({"tags": []}));
    }
}
