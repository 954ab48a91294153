use super::*;
use crate::oauth::Fault;
use crate::oauth::application::Platform;
use crate::oauth::consent;

fn redirected(result: Result<Checked, Rejected>) -> (String, String) {
    match result.expect_err("refused") {
        Rejected::Redirect(url) => {
            (url.clone(), answer(&url, "error").expect("an error in the answer"))
        }
        Rejected::Page { refusal, .. } => panic!("a page: {refusal:?}"),
    }
}

fn on_page(result: Result<Checked, Rejected>) -> Fault {
    match result.expect_err("refused") {
        Rejected::Page { refusal, .. } => refusal.fault,
        Rejected::Redirect(url) => panic!("a redirect: {url}"),
    }
}

/// AZ-02 to AZ-05; S-6749-08.
#[test]
fn doubts_about_the_application_are_told_on_a_page() {
    let f = Fixture::new();
    let (app, _) = register(&f, details(Profile::Compatible));
    let code = ("response_type", "code");
    let id = ("client_id", app.id.as_str());
    assert_eq!(on_page(check(&f, &[code])), Fault::UnauthorizedClient);
    assert_eq!(on_page(check(&f, &[code, ("client_id", "x")])), Fault::UnauthorizedClient);
    assert_eq!(on_page(check(&f, &[code, id, id])), Fault::InvalidRequest);
    let evil = ("redirect_uri", "https://evil.example/cb");
    assert_eq!(on_page(check(&f, &[code, id, evil])), Fault::InvalidRequest);
    let good = ("redirect_uri", CALLBACK);
    assert_eq!(on_page(check(&f, &[code, id, good, evil])), Fault::InvalidRequest);
}

/// S-9700-10; AZ-06 to AZ-09, AZ-17, AZ-19; S-6749-14, S-6749-15, S-7636-03, S-9207-01.
#[test]
fn other_doubts_are_told_to_the_application() {
    let f = Fixture::new();
    let (strict, _) = register(&f, details(Profile::Strict));
    let state = "a+b%20&c=d é 🙂";
    let base = [("client_id", strict.id.as_str()), ("state", state)];
    let with = |more: &[(&str, &str)]| {
        let (url, error) = redirected(check(&f, &[&base[..], more].concat()));
        assert!(url.starts_with("https://app.example.net/cb?error="), "{url}");
        assert_eq!(answer(&url, "state").as_deref(), Some(state));
        assert_eq!(answer(&url, "iss").as_deref(), Some(ISSUER));
        error
    };
    let code = ("response_type", "code");
    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    assert_eq!(with(&[]), "invalid_request");
    assert_eq!(with(&[("response_type", "id_token")]), "unsupported_response_type");
    assert_eq!(with(&[code, pkce[0], pkce[1], ("scope", "openid")]), "invalid_scope");
    assert_eq!(with(&[code, pkce[0], pkce[1], ("scope", "login:avatar")]), "invalid_scope");
    assert_eq!(with(&[code, pkce[0], pkce[1], ("device_id", "short")]), "invalid_request");
    assert_eq!(with(&[code, code, pkce[0], pkce[1]]), "invalid_request");
    assert_eq!(with(&[code]), "invalid_request", "no challenge");
    assert_eq!(with(&[code, pkce[0]]), "invalid_request", "plain by default");
    assert_eq!(with(&[code, pkce[0], ("code_challenge_method", "plain")]), "invalid_request");
    assert_eq!(with(&[code, ("code_challenge", "short"), pkce[1]]), "invalid_request");
    assert_eq!(
        with(&[code, pkce[0], pkce[1], ("resource", "https://x.example")]),
        "invalid_target"
    );
    let token = check(&f, &[&base[..], &[("response_type", "token")]].concat());
    let Err(Rejected::Redirect(url)) = token else { panic!("refused") };
    assert!(url.contains("/cb#error=unauthorized_client"), "{url}");
}

