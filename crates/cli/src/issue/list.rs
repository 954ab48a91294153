//! `trackway issue list`.

use clap::Args;
use trackway_client::Tracker;
use trackway_client::api::issues::{Issue, SearchIssues, SearchRequest};
use trackway_query::{Expr, Query, parse};

use super::{minute, name, person};
use crate::failure::Failure;
use crate::output::Output;

/// Largest page asked for at once.
const LARGEST_PAGE: usize = 100;

/// Arguments of `trackway issue list`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What to find, in the query language: 'Assignee: me() Resolution: empty()'.
    #[arg(short, long, short_alias = 'Q')]
    query: Option<String>,
    /// Only issues of this queue.
    #[arg(short = 'k', long, value_name = "KEY")]
    queue: Option<String>,
    /// How many at most; 0 for all.
    #[arg(short = 'L', long, value_name = "N", default_value_t = 30)]
    limit: usize,
}

pub(super) async fn run(
    arguments: Arguments,
    tracker: &Tracker,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let query = combined(arguments.query.as_deref(), arguments.queue.as_deref())?;
    let limit = if arguments.limit == 0 { usize::MAX } else { arguments.limit };
    let (issues, total) = find(tracker, &query, limit).await?;
    if output.is_json() {
        output.json(&issues)?;
    } else {
        let rows: Vec<_> = issues.iter().map(row).collect();
        output.table(["KEY", "STATUS", "ASSIGNEE", "UPDATED", "SUMMARY"], &rows)?;
    }
    output.remark(&footer(issues.len(), total, &query));
    Ok(())
}

/// The first `limit` issues and the number of all.
async fn find(
    tracker: &Tracker,
    query: &str,
    limit: usize,
) -> Result<(Vec<Issue>, Option<u64>), Failure> {
    let request = SearchRequest { query: Some(query.into()), ..SearchRequest::default() };
    let per_page = i64::try_from(limit.min(LARGEST_PAGE)).unwrap_or_default();
    let mut pages = tracker.pages(SearchIssues::new(request).per_page(per_page));
    let (mut issues, mut total) = (Vec::new(), None);
    while issues.len() < limit
        && let Some(page) = pages.next_page().await?
    {
        total = page.total_count().or(total);
        issues.extend(page.value);
    }
    issues.truncate(limit);
    Ok((issues, total))
}

/// One query of what the flags say. A query without `--queue` is passed on as it is, so that the
/// server may know more of the language than this program.
fn combined(query: Option<&str>, queue: Option<&str>) -> Result<String, Failure> {
    let Some(queue) = queue else {
        return Ok(query.unwrap_or(r#""Sort By": Updated DESC"#).to_owned());
    };
    let quoted = format!(r#"Queue: "{}""#, queue.replace('\\', r"\\").replace('"', "\\\""));
    let Some(query) = query else { return Ok(format!(r#"{quoted} "Sort By": Updated DESC"#)) };
    let read = |text: &str| {
        parse(text).map_err(|error| {
            Failure::usage(format!("the query: {error}")).hint(format!("the query was: {text}"))
        })
    };
    let (own, in_queue) = (read(query)?, read(&quoted)?.filter);
    let conditions: Vec<Expr> = in_queue.into_iter().chain(own.filter).collect();
    let filter = match <[Expr; 1]>::try_from(conditions) {
        Ok([only]) => only,
        Err(several) => Expr::And(several),
    };
    Ok(Query { filter: Some(filter), sort: own.sort }.to_string())
}

fn row(issue: &Issue) -> [String; 5] {
    [
        issue.key.clone(),
        name(issue.status.as_ref()),
        person(issue.assignee.as_ref()),
        minute(issue.updated_at.as_deref()),
        issue.summary.clone().unwrap_or_default(),
    ]
}

/// A part is never mistaken for the whole.
fn footer(shown: usize, total: Option<u64>, query: &str) -> String {
    let more = match total {
        Some(total) if total > shown as u64 => format!("{shown} of {total} · all: --limit 0"),
        Some(total) => format!("{shown} of {total}"),
        None => format!("{shown} shown"),
    };
    format!("{more} · query: {query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_become_one_query() {
        let both = |query, queue| combined(query, queue).expect("good");
        assert_eq!(both(None, None), r#""Sort By": Updated DESC"#);
        assert_eq!(both(Some("new: syntax("), None), "new: syntax(");
        assert_eq!(both(None, Some("OPS")), r#"Queue: "OPS" "Sort By": Updated DESC"#);
        let joined = both(Some(r#"Status: a OR Status: b "Sort By": Key"#), Some("OPS"));
        let parsed = parse(&joined).expect("our own text");
        assert!(
            matches!(parsed.filter, Some(Expr::And(ref parts)) if parts.len() == 2),
            "{joined}"
        );
        assert_eq!(parsed.sort.len(), 1);
        let sorted = both(Some(r#""Sort By": Key"#), Some("A\"B\\"));
        assert!(parse(&sorted).is_ok(), "{sorted}");
        assert!(combined(Some("Queue: ("), Some("OPS")).is_err());
    }

    #[test]
    fn the_footer_says_what_is_missing() {
        assert_eq!(footer(3, Some(3), "q"), "3 of 3 · query: q");
        assert_eq!(footer(30, Some(31), "q"), "30 of 31 · all: --limit 0 · query: q");
        assert_eq!(footer(2, None, "q"), "2 shown · query: q");
    }
}
