//! Projects, portfolios, goals and dashboards over the wire; every answer is held against the
//! contract.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trackway_tests::{Client, Options, Server, on_each_engine};

/// How long to wait for work in the background; far more than it takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn create(client: &Client, kind: &str, fields: &Value) -> Value {
    let body = json!({"fields": fields});
    client.post(&format!("/entities/{kind}")).json(&body).send().expect(201).json()
}

fn upload(client: &Client, name: &str) -> Value {
    let form = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\nabc\r\n--b--\r\n"
    );
    let request = client.post("/attachments").body("multipart/form-data; boundary=b", form);
    request.send().expect(201).json()["id"].clone()
}

#[test]
fn entities_live_their_life() {
    on_each_engine(|server| {
        for version in ["v2", "v3"] {
            let client = server.client().with_version(version);
            let portfolio = create(&client, "portfolio", &json!({"summary": "All"}));
            let me = client.get("/myself").send().expect(200).json()["uid"].clone();
            let fields = json!({"summary": "Press", "lead": me, "tags": ["a"], "start": "2031-03-01",
                "parentEntity": {"primary": portfolio["id"]}, "queues": "DEV", "teamAccess": false});
            let project = create(&client, "project", &fields);
            let path = format!("/entities/project/{}", text(&project["id"]));
            assert_eq!(client.get(text(&project["self"])).send().expect(200).json(), project);
            let all = "summary,description,markupType,author,lead,teamUsers,clients,followers,start,\
                end,quarter,tags,parentEntity,teamAccess,entityStatus,issueQueues,checklistItems,\
                metricItems,keyResultItems,progressPercentage,lastCommentUpdatedAt,\
                linkedGoalsCount,linkedProjectsCount";
            let full = client.get(&format!("{path}?fields={all}&expand=all")).send().expect(200);
            assert_eq!(full.json()["fields"]["summary"], "Press");
            client.get(&format!("{path}?fields=nosuch")).send().expect(422);
            let body = json!({"fields": {"entityStatus": "in_progress"}, "comment": "Go"});
            let changed = client.patch(&path).json(&body).send().expect(200).json();
            assert_eq!(changed["version"], 2);
            client.patch(&path).header("If-Match", "\"1\"").json(&body).send().expect(412);
            let wanted = json!({"filter": {"entityStatus": "in_progress"}, "orderBy": "createdAt"});
            let found =
                client.post("/entities/project/_search?fields=summary").json(&wanted).send();
            assert!(found.expect(200).json()["hits"].as_u64().expect("a number") > 0);
            client.get(&format!("{path}/events/_relative?perPage=1")).send().expect(200);
            let goal = create(
                &client,
                "goal",
                &json!({"summary": "Goal", "keyResultItems":
                [{"text": "k", "type": "binary", "achieved": false}]}),
            );
            let links = format!("{path}/links");
            let link = json!({"relationship": "works towards", "entity": goal["shortId"]});
            assert!(client.post(&links).json(&link).send().expect(200).body.is_empty());
            client.post(&links).json(&link).send().expect(422);
            let listed =
                client.get(&format!("{links}?fields=id,summary")).send().expect(200).json();
            assert_eq!(listed[0]["linkFieldValues"]["id"], goal["id"]);
            client.delete(&format!("{links}?right={}", goal["shortId"])).send().expect(200);
            client.delete(&format!("{links}?right={}", goal["shortId"])).send().expect(404);
            client.delete(&path).send().expect(204);
            client.get(&path).send().expect(404);
        }
    });
}

