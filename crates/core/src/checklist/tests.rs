//! What checklists do, and what they do to their issues.

use serde_json::{Value, json};
use trackway_api::changelog::ListChangelog;
use trackway_api::checklists::{
    AddChecklistItem, DeleteChecklist, DeleteChecklistItem, GetChecklistItem, ListChecklistItems,
    UpdateChecklist, UpdateChecklistItem,
};

use super::ops;
use crate::error::Result;
use crate::lang::Lang;
use crate::testing::{Fixture, body};

fn issue(f: &Fixture) -> String {
    f.issue(f.ann, json!({"queue": "DEV", "summary": "s"}))
}

fn try_add(f: &Fixture, uid: i64, key: &str, item: Value) -> Result<Value> {
    let request = AddChecklistItem::new(key, item);
    f.write(uid, move |cx| ops::add(cx, &request)).map(body)
}

fn try_edit(f: &Fixture, key: &str, id: &str, patch: Value) -> Result<Value> {
    let request = UpdateChecklistItem::new(key, id, patch);
    f.write(f.ann, move |cx| ops::update(cx, &request)).map(body)
}

fn add(f: &Fixture, key: &str, item: Value) -> String {
    let issue = try_add(f, f.ann, key, item).expect("an item");
    let items = issue["checklistItems"].as_array().expect("a list");
    items.last().expect("an item")["id"].as_str().expect("an id").to_owned()
}

fn texts(issue: &Value) -> Vec<&str> {
    let items = issue["checklistItems"].as_array().map_or(&[][..], Vec::as_slice);
    items.iter().map(|item| item["text"].as_str().expect("a text")).collect()
}

#[test]
fn items_are_added_and_counted() {
    let f = Fixture::new();
    let key = issue(&f);
    let first = try_add(
        &f,
        f.ann,
        &key,
        json!({"text": "Ask *them*", "assignee": null,
        "deadline": null, "url": null, "checklistItemType": null, "checked": false}),
    )
    .expect("an item");
    assert_eq!(first["key"], key);
    assert_eq!(first["version"], 2);
    let item = &first["checklistItems"][0];
    assert_eq!(item["textHtml"], "<p>Ask <em>them</em></p>\n");
    assert_eq!(item["checklistItemType"], "standard");
    assert!(item.get("assignee").is_none() && item.get("self").is_none());
    let second = try_add(
        &f,
        f.ann,
        &key,
        json!([{"text": "Due", "checked": true,
        "assignee": "bob", "deadline": {"date": "2026-03-01T00:00:00.000+0000"}},
        {"text": "Third", "deadline": "2026-03-05"}]),
    )
    .expect("two items");
    assert_eq!(texts(&second), ["Ask *them*", "Due", "Third"]);
    assert_eq!((&second["checklistDone"], &second["checklistTotal"]), (&json!(1), &json!(3)));
    let due = &second["checklistItems"][1];
    assert_eq!(due["assignee"]["id"], f.bob);
    assert_eq!(due["assignee"]["login"], "bob");
    assert_eq!(due["deadline"]["isExceeded"], true);
    assert_eq!(due["deadline"]["deadlineType"], "date");
    assert_eq!(second["checklistItems"][2]["deadline"]["isExceeded"], false);
    assert_eq!(f.json(f.guest, &key)["checklistItems"], second["checklistItems"]);
    let request = ListChecklistItems::new(&*key);
    let listed = body(f.read(f.guest, |cx| ops::list(cx, &request)).expect("a list"));
    assert_eq!(listed, second["checklistItems"]);
    let request = GetChecklistItem::new(&*key, due["id"].as_str().expect("an id"));
    let got = body(f.read(f.guest, |cx| ops::get(cx, &request)).expect("an item"));
    assert_eq!(&got, due);
}

