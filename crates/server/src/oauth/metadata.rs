//! The documents that tell generic clients everything (oauth.md, 2.8).

use http::StatusCode;
use serde_json::{Map, Value as Json, json};
use trackway_core::oauth::{RESOURCES, Scope};

use super::Call;
use super::reply::Reply;

/// RFC 8414.
pub(super) fn server(call: &Call<'_>) -> Reply {
    let settings = call.app.tracker.settings();
    let policy = &settings.policy;
    let issuer = call.visit.issuer.as_str();
    let at = |path: &str| Json::from(format!("{issuer}{path}"));
    let auth = ["client_secret_basic", "client_secret_post", "none"];
    let mut grants =
        vec!["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"];
    let mut responses = vec!["code"];
    let mut modes = vec!["query"];
    if policy.implicit {
        grants.insert(1, "implicit");
        responses.push("token");
        modes.push("fragment");
    }
    let scopes: Vec<&str> = Scope::all(policy).map(Scope::name).collect();
    let mut document = Map::new();
    let mut put = |name: &str, value: Json| drop(document.insert(name.to_owned(), value));
    put("issuer", issuer.into());
    put("authorization_endpoint", at("/authorize"));
    put("token_endpoint", at("/token"));
    put("device_authorization_endpoint", at("/device/code"));
    put("revocation_endpoint", at("/revoke_token"));
    put("introspection_endpoint", at("/introspect"));
    put("response_types_supported", json!(responses));
    put("response_modes_supported", json!(modes));
    put("grant_types_supported", json!(grants));
    put("code_challenge_methods_supported", json!(["S256"]));
    put("token_endpoint_auth_methods_supported", json!(auth));
    put("revocation_endpoint_auth_methods_supported", json!(auth));
    put("introspection_endpoint_auth_methods_supported", json!(auth.get(..2)));
    put("scopes_supported", json!(scopes));
    put("authorization_response_iss_parameter_supported", true.into());
    put("client_id_metadata_document_supported", policy.client_id_documents.into());
    let resources: Vec<String> = RESOURCES.iter().map(|path| format!("{issuer}{path}")).collect();
    put("protected_resources", json!([&[issuer.to_owned()], &resources[..]].concat()));
    put("service_documentation", at("/help/oauth"));
    put("ui_locales_supported", json!(["en", "ru"]));
    Reply::json(StatusCode::OK, &Json::Object(document)).public()
}

/// RFC 9728, for the API and for each resource with a path of its own.
pub(super) fn resource(call: &Call<'_>) -> Reply {
    let issuer = call.visit.issuer.as_str();
    let path = call.parts.uri.path();
    let suffix = path.strip_prefix("/.well-known/oauth-protected-resource").unwrap_or_default();
    let body = json!({
        "resource": format!("{issuer}{suffix}"),
        "authorization_servers": [issuer],
        "scopes_supported": ["tracker:read", "tracker:write"],
        "bearer_methods_supported": ["header"],
    });
    Reply::json(StatusCode::OK, &body).public()
}
