//! `/oauth/applications`: registering, changing, new secrets, and what administrators decide.

use http::StatusCode;
use serde_json::{Map, Value as Json, json};
use trackway_core::oauth::ScopeSet;
use trackway_core::oauth::application::{self, Application, Details, Secret, Standing};
use trackway_core::time::instant_text;
use trackway_core::{Code, Error, Result};

use super::{Call, not_allowed};
use crate::oauth::form;
use crate::oauth::reply::Reply;

/// Seconds to milliseconds.
const SECOND: i64 = 1000;

pub(super) async fn answer(call: &Call<'_>, path: &[&str]) -> Result<Reply> {
    match (call.parts.method.as_str(), path) {
        ("GET" | "HEAD", []) => list(call).await,
        ("POST", []) => register(call).await,
        (_, []) => Ok(not_allowed("GET, HEAD, POST")),
        ("GET" | "HEAD", [id]) => show(call, id).await,
        ("PATCH", [id]) => edit(call, id).await,
        ("DELETE", [id]) => delete(call, id).await,
        (_, [_]) => Ok(not_allowed("GET, HEAD, PATCH, DELETE")),
        ("POST", [id, "secret"]) => rotate(call, id).await,
        (_, [_, "secret"]) => Ok(not_allowed("POST")),
        ("PUT", [id, "standing"]) => decide(call, id).await,
        (_, [_, "standing"]) => Ok(not_allowed("PUT")),
        _ => Err(Code::UnknownPath.err()),
    }
}

/// What is told of an application.
fn body(call: &Call<'_>, app: &Application, secret: Option<&Secret>) -> Result<Json> {
    let mut json = serde_json::to_value(&app.details).map_err(Error::internal)?;
    let world = call.app.tracker.world();
    let organizations: Vec<&str> = app
        .standing
        .organizations
        .iter()
        .filter_map(|id| world.org(*id).map(|dict| dict.org.org_id.as_str()))
        .collect();
    let Standing { unapproved, verified, implicit_redirect, resource_server, .. } = app.standing;
    let second_factor = app.standing.second_factor;
    let more = json!({
        "id": app.id,
        "owner": app.owner.to_string(),
        "confidential": app.is_confidential(),
        "signedInfo": app.signed_info,
        "standing": {
            "blocked": app.blocked,
            "unapproved": unapproved,
            "verified": verified,
            "implicitRedirect": implicit_redirect,
            "resourceServer": resource_server,
            "secondFactor": second_factor,
            "organizations": organizations,
        },
        "createdAt": instant_text(app.created_at),
        "updatedAt": instant_text(app.updated_at),
    });
    if let (Json::Object(all), Json::Object(more)) = (&mut json, more) {
        all.extend(more);
        if let Some(secret) = secret {
            all.insert("clientSecret".to_owned(), secret.0.as_str().into());
        }
    }
    Ok(json)
}

/// The details with the members of the request in place of their own.
fn details(call: &Call<'_>, old: &Details) -> Result<Details> {
    let Json::Object(mut all) = serde_json::to_value(old).map_err(Error::internal)? else {
        return Err(Error::internal("details are an object"));
    };
    let names: Vec<String> = all.keys().cloned().collect();
    call.known(&names.iter().map(String::as_str).collect::<Vec<_>>())?;
    if call.body.contains_key("scopes") {
        let policy = &call.app.tracker.settings().policy;
        ScopeSet::parse(&call.text("scopes")?, policy)
            .map_err(|unknown| Code::ValueUnknown.with(unknown).under("scopes"))?;
    }
    let given: Map<String, Json> = call.body.clone();
    all.extend(given);
    serde_json::from_value(Json::Object(all)).map_err(|error| Code::BodyShape.with(error))
}

async fn list(call: &Call<'_>) -> Result<Reply> {
    let pairs = form::pairs(call.parts.uri.query().unwrap_or_default()).unwrap_or_default();
    let after = pairs.into_iter().find(|(name, _)| name == "after").map(|(_, value)| value);
    let (uid, after) = (call.uid, after.unwrap_or_default());
    let found = call.read(move |cx| application::list_all(cx, uid, &after)).await?;
    let all: Result<Vec<Json>> = found.iter().map(|app| body(call, app, None)).collect();
    Ok(Reply::json(StatusCode::OK, &Json::Array(all?)))
}

