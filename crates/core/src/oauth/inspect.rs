//! What is known of a token: revocation (oauth.md, 2.6) and introspection (2.7).

use serde::Serialize;

use super::application::Application;
use super::client::{self, Credentials};
use super::live::{self, Live};
use super::log::{self, Event};
use super::params::Params;
use super::refusal::{Decision, Fault};
use super::{Profile, revoke, store};
use crate::account_cx::AccountCx;
use crate::error::Result;
use crate::secret;
use crate::token::Kind;

const KNOWN: [&str; 5] = ["token", "token_type_hint", "access_token", "client_id", "client_secret"];

/// How a revocation is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// By the book: nothing is said.
    Silently,
    /// As the original does: `{"status":"ok"}`.
    Told,
}

/// Answers `POST /revoke_token`.
///
/// # Errors
/// The database fails; then nothing is revoked.
pub fn revoke(
    cx: &mut AccountCx<'_, '_>,
    credentials: &Credentials,
    params: &Params,
) -> Result<Decision<Revoked>> {
    if params.repeats(&KNOWN) {
        return Ok(Err(Fault::InvalidRequest.because("A parameter is given more than once")));
    }
    let app = match client::authenticate(cx, credentials)? {
        Ok(app) => app,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let strict = app.details.profile == Profile::Strict;
    match (params.get("token"), params.get("access_token").filter(|_| !strict)) {
        (Some(token), None) => {
            revoke_one(cx, &app, token)?;
            Ok(Ok(Revoked::Silently))
        }
        (None, Some(token)) if revoke_one(cx, &app, token)? => Ok(Ok(Revoked::Told)),
        (None, Some(_)) => Ok(Err(Fault::InvalidGrant.because("The token is not known"))),
        _ => Ok(Err(Fault::InvalidRequest.because("Exactly one token is needed"))),
    }
}

/// Revokes a token of this application with its family (RV-06). Answers whether there was one.
fn revoke_one(cx: &mut AccountCx<'_, '_>, app: &Application, text: &str) -> Result<bool> {
    let (account, grant) = if Kind::Refresh.fits(text) {
        match own_refresh(cx, app, text)? {
            Some(grant) => (grant.account_id, Some(grant.id)),
            None => return Ok(false),
        }
    } else {
        let found = live::find(cx, text)?;
        match found.filter(|found| found.token.application.as_deref() == Some(app.id.as_str())) {
            Some(found) if found.token.kind == "access" => (found.token.account, found.token.grant),
            Some(found) => {
                // An IAM token goes alone.
                cx.tx.exec(store::DELETE_TOKEN, &[&found.hash])?;
                cx.credentials_changed();
                (found.token.account, None)
            }
            None => return Ok(false),
        }
    };
    if let Some(grant) = grant {
        revoke::family(cx, &grant)?;
    }
    log::event(cx, account, Event::TokenRevoked, app)?;
    Ok(true)
}

/// The grant of a refresh token of this application, if both are there.
fn own_refresh(
    cx: &mut AccountCx<'_, '_>,
    app: &Application,
    text: &str,
) -> Result<Option<store::GrantRow>> {
    let row: Option<store::RefreshRow> = cx.tx.opt(store::REFRESH, &[&secret::hash(text)])?;
    let Some(row) = row else { return Ok(None) };
    let grant: Option<store::GrantRow> = cx.tx.opt(store::GRANT, &[&row.grant_id])?;
    Ok(grant.filter(|grant| grant.application_id == app.id))
}

/// What is told about a live token (RFC 7662). Members without a value are left out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Introspection {
    /// Whether it is good, for this caller.
    pub active: bool,
    /// Scopes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `bearer`; none for a refresh token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    /// End, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// Beginning, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// Account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// This server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// The resource it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
}

/// Answers `POST /introspect`.
///
/// # Errors
/// The database fails.
pub fn introspect(
    cx: &mut AccountCx<'_, '_>,
    credentials: &Credentials,
    params: &Params,
) -> Result<Decision<Introspection>> {
    if params.repeats(&KNOWN) {
        return Ok(Err(Fault::InvalidRequest.because("A parameter is given more than once")));
    }
    let app = match client::authenticate(cx, credentials)? {
        Ok(app) if app.is_confidential() => app,
        Ok(_) => return Ok(Err(Fault::InvalidClient.because("Client authentication failed"))),
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Some(text) = params.get("token") else {
        return Ok(Err(Fault::InvalidRequest.because("token is missing")));
    };
    if Kind::Refresh.fits(text) {
        return refresh_token(cx, &app, text).map(Ok);
    }
    let found = live::good(cx, text)?.filter(|found| {
        app.standing.resource_server || found.token.application.as_deref() == Some(app.id.as_str())
    });
    let Some(Live { token, .. }) = found else { return Ok(Ok(Introspection::default())) };
    let login = live::login(cx, token.account)?;
    Ok(Ok(Introspection {
        active: true,
        scope: Some(token.all_scopes.text()),
        client_id: token.application.clone(),
        username: login,
        token_type: Some("bearer"),
        exp: token.expires.map(|end| end.div_euclid(1000)),
        iat: Some(token.created.div_euclid(1000)),
        sub: Some(token.account.to_string()),
        iss: Some(cx.visit.issuer.clone()),
        aud: Some(format!("{}{}", cx.visit.issuer, token.resource)),
    }))
}

fn refresh_token(
    cx: &mut AccountCx<'_, '_>,
    app: &Application,
    text: &str,
) -> Result<Introspection> {
    let row: Option<store::RefreshRow> = cx.tx.opt(store::REFRESH, &[&secret::hash(text)])?;
    let now = cx.now();
    let alive = row.filter(|row| row.used_at.is_none() && now < row.expires_at);
    let Some(grant) = own_refresh(cx, app, text)? else { return Ok(Introspection::default()) };
    let Some(row) = alive else { return Ok(Introspection::default()) };
    let member = !cx.organizations(grant.account_id).is_empty();
    if !member {
        return Ok(Introspection::default());
    }
    Ok(Introspection {
        active: true,
        scope: Some(grant.scopes),
        client_id: Some(grant.application_id),
        username: live::login(cx, grant.account_id)?,
        exp: Some(row.expires_at.div_euclid(1000)),
        sub: Some(grant.account_id.to_string()),
        iss: Some(cx.visit.issuer.clone()),
        ..Introspection::default()
    })
}
