//! One call of the API: let in, read, run, answered (oauth.md, 5.2 gives the order).

use std::sync::Arc;

use axum::body::Body;
use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use tracing::Instrument;
use trackway_api::{Access, Raw};
use trackway_core::actor::{self, Scopes};
use trackway_core::cx::Answer;
use trackway_core::dict::Dict;
use trackway_core::lang::Lang;
use trackway_core::tracker::Caller;
use trackway_core::view::{ApiVersion, View};
use trackway_core::{Code, Error};

use super::base_url::Origin;
use super::errors::{JSON, Refusal};
use super::guard::guard;
use super::log::Log;
use super::{auth, body, dispatch, events, org, paging, query};
use crate::routes::Action;
use crate::{App, files, lanes};

/// A call of the API that came to one of our host names.
pub(super) struct Arrival<'a> {
    pub(super) origin: &'a Origin,
    pub(super) version: ApiVersion,
    /// Path below the version, without slashes at its end.
    pub(super) path: &'a str,
    pub(super) id: &'a HeaderValue,
}

/// Answers a call.
pub(super) async fn handle(
    app: &Arc<App>,
    arrival: &Arrival<'_>,
    parts: &Parts,
    body: Body,
) -> Response<Body> {
    let mut log = Log::new(arrival.id);
    let mut lang = accepted(&parts.headers).unwrap_or_default();
    let span = log.span.clone();
    let call = run(app, arrival, parts, body, &mut log, &mut lang).instrument(span);
    let outcome = guard(call)
        .await
        .unwrap_or_else(|panic| Err(Error::internal(format!("panic: {panic}")).into()));
    if let Err(refusal) = &outcome {
        log.refused(refusal);
    }
    let response = match outcome {
        Ok(response) => response,
        Err(refusal) => refusal.answer(lang),
    };
    log.done(app, response.status());
    response
}

async fn run(
    app: &Arc<App>,
    arrival: &Arrival<'_>,
    parts: &Parts,
    body: Body,
    log: &mut Log,
    lang: &mut Lang,
) -> Result<Response<Body>, Refusal> {
    let visit = crate::oauth::visit(app, arrival.origin, parts, arrival.id);
    let now = visit.now;
    let token = match auth::token(app, &parts.headers, &visit).await {
        Ok(token) => token,
        Err(error) => {
            if error.status() < 500 {
                app.rates.anonymous(arrival.origin.client)?;
            }
            return Err(error.into());
        }
    };
    let (dict, actor) =
        org::choose(&app.tracker.world(), &parts.headers, token.account, &app.config.default_org)?;
    if !token.reaches(dict.org_id) {
        return Err(Code::OrgUnavailable.err().into());
    }
    let mut actor = actor.limited_to(token.queues.as_deref());
    log.caller(actor.uid, dict.org_id);
    actor.origin = actor::Origin {
        address: arrival.origin.client.to_string(),
        request_id: arrival.id.to_str().unwrap_or_default().to_owned(),
    };
    *lang = accepted(&parts.headers).unwrap_or_else(|| preferred(&dict, actor.uid));

    let path = dispatch::canonical(arrival.path);
    let found = path
        .as_deref()
        .map_err(|_| Refusal::from(Code::BadPath.err()))
        .and_then(|path| app.dispatch.find(&parts.method, arrival.version, path));
    if let Ok(found) = &found {
        log.operation(found.route.info);
        in_scope(token.scopes, found.route.info.access)?;
        actor.may(found.route.info.access)?;
    }
    app.rates.request(actor.uid, dict.org_id)?;
    let found = found?;

    let info = found.route.info;
    let query = query::decode(parts.uri.query().unwrap_or_default())?;
    let raw = Raw { path: &found.params, query: &query, headers: &parts.headers, body: &[] };
    let view = View::new(&arrival.origin.base, arrival.version, *lang);
    let caller = Caller { dict, actor: Arc::new(actor), view, now };
    let decode = match &found.route.action {
        Action::Call(decode) => decode,
        Action::Stream(stream) => {
            let (method, headers) = (&parts.method, &parts.headers);
            let call = files::Call { app, caller, info, method, headers, raw };
            return files::answer(*stream, call, body).await;
        }
    };
    let bytes = if info.body.is_some() {
        body::read(body, &parts.headers, &app.config.limits).await?
    } else {
        // Some clients send a body with every request; it is of no interest here.
        bytes::Bytes::new()
    };
    let raw = Raw { body: &bytes, ..raw };
    if info.name == events::OPERATION && events::is_wanted(&parts.headers) {
        return Ok(events::open(app, &raw, caller, parts.headers.clone()).await?);
    }
    let operation = decode(&raw)?;
    let answer = lanes::run(app, info.lane(), caller, operation, log).await?;
    Ok(success(answer, arrival, parts))
}

/// Whether a token may be used for this (API-20).
fn in_scope(scopes: Scopes, access: Access) -> Result<(), Error> {
    match access {
        Access::read if !scopes.read => Err(Code::ScopeMissing.with("tracker:read")),
        Access::personal | Access::write | Access::manage if !scopes.write => {
            Err(Code::ScopeMissing.with("tracker:write"))
        }
        Access::read | Access::personal | Access::write | Access::manage => Ok(()),
    }
}

fn accepted(headers: &HeaderMap) -> Option<Lang> {
    Lang::from_accept(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?)
}

/// The language of somebody whose client asks for none.
fn preferred(dict: &Dict, uid: i64) -> Lang {
    let own = dict.users.get(uid).and_then(|member| member.body.language.as_deref());
    own.and_then(Lang::from_accept)
        .or_else(|| Lang::from_accept(&dict.org.language))
        .unwrap_or_default()
}

fn success(mut answer: Answer, arrival: &Arrival<'_>, parts: &Parts) -> Response<Body> {
    // The tag of a state is the version that `If-Match` takes.
    let etag =
        answer.state.and_then(|version| HeaderValue::try_from(format!("\"{version}\"")).ok());
    if let Some(etag) = &etag
        && parts.method == Method::GET
        && files::matches(&parts.headers, &IF_NONE_MATCH, etag)
    {
        answer.status = StatusCode::NOT_MODIFIED.as_u16();
        answer.body = bytes::Bytes::new();
    }
    let empty = answer.body.is_empty();
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if !empty {
        headers.insert(CONTENT_TYPE, JSON);
    }
    if let Some(etag) = etag {
        headers.insert(ETAG, etag);
    }
    if let Some(paging) = &answer.paging {
        let url = format!("{}{}", arrival.origin.base, parts.uri.path());
        paging::write(headers, &url, parts.uri.query().unwrap_or_default(), paging);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_limit_a_token() {
        let code = |scopes: &str, access| {
            in_scope(Scopes::parse(scopes), access).err().map(|error| error.code)
        };
        assert_eq!(code("tracker:read", Access::read), None);
        assert_eq!(code("tracker:read", Access::write), Some(Code::ScopeMissing));
        assert_eq!(code("tracker:read", Access::manage), Some(Code::ScopeMissing));
        assert_eq!(code("tracker:read", Access::personal), Some(Code::ScopeMissing));
        assert_eq!(code("tracker:write", Access::read), None);
        assert_eq!(code("", Access::read), Some(Code::ScopeMissing));
    }
}
