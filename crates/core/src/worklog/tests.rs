//! What time records do, and what they do to their issues.

use serde_json::{Value, json};
use trackway_api::List;
use trackway_api::worklog::{
    AddWorklog, DeleteWorklog, GetWorklog, GetWorklogById, ImportWorklog, ListIssueWorklog,
    ListWorklog, SearchWorklog, UpdateWorklog, WorklogSearch,
};

use super::{ops, store};
use crate::cx::Paging;
use crate::dict::model::{Role, Subjects};
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::testing::{Fixture, NOW, body, open_permissions};

const HOUR: i64 = 3_600_000;

fn issue(f: &Fixture, more: Value) -> String {
    let mut body = json!({"queue": "DEV", "summary": "s"});
    for (member, value) in more.as_object().expect("an object") {
        body[member] = value.clone();
    }
    f.issue(f.ann, body)
}

fn try_add(f: &Fixture, uid: i64, key: &str, record: Value) -> Result<Value> {
    let record: trackway_api::worklog::WorklogCreate =
        serde_json::from_value(record).expect("a body");
    let r = AddWorklog::new(key, record);
    f.write(uid, move |cx| ops::add(cx, &r)).map(body)
}

fn add(f: &Fixture, key: &str, duration: &str) -> Value {
    try_add(f, f.ann, key, json!({"duration": duration})).expect("a record")
}

fn edit(f: &Fixture, uid: i64, key: &str, id: &Value, patch: Value) -> Result<Value> {
    let Value::Object(patch) = patch else { panic!("an object") };
    let r = UpdateWorklog::new(key, id.to_string(), patch);
    f.write(uid, move |cx| ops::update(cx, &r)).map(body)
}

fn delete(f: &Fixture, uid: i64, key: &str, id: &Value) -> Result<()> {
    let r = DeleteWorklog::new(key, id.to_string());
    f.write(uid, move |cx| ops::delete(cx, &r)).map(drop)
}

fn named(error: &Error) -> Vec<String> {
    error.body(Lang::En).errors.into_keys().collect()
}

fn history(f: &Fixture, key: &str) -> Vec<Value> {
    let r = trackway_api::changelog::ListChangelog::new(key);
    let reply = f.read(f.ann, |cx| crate::event::ops::list(cx, &r)).expect("a history");
    serde_json::from_value(body(reply)).expect("a list")
}

#[test]
fn statements_are_good_on_both_engines() {
    let f = Fixture::new();
    f.tracker.db().prepare_all(store::ALL_SQL).expect("good SQL");
}

#[test]
fn a_record_is_normalised_and_counts() {
    let f = Fixture::new();
    let key = issue(&f, json!({}));
    let record = json!({"start": "2026-03-01T12:00:00.000+0300", "duration": "PT520M",
        "comment": "patch"});
    let made = try_add(&f, f.bob, &key, record).expect("a record");
    assert_eq!(made["duration"], "P1DT40M");
    assert_eq!(made["start"], "2026-03-01T09:00:00.000+0000");
    assert_eq!((&made["comment"], &made["version"]), (&json!("patch"), &json!(1)));
    assert_eq!(made["issue"]["key"], key);
    assert_eq!(made["createdBy"]["id"], f.bob.to_string());
    let id = &made["id"];
    assert_eq!(made["self"], format!("http://tracker.test/v3/issues/{key}/worklog/{id}"));
    let shown = f.json(f.ann, &key);
    assert_eq!((&shown["spent"], &shown["version"]), (&json!("P1DT40M"), &json!(2)));
    let entry = history(&f, &key).pop().expect("an entry");
    assert_eq!(entry["type"], "IssueWorklogAdded");
    assert_eq!(entry["worklog"][0]["from"], Value::Null);
    assert_eq!(entry["worklog"][0]["to"]["duration"], "P1DT40M");
    assert_eq!(entry["worklog"][0]["record"]["self"], made["self"]);
    let fields: Vec<&Value> = entry["fields"].as_array().expect("fields").iter().collect();
    assert_eq!(fields[0]["field"]["id"], "spent");
}

