//! Components and versions.

use serde_json::{Value as Json, json};
use trackway_api::queues::{
    ArchiveVersion, CreateComponent, CreateComponentInQueue, CreateVersion, CreateVersionInQueue,
    GetComponent, GetVersion, ListComponents, ListQueueComponents, ListQueueVersions, ListVersions,
    ReleaseVersion, UpdateComponent, UpdateVersion,
};
use trackway_api::types::Members;
use trackway_api::{IfMatch, Json as Body};

use super::fault;
use crate::cx::{Cx, Reply};
use crate::error::Result;
use crate::lang::Lang;
use crate::queue::{component as components, version as versions};
use crate::testing::{Fixture, NOW, body};
use crate::time;
use crate::view::{ApiVersion, View};

/// Creates a component as a member.
pub(super) fn component(f: &Fixture, uid: i64, new: Json) -> Result<Json> {
    let input = serde_json::from_value(new).expect("a body");
    let request = CreateComponent { body: Body(input), localized: None };
    f.write(uid, move |cx| components::create(cx, &request).map(body))
}

/// Creates a version as a member.
pub(super) fn version(f: &Fixture, uid: i64, new: Json) -> Result<Json> {
    let input = serde_json::from_value(new).expect("a body");
    let request = CreateVersion { body: Body(input), localized: None };
    f.write(uid, move |cx| versions::create(cx, &request).map(body))
}

/// A version as a member reads it.
pub(super) fn get_version(f: &Fixture, uid: i64, id: &str) -> Result<Json> {
    let request = GetVersion::new(id);
    f.read(uid, |cx| versions::get(cx, &request).map(body))
}

/// Every version that a member may see.
pub(super) fn versions(f: &Fixture, uid: i64) -> Json {
    let request = ListVersions::new();
    f.read(uid, |cx| versions::list(cx, &request).map(body)).expect("a list")
}

fn members(json: Json) -> Members {
    let Json::Object(members) = json else { panic!("an object") };
    members
}

fn change_component(f: &Fixture, id: &Json, tag: Option<i64>, patch: Json) -> Result<Json> {
    let mut request = UpdateComponent::new(id.to_string(), members(patch));
    request.if_match = tag.map(IfMatch::Version);
    f.write(f.boss, move |cx| components::update(cx, &request).map(body))
}

fn change_version(f: &Fixture, id: &Json, patch: Json) -> Result<Json> {
    let request = UpdateVersion::new(id.to_string(), members(patch));
    f.write(f.boss, move |cx| versions::update(cx, &request).map(body))
}

#[test]
fn a_component_is_made_and_read() {
    let f = Fixture::new();
    let bare = component(&f, f.boss, json!({"queue": "DEV", "name": " Ladders "}));
    let bare = bare.expect("a component");
    assert_eq!(bare["name"], "Ladders");
    assert_eq!(bare["assignAuto"], false);
    assert_eq!(bare["version"], 1);
    assert_eq!(bare["queue"]["key"], "DEV");
    assert!(bare.get("description").is_none() && bare.get("lead").is_none());
    let input = serde_json::from_value(
        json!({"name": "Pumps", "lead": {"uid": f.bob}, "assignAuto": true}),
    );
    let request = CreateComponentInQueue::new("DEV", Body(input.expect("a body")));
    let full = f.write(f.boss, move |cx| components::create_in(cx, &request).map(body));
    let full = full.expect("a component");
    assert_eq!(full["lead"]["id"], f.bob.to_string());
    let get = GetComponent::new(full["id"].to_string());
    assert_eq!(f.read(f.ann, |cx| components::get(cx, &get).map(body)).expect("it"), full);
    let list = ListQueueComponents::new("DEV");
    let list = f.read(f.ann, |cx| components::of_queue(cx, &list).map(body)).expect("a list");
    assert_eq!(list, json!([bare, full]));
    let page = ListComponents::new().per_page(1_i64).page(2_i64);
    let page = f.read(f.ann, |cx| components::list(cx, &page).map(body)).expect("a page");
    assert_eq!(page, json!([full]));
    // An issue may carry it from now on, by name.
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "x", "components": ["Pumps"]}));
    assert_eq!(f.json(f.ann, &key)["assignee"]["id"], f.bob.to_string());
}

