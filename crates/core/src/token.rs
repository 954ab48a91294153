//! Access tokens: their form (oauth.md, 1.3), their hashes, and who they belong to.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};
use trackway_db::Tx;

use crate::actor::Scopes;
use crate::error::Result;
use crate::secret;
use crate::time::Instant;

const RANDOM_CHARS: usize = 43;
const CHECK_CHARS: usize = 6;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Kinds of tokens, by their form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `y0_`: for the API.
    Access,
    /// `r0_`: for new access tokens.
    Refresh,
    /// `t1.`: for the API, made from an access token.
    Iam,
}

impl Kind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Access => "y0_",
            Self::Refresh => "r0_",
            Self::Iam => "t1.",
        }
    }

    /// Whether a text has the form of this kind (ID-02).
    pub fn fits(self, text: &str) -> bool {
        let Some(rest) = text.strip_prefix(self.prefix()) else { return false };
        let plain =
            |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if self == Self::Iam {
            return rest
                .split_once('.')
                .is_some_and(|(a, b)| a.len() == 32 && b.len() == 86 && plain(a) && plain(b));
        }
        if rest.len() != RANDOM_CHARS + CHECK_CHARS || !plain(rest) {
            return false;
        }
        let (body, check) = text.split_at(self.prefix().len() + RANDOM_CHARS);
        check == checksum(body)
    }
}

/// SHA-256 of a token, lower-case hex: what is stored and looked up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(pub String);

impl TokenHash {
    /// The hash of a presented token. `None` when its form is wrong, which costs no look-up.
    pub fn of(token: &str) -> Option<Self> {
        let fits = Kind::Access.fits(token) || Kind::Iam.fits(token);
        fits.then(|| Self(HEXLOWER.encode(&Sha256::digest(token.as_bytes()))))
    }
}

/// What a token stands for.
#[derive(Clone, Debug)]
pub struct Token {
    /// Account.
    pub account: i64,
    /// What it may be used for.
    pub scopes: Scopes,
    /// When it ends, in ms.
    pub expires: Option<Instant>,
}

impl Token {
    /// Whether the token is still good at `now` (API-33: no leeway).
    pub fn is_alive(&self, now: Instant) -> bool {
        self.expires.is_none_or(|end| now < end)
    }
}

/// A new token from the operating system's generator.
///
/// # Errors
/// The generator fails.
pub fn generate(kind: Kind) -> Result<String> {
    if kind == Kind::Iam {
        let head = BASE64URL_NOPAD.encode(&secret::random::<24>()?);
        let tail = BASE64URL_NOPAD.encode(&secret::random::<64>()?);
        return Ok(format!("{}{head}.{tail}", kind.prefix()));
    }
    Ok(made_of(kind, &secret::random()?))
}

/// The access token made of these random bytes.
pub fn from_bytes(bytes: &[u8; 32]) -> String {
    made_of(Kind::Access, bytes)
}

fn made_of(kind: Kind, bytes: &[u8; 32]) -> String {
    let body = format!("{}{}", kind.prefix(), BASE64URL_NOPAD.encode(bytes));
    format!("{body}{}", checksum(&body))
}

/// The ids of a stored list of queues; `None` when a token is not limited.
pub fn queue_ids(text: Option<&str>) -> Option<Vec<i64>> {
    text.map(|text| text.split(' ').filter_map(|id| id.parse().ok()).collect())
}

/// CRC-32 in base62, six characters (ID-02).
fn checksum(body: &str) -> String {
    let mut n = u64::from(crc32fast::hash(body.as_bytes()));
    let mut digits = [b'0'; CHECK_CHARS];
    for digit in digits.iter_mut().rev() {
        *digit = usize::try_from(n % 62).ok().and_then(|i| BASE62.get(i)).copied().unwrap_or(b'0');
        n /= 62;
    }
    String::from_utf8_lossy(&digits).into_owned()
}

trackway_db::row! {
    /// A stored token.
    pub struct TokenRow {
        pub account_id: i64,
        pub scopes: String,
        pub expires_at: Option<i64>,
    }
}

/// Reads a token by its hash.
pub const BY_HASH: &str = "SELECT account_id, scopes, expires_at FROM token WHERE hash = $1";
/// Deletes the tokens of an account.
pub const DELETE_OF_ACCOUNT: &str = "DELETE FROM token WHERE account_id = $1";
/// Stores a token.
pub const INSERT: &str = "INSERT INTO token (hash, account_id, scopes, label, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";

/// The token with this hash.
///
/// # Errors
/// The database fails.
pub fn find(tx: &mut Tx<'_>, hash: &TokenHash) -> Result<Option<Token>> {
    let row: Option<TokenRow> = tx.opt(BY_HASH, &[&hash.0])?;
    Ok(row.map(|row| Token {
        account: row.account_id,
        scopes: Scopes::parse(&row.scopes),
        expires: row.expires_at,
    }))
}

/// Stores a token for an account.
///
/// # Errors
/// The database fails, or the token exists already.
pub fn store(
    tx: &mut Tx<'_>,
    hash: &TokenHash,
    token: &Token,
    label: &str,
    now: Instant,
) -> Result<()> {
    tx.exec(
        INSERT,
        &[&hash.0, &token.account, &token.scopes.text(), &label, &now, &token.expires],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answer of oauth.md, section 1.3.
    const SAMPLE: &str = "y0__FFYLcHGXw8lM9mLOBuQr-6nFx-LGfF4ZPQ6pNHPvdY0iRf9d";

    #[test]
    fn known_answers() {
        let hash = TokenHash::of(SAMPLE).expect("well formed");
        assert!(hash.0.starts_with("6ea6c420"));
        let refresh = "r0_yRiGnplAHKjK_XGJB9jvmV9g8eVX0BFAhD7bea1TloA37Lgml";
        assert!(Kind::Refresh.fits(refresh));
        assert_eq!(TokenHash::of(refresh), None, "no refresh token opens the API");
    }

    #[test]
    fn a_changed_character_is_noticed_without_the_database() {
        let mut token = SAMPLE.to_owned();
        token.replace_range(10..11, "x");
        assert_eq!(TokenHash::of(&token), None);
        assert_eq!(TokenHash::of(""), None);
        assert_eq!(TokenHash::of(&"я".repeat(26)), None);
    }

    #[test]
    fn generated_tokens_are_well_formed_and_differ() {
        let (a, b) =
            (generate(Kind::Access).expect("random"), generate(Kind::Access).expect("random"));
        assert_ne!(a, b);
        assert!(TokenHash::of(&a).is_some());
        assert_eq!(a.len(), 52);
        let iam = generate(Kind::Iam).expect("random");
        assert!(Kind::Iam.fits(&iam));
        assert!(TokenHash::of(&iam).is_some());
        assert!(!Kind::Iam.fits(&iam[..iam.len() - 1]));
    }
}
