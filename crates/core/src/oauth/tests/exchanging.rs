use super::*;
use crate::oauth::application::Platform;
use crate::oauth::client::Credentials;
use crate::oauth::{Decision, Fault, Issued, exchange, iam, inspect, purge};
use crate::testing::NOW;
use crate::token::{self, TokenHash};

/// Everything needed to ask for tokens.
struct App {
    id: String,
    secret: Option<String>,
}

fn app(f: &Fixture, details: Details) -> App {
    let (app, secret) = register(f, details);
    App { id: app.id, secret: secret.map(|secret| secret.0) }
}

fn public(f: &Fixture, profile: Profile) -> App {
    app(f, Details { platform: Platform::Device, ..details(profile) })
}

impl App {
    fn with<'a>(&'a self, pairs: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut all = vec![("client_id", self.id.as_str())];
        if let Some(secret) = &self.secret {
            all.push(("client_secret", secret));
        }
        all.extend_from_slice(pairs);
        all
    }

    fn token_at(&self, f: &Fixture, later: i64, pairs: &[(&str, &str)]) -> Decision<Issued> {
        let params = params(&self.with(pairs));
        f.account_at(NOW + later, move |cx| match Credentials::read(None, &params) {
            Ok(credentials) => exchange::token(cx, &credentials, &params),
            Err(refusal) => Ok(Err(refusal)),
        })
        .expect("answered")
    }

    fn token(&self, f: &Fixture, pairs: &[(&str, &str)]) -> Decision<Issued> {
        self.token_at(f, 0, pairs)
    }

    fn code(&self, f: &Fixture, more: &[(&str, &str)]) -> String {
        let base = [
            ("client_id", self.id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
        ];
        let url = approve(f, &request(f, &[&base[..], more].concat()), f.ann);
        answer(&url, "code").unwrap_or_else(|| panic!("no code in {url}"))
    }

    fn exchange(&self, f: &Fixture, code: &str, more: &[(&str, &str)]) -> Decision<Issued> {
        let base =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        self.token(f, &[&base[..], more].concat())
    }

    fn pair(&self, f: &Fixture) -> Issued {
        let code = self.code(f, &PKCE);
        self.exchange(f, &code, &[("code_verifier", VERIFIER)]).expect("tokens")
    }

    fn refresh_at(&self, f: &Fixture, later: i64, token: &str) -> Decision<Issued> {
        self.token_at(f, later, &[("grant_type", "refresh_token"), ("refresh_token", token)])
    }
}

const PKCE: [(&str, &str); 2] = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];

fn fault<T: std::fmt::Debug>(result: Decision<T>) -> Fault {
    result.expect_err("refused").fault
}

fn is_good_at(f: &Fixture, now: i64, text: &str) -> bool {
    let hash = TokenHash::of(text).expect("well formed");
    let found = f.tracker.db().read(|tx| token::find(tx, &hash)).expect("read");
    found.is_some_and(|token| token.is_alive(now, 0))
}

fn is_good(f: &Fixture, text: &str) -> bool {
    is_good_at(f, NOW, text)
}

/// TK-01 to TK-05; S-6749-12, S-6749-13; T-05.
#[test]
fn a_code_is_good_once_and_its_second_use_ends_everything() {
    let f = Fixture::new();
    let app = app(&f, details(Profile::Strict));
    let code = app.code(&f, &PKCE);
    let issued = app.exchange(&f, &code, &[("code_verifier", VERIFIER)]).expect("tokens");
    assert_eq!(issued.expires_in, 3600);
    assert_eq!(issued.scopes.text(), "login:email login:info tracker:read tracker:write");
    assert!(is_good(&f, &issued.access_token));
    let iam = {
        let text = issued.access_token.clone();
        f.account(move |cx| iam::exchange(cx, &text)).expect("asked").expect("an IAM token").token
    };
    assert!(is_good(&f, &iam));
    let before = f.tracker.credentials_version();
    let again = app.exchange(&f, &code, &[("code_verifier", VERIFIER)]);
    assert_eq!(fault(again), Fault::InvalidGrant);
    assert!(!is_good(&f, &issued.access_token) && !is_good(&f, &iam));
    assert!(f.tracker.credentials_version() > before, "memory hears of it");
    let refresh = issued.refresh_token.expect("a refresh token");
    assert_eq!(fault(app.refresh_at(&f, 0, &refresh)), Fault::InvalidGrant);
}

