//! `/admin/orgs/{id}/members/{uid}`: one member, and what administrators do about them (UI-15).

use askama::Template;
use trackway_core::account::log::{self, Event};
use trackway_core::account::member::{self, Level};
use trackway_core::oauth::service;
use trackway_core::{Code, Error, Result, secret};

use super::members::{LinkOnce, chosen_groups, groups, levels};
use super::orgs::{admin, level_name};
use crate::ui::ask::{Go, sure};
use crate::ui::call::Call;
use crate::ui::form::{Field, Form, Look};
use crate::ui::frame::{Card, Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;

#[derive(Template)]
#[template(path = "member.html")]
struct Facts<'a> {
    t: &'static Texts,
    login: &'a str,
    email: &'a str,
    uid: i64,
    level: &'a str,
    service: bool,
    dismissed: bool,
}

/// One member, with what an administrator may do.
pub(super) async fn show(call: &Call<'_>, org: &str, uid: &str) -> Result<Reply> {
    page(call, org, uid, None).await
}

async fn page(call: &Call<'_>, org: &str, uid: &str, refused: Option<&Error>) -> Result<Reply> {
    let t = call.t;
    let (seat, dict) = admin(call, org)?;
    let found = uid.parse().ok().and_then(|uid| dict.users.get(uid));
    let member = found.ok_or_else(|| Code::UserNotFound.err())?;
    let level = Level::of(&member.body);
    let id = member.id;
    let service = call.read(move |cx| service::is_one(cx.tx, id)).await?;
    let facts = Facts {
        t,
        login: &member.body.login,
        email: &member.body.email,
        uid: member.id,
        level: &level_name(call, level),
        service,
        dismissed: member.body.dismissed,
    };
    let at = |deed: &str| format!("/admin/orgs/{org}/members/{uid}/{deed}");
    let mut panel = Panel::new(call, member.name.get(call.lang))?;
    if let Some(error) = refused {
        panel = panel.refused(call, error);
    }
    panel = panel.section(Section::new("facts", "").inside(&facts)?);
    if member.body.dismissed {
        let restore = Form::new(call, at("restore"), t.restore)?;
        let text = match (service, member.body.left) {
            (true, _) => t.restore_service_intro,
            (false, true) => t.restore_left_intro,
            (false, false) => t.restore_intro,
        };
        let section = Section::new("restore", t.restore).intro(text).form(restore);
        return panel.section(section).reply();
    }
    let set_level = Form::new(call, at("level"), t.save)?.field(
        Field::line("level", t.level).choices(Look::Radio, levels(call, level)).under_heading(),
    );
    panel = panel.section(Section::new("level", t.level).form(set_level));
    let groups = groups(call, &dict, &member.body.groups);
    if !groups.is_empty() {
        let set_groups = Form::new(call, at("groups"), t.save)?
            .field(Field::line("groups", t.groups).choices(Look::Ticks, groups).under_heading());
        panel = panel.section(Section::new("groups", t.groups).form(set_groups));
    }
    panel = panel.section(if service {
        let keys = Go::button(format!("/admin/orgs/{org}/services/{uid}"), t.service_keys);
        Section::new("keys", t.service_keys).intro(t.service_no_password).inside(&keys)?
    } else {
        let reset = Form::new(call, at("reset"), t.reset_make)?;
        Section::new("reset", t.reset).intro(t.reset_hand).form(reset)
    });
    let sign_out = Go::button(at("sign-out"), t.end_all);
    let section = Section::new("sessions", t.end_all).intro(t.end_all_intro);
    panel = panel.section(section.inside(&sign_out)?);
    if member.id == seat.uid {
        return panel.reply();
    }
    let dismiss = Go::danger(at("dismiss"), t.dismiss);
    let section = Section::new("dismiss", t.dismiss).intro(t.dismiss_intro);
    panel.section(section.inside(&dismiss)?.danger()).reply()
}

/// Asks before somebody is shut out.
pub(super) fn ask_deed(call: &Call<'_>, org: &str, uid: &str, deed: &str) -> Result<Reply> {
    let t = call.t;
    let (_, dict) = admin(call, org)?;
    let found = uid.parse().ok().and_then(|uid| dict.users.get(uid));
    let member = found.ok_or_else(|| Code::UserNotFound.err())?;
    let (question, text, label) = match deed {
        "dismiss" => (t.dismiss_sure, t.dismiss_intro, t.dismiss),
        "sign-out" => (t.end_all_sure, t.end_all_intro, t.end_all),
        _ => return Err(Code::UnknownPath.err()),
    };
    let form = Form::new(call, format!("/admin/orgs/{org}/members/{uid}/{deed}"), label)?;
    let question = question.with(member.name.get(call.lang));
    sure(call, question, text, form, format!("/admin/orgs/{org}/members/{uid}"))
}

/// The number of an account in a path.
pub(super) fn number(id: &str) -> Result<i64> {
    id.parse().map_err(|_| Code::UserNotFound.err())
}

/// Does what an administrator asks for.
pub(super) async fn act(call: &mut Call<'_>, org: &str, uid: &str, deed: &str) -> Result<Reply> {
    let (seat, _) = admin(call, org)?;
    let id = number(uid)?;
    let done = match deed {
        "level" => {
            let level = Level::named(call.form.get("level"));
            let level = level.ok_or_else(|| Code::FieldRequired.at("level"))?;
            call.write("SetLevel", move |cx| member::set_level(cx, seat, id, level)).await
        }
        "groups" => {
            let groups = chosen_groups(call)?;
            call.write("SetGroups", move |cx| member::set_groups(cx, seat, id, &groups)).await
        }
        "dismiss" => call.write("Dismiss", move |cx| member::dismiss(cx, seat, id)).await,
        "restore" => call.write("Restore", move |cx| member::restore(cx, seat, id)).await,
        "sign-out" => call.write("EndAll", move |cx| member::sign_out(cx, seat, id)).await,
        "reset" => match reset_link(call, org, uid, seat, id).await {
            Err(error) => Err(error),
            shown => return shown,
        },
        _ => return Err(Code::UnknownPath.err()),
    };
    match done {
        Ok(()) => Ok(Reply::go(format!("/admin/orgs/{org}/members/{uid}?done=saved"))),
        Err(error) if matches!(error.status(), 409 | 422) => {
            page(call, org, uid, Some(&error)).await
        }
        Err(error) => Err(error),
    }
}

async fn reset_link(
    call: &Call<'_>,
    org: &str,
    uid: &str,
    seat: member::Seat,
    id: i64,
) -> Result<Reply> {
    let t = call.t;
    let token = secret::random_text()?;
    let url = format!("{}/login/reset/{token}", call.base);
    call.write("MakeReset", move |cx| {
        member::reset_link(cx, seat, id, &token)?;
        log::record(cx, id, Event::PasswordResetRequested, "")
    })
    .await?;
    Card::new(call, t.reset)?
        .intro(t.reset_made)
        .inside(&LinkOnce { url: &url })?
        .link(format!("/admin/orgs/{org}/members/{uid}"), t.back)
        .wide()
        .reply()
}
