//! `trackway time report`: time summed up by one thing, or by one within another.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::{WORK, in_words, minutes};
use crate::failure::Failure;
use crate::output::Column;
use crate::people;
use crate::session::Session;
use crate::shape::cell;

/// What time is summed up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum By {
    /// Who spent it.
    Person,
    /// What it was spent on.
    Issue,
    /// The queue of that.
    Queue,
    /// When.
    Day,
}

impl By {
    /// Heading and name of the member.
    const fn column(self) -> Column<'static> {
        match self {
            Self::Person => Column("PERSON", "person"),
            Self::Issue => Column("ISSUE", "issue"),
            Self::Queue => Column("QUEUE", "queue"),
            Self::Day => Column("DAY", "day"),
        }
    }

    /// Which group a record belongs to.
    fn of(self, work: &Value) -> String {
        let issue = || cell(work["issue"].get("key"));
        match self {
            Self::Person => cell(work.get("createdBy")),
            Self::Issue => issue(),
            Self::Queue => {
                let issue = issue();
                issue.rsplit_once('-').map_or(issue.clone(), |(queue, _)| queue.to_owned())
            }
            Self::Day => work["start"].as_str().and_then(|t| t.get(..10)).unwrap_or("").to_owned(),
        }
    }
}

pub(super) async fn run(
    session: &mut Session<'_, '_>,
    from: Option<Date>,
    to: Option<Date>,
    by: &[By],
    who: &str,
) -> Result<(), Failure> {
    let today = people::now().date();
    let monday = today
        .checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days())
        .unwrap_or(today);
    let (from, to) = (from.unwrap_or(monday), to.unwrap_or(today));
    let mut body = json!({"start": {"from": format!("{from}T00:00:00"),
        "to": format!("{to}T23:59:59")}});
    if who != "all" {
        body["createdBy"] = crate::session::person(session, who).await?;
    }
    let found = session.find("/worklog/_search", body, 0).await?.items;
    let sums = sums(&found, by);
    if by.len() > 1 && !session.output.is_for_people() {
        let mut columns: Vec<Column<'_>> = by.iter().map(|by| by.column()).collect();
        columns.extend(WORK.iter().skip(1));
        session.output.list(&columns, flat(&sums, by))?;
    } else {
        session.output.list(WORK, nested(&sums))?;
    }
    let total: i64 = sums.iter().filter(|(of, _)| of.len() == 1).map(|(_, sum)| sum).sum();
    session.output.remark(&format!("{} from {from} to {to}", in_words(total)));
    Ok(())
}

/// The time of each group and of each group within it. A group stands before those within it.
fn sums(found: &[Value], by: &[By]) -> BTreeMap<Vec<String>, i64> {
    let mut sums = BTreeMap::new();
    for work in found {
        let spent = minutes(&cell(work.get("duration")));
        let mut of = Vec::with_capacity(by.len());
        for by in by {
            of.push(by.of(work));
            *sums.entry(of.clone()).or_default() += spent;
        }
    }
    sums
}

/// A row for each group, the inner ones further to the right.
fn nested(sums: &BTreeMap<Vec<String>, i64>) -> Vec<Value> {
    let row = |(of, minutes): (&Vec<String>, &i64)| {
        let what = of.last().map_or("", String::as_str);
        let what = format!("{}{what}", "  ".repeat(of.len().saturating_sub(1)));
        json!({"what": what, "spent": in_words(*minutes), "minutes": minutes})
    };
    sums.iter().map(row).collect()
}

/// A row for each innermost group, with a member for each group it is in.
fn flat(sums: &BTreeMap<Vec<String>, i64>, by: &[By]) -> Vec<Value> {
    let row = |(of, minutes): (&Vec<String>, &i64)| {
        let names = by.iter().map(|by| by.column().1.to_owned());
        let mut row: Map<String, Value> =
            names.zip(of.iter().map(|one| one.clone().into())).collect();
        row.insert("spent".to_owned(), in_words(*minutes).into());
        row.insert("minutes".to_owned(), (*minutes).into());
        Value::Object(row)
    };
    sums.iter().filter(|(of, _)| of.len() == by.len()).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_hold_groups() {
        let work = |who: &str, issue: &str, spent: &str| {
            json!({"createdBy": {"id": "1", "display": who}, "issue": {"key": issue},
                "start": "2026-11-23T10:00:00.000+0000", "duration": spent})
        };
        let found = [
            work("Bob", "A-1", "PT1H"),
            work("Ann", "B-2", "PT30M"),
            work("Ann", "A-1", "PT2H"),
            work("Ann", "A-1", "PT1H"),
        ];
        let by = [By::Person, By::Queue, By::Issue];
        let sums = sums(&found, &by);
        let told: Vec<String> = nested(&sums)
            .iter()
            .map(|row| format!("{} {}", cell(row.get("what")), cell(row.get("minutes"))))
            .collect();
        assert_eq!(
            told,
            [
                "Ann 210",
                "  A 180",
                "    A-1 180",
                "  B 30",
                "    B-2 30",
                "Bob 60",
                "  A 60",
                "    A-1 60"
            ]
        );
        let flat = flat(&sums, &by);
        assert_eq!(flat.len(), 3);
        assert_eq!(
            flat[0],
            json!({"person": "Ann", "queue": "A", "issue": "A-1", "spent": "3h", "minutes": 180})
        );
        let days = super::sums(&found, &[By::Day]);
        assert_eq!(days.into_iter().collect::<Vec<_>>(), [(vec!["2026-11-23".to_owned()], 270)]);
    }
}
