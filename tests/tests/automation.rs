//! Bulk changes, jobs and automation over HTTP; every answer is held against the contract.

use std::time::Duration;

use serde_json::{Value, json};
use trackway_tests::{Client, Server, on_each_engine};

/// How long to wait for work in the background; far more than it takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks until the answer is as wanted.
fn eventually(what: &str, mut ask: impl FnMut() -> Option<Value>) -> Value {
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        if let Some(value) = ask() {
            return value;
        }
        assert!(std::time::Instant::now() < deadline, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn create(client: &Client, body: &Value) -> String {
    let issue = client.post("/issues").json(body).send().expect(201).json();
    issue["key"].as_str().expect("a key").to_owned()
}

fn queue(server: &Server) -> String {
    server.ready().text("queue").to_owned()
}

fn ended(client: &Client, bulk: &Value) -> Value {
    let path = bulk["self"].as_str().expect("a URL").to_owned();
    eventually("the end of a bulk change", || {
        let state = client.get(&path).send().expect(200).json();
        ["COMPLETE", "FAILED"].contains(&state["status"].as_str()?).then_some(state)
    })
}

#[test]
fn bulk_changes_over_http() {
    on_each_engine(|server| {
        let client = server.client();
        let queue = queue(server);
        let key = create(&client, &json!({"queue": queue, "summary": "bulk"}));
        for client in [client.clone(), client.clone().with_version("v2")] {
            let body = json!({"issues": [key, "NOSUCH-1"], "values": {"tags": ["bulk"]}});
            let bulk = client.post("/bulkchange/_update").json(&body).send().expect(201).json();
            let state = ended(&client, &bulk);
            assert_eq!(state["totalIssues"], 2);
            assert_eq!(state["totalCompletedIssues"], 1);
            let path = format!("{}/issues", bulk["self"].as_str().expect("a URL"));
            let failed = client.get(&path).send().expect(200).json();
            assert_eq!(failed[0]["issue"]["key"], "NOSUCH-1");
        }
        let open = client.get(&format!("/issues/{key}/transitions")).send().expect(200).json();
        let body = json!({"issues": format!("Key: {key}"), "transition": open[0]["id"]});
        let bulk = client.post("/bulkchange/_transition").json(&body).send().expect(201).json();
        assert_eq!(ended(&client, &bulk)["status"], "COMPLETE");
        let path = bulk["self"].as_str().expect("a URL");
        client.delete(path).send().expect(204);
        assert_eq!(client.get(path).send().expect(200).json()["status"], "COMPLETE");
        let wrong = json!({"issues": [key], "values": {"nosuch": 1}});
        client.post("/bulkchange/_update").json(&wrong).send().expect(422);
        client.post("/bulkchange/_update").json(&json!({"values": {}})).send().expect(422);
        client.post("/bulkchange/_transition").json(&json!({"issues": [key]})).send().expect(422);
        client.get("/bulkchange/000000000000000000000000").send().expect(404);
    });
}

#[test]
fn jobs_are_for_administrators() {
    on_each_engine(|server| {
        let client = server.client();
        assert!(client.get("/jobs?state=dead").send().expect(200).json().is_array());
        client.get("/jobs?state=odd").send().expect(400);
        client.post("/jobs/999999999/_retry").send().expect(404);
        client.delete("/jobs/x").send().expect(404);
        let (token, org) = (server.ready().text("userToken"), server.ready().text("orgId"));
        server.anonymous().with_login(token, org).get("/jobs").send().expect(403);
    });
}

#[test]
fn triggers_over_http() {
    on_each_engine(|server| {
        let client = server.client();
        let queue = queue(server);
        let path = format!("/queues/{queue}/triggers");
        let body = json!({
            "name": "Label what comes in",
            "conditions": [{"type": "Event.create"},
                {"type": "FieldEquals", "field": "tags", "value": ["trigger-me"]}],
            "actions": [{"type": "Update", "update": {"tags": {"add": ["triggered"]}}},
                {"type": "CreateComment", "text": "Hello, {{issue.author}}", "fromRobot": true}],
        });
        let made = client.post(&path).json(&body).send().expect(201).json();
        let url = made["self"].as_str().expect("a URL").to_owned();
        assert_eq!(client.get(&url).send().expect(200).json()["conditions"][0]["type"], "And");
        let v2 = client.clone().with_version("v2");
        let list = v2.get(&path).send().expect(200).json();
        let update = &list[0]["actions"][0]["update"];
        assert_eq!(update[0]["field"]["id"], "tags", "a list under v2: {update}");
        let key = create(&client, &json!({"queue": queue, "summary": "t", "tags": ["trigger-me"]}));
        let issue = eventually("the trigger's work", || {
            let issue = client.get(&format!("/issues/{key}")).send().expect(200).json();
            (issue["tags"].as_array()?.len() == 2).then_some(issue)
        });
        assert_eq!(issue["tags"], json!(["trigger-me", "triggered"]));
        let off_switch = json!({"active": false});
        client.patch(&url).json(&off_switch).send().expect(428);
        client.patch(&format!("{url}?version=9")).json(&off_switch).send().expect(409);
        client.patch(&url).header("If-Match", "\"9\"").json(&off_switch).send().expect(412);
        let off =
            client.patch(&url).header("If-Match", "\"1\"").json(&off_switch).send().expect(200);
        assert_eq!(off.json()["active"], false);
        client.post(&path).json(&body).send().expect(409);
        client.post(&path).json(&json!({"name": "n"})).send().expect(422);
        client.get(&format!("{url}/webhooks/log?limit=5")).send().expect(200);
        client.get(&format!("{url}/webhooks/log?from=soon")).send().expect(400);
        client.delete(&url).send().expect(204);
        client.get(&url).send().expect(404);
    });
}

#[test]
fn autoactions_and_macros_over_http() {
    on_each_engine(|server| {
        let client = server.client();
        let queue = queue(server);
        let path = format!("/queues/{queue}/autoactions");
        let body = json!({
            "name": "Nag", "query": "Status: open", "intervalMillis": 3_600_000,
            "actions": [{"type": "CreateComment", "text": "Still open"}],
        });
        let made = client.post(&path).json(&body).send().expect(201).json();
        let url = made["self"].as_str().expect("a URL").to_owned();
        assert_eq!(client.get(&path).send().expect(200).json()[0]["id"], made["id"]);
        client.patch(&url).json(&json!({"active": false})).send().expect(200);
        client.get(&url).send().expect(200);
        assert_eq!(client.get(&format!("{url}/logs")).send().expect(200).json(), json!([]));
        client.get(&format!("{url}/logs/1")).send().expect(404);
        client.post(&path).json(&json!({"name": "n"})).send().expect(422);
        client.delete(&url).send().expect(204);

        let path = format!("/queues/{queue}/macros");
        let body = json!({"name": "Close it", "body": "Done, {{currentUser}}",
            "issueUpdate": {"tags": {"add": ["done"]}}});
        let made = client.post(&path).json(&body).send().expect(201).json();
        let url = made["self"].as_str().expect("a URL").to_owned();
        let v2 = client.clone().with_version("v2");
        let listed = v2.get(&path).send().expect(200).json();
        assert_eq!(listed[0]["fieldChanges"][0]["field"]["id"], "tags");
        client.patch(&url).json(&json!({"body": {"unset": 1}})).send().expect(200);
        assert!(client.get(&url).send().expect(200).json().get("body").is_none());
        client.post(&path).json(&body).send().expect(409);
        client.delete(&url).send().expect(204);
    });
}

#[test]
fn recurring_issues_over_http() {
    on_each_engine(|server| {
        let client = server.client();
        let path = format!("/queues/{}/schedules", queue(server));
        let body = json!({"name": "Weekly report", "unit": "week", "weekdays": ["monday", "friday"],
            "timeZone": "Europe/Moscow", "start": "2030-01-01T09:00:00+03:00",
            "issues": [{"summary": "Report of {{currentDateTime.date}}", "tags": ["report"]}]});
        for client in [client.clone(), client.clone().with_version("v2")] {
            let made = client.post(&path).json(&body).send().expect(201).json();
            assert_eq!(made["nextRun"], "2030-01-04T06:00:00.000+0000");
            let url = made["self"].as_str().expect("a URL").to_owned();
            assert_eq!(client.get(&path).send().expect(200).json()[0]["id"], made["id"]);
            let patch = json!({"every": 2, "end": "2031-01-01"});
            assert_eq!(client.patch(&url).json(&patch).send().expect(200).json()["every"], 2);
            client.patch(&format!("{url}?version=1")).json(&patch).send().expect(409);
            client.patch(&url).json(&json!({"every": 0})).send().expect(422);
            client.get(&url).send().expect(200);
            client.delete(&url).send().expect(204);
            client.get(&url).send().expect(404);
        }
        client.post(&path).json(&json!({"name": "n"})).send().expect(422);
    });
}

#[test]
fn subscriptions_over_http() {
    on_each_engine(|server| {
        let client = server.client();
        let (token, org) = (server.ready().text("userToken"), server.ready().text("orgId"));
        let user = server.anonymous().with_login(token, org);
        let queue = queue(server);
        let body = json!({"type": "queue", "object": queue, "events": "created"});
        let made = user.post("/subscriptions").json(&body).send().expect(201).json();
        assert_eq!(user.get("/subscriptions").send().expect(200).json(), json!([made]));
        let key = create(&client, &json!({"queue": queue, "summary": "to subscribers"}));
        eventually("a notification", || {
            let list = user.get("/notifications").send().expect(200).json();
            let own = |notice: &&Value| notice["issue"]["key"] == *key;
            let notice = list.as_array()?.iter().find(own)?.clone();
            (notice["reason"] == "subscriber").then_some(notice)
        });
        let managed = format!("/subscriptions?type=queue&object={queue}");
        assert_eq!(client.get(&managed).send().expect(200).json(), json!([made]));
        user.get("/subscriptions?type=queue").send().expect(400);
        user.post("/subscriptions").json(&json!({"type": "odd", "object": 1})).send().expect(422);
        let url = made["self"].as_str().expect("a URL").to_owned();
        user.delete(&url).send().expect(204);
        user.delete(&url).send().expect(404);
    });
}

#[test]
fn notifications_webhooks_and_events_over_http() {
    on_each_engine(|server| {
        let client = server.client();
        let (token, org) = (server.ready().text("userToken"), server.ready().text("orgId"));
        let user = server.anonymous().with_login(token, org);
        let login = user.get("/myself").send().expect(200).json()["login"].clone();
        let queue = queue(server);
        let start = user.get("/events").send().expect(200).json()["lastEventId"].clone();
        let start = start.as_str().expect("a place");
        let key = create(&client, &json!({"queue": queue, "summary": "s", "followers": [login]}));

        let notice = eventually("a notification", || {
            let list = user.get("/notifications?unread=true").send().expect(200).json();
            list.as_array()?.iter().find(|notice| notice["issue"]["key"] == *key).cloned()
        });
        assert_eq!(notice["reason"], "follower");
        assert!(user.get("/notifications/_count").send().expect(200).json().as_i64() >= Some(1));
        let path = format!("/notifications/{}/_read", notice["id"]);
        user.post(&path).send().expect(204);
        client.post(&path).send().expect(404);
        user.post(&format!("/notifications/{}/_snooze", notice["id"]))
            .json(&json!({"until": "2099-01-01T00:00:00.000+0000"}))
            .send()
            .expect(204);
        let of = |path: &str| -> Vec<Value> {
            let list = user.get(path).send().expect(200).json();
            let all = list.as_array().expect("a list").iter();
            all.filter(|one| one["id"] == notice["id"]).cloned().collect()
        };
        assert!(of("/notifications").is_empty(), "it comes back in 2099");
        assert_eq!(
            of("/notifications?all=true")[0]["snoozedUntil"],
            "2099-01-01T00:00:00.000+0000"
        );
        let done = format!("/notifications/{}/_done", notice["id"]);
        user.post(&done).send().expect(204);
        client.post(&done).send().expect(404);
        assert!(of("/notifications").is_empty());
        assert_eq!(of("/notifications?all=true")[0]["done"], true);
        user.post(&format!("/issues/{key}/_mute")).send().expect(204);
        assert_eq!(user.get("/notifications/muted").send().expect(200).json()[0]["key"], key);
        user.post(&format!("/issues/{key}/_unmute")).send().expect(204);
        assert_eq!(user.get("/notifications/muted").send().expect(200).json(), json!([]));
        user.post("/notifications/_readAll").send().expect(204);
        assert_eq!(user.get("/notifications/_count").send().expect(200).json(), 0);

        // On PostgreSQL events of older transactions may come once more, those of the demo included.
        let event = eventually("the event", || {
            let path = format!("/events?lastEventId={start}");
            let page = user.get(&path).send().expect(200).json();
            page["events"].as_array()?.iter().find(|event| event["issue"]["key"] == *key).cloned()
        });
        assert_eq!(event["type"], "IssueCreated");
        user.get("/events?lastEventId=odd").send().expect(400);
        assert!(streamed(server, token, org, start, &key).contains("event: IssueCreated"));

        let hook = json!({"url": "https://example.org/hook", "queues": [queue], "active": false});
        let made = client.post("/webhooks").json(&hook).send().expect(201).json();
        assert!(made["secret"].is_string());
        let url = made["self"].as_str().expect("a URL").to_owned();
        assert!(client.get(&url).send().expect(200).json().get("secret").is_none());
        client.get("/webhooks").send().expect(200);
        client.patch(&url).json(&json!({"events": ["IssueCreated"]})).send().expect(200);
        client.patch(&url).json(&json!({"url": "x"})).send().expect(422);
        assert_eq!(client.get(&format!("{url}/log")).send().expect(200).json(), json!([]));
        user.get("/webhooks").send().expect(403);
        client.delete(&url).send().expect(204);
    });
}

/// What a stream of events sends until an event of this issue came.
fn streamed(server: &Server, token: &str, org: &str, after: &str, key: &str) -> String {
    use std::io::{Read as _, Write as _};
    let authority = server.client().authority().to_owned();
    let mut socket = std::net::TcpStream::connect(&authority).expect("a connection");
    socket.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    let request = format!(
        "GET /v3/events HTTP/1.1\r\nHost: {authority}\r\nAuthorization: OAuth {token}\r\n\
         X-Org-ID: {org}\r\nAccept: text/event-stream\r\nLast-Event-ID: {after}\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).expect("sent");
    let mut seen = String::new();
    let mut chunk = [0; 4096];
    while !seen.contains(&format!("\"{key}\"")) {
        let read = socket.read(&mut chunk).expect("something comes");
        assert!(read > 0, "the stream ended: {seen}");
        seen.push_str(&String::from_utf8_lossy(&chunk[..read]));
    }
    assert!(seen.contains("text/event-stream"), "{seen}");
    seen
}

#[test]
fn service_levels_calendars_and_settings_over_http() {
    on_each_engine(|server| {
        let client = server.client();
        let queue = queue(server);
        let office = json!({"name": "Office", "timeZone": "Europe/Moscow",
            "exceptions": [{"date": "2026-05-01"}]});
        let made = client.post("/calendars").json(&office).send().expect(201).json();
        let calendar = made["self"].as_str().expect("a URL").to_owned();
        client.get("/calendars").send().expect(200);
        assert_eq!(
            client.get(&calendar).send().expect(200).json()["exceptions"][0]["hours"],
            json!([])
        );
        client.patch(&calendar).json(&json!({"timeZone": "UTC"})).send().expect(200);
        client.patch(&calendar).json(&json!({"timeZone": "Odd"})).send().expect(422);
        let country = |code: Value| client.patch(&calendar).json(&json!({"country": code})).send();
        assert_eq!(country(json!("ru")).expect(200).json()["country"], "RU");
        country(json!("Narnia")).expect(422);
        assert_eq!(country(Value::Null).expect(200).json().get("country"), None);
        let path = format!("/queues/{queue}/slas");
        let rule = json!({"name": "Reply", "calendar": {"id": made["id"]},
            "levels": [{"warn": "PT1H", "limit": "PT4H"}], "start": [{"type": "IssueCreated"}],
            "pause": [{"type": "InStatus", "statuses": ["needInfo"]}],
            "stop": [{"type": "ResolutionSet", "resolutions": ["fixed"]}]});
        let sla = client.post(&path).json(&rule).send().expect(201).json();
        let url = sla["self"].as_str().expect("a URL").to_owned();
        client.get(&path).send().expect(200);
        client.get(&url).send().expect(200);
        client.delete(&calendar).send().expect(409);
        let key = create(&client, &json!({"queue": queue, "summary": "timed"}));
        let timed = eventually("the timer", || {
            let issue = client.get(&format!("/issues/{key}")).send().expect(200).json();
            (!issue["sla"][0].is_null()).then_some(issue)
        });
        assert_eq!(timed["sla"][0]["settingsId"], sla["id"]);
        client.patch(&url).json(&json!({"restartable": true})).send().expect(200);
        client.post(&path).json(&json!({"name": "n"})).send().expect(422);
        client.delete(&url).send().expect(204);
        client.delete(&calendar).send().expect(204);

        let settings = "/notifications/settings";
        assert_eq!(client.get(settings).send().expect(200).json()["mail"], "each");
        client.patch(settings).json(&json!({"mail": "digest"})).send().expect(200);
        client.patch(settings).json(&json!({"mail": "odd"})).send().expect(422);
        assert_eq!(client.get(settings).send().expect(200).json()["mail"], "digest");

        let others = client.get("/queues?perPage=1000").send().expect(200).json();
        let target = others.as_array().expect("a list").iter().find(|q| q["key"] != *queue);
        let target = target.expect("another queue")["key"].clone();
        let body = json!({"queue": target, "issues": [key], "initialStatus": true,
            "values": {"type": "task"}});
        let bulk = client.post("/bulkchange/_move").json(&body).send().expect(201).json();
        assert_eq!(ended(&client, &bulk)["status"], "COMPLETE");
        client.post("/bulkchange/_move").json(&json!({"issues": [key]})).send().expect(422);
    });
}
