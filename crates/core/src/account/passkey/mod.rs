//! Passkeys (`WebAuthn`; oauth.md, MF-02). Attestation is not asked for, so nothing here reads CBOR:
//! browsers hand over the public key in the usual form (ADR 0005).

#[cfg(test)]
pub(crate) mod authenticator;
pub mod ceremony;
pub mod key;
#[cfg(test)]
mod tests;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest as _, Sha256};
use trackway_db::Tx;

use self::ceremony::{Deed, Site};
use self::key::Algorithm;
use super::{factor, log, member};
use crate::account_cx::AccountCx;
use crate::error::{Code, Result};
use crate::time::Instant;

/// Passkeys of one account.
const MOST: usize = 20;
/// Bytes of the longest id (`WebAuthn`, 4: credential id).
const LONGEST_ID: usize = 1023;

/// Adds a passkey.
pub const INSERT: &str = "INSERT INTO account_passkey (id, account_id, name, algorithm, public_key, \
     counter, asked_at, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)";
/// A passkey.
pub const FIND: &str = "SELECT id, account_id, name, algorithm, public_key, counter, asked_at, \
     created_at, used_at FROM account_passkey WHERE id = $1";
/// The passkeys of an account.
pub const OF_ACCOUNT: &str = "SELECT id, account_id, name, algorithm, public_key, counter, \
     asked_at, created_at, used_at FROM account_passkey WHERE account_id = $1 \
     ORDER BY created_at, id";
/// How many an account has.
pub const COUNT: &str = "SELECT COUNT(*) FROM account_passkey WHERE account_id = $1";
/// Uses a passkey; each challenge once.
pub const USE: &str = "UPDATE account_passkey SET counter = $2, asked_at = $3, used_at = $4 \
     WHERE id = $1 AND asked_at < $3";
/// Takes a passkey away.
pub const DELETE: &str = "DELETE FROM account_passkey WHERE account_id = $1 AND id = $2";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[INSERT, FIND, OF_ACCOUNT, COUNT, USE, DELETE];

trackway_db::row! {
    /// A stored passkey.
    pub struct PasskeyRow {
        pub id: String,
        pub account_id: i64,
        pub name: String,
        pub algorithm: i64,
        pub public_key: Vec<u8>,
        pub counter: i64,
        pub asked_at: i64,
        pub created_at: i64,
        pub used_at: Option<i64>,
    }
}

/// Where a browser answers: the site, and what the browser is known by.
#[derive(Clone, Debug)]
pub struct Place {
    /// The site.
    pub site: Site,
    /// What challenges are bound to.
    pub bound: String,
}

/// A new passkey, as a browser hands it over; bytes in base64url.
#[derive(Clone, Debug, Default)]
pub struct New {
    /// Name that the person gives it.
    pub name: String,
    /// Id.
    pub id: String,
    /// Number of the algorithm.
    pub algorithm: i64,
    /// Public key.
    pub public_key: String,
    /// What the browser says.
    pub client_data: String,
    /// What the authenticator says.
    pub authenticator: String,
}

/// A passkey in use, as a browser hands it over; bytes in base64url.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Id of the passkey.
    pub id: String,
    /// What the browser says.
    pub client_data: String,
    /// What the authenticator says.
    pub authenticator: String,
    /// Its signature.
    pub signature: String,
}

/// What a passkey has to prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Who it is: the authenticator asked for a finger, a face or a code.
    Alone,
    /// That this account, known by its password already, has it.
    Second(i64),
    /// Who it is, and that it is this account.
    Again(i64),
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(text.trim_end_matches('=').as_bytes()).ok()
}

/// The passkeys of an account.
///
/// # Errors
/// The database fails.
pub fn of_account(tx: &mut Tx<'_>, account: i64) -> Result<Vec<PasskeyRow>> {
    Ok(tx.all(OF_ACCOUNT, &[&account])?)
}

/// Whether an account has any.
///
/// # Errors
/// The database fails.
pub fn any(tx: &mut Tx<'_>, account: i64) -> Result<bool> {
    let (count,): (i64,) = tx.one(COUNT, &[&account])?;
    Ok(count > 0)
}

