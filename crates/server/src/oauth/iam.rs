//! `/iam/v1/tokens`: short-lived tokens for those who know the cloud's way (oauth.md, 2.10).

use axum::body::Body;
use http::StatusCode;
use http::header::RETRY_AFTER;
use serde_json::{Map, Value as Json, json};
use trackway_core::oauth::iam::{self, IamFault};

use super::reply::Reply;
use super::{Call, form};
use crate::http::auth;
use crate::lanes;

/// An answer in the cloud's form of errors (IM-05).
fn fault(status: StatusCode, code: u8, message: &str) -> Reply {
    Reply::json(status, &json!({ "code": code, "message": message, "details": [] }))
}

fn unauthenticated() -> Reply {
    fault(StatusCode::UNAUTHORIZED, 16, "OAuth token is invalid or expired")
}

fn illegal(why: &str) -> Reply {
    fault(StatusCode::BAD_REQUEST, 3, &format!("Illegal argument {why}"))
}

fn of(found: IamFault, signed: bool) -> Reply {
    match found {
        IamFault::Unauthenticated if signed => {
            fault(StatusCode::UNAUTHORIZED, 16, "JWT is invalid or expired")
        }
        IamFault::Unauthenticated => unauthenticated(),
        IamFault::Denied => fault(StatusCode::FORBIDDEN, 7, "Permission denied"),
        IamFault::NotFound => fault(StatusCode::NOT_FOUND, 5, "IAM token not found"),
    }
}

/// The members of the body, whatever its type says (IM-06).
async fn members(call: &Call<'_>, body: Body) -> Result<Map<String, Json>, Reply> {
    if let Err(seconds) = call.app.oauth_limits.address(&call.visit.address) {
        let reply = fault(StatusCode::TOO_MANY_REQUESTS, 8, "Quota exceeded");
        return Err(reply.with(RETRY_AFTER, seconds.into()));
    }
    let bytes = form::bytes(call, body).await?;
    match serde_json::from_slice(&bytes) {
        Ok(Json::Object(members)) => Ok(members),
        _ => Err(illegal("body: a JSON object is expected")),
    }
}

/// Makes an IAM token.
pub(super) async fn create(call: &Call<'_>, body: Body) -> Reply {
    let members = match members(call, body).await {
        Ok(members) => members,
        Err(reply) => return reply,
    };
    let (text, signed) = match (members.get("yandexPassportOauthToken"), members.get("jwt")) {
        (Some(_), Some(_)) => return illegal("identity: exactly one is expected"),
        (Some(Json::String(token)), None) => (token.clone(), false),
        (None, Some(Json::String(assertion))) => (assertion.clone(), true),
        _ => return illegal("identity: a text in yandexPassportOauthToken or jwt is expected"),
    };
    let made = lanes::account_write(call.app, "IamToken", call.visit.clone(), move |cx| {
        if signed { iam::exchange_assertion(cx, &text) } else { iam::exchange(cx, &text) }
    })
    .await;
    match made {
        Ok(Ok(made)) => {
            let body = json!({ "iamToken": made.token, "expiresAt": expires_at(made.expires) });
            Reply::json(StatusCode::OK, &body)
        }
        Ok(Err(found)) => of(found, signed),
        Err(error) => failed(call, &error),
    }
}

/// Ends an IAM token.
pub(super) async fn revoke(call: &Call<'_>, body: Body) -> Reply {
    let members = match members(call, body).await {
        Ok(members) => members,
        Err(reply) => return reply,
    };
    let Some(Json::String(token)) = members.get("iamToken") else {
        return illegal("iamToken: a text is expected");
    };
    let Ok(bearer) = auth::presented(call.headers()) else { return unauthenticated() };
    let (bearer, token) = (bearer.to_owned(), token.clone());
    let done = lanes::account_write(call.app, "RevokeIamToken", call.visit.clone(), move |cx| {
        iam::revoke(cx, &bearer, &token)
    })
    .await;
    match done {
        Ok(Ok(account)) => {
            Reply::json(StatusCode::OK, &json!({ "subjectId": account.to_string() }))
        }
        Ok(Err(found)) => of(found, false),
        Err(error) => failed(call, &error),
    }
}

fn failed(call: &Call<'_>, error: &trackway_core::Error) -> Reply {
    tracing::error!(%error, request.id = call.visit.request_id.as_str(), "an endpoint failed");
    fault(StatusCode::SERVICE_UNAVAILABLE, 14, "Service is temporarily unavailable")
        .with(RETRY_AFTER, 1.into())
}

/// RFC 3339 in UTC with nine digits (IM-01).
fn expires_at(at: i64) -> String {
    let text = trackway_core::time::instant_text(at);
    format!("{}000000Z", text.trim_end_matches("+0000"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn nine_digits() {
        assert_eq!(super::expires_at(1_772_445_600_120), "2026-03-02T10:00:00.120000000Z");
    }
}
