//! Public keys of passkeys, as browsers hand them over: DER of a `SubjectPublicKeyInfo`.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};

/// Before the point of a key on P-256 (RFC 5480).
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// Before an Ed25519 key (RFC 8410).
const EDWARDS: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// The algorithm of an RSA key (RFC 3279).
const RSA: &[u8] =
    &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// Longest key that is stored: RSA of 8192 bits.
const LONGEST: usize = 1200;

/// What a passkey signs with, by its number in the registry of COSE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// RSA PKCS#1 1.5 with SHA-256, which Windows uses.
    Rs256,
}

impl Algorithm {
    /// Every algorithm, the best first.
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Rs256];

    /// Number in the registry.
    pub const fn number(self) -> i64 {
        match self {
            Self::EdDsa => -8,
            Self::Es256 => -7,
            Self::Rs256 => -257,
        }
    }

    /// The algorithm with this number.
    pub fn numbered(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.number() == number)
    }

    fn verifier(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::EdDsa => &ED25519,
            Self::Es256 => &ECDSA_P256_SHA256_ASN1,
            Self::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        }
    }

    /// The key in its frame; nothing where the frame is another one.
    fn key(self, der: &[u8]) -> Option<&[u8]> {
        match self {
            Self::EdDsa => der.strip_prefix(EDWARDS).filter(|key| key.len() == 32),
            Self::Es256 => der.strip_prefix(P256).filter(|key| key.len() == 65),
            Self::Rs256 => long(der, 0x30)?.strip_prefix(RSA).and_then(bits),
        }
    }

    /// Whether a key of this algorithm may be stored.
    pub fn admits(self, der: &[u8]) -> bool {
        der.len() <= LONGEST && self.key(der).is_some()
    }

    /// Whether the key has made the signature of the message.
    pub fn verify(self, der: &[u8], message: &[u8], signature: &[u8]) -> bool {
        let key = self.key(der);
        key.is_some_and(|key| {
            UnparsedPublicKey::new(self.verifier(), key).verify(message, signature).is_ok()
        })
    }
}

/// The content of a value with a tag and a length of two bytes, as everything around an RSA key of
/// a permitted size has.
fn long(der: &[u8], tag: u8) -> Option<&[u8]> {
    let [first, 0x82, high, low, rest @ ..] = der else { return None };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    (*first == tag && rest.len() == length).then_some(rest)
}

/// The content of a string of whole bytes.
fn bits(der: &[u8]) -> Option<&[u8]> {
    long(der, 0x03)?.strip_prefix(&[0])
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{Ed25519KeyPair, KeyPair as _};

    use super::*;

    #[test]
    fn a_signature_needs_the_key_the_message_and_the_algorithm() {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key");
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).expect("a key");
        let der = [EDWARDS, pair.public_key().as_ref()].concat();
        let signature = pair.sign(b"message");
        let signature = signature.as_ref();
        assert!(Algorithm::EdDsa.admits(&der));
        assert!(Algorithm::EdDsa.verify(&der, b"message", signature));
        assert!(!Algorithm::EdDsa.verify(&der, b"Message", signature));
        assert!(!Algorithm::EdDsa.verify(&der, b"message", &signature[1..]));
        for other in [Algorithm::Es256, Algorithm::Rs256] {
            assert!(!other.admits(&der) && !other.verify(&der, b"message", signature));
        }
    }

    #[test]
    fn frames_of_other_keys_are_refused() {
        for algorithm in Algorithm::ALL {
            for der in [&[][..], &[0x30], P256, EDWARDS, RSA, &[0x30, 0x82, 0xff, 0xff, 0x30]] {
                assert!(!algorithm.admits(der), "{algorithm:?} {der:?}");
            }
            assert_eq!(Algorithm::numbered(algorithm.number()), Some(algorithm));
        }
        let mut huge = P256.to_vec();
        huge.resize(5000, 4);
        assert!(!Algorithm::Es256.admits(&huge));
        assert_eq!(Algorithm::numbered(-35), None);
    }
}
