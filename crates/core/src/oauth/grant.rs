//! Minting codes and tokens: the only place where any of them is made.

use super::application::Application;
use super::authorize::AuthorizeRequest;
use super::device::Device;
use super::scope::ScopeSet;
use super::{revoke, store};
use crate::account_cx::AccountCx;
use crate::error::{Error, Result};
use crate::secret;
use crate::time::Instant;
use crate::token::{self, Kind};

/// Grants of one user for one application, with devices and without (1.5).
const MOST_GRANTS: usize = 30;
/// How long a code that is shown on a page is good, in ms.
const SHOWN_CODE_LIFE: i64 = 600_000;
/// A previous access token lives so long after a refresh at most, in ms (TK-14).
const OVERLAP: i64 = 300_000;
/// Characters of a code that people type.
const TYPED: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Tokens as they are told to the application, once.
#[derive(Clone)]
pub struct Issued {
    /// Access token.
    pub access_token: String,
    /// Refresh token; none for the implicit flow.
    pub refresh_token: Option<String>,
    /// Whole seconds left.
    pub expires_in: i64,
    /// What the access token is good for.
    pub scopes: ScopeSet,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issued").field("scopes", &self.scopes.text()).finish_non_exhaustive()
    }
}

/// A grant to be made.
pub(super) struct NewGrant<'a> {
    pub(super) account: i64,
    pub(super) scopes: ScopeSet,
    pub(super) device: Option<&'a Device>,
    pub(super) resource: &'a str,
}

/// A code for an approved request. Where it is shown on a page, it is short enough to be typed.
pub(super) fn issue_code(
    cx: &mut AccountCx<'_, '_>,
    request: &AuthorizeRequest,
    account: i64,
    scopes: ScopeSet,
) -> Result<String> {
    let shown = request.shows_code(&cx.visit.issuer);
    let (code, life) = if shown {
        (typed_code()?, SHOWN_CODE_LIFE)
    } else {
        (secret::random_text()?, cx.settings.policy.code_ttl * 1000)
    };
    let json = serde_json::to_string(request).map_err(Error::internal)?;
    let (hash, end) = (secret::hash(&code), cx.now() + life);
    cx.tx.exec(
        store::INSERT_CODE,
        &[&hash, &request.client_id, &account, &json, &scopes.text(), &end],
    )?;
    Ok(code)
}

/// 16 characters of 5 bits each.
fn typed_code() -> Result<String> {
    let bytes: [u8; 16] = secret::random()?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(TYPED.get(usize::from(byte & 31)).copied().unwrap_or(b'0')))
        .collect())
}

