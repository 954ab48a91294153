//! Service accounts and their assertions (oauth.md, IM-08).

use data_encoding::BASE64URL_NOPAD;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding};
use serde_json::{Value, json};

use super::*;
use crate::account::member::{self, Level, Seat};
use crate::error::Code;
use crate::oauth::iam::{self, IamFault};
use crate::oauth::purge;
use crate::oauth::service::{self, NewService, PublicKey};
use crate::testing::NOW;
use crate::token::{self, TokenHash};

const PRIVATE: &[u8] = include_bytes!("../../../../../tests/fixtures/test-rsa.der");
const PUBLIC: &str = include_str!("../../../../../tests/fixtures/test-rsa.pem");

struct Robot<'f> {
    f: &'f Fixture,
    seat: Seat,
    id: i64,
    kid: String,
}

impl<'f> Robot<'f> {
    fn new(f: &'f Fixture) -> Self {
        let seat = Seat { org: f.org, uid: f.boss };
        let new = NewService {
            login: "robot-build".to_owned(),
            name: "Build robot".to_owned(),
            level: Level::Full,
        };
        let id = f.account(move |cx| service::create(cx, seat, &new)).expect("made");
        let key = f.account(move |cx| service::add_key(cx, seat, id, PUBLIC, "laptop"));
        Self { f, seat, id, kid: key.expect("a good key").id }
    }

    fn claims(&self) -> Value {
        let now = NOW / 1000;
        json!({"iss": self.id.to_string(), "aud": format!("{ISSUER}/iam/v1/tokens"),
            "iat": now, "exp": now + 3600})
    }

    fn header(&self) -> Value {
        json!({"alg": "PS256", "kid": self.kid, "typ": "JWT"})
    }

    fn ask_at(&self, later: i64, text: &str) -> Result<String, IamFault> {
        let text = text.to_owned();
        let made = self.f.account_at(NOW + later, move |cx| iam::exchange_assertion(cx, &text));
        made.expect("answered").map(|made| made.token)
    }

    fn ask(&self, text: &str) -> Result<String, IamFault> {
        self.ask_at(0, text)
    }

    fn token(&self) -> String {
        self.ask(&signed(&self.header(), &self.claims())).expect("a token")
    }

    fn is_good(&self, text: &str) -> bool {
        let hash = TokenHash::of(text).expect("well formed");
        let found = self.f.tracker.db().read(|tx| token::find(tx, &hash)).expect("read");
        found.is_some_and(|token| token.is_alive(NOW, 0) && token.account == self.id)
    }
}

fn signed(header: &Value, claims: &Value) -> String {
    sign(header, claims, &RSA_PSS_SHA256)
}

fn sign(header: &Value, claims: &Value, encoding: &'static dyn RsaEncoding) -> String {
    let part = |json: &Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
    let text = format!("{}.{}", part(header), part(claims));
    let pair = KeyPair::from_der(PRIVATE).expect("a key");
    let mut signature = vec![0; pair.public().modulus_len()];
    let done = pair.sign(encoding, &SystemRandom::new(), text.as_bytes(), &mut signature);
    done.expect("a signature");
    format!("{text}.{}", BASE64URL_NOPAD.encode(&signature))
}

#[test]
fn a_signature_opens_the_api_once() {
    let f = Fixture::new();
    let robot = Robot::new(&f);
    let assertion = signed(&robot.header(), &robot.claims());
    let token = robot.ask(&assertion).expect("a token");
    assert!(robot.is_good(&token));
    assert_eq!(robot.ask(&assertion), Err(IamFault::Unauthenticated), "replayed");
    // Another one at the same instant differs in its signature, or names itself.
    assert!(robot.ask(&signed(&robot.header(), &robot.claims())).is_ok());
    let mut named = robot.claims();
    named["jti"] = json!("a");
    assert!(robot.ask(&signed(&robot.header(), &named)).is_ok());
    assert_eq!(robot.ask(&signed(&robot.header(), &named)), Err(IamFault::Unauthenticated));
    // Programs have the original's address built in.
    let mut original = robot.claims();
    original["aud"] = json!(["https://iam.api.cloud.yandex.net/iam/v1/tokens"]);
    assert!(robot.ask(&signed(&robot.header(), &original)).is_ok());
    // What is over is forgotten, and refused because it is over.
    f.account_at(NOW + 4_000_000, |cx| purge(cx.tx, NOW + 4_000_000)).expect("purged");
    assert_eq!(robot.ask_at(4_000_000, &assertion), Err(IamFault::Unauthenticated));
}

