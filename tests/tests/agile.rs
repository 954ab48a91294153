//! Saved filters, boards, columns, sprints, the directory and templates over HTTP, in both versions
//! of the API. The harness holds every answer against the contract.

use serde_json::{Value, json};
use trackway_tests::{Client, on_each_engine};

fn id(json: &Value) -> String {
    json["id"].to_string()
}

fn filters(client: &Client) {
    let new = json!({"name": "Mine", "query": "Queue: DEV", "fields": ["key", "summary"],
        "sorts": [{"field": "updated", "isAscending": false}], "groupBy": "assignee", "folder": 1});
    let filter = client.post("/filters").json(&new).send().expect(201).json();
    let path = format!("/filters/{}", id(&filter));
    assert_eq!(client.get(&path).send().expect(200).json(), filter);
    let patch = json!({"filter": {"queue": "DEV"}, "permissions": {"READ": {"groups": [0]}}});
    let changed = client.patch(&path).json(&patch).send().expect(200).json();
    assert_eq!(changed.get("query"), None);
    let list = client.get("/filters/?perPage=100").send().expect(200).json();
    assert!(list.as_array().expect("a list").iter().any(|f| f["id"] == filter["id"]));
    client.post("/filters").json(&json!({"name": "x"})).send().expect(400);
    client.patch(&path).json(&json!({"fields": 5})).send().expect(422);
    client.delete(&path).send().expect(204);
    client.get(&path).send().expect(404);
    client.get("/filters/nosuch").send().expect(404);
}

fn boards(client: &Client, made: u16) -> Value {
    let new = json!({"name": "Orchard", "defaultQueue": {"key": "DEV"}, "boardType": "scrum",
        "filter": {"queue": ["DEV"]}, "orderBy": "updated", "country": {"id": 643},
        "calendar": {"id": 2}});
    let board = client.post("/boards/").json(&new).send().expect(made).json();
    let path = format!("/boards/{}", id(&board));
    assert_eq!(client.get(&path).send().expect(200).json(), board);
    client.get("/boards").send().expect(200);
    client.get("/boards/_paginate?perPage=1").send().expect(200);
    let after = format!("/boards/_paginate?id={}", id(&board));
    client.get(&after).send().expect(200);

    let column = json!({"name": "Picked", "statuses": [], "limit": 4});
    let columns = format!("{path}/columns");
    let tag = |version: &Value| format!("\"{version}\"");
    let column = if client.version() == "v2" {
        client.post(&columns).json(&column).send().expect(428);
        let create = client.post(&columns).header("If-Match", tag(&board["version"]));
        create.json(&column).send().expect(made).json()
    } else {
        // v3 makes columns without a version, as its published clients do.
        client.post(&columns).json(&column).send().expect(made).json()
    };
    let column_path = format!("{columns}/{}", id(&column));
    assert_eq!(client.get(&column_path).send().expect(200).json(), column);
    let stale = client.patch(&column_path).header("If-Match", tag(&board["version"]));
    stale.json(&json!({"name": "x"})).send().expect(412);
    let version = client.get(&path).send().expect(200).json()["version"].clone();
    let change = client.patch(&column_path).header("If-Match", tag(&version));
    change.json(&json!({"name": "Chosen", "limit": null})).send().expect(200);
    assert!(client.get(&columns).send().expect(200).json().as_array().is_some_and(|c| c.len() > 1));
    client.delete(&column_path).send().expect(204);
    client.get(&column_path).send().expect(404);

    let version = client.get(&path).send().expect(200).json()["version"].clone();
    let rename = client.patch(&path).header("If-Match", tag(&version));
    rename.json(&json!({"name": "Garden"})).send().expect(200);
    client.patch(&path).header("If-Match", "\"1\"").json(&json!({"name": "x"})).send().expect(412);
    client.get("/boards/999999999").send().expect(404);
    ranks(client, &path);
    board
}

fn ranks(client: &Client, board: &str) {
    let (put, list) = (format!("{board}/_rank"), format!("{board}/ranks"));
    client.get(&list).send().expect(422);
    let version = client.get(board).send().expect(200).json()["version"].clone();
    let change = client.patch(board).header("If-Match", format!("\"{version}\""));
    change.json(&json!({"useRanking": true})).send().expect(200);
    let order = || -> Vec<Value> {
        let ranks = client.get(&list).send().expect(200).json();
        let ranks = ranks.as_array().expect("a list").iter();
        ranks.map(|rank| rank["issue"]["key"].clone()).collect()
    };
    let before = order();
    let (first, last) = (&before[0], before.last().expect("issues"));
    client.post(&put).json(&json!({"issue": last, "before": first})).send().expect(204);
    assert_eq!((&order()[0], &order()[1]), (last, first));
    client.post(&put).json(&json!({"issue": first, "before": last})).send().expect(204);
    client.post(&put).json(&json!({"issue": first})).send().expect(422);
    client.post(&put).json(&json!({"issue": first, "after": "DEV-999999"})).send().expect(422);
    client.post("/boards/999999999/_rank").json(&json!({"issue": first})).send().expect(404);
}

