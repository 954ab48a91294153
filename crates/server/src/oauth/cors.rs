//! Which scripts of other origins may call (oauth.md, GN-08): those that an application is
//! registered with. Cookies play no part, so credentials are never allowed.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ALLOW, ORIGIN, VARY,
};
use http::{HeaderValue, StatusCode};
use trackway_core::oauth::application;

use super::reply::Reply;
use super::{Call, Endpoint};
use crate::lanes;

/// Endpoints that scripts may call at all.
fn is_open(endpoint: Endpoint) -> bool {
    matches!(
        endpoint,
        Endpoint::Token
            | Endpoint::Revoke
            | Endpoint::Info
            | Endpoint::ServerMetadata
            | Endpoint::ResourceMetadata
    )
}

/// Answers `OPTIONS`.
pub(super) async fn preflight(call: &Call<'_>) -> Reply {
    let reply = Reply::empty(StatusCode::NO_CONTENT)
        .with(ALLOW, HeaderValue::from_static(call.endpoint.methods()));
    let Some(origin) = allowed(call, None).await else { return reply };
    reply
        .with(ACCESS_CONTROL_ALLOW_ORIGIN, origin)
        .with(VARY, HeaderValue::from_static("Origin"))
        .with(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(call.endpoint.methods()))
        .with(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type"))
        .with(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"))
}

/// Lets the script read an answer, if its origin is one of the application's; of any application's
/// where none is known.
pub(super) async fn allow(call: &Call<'_>, reply: Reply, client_id: Option<&str>) -> Reply {
    match allowed(call, client_id).await {
        Some(origin) => reply
            .with(ACCESS_CONTROL_ALLOW_ORIGIN, origin)
            .with(VARY, HeaderValue::from_static("Origin")),
        None => reply,
    }
}

async fn allowed(call: &Call<'_>, client_id: Option<&str>) -> Option<HeaderValue> {
    let value = call.headers().get(ORIGIN)?.clone();
    if !is_open(call.endpoint) {
        return None;
    }
    let origin = value.to_str().ok()?.to_owned();
    let client_id = client_id.map(str::to_owned);
    let found = lanes::account_read(call.app, call.visit.clone(), move |cx| {
        application::has_origin(cx, &origin, client_id.as_deref())
    })
    .await;
    matches!(found, Ok(true)).then_some(value)
}
