//! What is measured: reads by key, the usual searches, writes; each request with other values.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::client::scatter;
use crate::program::Program;

/// Kinds of rows, for the comparison with the targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An issue by key.
    Get,
    /// A search of fifty issues.
    Search,
    /// A search that finds a full page, to be held against the ceiling of a page.
    Page,
    /// A new issue.
    Create,
    /// Anything else.
    Other,
}

/// A row of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) load: crate::client::Load,
}

/// Queues of the filler.
const QUEUES: u64 = 20;
/// Values of the filler: tags, sprints, local codes.
const TAGS: u64 = 40;
const SPRINTS: u64 = 200;
const CODES: u64 = 500;

fn queue(n: u64) -> String {
    let letter = char::from(b'A' + u8::try_from(n % QUEUES).unwrap_or(0));
    format!("LOAD{letter}")
}

fn key(n: u64, issues: u64) -> String {
    format!("{}-{}", queue(n), scatter(n) % (issues / QUEUES).max(1) + 1)
}

/// What the requests of searches are made from, as the program knows it.
struct Known {
    words: Vec<String>,
    logins: Vec<String>,
}

impl Known {
    fn read(program: &Program) -> Result<Self> {
        let page = program.ask("/v3/issues/_search?perPage=200&page=3", "{}")?;
        let issues = page.as_array().context("a list of issues")?;
        let text = |issue: &Value, member: &str| issue[member].as_str().unwrap_or("").to_owned();
        let mut words: Vec<String> = issues
            .iter()
            .flat_map(|issue| {
                let words = text(issue, "summary");
                words.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
            })
            .filter(|word| word.chars().count() > 4 && word.chars().all(char::is_alphabetic))
            .collect();
        words.sort();
        words.dedup();
        let mut logins: Vec<String> = issues
            .iter()
            .filter_map(|issue| issue["assignee"]["id"].as_str().map(str::to_owned))
            .collect();
        logins.sort();
        logins.dedup();
        Ok(Self { words, logins })
    }

    fn word(&self, n: u64) -> &str {
        pick(&self.words, n).unwrap_or("test")
    }

    fn person(&self, n: u64) -> &str {
        pick(&self.logins, n).unwrap_or("me()")
    }
}

fn pick(list: &[String], n: u64) -> Option<&str> {
    let place = usize::try_from(n).unwrap_or(usize::MAX).checked_rem(list.len())?;
    list.get(place).map(String::as_str)
}

/// A day so long ago.
fn day(ago: u64) -> String {
    let today = i64::try_from(
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
    )
    .unwrap_or(0)
        / 86_400;
    civil(today - i64::try_from(ago).unwrap_or(0))
}

/// `YYYY-MM-DD` of a day since 1970 (the usual arithmetic of eras of 400 years).
fn civil(day: i64) -> String {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Everything that is measured with so many issues.
pub(crate) fn all(program: &Program, issues: u64) -> Result<Vec<Row>> {
    let known = std::sync::Arc::new(Known::read(program)?);
    let mut rows = vec![
        Row {
            name: "get issue by key",
            kind: Kind::Get,
            load: program.load(
                "GET",
                move |n| format!("/v3/issues/{}", key(n, issues)),
                |_| String::new(),
            ),
        },
        Row {
            name: "myself",
            kind: Kind::Other,
            load: program.load("GET", |_| "/v3/myself".to_owned(), |_| String::new()),
        },
    ];
    let filter = |n: u64| {
        json!({"filter": {"queue": queue(n), "status": "open"}, "order": "-updated"}).to_string()
    };
    rows.push(search(program, "search: queue and status", Kind::Page, filter));
    let mut query = |name, make: fn(&Known, u64) -> String| {
        let known = std::sync::Arc::clone(&known);
        rows.push(search(program, name, Kind::Search, move |n| {
            json!({"query": make(&known, n)}).to_string()
        }));
    };
    query("search: assigned to somebody and unresolved", |known, n| {
        format!("Assignee: {} Resolution: unresolved()", known.person(n))
    });
    query("search: a word", |known, n| known.word(n).to_owned());
    query("search: a tag", |_, n| format!("Tags: tag-{}", n % TAGS));
    query("search: an epic", |_, n| format!("Epic: {}-{}", queue(n), n / QUEUES % 50 * 20 + 1));
    query("search: a sprint", |_, n| format!("Sprint: \"Load {}\"", n % SPRINTS + 1));
    query("search: updated in the last 7 days", |_, _| "Updated: >now()-7d".to_owned());
    query("search: created within 3 days", |_, n| {
        format!("Created: {} .. {}", day(n % 1000 + 2), day(n % 1000))
    });
    query("search: a follower", |known, n| format!("Followers: {}", known.person(n)));
    query("search: a local field", |_, n| format!("{}.Code: code-{}", queue(n), n % CODES));
    query("search: two queues or'ed, one priority", |_, n| {
        format!("(Queue: {} OR Queue: {}) Priority: critical", queue(n), queue(n / 7 + 3))
    });
    query("search: by priority, then key", |_, n| {
        format!("Queue: {} Resolution: empty() \"Sort By\": Priority DESC, Key", queue(n))
    });
    // Those above come again and again and are kept. A number of votes that nothing has makes others.
    query("search: two queues or'ed, one priority, for the first time", |_, n| {
        let queues = format!("(Queue: {} OR Queue: {})", queue(n), queue(n / 7 + 3));
        format!("{queues} Priority: critical Votes: !{}", n % 1_000_000_000 + 1000)
    });
    query("search: by priority, then key, for the first time", |_, n| {
        let votes = n % 1_000_000_000 + 1000;
        let sort = "\"Sort By\": Priority DESC, Key";
        format!("Queue: {} Resolution: empty() Votes: !{votes} {sort}", queue(n))
    });
    rows.push(Row {
        name: "create issue",
        kind: Kind::Create,
        load: program.load(
            "POST",
            |_| "/v3/issues".to_owned(),
            |n| {
                json!({"queue": queue(n), "summary": format!("Measured {n}"),
                "description": "word ".repeat(160), "tags": ["measured"]})
                .to_string()
            },
        ),
    });
    let text = "A comment of a usual length, which says what was seen and what comes next.";
    rows.push(Row {
        name: "create comment",
        kind: Kind::Other,
        load: program.load(
            "POST",
            move |n| format!("/v3/issues/{}/comments", key(n, issues)),
            move |_| json!({ "text": text }).to_string(),
        ),
    });
    Ok(rows)
}

fn search(
    program: &Program,
    name: &'static str,
    kind: Kind,
    body: impl Fn(u64) -> String + Send + Sync + 'static,
) -> Row {
    let path = |_| "/v3/issues/_search?perPage=50&page=1".to_owned();
    Row { name, kind, load: program.load("POST", path, body) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(civil(0), "1970-01-01");
        assert_eq!(civil(19_782), "2024-02-29");
        assert_eq!(civil(20_514), "2026-03-02");
    }
}
