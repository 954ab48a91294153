//! Reading the body of a request.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use trackway_core::{Code, Result};

use crate::config::Limits;

/// Types that are clearly something else than JSON. Others pass, since clients name all sorts of
/// types, or none, for the JSON they send.
const REFUSED: [&str; 7] =
    ["multipart/", "image/", "audio/", "video/", "application/xml", "text/xml", "text/html"];

/// What `curl -d` names when it is told nothing else: scripts send JSON under this name.
const FORM: &str = "application/x-www-form-urlencoded";

/// Reads the whole body of an operation that takes JSON.
///
/// # Errors
/// 400 when the body is cut off or its type is told twice, 413 when it is too large, 415 when it
/// is something else, 503 when it takes too long to arrive.
pub(super) async fn read(body: Body, headers: &HeaderMap, limits: &Limits) -> Result<Bytes> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let named_form = check_type(headers)? == FORM;
    let too_large = || Code::BodyTooLarge.with(limits.body_bytes);
    let most = u64::try_from(limits.body_bytes).unwrap_or(u64::MAX);
    // The declared length, known before a byte was read.
    if body.size_hint().lower() > most {
        return Err(too_large());
    }
    let patience = Duration::from_secs(limits.body_seconds);
    match tokio::time::timeout(patience, collect(body, limits.body_bytes)).await {
        Ok(Ok(Some(bytes))) if named_form && !is_json(&bytes) => Err(Code::MediaType.with(FORM)),
        Ok(Ok(Some(bytes))) => Ok(bytes),
        Ok(Ok(None)) => Err(too_large()),
        Ok(Err(_)) => Err(Code::BodySyntax.with("the body is cut off")),
        Err(_) => Err(Code::TimedOut.err()),
    }
}

/// All bytes, or `None` when there are more than `most`.
async fn collect(body: Body, most: usize) -> Result<Option<Bytes>, axum::Error> {
    let mut stream = body.into_data_stream();
    // Nearly every body comes in one piece, which is then not copied.
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(piece) = poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await {
        let piece = piece?;
        if first.len().max(all.len()) + piece.len() > most {
            return Ok(None);
        }
        if first.is_empty() {
            first = piece;
            continue;
        }
        if all.is_empty() {
            all.extend_from_slice(&first);
        }
        all.extend_from_slice(&piece);
    }
    Ok(Some(if all.is_empty() { first } else { all.freeze() }))
}

/// Whether these bytes can be JSON but no form.
fn is_json(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first().is_none_or(|first| b"{[".contains(first))
}

/// The media type without its parameters, empty when none is named.
fn check_type(headers: &HeaderMap) -> Result<String> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let Some(value) = values.next() else { return Ok(String::new()) };
    if values.next().is_some() {
        return Err(Code::BadParameter.with("Content-Type").and("is given more than once"));
    }
    let text = value.to_str().unwrap_or_default().trim().to_ascii_lowercase();
    let essence = text.split(';').next().unwrap_or_default().trim();
    if REFUSED.iter().any(|refused| essence.starts_with(refused)) {
        return Err(Code::MediaType.with(essence));
    }
    Ok(essence.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_TYPE, http::HeaderValue::from_static(value));
        }
        headers
    }

    async fn code(body: impl Into<Body>, types: &[&'static str], most: usize) -> Option<Code> {
        let limits = Limits { body_bytes: most, ..Limits::default() };
        read(body.into(), &typed(types), &limits).await.err().map(|error| error.code)
    }

    #[tokio::test]
    async fn types_that_are_clearly_not_json_are_refused() {
        for good in ["application/json", "application/json; charset=utf-8", "text/plain", "x", ""] {
            assert_eq!(code("{}", &[good], 99).await, None, "{good}");
        }
        assert_eq!(code("{}", &[], 99).await, None);
        for bad in ["multipart/form-data; boundary=x", "Application/XML", "text/html"] {
            assert_eq!(code("{}", &[bad], 99).await, Some(Code::MediaType), "{bad}");
            assert_eq!(code("", &[bad], 99).await, None, "{bad} without a body");
        }
        assert_eq!(code(r#" {"a":1}"#, &[FORM], 99).await, None, "curl -d without a type");
        assert_eq!(code("a=1", &[FORM], 99).await, Some(Code::MediaType));
        let twice = ["application/json", "application/json"];
        assert_eq!(code("{}", &twice, 99).await, Some(Code::BadParameter));
    }

    #[tokio::test]
    async fn bodies_over_the_limit_are_refused() {
        assert_eq!(code("1234", &[], 4).await, None);
        assert_eq!(code("12345", &[], 4).await, Some(Code::BodyTooLarge));
    }

    #[tokio::test]
    async fn a_body_in_pieces_is_put_together() {
        struct Pieces(Vec<&'static str>);
        impl Stream for Pieces {
            type Item = Result<Bytes, std::io::Error>;
            fn poll_next(
                mut self: Pin<&mut Self>,
                _: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Option<Self::Item>> {
                let piece = (!self.0.is_empty()).then(|| Ok(Bytes::from(self.0.remove(0))));
                std::task::Poll::Ready(piece)
            }
        }
        let pieces = || Body::from_stream(Pieces(vec!["ab", "", "cd", "e"]));
        let limits = Limits::default();
        let bytes = read(pieces(), &HeaderMap::new(), &limits).await.expect("readable");
        assert_eq!(bytes, "abcde");
        assert_eq!(code(pieces(), &[], 4).await, Some(Code::BodyTooLarge));
    }
}
