//! `trackway inbox`: what the caller was told of.

use clap::{Args, Subcommand};
use jiff::civil::{Date, Time, Weekday};
use jiff::{SignedDuration, Span, Timestamp, ZonedDateTime};
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;

use crate::common::Common;
use crate::failure::{Failure, Kind};
use crate::output::Column;
use crate::people;
use crate::session::Session;
use crate::shape::cell;

const NOTICE: &[Column] = &[
    Column("ID", "id"),
    Column("AT", "createdAt"),
    Column("KEY", "issue.key"),
    Column("WHAT", "type"),
    Column("WHY", "reason"),
    Column("BY", "actor"),
    Column("ISSUE", "issue.display"),
];
const ISSUE: &[Column] = &[Column("KEY", "key"), Column("SUMMARY", "display")];
/// When a day begins for whoever wants to hear of something then.
const MORNING: Time = Time::constant(9, 0, 0, 0);

/// Arguments of `trackway inbox`.
#[derive(Debug, Args)]
pub struct Inbox {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    action: Option<Action>,
    /// Those that were read, are done or snoozed too.
    #[arg(long)]
    all: bool,
    /// Only those for this reason, as assignee or summon.
    #[arg(long)]
    reason: Option<String>,
    /// How many at most; 0 for all.
    #[arg(short = 'L', long, value_name = "N", default_value_t = 30)]
    limit: usize,
}

/// Which notifications.
#[derive(Clone, Debug, Args)]
struct Which {
    /// Ids of notifications, or keys of issues for all that is in the inbox of them.
    #[arg(required = true, value_name = "ID|KEY")]
    names: Vec<String>,
}

/// What to do with notifications.
#[derive(Debug, Subcommand)]
enum Action {
    /// Marks notifications as read; without ids all of them.
    Read {
        /// Ids.
        ids: Vec<u64>,
    },
    /// Takes notifications out of the inbox for good.
    Done(Which),
    /// Takes notifications out of the inbox for a while.
    Snooze {
        #[command(flatten)]
        which: Which,
        /// When they come back: 1h, 2d, tomorrow, monday, 2026-11-30, or now.
        #[arg(long, value_name = "WHEN", default_value = "tomorrow")]
        until: String,
    },
    /// Tells you nothing more of issues, but what you are called for.
    Mute {
        /// Keys; that of the branch if none is given.
        keys: Vec<String>,
        /// Tell you of them again.
        #[arg(long)]
        off: bool,
    },
    /// Lists the issues you are told nothing of.
    Muted,
}

pub(crate) async fn run(arguments: Inbox, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    match arguments.action {
        Some(Action::Read { ids }) => read(ids, session).await,
        Some(Action::Done(which)) => {
            let ids = which.ids(session).await?;
            for id in &ids {
                let path = Session::at("/notifications/{id}/_done", &[id]);
                session.write(HttpMethod::POST, &path, &[], None).await?;
            }
            told(&format!("✓ {} done", ids.len()), session);
            Ok(())
        }
        Some(Action::Snooze { which, until }) => snooze(&which, &until, session).await,
        Some(Action::Mute { keys, off }) => mute(&keys, off, session).await,
        Some(Action::Muted) => {
            let muted = session.list("/notifications/muted", &[], 0).await?;
            session.output.list(ISSUE, muted.items)
        }
        None => list(&arguments, session).await,
    }
}

async fn list(arguments: &Inbox, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let which = if arguments.all { "all" } else { "unread" };
    // Reasons are picked out here, so that all have to be looked at.
    let limit = if arguments.reason.is_some() { 0 } else { arguments.limit };
    let mut found = session.list("/notifications", &[(which, "true".to_owned())], limit).await?;
    if let Some(reason) = &arguments.reason {
        found.items.retain(|notice| notice["reason"] == reason.as_str());
        found.total = None;
    }
    let footer = found.footer();
    session.output.list(NOTICE, found.items)?;
    session.output.remark(&footer);
    session.output.hint("read: trackway inbox read [ID…] · done: trackway inbox done ID…");
    Ok(())
}

async fn read(ids: Vec<u64>, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    if ids.is_empty() {
        session.write(HttpMethod::POST, "/notifications/_readAll", &[], None).await?;
        told("✓ all are read", session);
        return Ok(());
    }
    for id in ids {
        let path = Session::at("/notifications/{id}/_read", &[&id.to_string()]);
        session.write(HttpMethod::POST, &path, &[], None).await?;
    }
    Ok(())
}

/// Says what was done, unless nothing was.
fn told(line: &str, session: &mut Session<'_, '_>) {
    if !session.dry_run {
        session.output.remark(line);
    }
}

