//! Random values, their hashes, comparisons that take the same time whatever they compare, and the
//! key of this installation (oauth.md, 1.3).

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::error::{Error, Result};

/// Bytes from the operating system's generator (ID-01).
///
/// # Errors
/// The generator fails.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

/// `N` random bytes as lower-case hex.
///
/// # Errors
/// The generator fails.
pub fn random_hex<const N: usize>() -> Result<String> {
    Ok(HEXLOWER.encode(&random::<N>()?))
}

/// 256 random bits as 43 characters of base64url.
///
/// # Errors
/// The generator fails.
pub fn random_text() -> Result<String> {
    Ok(BASE64URL_NOPAD.encode(&random::<32>()?))
}

/// SHA-256 of a text as lower-case hex: what is stored in place of a secret.
pub fn hash(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// Whether two values are equal, in a time that depends on their lengths only (ID-03).
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// The PKCE challenge (S256) of a verifier.
pub fn challenge(verifier: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes()))
}

/// HMAC-SHA-256 under any key.
///
/// # Errors
/// Never in practice: keys may have any length.
pub fn hmac(key: &[u8], text: &[u8]) -> Result<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(Error::internal)?;
    mac.update(text);
    Ok(mac.finalize().into_bytes().into())
}

/// The key of this installation. It lies outside the database, so that a copy of the database
/// alone opens nothing that was made with it.
#[derive(Clone)]
pub struct ServerKey([u8; 32]);

impl ServerKey {
    /// The key with these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A new key.
    ///
    /// # Errors
    /// The generator fails.
    pub fn generate() -> Result<Self> {
        Ok(Self(random()?))
    }

    /// The key as text, for the file that keeps it.
    pub fn text(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// Reads what [`text`](Self::text) wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.trim().as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// HMAC-SHA-256 of some parts under this key. `purpose` keeps the uses of the key apart, and
    /// lengths keep the parts apart.
    ///
    /// # Errors
    /// Never in practice: a key of 32 bytes fits.
    pub fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Result<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(Error::internal)?;
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part);
        }
        Ok(mac.finalize().into_bytes().into())
    }

    /// A key of 32 bytes for one purpose, made from this one.
    ///
    /// # Errors
    /// Never in practice.
    pub fn derive(&self, purpose: &str) -> Result<[u8; 32]> {
        self.mac(purpose, &[])
    }
}

impl ServerKey {
    /// Encrypts a text (AES-256-GCM) so that only this key opens it, for the same purpose and
    /// owner.
    ///
    /// # Errors
    /// The random generator fails.
    pub fn seal(&self, purpose: &str, owner: &str, text: &str) -> Result<String> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut bytes = text.as_bytes().to_vec();
        self.cipher(purpose)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(owner.as_bytes()),
                &mut bytes,
            )
            .map_err(Error::internal)?;
        let mut sealed = nonce.to_vec();
        sealed.extend(bytes);
        Ok(BASE64URL_NOPAD.encode(&sealed))
    }

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// It was made with another key, for another purpose or owner, or changed since.
    pub fn open(&self, purpose: &str, owner: &str, sealed: &str) -> Result<String> {
        let wrong = || Error::internal("a sealed value cannot be opened");
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).map_err(|_| wrong())?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN).ok_or_else(wrong)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
        let mut rest = rest.to_vec();
        let text = self
            .cipher(purpose)?
            .open_in_place(nonce, Aad::from(owner.as_bytes()), &mut rest)
            .map_err(|_| wrong())?;
        String::from_utf8(text.to_vec()).map_err(|_| wrong())
    }

    fn cipher(&self, purpose: &str) -> Result<LessSafeKey> {
        let key = UnboundKey::new(&AES_256_GCM, &self.derive(purpose)?).map_err(Error::internal)?;
        Ok(LessSafeKey::new(key))
    }
}

impl std::fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_and_never_shown() {
        let key = ServerKey::new([7; 32]);
        let again = ServerKey::parse(&format!("{}\n", key.text())).expect("a key");
        assert_eq!(key.mac("a", &[b"b"]).expect("a mac"), again.mac("a", &[b"b"]).expect("a mac"));
        assert_eq!(format!("{key:?}"), "ServerKey(..)");
        assert!(ServerKey::parse("07").is_none());
    }

    #[test]
    fn a_sealed_text_opens_for_its_owner_and_purpose_only() {
        let key = ServerKey::new([7; 32]);
        let sealed = key.seal("totp", "17", "JBSWY3DP").expect("sealed");
        assert_ne!(sealed, key.seal("totp", "17", "JBSWY3DP").expect("sealed"));
        assert_eq!(key.open("totp", "17", &sealed).expect("opened"), "JBSWY3DP");
        assert!(key.open("totp", "18", &sealed).is_err());
        assert!(key.open("other", "17", &sealed).is_err());
        assert!(ServerKey::new([8; 32]).open("totp", "17", &sealed).is_err());
        assert!(key.open("totp", "17", "").is_err());
    }

    #[test]
    fn parts_and_purposes_are_kept_apart() {
        let key = ServerKey::new([7; 32]);
        let mac = |purpose, parts: &[&[u8]]| key.mac(purpose, parts).expect("a mac");
        assert_ne!(mac("p", &[b"ab", b"c"]), mac("p", &[b"a", b"bc"]));
        assert_ne!(mac("p", &[b"a"]), mac("q", &[b"a"]));
    }

    /// ID-01; S-6749-22.
    #[test]
    fn random_texts_do_not_repeat() {
        let mut seen = std::collections::HashSet::new();
        let mut counts = [0_u32; 256];
        for _ in 0..20_000 {
            let text = random_text().expect("random");
            assert_eq!(text.len(), 43);
            // The last character carries four bits only.
            for byte in text.bytes().take(42) {
                counts[usize::from(byte)] += 1;
            }
            assert!(seen.insert(text));
        }
        let used: Vec<u32> = counts.into_iter().filter(|n| *n > 0).collect();
        assert_eq!(used.len(), 64);
        let expected = 20_000 * 42 / 64;
        assert!(used.iter().all(|n| n.abs_diff(expected) < expected / 10), "{used:?}");
    }
}
