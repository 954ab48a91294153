//! ID tokens of other sign-in services: signature and claims (`OpenID` Connect Core, 3.1.3.7).

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

/// Seconds by which clocks may differ (API-33).
const LEEWAY: i64 = 60;
/// Bytes of a token.
const LONGEST: usize = 16 << 10;

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
}

/// The keys of a service.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

/// A key in the form of RFC 7517; only what is used.
#[derive(Debug, Deserialize)]
struct Key {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Standard {
    iss: String,
    sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nonce: Option<String>,
}

/// What a service says of a person.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Claims {
    /// Name of the person at the service, for machines.
    pub(super) sub: String,
    /// Mail address.
    pub(super) email: String,
    /// Whether the service vouches for the address.
    pub(super) email_verified: bool,
    /// Given name.
    pub(super) given_name: String,
    /// Family name.
    pub(super) family_name: String,
    /// Login at the service.
    pub(super) preferred_username: String,
}

/// What a token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// Seconds since 1970.
    pub(super) now: i64,
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(part.as_bytes()).ok()
}

/// The claims of a token, if everything about it is right; else what is wrong, for the log.
pub(super) fn verify(
    token: &str,
    keys: &Keys,
    expected: &Expected<'_>,
) -> Result<Claims, &'static str> {
    if token.len() > LONGEST {
        return Err("the token is too long");
    }
    let (signed, signature) = token.rsplit_once('.').ok_or("not a signed token")?;
    let (header, body) = signed.split_once('.').ok_or("not a signed token")?;
    let json = |part| decoded(part).ok_or("not base64url");
    let header: Header =
        serde_json::from_slice(&json(header)?).map_err(|_| "the header is not understood")?;
    let signature = json(signature)?;
    let key = keys.find(&header).ok_or("no key of the service fits")?;
    if !key.signed(&header.alg, signed.as_bytes(), &signature) {
        return Err("the signature is wrong");
    }
    let body = json(body)?;
    let standard: Standard =
        serde_json::from_slice(&body).map_err(|_| "the claims are not understood")?;
    standard.check(expected)?;
    serde_json::from_slice(&body).map_err(|_| "the claims are not understood")
}

