//! `trackway my` and `trackway time`: what concerns the caller.

use std::fmt::Write;

use clap::{Args, Subcommand};
use jiff::ZonedDateTime;
use jiff::civil::Date;
use serde_json::json;
use trackway_client::api::HttpMethod;

use crate::common::Common;
use crate::config::{Files, files};
use crate::failure::{Failure, Kind};
use crate::issue::fields::duration;
use crate::lang;
use crate::output::Column;
use crate::people;
use crate::session::{ISSUE, Session};
use crate::shape::cell;

mod report;

/// Arguments of `trackway my`.
#[derive(Debug, Args)]
pub struct My {
    #[command(flatten)]
    pub(crate) common: Common,
}

const BLOCKED: &str = "Assignee: me() \"Status type\": paused";
const DUE: &str = "Assignee: me() Resolution: empty() Deadline: <= today() + \"3d\"";
const DOING: &str = "Assignee: me() \"Status type\": inProgress";
const NEXT: &str = "Assignee: me() \"Status type\": new";

/// One screen of what is to be done; an issue stands in the first group it fits.
pub(crate) async fn my(session: &mut Session<'_, '_>) -> Result<(), Failure> {
    const MOST: usize = 10;
    let order = "\"Sort By\": Priority DESC, Updated DESC";
    let groups = [("DUE", DUE), ("IN PROGRESS", DOING), ("WAITING", BLOCKED), ("NEXT", NEXT)];
    let mut seen = std::collections::BTreeSet::new();
    let mut all = Vec::new();
    let mut text = String::new();
    for (name, query) in groups {
        let body = json!({"query": format!("{query} {order}")});
        let mut found = session.search(body, MOST).await?.items;
        found.retain(|issue| seen.insert(cell(issue.get("key"))));
        if found.is_empty() {
            continue;
        }
        writeln!(text, "{}", lang::shown(name)).ok();
        for issue in &found {
            let look = session.output.people();
            let day = people::cell(issue, "deadline", look).text;
            let priority = people::cell(issue, "priority", look).text;
            let day = if day.is_empty() { day } else { format!("   ({day})") };
            let (key, summary) = (cell(issue.get("key")), cell(issue.get("summary")));
            // Strings take everything.
            writeln!(text, "  {key:10} {priority} {summary}{day}").ok();
        }
        text.push('\n');
        all.extend(found.into_iter().map(|mut issue| {
            issue["group"] = name.into();
            issue
        }));
    }
    if !session.output.is_for_people() {
        return session.output.list(ISSUE, all);
    }
    if all.is_empty() {
        session.output.remark("nothing is assigned to you");
        return Ok(());
    }
    session.output.text(text.trim_end())
}

const WORK: &[Column] =
    &[Column("WHAT", "what"), Column("SPENT", "spent"), Column("MINUTES", "minutes")];

/// Arguments of `trackway time`.
#[derive(Debug, Args)]
pub struct Time {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    action: TimeAction,
}

/// What to do about time.
#[derive(Debug, Subcommand)]
enum TimeAction {
    /// Records time spent on an issue.
    Log(crate::issue::WorklogAdd),
    /// Starts to measure time on an issue.
    Start {
        /// Key; that of the branch if not given.
        key: Option<String>,
    },
    /// Ends measuring, and records the time.
    Stop {
        /// What was done.
        note: Option<String>,
        /// Forget the time instead of recording it.
        #[arg(long)]
        discard: bool,
    },
    /// Shows what is being measured.
    Status,
    /// Sums up time by person, issue, queue or day.
    Report {
        /// This week, from Monday; the default.
        #[arg(long, conflicts_with_all = ["from", "to"])]
        week: bool,
        /// First day.
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// Last day; today if not given.
        #[arg(long, value_name = "DATE")]
        to: Option<Date>,
        /// What to sum up by; several with commas, the first is the outermost.
        #[arg(long, value_enum, value_delimiter = ',', default_value = "issue")]
        by: Vec<report::By>,
        /// Whose time: me, a login, or all.
        #[arg(long, default_value = "me", value_name = "WHO")]
        who: String,
    },
}

