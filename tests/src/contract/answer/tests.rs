//! Answers made by hand, good and bad.

use serde_json::{Value, json};

use crate::contract::check;

fn json_headers(more: &[(&str, &str)]) -> Vec<(String, String)> {
    let all = [("content-type", "application/json;charset=utf-8")].iter().chain(more);
    all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn violations(
    method: &str,
    target: &str,
    status: u16,
    more: &[(&str, &str)],
    body: &Value,
) -> String {
    let body = body.to_string();
    let answer = check(method, target, status, &json_headers(more), body.as_bytes());
    answer.err().unwrap_or_default().join("\n")
}

fn error(status: u16) -> Value {
    json!({"errors": {}, "errorMessages": ["Issue does not exist."], "statusCode": status})
}

fn user() -> Value {
    json!({"self": "http://127.0.0.1:1/v3/users/7", "uid": 7, "login": "vera", "display": "Vera"})
}

#[test]
fn a_good_answer_passes() {
    assert_eq!(violations("GET", "/v3/myself", 200, &[], &user()), "");
    assert_eq!(violations("GET", "/v3/issues/DEV-999/", 404, &[], &error(404)), "");
}

#[test]
fn a_body_is_held_against_its_schema() {
    let mut wrong = user();
    wrong["uid"] = json!("7");
    let found = violations("GET", "/v3/myself", 200, &[], &wrong);
    assert!(found.starts_with("/uid: "), "{found}");
    let found = violations("GET", "/v3/myself", 200, &[], &json!([user()]));
    assert!(found.contains("object"), "{found}");
}

#[test]
fn formats_count() {
    let mut wrong = user();
    wrong["self"] = json!("/v3/users/7");
    let found = violations("GET", "/v3/myself", 200, &[], &wrong);
    assert!(found.contains("/self: "), "{found}");
}

#[test]
fn self_has_the_version_of_the_request() {
    let found = violations("GET", "/v2/myself", 200, &[], &user());
    assert_eq!(found, "/self: \"http://127.0.0.1:1/v3/users/7\" is no absolute URL below /v2/");
}

#[test]
fn an_undeclared_status_is_refused() {
    let found = violations("GET", "/v3/myself", 418, &[], &error(418));
    assert_eq!(found, "getMyself does not declare status 418");
    let found = violations("GET", "/v3/no/such", 200, &[], &json!({}));
    assert_eq!(found, "status 200 although the contract has no such path");
}

#[test]
fn some_statuses_are_always_allowed_with_an_error_body() {
    assert_eq!(violations("GET", "/v3/myself", 501, &[], &error(501)), "");
    assert_eq!(violations("GET", "/v3/no/such", 404, &[], &error(404)), "");
    assert_eq!(violations("PUT", "/v3/myself", 405, &[("allow", "GET")], &error(405)), "");
    assert_eq!(
        violations("GET", "/v3/myself", 503, &[], &error(500)),
        "statusCode is 500, the status 503"
    );
}

#[test]
fn an_error_says_something() {
    let silent = json!({"errors": {}, "errorMessages": [], "statusCode": 404});
    let found = violations("GET", "/v3/issues/X-1", 404, &[], &silent);
    assert_eq!(found, "neither errors nor errorMessages says anything");
    let named = json!({"errors": {"queue": "?"}, "errorMessages": [], "statusCode": 422});
    assert_eq!(violations("POST", "/v3/issues", 422, &[], &named), "");
}

#[test]
fn required_headers_are_asked_for() {
    assert_eq!(
        violations("GET", "/v3/myself", 429, &[], &error(429)),
        "header Retry-After is missing"
    );
    let found = violations("GET", "/v3/queues", 200, &[], &json!([]));
    assert!(found.contains("X-Total-Count") && found.contains("header Link"), "{found}");
    let headers =
        [("X-Total-Count", "0"), ("x-total-pages", "many"), ("Link", "<http://h>; rel=\"first\"")];
    let found = violations("GET", "/v3/queues", 200, &headers, &json!([]));
    assert_eq!(found, "header X-Total-Pages is \"many\", not a whole number");
    assert_eq!(violations("POST", "/v3/issues/_search?id=1", 200, &[], &json!([])), "");
}

#[test]
fn bodies_are_json_or_empty() {
    let headers = json_headers(&[]);
    let found = check("GET", "/v3/myself", 200, &headers, b"{").expect_err("a violation");
    assert!(found[0].starts_with("the body is not JSON"), "{found:?}");
    let found = check("GET", "/v3/myself", 404, &[], error(404).to_string().as_bytes())
        .expect_err("a violation");
    assert_eq!(found, ["Content-Type is \"\", not application/json"]);
    let target = "/v3/issues/DEV-1/comments/5";
    assert_eq!(check("DELETE", target, 204, &[], b""), Ok(()));
    assert!(check("DELETE", target, 204, &headers, b"{}").is_err());
    assert_eq!(check("LINK", "/v2/issues/DEV-1", 200, &[], b""), Ok(()), "x-empty-body");
    assert_eq!(check("GET", "/metrics", 200, &[], b"up 1"), Ok(()));
}
