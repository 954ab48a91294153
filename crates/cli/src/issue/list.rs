//! `trackway issue list`, and the query that flags make.

use std::time::Duration;

use clap::Args;
use serde_json::json;
use trackway_query::{Expr, Query, parse};

pub(crate) use super::columns::Shown;
use super::shelf;
use crate::complete;
use crate::failure::Failure;
use crate::session::{Found, Session};
use crate::watch::{Watch, every};

/// Which issues, in flags. They narrow each other, and the query.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub(crate) struct Which {
    /// In the query language: 'Assignee: me() Resolution: empty()'.
    #[arg(short = 'Q', long)]
    query: Option<String>,
    /// Queue; several with commas, ~ in front for others than it.
    #[arg(short = 'k', long, value_name = "KEY", add = complete::of("queues"))]
    queue: Option<String>,
    /// Who does it: me, none, a login or a name.
    #[arg(short, long, value_name = "WHO", add = complete::of("people"))]
    assignee: Option<String>,
    /// Who wrote it.
    #[arg(long, value_name = "WHO")]
    author: Option<String>,
    /// Who follows it.
    #[arg(long, value_name = "WHO")]
    follower: Option<String>,
    /// Status by key or name; several with commas, ~ in front for others than it.
    #[arg(short, long, add = complete::of("statuses"))]
    status: Option<String>,
    /// Type of the status: new, inProgress, paused, done, cancelled.
    #[arg(long)]
    kind: Option<String>,
    /// Priority.
    #[arg(short, long, add = complete::of("priorities"))]
    priority: Option<String>,
    /// Type.
    #[arg(short = 't', long = "type", value_name = "TYPE", add = complete::of("types"))]
    issue_type: Option<String>,
    /// Tag.
    #[arg(short = 'T', long)]
    tag: Option<String>,
    /// Component.
    #[arg(short = 'C', long)]
    component: Option<String>,
    /// Version it is to be fixed in.
    #[arg(long, value_name = "VERSION")]
    fix_version: Option<String>,
    /// Sprint, by name or id; current, next.
    #[arg(short = 'S', long)]
    sprint: Option<String>,
    /// Project, by name or short id.
    #[arg(long)]
    project: Option<String>,
    /// Issue it is a part of.
    #[arg(long, value_name = "KEY")]
    parent: Option<String>,
    /// Epic it is in.
    #[arg(long, value_name = "KEY")]
    epic: Option<String>,
    /// When it was made: today, -7d, 2026-11-01..2026-11-30, after:DATE, before:DATE.
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    created: Option<String>,
    /// When it was last changed.
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    updated: Option<String>,
    /// When it must be done.
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    deadline: Option<String>,
    /// When it was resolved.
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    resolved: Option<String>,
    /// Words in summary, description, comments or names of files.
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// Any other field, by its displayed name: 'Story Points=3'. May be repeated.
    #[arg(long = "field", value_name = "NAME=VALUE")]
    fields: Vec<String>,
    /// Only issues without a resolution; the default unless a query is given.
    #[arg(long, conflicts_with_all = ["closed", "any"])]
    open: bool,
    /// Only issues with a resolution.
    #[arg(long, conflicts_with = "any")]
    closed: bool,
    /// Open and closed ones.
    #[arg(long)]
    any: bool,
}

/// Arguments of `trackway issue list`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    which: Which,
    /// Saved filter by id, instead of all of the above.
    #[arg(long, value_name = "ID", conflicts_with_all = ["query", "queue"])]
    filter: Option<String>,
    /// Archived issues instead, of a queue or all.
    #[arg(long, conflicts_with_all = ["deleted", "filter", "sort", "count", "watch"])]
    archived: bool,
    /// Deleted issues that you may restore instead, of a queue or all.
    #[arg(long, conflicts_with_all = ["filter", "sort", "count", "watch", "columns", "group"])]
    deleted: bool,
    /// Order, as updated-,priority: a minus behind the name for the greatest first.
    #[arg(long, value_name = "FIELDS")]
    sort: Option<String>,
    #[command(flatten)]
    shown: Shown,
    /// Print the number of issues only.
    #[arg(long)]
    count: bool,
    /// How many at most; 0 for all.
    #[arg(short = 'L', long, value_name = "N", default_value_t = 30)]
    limit: usize,
    /// Show the list again and again, after so long.
    #[arg(long, value_name = "TIME", value_parser = every, num_args = 0..=1,
        default_missing_value = "10s")]
    watch: Option<Duration>,
}