/// Stores a new passkey. The first second factor of an account switches the second step on, with
/// these recovery codes; whether that happened.
///
/// # Errors
/// 422 for a name that will not do, an answer that is not meant for this place, or too many.
pub fn add(
    cx: &mut AccountCx<'_, '_>,
    account: i64,
    place: &Place,
    new: &New,
    recovery_codes: &[String],
) -> Result<bool> {
    let name = member::required("name", &new.name)?;
    let wrong = || Code::PasskeyRefused.err();
    let decoded = bytes(&new.client_data).zip(bytes(&new.authenticator));
    let (client, authenticator) = decoded.ok_or_else(wrong)?;
    let (key, now) = (cx.settings.key.clone(), cx.now());
    let at = (&place.site, place.bound.as_str());
    let said =
        ceremony::read(&key, at, Deed::Create, (client.as_slice(), authenticator.as_slice()), now);
    let said = said.ok_or_else(wrong)?;
    let id = bytes(&new.id).filter(|id| !id.is_empty() && id.len() <= LONGEST_ID);
    let public = bytes(&new.public_key).ok_or_else(wrong)?;
    let admitted = Algorithm::numbered(new.algorithm).is_some_and(|kind| kind.admits(&public));
    if id.is_none() || said.made != id || !admitted {
        return Err(wrong());
    }
    let id = BASE64URL_NOPAD.encode(&id.unwrap_or_default());
    let known: Option<PasskeyRow> = cx.tx.opt(FIND, &[&id])?;
    if known.is_some() {
        return Err(wrong());
    }
    if of_account(cx.tx, account)?.len() >= MOST {
        return Err(Code::TooManyValues.with(MOST));
    }
    let first = factor::begin(cx, account, recovery_codes)?;
    let params: [&dyn trackway_db::Param; 8] =
        [&id, &account, &name, &new.algorithm, &public, &said.counter, &said.asked_at, &now];
    cx.tx.exec(INSERT, &params)?;
    log::record(cx, account, log::Event::PasskeyAdded, &name)?;
    Ok(first)
}

/// Takes a passkey away. With the last second factor the second step ends; whether that happened.
///
/// # Errors
/// 404 when the account has no such passkey.
pub fn remove(cx: &mut AccountCx<'_, '_>, account: i64, id: &str) -> Result<bool> {
    let row: Option<PasskeyRow> = cx.tx.opt(FIND, &[&id])?;
    let row = row.filter(|row| row.account_id == account);
    let row = row.ok_or_else(|| Code::UnknownPath.err())?;
    cx.tx.exec(DELETE, &[&account, &id])?;
    log::record(cx, account, log::Event::PasskeyRemoved, &row.name)?;
    factor::end(cx, account)
}

/// The account that a passkey proves; nobody where anything about the answer is wrong.
///
/// # Errors
/// The database fails.
pub fn check(
    cx: &mut AccountCx<'_, '_>,
    place: &Place,
    answer: &Answer,
    proof: Proof,
) -> Result<Option<i64>> {
    let now = cx.now();
    let id = answer.id.trim_end_matches('=');
    let row: Option<PasskeyRow> = cx.tx.opt(FIND, &[&id])?;
    let Some(row) = row else { return Ok(None) };
    let Some((asked_at, counter)) = proven(cx, place, answer, &row, proof, now) else {
        return Ok(None);
    };
    // A counter that does not grow speaks of a copy; it is told of, and lets its owner in.
    if counter.max(row.counter) > 0 && counter <= row.counter {
        log::record(cx, row.account_id, log::Event::PasskeyCounter, &row.name)?;
    }
    let used = cx.tx.exec(USE, &[&row.id, &counter, &asked_at, &now])? == 1;
    Ok(used.then_some(row.account_id))
}

/// The time of the challenge and the counter, if the passkey signed what was asked for.
fn proven(
    cx: &AccountCx<'_, '_>,
    place: &Place,
    answer: &Answer,
    row: &PasskeyRow,
    proof: Proof,
    now: Instant,
) -> Option<(Instant, i64)> {
    let (client, authenticator) = (bytes(&answer.client_data)?, bytes(&answer.authenticator)?);
    let at = (&place.site, place.bound.as_str());
    let said = ceremony::read(
        &cx.settings.key,
        at,
        Deed::Get,
        (client.as_slice(), authenticator.as_slice()),
        now,
    )?;
    let (account, alone) = match proof {
        Proof::Alone => (row.account_id, true),
        Proof::Second(account) => (account, false),
        Proof::Again(account) => (account, true),
    };
    if row.account_id != account || (alone && !said.verified) {
        return None;
    }
    let signed = [authenticator.as_slice(), Sha256::digest(&client).as_slice()].concat();
    let kind = Algorithm::numbered(row.algorithm)?;
    kind.verify(&row.public_key, &signed, &bytes(&answer.signature)?)
        .then_some((said.asked_at, said.counter))
}
