//! The authorization request (oauth.md, 2.2): what is asked, whether it may be asked, and the
//! answers to it.

use serde::{Deserialize, Serialize};

use super::Profile;
use super::application::{self, Application};
use super::device::Device;
use super::params::Params;
use super::redirect;
use super::refusal::{Decision, Fault, Refusal};
use super::scope::ScopeSet;
use crate::account_cx::AccountCx;
use crate::error::Result;

/// Why a request is told on a page whose address for the answer is not the application's (AZ-05).
pub const REDIRECT_MISMATCH: Refusal =
    Fault::InvalidRequest.because("redirect_uri is not one of the registered ones");

/// Parameters that may not be repeated.
const KNOWN: [&str; 15] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "optional_scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "device_id",
    "device_name",
    "login_hint",
    "force_confirm",
    "display",
    "resource",
    "request",
];

/// What the application wants back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResponseType {
    /// A code to be exchanged.
    Code,
    /// A token at once.
    Token,
}

/// A request that may be put to the user. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct AuthorizeRequest {
    /// Application.
    pub client_id: String,
    /// Code or token.
    pub response_type: ResponseType,
    /// Where the answer goes, as the request or the registration spells it.
    pub redirect_uri: String,
    /// Whether the request named it.
    pub redirect_given: bool,
    /// Scopes the application insists on.
    pub scopes: ScopeSet,
    /// Scopes the user may leave out.
    pub optional: ScopeSet,
    /// Returned as it came.
    pub state: Option<String>,
    /// PKCE challenge (S256).
    pub challenge: Option<String>,
    /// The device it is for.
    pub device: Option<Device>,
    /// Login or mail address to fill in; proves nothing.
    pub login_hint: Option<String>,
    /// Ask even if the consent is remembered.
    pub force_confirm: bool,
    /// Show a small page.
    pub popup: bool,
    /// The resource the token is for; empty: the API of this server.
    pub resource: String,
    /// Whether answers carry `iss`.
    pub with_issuer: bool,
}

/// A checked request with the application that makes it.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The request.
    pub request: AuthorizeRequest,
    /// Who asks.
    pub application: Application,
}

/// Why a request is not put to the user.
#[derive(Clone, Debug)]
pub enum Rejected {
    /// To be told on a page, status 400, without a redirect and without any text of the request:
    /// nothing says that the address belongs to the application.
    Page {
        /// Why.
        refusal: Refusal,
        /// Name of the application, where it is known.
        application: Option<String>,
    },
    /// To be told to the application: redirect with 303.
    Redirect(String),
}

impl AuthorizeRequest {
    /// Every scope that is asked for.
    pub fn all_scopes(&self) -> ScopeSet {
        self.scopes.union(self.optional)
    }

    /// Whether the answer is shown on the page `/verification_code`.
    pub fn shows_code(&self, issuer: &str) -> bool {
        redirect::is_code_page(&self.redirect_uri, issuer)
    }

    /// Scheme and host of the place the answer goes to, or the scheme alone where there is no host:
    /// what the consent page names, and what its `form-action` must allow (UI-02).
    pub fn destination(&self, issuer: &str) -> String {
        let target = redirect::target(&self.redirect_uri, issuer);
        let Some((scheme, rest)) = target.split_once("://") else {
            return format!("{}:", target.split(':').next().unwrap_or_default());
        };
        format!("{scheme}://{}", rest.split(['/', '?']).next().unwrap_or_default())
    }

    /// The answer that the request is refused, for the application.
    pub fn refused(&self, issuer: &str, refusal: Refusal) -> String {
        self.answer(
            issuer,
            &[("error", refusal.fault.name()), ("error_description", refusal.description)],
        )
    }

    /// An answer: `state` and `iss` are added (AZ-17).
    pub(super) fn answer(&self, issuer: &str, parameters: &[(&str, &str)]) -> String {
        let mut all = parameters.to_vec();
        if let Some(state) = &self.state {
            all.push(("state", state));
        }
        if self.with_issuer {
            all.push(("iss", issuer));
        }
        let target = redirect::target(&self.redirect_uri, issuer);
        match self.response_type {
            ResponseType::Code => redirect::with_query(&target, &all),
            ResponseType::Token => redirect::with_fragment(&target, &all),
        }
    }
}

/// Checks a request in the order of AZ-02 to AZ-09.
///
/// # Errors
/// The database fails.
pub fn check(cx: &mut AccountCx<'_, '_>, params: &Params) -> Result<Result<Checked, Rejected>> {
    let page = |refusal, application| Ok(Err(Rejected::Page { refusal, application }));
    if params.repeats(&["client_id", "redirect_uri"]) {
        return page(Fault::InvalidRequest.because("A parameter is given more than once"), None);
    }
    let unknown = Fault::UnauthorizedClient.because("The application is not known or is blocked");
    let Some(id) = params.get("client_id") else { return page(unknown, None) };
    let Some(application) = application::find(cx, id)?.filter(|app| !app.blocked) else {
        return page(unknown, None);
    };
    let name = || Some(application.details.name.clone());
    let redirect_uri = match resolve_redirect(&application, params.get("redirect_uri")) {
        Ok(uri) => uri,
        Err(refusal) => return page(refusal, name()),
    };
    let frame = frame(&application, params, redirect_uri);
    match complete(cx, &application, params, frame.clone()) {
        Ok(request) => Ok(Ok(Checked { request, application })),
        Err(refusal) => Ok(Err(Rejected::Redirect(frame.refused(&cx.visit.issuer, refusal)))),
    }
}

