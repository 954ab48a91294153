//! Passwords (oauth.md, PW-01..PW-09): which are allowed, and their Argon2id hashes. Hashing takes
//! some 20 ms of a core and 19 MiB, so it never runs inside a transaction; the server bounds how
//! many run at once.

use std::collections::HashSet;
use std::sync::OnceLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use trackway_db::Tx;

use crate::error::{Code, Error, Result};
use crate::secret;
use crate::time::Instant;

/// Bytes of the shortest and the longest password (PW-06).
pub const LENGTH: std::ops::RangeInclusive<usize> = 10..=1024;

/// Memory in KiB, passes, lanes (PW-01).
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Of the 19,640 most common passwords (the list that Django ships, made by Royce Williams and in
/// the public domain) those that are long enough to be allowed otherwise.
const COMMON: &str = include_str!("common_passwords.txt");

/// The name of the product is no password either.
const PRODUCT: &str = "trackway";

/// Words shorter than this may be part of a password.
const WORD: usize = 4;

/// The hash of an account's password.
pub const OF_ACCOUNT: &str = "SELECT phc, changed_at FROM account_password WHERE account_id = $1";
/// Sets the hash.
pub const SET: &str = "INSERT INTO account_password (account_id, phc, changed_at) \
     VALUES ($1, $2, $3) \
     ON CONFLICT (account_id) DO UPDATE SET phc = excluded.phc, changed_at = excluded.changed_at";
/// Renews the hash of the same password.
pub const RENEW: &str = "UPDATE account_password SET phc = $2 WHERE account_id = $1 AND phc = $3";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[OF_ACCOUNT, SET, RENEW];

fn argon() -> Result<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password with a fresh salt. Slow.
///
/// # Errors
/// There are no random numbers.
pub fn hash(password: &str) -> Result<String> {
    hash_with(password, &secret::random()?)
}

fn hash_with(password: &str, salt: &[u8; 16]) -> Result<String> {
    let hash: PasswordHash =
        argon()?.hash_password_with_salt(password.as_bytes(), salt).map_err(Error::internal)?;
    Ok(hash.to_string())
}

/// Whether a password is the one that was hashed. `None`, for an unknown account, takes as long as
/// a wrong password (PW-05). Slow.
pub fn verify(phc: Option<&str>, password: &str) -> bool {
    static DUMMY: OnceLock<Option<String>> = OnceLock::new();
    if password.len() > *LENGTH.end() {
        return false;
    }
    let dummy = DUMMY.get_or_init(|| hash_with("nobody", &[7; 16]).ok());
    let Some(known) = phc.or(dummy.as_deref()) else { return false };
    let Ok(parsed) = PasswordHash::new(known) else { return false };
    let Ok(argon) = argon() else { return false };
    argon.verify_password(password.as_bytes(), &parsed).is_ok() && phc.is_some()
}

/// Whether a hash was made with weaker parameters than those of today (PW-03).
pub fn is_outdated(phc: &str) -> bool {
    let (memory, passes, lanes) = COST;
    !phc.starts_with(&format!("$argon2id$v=19$m={memory},t={passes},p={lanes}$"))
}

/// Checks a new password. `about` are words about the person and the organisation: login, mail
/// address, names.
///
/// # Errors
/// 422 under `password`.
pub fn check(password: &str, about: &[&str]) -> Result<()> {
    if password.is_empty() {
        return Err(Code::FieldRequired.at("password"));
    }
    if password.len() < *LENGTH.start() {
        return Err(Code::PasswordShort.with(LENGTH.start()).under("password"));
    }
    if password.len() > *LENGTH.end() {
        return Err(Code::ValueTooLong.with(LENGTH.end()).under("password"));
    }
    let lower = password.to_lowercase();
    if is_common(&lower)
        || about.iter().any(|word| is_about(&lower, word))
        || is_about(&lower, PRODUCT)
    {
        return Err(Code::PasswordCommon.at("password"));
    }
    Ok(())
}

fn is_common(password: &str) -> bool {
    static LIST: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let mut chars = password.chars();
    let first = chars.next();
    chars.all(|c| Some(c) == first)
        || LIST.get_or_init(|| COMMON.lines().collect()).contains(password)
}

/// Whether a password is a word with nothing but digits and signs around it.
fn is_about(password: &str, word: &str) -> bool {
    let word = word.trim().to_lowercase();
    if word.chars().count() < WORD {
        return false;
    }
    let rest = password.replace(&word, "");
    rest.len() < password.len() && rest.chars().all(|c| !c.is_alphabetic())
}

/// The stored hash of an account, if it has a password.
///
/// # Errors
/// The database fails.
pub fn find(tx: &mut Tx<'_>, account: i64) -> Result<Option<String>> {
    let row: Option<(String, i64)> = tx.opt(OF_ACCOUNT, &[&account])?;
    Ok(row.map(|(phc, _)| phc))
}

/// Sets the password of an account, hashed already.
///
/// # Errors
/// The database fails.
pub fn set(tx: &mut Tx<'_>, account: i64, phc: &str, now: Instant) -> Result<()> {
    tx.exec(SET, &[&account, &phc, &now])?;
    Ok(())
}

/// Replaces a hash by a stronger one of the same password.
///
/// # Errors
/// The database fails.
pub fn renew(tx: &mut Tx<'_>, account: i64, old: &str, new: &str) -> Result<()> {
    tx.exec(RENEW, &[&account, &new, &old])?;
    Ok(())
}
