//! Accounts at other sign-in services (oauth.md, 7.6), linked by issuer and subject only.

use super::log::{self, Event};
use crate::account_cx::AccountCx;
use crate::dict::model::Member;
use crate::error::{Code, Result};
use crate::org;

/// The account a stranger's account is linked to.
pub const FIND: &str = "SELECT account_id FROM account_upstream WHERE issuer = $1 AND subject = $2";
/// Links an account.
pub const INSERT: &str = "INSERT INTO account_upstream (issuer, subject, account_id, created_at) \
     VALUES ($1, $2, $3, $4)";
/// The links of an account.
pub const OF_ACCOUNT: &str =
    "SELECT issuer, subject FROM account_upstream WHERE account_id = $1 ORDER BY issuer, subject";
/// Unlinks an account.
pub const DELETE: &str = "DELETE FROM account_upstream WHERE account_id = $1 AND issuer = $2";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[FIND, INSERT, OF_ACCOUNT, DELETE];

/// The account that is linked, if one is.
///
/// # Errors
/// The database fails.
pub fn find(cx: &mut AccountCx<'_, '_>, issuer: &str, subject: &str) -> Result<Option<i64>> {
    let row: Option<(i64,)> = cx.tx.opt(FIND, &[&issuer, &subject])?;
    Ok(row.map(|(account,)| account))
}

/// Links an account. One that is linked to the same stranger already stays so.
///
/// # Errors
/// 409 when the stranger's account is linked to somebody else.
pub fn link(cx: &mut AccountCx<'_, '_>, account: i64, issuer: &str, subject: &str) -> Result<()> {
    match find(cx, issuer, subject)? {
        Some(known) if known == account => Ok(()),
        Some(_) => Err(Code::UpstreamTaken.err()),
        None => {
            let now = cx.now();
            cx.tx.exec(INSERT, &[&issuer, &subject, &account, &now])?;
            log::record(cx, account, Event::UpstreamLinked, issuer)
        }
    }
}

/// The issuers an account is linked with.
///
/// # Errors
/// The database fails.
pub fn issuers(cx: &mut AccountCx<'_, '_>, account: i64) -> Result<Vec<String>> {
    let rows: Vec<(String, String)> = cx.tx.all(OF_ACCOUNT, &[&account])?;
    Ok(rows.into_iter().map(|(issuer, _)| issuer).collect())
}

/// Unlinks an account.
///
/// # Errors
/// The database fails.
pub fn unlink(cx: &mut AccountCx<'_, '_>, account: i64, issuer: &str) -> Result<()> {
    cx.tx.exec(DELETE, &[&account, &issuer])?;
    log::record(cx, account, Event::UpstreamUnlinked, issuer)
}

/// Makes an account for somebody who comes for the first time, to read only.
///
/// # Errors
/// 409 for a login that is taken: it would be somebody else's account.
pub fn welcome(cx: &mut AccountCx<'_, '_>, org_id: i64, person: &Member) -> Result<i64> {
    let taken: Option<(i64,)> = cx.tx.opt(org::ACCOUNT_BY_LOGIN, &[&person.login])?;
    if taken.is_some() {
        return Err(Code::NameTaken.with(&person.login));
    }
    let who = log::who(cx, 0);
    let stored = org::new_member(cx.tx, org_id, person, &who)?;
    let uid = stored.id;
    cx.changed_object(org_id, stored)?;
    Ok(uid)
}
