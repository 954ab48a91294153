//! Passwords (oauth.md, PW-01..PW-09): which are allowed, and their Argon2id hashes. Hashing takes
//! some 20 ms of a core and 19 MiB, so it never runs inside a transaction; the server bounds how
//! many run at once.

use std::collections::HashSet;
use std::sync::OnceLock;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, ParamsBuilder, Version};
use subtle::ConstantTimeEq as _;
use trackway_db::Tx;
use zeroize::Zeroizing;

use super::pepper::{Pepper, Peppers};
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

/// A password as somebody typed it. It is wiped when it is dropped, and nothing prints it (PW-09).
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// What is there to be hashed.
    fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The text itself, for a directory that has to check it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(..)")
    }
}

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

/// The hash of a password with a fresh salt, and with the newest of the keys. Slow.
///
/// # Errors
/// There are no random numbers.
pub fn hash(password: &Password, peppers: &Peppers, memory: &mut Memory) -> Result<String> {
    hash_with(password, &secret::random()?, peppers.newest(), memory)
}

fn hash_with(
    password: &Password,
    salt: &[u8; 16],
    pepper: Option<&Pepper>,
    memory: &mut Memory,
) -> Result<String> {
    let params = params(pepper)?;
    let encoded = ParamsString::try_from(&params).map_err(Error::internal)?;
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    let blocks = memory.of(&params);
    context(Algorithm::Argon2id, Version::V0x13, params, pepper)
        .and_then(|argon| {
            argon.hash_password_into_with_memory(password.bytes(), salt, &mut out, blocks)
        })
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

/// The parameters of new hashes, with the name of the key.
fn params(pepper: Option<&Pepper>) -> Result<Params> {
    let (kib, passes, lanes) = COST;
    let mut params = ParamsBuilder::new();
    params.m_cost(kib).t_cost(passes).p_cost(lanes);
    if let Some(pepper) = pepper {
        params.keyid(pepper.id()?);
    }
    params.build().map_err(Error::internal)
}

fn context(
    algorithm: Algorithm,
    version: Version,
    params: Params,
    pepper: Option<&Pepper>,
) -> argon2::Result<Argon2<'_>> {
    match pepper {
        Some(pepper) => Argon2::new_with_secret(pepper.key(), algorithm, version, params),
        None => Ok(Argon2::new(algorithm, version, params)),
    }
}

/// Whether a password is the one that was hashed. `None`, for an unknown account, takes as long as
/// a wrong password (PW-05), and so does a hash that was made with a key that is not there any more.
/// Slow.
pub fn verify(
    phc: Option<&str>,
    password: &Password,
    peppers: &Peppers,
    memory: &mut Memory,
) -> bool {
    if password.bytes().len() > *LENGTH.end() {
        return false;
    }
    let known = phc.and_then(|phc| Known::read(phc, peppers));
    let fits = match &known {
        Some(known) => known.is_of(password, memory),
        None => dummy(memory).is_some_and(|dummy| dummy.is_of(password, memory)),
    };
    fits && known.is_some()
}

/// What nobody's password was hashed to.
fn dummy(memory: &mut Memory) -> Option<Known<'static>> {
    static DUMMY: OnceLock<Option<String>> = OnceLock::new();
    let made = DUMMY.get_or_init(|| hash_with(&"nobody".into(), &[7; 16], None, memory).ok());
    Some(Known { hash: PasswordHash::new(made.as_deref()?).ok()?, pepper: None })
}

/// A stored hash with its key.
struct Known<'p> {
    hash: PasswordHash,
    pepper: Option<&'p Pepper>,
}

impl<'p> Known<'p> {
    /// Nothing where the record cannot be used; the log says why.
    fn read(phc: &str, peppers: &'p Peppers) -> Option<Self> {
        let hash = PasswordHash::new(phc).ok();
        let params = hash.as_ref().and_then(|hash| Params::try_from(hash).ok());
        let (Some(hash), Some(params)) = (hash, params) else {
            tracing::error!("a stored password hash cannot be read");
            return None;
        };
        let name = params.keyid();
        if name.is_empty() {
            return Some(Self { hash, pepper: None });
        }
        let pepper = peppers.named(name);
        if pepper.is_none() {
            let name = data_encoding::BASE64_NOPAD.encode(name);
            tracing::error!(
                key = name,
                "a password was hashed with a key that storage.pepper_file lacks"
            );
        }
        Some(Self { hash, pepper: Some(pepper?) })
    }

    /// Whether the password gives the stored output.
    fn is_of(&self, password: &Password, memory: &mut Memory) -> bool {
        self.try_password(password, memory).unwrap_or_default()
    }

    fn try_password(&self, password: &Password, memory: &mut Memory) -> Option<bool> {
        let algorithm = Algorithm::try_from(self.hash.algorithm.as_str()).ok()?;
        let version = Version::try_from(self.hash.version?).ok()?;
        let params = Params::try_from(&self.hash).ok()?;
        let (salt, expected) = (self.hash.salt.as_ref()?, self.hash.hash.as_ref()?);
        let mut out = [0; Output::MAX_LENGTH];
        let out = out.get_mut(..expected.len())?;
        let blocks = memory.of(&params);
        context(algorithm, version, params, self.pepper)
            .and_then(|argon| {
                argon.hash_password_into_with_memory(password.bytes(), salt, out, blocks)
            })
            .ok()?;
        Some(out.ct_eq(expected.as_bytes()).into())
    }
}

/// Whether a hash was made with weaker parameters than those of today (PW-03), or not with the newest
/// key (PW-02).
///
/// # Errors
/// Never in practice.
pub fn is_outdated(phc: &str, peppers: &Peppers) -> Result<bool> {
    let params = ParamsString::try_from(&params(peppers.newest())?).map_err(Error::internal)?;
    Ok(!phc.starts_with(&format!("$argon2id$v=19${params}$")))
}

/// Checks a new password. `about` are words about the person and the organisation: login, mail
/// address, names.
///
/// # Errors
/// 422 under `password`.
pub fn check(password: &Password, about: &[&str]) -> Result<()> {
    let password = password.reveal();
    if password.is_empty() {
        return Err(Code::FieldRequired.at("password"));
    }
    if password.len() < *LENGTH.start() {
        return Err(Code::PasswordShort.with(LENGTH.start()).under("password"));
    }
    if password.len() > *LENGTH.end() {
        return Err(Code::ValueTooLong.with(LENGTH.end()).under("password"));
    }
    let lower = Zeroizing::new(password.to_lowercase());
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
    let rest = Zeroizing::new(password.replace(&word, ""));
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
