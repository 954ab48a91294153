//! What a browser and an authenticator say when a passkey is made or used (`WebAuthn` level 3,
//! sections 5.8.1, 6.1, 7.1 and 7.2), held against what this server asked for.

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::error::Result;
use crate::secret::{self, ServerKey};
use crate::time::Instant;

/// Keeps challenges apart from everything else made with the server key.
const PURPOSE: &str = "passkey";
/// How long a challenge may be answered.
const LIFE_MS: i64 = 10 * 60_000;
const NONCE: usize = 16;
const STAMP: usize = 8;

/// Somebody was there.
const PRESENT: u8 = 0x01;
/// The authenticator knows who: by a finger, a face, a code.
const VERIFIED: u8 = 0x04;
/// A new key is part of what is said.
const ATTESTED: u8 = 0x40;

/// The site passkeys are made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Scheme, host and port.
    pub origin: String,
    /// Host, which the passkeys are bound to (the RP id).
    pub host: String,
}

impl Site {
    /// The site of an address, where browsers know passkeys at all: by HTTPS or on `localhost`, and
    /// not where the host is a bare IP address.
    pub fn of(base: &str) -> Option<Self> {
        let (scheme, rest) = base.split_once("://")?;
        let host = rest.split(['/', ':']).next().filter(|host| !host.is_empty())?;
        let named = host.parse::<std::net::Ipv4Addr>().is_err() && !host.starts_with('[');
        let safe = scheme == "https" || host == "localhost" || host.ends_with(".localhost");
        (named && safe).then(|| Self { origin: base.to_owned(), host: host.to_lowercase() })
    }
}

/// A new challenge for a browser that is known by `bound`. It is stored nowhere: it carries its
/// time, and only this server can make one.
///
/// # Errors
/// There are no random numbers.
pub fn challenge(key: &ServerKey, bound: &str, now: Instant) -> Result<String> {
    let nonce = secret::random::<NONCE>()?;
    let stamp = now.to_be_bytes();
    let mac = key.mac(PURPOSE, &[bound.as_bytes(), &nonce, &stamp])?;
    Ok(BASE64URL_NOPAD.encode(&[&nonce[..], &stamp, &mac].concat()))
}

/// When a challenge of this browser was made, while it may be answered.
fn made_at(key: &ServerKey, bound: &str, challenge: &str, now: Instant) -> Option<Instant> {
    let bytes = BASE64URL_NOPAD.decode(challenge.as_bytes()).ok()?;
    let (nonce, rest) = bytes.split_at_checked(NONCE)?;
    let (stamp, mac) = rest.split_at_checked(STAMP)?;
    let real = key.mac(PURPOSE, &[bound.as_bytes(), nonce, stamp]).ok()?;
    let at = Instant::from_be_bytes(stamp.try_into().ok()?);
    let fresh = at <= now && now < at + LIFE_MS;
    (secret::equal(&real, mac) && fresh).then_some(at)
}

/// What is going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A passkey is made.
    Create,
    /// A passkey is used.
    Get,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    deed: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

/// What an authenticator says.
#[derive(Clone, Debug)]
pub struct Said {
    /// When the challenge was made; a later answer has a later time.
    pub asked_at: Instant,
    /// The authenticator knows who was there, not only that somebody was.
    pub verified: bool,
    /// How often the passkey was used, or always 0.
    pub counter: i64,
    /// The id of the new passkey.
    pub made: Option<Vec<u8>>,
}

/// Reads what was said, if all of it is meant for this site, this browser and this deed.
pub fn read(
    key: &ServerKey,
    (site, bound): (&Site, &str),
    deed: Deed,
    (client_data, authenticator): (&[u8], &[u8]),
    now: Instant,
) -> Option<Said> {
    let client: ClientData = serde_json::from_slice(client_data).ok()?;
    let expected = match deed {
        Deed::Create => "webauthn.create",
        Deed::Get => "webauthn.get",
    };
    if client.deed != expected || client.origin != site.origin || client.cross_origin {
        return None;
    }
    let asked_at = made_at(key, bound, &client.challenge, now)?;
    let (host, rest) = authenticator.split_at_checked(32)?;
    let (flags, rest) = rest.split_first()?;
    let (counter, rest) = rest.split_first_chunk::<4>()?;
    if host != Sha256::digest(site.host.as_bytes()).as_slice() || flags & PRESENT == 0 {
        return None;
    }
    let made = match deed {
        Deed::Get => None,
        Deed::Create if flags & ATTESTED == 0 => return None,
        // The model of the authenticator, the length of the id, the id.
        Deed::Create => {
            let (length, rest) = rest.get(16..)?.split_first_chunk::<2>()?;
            Some(rest.get(..usize::from(u16::from_be_bytes(*length)))?.to_vec())
        }
    };
    let counter = i64::from(u32::from_be_bytes(*counter));
    Some(Said { asked_at, verified: flags & VERIFIED != 0, counter, made })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_name_and_a_safe_way() {
        let host = |base| Site::of(base).map(|site| site.host);
        assert_eq!(host("https://tracker.example.org").as_deref(), Some("tracker.example.org"));
        assert_eq!(
            host("https://Tracker.example.org:8443").as_deref(),
            Some("tracker.example.org")
        );
        assert_eq!(host("http://localhost:8080").as_deref(), Some("localhost"));
        for base in ["http://tracker.lan", "https://192.0.2.1", "https://[::1]:8080", "", "x"] {
            assert_eq!(host(base), None, "{base}");
        }
    }

    #[test]
    fn a_challenge_is_of_one_browser_and_of_a_few_minutes() {
        let key = ServerKey::new([7; 32]);
        let text = challenge(&key, "browser", 1_000_000).expect("random");
        assert_eq!(made_at(&key, "browser", &text, 1_000_001), Some(1_000_000));
        assert_eq!(made_at(&key, "another", &text, 1_000_001), None);
        assert_eq!(made_at(&ServerKey::new([8; 32]), "browser", &text, 1_000_001), None);
        assert_eq!(made_at(&key, "browser", &text, 999_999), None);
        assert_eq!(made_at(&key, "browser", &text, 1_000_000 + LIFE_MS), None);
        assert_eq!(made_at(&key, "browser", &text[1..], 1_000_001), None);
        assert_eq!(made_at(&key, "browser", "", 1_000_001), None);
    }
}
