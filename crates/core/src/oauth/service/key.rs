//! Public keys of service accounts: RSA, in the PEM form that tools write.

use data_encoding::BASE64;
use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";
/// `AlgorithmIdentifier` of `rsaEncryption` in DER (RFC 8017, appendix C).
const RSA: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
/// Bytes of the modulus.
const SIZES: std::ops::RangeInclusive<usize> = 256..=1024;

/// An RSA public key (`RSAPublicKey` of RFC 8017 in DER).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(Vec<u8>);

/// The content of the DER value with this tag at the beginning, and what follows it.
fn value(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let (digits, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if digits.is_empty() || digits.len() > 2 {
            return None;
        }
        length = digits.iter().fold(0, |n, digit| n << 8 | usize::from(*digit));
        rest = after;
    }
    (found == tag).then(|| rest.split_at_checked(length))?
}

impl PublicKey {
    /// The key of a PEM text (`SubjectPublicKeyInfo`).
    pub fn from_pem(pem: &str) -> Option<Self> {
        let body = pem.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
        let text: String = body.split_whitespace().collect();
        let der = BASE64.decode(text.as_bytes()).ok()?;
        let (info, rest) = value(SEQUENCE, &der)?;
        let bits = info.strip_prefix(&RSA)?;
        let (bits, more) = value(BIT_STRING, bits)?;
        let key = bits.strip_prefix(&[0])?;
        let (numbers, behind) = value(SEQUENCE, key)?;
        let (modulus, _) = value(INTEGER, numbers)?;
        let size = modulus.strip_prefix(&[0]).unwrap_or(modulus).len();
        let whole = rest.is_empty() && more.is_empty() && behind.is_empty();
        (whole && SIZES.contains(&size)).then(|| Self(key.to_vec()))
    }

    /// As it is stored.
    pub(super) fn text(&self) -> String {
        BASE64.encode(&self.0)
    }

    /// From how it is stored.
    pub(super) fn stored(text: &str) -> Option<Self> {
        BASE64.decode(text.as_bytes()).ok().map(Self)
    }

    /// Whether a signature (PS256) is of this key.
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, &self.0)
            .verify(message, signature)
            .is_ok()
    }
}
