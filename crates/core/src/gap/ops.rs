//! Operations on absences. Administrators record them; everybody may see who is away.

use serde_json::Value as Json;
use trackway_api::gaps::{
    CreateGaps, DeleteGaps, Gap, GapInput, GapWorkflow, GapsCreated, GapsPage, ListGapWorkflows,
    SearchGaps, UserGaps,
};

use super::store::{self, GapRow};
use crate::audit::{self, Action, Entry};
use crate::cx::{Cx, Reply};
use crate::error::{Code, Error, Result};
use crate::history::person;
use crate::lang::Name;
use crate::paging::Page;
use crate::queue::input::{Problems, required, shown};
use crate::time::{self, Instant, instant_text};
use crate::user;

/// Most absences, ids and people of one request (contract, createGaps).
const MAX: usize = 100;
/// Longest id, in characters.
const MAX_ID: usize = 128;

/// Kinds of absences.
const WORKFLOWS: [(&str, &str, &str); 10] = [
    ("vacation", "Отпуск", "Vacation"),
    ("paid_day_off", "Отгул", "Paid day off"),
    ("illness", "Болезнь", "Illness"),
    ("absence", "Отсутствие", "Absence"),
    ("trip", "Командировка", "Business trip"),
    ("conference_trip", "Поездка на конференцию", "Conference trip"),
    ("conference", "Конференция", "Conference"),
    ("learning", "Обучение", "Learning"),
    ("maternity", "Отпуск по уходу за ребёнком", "Parental leave"),
    ("duty", "Дежурство", "Duty"),
];

/// Records absences; those of known ids are replaced.
///
/// # Errors
/// 403 unless the caller is an administrator; 422 for wrong members.
pub fn create(cx: &mut Cx<'_, '_>, r: &CreateGaps) -> Result<Reply<GapsCreated>> {
    cx.actor.admin_only()?;
    let gaps = r.body.0.gaps.as_ref().ok_or_else(|| Code::FieldRequired.at("gaps"))?;
    if gaps.len() > MAX {
        return Err(Code::TooManyValues.with(MAX).under("gaps"));
    }
    let mut saved = Vec::with_capacity(gaps.len());
    for (i, gap) in gaps.iter().enumerate() {
        let row = read(cx, i, gap)?;
        let before = store::one(cx, &row.id)?;
        store::put(cx, &row)?;
        note(cx, before.as_ref(), Some(&row))?;
        saved.push(row);
    }
    let gaps = saved.iter().map(|row| Gap { user: user::ops::full(cx, row.user_id), ..wire(row) });
    Ok(GapsCreated { gaps: gaps.collect() }.into())
}

/// Deletes absences; unknown ids are ignored.
///
/// # Errors
/// 403 unless the caller is an administrator; 400 without ids.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteGaps) -> Result<Reply<()>> {
    cx.actor.admin_only()?;
    let ids = r.gap_ids.as_ref().map_or(&[][..], |list| list.0.as_slice());
    if ids.is_empty() || ids.len() > MAX {
        let why = format!("must name 1 to {MAX} absences");
        return Err(Code::BadParameter.with("gapIds").and(why));
    }
    for id in ids {
        let Some(row) = store::one(cx, id)? else { continue };
        store::delete(cx, id)?;
        note(cx, Some(&row), None)?;
    }
    Ok(Reply::new(()))
}

/// Records a change in the audit log.
fn note(cx: &mut Cx<'_, '_>, before: Option<&GapRow>, after: Option<&GapRow>) -> Result<()> {
    let Some(row) = after.or(before) else { return Ok(()) };
    let action = match (before, after) {
        (None, _) => Action::Create,
        (_, None) => Action::Delete,
        _ => Action::Update,
    };
    let dict = std::sync::Arc::clone(&cx.dict);
    let json = |row: &GapRow| serde_json::to_value(wire(row)).map_err(Error::internal);
    let entry = Entry {
        action,
        kind: "gap",
        object: row.id.clone(),
        name: dict.users.get(row.user_id).map_or("", |user| user.key.as_str()),
        before: before.map(json).transpose()?,
        after: after.map(json).transpose()?,
    };
    audit::record(cx, entry)
}

/// Absences of people that overlap a period, one entry for each of the people.
///
/// # Errors
/// 400 for wrong parameters, 422 for wrong members.
pub fn search(cx: &mut Cx<'_, '_>, r: &SearchGaps) -> Result<Reply<GapsPage>> {
    let page = Page::new(r.page, r.per_page, 100)?;
    let body = &r.body.0;
    let mut problems = Problems::default();
    let people = problems.note(people(cx, body.users.as_ref())).unwrap_or_default();
    let from = body.from.as_ref().map(|json| instant(json, "from")).transpose();
    let from = problems.note(from).flatten().unwrap_or(cx.now);
    let to = body.to.as_ref().map(|json| instant(json, "to")).transpose();
    let to = problems.note(to).flatten().unwrap_or(i64::MAX);
    problems.end()?;
    let has_more = people.len() > page.offset().saturating_add(page.limit());
    let (people, _) = page.cut(people);
    let rows = if people.is_empty() { Vec::new() } else { store::within(cx, (from, to), &people)? };
    let entry = |uid: &i64| {
        let gaps = rows.iter().filter(|row| row.user_id == *uid).map(wire).collect();
        Some(UserGaps { user: user::ops::full(cx, *uid)?, gaps })
    };
    Ok(GapsPage { user_gaps: people.iter().filter_map(entry).collect(), has_more }.into())
}