#[test]
fn estimations_follow_as_documented() {
    let f = Fixture::new();
    let remaining = |key: &str| f.json(f.ann, key).get("estimation").cloned();
    let plain = issue(&f, json!({"estimation": "P3D"}));
    add(&f, &plain, "P1D");
    assert_eq!(remaining(&plain), Some(json!("P2D")));
    add(&f, &plain, "P5D");
    assert_eq!(remaining(&plain), Some(json!("PT0S")), "never below nothing");

    let planned = issue(&f, json!({"estimation": "P3D", "originalEstimation": "P2D"}));
    add(&f, &planned, "P1D");
    assert_eq!(remaining(&planned), Some(json!("P3D")));
    let second = add(&f, &planned, "P2D");
    assert_eq!(remaining(&planned), Some(json!("P2D")));
    delete(&f, f.ann, &planned, &second["id"]).expect("deleted");
    assert_eq!(remaining(&planned), Some(json!("P2D")), "not given back");
    assert_eq!(f.json(f.ann, &planned)["spent"], "P1D");

    let open = issue(&f, json!({}));
    add(&f, &open, "P1W1D");
    assert_eq!(remaining(&open), None);
    assert_eq!(f.json(f.ann, &open)["spent"], "P1W1D");
}

#[test]
fn wrong_records_are_refused_and_leave_nothing() {
    let f = Fixture::new();
    let key = issue(&f, json!({}));
    for (record, field) in [
        (json!({}), "duration"),
        (json!({"duration": "soon"}), "duration"),
        (json!({"duration": "PT0S"}), "duration"),
        (json!({"duration": 5}), "duration"),
        (json!({"duration": "P99999999999999999D"}), "duration"),
        (json!({"duration": "PT1H", "start": "yesterday"}), "start"),
        (json!({"duration": "PT1H", "comment": 7}), "comment"),
        (json!({"duration": "PT1H", "comment": "x".repeat(512_001)}), "comment"),
    ] {
        let error = try_add(&f, f.ann, &key, record).expect_err("wrong");
        assert_eq!((error.status(), named(&error)), (422, vec![field.to_owned()]));
    }
    assert!(f.json(f.ann, &key).get("spent").is_none());
    assert_eq!(try_add(&f, f.ann, "DEV-99", json!({})).expect_err("none").status(), 404);
    let guest = try_add(&f, f.guest, &key, json!({"duration": "PT1H"}));
    assert_eq!(guest.expect_err("read-only").status(), 403);
    add(&f, &key, "2h 30m");
    assert_eq!(f.json(f.ann, &key)["spent"], "PT2H30M");
}

#[test]
fn a_record_belongs_to_its_author_and_the_queue_to_its_owner() {
    let f = Fixture::new();
    let key = issue(&f, json!({}));
    let made = add(&f, &key, "PT1H");
    let id = &made["id"];
    let patch = || json!({"duration": "PT3H"});
    assert_eq!(edit(&f, f.bob, &key, id, patch()).expect_err("another's").status(), 403);
    assert_eq!(delete(&f, f.bob, &key, id).expect_err("another's").status(), 403);
    let changed = edit(
        &f,
        f.ann,
        &key,
        id,
        json!({"duration": "PT2H", "comment": "c",
        "start": "2026-01-01"}),
    )
    .expect("one's own");
    assert_eq!((&changed["duration"], &changed["version"]), (&json!("PT2H"), &json!(2)));
    assert_eq!(changed["start"], "2026-01-01T00:00:00.000+0000");
    assert_eq!(changed["createdAt"], made["createdAt"]);
    let same = edit(&f, f.ann, &key, id, json!({"comment": "c"})).expect("the same");
    assert_eq!(same["version"], 2);
    let cleared = edit(&f, f.boss, &key, id, json!({"comment": null})).expect("the owner");
    assert!(cleared.get("comment").is_none());
    assert_eq!(cleared["updatedBy"]["id"], f.boss.to_string());
    assert_eq!(f.json(f.ann, &key)["spent"], "PT2H");
    let error = edit(&f, f.ann, &key, id, json!({"duration": "-PT1H"})).expect_err("wrong");
    assert_eq!(named(&error), ["duration"]);
    let stale = {
        let r = UpdateWorklog::new(&*key, id.to_string(), serde_json::Map::new());
        let stale = r.clone().version(9);
        let etag = r.if_match(trackway_api::IfMatch::Version(9));
        [stale, etag].map(|r| {
            f.write(f.ann, move |cx| ops::update(cx, &r)).map(drop).expect_err("stale").status()
        })
    };
    assert_eq!(stale, [409, 412]);
    delete(&f, f.boss, &key, id).expect("the owner");
    assert_eq!(delete(&f, f.boss, &key, id).expect_err("gone").status(), 404);
    assert!(f.json(f.ann, &key).get("spent").is_none());
    let kinds: Vec<Value> = history(&f, &key).into_iter().map(|e| e["type"].clone()).collect();
    assert_eq!(
        kinds[1..],
        ["IssueWorklogAdded", "IssueWorklogUpdated", "IssueWorklogUpdated", "IssueWorklogRemoved"]
    );
}

