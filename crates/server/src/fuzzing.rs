//! Ways in for the fuzz targets of what comes before any rule: headers and forms. They panic where
//! something does not hold that must.

use http::header::{AUTHORIZATION, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};
use trackway_core::world::World;

use crate::config::{Config, DefaultOrg};
use crate::http::base_url::{Ends, Hosts};
use crate::http::{auth, org};
use crate::oauth::pairs;
use crate::ui::local_path;

/// The header with the token: what is read has no blank in it.
///
/// # Panics
/// That does not hold.
pub fn authorization(bytes: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    let headers = HeaderMap::from_iter([(AUTHORIZATION, value)]);
    if let Ok(token) = auth::presented(&headers) {
        assert!(!token.is_empty() && !token.contains([' ', '\t']), "{token:?}");
    }
}

/// Headers that name an organisation: nobody is in one that does not exist.
///
/// # Panics
/// That does not hold.
pub fn organisations(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    for (name, line) in ["x-org-id", "x-cloud-org-id"].iter().zip(bytes.split(|b| *b == b'\n')) {
        let Ok(value) = HeaderValue::from_bytes(line) else { continue };
        headers.insert(HeaderName::from_static(name), value);
    }
    assert!(org::choose(&World::default(), &headers, 1, &DefaultOrg::Single).is_err());
}

/// Forms of programs: names and values come in their order.
///
/// # Panics
/// That does not hold.
pub fn forms(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(pairs) = pairs(text) {
        assert!(pairs.len() <= text.split('&').count());
    }
}

/// Pages to return to: never another site.
///
/// # Panics
/// That does not hold.
pub fn paths(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(path) = local_path(text) {
        assert!(path.starts_with('/') && !path.starts_with("//") && path.is_ascii(), "{path:?}");
        assert!(!path.contains(['\\', '\r', '\n', '\t', ' ']), "{path:?}");
    }
}

/// Hosts and forwarded headers, in lines: what is answered with is one of our hosts.
///
/// # Panics
/// That does not hold.
pub fn hosts(bytes: &[u8]) {
    let config = Config {
        public_url: Some("https://tracker.example.org".to_owned()),
        demo: true,
        ..Config::default()
    };
    let Ok(hosts) = Hosts::new(&config) else { return };
    let mut request = http::Request::builder().uri("/");
    let names = [HOST.as_str(), "forwarded", "x-forwarded-host", "x-forwarded-for"];
    for (name, line) in names.iter().zip(bytes.split(|b| *b == b'\n')) {
        request = request.header(*name, line);
    }
    let Ok(request) = request.body(()) else { return };
    let (parts, ()) = request.into_parts();
    let address = |port: u16| std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let ends = Ends { local: address(8080), peer: address(5555), tls: false, tls_expected: false };
    if let Ok(origin) = hosts.origin(ends, &parts) {
        let foreign = origin.base.contains("evil");
        assert!(!foreign && HeaderValue::from_str(&origin.base).is_ok(), "{}", origin.base);
    }
}

/// All of them.
///
/// # Panics
/// That does not hold.
pub fn headers(bytes: &[u8]) {
    for target in [authorization, organisations, forms, paths, hosts] {
        target(bytes);
    }
}

#[cfg(test)]
mod tests {
    /// What the fuzzers begin with.
    #[test]
    fn the_corpus_is_read_or_refused() {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/headers");
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).expect("a corpus") {
            let bytes = std::fs::read(entry.expect("a file").path()).expect("bytes");
            bytes.split(|b| *b == b'\n').for_each(super::headers);
            super::headers(&bytes);
            seen += 1;
        }
        assert!(seen > 3, "{seen}");
    }
}
