use super::*;
use crate::oauth::application::Platform;
use crate::oauth::client::Credentials;
use crate::oauth::device::{self, Pending, Started};
use crate::oauth::{Decision, Fault, Issued, exchange};
use crate::testing::NOW;

struct Tv<'f> {
    f: &'f Fixture,
    id: String,
}

impl<'f> Tv<'f> {
    fn new(f: &'f Fixture) -> Self {
        let tv = Details {
            platform: Platform::Device,
            redirect_uris: Vec::new(),
            ..details(Profile::Compatible)
        };
        Self { f, id: register(f, tv).0.id }
    }

    fn start(&self, more: &[(&str, &str)]) -> Decision<Started> {
        let base = [("client_id", self.id.as_str())];
        let params = params(&[&base[..], more].concat());
        self.f
            .account(move |cx| {
                let credentials = Credentials::read(None, &params).expect("readable");
                device::start(cx, &credentials, &params)
            })
            .expect("answered")
    }

    fn poll(
        &self,
        seconds: i64,
        name: &str,
        code: &str,
        more: &[(&str, &str)],
    ) -> Decision<Issued> {
        let grant = if name == "code" {
            "device_code"
        } else {
            "urn:ietf:params:oauth:grant-type:device_code"
        };
        let base = [("client_id", self.id.as_str()), ("grant_type", grant), (name, code)];
        let params = params(&[&base[..], more].concat());
        self.f
            .account_at(NOW + seconds * 1000, move |cx| {
                let credentials = Credentials::read(None, &params).expect("readable");
                exchange::token(cx, &credentials, &params)
            })
            .expect("answered")
    }

    fn claim(&self, account: i64, typed: &str) -> Option<Pending> {
        let typed = typed.to_owned();
        self.f.account(move |cx| device::claim(cx, account, &typed)).expect("asked")
    }
}

fn fault<T: std::fmt::Debug>(result: Decision<T>) -> Fault {
    result.expect_err("refused").fault
}

/// S-8628-01, S-8628-02; DF-04.
#[test]
fn a_device_waits_for_the_user_and_gets_its_tokens_once() {
    let f = Fixture::new();
    let tv = Tv::new(&f);
    let more = [("scope", "tracker:read"), ("optional_scope", "login:info tracker:write")];
    let started = tv.start(&more).expect("started");
    assert_eq!(started.expires_in, 600);
    assert_eq!(started.user_code.len(), 9);
    let code = started.device_code.as_str();
    assert_eq!(fault(tv.poll(0, "device_code", code, &[])), Fault::AuthorizationPending);
    assert_eq!(fault(tv.poll(4, "code", code, &[])), Fault::SlowDown);
    assert_eq!(fault(tv.poll(13, "code", code, &[])), Fault::SlowDown, "now every ten seconds");
    assert_eq!(fault(tv.poll(29, "code", code, &[])), Fault::AuthorizationPending);
    let typed = started.user_code.to_lowercase().replace('-', " ");
    let pending = tv.claim(f.ann, &typed).expect("found");
    assert_eq!(pending.address, "192.0.2.7");
    assert_eq!(pending.optional.text(), "login:info tracker:write");
    let (ann, id) = (f.ann, pending.id);
    let only = scopes("login:info");
    f.account(move |cx| device::approve(cx, ann, &id, only, None)).expect("approved");
    let wide = tv.poll(50, "device_code", code, &[("scope", "tracker:write")]).expect("tokens");
    assert_eq!(wide.scopes.text(), "login:info tracker:read", "what the user approved");
    assert!(wide.refresh_token.is_some());
    assert_eq!(fault(tv.poll(60, "device_code", code, &[])), Fault::InvalidGrant, "once");
}

/// DF-07: the first user who opens it claims it.
#[test]
fn a_request_belongs_to_the_first_who_opens_it() {
    let f = Fixture::new();
    let tv = Tv::new(&f);
    let started = tv.start(&[]).expect("started");
    assert!(tv.claim(f.ann, "BBBB-BBBB").is_none());
    assert!(tv.claim(f.ann, "").is_none());
    let pending = tv.claim(f.ann, &started.user_code).expect("found");
    assert!(tv.claim(f.bob, &started.user_code).is_none(), "claimed");
    assert!(tv.claim(f.ann, &started.user_code).is_some(), "again by the same");
    let (ann, bob) = (f.ann, f.bob);
    let id = pending.id.clone();
    let foreign = f.account(move |cx| device::approve(cx, bob, &id, ScopeSet::NONE, None));
    assert_eq!(foreign.expect_err("not his").status(), 404);
    f.account(move |cx| device::deny(cx, ann, &pending.id)).expect("denied");
    let denied = tv.poll(0, "device_code", &started.device_code, &[]);
    assert_eq!(fault(denied), Fault::AccessDenied);
    assert!(tv.claim(f.ann, &started.user_code).is_none(), "decided");
}

/// S-8628-05, DF-02, expiry; T-08.
#[test]
fn device_codes_are_bound_to_application_and_time() {
    let f = Fixture::new();
    let (tv, other) = (Tv::new(&f), Tv::new(&f));
    let started = tv.start(&[]).expect("started");
    let code = started.device_code.as_str();
    assert_eq!(fault(other.poll(0, "device_code", code, &[])), Fault::InvalidGrant);
    assert_eq!(fault(tv.poll(600, "device_code", code, &[])), Fault::ExpiredToken);
    assert_eq!(fault(tv.poll(0, "device_code", "x", &[])), Fault::InvalidGrant);
    assert_eq!(fault(tv.poll(0, "code", code, &[("device_code", code)])), Fault::InvalidRequest);
    let on_device = [("device_id", "tv-living-room")];
    let first = tv.start(&on_device).expect("started");
    tv.start(&on_device).expect("started");
    assert_eq!(fault(tv.poll(0, "device_code", &first.device_code, &[])), Fault::InvalidGrant);
}

/// DF-03; T-46.
#[test]
fn what_cannot_start() {
    let f = Fixture::new();
    let tv = Tv::new(&f);
    let fault = |more: &[(&str, &str)]| tv.start(more).expect_err("refused").fault;
    assert_eq!(fault(&[("scope", "openid")]), Fault::InvalidScope);
    assert_eq!(fault(&[("device_id", "x")]), Fault::InvalidRequest);
    assert_eq!(fault(&[("scope", "tracker:read"), ("scope", "x")]), Fault::InvalidRequest);
    for _ in 0..50 {
        assert!(tv.start(&[]).is_ok());
    }
    assert_eq!(fault(&[]), Fault::TemporarilyUnavailable);
    let off = Details { device_flow: false, ..details(Profile::Compatible) };
    let off = Tv { f: &f, id: register(&f, off).0.id };
    let refused = off.start(&[]).expect_err("refused");
    assert_eq!(refused.fault, Fault::UnauthorizedClient);
}
