//! Orders.

use serde_json::json;

use super::{company, found, refused};
use crate::error::Code;

#[test]
fn orders_of_filters() {
    let f = company();
    let everything = json!({"queue": ["DEV", "HELP"]});
    for (order, keys) in [
        (json!("+key"), "DEV-1 DEV-2 DEV-3 HELP-1 HELP-2"),
        (json!("-key"), "HELP-2 HELP-1 DEV-3 DEV-2 DEV-1"),
        (json!("created"), "HELP-1 HELP-2 DEV-1 DEV-2 DEV-3"),
        (json!(["-createdAt", "-key"]), "DEV-3 DEV-2 DEV-1 HELP-2 HELP-1"),
        (json!(["update", "-status", "+priority"]), "HELP-1 HELP-2 DEV-3 DEV-1 DEV-2"),
        (json!("-priority,key"), "DEV-2 DEV-1 HELP-1 DEV-3 HELP-2"),
        (json!("assignee,-key"), "DEV-3 HELP-2 DEV-2 HELP-1 DEV-1"),
        (json!("-assignee,key"), "DEV-2 HELP-2 DEV-3 DEV-1 HELP-1"),
        (json!("summary"), "DEV-2 DEV-1 DEV-3 HELP-2 HELP-1"),
        (json!(["-Summary"]), "HELP-1 HELP-2 DEV-3 DEV-1 DEV-2"),
        (json!("queue,-created"), "DEV-1 DEV-2 DEV-3 HELP-2 HELP-1"),
        (json!("-storyPoints"), "DEV-3 DEV-2 HELP-2 DEV-1 HELP-1"),
        (json!("tags"), "DEV-2 DEV-1 DEV-3 HELP-1 HELP-2"),
        (json!("components"), "DEV-2 DEV-3 DEV-1 HELP-1 HELP-2"),
        (json!("epic"), "DEV-2 DEV-1 DEV-3 HELP-1 HELP-2"),
        (json!("parent"), "DEV-3 DEV-1 DEV-2 HELP-1 HELP-2"),
        (json!("deadline"), "DEV-2 DEV-3 DEV-1 HELP-1 HELP-2"),
        (json!(""), "DEV-1 DEV-2 DEV-3 HELP-2 HELP-1"),
    ] {
        let got = found(&f, json!({"filter": everything, "order": order})).join(" ");
        assert_eq!(got, keys, "{order}");
    }
}

#[test]
fn orders_of_queries_use_displayed_names() {
    let f = company();
    for (sort, keys) in [
        ("Key", "DEV-1 DEV-2 DEV-3 HELP-1 HELP-2"),
        ("Priority DESC, Key DESC", "DEV-2 HELP-1 DEV-1 DEV-3 HELP-2"),
        ("Создано DESC", "DEV-1 DEV-2 DEV-3 HELP-2 HELP-1"),
        ("\"Story Points\"", "HELP-2 DEV-2 DEV-3 DEV-1 HELP-1"),
    ] {
        let query = format!("\"sort by\": {sort}");
        assert_eq!(found(&f, json!({ "query": query })).join(" "), keys, "{sort}");
    }
    // Only filters heed `order`.
    let both = json!({"query": "Queue: DEV \"Sort By\": Key", "order": "-key"});
    assert_eq!(found(&f, both), ["DEV-1", "DEV-2", "DEV-3"]);
}

#[test]
fn what_has_no_order_is_refused() {
    let f = company();
    for (query, code) in [
        ("\"Sort By\": Nope", Code::FilterUnknown),
        ("\"Sort By\": storyPoints", Code::FilterUnknown),
        ("\"Sort By\": Description", Code::FilterValue),
        ("\"Sort By\": \"Depends On\"", Code::FilterValue),
    ] {
        assert_eq!(refused(&f, json!({ "query": query })).code, code, "{query}");
    }
}

#[test]
fn texts_decide_where_their_first_letters_do_not() {
    use trackway_api::issues::SearchIssues;
    let f = crate::testing::Fixture::new();
    for (summary, priority) in [
        ("Deploy the site", "minor"),
        ("deploy the API", "critical"),
        ("Deploy", "minor"),
        ("Deploy the ёлка", "normal"),
        ("Ель", "minor"),
        ("Deploy the елка", "minor"),
        ("Deploy the API", "minor"),
        ("Alpha", "critical"),
        ("Deploy the zoo", "minor"),
    ] {
        f.issue(f.ann, json!({"queue": "DEV", "summary": summary, "priority": priority}));
    }
    let sorted = "DEV-8 DEV-3 DEV-2 DEV-7 DEV-1 DEV-9 DEV-4 DEV-6 DEV-5";
    let all = json!({"filter": {"queue": "DEV"}, "order": ["summary", "key"]});
    assert_eq!(found(&f, all.clone()).join(" "), sorted);
    let mut reverse: Vec<&str> = sorted.split(' ').rev().collect();
    // Equal texts are in the order of their keys.
    reverse.swap(5, 6);
    let descending = json!({"filter": {"queue": "DEV"}, "order": ["-summary", "key"]});
    assert_eq!(found(&f, descending), reverse);
    let by_priority = json!({"filter": {"queue": "DEV"}, "order": "-priority,summary"});
    let keys = "DEV-8 DEV-2 DEV-4 DEV-3 DEV-7 DEV-1 DEV-9 DEV-6 DEV-5";
    assert_eq!(found(&f, by_priority).join(" "), keys);
    for size in 1..=4 {
        let mut paged = Vec::new();
        for page in 1..=9 {
            let request = SearchIssues::new(super::request(all.clone())).per_page(size).page(page);
            let reply = f.read(f.ann, |cx| super::ops::search(cx, &request)).expect("a page");
            paged.extend(super::keys(&crate::testing::body(reply)));
        }
        assert_eq!(paged.join(" "), sorted, "pages of {size}");
    }
    let keys = json!({"keys": ["DEV-5", "DEV-4", "DEV-2", "DEV-1"]});
    assert_eq!(found(&f, keys), ["DEV-2", "DEV-1", "DEV-4", "DEV-5"]);
}
