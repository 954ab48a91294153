//! Requests to other systems as clients write them (automation.md, 1.5).

use serde_json::Value as Json;
use trackway_api::types::Members;

use super::{MAX_TEXT, shown, text};
use crate::dict::model::{Action, Auth, Hook};
use crate::error::{Code, Result};
use crate::rule::render;

/// Longest URL, in characters.
const MAX_URL: usize = 4000;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Reads a request; `old` is the present one, whose secret a client may send back masked.
pub(super) fn hook(members: &Members, old: Option<&Action>) -> Result<Hook> {
    let method = text(members, "method", 10)?.to_ascii_uppercase();
    if !METHODS.contains(&method.as_str()) {
        return Err(Code::ValueUnknown.with(method));
    }
    let endpoint = text(members, "endpoint", MAX_URL)?;
    if !["http://", "https://", "{{"].iter().any(|start| endpoint.starts_with(start)) {
        return Err(Code::ValueType.with("http or https URL"));
    }
    let mut headers = std::collections::BTreeMap::new();
    if let Some(json) = members.get("headers").filter(|json| !json.is_null()) {
        let Json::Object(given) = json else { return Err(Code::ValueType.with("object")) };
        for (name, value) in given {
            let value = value.as_str().ok_or_else(|| Code::ValueType.with("string"))?;
            let word = !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            if !word || value.contains(['\r', '\n']) || value.len() > MAX_URL {
                return Err(Code::ValueUnknown.with(shown(name)));
            }
            headers.insert(name.clone(), value.to_owned());
        }
    }
    let content_type = match members.get("contentType") {
        None | Some(Json::Null) => None,
        Some(_) => Some(text(members, "contentType", 200)?),
    };
    let body = members.get("body").filter(|json| !json.is_null()).cloned();
    if body.as_ref().is_some_and(|body| body.to_string().len() > MAX_TEXT) {
        return Err(Code::ValueTooLong.with(MAX_TEXT));
    }
    let auth_context = auth(members.get("authContext"), old)?;
    Ok(Hook { endpoint, method, auth_context, content_type, headers, body })
}

fn auth(json: Option<&Json>, old: Option<&Action>) -> Result<Auth> {
    let Some(json) = json.filter(|json| !json.is_null()) else { return Ok(Auth::Noauth) };
    let mut auth: Auth = serde_json::from_value(json.clone())
        .map_err(|error| Code::BodyShape.with(shown(&error.to_string())))?;
    let old = match old {
        Some(Action::Webhook(hook)) => Some(&hook.auth_context),
        _ => None,
    };
    match (&mut auth, old) {
        (Auth::Basic { password, .. }, Some(Auth::Basic { password: kept, .. }))
            if password == render::MASK =>
        {
            password.clone_from(kept);
        }
        (Auth::Oauth { access_token, .. }, Some(Auth::Oauth { access_token: kept, .. }))
            if access_token == render::MASK =>
        {
            access_token.clone_from(kept);
        }
        _ => {}
    }
    Ok(auth)
}
