//! Follows a queue and comments on new bugs without an assignee:
//! `TRACKER_TOKEN=… TRACKER_ORG=… cargo run -p trackway-client --example bot -- DEV`.

#![expect(clippy::print_stdout, reason = "a bot says what it does")]

use std::time::Duration;

use trackway_client::Tracker;
use trackway_client::api::comments::{AddComment, CommentCreate};
use trackway_client::api::users::GetMyself;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tracker = Tracker::builder()
        .base_url(std::env::var("TRACKER_URL").unwrap_or("http://127.0.0.1:8080".to_owned()))
        .token(std::env::var("TRACKER_TOKEN")?)
        .org_id(std::env::var("TRACKER_ORG")?)
        .requests_per_second(5)
        .build()?;
    println!("I am {}", tracker.send(GetMyself::new()).await?.display);
    let queue = std::env::args().nth(1).unwrap_or("DEV".to_owned());
    let query = format!("Queue: {queue} Type: Bug Assignee: empty()");
    let mut since = std::env::args().nth(2).unwrap_or("2026-01-01T00:00:00.000+0000".to_owned());
    loop {
        let mut changes = tracker.changes_since(Some(&query), &since);
        while let Some(changed) = changes.next_issue().await? {
            let issue = changed.issue;
            if changed.changes.iter().any(|change| change.kind == "IssueCreated") {
                let text = "Thank you. Somebody will look at this soon.";
                let comment = CommentCreate { text: Some(text.into()), ..CommentCreate::default() };
                tracker.send(AddComment::new(&issue.key, comment)).await?;
                println!("{}: greeted", issue.key);
            }
            since = issue.updated_at.unwrap_or(since);
        }
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
}
