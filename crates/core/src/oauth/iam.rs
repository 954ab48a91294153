//! IAM tokens: short-lived ones made from an access token (oauth.md, 2.10).

use super::grant::{self, NewToken};
use super::live;
use super::log::{self, About, Event};
use super::scope::ScopeSet;
use super::service::assertion;
use super::store;
use crate::account_cx::AccountCx;
use crate::error::Result;
use crate::time::Instant;
use crate::token::{self, Kind};

/// Life of an IAM token, in ms.
const LIFE: i64 = 12 * 3_600_000;
/// Live IAM tokens of one parent; the oldest goes (IM-03).
const MOST: usize = 100;

/// What a service account may do in the API; its level decides about the rest.
const SERVICE_SCOPES: &str = "tracker:read tracker:write";

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
    make_room(cx, &parent.hash)?;
    let end = cx.now() + LIFE;
    let end = parent.token.expires.map_or(end, |last| last.min(end));
    // IM-02: what a parent may, and nothing more; `cloud:auth` stands for the whole API.
    let mut scopes = parent.token.all_scopes;
    if scopes.has("cloud:auth") {
        scopes = scopes.union(ScopeSet::api());
    }
    let (scopes, queues) = (scopes.text(), parent.token.queues_text());
    let row = NewToken {
        application: parent.token.application.as_deref(),
        grant: parent.token.grant.as_deref(),
        queues: queues.as_deref(),
        ..bare(parent.token.account, &scopes, &parent.hash, end)
    };
    issue(cx, &row, end).map(Ok)
}

/// Makes an IAM token for a service account, which proves itself by a signature (IM-08).
///
/// # Errors
/// The database fails.
pub fn exchange_assertion(
    cx: &mut AccountCx<'_, '_>,
    text: &str,
) -> Result<std::result::Result<IamToken, IamFault>> {
    let proven = assertion::verify(cx, text)?;
    // A service account that was dismissed has no organisation.
    let proven = proven.filter(|proven| !cx.organizations(proven.account).is_empty());
    let Some(proven) = proven else { return Ok(Err(IamFault::Unauthenticated)) };
    let parent = assertion::parent(&proven.key);
    make_room(cx, &parent)?;
    let end = cx.now() + LIFE;
    let row = bare(proven.account, SERVICE_SCOPES, &parent, end);
    issue(cx, &row, end).map(Ok)
}

fn bare<'a>(account: i64, scopes: &'a str, parent: &'a str, end: Instant) -> NewToken<'a> {
    NewToken {
        account,
        scopes,
        label: "IAM",
        end: Some(end),
        kind: "iam",
        application: None,
        grant: None,
        parent: Some(parent),
        resource: "",
        queues: None,
    }
}

fn issue(cx: &mut AccountCx<'_, '_>, row: &NewToken<'_>, expires: Instant) -> Result<IamToken> {
    let token = token::generate(Kind::Iam)?;
    grant::store_token(cx, &token, row)?;
    log::event(cx, row.account, Event::IamTokenIssued, about(row.application))?;
    Ok(IamToken { token, expires })
}

/// Of the live tokens of a parent the oldest go.
fn make_room(cx: &mut AccountCx<'_, '_>, parent: &str) -> Result<()> {
    let children: Vec<(String,)> = cx.tx.all(store::CHILDREN, &[&parent])?;
    let surplus = (children.len() + 1).saturating_sub(MOST);
    for (hash,) in children.iter().take(surplus) {
        cx.tx.exec(store::DELETE_TOKEN, &[hash])?;
        cx.credentials_changed();
    }
    Ok(())
}

/// An IAM token is known by the application its parent was given to, if any.
fn about(application: Option<&str>) -> About<'_> {
    application.map_or(About::token("", "IAM"), About::application)
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
    let about = about(target.token.application.as_deref());
    log::event(cx, caller.token.account, Event::IamTokenRevoked, about)?;
    Ok(Ok(caller.token.account))
}