#[test]
fn forged_assertions_open_nothing() {
    let f = Fixture::new();
    let robot = Robot::new(&f);
    let now = NOW / 1000;
    let good = signed(&robot.header(), &robot.claims());
    let (unsealed, _) = good.rsplit_once('.').expect("three parts");
    let part = |json: &Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
    let unsigned = |alg: &str| {
        format!("{}.{}.", part(&json!({"alg": alg, "kid": robot.kid})), part(&robot.claims()))
    };
    let mut bad = vec![
        unsigned("none"),
        unsigned("PS256"),
        format!("{unsealed}."),
        format!("{unsealed}.AAAA"),
        // The right key by another algorithm, which the header names or hides.
        sign(&json!({"alg": "RS256", "kid": robot.kid}), &robot.claims(), &RSA_PKCS1_SHA256),
        sign(&robot.header(), &robot.claims(), &RSA_PKCS1_SHA256),
        signed(&json!({"alg": "HS256", "kid": robot.kid}), &robot.claims()),
        signed(&json!({"alg": "PS256", "kid": "another"}), &robot.claims()),
        signed(&json!({"alg": "PS256"}), &robot.claims()),
        signed(&json!({"alg": "PS256", "kid": robot.kid, "crit": ["x"]}), &robot.claims()),
        String::new(),
        "..".to_owned(),
        "x".repeat(10_000),
    ];
    let changes = [
        ("iss", json!(f.boss.to_string())),
        ("iss", json!("")),
        ("aud", json!("https://evil.example/iam/v1/tokens")),
        ("aud", json!(ISSUER)),
        ("exp", json!(now + 3601)),
        ("exp", json!(now - 1)),
        ("exp", json!(i64::MAX)),
        ("iat", json!(now + 61)),
        ("iat", json!(i64::MIN)),
        ("nbf", json!(now + 61)),
    ];
    for (name, value) in changes {
        let mut claims = robot.claims();
        claims[name] = value;
        bad.push(signed(&robot.header(), &claims));
    }
    let mut expired = robot.claims();
    (expired["iat"], expired["exp"]) = (json!(now - 120), json!(now - 60));
    bad.push(signed(&robot.header(), &expired));
    for text in bad {
        assert_eq!(robot.ask(&text), Err(IamFault::Unauthenticated), "{text}");
    }
    assert!(robot.ask(&good).is_ok());
}

#[test]
fn keys_and_accounts_end_with_their_tokens() {
    let f = Fixture::new();
    let robot = Robot::new(&f);
    let (seat, id, kid) = (robot.seat, robot.id, robot.kid.clone());
    let token = robot.token();
    f.account(move |cx| service::remove_key(cx, seat, id, &kid)).expect("removed");
    assert!(!robot.is_good(&token));
    let again = signed(&robot.header(), &robot.claims());
    assert_eq!(robot.ask(&again), Err(IamFault::Unauthenticated));
    let key = f.account(move |cx| service::add_key(cx, seat, id, PUBLIC, "")).expect("added");
    let robot = Robot { kid: key.id, ..robot };
    let token = robot.token();
    f.account(move |cx| service::delete(cx, seat, id)).expect("deleted");
    assert!(!robot.is_good(&token));
    let again = signed(&robot.header(), &robot.claims());
    assert_eq!(robot.ask(&again), Err(IamFault::Unauthenticated));
    assert!(f.account(move |cx| service::list(cx, seat)).expect("listed").is_empty());
}