#[test]
fn parts_of_entities_are_served() {
    let server = Server::start(&Options::default());
    let client = server.client();
    let project = create(&client, "project", &json!({"summary": "Parts"}));
    let path = format!("/entities/project/{}", text(&project["id"]));

    let items = format!("{path}/checklistItems?fields=checklistItems");
    let item = json!([{"text": "a", "deadline": {"date": "2031-09-10T00:00:00.000+0000"}},
        {"text": "b"}]);
    let made = client.post(&items).json(&item).send().expect(200).json();
    let ids: Vec<String> = made["fields"]["checklistItems"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| text(&item["id"]).to_owned())
        .collect();
    let one = format!("{path}/checklistItems/{}", ids[1]);
    let before = json!({"before": ids[0]});
    client.post(&format!("{one}/_move")).json(&before).send().expect(200);
    client.patch(&one).json(&json!({"checked": true})).send().expect(200);
    client.patch(&items).json(&json!([{"id": ids[0], "text": "x"}])).send().expect(422);
    let all = json!([{"id": ids[0], "text": "x"}, {"id": ids[1], "text": "y"}]);
    client.patch(&items).json(&all).send().expect(200);
    client.delete(&one).send().expect(200);
    client.delete(&items).send().expect(200);

    let file = upload(&client, "one.txt");
    let files = format!("{path}/attachments");
    let with = client.post(&format!("{files}/{}?expand=attachments", text(&file))).send();
    assert_eq!(with.expect(200).json()["attachments"][0]["name"], "one.txt");
    let listed = client.get(&files).send().expect(200).json();
    assert_eq!(client.get(text(&listed[0]["content"])).send().expect(200).body, b"abc");
    client.get(text(&listed[0]["self"])).send().expect(200);
    client.get(&format!("{files}/{}", text(&file))).send().expect(200);
    client.delete(&format!("{files}/{}", text(&file))).send().expect(204);

    let comments = format!("{path}/comments");
    let body = json!({"text": "Hi", "attachmentIds": [upload(&client, "two.txt")]});
    let comment = client.post(&format!("{comments}?expand=all")).json(&body).send().expect(201);
    let comment = comment.json();
    assert_eq!(comment["attachments"][0]["display"], "two.txt");
    client.get(text(&comment["self"])).send().expect(200);
    client.get(&comments).send().expect(200);
    client.get(&format!("{comments}/_relative?perPage=1&expand=html")).send().expect(200);
    client.get(&format!("{comments}/_relative?from=1&selected=1")).send().expect(400);
    client.patch(text(&comment["self"])).json(&json!({"text": "Ho"})).send().expect(200);
    let reaction = format!("{}/reactions/LIKE", text(&comment["self"]));
    let liked = client.post(&reaction).send().expect(200).json();
    assert_eq!(
        (&liked["reactionsCount"]["like"], &liked["ownReactions"]),
        (&1.into(), &json!(["like"]))
    );
    let shown = client.get(&format!("{comments}?expand=reactions")).send().expect(200).json();
    assert!(shown[0]["usersReacted"]["like"][0]["id"].is_string(), "{shown}");
    assert!(client.delete(&reaction).send().expect(200).json().get("reactionsCount").is_none());
    client.post(&format!("{}/reactions/odd", text(&comment["self"]))).send().expect(404);
    client.delete(text(&comment["self"])).send().expect(204);

    let access = format!("{path}/extendedPermissions");
    let grant = json!({"acl": {"grant": {"READ": {"roles": "FOLLOWER"}}}, "permissionSources": []});
    client.patch(&access).json(&grant).send().expect(200);
    client.get(&access).send().expect(200);
    let own = format!("{path}/permissions");
    let revoke = json!({"revoke": {"READ": {"roles": ["FOLLOWER"]}}});
    let acl = client.patch(&own).json(&revoke).send().expect(200).json();
    assert_eq!(acl, client.get(&own).send().expect(200).json());
    client.patch(&own).json(&json!({"permissionSources": []})).send().expect(400);

    let import = json!({"summary": "Old", "createdAt": "2024-01-01T00:00:00"});
    let old = client.post("/entities/goal/_import").json(&import).send().expect(201).json();
    assert_eq!(old["createdAt"], "2024-01-01T00:00:00.000+0000");
    let bulk = json!({"metaEntities": [project["id"], "999999"],
        "values": {"fields": {"entityStatus": "postponed"}}});
    let bulk = client.post("/entities/project/bulkchange/_update").json(&bulk);
    let bulk = text(&bulk.send().expect(200).json()["self"]).to_owned();
    let deadline = Instant::now() + PATIENCE;
    while client.get(&bulk).send().expect(200).json()["status"] != "COMPLETE" {
        assert!(Instant::now() < deadline, "in vain: the end of the bulk change");
        thread::sleep(Duration::from_millis(20));
    }
    let failed = client.get(&format!("{bulk}/issues")).send().expect(200).json();
    assert_eq!(failed[0]["issue"]["key"], "999999", "{failed}");
    assert!(text(&failed[0]["issue"]["self"]).ends_with("/entities/project/999999"), "{failed}");

    let report = json!({"fields": {"summary": "List", "parameters": {"type": "issueFilterExport",
        "format": "csv", "filter": {"query": "Queue: DEV"}}}});
    let report = client.post("/entities/report").json(&report).send().expect(201).json();
    client.get(text(&report["self"])).send().expect(200);
    let file = format!("{}/file", text(&report["self"]));
    let csv = client.get(&file).send().expect(200).text();
    assert!(csv.starts_with("\u{feff}") && csv.contains("DEV-"), "{csv}");
    let wanted = json!({"filter": {"shortId": report["shortId"]}});
    let found = client.post("/entities/report/_search").json(&wanted).send().expect(200).json();
    assert_eq!(found["hits"], 1);
    for (format, start) in [("xlsx", &b"PK"[..]), ("xml", b"<?xml")] {
        let filter =
            json!({"filter": {"queue": "DEV"}, "sorts": [{"orderBy": "key", "orderAsc": false}]});
        let report = json!({"fields": {"summary": "List", "parameters": {"type": "issueFilterExport",
            "format": format, "filter": filter, "fields": ["key", "tags", "created"]}}});
        let report = client.post("/entities/report").json(&report).send().expect(201).json();
        let file = client.get(&format!("{}/file", text(&report["self"]))).send().expect(200);
        assert!(file.body.starts_with(start), "{format}");
    }
    client.get("/entities/report/999999/file").send().expect(404);
}

