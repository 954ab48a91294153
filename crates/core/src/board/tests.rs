use serde_json::{Value, json};
use trackway_api::boards::{
    CreateBoard, CreateColumn, CreateLiveBoard, DeleteBoard, DeleteColumn, GetBoard, ListBoards,
    ListBoardsPage, ListColumns, UpdateBoard, UpdateColumn,
};
use trackway_api::issues::UpdateIssue;
use trackway_api::types::Members;

use super::{columns, ops};
use crate::error::Result;
use crate::job::Lane;
use crate::lang::Lang;
use crate::testing::{Fixture, NOW, body};
use crate::time::DAY_MS;
use crate::view::ApiVersion;

fn members(json: Value) -> Members {
    let Value::Object(members) = json else { panic!("an object") };
    members
}

fn classic(f: &Fixture, uid: i64, json: Value) -> Result<Value> {
    let request = CreateBoard::new(members(json));
    f.write(uid, move |cx| ops::create(cx, &request)).map(body)
}

fn live(f: &Fixture, uid: i64, json: Value) -> Result<Value> {
    let request = CreateLiveBoard::new(members(json));
    f.write(uid, move |cx| ops::create_live(cx, &request)).map(body)
}

fn get(f: &Fixture, uid: i64, id: &Value) -> Result<Value> {
    f.read(uid, |cx| ops::get(cx, &GetBoard::new(id.to_string()))).map(body)
}

fn update(f: &Fixture, uid: i64, id: &Value, json: Value) -> Result<Value> {
    let request = UpdateBoard::new(id.to_string(), members(json));
    f.write(uid, move |cx| ops::update(cx, &request)).map(body)
}

fn column_names(f: &Fixture, id: &Value) -> Vec<String> {
    let request = ListColumns::new(id.to_string());
    let list = f.read(f.guest, |cx| columns::list(cx, &request)).map(body).expect("columns");
    let name = |c: &Value| c["name"].as_str().unwrap_or_default().to_owned();
    list.as_array().expect("a list").iter().map(name).collect()
}

fn boards_of(f: &Fixture, key: &str) -> Value {
    f.json(f.ann, key).get("boards").cloned().unwrap_or_default()
}

fn edit(f: &Fixture, key: &str, json: Value) {
    let request = UpdateIssue::new(key, members(json));
    f.write(f.ann, move |cx| crate::issue::ops::update(cx, &request).map(drop)).expect("an edit");
}

#[test]
fn a_board_without_columns_gets_one_per_type_of_status() {
    let f = Fixture::new();
    let new = json!({"name": "Orchard", "defaultQueue": {"key": "DEV"}, "boardType": "scrum",
        "query": "Queue: DEV"});
    let board = classic(&f, f.ann, new).expect("a board");
    assert_eq!(board["self"], format!("http://tracker.test/v3/boards/{}", board["id"]));
    assert_eq!(board["defaultQueue"]["key"], "DEV");
    assert_eq!((&board["query"], board.get("filter")), (&json!("Queue: DEV"), None));
    assert_eq!(board["sprintsAvailable"], true);
    assert_eq!(board["version"], 1);
    assert_eq!(column_names(&f, &board["id"]), ["New", "In progress", "Paused", "Done"]);
    assert!(board["columns"][0]["id"].is_string());
    assert_eq!(get(&f, f.guest, &board["id"]).expect("the same"), board);
}

#[test]
fn the_versions_show_different_members() {
    let f = Fixture::new();
    let board = classic(&f, f.ann, json!({"name": "B", "defaultQueue": "DEV"})).expect("a board");
    assert_eq!(
        (board.get("query"), board["createdBy"]["id"].as_str()),
        (None, Some(&*f.ann.to_string()))
    );
    let request = GetBoard::new(board["id"].to_string());
    let old = f.read(f.ann, |cx| {
        cx.view.version = ApiVersion::V2;
        ops::get(cx, &request)
    });
    let old = body(old.expect("a board"));
    assert_eq!(
        (&old["query"], &old["orderBy"], &old["useRanking"]),
        (&json!(""), &json!("updatedAt"), &json!(false))
    );
    assert_eq!(old.get("createdBy"), None);
    // yandex-tracker-import reads it of every board.
    assert_eq!((&old["country"]["id"], board.get("country")), (&json!("643"), None));
}

