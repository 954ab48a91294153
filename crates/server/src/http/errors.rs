//! Answers to requests that fail.

use axum::body::Body;
use http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use trackway_core::lang::Lang;
use trackway_core::{Code, Error};

/// Media type of every answer of the API.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=UTF-8");

/// Why a request is refused, with the headers that belong to it.
#[derive(Debug)]
pub(crate) struct Refusal {
    error: Box<Error>,
    headers: HeaderMap,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { error: Box::new(error), headers: HeaderMap::new() }
    }
}

impl From<trackway_api::DecodeError> for Refusal {
    fn from(error: trackway_api::DecodeError) -> Self {
        Error::from(error).into()
    }
}

impl Refusal {
    /// Adds a header to the answer.
    #[must_use]
    pub(crate) fn with(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.insert(name, value.into());
        self
    }

    /// What went wrong.
    pub(crate) fn code(&self) -> Code {
        self.error.code
    }

    /// The technical cause, for the log.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.error.cause.as_deref()
    }

    #[cfg(test)]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The answer in a language.
    pub(crate) fn answer(self, lang: Lang) -> Response<Body> {
        let body = serde_json::to_vec(&self.error.body(lang)).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(self.error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.extend(self.headers);
        headers.insert(CONTENT_TYPE, JSON);
        if let Some(value) = challenge(&self.error) {
            headers.insert(WWW_AUTHENTICATE, value);
        }
        if matches!(self.error.code, Code::Overloaded | Code::TimedOut)
            && !headers.contains_key(RETRY_AFTER)
        {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// `WWW-Authenticate` (oauth.md, 5.2).
fn challenge(error: &Error) -> Option<HeaderValue> {
    let value = match error.code {
        Code::AuthRequired | Code::AuthScheme => r#"Bearer realm="tracker""#,
        Code::AuthMalformed => r#"Bearer realm="tracker", error="invalid_request""#,
        Code::TokenInvalid => r#"Bearer realm="tracker", error="invalid_token""#,
        Code::ScopeMissing => {
            let scope = error.first_arg().unwrap_or_default();
            let value =
                format!(r#"Bearer realm="tracker", error="insufficient_scope", scope="{scope}""#);
            return HeaderValue::try_from(value).ok();
        }
        _ => return None,
    };
    Some(HeaderValue::from_static(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_follow_the_table() {
        let challenge = |error: Error| {
            let response = Refusal::from(error).answer(Lang::En);
            response.headers().get(WWW_AUTHENTICATE).map(|v| v.to_str().expect("text").to_owned())
        };
        assert_eq!(
            challenge(Code::AuthRequired.err()).as_deref(),
            Some(r#"Bearer realm="tracker""#)
        );
        assert_eq!(
            challenge(Code::ScopeMissing.with("tracker:write")).as_deref(),
            Some(r#"Bearer realm="tracker", error="insufficient_scope", scope="tracker:write""#)
        );
        assert_eq!(challenge(Code::OrgUnavailable.err()), None);
    }

    /// API-24, API-25: a database that is away or too busy is no error of the client's, and none of the
    /// server's either.
    #[test]
    fn a_database_that_is_away_is_told_as_such() {
        for cause in [trackway_db::Error::Unavailable("gone".to_owned()), trackway_db::Error::Busy]
        {
            let response = Refusal::from(Error::from(cause)).answer(Lang::En);
            assert_eq!(response.status(), 503);
            assert_eq!(response.headers()[RETRY_AFTER], "1");
        }
    }

    #[test]
    fn an_overloaded_server_says_when_to_come_again() {
        let response = Refusal::from(Code::Overloaded.err()).answer(Lang::Ru);
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[RETRY_AFTER], "1");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/json;charset=UTF-8");
    }
}
