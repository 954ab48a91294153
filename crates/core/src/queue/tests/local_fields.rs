//! Fields of single queues and their values in issues.

use serde_json::{Value as Json, json};
use trackway_api::changelog::ListChangelog;
use trackway_api::fields::{
    CreateQueueLocalField, GetLocalField, GetQueueLocalField, ListLocalFields,
    ListQueueLocalFields, UpdateQueueLocalField,
};
use trackway_api::issues::{SearchIssues, SearchRequest, UpdateIssue};

use super::fault;
use crate::error::Result;
use crate::queue::local_field;
use crate::testing::{Fixture, body};

fn add(f: &Fixture, uid: i64, queue: &str, field: Json) -> Result<Json> {
    let Json::Object(field) = field else { panic!("an object") };
    let r = CreateQueueLocalField::new(queue, field);
    f.write(uid, move |cx| local_field::create(cx, &r).map(body))
}

fn change(f: &Fixture, key: &str, patch: Json) -> Result<Json> {
    let Json::Object(patch) = patch else { panic!("an object") };
    let r = UpdateQueueLocalField::new("DEV", key, patch);
    f.write(f.boss, move |cx| local_field::update(cx, &r).map(body))
}

fn edit(f: &Fixture, key: &str, patch: Json) -> Result<Json> {
    let Json::Object(patch) = patch else { panic!("an object") };
    let r = UpdateIssue::new(key, patch);
    f.write(f.ann, move |cx| crate::issue::ops::update(cx, &r).map(body))
}

fn field(id: &str, class: &str) -> Json {
    json!({"id": id, "name": {"ru": format!("Поле {id}"), "en": format!("Field {id}")},
        "category": "000000000000000000000003",
        "type": format!("ru.yandex.startrek.core.fields.{class}")})
}

fn ripeness() -> Json {
    let mut new = field("ripeness", "StringFieldType");
    new["optionsProvider"] =
        json!({"type": "FixedListOptionsProvider", "values": ["green", "ripe"]});
    new
}

fn found(f: &Fixture, query: &str) -> Vec<Json> {
    let request: SearchRequest = serde_json::from_value(json!({"query": query})).expect("a body");
    let r = SearchIssues::new(request);
    let list = f.read(f.ann, |cx| crate::search::ops::search(cx, &r).map(body)).expect(query);
    list.as_array().expect("a list").iter().map(|i| i["key"].clone()).collect()
}

#[test]
fn a_field_is_made_read_changed_and_listed() {
    let f = Fixture::new();
    let made = add(&f, f.boss, "DEV", ripeness()).expect("a field");
    let id = made["id"].as_str().expect("an id");
    assert_eq!(id.len(), 24 + 2 + "ripeness".len());
    assert_eq!((&made["key"], &made["type"]), (&json!("ripeness"), &json!("local")));
    assert_eq!(made["self"], "http://tracker.test/v3/queues/DEV/localFields/ripeness");
    assert_eq!((made.get("queue"), &made["version"]), (None, &json!(1)));
    let get = GetQueueLocalField::new("DEV", "ripeness");
    let read = f.read(f.guest, |cx| local_field::get(cx, &get).map(body)).expect("a field");
    assert_eq!(read["queue"]["key"], "DEV");
    let get = GetLocalField::new(id);
    assert_eq!(f.read(f.guest, |cx| local_field::get_by_id(cx, &get).map(body)).expect("it"), read);

    let patch = json!({"name": {"en": "Ripe?"}, "order": 7, "description": "How soft",
        "hidden": true, "visible": false});
    let changed = change(&f, "ripeness", patch).expect("a change");
    assert_eq!((&changed["name"], &changed["version"]), (&json!("Ripe?"), &json!(2)));
    assert_eq!((&changed["hidden"], &changed["visible"]), (&json!(true), &json!(false)));
    let list = ListQueueLocalFields::new("DEV");
    let list = f.read(f.ann, |cx| local_field::of_queue(cx, &list).map(body)).expect("a list");
    assert_eq!(list.as_array().map(Vec::len), Some(1));
    let all = ListLocalFields::new();
    let all = f.read(f.ann, |cx| local_field::list(cx, &all).map(body)).expect("a list");
    assert_eq!(all, list);
    let other = ListQueueLocalFields::new("HELP");
    let other = f.read(f.ann, |cx| local_field::of_queue(cx, &other).map(body)).expect("a list");
    assert_eq!(other, json!([]));
}

