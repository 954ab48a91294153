//! `/admin/audit`: the audit log of an organisation or of the server, with search and export.

use askama::Template;
use http::header::CONTENT_DISPOSITION;
use jiff::civil::{Date, Time};
use trackway_core::account::member::Seat;
use trackway_core::account::oversight;
use trackway_core::account::person::Person;
use trackway_core::audit::store::{AuditRow, Filter};
use trackway_core::audit::{INSTALLATION, system};
use trackway_core::{Code, Error, Result};

use super::super::consent::shown;
use super::gate;
use crate::ui::call::Call;
use crate::ui::form::Choice;
use crate::ui::frame::{Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;

/// Records of a page.
const PAGE: usize = 50;
/// Records of an export; what is older is asked for with an earlier end.
const EXPORT: usize = 10_000;

#[derive(Template)]
#[template(path = "audit.html")]
struct List<'a> {
    t: &'static Texts,
    places: Vec<Choice>,
    kinds: Vec<Choice>,
    actor: &'a str,
    from: &'a str,
    to: &'a str,
    records: Vec<Entry>,
    /// The query of an export, and of the next page.
    export: String,
    following: Option<String>,
}

struct Entry {
    what: String,
    who: String,
    at: String,
    address: String,
    before: String,
    after: String,
}

/// What is looked for, and where.
struct Search {
    seat: Seat,
    /// `X-Org-ID`, or nothing for the server itself.
    place: String,
    filter: Filter,
    before: Option<i64>,
}

fn places(call: &Call<'_>, chosen: &str) -> Result<Vec<Choice>> {
    let person = &call.person()?.person;
    let mut places: Vec<Choice> = person
        .orgs
        .iter()
        .filter(|dict| person.actor(dict).is_some_and(|actor| actor.admin))
        .map(|dict| Choice {
            value: dict.org.org_id.clone(),
            label: dict.org.name.get(call.lang).to_owned(),
            on: dict.org.org_id == chosen,
            ..Choice::default()
        })
        .collect();
    let label = call.t.server.to_string();
    places.push(Choice {
        value: "server".to_owned(),
        label,
        on: chosen == "server",
        ..Choice::default()
    });
    Ok(places)
}

/// Kinds of objects to choose from, by their names in this language.
fn kinds(call: &Call<'_>) -> Vec<Choice> {
    let chosen = call.query.get("kind").trim();
    let choice = |value: &str, label: String| Choice {
        value: value.to_owned(),
        label,
        on: value == chosen,
        ..Choice::default()
    };
    let mut kinds: Vec<Choice> =
        call.t.kinds().into_iter().map(|(name, text)| choice(name, text.to_string())).collect();
    kinds.sort_by_cached_key(|kind| kind.label.to_lowercase());
    kinds.insert(0, choice("", call.t.audit_any.to_string()));
    kinds
}

fn search(call: &Call<'_>, uid: i64) -> Result<Search> {
    let q = &call.query;
    let first = places(call, "")?.into_iter().next().unwrap_or_default().value;
    let place = q.opt("where").filter(|text| !text.is_empty()).unwrap_or(&first).to_owned();
    let org = if place == "server" { INSTALLATION } else { call.seat(&place)?.0.org };
    let world = call.app.tracker.world();
    let actor = match q.get("actor").trim() {
        "" => None,
        text => Some(Person::named(&world, text).ok_or_else(|| Code::UserNotFound.err())?),
    };
    let zone = call.zone();
    let midnight = |day: Date| zone.to_timestamp(day.to_datetime(Time::midnight())).ok();
    let start = |day: Date| midnight(day).map(jiff::Timestamp::as_millisecond);
    let day = |name: &str| -> Result<Option<Date>> {
        let text = q.get(name);
        if text.is_empty() {
            return Ok(None);
        }
        let day = text.parse().map_err(|_| Code::BadParameter.with(name).and("YYYY-MM-DD"))?;
        Ok(Some(day))
    };
    let kind = q.get("kind").trim();
    let filter = Filter {
        actor,
        kind: (!kind.is_empty()).then(|| kind.to_owned()),
        object: None,
        from: day("from")?.and_then(start),
        // The last day is meant as a whole.
        to: day("to")?.and_then(|day| start(day.tomorrow().ok()?)),
    };
    let before = q.get("before").parse().ok();
    Ok(Search { seat: Seat { org, uid }, place, filter, before })
}

