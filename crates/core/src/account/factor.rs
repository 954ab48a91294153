//! The second step of signing in: on as long as the account has one-time codes or a passkey.

use trackway_db::Tx;

use super::log::{self, Event};
use super::{passkey, recovery, reset, totp};
use crate::account_cx::AccountCx;
use crate::error::Result;

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