#[test]
fn wrong_fields_are_refused() {
    let f = Fixture::new();
    add(&f, f.boss, "DEV", ripeness()).expect("a field");
    add(&f, f.boss, "HELP", ripeness()).expect("the key is free in another queue");
    let with = |member: &str, value: Json| {
        let mut new = ripeness();
        new["id"] = json!("other");
        new["name"] = json!({"ru": "Иное", "en": "Other"});
        new[member] = value;
        new
    };
    for (member, value, status) in [
        ("id", json!("ripeness"), 422),
        ("id", json!("with space"), 422),
        ("name", json!(null), 422),
        ("name", json!({"en": "field RIPENESS"}), 422),
        ("type", json!("NonsenseFieldType"), 422),
        ("category", json!("000000000000000000000099"), 404),
        ("optionsProvider", json!({"type": "Nonsense"}), 422),
        ("order", json!("x"), 422),
        ("readonly", json!(1), 422),
    ] {
        let error = add(&f, f.boss, "DEV", with(member, value.clone())).expect_err(member);
        assert_eq!(error.status(), status, "{member} {value}");
        if status == 422 {
            assert_eq!(fault(&error).1, [member.to_owned()], "{value}");
        }
    }
    assert_eq!(add(&f, f.ann, "DEV", with("order", json!(1))).expect_err("no").status(), 403);
    assert_eq!(change(&f, "nonsense", json!({})).expect_err("none").status(), 404);
    let Json::Object(patch) = json!({"order": 2}) else { unreachable!() };
    let r = UpdateQueueLocalField::new("DEV", "ripeness", patch).version(5);
    assert_eq!(f.write(f.boss, move |cx| local_field::update(cx, &r)).expect_err("").status(), 412);
}

#[test]
fn values_of_every_type_are_kept_and_found() {
    let f = Fixture::new();
    let mut ids = Vec::new();
    let mut issue = json!({"queue": "DEV", "summary": "s"});
    for (key, class, value) in [
        ("day", "DateFieldType", json!("2026-05-01")),
        ("moment", "DateTimeFieldType", json!("2026-05-01T10:00:00.000+0000")),
        ("word", "StringFieldType", json!("apple")),
        ("essay", "TextFieldType", json!("long\ntext")),
        ("weight", "FloatFieldType", json!(2.5)),
        ("count", "IntegerFieldType", json!(7)),
        ("gardener", "UserFieldType", json!("bob")),
        ("site", "UriFieldType", json!("https://example.org")),
        ("cost", "MoneyFieldType", json!({"amount": 5, "unit": "RUB"})),
        ("effort", "TimeTrackingDurationFieldType", json!("PT3H")),
    ] {
        let made = add(&f, f.boss, "DEV", field(key, class)).expect(key);
        let id = made["id"].as_str().expect("an id").to_owned();
        issue[&id] = value.clone();
        ids.push((id, value));
    }
    let key = f.issue(f.ann, issue);
    let shown = f.json(f.ann, &key);
    for (id, value) in &ids {
        if id.ends_with("gardener") {
            assert_eq!(shown[id]["id"], f.bob.to_string());
        } else {
            assert_eq!(&shown[id], value, "{id}");
        }
    }
    let other = f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}));
    for query in [
        r#"DEV."Field day": 2026-05-01"#,
        r#"DEV."Field moment": 2026-05-01"#,
        r#"DEV."Field word": apple"#,
        r#"DEV."Field essay": text"#,
        r#"DEV."Field weight": >2"#,
        r#"DEV."Field count": 7"#,
        r#"DEV."Field gardener": bob"#,
        r#"DEV."Field site": "https://example.org""#,
        r#"DEV."Field cost": notEmpty()"#,
        r#"DEV."Field effort": >2h"#,
    ] {
        assert_eq!(found(&f, query), [json!(key)], "{query}");
    }
    for name in ["day", "moment", "word", "weight", "count", "gardener", "site", "effort"] {
        let query = format!(r#"Queue: DEV "Sort by": DEV."Field {name}" DESC"#);
        assert_eq!(found(&f, &query), [json!(key), json!(other)], "{name}");
    }
    for (id, _) in ids.iter().filter(|(id, _)| id.ends_with("day") || id.ends_with("count")) {
        let error = edit(&f, &key, json!({id: "nonsense"})).expect_err(id);
        assert_eq!(fault(&error), (422, vec![id.clone()]));
    }
    let elsewhere = json!({"queue": "HELP", "summary": "s", &ids[2].0: "x"});
    assert_eq!(f.try_issue(f.ann, elsewhere).expect_err("not there").status(), 422);
}

