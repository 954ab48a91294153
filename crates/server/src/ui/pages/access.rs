//! `/settings/applications`: applications with access (UI-09).

use askama::Template;
use trackway_core::oauth::{given, revoke};
use trackway_core::{Code, Result};

use super::consent::{lines, owner_name, shown};
use crate::ui::ask::{Go, sure};
use crate::ui::call::Call;
use crate::ui::form::Form;
use crate::ui::frame::{Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;

#[derive(Template)]
#[template(path = "access.html")]
struct List {
    t: &'static Texts,
    applications: Vec<Entry>,
}

struct Entry {
    name: String,
    owner: String,
    verified: bool,
    grants: Vec<Grant>,
    revoke: Go,
}

struct Grant {
    scopes: String,
    device: String,
    given: String,
    used: String,
    tokens: usize,
    revoke: Form,
}

/// The list.
pub(super) async fn show(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let uid = call.person()?.person.uid;
    let found = call.read(move |cx| given::applications(cx, uid)).await?;
    let mut applications = Vec::new();
    for access in found {
        let name = shown(&access.name);
        let mut grants = Vec::new();
        for grant in access.grants {
            let words = lines(call, grant.scopes).into_iter().map(|line| line.words);
            let device = match (grant.on_device, grant.device_name.is_empty()) {
                (false, _) => String::new(),
                (true, true) => t.device_unknown.to_string(),
                (true, false) => shown(&grant.device_name),
            };
            let used = grant.last_used_at.map(|at| {
                let address = grant.last_address.as_deref().unwrap_or_default();
                format!("{} {address}", call.when(at))
            });
            let given = call.when(grant.created_at);
            let revoke = Form::new(call, "/settings/applications/revoke-one", t.revoke)?
                .hidden("grant", &grant.id)
                .class("quiet")
                .about(format!("{name}, {device} {given}"));
            grants.push(Grant {
                scopes: words.collect::<Vec<_>>().join(", "),
                device,
                given,
                used: used.unwrap_or_else(|| t.never.to_string()),
                tokens: grant.tokens,
                revoke,
            });
        }
        let id: String =
            form_urlencoded::byte_serialize(access.application_id.as_bytes()).collect();
        let href = format!("/settings/applications/revoke?application={id}");
        let revoke = Go::small(href, t.revoke_all, &name);
        applications.push(Entry {
            owner: owner_name(call, access.owner),
            verified: access.verified,
            name,
            grants,
            revoke,
        });
    }
    let several = applications.len() > 1;
    let list = List { t, applications };
    let panel = Panel::new(call, t.access)?
        .intro(t.access_intro)
        .section(Section::new("list", "").inside(&list)?);
    if !several {
        return panel.reply();
    }
    let everything = Go::danger("/settings/applications/everything", t.revoke_everything);
    let section = Section::new("everything", t.revoke_everything).intro(t.revoke_everything_intro);
    panel.section(section.inside(&everything)?.danger()).reply()
}

/// Asks before every application loses everything.
pub(super) fn ask_everything(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    call.person()?;
    let form = Form::new(call, "/settings/applications/everything", t.revoke_everything)?;
    let (question, text) = (t.revoke_everything_sure.to_string(), t.revoke_everything_intro);
    sure(call, question, text, form, "/settings/applications")
}

/// Takes back everything that applications were given.
pub(super) async fn revoke_everything(call: &mut Call<'_>) -> Result<Reply> {
    let uid = call.person()?.person.uid;
    call.write("RevokeEverything", move |cx| revoke::all_given(cx, uid)).await?;
    Ok(Reply::go("/settings/applications?done=revoked"))
}

/// Asks before an application loses everything.
pub(super) async fn ask(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let uid = call.person()?.person.uid;
    let id = call.query.get("application");
    let found = call.read(move |cx| given::applications(cx, uid)).await?;
    let access = found.into_iter().find(|access| access.application_id == id);
    let access = access.ok_or_else(|| Code::ApplicationNotFound.err())?;
    let form = Form::new(call, "/settings/applications/revoke", t.revoke_all)?
        .hidden("application", &access.application_id);
    let question = t.revoke_sure.with(shown(&access.name));
    sure(call, question, t.revoke_sure_intro, form, "/settings/applications")
}

/// Takes back everything one application was given.
pub(super) async fn revoke(call: &mut Call<'_>) -> Result<Reply> {
    let uid = call.person()?.person.uid;
    let id = call.form.get("application").to_owned();
    call.write("RevokeApplication", move |cx| revoke::given(cx, uid, &id)).await?;
    Ok(Reply::go("/settings/applications?done=revoked"))
}

/// Takes back one decision.
pub(super) async fn revoke_one(call: &mut Call<'_>) -> Result<Reply> {
    let uid = call.person()?.person.uid;
    let id = call.form.get("grant").to_owned();
    call.write("RevokeGrant", move |cx| given::revoke_grant(cx, uid, &id)).await?;
    Ok(Reply::go("/settings/applications?done=revoked"))
}
