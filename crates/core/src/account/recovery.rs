//! Recovery codes: ten of 80 bits, each good once, shown when they are made (oauth.md, BF-07).

use data_encoding::BASE32_NOPAD;
use trackway_db::Tx;

use crate::error::Result;
use crate::secret;
use crate::time::Instant;

const COUNT: usize = 10;

/// Adds a code.
pub const INSERT: &str =
    "INSERT INTO account_recovery (account_id, hash, used_at) VALUES ($1, $2, NULL)";
/// Uses a code, once.
pub const USE: &str = "UPDATE account_recovery SET used_at = $3 \
     WHERE account_id = $1 AND hash = $2 AND used_at IS NULL";
/// How many are left.
pub const LEFT: &str =
    "SELECT COUNT(*) FROM account_recovery WHERE account_id = $1 AND used_at IS NULL";
/// Deletes all codes of an account.
pub const DELETE: &str = "DELETE FROM account_recovery WHERE account_id = $1";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[INSERT, USE, LEFT, DELETE];

/// New codes, as they are shown: `ABCD-EFGH-IJKL-MNOP`.
///
/// # Errors
/// There are no random numbers.
pub fn generate() -> Result<Vec<String>> {
    (0..COUNT)
        .map(|_| {
            let code = BASE32_NOPAD.encode(&secret::random::<10>()?);
            let groups = code.as_bytes().chunks(4).map(String::from_utf8_lossy);
            Ok(groups.collect::<Vec<_>>().join("-"))
        })
        .collect()
}

fn hash(code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    secret::hash(&plain.to_ascii_uppercase())
}

/// Replaces the codes of an account.
///
/// # Errors
/// The database fails.
pub fn store(tx: &mut Tx<'_>, account: i64, codes: &[String]) -> Result<()> {
    remove(tx, account)?;
    for code in codes {
        tx.exec(INSERT, &[&account, &hash(code)])?;
    }
    Ok(())
}

/// Checks a code and uses it up.
///
/// # Errors
/// The database fails.
pub fn take(tx: &mut Tx<'_>, account: i64, given: &str, now: Instant) -> Result<bool> {
    Ok(tx.exec(USE, &[&account, &hash(given), &now])? == 1)
}

/// How many codes are left.
///
/// # Errors
/// The database fails.
pub fn left(tx: &mut Tx<'_>, account: i64) -> Result<i64> {
    let (count,): (i64,) = tx.one(LEFT, &[&account])?;
    Ok(count)
}

/// Deletes the codes of an account.
///
/// # Errors
/// The database fails.
pub fn remove(tx: &mut Tx<'_>, account: i64) -> Result<()> {
    tx.exec(DELETE, &[&account])?;
    Ok(())
}
