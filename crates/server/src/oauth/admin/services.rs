//! `/oauth/service-accounts`: accounts for programs, and their keys (oauth.md, IM-08).

use http::StatusCode;
use serde_json::{Value as Json, json};
use trackway_core::account::member::Level;
use trackway_core::lang::Lang;
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
        (_, []) => Ok(not_allowed("GET, HEAD, POST")),
        ("GET" | "HEAD", [id]) => show(call, number(id)?, StatusCode::OK).await,
        ("DELETE", [id]) => delete(call, number(id)?).await,
        (_, [_]) => Ok(not_allowed("GET, HEAD, DELETE")),
        ("POST", [id, "keys"]) => add_key(call, number(id)?).await,
        (_, [_, "keys"]) => Ok(not_allowed("POST")),
        ("DELETE", [id, "keys", key]) => remove_key(call, number(id)?, key).await,
        (_, [_, "keys", _]) => Ok(not_allowed("DELETE")),
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

async fn remove_key(call: &Call<'_>, id: i64, key: &str) -> Result<Reply> {
    let (seat, key) = (call.seat()?, key.to_owned());
    call.write("RemoveServiceKey", move |cx| service::remove_key(cx, seat, id, &key)).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
