//! Searches over HTTP: scrolls, the forms of a body, words. Every answer is held against the
//! contract by the harness.

use serde_json::{Value, json};
use trackway_tests::{Client, on_each_engine, on_each_engine_with};

const SCROLL: &str = "/issues/_search?scrollType=sorted&perScroll=40&scrollTTLMillis=30000";

fn keys(issues: &Value) -> Vec<String> {
    let issues = issues.as_array().expect("a list");
    issues.iter().map(|i| i["key"].as_str().expect("a key").to_owned()).collect()
}

fn found(client: &Client, body: &Value) -> Vec<String> {
    let answer = client.post("/issues/_search?perPage=1000").json(body).send().expect(200);
    keys(&answer.json())
}

/// The path of a link with its query, below the version.
fn path(link: &str) -> String {
    let (_, rest) = link.split_once("/v3").or(link.split_once("/v2")).expect("an address");
    rest.to_owned()
}

#[test]
fn a_scroll_reads_everything_once() {
    on_each_engine(|server| {
        for version in ["v2", "v3"] {
            let client = server.client().with_version(version);
            let body = json!({"filter": {"created": {"from": "2000-01-01"}}, "order": "+key"});
            let all = found(&client, &body);
            assert!(all.len() > 100, "{}", all.len());
            let mut read = Vec::new();
            let mut pairs = serde_json::Map::new();
            let mut answer = client.post(SCROLL).json(&body).send().expect(200);
            loop {
                assert_eq!(answer.header("x-total-count"), Some(&*all.len().to_string()));
                read.extend(keys(&answer.json()));
                let Some(id) = answer.header("x-scroll-id").map(str::to_owned) else { break };
                let token = answer.header("x-scroll-token").expect("a token").to_owned();
                pairs.insert(id.clone(), token.clone().into());
                let next = path(answer.link("next").expect("a link"));
                assert!(next.contains(&format!("scrollId={id}")), "{next}");
                answer = client.post(&next).json(&body).send().expect(200);
            }
            assert!(answer.link("next").is_none() && answer.link("first").is_some());
            assert_eq!(read, all);
            let first = pairs.keys().next().cloned().expect("a page");
            let again = format!("/issues/_search?scrollId={first}");
            client.post(&again).json(&body).send().expect(200);
            let wrong = json!({ &first: "wrong" });
            client.post("/system/search/scroll/_clear").json(&wrong).send().expect(403);
            let pairs = Value::Object(pairs);
            client.post("/system/search/scroll/_clear").json(&pairs).send().expect(200);
            client.post(&again).json(&body).send().expect(400);
        }
        let client = server.client();
        for body in [json!({"queue": "DEV"}), json!({"keys": ["DEV-1"]})] {
            client.post(SCROLL).json(&body).send().expect(400);
        }
    });
}

#[test]
fn a_scroll_outlives_a_server_on_postgresql_only() {
    on_each_engine_with(&trackway_tests::Options::default(), |server| {
        let body = json!({"query": "\"Sort By\": Key"});
        let answer = server.client().post(SCROLL).json(&body).send().expect(200);
        let next = path(answer.link("next").expect("a link"));
        assert!(server.stop().success());
        server.restart();
        let status = if server.database_url().is_some() { 200 } else { 400 };
        let error = server.client().post(&next).json(&body).send().expect(status).json();
        if status == 400 {
            assert!(error["errorMessages"][0].is_string());
        }
    });
}

#[test]
fn what_is_written_is_found_by_its_words() {
    on_each_engine(|server| {
        let client = server.client();
        let queue = server.ready().text("queue").to_owned();
        let create = json!({"queue": queue, "summary": "Журавли прилетели",
            "description": "Zebrafish were seen"});
        let issue = client.post("/issues").json(&create).send().expect(201).json();
        let key = issue["key"].as_str().expect("a key");
        for query in ["журавль", "Summary: журавлей", "Description: zebrafishes", "zebrafish seen"]
        {
            assert_eq!(found(&client, &json!({ "query": query })), [key], "{query}");
        }
        let count = json!({"query": "журавль", "filter": null, "keys": null, "order": null});
        let answer = client.post("/issues/_count").json(&count).send().expect(200);
        assert_eq!(answer.json(), 1);
        let query2 = json!({"query2": {"$and": [
            {"summary": {"$contains": "журавли"}}, {"queue": {"$eq": queue}}]}});
        assert_eq!(found(&client, &query2), [key]);
        assert_eq!(found(&client, &json!({"filter": {"summary": "журавлями"}})), [key]);
        let wrong = json!({"query": "Asignee: me()"});
        let error = client.post("/issues/_search").json(&wrong).send().expect(422).json();
        let messages = error["errorMessages"].as_array().expect("messages");
        assert_eq!(messages.len(), 3, "{messages:?}");
    });
}
