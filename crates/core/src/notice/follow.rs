//! The follower that makes notifications, and the requests of the organisation's webhooks, out of
//! the event log. Its place in the log and what it makes are one transaction, so every event is
//! told once.

use trackway_db::Tx;

use super::store::NewNotice;
use super::{Reason, store};
use crate::access::{self, Right};
use crate::actor::Actor;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::event::log::{self, LoggedRow, Place};
use crate::event::{EventBody, EventKind};
use crate::field::no::{self, FieldNo};
use crate::hook;
use crate::issue::{self, Issue};
use crate::rule::robot;
use crate::subscription;
use crate::time::{DAY_MS, Instant};
use crate::tracker::Tracker;

const NAME: &str = "notices";
/// Events of one transaction.
const BATCH: i64 = 100;
/// Old notifications of a user are forgotten with every so many new ones.
const PRUNE_EVERY: i64 = 256;
/// How long a notification is kept.
const KEPT_MS: i64 = 180 * DAY_MS;

impl Tracker {
    /// Begins to follow the event log at its present end, unless it is followed already. What is
    /// there before, such as demo data, is told to nobody.
    ///
    /// # Errors
    /// The database fails.
    pub fn begin_to_follow(&self) -> Result<()> {
        self.db().write_now(|tx| -> Result<()> {
            let end = log::end(tx)?;
            begin(tx, end)
        })
    }

    /// Passes over all events that nobody was told of yet.
    ///
    /// # Errors
    /// The database fails.
    pub fn skip_events(&self) -> Result<()> {
        self.db().write_now(|tx| -> Result<()> {
            let end = log::end(tx)?;
            tx.exec(store::ADVANCE, &[&NAME, &end.xid, &end.id])?;
            Ok(())
        })
    }

    /// Looks at the next events; whether there were any.
    ///
    /// # Errors
    /// The database fails.
    pub fn follow_events(&self, now: Instant) -> Result<bool> {
        let waiting = self.db().read(|tx| -> Result<bool> {
            let Some(place) = place(tx, store::PEEK)? else { return Ok(false) };
            Ok(!log::after(tx, place, 0, 1)?.is_empty())
        })?;
        if !waiting {
            return Ok(false);
        }
        let woke = self.db().write_now(|tx| self.step(tx, now))?;
        if woke == Some(true) {
            self.signal().raise();
        }
        Ok(woke.is_some())
    }

    /// Handles a batch; nothing when there was none for us, else whether jobs were written.
    fn step(&self, tx: &mut Tx<'_>, now: Instant) -> Result<Option<bool>> {
        let Some(place) = place(tx, store::PLACE)? else { return Ok(None) };
        let rows = log::after(tx, place, 0, BATCH)?;
        let Some(last) = rows.last().map(LoggedRow::place) else { return Ok(None) };
        let mut woke = false;
        for group in rows.chunk_by(|a, b| a.org_id == b.org_id) {
            let Some(first) = group.first() else { continue };
            // An organisation that this process does not know yet is told of nothing; there is
            // nobody in it who could have been named.
            let Ok(caller) = self.robot(first.org_id, 0, now) else { continue };
            let mut cx = self.cx(&caller, tx)?;
            tell(&mut cx, group)?;
            woke |= cx.effects.woke;
        }
        tx.exec(store::ADVANCE, &[&NAME, &last.xid, &last.id])?;
        Ok(Some(woke))
    }
}

/// How far the follower has come, if it began.
pub(crate) fn peek(tx: &mut Tx<'_>) -> Result<Option<Place>> {
    place(tx, store::PEEK)
}

/// Begins to follow at a place.
pub(crate) fn begin(tx: &mut Tx<'_>, place: Place) -> Result<()> {
    tx.exec(store::BEGIN, &[&NAME, &place.xid, &place.id])?;
    Ok(())
}

fn place(tx: &mut Tx<'_>, sql: &str) -> Result<Option<Place>> {
    let row: Option<(i64, i64)> = tx.opt(sql, &[&NAME])?;
    Ok(row.map(|(xid, id)| Place { xid, id }))
}

