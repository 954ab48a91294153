//! Counts the open issues of a query by assignee:
//! `TRACKER_TOKEN=… TRACKER_ORG=… cargo run -p trackway-client --example report -- 'Queue: DEV'`.

#![expect(clippy::print_stdout, reason = "a report is printed")]

use std::collections::BTreeMap;

use trackway_client::Tracker;
use trackway_client::api::issues::{SearchIssues, SearchRequest};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tracker = Tracker::builder()
        .base_url(std::env::var("TRACKER_URL").unwrap_or("http://127.0.0.1:8080".to_owned()))
        .token(std::env::var("TRACKER_TOKEN")?)
        .org_id(std::env::var("TRACKER_ORG")?)
        .build()?;
    let query = std::env::args().nth(1).unwrap_or_default();
    let query = format!("{query} Resolution: empty()");
    let request = SearchRequest { query: Some(query.into()), ..SearchRequest::default() };
    let mut pages = tracker.pages(SearchIssues::new(request).per_page(200)).prefetch(2);
    let mut counts: BTreeMap<String, (u32, f64)> = BTreeMap::new();
    while let Some(page) = pages.next_page().await? {
        for issue in page.value {
            let who = issue.assignee.map_or_else(|| "-".to_owned(), |user| user.display);
            let count = counts.entry(who).or_default();
            count.0 += 1;
            count.1 += issue.story_points.unwrap_or_default();
        }
    }
    for (who, (issues, points)) in counts {
        println!("{issues:>6} {points:>8}  {who}");
    }
    Ok(())
}
