//! `/admin/orgs`: organisations, their ids for the API, groups (UI-14).

use askama::Template;
use trackway_core::account::member::{self, Level, OrgProfile};
use trackway_core::dict::Dict;
use trackway_core::lang::Lang;
use trackway_core::{Result, zone};

use super::profile::{languages, zones};
use crate::ui::call::Call;
use crate::ui::form::{Field, Form, Look};
use crate::ui::frame::{Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;

#[derive(Template)]
#[template(path = "orgs.html")]
struct List {
    t: &'static Texts,
    orgs: Vec<Entry>,
}

struct Entry {
    name: String,
    id: String,
    cloud_id: String,
    people: usize,
}

/// The person's organisations.
pub(super) fn list(call: &Call<'_>) -> Result<Reply> {
    let orgs = call.person()?.person.orgs.iter().map(|dict| Entry {
        name: dict.org.name.get(call.lang).to_owned(),
        id: dict.org.org_id.clone(),
        cloud_id: dict.org.cloud_id.clone(),
        people: dict.users.iter().filter(|m| !m.body.dismissed).count(),
    });
    let list = List { t: call.t, orgs: orgs.collect() };
    Panel::new(call, call.t.orgs)?.section(Section::new("list", "").inside(&list)?).reply()
}

#[derive(Template)]
#[template(path = "org.html")]
struct Facts<'a> {
    t: &'static Texts,
    base: &'a str,
    id: &'a str,
    cloud_id: &'a str,
    level: &'a str,
}

/// How a level is called.
pub(super) fn level_name(call: &Call<'_>, level: Level) -> String {
    match level {
        Level::Read => call.t.level_read,
        Level::Full => call.t.level_full,
        Level::Admin => call.t.level_admin,
    }
    .to_string()
}

/// The ids of an organisation and how they are used.
pub(super) fn show(call: &Call<'_>, org: &str) -> Result<Reply> {
    let t = call.t;
    let (seat, dict) = call.seat(org)?;
    let level = dict.users.get(seat.uid).map(|m| Level::of(&m.body)).unwrap_or_default();
    let facts = Facts {
        t,
        base: &call.base,
        id: &dict.org.org_id,
        cloud_id: &dict.org.cloud_id,
        level: &level_name(call, level),
    };
    let people = people(call, &dict, level == Level::Admin);
    let panel = Panel::new(call, dict.org.name.get(call.lang))?
        .section(Section::new("api", t.org_api).intro(t.org_api_intro).inside(&facts)?)
        .section(Section::new("people", t.people_heading).inside(&people)?);
    match level {
        Level::Admin => panel.action(format!("/admin/orgs/{org}/edit"), t.edit).reply(),
        _ => panel.reply(),
    }
}

#[derive(Template)]
#[template(path = "org_people.html")]
struct People<'a> {
    t: &'static Texts,
    id: &'a str,
    levels: Vec<(String, usize)>,
    groups: Vec<(String, usize)>,
    admin: bool,
}

/// How many members have which level, and are in which group.
fn people<'a>(call: &Call<'_>, dict: &'a Dict, admin: bool) -> People<'a> {
    let levels = Level::ALL.into_iter().rev().map(|level| {
        let active = dict.users.iter().filter(|m| !m.body.dismissed);
        (level_name(call, level), active.filter(|m| Level::of(&m.body) == level).count())
    });
    let groups = dict.groups.iter();
    let groups =
        groups.map(|group| (group.name.get(call.lang).to_owned(), in_group(dict, group.id)));
    let (levels, groups) = (levels.collect(), groups.collect());
    People { t: call.t, id: &dict.org.org_id, levels, groups, admin }
}

/// How many members are in a group; everybody is in the group of all.
fn in_group(dict: &Dict, id: i64) -> usize {
    let everybody = id == trackway_core::dict::model::EVERYBODY;
    let members = dict.users.iter().filter(|m| !m.body.dismissed);
    members.filter(|m| everybody || m.body.groups.contains(&id)).count()
}

