//! `/oauth/service-accounts`: accounts for programs, and their keys (oauth.md, IM-08).

use http::StatusCode;
use serde_json::{Value as Json, json};
use trackway_core::account::member::Level;
use trackway_core::lang::Lang;
use trackway_core::oauth::given::{NewPersonal, PersonalToken};
use trackway_core::oauth::scope::ScopeSet;
use trackway_core::oauth::service::{self, Key, NewService, ServiceAccount};
use trackway_core::time::instant_text;
use trackway_core::{Code, Result};

use super::{Call, not_allowed};
use crate::oauth::reply::Reply;

pub(super) async fn answer(call: &Call<'_>, path: &[&str]) -> Result<Reply> {
    let number = |id: &str| id.parse::<i64>().map_err(|_| Code::UserNotFound.err());
    match (call.parts.method.as_str(), path) {
        ("GET" | "HEAD", []) => list(call).await,
        ("POST", []) => create(call).await,
        ("GET" | "HEAD", [id]) => show(call, number(id)?, StatusCode::OK).await,
        ("DELETE", [id]) => delete(call, number(id)?).await,
        (_, [_]) => Ok(not_allowed("GET, HEAD, DELETE")),
        ("POST", [id, "keys"]) => add_key(call, number(id)?).await,
        (_, [_, "keys"]) => Ok(not_allowed("POST")),
        ("GET" | "HEAD", [id, "tokens"]) => tokens(call, number(id)?).await,
        ("POST", [id, "tokens"]) => add_token(call, number(id)?).await,
        (_, [] | [_, "tokens"]) => Ok(not_allowed("GET, HEAD, POST")),
        ("DELETE", [id, "tokens", token]) => remove_token(call, number(id)?, token).await,
        ("DELETE", [id, "keys", key]) => remove_key(call, number(id)?, key).await,
        (_, [_, "keys" | "tokens", _]) => Ok(not_allowed("DELETE")),
        _ => Err(Code::UnknownPath.err()),
    }
}

fn key_body(key: &Key) -> Json {
    json!({
        "id": key.id,
        "description": key.description,
        "createdAt": instant_text(key.created_at),
    })
}

fn body(account: &ServiceAccount) -> Json {
    json!({
        "id": account.id.to_string(),
        "login": account.login,
        "name": account.name.get(Lang::En),
        "level": account.level.name(),
        "createdAt": instant_text(account.created_at),
        "keys": account.keys.iter().map(key_body).collect::<Vec<_>>(),
    })
}

async fn list(call: &Call<'_>) -> Result<Reply> {
    let seat = call.seat()?;
    let all = call.read(move |cx| service::list(cx, seat)).await?;
    Ok(Reply::json(StatusCode::OK, &all.iter().map(body).collect()))
}

async fn show(call: &Call<'_>, id: i64, status: StatusCode) -> Result<Reply> {
    let seat = call.seat()?;
    let account = call.read(move |cx| service::get(cx, seat, id)).await?;
    Ok(Reply::json(status, &body(&account)))
}

async fn create(call: &Call<'_>) -> Result<Reply> {
    call.known(&["login", "name", "level"])?;
    let level = call.text("level")?;
    let level = if level.is_empty() { Some(Level::Read) } else { Level::named(&level) };
    let level = level.ok_or_else(|| Code::ValueUnknown.with("level").under("level"))?;
    let new = NewService { login: call.text("login")?, name: call.text("name")?, level };
    let seat = call.seat()?;
    let id = call.write("CreateServiceAccount", move |cx| service::create(cx, seat, &new)).await?;
    show(call, id, StatusCode::CREATED).await
}

async fn delete(call: &Call<'_>, id: i64) -> Result<Reply> {
    let seat = call.seat()?;
    call.write("DeleteServiceAccount", move |cx| service::delete(cx, seat, id)).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

async fn add_key(call: &Call<'_>, id: i64) -> Result<Reply> {
    call.known(&["publicKey", "description"])?;
    let (pem, description) = (call.text("publicKey")?, call.text("description")?);
    let seat = call.seat()?;
    let added =
        call.write("AddServiceKey", move |cx| service::add_key(cx, seat, id, &pem, &description));
    Ok(Reply::json(StatusCode::CREATED, &key_body(&added.await?)))
}

fn token_body(token: &PersonalToken) -> Json {
    json!({
        "id": token.id,
        "label": token.label,
        "scopes": token.scopes.text(),
        "limited": !token.queues.is_empty(),
        "createdAt": instant_text(token.created_at),
        "expiresAt": token.expires_at.map(instant_text),
    })
}

async fn tokens(call: &Call<'_>, id: i64) -> Result<Reply> {
    let seat = call.seat()?;
    let all = call.read(move |cx| service::tokens(cx, seat, id)).await?;
    Ok(Reply::json(StatusCode::OK, &all.iter().map(token_body).collect()))
}

/// The answer holds the token this once.
async fn add_token(call: &Call<'_>, id: i64) -> Result<Reply> {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    call.known(&["label", "scopes", "queues", "days"])?;
    let queues = match call.body.get("queues") {
        None | Some(Json::Null) => Vec::new(),
        Some(json) => serde_json::from_value::<Vec<String>>(json.clone())
            .map_err(|_| Code::BodyShape.with("queues must be a list of texts"))?,
    };
    let days = match call.body.get("days") {
        None | Some(Json::Null) => None,
        Some(json) => match json.as_i64().filter(|days| (1..=36_500).contains(days)) {
            Some(days) => Some(days),
            None => return Err(Code::ValueRange.at("days")),
        },
    };
    let scopes = ScopeSet::parse(&call.text("scopes")?, &call.app.tracker.settings().policy)
        .map_err(|unknown| Code::ValueUnknown.with(unknown).under("scopes"))?;
    let (label, seat) = (call.text("label")?, call.seat()?);
    let made = call.write("CreateServiceToken", move |cx| {
        let expires_at = days.map(|days| cx.now() + days * DAY_MS);
        let new = NewPersonal { label: label.clone(), scopes, expires_at, queues: Vec::new() };
        service::create_token(cx, seat, id, &queues, &new)
    });
    Ok(Reply::json(StatusCode::CREATED, &json!({"token": made.await?})))
}

async fn remove_token(call: &Call<'_>, id: i64, token: &str) -> Result<Reply> {
    let (seat, token) = (call.seat()?, token.to_owned());
    call.write("RemoveServiceToken", move |cx| service::remove_token(cx, seat, id, &token)).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

async fn remove_key(call: &Call<'_>, id: i64, key: &str) -> Result<Reply> {
    let (seat, key) = (call.seat()?, key.to_owned());
    call.write("RemoveServiceKey", move |cx| service::remove_key(cx, seat, id, &key)).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