#[test]
fn records_are_read_by_issue_and_by_id_alone() {
    let f = Fixture::new();
    let (key, other) = (issue(&f, json!({})), issue(&f, json!({})));
    let made: Vec<Value> = (1..4).map(|n| add(&f, &key, &format!("PT{n}H"))).collect();
    let list = |r: ListIssueWorklog| {
        let reply = f.read(f.guest, |cx| ops::list(cx, &r)).expect("records");
        let next = match &reply.paging {
            Some(Paging::Relative { next, .. }) => next.clone(),
            _ => None,
        };
        (body(reply).as_array().expect("a list").len(), next)
    };
    assert_eq!(list(ListIssueWorklog::new(&*key)), (3, None));
    let (count, next) = list(ListIssueWorklog::new(&*key).per_page(2));
    assert_eq!((count, next.as_deref()), (2, Some(made[1]["id"].to_string().as_str())));
    let rest = ListIssueWorklog::new(&*key).per_page(2).id(next.expect("a page"));
    assert_eq!(list(rest), (1, None));
    let one = |r: &GetWorklog| f.read(f.guest, |cx| ops::get(cx, r)).map(body);
    let id = made[0]["id"].to_string();
    assert_eq!(one(&GetWorklog::new(&*key, &*id)).expect("one"), made[0]);
    assert_eq!(one(&GetWorklog::new(&*other, &*id)).expect_err("another's").status(), 404);
    assert_eq!(one(&GetWorklog::new(&*key, "x")).expect_err("no id").status(), 404);
    let alone = |id: &str| {
        let r = GetWorklogById::new(id);
        f.read(f.guest, |cx| ops::get_by_id(cx, &r)).map(body)
    };
    assert_eq!(alone(&id).expect("one"), made[0]);
    assert_eq!(alone("999999").expect_err("none").status(), 404);
}