/// The form in which a code is looked up: one that was typed may hold blanks and hyphens, and
/// letters in any case (VC-04).
pub(super) fn normal_code(code: &str) -> String {
    let typed: String =
        code.chars().filter(|c| *c != ' ' && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
    if typed.len() == 16 && typed.bytes().all(|b| TYPED.contains(&b)) {
        typed
    } else {
        code.to_owned()
    }
}

/// A token without a refresh token, for the implicit flow (AZ-18).
pub(super) fn issue_bare(
    cx: &mut AccountCx<'_, '_>,
    application: &Application,
    request: &AuthorizeRequest,
    account: i64,
    scopes: ScopeSet,
) -> Result<Issued> {
    let new =
        NewGrant { account, scopes, device: request.device.as_ref(), resource: &request.resource };
    let (grant, ends_at) = start(cx, application, &new)?;
    access(cx, application, &grant, account, scopes, &request.resource, ends_at)
}

/// Starts a family of tokens and issues its first pair. Answers the id of the grant as well.
pub(super) fn issue(
    cx: &mut AccountCx<'_, '_>,
    application: &Application,
    new: &NewGrant<'_>,
) -> Result<(String, Issued)> {
    let (grant, ends_at) = start(cx, application, new)?;
    let mut issued =
        access(cx, application, &grant, new.account, new.scopes, new.resource, ends_at)?;
    let (refresh, _) = refresh(cx, application, &grant, ends_at)?;
    issued.refresh_token = Some(refresh);
    Ok((grant, issued))
}

/// The next pair of a family. The access tokens before it end soon (TK-14).
pub(super) fn renew(
    cx: &mut AccountCx<'_, '_>,
    application: &Application,
    grant: &store::GrantRow,
    scopes: ScopeSet,
) -> Result<(Issued, String)> {
    let soon = cx.now() + OVERLAP;
    cx.tx.exec(store::SHORTEN, &[&grant.id, &soon])?;
    cx.credentials_changed();
    let mut issued = access(
        cx,
        application,
        &grant.id,
        grant.account_id,
        scopes,
        &grant.resource,
        grant.ends_at,
    )?;
    let (text, hash) = refresh(cx, application, &grant.id, grant.ends_at)?;
    issued.refresh_token = Some(text);
    Ok((issued, hash))
}

fn start(
    cx: &mut AccountCx<'_, '_>,
    application: &Application,
    new: &NewGrant<'_>,
) -> Result<(String, Option<Instant>)> {
    make_room(cx, application, new)?;
    let id = secret::random_hex::<16>()?;
    let now = cx.now();
    let ends_at = cx.settings.policy.grant_end(application.details.profile, now);
    let (device_id, device_name) =
        new.device.map_or(("", ""), |device| (device.id.as_str(), device.name.as_str()));
    let scopes = new.scopes.text();
    cx.tx.exec(
        store::INSERT_GRANT,
        &[
            &id,
            &new.account,
            &application.id,
            &device_id,
            &device_name,
            &scopes,
            &new.resource,
            &now,
            &ends_at,
        ],
    )?;
    Ok((id, ends_at))
}

/// A new grant on a device replaces the one before; of many grants the oldest goes.
fn make_room(
    cx: &mut AccountCx<'_, '_>,
    application: &Application,
    new: &NewGrant<'_>,
) -> Result<()> {
    let (account, id) = (new.account, &application.id);
    let existing: Vec<store::GrantRow> = match new.device {
        None => cx.tx.all(store::OLDEST_GRANTS, &[&account, id])?,
        Some(device) => {
            let same: Vec<store::GrantRow> =
                cx.tx.all(store::GRANT_ON_DEVICE, &[&account, id, &device.id])?;
            for grant in &same {
                revoke::family(cx, &grant.id)?;
            }
            cx.tx.all(store::GRANTS_ON_DEVICES, &[&account, id])?
        }
    };
    let surplus = (existing.len() + 1).saturating_sub(MOST_GRANTS);
    for grant in existing.iter().take(surplus) {
        revoke::family(cx, &grant.id)?;
    }
    Ok(())
}

fn access(
    cx: &mut AccountCx<'_, '_>,
    application: &Application,
    grant: &str,
    account: i64,
    scopes: ScopeSet,
    resource: &str,
    ends_at: Option<Instant>,
) -> Result<Issued> {
    let now = cx.now();
    let end = cx.settings.policy.access_end(application.details.profile, now);
    let end = ends_at.map_or(end, |last| end.min(last));
    let text = token::generate(Kind::Access)?;
    let row = NewToken {
        account,
        scopes: &scopes.text(),
        label: &application.details.name,
        end: Some(end),
        kind: "access",
        application: Some(&application.id),
        grant: Some(grant),
        parent: None,
        resource,
        queues: None,
    };
    store_token(cx, &text, &row)?;
    Ok(Issued {
        access_token: text,
        refresh_token: None,
        expires_in: (end - now).div_euclid(1000),
        scopes,
    })
}

/// Everything stored about a token but its hash.
pub(super) struct NewToken<'a> {
    pub(super) account: i64,
    pub(super) scopes: &'a str,
    pub(super) label: &'a str,
    pub(super) end: Option<Instant>,
    pub(super) kind: &'a str,
    pub(super) application: Option<&'a str>,
    pub(super) grant: Option<&'a str>,
    pub(super) parent: Option<&'a str>,
    pub(super) resource: &'a str,
    pub(super) queues: Option<&'a str>,
}

/// Stores a token's hash.
pub(super) fn store_token(
    cx: &mut AccountCx<'_, '_>,
    text: &str,
    new: &NewToken<'_>,
) -> Result<()> {
    let (hash, now) = (secret::hash(text), cx.now());
    cx.tx.exec(
        store::INSERT_TOKEN,
        &[
            &hash,
            &new.account,
            &new.scopes,
            &new.label,
            &now,
            &new.end,
            &new.kind,
            &new.application,
            &new.grant,
            &new.parent,
            &new.resource,
            &new.queues,
        ],
    )?;
    Ok(())
}

/// A refresh token, and its hash.
fn refresh(
    cx: &mut AccountCx<'_, '_>,
    application: &Application,
    grant: &str,
    ends_at: Option<Instant>,
) -> Result<(String, String)> {
    let now = cx.now();
    let end = cx.settings.policy.refresh_end(application.details.profile, now);
    let end = ends_at.map_or(end, |last| end.min(last));
    let text = token::generate(Kind::Refresh)?;
    let hash = secret::hash(&text);
    cx.tx.exec(store::INSERT_REFRESH, &[&hash, &grant, &now, &end])?;
    Ok((text, hash))
}