fn sprints(client: &Client, board: &Value, made: u16) {
    let new = json!({"name": "Week 35", "board": {"id": id(board)}, "startDate": "2031-08-25",
        "endDate": "2031-08-31"});
    let sprint = client.post("/sprints").json(&new).send().expect(made).json();
    let path = format!("/sprints/{}", id(&sprint));
    assert_eq!(client.get(&path).send().expect(200).json(), sprint);
    client.get("/sprints?perPage=10").send().expect(200);
    let of_board = client.get(&format!("/boards/{}/sprints/", id(board))).send().expect(200).json();
    assert_eq!(of_board, json!([sprint]));

    let issue = json!({"queue": "DEV", "summary": "Planned", "sprint": [sprint["id"]]});
    let issue = client.post("/issues").json(&issue).send().expect(201).json();
    assert_eq!(issue["sprint"][0]["display"], "Week 35");
    assert_eq!(issue["boards"][0]["id"], board["id"]);

    let start = client.post(&format!("{path}/_start")).header("If-Match", "\"1\"");
    assert_eq!(start.json(&json!({})).send().expect(200).json()["status"], "in_progress");
    let change = client.patch(&format!("{path}?version=2"));
    change.json(&json!({"endDate": "2031-09-01"})).send().expect(200);
    let finish = client.post(&format!("{path}/_finish")).json(&json!({}));
    assert_eq!(finish.send().expect(200).json()["status"], "released");
    client.post(&format!("{path}/_finish")).send().expect(409);
    let archive = client.post(&format!("{path}/_archive")).header("If-Match", "\"4\"");
    assert_eq!(archive.send().expect(200).json()["archived"], true);
    client.post(&format!("{path}/_start?version=5")).send().expect(409);
    client.delete(&path).send().expect(204);
    client.get(&path).send().expect(404);
    let key = issue["key"].as_str().expect("a key");
    assert_eq!(client.get(&format!("/issues/{key}")).send().expect(200).json().get("sprint"), None);
}

fn directory(client: &Client) {
    for collection in [
        "groups",
        "departments",
        "roles",
        "countries",
        "maillists",
        "translations",
        "issueTemplates",
        "commentTemplates",
    ] {
        let list = client.get(&format!("/{collection}?perPage=5")).send().expect(200).json();
        for object in list.as_array().expect("a list") {
            let own = object["self"].as_str().expect("an address");
            assert_eq!(client.get(own).send().expect(200).json()["id"], object["id"]);
        }
        client.get(&format!("/{collection}/nosuch")).send().expect(404);
    }
    client.get("/queues/DEV/issueTemplates").send().expect(200);
    client.get("/queues/DEV/commentTemplates").send().expect(200);
    let me = client.get("/myself").send().expect(200).json();
    client.get(&format!("/users/{}/settings", me["uid"])).send().expect(200);
}

#[test]
fn agile_and_directory_keep_to_the_contract() {
    on_each_engine(|server| {
        for (version, made) in [("v2", 200), ("v3", 201)] {
            let client = server.client().with_version(version);
            filters(&client);
            let board = boards(&client, made);
            sprints(&client, &board, made);
            client.delete(&format!("/boards/{}", id(&board))).send().expect(204);
            directory(&client);
        }
        let live = json!({"name": "Live", "sprintsAvailable": true, "backlogAvailable": true,
        "boardPermissionsTemplate": "private",
        "columns": [{"name": "To do", "statuses": ["open"], "limit": 8}],
        "backlogColumns": [{"name": "Later"}],
        "autoFilters": {
            "addFilter": {"liveFilter": {"fieldValues": {
                "queue": [{"fixed": "DEV"}], "statusType": [{"fixed": "new"}],
                "assignee": [{"macro": "empty()"}]}}, "enabled": true},
            "removeFilter": {"statuses": ["closed"], "checkResolutionPresence": true,
                "maxTimeInToRemoveState": "P3W", "enabled": true},
        }});
        let client = server.client();
        let board = client.post("/liveBoards").json(&live).send().expect(201).json();
        assert!(board["self"].as_str().is_some_and(|own| own.contains("/v3/boards/")));
        client
            .patch(&format!("/boards/{}", id(&board)))
            .json(&json!({"name": "x"}))
            .send()
            .expect(200);
        client.delete(&format!("/boards/{}", id(&board))).send().expect(204);
    });
}
