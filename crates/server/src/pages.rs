//! What is answered outside the API: health, readiness, metrics, the description of the API.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::get;
use bytes::Bytes;
use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use trackway_core::lang::Lang;
use trackway_core::{Code, Tracker};

use crate::http::errors::{JSON, Refusal};
use crate::{Vitals, clock, lanes};

/// Where the description of what is served lies. It needs no token.
pub(crate) const OPENAPI: &str = "/v3/openapi.json";

/// How long the database may take to answer before the server counts as not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether a path is answered here.
pub(crate) fn owns(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics" | OPENAPI)
}

/// Everything outside the API and the pages for people.
pub(crate) fn router(vitals: Arc<Vitals>) -> Router {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route(OPENAPI, get(openapi))
        .fallback(unknown)
        .with_state(vitals)
}

/// The process is alive.
async fn alive() -> Response<Body> {
    json(StatusCode::OK, r#"{"status":"ok"}"#)
}

/// Requests may come: the server is not about to stop and the database answers.
async fn ready(State(vitals): State<Arc<Vitals>>) -> Response<Body> {
    if vitals.is_draining() {
        return json(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"stopping"}"#);
    }
    // The clocks must agree, or tokens of one node would be over for another (API-34).
    let asked = lanes::read(&vitals.tracker, PATIENCE, clock::skew).await;
    match asked {
        Ok(skew) if skew > clock::MOST_SKEW => {
            tracing::warn!(skew_ms = skew, "not ready: the clock is not that of the database");
            json(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"clock"}"#)
        }
        Ok(_) => json(StatusCode::OK, r#"{"status":"ready"}"#),
        Err(error) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            json(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"database"}"#)
        }
    }
}

async fn metrics(State(vitals): State<Arc<Vitals>>) -> Response<Body> {
    let now = clock::now();
    let jobs = lanes::read(&vitals.tracker, PATIENCE, move |tx| Tracker::job_stats(tx, now)).await;
    // A database that is away is no reason to hide the rest.
    let page = vitals.metrics.render(vitals.tracker.db().queued(), &jobs.unwrap_or_default());
    let mut response = Response::new(Body::from(page));
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

async fn openapi() -> Response<Body> {
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    let document = DOCUMENT.get_or_init(|| {
        serde_json::to_vec(&trackway_api::openapi::document()).unwrap_or_default().into()
    });
    json(StatusCode::OK, document.clone())
}

async fn unknown(headers: HeaderMap) -> Response<Body> {
    let lang = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let lang = lang.and_then(Lang::from_accept).unwrap_or_default();
    Refusal::from(Code::UnknownPath.err()).answer(lang)
}

fn json(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}
