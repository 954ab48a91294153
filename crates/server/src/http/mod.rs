//! From a request to an answer.

mod api;
pub(crate) mod auth;
pub(crate) mod base_url;
mod body;
pub(crate) mod dispatch;
pub(crate) mod errors;
mod events;
pub(crate) mod guard;
pub(crate) mod limits;
mod log;
pub(crate) mod org;
mod paging;
mod query;
pub(crate) mod request_id;
pub(crate) mod spoof;

use std::sync::Arc;

use axum::body::Body;
use http::request::Parts;
use http::{HeaderValue, Request, Response};
use tower::ServiceExt;

use crate::App;
use base_url::{Ends, Origin};
pub(crate) use log::Log;
use request_id::X_REQUEST_ID;

/// Answers one request.
pub(crate) async fn answer(app: Arc<App>, ends: Ends, request: Request<Body>) -> Response<Body> {
    let id = app.ids.of(request.headers());
    let (parts, body) = request.into_parts();
    let origin = app.hosts.origin(ends, &parts);
    if let Some(origin) = origin.as_ref().ok().filter(|origin| origin.is_spoofed) {
        spoof::notice(&app, crate::oauth::visit(&app, origin, &parts, &id));
    }
    let mut response = match origin {
        Ok(origin) if origin.is_exposed => exposed(&app, &origin, &parts),
        Ok(origin) => route(&app, &origin, &id, parts, body).await,
        Err(status) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = status;
            response
        }
    };
    response.headers_mut().insert(X_REQUEST_ID, id);
    response
}

/// A request that came without TLS although the public address has it: it is not processed. Pages
/// say where to go instead; programs must not learn that it works (HO-05).
fn exposed(app: &App, origin: &Origin, parts: &Parts) -> Response<Body> {
    let path = parts.uri.path();
    let is_page = dispatch::versioned(path).is_none() && !crate::oauth::owns(path);
    let public = app.config.public_url.as_deref().map(|url| url.trim_end_matches('/'));
    let target = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let base = public.unwrap_or(&origin.base);
    let location = HeaderValue::try_from(format!("{base}{target}")).ok();
    let redirected = location.filter(|_| is_page && parts.method == http::Method::GET);
    let mut response = if let Some(location) = redirected {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = http::StatusCode::MOVED_PERMANENTLY;
        response.headers_mut().insert(http::header::LOCATION, location);
        response
    } else {
        let refusal = errors::Refusal::from(trackway_core::Code::PlainHttp.err());
        refusal.answer(trackway_core::lang::Lang::En)
    };
    response.headers_mut().insert(http::header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// To the API or to the other pages.
async fn route(
    app: &Arc<App>,
    origin: &Origin,
    id: &HeaderValue,
    parts: Parts,
    body: Body,
) -> Response<Body> {
    let path = parts.uri.path();
    if path != crate::pages::OPENAPI
        && let Some((version, path)) = dispatch::versioned(path)
    {
        let arrival = api::Arrival { origin, version, path, id };
        return api::handle(app, &arrival, &parts, body).await;
    }
    if crate::ui::owns(path) {
        return crate::ui::answer(app, origin, id, &parts, body).await;
    }
    if crate::oauth::owns(path) {
        return crate::oauth::answer(app, origin, id, &parts, body).await;
    }
    // A person who mistyped an address gets a page that says so (UI-18).
    if !crate::pages::owns(path) && crate::ui::is_wanted(&parts) {
        return crate::ui::answer(app, origin, id, &parts, body).await;
    }
    match app.pages.clone().oneshot(Request::from_parts(parts, body)).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
