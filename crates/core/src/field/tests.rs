//! Fields and categories as they are read.

use serde_json::{Value, json};
use trackway_api::fields::{
    CreateField, CreateFieldCategory, DeleteField, FieldCreate, GetField, GetFieldCategory,
    ListFieldCategories, ListFields, UpdateField, UpdateFieldCategory,
};

use super::ops::{self, get, get_category, list, list_categories};
use crate::dict::model;
use crate::error::Result;
use crate::lang::{Lang, Name};
use crate::testing::{Fixture, body};

fn field(f: &Fixture, id: &str) -> Value {
    let r = GetField::new(id);
    body(f.read(f.guest, |cx| get(cx, &r)).expect("a field"))
}

#[test]
fn the_list_is_by_order_and_leaves_hidden_fields_out() {
    let f = Fixture::new();
    let all = body(f.read(f.guest, |cx| list(cx, &ListFields::new())).expect("fields"));
    let all = all.as_array().expect("a list");
    assert_eq!(all.len(), 64);
    let orders: Vec<i64> = all.iter().filter_map(|f| f["order"].as_i64()).collect();
    assert!(orders.is_sorted());
    assert!(all.iter().all(|f| f["id"] != "descriptionHtml"));
    assert_eq!(field(&f, "descriptionHtml")["hidden"], true);
}

#[test]
fn clients_learn_the_shape_of_issues_from_schemas() {
    let f = Fixture::new();
    let followers = field(&f, "followers");
    assert_eq!(followers["schema"], json!({"type": "array", "items": "user", "required": false}));
    assert_eq!(followers["suggestProvider"]["type"], "UserSuggestProvider");
    assert_eq!(followers["optionsProvider"]["type"], "TeamOptionsProvider");
    assert_eq!(followers["queryProvider"]["type"], "UserOptionalQueryProvider");
    let queue = field(&f, "queue");
    assert_eq!(queue["schema"], json!({"type": "queue", "required": true}));
    assert_eq!(queue["queryProvider"]["type"], "QueueQueryProvider");
    assert_eq!(queue["type"], "standard");
    assert_eq!(queue["version"], 0);
    assert_eq!(queue["category"]["id"], "000000000000000000000001");
    assert_eq!(field(&f, "deadline").get("optionsProvider"), None);
}

#[test]
fn a_local_field_is_read_by_its_full_id_but_is_not_global() {
    let f = Fixture::new();
    let id = "65f0c0ffee65f0c0ffee65f0--ripeness";
    let local = model::Field {
        name: Name::new("Спелость", "Ripeness"),
        options: true,
        values: Some(vec![json!("green"), json!("ripe")]),
        category: 1,
        queue: Some(f.dev),
        ..model::Field::default()
    };
    f.tracker.add_object(f.org, id, &local).expect("a field");
    let shown = field(&f, id);
    assert_eq!((&shown["key"], &shown["type"]), (&json!("ripeness"), &json!("local")));
    assert_eq!(shown["version"], 1);
    assert_eq!(
        shown["optionsProvider"],
        json!({"type": "FixedListOptionsProvider", "needValidation": true,
            "values": ["green", "ripe"]})
    );
    let all = body(f.read(f.ann, |cx| list(cx, &ListFields::new())).expect("fields"));
    assert!(all.as_array().expect("a list").iter().all(|f| f["id"] != id));
}

#[test]
fn unknown_fields_and_categories_are_not_found() {
    let f = Fixture::new();
    for id in ["nosuch", "1", ""] {
        let r = GetField::new(id);
        assert_eq!(f.read(f.ann, |cx| get(cx, &r)).expect_err("none").status(), 404);
        let r = GetFieldCategory::new(id);
        assert_eq!(f.read(f.ann, |cx| get_category(cx, &r)).expect_err("none").status(), 404);
    }
}

#[test]
fn categories_by_order_and_by_id() {
    let f = Fixture::new();
    let all = f.read(f.ann, |cx| list_categories(cx, &ListFieldCategories::new()));
    let all = body(all.expect("categories"));
    assert_eq!(all.as_array().map(Vec::len), Some(5));
    let r = GetFieldCategory::new("000000000000000000000003").localized(false);
    let agile = body(f.read(f.ann, |cx| get_category(cx, &r)).expect("a category"));
    assert_eq!(agile["name"], json!({"ru": "Agile", "en": "Agile"}));
    assert_eq!(agile["self"], "http://tracker.test/v3/fields/categories/000000000000000000000003");
}

