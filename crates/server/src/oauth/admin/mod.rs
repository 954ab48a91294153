//! The administration of applications and service accounts for programs (oauth.md, AP-05): JSON,
//! and a token with the scope `admin:oauth` of somebody who administers an organisation. The same
//! actions as the pages have, described in `docs/oauth-administration.md`.

mod applications;
mod services;

use std::sync::Arc;

use axum::body::Body;
use http::header::{ACCEPT_LANGUAGE, ALLOW};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use serde_json::{Map, Value as Json};
use trackway_core::account::member::Seat;
use trackway_core::account_cx::{AccountCx, Visit};
use trackway_core::lang::Lang;
use trackway_core::oauth::application;
use trackway_core::{Code, Error, Result};

use super::reply::Reply;
use crate::http::base_url::Origin;
use crate::http::errors::Refusal;
use crate::http::{auth, guard, org};
use crate::{App, lanes};

/// Bytes of a body.
const MOST: usize = 64 << 10;
const SCOPE: &str = "admin:oauth";

/// Whether a path is one of these.
pub(super) fn owns(path: &str) -> bool {
    path.starts_with("/oauth/")
}

/// Somebody who may administer, and what is asked.
struct Call<'a> {
    app: &'a Arc<App>,
    parts: &'a Parts,
    visit: Visit,
    uid: i64,
    body: Map<String, Json>,
}

impl Call<'_> {
    async fn read<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut AccountCx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        lanes::account_read(self.app, self.visit.clone(), run).await
    }

    async fn write<T: Send + 'static>(
        &self,
        name: &'static str,
        run: impl Fn(&mut AccountCx<'_, '_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        lanes::account_write(self.app, name, self.visit.clone(), run).await
    }

    /// The place of the caller in the organisation that the headers name.
    fn seat(&self) -> Result<Seat> {
        let (world, config) = (self.app.tracker.world(), &self.app.config);
        let (dict, _) = org::choose(&world, &self.parts.headers, self.uid, &config.default_org)?;
        Ok(Seat { org: dict.org_id, uid: self.uid })
    }

    /// A text of the body; empty where there is none.
    fn text(&self, name: &str) -> Result<String> {
        match self.body.get(name) {
            None | Some(Json::Null) => Ok(String::new()),
            Some(Json::String(text)) => Ok(text.clone()),
            Some(_) => Err(Code::BodyShape.with(format!("{name} must be a text"))),
        }
    }

    /// Refuses members of the body that mean nothing.
    fn known(&self, names: &[&str]) -> Result<()> {
        match self.body.keys().find(|name| !names.contains(&name.as_str())) {
            Some(unknown) => Err(Code::ValueUnknown.with(unknown).under(unknown)),
            None => Ok(()),
        }
    }
}

/// Answers a program.
pub(super) async fn answer(
    app: &Arc<App>,
    origin: &Origin,
    id: &HeaderValue,
    parts: &Parts,
    body: Body,
) -> Response<Body> {
    let visit = super::visit(app, origin, parts, id);
    let lang = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let lang = lang.and_then(Lang::from_accept).unwrap_or_default();
    let outcome = guard::guard(run(app, origin, &visit, parts, body)).await;
    let outcome = outcome.unwrap_or_else(|panic| Err(Error::internal(format!("panic: {panic}"))));
    match outcome {
        Ok(mut reply) => {
            if parts.method == Method::HEAD {
                reply.drop_body();
            }
            reply.response()
        }
        Err(error) => {
            if error.status() >= 500 {
                tracing::error!(request.id = visit.request_id, %error, "an endpoint failed");
            }
            Refusal::from(error).answer(lang)
        }
    }
}

async fn run(
    app: &Arc<App>,
    origin: &Origin,
    visit: &Visit,
    parts: &Parts,
    body: Body,
) -> Result<Reply> {
    if app.oauth_limits.address(&visit.address).is_err() {
        return Err(Code::TooManyRequests.err());
    }
    let uid = caller(app, origin, visit, parts).await?;
    let body = if parts.method == Method::GET || parts.method == Method::HEAD {
        Map::new()
    } else {
        members(body).await?
    };
    let call = Call { app, parts, visit: visit.clone(), uid, body };
    let path = parts.uri.path().strip_prefix("/oauth/").unwrap_or_default();
    let segments: Option<Vec<String>> = path.split('/').map(plain).collect();
    let segments = segments.ok_or_else(|| Code::BadPath.err())?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["applications", rest @ ..] => applications::answer(&call, rest).await,
        ["service-accounts", rest @ ..] => services::answer(&call, rest).await,
        _ => Err(Code::UnknownPath.err()),
    }
}

/// Who asks: an administrator whose token has the scope. A token that is limited to queues
/// administers nothing.
async fn caller(app: &App, origin: &Origin, visit: &Visit, parts: &Parts) -> Result<i64> {
    let token = match auth::token(app, &parts.headers, visit).await {
        Ok(token) => token,
        Err(error) => {
            if error.status() < 500 && app.rates.anonymous(origin.client).is_err() {
                return Err(Code::TooManyRequests.err());
            }
            return Err(error);
        }
    };
    if !token.all_scopes.has(SCOPE) {
        return Err(Code::ScopeMissing.with(SCOPE));
    }
    if token.queues.is_some() || !application::administers(&app.tracker.world(), token.account) {
        return Err(Code::AdminRequired.err());
    }
    Ok(token.account)
}

/// The members of a body; an empty one has none.
async fn members(body: Body) -> Result<Map<String, Json>> {
    let bytes = axum::body::to_bytes(body, MOST).await;
    let bytes = bytes.map_err(|_| Code::BodyTooLarge.with(MOST))?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(&bytes) {
        Ok(Json::Object(members)) => Ok(members),
        Ok(_) => Err(Code::BodyShape.with("an object is expected")),
        Err(error) => Err(Code::BodySyntax.with(error)),
    }
}

/// A segment of the path; ids may be URLs.
fn plain(segment: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(segment).decode_utf8();
    decoded.ok().map(std::borrow::Cow::into_owned)
}

/// Another method than the path has.
fn not_allowed(methods: &'static str) -> Reply {
    Reply::empty(StatusCode::METHOD_NOT_ALLOWED).with(ALLOW, HeaderValue::from_static(methods))
}
