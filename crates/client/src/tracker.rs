//! The client.

use std::fmt;
use std::sync::Arc;

use http::header::LOCATION;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use trackway_api::Endpoint;

use crate::call::{AnyRequest, Base, Call};
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
}

impl Tracker {
    /// Starts with the default settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(http: reqwest::Client, base: Base, retries: u32) -> Self {
        Self { inner: Arc::new(Inner { http, base, retries }) }
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
        let mut retries = Retries::new(self.inner.retries, call.is_repeatable());
        loop {
            let error = match self.attempt(call, span).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(pause) = retries.pause_after(&error) else { return Err(error) };
            tracing::debug!(%error, ?pause, "trying again after a pause");
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(&self, call: &Call, span: &Span) -> Result<Answer, Error> {
        let mut request = self
            .inner
            .http
            .request(call.method.clone(), call.url.clone())
            .headers(call.headers.clone());
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        let response = request.send().await?;
        let status = response.status();
        span.record("status", status.as_u16());
        let headers = response.headers().clone();
        let body = response.bytes().await?;
        let answer = Answer { status: status.as_u16(), headers, body };
        if status.is_success() { Ok(answer) } else { Err(failure(&answer)) }
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

fn failure(answer: &Answer) -> Error {
    let mut body = error::read_body(answer.status, &answer.body);
    let redirect = answer.headers.get(LOCATION).and_then(|to| to.to_str().ok());
    if let (300..400, Some(to)) = (answer.status, redirect) {
        body.error_messages = vec![format!("the server redirects to {to}; check the base URL")];
    }
    Error::from_answer(answer.status, retry_after(&answer.headers), body)
}
