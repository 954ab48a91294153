//! Applications that demand a fresh second factor (oauth.md, MF-05).

use super::*;
use crate::account::factor::Given;
use crate::account::passkey::authenticator::{STORY, Story, Token, added, place};
use crate::account::totp::{self, Enrolment};
use crate::oauth::application::Standing;
use crate::oauth::consent;
use crate::oauth::decide::Outcome;
use crate::testing::NOW;

const SESSION: &str = "session";

/// An application that could be let in without a question, if it were not for its second factor.
fn demanding(f: &Fixture) -> Application {
    let (app, _) = register(f, details(Profile::Compatible));
    let (boss, id) = (f.boss, app.id.clone());
    let standing = Standing { second_factor: true, verified: true, ..app.standing };
    f.account(move |cx| application::decide(cx, boss, &id, standing.clone(), false))
        .expect("decided");
    let id = app.id;
    f.account(move |cx| application::find(cx, &id)).expect("a look").expect("the application")
}

fn asked(f: &Fixture, app: &Application) -> AuthorizeRequest {
    request(f, &[("client_id", &app.id), ("response_type", "code")])
}

fn open(f: &Fixture, asked: &AuthorizeRequest) -> String {
    let (asked, ann) = (asked.clone(), f.ann);
    f.account(move |cx| consent::open(cx, &asked, ann, SESSION)).expect("open")
}

fn allow(f: &Fixture, id: &str, later: i64, given: Option<Given>) -> Outcome {
    let (id, ann) = (id.to_owned(), f.ann);
    f.account_at(NOW + later, move |cx| {
        decide::allow(cx, (&id, SESSION), ann, ScopeSet::NONE, given.as_ref())
    })
    .expect("decided")
}

fn again(outcome: Outcome) -> String {
    match outcome {
        Outcome::Unproven(id, _) => id,
        other => panic!("{other:?}"),
    }
}

/// Switches one-time codes on; what the authenticator shows at a time.
fn authenticator(f: &Fixture) -> impl Fn(i64) -> Option<Given> + use<> {
    let new = Enrolment::new().expect("random");
    let secret = data_encoding::BASE32_NOPAD.decode(new.text.as_bytes()).expect("base32");
    let (ann, first) = (f.ann, totp::code(&secret, totp::step(NOW)));
    let show = move |later: i64| Some(Given::Code(totp::code(&secret, totp::step(NOW + later))));
    let right = f.account(move |cx| {
        let key = cx.settings.key.clone();
        totp::begin(cx.tx, &key, ann, &new)?;
        totp::take(cx.tx, &key, ann, &first, NOW)
    });
    assert!(right.expect("switched on"));
    show
}

/// MF-05: a remembered consent is not enough, a wrong or used code is not, and a fresh one is, once.
#[test]
fn nothing_is_given_without_a_fresh_second_factor() {
    let f = Fixture::new();
    let app = demanding(&f);
    let asked = asked(&f, &app);
    let refused = approve(&f, &asked, f.ann);
    assert_eq!(answer(&refused, "error").as_deref(), Some("access_denied"), "{refused}");
    assert_eq!(answer(&refused, "code"), None);
    let shown = authenticator(&f);
    let id = open(&f, &asked);
    let next = again(allow(&f, &id, 0, None));
    assert_ne!(id, next);
    assert!(
        matches!(allow(&f, &id, 0, shown(60_000)), Outcome::Gone),
        "each question is open once"
    );
    let next = again(allow(&f, &next, 0, Some(Given::Code("000000".to_owned()))));
    let next = again(allow(&f, &next, 0, shown(0)));
    let Outcome::Answered(url) = allow(&f, &next, 60_000, shown(60_000)) else {
        panic!("the code is fresh");
    };
    assert!(answer(&url, "code").is_some(), "{url}");
    // Allowed a moment ago, with the same scopes: the next time wants the next code.
    let (checked, ann) = (Checked { request: asked.clone(), application: app }, f.ann);
    assert!(f.account(move |cx| decide::needs_consent(cx, &checked, ann)).expect("a look"));
    let id = open(&f, &asked);
    let next = again(allow(&f, &id, 60_000, None));
    again(allow(&f, &next, 60_000, shown(60_000)));
}

/// MF-05: a passkey is a second factor as good as a code, when it answers a challenge of this moment, of
/// this browser, for this person; and an answer counts once.
#[test]
fn a_fresh_passkey_opens_the_way_once() {
    let f = Fixture::new();
    let asked = asked(&f, &demanding(&f));
    let (own, foreign) = (Token::new(1), Token::new(2));
    added(&f, f.ann, &own);
    added(&f, f.bob, &foreign);
    let answer_of = |token: &Token, story: Story| {
        Some(Given::Passkey(place(), token.answer(&f, &Story { at: NOW + 1000, ..story })))
    };
    let mut next = again(allow(&f, &open(&f, &asked), 1000, None));
    for wrong in [
        answer_of(&foreign, STORY),
        answer_of(&own, Story { bound: "another browser", ..STORY }),
        answer_of(&own, Story { origin: "https://evil.example", ..STORY }),
        Some(Given::Passkey(place(), own.answer(&f, &Story { at: NOW - 3_600_000, ..STORY }))),
    ] {
        next = again(allow(&f, &next, 2000, wrong));
    }
    let right = answer_of(&own, STORY);
    let Outcome::Answered(url) = allow(&f, &next, 2000, right.clone()) else {
        panic!("the answer is fresh");
    };
    assert!(answer(&url, "code").is_some(), "{url}");
    let next = again(allow(&f, &open(&f, &asked), 2000, None));
    again(allow(&f, &next, 2000, right));
}

/// MF-05: devices get nothing either.
#[test]
fn devices_wait_for_the_second_factor() {
    use crate::oauth::client::Credentials;
    use crate::oauth::device;
    let f = Fixture::new();
    let app = demanding(&f);
    let shown = authenticator(&f);
    let (id, ann) = (app.id, f.ann);
    let pending = f
        .account(move |cx| {
            let params = params(&[("client_id", &id)]);
            let credentials = Credentials::read(None, &params).expect("readable");
            let started = device::start(cx, &credentials, &params)?.expect("started");
            device::claim(cx, ann, &started.user_code)
        })
        .expect("claimed")
        .expect("open");
    let decided = |later: i64, given: Option<Given>| {
        let (id, scopes) = (pending.id.clone(), pending.scopes);
        f.account_at(NOW + later, move |cx| device::approve(cx, ann, &id, scopes, given.as_ref()))
            .expect("answered")
    };
    assert!(!decided(0, None));
    assert!(!decided(0, shown(0)), "used up by switching it on");
    assert!(decided(60_000, shown(60_000)));
}