/// TK-02 to TK-04, TK-06, TK-07; S-6749-17, S-7636-01 to 05; T-06, T-07, T-08, T-13.
#[test]
fn a_code_is_used_up_by_every_attempt() {
    let f = Fixture::new();
    for profile in [Profile::Strict, Profile::Compatible] {
        let own = app(&f, details(profile));
        let good = ("code_verifier", VERIFIER);
        let wrong = "x".repeat(43);
        let attempts: [&[(&str, &str)]; 4] = [
            &[],
            &[("code_verifier", wrong.as_str())],
            &[("code_verifier", "short")],
            &[good, ("redirect_uri", "https://app.example.net/other")],
        ];
        for attempt in attempts {
            let code = own.code(&f, &PKCE);
            let base = [("grant_type", "authorization_code"), ("code", code.as_str())];
            let mut sent = [&base[..], attempt].concat();
            if !sent.iter().any(|(name, _)| *name == "redirect_uri") {
                sent.push(("redirect_uri", CALLBACK));
            }
            assert_eq!(fault(own.token(&f, &sent)), Fault::InvalidGrant, "{attempt:?}");
            assert_eq!(fault(own.exchange(&f, &code, &[good])), Fault::InvalidGrant, "used up");
        }
        let other = app(&f, details(profile));
        let code = own.code(&f, &PKCE);
        assert_eq!(fault(other.exchange(&f, &code, &[good])), Fault::InvalidGrant, "foreign");
        assert_eq!(fault(own.exchange(&f, &code, &[good])), Fault::InvalidGrant, "and used up");
        let code = own.code(&f, &PKCE);
        let late = own.token_at(
            &f,
            60_000,
            &[
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", CALLBACK),
                good,
            ],
        );
        assert_eq!(late.expect_err("late").description, "Code has expired");
        for malformed in ["0", "я", &"A".repeat(5000)] {
            assert_eq!(fault(own.exchange(&f, malformed, &[])), Fault::InvalidGrant);
        }
    }
    let loose = app(&f, details(Profile::Compatible));
    let code = loose.code(&f, &[]);
    let downgrade = loose.exchange(&f, &code, &[("code_verifier", VERIFIER)]);
    assert_eq!(fault(downgrade), Fault::InvalidGrant, "a verifier without a challenge");
    let code = loose.code(&f, &[("scope", "tracker:read")]);
    let issued = loose.exchange(&f, &code, &[("scope", "tracker:write")]).expect("tokens");
    assert_eq!(issued.scopes.text(), "tracker:read", "nothing sent here widens it");
}

/// TK-08; S-6749-16.
#[test]
fn the_redirect_uri_may_be_left_out_where_it_adds_nothing() {
    let f = Fixture::new();
    let without = |app: &App, code: &str, more: &[(&str, &str)]| {
        let base = [("grant_type", "authorization_code"), ("code", code)];
        app.token(&f, &[&base[..], more].concat())
    };
    let strict = app(&f, details(Profile::Strict));
    let code = strict.code(&f, &PKCE);
    let refused = without(&strict, &code, &[("code_verifier", VERIFIER)]);
    assert_eq!(fault(refused), Fault::InvalidGrant);
    let loose = app(&f, details(Profile::Compatible));
    let code = loose.code(&f, &[]);
    without(&loose, &code, &[]).expect("the first registered address");
    let second = "https://app.example.net/second";
    let two = vec![CALLBACK.to_owned(), second.to_owned()];
    let two = app(&f, Details { redirect_uris: two, ..details(Profile::Compatible) });
    let ask = |more: &[(&str, &str)]| {
        let base =
            [("client_id", two.id.as_str()), ("response_type", "code"), ("redirect_uri", second)];
        answer(&approve(&f, &request(&f, &[&base[..], more].concat()), f.ann), "code")
            .expect("a code")
    };
    assert_eq!(fault(without(&two, &ask(&[]), &[])), Fault::InvalidGrant);
    without(&two, &ask(&PKCE), &[("code_verifier", VERIFIER)]).expect("bound by PKCE");
}

