//! Settings of a [`Tracker`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, HeaderMap, HeaderValue};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::call::Base;
use crate::{Error, Tracker};

/// Address of the cloud service.
pub const CLOUD_URL: &str = "https://api.tracker.yandex.net";

/// Version of the API, the first segment of every path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// The previous version, which the official Python client uses.
    V2,
    /// The current version.
    #[default]
    V3,
}

impl Version {
    /// The version as it stands in paths: `v2` or `v3`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::V3 => "v3",
        }
    }
}

/// Settings of a [`Tracker`], see [`Tracker::builder`].
#[derive(Clone)]
#[must_use = "a builder does nothing before build()"]
pub struct Builder {
    base_url: String,
    authorization: Option<String>,
    organisation: Option<(&'static str, String)>,
    version: Version,
    language: Option<String>,
    user_agent: String,
    timeout: Duration,
    connect_timeout: Duration,
    retries: u32,
    per_second: Option<u32>,
    proxy: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            base_url: CLOUD_URL.to_owned(),
            authorization: None,
            organisation: None,
            version: Version::default(),
            language: None,
            user_agent: concat!("trackway-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            retries: 3,
            per_second: None,
            proxy: true,
        }
    }
}

impl Builder {
    /// Where the server is, without `/v2` or `/v3`; a path in front of them is allowed.
    /// [`CLOUD_URL`] unless set.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// An OAuth token (`Authorization: OAuth ...`). Replaces an IAM token.
    pub fn token(mut self, token: impl AsRef<str>) -> Self {
        self.authorization = Some(format!("OAuth {}", token.as_ref().trim()));
        self
    }

    /// An IAM token (`Authorization: Bearer ...`). Replaces an OAuth token.
    pub fn iam_token(mut self, token: impl AsRef<str>) -> Self {
        self.authorization = Some(format!("Bearer {}", token.as_ref().trim()));
        self
    }

    /// The organisation by its numeric id (`X-Org-ID`). Replaces a cloud id.
    pub fn org_id(mut self, id: impl Into<String>) -> Self {
        self.organisation = Some(("x-org-id", id.into()));
        self
    }

    /// The organisation by its cloud id (`X-Cloud-Org-ID`). Replaces a numeric id.
    pub fn cloud_org_id(mut self, id: impl Into<String>) -> Self {
        self.organisation = Some(("x-cloud-org-id", id.into()));
        self
    }

    /// Version of the API; [`Version::V3`] unless set.
    pub fn version(mut self, version: Version) -> Self {
        self.version = version;
        self
    }

    /// Language of names and messages (`Accept-Language`): `ru`, which is also the server's
    /// choice when none is set, or `en`.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// How the program introduces itself (`User-Agent`).
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// Time limit of one attempt, from connecting to the last byte of the answer; one minute
    /// unless set.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Time limit of connecting; ten seconds unless set.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// How often a failed attempt is repeated; three times unless set, 0 for never.
    ///
    /// Repeated are: attempts that could not connect; answers 429, and 503 with `Retry-After`;
    /// and, for operations that the server may safely see twice, also 503 without it and broken
    /// connections. Pauses follow `Retry-After` up to a minute, otherwise they grow from a
    /// quarter of a second to ten seconds.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Sends no more than so many requests a second, over all clones; no limit unless set. Servers
    /// answer 429 to those who are faster than they like, which is then waited out.
    pub fn requests_per_second(mut self, most: u32) -> Self {
        self.per_second = Some(most);
        self
    }

    /// Sends neither token nor organisation.
    pub fn anonymous(mut self) -> Self {
        self.authorization = None;
        self.organisation = None;
        self
    }

    /// Connects directly, whatever `HTTP_PROXY` and its kin say.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = false;
        self
    }

    /// The organisation that is asked for: the header that names it, and its id.
    pub fn organisation(&self) -> Option<(&str, &str)> {
        self.organisation.as_ref().map(|(header, id)| (*header, id.as_str()))
    }

    /// The same text for the same server, organisation, token and language, for what is kept apart
    /// for each. It does not tell the token.
    pub fn audience(&self) -> String {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.authorization.hash(&mut hasher);
        let (_, organisation) = self.organisation().unwrap_or_default();
        let language = self.language.as_deref().unwrap_or_default();
        format!("{} {organisation} {:016x} {language}", self.base_url, hasher.finish())
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::InvalidSettings`] for an unusable base URL, token, organisation or language, or if
    /// the system has no root certificates (only needed for `https`).
    pub fn build(self) -> Result<Tracker, Error> {
        let base = Base::new(&self.base_url, self.version)?;
        let mut http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(base.is_https())?)
            // A redirect would turn POST into GET and may lead the organisation's data elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .default_headers(self.headers()?)
            .user_agent(header("user agent", &self.user_agent)?)
            .timeout(self.timeout)
            .connect_timeout(self.connect_timeout);
        if !self.proxy {
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| Error::InvalidSettings(error.to_string()))?;
        Ok(Tracker::new(http, base, self.retries, self.per_second))
    }

    fn headers(&self) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(authorization) = &self.authorization {
            let mut value = header("token", authorization)?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        if let Some((name, id)) = &self.organisation {
            headers.insert(*name, header("organisation id", id)?);
        }
        if let Some(language) = &self.language {
            headers.insert(ACCEPT_LANGUAGE, header("language", language)?);
        }
        Ok(headers)
    }
}

impl fmt::Debug for Builder {
    /// Leaves the token out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("organisation", &self.organisation)
            .field("version", &self.version)
            .field("language", &self.language)
            .field("timeout", &self.timeout)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}

fn header(what: &str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| {
        Error::InvalidSettings(format!("the {what} has characters no header can hold"))
    })
}

/// TLS by rustls with the certificates the system trusts. Without `https` none are asked for, so
/// that plain connections also work where there are none, as in an empty container.
fn tls(https: bool) -> Result<ClientConfig, Error> {
    let wrong = |error: rustls::Error| Error::InvalidSettings(format!("TLS: {error}"));
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(wrong)?;
    let builder = if https {
        builder.with_platform_verifier().map_err(wrong)?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_keeps_the_token_secret() {
        let builder = Tracker::builder().base_url("http://a").token("y0_secret").org_id("7");
        assert!(!format!("{builder:?}").contains("secret"));
        let tracker = builder.build().expect("good settings");
        assert!(!format!("{tracker:?}").contains("secret"));
        let error = Tracker::builder().token("se\ncret").build().expect_err("a line break");
        assert!(!error.to_string().contains("cret"), "{error}");
    }

    #[test]
    fn trackers_go_between_threads() {
        fn check<T: Send + Sync + Clone + 'static>() {}
        check::<Tracker>();
    }

    #[test]
    fn https_needs_nothing_but_root_certificates() {
        if let Err(error) = Tracker::builder().token("x").build() {
            assert!(error.to_string().contains("No CA certificates"), "{error}");
        }
    }
}
