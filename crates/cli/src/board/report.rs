//! `trackway board report`: charts of a board.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::measure::{self, By, Cycle, Sprint};
use super::past::{self, Past};
use super::view;
use crate::chart::{Chart, Form, Series, short};
use crate::failure::{Failure, Kind};
use crate::lang::shown;
use crate::output::Column;
use crate::people;
use crate::session::Session;
use crate::shape::cell;

/// Days of a cumulative flow where no beginning is given.
const USUAL_DAYS: i64 = 30;
/// Sprints that a velocity is told of.
const SPRINTS: usize = 5;

const BURNDOWN: &[Column] = &[Column("DAY", "day"), Column("PLAN", "plan"), Column("FACT", "fact")];
const FLOW: &[Column] =
    &[Column("DAY", "day"), Column("COLUMN", "column"), Column("ISSUES", "issues")];
const VELOCITY: &[Column] = &[
    Column("ID", "id"),
    Column("SPRINT", "name"),
    Column("START", "start"),
    Column("END", "end"),
    Column("PLANNED", "planned"),
    Column("DONE", "done"),
];
const CYCLE: &[Column] = &[
    Column("KEY", "key"),
    Column("START", "began"),
    Column("END", "ended"),
    Column("DAYS", "days"),
    Column("SUMMARY", "summary"),
];

/// Arguments of `trackway board report`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Id of the board.
    id: String,
    /// Which report.
    #[arg(value_enum)]
    kind: Which,
    /// Sprint of a burndown, by id or name; the one in progress if not given.
    #[arg(short = 'S', long)]
    sprint: Option<String>,
    /// First day of a flow or of cycle times; 30 days ago if not given.
    #[arg(long, value_name = "DATE")]
    since: Option<Date>,
    /// What issues weigh.
    #[arg(long, value_enum, default_value = "points")]
    by: By,
    /// Statuses that begin a cycle, by key; those in progress if not given.
    #[arg(long, value_delimiter = ',', value_name = "STATUS")]
    from: Vec<String>,
    /// Statuses that end a cycle, by key; those that are done if not given.
    #[arg(long, value_delimiter = ',', value_name = "STATUS")]
    to: Vec<String>,
    /// Write a picture instead.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// How many issues at most, those changed last; each costs a request for its history.
    #[arg(short = 'L', long, value_name = "N", default_value_t = 500)]
    limit: usize,
}

/// The reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    /// What is left of a sprint each morning, beside an even plan: the sum of story points that are
    /// not resolved as fixed
    Burndown,
    /// How many of the issues now on the board stood in each column when a day was over
    Cfd,
    /// What the last sprints held when they began, and what of them was done
    Velocity,
    /// How long issues took from the first entry into a status of work to the last into one of done
    CycleTime,
}

/// Rows for programs and a chart of them for people.
struct Report {
    columns: &'static [Column<'static>],
    rows: Vec<Value>,
    chart: Chart,
    /// A line below.
    footer: Option<String>,
}

/// Now, and where days begin.
struct Clock {
    now: Timestamp,
    zone: TimeZone,
    today: Date,
}

impl Clock {
    fn read() -> Self {
        let now = people::now();
        Self { now: now.timestamp(), zone: now.time_zone().clone(), today: now.date() }
    }

    fn since(&self, given: Option<Date>) -> Date {
        let usual = self.today.checked_sub(USUAL_DAYS.days()).unwrap_or(self.today);
        given.unwrap_or(usual).min(self.today)
    }
}

pub(super) async fn run(
    arguments: Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let board = session.get(&Session::at("/boards/{id}", &[&arguments.id]), &[]).await?;
    let clock = Clock::read();
    let report = match arguments.kind {
        Which::Burndown => burndown(&arguments, &board, &clock, session).await?,
        Which::Cfd => flow(&arguments, &board, &clock, session).await?,
        Which::Velocity => velocity(&arguments, &board, &clock, session).await?,
        Which::CycleTime => cycles(&arguments, &board, &clock, session).await?,
    };
    if let Some(path) = &arguments.svg {
        std::fs::write(path, report.chart.svg())?;
        return session.output.text(&path.display().to_string());
    }
    if session.output.is_for_people() {
        let look = session.output.people();
        let text = report.chart.text(look.width, look.ascii);
        session.output.text(&text)?;
    } else {
        session.output.list(report.columns, report.rows)?;
    }
    if let Some(footer) = &report.footer {
        session.output.remark(footer);
    }
    Ok(())
}

/// Issues that a body of a search finds, with their histories.
async fn pasts(
    body: Value,
    limit: usize,
    session: &mut Session<'_, '_>,
) -> Result<Vec<Past>, Failure> {
    let found = session.search(body, limit).await?;
    let (shown, total) = (found.items.len() as u64, found.total.unwrap_or_default());
    if total > shown {
        let line = format!("only {shown} of {total} issues are counted · all: --limit 0");
        session.output.remark(&line);
    }
    past::read(found.items, session).await
}

