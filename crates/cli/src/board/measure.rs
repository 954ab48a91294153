//! What reports count, from issues and their histories. How it is counted is told in the help of
//! `trackway board report`.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use super::past::Past;
use crate::shape::cell;

/// Only this resolution is work that was done.
const FIXED: &str = "fixed";
const HOURS_OF_DAY: f64 = 24.0;
const SECONDS_OF_HOUR: f64 = 3600.0;

/// What issues weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum By {
    /// Their story points
    Points,
    /// One each
    Issues,
}

impl By {
    fn weight(self, past: &Past, at: Timestamp) -> f64 {
        match self {
            Self::Issues => 1.0,
            Self::Points => past.value("storyPoints", at).as_f64().unwrap_or_default(),
        }
    }
}

/// When a day begins.
pub(super) fn begin(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned_datetime(zone.clone()).map_or(Timestamp::MIN, |time| time.timestamp())
}

/// The day after.
pub(super) fn next(day: Date) -> Date {
    day.checked_add(1.day()).unwrap_or(day)
}

/// Days from one to another, both included.
pub(super) fn days(from: Date, to: Date) -> Vec<Date> {
    from.series(1.day()).take_while(|day| *day <= to).collect()
}

fn planned_in(past: &Past, sprint: &str, at: Timestamp) -> bool {
    let sprints = past.value("sprint", at).as_array();
    past.existed(at)
        && sprints.is_some_and(|all| all.iter().any(|one| cell(one.get("id")) == sprint))
}

fn done(past: &Past, at: Timestamp) -> bool {
    past.value("resolution", at)["key"] == FIXED
}

/// The weight of a sprint's issues at a moment, of those only that are still to be done or of all.
fn weight(pasts: &[Past], sprint: &str, at: Timestamp, by: By, left: bool) -> f64 {
    let counts = |past: &&Past| planned_in(past, sprint, at) && !(left && done(past, at));
    pasts.iter().filter(counts).map(|past| by.weight(past, at)).sum()
}

/// A sprint and the days of it.
#[derive(Clone, Debug)]
pub(super) struct Sprint {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) first: Date,
    pub(super) last: Date,
    /// The moment it began, and ended where it has.
    pub(super) began: Timestamp,
    pub(super) ended: Option<Timestamp>,
}

/// A morning of a sprint: what should be left, and what is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Morning {
    pub(super) day: Date,
    pub(super) plan: f64,
    pub(super) fact: Option<f64>,
}

/// What is left each morning, up to that behind the last day. The plan falls on working days from
/// what the sprint held when it began.
pub(super) fn burndown(
    pasts: &[Past],
    sprint: &Sprint,
    by: By,
    now: Timestamp,
    zone: &TimeZone,
) -> Vec<Morning> {
    let working = |day: &Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let all = days(sprint.first, next(sprint.last));
    let within: Vec<Date> = days(sprint.first, sprint.last).into_iter().filter(working).collect();
    let start = weight(pasts, &sprint.id, sprint.began.min(now), by, false);
    let share = |day: Date| {
        let passed = within.iter().filter(|other| **other < day).count();
        ratio(within.len().saturating_sub(passed), within.len())
    };
    let morning = |day: Date| {
        let at = begin(day, zone);
        // On its first morning a sprint has not begun.
        let at = if day == sprint.first { at.max(sprint.began) } else { at };
        let fact = (at <= now).then(|| weight(pasts, &sprint.id, at, by, true));
        Morning { day, plan: start * share(day), fact }
    };
    all.into_iter().map(morning).collect()
}

#[expect(clippy::cast_precision_loss, reason = "numbers of days and issues are small")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A column of a board and the keys of its statuses.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) statuses: Vec<String>,
}

