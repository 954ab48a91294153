//! Whole commands against a scripted server on a real socket.

#[path = "../../client/tests/client/server.rs"]
#[expect(dead_code, reason = "the tests of the client use the rest")]
mod server;

use clap::{CommandFactory, Parser};
use server::{Server, Step, answer, with};

use super::*;

#[derive(Debug, Parser)]
#[command(name = "trackway")]
struct Line {
    #[command(subcommand)]
    command: Command,
}

const ISSUE: &str = r#"{"self":"s","id":"1","key":"TREK-9","version":1,"summary":"Beam me up",
    "status":{"self":"s","id":"1","key":"open","display":"Open"},"description":"Now.",
    "updatedAt":"2026-11-24T10:11:12.345+0000"}"#;

/// Runs a command and gives its results, its remarks and how it ended.
async fn trackway(server: &Server, line: &str) -> (String, String, Result<(), Failure>) {
    let words = std::iter::once("trackway").chain(line.split(' '));
    let command = Line::try_parse_from(words).expect("a good line").command;
    let (mut results, mut remarks) = (Vec::new(), Vec::new());
    let json = command.speaks_json();
    let mut output = Output::new(&mut results, &mut remarks, false, json);
    let ended = execute(command, server.client(), &mut output).await;
    drop(output);
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (text(results), text(remarks), ended)
}

#[test]
fn the_command_line_is_consistent() {
    Line::command().debug_assert();
    for (line, good) in [
        ("trackway me --token x --json", true),
        ("trackway issue --json list -L 3", true),
        ("trackway issue list -k A --base-url http://h --json", true),
        ("trackway i view A-1 --lang ru", true),
        ("trackway api --list", true),
        ("trackway api", false),
        ("trackway api --list getIssue", false),
        ("trackway api createIssue -f a=1 --input x", false),
        ("trackway api createIssue -f a", false),
        ("trackway issue create --queue A", false),
    ] {
        assert_eq!(Line::try_parse_from(line.split(' ')).is_ok(), good, "{line}");
    }
}

#[tokio::test]
async fn any_operation_can_be_called() {
    let next = [("Link", r#"<h/v3/issues/_search?perPage=1&page=2>; rel="next""#)];
    let script: [Step; 5] = [
        answer(200, "{\"a\": 1}"),
        with(200, next, "[1]"),
        answer(200, "[2]"),
        answer(204, ""),
        answer(201, "7"),
    ];
    let server = Server::play(script).await;
    for (line, expected) in [
        ("api GET /v2/boards?x=1 -q y=z", "{\"a\":1}\n"),
        ("api searchIssues -q perPage=1 -f query=Queue:A --paginate", "[1]\n[2]\n"),
        ("api deleteComment TREK-1 --path commentId=2 -H X-Trace:on", ""),
        ("api createIssue -f queue=A -f storyPoints=2.5", "7\n"),
    ] {
        let (results, _, ended) = trackway(&server, line).await;
        ended.expect(line);
        assert_eq!(results, expected, "{line}");
    }
    let seen = server.seen();
    assert_eq!(
        server.lines(),
        [
            "GET /v2/boards?x=1&y=z",
            "POST /v3/issues/_search?perPage=1",
            "POST /v3/issues/_search?perPage=1&page=2",
            "DELETE /v3/issues/TREK-1/comments/2",
            "POST /v3/issues",
        ]
    );
    assert_eq!(seen[2].body, r#"{"query":"Queue:A"}"#);
    assert_eq!(seen[3].header("x-trace"), Some("on"));
    assert_eq!(seen[4].body, r#"{"queue":"A","storyPoints":2.5}"#);
}

#[tokio::test]
async fn operations_are_listed_without_a_server() {
    let server = Server::play([]).await;
    let (results, _, ended) = trackway(&server, "api --list").await;
    ended.expect("nothing can fail");
    assert!(results.contains("getIssue\tGET\t/issues/{issueId}\tOne issue by key"), "{results}");
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn issues_are_listed_shown_and_created() {
    let page = with(200, [("X-Total-Count", "12")], format!("[{ISSUE},{ISSUE}]"));
    let server =
        Server::play([page, answer(200, ISSUE), answer(200, ISSUE), answer(201, ISSUE)]).await;
    let (results, remarks, ended) = trackway(&server, "issue list -k TREK -L 1").await;
    ended.expect("scripted");
    assert_eq!(results, "TREK-9\tOpen\t\t2026-11-24 10:11\tBeam me up\n");
    assert!(remarks.starts_with("1 of 12 · all: --limit 0 · query: Queue:"), "{remarks}");
    let (results, ..) = trackway(&server, "issue view TREK-9").await;
    assert!(results.starts_with("TREK-9  Beam me up\nStatus      Open\n"), "{results}");
    assert!(results.ends_with("\n\nNow.\n"), "{results}");
    let (results, ..) = trackway(&server, "issue view TREK-9 --json").await;
    assert!(results.contains(r#""key":"TREK-9""#), "{results}");
    let (results, ..) =
        trackway(&server, "issue create -k TREK --summary S -T a -T b -f storyPoints=1").await;
    assert_eq!(results, "TREK-9\tBeam me up\n");
    let seen = server.seen();
    assert_eq!(seen[0].line, "POST /v3/issues/_search?perPage=1");
    let created = r#"{"queue":"TREK","storyPoints":1,"summary":"S","tags":["a","b"]}"#;
    assert_eq!(seen[3].body, created);
}

#[tokio::test]
async fn failures_have_kinds() {
    let statuses = [400, 401, 403, 404, 409, 422, 423, 500, 501, 502];
    let server = Server::play(statuses.map(|status| answer(status, "{}"))).await;
    for (status, code) in statuses.into_iter().zip([2, 5, 5, 4, 5, 5, 5, 70, 5, 6]) {
        let (_, _, ended) = trackway(&server, "issue view TREK-9").await;
        let failure = ended.expect_err("scripted");
        assert_eq!(failure.kind().exit_code(), code, "{status}");
    }
    let (_, _, ended) = trackway(&server, "issue view ..").await;
    assert_eq!(ended.expect_err("a strange key").kind(), Kind::Usage);
}