async fn burndown(
    arguments: &Arguments,
    board: &Value,
    clock: &Clock,
    session: &mut Session<'_, '_>,
) -> Result<Report, Failure> {
    let all = sprints(board, clock, session).await?;
    let sprint = match &arguments.sprint {
        Some(name) => all.iter().find(|(one, _)| one.id == *name || one.name == *name),
        None => all.iter().rev().find(|(_, status)| status == "in_progress"),
    };
    let (sprint, _) = sprint.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|(one, _)| one.name.as_str()).collect();
        Failure::new(Kind::NotFound, "the board has no such sprint")
            .note("possible", names.join(", "))
            .hint("--sprint ID")
    })?;
    let pasts = pasts(ever_in(std::slice::from_ref(sprint)), arguments.limit, session).await?;
    let mornings = measure::burndown(&pasts, sprint, arguments.by, clock.now, &clock.zone);
    let row =
        |m: &measure::Morning| json!({"day": m.day.to_string(), "plan": m.plan, "fact": m.fact});
    let empty = mornings.iter().all(|m| m.plan <= 0.0 && m.fact.unwrap_or_default() <= 0.0);
    Ok(Report {
        columns: BURNDOWN,
        rows: mornings.iter().map(row).collect(),
        chart: Chart {
            title: format!("{} · {}", shown("Burndown"), sprint.name),
            labels: mornings.iter().map(|m| label(m.day)).collect(),
            series: vec![
                series("plan", mornings.iter().map(|m| Some(m.plan))),
                series("left", mornings.iter().map(|m| m.fact)),
            ],
            form: Form::Lines,
        },
        footer: (empty && arguments.by == By::Points)
            .then(|| "its issues have no story points · count issues: --by issues".to_owned()),
    })
}

/// Issues that are in sprints, or were.
fn ever_in(sprints: &[Sprint]) -> Value {
    let condition = |sprint: &Sprint| {
        let id = &sprint.id;
        format!("Sprint: \"{id}\" OR Sprint: changed(from: \"{id}\")")
    };
    let all: Vec<String> = sprints.iter().map(condition).collect();
    json!({"query": format!("{} \"Sort By\": Updated DESC", all.join(" OR "))})
}

/// Sprints of a board that have begun or are planned, the first one first, each with its status.
async fn sprints(
    board: &Value,
    clock: &Clock,
    session: &Session<'_, '_>,
) -> Result<Vec<(Sprint, String)>, Failure> {
    let path = Session::at("/boards/{id}/sprints", &[&cell(board.get("id"))]);
    let found = session.whole(&path, &[]).await?;
    let day = |sprint: &Value, name: &str| sprint[name].as_str()?.parse::<Date>().ok();
    let time = |sprint: &Value, name: &str| sprint[name].as_str().and_then(people::moment);
    let one = |sprint: &Value| {
        let (first, last) = (day(sprint, "startDate")?, day(sprint, "endDate")?);
        let status = cell(sprint.get("status"));
        let over = status == "released" || status == "archived";
        let end = measure::begin(measure::next(last), &clock.zone);
        let sprint = Sprint {
            id: cell(sprint.get("id")),
            name: cell(sprint.get("name")),
            first,
            last,
            began: time(sprint, "startDateTime")
                .unwrap_or_else(|| measure::begin(first, &clock.zone)),
            ended: over.then(|| time(sprint, "endDateTime").unwrap_or(end)),
        };
        Some((sprint, status))
    };
    let mut all: Vec<(Sprint, String)> = found.iter().filter_map(one).collect();
    all.sort_by_key(|(sprint, _)| sprint.first);
    Ok(all)
}

async fn flow(
    arguments: &Arguments,
    board: &Value,
    clock: &Clock,
    session: &mut Session<'_, '_>,
) -> Result<Report, Failure> {
    let columns: Vec<measure::Column> = view::columns(board, session)
        .await?
        .iter()
        .map(|column| measure::Column {
            name: cell(column.get("name")),
            statuses: statuses(&column["statuses"]),
        })
        .collect();
    let pasts = pasts(view::issues_of(board, &[]), arguments.limit, session).await?;
    let all = measure::days(clock.since(arguments.since), clock.today);
    let days = measure::flow(&pasts, &columns, &all, clock.now, &clock.zone);
    let rows = days.iter().flat_map(|(day, counts)| {
        let each = columns.iter().zip(counts);
        each.map(move |(column, count)| json!({"day": day.to_string(), "column": column.name, "issues": count}))
    });
    // What is done lies at the bottom, as such charts are read.
    let stacks = columns.iter().enumerate().rev().map(|(at, column)| {
        let counts = days.iter().map(|(_, counts)| counts.get(at).copied().map(number));
        series(&column.name, counts)
    });
    Ok(Report {
        columns: FLOW,
        rows: rows.collect(),
        chart: Chart {
            title: format!("{} · {}", shown("Cumulative flow"), cell(board.get("name"))),
            labels: days.iter().map(|(day, _)| label(*day)).collect(),
            series: stacks.collect(),
            form: Form::Stacked,
        },
        footer: None,
    })
}

