//! Operations on work calendars.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use trackway_api::slas::{
    Calendar as CalendarReply, CreateCalendar, DeleteCalendar, GetCalendar, ListCalendars,
    UpdateCalendar,
};

use super::input::{self, DAYS};
use super::model::{Calendar, Hours};
use crate::cx::{Cx, Reply};
use crate::dict::{Object, store};
use crate::error::{Code, Result};
use crate::issue::edit;
use crate::queue::input::alike;
use crate::time::day_text;
use crate::user;

/// Most calendars of one person.
const MAX_CALENDARS: usize = 100;

/// Calendars of the caller.
///
/// # Errors
/// None of its own.
pub fn list(cx: &mut Cx<'_, '_>, _: &ListCalendars) -> Result<Reply<Vec<CalendarReply>>> {
    let own = cx.dict.calendars.iter().filter(|c| c.body.owner == cx.actor.uid);
    Ok(own.map(|calendar| reply(cx, calendar)).collect::<Vec<_>>().into())
}

/// One calendar.
///
/// # Errors
/// 404 when the caller has none of this id.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetCalendar) -> Result<Reply<CalendarReply>> {
    let calendar = find(cx, &r.id)?;
    Ok(reply(cx, &calendar).into())
}

fn find(cx: &Cx<'_, '_>, id: &str) -> Result<Arc<Object<Calendar>>> {
    let found = id.parse().ok().and_then(|id| cx.dict.calendars.get(id));
    found
        .filter(|calendar| calendar.body.owner == cx.actor.uid || cx.actor.admin)
        .cloned()
        .ok_or_else(|| Code::CalendarNotFound.err())
}

/// Creates a calendar.
///
/// # Errors
/// 422 for what cannot be read.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateCalendar) -> Result<Reply<CalendarReply>> {
    let body = &r.body.0;
    if body.get("name").is_none_or(Json::is_null) {
        return Err(Code::FieldRequired.at("name"));
    }
    let day = || vec![(540, 1080)];
    let blank = Calendar {
        owner: cx.actor.uid,
        zone: "UTC".to_owned(),
        week: [day(), day(), day(), day(), day(), Vec::new(), Vec::new()],
        ..Calendar::default()
    };
    let made = input::calendar(&blank, body)?;
    let count = cx.dict.calendars.iter().filter(|c| c.body.owner == cx.actor.uid).count();
    if count >= MAX_CALENDARS {
        return Err(Code::TooManyValues.with(MAX_CALENDARS));
    }
    let calendar = store::insert(cx, "", made)?;
    Ok(reply(cx, &calendar).into())
}

/// Changes a calendar. Running timers follow it from their next change on.
///
/// # Errors
/// As [`create`]; 404 when the caller has none of this id, 409 or 412 for a stale version.
pub fn update(cx: &mut Cx<'_, '_>, r: &UpdateCalendar) -> Result<Reply<CalendarReply>> {
    let old = find(cx, &r.id)?;
    edit::check_version(old.version, r.version, r.if_match)?;
    let body = input::calendar(&old.body, &r.body.0)?;
    if alike(&old.body, &body) {
        return Ok(reply(cx, &old).into());
    }
    let calendar = store::update(cx, &old, body)?;
    Ok(reply(cx, &calendar).into())
}

/// Deletes a calendar.
///
/// # Errors
/// 404 when the caller has none of this id, 409 while a rule uses it.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteCalendar) -> Result<Reply<()>> {
    let calendar = find(cx, &r.id)?;
    let by_sla = cx.dict.sla_rules.iter().any(|r| r.body.calendar == Some(calendar.id));
    let by_action = cx.dict.autoactions.iter().any(|a| a.body.calendar == Some(calendar.id));
    let by_schedule = cx.dict.schedules.iter().any(|s| s.body.calendar == Some(calendar.id));
    if by_sla || by_action || by_schedule {
        return Err(Code::CalendarUsed.err());
    }
    store::remove(cx, &calendar)?;
    Ok(Reply::new(()))
}

fn reply(cx: &Cx<'_, '_>, calendar: &Object<Calendar>) -> CalendarReply {
    let body = &calendar.body;
    let hours = DAYS.iter().zip(&body.week);
    CalendarReply {
        self_url: cx.view.url(&format!("/calendars/{}", calendar.id)),
        id: calendar.id,
        version: calendar.version,
        name: body.name.clone(),
        owner: user::reference(&cx.dict, &cx.view, body.owner),
        time_zone: body.zone.clone(),
        hours: hours.map(|(day, hours)| ((*day).to_owned(), periods(hours))).collect(),
        country: body.country.clone(),
        exceptions: body
            .exceptions
            .iter()
            .map(|(day, hours)| json!({ "date": day_text(*day), "hours": periods(hours) }))
            .collect(),
    }
}

fn periods(hours: &Hours) -> Json {
    let clock = |minutes: &u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    hours.iter().map(|(from, to)| json!({ "from": clock(from), "to": clock(to) })).collect()
}
