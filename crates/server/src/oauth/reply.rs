//! Answers of the endpoints (oauth.md, GN-05, GN-06, GN-09).

use axum::body::Body;
use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HeaderName, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE,
};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value as Json, json};
use trackway_core::Error;
use trackway_core::oauth::{Fault, Refusal};

use crate::http::errors::JSON;

const NOSNIFF: HeaderName = HeaderName::from_static("x-content-type-options");

/// An answer under construction.
pub(super) struct Reply(Response<Body>);

impl Reply {
    /// A status and nothing else.
    pub(super) fn empty(status: StatusCode) -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        Self(response).private()
    }

    /// JSON.
    pub(super) fn json(status: StatusCode, body: &Json) -> Self {
        Self::text(status, JSON, body.to_string())
    }

    /// Anything with a type.
    pub(super) fn text(status: StatusCode, kind: HeaderValue, body: String) -> Self {
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, kind);
        Self(response).private()
    }

    /// Not to be kept by anybody.
    fn private(self) -> Self {
        self.with(CACHE_CONTROL, HeaderValue::from_static("no-store"))
            .with(PRAGMA, HeaderValue::from_static("no-cache"))
            .with(NOSNIFF, HeaderValue::from_static("nosniff"))
    }

    /// To be kept for an hour.
    pub(super) fn public(mut self) -> Self {
        self.0.headers_mut().remove(PRAGMA);
        self.with(CACHE_CONTROL, HeaderValue::from_static("max-age=3600"))
    }

    /// A refusal. Failed authentication in the header asks for it again (RFC 6749, 5.2).
    pub(super) fn refused(refusal: Refusal, by_header: bool) -> Self {
        let status = match refusal.fault {
            Fault::InvalidClient if by_header => StatusCode::UNAUTHORIZED,
            Fault::InvalidToken => StatusCode::UNAUTHORIZED,
            Fault::TemporarilyUnavailable => StatusCode::TOO_MANY_REQUESTS,
            Fault::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        let body = json!({
            "error": refusal.fault.name(),
            "error_description": refusal.description,
        });
        let reply = Self::json(status, &body);
        match refusal.fault {
            Fault::InvalidClient if by_header => {
                let basic = r#"Basic realm="oauth", charset="UTF-8""#;
                reply.with(WWW_AUTHENTICATE, HeaderValue::from_static(basic))
            }
            Fault::TemporarilyUnavailable => reply.retry_after(5),
            _ => reply,
        }
    }

    /// The caller is over a limit.
    pub(super) fn limited(seconds: u64) -> Self {
        let refusal = Fault::TemporarilyUnavailable.because("Too many requests");
        Self::refused(refusal, false).retry_after(seconds)
    }

    /// Storage fails: never told as a success (GN-09).
    pub(super) fn unavailable() -> Self {
        let body = json!({
            "error": Fault::TemporarilyUnavailable.name(),
            "error_description": "The service is temporarily unavailable",
        });
        Self::json(StatusCode::SERVICE_UNAVAILABLE, &body).retry_after(1)
    }

    /// The database or a bug, which is told in the log once.
    pub(super) fn failed(error: &Error, request_id: &str) -> Self {
        tracing::error!(request.id = request_id, %error, "an endpoint failed");
        Self::unavailable()
    }

    fn retry_after(self, seconds: u64) -> Self {
        self.with(RETRY_AFTER, seconds.into())
    }

    /// Adds a header.
    pub(super) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers_mut().insert(name, value);
        self
    }

    /// For `HEAD`.
    pub(super) fn drop_body(&mut self) {
        *self.0.body_mut() = Body::empty();
    }

    pub(super) fn status(&self) -> StatusCode {
        self.0.status()
    }

    pub(super) fn response(self) -> Response<Body> {
        self.0
    }
}
