//! Listings over several pages.

use std::future::poll_fn;
use std::pin::Pin;

use futures_core::Stream;
use trackway_client::Error;
use trackway_client::api::issues::{Issue, SearchIssues, SearchRequest};
use trackway_client::api::queues::ListQueueTags;

use crate::server::{Server, Step, answer, with};

fn page(next: &str, keys: &[&str]) -> Step {
    let issues: Vec<String> = keys
        .iter()
        .map(|key| format!(r#"{{"self":"s","id":"1","key":"{key}","version":1}}"#))
        .collect();
    let link = format!(r#"<{next}>; rel="next""#);
    let headers = [("Link", link.as_str()), ("X-Total-Count", "3")];
    let body = format!("[{}]", issues.join(","));
    if next.is_empty() { answer(200, body) } else { with(200, headers, body) }
}

fn search() -> SearchIssues {
    let request = SearchRequest { query: Some("Queue: TREK".into()), ..SearchRequest::default() };
    SearchIssues::new(request).per_page(2)
}

fn keys(issues: &[Issue]) -> Vec<&str> {
    issues.iter().map(|issue| issue.key.as_str()).collect()
}

#[tokio::test]
async fn pages_repeat_method_and_body() {
    let next = "api.tracker.yandex.net/v3/issues/_search?perPage=2&page=2";
    let server = Server::play([page(next, &["A-1", "A-2"]), page("", &["A-3"])]).await;
    let tracker = server.client().token("t").build().expect("good settings");
    let mut pages = tracker.pages(search());
    let first = pages.next_page().await.expect("scripted").expect("a page");
    assert_eq!((keys(&first.value), first.total_count()), (vec!["A-1", "A-2"], Some(3)));
    let second = pages.next_page().await.expect("scripted").expect("a page");
    assert_eq!(keys(&second.value), ["A-3"]);
    assert!(pages.next_page().await.expect("the end").is_none());
    assert!(pages.next_page().await.expect("still the end").is_none());

    let seen = server.seen();
    let target = "POST /v3/issues/_search?perPage=2";
    assert_eq!(server.lines(), [target.to_owned(), format!("{target}&page=2")]);
    for request in seen {
        assert_eq!(request.body, r#"{"query":"Queue: TREK"}"#);
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.header("authorization"), Some("OAuth t"));
    }
}

#[tokio::test]
async fn items_run_over_pages_and_end_at_an_empty_one() {
    let script =
        [page("h/v3/i?id=1", &["A-1"]), page("h/v3/i?id=2", &["A-2"]), page("h/v3/i?id=3", &[])];
    let server = Server::play(script.clone()).await;
    let mut items = server.tracker().pages(search()).items();
    let mut found = Vec::new();
    while let Some(issue) = items.next_item().await.expect("scripted") {
        found.push(issue);
    }
    assert_eq!(keys(&found), ["A-1", "A-2"]);
    assert_eq!(server.lines().len(), 3);

    let server = Server::play(script).await;
    let mut items = server.tracker().pages(search()).items();
    let first = items.next_item().await.expect("scripted").expect("an item");
    assert_eq!(first.key, "A-1");
    assert_eq!(keys(&items.collect_all().await.expect("scripted")), ["A-2"]);
}

#[tokio::test]
async fn items_and_pages_are_streams() {
    let server = Server::play([answer(200, r#"["a","b"]"#), answer(200, "[\"c\"]")]).await;
    let mut items = server.tracker().pages(ListQueueTags::new("TREK")).items();
    let mut found = Vec::new();
    while let Some(item) = poll_fn(|cx| Pin::new(&mut items).poll_next(cx)).await {
        found.push(item.expect("scripted"));
    }
    assert_eq!(found, ["a", "b"]);
    let mut pages = server.tracker().pages(ListQueueTags::new("TREK"));
    let page = poll_fn(|cx| Pin::new(&mut pages).poll_next(cx)).await.expect("a page");
    assert_eq!(page.expect("scripted").value, ["c"]);
}

#[tokio::test]
async fn errors_end_the_listing() {
    let script = [page("h/v3/i?page=2", &["A-1"]), answer(404, ""), page("", &["A-9"])];
    let server = Server::play(script).await;
    let mut pages = server.tracker().pages(search());
    assert!(pages.next_page().await.expect("scripted").is_some());
    assert!(matches!(pages.next_page().await, Err(Error::NotFound(_))));
    assert!(pages.next_page().await.expect("over").is_none());

    let mut pages = server.tracker().pages(ListQueueTags::new(".."));
    assert!(matches!(pages.next_page().await, Err(Error::InvalidRequest(_))));
}

#[tokio::test]
async fn a_page_that_follows_itself_is_an_error_unless_it_scrolls() {
    let same = "h/v3/issues/_search?perPage=2";
    let server = Server::play([page(same, &["A-1"])]).await;
    assert!(matches!(
        server.tracker().pages(search()).next_page().await,
        Err(Error::Decode { ref at, .. }) if at == "header Link"
    ));

    let scroll = "h/v3/issues/_search?scrollId=x";
    let script = [page(scroll, &["A-1"]), page(scroll, &["A-2"]), page("", &["A-3"])];
    let server = Server::play(script).await;
    let found = server.tracker().pages(search()).items().collect_all().await.expect("scripted");
    assert_eq!(keys(&found), ["A-1", "A-2", "A-3"]);
}

#[tokio::test]
async fn a_dropped_future_loses_no_page() {
    let server = Server::play([page("", &["A-1"])]).await;
    let mut pages = server.tracker().pages(search());
    {
        let mut first = Box::pin(pages.next_page());
        let pending = poll_fn(|cx| std::task::Poll::Ready(first.as_mut().poll(cx).is_pending()));
        assert!(pending.await, "one look is not enough for a whole answer");
    }
    let page = pages.next_page().await.expect("scripted").expect("a page");
    assert_eq!(keys(&page.value), ["A-1"]);
    assert_eq!(server.lines().len(), 1);
}
