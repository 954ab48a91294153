//! Copies the issues of a query from one tracker to a queue of another; running it again copies
//! nothing twice:
//! `FROM_URL=… FROM_TOKEN=… FROM_ORG=… TO_URL=… cargo run -p trackway-client --example migrate -- \
//! 'Queue: OLD' NEW`.

#![expect(clippy::print_stdout, reason = "a migration says what it does")]

use serde_json::json;
use trackway_client::api::issues::{SearchIssues, SearchRequest};
use trackway_client::{Error, Tracker};

fn connect(side: &str) -> Result<Tracker, Box<dyn std::error::Error>> {
    let variable = |name: &str| std::env::var(format!("{side}_{name}"));
    let builder = Tracker::builder().base_url(variable("URL")?).token(variable("TOKEN")?);
    Ok(builder.org_id(variable("ORG")?).requests_per_second(20).build()?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(query), Some(queue)) = (words.next(), words.next()) else {
        return Err("give a query and a queue".into());
    };
    let (from, to) = (connect("FROM")?, connect("TO")?);
    let request = SearchRequest { query: Some(query.into()), ..SearchRequest::default() };
    let mut issues = from.pages(SearchIssues::new(request).per_page(100)).items();
    while let Some(issue) = issues.next_item().await? {
        let body = json!({"queue": queue, "summary": issue.summary, "tags": issue.tags,
            "description": issue.description, "deadline": issue.deadline});
        let body = body.as_object().cloned().unwrap_or_default();
        match to.create_or_get(&format!("from-{}", issue.id), body).await {
            Ok((copy, created)) => {
                println!("{} -> {}{}", issue.key, copy.key, if created { "" } else { " (there)" });
            }
            Err(Error::Unprocessable(body)) => println!("{}: {:?}", issue.key, body.errors),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