/// AZ-04 and AZ-05.
fn resolve_redirect(application: &Application, presented: Option<&str>) -> Decision<String> {
    let registered = &application.details.redirect_uris;
    let Some(presented) = presented else {
        let only = match application.details.profile {
            Profile::Compatible => registered.first(),
            Profile::Strict if registered.len() == 1 => registered.first(),
            Profile::Strict => None,
        };
        let missing = Fault::InvalidRequest.because("redirect_uri is missing");
        return only.cloned().ok_or(missing);
    };
    if registered.iter().any(|known| redirect::matches(known, presented)) {
        return Ok(presented.to_owned());
    }
    Err(REDIRECT_MISMATCH)
}

/// What is needed to answer at all.
fn frame(application: &Application, params: &Params, redirect_uri: String) -> AuthorizeRequest {
    // Errors of an unknown response type go into the query (AZ-19).
    let wants_token = params.get("response_type") == Some("token");
    AuthorizeRequest {
        client_id: application.id.clone(),
        response_type: if wants_token { ResponseType::Token } else { ResponseType::Code },
        redirect_uri,
        redirect_given: params.get("redirect_uri").is_some(),
        scopes: ScopeSet::NONE,
        optional: ScopeSet::NONE,
        state: params.get("state").map(str::to_owned),
        challenge: None,
        device: None,
        login_hint: params.get("login_hint").map(|hint| hint.chars().take(254).collect()),
        force_confirm: matches!(params.get("force_confirm"), Some("yes" | "true" | "1")),
        popup: params.get("display") == Some("popup"),
        resource: String::new(),
        with_issuer: !application.details.omit_iss,
    }
}

/// AZ-02 for the other parameters, and AZ-06 to AZ-09.
fn complete(
    cx: &AccountCx<'_, '_>,
    application: &Application,
    params: &Params,
    mut request: AuthorizeRequest,
) -> Decision<AuthorizeRequest> {
    if params.repeats(&KNOWN) {
        return Err(Fault::InvalidRequest.because("A parameter is given more than once"));
    }
    response_type(cx, application, params, &request)?;
    let policy = &cx.settings.policy;
    (request.scopes, request.optional) = asked_scopes(application, params, policy)?;
    request.device = Device::read(params)?;
    request.challenge = match request.response_type {
        ResponseType::Code => challenge(application, params)?,
        ResponseType::Token => None,
    };
    request.resource = resource(params, &cx.visit.issuer)?;
    Ok(request)
}

/// AZ-06 and AZ-20.
fn response_type(
    cx: &AccountCx<'_, '_>,
    application: &Application,
    params: &Params,
    request: &AuthorizeRequest,
) -> Decision<()> {
    match params.get("response_type") {
        None => return Err(Fault::InvalidRequest.because("response_type is missing")),
        Some("code") => return Ok(()),
        Some("token") => {}
        Some(_) => {
            return Err(
                Fault::UnsupportedResponseType.because("response_type must be code or token")
            );
        }
    }
    let to_page = request.shows_code(&cx.visit.issuer) || application.standing.implicit_redirect;
    if cx.settings.policy.implicit
        && application.details.implicit
        && application.details.profile == Profile::Compatible
        && to_page
    {
        return Ok(());
    }
    Err(Fault::UnauthorizedClient.because("The application may not use this response type"))
}

/// The scopes an application asks for: the ones it insists on, and the others.
pub(super) fn asked_scopes(
    application: &Application,
    params: &Params,
    policy: &super::Policy,
) -> Decision<(ScopeSet, ScopeSet)> {
    let unknown = |_| Fault::InvalidScope.because("A scope is not known");
    let own = application.details.scopes;
    let optional = ScopeSet::parse(params.get("optional_scope").unwrap_or_default(), policy)
        .map_err(unknown)?;
    let required = match params.get("scope") {
        Some(text) => ScopeSet::parse(text, policy).map_err(unknown)?,
        None => own.minus(optional),
    };
    if !required.union(optional).within(own) {
        return Err(Fault::InvalidScope.because("The application is not registered for a scope"));
    }
    if required.union(optional).is_empty() {
        return Err(Fault::InvalidScope.because("No scope is left to ask for"));
    }
    Ok((required, optional.minus(required)))
}

/// AZ-09.
fn challenge(application: &Application, params: &Params) -> Decision<Option<String>> {
    let method = params.get("code_challenge_method");
    let Some(challenge) = params.get("code_challenge") else {
        let strict = application.details.profile == Profile::Strict;
        if strict || !application.is_confidential() || method.is_some() {
            return Err(Fault::InvalidRequest.because("Code challenge required"));
        }
        return Ok(None);
    };
    // An absent method means `plain`, which is refused as well (DV-08).
    if method != Some("S256") {
        return Err(Fault::InvalidRequest.because("Transform algorithm not supported"));
    }
    let well_formed = challenge.len() == 43
        && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if !well_formed {
        return Err(Fault::InvalidRequest.because("code_challenge is malformed"));
    }
    Ok(Some(challenge.to_owned()))
}

/// The resource a token is asked for (RFC 8707): one of this server's, named by its URL. The API
/// itself is the empty text.
pub(super) fn resource(params: &Params, issuer: &str) -> Decision<String> {
    let Some(asked) = params.get("resource") else { return Ok(String::new()) };
    let bare = asked.strip_suffix('/').unwrap_or(asked);
    if bare == issuer {
        return Ok(String::new());
    }
    let ours = super::RESOURCES.iter().find(|path| bare.strip_prefix(issuer) == Some(**path));
    ours.map(|path| (*path).to_owned())
        .ok_or(Fault::InvalidTarget.because("The resource is not one of this server"))
}