/// How many issues stood in each column when a day was over.
pub(super) fn flow(
    pasts: &[Past],
    columns: &[Column],
    all: &[Date],
    now: Timestamp,
    zone: &TimeZone,
) -> Vec<(Date, Vec<usize>)> {
    let on = |day: Date| {
        let at = begin(next(day), zone).min(now);
        let stands = |column: &Column| {
            let is = |past: &&Past| {
                let status = past.value("status", at)["key"].as_str().unwrap_or_default();
                past.existed(at) && column.statuses.iter().any(|key| key == status)
            };
            pasts.iter().filter(is).count()
        };
        (day, columns.iter().map(stands).collect())
    };
    all.iter().copied().map(on).collect()
}

/// What a sprint held when it began, and what of it and of what came later was done at its end.
pub(super) fn velocity(pasts: &[Past], sprint: &Sprint, by: By, now: Timestamp) -> (f64, f64) {
    let planned = weight(pasts, &sprint.id, sprint.began.min(now), by, false);
    let end = sprint.ended.unwrap_or(now).min(now);
    let all = weight(pasts, &sprint.id, end, by, false);
    (planned, all - weight(pasts, &sprint.id, end, by, true))
}

/// From the first entry into one of some statuses to the last entry into one of others.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cycle {
    pub(super) began: Timestamp,
    pub(super) ended: Timestamp,
    /// Days of 24 hours.
    pub(super) days: f64,
}

/// The cycle of an issue; none where it has not come to its end, or never began.
#[expect(clippy::cast_precision_loss, reason = "it is shown rounded")]
pub(super) fn cycle(past: &Past, from: &[String], to: &[String]) -> Option<Cycle> {
    let key = |value: &Value| value["key"].as_str().unwrap_or_default().to_owned();
    let changes: Vec<_> = past.changes_of("status").collect();
    // An issue that was made in such a status began when it was made.
    let first = changes.first().map_or(&past.issue["status"], |change| &change.from);
    let made = from.contains(&key(first)).then(|| past.created()).flatten();
    let entered = changes.iter().find(|change| from.contains(&key(&change.to)));
    let began = made.or_else(|| entered.map(|change| change.at))?;
    if !to.contains(&key(&past.issue["status"])) {
        return None;
    }
    let came = |change: &&&super::past::Change| {
        to.contains(&key(&change.to)) && !to.contains(&key(&change.from))
    };
    let ended = changes.iter().rev().find(came)?.at;
    let seconds = ended.as_second().checked_sub(began.as_second()).filter(|length| *length >= 0)?;
    Some(Cycle { began, ended, days: seconds as f64 / SECONDS_OF_HOUR / HOURS_OF_DAY })
}

/// The value below which a share of all lies; none of nothing. The values are in order.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a place in a short list"
)]
pub(super) fn percentile(values: &[f64], share: f64) -> Option<f64> {
    let place = (values.len() as f64 * share).ceil() as usize;
    values.get(place.clamp(1, values.len().max(1)) - 1).copied()
}

