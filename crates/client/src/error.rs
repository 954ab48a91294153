//! What can go wrong with a call.

use std::fmt;
use std::time::Duration;

use serde_json::Value;
use trackway_api::ErrorBody;

/// Why a call failed. Every answer of the server with an error status keeps its [`ErrorBody`], see
/// [`Error::body`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 401: no valid token, or the token has no access to the organisation.
    #[error("not signed in (401){}", Said(.0))]
    Unauthorized(Box<ErrorBody>),
    /// 403: the user lacks the right.
    #[error("not allowed (403){}", Said(.0))]
    Forbidden(Box<ErrorBody>),
    /// 404: no such object, or one that the user may not see.
    #[error("not found (404){}", Said(.0))]
    NotFound(Box<ErrorBody>),
    /// 409: the object changed meanwhile, or a second object with the same unique value.
    #[error("conflict (409){}", Said(.0))]
    Conflict(Box<ErrorBody>),
    /// 412: the version given in `If-Match` (or, for some objects, in the query) is stale.
    #[error("version does not match (412){}", Said(.0))]
    PreconditionFailed(Box<ErrorBody>),
    /// 422: the request is readable but not valid; [`Error::field_errors`] names the fields.
    #[error("not valid (422){}", Said(.0))]
    Unprocessable(Box<ErrorBody>),
    /// 423: nobody may change the object now: it is archived, or has changed too often.
    #[error("locked (423){}", Said(.0))]
    Locked(Box<ErrorBody>),
    /// 428: a condition, usually the version, is missing.
    #[error("version is required (428){}", Said(.0))]
    PreconditionRequired(Box<ErrorBody>),
    /// 429, still after all retries.
    #[error("too many requests (429){}", Said(.body))]
    TooManyRequests {
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
        /// What the server says.
        body: Box<ErrorBody>,
    },
    /// 503, still after all retries.
    #[error("temporarily unavailable (503){}", Said(.body))]
    Unavailable {
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
        /// What the server says.
        body: Box<ErrorBody>,
    },
    /// Any other status that is not a success.
    #[error("status {status}{}", Said(.body))]
    Api {
        /// The HTTP status.
        status: u16,
        /// What the server says.
        body: Box<ErrorBody>,
    },
    /// There was no whole answer: the name did not resolve, the connection broke, time ran out.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The answer is a success but not of the expected form.
    #[error("unexpected answer at {at}: {why}")]
    Decode {
        /// Where in the answer: a path of members (`.` for the whole), or a header.
        at: String,
        /// What was expected there.
        why: String,
    },
    /// A local file, or whatever else of the system was asked for, failed.
    #[error("the system: {0}")]
    File(#[from] std::io::Error),
    /// The request cannot be sent as it stands.
    #[error("invalid request: {0}")]
    InvalidRequest(String),
    /// The settings given to the builder do not work.
    #[error("invalid settings: {0}")]
    InvalidSettings(String),
}

impl Error {
    /// The HTTP status of an answer with an error status.
    pub fn status(&self) -> Option<u16> {
        self.body().map(|body| body.status_code)
    }

    /// What the server says, if it said anything.
    pub fn body(&self) -> Option<&ErrorBody> {
        match self {
            Self::Unauthorized(body)
            | Self::Forbidden(body)
            | Self::NotFound(body)
            | Self::Conflict(body)
            | Self::PreconditionFailed(body)
            | Self::Unprocessable(body)
            | Self::Locked(body)
            | Self::PreconditionRequired(body)
            | Self::TooManyRequests { body, .. }
            | Self::Unavailable { body, .. }
            | Self::Api { body, .. } => Some(body),
            Self::Transport(_)
            | Self::Decode { .. }
            | Self::File(_)
            | Self::InvalidRequest(_)
            | Self::InvalidSettings(_) => None,
        }
    }

    /// The code of an authorization server, such as `invalid_grant`.
    pub fn oauth_code(&self) -> Option<&str> {
        self.body()?.errors_data.get("error")?.as_str()
    }

    /// The server's messages that are not about a field.
    pub fn messages(&self) -> &[String] {
        self.body().map_or(&[], |body| &body.error_messages)
    }

    /// The server's messages about fields: name of the field and message.
    pub fn field_errors(&self) -> impl Iterator<Item = (&str, &str)> {
        self.body()
            .into_iter()
            .flat_map(|body| &body.errors)
            .map(|(field, why)| (field.as_str(), why.as_str()))
    }