fn create(f: &Fixture, uid: i64, body: Value) -> Result<Value> {
    let body: FieldCreate = serde_json::from_value(body).expect("a body");
    let r = CreateField::new(body);
    f.write(uid, move |cx| ops::create(cx, &r)).map(crate::testing::body)
}

fn colour(extra: Value) -> Value {
    let mut body = json!({"id": "colour", "name": {"ru": "Цвет", "en": "Colour"},
        "category": "000000000000000000000001",
        "type": "ru.yandex.startrek.core.fields.StringFieldType"});
    for (member, value) in extra.as_object().expect("an object") {
        body[member] = value.clone();
    }
    body
}

fn patch(f: &Fixture, id: &str, version: Option<i64>, body: Value) -> Result<Value> {
    let Value::Object(body) = body else { panic!("an object") };
    let mut r = UpdateField::new(id, body);
    r.version = version;
    f.write(f.boss, move |cx| ops::update(cx, &r)).map(crate::testing::body)
}

#[test]
fn an_administrator_makes_a_field_that_issues_can_hold() {
    let f = Fixture::new();
    assert_eq!(create(&f, f.ann, colour(json!({}))).expect_err("no administrator").status(), 403);
    let made = create(
        &f,
        f.boss,
        colour(json!({"container": true, "description": "of paint", "visible": true,
            "optionsProvider": {"type": "FixedListOptionsProvider", "values": ["red", "blue"]}})),
    )
    .expect("a field");
    assert_eq!((&made["id"], &made["key"]), (&json!("colour"), &json!("colour")));
    assert_eq!(made["schema"], json!({"type": "array", "items": "string", "required": false}));
    assert_eq!((&made["version"], &made["type"]), (&json!(1), &json!("standard")));
    assert_eq!(made["optionsProvider"]["values"], json!(["red", "blue"]));
    assert_eq!(made["options"], true);
    let issue = json!({"queue": "DEV", "summary": "s", "colour": ["blue", "red"]});
    let key = f.issue(f.ann, issue);
    assert_eq!(f.json(f.ann, &key)["colour"], json!(["blue", "red"]));
    let wrong = f.try_issue(f.ann, json!({"queue": "DEV", "summary": "s", "colour": "green"}));
    assert_eq!(wrong.expect_err("not in the list").status(), 422);
    assert_eq!(
        create(&f, f.boss, colour(json!({"name": {"en": "Hue"}}))).expect_err("taken").status(),
        409
    );
}

#[test]
fn lists_may_differ_by_queue_and_name_people() {
    let f = Fixture::new();
    let provider = json!({"type": "QueueFixedListOptionsProvider", "values": {"DEV": ["a"]},
        "defaults": ["b"]});
    let made = create(&f, f.boss, colour(json!({"optionsProvider": provider}))).expect("a field");
    assert_eq!(made["optionsProvider"]["values"], json!({"DEV": ["a"]}));
    assert_eq!(made["optionsProvider"]["defaults"], json!(["b"]));
    let issue = |queue: &str, value: &str| {
        f.try_issue(f.ann, json!({"queue": queue, "summary": "s", "colour": value})).is_ok()
    };
    assert!(issue("DEV", "a") && issue("HELP", "b"));
    assert!(!issue("DEV", "b") && !issue("HELP", "a"));

    let people = json!({"id": "judge", "name": "Judge", "category": {"id": "000000000000000000000001"},
        "type": "ru.yandex.startrek.core.fields.UserFieldType",
        "optionsProvider": {"type": "FixedUserListOptionsProvider", "values": ["ann", f.bob]}});
    let made = create(&f, f.boss, people).expect("a field");
    assert_eq!(made["optionsProvider"]["values"], json!(["ann", "bob"]));
    let judged = |login: &str| {
        f.try_issue(f.ann, json!({"queue": "DEV", "summary": "s", "judge": login})).is_ok()
    };
    assert!(judged("bob") && !judged("boss"));
}

