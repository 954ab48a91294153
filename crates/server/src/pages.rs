//! What is answered outside the API: health, readiness, metrics, the description of the API.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
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

/// Everything outside the API.
pub(crate) fn router(vitals: Arc<Vitals>) -> Router {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/unsubscribe/{token}", get(unsubscribing).post(unsubscribe))
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
    let asked = lanes::read(&vitals.tracker, PATIENCE, |tx| {
        let (_,): (i64,) = tx.one("SELECT CAST(1 AS BIGINT)", &[])?;
        Ok(())
    })
    .await;
    match asked {
        Ok(()) => json(StatusCode::OK, r#"{"status":"ready"}"#),
        Err(error) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            json(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"database"}"#)
        }
    }
}

/// Asks whether letters are really not wanted: mail programs open links to look at them.
async fn unsubscribing(
    State(vitals): State<Arc<Vitals>>,
    Path(token): Path<String>,
) -> Response<Body> {
    if vitals.tracker.unsubscriber(&token).is_none() {
        return html(
            StatusCode::NOT_FOUND,
            "<p>Ссылка недействительна. The link is not valid.</p>",
        );
    }
    html(
        StatusCode::OK,
        "<form method=\"post\"><button>Больше не присылать писем · Send no more letters</button></form>",
    )
}

/// Ends letters with one click (RFC 8058).
async fn unsubscribe(
    State(vitals): State<Arc<Vitals>>,
    Path(token): Path<String>,
) -> Response<Body> {
    let Some((org, user)) = vitals.tracker.unsubscriber(&token) else {
        return html(
            StatusCode::NOT_FOUND,
            "<p>Ссылка недействительна. The link is not valid.</p>",
        );
    };
    let tracker = vitals.tracker.clone();
    let done = tokio::task::spawn_blocking(move || tracker.unsubscribe(org, user)).await;
    match done {
        Ok(Ok(())) => html(
            StatusCode::OK,
            "<p>Письма больше не будут приходить. No more letters will be sent.</p>",
        ),
        _ => html(StatusCode::SERVICE_UNAVAILABLE, "<p>Попробуйте позже. Try again later.</p>"),
    }
}

fn html(status: StatusCode, body: &str) -> Response<Body> {
    let page = format!("<!doctype html><meta charset=\"utf-8\"><title>Trackway</title>{body}");
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
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
