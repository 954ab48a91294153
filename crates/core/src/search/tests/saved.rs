//! Saved filters as criteria and as conditions.

use serde_json::json;

use super::{company, count, found, query, refused};
use crate::dict::model::{Filter, SavedSort};
use crate::error::Code;
use crate::field::no;
use crate::testing::Fixture;

fn save(f: &Fixture, filter: Filter) -> i64 {
    f.tracker.add_object(f.org, "", &filter).expect("a filter")
}

fn by_query(f: &Fixture, owner: i64, name: &str, query: &str) -> i64 {
    let query = Some(query.to_owned());
    save(f, Filter { name: name.to_owned(), owner, query, ..Filter::default() })
}

#[test]
fn a_saved_filter_finds_in_its_own_order() {
    let f = company();
    let id = by_query(&f, f.ann, "Mine", "Queue: DEV \"Sort By\": Key DESC");
    assert_eq!(found(&f, json!({ "filterId": id })), ["DEV-3", "DEV-2", "DEV-1"]);
    assert_eq!(found(&f, json!({"filterId": id.to_string(), "order": "key"}))[0], "DEV-1");
    assert_eq!(count(&f, f.ann, json!({ "filterId": id })), 3);
    let filter = Filter {
        owner: f.ann,
        filter: Some(json!({"assignee": "me()"})),
        sorts: vec![SavedSort { field: no::KEY.into(), ascending: false }],
        ..Filter::default()
    };
    let id = save(&f, filter);
    assert_eq!(found(&f, json!({ "filterId": id })), ["DEV-3"]);
    let hidden = by_query(&f, f.bob, "His", "Queue: DEV");
    assert_eq!(refused(&f, json!({ "filterId": hidden })).status(), 403);
    assert_eq!(refused(&f, json!({"filterId": 999_999})).status(), 404);
    assert_eq!(refused(&f, json!({"filterId": [1]})).status(), 422);
}

#[test]
fn saved_filters_stand_within_queries() {
    let f = company();
    let dev = by_query(&f, f.ann, "Dev", "Queue: DEV");
    by_query(&f, f.ann, "My dev", "Filter: Dev Assignee: me()");
    assert_eq!(query(&f, "Filter: \"my dev\""), ["DEV-3"]);
    assert_eq!(query(&f, &format!("NOT Filter: {dev}")), ["HELP-1", "HELP-2"]);
    assert_eq!(found(&f, json!({"query2": {"$filter": dev}, "order": "key"})).len(), 3);
    for wrong in ["Filter: nosuch", "Filter: me()", "Filter: >1", "Filter: empty()"] {
        assert_eq!(refused(&f, json!({"query": wrong})).code, Code::FilterValue, "{wrong}");
    }
    by_query(&f, f.ann, "A", "Filter: B");
    by_query(&f, f.ann, "B", "Filter: A");
    assert_eq!(refused(&f, json!({"query": "Filter: A"})).code, Code::FilterRing);
    by_query(&f, f.ann, "Old", "\"No longer a field\": 1");
    assert_eq!(refused(&f, json!({"query": "Filter: Old"})).code, Code::FilterUnknown);
}
