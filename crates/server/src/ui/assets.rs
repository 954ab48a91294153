//! Static files, in the program and under names that change with their content.

use std::sync::LazyLock;

use axum::body::Body;
use data_encoding::HEXLOWER;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Response, StatusCode};
use sha2::{Digest as _, Sha256};

/// A file.
pub(crate) struct Asset {
    /// Address.
    pub(crate) path: String,
    kind: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, ext: &str, kind: &'static str, bytes: &'static [u8]) -> Self {
        let hash = HEXLOWER.encode(&Sha256::digest(bytes));
        let path = format!("/static/{stem}.{}.{ext}", hash.get(..10).unwrap_or_default());
        Self { path, kind, bytes }
    }
}

/// The stylesheet of every page.
pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("app", "css", "text/css; charset=utf-8", include_bytes!("../../assets/app.css"))
});

/// The icon.
pub(crate) static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../../assets/icon.svg"))
});

/// Reads a token out of the fragment of the address, for the page that shows it (VC-01).
pub(crate) static TOKEN: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "token",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/token.js"),
    )
});

/// Puts buttons behind what is there to be copied.
pub(crate) static COPY: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "copy",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/copy.js"),
    )
});

/// Makes and uses passkeys.
pub(crate) static PASSKEY: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "passkey",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/passkey.js"),
    )
});

/// Answers a path under `/static/`.
pub(crate) fn answer(path: &str) -> Response<Body> {
    let known = [&STYLE, &ICON, &TOKEN, &COPY, &PASSKEY];
    let Some(asset) = known.into_iter().find(|asset| asset.path == path) else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let mut response = Response::new(Body::from(asset.bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}
