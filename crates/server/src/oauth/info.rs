//! `/info`: who owns the token (oauth.md, 2.9).

use axum::body::Body;
use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Map, Value as Json};
use trackway_core::Code;
use trackway_core::lang::Lang;
use trackway_core::oauth::{Fault, Params, Refusal, info};

use super::reply::Reply;
use super::token::challenge;
use super::{Call, cors, form};
use crate::http::auth;
use crate::lanes;

const MISSING: Refusal = Fault::InvalidToken.because("A token is required");
const WRONG: Refusal = Fault::InvalidToken.because("The token is invalid or expired");

/// Tells the holder of a token who its owner is.
pub(super) async fn info(call: &Call<'_>, body: Body) -> Reply {
    if let Err(seconds) = call.app.oauth_limits.address(&call.visit.address) {
        return Reply::limited(seconds);
    }
    let params = match params(call, body).await {
        Ok(params) => params,
        Err(reply) => return reply,
    };
    let reply = match told(call, &params).await {
        Ok(reply) | Err(reply) => reply,
    };
    cors::allow(call, reply, None).await
}

/// Parameters of the address and of a form.
async fn params(call: &Call<'_>, body: Body) -> Result<Params, Reply> {
    let mut pairs = form::pairs(call.query()).unwrap_or_default();
    let has_secret = pairs.iter().any(|(name, _)| name == "jwt_secret");
    if has_secret {
        let refusal = Fault::InvalidRequest.because("Secrets must not be sent in the address");
        return Err(Reply::refused(refusal, false));
    }
    let kind = call.header(&CONTENT_TYPE).unwrap_or_default();
    if call.parts.method == Method::POST
        && kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded")
    {
        let bytes = form::bytes(call, body).await?;
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        pairs.extend(form::pairs(text).unwrap_or_default());
    }
    Ok(Params::new(pairs))
}

async fn told(call: &Call<'_>, params: &Params) -> Result<Reply, Reply> {
    let token = presented(call, params)?;
    let lang = call.header(&ACCEPT_LANGUAGE).and_then(Lang::from_accept).unwrap_or_default();
    let format = params.get("format").unwrap_or("json");
    if !["json", "xml", "jwt"].contains(&format) {
        let refusal = Fault::InvalidRequest.because("format must be json, xml or jwt");
        return Err(Reply::refused(refusal, false));
    }
    if format == "jwt" {
        let signed = lanes::account_read(call.app, call.visit.clone(), move |cx| {
            info::signed(cx, &token, lang)
        })
        .await;
        let text = settled(call, signed)?;
        return Ok(Reply::text(StatusCode::OK, HeaderValue::from_static("text/plain"), text));
    }
    let found =
        lanes::account_read(call.app, call.visit.clone(), move |cx| info::info(cx, &token, lang))
            .await;
    let members = settled(call, found)?.members;
    if format == "xml" {
        let kind = HeaderValue::from_static("text/xml; charset=utf-8");
        return Ok(Reply::text(StatusCode::OK, kind, xml(&members)));
    }
    Ok(Reply::json(StatusCode::OK, &Json::Object(members)))
}

#[expect(clippy::result_large_err, reason = "a reply lives for one request")]
fn settled<T>(
    call: &Call<'_>,
    result: trackway_core::Result<trackway_core::oauth::Decision<T>>,
) -> Result<T, Reply> {
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(refusal)) if refusal.fault == Fault::InvalidToken => {
            Err(challenge(Reply::refused(refusal, false), true))
        }
        Ok(Err(refusal)) => Err(Reply::refused(refusal, false)),
        Err(error) => Err(Reply::failed(&error, &call.visit.request_id)),
    }
}

/// The token: in the header, or in the address where an administrator allows it (DV-09).
#[expect(clippy::result_large_err, reason = "a reply lives for one request")]
fn presented(call: &Call<'_>, params: &Params) -> Result<String, Reply> {
    match auth::presented(call.headers()) {
        Ok(token) => Ok(token.to_owned()),
        Err(error) if error.code == Code::AuthRequired => {
            let allowed = call.app.config.auth.info_query_token;
            let in_address = params.get("oauth_token").filter(|_| allowed);
            in_address
                .map(str::to_owned)
                .ok_or_else(|| challenge(Reply::refused(MISSING, false), false))
        }
        Err(_) => Err(challenge(Reply::refused(WRONG, false), true)),
    }
}

/// `<user>` with an element for each member.
fn xml(members: &Map<String, Json>) -> String {
    let mut out = String::from(r#"<?xml version="1.0" encoding="UTF-8"?><user>"#);
    for (name, value) in members {
        element(&mut out, name, value);
    }
    out.push_str("</user>");
    out
}

fn element(out: &mut String, name: &str, value: &Json) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    match value {
        Json::Null => {}
        Json::Bool(value) => out.push_str(if *value { "1" } else { "0" }),
        Json::Number(value) => out.push_str(&value.to_string()),
        Json::String(text) => escape(out, text),
        Json::Array(items) => items.iter().for_each(|item| element(out, "address", item)),
        Json::Object(members) => members.iter().for_each(|(name, item)| element(out, name, item)),
    }
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// Characters that XML 1.0 cannot hold are left out.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_escapes_everything() {
        let members = serde_json::json!({"login": "a<b>&\"'\u{1}", "sex": null, "emails": ["x@y"]});
        let Json::Object(members) = members else { panic!("an object") };
        assert_eq!(
            xml(&members),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><user><emails><address>x@y</address></emails>\
             <login>a&lt;b&gt;&amp;&quot;&apos;</login><sex></sex></user>"
        );
    }
}
