//! `/admin/orgs/{id}/members`: who is in an organisation, and as what (UI-15).

use askama::Template;
use trackway_core::account::invitation::{self, Invited};
use trackway_core::account::letter::{self, Matter, Reader};
use trackway_core::account::log::{self, Event};
use trackway_core::account::member::{self, Level};
use trackway_core::dict::Dict;
use trackway_core::dict::model::EVERYBODY;
use trackway_core::{Code, Result, secret};

use super::orgs::{admin, level_name};
use crate::ui::call::Call;
use crate::ui::form::{Choice, Field, Form, Look};
use crate::ui::frame::{Card, Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;

/// Members of a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "members.html")]
struct List<'a> {
    t: &'static Texts,
    org: &'a str,
    query: &'a str,
    members: Vec<Entry>,
    admin: bool,
    total: usize,
    previous: Option<usize>,
    following: Option<usize>,
}

struct Entry {
    uid: i64,
    name: String,
    login: String,
    email: String,
    level: String,
    dismissed: bool,
}

#[derive(Template)]
#[template(path = "invitations.html")]
struct Invitations {
    t: &'static Texts,
    open: Vec<OpenEntry>,
}

struct OpenEntry {
    whom: String,
    level: String,
    until: String,
    withdraw: Form,
}

fn found(call: &Call<'_>, dict: &Dict, query: &str) -> Vec<Entry> {
    let query = query.trim().to_lowercase();
    let mut entries: Vec<Entry> = dict
        .users
        .iter()
        .filter(|m| {
            query.is_empty()
                || [&m.body.login, &m.body.email, &m.name.ru, &m.name.en]
                    .iter()
                    .any(|text| text.to_lowercase().contains(&query))
        })
        .map(|m| Entry {
            uid: m.id,
            name: m.name.get(call.lang).to_owned(),
            login: m.body.login.clone(),
            email: m.body.email.clone(),
            level: level_name(call, Level::of(&m.body)),
            dismissed: m.body.dismissed,
        })
        .collect();
    entries.sort_by_cached_key(|entry| (entry.dismissed, entry.name.to_lowercase(), entry.uid));
    entries
}

/// The list, with a search and page by page.
pub(super) async fn list(call: &Call<'_>, org: &str) -> Result<Reply> {
    let t = call.t;
    let (seat, dict) = call.seat(org)?;
    let actor = call.person()?.person.actor(&dict);
    let is_admin = actor.is_some_and(|actor| actor.admin);
    let query = call.query.get("q");
    let page: usize = call.query.get("page").parse().unwrap_or(1).max(1);
    let members = found(call, &dict, query);
    let total = members.len();
    let skipped = PAGE.saturating_mul(page - 1);
    let list = List {
        t,
        org,
        query,
        members: members.into_iter().skip(skipped).take(PAGE).collect(),
        admin: is_admin,
        total,
        previous: (page > 1).then(|| page - 1),
        following: (total > skipped.saturating_add(PAGE)).then(|| page + 1),
    };
    let panel = Panel::new(call, t.members)?;
    if !is_admin {
        return panel.section(Section::new("list", "").inside(&list)?).reply();
    }
    let rows = call.read(move |cx| invitation::list(cx, seat)).await?;
    let mut open = Vec::new();
    for row in rows {
        let invited = row.invited()?;
        let whom = [&invited.note, &invited.email].into_iter().find(|text| !text.is_empty());
        let whom = whom.cloned().unwrap_or_else(|| t.somebody.to_string());
        let withdraw = Form::new(call, format!("/admin/orgs/{org}/members/withdraw"), t.withdraw)?
            .hidden("invitation", row.name())
            .class("quiet")
            .about(&whom);
        let until = call.when(row.expires_at);
        open.push(OpenEntry { whom, level: level_name(call, invited.level), until, withdraw });
    }
    let panel = panel
        .action(format!("/admin/orgs/{org}/members/invite"), t.invite)
        .section(Section::new("list", "").inside(&list)?);
    if open.is_empty() {
        return panel.reply();
    }
    panel
        .section(Section::new("open", t.invitations_open).inside(&Invitations { t, open })?)
        .reply()
}

/// The levels to choose from.
pub(super) fn levels(call: &Call<'_>, chosen: Level) -> Vec<Choice> {
    let hints = [call.t.level_read_hint, call.t.level_full_hint, call.t.level_admin_hint];
    Level::ALL
        .into_iter()
        .zip(hints)
        .map(|(level, hint)| Choice {
            value: level.name().to_owned(),
            label: level_name(call, level),
            hint: hint.to_string(),
            on: level == chosen,
        })
        .collect()
}