#[test]
fn wrong_components_are_refused() {
    let f = Fixture::new();
    component(&f, f.boss, json!({"queue": "DEV", "name": "Ladders"})).expect("a component");
    component(&f, f.boss, json!({"queue": "HELP", "name": "Ladders"})).expect("another queue");
    for (new, status, field) in [
        (json!({"name": "x"}), 422, Some("queue")),
        (json!({"queue": "NOPE", "name": "x"}), 404, None),
        (json!({"queue": "DEV"}), 422, Some("name")),
        (json!({"queue": "DEV", "name": ""}), 422, Some("name")),
        (json!({"queue": "DEV", "name": "LADDERS"}), 422, Some("name")),
        (json!({"queue": "DEV", "name": "x", "lead": "nobody"}), 422, Some("lead")),
        (json!({"queue": "DEV", "name": "x", "lead": ""}), 422, Some("lead")),
    ] {
        let shown = new.to_string();
        let error = component(&f, f.boss, new).expect_err(&shown);
        let fields: Vec<String> = field.into_iter().map(str::to_owned).collect();
        assert_eq!(fault(&error), (status, fields), "{shown}");
    }
    let input = serde_json::from_value(json!({"name": "x", "queue": "HELP"})).expect("a body");
    let request = CreateComponentInQueue::new("DEV", Body(input));
    let error = f.write(f.boss, move |cx| components::create_in(cx, &request).map(body));
    assert_eq!(fault(&error.expect_err("two queues")), (422, vec!["queue".to_owned()]));
}

#[test]
fn a_component_changes_only_from_its_present_version() {
    let f = Fixture::new();
    let new = json!({"queue": "DEV", "name": "Ladders", "lead": "ann", "description": "tall"});
    let id = component(&f, f.boss, new).expect("a component")["id"].clone();
    let change = |tag, patch| change_component(&f, &id, tag, patch);
    assert_eq!(change(None, json!({"name": "x"})).expect_err("no version").status(), 428);
    assert_eq!(change(Some(9), json!({"name": "x"})).expect_err("stale").status(), 412);
    let same = json!({"name": null, "lead": null, "description": null});
    let same = change(Some(1), same).expect("no change");
    assert_eq!((&same["version"], &same["lead"]["id"]), (&json!(1), &json!(f.ann.to_string())));
    let cleared = change(Some(1), json!({"lead": {}, "description": "", "archived": true}));
    let cleared = cleared.expect("a change");
    assert_eq!(cleared["version"], 2);
    assert_eq!(cleared["archived"], true);
    assert!(cleared.get("lead").is_none() && cleared.get("description").is_none());
    for (patch, field) in [
        (json!({"name": ""}), "name"),
        (json!({"name": 5}), "name"),
        (json!({"lead": ""}), "lead"),
        (json!({"lead": "nobody"}), "lead"),
        (json!({"assignAuto": "yes"}), "assignAuto"),
        (json!({"queue": "HELP"}), "queue"),
    ] {
        let shown = patch.to_string();
        let error = change(Some(2), patch).expect_err(&shown);
        assert_eq!(fault(&error), (422, vec![field.to_owned()]), "{shown}");
    }
}

#[test]
fn a_version_is_made_and_read() {
    let f = Fixture::new();
    let new = json!({
        "queue": {"key": "DEV"}, "name": "Autumn", "startDate": "2031-09-01",
        "dueDate": "2031-11-30T00:00:00.000+0000", "description": null,
    });
    let made = version(&f, f.ann, new).expect("a version");
    assert_eq!(
        (&made["startDate"], &made["dueDate"]),
        (&json!("2031-09-01"), &json!("2031-11-30"))
    );
    assert_eq!((&made["released"], &made["archived"]), (&json!(false), &json!(false)));
    assert!(made["id"].is_i64() && made.get("releasedAt").is_none());
    assert_eq!(get_version(&f, f.guest, &made["id"].to_string()).expect("it"), made);
    let request = ListQueueVersions::new("DEV");
    let list = f.read(f.guest, |cx| versions::of_queue(cx, &request).map(body)).expect("a list");
    assert_eq!(list, json!([made]));
    assert_eq!(versions(&f, f.guest), json!([made]));
    let cut = GetVersion::new(made["id"].to_string()).fields(["name"]);
    let cut = f.read(f.guest, |cx| versions::get(cx, &cut).map(body)).expect("it");
    assert!(cut.get("released").is_none() && cut["name"] == "Autumn" && cut.get("self").is_some());
    for missing in ["0", "99999", "x"] {
        assert_eq!(get_version(&f, f.ann, missing).expect_err(missing).status(), 404);
    }
}

