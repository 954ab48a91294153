//! Every row of the table in `src/parity.rs`, and the recipes.

use serde_json::json;
use trackway_client::api::FileForm;
use trackway_client::api::attachments::{AddAttachment, DownloadAttachment};
use trackway_client::api::boards::ListBoards;
use trackway_client::api::bulk::{BulkUpdate, BulkUpdateBody};
use trackway_client::api::changelog::ListChangelog;
use trackway_client::api::comments::{AddComment, CommentCreate};
use trackway_client::api::filters::{CreateFilter, FilterCreate};
use trackway_client::api::issues::{
    CreateIssue, GetIssue, SearchIssues, SearchRequest, UpdateIssue,
};
use trackway_client::api::links::{AddLink, LinkCreate};
use trackway_client::api::queues::GetQueue;
use trackway_client::api::sprints::{CreateSprint, SprintCreate, StartSprint};
use trackway_client::api::transitions::{ExecuteTransition, ListTransitions};
use trackway_client::api::types::Members;
use trackway_client::api::users::{GetMyself, GetUser};
use trackway_client::{Endpoint, Progress, blocking};

use crate::server::{Server, answer, with};

const ISSUE: &str = r#"{"self":"s","id":"1","key":"A-1","version":8,
    "601fca17--speed":9.5,"shade":"red"}"#;

fn members(json: serde_json::Value) -> Members {
    let serde_json::Value::Object(members) = json else { panic!("an object") };
    members
}

/// What an operation sends: request line, body, `If-Match`.
async fn sent<E: Endpoint>(request: E) -> (String, String, Option<String>) {
    let server = Server::play([answer(200, "")]).await;
    // Only the request is of interest.
    server.tracker().send(request).await.err();
    let seen = server.seen().remove(0);
    let tag = seen.header("if-match").map(str::to_owned);
    (seen.line, seen.body, tag)
}

macro_rules! rows {
    ($($request:expr => $line:literal, $body:expr, $tag:expr;)*) => {$({
        let (line, body, tag) = sent($request).await;
        assert_eq!(line, $line);
        let wanted: serde_json::Value = $body;
        let body: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
        assert_eq!(body, wanted, "{line}");
        let wanted: Option<&str> = $tag;
        assert_eq!(tag.as_deref(), wanted, "{line}");
    })*};
}

#[tokio::test]
async fn requests_are_those_of_the_python_client() {
    let null = serde_json::Value::Null;
    let sprint = SprintCreate {
        name: Some("S".to_owned()),
        board: Some(5.into()),
        start_date: Some("2031-08-25".to_owned()),
        end_date: Some("2031-08-31".to_owned()),
        ..SprintCreate::default()
    };
    let bulk = BulkUpdateBody {
        issues: Some(json!(["A-1"])),
        values: Some(members(json!({"tags": {"add": ["x"]}}))),
    };
    let comment = CommentCreate { text: Some("hi".into()), ..CommentCreate::default() };
    let link = LinkCreate { relationship: "relates".to_owned(), issue: "A-2".into() };
    let filter = FilterCreate {
        name: Some("F".to_owned()),
        query: Some("Queue: A".to_owned()),
        ..FilterCreate::default()
    };
    rows! {
        GetMyself::new() => "GET /v3/myself", null.clone(), None;
        GetIssue::new("A-1") => "GET /v3/issues/A-1", null.clone(), None;
        CreateIssue::new(members(json!({"queue": "A", "summary": "s"})))
            => "POST /v3/issues", json!({"queue": "A", "summary": "s"}), None;
        UpdateIssue::new("A-1", members(json!({"summary": "t"}))).if_match(8)
            => "PATCH /v3/issues/A-1", json!({"summary": "t"}), Some("\"8\"");
        ListTransitions::new("A-1") => "GET /v3/issues/A-1/transitions", null.clone(), None;
        ExecuteTransition::new("A-1", "close", members(json!({"comment": "done"})))
            => "POST /v3/issues/A-1/transitions/close/_execute", json!({"comment": "done"}), None;
        AddComment::new("A-1", comment)
            => "POST /v3/issues/A-1/comments", json!({"text": "hi"}), None;
        AddLink::new("A-1", link) => "POST /v3/issues/A-1/links",
            json!({"relationship": "relates", "issue": "A-2"}), None;
        BulkUpdate::new(bulk) => "POST /v3/bulkchange/_update",
            json!({"issues": ["A-1"], "values": {"tags": {"add": ["x"]}}}), None;
        GetQueue::new("A") => "GET /v3/queues/A", null.clone(), None;
        ListBoards::new() => "GET /v3/boards", null.clone(), None;
        CreateSprint::new(sprint) => "POST /v3/sprints", json!({"name": "S", "board": 5,
            "startDate": "2031-08-25", "endDate": "2031-08-31"}), None;
        StartSprint::new("7", json!({})).if_match(1)
            => "POST /v3/sprints/7/_start", json!({}), Some("\"1\"");
        CreateFilter::new(filter)
            => "POST /v3/filters", json!({"name": "F", "query": "Queue: A"}), None;
        GetUser::new("ann") => "GET /v3/users/ann", null.clone(), None;
    }
}

