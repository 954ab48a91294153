//! Changes of single fields as rows, so that `changed()` finds them without reading the events
//! (query-language.md, 5). Values are those of the index.

use serde_json::Value as Json;
use trackway_db::{Param, Tx};

use super::FieldDelta;
use crate::cx::Cx;
use crate::dict::Dict;
use crate::error::{Error, Result};
use crate::field::FieldDef;
use crate::field::no::{self, FieldNo};
use crate::issue::value::{Form, Val, number_key, text_key};
use crate::time::Instant;
use crate::tracker::Tracker;

/// Stands for "no value".
pub const EMPTY: i64 = i64::MIN;

/// Fields that follow others or change with every comment; their changes are not kept.
pub const UNTRACKED: [FieldNo; 6] = [
    no::STATUS_START_TIME,
    no::LAST_COMMENT_UPDATED_AT,
    no::COMMENTS_WITH_MESSAGE,
    no::COMMENTS_WITHOUT_MESSAGE,
    no::UPDATED_AT,
    no::UPDATED_BY,
];

/// Adds a change.
pub const INSERT: &str = "INSERT INTO field_change \
     (org_id, field, at, event_id, n, issue_id, actor, old, new) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
/// Changes of a field in a stretch of time.
pub const OF_FIELD: &str = "SELECT issue_id, event_id, at, actor, old, new FROM field_change \
     WHERE org_id = $1 AND field = $2 AND at >= $3 AND at <= $4 \
     ORDER BY at, event_id, n LIMIT $5";
/// Bodies of events of an issue.
pub const BODY: &str = "SELECT body FROM event WHERE org_id = $1 AND issue_id = $2 AND id = $3";

/// Deletes the changes of an event in a field.
pub const DELETE: &str = "DELETE FROM field_change \
     WHERE org_id = $1 AND field = $2 AND at = $3 AND event_id = $4";
/// Forgets the changes of an organisation.
pub const CLEAR: &str = "DELETE FROM field_change WHERE org_id = $1";
/// Issues of an organisation after one of them.
pub const ISSUES: &str = "SELECT id FROM issue WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT 500";
/// Events of issues but for their creation.
pub const EVENTS: &str = "SELECT issue_id, id, at, actor, body FROM event \
     WHERE org_id = $1 AND issue_id {any:$2} AND kind <> 'IssueCreated'";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[INSERT, OF_FIELD, BODY, DELETE, CLEAR, ISSUES, EVENTS];

/// One value that went or came, or both for fields of one value.
type Side = (Option<i64>, Option<i64>);

/// Writes the changes of an event.
///
/// # Errors
/// The database fails.
pub(super) fn record(
    cx: &mut Cx<'_, '_>,
    issue: i64,
    event: i64,
    fields: &[FieldDelta],
) -> Result<()> {
    let dict = std::sync::Arc::clone(&cx.dict);
    let of = Event { id: event, issue, at: cx.now, actor: cx.actor.uid };
    insert(cx.tx, &dict, of, fields)
}

/// Deletes the changes of an issue that is removed.
///
/// # Errors
/// The database fails, or holds what cannot be read.
pub(super) fn forget(cx: &mut Cx<'_, '_>, issue: i64) -> Result<()> {
    let org = cx.dict.org_id;
    let rows: Vec<EventRow> = cx.tx.all_by_ids(EVENTS, &[&org], &[issue])?;
    for row in rows {
        let body: super::EventBody = serde_json::from_str(&row.body).map_err(Error::internal)?;
        for FieldDelta(field, ..) in &body.fields {
            cx.tx.exec(DELETE, &[&org, &i64::from(*field), &row.at, &row.id])?;
        }
    }
    Ok(())
}

/// Writes the changes of an issue that is restored.
///
/// # Errors
/// The database fails, or holds what cannot be read.
pub(crate) fn remember(cx: &mut Cx<'_, '_>, issue: i64) -> Result<()> {
    let dict = std::sync::Arc::clone(&cx.dict);
    write_again(cx.tx, &dict, &[issue])
}

