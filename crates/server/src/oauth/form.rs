//! Reading forms (oauth.md, GN-01 to GN-04).

use std::time::Duration;

use axum::body::Body;
use http::StatusCode;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use trackway_core::oauth::client::form_decoded;
use trackway_core::oauth::{Decision, Fault, Params};

use super::Call;
use super::reply::Reply;

/// Bytes of a body.
const MOST: usize = 16 << 10;

/// What must not stand in an address, where it ends up in logs.
const SECRETS: [&str; 7] = [
    "client_secret",
    "code",
    "refresh_token",
    "access_token",
    "token",
    "device_code",
    "code_verifier",
];

/// The parameters of the body. Those of the address are ignored, but not if they are secrets.
pub(super) async fn read(call: &Call<'_>, body: Body) -> Result<Params, Reply> {
    let refused = |fault: Fault, why| Reply::refused(fault.because(why), false);
    let known = pairs(call.query()).unwrap_or_default();
    if known.iter().any(|(name, value)| !value.is_empty() && SECRETS.contains(&name.as_str())) {
        return Err(refused(Fault::InvalidRequest, "Secrets must not be sent in the address"));
    }
    let kind = call.header(&CONTENT_TYPE).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let why = "The body must be application/x-www-form-urlencoded";
        return Err(refused(Fault::InvalidRequest, why));
    }
    let bytes = bytes(call, body).await?;
    let text = std::str::from_utf8(&bytes).ok();
    let all = text.and_then(pairs);
    all.map(Params::new)
        .ok_or_else(|| refused(Fault::InvalidRequest, "The body is not a form in UTF-8"))
}

/// The bytes of a body.
pub(super) async fn bytes(call: &Call<'_>, body: Body) -> Result<bytes::Bytes, Reply> {
    let patience = Duration::from_secs(call.app.config.limits.body_seconds);
    match tokio::time::timeout(patience, axum::body::to_bytes(body, MOST)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => {
            let refusal = Fault::InvalidRequest.because("The body is too large or cut off");
            let body = serde_json::json!({
                "error": refusal.fault.name(),
                "error_description": refusal.description,
            });
            Err(Reply::json(StatusCode::PAYLOAD_TOO_LARGE, &body))
        }
        Err(_) => Err(Reply::unavailable()),
    }
}

/// The pairs of a form in their order; `None` for broken codes and bytes that are not UTF-8.
pub(crate) fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    text.split('&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            Some((form_decoded(name)?, form_decoded(value)?))
        })
        .collect()
}

/// The `Authorization` header as text.
pub(super) fn authorization<'a>(call: &'a Call<'_>) -> Decision<Option<&'a str>> {
    let mut values = call.headers().get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let malformed = Fault::InvalidClient.because("Malformed Authorization header");
    if values.next().is_some() {
        return Err(malformed);
    }
    value.to_str().map(Some).map_err(|_| malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_keep_order_and_repetition() {
        let read = pairs("a=1&b=x+y%2B&&c&a=%D1%8F").expect("readable");
        let read: Vec<_> = read.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(read, [("a", "1"), ("b", "x y+"), ("c", ""), ("a", "я")]);
        for bad in ["a=%FF", "a=%", "a=%4", "a=%zz", "%=a"] {
            assert!(pairs(bad).is_none(), "{bad}");
        }
    }
}
