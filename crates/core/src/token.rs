//! Access tokens: their form (oauth.md, 1.3), their hashes, and who they belong to.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};
use trackway_db::Tx;

use crate::actor::Scopes;
use crate::error::{Error, Result};
use crate::oauth::ScopeSet;
use crate::oauth::application::Standing;
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
#[derive(Clone, Debug, Default)]
pub struct Token {
    /// Account.
    pub account: i64,
    /// What it may be used for in the API.
    pub scopes: Scopes,
    /// Everything it may be used for.
    pub all_scopes: ScopeSet,
    /// When it was made.
    pub created: Instant,
    /// When it ends.
    pub expires: Option<Instant>,
    /// When its use was last noted.
    pub last_used: Option<Instant>,
    /// `personal`, `access` or `iam`.
    pub kind: String,
    /// Application it was given to.
    pub application: Option<String>,
    /// Family it belongs to.
    pub grant: Option<String>,
    /// Path of the resource it is meant for; empty: the API.
    pub resource: String,
    /// Ids of the queues it is limited to.
    pub queues: Option<Vec<i64>>,
    /// What administrators decided about its application, and who owns that.
    pub standing: Option<(Standing, i64)>,
}

impl Token {
    /// Whether the token is still good at `now` (API-33: no leeway): not over, used within the last
    /// `idle` ms (0: whenever), and its application usable.
    pub fn is_alive(&self, now: Instant, idle: i64) -> bool {
        let used = self.last_used.unwrap_or(self.created);
        self.expires.is_none_or(|end| now < end)
            && (idle == 0 || now < used.saturating_add(idle))
            && self
                .standing
                .as_ref()
                .is_none_or(|(standing, owner)| !standing.unapproved || *owner == self.account)
    }

    /// Whether it may be used in an organisation.
    pub fn reaches(&self, org_id: i64) -> bool {
        self.standing.as_ref().is_none_or(|(standing, _)| {
            standing.organizations.is_empty() || standing.organizations.contains(&org_id)
        })
    }

    /// The queues it is limited to, as they are stored.
    pub fn queues_text(&self) -> Option<String> {
        let queues = self.queues.as_ref()?;
        Some(queues.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
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
    /// A stored token with its application.
    pub struct TokenRow {
        pub account_id: i64,
        pub scopes: String,
        pub created_at: i64,
        pub expires_at: Option<i64>,
        pub last_used_at: Option<i64>,
        pub kind: String,
        pub application_id: Option<String>,
        pub grant_id: Option<String>,
        pub resource: String,
        pub queues: Option<String>,
        pub standing: Option<String>,
        pub owner: Option<i64>,
    }
}

/// Reads a token by its hash; none of a blocked application.
pub const BY_HASH: &str = "SELECT t.account_id, t.scopes, t.created_at, t.expires_at, \
     t.last_used_at, t.kind, t.application_id, t.grant_id, t.resource, t.queues, a.standing, \
     a.owner FROM token t LEFT JOIN application a ON a.id = t.application_id \
     WHERE t.hash = $1 AND COALESCE(a.blocked, 0) = 0";
/// Stores a token.
pub const INSERT: &str = "INSERT INTO token (hash, account_id, scopes, label, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";
/// Notes the use of a token.
pub const USED: &str = "UPDATE token SET last_used_at = $2, last_address = $3, last_agent = $4 \
     WHERE hash = $1";
/// Ends the tokens of a family that were made before one of it.
pub const END_EARLIER: &str = "DELETE FROM token WHERE grant_id = $1 AND created_at < $2";

/// Every statement.
pub const ALL_SQL: &[&str] = &[BY_HASH, INSERT, USED, END_EARLIER];

/// The token with this hash.
///
/// # Errors
/// The database fails.
pub fn find(tx: &mut Tx<'_>, hash: &TokenHash) -> Result<Option<Token>> {
    let row: Option<TokenRow> = tx.opt(BY_HASH, &[&hash.0])?;
    row.map(|row| {
        let standing = row.standing.as_deref().map(serde_json::from_str).transpose();
        Ok(Token {
            account: row.account_id,
            scopes: Scopes::parse(&row.scopes),
            all_scopes: ScopeSet::stored(&row.scopes),
            created: row.created_at,
            expires: row.expires_at,
            last_used: row.last_used_at,
            kind: row.kind,
            application: row.application_id,
            grant: row.grant_id,
            resource: row.resource,
            queues: queue_ids(row.queues.as_deref()),
            standing: standing.map_err(Error::internal)?.zip(row.owner),
        })
    })
    .transpose()
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
        &[&hash.0, &token.account, &token.all_scopes.text(), &label, &now, &token.expires],
    )?;
    Ok(())
}

/// Notes that a token was used (API-32). The first use of a token ends those of its family that
/// were made before it (TK-14); then `true` is answered, and nothing remembered about tokens may
/// be believed any more.
///
/// # Errors
/// The database fails.
pub fn used(
    tx: &mut Tx<'_>,
    hash: &TokenHash,
    token: &Token,
    now: Instant,
    (address, agent): (&str, &str),
) -> Result<bool> {
    let agent: String = agent.chars().take(200).collect();
    tx.exec(USED, &[&hash.0, &now, &address, &agent])?;
    match &token.grant {
        Some(grant) if token.last_used.is_none() && token.kind == "access" => {
            Ok(tx.exec(END_EARLIER, &[grant, &token.created])? > 0)
        }
        _ => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known answer of oauth.md, section 1.3.
    const SAMPLE: &str = "y0__FFYLcHGXw8lM9mLOBuQr-6nFx-LGfF4ZPQ6pNHPvdY0iRf9d";

    /// ID-02.
    #[test]
    fn known_answers() {
        let hash = TokenHash::of(SAMPLE).expect("well formed");
        assert!(hash.0.starts_with("6ea6c420"));
        let refresh = "r0_yRiGnplAHKjK_XGJB9jvmV9g8eVX0BFAhD7bea1TloA37Lgml";
        assert!(Kind::Refresh.fits(refresh));
        assert_eq!(TokenHash::of(refresh), None, "no refresh token opens the API");
    }

    /// ID-02, ID-03.
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
