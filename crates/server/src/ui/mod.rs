//! The web pages (oauth.md, 6; web-ui.md): server-rendered, without scripts, for a signed-in
//! person or on the way to become one. Handlers read and write through `core` as the API does and
//! hold no rules of their own.

mod ask;
mod assets;
mod call;
mod errors;
mod form;
mod frame;
mod guard;
mod hashing;
mod pages;
mod passkey;
mod reply;
mod setup_code;
mod text;
mod upstream;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use http::header::LOCATION;
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use trackway_core::account::pepper::Peppers;
use trackway_core::account::session::FRESH_MS;
use trackway_core::lang::Lang;
use trackway_core::{Code, Error, Result};

use crate::App;
use crate::config::Config;
use crate::http::base_url::Origin;
use crate::http::errors::Refusal;
use crate::ldap::Ldap;
use call::Call;
pub(crate) use call::{local_path, typed_login};
use form::Values;
use guard::Guard;
use hashing::Hashing;
use reply::Reply;
pub(crate) use setup_code::SetupCode;
use upstream::Upstreams;

/// A form that was opened by somebody who had just proved who they are may be sent for so long.
const SEND_MS: i64 = 60 * 60_000;

/// What the pages keep between requests.
pub(crate) struct State {
    guard: Guard,
    hashing: Hashing,
    upstreams: Upstreams,
    ldap: Option<Ldap>,
    pub(crate) setup: Option<SetupCode>,
}

impl State {
    /// Nothing counted yet. `setup` is the code of the first start, if there is nobody.
    ///
    /// # Errors
    /// Settings of the directory that make no sense.
    pub(crate) fn new(
        config: &Config,
        setup: Option<SetupCode>,
        peppers: Peppers,
    ) -> std::result::Result<Self, String> {
        Ok(Self {
            guard: Guard::default(),
            hashing: Hashing::new(peppers),
            upstreams: Upstreams::new(config.sign_in.clone()),
            ldap: Ldap::new(&config.ldap)?,
            setup,
        })
    }
}

/// First segments of the paths that belong to the pages.
const ROOTS: [&str; 15] = [
    "",
    "login",
    "logout",
    "language",
    "setup",
    "invite",
    "settings",
    "profile",
    "admin",
    "client",
    "help",
    "authorize",
    "device",
    "verification_code",
    "unsubscribe",
];

/// Whether a path is one of the pages'.
pub(crate) fn owns(path: &str) -> bool {
    let mut segments = path.split('/').skip(1);
    let first = segments.next().unwrap_or_default();
    if first == "device" {
        // `/device/code` is for programs.
        return matches!(segments.next(), None | Some("" | "decision"));
    }
    first == "static" || ROOTS.contains(&first)
}

/// Answers a browser.
pub(crate) async fn answer(
    app: &Arc<App>,
    origin: &Origin,
    id: &HeaderValue,
    parts: &Parts,
    body: Body,
) -> Response<Body> {
    let path = parts.uri.path();
    if path.starts_with("/static/") {
        return assets::answer(path);
    }
    if let Some(response) = elsewhere(app, origin, parts) {
        return response;
    }
    let id = id.to_str().unwrap_or_default();
    let mut call = match Call::new(app, origin, id, parts, now()).await {
        Ok(call) => call,
        // Without a database it is not even known who asks.
        Err(error) => {
            log(id, path, &error);
            return broken(parts, &error, id);
        }
    };
    let outcome = run(&mut call, body).await;
    let reply = outcome.or_else(|error| {
        log(id, path, &error);
        refused(&call, &error)
    });
    // Addresses on the way to an application carry codes and states; other sites, and these pages
    // themselves, need not hear of them. Over plain HTTP browsers that send no referrer at all
    // would not say either that a form is ours.
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let trustworthy = call.is_secure() || local.iter().any(|host| call.base.starts_with(host));
    let shy = [
        "/authorize",
        "/device",
        "/verification_code",
        "/login",
        "/invite",
        "/setup",
        "/unsubscribe",
    ];
    let shy = trustworthy && shy.iter().any(|root| path.starts_with(root));
    match reply {
        Ok(reply) => reply.response(&call.cookies, call.is_secure(), shy),
        Err(error) => {
            log(id, path, &error);
            Refusal::from(error).answer(call.lang)
        }
    }
}