#[test]
fn every_wrong_member_of_a_field_is_named() {
    let f = Fixture::new();
    let body = json!({"id": "9 lives", "name": {}, "type": "Nonsense", "category": 7, "order": "x",
        "container": "yes", "optionsProvider": {"type": "Other"}});
    let error = create(&f, f.boss, body).expect_err("wrong").body(Lang::En);
    let named: Vec<&str> = error.errors.keys().map(String::as_str).collect();
    let all = ["category", "container", "id", "name", "optionsProvider", "order", "type"];
    assert_eq!((error.status_code, named), (422, all.to_vec()));
    let error = create(&f, f.boss, json!({})).expect_err("nothing").body(Lang::En);
    let named: Vec<&str> = error.errors.keys().map(String::as_str).collect();
    assert_eq!(named, ["category", "id", "name", "type"]);
    for (extra, status) in [
        (json!({"category": "nosuch"}), 404),
        (json!({"name": {"ru": "Теги"}}), 422),
        (json!({"type": "ru.yandex.startrek.core.fields.DateFieldType", "container": true}), 422),
        (json!({"optionsProvider": {"type": "FixedUserListOptionsProvider", "values": []}}), 422),
        (
            json!({"optionsProvider": {"type": "FixedListOptionsProvider", "values": ["a", "a"]}}),
            422,
        ),
    ] {
        let error = create(&f, f.boss, colour(extra.clone())).expect_err("wrong");
        assert_eq!(error.status(), status, "{extra}");
    }
}

#[test]
fn a_field_is_changed_under_its_version_and_removed() {
    let f = Fixture::new();
    create(&f, f.boss, colour(json!({}))).expect("a field");
    assert_eq!(patch(&f, "colour", None, json!({})).expect_err("no version").status(), 428);
    assert_eq!(patch(&f, "colour", Some(9), json!({})).expect_err("stale").status(), 412);
    let same = patch(&f, "colour", Some(1), json!({"name": {"en": "Colour"}})).expect("the same");
    assert_eq!(same["version"], 1);
    let changed = json!({"name": {"en": "Hue"}, "hidden": true,
        "optionsProvider": {"type": "FixedListOptionsProvider", "values": ["x"]}});
    let changed = patch(&f, "colour", Some(1), changed).expect("changed");
    assert_eq!((&changed["name"], &changed["version"]), (&json!("Hue"), &json!(2)));
    assert_eq!(field(&f, "colour")["optionsProvider"]["values"], json!(["x"]));

    let renamed = patch(&f, "tags", Some(0), json!({"name": {"ru": "Метки", "en": "Labels"}}));
    assert_eq!(renamed.expect("a system field")["version"], 1);
    let opened = patch(&f, "status", Some(0), json!({"readonly": false}));
    assert_eq!(opened.expect_err("the tracker relies on it").status(), 422);

    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "colour": "x"}));
    let remove = |uid, id: &str| {
        let r = DeleteField::new(id);
        f.write(uid, move |cx| ops::delete(cx, &r)).map(drop)
    };
    assert_eq!(remove(f.ann, "colour").expect_err("no administrator").status(), 403);
    assert_eq!(remove(f.boss, "tags").expect_err("a system field").status(), 403);
    remove(f.boss, "colour").expect("removed");
    assert_eq!(remove(f.boss, "colour").expect_err("gone").status(), 404);
    assert_eq!(f.json(f.ann, &key).get("colour"), None);
}

#[test]
fn categories_are_made_and_renamed() {
    let f = Fixture::new();
    let create = |uid, body: Value| {
        let Value::Object(body) = body else { panic!("an object") };
        let r = CreateFieldCategory::new(body);
        f.write(uid, move |cx| ops::create_category(cx, &r)).map(crate::testing::body)
    };
    assert_eq!(create(f.ann, json!({"name": "x"})).expect_err("no administrator").status(), 403);
    assert_eq!(create(f.boss, json!({})).expect_err("no name").status(), 422);
    let made = create(f.boss, json!({"name": {"ru": "Краски", "en": "Paints"}})).expect("made");
    let id = made["id"].as_str().expect("an id").to_owned();
    assert_eq!((id.len(), &made["version"], &made["order"]), (24, &json!(1), &json!(6)));
    let update = |version: i64, body: Value| {
        let Value::Object(body) = body else { panic!("an object") };
        let r = UpdateFieldCategory::new(&*id, body).version(version);
        f.write(f.boss, move |cx| ops::update_category(cx, &r)).map(crate::testing::body)
    };
    assert_eq!(update(7, json!({"order": 1})).expect_err("stale").status(), 412);
    let changed = update(1, json!({"name": {"en": "Dyes"}, "order": 2, "description": "d"}));
    let changed = changed.expect("changed");
    assert_eq!((&changed["name"], &changed["order"]), (&json!("Dyes"), &json!(2)));
    assert_eq!((&changed["description"], &changed["version"]), (&json!("d"), &json!(2)));
}