#[test]
fn projects_have_their_old_form() {
    on_each_engine(|server| {
        for version in ["v2", "v3"] {
            let client = server.client().with_version(version);
            let body = json!({"name": "Cider", "queues": "DEV", "status": "DRAFT"});
            let made = client.post("/projects").json(&body).send().expect(201).json();
            let path = format!("/projects/{}", text(&made["id"]));
            assert_eq!(client.get(text(&made["self"])).send().expect(200).json(), made);
            client.get("/projects?expand=queues").send().expect(200);
            client.put(&path).json(&json!({"queues": "DEV"})).send().expect(428);
            let put = client.put(&format!("{path}?version=1"));
            put.json(&json!({"queues": ["DEV"], "name": "Press"})).send().expect(200);
            client.patch(&path).json(&json!({"endDate": "2031-01-01"})).send().expect(200);
            let body = json!({"queue": "DEV", "summary": "s", "project": made["id"]});
            let issue = client.post("/issues").json(&body).send().expect(201).json();
            let shown = &issue["project"];
            let main = if version == "v2" { shown } else { &shown["primary"] };
            assert_eq!(main["id"], made["id"]);
            let key = text(&issue["key"]);
            client.get(&format!("/issues/{key}/changelog")).send().expect(200);
            let found =
                client.post("/issues/_search").json(&json!({"filter": {"project": made["id"]}}));
            assert_eq!(found.send().expect(200).json()[0]["key"], issue["key"]);
            client.get(&format!("{path}/queues")).send().expect(200);
            client.get("/queues/DEV/projects").send().expect(200);
            for part in ["permissions", "permissions/write", "access", "access/grant"] {
                client.get(&format!("{path}/{part}")).send().expect(200);
            }
            client.get(&format!("{path}/access/nosuch")).send().expect(404);
            client.delete(&path).send().expect(204);
            let issue = client.get(&format!("/issues/{key}")).send().expect(200).json();
            assert!(issue.get("project").is_none());
        }
    });
}

#[test]
fn dashboards_are_served() {
    let server = Server::start(&Options::default());
    let client = server.client();
    let made =
        client.post("/dashboards").json(&json!({"name": "Harvest"})).send().expect(201).json();
    let path = format!("/dashboards/{}", made["id"]);
    client.get(text(&made["self"])).send().expect(200);
    client.post("/dashboards/_search").json(&json!({})).send().expect(200);
    let widgets = format!("{path}/widgets");
    let widget = json!({"type": "filter", "filterParams": {"query": "Queue: DEV"}});
    let widget = client.post(&widgets).json(&widget).send().expect(201).json();
    let time = json!({"description": "Time", "fromStatuses": [{"key": "open"}]});
    client.post(&format!("{widgets}/cycleTime")).json(&time).send().expect(201);
    client.post(&format!("{widgets}/_import")).json(&json!({"type": "filter"})).send().expect(201);
    client.get(text(&widget["self"])).send().expect(200);
    let change = json!({"description": "Mine"});
    client.patch(text(&widget["self"])).json(&change).send().expect(428);
    client.patch(&format!("/widgets/{}?version=1", widget["id"])).json(&change).send().expect(200);
    let place = json!({"widgets": {"add": [{"id": widget["id"], "column": 1}]}});
    client.patch(&format!("{path}?version=1")).json(&place).send().expect(200);
    client.delete(&path).send().expect(204);
    client.get(&path).send().expect(404);
}