#[test]
fn an_edit_keeps_what_it_does_not_name() {
    let f = Fixture::new();
    let key = issue(&f);
    let id = add(&f, &key, json!({"text": "One", "assignee": "bob", "deadline": "2026-03-05"}));
    let checked = try_edit(&f, &key, &id, json!({"checked": true})).expect("an edit");
    assert_eq!(texts(&checked), ["One"]);
    assert_eq!(checked["checklistDone"], 1);
    assert_eq!(checked["checklistItems"][0]["assignee"]["login"], "bob");
    let same = try_edit(&f, &key, &id, json!([{"checked": true, "assignee": null}]));
    assert_eq!(same.expect("nothing to do")["version"], checked["version"]);
    let cleared = try_edit(&f, &key, &id, json!({"assignee": {}, "deadline": {}, "text": "Two"}));
    let item = &cleared.expect("an edit")["checklistItems"][0];
    assert_eq!(item["text"], "Two");
    assert!(item.get("assignee").is_none() && item.get("deadline").is_none());
    for (patch, member) in [
        (json!({"assignee": ""}), "assignee"),
        (json!({"assignee": 0}), "assignee"),
        (json!({"text": " "}), "text"),
        (json!({"text": 1}), "text"),
        (json!({"checked": "yes"}), "checked"),
        (json!({"deadline": "soon"}), "deadline"),
        (json!({"deadline": {"date": "2026-03-05", "deadlineType": "x"}}), "deadline"),
        (json!({"checklistItemType": "x"}), "checklistItemType"),
        (json!({"url": 7}), "url"),
    ] {
        let error = try_edit(&f, &key, &id, patch.clone()).expect_err("wrong");
        let told = error.body(Lang::En);
        assert_eq!(told.status_code, 422, "{patch}");
        assert_eq!(told.errors.keys().collect::<Vec<_>>(), [member], "{patch}");
    }
    assert_eq!(try_edit(&f, &key, "no", json!({"text": "x"})).expect_err("none").status(), 404);
    assert_eq!(try_edit(&f, &key, &id, json!(1)).expect_err("shape").status(), 422);
}

#[test]
fn a_checklist_is_rewritten_and_removed() {
    let f = Fixture::new();
    let key = issue(&f);
    let one = add(&f, &key, json!({"text": "One", "assignee": "bob"}));
    let two = add(&f, &key, json!({"text": "Two"}));
    add(&f, &key, json!({"text": "Three"}));
    let rewrite = |list: Value| {
        let request = UpdateChecklist::new(&*key, list);
        f.write(f.ann, move |cx| ops::rewrite(cx, &request)).map(body)
    };
    let list = json!([{"id": two, "text": "Two!"}, {"text": "New"}, {"id": one, "text": "One"}]);
    let after = rewrite(list).expect("a rewrite");
    assert_eq!(texts(&after), ["Two!", "New", "One"]);
    assert_eq!(after["checklistItems"][2]["assignee"]["login"], "bob");
    assert_eq!(rewrite(json!([{"id": two}, {"id": two}])).expect_err("twice").status(), 422);
    assert_eq!(rewrite(json!([{"id": "no", "text": "x"}])).expect_err("none").status(), 404);
    assert_eq!(rewrite(json!({"text": "x"})).expect_err("no list").status(), 422);
    let request = DeleteChecklistItem::new(&*key, &*one);
    let after = body(f.write(f.ann, move |cx| ops::delete(cx, &request)).expect("a removal"));
    assert_eq!(texts(&after), ["Two!", "New"]);
    let request = DeleteChecklist::new(&*key);
    let again = request.clone();
    let after = body(f.write(f.ann, move |cx| ops::clear(cx, &request)).expect("a removal"));
    assert!(after.get("checklistItems").is_none());
    assert_eq!((&after["checklistDone"], &after["checklistTotal"]), (&json!(0), &json!(0)));
    let same = body(f.write(f.ann, move |cx| ops::clear(cx, &again)).expect("nothing to do"));
    assert_eq!(same["version"], after["version"]);
}

#[test]
fn the_history_shows_the_lists_before_and_after() {
    let f = Fixture::new();
    let key = issue(&f);
    add(&f, &key, json!({"text": "One", "assignee": "bob"}));
    let request = ListChangelog::new(&*key).field(["checklistItems"]);
    let entries =
        body(f.read(f.guest, |cx| crate::event::ops::list(cx, &request)).expect("a history"));
    assert_eq!(entries.as_array().expect("a list").len(), 1);
    assert_eq!(entries[0]["type"], "IssueUpdated");
    let fields = entries[0]["fields"].as_array().expect("fields");
    let items = fields.iter().find(|f| f["field"]["id"] == "checklistItems").expect("the field");
    assert_eq!(items["from"], Value::Null);
    assert_eq!(items["to"][0]["text"], "One");
    assert_eq!(items["to"][0]["assignee"]["login"], "bob");
    assert!(fields.iter().any(|f| f["field"]["id"] == "checklistTotal" && f["to"] == 1));
}

#[test]
fn only_who_may_edit_an_issue_changes_its_checklist() {
    let f = Fixture::new();
    let key = issue(&f);
    let item = json!({"text": "One"});
    assert_eq!(try_add(&f, f.guest, &key, item.clone()).expect_err("no").status(), 403);
    assert_eq!(try_add(&f, f.ann, "DEV-99", item).expect_err("none").status(), 404);
    let many = Value::Array(vec![json!({"text": "x"}); 501]);
    assert_eq!(try_add(&f, f.ann, &key, many).expect_err("many").status(), 422);
    assert_eq!(try_add(&f, f.ann, &key, json!({})).expect_err("no text").status(), 422);
    assert!(f.json(f.ann, &key).get("checklistTotal").is_none());
}
