//! `trackway bulk template`, `validate` and `apply`: issues as rows of a file. A row with a key edits
//! that issue, a row without one creates an issue.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;

mod check;
mod read;

use check::{Queues, Wish, Wrong, local, wish};

use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::session::Session;
use crate::shape::cell;

const OUTCOME: &[Column] = &[
    Column("LINE", "line"),
    Column("KEY", "key"),
    Column("OUTCOME", "outcome"),
    Column("WHY", "why"),
];

/// Columns of a template, before the fields of the queue alone.
const USUAL: [&str; 11] = [
    "key",
    "queue",
    "summary",
    "type",
    "priority",
    "assignee",
    "deadline",
    "estimation",
    "tags",
    "components",
    "description",
];

/// A file of rows.
#[derive(Debug, Args)]
pub(crate) struct Rows {
    /// File: .csv with the fields in its first line, or .jsonl with one object a line.
    file: PathBuf,
    /// Queue of new issues whose row names none; the profile's if there is one.
    #[arg(short = 'k', long, value_name = "KEY", add = crate::complete::of("queues"))]
    queue: Option<String>,
}

/// Prints the heading of a CSV file.
pub(crate) async fn template(
    queue: Option<String>,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let queue = queue.or_else(|| session.queue.clone()).ok_or_else(|| {
        Failure::usage("no queue is given").hint("--queue KEY, or `trackway config set queue KEY`")
    })?;
    let own = local(&queue, session).await?;
    let settable = own.iter().filter(|field| field["readonly"] != true);
    let own: Vec<String> = settable.map(|field| cell(field.get("key"))).collect();
    let names = USUAL.map(str::to_owned).into_iter().chain(own);
    session.output.text(&names.collect::<Vec<_>>().join(","))?;
    session.output.remark("rows with a key are edited, rows without one are created");
    Ok(())
}

/// What the rows of a file come to.
struct Plan {
    wishes: Vec<Wish>,
    wrong: Vec<Wrong>,
}

impl Plan {
    async fn of(arguments: &Rows, session: &Session<'_, '_>) -> Result<Self, Failure> {
        let rows = read::file(&arguments.file)?;
        if rows.is_empty() {
            return Err(Failure::usage("the file has no rows"));
        }
        let default = arguments.queue.as_deref().or(session.queue.as_deref());
        let mut queues = Queues::default();
        let mut plan = Self { wishes: Vec::new(), wrong: Vec::new() };
        for row in rows {
            match wish(row, default, &mut queues, session).await? {
                Ok(wish) => plan.wishes.push(wish),
                Err(wrong) => plan.wrong.push(wrong),
            }
        }
        Ok(plan)
    }

    /// How many issues are edited and created.
    fn counts(&self) -> (usize, usize) {
        let edited = self.wishes.iter().filter(|wish| wish.key.is_some()).count();
        (edited, self.wishes.len() - edited)
    }
}

fn refused(wrong: &Wrong) -> Value {
    json!({"line": wrong.line, "key": wrong.key, "outcome": "refused", "why": wrong.why})
}

/// Checks the rows of a file.
pub(crate) async fn validate(
    arguments: &Rows,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let plan = Plan::of(arguments, session).await?;
    session.output.list(OUTCOME, plan.wrong.iter().map(refused).collect())?;
    let (edited, created) = plan.counts();
    session.output.remark(&format!("would edit {edited} issues, create {created}"));
    if plan.wrong.is_empty() {
        return Ok(());
    }
    Err(Failure::new(Kind::Rules, format!("{} rows are wrong", plan.wrong.len())))
}

/// Edits and creates what the rows of a file ask for.
pub(crate) async fn apply(arguments: &Rows, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let plan = Plan::of(arguments, session).await?;
    let (edited, created) = plan.counts();
    session.output.remark(&format!("plan: edit {edited} issues, create {created}"));
    for wrong in &plan.wrong {
        session.output.remark(&format!("  will not: line {}: {}", wrong.line, wrong.why));
    }
    if plan.wishes.is_empty() {
        return Err(Failure::new(Kind::Rules, "no row can be applied"));
    }
    if session.silent() {
        session.output.remark("nobody will be notified");
    }
    session.confirm("continue?")?;
    let mut outcomes: Vec<Value> = plan.wrong.iter().map(refused).collect();
    let done = each(plan.wishes, &mut outcomes, session).await;
    if session.dry_run {
        return Ok(());
    }
    outcomes.sort_by_key(|outcome| outcome["line"].as_u64());
    let bad = outcomes.len() - done;
    session.output.list(OUTCOME, outcomes)?;
    if bad == 0 {
        return Ok(());
    }
    let kind = if done == 0 { Kind::Rules } else { Kind::Partly };
    Err(Failure::new(kind, format!("{bad} rows were not applied")))
}

/// Sends what is wished for, one after another, and gives the number of those that were done. What
/// would fail for all that follow, such as a server that cannot be reached, ends the work.
async fn each(
    wishes: Vec<Wish>,
    outcomes: &mut Vec<Value>,
    session: &mut Session<'_, '_>,
) -> usize {
    let total = wishes.len() as u64;
    let mut progress = session.output.progress("applying", false);
    let (mut done, mut hopeless) = (0, None::<String>);
    for (at, wish) in wishes.into_iter().enumerate() {
        let (line, key) = (wish.line, wish.key.clone());
        let failed = |why: &str| json!({"line": line, "key": key, "outcome": "failed", "why": why});
        if let Some(why) = &hopeless {
            outcomes.push(failed(why));
            continue;
        }
        match send(wish, session).await {
            Ok(outcome) => {
                done += 1;
                outcomes.extend(outcome);
            }
            Err(failure) => {
                let why = failure.to_string();
                outcomes.push(failed(&why));
                let ends = matches!(failure.kind(), Kind::SignIn | Kind::Network | Kind::Busy);
                hopeless = ends.then(|| format!("not tried: {why}"));
            }
        }
        progress.at(at as u64 + 1, Some(total));
    }
    done
}

/// Edits or creates an issue; nothing is told of a dry run.
async fn send(wish: Wish, session: &mut Session<'_, '_>) -> Result<Option<Value>, Failure> {
    let (method, path, word) = match &wish.key {
        Some(key) => (HttpMethod::PATCH, Session::at("/issues/{key}", &[key]), "edited"),
        None => (HttpMethod::POST, "/issues".to_owned(), "created"),
    };
    let answer = session.write(method, &path, &[], Some(wish.body.into())).await?;
    let told = |issue: Value| json!({"line": wish.line, "key": issue["key"], "outcome": word, "why": null});
    Ok(answer.map(told))
}