/// AZ-16, AZ-17; the answer of a good request.
#[test]
fn an_approved_request_is_answered_with_a_code() {
    let f = Fixture::new();
    let (app, _) = register(&f, details(Profile::Compatible));
    let asked = request(
        &f,
        &[
            ("client_id", &app.id),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("scope", "tracker:read"),
            ("optional_scope", "tracker:write login:info"),
            ("state", "n-0S6"),
        ],
    );
    assert_eq!(asked.optional.text(), "login:info tracker:write");
    assert_eq!(asked.destination(ISSUER), "https://app.example.net");
    let url = approve(&f, &asked, f.ann);
    assert_eq!(answer(&url, "code").expect("a code").len(), 43);
    assert_eq!(answer(&url, "iss").as_deref(), Some(ISSUER));
    let (asked, ann) = (asked.clone(), f.ann);
    let denied = f.account(move |cx| decide::deny(cx, &asked, 0)).expect("denied");
    assert_eq!(answer(&denied, "error").as_deref(), Some("access_denied"));
    let stranger = request(&f, &[("client_id", &app.id), ("response_type", "code")]);
    let url = approve(&f, &stranger, ann + 1000);
    assert_eq!(answer(&url, "error").as_deref(), Some("access_denied"), "{url}");
}

/// AZ-18, AZ-20; S-6749-18, S-9700-04.
#[test]
fn tokens_are_shown_on_the_own_page_only() {
    let f = Fixture::new();
    let page = "https://oauth.yandex.ru/verification_code";
    let uris = vec![page.to_owned(), CALLBACK.to_owned()];
    let with_page = Details { redirect_uris: uris, ..details(Profile::Compatible) };
    let (app, _) = register(&f, with_page);
    let token = [("client_id", app.id.as_str()), ("response_type", "token")];
    let url = approve(&f, &request(&f, &token), f.ann);
    assert!(url.starts_with("https://tracker.example.org/verification_code#access_token=y0_"));
    assert_eq!(answer(&url, "token_type").as_deref(), Some("bearer"));
    assert_eq!(answer(&url, "refresh_token"), None);
    let elsewhere = [&token[..], &[("redirect_uri", CALLBACK)]].concat();
    assert_eq!(redirected(check(&f, &elsewhere)).1, "unauthorized_client");
    let code = [("client_id", app.id.as_str()), ("response_type", "code")];
    let url = approve(&f, &request(&f, &code), f.ann);
    assert_eq!(answer(&url, "code").expect("a code").len(), 16, "{url}");
}

/// AZ-12; AZ-15; T-16, S-8252-03.
#[test]
fn only_trusted_applications_are_let_in_without_a_question() {
    let f = Fixture::new();
    let ann = f.ann;
    let asks = |app: &Application, more: &[(&str, &str)]| {
        let base = [
            ("client_id", app.id.as_str()),
            ("response_type", "code"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let checked = check(&f, &[&base[..], more].concat()).expect("a good request");
        f.account(move |cx| decide::needs_consent(cx, &checked, ann)).expect("asked")
    };
    let (app, _) = register(&f, details(Profile::Compatible));
    assert!(asks(&app, &[]));
    let less = request(
        &f,
        &[("client_id", &app.id), ("response_type", "code"), ("scope", "tracker:read")],
    );
    approve(&f, &less, ann);
    assert!(asks(&app, &[]), "more than before");
    assert!(!asks(&app, &[("scope", "tracker:read")]));
    assert!(asks(&app, &[("scope", "tracker:read"), ("force_confirm", "yes")]));
    assert!(asks(&app, &[("scope", "tracker:read"), ("device_id", "laptop-1")]));
    let public = Details { platform: Platform::Device, ..details(Profile::Compatible) };
    let (public, _) = register(&f, public);
    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let base = [("client_id", public.id.as_str()), ("response_type", "code")];
    approve(&f, &request(&f, &[&base[..], &pkce].concat()), ann);
    assert!(asks(&public, &[]), "public applications always ask");
}

/// AZ-14; T-15.
#[test]
fn a_question_is_answered_once_in_its_session() {
    let f = Fixture::new();
    let (app, _) = register(&f, details(Profile::Compatible));
    let asked = request(&f, &[("client_id", &app.id), ("response_type", "code")]);
    let ann = f.ann;
    let opened = asked.clone();
    let id = f.account(move |cx| consent::open(cx, &opened, ann, "session")).expect("opened");
    let take = |account: i64, session: &'static str, later: i64| {
        let id = id.clone();
        f.account_at(crate::testing::NOW + later, move |cx| {
            consent::take(cx, &id, account, session)
        })
        .expect("looked for")
    };
    assert_eq!(take(f.bob, "session", 0), None);
    assert_eq!(take(ann, "other", 0), None);
    assert_eq!(take(ann, "session", 600_000), None);
    assert_eq!(take(ann, "session", 599_999), Some(asked));
    assert_eq!(take(ann, "session", 0), None, "once");
}
