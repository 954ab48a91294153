//! The endpoints of the authorization server that programs call (oauth.md, section 2). People see
//! its pages, which are elsewhere.

mod admin;
mod cors;
pub(crate) mod document;
mod form;
mod iam;
mod info;
mod limits;
mod metadata;
mod reply;
mod token;

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use http::header::{ALLOW, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use trackway_core::account_cx::Visit;

use crate::App;
use crate::http::base_url::Origin;
use crate::http::guard;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use form::pairs;
pub(crate) use limits::OAuthLimits;
use reply::Reply;

/// An endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Endpoint {
    Token,
    DeviceCode,
    Revoke,
    Introspect,
    Info,
    IamTokens,
    IamRevoke,
    ServerMetadata,
    ResourceMetadata,
}

impl Endpoint {
    fn at(path: &str) -> Option<Self> {
        Some(match path {
            "/token" => Self::Token,
            "/device/code" => Self::DeviceCode,
            "/revoke_token" => Self::Revoke,
            "/introspect" => Self::Introspect,
            "/info" => Self::Info,
            "/iam/v1/tokens" => Self::IamTokens,
            "/iam/v1/tokens:revoke" => Self::IamRevoke,
            "/.well-known/oauth-authorization-server" => Self::ServerMetadata,
            "/.well-known/oauth-protected-resource"
            | "/.well-known/oauth-protected-resource/mcp" => Self::ResourceMetadata,
            _ => return None,
        })
    }

    /// Name in logs and metrics.
    const fn name(self) -> &'static str {
        match self {
            Self::Token => "oauth.token",
            Self::DeviceCode => "oauth.device_code",
            Self::Revoke => "oauth.revoke",
            Self::Introspect => "oauth.introspect",
            Self::Info => "oauth.info",
            Self::IamTokens => "iam.tokens",
            Self::IamRevoke => "iam.revoke",
            Self::ServerMetadata => "oauth.server_metadata",
            Self::ResourceMetadata => "oauth.resource_metadata",
        }
    }

    const fn methods(self) -> &'static str {
        match self {
            Self::Info => "GET, HEAD, POST, OPTIONS",
            Self::ServerMetadata | Self::ResourceMetadata => "GET, HEAD, OPTIONS",
            _ => "POST, OPTIONS",
        }
    }

    fn takes(self, method: &Method) -> bool {
        self.methods().split(", ").any(|known| known == method.as_str())
    }
}

/// Whether a path is one of the endpoints'.
pub(crate) fn owns(path: &str) -> bool {
    Endpoint::at(path).is_some() || admin::owns(path)
}

/// A call of an endpoint.
struct Call<'a> {
    app: &'a Arc<App>,
    parts: &'a Parts,
    endpoint: Endpoint,
    visit: Visit,
}

impl Call<'_> {
    fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    fn header(&self, name: &http::HeaderName) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// Parameters of the address.
    fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }
}

/// The visit of a request: who, from where, when, and the address of this server as it stands in
/// documents and answers (HO-03).
pub(crate) fn visit(app: &App, origin: &Origin, parts: &Parts, id: &HeaderValue) -> Visit {
    let public = app.config.public_url.as_deref().map(|url| url.trim_end_matches('/'));
    let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    Visit {
        now: crate::clock::now(),
        issuer: public.unwrap_or(&origin.base).to_owned(),
        address: origin.client.to_string(),
        agent: agent.unwrap_or_default().chars().take(200).collect(),
        request_id: id.to_str().unwrap_or_default().to_owned(),
    }
}

/// Answers a program. Nothing of what was sent is ever written to the log (ID-04).
pub(crate) async fn answer(
    app: &Arc<App>,
    origin: &Origin,
    id: &HeaderValue,
    parts: &Parts,
    body: Body,
) -> Response<Body> {
    if admin::owns(parts.uri.path()) {
        return admin::answer(app, origin, id, parts, body).await;
    }
    let Some(endpoint) = Endpoint::at(parts.uri.path()) else {
        return Reply::empty(StatusCode::NOT_FOUND).response();
    };
    let started = Instant::now();
    let call = Call { app, parts, endpoint, visit: visit(app, origin, parts, id) };
    let mut reply = match guard::guard(run(&call, body)).await {
        Ok(reply) => reply,
        Err(panic) => {
            tracing::error!(endpoint = endpoint.name(), panic, "an endpoint panicked");
            Reply::unavailable()
        }
    };
    if parts.method == Method::HEAD {
        reply.drop_body();
    }
    let status = reply.status();
    let took = started.elapsed();
    app.metrics.request(endpoint.name(), status.as_u16(), took);
    tracing::info!(
        target: "trackway_server::request",
        operation = endpoint.name(),
        status = status.as_u16(),
        request.id = call.visit.request_id.as_str(),
        took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        "answered"
    );
    reply.response()
}

async fn run(call: &Call<'_>, body: Body) -> Reply {
    let endpoint = call.endpoint;
    if call.parts.method == Method::OPTIONS {
        return cors::preflight(call).await;
    }
    if !endpoint.takes(&call.parts.method) {
        return Reply::empty(StatusCode::METHOD_NOT_ALLOWED)
            .with(ALLOW, HeaderValue::from_static(endpoint.methods()));
    }
    match endpoint {
        Endpoint::Token => token::token(call, body).await,
        Endpoint::DeviceCode => token::device_code(call, body).await,
        Endpoint::Revoke => token::revoke(call, body).await,
        Endpoint::Introspect => token::introspect(call, body).await,
        Endpoint::Info => info::info(call, body).await,
        Endpoint::IamTokens => iam::create(call, body).await,
        Endpoint::IamRevoke => iam::revoke(call, body).await,
        Endpoint::ServerMetadata => cors::allow(call, metadata::server(call), None).await,
        Endpoint::ResourceMetadata => cors::allow(call, metadata::resource(call), None).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_follow_the_table() {
        let takes = |path: &str, method: &str| {
            let endpoint = Endpoint::at(path).expect("an endpoint");
            endpoint.takes(&Method::from_bytes(method.as_bytes()).expect("a method"))
        };
        assert!(!takes("/token", "GET") && takes("/token", "POST"));
        assert!(takes("/info", "GET") && takes("/info", "HEAD") && takes("/info", "POST"));
        assert!(!takes("/.well-known/oauth-authorization-server", "POST"));
        assert!(Endpoint::at("/device").is_none() && Endpoint::at("/token/").is_none());
    }
}
