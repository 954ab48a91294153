//! The second step of signing in: on as long as the account has one-time codes or a passkey. Chosen
//! applications demand it once more, each time they are given something (MF-05).

use trackway_db::Tx;

use super::log::{self, Event};
use super::passkey::{Answer, Place, Proof};
use super::{passkey, recovery, reset, totp};
use crate::account_cx::AccountCx;
use crate::error::Result;

/// What somebody offers as the second factor.
#[derive(Clone)]
pub enum Given {
    /// A code of an authenticator.
    Code(String),
    /// The answer of a passkey, and the browser it comes from.
    Passkey(Place, Answer),
}

/// Whether this is a second factor of the account. It is used up.
///
/// # Errors
/// The database fails.
pub fn check(cx: &mut AccountCx<'_, '_>, account: i64, given: &Given) -> Result<bool> {
    let (now, key) = (cx.now(), cx.settings.key.clone());
    match given {
        Given::Code(code) => totp::take(cx.tx, &key, account, code, now),
        Given::Passkey(place, answer) => {
            Ok(passkey::check(cx, place, answer, Proof::Second(account))?.is_some())
        }
    }
}

/// Whether a password alone does not do.
///
/// # Errors
/// The database fails.
pub fn is_on(tx: &mut Tx<'_>, account: i64) -> Result<bool> {
    Ok(totp::is_on(tx, account)? || passkey::any(tx, account)?)
}

/// Before an account gets a factor. The first one switches the second step on: with these recovery
/// codes, and with the end of all sessions and tokens (MF-03, MF-04). Whether it is the first.
///
/// # Errors
/// The database fails.
pub fn begin(cx: &mut AccountCx<'_, '_>, account: i64, codes: &[String]) -> Result<bool> {
    if is_on(cx.tx, account)? {
        return Ok(false);
    }
    recovery::store(cx.tx, account, codes)?;
    changed(cx, account)
}

/// After an account lost a factor. With the last one the second step ends. Whether it was the last.
///
/// # Errors
/// The database fails.
pub fn end(cx: &mut AccountCx<'_, '_>, account: i64) -> Result<bool> {
    if is_on(cx.tx, account)? {
        return Ok(false);
    }
    recovery::remove(cx.tx, account)?;
    changed(cx, account)
}

fn changed(cx: &mut AccountCx<'_, '_>, account: i64) -> Result<bool> {
    reset::end_everything(cx, account, None)?;
    log::record(cx, account, Event::MfaChanged, "")?;
    Ok(true)
}
