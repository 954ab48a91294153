//! Letters about accounts: links, and news of what happened to an account (oauth.md, 7.7). A letter
//! is written in the transaction that causes it, as a job. Links are secrets, so the job holds it
//! sealed: a copy of the database opens none.

use serde::{Deserialize, Serialize};

use super::log::Event;
use super::person::Person;
use crate::account_cx::AccountCx;
use crate::error::{Error, Result};
use crate::ids::Series;
use crate::job::{self, Job, Kind, NewJob};
use crate::lang::Lang;
use crate::notice::mail::{Letter, Part};
use crate::oauth::application;
use crate::secret::ServerKey;
use crate::time;

/// What the letters are sealed for.
const PURPOSE: &str = "letter";

/// What a letter is about.
#[derive(Clone, Copy, Debug)]
pub enum Matter<'a> {
    /// A link with which to choose a new password.
    Reset(&'a str),
    /// A link with which to sign in from a browser that the account was never signed in from.
    Browser(&'a str),
    /// A link with which to join an organisation.
    Invitation {
        /// Name of the organisation.
        organization: &'a str,
        /// The link.
        link: &'a str,
    },
    /// The mail address of the account is another one now.
    AddressChanged,
    /// An application was given access.
    Access(&'a str),
    /// A token that was used up came again, so whoever has a copy of it was shut out.
    Replay(&'a str),
    /// Something else happened to the account.
    News(Event),
}

/// Whom a letter is for.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// Mail address.
    pub address: &'a str,
    /// Name, which may be empty.
    pub name: &'a str,
    /// Language.
    pub lang: Lang,
}

/// The payload of a job with a sealed letter.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sealed {
    letter: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Body {
    to: String,
    name: String,
    lang: String,
    subject: String,
    text: String,
}

/// Sends a letter in the name of an organisation; nothing where mail is switched off.
///
/// # Errors
/// The database fails.
pub fn send(
    cx: &mut AccountCx<'_, '_>,
    org: i64,
    reader: Reader<'_>,
    matter: Matter<'_>,
) -> Result<()> {
    if !cx.settings.mail || reader.address.is_empty() {
        return Ok(());
    }
    let (subject, text) = words(cx, reader.lang, matter);
    let body = Body {
        to: reader.address.to_owned(),
        name: reader.name.to_owned(),
        lang: reader.lang.tag().to_owned(),
        subject: format!("Trackway: {subject}"),
        text,
    };
    let body = serde_json::to_string(&body).map_err(Error::internal)?;
    let letter = cx.settings.key.seal(PURPOSE, &org.to_string(), &body)?;
    let payload = serde_json::to_string(&Sealed { letter }).map_err(Error::internal)?;
    let now = cx.now();
    let job = NewJob { kind: Kind::Mail, name: None, strand: None, payload, run_at: now };
    let id = cx.next_in_order(Series::Job)?;
    job::store::insert(cx.tx, org, now, id, &job)?;
    cx.effects.woke = true;
    Ok(())
}

/// Sends a letter to an account, in its language.
///
/// # Errors
/// The database fails.
pub fn send_to(cx: &mut AccountCx<'_, '_>, uid: i64, matter: Matter<'_>) -> Result<()> {
    let Some(person) = Person::of(&cx.world, uid) else { return Ok(()) };
    let Some(home) = person.orgs.first() else { return Ok(()) };
    let lang = person.lang.or_else(|| Lang::from_accept(&home.org.language)).unwrap_or_default();
    let reader = Reader { address: &person.email, name: person.name.get(lang), lang };
    send(cx, home.org_id, reader, matter)
}

/// Tells an account of an event of an application, where it is worth a letter.
///
/// # Errors
/// The database fails.
pub(crate) fn about_application(
    cx: &mut AccountCx<'_, '_>,
    uid: i64,
    event: &str,
    application: &str,
) -> Result<()> {
    if !matches!(event, "consent_given" | "code_replay" | "refresh_replay") {
        return Ok(());
    }
    let found = application::find(cx, application)?;
    let name = found.map_or_else(String::new, |app| app.details.name);
    let matter =
        if event == "consent_given" { Matter::Access(&name) } else { Matter::Replay(&name) };
    send_to(cx, uid, matter)
}

/// Opens the letter of a job.
///
/// # Errors
/// The server key is another one now.
pub(crate) fn open(key: &ServerKey, job: &Job, sealed: &Sealed) -> Result<Letter> {
    let body = key.open(PURPOSE, &job.org_id.to_string(), &sealed.letter)?;
    let body: Body = serde_json::from_str(&body).map_err(Error::internal)?;
    let Body { to, name, lang, subject, text } = body;
    let lang = Lang::from_accept(&lang).unwrap_or_default();
    let parts = vec![Part { said: vec![text], ..Part::default() }];
    Ok(Letter { to, name, lang, subject, parts, ..Letter::default() })
}

/// Subject and text.
fn words(cx: &AccountCx<'_, '_>, lang: Lang, matter: Matter<'_>) -> (String, String) {
    let (ru, en) = match matter {
        Matter::Reset(link) => (
            (
                "новый пароль".to_owned(),
                format!(
                    "Чтобы задать новый пароль, откройте ссылку (она действует полчаса):\n\n{link}\n\nЕсли вы об этом не просили, ничего не делайте."
                ),
            ),
            (
                "new password".to_owned(),
                format!(
                    "To choose a new password, open this link (it is good for half an hour):\n\n{link}\n\nIf you did not ask for it, do nothing."
                ),
            ),
        ),
        Matter::Browser(link) => (
            (
                "вход из нового браузера".to_owned(),
                format!(
                    "Кто-то много раз вводил неверный пароль вашей учётной записи, поэтому войти из нового браузера можно только по ссылке. Откройте её в том браузере, из которого входите (она действует полчаса):\n\n{link}\n\nЕсли это не вы, ничего не делайте: пароль никому не открылся."
                ),
            ),
            (
                "sign-in from a new browser".to_owned(),
                format!(
                    "Somebody has entered a wrong password for your account many times, so a new browser needs a link to sign in. Open it in the browser that you sign in from (it is good for half an hour):\n\n{link}\n\nIf it is not you, do nothing: nobody has got your password this way."
                ),
            ),
        ),
        Matter::Invitation { organization, link } => (
            (
                format!("приглашение — {organization}"),
                format!(
                    "Вас приглашают: {organization}. Чтобы вступить, откройте ссылку (она действует неделю):\n\n{link}"
                ),
            ),
            (
                format!("invitation to {organization}"),
                format!(
                    "You are invited to {organization}. To join, open this link (it is good for a week):\n\n{link}"
                ),
            ),
        ),
        Matter::AddressChanged => news(
            "указан другой адрес почты",
            "there is another mail address",
            "Письма об учётной записи теперь уходят на другой адрес.",
            "Letters about your account now go to another address.",
        ),
        Matter::Access(name) => news(
            "приложение получило доступ",
            "an application was given access",
            &format!("Приложение «{name}» может действовать от вашего имени."),
            &format!("The application “{name}” may act as you."),
        ),
        Matter::Replay(name) => news(
            "доступ приложения отозван",
            "access of an application was revoked",
            &format!(
                "Код или токен приложения «{name}», уже использованный однажды, предъявили ещё раз: похоже, его украли. Этот доступ отозван, приложению нужен новый."
            ),
            &format!(
                "A code or token of the application “{name}” that had been used once was presented again: it may have been stolen. This access was revoked, and the application needs a new one."
            ),
        ),
        Matter::News(event) => happened(event),
    };
    let (subject, mut text) = if lang == Lang::Ru { ru } else { en };
    if !matches!(matter, Matter::Reset(_) | Matter::Browser(_) | Matter::Invitation { .. }) {
        text.push_str(&circumstances(cx, lang));
    }
    text.push('\n');
    (subject, text)
}

type Words = (String, String);

fn news(ru: &str, en: &str, ru_text: &str, en_text: &str) -> (Words, Words) {
    ((ru.to_owned(), ru_text.to_owned()), (en.to_owned(), en_text.to_owned()))
}

fn happened(event: Event) -> (Words, Words) {
    match event {
        Event::LoginOk => news(
            "вход из нового браузера",
            "sign-in from a new browser",
            "В вашу учётную запись вошли из браузера, из которого раньше не входили.",
            "Somebody signed in to your account from a browser that had not been used before.",
        ),
        Event::PasswordChanged | Event::PasswordResetDone => news(
            "пароль изменён",
            "the password was changed",
            "Пароль вашей учётной записи изменён.",
            "The password of your account was changed.",
        ),
        Event::PasskeyAdded => news(
            "добавлен ключ доступа",
            "a passkey was added",
            "К вашей учётной записи добавлен ключ доступа: им можно войти без пароля.",
            "A passkey was added to your account: it signs in without your password.",
        ),
        Event::PasskeyRemoved => news(
            "удалён ключ доступа",
            "a passkey was removed",
            "Ключ доступа удалён из вашей учётной записи.",
            "A passkey was removed from your account.",
        ),
        Event::RecoveryCodesMade => news(
            "новые коды восстановления",
            "new recovery codes",
            "Для вашей учётной записи созданы новые коды восстановления, прежние не действуют.",
            "New recovery codes were made for your account; the old ones do not work any more.",
        ),
        Event::MfaFailed => news(
            "много неверных кодов второго шага",
            "many wrong codes at the second step",
            "На втором шаге входа в вашу учётную запись много раз введён неверный код. Кто бы это ни был, пароль он знает. В ближайший час коды не принимаются.",
            "A wrong code was entered many times at the second step of signing in to your account. Whoever it was knows the password. No codes are taken for an hour.",
        ),
        _ => news(
            "изменён второй шаг входа",
            "the second step of signing in was changed",
            "Второй шаг входа в вашу учётную запись включён или отключён.",
            "The second step of signing in to your account was switched on or off.",
        ),
    }
}

/// When it happened, from where, and what to do about it.
fn circumstances(cx: &AccountCx<'_, '_>, lang: Lang) -> String {
    let (visit, at) = (&cx.visit, time::instant_text(cx.now()));
    let (address, agent, issuer) = (&visit.address, &visit.agent, &visit.issuer);
    match lang {
        Lang::Ru => format!(
            "\n\nКогда: {at}\nАдрес: {address}\nБраузер: {agent}\n\nЕсли это были не вы, смените пароль и завершите остальные сеансы:\n{issuer}/settings/security"
        ),
        Lang::En => format!(
            "\n\nWhen: {at}\nAddress: {address}\nBrowser: {agent}\n\nIf it was not you, change your password and end the other sessions:\n{issuer}/settings/security"
        ),
    }
}

/// Whether the account is told of an event by mail.
pub(super) const fn is_news(event: Event) -> bool {
    matches!(
        event,
        Event::PasswordChanged
            | Event::PasswordResetDone
            | Event::MfaChanged
            | Event::PasskeyAdded
            | Event::PasskeyRemoved
            | Event::RecoveryCodesMade
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account_cx::Settings;
    use crate::job::Lane;
    use crate::testing::{Fixture, NOW};

    fn switch_mail_on(f: &Fixture) {
        let old = f.tracker.settings();
        f.tracker.configure(Settings { mail: true, ..(*old).clone() });
    }

    fn jobs(f: &Fixture) -> Vec<Job> {
        f.tracker.claim_jobs(Lane::Outer, "test", NOW, 9).expect("claims")
    }

    #[test]
    fn a_link_is_sealed_until_it_is_sent() {
        let f = Fixture::new();
        let bob = f.bob;
        let ask = move |cx: &mut AccountCx<'_, '_>| {
            send_to(cx, bob, Matter::Reset("https://tracker.example.org/login/reset/SECRET"))
        };
        f.account(ask).expect("written");
        assert!(jobs(&f).is_empty(), "mail is switched off");
        switch_mail_on(&f);
        f.account(ask).expect("written");
        let jobs = jobs(&f);
        assert!(!jobs[0].payload.contains("SECRET"), "{}", jobs[0].payload);
        let letter = f.tracker.letter(&jobs[0], NOW, "").expect("opened").expect("a letter");
        assert_eq!(letter.to, "bob@trial.example");
        let said = &letter.parts[0].said[0];
        assert!(said.contains("/login/reset/SECRET"), "{said}");
        assert!(letter.unsubscribe.is_empty() && letter.thread.is_none());
        f.tracker.letter_sent(&jobs[0], NOW, 0).expect("noted");
        assert!(
            f.tracker.claim_jobs(Lane::Outer, "test", NOW + 3_600_000, 9).expect("ok").is_empty()
        );
    }

    #[test]
    fn an_account_is_told_of_what_happens_to_it() {
        let f = Fixture::new();
        switch_mail_on(&f);
        let bob = f.bob;
        f.account(move |cx| {
            crate::account::log::record(cx, bob, Event::LoginOk, "")?;
            crate::account::log::record(cx, bob, Event::PasswordChanged, "")?;
            about_application(cx, bob, "token_issued", "none")?;
            about_application(cx, bob, "refresh_replay", "none")
        })
        .expect("recorded");
        let letters = jobs(&f).into_iter();
        let letters = letters.map(|job| f.tracker.letter(&job, NOW, "").expect("opened"));
        let subjects: Vec<String> = letters.flatten().map(|letter| letter.subject).collect();
        assert_eq!(subjects, ["Trackway: пароль изменён", "Trackway: доступ приложения отозван"]);
    }
}