/// TK-11, TK-13, TK-14, TK-15; S-6749-21, S-9700-05; T-11.
#[test]
fn refresh_tokens_rotate_and_a_replay_ends_the_family() {
    let f = Fixture::new();
    for own in [app(&f, details(Profile::Strict)), public(&f, Profile::Compatible)] {
        let first = own.pair(&f);
        let old = first.refresh_token.clone().expect("a refresh token");
        let second = own.refresh_at(&f, 1000, &old).expect("renewed");
        assert_ne!(second.refresh_token, first.refresh_token);
        assert!(is_good_at(&f, NOW + 300_000, &first.access_token), "for a while");
        assert!(!is_good_at(&f, NOW + 301_000, &first.access_token), "TK-14");
        assert_eq!(fault(own.refresh_at(&f, 2000, &old)), Fault::InvalidGrant);
        assert!(!is_good(&f, &second.access_token), "the whole family");
        let newer = second.refresh_token.expect("a refresh token");
        assert_eq!(fault(own.refresh_at(&f, 2000, &newer)), Fault::InvalidGrant);
    }
    let strict = app(&f, details(Profile::Strict));
    let first = strict.pair(&f).refresh_token.expect("a refresh token");
    let day = 86_400_000;
    assert_eq!(fault(strict.refresh_at(&f, 30 * day, &first)), Fault::InvalidGrant, "idle");
    let mut token = strict.pair(&f).refresh_token.expect("a refresh token");
    for step in 1..=12 {
        token = strict
            .refresh_at(&f, step * 29 * day, &token)
            .expect("used in time")
            .refresh_token
            .expect("one");
    }
    let last = strict.refresh_at(&f, 365 * day, &token);
    assert_eq!(fault(last), Fault::InvalidGrant, "the family ends, TK-15");
}

/// The first use of the next access token ends the one before (TK-14).
#[test]
fn the_first_use_of_a_renewed_token_ends_the_one_before() {
    let f = Fixture::new();
    let own = app(&f, details(Profile::Compatible));
    let first = own.pair(&f);
    let second =
        own.refresh_at(&f, 1000, first.refresh_token.as_deref().expect("one")).expect("renewed");
    let hash = TokenHash::of(&second.access_token).expect("well formed");
    f.account_at(NOW + 2000, move |cx| {
        let token = token::find(cx.tx, &hash)?.expect("there");
        token::used(cx.tx, &hash, &token, cx.visit.now, ("192.0.2.1", "test"))
    })
    .map(|ended| assert!(ended))
    .expect("noted");
    assert!(!is_good(&f, &first.access_token) && is_good(&f, &second.access_token));
}

/// API-33, API-35: a token ends at its last moment and not before, and says in whole seconds, rounded
/// down, how long that is.
#[test]
fn a_token_lives_to_its_last_moment() {
    let f = Fixture::new();
    let own = app(&f, details(Profile::Strict));
    let issued = own.pair(&f);
    let end = NOW + issued.expires_in * 1000;
    assert!(is_good_at(&f, end - 1, &issued.access_token));
    assert!(!is_good_at(&f, end, &issued.access_token));
    // The last hour of a family is cut short.
    let day = 24 * 3600 * 1000;
    let mut refresh = issued.refresh_token.expect("one");
    for days in (29..365).step_by(29) {
        let next = own.refresh_at(&f, days * day, &refresh).expect("a pair");
        refresh = next.refresh_token.expect("one");
    }
    let last = own.refresh_at(&f, 365 * day - 90_500, &refresh).expect("the last pair");
    assert_eq!(last.expires_in, 90);
}

