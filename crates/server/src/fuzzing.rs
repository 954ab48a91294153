//! Ways in for the fuzz targets of what comes before any rule: headers, forms and logins. They panic where
//! something does not hold that must.

use http::header::{AUTHORIZATION, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};
use ldap3::asn1::{ASNTag as _, PL, StructureTag};
use ldap3::parse_filter;
use trackway_core::world::World;

use crate::config::{Config, DefaultOrg, LOGIN};
use crate::http::base_url::{Ends, Hosts};
use crate::http::{auth, org};
use crate::ldap::filter;
use crate::oauth::pairs;
use crate::ui::{local_path, typed_login};

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

/// What somebody typed as a login: the directory is asked for an entry with that very login, and by the
/// roll call for one with that very id, whatever signs of a filter are in it (T-40).
///
/// # Panics
/// That does not hold.
pub fn logins(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let login = typed_login(text);
    assert!(login.chars().count() <= 254, "{login:?}");
    // Without a login nobody is asked.
    if !login.is_empty() {
        let pattern = "(&(objectClass=person)(uid={login}))";
        let asked = filter::of_login(pattern, &login);
        assert_eq!(
            read(&asked),
            read_with(&pattern.replace(LOGIN, "x"), &[1, 1], &login),
            "{asked}"
        );
    }
    if !text.is_empty() && data_encoding::HEXLOWER.decode(bytes).is_err() {
        let asked = filter::of_subject("(uid={login})", "id", text);
        assert_eq!(read(&asked), read_with("(&(uid=*)(id=x))", &[1, 1], text), "{asked}");
    }
}

/// What a directory is sent for a filter.
fn read(filter: &str) -> Option<StructureTag> {
    Some(parse_filter(filter).ok()?.into_structure())
}

/// The same with another value at a place.
fn read_with(filter: &str, place: &[usize], value: &str) -> Option<StructureTag> {
    let mut whole = read(filter)?;
    let mut part = &mut whole;
    for index in place {
        let PL::C(parts) = &mut part.payload else { return None };
        part = parts.get_mut(*index)?;
    }
    part.payload = PL::P(value.as_bytes().to_vec());
    Some(whole)
}

/// All of them.
///
/// # Panics
/// That does not hold.
pub fn headers(bytes: &[u8]) {
    for target in [authorization, organisations, forms, paths, hosts, logins] {
        target(bytes);
    }
}

#[cfg(test)]
mod tests {
    /// T-45: what the fuzzers begin with.
    #[test]
    fn the_corpus_is_read_or_refused() {
        assert!(each("headers", super::headers) > 3);
    }

    /// T-40, T-45: the same for the filter of a directory.
    #[test]
    fn no_login_of_the_corpus_is_a_filter() {
        assert!(each("directory", super::logins) > 3);
    }

    fn each(target: &str, run: fn(&[u8])) -> usize {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        let files = std::fs::read_dir(folder.join(target)).expect("a corpus");
        files
            .map(|file| {
                let bytes = std::fs::read(file.expect("a file").path()).expect("bytes");
                bytes.split(|b| *b == b'\n').for_each(run);
                run(&bytes);
            })
            .count()
    }
}