impl Search {
    /// The same search as a query.
    fn query(&self, call: &Call<'_>, before: Option<i64>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("where", &self.place);
        for name in ["kind", "actor", "from", "to"] {
            if !call.query.get(name).is_empty() {
                query.append_pair(name, call.query.get(name));
            }
        }
        if let Some(id) = before {
            query.append_pair("before", &id.to_string());
        }
        query.finish()
    }
}

fn entry(call: &Call<'_>, row: AuditRow) -> Entry {
    let t = call.t;
    let world = call.app.tracker.world();
    let who = match row.actor {
        // Who came over the network and did not say who it is, or could not prove it.
        0 if !row.address.is_empty() => t.nobody_known.to_string(),
        0 => t.command_line.to_string(),
        uid => Person::of(&world, uid).map_or_else(|| uid.to_string(), |person| person.login),
    };
    let event = row.event();
    let what = event.as_deref().and_then(|event| t.event(event)).map(|text| text.to_string());
    let name = shown(&row.name);
    let what = what.unwrap_or_else(|| {
        let deed = t.deed(&row.action, &row.kind);
        // A name says more than a number, which stands in the details of the export.
        if name.is_empty() { format!("{deed} {}", row.object) } else { deed }
    });
    Entry {
        what: if name.is_empty() { what } else { format!("{what} — {name}") },
        who,
        at: call.when(row.at),
        address: row.address,
        before: row.before.unwrap_or_default(),
        after: row.after.filter(|_| event.is_none()).unwrap_or_default(),
    }
}

/// The log, the newest first.
pub(in crate::ui::pages) async fn show(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let uid = gate(call)?;
    let search = search(call, uid)?;
    let (seat, filter, before) = (search.seat, search.filter.clone(), search.before);
    let mut rows =
        call.read(move |cx| oversight::records(cx, seat, &filter, before, PAGE + 1)).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let last = rows.last().filter(|_| more).map(|row| row.id);
    let list = List {
        t,
        places: places(call, &search.place)?,
        kinds: kinds(call),
        actor: call.query.get("actor"),
        from: call.query.get("from"),
        to: call.query.get("to"),
        export: search.query(call, None),
        following: last.map(|id| search.query(call, Some(id))),
        records: rows.into_iter().map(|row| entry(call, row)).collect(),
    };
    Panel::new(call, t.audit)?
        .intro(t.audit_intro)
        .section(Section::new("list", "").inside(&list)?)
        .reply()
}

/// The same as a file, a line of JSON each.
pub(in crate::ui::pages) async fn export(call: &Call<'_>) -> Result<Reply> {
    let uid = gate(call)?;
    let search = search(call, uid)?;
    let (seat, filter, before) = (search.seat, search.filter.clone(), search.before);
    let rows = call.read(move |cx| oversight::records(cx, seat, &filter, before, EXPORT)).await?;
    call.write("ExportAudit", move |cx| {
        system::record(cx, seat.org, seat.uid, system::Event::AuditExported)
    })
    .await?;
    let mut text = String::new();
    let place = if seat.org == INSTALLATION { "" } else { &search.place };
    for row in &rows {
        text.push_str(&serde_json::to_string(&row.json(place)).map_err(Error::internal)?);
        text.push('\n');
    }
    let name = format!("attachment; filename=\"audit-{}.jsonl\"", search.place);
    Ok(Reply::page(text).of("application/jsonl").header(CONTENT_DISPOSITION, name))
}
