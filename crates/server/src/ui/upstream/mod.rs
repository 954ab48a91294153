//! Signing in with an account of another service by `OpenID` Connect (oauth.md, 7.6): authorization
//! code with PKCE, `state` and `nonce`. Own code and not a library, because the maintained one
//! brings an RSA implementation with an open advisory; the signatures are checked by `ring`.

mod jwt;

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use reqwest::redirect::Policy;
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use trackway_core::secret::{self, ServerKey};
use trackway_core::{Code, Error, Result};

use crate::config::SignInService;
use jwt::{Claims, Expected, Keys};

/// How long a sign-in at the service may take, in ms.
const PATIENCE: i64 = 600_000;
/// Bytes of an answer of the service.
const LONGEST: usize = 1 << 20;
/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);
const PURPOSE: &str = "sign-in service";

/// The services of the settings.
pub(crate) struct Upstreams {
    services: Vec<SignInService>,
    client: Result<reqwest::Client, String>,
}

/// A sign-in that is under way; kept in a sealed cookie.
#[derive(Serialize, Deserialize)]
pub(crate) struct Journey {
    service: String,
    state: String,
    nonce: String,
    verifier: String,
    until: i64,
    /// Where to go afterwards.
    pub(crate) next: String,
}

/// Who came back.
pub(crate) struct Arrived {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// Mail address, if the service vouches for it.
    pub(crate) email: Option<String>,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) login: String,
}

