//! Rules of recurring issues as clients write them.

use serde_json::{Map, Value as Json};
use trackway_api::types::Members;

use super::model::{Schedule, Unit};
use crate::cx::Cx;
use crate::error::{Code, Result};
use crate::queue::input::{self as fields, Problems};
use crate::sla::input::{DAYS, own_calendar};
use crate::time::{self, Instant};

/// Most issues that one rule makes at once.
const MAX_ISSUES: usize = 20;
/// Fewest and most units between two creations (automation.md, section 2).
const EVERY: std::ops::RangeInclusive<i64> = 1..=1000;

/// A rule after a patch.
///
/// # Errors
/// 422 with the members named.
pub(super) fn schedule(cx: &mut Cx<'_, '_>, old: &Schedule, patch: &Members) -> Result<Schedule> {
    let mut body = old.clone();
    let mut problems = Problems::default();
    if let Some(json) = patch.get("name") {
        let name = fields::text(json, "name").and_then(fields::name);
        body.name = problems.note(name).unwrap_or_default();
    }
    if let Some(json) = patch.get("issues") {
        body.issues = problems.note(issues(cx, old.queue, json)).unwrap_or_default();
    }
    if let Some(json) = patch.get("unit") {
        let unit = fields::text(json, "unit").and_then(|name| {
            Unit::from_name(name)
                .ok_or_else(|| Code::ValueUnknown.with(fields::shown(json)).under("unit"))
        });
        body.unit = problems.note(unit).unwrap_or_default();
    }
    if let Some(json) = patch.get("every") {
        body.every = problems.note(every(json)).unwrap_or_default();
    }
    if let Some(json) = patch.get("weekdays") {
        body.weekdays = problems.note(weekdays(json)).unwrap_or_default();
    }
    if let Some(json) = patch.get("timeZone") {
        body.zone = problems.note(fields::zone(json, "timeZone")).unwrap_or_default();
    }
    match patch.get("start") {
        None => {}
        Some(Json::Null) => body.start = cx.now,
        Some(json) => body.start = problems.note(instant(json, "start")).unwrap_or_default(),
    }
    match patch.get("end") {
        None => {}
        Some(Json::Null) => body.end = None,
        Some(json) => body.end = problems.note(instant(json, "end")),
    }
    match patch.get("calendar") {
        None => {}
        Some(Json::Null) => body.calendar = None,
        Some(json) => body.calendar = problems.note(own_calendar(cx, json)),
    }
    if let Some(Some(value)) = problems.note(fields::flag(patch, "active")) {
        body.active = value;
    }
    if body.end.is_some_and(|end| end < body.start) {
        problems.note::<()>(Err(Code::ValueRange.at("end")));
    }
    if body.unit != Unit::Week && !body.weekdays.is_empty() {
        problems.note::<()>(Err(Code::FieldUnfit.with("weekdays").under("weekdays")));
    }
    problems.end()?;
    Ok(body)
}

fn issues(cx: &Cx<'_, '_>, queue: i64, json: &Json) -> Result<Vec<Map<String, Json>>> {
    let member = "issues";
    let Json::Array(items) = json else { return Err(Code::ValueType.with("array").under(member)) };
    if items.is_empty() {
        return Err(Code::ValueEmpty.at(member));
    }
    if items.len() > MAX_ISSUES {
        return Err(Code::TooManyValues.with(MAX_ISSUES).under(member));
    }
    let one = |item: &Json| {
        let Json::Object(members) = item else {
            return Err(Code::ValueType.with("object").under(member));
        };
        fields::same_queue(&cx.dict, queue, members.get("queue"))?;
        let mut members = members.clone();
        members.remove("queue");
        Ok(members)
    };
    items.iter().map(one).collect()
}

fn every(json: &Json) -> Result<i64> {
    let number = json.as_i64().ok_or_else(|| Code::ValueType.with("integer").under("every"))?;
    if EVERY.contains(&number) { Ok(number) } else { Err(Code::ValueRange.at("every")) }
}

/// Days of the week in their order, each once.
fn weekdays(json: &Json) -> Result<Vec<u8>> {
    let member = "weekdays";
    let items = match json {
        Json::Null => return Ok(Vec::new()),
        Json::Array(items) => items,
        _ => return Err(Code::ValueType.with("array").under(member)),
    };
    let one = |item: &Json| {
        let day = (0..).zip(DAYS).find(|(_, name)| item == *name);
        day.map(|(n, _)| n)
            .ok_or_else(|| Code::ValueUnknown.with(fields::shown(item)).under(member))
    };
    let mut days: Vec<u8> = items.iter().map(one).collect::<Result<_>>()?;
    days.sort_unstable();
    days.dedup();
    Ok(days)
}

fn instant(json: &Json, member: &str) -> Result<Instant> {
    let read = time::parse_instant(fields::text(json, member)?);
    read.ok_or_else(|| Code::ValueType.with("datetime").under(member))
}