/// Whether a browser asks for something to look at.
pub(crate) fn is_wanted(parts: &Parts) -> bool {
    let accepted = call::header(&parts.headers, http::header::ACCEPT).unwrap_or_default();
    let looks = parts.method == Method::GET || parts.method == Method::HEAD;
    looks && accepted.split(',').any(|kind| kind.trim_start().starts_with("text/html"))
}

/// The page for a failure in which nothing is known of who asks.
fn broken(parts: &Parts, error: &Error, id: &str) -> Response<Body> {
    let lang = call::header(&parts.headers, http::header::ACCEPT_LANGUAGE);
    let lang = lang.and_then(Lang::from_accept).unwrap_or(Lang::En);
    match errors::broken_page(lang, error, id) {
        Ok(reply) => reply.response(&[], false, true),
        Err(error) => Refusal::from(error).answer(lang),
    }
}

fn log(request_id: &str, path: &str, error: &Error) {
    if error.status() >= 500 {
        // The path of a link holds its secret.
        let page = path.split('/').nth(1).unwrap_or_default();
        tracing::error!(request.id = request_id, page, %error, "a page failed");
    }
}

/// Browsers are sent to the public address, where cookies live (HO-04).
fn elsewhere(app: &App, origin: &Origin, parts: &Parts) -> Option<Response<Body>> {
    let public = app.config.public_url.as_deref()?.trim_end_matches('/');
    if origin.base == public {
        return None;
    }
    let mut response = Response::new(Body::empty());
    if parts.method != Method::GET && parts.method != Method::HEAD {
        *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
        return Some(response);
    }
    let path = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let location = HeaderValue::from_str(&format!("{public}{path}")).ok()?;
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(LOCATION, location);
    Some(response)
}

async fn run(call: &mut Call<'_>, body: Body) -> Result<Reply> {
    let path = call.parts.uri.path().to_owned();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let segments = match segments.as_slice() {
        [head @ .., ""] if !head.is_empty() => head.to_vec(),
        all => all.to_vec(),
    };
    if pages::lacks_second_step(call, &segments).await? {
        return Ok(Reply::go("/settings/security?done=second-step"));
    }
    match call.parts.method {
        Method::GET | Method::HEAD => pages::get(call, &segments).await,
        // Mail programs send what they like; the address is all that counts.
        Method::POST if matches!(*segments, ["unsubscribe", _]) => {
            pages::post(call, &segments).await
        }
        Method::POST => {
            if matches!(*segments, ["client", _, "icon"]) {
                let most = pages::ICON_BYTES;
                (call.form, call.file) =
                    Values::read_with_file(&call.parts.headers, body, "picture", most).await?;
            } else {
                call.form = Values::read(&call.parts.headers, body).await?;
            }
            // The request of an application may come as a form from anywhere; it decides nothing.
            if segments == ["authorize"] {
                return pages::get(call, &segments).await;
            }
            if let Err(error) = call.check_form() {
                pages::forged(call).await?;
                return Err(error);
            }
            pages::post(call, &segments).await
        }
        _ => Err(Code::MethodNotAllowed.with(&call.parts.method)),
    }
}

/// Sends people who are not signed in to the sign-in page and shows everybody else what is wrong.
fn refused(call: &Call<'_>, error: &Error) -> Result<Reply> {
    let here = call.parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    // A form cannot be returned to; the page it was on has the same address, as a rule.
    let next = local_path(here).unwrap_or("/");
    match error.code {
        Code::AuthRequired => Ok(Reply::go(with_next("/login", next))),
        Code::ProofRequired => Ok(Reply::go(with_next("/login/confirm", next))),
        _ => errors::error_page(call, error),
    }
}

/// A path with the page to go to afterwards.
fn with_next(path: &str, next: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", next);
    format!("{path}?{}", query.finish())
}

/// Lets through whoever proved who they are a moment ago; others are asked for the password again
/// (SE-04). A form that was opened in time may be sent for longer, so that nothing typed is lost.
///
/// # Errors
/// 401.
fn fresh(call: &Call<'_>) -> Result<()> {
    let signed = call.person()?;
    let life = if call.parts.method == Method::POST { SEND_MS } else { FRESH_MS };
    if call.now < signed.session.proven_at + life { Ok(()) } else { Err(Code::ProofRequired.err()) }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
