//! Secrets that must be read again, encrypted under the server key: a copy of the database alone
//! opens none of them (oauth.md, T-23).

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::error::{Error, Result};
use crate::secret::{self, ServerKey};

fn cipher(key: &ServerKey, purpose: &str) -> Result<LessSafeKey> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, &key.derive(purpose)?);
    Ok(LessSafeKey::new(key.map_err(Error::internal)?))
}

/// Encrypts for a purpose and an owner. The nonce stands in front.
pub(super) fn seal(key: &ServerKey, purpose: &str, owner: i64, plain: &[u8]) -> Result<Vec<u8>> {
    let nonce: [u8; NONCE_LEN] = secret::random()?;
    let mut data = plain.to_vec();
    let aad = Aad::from(owner.to_be_bytes());
    cipher(key, purpose)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut data)
        .map_err(Error::internal)?;
    Ok([&nonce[..], &data].concat())
}

/// Decrypts what [`seal`] made.
///
/// # Errors
/// It was made under another key, for another purpose or owner, or was changed.
pub(super) fn open(key: &ServerKey, purpose: &str, owner: i64, sealed: &[u8]) -> Result<Vec<u8>> {
    let (nonce, data) = sealed
        .split_at_checked(NONCE_LEN)
        .ok_or_else(|| Error::internal("a sealed secret is too short"))?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(Error::internal)?;
    let mut data = data.to_vec();
    let aad = Aad::from(owner.to_be_bytes());
    let plain = cipher(key, purpose)?
        .open_in_place(nonce, aad, &mut data)
        .map_err(|_| Error::internal("a secret was encrypted under another server key"))?;
    Ok(plain.to_vec())
}