pub(crate) async fn time(arguments: Time, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    match arguments.action {
        TimeAction::Log(arguments) => crate::issue::worklog_add(arguments, session).await,
        TimeAction::Start { key } => {
            let key = session.current(key.as_deref())?;
            session.get(&Session::at("/issues/{key}", &[&key]), &[]).await?;
            Watch::find()?.start(&key)?;
            session.output.remark(&format!("✓ measuring time on {key}"));
            Ok(())
        }
        TimeAction::Status => {
            let (key, since) = Watch::find()?.read().ok_or_else(nothing_measured)?;
            let spent = spent_since(&since, &people::now());
            let row = json!({"what": key, "spent": in_words(spent), "minutes": spent});
            session.output.one(WORK, row)
        }
        TimeAction::Stop { note, discard } => {
            let watch = Watch::find()?;
            let (key, since) = watch.read().ok_or_else(nothing_measured)?;
            let minutes = spent_since(&since, &people::now()).max(1);
            if !discard {
                let mut body = json!({"start": since.strftime("%Y-%m-%dT%H:%M:%S.000%z").to_string(),
                    "duration": duration(&format!("{minutes}m"))?});
                if let Some(note) = note {
                    body["comment"] = note.into();
                }
                let path = Session::at("/issues/{key}/worklog", &[&key]);
                if session.write(HttpMethod::POST, &path, &[], Some(body)).await?.is_none() {
                    return Ok(());
                }
            }
            watch.clear()?;
            let spent = in_words(minutes);
            let line = if discard {
                format!("✓ {spent} on {key} forgotten")
            } else {
                format!("✓ {spent} on {key} recorded")
            };
            session.output.remark(&line);
            Ok(())
        }
        TimeAction::Report { from, to, by, who, .. } => {
            report::run(session, from, to, &by, &who).await
        }
    }
}

fn nothing_measured() -> Failure {
    Failure::new(Kind::NotFound, "no time is being measured").hint("trackway time start KEY")
}

/// Minutes of an ISO 8601 duration; days and weeks are those of work, 8 hours and 5 days.
fn minutes(text: &str) -> i64 {
    let (mut sum, mut number) = (0, 0);
    let mut clock = false;
    for c in text.chars() {
        match c {
            '0'..='9' => number = number * 10 + i64::from(c.to_digit(10).unwrap_or_default()),
            'T' => clock = true,
            'W' => sum += std::mem::take(&mut number) * 5 * 8 * 60,
            'D' => sum += std::mem::take(&mut number) * 8 * 60,
            'H' => sum += std::mem::take(&mut number) * 60,
            'M' if clock => sum += std::mem::take(&mut number),
            _ => number = 0,
        }
    }
    sum
}

fn in_words(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}

fn spent_since(since: &ZonedDateTime, now: &ZonedDateTime) -> i64 {
    now.timestamp().duration_since(since.timestamp()).as_mins().max(0)
}

/// The time being measured, in a file of its own.
struct Watch {
    path: std::path::PathBuf,
}

impl Watch {
    fn find() -> Result<Self, Failure> {
        let files: Files = files()?;
        Ok(Self { path: files.beside("time.txt") })
    }

    fn read(&self) -> Option<(String, ZonedDateTime)> {
        let text = std::fs::read_to_string(&self.path).ok()?;
        let (key, since) = text.trim().split_once(' ')?;
        Some((key.to_owned(), since.parse().ok()?))
    }

    fn start(&self, key: &str) -> Result<(), Failure> {
        if let Some((other, _)) = self.read() {
            return Err(Failure::new(Kind::Conflict, format!("time on {other} is being measured"))
                .hint("trackway time stop"));
        }
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(std::fs::write(&self.path, format!("{key} {}\n", people::now()))?)
    }

    fn clear(&self) -> Result<(), Failure> {
        Ok(std::fs::remove_file(&self.path)?)
    }
}

/// Minutes since `trackway issue start` or `time start` on this issue.
pub(crate) fn measured(key: &str) -> Option<i64> {
    let (of, since) = Watch::find().ok()?.read()?;
    (of == key).then(|| spent_since(&since, &people::now()))
}

/// Begins to measure time on an issue, unless time is being measured.
pub(crate) fn measure(key: &str) {
    if let Ok(watch) = Watch::find() {
        // To have no clock running is no failure of the command that wanted one.
        watch.start(key).ok();
    }
}

/// Ends measuring.
pub(crate) fn measured_enough() {
    if let Ok(watch) = Watch::find() {
        watch.clear().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_summed_in_minutes() {
        for (text, wanted) in [("PT1H30M", 90), ("P1W", 2400), ("P1DT15M", 495), ("", 0)] {
            assert_eq!(minutes(text), wanted, "{text}");
        }
        assert_eq!(
            (in_words(45), in_words(60), in_words(130)),
            ("45m".into(), "1h".into(), "2h 10m".into())
        );
    }
}
