//! `/token`, `/device/code`, `/revoke_token` and `/introspect`.

use axum::body::Body;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::json;
use trackway_core::account_cx::AccountCx;
use trackway_core::oauth::client::{self, Credentials};
use trackway_core::oauth::inspect::{self, Revoked};
use trackway_core::oauth::{Decision, Fault, Issued, Params, device, exchange};
use trackway_core::{Code, Result};

use super::reply::Reply;
use super::{Call, cors, document, form};
use crate::http::errors::JSON;
use crate::lanes;

/// A form with the application that claims to have sent it.
struct Asked {
    params: Params,
    credentials: Credentials,
    /// Whether it authenticates in the header.
    by_header: bool,
}

async fn ask(call: &Call<'_>, body: Body) -> Result<Asked, Reply> {
    let params = form::read(call, body).await?;
    let header = form::authorization(call).map_err(|refusal| Reply::refused(refusal, true))?;
    let by_header = header.is_some();
    if params.repeats(&["client_id", "client_secret"]) {
        let twice = Fault::InvalidRequest.because("A parameter is given more than once");
        return Err(Reply::refused(twice, by_header));
    }
    let credentials =
        Credentials::read(header, &params).map_err(|refusal| Reply::refused(refusal, by_header))?;
    Ok(Asked { params, credentials, by_header })
}

/// Tokens for codes, refresh tokens and device codes.
pub(super) async fn token(call: &Call<'_>, body: Body) -> Reply {
    let asked = match ask(call, body).await {
        Ok(asked) => asked,
        Err(reply) => return reply,
    };
    let id = asked.credentials.id().to_owned();
    let limits = &call.app.oauth_limits;
    if let Err(seconds) = limits.token(&id, &call.visit.address) {
        return Reply::limited(seconds);
    }
    let (credentials, params) = (asked.credentials, asked.params);
    let answered = lanes::account_write(call.app, "Token", call.visit.clone(), move |cx| {
        exchange::token(cx, &credentials, &params)
    })
    .await;
    note_authentication(call, &id, &answered);
    let reply = decided(call, answered, asked.by_header, |issued| issued_body(&issued));
    cors::allow(call, reply, Some(&id)).await
}

fn issued_body(issued: &Issued) -> Reply {
    let mut body = json!({
        "access_token": issued.access_token,
        "token_type": "bearer",
        "expires_in": issued.expires_in,
        "scope": issued.scopes.text(),
    });
    if let (Some(refresh), Some(members)) = (&issued.refresh_token, body.as_object_mut()) {
        members.insert("refresh_token".to_owned(), refresh.as_str().into());
    }
    Reply::json(StatusCode::OK, &body)
}

/// A device begins.
pub(super) async fn device_code(call: &Call<'_>, body: Body) -> Reply {
    let asked = match ask(call, body).await {
        Ok(asked) => asked,
        Err(reply) => return reply,
    };
    let id = asked.credentials.id().to_owned();
    if let Err(seconds) = call.app.oauth_limits.device(&id, &call.visit.address) {
        return Reply::limited(seconds);
    }
    if let Err(error) = document::ensure(call.app, &call.visit, &id).await {
        return Reply::failed(&error, &call.visit.request_id);
    }
    let (credentials, params) = (asked.credentials, asked.params);
    let answered = lanes::account_write(call.app, "DeviceCode", call.visit.clone(), move |cx| {
        device::start(cx, &credentials, &params)
    })
    .await;
    let page = format!("{}/device", call.visit.issuer);
    decided(call, answered, asked.by_header, |started| {
        let body = json!({
            "device_code": started.device_code,
            "user_code": started.user_code,
            // Both spellings: clients of the original know the first, RFC 8628 the second (DF-01).
            "verification_url": page,
            "verification_uri": page,
            "verification_uri_complete": format!("{page}?user_code={}", started.user_code),
            "expires_in": started.expires_in,
            "interval": 5,
        });
        Reply::json(StatusCode::OK, &body)
    })
}

