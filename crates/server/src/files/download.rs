//! Sending files. Whatever a file holds, a browser that comes to its address runs nothing of it.

use axum::body::Body;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, IF_RANGE, RANGE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use trackway_api::path_segment;
use trackway_core::attachment::{self, AttachmentRow, media};
use trackway_core::{Code, Error};

use super::range::Part;
use super::{Call, Wanted};
use crate::http::errors::Refusal;
use crate::lanes;

/// The page of a file may do nothing at all.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");

/// A browser keeps the file, but asks each time whether the user still may see it.
const CACHING: HeaderValue = HeaderValue::from_static("private, no-cache");

/// Sends a file, or the part of it that is asked for.
pub(super) async fn answer(call: &Call<'_>, wanted: Wanted) -> Result<Response<Body>, Refusal> {
    let row = look_up(call, &wanted).await?;
    let size = u64::try_from(row.size).map_err(Error::internal)?;
    let etag = etag(&row);
    if matches(call.headers, &IF_NONE_MATCH, &etag) {
        return Ok(unchanged(&etag));
    }
    let range = call.headers.get(RANGE).and_then(|value| value.to_str().ok());
    // A part of what the client does not have any more is of no use to it.
    let same = !call.headers.contains_key(IF_RANGE) || matches(call.headers, &IF_RANGE, &etag);
    let part = Part::of(range.filter(|_| same), size);
    let range = match part {
        Part::Whole => None,
        Part::Bytes(range) => Some(range),
        Part::Outside => {
            let refusal = Refusal::from(Code::RangeInvalid.err());
            let value =
                HeaderValue::try_from(format!("bytes */{size}")).map_err(Error::internal)?;
            return Err(refusal.with(CONTENT_RANGE, value));
        }
    };
    let length = range.as_ref().map_or(size, |range| range.end - range.start);
    // HEAD needs no bytes, and an empty file has none.
    let body = if *call.method == Method::HEAD || length == 0 {
        Body::empty()
    } else {
        let found = call.app.files.store.get(&row.blob, range.clone()).await?;
        Body::from_stream(found.into_stream())
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, length.into());
    headers.insert(CONTENT_TYPE, content_type(&row.mimetype));
    headers.insert(CONTENT_DISPOSITION, disposition(&row, wanted.inline));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    protect(headers, &etag);
    if let Some(range) = range {
        let value = format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1));
        let value = HeaderValue::try_from(value).map_err(Error::internal)?;
        headers.insert(CONTENT_RANGE, value);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// The file, if the caller may read it.
pub(super) async fn look_up(call: &Call<'_>, wanted: &Wanted) -> Result<AttachmentRow, Error> {
    let (issue, id) = (wanted.issue.clone(), wanted.attachment.clone());
    lanes::look(call.app, call.caller.clone(), move |cx| {
        let found = match &issue {
            Some(issue) => attachment::ops::of_issue(cx, issue, &id),
            None => attachment::ops::alone(cx, &id),
        };
        found.map(|(row, _)| row)
    })
    .await
}

/// Files never change, so that their name in the store tells all versions apart.
pub(super) fn etag(row: &AttachmentRow) -> HeaderValue {
    let name = row.blob.rsplit('/').next().unwrap_or_default();
    HeaderValue::try_from(format!("\"{name}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether a header names this state of a file or an object.
pub(crate) fn matches(headers: &HeaderMap, name: &HeaderName, etag: &HeaderValue) -> bool {
    let wanted = etag.to_str().unwrap_or_default();
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value
            .split(',')
            .map(|one| one.trim().trim_start_matches("W/"))
            .any(|one| one == wanted || (one == "*" && *name == IF_NONE_MATCH))
    })
}

/// The answer to whoever has the file already.
pub(super) fn unchanged(etag: &HeaderValue) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    protect(response.headers_mut(), etag);
    response
}

/// Headers of every file.
pub(super) fn protect(headers: &mut HeaderMap, etag: &HeaderValue) {
    headers.insert(ETAG, etag.clone());
    headers.insert(CACHE_CONTROL, CACHING);
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
}

fn content_type(mimetype: &str) -> HeaderValue {
    // Texts are nearly always UTF-8, and a browser would guess something older.
    let text = if mimetype == "text/plain" { "text/plain; charset=utf-8" } else { mimetype };
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(media::UNKNOWN))
}

fn disposition(row: &AttachmentRow, inline: bool) -> HeaderValue {
    let kind = if inline && media::may_show(&row.mimetype) { "inline" } else { "attachment" };
    named(kind, &row.name)
}

/// How a file is to be taken, and its name in both spellings.
pub(super) fn named(kind: &str, name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii() && !c.is_control() && !"\"\\%".contains(c) { c } else { '_' })
        .collect();
    let mut value = format!("{kind}; filename=\"{plain}\"");
    if plain != name {
        value.push_str("; filename*=UTF-8''");
        value.push_str(&path_segment(name));
    }
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, mimetype: &str) -> AttachmentRow {
        AttachmentRow {
            id: 1,
            owner_kind: 0,
            owner_id: 0,
            comment_id: 0,
            name: name.to_owned(),
            mimetype: mimetype.to_owned(),
            size: 1,
            width: 0,
            height: 0,
            blob: "1/2/abc".to_owned(),
            created_at: 0,
            created_by: 0,
        }
    }

    #[test]
    fn names_are_told_in_both_spellings() {
        let told = |name| disposition(&row(name, "text/html"), true);
        assert_eq!(told("a b.txt"), "attachment; filename=\"a b.txt\"");
        assert_eq!(
            told("я\".txt"),
            "attachment; filename=\"__.txt\"; filename*=UTF-8''%D1%8F%22.txt"
        );
        assert_eq!(disposition(&row("a.png", "image/png"), true), "inline; filename=\"a.png\"");
        assert_eq!(
            disposition(&row("a.png", "image/png"), false),
            "attachment; filename=\"a.png\""
        );
    }

    #[test]
    fn states_are_compared_as_clients_write_them() {
        let etag = etag(&row("a", "b/c"));
        let has = |name: HeaderName, value: &'static str| {
            let headers: HeaderMap =
                [(name.clone(), HeaderValue::from_static(value))].into_iter().collect();
            matches(&headers, &name, &etag)
        };
        for value in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            assert!(has(IF_NONE_MATCH, value), "{value}");
        }
        assert!(!has(IF_NONE_MATCH, "\"x\""));
        assert!(!has(IF_RANGE, "*"));
    }
}
