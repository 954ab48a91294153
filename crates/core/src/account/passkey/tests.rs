use data_encoding::BASE64URL_NOPAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use sha2::{Digest as _, Sha256};

use super::ceremony::{Site, challenge};
use super::{Answer, New, Place, Proof, add, check, of_account, remove};
use crate::account::session::{self, Browser, Stage, Start};
use crate::account::{factor, recovery};
use crate::error::Code;
use crate::testing::{Fixture, NOW};

const ORIGIN: &str = "https://tracker.example.org";
const UV: u8 = 0x05;
const UP: u8 = 0x01;

/// An authenticator with one key.
struct Token {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
}

/// What an attacker, or a broken browser, may do differently.
#[derive(Clone)]
struct Story {
    origin: &'static str,
    host: &'static str,
    bound: &'static str,
    deed: &'static str,
    flags: u8,
    counter: u32,
    at: i64,
}

const STORY: Story = Story {
    origin: ORIGIN,
    host: "tracker.example.org",
    bound: "browser",
    deed: "webauthn.get",
    flags: UV,
    counter: 0,
    at: NOW,
};

fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

fn place() -> Place {
    Place { site: Site::of(ORIGIN).expect("a site"), bound: "browser".to_owned() }
}

impl Token {
    fn new(id: u8) -> Self {
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(kind, pkcs8.as_ref(), &random).expect("a key");
        Self { pair, id: vec![id; 16] }
    }

    fn says(f: &Fixture, story: &Story) -> (Vec<u8>, Vec<u8>) {
        let key = &f.tracker.settings().key;
        let asked = challenge(key, story.bound, story.at).expect("random");
        let client = format!(
            r#"{{"type":"{}","challenge":"{asked}","origin":"{}","crossOrigin":false}}"#,
            story.deed, story.origin
        );
        let mut said = Sha256::digest(story.host.as_bytes()).to_vec();
        said.push(story.flags);
        said.extend(story.counter.to_be_bytes());
        (client.into_bytes(), said)
    }

    fn new_key(&self, f: &Fixture) -> New {
        let story = Story { deed: "webauthn.create", flags: UV | 0x40, ..STORY };
        let (client, mut said) = Self::says(f, &story);
        said.extend([0; 16]);
        said.extend(16_u16.to_be_bytes());
        said.extend(&self.id);
        let frame = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
        let mut der = data_encoding::HEXLOWER.decode(frame.as_bytes()).expect("hex");
        der.extend(self.pair.public_key().as_ref());
        New {
            name: "Laptop".to_owned(),
            id: text(&self.id),
            algorithm: -7,
            public_key: text(&der),
            client_data: text(&client),
            authenticator: text(&said),
        }
    }

    fn answer(&self, f: &Fixture, story: &Story) -> Answer {
        let (client, said) = Self::says(f, story);
        let signed = [said.as_slice(), Sha256::digest(&client).as_slice()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).expect("signed");
        Answer {
            id: text(&self.id),
            client_data: text(&client),
            authenticator: text(&said),
            signature: text(signature.as_ref()),
        }
    }
}

fn added(f: &Fixture, uid: i64, token: &Token) -> bool {
    let new = token.new_key(f);
    let codes = recovery::generate().expect("random");
    f.account(move |cx| add(cx, uid, &place(), &new, &codes)).expect("added")
}

fn proves(f: &Fixture, answer: &Answer, proof: Proof) -> Option<i64> {
    let answer = answer.clone();
    f.account(move |cx| check(cx, &place(), &answer, proof)).expect("checked")
}

