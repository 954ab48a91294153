//! What the audit log hears (oauth.md, 7.7).

use std::collections::BTreeSet;

use super::*;
use crate::account::member::{Level, Seat};
use crate::audit::store::{AuditRow, Filter};
use crate::audit::{self, INSTALLATION};
use crate::oauth::client::{self, Credentials};
use crate::oauth::given::{self, NewPersonal};
use crate::oauth::service::{self, NewService};
use crate::oauth::{Decision, Issued, consent, device, exchange, iam, inspect, revoke};

/// The rows about applications and tokens, wherever they are kept.
fn rows(f: &Fixture) -> Vec<AuditRow> {
    let read = |org: i64, kind: &str| {
        let filter = Filter { kind: Some(kind.to_owned()), ..Filter::default() };
        f.tracker.db().read(|tx| audit::newest(tx, org, &filter, 1000)).expect("read")
    };
    let kinds = ["application", "token", "account"];
    [f.org, INSTALLATION]
        .into_iter()
        .flat_map(|org| kinds.map(|kind| read(org, kind)))
        .flatten()
        .collect()
}

fn event(row: &AuditRow) -> String {
    let after = row.after.as_deref().unwrap_or("{}");
    let json: serde_json::Value = serde_json::from_str(after).expect("JSON");
    json["event"].as_str().unwrap_or_default().to_owned()
}

struct Story<'f> {
    f: &'f Fixture,
    id: String,
    secret: String,
}