#[test]
fn wrong_versions_are_refused() {
    let f = Fixture::new();
    version(&f, f.ann, json!({"queue": "DEV", "name": "1.0"})).expect("a version");
    for (new, status, fields) in [
        (json!({"name": "x"}), 422, vec!["queue"]),
        (json!({"queue": "NOPE", "name": "x"}), 404, vec![]),
        (json!({"queue": "DEV"}), 422, vec!["name"]),
        (json!({"queue": "DEV", "name": "1.0"}), 422, vec!["name"]),
        (
            json!({"queue": "DEV", "name": " ", "startDate": "soon", "dueDate": "2031-02-30"}),
            422,
            vec!["dueDate", "name", "startDate"],
        ),
    ] {
        let shown = new.to_string();
        let error = version(&f, f.ann, new).expect_err(&shown);
        let fields: Vec<String> = fields.into_iter().map(str::to_owned).collect();
        assert_eq!(fault(&error), (status, fields), "{shown}");
    }
    let input = serde_json::from_value(json!({"name": "x", "queue": "HELP"})).expect("a body");
    let request = CreateVersionInQueue::new("DEV", Body(input));
    let error = f.write(f.ann, move |cx| versions::create_in(cx, &request).map(body));
    assert_eq!(error.expect_err("two queues").status(), 422);
}

#[test]
fn a_version_is_changed_released_and_archived() {
    let f = Fixture::new();
    let new = json!({"queue": "DEV", "name": "1.0", "startDate": "2031-09-01"});
    let id = version(&f, f.ann, new).expect("a version")["id"].clone();
    let changed = change_version(&f, &id, json!({"startDate": null, "description": "first"}));
    let changed = changed.expect("a change");
    assert!(changed.get("startDate").is_none());
    assert_eq!((&changed["description"], &changed["version"]), (&json!("first"), &json!(2)));
    let same = change_version(&f, &id, json!({"name": "1.0"})).expect("no change");
    assert_eq!(same["version"], 2);
    let release = ReleaseVersion { id: id.to_string(), ..ReleaseVersion::default() };
    let released = f.write(f.boss, move |cx| versions::release(cx, &release).map(body));
    let released = released.expect("released");
    assert_eq!(released["releasedAt"], time::instant_text(NOW));
    let mut archive = ArchiveVersion { id: id.to_string(), ..ArchiveVersion::default() };
    archive.if_match = Some(IfMatch::Version(2));
    let stale = archive.clone();
    let stale = f.write(f.boss, move |cx| versions::archive(cx, &stale).map(body));
    assert_eq!(stale.expect_err("stale").status(), 412);
    archive.if_match = Some(IfMatch::Version(3));
    let archived = f.write(f.boss, move |cx| versions::archive(cx, &archive).map(body));
    assert_eq!(archived.expect("archived")["archived"], true);
    let error = f.try_issue(f.ann, json!({"queue": "DEV", "summary": "x", "fixVersions": ["1.0"]}));
    assert_eq!(error.expect_err("archived").status(), 422);
}

#[test]
fn creations_answer_200_in_v2() {
    let f = Fixture::new();
    let request = CreateVersion {
        body: Body(serde_json::from_value(json!({"queue": "DEV", "name": "1"})).expect("a body")),
        localized: None,
    };
    let status = |version| {
        let mut caller = f.as_user(f.ann);
        caller.view = View::new("http://tracker.test", version, Lang::En);
        let mut request = request.clone();
        request.body.0.name = Some(format!("{version:?}"));
        let run = move |cx: &mut Cx<'_, '_>| {
            versions::create(cx, &request).map(|reply: Reply<_>| reply.status)
        };
        f.tracker.write_now(&caller, run).expect("a version")
    };
    assert_eq!(status(ApiVersion::V3), None);
    assert_eq!(status(ApiVersion::V2), Some(200));
}