#[test]
fn wrong_boards_are_refused_with_their_members_named() {
    let f = Fixture::new();
    let queue = |more: Value| {
        let mut all = members(json!({"name": "B", "defaultQueue": "DEV"}));
        all.extend(members(more));
        Value::Object(all)
    };
    for (json, status, field) in [
        (json!({"defaultQueue": "DEV"}), 422, Some("name")),
        (json!({"name": "B"}), 422, Some("defaultQueue")),
        (json!({"name": "B", "defaultQueue": "NOSUCH"}), 404, None),
        (queue(json!({"filter": {"queue": "DEV"}, "query": "Queue: DEV"})), 422, Some("query")),
        (queue(json!({"query": "Queue: DEV,"})), 400, None),
        (queue(json!({"filter": {"nosuch": 1}})), 422, Some("filter")),
        (queue(json!({"boardType": "other"})), 422, Some("boardType")),
        (queue(json!({"orderBy": "nosuch"})), 422, Some("orderBy")),
        (queue(json!({"country": {"id": 3}})), 422, Some("country")),
        (queue(json!({"columns": [{"statuses": ["open"]}]})), 422, Some("name")),
        (queue(json!({"columns": [{"name": "c", "statuses": ["nosuch"]}]})), 422, Some("statuses")),
        (queue(json!({"columns": [{"id": 5, "name": "c"}]})), 422, Some("columns")),
        (
            queue(json!({"columns": [{"name": "a", "statuses": "open"},
                {"name": "b", "statuses": ["open"]}]})),
            422,
            Some("columns"),
        ),
        (queue(json!({"owner": "nobody"})), 422, Some("owner")),
        (queue(json!({"autoFilters": 1})), 422, Some("autoFilters")),
    ] {
        let error = classic(&f, f.ann, json.clone()).expect_err("wrong").body(Lang::En);
        assert_eq!(error.status_code, status, "{json}");
        assert_eq!(error.errors.keys().next().map(String::as_str), field, "{json}");
    }
    let all = f.read(f.boss, |cx| ops::list(cx, &ListBoards::new())).map(body).expect("a list");
    assert_eq!(all, json!([]));
}

#[test]
fn columns_follow_the_version_of_their_board() {
    let f = Fixture::new();
    let new = json!({"name": "B", "defaultQueue": "DEV", "columns": [{"name": "Open", "statuses": ["open"], "limit": 3}]});
    let board = classic(&f, f.ann, new).expect("a board");
    let id = board["id"].to_string();
    let create = |version: Option<i64>, json: Value| {
        let mut request = CreateColumn::new(&*id, members(json));
        request.if_match = version.map(Into::into);
        f.write(f.bob, move |cx| {
            cx.view.version = ApiVersion::V2;
            columns::create(cx, &request)
        })
        .map(body)
    };
    let picked = || json!({"name": "Picked", "statuses": ["resolved", "closed"]});
    assert_eq!(create(None, picked()).expect_err("unsaid").status(), 428);
    assert_eq!(create(Some(7), picked()).expect_err("stale").status(), 412);
    let taken = json!({"name": "x", "statuses": ["open"]});
    assert_eq!(create(Some(1), taken).expect_err("taken").status(), 422);
    let column = create(Some(1), picked()).expect("a column");
    assert_eq!(column["statuses"][1]["key"], "closed");
    assert_eq!(
        column["self"],
        format!("http://tracker.test/v3/boards/{id}/columns/{}", column["id"])
    );
    assert_eq!(get(&f, f.ann, &board["id"]).expect("a board")["version"], 2);
    assert_eq!(column_names(&f, &board["id"]), ["Open", "Picked"]);
    let change = |json: Value, version: i64| {
        let request =
            UpdateColumn::new(&*id, column["id"].to_string(), members(json)).version(version);
        f.write(f.bob, move |cx| columns::update(cx, &request)).map(body)
    };
    let changed = change(json!({"limit": 5, "statuses": ["closed"]}), 2).expect("changed");
    assert_eq!(
        (&changed["limit"], changed["statuses"].as_array().map(Vec::len)),
        (&json!(5), Some(1))
    );
    assert_eq!(change(json!({"limit": null}), 3).expect("no limit").get("limit"), None);
    let bare = UpdateColumn::new(&*id, column["id"].to_string(), members(json!({"limit": 6})));
    f.write(f.bob, move |cx| columns::update(cx, &bare)).expect("v3 needs no version");
    let request = DeleteColumn::new(&*id, column["id"].to_string());
    let again = request.clone();
    f.write(f.bob, move |cx| columns::delete(cx, &request)).expect("deleted");
    assert_eq!(column_names(&f, &board["id"]), ["Open"]);
    let gone = f.write(f.bob, move |cx| columns::delete(cx, &again));
    assert_eq!(gone.expect_err("gone").status(), 404);
}

#[test]
fn every_column_has_a_number_of_its_own() {
    let f = Fixture::new();
    let board = classic(&f, f.ann, json!({"name": "B", "defaultQueue": "DEV"})).expect("a board");
    let numbers = |board: &Value| -> Vec<i64> {
        let columns = board["columns"].as_array().expect("columns").iter();
        columns
            .map(|c| c["id"].as_str().and_then(|id| id.parse().ok()).expect("a number"))
            .collect()
    };
    assert_eq!(numbers(&board), [1, 2, 3, 4]);
    let patch = json!({"columns": [{"id": "1", "name": "Kept"}, {"name": "New"}]});
    let changed = update(&f, f.ann, &board["id"], patch).expect("changed");
    assert_eq!(numbers(&changed), [1, 5], "a number that just went is not given again");
}