async fn register(call: &Call<'_>) -> Result<Reply> {
    let profile = call.app.tracker.settings().policy.default_profile;
    let details = details(call, &Details { profile, ..Details::default() })?;
    let uid = call.uid;
    let made = call
        .write("RegisterApplication", move |cx| application::register(cx, uid, details.clone()));
    let (app, secret) = made.await?;
    Ok(Reply::json(StatusCode::CREATED, &body(call, &app, secret.as_ref())?))
}

async fn found(call: &Call<'_>, id: &str) -> Result<Application> {
    let (uid, id) = (call.uid, id.to_owned());
    call.read(move |cx| application::own(cx, uid, &id)).await
}

async fn show(call: &Call<'_>, id: &str) -> Result<Reply> {
    let app = found(call, id).await?;
    Ok(Reply::json(StatusCode::OK, &body(call, &app, None)?))
}

async fn edit(call: &Call<'_>, id: &str) -> Result<Reply> {
    let details = details(call, &found(call, id).await?.details)?;
    let (uid, id) = (call.uid, id.to_owned());
    let changed =
        call.write("EditApplication", move |cx| application::edit(cx, uid, &id, details.clone()));
    let (app, secret) = changed.await?;
    Ok(Reply::json(StatusCode::OK, &body(call, &app, secret.as_ref())?))
}

async fn delete(call: &Call<'_>, id: &str) -> Result<Reply> {
    let (uid, id) = (call.uid, id.to_owned());
    call.write("DeleteApplication", move |cx| application::delete(cx, uid, &id)).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

async fn rotate(call: &Call<'_>, id: &str) -> Result<Reply> {
    call.known(&["overlapSeconds", "revoke"])?;
    let overlap = match call.body.get("overlapSeconds") {
        None => 0,
        Some(value) => value
            .as_i64()
            .filter(|n| (0..=604_800).contains(n))
            .ok_or_else(|| Code::ValueRange.at("overlapSeconds"))?,
    };
    let revoke = flag(&call.body, "revoke")?.unwrap_or(false);
    let (uid, id) = (call.uid, id.to_owned());
    let secret = call.write("RotateSecret", move |cx| {
        application::rotate_secret(cx, uid, &id, overlap * SECOND, revoke)
    });
    Ok(Reply::json(StatusCode::OK, &json!({ "clientSecret": secret.await?.0 })))
}

fn flag(body: &Map<String, Json>, name: &str) -> Result<Option<bool>> {
    match body.get(name) {
        None => Ok(None),
        Some(Json::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(Code::BodyShape.with(format!("{name} must be true or false"))),
    }
}

/// What is not said stays as it is.
async fn decide(call: &Call<'_>, id: &str) -> Result<Reply> {
    call.known(&[
        "blocked",
        "unapproved",
        "verified",
        "implicitRedirect",
        "resourceServer",
        "secondFactor",
        "organizations",
    ])?;
    let old = found(call, id).await?;
    let said = |name, before| Ok::<_, Error>(flag(&call.body, name)?.unwrap_or(before));
    let standing = Standing {
        unapproved: said("unapproved", old.standing.unapproved)?,
        verified: said("verified", old.standing.verified)?,
        implicit_redirect: said("implicitRedirect", old.standing.implicit_redirect)?,
        resource_server: said("resourceServer", old.standing.resource_server)?,
        second_factor: said("secondFactor", old.standing.second_factor)?,
        organizations: match call.body.get("organizations") {
            None => old.standing.organizations,
            Some(list) => organizations(call, list)?,
        },
        document_read_at: old.standing.document_read_at,
    };
    let blocked = said("blocked", old.blocked)?;
    let (uid, key) = (call.uid, id.to_owned());
    call.write("DecideApplication", move |cx| {
        application::decide(cx, uid, &key, standing.clone(), blocked)
    })
    .await?;
    show(call, id).await
}

/// Organisations by their ids for API.
fn organizations(call: &Call<'_>, list: &Json) -> Result<Vec<i64>> {
    let wrong = |shown: &Json| Code::ValueUnknown.with(shown).under("organizations");
    let world = call.app.tracker.world();
    let number = |item: &Json| {
        let found = item.as_str().and_then(|id| world.by_org_id(id));
        found.map(|dict| dict.org_id).ok_or_else(|| wrong(item))
    };
    list.as_array().ok_or_else(|| wrong(list))?.iter().map(number).collect()
}
