//! How fast the client is, for the comparison with the Python client that
//! `scripts/client-throughput` makes: iterates issues, creates issues, downloads a file again and
//! again. Prints a line of JSON: seconds and amounts of each.
//!
//! `TRACKER_URL=… TRACKER_TOKEN=… TRACKER_ORG=… throughput ISSUES CREATES KEY FILE NAME DOWNLOADS`

#![expect(clippy::print_stdout, reason = "the result is printed")]

use std::time::{Duration, Instant};

use serde_json::json;
use trackway_client::Tracker;
use trackway_client::api::attachments::DownloadAttachment;
use trackway_client::api::issues::{CreateIssue, SearchIssues, SearchRequest};

/// Issues of a page, as in the Python program.
const PAGE: i64 = 100;

/// Counts the bytes that are written to it.
#[derive(Default)]
struct Counter(u64);

impl tokio::io::AsyncWrite for Counter {
    fn poll_write(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        self.0 += bytes.len() as u64;
        std::task::Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn poll_shutdown(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [issues, creates, key, file, name, downloads] = words.as_slice() else {
        return Err("give ISSUES CREATES KEY FILE NAME DOWNLOADS".into());
    };
    let tracker = Tracker::builder()
        .base_url(std::env::var("TRACKER_URL")?)
        .token(std::env::var("TRACKER_TOKEN")?)
        .org_id(std::env::var("TRACKER_ORG")?)
        .timeout(Duration::from_secs(600))
        .build()?;
    let queue = key.rsplit_once('-').map_or(key.as_str(), |(queue, _)| queue);

    let (wanted, mut iterated) = (issues.parse::<usize>()?, 0);
    let start = Instant::now();
    let query =
        SearchRequest { query: Some("\"Sort By\": Key ASC".into()), ..SearchRequest::default() };
    let mut pages = tracker.pages(SearchIssues::new(query).per_page(PAGE)).prefetch(2);
    while iterated < wanted
        && let Some(page) = pages.next_page().await?
    {
        iterated += page.value.iter().filter(|issue| !issue.key.is_empty()).count();
    }
    let iterate = start.elapsed();

    let creates = creates.parse::<usize>()?;
    let start = Instant::now();
    for n in 0..creates {
        let body = json!({"queue": queue, "summary": format!("Throughput {n}")});
        tracker.send(CreateIssue::new(body.as_object().cloned().unwrap_or_default())).await?;
    }
    let create = start.elapsed();

    let mut counter = Counter::default();
    let start = Instant::now();
    for _ in 0..downloads.parse::<usize>()? {
        let request = DownloadAttachment::new(key.as_str(), file.as_str(), name.as_str());
        tracker.download(request, &mut counter, |_| {}).await?;
    }
    let download = start.elapsed();
    println!(
        "{}",
        json!({"iterated": iterated, "iterate": iterate.as_secs_f64(), "created": creates,
            "create": create.as_secs_f64(), "bytes": counter.0, "download": download.as_secs_f64()})
    );
    Ok(())
}
