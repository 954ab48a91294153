//! The decision about an authorization request: whether a person must make it, and what comes of it
//! (oauth.md, 2.2).

use serde_json::json;

use super::application::{self, Application};
use super::authorize::{AuthorizeRequest, Checked, ResponseType};
use super::log::{self, About, Event};
use super::refusal::{Decision, Fault};
use super::scope::{Scope, ScopeSet};
use super::{consent, grant};
use crate::account_cx::AccountCx;
use crate::error::Result;

/// Whether the user must be asked (AZ-15): a remembered consent is enough only for a confidential
/// application that is told by `https`.
///
/// # Errors
/// The database fails.
pub fn needs_consent(cx: &mut AccountCx<'_, '_>, checked: &Checked, account: i64) -> Result<bool> {
    let Checked { request, application } = checked;
    let trusting = application.is_confidential()
        && request.redirect_uri.starts_with("https://")
        && !request.shows_code(&cx.visit.issuer)
        && request.response_type == ResponseType::Code
        && !request.force_confirm;
    Ok(!trusting || !consent::is_remembered(cx, application, request, account)?)
}

/// Answers a request in the name of the user, who lets the application do `granted`: all that it
/// insists on, and any of the rest. The address to redirect to with 303 holds the code or token.
///
/// # Errors
/// The database fails.
pub fn approve(
    cx: &mut AccountCx<'_, '_>,
    request: &AuthorizeRequest,
    account: i64,
    granted: ScopeSet,
) -> Result<String> {
    let issuer = cx.visit.issuer.clone();
    let Some(application) = application::find(cx, &request.client_id)? else {
        let gone = Fault::UnauthorizedClient.because("The application is not known or is blocked");
        return Ok(request.refused(&issuer, gone));
    };
    let granted = request.scopes.union(granted.and(request.optional));
    if let Err(refusal) = may_give(cx, &application, account, granted) {
        return Ok(request.refused(&issuer, refusal));
    }
    consent::remember(cx, &application, request, account, granted)?;
    let scopes = json!({ "scopes": granted.text() });
    log::change(cx, account, Event::ConsentGiven, &application, None, scopes)?;
    match request.response_type {
        ResponseType::Code => {
            log::event(cx, account, Event::CodeIssued, &application)?;
            let code = grant::issue_code(cx, request, account, granted)?;
            Ok(request.answer(&issuer, &[("code", &code)]))
        }
        ResponseType::Token => {
            let made = grant::issue_bare(cx, &application, request, account, granted)?;
            log::event(cx, account, Event::TokenIssued, &application)?;
            Ok(request.answer(
                &issuer,
                &[
                    ("access_token", &made.access_token),
                    ("token_type", "bearer"),
                    ("expires_in", &made.expires_in.to_string()),
                    ("scope", &made.scopes.text()),
                ],
            ))
        }
    }
}

/// Whether the account may let the application do this now (TK-16).
pub(super) fn may_give(
    cx: &AccountCx<'_, '_>,
    application: &Application,
    account: i64,
    granted: ScopeSet,
) -> Decision<()> {
    if application.blocked {
        return Err(Fault::UnauthorizedClient.because("The application is not known or is blocked"));
    }
    if !application.admits(account) {
        return Err(Fault::UnauthorizedClient.because("The application awaits approval"));
    }
    let member = cx.organizations(account).iter().any(|dict| application.reaches(dict.org_id));
    if !member {
        return Err(Fault::AccessDenied.because("The user may not use this application"));
    }
    if !granted.within(application.details.scopes) {
        return Err(Fault::InvalidScope.because("The application is not registered for a scope"));
    }
    let administrative = granted.iter().any(Scope::is_administrative);
    if administrative && !application::is_administrator(cx, account) {
        return Err(Fault::AccessDenied.because("A scope is for administrators only"));
    }
    Ok(())
}

/// The address to redirect to when the user refuses.
///
/// # Errors
/// The database fails.
pub fn deny(
    cx: &mut AccountCx<'_, '_>,
    request: &AuthorizeRequest,
    account: i64,
) -> Result<String> {
    log::event(cx, account, Event::ConsentDenied, About::application(&request.client_id))?;
    let refusal = Fault::AccessDenied.because("User denied access to the application");
    Ok(request.refused(&cx.visit.issuer, refusal))
}

/// Records that somebody came with an address for the answer that the application does not have.
///
/// # Errors
/// The database fails.
pub fn mismatched(cx: &mut AccountCx<'_, '_>, account: i64, client_id: &str) -> Result<()> {
    match application::find(cx, client_id)? {
        Some(application) => log::event(cx, account, Event::RedirectMismatch, &application),
        None => Ok(()),
    }
}
