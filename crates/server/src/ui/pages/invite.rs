//! `/invite/{token}`: joining an organisation.

use std::sync::Arc;

use trackway_core::account::invitation::{self, Guest, Invited};
use trackway_core::account::log::{self, Event};
use trackway_core::account::session::Stage;
use trackway_core::account::{member, password};
use trackway_core::dict::Dict;
use trackway_core::{Code, Result};

use crate::ui::call::Call;
use crate::ui::form::{Field, Form};
use crate::ui::frame::Card;
use crate::ui::reply::Reply;
use crate::ui::with_next;

async fn open(call: &Call<'_>, token: &str) -> Result<(Arc<Dict>, Invited)> {
    let token = token.to_owned();
    let row = call.read(move |cx| invitation::find(cx.tx, &token, cx.visit.now)).await?;
    let world = call.app.tracker.world();
    let dict = world.org(row.org_id).map(Arc::clone);
    Ok((dict.ok_or_else(|| Code::LinkExpired.err())?, row.invited()?))
}

fn form(call: &Call<'_>, token: &str, invited: &Invited) -> Result<Form> {
    let (t, f) = (call.t, &call.form);
    let action = format!("/invite/{token}");
    if call.signed.is_some() {
        return Form::new(call, action, t.join);
    }
    let email = f.opt("email").unwrap_or(&invited.email);
    Ok(Form::new(call, action, t.join)?
        .field(
            Field::line("first_name", t.first_name)
                .value(f.get("first_name"))
                .complete("given-name")
                .required()
                .focus(),
        )
        .field(
            Field::line("last_name", t.last_name).value(f.get("last_name")).complete("family-name"),
        )
        .field(Field::line("email", t.email).kind("email").value(email).complete("email"))
        .field(
            Field::line("login", t.login)
                .value(f.get("login"))
                .hint(t.login_hint)
                .complete("username")
                .required(),
        )
        .field(
            Field::password("password", t.password)
                .hint(t.password_hint)
                .complete("new-password")
                .required(),
        ))
}

fn page(call: &Call<'_>, token: &str, dict: &Dict, form: Form) -> Result<Reply> {
    let t = call.t;
    let card = Card::new(call, t.invited_to.with(dict.org.name.get(call.lang)))?;
    match &call.signed {
        Some(signed) => card.intro(t.join_as.with(signed.person.name.get(call.lang))),
        None => card
            .intro(t.join_intro)
            .link(with_next("/login", &format!("/invite/{token}")), t.join_with_account),
    }
    .form(form)
    .reply()
}

/// The form behind an invitation.
pub(super) async fn show(call: &Call<'_>, token: &str) -> Result<Reply> {
    let (dict, invited) = open(call, token).await?;
    page(call, token, &dict, form(call, token, &invited)?)
}

/// Joins.
pub(super) async fn submit(call: &mut Call<'_>, token: &str) -> Result<Reply> {
    let (dict, invited) = open(call, token).await?;
    match run(call, token, &dict).await {
        Ok(reply) => Ok(reply),
        Err(error) if matches!(error.status(), 409 | 422) => {
            let form = form(call, token, &invited)?.refused(call, &error);
            page(call, token, &dict, form)
        }
        Err(error) => Err(error),
    }
}

async fn guest(call: &Call<'_>, dict: &Dict) -> Result<Guest> {
    if let Some(signed) = &call.signed {
        return Ok(Guest::Known(signed.person.uid));
    }
    let f = &call.form;
    let first_name = member::required("first_name", f.get("first_name"))?;
    let last_name = member::name("last_name", f.get("last_name"))?;
    let email = member::mail("email", f.get("email"))?;
    let login = f.get("login").trim().to_lowercase();
    if !trackway_core::org::is_login(&login) {
        return Err(Code::LoginForm.at("login"));
    }
    let given = f.password("password");
    let name = &dict.org.name;
    password::check(&given, &[&login, &email, &first_name, &last_name, &name.ru, &name.en])?;
    let phc = call.app.ui.hashing.hash(&given).await?;
    let language = call.lang.tag().to_owned();
    Ok(Guest::New { login, first_name, last_name, email, phc, language })
}

async fn run(call: &mut Call<'_>, token: &str, dict: &Dict) -> Result<Reply> {
    let guest = guest(call, dict).await?;
    let token = token.to_owned();
    let uid =
        call.write("AcceptInvitation", move |cx| invitation::accept(cx, &token, &guest)).await?;
    if call.signed.is_none() {
        call.open_session(uid, Stage::Full, false).await?;
        call.write("SignedIn", move |cx| log::record(cx, uid, Event::LoginOk, "")).await?;
    }
    Ok(Reply::go("/?done=joined"))
}