/// Kinds of absences.
///
/// # Errors
/// None.
pub fn workflows(cx: &mut Cx<'_, '_>, _: &ListGapWorkflows) -> Result<Reply<Vec<GapWorkflow>>> {
    let kind = |(id, ru, en): &(&str, &str, &str)| GapWorkflow {
        id: (*id).to_owned(),
        name: Name::new(ru, en).get(cx.view.lang).to_owned(),
    };
    Ok(WORKFLOWS.iter().map(kind).collect::<Vec<_>>().into())
}

fn read(cx: &mut Cx<'_, '_>, place: usize, gap: &GapInput) -> Result<GapRow> {
    let at = |member: &str| format!("gaps[{place}].{member}");
    let mut problems = Problems::default();
    let id = match &gap.id {
        None => generated().map(Some),
        Some(json) => id(json).map(Some).map_err(|error| error.under(&at("id"))),
    };
    let id = problems.note(id).flatten();
    let user = required(gap.user.as_ref(), &at("user"));
    let user = problems.note(user.and_then(|json| person(cx, json, &at("user"))));
    let kind = required(gap.workflow.as_ref(), &at("workflow")).and_then(|json| {
        let known = WORKFLOWS.iter().find(|(id, ..)| json.as_str() == Some(*id));
        let unknown = || Code::ValueUnknown.with(shown(json)).under(&at("workflow"));
        known.map(|(id, ..)| (*id).to_owned()).ok_or_else(unknown)
    });
    let kind = problems.note(kind);
    let from = required(gap.from.as_ref(), &at("from"));
    let from = problems.note(from.and_then(|json| instant(json, &at("from"))));
    let to = required(gap.to.as_ref(), &at("to"));
    let to = problems.note(to.and_then(|json| instant(json, &at("to"))));
    if let (Some(from), Some(to)) = (from, to)
        && from >= to
    {
        problems.note::<()>(Err(Code::ValueRange.at(&at("to"))));
    }
    let full_day = problems.note(flag(gap.full_day.as_ref(), &at("fullDay")));
    let works = problems.note(flag(gap.work_in_absence.as_ref(), &at("workInAbsence")));
    problems.end()?;
    Ok(GapRow {
        id: id.unwrap_or_default(),
        user_id: user.unwrap_or_default(),
        workflow: kind.unwrap_or_default(),
        from_at: from.unwrap_or_default(),
        to_at: to.unwrap_or_default(),
        full_day: i64::from(full_day.unwrap_or_default()),
        work_in_absence: i64::from(works.unwrap_or_default()),
    })
}

fn generated() -> Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(data_encoding::HEXLOWER.encode(&bytes))
}

fn id(json: &Json) -> Result<String> {
    let text = match json {
        Json::String(text) => text.trim().to_owned(),
        Json::Number(number) => number.to_string(),
        _ => return Err(Code::ValueType.with("string")),
    };
    if text.is_empty() {
        return Err(Code::ValueEmpty.err());
    }
    if text.chars().count() > MAX_ID {
        return Err(Code::ValueTooLong.with(MAX_ID));
    }
    Ok(text)
}

fn instant(json: &Json, member: &str) -> Result<Instant> {
    let at = json.as_str().and_then(time::parse_instant);
    at.ok_or_else(|| Code::ValueType.with("datetime").under(member))
}

fn flag(json: Option<&Json>, member: &str) -> Result<bool> {
    let wrong = || Code::ValueType.with("boolean").under(member);
    json.map_or(Ok(false), |json| json.as_bool().ok_or_else(wrong))
}

fn people(cx: &Cx<'_, '_>, json: Option<&Json>) -> Result<Vec<i64>> {
    let json = json.ok_or_else(|| Code::FieldRequired.at("users"))?;
    let items = json.as_array().map_or(std::slice::from_ref(json), Vec::as_slice);
    if items.len() > MAX {
        return Err(Code::TooManyValues.with(MAX).under("users"));
    }
    let mut people = Vec::with_capacity(items.len());
    for item in items {
        let uid = person(cx, item, "users")?;
        if !people.contains(&uid) {
            people.push(uid);
        }
    }
    Ok(people)
}

fn wire(row: &GapRow) -> Gap {
    Gap {
        id: row.id.clone(),
        workflow: row.workflow.clone(),
        from: instant_text(row.from_at),
        to: instant_text(row.to_at),
        full_day: row.full_day != 0,
        work_in_absence: row.work_in_absence != 0,
        user: None,
    }
}
