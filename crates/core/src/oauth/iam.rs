//! IAM tokens: short-lived ones made from an access token (oauth.md, 2.10).

use super::grant::{self, NewToken};
use super::live;
use super::scope::ScopeSet;
use super::store;
use crate::account_cx::AccountCx;
use crate::error::Result;
use crate::time::Instant;
use crate::token::{self, Kind};

/// Life of an IAM token, in ms.
const LIFE: i64 = 12 * 3_600_000;
/// Live IAM tokens of one parent; the oldest goes (IM-03).
const MOST: usize = 100;

/// A new IAM token.
#[derive(Clone)]
pub struct IamToken {
    /// Its text.
    pub token: String,
    /// When it ends.
    pub expires: Instant,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IamFault {
    /// 401: the token that was presented is not good.
    Unauthenticated,
    /// 403: the token to revoke is not the caller's.
    Denied,
    /// 404: there is no such token.
    NotFound,
}

/// Makes an IAM token from a live access token.
///
/// # Errors
/// The database fails.
pub fn exchange(
    cx: &mut AccountCx<'_, '_>,
    text: &str,
) -> Result<std::result::Result<IamToken, IamFault>> {
    let parent = if Kind::Access.fits(text) { live::good(cx, text)? } else { None };
    let Some(parent) = parent.filter(|parent| parent.token.resource.is_empty()) else {
        return Ok(Err(IamFault::Unauthenticated));
    };
    let children: Vec<(String,)> = cx.tx.all(store::CHILDREN, &[&parent.hash])?;
    let surplus = (children.len() + 1).saturating_sub(MOST);
    for (hash,) in children.iter().take(surplus) {
        cx.tx.exec(store::DELETE_TOKEN, &[hash])?;
        cx.credentials_changed();
    }
    let end = cx.now() + LIFE;
    let end = parent.token.expires.map_or(end, |last| last.min(end));
    let text = token::generate(Kind::Iam)?;
    // IM-02: what a parent may, and nothing more; `cloud:auth` stands for the whole API.
    let mut scopes = parent.token.all_scopes;
    if scopes.has("cloud:auth") {
        scopes = scopes.union(ScopeSet::stored("tracker:read tracker:write"));
    }
    let queues = parent.token.queues_text();
    let row = NewToken {
        account: parent.token.account,
        scopes: &scopes.text(),
        label: "IAM",
        end: Some(end),
        kind: "iam",
        application: parent.token.application.as_deref(),
        grant: parent.token.grant.as_deref(),
        parent: Some(&parent.hash),
        resource: "",
        queues: queues.as_deref(),
    };
    grant::store_token(cx, &text, &row)?;
    Ok(Ok(IamToken { token: text, expires: end }))
}

/// Revokes an IAM token of the caller, who presents a live one. Answers the account.
///
/// # Errors
/// The database fails.
pub fn revoke(
    cx: &mut AccountCx<'_, '_>,
    bearer: &str,
    text: &str,
) -> Result<std::result::Result<i64, IamFault>> {
    let caller = if Kind::Iam.fits(bearer) { live::good(cx, bearer)? } else { None };
    let Some(caller) = caller else { return Ok(Err(IamFault::Unauthenticated)) };
    let target = if Kind::Iam.fits(text) { live::find(cx, text)? } else { None };
    let Some(target) = target else { return Ok(Err(IamFault::NotFound)) };
    if target.token.account != caller.token.account {
        return Ok(Err(IamFault::Denied));
    }
    cx.tx.exec(store::DELETE_TOKEN, &[&target.hash])?;
    cx.credentials_changed();
    Ok(Ok(caller.token.account))
}