#[test]
fn only_administrators_manage_them_and_nobody_gets_a_key_to_a_person() {
    let f = Fixture::new();
    let robot = Robot::new(&f);
    let (id, boss, ann) = (robot.id, robot.seat, Seat { org: f.org, uid: f.ann });
    let new = |login: &str| NewService {
        login: login.to_owned(),
        name: "Robot".to_owned(),
        level: Level::Read,
    };
    let code = |result: crate::Result<i64>| result.expect_err("refused").code;
    let other = new("robot-two");
    assert_eq!(code(f.account(move |cx| service::create(cx, ann, &other))), Code::AdminRequired);
    let listed = f.account(move |cx| service::list(cx, ann).map(|_| 0));
    assert_eq!(code(listed), Code::AdminRequired);
    let taken = new("ROBOT-build");
    assert_eq!(code(f.account(move |cx| service::create(cx, boss, &taken))), Code::NameTaken);
    let person = f.ann;
    let key = f.account(move |cx| service::add_key(cx, boss, person, PUBLIC, "").map(|_| 0));
    assert_eq!(code(key), Code::UserNotFound);
    for pem in ["", "x", SMALL, CURVE, &PUBLIC.replace('M', "N"), &PUBLIC[..200]] {
        let pem = pem.to_owned();
        let key = f.account(move |cx| service::add_key(cx, boss, id, &pem, "").map(|_| 0));
        assert_eq!(key.expect_err("refused").status(), 422);
    }
    assert!(PublicKey::from_pem(PUBLIC).is_some());
    let shown = f.account(move |cx| service::get(cx, boss, id)).expect("shown");
    assert_eq!((shown.login.as_str(), shown.keys.len()), ("robot-build", 1));
}

/// IM-08: with a password the account would be somebody's.
#[test]
fn nobody_gets_a_password_for_one() {
    let f = Fixture::new();
    let robot = Robot::new(&f);
    let (id, boss) = (robot.id, robot.seat);
    let link = f.account(move |cx| member::reset_link(cx, boss, id, "a secret"));
    assert_eq!(link.map_err(|error| error.code), Err(Code::ServicePassword));
    let person = f.ann;
    f.account(move |cx| member::reset_link(cx, boss, person, "a secret")).expect("a link");
}

/// IM-08: what was a service account never becomes somebody who signs in, also not by a way around.
#[test]
fn one_that_was_deleted_comes_back_as_what_it_was() {
    let f = Fixture::new();
    let robot = Robot::new(&f);
    let (id, boss) = (robot.id, robot.seat);
    f.account(move |cx| service::delete(cx, boss, id)).expect("deleted");
    let gone = f.account(move |cx| service::get(cx, boss, id).map(drop));
    assert_eq!(gone.map_err(|error| error.code), Err(Code::UserNotFound));
    let key = f.account(move |cx| service::add_key(cx, boss, id, PUBLIC, "").map(drop));
    assert_eq!(key.map_err(|error| error.code), Err(Code::UserNotFound));
    f.account(move |cx| member::restore(cx, boss, id)).expect("taken back");
    let link = f.account(move |cx| member::reset_link(cx, boss, id, "a secret"));
    assert_eq!(link.map_err(|error| error.code), Err(Code::ServicePassword));
    let back = f.account(move |cx| service::get(cx, boss, id)).expect("a service account");
    assert!(back.keys.is_empty());
    let again = signed(&robot.header(), &robot.claims());
    assert_eq!(robot.ask(&again), Err(IamFault::Unauthenticated), "its keys are gone");
}

/// 1,024 bits are too few.
const SMALL: &str = "-----BEGIN PUBLIC KEY-----\n\
    MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDRyhbKIz6ojNUo5dMmvl9srnxv\n\
    AWsM5unLcGl00162amoyhSg/cQNZG2810TcX/fS7oNjgi0MKNqMCGB7JXtw1+7M0\n\
    Z00P/vl2k04gP+Rythn4DovpOK2zspxDosDDWnPnCs+a+VwzJwoKTGJ1eBjVF2Cb\n\
    UvCF48zeQCXfo8hDaQIDAQAB\n\
    -----END PUBLIC KEY-----";
/// No RSA.
const CURVE: &str = "-----BEGIN PUBLIC KEY-----\n\
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEvLWIuclPgzWMcM4mQpN1dj55XnPv\n\
    HitAEURpFJeGpcK47KbnNOdaZGAxZ1CTwdkyk/RSQwT7x/pNvLju0WFIJQ==\n\
    -----END PUBLIC KEY-----";
