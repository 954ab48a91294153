//! Calendars and rules as clients write them.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use trackway_api::types::Members;

use super::holidays;
use super::model::{Calendar, Hours, Level, SlaRule, When, While};
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::Table;
use crate::dict::model::Body;
use crate::error::{Code, Error, Result};
use crate::issue::refs;
use crate::queue::input::{self as fields, Problems};
use crate::rule::input as rules;
use crate::time;

/// Days of the week as members of a calendar.
pub(crate) const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Most levels, conditions or people of a rule, and most exceptions of a calendar.
const MOST: usize = 1000;

/// A calendar after a patch.
///
/// # Errors
/// 422 with the members named.
pub(super) fn calendar(old: &Calendar, patch: &Members) -> Result<Calendar> {
    let mut body = old.clone();
    let mut problems = Problems::default();
    if let Some(json) = patch.get("name") {
        let name = fields::text(json, "name").and_then(fields::name);
        body.name = problems.note(name).unwrap_or_default();
    }
    if let Some(json) = patch.get("timeZone") {
        body.zone = problems.note(fields::zone(json, "timeZone")).unwrap_or_default();
    }
    match patch.get("country") {
        None => {}
        Some(Json::Null) => body.country = None,
        Some(json) => {
            let known = fields::text(json, "country")
                .and_then(|text| holidays::known(text).ok_or_else(|| unknown(json, "country")));
            body.country = problems.note(known).map(str::to_owned);
        }
    }
    if let Some(json) = patch.get("hours") {
        let hours = json.as_object().ok_or_else(|| Code::ValueType.with("object").under("hours"));
        if let Some(days) = problems.note(hours) {
            body.week = std::array::from_fn(|day| {
                let given = DAYS.get(day).and_then(|name| days.get(*name));
                given.and_then(|json| problems.note(periods(json, "hours"))).unwrap_or_default()
            });
        }
    }
    if let Some(json) = patch.get("exceptions") {
        body.exceptions = problems.note(exceptions(json)).unwrap_or_default();
    }
    problems.end()?;
    Ok(body)
}

fn unknown(json: &Json, member: &str) -> Error {
    Code::ValueUnknown.with(fields::shown(json)).under(member)
}

fn exceptions(json: &Json) -> Result<BTreeMap<time::Day, Hours>> {
    let member = "exceptions";
    let items = list(json, member)?;
    let one = |item: &Json| -> Result<(time::Day, Hours)> {
        let date =
            item.get("date").ok_or_else(|| Code::MemberMissing.with("date").under(member))?;
        let hours = item.get("hours").map(|json| periods(json, member)).transpose()?;
        Ok((fields::day(fields::text(date, member)?, member)?, hours.unwrap_or_default()))
    };
    items.iter().map(one).collect()
}

fn list<'j>(json: &'j Json, member: &str) -> Result<&'j [Json]> {
    let items = match json {
        Json::Null => return Ok(&[]),
        Json::Array(items) => items,
        _ => return Err(Code::ValueType.with("array").under(member)),
    };
    if items.len() > MOST { Err(Code::TooManyValues.with(MOST).under(member)) } else { Ok(items) }
}

/// Periods of a day in their order, without overlaps.
fn periods(json: &Json, member: &str) -> Result<Hours> {
    let minutes = |json: Option<&Json>| -> Result<u16> {
        let json = json.ok_or_else(|| Code::MemberMissing.with("from, to").under(member))?;
        let text = fields::text(json, member)?;
        let read = text.split_once(':').and_then(|(hours, minutes)| {
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            let total = hours.checked_mul(60)?.checked_add(minutes)?;
            (minutes < 60 && total <= 1440).then_some(total)
        });
        read.ok_or_else(|| unknown(json, member))
    };
    let mut hours = Hours::new();
    for item in list(json, member)? {
        let (from, to) = (minutes(item.get("from"))?, minutes(item.get("to"))?);
        if from >= to || hours.last().is_some_and(|(_, end)| *end > from) {
            return Err(Code::ValueRange.at(member));
        }
        hours.push((from, to));
    }
    Ok(hours)
}

