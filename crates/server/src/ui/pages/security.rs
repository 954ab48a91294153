//! `/settings/security`: password, one-time codes, recovery codes (UI-11).

use askama::Template;
use qrcodegen::{QrCode, QrCodeEcc};
use trackway_core::account::log::{self, Event};
use trackway_core::account::session::Stage;
use trackway_core::account::{factor, password, recovery, reset, totp, upstream};
use trackway_core::{Code, Error, Result};

use super::confirm::prove;
use super::{ldap, passkeys};
use crate::ui::ask::Go;
use crate::ui::call::Call;
use crate::ui::form::{Field, Form};
use crate::ui::frame::{Card, Panel, Section};
use crate::ui::reply::Reply;
use crate::ui::text::Texts;
use crate::ui::with_next;

/// What there is, with the ways to change it.
pub(super) async fn show(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let uid = call.person()?.person.uid;
    let (step, codes_on, left) = call
        .read(move |cx| {
            let (step, codes) = (factor::is_on(cx.tx, uid)?, totp::is_on(cx.tx, uid)?);
            Ok((step, codes, recovery::left(cx.tx, uid)?))
        })
        .await?;
    let mut panel = Panel::new(call, t.security)?.section(
        Section::new("password", t.password)
            .intro(t.password_intro)
            .inside(&Go::button("/settings/security/password", t.change_password))?,
    );
    panel = panel.section(passkeys::section(call).await?);
    panel = panel.section(codes_section(call, codes_on)?);
    if step {
        let renew = Form::new(call, "/settings/security/recovery", t.recovery_new)?
            .field(own_password(call, "p1"));
        let section = Section::new("recovery", t.recovery);
        panel = panel.section(section.intro(t.recovery_left.with(left)).form(renew));
    }
    let linked = call.read(move |cx| upstream::issuers(cx, uid)).await?;
    for (i, service) in call.app.ui.upstreams.all().iter().enumerate() {
        let section = Section::new(format!("with-{i}"), t.linked_account.with(&service.name));
        panel = panel.section(if linked.contains(&service.issuer) {
            let form = Form::new(call, "/settings/security/unlink", t.unlink)?
                .hidden("issuer", &service.issuer)
                .class("danger");
            section.intro(t.linked_on).form(form)
        } else {
            let href = with_next(&format!("/login/with/{}", service.id), "/settings/security");
            section.intro(t.linked_off).inside(&Go::button(href, t.link_account))?
        });
    }
    if let Some(section) = ldap::section(call, &linked)? {
        panel = panel.section(section);
    }
    panel
        .section(
            Section::new("log", t.log)
                .intro(t.log_intro)
                .inside(&Go::button("/settings/security/log", t.log_show))?,
        )
        .reply()
}

fn own_password(call: &Call<'_>, id: &str) -> Field {
    Field::password("password", call.t.current_password)
        .complete("current-password")
        .required()
        .id(id)
}

fn codes_section(call: &Call<'_>, on: bool) -> Result<Section> {
    let t = call.t;
    let section = Section::new("codes", t.codes);
    if !on {
        let go = Go::button("/settings/security/codes", t.switch_on);
        return section.intro(t.codes_off).inside(&go);
    }
    let off = Form::new(call, "/settings/security/codes-off", t.switch_off)?
        .field(own_password(call, "p2"))
        .class("danger");
    Ok(section.intro(t.codes_on).intro(t.codes_end_intro).form(off))
}

fn password_form(call: &Call<'_>) -> Result<Form> {
    let t = call.t;
    Ok(Form::new(call, "/settings/security/password", t.save)?
        .field(
            Field::password("current", t.current_password)
                .complete("current-password")
                .required()
                .focus(),
        )
        .field(
            Field::password("password", t.new_password)
                .hint(t.password_hint)
                .complete("new-password")
                .required(),
        ))
}

fn password_page(call: &Call<'_>, form: Form) -> Result<Reply> {
    let t = call.t;
    Panel::new(call, t.change_password)?
        .intro(t.change_password_intro)
        .section(Section::new("form", "").form(form))
        .reply()
}

/// The form for a new password.
pub(super) fn show_password(call: &Call<'_>) -> Result<Reply> {
    call.person()?;
    password_page(call, password_form(call)?)
}

/// Sets a new password, which ends every other session and every token.
pub(super) async fn set_password(call: &mut Call<'_>) -> Result<Reply> {
    match new_password(call).await {
        Ok(()) => Ok(Reply::go("/settings/security?done=password")),
        Err(error) if matches!(error.status(), 422 | 429) => {
            let form = password_form(call)?.refused(call, &error);
            password_page(call, form)
        }
        Err(error) => Err(error),
    }
}

async fn new_password(call: &mut Call<'_>) -> Result<()> {
    let signed = call.person()?.clone();
    prove(call, "current").await?;
    let given = call.form.password("password");
    password::check(&given, &signed.person.words())?;
    let phc = call.app.ui.hashing.hash(&given).await?;
    let uid = signed.person.uid;
    call.write("ChangePassword", move |cx| {
        let now = cx.now();
        password::set(cx.tx, uid, &phc, now)?;
        reset::end_everything(cx, uid, None)?;
        log::record(cx, uid, Event::PasswordChanged, "")
    })
    .await?;
    call.open_session(uid, Stage::Full, signed.session.is_remembered()).await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "totp.html")]