#[test]
fn the_organisation_is_searched_within_the_rights_of_who_asks() {
    let f = Fixture::new();
    let key = issue(&f, json!({}));
    let hidden = f.issue(f.boss, json!({"queue": "HELP", "summary": "s"}));
    let mut permissions = open_permissions(f.boss);
    permissions.read = Subjects { roles: vec![Role::Author], ..Subjects::default() };
    permissions.write = Subjects { roles: vec![Role::Author], ..Subjects::default() };
    f.permit(f.help, permissions);
    let at = |hours: i64, uid: i64, key: &str| {
        let record: trackway_api::worklog::WorklogCreate =
            serde_json::from_value(json!({"duration": "PT1H"})).expect("a body");
        let r = AddWorklog::new(key, record);
        body(f.write_at(uid, NOW + hours * HOUR, move |cx| ops::add(cx, &r)).expect("a record"))
    };
    let first = at(0, f.ann, &key);
    let second = at(1, f.bob, &key);
    at(2, f.boss, &hidden);
    let third = at(30, f.ann, &key);
    let ids = |uid: i64, search: Value| -> Result<(Vec<Value>, u64)> {
        let search: WorklogSearch = serde_json::from_value(search).expect("a body");
        let r = SearchWorklog::new(search);
        let reply = f.read(uid, |cx| super::search(cx, &r))?;
        let total = match reply.paging {
            Some(Paging::Pages { total, .. }) => total,
            _ => 0,
        };
        let found = body(reply);
        let ids = found.as_array().expect("a list").iter().map(|w| w["id"].clone());
        Ok((ids.collect(), total))
    };
    let all = ids(f.guest, json!({})).expect("all");
    let seen = [&first, &second, &third].map(|w| w["id"].clone()).to_vec();
    assert_eq!(all, (seen, 3), "what may not be read is not even counted");
    assert_eq!(ids(f.boss, json!({})).expect("all").1, 4);
    let by = ids(f.guest, json!({"createdBy": "bob"})).expect("by bob");
    assert_eq!(by.0, [second["id"].clone()]);
    let day = json!({"createdAt": {"from": "2026-03-02", "to": "2026-03-02"}});
    assert_eq!(ids(f.guest, day).expect("a day").1, 2, "a bare date is the whole day");
    let start = json!({"start": {"from": "2026-03-03T00:00:00"}});
    assert_eq!(ids(f.guest, start).expect("a start").0, [third["id"].clone()]);
    for (wrong, field) in [
        (json!({"createdBy": "me"}), "createdBy"),
        (json!({"createdAt": "today"}), "createdAt"),
        (json!({"start": {"to": 7}}), "start"),
    ] {
        let error = ids(f.guest, wrong).expect_err("wrong");
        assert_eq!((error.status(), named(&error)), (422, vec![field.to_owned()]));
    }
    let list = |r: &ListWorklog| f.read(f.guest, |cx| super::list(cx, r)).map(body);
    let r = ListWorklog::new().created_by("ann").created_at(List::from([
        "from:2026-03-02T13:00:00.000+0300",
        "to:2026-03-02T14:00:00.000 0300",
    ]));
    assert_eq!(list(&r).expect("a list")[0]["id"], first["id"]);
    let missing = ListWorklog::new().created_by("nobody");
    assert_eq!(list(&missing).expect_err("nobody").status(), 404);
    let wrong = ListWorklog::new().created_at(List::from(["since:2026"]));
    assert_eq!(list(&wrong).expect_err("wrong").status(), 400);
}

#[test]
fn imported_time_has_its_own_author_and_counts_once() {
    let f = Fixture::new();
    let key = issue(&f, json!({}));
    let import = |uid: i64, record: Value| -> Result<Value> {
        let record: trackway_api::worklog::ImportedWorklog =
            serde_json::from_value(record).expect("a body");
        let r = ImportWorklog::new(&*key, record);
        f.write_at(uid, NOW + HOUR, move |cx| super::import(cx, &r)).map(body)
    };
    let record = |more: Value| {
        let mut body = json!({"duration": "PT2H", "start": "2025-01-01T10:00:00Z",
            "createdAt": "2026-03-02T10:00:00Z", "createdBy": "bob"});
        for (member, value) in more.as_object().expect("an object") {
            body[member] = value.clone();
        }
        body
    };
    let made = import(f.boss, record(json!({}))).expect("a record");
    assert_eq!(made[0]["createdBy"]["id"], f.bob.to_string());
    assert_eq!(made[0]["start"], "2025-01-01T10:00:00.000+0000");
    let shown = f.json(f.ann, &key);
    assert_eq!(shown["spent"], "PT2H");
    assert_eq!(shown["updatedAt"], "2026-03-02T10:00:00.000+0000", "the issue keeps its time");
    let entry = history(&f, &key).pop().expect("an entry");
    assert_eq!(entry["updatedBy"]["id"], f.bob.to_string());
    for (more, field) in [
        (json!({"createdAt": "2020-01-01"}), "createdAt"),
        (json!({"createdAt": "2030-01-01"}), "createdAt"),
        (json!({"createdBy": "nobody"}), "createdBy"),
        (json!({"updatedAt": "2026-03-02T10:00:00Z"}), "updatedBy"),
        (json!({"start": null}), "start"),
        (json!({"duration": "no"}), "duration"),
    ] {
        let error = import(f.boss, record(more)).expect_err("wrong");
        assert_eq!((error.status(), named(&error)), (422, vec![field.to_owned()]));
    }
    assert_eq!(import(f.guest, record(json!({}))).expect_err("no right").status(), 403);
}
