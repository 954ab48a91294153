//! Administration over HTTP: queues, fields, workflows, permissions, the audit log. Every answer is
//! held against the contract by the harness, in both versions of the API.

use serde_json::{Value, json};
use trackway_tests::{Client, on_each_engine};

fn text(json: &Value, member: &str) -> String {
    json[member].as_str().unwrap_or_else(|| panic!("{member} in {json}")).to_owned()
}

#[test]
fn everything_of_a_queue_is_administered() {
    on_each_engine(|server| {
        let client = server.client();
        life(&client, "PLUM");
        life(&client.with_version("v2"), "PEAR");
    });
}

fn life(client: &Client, key: &str) {
    let at = |path: &str| format!("/queues/{key}{path}");
    let v2 = client.get("/myself").send().expect(200).text().contains("/v2/");
    let made = if v2 { 200 } else { 201 };
    let new = json!({"key": key, "name": key, "preset": "developmentPresetWorkflow"});
    client.post("/queues").json(&new).send().expect(201);
    let patch = json!({"description": "Trees", "teamUsers": {"add": []}, "denyVoting": true});
    client.patch(&at("?expand=all")).json(&patch).send().expect(200);
    client.delete(&at("")).send().expect(204);
    client.get(&at("")).send().expect(404);
    client.post(&at("/_restore")).send().expect(200);

    fields(client, &at, key, made);
    components(client, &at, key);
    workflow(client, key, made);
    rights(client, &at);
}

fn fields(client: &Client, at: &dyn Fn(&str) -> String, key: &str, made: u16) {
    let field = json!({"id": "ripeness", "name": {"ru": format!("Спелость {key}"), "en": format!("Ripeness {key}")},
        "category": "000000000000000000000003",
        "type": "ru.yandex.startrek.core.fields.StringFieldType",
        "optionsProvider": {"type": "FixedListOptionsProvider", "values": ["green", "ripe"]}});
    let made = client.post(&at("/localFields")).json(&field).send().expect(made).json();
    client.post(&at("/localFields")).json(&field).send().expect(422);
    client.get(&at("/localFields")).send().expect(200);
    client.get(&at("/localFields/ripeness")).send().expect(200);
    let id = text(&made, "id");
    client.get(&format!("/localFields/{id}")).send().expect(200);
    client.get("/localFields").send().expect(200);
    client.patch(&at("/localFields/ripeness")).json(&json!({"order": 3})).send().expect(200);
    let set = json!({"values": {&id: "green", "tags": ["new"]}, "appendFields": ["tags"]});
    let set = client.post(&at("/defaultValues")).json(&set).send().expect(201).json();
    let set = at(&format!("/defaultValues/{}", set["id"]));
    client.get(&at("/defaultValues")).send().expect(200);
    client.get(&set).send().expect(200);
    let issue = client.post("/issues").json(&json!({"queue": key, "summary": "s"})).send();
    assert_eq!(issue.expect(201).json()[&id], "green");
    client.patch(&set).json(&json!({"values": {}})).send().expect(200);
    client.delete(&set).send().expect(204);
}

fn components(client: &Client, at: &dyn Fn(&str) -> String, key: &str) {
    let component = client.post("/components").json(&json!({"queue": key, "name": "core"})).send();
    let id = component.json()["id"].to_string();
    let component = |path: &str| format!("/components/{id}{path}");
    let me = text(&client.get("/myself").send().expect(200).json(), "login");
    client.get(&component("/permissions")).send().expect(200);
    let rules = json!({"read": {"users": [me]}, "deny": {"roles": ["follower"]}});
    client.patch(&component("/permissions")).json(&rules).send().expect(200);
    for path in ["/permissions/read", "/permissions/groups/0", "/access", "/access/read"] {
        client.get(&component(path)).send().expect(200);
    }
    client.get(&component(&format!("/permissions/users/{me}"))).send().expect(200);
    client.delete(&component("/permissions")).send().expect(204);
    client.delete(&component("")).send().expect(204);
    client.delete(&component("")).send().expect(404);
    let version = client.post("/versions").json(&json!({"queue": key, "name": "1.0"})).send();
    let one = format!("/versions/{}", version.json()["id"]);
    let later = client.post("/versions").json(&json!({"queue": key, "name": "1.1"})).send().json();
    let patch = json!({"next": later["id"]});
    let changed = client.patch(&one).json(&patch).send().expect(200).json();
    assert_eq!(changed["next"]["display"], "1.1");
    client.patch(&one).json(&json!({"next": "nosuch"})).send().expect(422);
    let etag = client.get(&one).send().expect(200).header("ETag").expect("one").to_owned();
    client.get(&one).header("If-None-Match", &etag).send().expect(304);
    client.patch(&one).header("If-Match", &etag).json(&json!({"next": null})).send().expect(200);
    client.get(&one).header("If-None-Match", &etag).send().expect(200);
    client.delete(&one).send().expect(204);
    client.get(&at("/versions")).send().expect(200);
}