#[test]
fn options_limit_new_values_and_leave_old_ones_readable() {
    let f = Fixture::new();
    let id = add(&f, f.boss, "DEV", ripeness()).expect("a field")["id"].clone();
    let id = id.as_str().expect("an id");
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", id: "green"}));
    assert_eq!(edit(&f, &key, json!({id: "blue"})).expect_err("not in the list").status(), 422);
    let options = json!({"type": "FixedListOptionsProvider", "values": ["ripe", "soft"]});
    change(&f, "ripeness", json!({"optionsProvider": options})).expect("a change");
    assert_eq!(f.json(f.ann, &key)[id], "green", "still there");
    edit(&f, &key, json!({"summary": "t"})).expect("other fields can be edited");
    edit(&f, &key, json!({id: "green", "summary": "u"})).expect("clients send back what they read");
    let new = json!({"queue": "DEV", "summary": "s", id: "green"});
    assert_eq!(f.try_issue(f.ann, new).expect_err("no longer").status(), 422);
    edit(&f, &key, json!({id: "soft"})).expect("a new one");
    assert_eq!(edit(&f, &key, json!({id: "green"})).expect_err("no way back").status(), 422);
    let r = ListChangelog::new(&*key);
    let log = f.read(f.ann, |cx| crate::event::ops::list(cx, &r).map(body)).expect("a changelog");
    let entry = log.as_array().and_then(|l| l.last()).expect("an entry");
    let change = &entry["fields"][0];
    assert_eq!(change["field"]["display"], "Field ripeness");
    assert_eq!((&change["from"], &change["to"]), (&json!("green"), &json!("soft")));
}

#[test]
fn containers_and_lists_of_people() {
    let f = Fixture::new();
    let mut many = field("fruits", "StringFieldType");
    many["container"] = json!(true);
    let fruits = add(&f, f.boss, "DEV", many).expect("a field");
    assert_eq!(fruits["schema"], json!({"type": "array", "items": "string", "required": false}));
    let mut people = field("pickers", "UserFieldType");
    people["container"] = json!(true);
    people["optionsProvider"] =
        json!({"type": "FixedUserListOptionsProvider", "values": ["ann", "bob"]});
    let pickers = add(&f, f.boss, "DEV", people).expect("a field");
    let (fruits, pickers) = (fruits["id"].as_str().expect(""), pickers["id"].as_str().expect(""));
    let key = f.issue(
        f.ann,
        json!({"queue": "DEV", "summary": "s", fruits: ["plum", "pear"], pickers: ["bob"]}),
    );
    let shown = edit(&f, &key, json!({fruits: {"add": "fig", "remove": "plum"}})).expect("an edit");
    assert_eq!(shown[fruits], json!(["pear", "fig"]));
    assert_eq!(shown[pickers][0]["id"], f.bob.to_string());
    assert_eq!(edit(&f, &key, json!({pickers: {"add": "boss"}})).expect_err("no").status(), 422);
    let mut date = field("days", "DateFieldType");
    date["container"] = json!(true);
    assert_eq!(fault(&add(&f, f.boss, "DEV", date).expect_err("no list of dates")).0, 422);
}

#[test]
fn a_read_only_field_is_written_by_nobody() {
    let f = Fixture::new();
    let mut new = field("score", "IntegerFieldType");
    new["readonly"] = json!(true);
    let id = add(&f, f.boss, "DEV", new).expect("a field")["id"].clone();
    let id = id.as_str().expect("an id");
    let issue = json!({"queue": "DEV", "summary": "s", id: 1});
    assert_eq!(
        fault(&f.try_issue(f.ann, issue).expect_err("read-only")),
        (422, vec![id.to_owned()])
    );
}
