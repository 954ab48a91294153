//! A typed answer together with its headers.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use serde::de::DeserializeOwned;
use serde::de::value::SeqDeserializer;

use crate::call::Call;
use crate::{Error, link};

/// A successful answer with its headers.
#[derive(Clone, Debug)]
pub struct Response<T> {
    /// The typed body.
    pub value: T,
    status: u16,
    headers: HeaderMap,
}

impl<T> Response<T> {
    /// The HTTP status, 200 to 299.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// A header by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Number of results over all pages. The cloud service stops counting at 10,000.
    pub fn total_count(&self) -> Option<u64> {
        self.header("X-Total-Count")?.trim().parse().ok()
    }

    /// Number of pages.
    pub fn total_pages(&self) -> Option<u64> {
        self.header("X-Total-Pages")?.trim().parse().ok()
    }

    /// Path and query of the next page.
    pub fn next_link(&self) -> Option<&str> {
        link::next(&self.headers)
    }

    /// Where a scroll stands; absent on its last page.
    pub fn scroll_id(&self) -> Option<&str> {
        self.header("X-Scroll-Id")
    }

    /// What releases a scroll, together with its id.
    pub fn scroll_token(&self) -> Option<&str> {
        self.header("X-Scroll-Token")
    }
}

/// An answer as it came from the socket.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// Reads the body of a success as the answer to `call`.
    pub(crate) fn decode<R: DeserializeOwned>(self, call: &Call) -> Result<Response<R>, Error> {
        if self.is_file() {
            let bytes =
                SeqDeserializer::<_, serde::de::value::Error>::new(self.body.iter().copied());
            let value = R::deserialize(bytes).map_err(|error| Error::Decode {
                at: ".".to_owned(),
                why: format!("no JSON: {error}"),
            })?;
            return Ok(Response { value, status: self.status, headers: self.headers });
        }
        let body = self.body.trim_ascii();
        // An operation that promises no content may still be answered with some.
        let body = if body.is_empty() || call.answers_nothing { b"null" } else { body };
        let mut reader = serde_json::Deserializer::from_slice(body);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            Error::Decode { at: error.path().to_string(), why: error.into_inner().to_string() }
        })?;
        Ok(Response { value, status: self.status, headers: self.headers })
    }

    /// Whether there is something that does not call itself JSON.
    fn is_file(&self) -> bool {
        let kind = self.headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        !self.body.is_empty() && kind.is_some_and(|kind| !kind.contains("json"))
    }
}

/// `Retry-After` in whole seconds, the only form the API uses.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
