//! `/login/confirm`: the password once more, before something that matters (SE-04).

use trackway_core::account::log::{self, Event};
use trackway_core::account::passkey::{self, Proof};
use trackway_core::account::password;
use trackway_core::account::session::Stage;
use trackway_core::{Code, Result};

use super::login::next;
use crate::ui::call::Call;
use crate::ui::form::{Field, Form};
use crate::ui::frame::Card;
use crate::ui::guard::{Key, place};
use crate::ui::passkey::{PasskeyForm, answer, place as browser};
use crate::ui::reply::Reply;

fn form(call: &Call<'_>) -> Result<Form> {
    let t = call.t;
    Ok(Form::new(call, "/login/confirm", t.go_on)?.hidden("next", next(call)).field(
        Field::password("password", t.password).complete("current-password").required().focus(),
    ))
}

/// The form.
pub(super) async fn show(call: &Call<'_>) -> Result<Reply> {
    page(call, form(call)?).await
}

async fn page(call: &Call<'_>, form: Form) -> Result<Reply> {
    let uid = call.person()?.person.uid;
    let rows = call.read(move |cx| passkey::of_account(cx.tx, uid)).await?;
    let mut card = Card::new(call, call.t.confirm)?.intro(call.t.confirm_intro).inside(&form)?;
    if !rows.is_empty() {
        let ids: Vec<String> = rows.into_iter().map(|row| row.id).collect();
        if let Some(form) = PasskeyForm::to_use(call, "/login/confirm/passkey", &ids, next(call))? {
            card = card.inside(&form)?;
        }
    }
    card.reply()
}

/// Checks the password of whoever is signed in.
///
/// # Errors
/// 422 under `field` when it is wrong, 429 after too many tries.
pub(super) async fn prove(call: &Call<'_>, field: &str) -> Result<()> {
    let person = &call.person()?.person;
    let (uid, login) = (person.uid, person.login.clone());
    let keys = [Key::Pair(login.clone(), place(call.client))];
    if let Some(seconds) = call.app.ui.guard.wait(&keys, call.now) {
        return Err(Code::SignInLater.with(seconds));
    }
    let phc = call.read(move |cx| password::find(cx.tx, uid)).await?;
    let right = call.app.ui.hashing.verify(phc, &call.form.password(field)).await?;
    let event = if right { Event::ReauthOk } else { Event::ReauthFailed };
    call.write("Prove", move |cx| log::record(cx, uid, event, &login)).await?;
    if right {
        return Ok(());
    }
    call.app.ui.guard.fail(&keys, call.now);
    Err(Code::PasswordWrong.at(field))
}

/// Opens a new session in place of the old one, with a fresh proof.
pub(super) async fn submit(call: &mut Call<'_>) -> Result<Reply> {
    let signed = call.person()?;
    let (uid, remember) = (signed.person.uid, signed.session.is_remembered());
    match prove(call, "password").await {
        Ok(()) => {
            call.open_session(uid, Stage::Full, remember).await?;
            Ok(Reply::go(next(call)))
        }
        Err(error) if matches!(error.status(), 422 | 429) => {
            let form = form(call)?.refused(call, &error);
            page(call, form).await
        }
        Err(error) => Err(error),
    }
}

/// The same with a passkey that knows who is there.
pub(super) async fn with_passkey(call: &mut Call<'_>) -> Result<Reply> {
    let signed = call.person()?.clone();
    let (uid, login) = (signed.person.uid, signed.person.login);
    let (place, answer) = (browser(call)?, answer(call));
    let right = call
        .write("ProveByPasskey", move |cx| {
            let right = passkey::check(cx, &place, &answer, Proof::Again(uid))?.is_some();
            let event = if right { Event::ReauthOk } else { Event::ReauthFailed };
            log::record(cx, uid, event, &login)?;
            Ok(right)
        })
        .await?;
    if !right {
        let form = form(call)?.refused(call, &Code::PasskeyRefused.err());
        return page(call, form).await;
    }
    call.open_session(uid, Stage::Full, signed.session.is_remembered()).await?;
    Ok(Reply::go(next(call)))
}