/// What a service says of itself; only what is used.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Upstreams {
    /// The services of the settings.
    pub(crate) fn new(services: Vec<SignInService>) -> Self {
        Self { services, client: client() }
    }

    /// Every service.
    pub(crate) fn all(&self) -> &[SignInService] {
        &self.services
    }

    /// A service by its name in addresses.
    ///
    /// # Errors
    /// 404.
    pub(crate) fn find(&self, id: &str) -> Result<&SignInService> {
        let found = self.services.iter().find(|service| service.id == id);
        found.ok_or_else(|| Code::UnknownPath.err())
    }

    /// Begins a sign-in: the address to go to, and what the cookie keeps.
    ///
    /// # Errors
    /// 503 when the service does not answer.
    pub(crate) async fn begin(
        &self,
        service: &SignInService,
        key: &ServerKey,
        base: &str,
        next: String,
        now: i64,
    ) -> Result<(String, String)> {
        let found = self.discover(service).await?;
        let journey = Journey {
            service: service.id.clone(),
            state: secret::random_text()?,
            nonce: secret::random_text()?,
            verifier: secret::random_text()?,
            until: now + PATIENCE,
            next,
        };
        let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(journey.verifier.as_bytes()));
        let mut url =
            reqwest::Url::parse(&found.authorization_endpoint).map_err(|_| failed("a bad URL"))?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &service.client_id)
            .append_pair("redirect_uri", &callback(base, &service.id))
            .append_pair("scope", "openid profile email")
            .append_pair("state", &journey.state)
            .append_pair("nonce", &journey.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        let json = serde_json::to_string(&journey).map_err(Error::internal)?;
        Ok((url.into(), key.seal(PURPOSE, "", &json)?))
    }

    /// Ends a sign-in: who came back. `value` reads a parameter of the answer.
    ///
    /// # Errors
    /// 403 for an answer that does not fit, 503 when the service does not answer.
    pub(crate) async fn finish<'q>(
        &self,
        service: &SignInService,
        key: &ServerKey,
        base: &str,
        cookie: &str,
        value: impl Fn(&str) -> &'q str,
        now: i64,
    ) -> Result<(Arrived, Journey)> {
        let wrong = || Code::UpstreamRefused.err();
        let json = key.open(PURPOSE, "", cookie).map_err(|_| wrong())?;
        let journey: Journey = serde_json::from_str(&json).map_err(|_| wrong())?;
        let same = secret::equal(journey.state.as_bytes(), value("state").as_bytes());
        if journey.service != service.id || now >= journey.until || !same {
            return Err(wrong());
        }
        let found = self.discover(service).await?;
        let issuer = value("iss");
        let named = found.authorization_response_iss_parameter_supported || !issuer.is_empty();
        if named && issuer != found.issuer || value("code").is_empty() {
            return Err(wrong());
        }
        let token = self.exchange(service, &found, base, value("code"), &journey.verifier).await?;
        let keys: Keys = self.get(service, &found.jwks_uri).await?;
        let expected = Expected {
            issuer: &service.issuer,
            client_id: &service.client_id,
            nonce: &journey.nonce,
            now: now / 1000,
        };
        let claims = jwt::verify(&token, &keys, &expected).map_err(|why| {
            tracing::warn!(service = service.id, why, "an ID token is refused");
            wrong()
        })?;
        Ok((arrived(service, claims), journey))
    }

    async fn discover(&self, service: &SignInService) -> Result<Discovery> {
        let url =
            format!("{}/.well-known/openid-configuration", service.issuer.trim_end_matches('/'));
        let found: Discovery = self.get(service, &url).await?;
        // The document must speak of the issuer that was asked for (mix-up).
        if found.issuer == service.issuer { Ok(found) } else { Err(failed("another issuer")) }
    }

    async fn exchange(
        &self,
        service: &SignInService,
        found: &Discovery,
        base: &str,
        code: &str,
        verifier: &str,
    ) -> Result<String> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &callback(base, &service.id))
            .append_pair("client_id", &service.client_id)
            .append_pair("code_verifier", verifier)
            .finish();
        let secret = service.secret().map_err(|error| failed(&error))?;
        let request = self.client()?.post(checked(service, &found.token_endpoint)?);
        let request = match &secret {
            Some(secret) => {
                let encode = |text: &str| -> String {
                    form_urlencoded::byte_serialize(text.as_bytes()).collect()
                };
                request.basic_auth(encode(&service.client_id), Some(encode(secret)))
            }
            None => request,
        };
        let request = request
            .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        let tokens: Tokens = self.answer(request).await?;
        Ok(tokens.id_token)
    }

    async fn get<T: serde::de::DeserializeOwned>(
        &self,
        service: &SignInService,
        url: &str,
    ) -> Result<T> {
        self.answer(self.client()?.get(checked(service, url)?)).await
    }

    async fn answer<T: serde::de::DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<T> {
        let told = |error: reqwest::Error| failed(&error.without_url());
        let mut response = request.send().await.map_err(told)?;
        if !response.status().is_success() {
            return Err(failed(&response.status()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(told)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LONGEST {
                return Err(failed("too long an answer"));
            }
        }
        serde_json::from_slice(&bytes).map_err(|error| failed(&error))
    }

    fn client(&self) -> Result<&reqwest::Client> {
        self.client.as_ref().map_err(failed)
    }
}

/// Where the service sends people back to.
fn callback(base: &str, id: &str) -> String {
    format!("{base}/login/with/{id}/callback")
}

/// An address of the service: by TLS, or on this machine if the service is.
fn checked(service: &SignInService, url: &str) -> Result<reqwest::Url> {
    let read = |text: &str| reqwest::Url::parse(text).map_err(|_| failed("a bad URL"));
    let local = |url: &reqwest::Url| matches!(url.host_str(), Some("127.0.0.1" | "[::1]"));
    let url = read(url)?;
    if url.scheme() == "https" || local(&read(&service.issuer)?) && local(&url) {
        Ok(url)
    } else {
        Err(failed("an address without TLS"))
    }
}

fn arrived(service: &SignInService, claims: Claims) -> Arrived {
    let email = claims.email.trim().to_lowercase();
    Arrived {
        issuer: service.issuer.clone(),
        subject: claims.sub,
        email: (claims.email_verified && !email.is_empty()).then_some(email),
        first_name: claims.given_name,
        last_name: claims.family_name,
        login: claims.preferred_username,
    }
}

fn failed(why: &(impl std::fmt::Display + ?Sized)) -> Error {
    let mut error = Code::UpstreamFailed.err();
    error.cause = Some(why.to_string());
    error
}

fn client() -> Result<reqwest::Client, String> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_platform_verifier()
        .map_err(|error| error.to_string())?
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .no_proxy()
        .timeout(TIMEOUT)
        .build()
        .map_err(|error| error.to_string())
}