fn form(call: &Call<'_>, org: &str) -> Result<Form> {
    let t = call.t;
    let (_, dict) = call.seat(org)?;
    let name = call.form.opt("name").unwrap_or_else(|| dict.org.name.get(call.lang));
    let lang = call.form.opt("lang").unwrap_or(&dict.org.language);
    let none = t.language_of_browser.to_string();
    let zone = call.form.opt("zone").unwrap_or(&dict.org.time_zone);
    let sent = !call.form.pairs().is_empty();
    let second_step = if sent { call.form.has("second_step") } else { dict.org.second_step };
    Ok(Form::new(call, format!("/admin/orgs/{org}/edit"), t.save)?
        .field(Field::line("name", t.org_name).value(name).required())
        .field(
            Field::line("lang", t.org_language)
                .hint(t.org_language_hint)
                .choices(Look::Select, languages(call, Lang::from_accept(lang), &none)),
        )
        .field(
            Field::line("zone", t.time_zone)
                .hint(t.org_time_zone_hint)
                .choices(Look::Select, zones(zone, zone::DEFAULT)),
        )
        .field(
            Field::line("second_step", t.org_second_step)
                .with_look(Look::Tick)
                .hint(t.org_second_step_hint)
                .value(if second_step { "on" } else { "" }),
        ))
}

fn edit_page(call: &Call<'_>, form: Form) -> Result<Reply> {
    Panel::new(call, call.t.org_settings)?.section(Section::new("form", "").form(form)).reply()
}

/// The form for name, language and time zone.
pub(super) fn edit(call: &Call<'_>, org: &str) -> Result<Reply> {
    admin(call, org)?;
    edit_page(call, form(call, org)?)
}

/// Administration takes an administrator who has just proved who they are.
pub(super) fn admin(call: &Call<'_>, org: &str) -> Result<(member::Seat, std::sync::Arc<Dict>)> {
    let (seat, dict) = call.seat(org)?;
    let actor = call.person()?.person.actor(&dict);
    actor.ok_or_else(|| trackway_core::Code::OrgUnavailable.err())?.admin_only()?;
    crate::ui::fresh(call)?;
    Ok((seat, dict))
}

/// Saves name, language and time zone.
pub(super) async fn submit(call: &mut Call<'_>, org: &str) -> Result<Reply> {
    let (seat, _) = admin(call, org)?;
    match save(call, seat).await {
        Ok(()) => Ok(Reply::go(format!("/admin/orgs/{org}?done=saved"))),
        Err(error) if matches!(error.status(), 409 | 422) => {
            let form = form(call, org)?.refused(call, &error);
            edit_page(call, form)
        }
        Err(error) => Err(error),
    }
}

async fn save(call: &Call<'_>, seat: member::Seat) -> Result<()> {
    let profile = OrgProfile {
        name: call.form.get("name").to_owned(),
        lang: Lang::from_accept(call.form.get("lang")),
        time_zone: zone::checked("zone", call.form.get("zone"))?,
        second_step: call.form.has("second_step"),
    };
    call.write("SetOrganization", move |cx| member::set_org(cx, seat, &profile)).await
}

#[derive(Template)]
#[template(path = "groups.html")]
struct Groups {
    t: &'static Texts,
    groups: Vec<GroupEntry>,
}

struct GroupEntry {
    name: String,
    id: i64,
    people: usize,
}

fn groups_page(
    call: &Call<'_>,
    org: &str,
    refused: Option<&trackway_core::Error>,
) -> Result<Reply> {
    let t = call.t;
    let (_, dict) = call.seat(org)?;
    let groups = dict.groups.iter().map(|group| GroupEntry {
        name: group.name.get(call.lang).to_owned(),
        id: group.id,
        people: in_group(&dict, group.id),
    });
    let list = Groups { t, groups: groups.collect() };
    let form = Form::new(call, format!("/admin/orgs/{org}/groups"), t.group_add)?
        .class("line")
        .field(Field::line("name", t.group_name).value(call.form.get("name")).required());
    let form = match refused {
        Some(error) => form.refused(call, error),
        None => form,
    };
    Panel::new(call, t.groups)?
        .intro(t.groups_intro)
        .section(Section::new("list", "").inside(&list)?)
        .section(Section::new("add", t.group_new).form(form))
        .reply()
}

/// The groups.
pub(super) fn groups(call: &Call<'_>, org: &str) -> Result<Reply> {
    admin(call, org)?;
    groups_page(call, org, None)
}

/// Adds a group.
pub(super) async fn add_group(call: &mut Call<'_>, org: &str) -> Result<Reply> {
    let (seat, _) = admin(call, org)?;
    let name = call.form.get("name").to_owned();
    match call.write("AddGroup", move |cx| member::add_group(cx, seat, &name)).await {
        Ok(()) => Ok(Reply::go(format!("/admin/orgs/{org}/groups?done=saved"))),
        Err(error) if matches!(error.status(), 409 | 422) => groups_page(call, org, Some(&error)),
        Err(error) => Err(error),
    }
}
