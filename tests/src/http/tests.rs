//! The client against a server that says one thing.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use serde_json::json;

use super::*;

/// A server that reads one request, answers with `answer` and hands back what it read.
fn one_answer(answer: &str) -> (Client, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("bound"));
    let answer = answer.to_owned();
    let handle = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut read = vec![0; 4096];
        let count = stream.read(&mut read).expect("a request");
        stream.write_all(answer.as_bytes()).expect("the client listens");
        String::from_utf8_lossy(&read[..count]).into_owned()
    });
    (Client::new(&base), handle)
}

fn not_found() -> String {
    let body = json!({"errors": {}, "errorMessages": ["gone"], "statusCode": 404}).to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

#[test]
fn any_method_and_any_header_go_out() {
    let (client, sent) = one_answer(&not_found());
    let client = client.with_login("secret", "org-1").with_version("v2");
    let request = client.request("LINK", "/issues/DEV-1").header("Link", "a").header("Link", "b");
    let answer = request.send().expect(404);
    assert_eq!(answer.json()["errorMessages"][0], "gone");
    let sent = sent.join().expect("the server thread ends");
    assert!(sent.starts_with("LINK /v2/issues/DEV-1 HTTP/1.1\r\nHost: 127.0.0.1:"), "{sent}");
    assert!(sent.contains("Authorization: OAuth secret\r\nX-Org-ID: org-1\r\n"), "{sent}");
    assert!(sent.contains("Link: a\r\nLink: b\r\n"), "{sent}");
}

#[test]
fn chunks_are_joined() {
    let answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n";
    let (client, sent) = one_answer(answer);
    assert_eq!(client.bare("GET", "/metrics").send().expect(200).text(), "abcde");
    assert!(sent.join().expect("the server thread ends").starts_with("GET /metrics HTTP/1.1\r\n"));
}

#[test]
#[should_panic(expected = "the answer breaks the contract:\n- /uid")]
fn an_answer_against_the_contract_panics() {
    let body = r#"{"self":"http://h/v3/users/1","uid":"1","login":"a","display":"A"}"#;
    let length = body.len();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
    let (client, _) = one_answer(&format!("{head}\r\nContent-Length: {length}\r\n\r\n{body}"));
    client.get("/myself").send();
}

#[test]
#[should_panic(expected = "Content-Length differs from the body")]
fn a_truncated_answer_panics() {
    let (client, _) = one_answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    client.bare("GET", "/healthz").send();
}

#[test]
fn links_are_read_from_one_line_and_from_several() {
    let link = |lines: &[&str], relation: &str| {
        let headers = lines.iter().map(|l| ("link".to_owned(), (*l).to_owned())).collect();
        let (method, target) = ("GET".to_owned(), "/v3/queues".to_owned());
        let answer = Answer { method, target, status: 200, headers, body: Vec::new() };
        answer.link(relation).map(ToOwned::to_owned)
    };
    let joined = "<http://h/a?x=1,2>; rel=\"first\", <http://h/b{&page}>; rel=\"seek\"";
    assert_eq!(link(&[joined], "seek").as_deref(), Some("http://h/b{&page}"));
    let lines = ["<http://h/a>; rel=\"first\"", "<http://h/c>; rel=\"next\""];
    assert_eq!(link(&lines, "next").as_deref(), Some("http://h/c"));
    assert_eq!(link(&lines, "prev"), None);
}

#[test]
fn hosts_of_urls_are_dropped() {
    let client = Client::new("http://127.0.0.1:1");
    let target = |path: &str| client.get(path).target;
    assert_eq!(target("/issues"), "/v3/issues");
    assert_eq!(target("/v2/issues"), "/v2/issues");
    assert_eq!(target("http://other:1/v2/issues?a=b"), "/v2/issues?a=b");
}
