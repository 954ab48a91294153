//! `/login/reset`: a new password by a link (oauth.md, PW-08).

use trackway_core::account::letter::{self, Matter};
use trackway_core::account::log::{self, Event};
use trackway_core::account::person::Person;
use trackway_core::account::{password, reset};
use trackway_core::oauth::service;
use trackway_core::{Code, Result, secret};

use crate::ui::call::Call;
use crate::ui::form::{Field, Form};
use crate::ui::frame::Card;
use crate::ui::guard::{Key, place};
use crate::ui::reply::Reply;

/// Asks for the account. Without mail there is nobody to send a link but an administrator.
pub(super) fn ask(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    let card = Card::new(call, t.reset)?.link("/login", t.back_to_sign_in);
    if !call.mails() {
        return card.intro(t.reset_no_mail).reply();
    }
    let form = Form::new(call, "/login/reset", t.reset_send)?
        .field(Field::line("login", t.login_or_mail).complete("username").required().focus());
    card.intro(t.reset_intro).form(form).reply()
}

/// Sends a link, and says the same whether there is such an account or not.
pub(super) async fn send(call: &Call<'_>) -> Result<Reply> {
    let t = call.t;
    if !call.mails() {
        return ask(call);
    }
    let name: String = call.form.get("login").trim().to_lowercase().chars().take(254).collect();
    let keys = [Key::Letter(name.clone()), Key::Letters(place(call.client))];
    if let Some(seconds) = call.app.ui.guard.wait(&keys, call.now) {
        return Err(Code::SignInLater.with(seconds));
    }
    call.app.ui.guard.fail(&keys, call.now);
    let world = call.app.tracker.world();
    let person = Person::named(&world, &name).and_then(|uid| Person::of(&world, uid));
    if let Some(person) = person.filter(|person| !person.email.is_empty()) {
        let link = secret::random_text()?;
        let url = format!("{}/login/reset/{link}", call.base);
        let uid = person.uid;
        call.write("AskReset", move |cx| {
            // Nobody signs in as a service account, and the answer does not tell that it is one.
            if service::is_one(cx.tx, uid)? {
                return Ok(());
            }
            let now = cx.now();
            reset::create(cx.tx, &link, uid, uid, reset::MAIL_MS, now)?;
            letter::send_to(cx, uid, Matter::Reset(&url))?;
            log::record(cx, uid, Event::PasswordResetRequested, "")
        })
        .await?;
    }
    Card::new(call, t.reset)?.intro(t.reset_sent).link("/login", t.back_to_sign_in).reply()
}

fn form(call: &Call<'_>, token: &str) -> Result<Form> {
    let t = call.t;
    Ok(Form::new(call, format!("/login/reset/{token}"), t.save)?.field(
        Field::password("password", t.new_password)
            .hint(t.password_hint)
            .complete("new-password")
            .required()
            .focus(),
    ))
}

async fn owner(call: &Call<'_>, token: &str) -> Result<Person> {
    let token = token.to_owned();
    let uid = call.read(move |cx| reset::find(cx.tx, &token, cx.visit.now)).await?;
    Person::of(&call.app.tracker.world(), uid).ok_or_else(|| Code::LinkExpired.err())
}

fn page(call: &Call<'_>, person: &Person, form: Form) -> Result<Reply> {
    let intro = call.t.reset_for.with(&person.login);
    Card::new(call, call.t.reset)?.intro(intro).form(form).reply()
}

/// The form behind a link.
pub(super) async fn show(call: &Call<'_>, token: &str) -> Result<Reply> {
    let person = owner(call, token).await?;
    page(call, &person, form(call, token)?)
}

/// Sets the password. Nobody is signed in by that: a second factor is asked for as always.
pub(super) async fn submit(call: &mut Call<'_>, token: &str) -> Result<Reply> {
    let person = owner(call, token).await?;
    let given = call.form.password("password");
    if let Err(error) = password::check(&given, &person.words()) {
        let form = form(call, token)?.refused(call, &error);
        return page(call, &person, form);
    }
    let phc = call.app.ui.hashing.hash(&given).await?;
    let token = token.to_owned();
    call.write("Reset", move |cx| {
        let uid = reset::finish(cx, &token, &phc)?;
        log::record(cx, uid, Event::PasswordResetDone, "")
    })
    .await?;
    Ok(Reply::go("/login?done=password"))
}
