//! The flows of OAuth 2.0, in the Yandex dialect where the two differ.

use std::fmt;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::Tokens;
use crate::{Builder, Error, Tracker};

/// Pause between two questions about a device when the server names none.
const INTERVAL: u64 = 5;

/// An application as an authorization server knows it.
#[derive(Clone)]
pub struct App {
    tracker: Tracker,
    base: Url,
    id: String,
    secret: Option<String>,
}

/// A secret that ties a code to whoever asked for it (RFC 7636).
#[derive(Clone)]
pub struct Pkce {
    /// Goes with the code to [`App::exchange`].
    pub verifier: String,
    /// Goes with the address to [`App::authorize_url`].
    pub challenge: String,
}

impl Pkce {
    /// A fresh one.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn new() -> Result<Self, Error> {
        let verifier = random()?;
        let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes()));
        Ok(Self { verifier, challenge })
    }
}

impl fmt::Debug for Pkce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pkce").field("challenge", &self.challenge).finish_non_exhaustive()
    }
}

fn random() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::InvalidSettings(format!("no random numbers: {error}")))?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

/// A code for a person to enter elsewhere.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "DeviceAnswer")]
pub struct DeviceCode {
    /// What the program asks with.
    code: String,
    /// What the person enters.
    pub user_code: String,
    /// Where the person enters it.
    pub verification_url: String,
    /// The same with the code filled in.
    pub verification_uri_complete: Option<String>,
    /// Seconds until the code ends.
    pub expires_in: Option<u64>,
    /// Seconds between two questions.
    pub interval: Option<u64>,
}

/// The answer of a server. It names the address as the original does, as the standard does, or both.
#[derive(Deserialize)]
struct DeviceAnswer {
    device_code: String,
    user_code: String,
    verification_url: Option<String>,
    verification_uri: Option<String>,
    verification_uri_complete: Option<String>,
    expires_in: Option<u64>,
    interval: Option<u64>,
}

impl From<DeviceAnswer> for DeviceCode {
    fn from(said: DeviceAnswer) -> Self {
        Self {
            code: said.device_code,
            user_code: said.user_code,
            verification_url: said.verification_uri.or(said.verification_url).unwrap_or_default(),
            verification_uri_complete: said.verification_uri_complete,
            expires_in: said.expires_in,
            interval: said.interval,
        }
    }
}

impl App {
    /// A public application, which has no secret.
    ///
    /// # Errors
    /// [`Error::InvalidSettings`] for an unusable address.
    pub fn new(server: &str, client_id: &str) -> Result<Self, Error> {
        Self::with(Tracker::builder().base_url(server), server, client_id)
    }

    /// As [`App::new`], over the settings of a builder (proxy, time limits); its token and
    /// organisation are of no meaning.
    ///
    /// # Errors
    /// [`Error::InvalidSettings`] for an unusable address.
    pub fn with(builder: Builder, server: &str, client_id: &str) -> Result<Self, Error> {
        let wrong = |error| Error::InvalidSettings(format!("the server: {error}"));
        let tracker = builder.base_url(server).anonymous().build()?;
        let mut base = Url::parse(server).map_err(wrong)?;
        let path = format!("{}/", base.path().trim_end_matches('/'));
        base.set_path(&path);
        Ok(Self { tracker, base, id: client_id.to_owned(), secret: None })
    }

    /// The application's secret.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// The address a person opens to allow the application; the answer comes to `redirect` with
    /// the same `state`.
    ///
    /// # Errors
    /// None but bugs of this crate.
    pub fn authorize_url(
        &self,
        redirect: &str,
        state: &str,
        scopes: &[&str],
        pkce: &Pkce,
    ) -> Result<String, Error> {
        let mut url = self.at("authorize")?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.id)
            .append_pair("redirect_uri", redirect)
            .append_pair("state", state)
            .append_pair("code_challenge", &pkce.challenge)
            .append_pair("code_challenge_method", "S256");
        if !scopes.is_empty() {
            url.query_pairs_mut().append_pair("scope", &scopes.join(" "));
        }
        Ok(url.into())
    }

    /// A fresh `state` for [`App::authorize_url`].
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn state() -> Result<String, Error> {
        random()
    }

    /// Tokens for a code.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Api`] with status 400 when the code is not good.
    pub async fn exchange(&self, code: &str, redirect: &str, pkce: &Pkce) -> Result<Tokens, Error> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", &pkce.verifier),
        ];
        Ok(self.post::<Tokens>("token", &form).await?.received())
    }

    /// New tokens for a refresh token.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn refresh(&self, refresh_token: &str) -> Result<Tokens, Error> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        Ok(self.post::<Tokens>("token", &form).await?.received())
    }

    /// Makes a token useless.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn revoke(&self, token: &str) -> Result<(), Error> {
        self.post::<serde_json::Value>("revoke_token", &[("access_token", token)]).await.map(drop)
    }

    /// A code for a person to enter elsewhere.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn device_code(&self, scopes: &[&str]) -> Result<DeviceCode, Error> {
        let scope = scopes.join(" ");
        let form = [("scope", scope.as_str())];
        self.post("device/code", if scopes.is_empty() { &[] } else { &form }).await
    }

    /// Tokens, once the person has entered the code.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Api`] with status 400 when the person declined or time ran out.
    pub async fn wait_for_device(&self, device: &DeviceCode) -> Result<Tokens, Error> {
        let mut pause = Duration::from_secs(device.interval.unwrap_or(INTERVAL));
        loop {
            tokio::time::sleep(pause).await;
            let form = [
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("device_code", device.code.as_str()),
            ];
            let error = match self.post::<Tokens>("token", &form).await {
                Ok(tokens) => return Ok(tokens.received()),
                Err(error) => error,
            };
            match error.oauth_code() {
                Some("authorization_pending") => {}
                Some("slow_down") => pause += Duration::from_secs(INTERVAL),
                _ => return Err(error),
            }
        }
    }

    fn at(&self, path: &str) -> Result<Url, Error> {
        self.base.join(path).map_err(|error| Error::InvalidSettings(error.to_string()))
    }

    async fn post<R: DeserializeOwned>(
        &self,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<R, Error> {
        let url = self.at(path)?;
        let mut encoded = url.clone();
        encoded.query_pairs_mut().clear().append_pair("client_id", &self.id).extend_pairs(form);
        let body = encoded.query().unwrap_or_default().to_owned();
        let mut headers = HeaderMap::new();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, form);
        if let Some(secret) = &self.secret {
            let pair = data_encoding::BASE64.encode(format!("{}:{secret}", self.id).as_bytes());
            let mut value = HeaderValue::from_str(&format!("Basic {pair}"))
                .map_err(|error| Error::InvalidSettings(error.to_string()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        self.tracker.post_form(url, headers, body).await
    }
}

impl fmt::Debug for App {
    /// Leaves the secret out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("base", &self.base.as_str())
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