/// The mean; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "numbers of sprints are small")]
pub(super) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn entry(when: &str, field: &str, from: &Value, to: &Value) -> Value {
        json!({"updatedAt": when, "fields": [{"field": {"id": field}, "from": from, "to": to}]})
    }

    fn sprint() -> Sprint {
        Sprint {
            id: "7".to_owned(),
            name: "S".to_owned(),
            // Friday to Tuesday: three working days.
            first: day("2026-11-20"),
            last: day("2026-11-24"),
            began: at("2026-11-20T09:00:00Z"),
            ended: None,
        }
    }

    fn pasts() -> Vec<Past> {
        let planned = json!([{"id": "7", "display": "S"}]);
        let fixed = json!({"key": "fixed"});
        let open = json!({"key": "open"});
        let closed = json!({"key": "closed"});
        let made = "2026-11-01T00:00:00.000+0000";
        let one = json!({"createdAt": made, "storyPoints": 5, "sprint": planned,
            "resolution": fixed, "status": closed});
        let of_one = [
            entry("2026-11-21T10:00:00.000+0000", "resolution", &Value::Null, &fixed),
            entry("2026-11-21T10:00:00.000+0000", "status", &open, &closed),
        ];
        // It came into the sprint on its second day, and was estimated anew on the third.
        let two = json!({"createdAt": made, "storyPoints": 3, "sprint": planned, "status": open});
        let of_two = [
            entry("2026-11-21T12:00:00.000+0000", "sprint", &json!([]), &planned),
            entry("2026-11-22T12:00:00.000+0000", "storyPoints", &json!(1), &json!(3)),
        ];
        // It was closed as a duplicate, which is no work.
        let three = json!({"createdAt": made, "storyPoints": 4, "sprint": planned,
            "resolution": {"key": "duplicate"}, "status": closed});
        vec![Past::new(one, &of_one), Past::new(two, &of_two), Past::new(three, &[])]
    }

    #[test]
    fn a_sprint_burns_down() {
        let now = at("2026-11-23T08:00:00Z");
        let found = burndown(&pasts(), &sprint(), By::Points, now, &TimeZone::UTC);
        let plans: Vec<f64> = found.iter().map(|morning| morning.plan).collect();
        assert_eq!(plans, [9.0, 6.0, 6.0, 6.0, 3.0, 0.0]);
        let facts: Vec<Option<f64>> = found.iter().map(|morning| morning.fact).collect();
        assert_eq!(facts, [Some(9.0), Some(9.0), Some(5.0), Some(7.0), None, None]);
    }

    #[test]
    fn sprints_have_a_velocity() {
        let ended = Sprint { ended: Some(at("2026-11-24T18:00:00Z")), ..sprint() };
        let now = at("2026-11-30T00:00:00Z");
        assert_eq!(velocity(&pasts(), &ended, By::Points, now), (9.0, 5.0));
        assert_eq!(velocity(&pasts(), &ended, By::Issues, now), (2.0, 1.0));
    }

    #[test]
    fn issues_flow_through_columns() {
        let columns = [("To do", "open"), ("Done", "closed")]
            .map(|(name, key)| Column { name: name.to_owned(), statuses: vec![key.to_owned()] });
        let all = days(day("2026-11-20"), day("2026-11-21"));
        let now = at("2026-11-23T08:00:00Z");
        assert_eq!(
            flow(&pasts(), &columns, &all, now, &TimeZone::UTC),
            [(day("2026-11-20"), vec![2, 1]), (day("2026-11-21"), vec![1, 2])]
        );
    }

    #[test]
    fn a_cycle_goes_from_the_first_beginning_to_the_last_end() {
        let key = |key: &str| json!({ "key": key });
        let step = |when: &str, from: &str, to: &str| entry(when, "status", &key(from), &key(to));
        let issue = json!({"createdAt": "2026-11-01T00:00:00.000+0000", "status": key("closed")});
        let history = [
            step("2026-11-02T00:00:00.000+0000", "open", "doing"),
            step("2026-11-03T00:00:00.000+0000", "doing", "closed"),
            step("2026-11-04T00:00:00.000+0000", "closed", "doing"),
            step("2026-11-05T12:00:00.000+0000", "doing", "closed"),
        ];
        let (from, to) = (["doing".to_owned()], ["closed".to_owned()]);
        let found = cycle(&Past::new(issue.clone(), &history), &from, &to).expect("a cycle");
        assert!((found.days - 3.5).abs() < 1e-9, "{found:?}");
        assert_eq!(cycle(&Past::new(issue, &[]), &from, &to), None);
        let open = json!({"createdAt": "2026-11-01T00:00:00.000+0000", "status": key("doing")});
        assert_eq!(cycle(&Past::new(open, &history[..1]), &from, &to), None);
    }

    #[test]
    fn percentiles_are_values_of_the_list() {
        let values = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(percentile(&values, 0.5), Some(2.0));
        assert_eq!(percentile(&values, 0.95), Some(4.0));
        assert_eq!(percentile(&[], 0.5), None);
        assert!((mean(&values) - 2.5).abs() < 1e-9);
    }
}