/// TK-12; S-6749-21.
#[test]
fn refreshing_keeps_to_the_grant_and_its_application() {
    let f = Fixture::new();
    let own = app(&f, details(Profile::Strict));
    let refresh = |token: &str, scope: &str| {
        let sent = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
        own.token(&f, &sent)
    };
    let token = own.pair(&f).refresh_token.expect("one");
    assert_eq!(fault(refresh(&token, "login:avatar")), Fault::InvalidScope);
    assert_eq!(fault(refresh(&token, "openid")), Fault::InvalidScope);
    let narrow = refresh(&token, "tracker:read").expect("narrower");
    assert_eq!(narrow.scopes.text(), "tracker:read");
    let token = narrow.refresh_token.expect("one");
    let whole = own.refresh_at(&f, 0, &token).expect("the grant stays");
    assert_eq!(whole.scopes.iter().count(), 4);
    let other = app(&f, details(Profile::Strict));
    let token = whole.refresh_token.expect("one");
    assert_eq!(fault(other.refresh_at(&f, 0, &token)), Fault::InvalidGrant);
    assert_eq!(fault(own.refresh_at(&f, 0, &token)), Fault::InvalidGrant, "and the family ended");
}

/// CA-02, CA-03, CA-08; S-6749-20, S-9700-06.
#[test]
fn only_the_application_itself_gets_tokens() {
    let f = Fixture::new();
    let own = app(&f, details(Profile::Compatible));
    let grant = ("grant_type", "authorization_code");
    let wrong = App { secret: Some("0".repeat(48)), id: own.id.clone() };
    assert_eq!(fault(wrong.token(&f, &[grant])), Fault::InvalidClient);
    let none = App { secret: None, id: own.id.clone() };
    assert_eq!(fault(none.token(&f, &[grant])), Fault::InvalidClient);
    let unknown = App { secret: None, id: "0".repeat(32) };
    assert_eq!(fault(unknown.token(&f, &[grant])), Fault::InvalidClient);
    assert_eq!(fault(own.token(&f, &[])), Fault::InvalidRequest);
    assert_eq!(fault(own.token(&f, &[grant])), Fault::InvalidRequest, "no code");
    assert_eq!(fault(own.token(&f, &[grant, grant])), Fault::InvalidRequest, "twice");
    for other in ["password", "client_credentials", "x"] {
        assert_eq!(fault(own.token(&f, &[("grant_type", other)])), Fault::UnsupportedGrantType);
    }
    let strict = app(&f, details(Profile::Strict));
    let short = strict.token(&f, &[("grant_type", "device_code"), ("code", "x")]);
    assert_eq!(fault(short), Fault::UnsupportedGrantType);
}

/// 1.5, TK-09, TK-16; T-33.
#[test]
fn changes_of_the_application_and_of_the_user_end_tokens() {
    let f = Fixture::new();
    let own = app(&f, details(Profile::Compatible));
    let (boss, ann, id) = (f.boss, f.ann, own.id.clone());
    let issued = own.pair(&f);
    let fewer = Details { scopes: scopes("tracker:read"), ..details(Profile::Compatible) };
    f.account({
        let id = id.clone();
        move |cx| application::edit(cx, boss, &id, fewer.clone())
    })
    .expect("edited");
    assert!(!is_good(&f, &issued.access_token));
    let issued = own.pair(&f);
    f.account(move |cx| crate::oauth::revoke::account(cx, ann)).expect("revoked");
    assert!(!is_good(&f, &issued.access_token));
    let issued = own.pair(&f);
    f.account({
        let id = id.clone();
        move |cx| application::decide(cx, boss, &id, application::Standing::default(), true)
    })
    .expect("blocked");
    assert!(!is_good(&f, &issued.access_token));
    assert_eq!(fault(own.token(&f, &[("grant_type", "refresh_token")])), Fault::InvalidClient);
}

