//! The decision about an authorization request: whether a person must make it, and what comes of it
//! (oauth.md, 2.2).

use serde_json::json;

use super::application::{self, Application};
use super::authorize::{AuthorizeRequest, Checked, ResponseType};
use super::log::{self, About, Event};
use super::refusal::{Decision, Fault};
use super::scope::{Scope, ScopeSet};
use super::{consent, grant};
use crate::account;
use crate::account::factor::{self, Given};
use crate::account::log::Event as AccountEvent;
use crate::account_cx::AccountCx;
use crate::error::Result;

/// Whether the user must be asked (AZ-15): a remembered consent is enough only for a confidential
/// application that is told by `https`.
///
/// # Errors
/// The database fails.
pub fn needs_consent(cx: &mut AccountCx<'_, '_>, checked: &Checked, account: i64) -> Result<bool> {
    let Checked { request, application } = checked;
    let trusting = !application.standing.second_factor
        && application.is_confidential()
        && request.redirect_uri.starts_with("https://")
        && !request.shows_code(&cx.visit.issuer)
        && request.response_type == ResponseType::Code
        && !request.force_confirm;
    Ok(!trusting || !consent::is_remembered(cx, application, request, account)?)
}

/// How sure it is that the user is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assurance {
    /// Somebody is signed in.
    Session,
    /// A second factor came with the decision.
    SecondFactor,
}

impl Assurance {
    /// What a second factor proves, if one is given and the application cares (MF-05).
    pub(super) fn of(
        cx: &mut AccountCx<'_, '_>,
        application: &Application,
        account: i64,
        given: Option<&Given>,
    ) -> Result<Self> {
        let Some(given) = given.filter(|_| application.standing.second_factor) else {
            return Ok(Self::Session);
        };
        let right = factor::check(cx, account, given)?;
        let event = if right { AccountEvent::MfaOk } else { AccountEvent::MfaFailed };
        account::log::record(cx, account, event, "")?;
        Ok(if right { Self::SecondFactor } else { Self::Session })
    }

    /// Whether an application is content with it.
    pub(super) fn does_for(self, application: &Application) -> bool {
        self == Self::SecondFactor || !application.standing.second_factor
    }
}

/// What comes of a decision.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The address to redirect to with 303.
    Answered(String),
    /// The application demands a second factor, which was not given or wrong. The question is open
    /// again, under another id.
    Unproven(String, Box<AuthorizeRequest>),
    /// The question is not open any more.
    Gone,
}

/// Answers the open question `id` of a session in the name of the user, who allows `granted` and
/// may have given a second factor.
///
/// # Errors
/// The database fails.
pub fn allow(
    cx: &mut AccountCx<'_, '_>,
    (id, session): (&str, &str),
    account: i64,
    granted: ScopeSet,
    given: Option<&Given>,
) -> Result<Outcome> {
    let Some(request) = consent::take(cx, id, account, session)? else {
        return Ok(Outcome::Gone);
    };
    let assurance = match application::find(cx, &request.client_id)? {
        None => Assurance::Session,
        Some(application) => {
            let assurance = Assurance::of(cx, &application, account, given)?;
            if !assurance.does_for(&application) {
                let id = consent::open(cx, &request, account, session)?;
                return Ok(Outcome::Unproven(id, Box::new(request)));
            }
            assurance
        }
    };
    approve(cx, &request, account, granted, assurance).map(Outcome::Answered)
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
    assurance: Assurance,
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
    if !assurance.does_for(&application) {
        let unproven = Fault::AccessDenied.because("The application demands a second factor");
        return Ok(request.refused(&issuer, unproven));
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