/// Arguments of `trackway issue mine`.
#[derive(Debug, Args)]
pub(crate) struct Mine {
    /// How many at most; 0 for all.
    #[arg(short = 'L', long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

pub(super) async fn run(
    arguments: Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let mut arguments = arguments;
    if arguments.archived || arguments.deleted {
        return away(&arguments, session).await;
    }
    arguments.which.name_sprints(session).await?;
    let (body, said) = if let Some(id) = &arguments.filter {
        (json!({"filterId": id}), format!("filter {id}"))
    } else {
        let query =
            arguments.which.combined(session.queue.as_deref(), arguments.sort.as_deref())?;
        (json!({"query": query}), format!("query: {query}"))
    };
    let mut watch = Watch::new(arguments.watch);
    loop {
        watch.begin(session.output)?;
        let shown = if arguments.count {
            count(&body, session).await
        } else {
            show_as(&arguments.shown, session, body.clone(), arguments.limit, &said).await
        };
        watch.judge(shown, session.output)?;
        if !watch.again().await {
            return Ok(());
        }
    }
}

/// Issues that no search finds: the archived or the deleted ones.
async fn away(arguments: &Arguments, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let queue = arguments.which.queue.clone();
    let only_queue = Which { queue: queue.clone(), ..Which::default() };
    let is_one = |queue: &String| !queue.contains([',', '~']);
    if arguments.which != only_queue || !queue.as_ref().is_none_or(is_one) {
        let flag = if arguments.archived { "--archived" } else { "--deleted" };
        return Err(Failure::usage(format!("{flag} takes no condition but one --queue")));
    }
    let queue = queue.or_else(|| session.queue.clone());
    if arguments.archived {
        let found = shelf::away("/issues/_archived", queue, arguments.limit, session).await?;
        return print(&arguments.shown, found, "archived", session);
    }
    let found = shelf::away("/issues/_deleted", queue, arguments.limit, session).await?;
    shelf::print_deleted(found, session)
}

async fn count(body: &serde_json::Value, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let count = session.count(body.clone()).await?;
    session.output.text(&count.to_string())
}

pub(super) async fn mine(arguments: Mine, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let query = "Assignee: me() Resolution: empty() \"Sort By\": Status ASC, Updated DESC";
    show(session, json!({"query": query}), arguments.limit, &format!("query: {query}")).await
}

/// Prints the issues that a body of a search finds.
pub(crate) async fn show(
    session: &mut Session<'_, '_>,
    body: serde_json::Value,
    limit: usize,
    said: &str,
) -> Result<(), Failure> {
    show_as(&Shown::default(), session, body, limit, said).await
}

async fn show_as(
    shown: &Shown,
    session: &mut Session<'_, '_>,
    body: serde_json::Value,
    limit: usize,
    said: &str,
) -> Result<(), Failure> {
    let found = session.search(body, limit).await?;
    print(shown, found, said, session)
}

/// Prints issues that were found.
pub(crate) fn print(
    shown: &Shown,
    found: Found,
    said: &str,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let (footer, explained) = (found.footer(), session.output.explains());
    shown.print(found.items, found.total, session)?;
    if !explained {
        session.output.remark(&format!("{footer} · {said}"));
    }
    Ok(())
}

impl Which {
    /// Puts the ids of sprints in the place of `current` and `next`.
    async fn name_sprints(&mut self, session: &Session<'_, '_>) -> Result<(), Failure> {
        let Some(sprint) = &mut self.sprint else { return Ok(()) };
        let mut named = Vec::new();
        for word in sprint.split(',') {
            match crate::sprint::named(word.trim(), session).await? {
                Some(ids) => named.extend(ids),
                None => named.push(word.to_owned()),
            }
        }
        *sprint = named.join(",");
        Ok(())
    }