/// The event that changes belong to.
#[derive(Clone, Copy)]
struct Event {
    id: i64,
    issue: i64,
    at: Instant,
    actor: i64,
}

fn insert(tx: &mut Tx<'_>, dict: &Dict, of: Event, fields: &[FieldDelta]) -> Result<()> {
    let org = dict.org_id;
    for FieldDelta(field, from, to) in fields.iter().filter(|f| !UNTRACKED.contains(&f.0)) {
        let Some(def) = dict.field_index.get(*field) else { continue };
        let field = i64::from(*field);
        for (n, (old, new)) in (0_i64..).zip(sides(def, from, to)) {
            let row: [&dyn Param; 9] =
                [&org, &field, &of.at, &of.id, &n, &of.issue, &of.actor, &old, &new];
            tx.exec(INSERT, &row)?;
        }
    }
    Ok(())
}

trackway_db::row! {
    struct EventRow {
        issue_id: i64,
        id: i64,
        at: i64,
        actor: i64,
        body: String,
    }
}

impl Tracker {
    /// Writes the changes of all fields anew from the events.
    ///
    /// # Errors
    /// The database fails, or holds what cannot be read.
    pub fn renew_changes(&self) -> Result<()> {
        let world = self.world();
        for dict in world.orgs() {
            let org = dict.org_id;
            self.db().write_now(|tx| tx.exec(CLEAR, &[&org]).map(drop).map_err(Error::from))?;
            let mut last = i64::MIN;
            loop {
                let step = self.db().write_now(|tx| renew(tx, dict, last))?;
                let Some(step) = step else { break };
                last = step;
            }
        }
        Ok(())
    }
}

/// Writes the changes of the issues after one of them; the last one that was done.
fn renew(tx: &mut Tx<'_>, dict: &Dict, after: i64) -> Result<Option<i64>> {
    let ids: Vec<(i64,)> = tx.all(ISSUES, &[&dict.org_id, &after])?;
    let ids: Vec<i64> = ids.into_iter().map(|(id,)| id).collect();
    let Some(last) = ids.last() else { return Ok(None) };
    write_again(tx, dict, &ids)?;
    Ok(Some(*last))
}

fn write_again(tx: &mut Tx<'_>, dict: &Dict, issues: &[i64]) -> Result<()> {
    let rows: Vec<EventRow> = tx.all_by_ids(EVENTS, &[&dict.org_id], issues)?;
    for row in rows {
        let body: super::EventBody = serde_json::from_str(&row.body).map_err(Error::internal)?;
        let of = Event { id: row.id, issue: row.issue_id, at: row.at, actor: row.actor };
        insert(tx, dict, of, &body.fields)?;
    }
    Ok(())
}

fn sides(def: &FieldDef, from: &Json, to: &Json) -> Vec<Side> {
    let (old, new) = (terms(def, from), terms(def, to));
    if !def.array {
        let one = |terms: &[i64], json: &Json| match terms {
            [] if json.is_null() => Some(EMPTY),
            [] => None,
            [first, ..] => Some(*first),
        };
        return vec![(one(&old, from), one(&new, to))];
    }
    let gone = old.iter().filter(|term| !new.contains(term)).map(|term| (Some(*term), None));
    let come = new.iter().filter(|term| !old.contains(term)).map(|term| (None, Some(*term)));
    let was_empty = from.is_null().then_some((Some(EMPTY), None));
    let is_empty = to.is_null().then_some((None, Some(EMPTY)));
    let mut sides: Vec<Side> = gone.chain(come).chain(was_empty).chain(is_empty).collect();
    if sides.is_empty() {
        // Another order, or values that have no term.
        sides.push((None, None));
    }
    sides
}

