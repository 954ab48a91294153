//! Links to choose a new password (oauth.md, PW-08): 256 bits, good once, for half an hour by mail
//! and for a day when an administrator hands one over.

use trackway_db::Tx;

use super::{hashed, password, session};
use crate::account_cx::AccountCx;
use crate::error::{Code, Result};
use crate::oauth::{revoke, service};
use crate::secret;
use crate::time::{DAY_MS, Instant};

/// How long a link by mail lives.
pub const MAIL_MS: i64 = 30 * 60_000;
/// How long a link handed over by an administrator lives.
pub const HAND_MS: i64 = DAY_MS;

/// Adds a link.
pub const INSERT: &str = "INSERT INTO account_reset (hash, account_id, created_at, created_by, \
     expires_at, used_at) VALUES ($1, $2, $3, $4, $5, NULL)";
/// The account of a live link.
pub const FIND: &str = "SELECT account_id FROM account_reset \
     WHERE hash = $1 AND used_at IS NULL AND expires_at > $2";
/// Uses a link, once.
pub const USE: &str = "UPDATE account_reset SET used_at = $2 \
     WHERE hash = $1 AND used_at IS NULL AND expires_at > $2";
/// Deletes the other links of an account, and what has ended.
pub const PURGE: &str = "DELETE FROM account_reset WHERE account_id = $1 OR expires_at <= $2";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[INSERT, FIND, USE, PURGE];

/// Stores a link for an account; earlier ones stop working.
///
/// # Errors
/// The database fails; 409 for a service account, which has keys instead.
pub fn create(
    tx: &mut Tx<'_>,
    secret_text: &str,
    account: i64,
    by: i64,
    life: i64,
    now: Instant,
) -> Result<()> {
    if service::is_one(tx, account)? {
        return Err(Code::ServicePassword.err());
    }
    tx.exec(PURGE, &[&account, &now])?;
    let hash = secret::hash(secret_text);
    tx.exec(INSERT, &[&hash, &account, &now, &by, &(now + life)])?;
    Ok(())
}

/// The account a link is for, while it is good.
///
/// # Errors
/// The database fails; 404 for a link that is not good.
pub fn find(tx: &mut Tx<'_>, secret_text: &str, now: Instant) -> Result<i64> {
    let hash = hashed(secret_text).ok_or_else(|| Code::LinkExpired.err())?;
    let row: Option<(i64,)> = tx.opt(FIND, &[&hash, &now])?;
    row.map(|(account,)| account).ok_or_else(|| Code::LinkExpired.err())
}

/// Uses a link: sets the password and ends every session and token of the account.
///
/// # Errors
/// The database fails; 404 for a link that is not good any more.
pub fn finish(cx: &mut AccountCx<'_, '_>, secret_text: &str, phc: &str) -> Result<i64> {
    let now = cx.now();
    let account = find(cx.tx, secret_text, now)?;
    if cx.tx.exec(USE, &[&secret::hash(secret_text), &now])? != 1 {
        return Err(Code::LinkExpired.err());
    }
    password::set(cx.tx, account, phc, now)?;
    end_everything(cx, account, None)?;
    Ok(account)
}

/// Ends every session (but `keep`) and every token of an account: what follows from a new
/// password, a changed second factor, and "sign out everywhere" (oauth.md, 1.5).
///
/// # Errors
/// The database fails.
pub fn end_everything(cx: &mut AccountCx<'_, '_>, account: i64, keep: Option<&str>) -> Result<()> {
    session::end_all(cx.tx, account, keep)?;
    revoke::account(cx, account)
}
