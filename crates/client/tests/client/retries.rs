//! Repetitions: when, how often, after what pause.

use std::time::{Duration, Instant};

use trackway_client::Error;
use trackway_client::api::issues::{
    CountIssues, CreateIssue, GetIssue, SearchIssues, SearchRequest,
};
use trackway_client::api::types::Members;

use crate::server::{Server, Step, answer, with};

#[tokio::test]
async fn retry_after_is_waited_for() {
    let server = Server::play([with(429, [("Retry-After", "1")], ""), answer(200, "5")]).await;
    let start = Instant::now();
    assert_eq!(server.tracker().send(CountIssues::default()).await.expect("second time"), 5);
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn attempts_end() {
    let busy = with(429, [("Retry-After", "0")], r#"{"errorMessages":["Slow down"]}"#);
    let server = Server::play(vec![busy; 9]).await;
    let tracker = server.client().retries(2).build().expect("good settings");
    let error = tracker.send(CountIssues::default()).await.expect_err("scripted");
    let Error::TooManyRequests { retry_after, .. } = &error else { panic!("{error:?}") };
    assert_eq!(*retry_after, Some(Duration::ZERO));
    assert_eq!(error.to_string(), "too many requests (429): Slow down");
    assert_eq!(server.lines().len(), 3);
}

#[tokio::test]
async fn a_long_wait_is_left_to_the_caller() {
    let server = Server::play([with(503, [("Retry-After", "3600")], "")]).await;
    let error = server.tracker().send(CountIssues::default()).await.expect_err("scripted");
    let Error::Unavailable { retry_after, .. } = error else { panic!("{error:?}") };
    assert_eq!(retry_after, Some(Duration::from_secs(3600)));
}

#[tokio::test]
async fn changes_are_repeated_only_if_refused_for_sure() {
    let refused = with(503, [("Retry-After", "0")], "");
    let server = Server::play([refused, Step::HangUp]).await;
    let tracker = server.tracker();
    let create = CreateIssue::new(Members::new()).notify(false);
    let error = tracker.send(create.clone()).await.expect_err("hung up");
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
    assert_eq!(server.lines().len(), 2);

    let server = Server::play([answer(503, "")]).await;
    let error = server.tracker().send(create).await.expect_err("a proxy gave up");
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn reads_survive_broken_connections() {
    let server = Server::play([Step::HangUp, answer(503, ""), answer(200, "[]")]).await;
    let search = SearchIssues::new(SearchRequest::default());
    let found = server.tracker().send(search.clone()).await.expect("third time");
    assert!(found.is_empty());
    assert_eq!(server.lines().len(), 3);

    // A scroll would lose the page that got lost on the way.
    let server = Server::play([Step::HangUp, answer(200, "[]")]).await;
    assert!(server.tracker().send(search.scroll_id("x")).await.is_err());
}

#[tokio::test]
async fn nobody_there() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", free.local_addr().expect("bound"));
    drop(free);
    let tracker = Server::play([]).await.client().base_url(url).retries(1);
    let tracker = tracker.build().expect("good settings");
    let start = Instant::now();
    let error = tracker.send(GetIssue::new("TREK-1")).await.expect_err("nobody listens");
    assert!(matches!(&error, Error::Transport(e) if e.is_connect()), "{error:?}");
    assert!(start.elapsed() >= Duration::from_millis(125), "one pause: {:?}", start.elapsed());
}