fn workflow(client: &Client, key: &str, made: u16) {
    let finish = json!({"id": "finish", "name": {"ru": "Закрыть", "en": "Close"}, "target": "closed",
        "screen": {"name": {"ru": "Итог", "en": "Outcome"},
            "elements": [{"field": "resolution", "required": true}, {"field": "comment"}]},
        "conditions": [{"type": "UserInGroupsCondition", "groups": [0]}],
        "functions": [{"type": "SetCurrentTimeFunction", "field": "end"}]});
    let drawing = json!({"name": "Short cycle", "queue": key, "type": "VISUAL",
        "initialAction": {"id": "new", "name": {"ru": "Создать", "en": "Create"}, "target": "open"},
        "steps": [{"status": "open", "actions": [finish]}, {"status": "closed"}]});
    let drawn = client.post("/workflows").json(&drawing).send().expect(made).json();
    let place = format!("/workflows/{}", text(&drawn, "id"));
    client.get(&place).send().expect(200);
    client.get("/workflows?perPage=100").send().expect(200);
    let patch = json!({"name": "Shorter cycle"});
    client.patch(&format!("{place}?version=1")).json(&patch).send().expect(200);
    client.patch(&format!("{place}?version=1")).json(&patch).send().expect(412);
    let action = json!({"name": {"ru": "Готово", "en": "Done"}, "target": "closed"});
    let path = format!("{place}/steps/open/actions/finish");
    client.patch(&path).json(&action).send().expect(200);
    client.patch(&format!("{path}?version=1")).json(&action).send().expect(409);
    let screens = client.get("/screens?perPage=100").send().expect(200).json();
    let screen = format!("/screens/{}", text(&screens[0], "id"));
    client.get(&screen).send().expect(200);
    let elements = client.get(&format!("{screen}/elements")).send().expect(200).json();
    let element = text(&elements[0]["field"], "id");
    client.get(&format!("{screen}/elements/{element}")).send().expect(200);
    client.delete(&place).send().expect(204);
    client.get(&place).send().expect(200);
}

fn rights(client: &Client, at: &dyn Fn(&str) -> String) {
    let me = text(&client.get("/myself").send().expect(200).json(), "login");
    client.get(&at(&format!("/permissions/users/{me}"))).send().expect(200);
    client.get(&at("/permissions/groups/0")).send().expect(200);
    client.get(&at("/permissions/groups/999999999")).send().expect(404);
}

#[test]
fn dictionaries_are_extended_and_the_log_tells_of_it() {
    on_each_engine(|server| {
        let client = server.client();
        for (collection, extra) in [
            ("statuses", json!({"type": "paused"})),
            ("issuetypes", json!({})),
            ("priorities", json!({"order": 9})),
            ("resolutions", json!({})),
        ] {
            let mut new = json!({"key": "novelty", "name": {"ru": "Новинка", "en": "Novelty"}});
            for (member, value) in extra.as_object().expect("an object") {
                new[member] = value.clone();
            }
            client.post(&format!("/{collection}")).json(&new).send().expect(201);
            client.post(&format!("/{collection}")).json(&new).send().expect(409);
            let place = format!("/{collection}/novelty");
            let patch = json!({"name": {"en": "Newness"}});
            client.patch(&format!("{place}?version=1")).json(&patch).send().expect(200);
            client.patch(&format!("{place}?version=1")).json(&patch).send().expect(412);
        }
        let log = client.get("/audit?type=status&perPage=1").send().expect(200).json();
        assert_eq!(log[0]["action"], "update");
        assert_eq!(log[0]["after"]["name"]["en"], "Newness");
        assert!(
            log[0]["source"]["address"].is_string() && log[0]["source"]["requestId"].is_string()
        );
    });
}
