//! An authenticator for tests, in software.

use data_encoding::BASE64URL_NOPAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use sha2::{Digest as _, Sha256};

use super::ceremony::{Site, challenge};
use super::{Answer, New, Place, add};
use crate::account::recovery;
use crate::testing::{Fixture, NOW};

const ORIGIN: &str = "https://tracker.example.org";
const UV: u8 = 0x05;
pub(crate) const UP: u8 = 0x01;

/// An authenticator with one key.
pub(crate) struct Token {
    pair: EcdsaKeyPair,
    pub(crate) id: Vec<u8>,
}

/// What an attacker, or a broken browser, may do differently.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) origin: &'static str,
    pub(crate) host: &'static str,
    pub(crate) bound: &'static str,
    pub(crate) deed: &'static str,
    pub(crate) flags: u8,
    pub(crate) counter: u32,
    pub(crate) at: i64,
}

pub(crate) const STORY: Story = Story {
    origin: ORIGIN,
    host: "tracker.example.org",
    bound: "browser",
    deed: "webauthn.get",
    flags: UV,
    counter: 0,
    at: NOW,
};

pub(crate) fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

pub(crate) fn place() -> Place {
    Place { site: Site::of(ORIGIN).expect("a site"), bound: "browser".to_owned() }
}

impl Token {
    pub(crate) fn new(id: u8) -> Self {
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

    pub(crate) fn new_key(&self, f: &Fixture) -> New {
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

    pub(crate) fn answer(&self, f: &Fixture, story: &Story) -> Answer {
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

pub(crate) fn added(f: &Fixture, uid: i64, token: &Token) -> bool {
    let new = token.new_key(f);
    let codes = recovery::generate().expect("random");
    f.account(move |cx| add(cx, uid, &place(), &new, &codes)).expect("added")
}
