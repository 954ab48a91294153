//! Reading the event stream.

use serde_json::Value as Json;
use trackway_api::stream::{Events, StreamEvents};

use crate::access::{self, Right};
use crate::cx::{Cx, Reply};
use crate::error::{Code, Error, Result};
use crate::event::EventBody;
use crate::event::log::{self, LoggedRow, Place};
use crate::hook;
use crate::issue;

const DEFAULT: i64 = 100;
/// Most events that are read at once.
pub const MAX: i64 = 1000;

/// An event for one reader.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its place in the log.
    pub place: Place,
    /// Name of its kind.
    pub kind: String,
    /// What is told of it.
    pub json: Json,
}

/// Events after a place; without one, none, and the present end.
///
/// # Errors
/// 400 for wrong parameters.
pub fn list(cx: &mut Cx<'_, '_>, r: &StreamEvents) -> Result<Reply<Events>> {
    let limit = r.limit.unwrap_or(DEFAULT);
    if limit < 1 {
        return Err(Code::BadParameter.with("limit").and("must be at least 1"));
    }
    let Some(place) = start(r)? else {
        let last_event_id = log::end(cx.tx)?.to_string();
        return Ok(Events { events: Vec::new(), last_event_id }.into());
    };
    let (told, last) = after(cx, place, limit.min(MAX))?;
    let events = told.into_iter().map(|event| event.json).collect();
    Ok(Events { events, last_event_id: last.to_string() }.into())
}

/// Where a reader wants to go on, by header or parameter.
///
/// # Errors
/// 400 when it is no place.
pub fn start(r: &StreamEvents) -> Result<Option<Place>> {
    let given = r.resume.as_deref().or(r.last_event_id.as_deref()).filter(|id| !id.is_empty());
    given
        .map(|id| {
            id.parse()
                .map_err(|()| Code::BadParameter.with("lastEventId").and("must be an event's id"))
        })
        .transpose()
}

/// The events among the next `limit` ones that the actor may see, and the place after all of them.
///
/// # Errors
/// The database fails.
pub fn after(cx: &mut Cx<'_, '_>, place: Place, limit: i64) -> Result<(Vec<Told>, Place)> {
    let rows = log::after(cx.tx, place, cx.dict.org_id, limit)?;
    let last = rows.last().map_or(place, LoggedRow::place);
    let mut ids: Vec<i64> = rows.iter().map(|row| row.issue_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let issues = issue::store::by_ids(cx, &ids)?;
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(loaded) = issues.iter().find(|l| l.issue.id == row.issue_id) else { continue };
        if !access::may(&cx.dict, &cx.actor, &loaded.issue, Right::Read) {
            continue;
        }
        let body: EventBody = serde_json::from_str(&row.body).map_err(Error::internal)?;
        let json = hook::render::event(cx, &row, &body, &loaded.issue);
        told.push(Told { place: row.place(), kind: row.kind, json });
    }
    Ok((told, last))
}
