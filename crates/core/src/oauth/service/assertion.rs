//! Signed assertions of service accounts (oauth.md, IM-08): a JWS by PS256, good once.

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;

use super::key::PublicKey;
use super::store;
use crate::account_cx::AccountCx;
use crate::error::Result;
use crate::secret;

/// Where assertions for the original are addressed to; programs have it built in.
const ORIGINAL: &str = "https://iam.api.cloud.yandex.net/iam/v1/tokens";
/// Seconds by which clocks may differ (API-33).
const LEEWAY: i64 = 60;
/// Seconds an assertion may live.
const LONGEST_LIFE: i64 = 3600;
/// Bytes of an assertion.
const LONGEST: usize = 8 << 10;

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: i64,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    jti: Option<String>,
}

/// What an assertion proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::oauth) struct Proven {
    /// The service account.
    pub(in crate::oauth) account: i64,
    /// Id of the key.
    pub(in crate::oauth) key: String,
}

/// What stands in place of the parent of a token that a key opened.
pub(in crate::oauth) fn parent(key: &str) -> String {
    format!("key {key}")
}

fn decoded<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    let bytes = BASE64URL_NOPAD.decode(part.as_bytes()).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// An assertion taken apart.
struct Parts<'a> {
    header: Header,
    /// What the signature is over.
    signed: &'a str,
    body: &'a str,
    signature: &'a str,
}

/// The parts of an assertion whose header is understood; nothing of it is believed yet.
fn parts(text: &str) -> Option<Parts<'_>> {
    if text.len() > LONGEST {
        return None;
    }
    let (signed, signature) = text.rsplit_once('.')?;
    let (header, body) = signed.split_once('.')?;
    let header = decoded::<Header>(header).filter(understood)?;
    Some(Parts { header, signed, body, signature })
}

/// Reads what may be an assertion or a key, and forgets it.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn try_reading(text: &str) {
    if let Some(parts) = parts(text) {
        drop(decoded::<Claims>(parts.body));
    }
    drop(PublicKey::from_pem(text));
}

/// Whoever signed this, if everything about it is right. From then on it is used up.
pub(in crate::oauth) fn verify(cx: &mut AccountCx<'_, '_>, text: &str) -> Result<Option<Proven>> {
    let Some(Parts { header, signed, body, signature }) = parts(text) else { return Ok(None) };
    let row: Option<store::KeyRow> = cx.tx.opt(store::KEY, &[&header.kid])?;
    let Some(row) = row else { return Ok(None) };
    let Some(key) = PublicKey::stored(&row.public_key) else { return Ok(None) };
    let bytes = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap_or_default();
    if !key.signed(signed.as_bytes(), &bytes) {
        return Ok(None);
    }
    let claims = decoded::<Claims>(body).filter(|claims| claims.hold(cx, row.account_id));
    let Some(claims) = claims else { return Ok(None) };
    let once = claims.jti.as_deref().unwrap_or(signature);
    let hash = secret::hash(&format!("{} {} {once}", row.id, claims.iat));
    let end = (claims.exp + LEEWAY) * 1000;
    if cx.tx.exec(store::USE_ASSERTION, &[&hash, &end])? == 0 {
        return Ok(None);
    }
    Ok(Some(Proven { account: row.account_id, key: row.id }))
}

/// Keys of service accounts sign by PS256 and nothing else, whatever a header asks for.
fn understood(header: &Header) -> bool {
    header.alg == "PS256" && header.crit.is_none()
}

impl Claims {
    fn hold(&self, cx: &AccountCx<'_, '_>, account: i64) -> bool {
        let now = cx.now().div_euclid(1000);
        let own = format!("{}/iam/v1/tokens", cx.visit.issuer);
        let meant = |address: &str| address == own || address == ORIGINAL;
        let meant = match &self.aud {
            Audience::One(one) => meant(one),
            Audience::Many(many) => many.iter().any(|one| meant(one)),
        };
        let begun = self.nbf.unwrap_or(self.iat).max(self.iat) <= now.saturating_add(LEEWAY);
        let alive = now < self.exp.saturating_add(LEEWAY);
        let short = self.exp >= self.iat && self.exp.saturating_sub(self.iat) <= LONGEST_LIFE;
        self.iss == account.to_string() && meant && begun && alive && short
    }
}
