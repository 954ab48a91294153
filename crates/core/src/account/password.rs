//! Passwords (oauth.md, PW-01..PW-09): which are allowed, and their Argon2id hashes. Hashing takes
//! some 20 ms of a core and 19 MiB, so it never runs inside a transaction; the server bounds how
//! many run at once.

use std::collections::HashSet;
use std::sync::OnceLock;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq as _;
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

/// Working memory of a hash, for one after the other. An allocator keeps what every thread gives back
/// to it; pieces of this size would add up to hundreds of MiB under many sign-ins.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    fn of(&mut self, params: &Params) -> &mut [Block] {
        let count = params.block_count();
        if self.0.len() < count {
            // Not grown in place: that would copy what is about to be overwritten.
            self.0 = vec![Block::new(); count];
        }
        &mut self.0
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

/// The hash of a password with a fresh salt. Slow.
///
/// # Errors
/// There are no random numbers.
pub fn hash(password: &str, memory: &mut Memory) -> Result<String> {
    hash_with(password, &secret::random()?, memory)
}

fn hash_with(password: &str, salt: &[u8; 16], memory: &mut Memory) -> Result<String> {
    let (kib, passes, lanes) = COST;
    let params = Params::new(kib, passes, lanes, None).map_err(Error::internal)?;
    let encoded = ParamsString::try_from(&params).map_err(Error::internal)?;
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    let blocks = memory.of(&params);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut out, blocks)
        .map_err(Error::internal)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: encoded,
        salt: Some(Salt::new(salt).map_err(Error::internal)?),
        hash: Some(Output::new(&out).map_err(Error::internal)?),
    };
    Ok(hash.to_string())
}

/// Whether a password is the one that was hashed. `None`, for an unknown account, takes as long as
/// a wrong password (PW-05). Slow.
pub fn verify(phc: Option<&str>, password: &str, memory: &mut Memory) -> bool {
    static DUMMY: OnceLock<Option<String>> = OnceLock::new();
    if password.len() > *LENGTH.end() {
        return false;
    }
    let dummy = DUMMY.get_or_init(|| hash_with("nobody", &[7; 16], memory).ok());
    let Some(known) = phc.or(dummy.as_deref()) else { return false };
    let Ok(parsed) = PasswordHash::new(known) else { return false };
    fits(&parsed, password, memory) == Some(true) && phc.is_some()
}

/// Whether the password gives the stored output; nothing where the record cannot be used.
fn fits(known: &PasswordHash, password: &str, memory: &mut Memory) -> Option<bool> {
    let algorithm = Algorithm::try_from(known.algorithm.as_str()).ok()?;
    let version = Version::try_from(known.version?).ok()?;
    let params = Params::try_from(known).ok()?;
    let (salt, expected) = (known.salt.as_ref()?, known.hash.as_ref()?);
    let mut out = [0; Output::MAX_LENGTH];
    let out = out.get_mut(..expected.len())?;
    let blocks = memory.of(&params);
    Argon2::new(algorithm, version, params)
        .hash_password_into_with_memory(password.as_bytes(), salt, out, blocks)
        .ok()?;
    Some(out.ct_eq(expected.as_bytes()).into())
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