#[test]
fn a_patch_keeps_columns_by_id_and_drops_missing_ones() {
    let f = Fixture::new();
    let new = json!({"name": "B", "columns": [{"name": "A", "statuses": ["open"]}, {"name": "B"}]});
    let board = live(&f, f.ann, new).expect("a board");
    let first = board["columns"][0]["id"].clone();
    let patch = json!({"columns": [{"name": "New"}, {"id": first, "name": "Kept"}], "name": "C"});
    let changed = update(&f, f.bob, &board["id"], patch.clone()).expect("changed");
    assert_eq!(changed["columns"][1]["id"], first);
    assert_eq!(column_names(&f, &board["id"]), ["New", "Kept"]);
    assert_eq!(changed["version"], 2);
    let same = update(&f, f.bob, &board["id"], json!({"name": "C"})).expect("the same");
    assert_eq!(same["version"], 2);
    let request = UpdateBoard::new(board["id"].to_string(), members(patch));
    let old = f.write(f.bob, move |cx| {
        cx.view.version = ApiVersion::V2;
        ops::update(cx, &request)
    });
    assert_eq!(old.expect_err("v2 wants a version").status(), 428);
}

#[test]
fn a_private_board_is_its_owners() {
    let f = Fixture::new();
    let new = json!({"name": "Mine", "boardPermissionsTemplate": "private"});
    let board = live(&f, f.ann, new).expect("a board");
    assert_eq!(get(&f, f.bob, &board["id"]).expect_err("private").status(), 403);
    assert!(get(&f, f.boss, &board["id"]).is_ok());
    let list = f.read(f.bob, |cx| ops::list(cx, &ListBoards::new())).map(body);
    assert_eq!(list.expect("a list"), json!([]));
    assert_eq!(
        live(&f, f.guest, json!({"name": "x"})).err().map(|e| e.status()),
        None,
        "the scope decides"
    );
}

#[test]
fn pages_of_boards_go_by_id() {
    let f = Fixture::new();
    let ids: Vec<Value> = (0..3)
        .map(|n| live(&f, f.ann, json!({"name": format!("B{n}")})).expect("a board")["id"].clone())
        .collect();
    let page = |r: ListBoardsPage| {
        let page = f.read(f.bob, |cx| ops::list_page(cx, &r)).map(body).expect("a page");
        let all = page.as_array().cloned().unwrap_or_default();
        all.into_iter().map(|b| b["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(page(ListBoardsPage::new().per_page(2)), ids[..2]);
    assert_eq!(page(ListBoardsPage::new().per_page(2).id(ids[1].to_string())), ids[2..]);
    let wrong = f.read(f.bob, |cx| ops::list_page(cx, &ListBoardsPage::new().id("x")));
    assert_eq!(wrong.expect_err("no id").status(), 400);
}

#[test]
fn issues_are_put_on_boards_by_hand_and_by_filters() {
    let f = Fixture::new();
    let by_hand = live(&f, f.ann, json!({"name": "Hand"})).expect("a board")["id"].clone();
    let filters = json!({
        "addFilter": {"liveFilter": {"fieldValues": {
            "queue": [{"fixed": "DEV"}], "type": [{"fixed": "bug"}, {"fixed": {"key": "story"}}],
            "assignee": [{"macro": "notEmpty()"}], "tags": [{"fixed": "skip", "invert": true}],
        }}},
        "removeFilter": {"statuses": ["closed"], "maxTimeInToRemoveState": "P1W"},
    });
    let auto = live(&f, f.ann, json!({"name": "Auto", "autoFilters": filters})).expect("a board");
    let settings = &auto["autoFilterSettings"];
    let fields = settings["addFilterSettings"]["liveFilter"]["fieldValues"].as_array();
    assert_eq!(fields.map(Vec::len), Some(4));
    let status = &settings["removeFilterSettings"]["statuses"][0];
    assert_eq!(status["key"], "closed");
    assert!(status["version"].is_i64() && status["name"].is_string(), "a whole status: {status}");
    assert_eq!(settings["removeFilterSettings"]["maxTimeInToRemoveState"], "P1W");

    let key =
        f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "type": "bug", "assignee": "bob"}));
    assert_eq!(boards_of(&f, &key), json!([{"id": auto["id"], "name": "Auto"}]));
    for other in [
        json!({"queue": "DEV", "summary": "s", "type": "bug"}),
        json!({"queue": "DEV", "summary": "s", "type": "task", "assignee": "bob"}),
        json!({"queue": "HELP", "summary": "s", "assignee": "bob"}),
        json!({"queue": "DEV", "summary": "s", "type": "bug", "assignee": "bob", "tags": ["Skip"]}),
    ] {
        let key = f.issue(f.ann, other.clone());
        assert_eq!(boards_of(&f, &key), Value::Null, "{other}");
    }
    edit(&f, &key, json!({"boards": [by_hand]}));
    assert_eq!(boards_of(&f, &key), json!([{"id": by_hand, "name": "Hand"}]));
    edit(&f, &key, json!({"summary": "t"}));
    assert_eq!(boards_of(&f, &key), json!([{"id": by_hand, "name": "Hand"}]), "not put back");
}