impl Which {
    /// Ids of the notifications that are meant.
    async fn ids(&self, session: &mut Session<'_, '_>) -> Result<Vec<String>, Failure> {
        let is_id = |name: &&String| name.bytes().all(|b| b.is_ascii_digit());
        let mut ids: Vec<String> = self.names.iter().filter(is_id).cloned().collect();
        let keys = self.names.iter().filter(|name| !is_id(name));
        let keys: Vec<String> = keys.map(|key| session.key(key)).collect();
        if keys.is_empty() {
            return Ok(ids);
        }
        let inbox = session.whole("/notifications", &[]).await?;
        for key in keys {
            let of_issue = inbox.iter().filter(|notice| notice["issue"]["key"] == key.as_str());
            let before = ids.len();
            ids.extend(of_issue.map(|notice| cell(notice.get("id"))));
            if ids.len() == before {
                let why = format!("the inbox has nothing of {key}");
                return Err(Failure::new(Kind::NotFound, why).hint("trackway inbox --all"));
            }
        }
        Ok(ids)
    }
}

async fn snooze(which: &Which, when: &str, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    let now = people::now();
    let until = moment(when, &now)?;
    let ids = which.ids(session).await?;
    let until = until.filter(|until| *until > now.timestamp());
    for id in &ids {
        let path = Session::at("/notifications/{id}/_snooze", &[id]);
        let body: Value = match until {
            Some(until) => json!({"until": until.to_string()}),
            None => json!({}),
        };
        session.write(HttpMethod::POST, &path, &[], Some(body)).await?;
    }
    let line = match until {
        Some(until) => {
            let until = until.to_zoned_datetime(now.time_zone().clone());
            format!("✓ {} snoozed until {}", ids.len(), until.strftime("%Y-%m-%d %H:%M"))
        }
        None => format!("✓ {} in the inbox again", ids.len()),
    };
    told(&line, session);
    Ok(())
}

/// A moment in words; none for now.
fn moment(when: &str, now: &ZonedDateTime) -> Result<Option<Timestamp>, Failure> {
    let day = |day: Date| day.to_datetime(MORNING).to_zoned_datetime(now.time_zone().clone()).ok();
    let found = match when.trim().to_lowercase().as_str() {
        "now" => return Ok(None),
        "tomorrow" => now.date().tomorrow().ok().and_then(day),
        text => match (weekday(text), text.parse::<Date>()) {
            (Some(weekday), _) => now.date().nth_weekday(1, weekday).ok().and_then(day),
            (None, Ok(date)) => day(date),
            (None, Err(_)) => later(text, now),
        },
    };
    found.map(|time| Some(time.timestamp())).ok_or_else(|| {
        Failure::usage(format!("--until {when}: not a time"))
            .hint("1h, 2d, tomorrow, monday, 2026-11-30, or now")
    })
}

fn weekday(text: &str) -> Option<Weekday> {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let place = names.iter().position(|name| text.len() >= 3 && text.starts_with(name))?;
    text.bytes().all(|b| b.is_ascii_lowercase()).then_some(())?;
    Weekday::from_monday_zero_offset(i8::try_from(place).ok()?).ok()
}

/// After so many minutes, hours, days or weeks.
fn later(text: &str, now: &ZonedDateTime) -> Option<ZonedDateTime> {
    let unit = text.chars().last()?;
    let number: i64 = text.get(..text.len() - unit.len_utf8())?.parse().ok().filter(|n| *n > 0)?;
    match unit {
        'm' => now.checked_add(SignedDuration::from_mins(number.min(1 << 30))).ok(),
        'h' => now.checked_add(SignedDuration::from_hours(number.min(1 << 24))).ok(),
        'd' => now.checked_add(Span::new().try_days(number).ok()?).ok(),
        'w' => now.checked_add(Span::new().try_weeks(number).ok()?).ok(),
        _ => None,
    }
}

async fn mute(keys: &[String], off: bool, session: &mut Session<'_, '_>) -> Result<(), Failure> {
    for key in session.keys(keys)? {
        let verb = if off { "_unmute" } else { "_mute" };
        let path = Session::at(&format!("/issues/{{key}}/{verb}"), &[&key]);
        session.write(HttpMethod::POST, &path, &[], None).await?;
        let line = if off {
            format!("✓ you hear of {key} again")
        } else {
            format!("✓ you hear nothing more of {key} · again: trackway inbox mute {key} --off")
        };
        told(&line, session);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn moments_are_found_in_words() {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().expect("a Tuesday");
        let now = now.to_zoned_datetime(TimeZone::UTC);
        for (when, wanted) in [
            ("1h", "2026-11-24T13:00:00Z"),
            ("2d", "2026-11-26T12:00:00Z"),
            ("tomorrow", "2026-11-25T09:00:00Z"),
            ("Monday", "2026-11-30T09:00:00Z"),
            ("tue", "2026-12-01T09:00:00Z"),
            ("2026-12-24", "2026-12-24T09:00:00Z"),
        ] {
            let found = moment(when, &now).expect(when).expect("later");
            assert_eq!(found.to_string(), wanted, "{when}");
        }
        assert_eq!(moment("now", &now).expect("good"), None);
        for bad in ["", "soon", "-1h", "h", "0d"] {
            assert!(moment(bad, &now).is_err(), "{bad}");
        }
    }
}
