//! `trackway board view` and `backlog`: the issues of a board.

use std::fmt::Write;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::rank;
use crate::failure::Failure;
use crate::issue::list::{self, Shown};
use crate::lang::shown;
use crate::session::{ISSUE, Session};
use crate::shape::{cell, cut};
use crate::watch::{Watch, every};

/// Letters of the narrowest column that is drawn beside others.
const NARROW: usize = 22;
/// Letters between columns.
const GAP: usize = 2;

/// A condition that narrows the issues of a board: in the query language, and as a member of a
/// filter.
type Condition = (&'static str, &'static str, &'static str);

const MINE: Condition = ("Assignee: me()", "assignee", "me()");
const OPEN: Condition = ("Resolution: empty()", "resolution", "empty()");
const UNPLANNED: Condition = ("Sprint: empty()", "sprint", "empty()");

/// Arguments of `trackway board view`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Id.
    id: String,
    /// Only issues assigned to you.
    #[arg(long)]
    mine: bool,
    /// Group the issues of each column by a field, as assignee.
    #[arg(long, value_name = "FIELD")]
    lane: Option<String>,
    /// Show it again and again, after so long.
    #[arg(long, value_name = "TIME", value_parser = every, num_args = 0..=1,
        default_missing_value = "10s")]
    watch: Option<Duration>,
}

/// The body of a search for the issues of a board: those put on it, or those its query or filter
/// finds.
pub(super) fn issues_of(board: &Value, narrowed: &[Condition]) -> Value {
    if let Value::Object(filter) = &board["filter"]
        && !filter.is_empty()
    {
        let mut filter = filter.clone();
        for (_, member, value) in narrowed {
            filter.insert((*member).to_owned(), (*value).into());
        }
        return json!({ "filter": filter });
    }
    let query = board["query"].as_str().unwrap_or_default();
    let whose = if query.trim().is_empty() {
        format!("Boards: {}", cell(board.get("id")))
    } else {
        // A query of the board may end with an order.
        query.split("\"Sort By\"").next().unwrap_or(query).trim().to_owned()
    };
    let whose = format!("({whose})");
    let all: Vec<&str> =
        std::iter::once(whose.as_str()).chain(narrowed.iter().map(|(query, ..)| *query)).collect();
    json!({ "query": all.join(" AND ") })
}

/// The columns of a board, left to right.
pub(super) async fn columns(
    board: &Value,
    session: &Session<'_, '_>,
) -> Result<Vec<Value>, Failure> {
    let path = Session::at("/boards/{id}/columns", &[&cell(board.get("id"))]);
    session.whole(&path, &[]).await
}

/// The open issues of a board that are planned into no sprint.
pub(super) async fn backlog(
    session: &mut Session<'_, '_>,
    id: &str,
    limit: usize,
) -> Result<(), Failure> {
    let board = session.get(&Session::at("/boards/{id}", &[id]), &[]).await?;
    let mut body = issues_of(&board, &[OPEN, UNPLANNED]);
    let order = "Priority DESC, Updated DESC";
    let mut said = format!("backlog of board {id}");
    if rank::is_ranked(&board) {
        if let Some(query) = body["query"].as_str() {
            said = format!("query: {query}");
        }
        let mut found = session.search(body, 0).await?;
        rank::sort(&board, &mut found.items, session).await?;
        if limit > 0 {
            found.items.truncate(limit);
        }
        return list::print(&Shown::default(), found, &said, session);
    }
    if let Some(query) = body["query"].as_str() {
        said = format!("query: {query}");
        body["query"] = format!("{query} \"Sort By\": {order}").into();
    } else {
        body["order"] = json!(["-priority", "-updated"]);
    }
    list::show(session, body, limit, &said).await
}

/// The issues of a board by column.
pub(super) async fn view(
    arguments: &Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let mut watch = Watch::new(arguments.watch);
    loop {
        watch.begin(session.output)?;
        let shown = once(arguments, session).await;
        watch.judge(shown, session.output)?;
        if !watch.again().await {
            return Ok(());
        }
    }
}

async fn once(arguments: &Arguments, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let board = session.get(&Session::at("/boards/{id}", &[&arguments.id]), &[]).await?;
    let columns = columns(&board, session).await?;
    let narrowed: &[Condition] = if arguments.mine { &[MINE] } else { &[] };
    let mut found = session.search(issues_of(&board, narrowed), 0).await?;
    if rank::is_ranked(&board) {
        rank::sort(&board, &mut found.items, session).await?;
    }
    if !session.output.is_for_people() && !session.output.is_plain() {
        return session.output.list(ISSUE, found.items);
    }
    let columns: Vec<Drawn<'_>> = columns.iter().map(|one| drawn(one, &found.items)).collect();
    let mut text = format!("{}  {}", cell(board.get("id")), cell(board.get("name")));
    let width = session.output.people().width;
    let each = (width + GAP).checked_div(columns.len()).unwrap_or_default();
    if arguments.lane.is_none() && each >= NARROW + GAP {
        text.push_str(&beside(&columns, each - GAP));
    } else {
        text.push_str(&below(&columns, arguments.lane.as_deref()));
    }
    session.output.text(&text)
}

/// A column with its heading.
struct Drawn<'i> {
    heading: String,
    issues: Vec<&'i Value>,
}

