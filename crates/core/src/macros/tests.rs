//! Macros (contract, `createMacro` and `updateMacro`).

use serde_json::{Value as Json, json};
use trackway_api::macros::{CreateMacro, DeleteMacro, GetMacro, ListMacros, UpdateMacro};

use super::ops;
use crate::testing::{Fixture, body};
use crate::tracker::Caller;
use crate::view::{ApiVersion, View};

fn members(json: Json) -> serde_json::Map<String, Json> {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

fn create(f: &Fixture, uid: i64, json: Json) -> crate::Result<Json> {
    let request = CreateMacro::new("DEV", members(json));
    f.write(uid, move |cx| ops::create(cx, &request)).map(body)
}

fn update(f: &Fixture, id: &Json, json: Json) -> crate::Result<Json> {
    let request = UpdateMacro::new("DEV", id.to_string(), members(json));
    f.write(f.boss, move |cx| ops::update(cx, &request)).map(body)
}

#[test]
fn a_macro_is_kept_in_either_spelling() {
    let f = Fixture::new();
    let made = create(
        &f,
        f.boss,
        json!({"name": "Greet", "body": "Hi, {{issue.author}}",
            "issueUpdate": {"tags": {"add": ["x"]}, "deadline": null}}),
    )
    .expect("a macro");
    let updates = made["issueUpdate"].as_array().expect("v3 has a list");
    assert_eq!(updates.len(), 2);
    assert!(made.get("fieldChanges").is_none());
    let id = &made["id"];
    let changed =
        update(&f, id, json!({"fieldChanges": [{"field": "priority", "value": "minor"}]}));
    assert_eq!(changed.expect("an edit")["issueUpdate"][0]["update"], "minor");
    let edit = json!({"fieldChanges": {"add": [{"field": "assignee", "value": "bob"}],
        "remove": [{"field": "priority"}]}, "body": {"unset": 1}});
    let changed = update(&f, id, edit).expect("an edit");
    assert_eq!(changed["issueUpdate"][0]["field"]["id"], "assignee");
    assert_eq!(changed["issueUpdate"].as_array().expect("a list").len(), 1);
    assert!(changed.get("body").is_none());
    // Under v2 the same is called otherwise.
    let view = View::new("http://tracker.test", ApiVersion::V2, crate::lang::Lang::En);
    let caller = Caller { view, ..f.as_user(f.guest) };
    let request = GetMacro::new("DEV", id.to_string());
    let v2 = f.tracker.db().read(|tx| f.tracker.read(&caller, tx, |cx| ops::get(cx, &request)));
    let v2 = body(v2.expect("whoever sees the queue"));
    assert_eq!(v2["fieldChanges"][0]["value"], "bob");
    assert!(v2.get("issueUpdate").is_none());
}

#[test]
fn refusals() {
    let f = Fixture::new();
    let named = || json!({"name": "n"});
    assert_eq!(create(&f, f.ann, named()).expect_err("not hers").status(), 403);
    assert_eq!(create(&f, f.boss, json!({})).expect_err("no name").status(), 422);
    let wrong = json!({"name": "n", "issueUpdate": {"nosuch": 1}});
    assert_eq!(create(&f, f.boss, wrong).expect_err("no field").status(), 422);
    let made = create(&f, f.boss, named()).expect("a macro");
    assert_eq!(create(&f, f.boss, named()).expect_err("taken").status(), 409);
    let list = ListMacros::new("DEV");
    let listed = body(f.read(f.guest, |cx| ops::list(cx, &list)).expect("a list"));
    assert_eq!(listed.as_array().expect("a list").len(), 1);
    let delete = DeleteMacro::new("DEV", made["id"].to_string());
    let again = delete.clone();
    f.write(f.boss, move |cx| ops::delete(cx, &delete)).expect("deleted");
    let error = f.write(f.boss, move |cx| ops::delete(cx, &again)).expect_err("gone");
    assert_eq!(error.status(), 404);
}