    /// One query of what the flags say. A query alone is passed on as it is, so that the server may
    /// know more of the language than this program.
    pub(crate) fn combined(
        &self,
        queue: Option<&str>,
        sort: Option<&str>,
    ) -> Result<String, Failure> {
        let parts = self.parts(queue)?;
        let order = order(sort);
        let Some(query) = self.query.as_deref() else {
            return Ok(format!("{} {order}", parts.join(" ")).trim().to_owned());
        };
        if parts.is_empty() && sort.is_none() {
            return Ok(query.to_owned());
        }
        let read = |text: &str| {
            parse(text).map_err(|error| {
                Failure::usage(format!("the query: {error}")).hint(format!("the query was: {text}"))
            })
        };
        let own = read(query)?;
        let flags = read(&parts.join(" "))?.filter;
        let conditions: Vec<Expr> = flags.into_iter().chain(own.filter).collect();
        let filter = match <[Expr; 1]>::try_from(conditions) {
            Ok([only]) => Some(only),
            Err(several) => (!several.is_empty()).then_some(Expr::And(several)),
        };
        let sort = if sort.is_some() { read(&order)?.sort } else { own.sort };
        Ok(Query { filter, sort }.to_string())
    }

    /// The conditions. A query given by hand is not narrowed to open issues or the profile's queue.
    fn parts(&self, queue: Option<&str>) -> Result<Vec<String>, Failure> {
        let own = self.query.is_none();
        let mut parts = Vec::new();
        let queue = self.queue.as_deref().or(queue.filter(|_| own));
        let values = [
            ("Queue", queue),
            ("Status", self.status.as_deref()),
            ("\"Status type\"", self.kind.as_deref()),
            ("Priority", self.priority.as_deref()),
            ("Type", self.issue_type.as_deref()),
            ("Tags", self.tag.as_deref()),
            ("Components", self.component.as_deref()),
            ("\"Fix Version\"", self.fix_version.as_deref()),
            ("Sprint", self.sprint.as_deref()),
            ("Project", self.project.as_deref()),
            ("\"Is Subtask For\"", self.parent.as_deref()),
            ("\"Has Epic\"", self.epic.as_deref()),
        ];
        parts
            .extend(values.into_iter().filter_map(|(name, text)| Some(clause(name, text?, value))));
        let people =
            [("Assignee", &self.assignee), ("Author", &self.author), ("Followers", &self.follower)];
        parts.extend(
            people
                .into_iter()
                .filter_map(|(name, text)| Some(clause(name, text.as_deref()?, person))),
        );
        for (name, when) in [
            ("Created", &self.created),
            ("Updated", &self.updated),
            ("Deadline", &self.deadline),
            ("Resolved", &self.resolved),
        ] {
            parts.extend(when.as_deref().map(|when| format!("{name}: {}", moment(when))));
        }
        for field in &self.fields {
            let (name, text) = field
                .split_once('=')
                .ok_or_else(|| Failure::usage(format!("--field {field}: must be NAME=VALUE")))?;
            parts.push(clause(&quoted(name), text, value));
        }
        parts.extend(self.text.as_deref().map(quoted));
        if self.closed {
            parts.push("Resolution: notEmpty()".to_owned());
        } else if !self.any && (own || self.open) {
            parts.push("Resolution: empty()".to_owned());
        }
        Ok(parts)
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.trim().replace('\\', r"\\").replace('"', "\\\""))
}

/// Values with commas, each with ~ in front for what it must not be.
fn clause(name: &str, text: &str, one: impl Fn(&str) -> String) -> String {
    let values = text.split(',').map(str::trim).filter(|value| !value.is_empty());
    let values = values.map(|text| match text.strip_prefix('~') {
        Some(text) => format!("!{}", one(text)),
        None => one(text),
    });
    format!("{name}: {}", values.collect::<Vec<_>>().join(", "))
}

fn value(text: &str) -> String {
    if text == "none" { "empty()".to_owned() } else { quoted(text) }
}

fn person(text: &str) -> String {
    match text {
        "me" => "me()".to_owned(),
        "none" => "empty()".to_owned(),
        other => quoted(other),
    }
}

/// A time or a stretch of it.
fn moment(when: &str) -> String {
    let point = |text: &str| match text.trim() {
        "today" => "today()".to_owned(),
        "now" => "now()".to_owned(),
        text => match text.strip_prefix('-') {
            Some(span) => format!("today() - {}", quoted(span)),
            None => quoted(&super::dates::text(text)),
        },
    };
    let when = when.trim();
    if let Some((from, to)) = when.split_once("..") {
        return format!("{} .. {}", point(from), point(to));
    }
    for (word, sign) in [("after:", ">"), ("before:", "<"), (">", ">"), ("<", "<")] {
        if let Some(rest) = when.strip_prefix(word) {
            return format!("{sign}{}", point(rest));
        }
    }
    match when {
        "week" => "week()".to_owned(),
        "month" => "month()".to_owned(),
        _ if when.starts_with('-') => format!(">{}", point(when)),
        _ => point(when),
    }
}

fn order(sort: Option<&str>) -> String {
    let keys = sort.unwrap_or("updated-").split(',').map(str::trim).filter(|key| !key.is_empty());
    let keys = keys.map(|key| match key.strip_suffix('-') {
        Some(name) => format!("{} DESC", quoted(name)),
        None => format!("{} ASC", quoted(key.trim_end_matches('+'))),
    });
    format!("\"Sort By\": {}", keys.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn combined(which: &Which) -> String {
        which.combined(None, None).expect("good")
    }

    #[test]
    fn flags_become_one_query() {
        let order = r#""Sort By": "updated" DESC"#;
        assert_eq!(combined(&Which::default()), format!("Resolution: empty() {order}"));
        let which = Which {
            queue: Some("OPS".to_owned()),
            assignee: Some("me,~ann".to_owned()),
            status: Some("~closed,Need \"info\"".to_owned()),
            deadline: Some("before:today".to_owned()),
            any: true,
            ..Which::default()
        };
        let query = combined(&which);
        let wanted = r#"Queue: "OPS" Status: !"closed", "Need \"info\"" Assignee: me(), !"ann" Deadline: <today()"#;
        assert_eq!(query, format!("{wanted} {order}"));
        parse(&query).expect("our own text");
    }

    #[test]
    fn a_query_of_ones_own_is_joined_with_flags_or_left_alone() {
        let query = |query: &str| Which { query: Some(query.to_owned()), ..Which::default() };
        assert_eq!(combined(&query("new: syntax(")), "new: syntax(");
        let which = Which {
            queue: Some("A\"B\\".to_owned()),
            ..query(r#"Status: a OR Status: b "Sort By": Key"#)
        };
        let joined = combined(&which);
        let parsed = parse(&joined).expect("our own text");
        assert!(matches!(parsed.filter, Some(Expr::And(ref all)) if all.len() == 2), "{joined}");
        assert_eq!(parsed.sort.len(), 1);
        let broken = Which { queue: Some("A".to_owned()), ..query("Queue: (") };
        assert!(broken.combined(None, None).is_err());
        assert_eq!(query("Key: A-1").combined(Some("Q"), None).expect("good"), "Key: A-1");
    }

    #[test]
    fn times_in_words() {
        for (when, wanted) in [
            ("-7d", "Created: >today() - \"7d\""),
            ("2026-11-01..today", "Created: \"2026-11-01\" .. today()"),
            ("after:2026-11-01", "Created: >\"2026-11-01\""),
            ("week", "Created: week()"),
            ("2026-11-01", "Created: \"2026-11-01\""),
        ] {
            let text = format!("Created: {}", moment(when));
            assert_eq!(text, wanted);
            parse(&text).expect(wanted);
        }
    }
}