fn statuses(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|status| cell(status.get("key"))).collect()
}

async fn velocity(
    arguments: &Arguments,
    board: &Value,
    clock: &Clock,
    session: &mut Session<'_, '_>,
) -> Result<Report, Failure> {
    let all = sprints(board, clock, session).await?;
    let begun = all.into_iter().filter(|(_, status)| status != "draft").map(|(one, _)| one);
    let begun: Vec<Sprint> = begun.collect();
    let last = begun.get(begun.len().saturating_sub(SPRINTS)..).unwrap_or_default();
    if last.is_empty() {
        return Err(Failure::new(Kind::NotFound, "no sprint of the board has begun"));
    }
    let pasts = pasts(ever_in(last), arguments.limit, session).await?;
    let measured: Vec<(f64, f64)> = last
        .iter()
        .map(|sprint| measure::velocity(&pasts, sprint, arguments.by, clock.now))
        .collect();
    let row = |(sprint, (planned, done)): (&Sprint, &(f64, f64))| {
        json!({"id": sprint.id, "name": sprint.name, "start": sprint.first.to_string(), "end": sprint.last.to_string(),
        "planned": planned, "done": done})
    };
    let done: Vec<f64> = measured.iter().map(|(_, done)| *done).collect();
    let least = done.iter().copied().fold(f64::INFINITY, f64::min);
    let most = done.iter().copied().fold(0.0, f64::max);
    let footer = format!(
        "{} done on average, from {} to {}",
        short(measure::mean(&done)),
        short(least),
        short(most)
    );
    Ok(Report {
        columns: VELOCITY,
        rows: last.iter().zip(&measured).map(row).collect(),
        chart: Chart {
            title: format!("{} · {}", shown("Velocity"), cell(board.get("name"))),
            labels: last.iter().map(|sprint| sprint.name.clone()).collect(),
            series: vec![
                series("planned", measured.iter().map(|(planned, _)| Some(*planned))),
                series("done", done.iter().map(|done| Some(*done))),
            ],
            form: Form::Bars,
        },
        footer: Some(footer),
    })
}

async fn cycles(
    arguments: &Arguments,
    board: &Value,
    clock: &Clock,
    session: &mut Session<'_, '_>,
) -> Result<Report, Failure> {
    let known = session.whole("/statuses", &[]).await?;
    let of_type = |given: &[String], kind: &str| -> Vec<String> {
        if !given.is_empty() {
            return given.to_vec();
        }
        let is = |status: &&Value| status["type"] == kind || status["type"]["key"] == kind;
        known.iter().filter(is).map(|status| cell(status.get("key"))).collect()
    };
    let from = of_type(&arguments.from, "inProgress");
    let to = of_type(&arguments.to, "done");
    let pasts = pasts(view::issues_of(board, &[]), arguments.limit, session).await?;
    let begin = measure::begin(clock.since(arguments.since), &clock.zone);
    let mut found: Vec<(&Past, Cycle)> = pasts
        .iter()
        .filter_map(|past| Some((past, measure::cycle(past, &from, &to)?)))
        .filter(|(_, cycle)| cycle.ended >= begin)
        .collect();
    found.sort_by_key(|(_, cycle)| cycle.ended);
    let day = |at: Timestamp| at.to_zoned_datetime(clock.zone.clone()).date();
    let row = |(past, cycle): &(&Past, Cycle)| {
        json!({"key": past.issue["key"],
        "began": day(cycle.began).to_string(), "ended": day(cycle.ended).to_string(), "days": rounded(cycle.days), "summary": past.issue["summary"]})
    };
    let mut lengths: Vec<f64> = found.iter().map(|(_, cycle)| cycle.days).collect();
    lengths.sort_by(f64::total_cmp);
    let told = |share| measure::percentile(&lengths, share).map_or_else(|| "–".to_owned(), short);
    let footer = format!(
        "{} issues · days: 50% within {}, 85% within {}, 95% within {}",
        lengths.len(),
        told(0.5),
        told(0.85),
        told(0.95)
    );
    Ok(Report {
        columns: CYCLE,
        rows: found.iter().map(row).collect(),
        chart: Chart {
            title: format!("{} · {}", shown("Cycle time"), cell(board.get("name"))),
            labels: found
                .iter()
                .map(|(past, cycle)| {
                    format!("{} {}", label(day(cycle.ended)), cell(past.issue.get("key")))
                })
                .collect(),
            series: vec![series("days", found.iter().map(|(_, cycle)| Some(cycle.days)))],
            form: Form::Dots,
        },
        footer: Some(footer),
    })
}

fn series(name: &str, values: impl Iterator<Item = Option<f64>>) -> Series {
    Series { name: shown(name), values: values.collect() }
}

/// A day under a chart.
fn label(day: Date) -> String {
    day.strftime("%m-%d").to_string()
}

fn rounded(days: f64) -> f64 {
    (days * 10.0).round() / 10.0
}

#[expect(clippy::cast_precision_loss, reason = "boards hold few issues")]
fn number(count: usize) -> f64 {
    count as f64
}