pub(super) fn groups(call: &Call<'_>, dict: &Dict, chosen: &[i64]) -> Vec<Choice> {
    dict.groups
        .iter()
        .filter(|group| group.id != EVERYBODY)
        .map(|group| Choice {
            value: group.id.to_string(),
            label: group.name.get(call.lang).to_owned(),
            hint: String::new(),
            on: chosen.contains(&group.id),
        })
        .collect()
}

pub(super) fn chosen_groups(call: &Call<'_>) -> Result<Vec<i64>> {
    let wrong = |_| Code::BadParameter.with("groups").and("a number");
    call.form.all("groups").into_iter().map(|id| id.parse().map_err(wrong)).collect()
}

fn invite_form(call: &Call<'_>, org: &str) -> Result<Form> {
    let (t, f) = (call.t, &call.form);
    let (_, dict) = call.seat(org)?;
    let level = Level::named(f.get("level")).unwrap_or(Level::Full);
    let mut form = Form::new(call, format!("/admin/orgs/{org}/members/invite"), t.invite_make)?
        .field(Field::line("note", t.invite_note).value(f.get("note")).hint(t.invite_note_hint))
        .field(
            Field::line("email", t.email)
                .kind("email")
                .value(f.get("email"))
                .hint(if call.mails() { t.invite_mail } else { t.invite_no_mail })
                .complete("off"),
        )
        .field(Field::line("level", t.level).choices(Look::Radio, levels(call, level)));
    let groups = groups(call, &dict, &chosen_groups(call)?);
    if !groups.is_empty() {
        form = form.field(Field::line("groups", t.groups).choices(Look::Ticks, groups));
    }
    Ok(form)
}

fn invite_page(call: &Call<'_>, form: Form) -> Result<Reply> {
    Panel::new(call, call.t.invite)?
        .intro(call.t.invite_intro)
        .section(Section::new("form", "").form(form))
        .reply()
}

/// The form for an invitation.
pub(super) fn ask(call: &Call<'_>, org: &str) -> Result<Reply> {
    admin(call, org)?;
    invite_page(call, invite_form(call, org)?)
}

#[derive(Template)]
#[template(source = "<p><code class=\"copy\" id=\"link\">{{ url }}</code></p>", ext = "html")]
pub(super) struct LinkOnce<'a> {
    pub(super) url: &'a str,
}

/// Makes the invitation and shows its link, once.
pub(super) async fn invite(call: &mut Call<'_>, org: &str) -> Result<Reply> {
    match make_invitation(call, org).await {
        Ok(reply) => Ok(reply),
        Err(error) if error.status() == 422 => {
            let form = invite_form(call, org)?.refused(call, &error);
            invite_page(call, form)
        }
        Err(error) => Err(error),
    }
}

async fn make_invitation(call: &Call<'_>, org: &str) -> Result<Reply> {
    let t = call.t;
    let (seat, dict) = admin(call, org)?;
    let f = &call.form;
    let level = Level::named(f.get("level")).ok_or_else(|| Code::FieldRequired.at("level"))?;
    let invited = Invited {
        email: member::mail("email", f.get("email"))?,
        note: member::name("note", f.get("note"))?,
        level,
        groups: chosen_groups(call)?,
    };
    let token = secret::random_text()?;
    let url = format!("{}/invite/{token}", call.base);
    let to = invited.email.clone();
    let (link, lang) = (url.clone(), call.lang);
    call.write("Invite", move |cx| {
        invitation::create(cx, seat, &token, &invited)?;
        let reader = Reader { address: &invited.email, name: "", lang };
        let organization = dict.org.name.get(lang);
        letter::send(cx, seat.org, reader, Matter::Invitation { organization, link: &link })?;
        log::record(cx, seat.uid, Event::UserInvited, &invited.email)
    })
    .await?;
    let mut card = Card::new(call, t.invited)?;
    if call.mails() && !to.is_empty() {
        card = card.intro(t.invited_sent.with(&to));
    }
    card.intro(t.invited_link)
        .inside(&LinkOnce { url: &url })?
        .link(format!("/admin/orgs/{org}/members/invite"), t.invite_more)
        .link(format!("/admin/orgs/{org}/members"), t.members)
        .wide()
        .reply()
}

/// Withdraws an invitation.
pub(super) async fn withdraw(call: &mut Call<'_>, org: &str) -> Result<Reply> {
    let (seat, _) = admin(call, org)?;
    let name = call.form.get("invitation").to_owned();
    call.write("Withdraw", move |cx| invitation::withdraw(cx, seat, &name)).await?;
    Ok(Reply::go(format!("/admin/orgs/{org}/members?done=saved")))
}