/// A value of an event as terms of the index; long texts and structures have none.
fn terms(def: &FieldDef, json: &Json) -> Vec<i64> {
    if def.value_type == crate::dict::model::ValueType::Text {
        return Vec::new();
    }
    match Val::from_json(Form::of(def), json) {
        Some(Val::Ref(n) | Val::At(n) | Val::Span(n)) => vec![n],
        Some(Val::Day(day)) => vec![i64::from(day)],
        Some(Val::Num(n)) => vec![number_key(n)],
        Some(Val::Refs(ids)) => ids,
        Some(Val::Text(text)) => vec![text_key(&text)],
        Some(Val::Texts(texts)) => texts.iter().map(|text| text_key(text)).collect(),
        Some(Val::Json(_)) | None => Vec::new(),
    }
}

trackway_db::row! {
    struct Row {
        issue_id: i64,
        event_id: i64,
        at: i64,
        actor: i64,
        old: Option<i64>,
        new: Option<i64>,
    }
}

/// What one event changed in a field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    pub(crate) issue: i64,
    pub(crate) event: i64,
    pub(crate) at: Instant,
    pub(crate) actor: i64,
    /// Values that went.
    pub(crate) old: Vec<i64>,
    /// Values that came.
    pub(crate) new: Vec<i64>,
}

/// Calls `take` with each change of a field in a stretch of time, both ends included. Whether all
/// were looked at: not when they take more than `most` rows.
///
/// # Errors
/// The database fails.
pub(crate) fn of_field(
    tx: &mut Tx<'_>,
    org: i64,
    field: FieldNo,
    (from, to): (Instant, Instant),
    most: u64,
    take: &mut dyn FnMut(&Change),
) -> Result<bool> {
    let mut change = Change::default();
    let mut rows = 0;
    let mut each = |row: &trackway_db::RowRef<'_>| {
        rows += 1;
        let row = <Row as trackway_db::FromRow>::from_row(row)?;
        if change.event != row.event_id {
            if change.event != 0 {
                take(&change);
            }
            change.old.clear();
            change.new.clear();
            change.issue = row.issue_id;
            change.event = row.event_id;
            change.at = row.at;
            change.actor = row.actor;
        }
        change.old.extend(row.old);
        change.new.extend(row.new);
        Ok(())
    };
    let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    tx.each(OF_FIELD, &[&org, &i64::from(field), &from, &to, &limit], &mut each)?;
    if rows > most {
        return Ok(false);
    }
    if change.event != 0 {
        take(&change);
    }
    Ok(true)
}

/// The same for some issues, whatever time their changes took.
///
/// # Errors
/// The database fails, or holds what cannot be read.
pub(crate) fn of_issues(
    tx: &mut Tx<'_>,
    dict: &Dict,
    def: &FieldDef,
    issues: &[i64],
    (from, to): (Instant, Instant),
    take: &mut dyn FnMut(&Change),
) -> Result<()> {
    if issues.is_empty() {
        return Ok(());
    }
    let rows: Vec<EventRow> = tx.all_by_ids(EVENTS, &[&dict.org_id], issues)?;
    for row in rows.iter().filter(|row| (from..=to).contains(&row.at)) {
        let body: super::EventBody = serde_json::from_str(&row.body).map_err(Error::internal)?;
        for FieldDelta(_, old, new) in body.fields.iter().filter(|delta| delta.0 == def.no) {
            let sides = sides(def, old, new);
            take(&Change {
                issue: row.issue_id,
                event: row.id,
                at: row.at,
                actor: row.actor,
                old: sides.iter().filter_map(|side| side.0).collect(),
                new: sides.iter().filter_map(|side| side.1).collect(),
            });
        }
    }
    Ok(())
}

/// The texts of a field before and after an event.
///
/// # Errors
/// The database fails, or holds what cannot be read.
pub(crate) fn texts(
    tx: &mut Tx<'_>,
    org: i64,
    change: &Change,
    field: FieldNo,
) -> Result<(String, String)> {
    let row: Option<(String,)> = tx.opt(BODY, &[&org, &change.issue, &change.event])?;
    let Some((body,)) = row else { return Ok(Default::default()) };
    let body: super::EventBody = serde_json::from_str(&body).map_err(Error::internal)?;
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let delta = body.fields.iter().find(|delta| delta.0 == field);
    Ok(delta.map(|delta| (text(&delta.1), text(&delta.2))).unwrap_or_default())
}
