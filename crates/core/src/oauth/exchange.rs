//! `POST /token` (oauth.md, 2.4): codes, refresh tokens and device codes become tokens.

use super::application::{self, Application};
use super::authorize::AuthorizeRequest;
use super::client::{self, Credentials};
use super::decide::may_give;
use super::device::{self, Device};
use super::grant::{self, Issued, NewGrant};
use super::log::{self, About, Event};
use super::params::Params;
use super::refusal::{Decision, Fault, Refusal};
use super::scope::ScopeSet;
use super::{Profile, revoke, store};
use crate::account_cx::AccountCx;
use crate::error::{Error, Result};
use crate::secret;
use crate::time::Instant;
use crate::token::Kind;

/// Parameters that may not be repeated.
const KNOWN: [&str; 11] = [
    "grant_type",
    "client_id",
    "client_secret",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "device_code",
    "scope",
    "device_id",
    "resource",
];
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// The original's name of the same.
const SHORT_DEVICE_GRANT: &str = "device_code";

const REPEATED: Refusal = Fault::InvalidRequest.because("A parameter is given more than once");
const WRONG_CODE: Refusal = Fault::InvalidGrant.because("Invalid code");
const WRONG_VERIFIER: Refusal = Fault::InvalidGrant.because("code_verifier does not match");
const WRONG_REFRESH: Refusal = Fault::InvalidGrant.because("Invalid refresh token");