/// A token is taken back.
pub(super) async fn revoke(call: &Call<'_>, body: Body) -> Reply {
    let asked = match ask(call, body).await {
        Ok(asked) => asked,
        Err(reply) => return reply,
    };
    let id = asked.credentials.id().to_owned();
    let limits = &call.app.oauth_limits;
    if let Err(seconds) = limits.inspection(&id, &call.visit.address) {
        return Reply::limited(seconds);
    }
    let (credentials, params) = (asked.credentials, asked.params);
    let answered = lanes::account_write(call.app, "RevokeToken", call.visit.clone(), move |cx| {
        inspect::revoke(cx, &credentials, &params)
    })
    .await;
    note_authentication(call, &id, &answered);
    let reply = decided(call, answered, asked.by_header, |revoked| match revoked {
        // Quirk: simple-oauth2 reads no answer without a type, not even an empty one.
        Revoked::Silently => Reply::empty(StatusCode::OK).with(CONTENT_TYPE, JSON),
        Revoked::Told => Reply::json(StatusCode::OK, &json!({"status": "ok"})),
    });
    cors::allow(call, reply, Some(&id)).await
}

/// What is known of a token.
pub(super) async fn introspect(call: &Call<'_>, body: Body) -> Reply {
    let asked = match ask(call, body).await {
        Ok(asked) => asked,
        // Whoever does not say who it is is not authenticated (RFC 7662, 2.1).
        Err(reply) if reply.status() == StatusCode::BAD_REQUEST => {
            let refusal = Fault::InvalidClient.because("Client authentication is required");
            return Reply::refused(refusal, true);
        }
        Err(reply) => return reply,
    };
    let id = asked.credentials.id().to_owned();
    if let Err(seconds) = call.app.oauth_limits.inspection(&id, &call.visit.address) {
        return Reply::limited(seconds);
    }
    let (credentials, params) = (asked.credentials, asked.params);
    let answered = lanes::account_read(call.app, call.visit.clone(), move |cx| {
        inspect::introspect(cx, &credentials, &params)
    })
    .await;
    note_authentication(call, &id, &answered);
    // No authentication is 401 here, wherever the credentials stood.
    decided(call, answered, true, |told| {
        let body = serde_json::to_value(told).unwrap_or_else(|_| json!({"active": false}));
        Reply::json(StatusCode::OK, &body)
    })
}

fn note_authentication<T>(call: &Call<'_>, id: &str, answered: &Result<Decision<T>>) {
    let Ok(decision) = answered else { return };
    let failed = matches!(decision, Err(refusal) if refusal.fault == Fault::InvalidClient);
    call.app.oauth_limits.authenticated(id, &call.visit.address, !failed);
    if !failed {
        return;
    }
    // Nobody waits for it: the time of an answer must not tell whether there is such an application.
    let id = id.to_owned();
    let run = move |cx: &mut AccountCx<'_, '_>| client::failed(cx, &id);
    let job = call.app.tracker.account_job("AuthFailed", call.visit.clone(), run, |noted| {
        if let Err(error) = noted {
            tracing::warn!(%error, "a failed authentication could not be recorded");
        }
    });
    if call.app.tracker.db().submit_write(job).is_err() {
        tracing::debug!("a failed authentication is not recorded");
    }
}

fn decided<T>(
    call: &Call<'_>,
    answered: Result<Decision<T>>,
    by_header: bool,
    good: impl FnOnce(T) -> Reply,
) -> Reply {
    match answered {
        Ok(Ok(value)) => good(value),
        Ok(Err(refusal)) => Reply::refused(refusal, by_header),
        Err(error) if error.code == Code::Overloaded || error.code == Code::TimedOut => {
            Reply::unavailable()
        }
        Err(error) => Reply::failed(&error, &call.visit.request_id),
    }
}

/// The challenge of endpoints that take tokens.
pub(super) fn challenge(reply: Reply, presented: bool) -> Reply {
    let text = if presented {
        r#"Bearer realm="login", error="invalid_token""#
    } else {
        r#"Bearer realm="login""#
    };
    reply.with(WWW_AUTHENTICATE, HeaderValue::from_static(text))
}
