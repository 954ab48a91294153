//! One-time codes (RFC 6238: SHA-1, six digits, thirty seconds; oauth.md, MF-01 and API-36).

use data_encoding::BASE32_NOPAD;
use ring::hmac;
use trackway_db::Tx;

use crate::error::{Error, Result};
use crate::secret::{self, ServerKey};
use crate::time::Instant;

const STEP_MS: i64 = 30_000;
const PURPOSE: &str = "totp";

/// The secret of an account.
pub const OF_ACCOUNT: &str =
    "SELECT secret, confirmed_at, last_step FROM account_totp WHERE account_id = $1";
/// Begins with a new secret; one in use stays.
pub const BEGIN: &str = "INSERT INTO account_totp (account_id, secret, confirmed_at, last_step) \
     VALUES ($1, $2, NULL, 0) ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, \
     last_step = 0 WHERE account_totp.confirmed_at IS NULL";
/// Uses a step, once.
pub const USE: &str = "UPDATE account_totp SET last_step = $2, \
     confirmed_at = COALESCE(confirmed_at, $3) WHERE account_id = $1 AND last_step < $2";
/// Switches codes off.
pub const DELETE: &str = "DELETE FROM account_totp WHERE account_id = $1";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[OF_ACCOUNT, BEGIN, USE, DELETE];

trackway_db::row! {
    /// A stored secret.
    pub struct TotpRow {
        pub secret: String,
        pub confirmed_at: Option<i64>,
        pub last_step: i64,
    }
}

/// The code of a secret at a step.
pub fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag.last().copied().unwrap_or_default() & 0x0f);
    let word = tag.get(offset..offset + 4).and_then(|w| <[u8; 4]>::try_from(w).ok());
    let number = u32::from_be_bytes(word.unwrap_or_default()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// The step of an instant.
pub fn step(now: Instant) -> i64 {
    now.div_euclid(STEP_MS)
}

/// A secret for an authenticator application.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The secret in base32, to be typed.
    pub text: String,
}

impl Enrolment {
    /// A new one.
    ///
    /// # Errors
    /// There are no random numbers.
    pub fn new() -> Result<Self> {
        Ok(Self { text: BASE32_NOPAD.encode(&secret::random::<20>()?) })
    }
}

impl Enrolment {
    /// The one whose text this is.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE32_NOPAD.decode(text.as_bytes()).ok()?;
        (bytes.len() == 20).then(|| Self { text: text.to_owned() })
    }
}

/// Whether an account uses one-time codes.
///
/// # Errors
/// The database fails.
pub fn is_on(tx: &mut Tx<'_>, account: i64) -> Result<bool> {
    let row: Option<TotpRow> = tx.opt(OF_ACCOUNT, &[&account])?;
    Ok(row.is_some_and(|row| row.confirmed_at.is_some()))
}

/// Stores a secret that the first code will confirm. An earlier one that was never confirmed is
/// replaced.
///
/// # Errors
/// The database fails.
pub fn begin(tx: &mut Tx<'_>, key: &ServerKey, account: i64, new: &Enrolment) -> Result<()> {
    let sealed = key.seal(PURPOSE, &account.to_string(), &new.text)?;
    tx.exec(BEGIN, &[&account, &sealed])?;
    Ok(())
}

/// Checks a code and uses it up: the step before and the one after the present are taken too, and
/// none twice. The first code confirms a waiting secret.
///
/// # Errors
/// The database fails, or the server key is another one.
pub fn take(
    tx: &mut Tx<'_>,
    key: &ServerKey,
    account: i64,
    given: &str,
    now: Instant,
) -> Result<bool> {
    let given: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    let row: Option<TotpRow> = tx.opt(OF_ACCOUNT, &[&account])?;
    let Some(row) = row.filter(|_| given.len() == 6) else { return Ok(false) };
    let text = key.open(PURPOSE, &account.to_string(), &row.secret)?;
    let shared = BASE32_NOPAD.decode(text.as_bytes()).map_err(Error::internal)?;
    let present = step(now);
    for step in [present - 1, present, present + 1] {
        let right = secret::equal(code(&shared, step).as_bytes(), given.as_bytes());
        if right && step > row.last_step {
            return Ok(tx.exec(USE, &[&account, &step, &now])? == 1);
        }
    }
    Ok(false)
}

/// Switches codes off.
///
/// # Errors
/// The database fails.
pub fn remove(tx: &mut Tx<'_>, account: i64) -> Result<()> {
    tx.exec(DELETE, &[&account])?;
    Ok(())
}
