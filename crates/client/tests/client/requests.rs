//! What goes over the wire, and what comes of the answer.

use trackway_client::Version;
use trackway_client::api::comments::{AddComment, CommentCreate, DeleteComment};
use trackway_client::api::issues::{CountIssues, GetIssue, UpdateIssue};
use trackway_client::api::links::{LinkIssue, UnlinkIssue};
use trackway_client::api::types::Members;

use crate::server::{Server, answer, with};

const ISSUE: &str = r#"{"self":"http://h/v3/issues/TREK-9","id":"593cd211ef7e8a332414f2a7",
    "key":"TREK-9","version":8,"summary":"x","601fca17--speed":9.5}"#;

#[tokio::test]
async fn settings_become_headers() {
    let server = Server::play([answer(200, ISSUE), answer(200, ISSUE)]).await;
    let oauth = server.client().token(" y0_abc\n").org_id("42").language("en").user_agent("t/1");
    let tracker = oauth.build().expect("good settings");
    tracker.send(GetIssue::new("TREK-9")).await.expect("scripted");
    let iam = server.client().version(Version::V2).token("x").iam_token("t1.a").org_id("1");
    let tracker = iam.cloud_org_id("bpf0").build().expect("good settings");
    tracker.send(GetIssue::new("TREK-9")).await.expect("scripted");

    let seen = server.seen();
    assert_eq!(seen[0].line, "GET /v3/issues/TREK-9");
    for (name, value) in [
        ("authorization", Some("OAuth y0_abc")),
        ("x-org-id", Some("42")),
        ("x-cloud-org-id", None),
        ("accept-language", Some("en")),
        ("accept", Some("application/json")),
        ("user-agent", Some("t/1")),
        ("content-type", None),
    ] {
        assert_eq!(seen[0].header(name), value, "{name}");
    }
    assert_eq!(seen[1].line, "GET /v2/issues/TREK-9");
    for (name, value) in [
        ("authorization", Some("Bearer t1.a")),
        ("x-org-id", None),
        ("x-cloud-org-id", Some("bpf0")),
        ("accept-language", None),
    ] {
        assert_eq!(seen[1].header(name), value, "{name}");
    }
}

#[tokio::test]
async fn parameters_and_body_are_sent_and_unknown_members_kept() {
    let server = Server::play([answer(200, ISSUE)]).await;
    let patch: Members = [("summary".to_owned(), "x".into())].into_iter().collect();
    let request = UpdateIssue::new("TREK-9", patch)
        .version(7)
        .fields(["summary", "a&b c"])
        .if_match(7)
        .notify(false);
    let issue = server.tracker().send(request).await.expect("scripted");
    assert_eq!((issue.key.as_str(), issue.version), ("TREK-9", 8));
    assert_eq!(issue.fields.get("601fca17--speed"), Some(&9.5.into()));

    let seen = &server.seen()[0];
    assert_eq!(
        seen.line,
        "PATCH /v3/issues/TREK-9?version=7&notify=false&fields=summary%2Ca%26b+c"
    );
    assert_eq!(seen.header("if-match"), Some("\"7\""));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.body, r#"{"summary":"x"}"#);
}

#[tokio::test]
async fn link_and_unlink_are_methods() {
    let link = r#"{"self":"s","id":1,"type":{"self":"s","id":"relates","inward":"a","outward":"a"},
        "direction":"outward","object":{"self":"s","id":"1","key":"TREK-2","display":"d"},
        "createdBy":{"self":"s","id":"1","display":"d"},
        "updatedBy":{"self":"s","id":"1","display":"d"},"createdAt":"t","updatedAt":"t"}"#;
    let server = Server::play([answer(200, link), answer(204, "")]).await;
    let tracker = server.tracker();
    let target = r#"<http://h/v3/issues/TREK-2>; rel="relates""#;
    let made = tracker.send(LinkIssue::new("TREK-1").link(target)).await.expect("scripted");
    assert_eq!(made.object.key, "TREK-2");
    tracker.send(UnlinkIssue::new("TREK-1").link(target)).await.expect("scripted");

    assert_eq!(server.lines(), ["LINK /v3/issues/TREK-1", "UNLINK /v3/issues/TREK-1"]);
    assert_eq!(server.seen()[1].header("link"), Some(target));
}

#[tokio::test]
async fn replies_may_be_numbers_or_nothing() {
    let script = [answer(200, "1234567\n"), answer(204, ""), answer(200, "{\"surprise\":1}")];
    let server = Server::play(script).await;
    let tracker = server.tracker();
    let count = tracker.send(CountIssues::default()).await.expect("scripted");
    assert_eq!(count, 1_234_567);
    for _ in 0..2 {
        tracker.send(DeleteComment::new("TREK-1", "2")).await.expect("scripted");
    }
    let seen = &server.seen()[0];
    assert_eq!((seen.line.as_str(), seen.body.as_str()), ("POST /v3/issues/_count", ""));
    assert_eq!(seen.header("content-type"), None);
}

#[tokio::test]
async fn headers_of_the_answer_are_given() {
    let headers = [
        ("X-Total-Count", "101"),
        ("X-Total-Pages", "3"),
        ("Link", r#"<h/v3/x?page=2>; rel="next""#),
        ("X-Scroll-Id", "id"),
        ("X-Scroll-Token", "token"),
    ];
    let server = Server::play([with(200, headers, ISSUE)]).await;
    let full = server.tracker().send_full(GetIssue::new("TREK-9")).await.expect("scripted");
    assert_eq!((full.status(), full.total_count(), full.total_pages()), (200, Some(101), Some(3)));
    assert_eq!(full.next_link(), Some("/v3/x?page=2"));
    assert_eq!((full.scroll_id(), full.scroll_token()), (Some("id"), Some("token")));
    assert_eq!(full.header("x-missing"), None);
}

#[tokio::test]
async fn a_path_before_the_version_is_kept() {
    let server = Server::play([answer(200, "1")]).await;
    let base = format!("{}/tracker/", server.url());
    let tracker = server.client().base_url(base).build().expect("good settings");
    tracker.send(CountIssues::default()).await.expect("scripted");
    assert_eq!(server.lines(), ["POST /tracker/v3/issues/_count"]);
}

#[tokio::test]
async fn a_request_that_would_go_astray_is_not_sent() {
    let server = Server::play([]).await;
    let tracker = server.tracker();
    for comment in ["", ".."] {
        assert!(tracker.send(DeleteComment::new("TREK-1", comment)).await.is_err());
    }
    let empty = CommentCreate::default();
    assert!(tracker.send(AddComment::new("", empty)).await.is_err());
    assert!(server.lines().is_empty());
}
