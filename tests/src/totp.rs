//! One-time codes, as an authenticator of a test shows them.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE32_NOPAD;
use ring::hmac;

/// What an authenticator shows (RFC 6238), some steps from now.
///
/// # Panics
///
/// For what is no secret in base32.
pub fn code(secret: &str, later: u64) -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let secret = BASE32_NOPAD.decode(secret.as_bytes()).expect("base32");
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
    let tag = hmac::sign(&key, &(seconds / 30 + later).to_be_bytes());
    let tag = tag.as_ref();
    let start = usize::from(tag[19] & 0x0f);
    let word: [u8; 4] = tag[start..start + 4].try_into().expect("four bytes");
    format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
}