    pub(crate) fn from_answer(status: u16, retry_after: Option<Duration>, body: ErrorBody) -> Self {
        let body = Box::new(body);
        match status {
            401 => Self::Unauthorized(body),
            403 => Self::Forbidden(body),
            404 => Self::NotFound(body),
            409 => Self::Conflict(body),
            412 => Self::PreconditionFailed(body),
            422 => Self::Unprocessable(body),
            423 => Self::Locked(body),
            428 => Self::PreconditionRequired(body),
            429 => Self::TooManyRequests { retry_after, body },
            503 => Self::Unavailable { retry_after, body },
            _ => Self::Api { status, body },
        }
    }
}

/// The messages of an error body after a colon, or nothing.
struct Said<'a>(&'a ErrorBody);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = ": ";
        for message in &self.0.error_messages {
            write!(f, "{separator}{message}")?;
            separator = "; ";
        }
        for (field, why) in &self.0.errors {
            write!(f, "{separator}{field}: {why}")?;
            separator = "; ";
        }
        Ok(())
    }
}

/// A call that got no whole answer. The cause is the [source](std::error::Error::source).
#[derive(Debug)]
pub struct TransportError(reqwest::Error);

impl TransportError {
    /// The connection was never made, so the server saw nothing of the request.
    pub fn is_connect(&self) -> bool {
        self.0.is_connect()
    }

    /// The time limit ran out.
    pub fn is_timeout(&self) -> bool {
        self.0.is_timeout()
    }
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        // The address holds what the caller searches for, which has no place in logs.
        Self(error.without_url())
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        Self::Transport(error.into())
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_timeout() {
            "the server did not answer in time"
        } else if self.0.is_connect() {
            "cannot connect to the server"
        } else {
            "the connection to the server broke off"
        })
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Longest piece of an answer that is not JSON to be shown as a message, in bytes.
const LONGEST_TEXT: usize = 300;

/// Reads the body of an error. Proxies answer in their own words and the OAuth endpoints have
/// their own form, so anything is taken and nothing is required.
pub(crate) fn read_body(status: u16, bytes: &[u8]) -> ErrorBody {
    let mut body = ErrorBody { status_code: status, ..ErrorBody::default() };
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("errors", Value::Object(fields)) => {
                        body.errors = fields.into_iter().map(|(k, v)| (k, text(v))).collect();
                    }
                    ("errorsData", Value::Object(data)) => body.errors_data = data,
                    ("errorMessages", Value::Array(messages)) => {
                        body.error_messages.extend(messages.into_iter().map(text));
                    }
                    ("error", Value::String(code)) => {
                        body.errors_data.insert("error".to_owned(), code.into());
                    }
                    ("message" | "error_description", Value::String(message)) => {
                        body.error_messages.push(message);
                    }
                    _ => {}
                }
            }
        }
        _ => body.error_messages.extend(plain_text(bytes)),
    }
    body
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// The answer as one message, unless it is markup or long.
fn plain_text(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let readable = !text.is_empty() && text.len() <= LONGEST_TEXT && !text.starts_with('<');
    readable.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_prints_messages_and_fields() {
        let body = br#"{"errors":{"queue":"is required"},"errorMessages":["Bad","Worse"],
            "statusCode":422}"#;
        let error = Error::from_answer(422, None, read_body(422, body));
        assert_eq!(error.to_string(), "not valid (422): Bad; Worse; queue: is required");
        assert_eq!(error.field_errors().collect::<Vec<_>>(), [("queue", "is required")]);
        assert_eq!(error.status(), Some(422));
    }

    #[test]
    fn bodies_of_any_form_are_taken() {
        for (bytes, message) in [
            (&b"{\"error\":\"x\",\"error_description\":\"Wrong code\"}"[..], ": Wrong code"),
            (b"upstream is down\n", ": upstream is down"),
            (b"<html>502</html>", ""),
            (b"", ""),
            (b"\xff", ""),
            (b"{\"errorMessages\":[{\"a\":1}],\"errors\":[]}", ": {\"a\":1}"),
        ] {
            let error = Error::from_answer(502, None, read_body(502, bytes));
            assert_eq!(error.to_string(), format!("status 502{message}"));
        }
    }
}
