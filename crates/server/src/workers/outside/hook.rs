//! Sending requests to other systems.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use trackway_core::webhook::{Outcome, Outgoing};

use super::guard::Guard;
use crate::clock;
use crate::config::OutgoingRequests;

/// Headers of an answer that are kept.
const MAX_HEADERS: usize = 50;
/// Longest header value that is kept.
const MAX_VALUE: usize = 500;

/// Sends requests.
pub(super) struct Sender {
    /// Nothing when TLS cannot be set up; then every request fails with this.
    client: Result<reqwest::Client, String>,
    guard: Guard,
}

impl Sender {
    pub(super) fn new(config: &OutgoingRequests) -> Self {
        let guard = Guard::new(&config.private_networks);
        let client = client(config, &guard);
        if let Err(error) = &client {
            tracing::error!(error, "requests to other systems cannot be sent");
        }
        Self { client, guard }
    }

    /// Sends a request; every way it may end is an outcome.
    pub(super) async fn send(&self, outgoing: &Outgoing) -> Outcome {
        let started = clock::now();
        let sent = self.attempt(outgoing).await;
        let ended = clock::now();
        let (answer, retry) = match sent {
            Ok(response) => {
                let status = response.status().as_u16();
                let outcome = Outcome {
                    status: Some(status),
                    headers: headers(&response),
                    error: (status >= 400).then(|| format!("HTTP {status}")),
                    ..Outcome::default()
                };
                (outcome, status >= 500 || status == 429)
            }
            Err((error, retry)) => (Outcome { error: Some(error), ..Outcome::default() }, retry),
        };
        Outcome { started, ended, retry, ..answer }
    }

    /// The answer, or why there is none and whether another attempt may help.
    async fn attempt(&self, outgoing: &Outgoing) -> Result<reqwest::Response, (String, bool)> {
        let client = self.client.as_ref().map_err(|error| (error.clone(), false))?;
        let url = reqwest::Url::parse(&outgoing.url).map_err(|error| (error.to_string(), false))?;
        if !["http", "https"].contains(&url.scheme()) {
            return Err(("only http and https are sent to".to_owned(), false));
        }
        if !self.guard.admits_host(&url) {
            return Err(("the address is not public".to_owned(), false));
        }
        let method = outgoing.method.parse().map_err(|_| ("unknown method".to_owned(), false))?;
        let mut request = client.request(method, url);
        for (name, value) in &outgoing.headers {
            request = request.header(name, value);
        }
        if let Some((name, value)) = &outgoing.secret {
            request = request.header(name, value);
        }
        if let Some(body) = &outgoing.body {
            request = request.body(body.clone());
        }
        request.send().await.map_err(|error| {
            let retry = !error.is_builder();
            (reason(&error.without_url()), retry)
        })
    }
}

/// The error with its causes, which reqwest does not print by itself.
fn reason(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

fn headers(response: &reqwest::Response) -> BTreeMap<String, String> {
    response
        .headers()
        .iter()
        .filter(|(name, _)| *name != "set-cookie")
        .take(MAX_HEADERS)
        .map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), text.chars().take(MAX_VALUE).collect())
        })
        .collect()
}

/// A client for addresses that strangers choose: it reaches public addresses only and follows no
/// redirect.
pub(crate) fn careful_client(config: &OutgoingRequests) -> Option<reqwest::Client> {
    match client(config, &Guard::new(&config.private_networks)) {
        Ok(client) => Some(client),
        Err(error) => {
            tracing::error!(error, "requests to other systems cannot be sent");
            None
        }
    }
}

fn client(config: &OutgoingRequests, guard: &Guard) -> Result<reqwest::Client, String> {
    let timeout = Duration::from_secs(config.timeout_seconds.clamp(1, 50));
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls()?)
        .redirect(Policy::none())
        .dns_resolver(Arc::new(guard.clone()))
        .user_agent(concat!("trackway/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .connect_timeout(timeout)
        // A proxy would look names up by itself, past the guard.
        .no_proxy()
        .build()
        .map_err(|error| error.to_string())
}

/// TLS with the certificates the system trusts; with none at all where it has none, so that plain
/// requests still go out.
fn tls() -> Result<ClientConfig, String> {
    let builder = || {
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())
    };
    let trusting = match builder()?.with_platform_verifier() {
        Ok(trusting) => trusting,
        Err(error) => {
            tracing::warn!(%error, "no certificates are trusted; https cannot be sent to");
            builder()?.with_root_certificates(RootCertStore::empty())
        }
    };
    Ok(trusting.with_no_client_auth())
}
