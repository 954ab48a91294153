use serde_json::{Value, json};
use trackway_api::filters::{
    CreateFilter, DeleteFilter, GetFilter, ListFilters, SearchFilters, UpdateFilter,
};
use trackway_api::types::Members;

use super::ops;
use crate::error::Result;
use crate::lang::Lang;
use crate::testing::{Fixture, body};

fn create(f: &Fixture, uid: i64, json: Value) -> Result<Value> {
    let new: trackway_api::filters::FilterCreate = serde_json::from_value(json).expect("a body");
    let request = CreateFilter::new(new);
    f.write(uid, move |cx| ops::create(cx, &request)).map(body)
}

fn update(f: &Fixture, uid: i64, id: i64, json: Value) -> Result<Value> {
    let Value::Object(patch): Value = json else { panic!("an object") };
    let request = UpdateFilter::new(id.to_string(), patch as Members);
    f.write(uid, move |cx| ops::update(cx, &request)).map(body)
}

fn get(f: &Fixture, uid: i64, id: i64) -> Result<Value> {
    f.read(uid, |cx| ops::get(cx, &GetFilter::new(id.to_string()))).map(body)
}

fn list(f: &Fixture, uid: i64) -> Vec<Value> {
    let list = f.read(uid, |cx| ops::list(cx, &ListFilters::new())).map(body).expect("a list");
    list.as_array().cloned().unwrap_or_default()
}

fn mine(f: &Fixture) -> i64 {
    let new = json!({"name": "Mine", "query": "Queue: DEV Assignee: me()"});
    create(f, f.ann, new).expect("a filter")["id"].as_i64().expect("a number")
}

#[test]
fn a_filter_keeps_what_it_was_given() {
    let f = Fixture::new();
    let filter = create(
        &f,
        f.ann,
        json!({
            "name": " Ripe and mine ", "filter": {"queue": ["DEV"], "assignee": "ann"},
            "fields": ["key", "summary"], "groupBy": {"id": "assignee"}, "folder": 3,
            "sorts": [{"field": "updated", "isAscending": false}],
        }),
    )
    .expect("a filter");
    assert_eq!(filter["name"], "Ripe and mine");
    assert_eq!(filter["filter"], json!({"queue": ["DEV"], "assignee": "ann"}));
    assert_eq!(filter.get("query"), None);
    assert_eq!(filter["fields"][1]["id"], "summary");
    assert_eq!(filter["sorts"][0]["field"]["id"], "updatedAt");
    assert_eq!(filter["sorts"][0]["isAscending"], false);
    assert_eq!(filter["groupBy"]["id"], "assignee");
    assert_eq!(filter["owner"]["id"], f.ann.to_string());
    let id = filter["id"].as_i64().expect("a number");
    assert_eq!(filter["self"], format!("http://tracker.test/v3/filters/{id}"));
    assert_eq!(get(&f, f.ann, id).expect("the same"), filter);
}

#[test]
fn wrong_bodies_are_refused_with_their_members_named() {
    let f = Fixture::new();
    for (json, status, field) in [
        (json!({"query": "Queue: DEV"}), 422, Some("name")),
        (json!({"name": " ", "query": "Queue: DEV"}), 422, Some("name")),
        (json!({"name": "n"}), 400, None),
        (json!({"name": "n", "query": "Queue: DEV", "filter": {"queue": "DEV"}}), 400, None),
        (json!({"name": "n", "query": "Queue: DEV,"}), 400, None),
        (json!({"name": "n", "query": "Nosuch: 1"}), 422, Some("query")),
        (json!({"name": "n", "filter": {"nosuch": 1}}), 422, Some("filter")),
        (json!({"name": "n", "query": "Queue: DEV", "fields": ["nosuch"]}), 422, Some("fields")),
        (json!({"name": "n", "query": "Queue: DEV", "groupBy": "nosuch"}), 422, Some("groupBy")),
        (json!({"name": "n", "query": "Queue: DEV", "folder": true}), 422, Some("folder")),
        (
            json!({"name": "n", "query": "Queue: DEV", "permissions": {"READ": {"users": ["x"]}}}),
            422,
            Some("permissions.READ.users"),
        ),
    ] {
        let error = create(&f, f.ann, json.clone()).expect_err("wrong").body(Lang::En);
        assert_eq!(error.status_code, status, "{json}");
        assert_eq!(error.errors.keys().next().map(String::as_str), field, "{json}");
    }
    assert!(list(&f, f.ann).is_empty());
}

