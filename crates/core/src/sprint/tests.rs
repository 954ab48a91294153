use serde_json::{Value, json};
use trackway_api::boards::{CreateLiveBoard, DeleteBoard, ListBoardSprints};
use trackway_api::issues::{SearchIssues, SearchRequest, UpdateIssue};
use trackway_api::sprints::{
    ArchiveSprint, CreateSprint, DeleteSprint, FinishSprint, GetSprint, ListSprints, SprintCreate,
    StartSprint, UpdateSprint,
};
use trackway_api::types::Members;

use super::ops;
use crate::error::Result;
use crate::lang::Lang;
use crate::testing::{Fixture, body};

fn members(json: Value) -> Members {
    let Value::Object(members) = json else { panic!("an object") };
    members
}

fn board(f: &Fixture, name: &str, sprints: bool) -> i64 {
    let request = CreateLiveBoard::new(members(json!({"name": name, "sprintsAvailable": sprints})));
    let board = f.write(f.ann, move |cx| crate::board::ops::create_live(cx, &request)).map(body);
    board.expect("a board")["id"].as_i64().expect("a number")
}

fn create(f: &Fixture, uid: i64, json: Value) -> Result<Value> {
    let new: SprintCreate = serde_json::from_value(json).expect("a body");
    let request = CreateSprint::new(new);
    f.write(uid, move |cx| ops::create(cx, &request)).map(body)
}

fn week(f: &Fixture, board: i64, name: &str) -> Value {
    let new = json!({"name": name, "board": {"id": board.to_string()},
        "startDate": "2026-03-02", "endDate": "2026-03-08"});
    create(f, f.ann, new).expect("a sprint")
}

fn get(f: &Fixture, id: &Value) -> Result<Value> {
    f.read(f.guest, |cx| ops::get(cx, &GetSprint::new(id.to_string()))).map(body)
}

