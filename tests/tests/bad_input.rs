//! Bad input is answered with a 4xx in the API's error format that names the field, and nothing is
//! written. Every answer is held against the contract by the harness.

use serde_json::{Value, json};
use trackway_tests::{Client, on_each_engine};

fn count(client: &Client) -> u64 {
    let answer = client.post("/issues/_count").json(&json!({})).send();
    answer.expect(200).json().as_u64().expect("a number")
}

/// Bodies of `POST /issues` with the statuses and fields they are answered with.
fn bodies() -> Vec<(&'static str, Vec<u8>, u16, Option<&'static str>)> {
    let json = |value: Value| value.to_string().into_bytes();
    let deep = format!("{{\"queue\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    vec![
        ("cut off", b"{\"queue\": \"DEV\", ".to_vec(), 400, None),
        ("no body", Vec::new(), 400, None),
        ("invalid UTF-8", b"{\"queue\":\"DEV\",\"summary\":\"\xff\xfe\"}".to_vec(), 400, None),
        ("deep nesting", deep.into_bytes(), 400, None),
        ("array", json(json!([1])), 422, None),
        ("no summary", json(json!({"queue": "DEV"})), 422, Some("summary")),
        ("no queue", json(json!({"summary": "s"})), 422, Some("queue")),
        ("unknown queue", json(json!({"queue": "NOSUCH", "summary": "s"})), 404, None),
        (
            "unknown field",
            json(json!({"queue": "DEV", "summary": "s", "nosuch": 1})),
            422,
            Some("nosuch"),
        ),
        ("wrong type", json(json!({"queue": "DEV", "summary": 7})), 422, Some("summary")),
        ("NUL", json(json!({"queue": "DEV", "summary": "a\u{0}b"})), 422, Some("summary")),
        (
            "over-long summary",
            json(json!({"queue": "DEV", "summary": "x".repeat(300)})),
            422,
            Some("summary"),
        ),
        (
            "huge number",
            b"{\"queue\":\"DEV\",\"summary\":\"s\",\"storyPoints\":1e999}".to_vec(),
            400,
            None,
        ),
        (
            "bad date",
            json(json!({"queue": "DEV", "summary": "s", "deadline": "tomorrow"})),
            422,
            Some("deadline"),
        ),
        (
            "unknown user",
            json(json!({"queue": "DEV", "summary": "s", "assignee": "nobody.here"})),
            422,
            Some("assignee"),
        ),
    ]
}

#[test]
fn bad_bodies_are_refused_and_leave_nothing() {
    on_each_engine(|server| {
        let client = server.client();
        let before = count(&client);
        for (name, body, status, field) in bodies() {
            let answer = client.post("/issues").body("application/json", body).send();
            let error = answer.expect(status).json();
            if let Some(field) = field {
                assert!(error["errors"][field].is_string(), "{name}: {error}");
            }
        }
        let form =
            client.post("/issues").body("application/x-www-form-urlencoded", b"a=1".to_vec());
        form.send().expect(415);
        let large = vec![b' '; 11 << 20];
        client.post("/issues").body("application/json", large).send().expect(413);
        assert_eq!(count(&client), before);
    });
}

#[test]
fn bad_requests_are_refused_in_the_same_format() {
    on_each_engine(|server| {
        let client = server.client();
        for (path, status) in [
            ("/issues/NOSUCH-1", 404),
            ("/issues/DEV-0", 404),
            ("/issues/DEV-99999999999999999999", 404),
            ("/issues/%ff%fe", 400),
            ("/issues/DEV-1%00", 400),
            ("/queues?perPage=0", 400),
            ("/queues?page=x", 400),
            ("/users?perPage=-1", 400),
            ("/issues/DEV-1/comments/0", 404),
            ("/nosuch", 404),
        ] {
            let answer = client.get(path).send();
            assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
            assert_eq!(answer.status, status, "{path}");
        }
        client.request("PUT", "/issues/DEV-1").send().expect(405);
        client.patch("/issues/DEV-1").header("If-Match", "x").json(&json!({})).send().expect(400);
        let unknown = client.get("/issues/DEV-1?nosuch=1&staleOk=true").send();
        unknown.expect(200);
    });
}

#[test]
fn credentials_are_checked_before_anything_else() {
    on_each_engine(|server| {
        let client = server.client();
        server.anonymous().get("/nosuch").send().expect(401);
        let bare = || server.client().without_header("Authorization");
        for (value, status) in [
            ("Basic dTpw", 401),
            ("OAuth", 400),
            ("OAuth not provided", 401),
            ("OAuth y0_wrong", 401),
            ("Bearer a b", 400),
        ] {
            bare().get("/myself").header("Authorization", value).send().expect(status);
        }
        let no_org = server.client().without_header("X-Org-ID");
        no_org.get("/myself").send().expect(403);
        no_org.get("/myself").header("X-Org-ID", "not provided").send().expect(403);
        no_org.get("/myself").header("X-Org-ID", "999").send().expect(403);
        let cloud = server.ready().text("cloudOrgId");
        let both = no_org.get("/myself").header("x-org-id", "not provided");
        both.header("x-cloud-org-id", cloud).send().expect(200);
        let org = server.ready().text("orgId");
        let reader = client.with_login(server.ready().text("readOnlyToken"), org);
        reader.get("/myself").send().expect(200);
        let body = json!({"queue": "DEV", "summary": "s"});
        reader.post("/issues").json(&body).send().expect(403);
        let stranger = server.second_client().get("/issues/DEV-1").send();
        stranger.expect(404);
    });
}

#[test]
fn projections_and_metrics_are_served() {
    on_each_engine(|server| {
        // A projection lacks members that the schema of a whole issue requires.
        let page = server.client().get("/issues/DEV-1?fields=summary").send_unchecked();
        let page = page.expect(200).json();
        assert!(page.get("summary").is_some() && page.get("description").is_none(), "{page}");
        let metrics = server.anonymous().bare("GET", "/metrics").send();
        let metrics = metrics.expect(200);
        assert!(metrics.text().contains("GetIssue"), "requests are counted by operation");
    });
}
