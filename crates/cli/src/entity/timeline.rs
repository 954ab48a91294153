//! `trackway project timeline`: bars from the first to the last day.

use clap::Args;
use jiff::civil::Date;
use jiff::{ToSpan, Unit};
use serde_json::Value;
use trackway_client::api::types::Members;

use super::{ENTITY, Which, search};
use crate::failure::Failure;
use crate::session::Session;
use crate::shape::{cell, cut};

/// Letters of a name.
const NAME: usize = 32;
/// Letters of the bars, where the terminal does not say how wide it is.
const USUAL: usize = 60;

/// Arguments of `trackway project timeline`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Words in the name.
    words: Option<String>,
    /// Status, as in_progress or according_to_plan.
    #[arg(short, long)]
    status: Option<String>,
    /// How many at most; 0 for all.
    #[arg(short = 'L', long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

pub(super) async fn run(
    which: Which,
    arguments: Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let mut body = Members::new();
    body.extend(arguments.words.map(|words| ("input".to_owned(), words.into())));
    body.extend(
        arguments.status.map(|s| ("filter".to_owned(), serde_json::json!({"entityStatus": s}))),
    );
    let (mut found, total) = search(which, body.into(), arguments.limit, session).await?;
    let shown = found.len();
    found.sort_by_key(|entity| (day(entity, "start").or(day(entity, "end")), number(entity)));
    if !session.output.is_for_people() && !session.output.is_plain() {
        return session.output.list(ENTITY, found);
    }
    let look = session.output.people();
    let text = drawn(&found, look.now.date(), look.width, look.ascii);
    session.output.text(&text)?;
    session.output.remark(&format!("{shown} of {total}"));
    Ok(())
}

fn number(entity: &Value) -> i64 {
    entity["shortId"].as_i64().unwrap_or_default()
}

fn day(entity: &Value, name: &str) -> Option<Date> {
    entity["fields"][name].as_str()?.get(..10)?.parse().ok()
}

/// The days that the whole picture spans.
struct Span {
    first: Date,
    days: i32,
    letters: usize,
}

impl Span {
    fn of(entities: &[Value], today: Date, letters: usize) -> Option<Self> {
        let ends = |entity: &Value| [day(entity, "start"), day(entity, "end")];
        let days: Vec<Date> = entities.iter().flat_map(ends).flatten().collect();
        let first = days.iter().copied().chain([today]).min().filter(|_| !days.is_empty())?;
        let last = days.iter().copied().chain([today]).max()?;
        let days = first.until((Unit::Day, last)).ok()?.get_days() + 1;
        Some(Self { first, days, letters })
    }

    /// The letter of a day.
    fn place(&self, day: Date) -> usize {
        let since = self.first.until((Unit::Day, day)).map_or(0, |span| span.get_days());
        let letters = i64::try_from(self.letters).unwrap_or_default();
        let place = i64::from(since) * letters / i64::from(self.days.max(1));
        usize::try_from(place).unwrap_or_default().min(self.letters.saturating_sub(1))
    }

    /// A line with the months where they begin.
    fn months(&self) -> String {
        let mut line = vec![' '; self.letters];
        let mut month = self.first.first_of_month();
        let mut free = 0;
        let last = self.first.checked_add(self.days.days()).unwrap_or(self.first);
        while month < last {
            let place = self.place(month.max(self.first));
            let name: Vec<char> = month.strftime("%Y-%m").to_string().chars().collect();
            if place >= free && place + name.len() <= self.letters {
                for (at, letter) in name.iter().enumerate() {
                    if let Some(spot) = line.get_mut(place + at) {
                        *spot = *letter;
                    }
                }
                free = place + name.len() + 1;
            }
            let Ok(next) = month.checked_add(1.month()) else { break };
            month = next;
        }
        line.into_iter().collect::<String>().trim_end().to_owned()
    }

    /// A bar, open at the end that is not known, with the present day in it.
    fn bar(&self, entity: &Value, today: Date, ascii: bool) -> String {
        let (full, open, now) = if ascii { ('#', '.', '|') } else { ('█', '·', '│') };
        let mut line = vec![' '; self.letters];
        let (start, end) = (day(entity, "start"), day(entity, "end"));
        if start.is_some() || end.is_some() {
            let from = start.map_or(0, |day| self.place(day));
            let to = end.map_or(self.letters.saturating_sub(1), |day| self.place(day));
            let fill = if start.is_some() && end.is_some() { full } else { open };
            for spot in line.iter_mut().skip(from).take((to + 1).saturating_sub(from)) {
                *spot = fill;
            }
            // The day that is known is there in any case.
            for at in [start.map(|_| from), end.map(|_| to)].into_iter().flatten() {
                if let Some(spot) = line.get_mut(at) {
                    *spot = full;
                }
            }
        }
        if let Some(spot) = line.get_mut(self.place(today)).filter(|spot| **spot != full) {
            *spot = now;
        }
        line.into_iter().collect::<String>().trim_end().to_owned()
    }
}

fn drawn(entities: &[Value], today: Date, width: usize, ascii: bool) -> String {
    let number_width = entities.iter().map(|e| number(e).to_string().len()).max().unwrap_or(1);
    let before = number_width + NAME + 4;
    let letters = if width == 0 { USUAL } else { width.saturating_sub(before).max(20) };
    let span = Span::of(entities, today, letters);
    let mut lines = Vec::new();
    if let Some(span) = &span {
        lines.push(format!("{:before$}{}", "", span.months()));
    }
    for entity in entities {
        let name = cut(&cell(entity["fields"].get("summary")), NAME);
        let bar = span.as_ref().map_or_else(String::new, |span| span.bar(entity, today, ascii));
        let line = format!("{:number_width$}  {name:NAME$}  {bar}", number(entity));
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bars_span_their_days() {
        let entity = |id: i64, start: Option<&str>, end: Option<&str>| {
            json!({"shortId": id,
                "fields": {"summary": format!("P{id}"), "start": start, "end": end}})
        };
        let entities = [
            entity(1, Some("2026-11-01"), Some("2026-11-10")),
            entity(12, Some("2026-11-21"), None),
            entity(3, None, None),
        ];
        let today = "2026-11-30".parse().expect("a day");
        // Thirty days on thirty letters.
        let text = drawn(&entities, today, 2 + NAME + 4 + 30, true);
        let rows: Vec<&str> = text.lines().map(|row| row.get(38..).unwrap_or_default()).collect();
        assert_eq!(rows[0], "2026-11");
        assert_eq!(rows[1], format!("{}{}|", "#".repeat(10), " ".repeat(19)));
        assert_eq!(rows[2], format!("{}#{}|", " ".repeat(20), ".".repeat(8)));
        assert_eq!(rows[3], format!("{}|", " ".repeat(29)));
    }

    #[test]
    fn without_days_there_are_no_bars() {
        let today = "2026-11-30".parse().expect("a day");
        let entities = [json!({"shortId": 1, "fields": {"summary": "P"}})];
        assert_eq!(drawn(&entities, today, 80, false), "1  P");
    }
}
