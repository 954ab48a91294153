//! `/login/second`: the code of an authenticator, or a recovery code.

use trackway_core::account::log::{self, Event};
use trackway_core::account::person::Person;
use trackway_core::account::session::{self, Stage};
use trackway_core::account::{recovery, totp};
use trackway_core::{Code, Result};

use super::login::next;
use crate::ui::call::Call;
use crate::ui::form::{Field, Form};
use crate::ui::frame::Card;
use crate::ui::guard::Key;
use crate::ui::reply::Reply;

fn form(call: &Call<'_>) -> Result<Form> {
    let t = call.t;
    let remember = call.form.has("remember") || call.query.has("remember");
    let form = Form::new(call, "/login/second", t.go_on)?.hidden("next", next(call)).field(
        Field::line("code", t.second_code)
            .hint(t.second_hint)
            .complete("one-time-code")
            .required()
            .focus(),
    );
    Ok(if remember { form.hidden("remember", "on") } else { form })
}

/// The form, for somebody whose password was right.
pub(super) fn show(call: &Call<'_>) -> Result<Reply> {
    if call.pending.is_none() {
        return Ok(Reply::go("/login"));
    }
    page(call, form(call)?)
}

fn page(call: &Call<'_>, form: Form) -> Result<Reply> {
    Card::new(call, call.t.second)?.form(form).link("/login?switch=1", call.t.second_other).reply()
}

/// Checks the code and opens the session proper.
pub(super) async fn submit(call: &mut Call<'_>) -> Result<Reply> {
    let Some(row) = call.pending.clone() else { return Ok(Reply::go("/login")) };
    let uid = row.account_id;
    if let Some(seconds) = call.app.ui.guard.wait(&[Key::Second(uid)], call.now) {
        return Err(Code::SignInLater.with(seconds));
    }
    let world = call.app.tracker.world();
    let Some(person) = Person::of(&world, uid) else { return Ok(Reply::go("/login")) };
    let code = call.form.get("code").to_owned();
    let login = person.login.clone();
    let right = call
        .write("SecondFactor", move |cx| {
            let (now, key) = (cx.now(), cx.settings.key.clone());
            let right = totp::take(cx.tx, &key, uid, &code, now)?
                || recovery::take(cx.tx, uid, &code, now)?;
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
        call.open_session(uid, Stage::Full, remember).await?;
        return Ok(Reply::go(next(call)));
    }
    call.app.ui.guard.fail(&[Key::Second(uid)], call.now);
    let form = form(call)?.refused(call, &Code::CodeWrong.at("code"));
    page(call, form)
}