/// RV-07; RV-01 to RV-06; S-7009-01 to 03; DV-04.
#[test]
fn tokens_are_revoked_by_their_application_only() {
    let f = Fixture::new();
    let (own, other) = (app(&f, details(Profile::Compatible)), app(&f, details(Profile::Strict)));
    let revoke = |app: &App, pairs: &[(&str, &str)]| {
        let params = params(&app.with(pairs));
        f.account(move |cx| {
            let credentials = Credentials::read(None, &params).expect("readable");
            inspect::revoke(cx, &credentials, &params)
        })
        .expect("answered")
    };
    let issued = own.pair(&f);
    let (access, refresh) = (issued.access_token, issued.refresh_token.expect("one"));
    for foreign in [&access, &refresh] {
        assert_eq!(revoke(&other, &[("token", foreign)]), Ok(inspect::Revoked::Silently));
        assert!(is_good(&f, &access), "not theirs");
    }
    assert_eq!(
        fault(revoke(&other, &[("access_token", &access)])),
        Fault::InvalidRequest,
        "strict"
    );
    assert_eq!(revoke(&own, &[("access_token", &access)]), Ok(inspect::Revoked::Told));
    assert!(!is_good(&f, &access));
    assert_eq!(fault(revoke(&own, &[("access_token", &access)])), Fault::InvalidGrant);
    assert_eq!(fault(own.refresh_at(&f, 0, &refresh)), Fault::InvalidGrant, "DV-04");
    assert_eq!(revoke(&own, &[("token", &access)]), Ok(inspect::Revoked::Silently), "unknown");
    assert_eq!(fault(revoke(&own, &[])), Fault::InvalidRequest);
    let both = [("token", access.as_str()), ("access_token", access.as_str())];
    assert_eq!(fault(revoke(&own, &both)), Fault::InvalidRequest);
    let issued = own.pair(&f);
    let refresh = issued.refresh_token.expect("one");
    let hint = [("token", refresh.as_str()), ("token_type_hint", "access_token")];
    assert_eq!(revoke(&own, &hint), Ok(inspect::Revoked::Silently));
    assert!(!is_good(&f, &issued.access_token), "the family");
}

