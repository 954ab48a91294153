//! The second factor that chosen applications demand with each decision (oauth.md, MF-05).

use trackway_core::account::factor::{self, Given};
use trackway_core::account::{passkey, totp};
use trackway_core::oauth::ScopeSet;
use trackway_core::oauth::application::Application;
use trackway_core::{Code, Result};

use super::second::count_wrong;
use crate::ui::call::Call;
use crate::ui::form::{Field, Form};
use crate::ui::frame::Card;
use crate::ui::guard::Key;
use crate::ui::passkey::{PasskeyForm, answer, place, site};
use crate::ui::reply::{Policy, Reply};

/// What came with a decision.
///
/// # Errors
/// 429 after too many wrong ones.
pub(super) fn given(call: &Call<'_>) -> Result<Option<Given>> {
    let code = call.form.get("code");
    let given = if call.form.has("passkey") {
        Given::Passkey(place(call)?, answer(call))
    } else if code.is_empty() {
        return Ok(None);
    } else {
        Given::Code(code.to_owned())
    };
    let uid = call.person()?.person.uid;
    match call.app.ui.guard.wait(&[Key::Second(uid)], call.now) {
        Some(seconds) => Err(Code::SignInLater.with(seconds)),
        None => Ok(Some(given)),
    }
}

/// A decision that is repeated with a second factor.
pub(super) struct Decision {
    /// Where it is sent.
    pub(super) action: &'static str,
    /// Names the question.
    pub(super) id: String,
    /// What is allowed.
    pub(super) granted: ScopeSet,
    /// Where the answer leads.
    pub(super) policy: Policy,
}

/// Asks for the second factor: the first time, or again after a wrong one.
pub(super) async fn ask(
    call: &Call<'_>,
    decision: Decision,
    given: Option<&Given>,
) -> Result<Reply> {
    let t = call.t;
    let uid = call.person()?.person.uid;
    if given.is_some() {
        count_wrong(call, uid).await?;
    }
    let (codes, passkeys) = call
        .read(move |cx| Ok((totp::is_on(cx.tx, uid)?, passkey::of_account(cx.tx, uid)?)))
        .await?;
    if !codes && passkeys.is_empty() {
        return set_up(call, None);
    }
    let mut hidden = vec![("id", decision.id), ("decision", "allow".to_owned())];
    hidden.extend(decision.granted.iter().map(|scope| ("scope", scope.name().to_owned())));
    let mut card = Card::new(call, t.second)?.intro(t.factor_intro);
    if !passkeys.is_empty() {
        let ids: Vec<String> = passkeys.into_iter().map(|row| row.id).collect();
        if let Some(form) = PasskeyForm::to_use(call, decision.action, &ids, String::new())? {
            card = card.inside(&form.after_password().carrying(hidden.clone()))?;
        }
    }
    if codes {
        card = card.form(code_form(call, decision.action, hidden, given.is_some())?);
    }
    card.policy(decision.policy).reply()
}

fn code_form(
    call: &Call<'_>,
    action: &'static str,
    hidden: Vec<(&'static str, String)>,
    refused: bool,
) -> Result<Form> {
    let t = call.t;
    let field = Field::line("code", t.second_code)
        .hint(t.factor_hint)
        .complete("one-time-code")
        .mode("numeric")
        .required()
        .focus();
    let form = Form::new(call, action, t.allow)?.field(field);
    let form = hidden.into_iter().fold(form, |form, (name, value)| form.hidden(name, value));
    Ok(if refused { form.refused(call, &Code::CodeWrong.at("code")) } else { form })
}

/// Leads somebody who has no second factor to where there is one, before the application asks.
pub(super) async fn lacking(
    call: &Call<'_>,
    application: &Application,
    again: Option<&str>,
) -> Result<Option<Reply>> {
    if !application.standing.second_factor {
        return Ok(None);
    }
    let uid = call.person()?.person.uid;
    if call.read(move |cx| factor::is_on(cx.tx, uid)).await? {
        return Ok(None);
    }
    set_up(call, again).map(Some)
}

fn set_up(call: &Call<'_>, again: Option<&str>) -> Result<Reply> {
    let t = call.t;
    let mut card = Card::new(call, t.factor_lacking)?.intro(t.factor_lacking_intro);
    if site(call).is_some() {
        card = card.link("/settings/security/passkeys", t.passkey_add);
    }
    card = card.link("/settings/security/codes", t.codes_begin);
    match again {
        Some(here) => card.link(here, t.factor_again).reply(),
        None => card.reply(),
    }
}