impl Standard {
    fn check(&self, expected: &Expected<'_>) -> Result<(), &'static str> {
        if self.iss != expected.issuer {
            return Err("another issuer");
        }
        let (meant, several) = match &self.aud {
            Audience::One(one) => (one == expected.client_id, false),
            Audience::Many(many) => {
                (many.iter().any(|one| one == expected.client_id), many.len() > 1)
            }
        };
        let party = self.azp.as_deref();
        if !meant || several && party.is_none() || party.is_some_and(|p| p != expected.client_id) {
            return Err("for another application");
        }
        if expected.now >= self.exp.saturating_add(LEEWAY) {
            return Err("expired");
        }
        if self.iat > expected.now + LEEWAY {
            return Err("from the future");
        }
        if self.nonce.as_deref() != Some(expected.nonce) {
            return Err("for another sign-in");
        }
        if self.sub.is_empty() || self.sub.len() > 255 {
            return Err("no subject");
        }
        Ok(())
    }
}

impl Keys {
    /// The key a header names. The key says which algorithm is right, never the header alone.
    fn find(&self, header: &Header) -> Option<&Key> {
        let kind = match header.alg.as_str() {
            "RS256" => "RSA",
            "ES256" => "EC",
            _ => return None,
        };
        let mut fitting = self.keys.iter().filter(|key| {
            key.kty == kind
                && key.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
                && (header.kid.is_none() || key.kid == header.kid)
        });
        let first = fitting.next();
        // Without a name there must be no choice.
        if header.kid.is_none() && fitting.next().is_some() { None } else { first }
    }
}

impl Key {
    fn signed(&self, alg: &str, message: &[u8], signature: &[u8]) -> bool {
        match (alg, self.kty.as_str()) {
            ("RS256", "RSA") => {
                let (Some(n), Some(e)) = (decoded(&self.n), decoded(&self.e)) else { return false };
                RsaPublicKeyComponents { n: &n, e: &e }
                    .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                    .is_ok()
            }
            ("ES256", "EC") if self.crv == "P-256" => {
                let (Some(x), Some(y)) = (decoded(&self.x), decoded(&self.y)) else { return false };
                let point = [&[4][..], &x, &y].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                    .verify(message, signature)
                    .is_ok()
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_800_000_000;

    struct Service {
        pair: EcdsaKeyPair,
    }

    impl Service {
        fn new() -> Self {
            let (random, alg) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
            let document = EcdsaKeyPair::generate_pkcs8(alg, &random).expect("a key");
            let pair = EcdsaKeyPair::from_pkcs8(alg, document.as_ref(), &random).expect("a key");
            Self { pair }
        }

        fn keys(&self) -> Keys {
            let point = self.pair.public_key().as_ref();
            let (x, y) = (&point[1..33], &point[33..]);
            let key = json!({"kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig",
                "x": BASE64URL_NOPAD.encode(x), "y": BASE64URL_NOPAD.encode(y)});
            serde_json::from_value(json!({ "keys": [key] })).expect("keys")
        }

        fn token(&self, header: &Value, claims: &Value) -> String {
            let part = |json: &Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
            let signed = format!("{}.{}", part(header), part(claims));
            let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
            let signature = signature.expect("a signature");
            format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
        }
    }

    fn claims() -> Value {
        json!({"iss": "https://id.example", "sub": "42", "aud": "us", "exp": NOW + 300,
            "iat": NOW, "nonce": "n", "email": "a@b.example", "email_verified": true})
    }

    fn check(token: &str, keys: &Keys) -> Result<Claims, &'static str> {
        let expected =
            Expected { issuer: "https://id.example", client_id: "us", nonce: "n", now: NOW };
        verify(token, keys, &expected)
    }

    #[test]
    fn a_good_token_tells_who_it_is() {
        let service = Service::new();
        let token = service.token(&json!({"alg": "ES256", "kid": "k1"}), &claims());
        let found = check(&token, &service.keys()).expect("good");
        assert_eq!((found.sub.as_str(), found.email.as_str()), ("42", "a@b.example"));
        assert!(found.email_verified);
        let mut many = claims();
        many["aud"] = json!(["us", "them"]);
        many["azp"] = json!("us");
        let token = service.token(&json!({"alg": "ES256"}), &many);
        assert!(check(&token, &service.keys()).is_ok());
    }

    /// T-41.
    #[test]
    fn forged_tokens_are_refused() {
        let service = Service::new();
        let keys = service.keys();
        let header = json!({"alg": "ES256", "kid": "k1"});
        let good = service.token(&header, &claims());
        let unsigned = |alg: &str| {
            let part = |json: &Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
            format!("{}.{}.", part(&json!({ "alg": alg, "kid": "k1" })), part(&claims()))
        };
        let mut bad = vec![
            unsigned("none"),
            unsigned("HS256"),
            unsigned("ES256"),
            unsigned("RS256"),
            Service::new().token(&header, &claims()),
            service.token(&json!({"alg": "ES256", "kid": "other"}), &claims()),
            good[..good.len() - 4].to_owned(),
            "a.b.c".to_owned(),
            "..".to_owned(),
            String::new(),
            "x".repeat(20_000),
        ];
        let changes = [
            ("iss", json!("https://evil.example")),
            ("aud", json!("them")),
            ("aud", json!(["us", "them"])),
            ("azp", json!("them")),
            ("exp", json!(NOW - 61)),
            ("iat", json!(NOW + 61)),
            ("nonce", json!("another")),
            ("nonce", Value::Null),
            ("sub", json!("")),
            ("sub", json!(42)),
        ];
        for (name, value) in changes {
            let mut claims = claims();
            claims[name] = value;
            bad.push(service.token(&header, &claims));
        }
        for token in bad {
            assert!(check(&token, &keys).is_err(), "{token}");
        }
        assert!(check(&good, &keys).is_ok());
    }
}