/// MF-02, MF-03, MF-04.
#[test]
fn the_first_passkey_switches_the_second_step_on_and_the_last_one_off() {
    let f = Fixture::new();
    let bob = f.bob;
    let start = Start::new(bob, Stage::Full, Browser::default()).expect("random");
    let id = start.id.clone();
    f.account(move |cx| session::start(cx.tx, &start, NOW)).expect("a session");
    let (first, second) = (Token::new(1), Token::new(2));
    assert!(added(&f, bob, &first), "the first");
    let state = f
        .account(move |cx| {
            let gone = session::find(cx.tx, &id, NOW)?.is_none();
            Ok((factor::is_on(cx.tx, bob)?, recovery::left(cx.tx, bob)?, gone))
        })
        .expect("read");
    assert_eq!(state, (true, 10, true));
    assert!(!added(&f, bob, &second));
    let again = first.new_key(&f);
    let refused = f.account(move |cx| add(cx, bob, &place(), &again, &[])).expect_err("known");
    assert_eq!(refused.code, Code::PasskeyRefused);
    let (id, other) = (text(&first.id), text(&second.id));
    let of_another = f.ann;
    let foreign = id.clone();
    assert!(f.account(move |cx| remove(cx, of_another, &foreign)).is_err());
    assert!(!f.account(move |cx| remove(cx, bob, &id)).expect("removed"));
    assert!(f.account(move |cx| remove(cx, bob, &other)).expect("removed"), "the last");
    let left =
        f.account(move |cx| Ok((of_account(cx.tx, bob)?.len(), recovery::left(cx.tx, bob)?)));
    assert_eq!(left.expect("read"), (0, 0));
}

#[test]
fn a_passkey_proves_its_owner_once_for_each_challenge() {
    let f = Fixture::new();
    let token = Token::new(1);
    added(&f, f.bob, &token);
    // The challenge of the registration was made at NOW; only later ones count.
    for at in [NOW - 1000, NOW] {
        assert_eq!(proves(&f, &token.answer(&f, &Story { at, ..STORY }), Proof::Alone), None);
    }
    for at in [NOW + 1000, NOW + 2000] {
        let answer = token.answer(&f, &Story { at, ..STORY });
        let run = |answer: Answer| {
            f.account_at(NOW + 60_000, move |cx| check(cx, &place(), &answer, Proof::Alone))
                .expect("checked")
        };
        assert_eq!(run(answer.clone()), Some(f.bob));
        assert_eq!(run(answer), None, "once");
    }
}

/// What a phishing site, a copied answer or a weak authenticator brings.
#[test]
fn answers_meant_for_something_else_prove_nothing() {
    let f = Fixture::new();
    let token = Token::new(1);
    added(&f, f.bob, &token);
    let run_answer = |answer: Answer, proof| {
        f.account_at(NOW + 2000, move |cx| check(cx, &place(), &answer, proof)).expect("checked")
    };
    let run = |story: Story, proof| {
        run_answer(token.answer(&f, &Story { at: NOW + 1000, ..story }), proof)
    };
    for story in [
        Story { origin: "https://evil.example", ..STORY },
        Story { origin: "http://tracker.example.org", ..STORY },
        Story { host: "evil.example", ..STORY },
        Story { bound: "another browser", ..STORY },
        Story { deed: "webauthn.create", ..STORY },
        Story { flags: 0, ..STORY },
        Story { flags: UP, ..STORY },
    ] {
        assert_eq!(run(story, Proof::Alone), None);
    }
    assert_eq!(run(STORY, Proof::Again(f.ann)), None);
    assert_eq!(run(STORY, Proof::Second(f.ann)), None);
    let now = Story { at: NOW + 1000, ..STORY };
    let mut forged = token.answer(&f, &now);
    forged.signature = Token::new(1).answer(&f, &now).signature;
    assert_eq!(run_answer(forged.clone(), Proof::Alone), None, "another key");
    assert_eq!(run_answer(Answer { id: text(b"none"), ..forged }, Proof::Alone), None);
    assert_eq!(run_answer(Answer::default(), Proof::Alone), None);
    let present = Story { flags: UP, ..STORY };
    assert_eq!(run(present, Proof::Second(f.bob)), Some(f.bob), "after the password it will do");
}

#[test]
fn a_counter_that_goes_back_is_written_down() {
    let f = Fixture::new();
    let (bob, token) = (f.bob, Token::new(1));
    added(&f, bob, &token);
    let flagged = |at, counter| {
        let answer = token.answer(&f, &Story { counter, at, ..STORY });
        let found = f.account_at(at + 1, move |cx| check(cx, &place(), &answer, Proof::Alone));
        assert_eq!(found.expect("checked"), Some(bob));
        let sql = "SELECT COUNT(*) FROM audit WHERE after LIKE '%passkey_counter%'";
        let count: (i64,) = f.account(move |cx| Ok(cx.tx.one(sql, &[])?)).expect("read");
        count.0
    };
    assert_eq!(flagged(NOW + 1000, 5), 0);
    assert_eq!(flagged(NOW + 2000, 6), 0);
    assert_eq!(flagged(NOW + 3000, 6), 1);
}
