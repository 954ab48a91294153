//! `/info`: who owns a token (oauth.md, 2.9).

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value as Json, json};

use super::live::{self, Live};
use super::refusal::{Decision, Fault};
use super::{application, seal};
use crate::account_cx::AccountCx;
use crate::dict::model::{Body, Member};
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::secret;

/// Stands for the application of tokens that people make for own use.
pub const PERSONAL_CLIENT: &str = "00000000000000000000000000000000";

const WRONG_TOKEN: super::Refusal = Fault::InvalidToken.because("The token is invalid or expired");

/// What is told about the owner of a token: names in the order they are written.
#[derive(Clone, Debug)]
pub struct UserInfo {
    /// Members as of `format=json`.
    pub members: Map<String, Json>,
}

/// The facts all formats are made from.
struct Facts {
    live: Live,
    client: String,
    login: String,
    psuid: String,
    member: Member,
}

fn facts(cx: &mut AccountCx<'_, '_>, text: &str) -> Result<Option<Facts>> {
    let Some(live) = live::good(cx, text)? else { return Ok(None) };
    let account = live.token.account;
    let login = live::login(cx, account)?.unwrap_or_default();
    let client = live.token.application.clone().unwrap_or_else(|| PERSONAL_CLIENT.to_owned());
    let mac = cx.settings.key.mac("psuid", &[client.as_bytes(), account.to_string().as_bytes()])?;
    let psuid = format!("1.{}", BASE64URL_NOPAD.encode(&mac));
    let member = cx
        .organizations(account)
        .first()
        .and_then(|dict| dict.users.get(account).map(|member| member.body.clone()))
        .unwrap_or_default();
    Ok(Some(Facts { live, client, login, psuid, member }))
}

/// What the holder of a token may know of its owner.
///
/// # Errors
/// The database fails.
pub fn info(cx: &mut AccountCx<'_, '_>, text: &str, lang: Lang) -> Result<Decision<UserInfo>> {
    let Some(facts) = facts(cx, text)? else { return Ok(Err(WRONG_TOKEN)) };
    let scopes = facts.live.token.all_scopes;
    let mut members = Map::new();
    let mut put = |name: &str, value: Json| drop(members.insert(name.to_owned(), value));
    put("id", facts.live.token.account.to_string().into());
    put("login", facts.login.as_str().into());
    put("client_id", facts.client.into());
    put("psuid", facts.psuid.into());
    let member = &facts.member;
    if scopes.has("login:info") {
        put("first_name", member.first_name.get(lang).into());
        put("last_name", member.last_name.get(lang).into());
        put("display_name", facts.login.as_str().into());
        put("real_name", member.name().get(lang).into());
        put("sex", Json::Null);
    }
    if scopes.has("login:email") {
        put("default_email", member.email.as_str().into());
        let emails = if member.email.is_empty() { json!([]) } else { json!([member.email]) };
        put("emails", emails);
    }
    if scopes.has("login:avatar") {
        put("default_avatar_id", "0/0-0".into());
        put("is_avatar_empty", true.into());
    }
    if scopes.has("login:birthday") {
        put("birthday", Json::Null);
    }
    if scopes.has("login:default_phone") {
        put("default_phone", Json::Null);
    }
    Ok(Ok(UserInfo { members }))
}

/// The same as a compact JWS under the application's secret (`format=jwt`).
///
/// # Errors
/// The database fails.
pub fn signed(cx: &mut AccountCx<'_, '_>, text: &str, lang: Lang) -> Result<Decision<String>> {
    let Some(facts) = facts(cx, text)? else { return Ok(Err(WRONG_TOKEN)) };
    let off = Fault::InvalidRequest.because("format=jwt is not enabled for this application");
    let app = application::find(cx, &facts.client)?;
    let Some((id, sealed)) = app.and_then(|app| Some((app.id, app.sealed_secret?))) else {
        return Ok(Err(off));
    };
    let key = seal::open(cx, &id, &sealed)?;
    let token = &facts.live.token;
    let scopes = token.all_scopes;
    let host = cx.visit.issuer.split_once("://").map_or("", |(_, host)| host);
    let mut claims = Map::new();
    let mut put = |name: &str, value: Json| drop(claims.insert(name.to_owned(), value));
    put("iat", cx.visit.now.div_euclid(1000).into());
    if let Some(end) = token.expires {
        put("exp", end.div_euclid(1000).into());
    }
    put("jti", secret::random_hex::<16>()?.into());
    put("iss", host.into());
    put("uid", token.account.into());
    put("login", facts.login.as_str().into());
    put("psuid", facts.psuid.into());
    if scopes.has("login:info") {
        put("name", facts.member.name().get(lang).into());
        put("display_name", facts.login.as_str().into());
        put("gender", "".into());
    }
    if scopes.has("login:email") {
        put("email", facts.member.email.into());
    }
    if scopes.has("login:avatar") {
        put("avatar_id", "0/0-0".into());
    }
    let encode = |value: &Json| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let input = format!(
        "{}.{}",
        encode(&json!({"alg": "HS256", "typ": "JWT"})),
        encode(&Json::Object(claims))
    );
    let mac = secret::hmac(key.as_bytes(), input.as_bytes()).map_err(Error::internal)?;
    Ok(Ok(format!("{input}.{}", BASE64URL_NOPAD.encode(&mac))))
}