struct Enrol {
    t: &'static Texts,
    secret: String,
    size: i32,
    path: String,
}

/// A picture for the camera of an authenticator: one path of squares.
fn picture(uri: &str) -> Result<(i32, String)> {
    use std::fmt::Write as _;
    let code = QrCode::encode_text(uri, QrCodeEcc::Medium).map_err(Error::internal)?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            write!(path, "M{},{}h1v1h-1z", x + 4, y + 4).map_err(Error::internal)?;
        }
    }
    Ok((code.size() + 8, path))
}

fn codes_page(call: &Call<'_>, secret: &str, error: Option<&Error>) -> Result<Reply> {
    let t = call.t;
    let person = &call.person()?.person;
    let host = call.base.split("://").nth(1).unwrap_or_default();
    let label: String = form_urlencoded::byte_serialize(person.login.as_bytes()).collect();
    let issuer: String =
        form_urlencoded::byte_serialize(format!("Trackway {host}").as_bytes()).collect();
    let issuer = issuer.replace('+', "%20");
    let (size, path) =
        picture(&format!("otpauth://totp/{issuer}:{label}?secret={secret}&issuer={issuer}"))?;
    let groups: Vec<_> = secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
    let enrol = Enrol { t, secret: groups.join(" "), size, path };
    let form =
        Form::new(call, "/settings/security/codes", t.switch_on)?.hidden("secret", secret).field(
            Field::line("code", t.codes_first).complete("one-time-code").mode("numeric").required(),
        );
    let form = match error {
        Some(error) => form.refused(call, error),
        None => form,
    };
    Panel::new(call, t.codes_begin)?
        .intro(t.codes_begin_intro)
        .section(Section::new("form", "").inside(&enrol)?.form(form))
        .reply()
}

/// A new secret, which nothing remembers before its first code.
pub(super) fn show_codes(call: &Call<'_>) -> Result<Reply> {
    crate::ui::fresh(call)?;
    codes_page(call, &totp::Enrolment::new()?.text, None)
}

/// Switches one-time codes on and shows the recovery codes, once.
pub(super) async fn switch_on(call: &mut Call<'_>) -> Result<Reply> {
    crate::ui::fresh(call)?;
    let signed = call.person()?.clone();
    let uid = signed.person.uid;
    let secret = call.form.get("secret").to_owned();
    let new = totp::Enrolment::parse(&secret);
    let new = new.ok_or_else(|| Code::BadParameter.with("secret").and("base32"))?;
    let code = call.form.get("code").to_owned();
    let codes = recovery::generate()?;
    let stored = codes.clone();
    let done = call
        .write("SwitchCodesOn", move |cx| {
            let (now, key) = (cx.now(), cx.settings.key.clone());
            if totp::is_on(cx.tx, uid)? {
                return Err(Code::CodeWrong.at("code"));
            }
            let first = factor::begin(cx, uid, &stored)?;
            totp::begin(cx.tx, &key, uid, &new)?;
            if !totp::take(cx.tx, &key, uid, &code, now)? {
                return Err(Code::CodeWrong.at("code"));
            }
            if !first {
                log::record(cx, uid, Event::MfaChanged, "")?;
            }
            Ok(first)
        })
        .await;
    match done {
        Ok(true) => {
            call.open_session(uid, Stage::Full, signed.session.is_remembered()).await?;
            recovery_page(call, codes)
        }
        Ok(false) => Ok(Reply::go("/settings/security?done=saved")),
        Err(error) if error.status() == 422 => codes_page(call, &secret, Some(&error)),
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(
    source = "<ul class=\"codes\">{% for code in codes %}<li><code>{{ code }}</code></li>{% endfor %}</ul>",
    ext = "html"
)]
struct Codes {
    codes: Vec<String>,
}

pub(super) fn recovery_page(call: &Call<'_>, codes: Vec<String>) -> Result<Reply> {
    let t = call.t;
    Card::new(call, t.recovery)?
        .intro(t.recovery_intro)
        .inside(&Codes { codes })?
        .link("/settings/security", t.recovery_kept)
        .reply()
}

/// Switches one-time codes off.
pub(super) async fn switch_off(call: &mut Call<'_>) -> Result<Reply> {
    prove(call, "password").await?;
    let signed = call.person()?.clone();
    let uid = signed.person.uid;
    let last = call
        .write("SwitchCodesOff", move |cx| {
            totp::remove(cx.tx, uid)?;
            let last = factor::end(cx, uid)?;
            if !last {
                log::record(cx, uid, Event::MfaChanged, "")?;
            }
            Ok(last)
        })
        .await?;
    if last {
        call.open_session(uid, Stage::Full, signed.session.is_remembered()).await?;
    }
    Ok(Reply::go("/settings/security?done=codes-off"))
}

/// Makes new recovery codes; the old ones stop working.
pub(super) async fn renew(call: &mut Call<'_>) -> Result<Reply> {
    prove(call, "password").await?;
    let uid = call.person()?.person.uid;
    let codes = recovery::generate()?;
    let stored = codes.clone();
    call.write("NewRecoveryCodes", move |cx| {
        if !factor::is_on(cx.tx, uid)? {
            return Err(Code::UnknownPath.err());
        }
        recovery::store(cx.tx, uid, &stored)?;
        log::record(cx, uid, Event::RecoveryCodesMade, "")
    })
    .await?;
    recovery_page(call, codes)
}