fn drawn<'i>(column: &Value, issues: &'i [Value]) -> Drawn<'i> {
    let statuses = column["statuses"].as_array().cloned().unwrap_or_default();
    let stands = |issue: &&Value| statuses.iter().any(|s| s["key"] == issue["status"]["key"]);
    let issues: Vec<&Value> = issues.iter().filter(stands).collect();
    let limit = cell(column.get("limit"));
    let limit = if limit.is_empty() { limit } else { format!("/{limit}") };
    Drawn { heading: format!("{} ({}{limit})", cell(column.get("name")), issues.len()), issues }
}

/// The columns one under the other.
fn below(columns: &[Drawn<'_>], lane: Option<&str>) -> String {
    let mut text = String::new();
    for column in columns {
        // Strings take everything.
        write!(text, "\n\n{}", column.heading).ok();
        let Some(lane) = lane else {
            for issue in &column.issues {
                text.push_str(&line("  ", issue));
            }
            continue;
        };
        let mut lanes: Vec<(String, Vec<&Value>)> = Vec::new();
        for issue in &column.issues {
            let name = cell(issue.get(lane));
            match lanes.iter_mut().find(|(known, _)| *known == name) {
                Some((_, issues)) => issues.push(issue),
                None => lanes.push((name, vec![issue])),
            }
        }
        lanes.sort_by(|(a, _), (b, _)| a.is_empty().cmp(&b.is_empty()).then(a.cmp(b)));
        for (name, issues) in lanes {
            let name = if name.is_empty() { shown("none") } else { name };
            write!(text, "\n  {name}").ok();
            for issue in issues {
                text.push_str(&line("    ", issue));
            }
        }
    }
    text
}

fn line(indent: &str, issue: &Value) -> String {
    let member = |name: &str| cell(issue.get(name));
    let who = member("assignee");
    let who = if who.is_empty() { who } else { format!("  · {who}") };
    format!("\n{indent}{}  {}{who}", member("key"), member("summary"))
}

/// The columns beside each other, each issue in two lines.
fn beside(columns: &[Drawn<'_>], width: usize) -> String {
    let tall = columns.iter().map(|column| column.issues.len()).max().unwrap_or_default();
    let mut text = String::from("\n\n");
    let mut put = |cells: Vec<String>| {
        let padded = cells.iter().map(|cell| format!("{:width$}", cut(cell, width)));
        let row = padded.collect::<Vec<_>>().join(&" ".repeat(GAP));
        text.push_str(row.trim_end());
        text.push('\n');
    };
    put(columns.iter().map(|column| column.heading.clone()).collect());
    put(columns.iter().map(|_| "─".repeat(width)).collect());
    for row in 0..tall {
        let cell_of = |name: &'static str| {
            move |column: &Drawn<'_>| column.issues.get(row).map(|issue| cell(issue.get(name)))
        };
        let who = columns.iter().map(|column| {
            let key = cell_of("key")(column).unwrap_or_default();
            match cell_of("assignee")(column).filter(|who| !who.is_empty()) {
                Some(who) => format!("{key} · {who}"),
                None => key,
            }
        });
        put(who.collect());
        put(columns.iter().map(|c| cell_of("summary")(c).unwrap_or_default()).collect());
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issues() -> Vec<Value> {
        let issue = |key: &str, status: &str, who: Option<&str>| {
            json!({"key": key, "summary": format!("Work on {key}"), "status": {"key": status},
                "assignee": who.map(|who| json!({"id": "1", "display": who}))})
        };
        vec![issue("A-1", "open", Some("Ann")), issue("A-2", "open", None)]
    }

    fn columns(issues: &[Value]) -> Vec<Drawn<'_>> {
        let column =
            |name: &str, status: &str| json!({"name": name, "statuses": [{"key": status}]});
        vec![drawn(&column("To do", "open"), issues), drawn(&column("Done", "closed"), issues)]
    }

    #[test]
    fn columns_stand_beside_each_other_or_below() {
        let issues = issues();
        let columns = columns(&issues);
        let wide = beside(&columns, 22);
        let rows: Vec<&str> = wide.trim().lines().collect();
        assert_eq!(rows[0], "To do (2)               Done (0)");
        assert_eq!((rows[2], rows[3]), ("A-1 · Ann", "Work on A-1"));
        let lanes = below(&columns, Some("assignee"));
        assert!(
            lanes.contains("\n  Ann\n    A-1  Work on A-1  · Ann\n  none\n    A-2  Work on A-2")
        );
    }

    #[test]
    fn boards_narrow_their_query_or_filter() {
        let board = json!({"id": 5, "query": "Queue: A OR Queue: B \"Sort By\": Key"});
        let wanted = json!({"query": "(Queue: A OR Queue: B) AND Assignee: me()"});
        assert_eq!(issues_of(&board, &[MINE]), wanted);
        let board = json!({"id": 5, "filter": {"queue": ["A"]}});
        let wanted = json!({"filter": {"queue": ["A"], "sprint": "empty()"}});
        assert_eq!(issues_of(&board, &[UNPLANNED]), wanted);
        assert_eq!(issues_of(&json!({"id": 5}), &[]), json!({"query": "(Boards: 5)"}));
    }
}