fn tell(cx: &mut Cx<'_, '_>, rows: &[LoggedRow]) -> Result<()> {
    let mut ids: Vec<i64> = rows.iter().map(|row| row.issue_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let issues = issue::store::by_ids(cx, &ids)?;
    for row in rows {
        let Some(loaded) = issues.iter().find(|l| l.issue.id == row.issue_id) else { continue };
        let body: EventBody = serde_json::from_str(&row.body).map_err(Error::internal)?;
        let mut made = Vec::new();
        for (uid, reason) in recipients(cx, row, &body, &loaded.issue)? {
            let new = NewNotice {
                user: uid,
                at: row.at,
                issue: row.issue_id,
                event: Some(row.id),
                kind: &row.kind,
                actor: row.actor,
                reason,
            };
            let Some(id) = store::insert(cx, &new)? else { continue };
            made.push((uid, id));
            if id % PRUNE_EVERY == 0 {
                let old = cx.now - KEPT_MS;
                cx.tx.exec(store::PRUNE, &[&cx.dict.org_id, &uid, &old])?;
            }
        }
        super::mail::queue(cx, &made)?;
        hook::queue(cx, row, &body, &loaded.issue)?;
    }
    Ok(())
}

/// Who is told of an event, and why: whoever has to do with the issue and may read it, but not who
/// made the change (workflow.md, section 12).
///
/// # Errors
/// The database fails.
fn recipients(
    cx: &mut Cx<'_, '_>,
    row: &LoggedRow,
    body: &EventBody,
    issue: &Issue,
) -> Result<Vec<(i64, Reason)>> {
    let mut found: Vec<(i64, Reason)> = Vec::new();
    if body.cause.silent || body.cause.upkeep {
        return Ok(found);
    }
    let mut add = |uid: i64, reason| {
        if found.iter().all(|(other, _)| *other != uid) {
            found.push((uid, reason));
        }
    };
    for uid in newly_in(body, no::PENDING_REPLY_FROM) {
        add(uid, Reason::Summon);
    }
    let former = delta(body, no::ASSIGNEE).and_then(|(from, _)| from.as_i64());
    for uid in issue.one(no::ASSIGNEE).into_iter().chain(former) {
        add(uid, Reason::Assignee);
    }
    if let Some(uid) = issue.one(no::CREATED_BY) {
        add(uid, Reason::Author);
    }
    for uid in issue.many(no::FOLLOWERS) {
        add(*uid, Reason::Follower);
    }
    let created = row.kind == EventKind::IssueCreated.name();
    for uid in subscription::subscribers(cx, issue, created)? {
        add(uid, Reason::Subscriber);
    }
    let robot = robot::uid(&cx.dict);
    let muters = muters(cx, issue, !found.is_empty())?;
    found.retain(|(uid, reason)| {
        // Whoever is called hears it in any case.
        if muters.contains(uid) && *reason != Reason::Summon {
            return false;
        }
        let own = *uid == row.actor && !body.cause.notify_author;
        let reader = Actor::of(&cx.dict, *uid);
        !own && robot != Some(*uid)
            && reader.is_some_and(|reader| access::may(&cx.dict, &reader, issue, Right::Read))
    });
    Ok(found)
}

/// Who does not want to hear of an issue; nobody is asked for where nobody is told.
fn muters(cx: &mut Cx<'_, '_>, issue: &Issue, any: bool) -> Result<Vec<i64>> {
    if !any {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64,)> = cx.tx.all(store::MUTERS, &[&cx.dict.org_id, &issue.id])?;
    Ok(rows.into_iter().map(|(uid,)| uid).collect())
}

fn delta(body: &EventBody, field: FieldNo) -> Option<(&serde_json::Value, &serde_json::Value)> {
    body.fields.iter().find(|delta| delta.0 == field).map(|delta| (&delta.1, &delta.2))
}

/// People that were added to a field.
fn newly_in(body: &EventBody, field: FieldNo) -> Vec<i64> {
    let Some((from, to)) = delta(body, field) else { return Vec::new() };
    let people = |json: &serde_json::Value| -> Vec<i64> {
        json.as_array().into_iter().flatten().filter_map(serde_json::Value::as_i64).collect()
    };
    let before = people(from);
    people(to).into_iter().filter(|uid| !before.contains(uid)).collect()
}