#[test]
fn a_filter_takes_issues_off_after_their_time() {
    let f = Fixture::new();
    let filters = json!({"removeFilter": {"statuses": ["open"], "maxTimeInToRemoveState": "P1W"}});
    let board = live(&f, f.ann, json!({"name": "B", "autoFilters": filters})).expect("a board");
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "boards": [board["id"]]}));
    assert_eq!(boards_of(&f, &key)[0]["id"], board["id"]);
    let request = UpdateIssue::new(&*key, members(json!({"summary": "t"})));
    f.write_at(f.ann, NOW + 7 * DAY_MS, move |cx| {
        crate::issue::ops::update(cx, &request).map(drop)
    })
    .expect("an edit");
    assert_eq!(boards_of(&f, &key), Value::Null);
}

#[test]
fn only_the_owner_deletes_a_board_and_issues_forget_it() {
    let f = Fixture::new();
    let board = live(&f, f.ann, json!({"name": "B"})).expect("a board");
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "boards": [board["id"]]}));
    let delete = |uid| {
        let request = DeleteBoard::new(board["id"].to_string());
        f.write(uid, move |cx| ops::delete(cx, &request)).map(drop)
    };
    assert_eq!(delete(f.bob).expect_err("not the owner").status(), 403);
    delete(f.ann).expect("deleted");
    assert_eq!(get(&f, f.ann, &board["id"]).expect_err("gone").status(), 404);
    assert_eq!(boards_of(&f, &key), Value::Null);
    assert_eq!(f.json(f.ann, &key)["version"], 2);
}

/// Nobody touches a closed issue again; a job takes it off.
#[test]
fn time_takes_issues_off_a_board() {
    const HOUR: i64 = 3_600_000;
    let f = Fixture::new();
    let work = |now: i64| {
        for job in f.tracker.claim_jobs(Lane::Inner, "test", now, 10).expect("claims") {
            f.tracker.run_job(&job, now).expect("done");
        }
    };
    let filters = json!({"removeFilter": {"statuses": ["open"], "maxTimeInToRemoveState": "PT3H"}});
    let board = live(&f, f.ann, json!({"name": "B", "autoFilters": filters})).expect("a board");
    work(NOW);
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "boards": [board["id"]]}));
    work(NOW + HOUR);
    work(NOW + 3 * HOUR - 1);
    assert_eq!(boards_of(&f, &key)[0]["id"], board["id"]);
    work(NOW + 3 * HOUR);
    assert_eq!(boards_of(&f, &key), Value::Null);
    // A filter without a time clears the board when it is made.
    let other = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "boards": [board["id"]]}));
    let filters = json!({"autoFilters": {"removeFilter": {"statuses": ["open"]}}});
    update(&f, f.ann, &board["id"], filters).expect("a board");
    assert_eq!(boards_of(&f, &other)[0]["id"], board["id"], "not yet");
    work(NOW);
    assert_eq!(boards_of(&f, &other), Value::Null);
    assert_eq!(f.json(f.ann, &other)["version"], 2);
}

#[test]
fn a_full_board_takes_no_more_issues() {
    let f = Fixture::new();
    let filters = json!({"addFilter": {"liveFilter": {"fieldValues": {
        "tags": [{"fixed": "auto"}]}}}});
    let board = live(&f, f.ann, json!({"name": "B", "autoFilters": filters})).expect("a board");
    let on_it = members(json!({"queue": "DEV", "summary": "s", "boards": [board["id"]]}));
    f.write(f.ann, move |cx| {
        (0..2000).try_for_each(|_| crate::issue::ops::create_from(cx, &on_it).map(drop))
    })
    .expect("a full board");
    let more = json!({"queue": "DEV", "summary": "s", "boards": [board["id"]]});
    assert_eq!(f.try_issue(f.ann, more).expect_err("full").status(), 422);
    let key = f.issue(f.ann, json!({"queue": "DEV", "summary": "s", "tags": ["auto"]}));
    assert_eq!(boards_of(&f, &key), Value::Null, "the filter passes the board by");
}