fn found(f: &Fixture, query: &str) -> Vec<String> {
    let request = SearchRequest { query: Some(query.into()), ..SearchRequest::default() };
    let request = SearchIssues::new(request);
    let list = f.read(f.ann, |cx| crate::search::ops::search(cx, &request)).map(body);
    let list = list.expect("issues").as_array().cloned().unwrap_or_default();
    list.iter().filter_map(|i| i["key"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_sprint_starts_as_a_draft() {
    let f = Fixture::new();
    let id = board(&f, "Orchard", true);
    let sprint = week(&f, id, "Week 10");
    assert_eq!(sprint["board"]["id"], id.to_string());
    assert_eq!(sprint["board"]["display"], "Orchard");
    assert_eq!((&sprint["status"], &sprint["archived"]), (&json!("draft"), &json!(false)));
    assert_eq!(sprint["startDate"], "2026-03-02");
    assert_eq!(sprint["startDateTime"], "2026-03-02T00:00:00.000+0000");
    assert_eq!(get(&f, &sprint["id"]).expect("the same"), sprint);
    let request = ListBoardSprints::new(id.to_string());
    let list = f.read(f.guest, |cx| ops::of_board(cx, &request)).map(body).expect("a list");
    assert_eq!(list, json!([sprint]));
    let all = f.read(f.guest, |cx| ops::list(cx, &ListSprints::new())).map(body).expect("a list");
    assert_eq!(all, list);
}

#[test]
fn wrong_sprints_are_refused() {
    let f = Fixture::new();
    let (scrum, plain) = (board(&f, "Scrum", true), board(&f, "Plain", false));
    let with = |more: Value| {
        let mut all = members(json!({"name": "s", "board": scrum, "startDate": "2026-03-02",
            "endDate": "2026-03-08"}));
        all.extend(members(more));
        Value::Object(all)
    };
    for (json, status, field) in [
        (json!({}), 422, Some("board")),
        (with(json!({"name": " "})), 422, Some("name")),
        (with(json!({"startDate": "soon"})), 422, Some("startDate")),
        (with(json!({"endDate": "2026-03-01"})), 422, Some("endDate")),
        (with(json!({"board": 77_777})), 404, None),
        (with(json!({"board": plain})), 400, Some("board")),
    ] {
        let error = create(&f, f.ann, json.clone()).expect_err("wrong").body(Lang::En);
        assert_eq!(error.status_code, status, "{json}");
        assert_eq!(error.errors.keys().next().map(String::as_str), field, "{json}");
    }
    let request = ListBoardSprints::new(plain.to_string());
    let refused = f.read(f.ann, |cx| ops::of_board(cx, &request));
    assert_eq!(refused.expect_err("no sprints").status(), 400);
}

#[test]
fn a_sprint_is_started_finished_and_archived() {
    let f = Fixture::new();
    let sprint = week(&f, board(&f, "B", true), "s");
    let id = sprint["id"].to_string();
    let start = |version: Option<i64>| {
        let mut request = StartSprint::new(&*id, json!({}));
        request.if_match = version.map(Into::into);
        f.write(f.bob, move |cx| ops::start(cx, &request)).map(body)
    };
    let finish = || {
        let request = FinishSprint::new(&*id, json!({}));
        f.write(f.bob, move |cx| ops::finish(cx, &request)).map(body)
    };
    assert_eq!(finish().expect_err("a draft").status(), 409);
    assert_eq!(start(Some(9)).expect_err("stale").status(), 412);
    let running = start(Some(1)).expect("started");
    assert_eq!(running["status"], "in_progress");
    assert_eq!(running["startDateTime"], "2026-03-02T10:00:00.000+0000");
    assert_eq!(start(Some(2)).expect_err("again").status(), 409);
    let patch = |json: Value, version: i64| {
        let request = UpdateSprint::new(&*id, members(json)).version(version);
        f.write(f.bob, move |cx| ops::update(cx, &request)).map(body)
    };
    let done = patch(json!({"status": "released", "name": "t"}), 2).expect("finished");
    assert_eq!((&done["status"], &done["name"]), (&json!("released"), &json!("t")));
    assert_eq!(finish().expect_err("again").status(), 409);
    assert_eq!(done["endDateTime"], "2026-03-02T10:00:00.000+0000");
    for wrong in
        [json!({"status": "x"}), json!({"startDate": 5}), json!({"startDate": "2027-01-01"})]
    {
        assert_eq!(patch(wrong.clone(), 3).expect_err("wrong").status(), 422, "{wrong}");
    }
    let request = UpdateSprint::new(&*id, members(json!({"name": "u"})));
    let renamed = f.write(f.bob, move |cx| ops::update(cx, &request));
    assert_eq!(body(renamed.expect("no version is needed"))["version"], 4);
    let request = ArchiveSprint::new(&*id, json!({})).version(4);
    let archived = f.write(f.bob, move |cx| ops::archive(cx, &request)).map(body);
    let archived = archived.expect("archived");
    assert_eq!((&archived["status"], &archived["archived"]), (&json!("archived"), &json!(true)));
}

#[test]
fn a_client_that_sends_no_version_and_instants_runs_a_sprint() {
    let f = Fixture::new();
    let board = board(&f, "B", true);
    let new = json!({"name": "s", "board": {"id": board},
        "startDateTime": "2026-03-02T09:00:00.000+0000", "endDateTime": "2026-03-08T18:00:00.000+0000"});
    let new: SprintCreate = serde_json::from_value(new).expect("a sprint");
    let new = CreateSprint::new(new);
    let sprint = f.write(f.bob, move |cx| ops::create(cx, &new)).map(body);
    let sprint = sprint.expect("created");
    assert_eq!(
        (&sprint["startDate"], &sprint["endDate"]),
        (&json!("2026-03-02"), &json!("2026-03-08"))
    );
    let id = sprint["id"].to_string();
    let start = StartSprint::new(&*id, json!({}));
    f.write(f.bob, move |cx| ops::start(cx, &start)).expect("started");
    let finish = FinishSprint::new(&*id, json!({}));
    let done = f.write(f.bob, move |cx| ops::finish(cx, &finish)).map(body).expect("finished");
    assert_eq!(done["status"], "released");
    assert_eq!(done["endDateTime"], "2026-03-02T10:00:00.000+0000");
}

#[test]
fn issues_are_planned_into_sprints_and_found_by_them() {
    let f = Fixture::new();
    let first = board(&f, "First", true);
    let second = board(&f, "Second", true);
    let (a, b) = (week(&f, first, "Week A"), week(&f, first, "Week B"));
    let c = week(&f, second, "Week C");
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "sprint": "Week A"}));
    let issue = f.json(f.guest, &key);
    let reference = json!({"self": a["self"], "id": a["id"].to_string(), "display": "Week A"});
    assert_eq!(issue["sprint"], json!([reference]));
    assert_eq!(issue["boards"], json!([{"id": first, "name": "First"}]));
    let edit = |json: Value| {
        let request = UpdateIssue::new(&*key, members(json));
        f.write(f.ann, move |cx| crate::issue::ops::update(cx, &request)).map(body)
    };
    let both = edit(json!({"sprint": [a["id"], b["id"]]})).expect_err("one board").body(Lang::En);
    assert_eq!((both.status_code, both.errors.contains_key("sprint")), (422, true));
    let unknown = edit(json!({"sprint": ["Week Z"]})).expect_err("unknown");
    assert_eq!(unknown.status(), 422);
    let planned = edit(json!({"sprint": {"add": [{"id": c["id"].to_string()}]}})).expect("planned");
    assert_eq!(planned["sprint"].as_array().map(Vec::len), Some(2));
    assert_eq!(planned["boards"].as_array().map(Vec::len), Some(2));
    for query in [
        "Sprint: \"week a\"".to_owned(),
        format!("Sprint: {}", a["id"]),
        format!("\"Sprints By Board\": {second}"),
        "Boards: Second".to_owned(),
    ] {
        assert_eq!(found(&f, &query), [&*key], "{query}");
    }
    let running = format!("\"Sprint In Progress By Board\": {first}");
    assert!(found(&f, &running).is_empty());
    let request = StartSprint::new(a["id"].to_string(), json!({})).version(1);
    f.write(f.ann, move |cx| ops::start(cx, &request).map(drop)).expect("started");
    assert_eq!(found(&f, &running), [&*key]);
}

#[test]
fn a_deleted_sprint_leaves_its_issues() {
    let f = Fixture::new();
    let id = board(&f, "B", true);
    let (a, b) = (week(&f, id, "a"), week(&f, id, "b"));
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "sprint": "a"}));
    let other = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "sprint": "b"}));
    let request = DeleteSprint::new(a["id"].to_string());
    f.write(f.bob, move |cx| ops::delete(cx, &request)).expect("deleted");
    assert_eq!(get(&f, &a["id"]).expect_err("gone").status(), 404);
    assert_eq!(f.json(f.ann, &key).get("sprint"), None);
    assert_eq!(f.json(f.ann, &other)["sprint"][0]["display"], "b");
    let request = DeleteBoard::new(id.to_string());
    f.write(f.ann, move |cx| crate::board::ops::delete(cx, &request)).expect("deleted");
    assert_eq!(get(&f, &b["id"]).expect_err("gone").status(), 404);
    assert_eq!(f.json(f.ann, &other).get("sprint"), None);
    assert_eq!(f.json(f.ann, &other).get("boards"), None);
}