/// Answers a token request.
///
/// # Errors
/// The database fails.
pub fn token(
    cx: &mut AccountCx<'_, '_>,
    credentials: &Credentials,
    params: &Params,
) -> Result<Decision<Issued>> {
    if params.repeats(&KNOWN) || params.is_repeated("device_name") {
        return Ok(Err(REPEATED));
    }
    let app = match client::authenticate(cx, credentials)? {
        Ok(app) => app,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let strict = app.details.profile == Profile::Strict;
    match params.get("grant_type") {
        None => Ok(Err(Fault::InvalidRequest.because("grant_type is missing"))),
        Some("authorization_code") => code(cx, &app, params),
        Some("refresh_token") => refresh(cx, &app, params),
        Some(DEVICE_GRANT) => poll(cx, &app, params, false),
        Some(SHORT_DEVICE_GRANT) if !strict => poll(cx, &app, params, true),
        Some(_) => Ok(Err(Fault::UnsupportedGrantType.because("grant_type is not supported"))),
    }
}

/// Exchanges a code. Whatever comes of it, the code is used up (TK-01, TK-02).
fn code(
    cx: &mut AccountCx<'_, '_>,
    app: &Application,
    params: &Params,
) -> Result<Decision<Issued>> {
    let Some(code) = params.get("code") else {
        return Ok(Err(Fault::InvalidRequest.because("code is missing")));
    };
    let (hash, now) = (secret::hash(&grant::normal_code(code)), cx.now());
    let row: Option<store::CodeRow> = cx.tx.opt(store::USE_CODE, &[&hash, &now])?;
    let Some(row) = row else { return replayed(cx, &hash) };
    let request: AuthorizeRequest = serde_json::from_str(&row.request).map_err(Error::internal)?;
    let scopes = ScopeSet::stored(&row.scopes);
    let own_device = match Device::read(params) {
        Ok(device) => device,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Err(refusal) = redeemable(cx, app, params, &row, &request) {
        if refusal == WRONG_VERIFIER {
            log::event(cx, row.account_id, Event::PkceFailed, app)?;
        }
        return Ok(Err(refusal));
    }
    let resource = match super::authorize::resource(params, &cx.visit.issuer) {
        // A token for less than was approved may be asked for; for more it may not (RFC 8707, 2.2).
        Ok(resource) if params.get("resource").is_none() || resource == request.resource => {
            request.resource.clone()
        }
        _ => return Ok(Err(Fault::InvalidTarget.because("The code is for another resource"))),
    };
    let new = NewGrant {
        account: row.account_id,
        scopes,
        device: request.device.as_ref().or(own_device.as_ref()),
        resource: &resource,
    };
    let (grant, issued) = grant::issue(cx, app, &new)?;
    cx.tx.exec(store::CODE_MADE, &[&hash, &grant])?;
    log::event(cx, row.account_id, Event::TokenIssued, app)?;
    Ok(Ok(issued))
}

/// Name of the application that waits for a code which an account has just been shown, and when the
/// code ends (VC-01).
///
/// # Errors
/// The database fails.
pub fn waiting(
    cx: &mut AccountCx<'_, '_>,
    account: i64,
    code: &str,
) -> Result<Option<(String, Instant)>> {
    let hash = secret::hash(&grant::normal_code(code));
    let row: Option<store::CodeRow> = cx.tx.opt(store::USED_CODE, &[&hash])?;
    let now = cx.now();
    let own = |row: &store::CodeRow| {
        row.account_id == account && now < row.expires_at && row.grant_id.is_none()
    };
    let Some(row) = row.filter(own) else { return Ok(None) };
    let found = application::find(cx, &row.application_id)?;
    Ok(found.map(|application| (application.details.name, row.expires_at)))
}

/// A code that is not there, or was used before: then what the first use made is revoked (TK-05).
fn replayed(cx: &mut AccountCx<'_, '_>, hash: &str) -> Result<Decision<Issued>> {
    let used: Option<store::CodeRow> = cx.tx.opt(store::USED_CODE, &[&hash])?;
    if let Some(row) = used {
        if let Some(grant) = &row.grant_id {
            revoke::family(cx, grant)?;
        }
        let about = About::application(&row.application_id);
        log::event(cx, row.account_id, Event::CodeReplay, about)?;
    }
    Ok(Err(WRONG_CODE))
}

/// Whether a code may become tokens (TK-03 to TK-10).
fn redeemable(
    cx: &AccountCx<'_, '_>,
    app: &Application,
    params: &Params,
    row: &store::CodeRow,
    request: &AuthorizeRequest,
) -> Decision<()> {
    if row.application_id != app.id {
        return Err(WRONG_CODE);
    }
    if cx.now() >= row.expires_at {
        return Err(Fault::InvalidGrant.because("Code has expired"));
    }
    redirect_bound(app, params.get("redirect_uri"), request)?;
    proven(params.get("code_verifier"), request.challenge.as_deref())?;
    if !ScopeSet::stored(&row.scopes).within(app.details.scopes) {
        return Err(Fault::InvalidScope.because("The scopes of the application have changed"));
    }
    may_give(cx, app, row.account_id, ScopeSet::NONE)
        .map_err(|_| Fault::InvalidGrant.because("The user may not use this application any more"))
}

/// TK-08.
fn redirect_bound(
    app: &Application,
    sent: Option<&str>,
    request: &AuthorizeRequest,
) -> Decision<()> {
    let wrong = Fault::InvalidGrant.because("redirect_uri differs from the authorization request");
    let Some(sent) = sent else {
        let details = &app.details;
        let harmless = !request.redirect_given
            || details.profile == Profile::Compatible
                && (request.challenge.is_some()
                    || details.redirect_uris.first() == Some(&request.redirect_uri)
                    || details.token_without_redirect_uri);
        return if harmless { Ok(()) } else { Err(wrong) };
    };
    if sent == request.redirect_uri { Ok(()) } else { Err(wrong) }
}

/// PKCE (TK-06, TK-07).
pub(crate) fn proven(verifier: Option<&str>, challenge: Option<&str>) -> Decision<()> {
    match (verifier, challenge) {
        (None, None) => Ok(()),
        (Some(verifier), Some(challenge)) if is_verifier(verifier) => {
            let made = secret::challenge(verifier);
            if secret::equal(made.as_bytes(), challenge.as_bytes()) {
                Ok(())
            } else {
                Err(WRONG_VERIFIER)
            }
        }
        _ => Err(WRONG_VERIFIER),
    }
}

/// The grammar of verifiers, checked before anything is computed (RFC 7636, 4.1).
pub(crate) fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

/// Exchanges a refresh token for a new pair (TK-11 to TK-15).
fn refresh(
    cx: &mut AccountCx<'_, '_>,
    app: &Application,
    params: &Params,
) -> Result<Decision<Issued>> {
    let Some(text) = params.get("refresh_token") else {
        return Ok(Err(Fault::InvalidRequest.because("refresh_token is missing")));
    };
    if !Kind::Refresh.fits(text) {
        return Ok(Err(WRONG_REFRESH));
    }
    let hash = secret::hash(text);
    let row: Option<store::RefreshRow> = cx.tx.opt(store::REFRESH, &[&hash])?;
    let Some(row) = row else { return Ok(Err(WRONG_REFRESH)) };
    let grant: Option<store::GrantRow> = cx.tx.opt(store::GRANT, &[&row.grant_id])?;
    let Some(grant) = grant else { return Ok(Err(WRONG_REFRESH)) };
    if grant.application_id != app.id {
        return stolen(cx, &grant);
    }
    if row.used_at.is_some() && !repeat(cx, app, &row)? {
        return stolen(cx, &grant);
    }
    if cx.now() >= row.expires_at {
        return Ok(Err(Fault::InvalidGrant.because("Refresh token has expired")));
    }
    let scopes = match renewed_scopes(cx, app, params, &grant) {
        Ok(scopes) => scopes,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (now, none) = (cx.now(), None::<String>);
    if row.used_at.is_none() && cx.tx.exec(store::USE_REFRESH, &[&hash, &now, &none])? == 0 {
        // Somebody else was faster (T-12).
        return stolen(cx, &grant);
    }
    let (issued, next) = grant::renew(cx, app, &grant, scopes)?;
    cx.tx.exec(store::SET_NEXT, &[&hash, &next])?;
    log::event(cx, grant.account_id, Event::TokenRefreshed, app)?;
    Ok(Ok(issued))
}

/// A used refresh token came again: the family ends (TK-12, TK-13).
fn stolen(cx: &mut AccountCx<'_, '_>, grant: &store::GrantRow) -> Result<Decision<Issued>> {
    revoke::family(cx, &grant.id)?;
    let account = grant.account_id;
    let about = About::application(&grant.application_id);
    log::event(cx, account, Event::RefreshReplay, about)?;
    Ok(Err(WRONG_REFRESH))
}

/// Whether a confidential application may repeat its last refresh; the pair it got a moment ago is
/// taken back then.
fn repeat(cx: &mut AccountCx<'_, '_>, app: &Application, row: &store::RefreshRow) -> Result<bool> {
    let grace = cx.settings.policy.refresh_reuse_grace * 1000;
    let (Some(used), Some(next)) = (row.used_at, &row.next_hash) else { return Ok(false) };
    if !app.is_confidential() || cx.now() >= used + grace {
        return Ok(false);
    }
    let following: Option<store::RefreshRow> = cx.tx.opt(store::REFRESH, &[next])?;
    if following.is_none_or(|next| next.used_at.is_some()) {
        return Ok(false);
    }
    cx.tx.exec(store::DELETE_REFRESH, &[next])?;
    cx.tx.exec(store::DELETE_TOKENS_SINCE, &[&row.grant_id, &used])?;
    Ok(true)
}

/// The scopes of the next access token; the grant itself keeps its own (RFC 6749, 6).
fn renewed_scopes(
    cx: &AccountCx<'_, '_>,
    app: &Application,
    params: &Params,
    grant: &store::GrantRow,
) -> Decision<ScopeSet> {
    let own = ScopeSet::stored(&grant.scopes);
    let beyond = Fault::InvalidScope.because("A scope is beyond the grant");
    let scopes = match params.get("scope") {
        None => own,
        Some(text) => ScopeSet::parse(text, &cx.settings.policy).map_err(|_| beyond)?,
    };
    if !scopes.within(own) || scopes.is_empty() {
        return Err(beyond);
    }
    if !scopes.within(app.details.scopes) {
        return Err(Fault::InvalidScope.because("The scopes of the application have changed"));
    }
    let resource = super::authorize::resource(params, &cx.visit.issuer)?;
    if params.get("resource").is_some() && resource != grant.resource {
        return Err(Fault::InvalidTarget.because("The grant is for another resource"));
    }
    may_give(cx, app, grant.account_id, ScopeSet::NONE).map_err(|_| {
        Fault::InvalidGrant.because("The user may not use this application any more")
    })?;
    Ok(scopes)
}

/// A device asks whether the user has decided (RFC 8628, 3.4 and 3.5).
fn poll(
    cx: &mut AccountCx<'_, '_>,
    app: &Application,
    params: &Params,
    short: bool,
) -> Result<Decision<Issued>> {
    let code = match (params.get("device_code"), params.get("code").filter(|_| short)) {
        (Some(_), Some(_)) => {
            return Ok(Err(Fault::InvalidRequest.because("Both device_code and code are given")));
        }
        (Some(code), None) | (None, Some(code)) => code,
        (None, None) => {
            return Ok(Err(Fault::InvalidRequest.because("device_code is missing")));
        }
    };
    if !app.details.device_flow {
        let off = Fault::UnauthorizedClient.because("The device flow is off for the application");
        return Ok(Err(off));
    }
    let row: Option<store::DeviceRow> = cx.tx.opt(store::DEVICE, &[&secret::hash(code)])?;
    let Some(row) = row.filter(|row| row.application_id == app.id) else {
        return Ok(Err(WRONG_CODE));
    };
    if device::is_over(cx, &row) {
        return Ok(Err(Fault::ExpiredToken.because("The device code has expired")));
    }
    match row.state.as_str() {
        "approved" => take(cx, app, &row),
        "denied" => Ok(Err(Fault::AccessDenied.because("User denied access to the application"))),
        _ => wait(cx, &row),
    }
}

fn take(
    cx: &mut AccountCx<'_, '_>,
    app: &Application,
    row: &store::DeviceRow,
) -> Result<Decision<Issued>> {
    let Some(account) = row.account_id else { return Ok(Err(WRONG_CODE)) };
    if cx.tx.exec(store::TAKE_DEVICE, &[&row.hash])? == 0 {
        return Ok(Err(WRONG_CODE));
    }
    let scopes = ScopeSet::stored(&row.scopes);
    if !scopes.within(app.details.scopes) {
        let changed = Fault::InvalidScope.because("The scopes of the application have changed");
        return Ok(Err(changed));
    }
    if may_give(cx, app, account, ScopeSet::NONE).is_err() {
        let gone = Fault::InvalidGrant.because("The user may not use this application any more");
        return Ok(Err(gone));
    }
    let details: device::Details = serde_json::from_str(&row.details).map_err(Error::internal)?;
    let new =
        NewGrant { account, scopes, device: details.device.as_ref(), resource: &details.resource };
    let (_, issued) = grant::issue(cx, app, &new)?;
    log::event(cx, account, Event::TokenIssued, app)?;
    Ok(Ok(issued))
}

/// Still no decision; a device that asks too often must ask less often from now on.
fn wait(cx: &mut AccountCx<'_, '_>, row: &store::DeviceRow) -> Result<Decision<Issued>> {
    let now = cx.now();
    let early = row.polled_at.is_some_and(|last| now < last + row.poll_interval * 1000);
    let interval = row.poll_interval + if early { 5 } else { 0 };
    cx.tx.exec(store::POLLED_DEVICE, &[&row.hash, &now, &interval])?;
    Ok(Err(if early {
        Fault::SlowDown.because("The device asks too often")
    } else {
        Fault::AuthorizationPending.because("The user has not decided yet")
    }))
}
