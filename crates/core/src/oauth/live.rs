//! Tokens presented to the endpoints of the authorization server itself.

use crate::account_cx::AccountCx;
use crate::error::Result;
use crate::token::{self, Token, TokenHash};

/// The login of an account.
pub(super) const LOGIN: &str = "SELECT login FROM account WHERE id = $1";

/// A token that is there, with its hash.
pub(super) struct Live {
    pub(super) token: Token,
    pub(super) hash: String,
}

/// The token with this text, good or not.
pub(super) fn find(cx: &mut AccountCx<'_, '_>, text: &str) -> Result<Option<Live>> {
    let Some(hash) = TokenHash::of(text) else { return Ok(None) };
    let found = token::find(cx.tx, &hash)?;
    Ok(found.map(|token| Live { token, hash: hash.0 }))
}

/// The token with this text if it is good now: alive, its application usable, its user a member of
/// an organisation.
pub(super) fn good(cx: &mut AccountCx<'_, '_>, text: &str) -> Result<Option<Live>> {
    let idle = cx.settings.policy.token_idle_ttl * 1000;
    let now = cx.now();
    let found = find(cx, text)?.filter(|found| found.token.is_alive(now, idle));
    Ok(found.filter(|found| !cx.organizations(found.token.account).is_empty()))
}

/// The login of an account.
pub(super) fn login(cx: &mut AccountCx<'_, '_>, account: i64) -> Result<Option<String>> {
    let row: Option<(String,)> = cx.tx.opt(LOGIN, &[&account])?;
    Ok(row.map(|(login,)| login))
}
