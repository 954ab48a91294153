//! `/login` and `/logout`.

use trackway_core::account::letter::{self, Matter};
use trackway_core::account::log::{self, Event};
use trackway_core::account::passkey::Proof;
use trackway_core::account::person::Person;
use trackway_core::account::session::{self, Stage};
use trackway_core::account::{factor, passkey, password};
use trackway_core::{Code, Error, Result};

use super::{browser, ldap};
use crate::ui::call::{Call, local_path};
use crate::ui::form::{Field, Form};
use crate::ui::frame::Card;
use crate::ui::guard::{Key, place};
use crate::ui::passkey::PasskeyForm;
use crate::ui::reply::Reply;
use crate::ui::{typed_login, with_next};

/// Where to go afterwards.
pub(super) fn next(call: &Call<'_>) -> String {
    let given = call.form.opt("next").unwrap_or_else(|| call.query.get("next"));
    local_path(given).unwrap_or("/").to_owned()
}

fn form(call: &Call<'_>) -> Result<Form> {
    let t = call.t;
    let hinted = call.form.opt("login").unwrap_or_else(|| call.query.get("login_hint"));
    let hinted: String = hinted.chars().take(254).collect();
    let remember = call.form.pairs().is_empty() || call.form.has("remember");
    let login = Field::line("login", t.login_or_mail)
        .value(&hinted)
        .complete("username webauthn")
        .mode("email")
        .required();
    let password = Field::password("password", t.password).complete("current-password").required();
    let (login, password) =
        if hinted.is_empty() { (login.focus(), password) } else { (login, password.focus()) };
    Ok(Form::new(call, "/login", t.sign_in)?
        .hidden("next", next(call))
        .field(login)
        .field(password)
        .field(
            Field::line("remember", t.remember)
                .with_look(crate::ui::form::Look::Tick)
                .value(if remember { "on" } else { "" }),
        ))
}

/// The form. Somebody who is signed in goes on.
pub(super) fn show(call: &Call<'_>) -> Result<Reply> {
    if call.signed.is_some() && !call.query.has("switch") {
        return Ok(Reply::go(next(call)));
    }
    page(call, &form(call)?)
}

fn page(call: &Call<'_>, form: &Form) -> Result<Reply> {
    // Rendered here, because passkeys come after the form.
    let mut card = Card::new(call, call.t.sign_in_heading)?.inside(form)?;
    let passkey = PasskeyForm::to_use(call, "/login/passkey", &[], next(call))?;
    if let Some(passkey) = passkey {
        card = card.inside(&passkey.offered().remembering(true))?;
    }
    for service in call.app.ui.upstreams.all() {
        let href = with_next(&format!("/login/with/{}", service.id), &next(call));
        card = card.link(href, call.t.sign_in_with.with(&service.name));
    }
    card.link("/login/reset", call.t.forgot).reply()
}

/// Checks login and password. The answer is the same whatever is wrong (T-25).
pub(super) async fn submit(call: &mut Call<'_>) -> Result<Reply> {
    match run(call).await {
        Ok(reply) => Ok(reply),
        Err(error) if matches!(error.code, Code::SignInFailed | Code::SignInLater) => {
            let status = http::StatusCode::from_u16(error.status()).unwrap_or_default();
            let form = form(call)?.refused(call, &error);
            Ok(page(call, &form)?.status(status))
        }
        Err(error) => Err(error),
    }
}

async fn run(call: &mut Call<'_>) -> Result<Reply> {
    let name = typed_login(call.form.get("login"));
    let given = call.form.password("password");
    let account = Person::named(&call.app.tracker.world(), &name);
    check_guard(call, &name, account).await?;
    let phc = match account {
        Some(uid) => call.read(move |cx| password::find(cx.tx, uid)).await?,
        None => None,
    };
    let right = call.app.ui.hashing.verify(phc.clone(), &given).await?;
    let known = account.filter(|_| right);
    let known = match known {
        Some(uid) => Some(uid),
        None => ldap::sign_in(call, &name, &given).await?,
    };
    let world = call.app.tracker.world();
    let active = known.filter(|uid| Person::of(&world, *uid).is_some());
    let Some(uid) = active else { return Err(failed(call, &name, account).await?) };
    call.app.ui.guard.forgive(&Key::Pair(name.clone(), place(call.client)));
    let hashing = &call.app.ui.hashing;
    if right
        && let Some(old) = phc
        && hashing.is_outdated(&old)?
    {
        let new = hashing.hash(&given).await?;
        call.write("RenewHash", move |cx| password::renew(cx.tx, uid, &old, &new)).await?;
    }
    let (remember, next) = (call.form.has("remember"), next(call));
    enter(call, uid, name, remember, next).await
}