#[tokio::test]
async fn listings_are_read_ahead() {
    let next = |n: u32| format!(r#"<h/v3/issues/_search?page={n}>; rel="next""#);
    let page = |n: u32| with(200, [("Link", &*next(n + 1))], format!("[{ISSUE}]"));
    let server = Server::play([page(1), page(2), answer(200, "[]")]).await;
    let request = SearchRequest { query: Some("Queue: A".into()), ..SearchRequest::default() };
    let mut pages = server.tracker().pages(SearchIssues::new(request)).prefetch(2);
    let mut count = 0;
    while let Some(page) = pages.next_page().await.expect("scripted") {
        count += page.value.len();
    }
    assert_eq!((count, server.lines().len()), (2, 3));
    let server = Server::play([answer(404, "{}")]).await;
    let mut pages = server.tracker().pages(ListChangelog::new("A-1")).prefetch(1);
    assert_eq!(pages.next_page().await.expect_err("scripted").status(), Some(404));
    assert!(pages.next_page().await.expect("the end").is_none());
}

#[tokio::test]
async fn a_second_creation_gives_the_first_issue() {
    let server = Server::play([answer(201, ISSUE), answer(409, "{}"), answer(200, ISSUE)]).await;
    let tracker = server.tracker();
    let body = members(json!({"queue": "A", "summary": "s"}));
    let (_, created) = tracker.create_or_get("u-1", body.clone()).await.expect("scripted");
    assert!(created);
    let (issue, created) = tracker.create_or_get("u-1", body).await.expect("scripted");
    assert!(!created);
    assert_eq!(issue.key, "A-1");
    assert_eq!(server.lines()[2], "POST /v3/issues/_findByUnique?unique=u-1");
    assert!(server.seen()[0].body.contains(r#""unique":"u-1""#));
}

#[tokio::test]
async fn changes_come_with_their_issues() {
    let change = |at: &str| {
        json!({"id": "1", "self": "s", "issue": {"self": "s", "id": "1", "key": "A-1",
            "display": "x"}, "updatedAt": at, "updatedBy": {"self": "s", "id": "1",
            "display": "x"}, "type": "IssueUpdated", "transport": "front"})
    };
    let early = "2026-11-24T10:11:12.344+0000";
    let late = "2026-11-24T10:11:12.345+0000";
    let log = json!([change(early), change(late)]).to_string();
    let server = Server::play([answer(200, format!("[{ISSUE}]")), answer(200, log)]).await;
    let mut stream = server.tracker().changes_since(Some("Queue: A"), late);
    let changed = stream.next_issue().await.expect("scripted").expect("an issue");
    assert_eq!((changed.issue.key.as_str(), changed.changes.len()), ("A-1", 1));
    assert!(stream.next_issue().await.expect("the end").is_none());
    let body = server.seen().remove(0).body;
    assert!(body.contains(r#"(Queue: A) AND Updated: >=\"2026-11-24T10:11:12\""#), "{body}");
}

#[tokio::test]
async fn a_bulk_change_is_waited_for() {
    let state = |status: &str| {
        let change = json!({"id": "7", "self": "s", "createdBy": {"self": "s", "id": "1",
            "display": "x"}, "createdAt": "t", "status": status, "statusText": "",
            "executionChunkPercent": 0, "executionIssuePercent": 0});
        answer(200, change.to_string())
    };
    let server = Server::play([state("CREATED"), state("COMPLETE")]).await;
    let mut seen = Vec::new();
    let done = server.tracker().wait_for_bulk_change("7", |c| seen.push(c.status.clone())).await;
    assert_eq!(done.expect("scripted").status, "COMPLETE");
    assert_eq!(seen, ["CREATED", "COMPLETE"]);
}

#[tokio::test]
async fn files_go_up_and_down_piece_by_piece() {
    let attachment = json!({"self": "s", "id": "3", "name": "a.txt", "content": "c",
        "createdBy": {"self": "s", "id": "1", "display": "x"}, "createdAt": "t",
        "mimetype": "text/plain", "size": 5});
    let script = [answer(201, attachment.to_string()), answer(200, "hello"), answer(404, "{}")];
    let server = Server::play(script).await;
    let tracker = server.tracker();
    let (told, progress) = std::sync::mpsc::channel();
    let told = move |at: Progress| told.send(at).expect("the test listens");
    let told = std::sync::Mutex::new(told);
    let tell = move |at| (told.lock().expect("one at a time"))(at);
    let request = AddAttachment::new("A-1", FileForm::default());
    let made = tracker.upload(request, "a.txt", &b"hello"[..], 5, tell).await.expect("scripted");
    assert_eq!(made.id, "3");
    assert_eq!(progress.recv().expect("told"), Progress { done: 5, total: Some(5) });
    let body = server.seen().remove(0).body;
    assert!(body.contains("filename=\"a.txt\"") && body.contains("\r\n\r\nhello\r\n--"), "{body}");

    let mut out = Vec::new();
    let mut last = None;
    let request = DownloadAttachment::new("A-1", "3", "a.txt");
    let size = tracker.download(request.clone(), &mut out, |at| last = Some(at)).await;
    assert_eq!((size.expect("scripted"), out.as_slice()), (5, &b"hello"[..]));
    assert_eq!(last, Some(Progress { done: 5, total: Some(5) }));
    let missing = tracker.download(request, &mut out, |_| {}).await;
    assert_eq!(missing.expect_err("scripted").status(), Some(404));
}

#[tokio::test]
async fn fields_are_read_by_key() {
    let server = Server::play([answer(200, ISSUE)]).await;
    let issue = server.tracker().send(GetIssue::new("A-1")).await.expect("scripted");
    assert_eq!(issue.field::<f64>("speed").expect("a number"), Some(9.5));
    assert_eq!(issue.field::<String>("shade").expect("a text"), Some("red".to_owned()));
    assert_eq!(issue.field::<String>("nosuch").expect("none"), None);
    assert!(issue.field::<i64>("shade").is_err());
}

#[test]
fn programs_without_a_runtime_are_served() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let script = [answer(200, ISSUE), answer(200, format!("[{ISSUE},{ISSUE}]"))];
    let server = runtime.block_on(Server::play(script));
    let tracker = blocking::Tracker::new(server.client()).expect("good settings");
    assert_eq!(tracker.send(GetIssue::new("A-1")).expect("scripted").key, "A-1");
    let found: Result<Vec<_>, _> = tracker.items(SearchIssues::default()).collect();
    assert_eq!(found.expect("scripted").len(), 2);
}