/// A rule after a patch.
///
/// # Errors
/// 422 with the members named.
pub(super) fn rule(cx: &mut Cx<'_, '_>, old: &SlaRule, patch: &Members) -> Result<SlaRule> {
    let mut body = old.clone();
    let mut problems = Problems::default();
    if let Some(json) = patch.get("name") {
        let name = fields::text(json, "name").and_then(fields::name);
        body.name = problems.note(name).unwrap_or_default();
    }
    match patch.get("calendar") {
        None => {}
        Some(Json::Null) => body.calendar = None,
        Some(json) => body.calendar = problems.note(own_calendar(cx, json)),
    }
    if let Some(json) = patch.get("levels") {
        body.levels = problems.note(levels(cx, old.queue, json)).unwrap_or_default();
    }
    let dict = std::sync::Arc::clone(&cx.dict);
    for (member, slot, ends) in [("start", &mut body.start, false), ("stop", &mut body.stop, true)]
    {
        if let Some(json) = patch.get(member) {
            let read = |json: &Json| when(&dict, json, member, ends);
            let all: Result<Vec<When>> =
                list(json, member).and_then(|items| items.iter().map(read).collect());
            *slot = problems.note(all).unwrap_or_default();
        }
    }
    if let Some(json) = patch.get("pause") {
        let all: Result<Vec<While>> = list(json, "pause")
            .and_then(|items| items.iter().map(|json| state(&dict, json)).collect());
        body.pause = problems.note(all).unwrap_or_default();
    }
    if let Some(json) = patch.get("alerts") {
        let person =
            |json: &Json| fields::person(&dict, json).ok_or_else(|| unknown(json, "alerts"));
        let all: Result<Vec<i64>> =
            list(json, "alerts").and_then(|items| items.iter().map(person).collect());
        body.alerts = problems.note(all).unwrap_or_default();
    }
    if let Some(Some(value)) = problems.note(fields::flag(patch, "restartable")) {
        body.restartable = value;
    }
    problems.end()?;
    Ok(body)
}

/// A calendar of the caller's own (automation.md, 4.1).
pub(crate) fn own_calendar(cx: &Cx<'_, '_>, json: &Json) -> Result<i64> {
    let found = match refs::written(json) {
        Some(refs::Written::Id(id)) => cx.dict.calendars.get(id),
        _ => None,
    };
    let usable = |owner: i64| owner == cx.actor.uid || cx.actor.admin || cx.actor.robot;
    found
        .filter(|calendar| usable(calendar.body.owner))
        .map(|calendar| calendar.id)
        .ok_or_else(|| unknown(json, "calendar"))
}

fn levels(cx: &mut Cx<'_, '_>, queue: i64, json: &Json) -> Result<Vec<Level>> {
    let member = "levels";
    let mut levels = Vec::new();
    for item in list(json, member)? {
        let conditions = match item.get("conditions") {
            None | Some(Json::Null) => None,
            given => Some(rules::conditions(cx, queue, given)?),
        };
        let limit = span(item.get("limit"), member)?
            .ok_or_else(|| Code::MemberMissing.with("limit").under(member))?;
        let warn = span(item.get("warn"), member)?;
        if warn.is_some_and(|warn| warn >= limit) {
            return Err(Code::ValueRange.at(member));
        }
        levels.push(Level { conditions, warn, limit });
    }
    if levels.is_empty() { Err(Code::ValueEmpty.at(member)) } else { Ok(levels) }
}

fn span(json: Option<&Json>, member: &str) -> Result<Option<i64>> {
    let Some(json) = json.filter(|json| !json.is_null()) else { return Ok(None) };
    let seconds = time::parse_span(fields::text(json, member)?).filter(|seconds| *seconds > 0);
    let seconds = seconds.ok_or_else(|| Code::ValueType.with("duration").under(member))?;
    Ok(Some(seconds * 1000))
}

/// Ids of named objects in place of their names.
fn ids<T: Body>(table: &Table<T>, json: Option<&Json>, member: &str) -> Result<Vec<i64>> {
    let one = |json: &Json| {
        let found = refs::object(table, json, |_| true);
        found.map(|object| object.id).ok_or_else(|| unknown(json, member))
    };
    list(json.unwrap_or(&Json::Null), member)?.iter().map(one).collect()
}

fn kind<'j>(json: &'j Json, member: &str) -> Result<&'j str> {
    let kind = json.get("type").ok_or_else(|| Code::MemberMissing.with("type").under(member))?;
    fields::text(kind, member)
}

/// What starts or, with `ends`, stops a timer (automation.md, 4: not everything does both).
fn when(dict: &Dict, json: &Json, member: &str, ends: bool) -> Result<When> {
    Ok(match (kind(json, member)?, ends) {
        ("IssueCreated", false) => When::IssueCreated,
        ("AssigneeSet", _) => When::AssigneeSet,
        ("AssigneeRemoved", _) => When::AssigneeRemoved,
        ("StatusChanged", _) => {
            let statuses = ids(&dict.statuses, json.get("statuses"), member)?;
            When::StatusChanged { statuses }
        }
        ("ClientCommented", _) => When::ClientCommented,
        ("TeamCommented", true) => When::TeamCommented,
        ("ResolutionRemoved", false) => When::ResolutionRemoved,
        ("ResolutionSet", true) => {
            let resolutions = ids(&dict.resolutions, json.get("resolutions"), member)?;
            When::ResolutionSet { resolutions }
        }
        _ => return Err(unknown(json, member)),
    })
}

fn state(dict: &Dict, json: &Json) -> Result<While> {
    let member = "pause";
    Ok(match kind(json, member)? {
        "InStatus" => {
            While::InStatus { statuses: ids(&dict.statuses, json.get("statuses"), member)? }
        }
        "AssigneeIsSet" => While::AssigneeIsSet,
        "AssigneeIsNotSet" => While::AssigneeIsNotSet,
        _ => return Err(unknown(json, member)),
    })
}
