//! The client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderMap, LOCATION};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use trackway_api::Endpoint;

use crate::call::{AnyRequest, Base, Call};
use crate::rate::Rate;
use crate::response::{Answer, retry_after};
use crate::retry::Retries;
use crate::{Builder, Error, Pages, Response, error};

/// A client of one organisation. Clones are cheap and share connections.
#[derive(Clone)]
pub struct Tracker {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    base: Base,
    retries: u32,
    rate: Option<Rate>,
}

impl Tracker {
    /// Starts with the default settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(
        http: reqwest::Client,
        base: Base,
        retries: u32,
        per_second: Option<u32>,
    ) -> Self {
        let rate = per_second.map(Rate::per_second);
        Self { inner: Arc::new(Inner { http, base, retries, rate }) }
    }

    /// Runs an operation and gives what it answers.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn send<E: Endpoint>(&self, request: E) -> Result<E::Reply, Error> {
        Ok(self.send_full(request).await?.value)
    }

    /// Runs an operation and gives what it answers together with the headers, which hold totals
    /// and the next page.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn send_full<E: Endpoint>(&self, request: E) -> Result<Response<E::Reply>, Error> {
        self.run(AnyRequest::from(&request)).await
    }

    /// Runs an operation that was chosen at run time. An empty answer is [`Value::Null`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn call(&self, request: AnyRequest) -> Result<Response<Value>, Error> {
        self.run(request).await
    }

    /// All pages of a listing or search, one at a time. Nothing is sent before the first is asked
    /// for.
    #[expect(clippy::needless_pass_by_value, reason = "requests are given as in send()")]
    pub fn pages<E: Endpoint>(&self, request: E) -> Pages<E::Reply> {
        Pages::new(self.clone(), Call::new(self.base(), AnyRequest::from(&request)))
    }

    /// All pages of a listing or search that was chosen at run time, as [`Tracker::pages`].
    pub fn call_pages(&self, request: AnyRequest) -> Pages<Value> {
        Pages::new(self.clone(), Call::new(self.base(), request))
    }

    /// Where the API is, without version.
    pub fn base_url(&self) -> &str {
        self.inner.base.as_str()
    }

    pub(crate) fn base(&self) -> &Base {
        &self.inner.base
    }

    async fn run<R: DeserializeOwned>(&self, request: AnyRequest) -> Result<Response<R>, Error> {
        let call = Call::new(self.base(), request)?;
        self.execute(&call).await?.decode(&call)
    }

    /// Sends until there is a success or a final failure.
    pub(crate) async fn execute(&self, call: &Call) -> Result<Answer, Error> {
        let span = tracing::debug_span!(
            "request",
            operation = call.operation,
            method = %call.method,
            path = call.url.path(),
            status = Empty,
        );
        // Not `Span::current()` later on: that is the caller's span where this one is filtered out.
        self.attempts(call, &span).instrument(span.clone()).await
    }

    async fn attempts(&self, call: &Call, span: &Span) -> Result<Answer, Error> {
        self.repeated(call, || async {
            let response = self.start(call, span, None).await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Ok(Answer { status, headers, body: response.bytes().await? })
        })
        .await
    }

    /// The answer of a success, its body still to be read.
    pub(crate) async fn open(
        &self,
        call: &Call,
        limit: Option<Duration>,
    ) -> Result<reqwest::Response, Error> {
        let span = tracing::debug_span!(
            "request",
            operation = call.operation,
            method = %call.method,
            path = call.url.path(),
            status = Empty,
        );
        self.repeated(call, || self.start(call, &span, limit)).instrument(span.clone()).await
    }

    async fn repeated<T, F: Future<Output = Result<T, Error>>>(
        &self,
        call: &Call,
        attempt: impl Fn() -> F,
    ) -> Result<T, Error> {
        let mut retries = Retries::new(self.inner.retries, call.is_repeatable());
        loop {
            let error = match attempt().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(pause) = retries.pause_after(&error) else { return Err(error) };
            tracing::debug!(%error, ?pause, "trying again after a pause");
            tokio::time::sleep(pause).await;
        }
    }

    async fn start(
        &self,
        call: &Call,
        span: &Span,
        limit: Option<Duration>,
    ) -> Result<reqwest::Response, Error> {
        let mut request = self.request(call);
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        if let Some(limit) = limit {
            request = request.timeout(limit);
        }
        if let Some(rate) = &self.inner.rate {
            rate.turn().await;
        }
        let response = request.send().await?;
        span.record("status", response.status().as_u16());
        succeeded(response).await
    }

    fn request(&self, call: &Call) -> reqwest::RequestBuilder {
        let http = &self.inner.http;
        http.request(call.method.clone(), call.url.clone()).headers(call.headers.clone())
    }

    /// Sends a body that cannot be sent twice.
    pub(crate) async fn send_body(
        &self,
        call: &Call,
        body: reqwest::Body,
        limit: Duration,
    ) -> Result<Answer, Error> {
        if let Some(rate) = &self.inner.rate {
            rate.turn().await;
        }
        let response = self.request(call).body(body).timeout(limit).send().await?;
        let response = succeeded(response).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, headers, body: response.bytes().await? })
    }

    /// Sends a form to an address outside of the API. An empty answer is `null`.
    pub(crate) async fn post_form<R: DeserializeOwned>(
        &self,
        url: reqwest::Url,
        headers: HeaderMap,
        body: String,
    ) -> Result<R, Error> {
        let request = self.inner.http.post(url).headers(headers).body(body);
        let response = succeeded(request.send().await?).await?;
        let body = response.bytes().await?;
        let body = if body.trim_ascii().is_empty() { b"null" } else { body.trim_ascii() };
        serde_json::from_slice(body)
            .map_err(|error| Error::Decode { at: ".".to_owned(), why: error.to_string() })
    }
}

impl fmt::Debug for Tracker {
    /// Leaves the token out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracker")
            .field("base_url", &self.inner.base.as_str())
            .finish_non_exhaustive()
    }
}

/// The response, unless its status is that of a failure.
async fn succeeded(response: reqwest::Response) -> Result<reqwest::Response, Error> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let headers = response.headers().clone();
    let body = response.bytes().await?;
    Err(failure(&Answer { status: status.as_u16(), headers, body }))
}

fn failure(answer: &Answer) -> Error {
    let mut body = error::read_body(answer.status, &answer.body);
    let redirect = answer.headers.get(LOCATION).and_then(|to| to.to_str().ok());
    if let (300..400, Some(to)) = (answer.status, redirect) {
        body.error_messages = vec![format!("the server redirects to {to}; check the base URL")];
    }
    Error::from_answer(answer.status, retry_after(&answer.headers), body)
}