/// S-7662-02.
#[test]
fn introspection_tells_an_application_of_its_own_tokens() {
    let f = Fixture::new();
    let (own, other) = (app(&f, details(Profile::Strict)), app(&f, details(Profile::Strict)));
    let ask = |app: &App, now: i64, token: &str| {
        let params = params(&app.with(&[("token", token)]));
        f.account_at(now, move |cx| {
            let credentials = Credentials::read(None, &params).expect("readable");
            inspect::introspect(cx, &credentials, &params)
        })
        .expect("answered")
    };
    let issued = own.pair(&f);
    let told = ask(&own, NOW, &issued.access_token).expect("told");
    assert!(told.active);
    assert_eq!(told.username.as_deref(), Some("ann"));
    assert_eq!(told.aud.as_deref(), Some(ISSUER));
    assert_eq!(told.exp, Some(NOW / 1000 + 3600));
    assert!(ask(&own, NOW, issued.refresh_token.as_deref().expect("one")).expect("told").active);
    for (app, now, token) in [
        (&other, NOW, issued.access_token.as_str()),
        (&own, NOW + 3_600_000, issued.access_token.as_str()),
        (&own, NOW, "y0_unknown"),
    ] {
        let told = ask(app, now, token).expect("told");
        let json = serde_json::to_string(&told).expect("JSON");
        assert_eq!(json, r#"{"active":false}"#);
    }
    let public = public(&f, Profile::Strict);
    assert_eq!(fault(ask(&public, NOW, "x")), Fault::InvalidClient);
}

/// IM-01 to IM-04; T-14.
#[test]
fn iam_tokens_are_no_more_than_their_parents() {
    let f = Fixture::new();
    let own = app(&f, details(Profile::Strict));
    let code = own.code(&f, &[PKCE[0], PKCE[1], ("scope", "tracker:read")]);
    let parent = own.exchange(&f, &code, &[("code_verifier", VERIFIER)]).expect("tokens");
    let text = parent.access_token.clone();
    let iam = f.account(move |cx| iam::exchange(cx, &text)).expect("asked").expect("made");
    assert_eq!(iam.expires, NOW + 3_600_000, "never later than the parent");
    let hash = TokenHash::of(&iam.token).expect("well formed");
    let found = f.tracker.db().read(|tx| token::find(tx, &hash)).expect("read").expect("there");
    assert_eq!((found.scopes.read, found.scopes.write), (true, false));
    let child = iam.token.clone();
    let again = f.account(move |cx| iam::exchange(cx, &child)).expect("asked");
    assert_eq!(again.map(|_| ()), Err(iam::IamFault::Unauthenticated), "no grandchildren");
    let (bearer, wrong) = (iam.token.clone(), token::generate(token::Kind::Iam).expect("random"));
    let unknown = f.account({
        let bearer = bearer.clone();
        move |cx| iam::revoke(cx, &bearer, &wrong)
    });
    assert_eq!(unknown.expect("asked"), Err(iam::IamFault::NotFound));
    let own_one = f.account({
        let bearer = bearer.clone();
        move |cx| iam::revoke(cx, &bearer, &bearer)
    });
    assert_eq!(own_one.expect("asked"), Ok(f.ann));
    assert!(!is_good(&f, &bearer));
}

/// 1.5: 31st grant; T-46: what is over goes.
#[test]
fn grants_are_bounded_and_what_is_over_goes() {
    let f = Fixture::new();
    let own = app(&f, details(Profile::Strict));
    let code = own.code(&f, &PKCE);
    let sent = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let first = own.token_at(&f, -1000, &sent).expect("tokens");
    for _ in 0..29 {
        own.pair(&f);
    }
    assert!(is_good(&f, &first.access_token));
    own.pair(&f);
    assert!(!is_good(&f, &first.access_token), "the oldest went");
    let year = 366 * 86_400_000;
    f.account_at(NOW + year, |cx| purge(cx.tx, cx.visit.now)).expect("purged");
    for table in ["token", "refresh_token", "oauth_grant", "auth_code"] {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let (count,): (i64,) = f.tracker.db().read(|tx| tx.one(&sql, &[])).expect("counted");
        assert_eq!(count, 0, "{table}");
    }
}

/// S-9068-01 and RFC 8707: a token for another resource.
#[test]
fn tokens_are_bound_to_the_resource_they_were_asked_for() {
    let f = Fixture::new();
    let own = app(&f, details(Profile::Strict));
    let mcp = ("resource", "https://tracker.example.org/mcp");
    let code = own.code(&f, &[PKCE[0], PKCE[1], mcp]);
    let wrong = own.exchange(&f, &code, &[("code_verifier", VERIFIER), ("resource", ISSUER)]);
    assert_eq!(fault(wrong), Fault::InvalidTarget);
    let code = own.code(&f, &[PKCE[0], PKCE[1], mcp]);
    let issued = own.exchange(&f, &code, &[("code_verifier", VERIFIER), mcp]).expect("tokens");
    let hash = TokenHash::of(&issued.access_token).expect("well formed");
    let found = f.tracker.db().read(|tx| token::find(tx, &hash)).expect("read").expect("there");
    assert_eq!(found.resource, "/mcp");
    let text = issued.access_token;
    let iam = f.account(move |cx| iam::exchange(cx, &text)).expect("asked");
    assert!(iam.is_err(), "no way round the audience");
}

/// T-05, T-12: many at once, one wins. On SQLite writes come one after the other anyway; on
/// PostgreSQL they race.
#[test]
fn of_many_at_once_one_wins() {
    let f = Fixture::new();
    let own = app(&f, details(Profile::Compatible));
    let code = own.code(&f, &[]);
    let race = |run: &(dyn Fn() -> Decision<Issued> + Sync)| {
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..16).map(|_| scope.spawn(run)).collect();
            all.into_iter().filter_map(|t| t.join().expect("no panic").ok()).collect::<Vec<_>>()
        })
    };
    let won = race(&|| own.exchange(&f, &code, &[]));
    assert_eq!(won.len(), 1);
    assert!(!is_good(&f, &won[0].access_token), "the others were replays");
    let issued = own.pair(&f);
    let refresh = issued.refresh_token.expect("one");
    let won = race(&|| own.refresh_at(&f, 0, &refresh));
    assert_eq!(won.len(), 1);
    assert!(!is_good(&f, &won[0].access_token));
}