impl Story<'_> {
    fn with(&self, pairs: &[(&str, &str)]) -> Params {
        let own = [("client_id", self.id.as_str()), ("client_secret", self.secret.as_str())];
        params(&[&own[..], pairs].concat())
    }

    fn code(&self) -> String {
        let asked = [
            ("client_id", self.id.as_str()),
            ("response_type", "code"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let url = approve(self.f, &request(self.f, &asked), self.f.ann);
        answer(&url, "code").expect("a code")
    }

    fn token(&self, pairs: &[(&str, &str)]) -> Decision<Issued> {
        let params = self.with(pairs);
        let run = move |cx: &mut crate::account_cx::AccountCx<'_, '_>| {
            let credentials = Credentials::read(None, &params).expect("readable");
            exchange::token(cx, &credentials, &params)
        };
        self.f.account(run).expect("answered")
    }

    fn exchange(&self, code: &str, verifier: &str) -> Decision<Issued> {
        let grant = ("grant_type", "authorization_code");
        self.token(&[grant, ("code", code), ("code_verifier", verifier)])
    }

    fn device(&self, allow: bool) {
        let (ann, params) = (self.f.ann, self.with(&[]));
        let started = self.f.account(move |cx| {
            let credentials = Credentials::read(None, &params).expect("readable");
            device::start(cx, &credentials, &params)
        });
        let code = started.expect("answered").expect("started").user_code;
        let run = move |cx: &mut crate::account_cx::AccountCx<'_, '_>| {
            let found = device::claim(cx, ann, &code)?.expect("a request");
            if allow {
                device::approve(cx, ann, &found.id, found.scopes, None).map(drop)
            } else {
                device::deny(cx, ann, &found.id)
            }
        };
        self.f.account(run).expect("decided");
    }
}

/// Every event of the groups applications, grants and attacks that has its cause here.
#[test]
fn every_event_is_recorded_and_none_tells_a_secret() {
    let f = Fixture::new();
    let (boss, ann) = (f.boss, f.ann);
    let (app, secret) = register(&f, details(Profile::Compatible));
    let story = Story { f: &f, id: app.id.clone(), secret: secret.expect("a secret").0 };
    let mut secrets = vec![story.secret.clone()];

    let code = story.code();
    let first = story.exchange(&code, VERIFIER).expect("tokens");
    let refresh = first.refresh_token.clone().expect("one");
    let again = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    let second = story.token(&again).expect("tokens");
    let parent = second.access_token.clone();
    let iam = f.account(move |cx| iam::exchange(cx, &parent)).expect("asked").expect("one").token;
    secrets.extend([
        code.clone(),
        first.access_token,
        refresh.clone(),
        second.access_token,
        iam.clone(),
    ]);
    f.account(move |cx| iam::revoke(cx, &iam, &iam)).expect("asked").expect("revoked");
    story.token(&again).expect_err("replayed");
    story.exchange(&code, VERIFIER).expect_err("replayed");
    story.exchange(&story.code(), &"x".repeat(43)).expect_err("another verifier");
    let third = story.exchange(&story.code(), VERIFIER).expect("tokens").access_token;
    let params = story.with(&[("token", &third)]);
    let run = move |cx: &mut crate::account_cx::AccountCx<'_, '_>| {
        let credentials = Credentials::read(None, &params).expect("readable");
        inspect::revoke(cx, &credentials, &params)
    };
    f.account(run).expect("answered").expect("revoked");

    let asked = request(&f, &[("client_id", &app.id), ("response_type", "code")]);
    f.account(move |cx| decide::deny(cx, &asked, ann)).expect("denied");
    story.device(true);
    story.device(false);
    let id = app.id.clone();
    f.account(move |cx| revoke::given(cx, ann, &id)).expect("revoked");
    let id = app.id.clone();
    f.account(move |cx| client::failed(cx, &id)).expect("noted");
    let id = app.id.clone();
    f.account(move |cx| decide::mismatched(cx, ann, &id)).expect("noted");
    f.account(move |cx| device::throttled(cx, ann)).expect("noted");

    let new = NewPersonal {
        label: "Script".to_owned(),
        scopes: scopes("tracker:read"),
        expires_at: None,
        queues: Vec::new(),
    };
    let text = f.account(move |cx| given::create_personal(cx, ann, &new)).expect("a token");
    secrets.push(text);
    f.account(move |cx| {
        let own = given::personal(cx, ann)?;
        let made = own.iter().find(|token| token.label == "Script").expect("it is there");
        given::revoke_personal(cx, ann, &made.id)
    })
    .expect("revoked");

    let id = app.id.clone();
    let renamed = Details { name: "Renamed".to_owned(), ..details(Profile::Compatible) };
    f.account(move |cx| application::edit(cx, boss, &id, renamed.clone())).expect("changed");
    let id = app.id.clone();
    let next = f.account(move |cx| application::rotate_secret(cx, boss, &id, 0, false));
    secrets.push(next.expect("a secret").0);
    for (unapproved, blocked) in [(true, false), (false, false), (false, true)] {
        let id = app.id.clone();
        let standing = application::Standing { unapproved, ..application::Standing::default() };
        f.account(move |cx| application::decide(cx, boss, &id, standing.clone(), blocked))
            .expect("decided");
    }
    let id = app.id.clone();
    f.account(move |cx| application::delete(cx, boss, &id)).expect("deleted");

    let rows = rows(&f);
    let found: BTreeSet<String> = rows.iter().map(event).collect();
    for name in [
        "app_created",
        "app_changed",
        "app_secret_regenerated",
        "app_deleted",
        "app_approved",
        "app_blocked",
        "consent_given",
        "consent_denied",
        "consent_revoked",
        "code_issued",
        "token_issued",
        "token_refreshed",
        "token_revoked",
        "iam_token_issued",
        "iam_token_revoked",
        "device_requested",
        "device_approved",
        "device_denied",
        "code_replay",
        "refresh_replay",
        "redirect_mismatch",
        "pkce_failed",
        "client_auth_failed",
        "user_code_throttled",
    ] {
        assert!(found.contains(name), "{name} is not in {found:?}");
    }
    let text = format!("{rows:?}");
    for secret in secrets {
        assert!(!text.contains(&secret) && !text.contains(&crate::secret::hash(&secret)));
    }
    let changed = rows.iter().find(|row| event(row) == "app_changed" && row.before.is_some());
    let before = changed.and_then(|row| row.before.clone()).expect("what there was before");
    assert!(before.contains("Example") || before.contains("unapproved"), "{before}");
}

/// A question that is answered is gone, and so is its place in the log of questions.
#[test]
fn a_decision_is_recorded_once() {
    let f = Fixture::new();
    let (app, _) = register(&f, details(Profile::Compatible));
    let (ann, asked) = (f.ann, request(&f, &[("client_id", &app.id), ("response_type", "code")]));
    let id = f.account(move |cx| consent::open(cx, &asked, ann, "session")).expect("open");
    for _ in 0..2 {
        let id = id.clone();
        let run = move |cx: &mut crate::account_cx::AccountCx<'_, '_>| {
            let Some(asked) = consent::take(cx, &id, ann, "session")? else { return Ok(None) };
            let all = asked.all_scopes();
            decide::approve(cx, &asked, ann, all, Assurance::Session).map(Some)
        };
        f.account(run).expect("answered");
    }
    let given = rows(&f).iter().filter(|row| event(row) == "consent_given").count();
    assert_eq!(given, 1);
}

/// oauth.md, 7.7: what an administrator does to the tokens of a service account is the administrator's act.
#[test]
fn tokens_of_service_accounts_are_acts_of_administrators() {
    let f = Fixture::new();
    let seat = Seat { org: f.org, uid: f.boss };
    let account = NewService { login: "ci".to_owned(), name: "CI".to_owned(), level: Level::Full };
    let id = f.account(move |cx| service::create(cx, seat, &account)).expect("made");
    let new = NewPersonal {
        label: "Runner".to_owned(),
        scopes: scopes("tracker:read"),
        expires_at: None,
        queues: Vec::new(),
    };
    f.account(move |cx| service::create_token(cx, seat, id, &[], &new)).expect("a token");
    f.account(move |cx| {
        let made = service::tokens(cx, seat, id)?.pop().expect("it is there");
        service::remove_token(cx, seat, id, &made.id)
    })
    .expect("removed");
    let of_token: Vec<AuditRow> = rows(&f).into_iter().filter(|row| row.kind == "token").collect();
    assert_eq!(of_token.len(), 2);
    assert!(of_token.iter().all(|row| row.actor == f.boss), "{of_token:?}");
}