/// Signs in with a passkey alone, which knows who is there (MF-02).
pub(super) async fn with_passkey(call: &mut Call<'_>) -> Result<Reply> {
    let keys = [Key::Place(place(call.client))];
    if let Some(seconds) = call.app.ui.guard.wait(&keys, call.now) {
        return Err(Code::SignInLater.with(seconds));
    }
    let (place, answer) = (crate::ui::passkey::place(call)?, crate::ui::passkey::answer(call));
    let proven = call
        .write("SignInByPasskey", move |cx| passkey::check(cx, &place, &answer, Proof::Alone))
        .await?;
    let person = proven.and_then(|uid| Person::of(&call.app.tracker.world(), uid));
    let Some(person) = person else {
        call.app.ui.guard.fail(&keys, call.now);
        call.write("SignInFailed", |cx| log::record(cx, 0, Event::LoginFailed, "")).await?;
        let form = form(call)?.refused(call, &Code::PasskeyRefused.err());
        return Ok(page(call, &form)?.status(http::StatusCode::FORBIDDEN));
    };
    let (remember, next) = (call.form.has("remember"), next(call));
    arrive(call, person.uid, person.login, remember).await?;
    Ok(Reply::go(next))
}

/// Lets somebody in whose first factor was right: to the second one, where there is one.
pub(super) async fn enter(
    call: &mut Call<'_>,
    uid: i64,
    name: String,
    remember: bool,
    next: String,
) -> Result<Reply> {
    if call.read(move |cx| factor::is_on(cx.tx, uid)).await? {
        call.open_session(uid, Stage::Second, remember).await?;
        let target = with_next("/login/second", &next);
        return Ok(Reply::go(if remember { format!("{target}&remember=on") } else { target }));
    }
    arrive(call, uid, name, remember).await?;
    Ok(Reply::go(next))
}

/// Opens the session of somebody who proved everything there is to prove. A browser that the
/// account was never signed in from is told of by mail.
pub(super) async fn arrive(
    call: &mut Call<'_>,
    uid: i64,
    name: String,
    remember: bool,
) -> Result<()> {
    let is_known = call.is_known(uid);
    call.open_session(uid, Stage::Full, remember).await?;
    call.write("SignedIn", move |cx| {
        if !is_known {
            letter::send_to(cx, uid, Matter::News(Event::LoginOk))?;
        }
        log::record(cx, uid, Event::LoginOk, &name)
    })
    .await
}

/// Counters that speak against another try. A browser that the account signed in from before is
/// not held up by what others do to the account, and another one gets in by a link that goes by mail
/// (BF-02).
async fn check_guard(call: &Call<'_>, name: &str, account: Option<i64>) -> Result<()> {
    let (place, guard) = (place(call.client), &call.app.ui.guard);
    let keys = [Key::Pair(name.to_owned(), place), Key::Place(place)];
    let mut wait = guard.wait(&keys, call.now);
    if wait.is_none() && !account.is_some_and(|uid| call.is_known(uid)) {
        wait = guard.wait(&[Key::Account(name.to_owned())], call.now);
        if let (Some(_), Some(uid)) = (wait, account) {
            browser::send(call, uid).await?;
        }
    }
    match wait {
        Some(seconds) => Err(Code::SignInLater.with(seconds)),
        None => Ok(()),
    }
}

async fn failed(call: &Call<'_>, name: &str, account: Option<i64>) -> Result<Error> {
    let place = place(call.client);
    let keys =
        [Key::Pair(name.to_owned(), place), Key::Place(place), Key::Account(name.to_owned())];
    call.app.ui.guard.fail(&keys, call.now);
    let (name, uid) = (name.to_owned(), account.unwrap_or(0));
    call.write("SignInFailed", move |cx| log::record(cx, uid, Event::LoginFailed, &name)).await?;
    Ok(Code::SignInFailed.err())
}

/// Ends the session (UI-19).
pub(super) async fn leave(call: &mut Call<'_>) -> Result<Reply> {
    let hash = call.signed.as_ref().map(|s| (s.session.hash.clone(), s.person.clone()));
    if let Some((hash, person)) = hash {
        call.write("SignOut", move |cx| {
            session::end(cx.tx, &hash)?;
            log::record(cx, person.uid, Event::Logout, &person.login)
        })
        .await?;
    } else if let Some(row) = &call.pending {
        let hash = row.hash.clone();
        call.write("SignOut", move |cx| session::end(cx.tx, &hash)).await?;
    }
    call.forget("sid");
    Ok(Reply::go("/login?done=signed-out").clearing())
}