#[test]
fn nobody_else_sees_a_filter_until_it_is_shared() {
    let f = Fixture::new();
    let id = mine(&f);
    assert_eq!(get(&f, f.bob, id).expect_err("not shared").status(), 403);
    assert_eq!(get(&f, f.bob, id + 1000).expect_err("none").status(), 404);
    assert!(get(&f, f.boss, id).is_ok(), "an administrator");
    assert!(list(&f, f.bob).is_empty() && list(&f, f.boss).is_empty());
    let share = json!({"permissions": {"READ": {"groups": {"add": [0]}}}});
    let shared = update(&f, f.ann, id, share).expect("shared");
    assert_eq!(shared["permissions"]["READ"]["groups"][0]["id"], "0");
    assert_eq!(list(&f, f.guest).len(), 1);
    let rename = || json!({"name": "Ours"});
    assert_eq!(update(&f, f.bob, id, rename()).expect_err("reader").status(), 403);
    assert_eq!(update(&f, f.guest, id, rename()).expect_err("read-only").status(), 403);
    update(&f, f.ann, id, json!({"permissions": {"write": {"users": ["bob"]}}})).expect("shared");
    assert_eq!(update(&f, f.bob, id, rename()).expect("a writer")["name"], "Ours");
}

#[test]
fn a_query_drops_the_filter_and_the_other_way_round() {
    let f = Fixture::new();
    let id = mine(&f);
    let filter = update(&f, f.ann, id, json!({"filter": {"queue": "DEV"}})).expect("changed");
    assert_eq!((filter.get("query"), filter.get("filter").is_some()), (None, true));
    let filter = update(&f, f.ann, id, json!({"query": "Queue: HELP"})).expect("changed");
    assert_eq!((filter.get("filter"), &filter["query"]), (None, &json!("Queue: HELP")));
    let both = json!({"query": "Queue: HELP", "filter": {}});
    assert_eq!(update(&f, f.ann, id, both).expect_err("both").status(), 400);
}

#[test]
fn a_deleted_filter_is_gone_and_its_id_is_not_used_again() {
    let f = Fixture::new();
    let id = mine(&f);
    let delete = |uid| {
        let request = DeleteFilter::new(id.to_string());
        f.write(uid, move |cx| ops::delete(cx, &request)).map(drop)
    };
    assert_eq!(delete(f.bob).expect_err("a stranger").status(), 403);
    delete(f.ann).expect("deleted");
    assert_eq!(get(&f, f.ann, id).expect_err("gone").status(), 404);
    assert_eq!(delete(f.ann).expect_err("gone").status(), 404);
    assert!(mine(&f) > id);
}

#[test]
fn filters_are_found_by_a_part_of_the_name() {
    let f = Fixture::new();
    mine(&f);
    let found = |uid: i64, body: Option<Value>| {
        let mut request = SearchFilters::default();
        request.body.0 = body.and_then(|json| json.as_object().cloned());
        let list = f.read(uid, |cx| ops::search(cx, &request)).map(crate::testing::body);
        list.expect("a list").as_array().map_or(0, Vec::len)
    };
    assert_eq!(found(f.ann, None), list(&f, f.ann).len());
    assert_eq!(found(f.ann, Some(json!({"name": "mIN"}))), 1);
    assert_eq!(found(f.ann, Some(json!({"input": "nosuch"}))), 0);
    assert_eq!(found(f.bob, Some(json!({"name": "Mine"}))), 0, "somebody else's");
}
