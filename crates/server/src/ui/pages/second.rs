//! `/login/second`: a passkey, the code of an authenticator, or a recovery code.

use trackway_core::account::factor::{self, Given};
use trackway_core::account::letter::{self, Matter};
use trackway_core::account::log::{self, Event};
use trackway_core::account::person::Person;
use trackway_core::account::{passkey, recovery, session, totp};
use trackway_core::account_cx::AccountCx;
use trackway_core::{Code, Error, Result};

use super::login::{arrive, next};
use crate::ui::call::Call;
use crate::ui::form::{Field, Form};
use crate::ui::frame::Card;
use crate::ui::guard::Key;
use crate::ui::passkey::{PasskeyForm, answer, place};
use crate::ui::reply::Reply;

fn remembers(call: &Call<'_>) -> bool {
    call.form.has("remember") || call.query.has("remember")
}

fn form(call: &Call<'_>, codes: bool) -> Result<Form> {
    let t = call.t;
    let (label, hint) = if codes {
        (t.second_code, t.second_hint)
    } else {
        (t.recovery_code, t.second_recovery_hint)
    };
    let field = Field::line("code", label).hint(hint).complete("one-time-code").required();
    let form = Form::new(call, "/login/second", t.go_on)?
        .hidden("next", next(call))
        .field(if codes { field.focus() } else { field });
    Ok(if remembers(call) { form.hidden("remember", "on") } else { form })
}

/// The form, for somebody whose password was right.
pub(super) async fn show(call: &Call<'_>) -> Result<Reply> {
    page(call, None).await
}

async fn page(call: &Call<'_>, refused: Option<&Error>) -> Result<Reply> {
    let Some(row) = &call.pending else { return Ok(Reply::go("/login")) };
    let uid = row.account_id;
    let (codes, passkeys) = call
        .read(move |cx| Ok((totp::is_on(cx.tx, uid)?, passkey::of_account(cx.tx, uid)?)))
        .await?;
    let mut card = Card::new(call, call.t.second)?;
    if !passkeys.is_empty() {
        let ids: Vec<String> = passkeys.into_iter().map(|row| row.id).collect();
        let form = PasskeyForm::to_use(call, "/login/second/passkey", &ids, next(call))?;
        if let Some(form) = form {
            card = card.inside(&form.after_password().remembering(remembers(call)))?;
        }
    }
    let form = form(call, codes)?;
    let form = match refused {
        Some(error) => form.refused(call, error),
        None => form,
    };
    card.form(form).link("/login?switch=1", call.t.second_other).reply()
}

/// Checks the code and opens the session proper.
pub(super) async fn submit(call: &mut Call<'_>) -> Result<Reply> {
    let code = call.form.get("code").to_owned();
    enter(call, Given::Code(code), Code::CodeWrong.at("code")).await
}

/// The same with a passkey.
pub(super) async fn with_passkey(call: &mut Call<'_>) -> Result<Reply> {
    let given = Given::Passkey(place(call)?, answer(call));
    enter(call, given, Code::PasskeyRefused.err()).await
}

async fn enter(call: &mut Call<'_>, given: Given, wrong: Error) -> Result<Reply> {
    let Some(row) = call.pending.clone() else { return Ok(Reply::go("/login")) };
    let uid = row.account_id;
    if let Some(seconds) = call.app.ui.guard.wait(&[Key::Second(uid)], call.now) {
        return Err(Code::SignInLater.with(seconds));
    }
    let world = call.app.tracker.world();
    let Some(person) = Person::of(&world, uid) else { return Ok(Reply::go("/login")) };
    let login = person.login.clone();
    let right = call
        .write("SecondFactor", move |cx| {
            let right = is_right(cx, uid, &given)?;
            if !right {
                session::fail(cx.tx, &row)?;
            }
            let event = if right { Event::MfaOk } else { Event::MfaFailed };
            log::record(cx, uid, event, &login)?;
            Ok(right)
        })
        .await?;
    if right {
        let remember = call.form.has("remember");
        arrive(call, uid, person.login, remember).await?;
        return Ok(Reply::go(next(call)));
    }
    count_wrong(call, uid).await?;
    page(call, Some(&wrong)).await
}

/// Counts a wrong second factor. Whose account it is hears of so many that no more are taken (BF-04):
/// somebody knows the password.
pub(super) async fn count_wrong(call: &Call<'_>, uid: i64) -> Result<()> {
    let keys = [Key::Second(uid)];
    call.app.ui.guard.fail(&keys, call.now);
    if call.app.ui.guard.wait(&keys, call.now).is_none() {
        return Ok(());
    }
    let news = Matter::News(Event::MfaFailed);
    call.write("SecondFactorClosed", move |cx| letter::send_to(cx, uid, news)).await
}

fn is_right(cx: &mut AccountCx<'_, '_>, uid: i64, given: &Given) -> Result<bool> {
    let now = cx.now();
    if factor::check(cx, uid, given)? {
        return Ok(true);
    }
    match given {
        Given::Code(code) => recovery::take(cx.tx, uid, code, now),
        Given::Passkey(..) => Ok(false),
    }
}
