//! Creating and changing dictionary objects.

use serde_json::{Value as Json, json};
use trackway_api::dictionaries::{
    CreateIssueType, CreatePriority, CreateResolution, CreateStatus, GetStatus, UpdateIssueType,
    UpdatePriority, UpdateResolution, UpdateStatus,
};
use trackway_api::types::Members;

use super::{change, ops};
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::testing::{Fixture, body};

fn members(json: Json) -> Members {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

fn create(f: &Fixture, uid: i64, new: Json) -> Result<Json> {
    let r = CreateStatus::new(members(new));
    f.write(uid, move |cx| change::create_status(cx, &r).map(body))
}

fn update(f: &Fixture, id: &str, version: Option<i64>, patch: Json) -> Result<Json> {
    let mut r = UpdateStatus::new(id, members(patch)).localized(false);
    r.version = version;
    f.write(f.boss, move |cx| change::update_status(cx, &r).map(body))
}

fn fault(error: &Error) -> (u16, Vec<String>) {
    let body = error.body(Lang::En);
    (body.status_code, body.errors.into_keys().collect())
}

fn review() -> Json {
    json!({"key": "legalReview", "name": {"ru": "У юристов", "en": "Legal review"},
        "type": "paused"})
}

#[test]
fn a_status_is_made_read_and_changed() {
    let f = Fixture::new();
    let made = create(&f, f.boss, review()).expect("a status");
    assert_eq!((&made["key"], &made["version"]), (&json!("legalReview"), &json!(1)));
    assert_eq!((&made["name"], &made["type"]), (&json!("Legal review"), &json!("paused")));
    assert!(made["order"].as_i64() > Some(28) && made["id"].is_i64());
    let get = GetStatus::new("legalReview").localized(false);
    let read = f.read(f.guest, |cx| ops::get_status(cx, &get).map(body)).expect("a status");
    assert_eq!(read["name"], json!({"ru": "У юристов", "en": "Legal review"}));

    let patch = json!({"name": {"ru": "Юристы"}, "description": "Ask them", "order": 5});
    let changed = update(&f, "legalReview", Some(1), patch).expect("a change");
    assert_eq!(changed["name"], json!({"ru": "Юристы", "en": "Legal review"}), "merged");
    assert_eq!((&changed["version"], &changed["order"]), (&json!(2), &json!(5)));
    let same = update(&f, "legalReview", None, json!({"order": 5})).expect("nothing");
    assert_eq!(same["version"], 2);
    let id = made["id"].to_string();
    let renamed = update(&f, &id, None, json!({"name": "Lawyers"})).expect("a change");
    assert_eq!(renamed["name"]["en"], "Lawyers", "in the caller's language");
}

#[test]
fn wrong_statuses_are_refused() {
    let f = Fixture::new();
    create(&f, f.boss, review()).expect("a status");
    let with = |member: &str, value: Json| {
        let mut new = review();
        new["key"] = json!("another");
        new["name"] = json!({"ru": "Другой", "en": "Another"});
        new[member] = value;
        new
    };
    for (member, value, status) in [
        ("key", json!("LegalReview"), 422),
        ("key", json!("юристы"), 422),
        ("key", json!(5), 422),
        ("key", json!(null), 422),
        ("key", json!("k".repeat(101)), 422),
        ("key", json!("legalReview"), 409),
        ("name", json!({}), 422),
        ("name", json!({"en": 5}), 422),
        ("name", json!({"en": "legal REVIEW"}), 409),
        ("type", json!("sleeping"), 422),
        ("type", json!(null), 422),
        ("order", json!("first"), 422),
        ("order", json!(-1), 422),
    ] {
        let error = create(&f, f.boss, with(member, value.clone())).expect_err(member);
        assert_eq!(fault(&error), (status, vec![member.to_owned()]), "{member} {value}");
    }
    assert_eq!(create(&f, f.ann, with("order", json!(1))).expect_err("no admin").status(), 403);
    assert_eq!(update(&f, "legalReview", Some(9), json!({})).expect_err("stale").status(), 412);
    assert_eq!(update(&f, "nonsense", None, json!({})).expect_err("none").status(), 404);
    let error = update(&f, "legalReview", None, json!({"key": "other"})).expect_err("fixed");
    assert_eq!(fault(&error), (422, vec!["key".to_owned()]));
}

#[test]
fn the_other_kinds_follow_the_same_rules() {
    let f = Fixture::new();
    let new = |key: &str| members(json!({"key": key, "name": {"ru": key, "en": key}}));
    let (t, p, r) = (new("spike"), new("urgent"), new("obsolete"));
    f.write(f.boss, move |cx| {
        let made = body(change::create_issue_type(cx, &CreateIssueType::new(t.clone()))?);
        assert_eq!((&made["key"], made.get("order")), (&json!("spike"), None));
        let made = body(change::create_priority(cx, &CreatePriority::new(p.clone()))?);
        assert_eq!((&made["key"], &made["order"]), (&json!("urgent"), &json!(6)));
        body(change::create_resolution(cx, &CreateResolution::new(r.clone()))?);
        let patch = || members(json!({"description": "x"}));
        let changed = change::update_issue_type(cx, &UpdateIssueType::new("spike", patch()))?;
        assert_eq!(body(changed)["description"], "x");
        change::update_priority(cx, &UpdatePriority::new("urgent", patch()).if_match(1))?;
        change::update_resolution(cx, &UpdateResolution::new("obsolete", patch()))?;
        Ok(())
    })
    .expect("made and changed");
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "priority": "urgent"}));
    assert_eq!(f.json(f.ann, &key)["priority"]["display"], "urgent");
}

#[test]
fn an_object_with_too_many_versions_is_locked() {
    let f = Fixture::new();
    create(&f, f.boss, review()).expect("a status");
    f.write(f.boss, |cx| {
        let id = cx.dict.statuses.by_key("legalReview").expect("a status").id;
        let kind = crate::dict::Kind::Status;
        let sql = "UPDATE object SET version = 11100 WHERE org_id = $1 AND kind = $2 AND id = $3";
        cx.tx.exec(sql, &[&cx.dict.org_id, &kind.name(), &id])?;
        let stored = crate::dict::store::one(cx.tx, cx.dict.org_id, kind, id)?;
        cx.changed_object(stored.expect("a row"))
    })
    .expect("a version");
    let locked = update(&f, "legalReview", None, json!({"order": 7})).expect_err("locked");
    assert_eq!(locked.status(), 423);
    let same = update(&f, "legalReview", Some(11_100), json!({})).expect("nothing changes");
    assert_eq!(same["version"], 11_100);
}
