//! Ways in for the fuzz targets of the authorization server (`fuzz/fuzz_targets`), each with what must
//! hold whatever comes. They panic where it does not.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::oauth::client::{Credentials, form_decoded};
use crate::oauth::{Params, device, exchange, redirect, scope, service};
use crate::secret;

/// Redirect URIs, a registered and a presented one on a line each: only the very string is let
/// through, or for loopback hosts one that differs in nothing but the port (AZ-05).
///
/// # Panics
/// That does not hold.
pub fn redirects(text: &str) {
    let (registered, presented) = text.split_once('\n').unwrap_or((text, text));
    if !redirect::may_register(registered, true) || !redirect::matches(registered, presented) {
        return;
    }
    let without_port = |uri: &str| -> Option<String> {
        let rest = uri.strip_prefix("http://")?;
        let host = ["127.0.0.1", "[::1]", "localhost"].into_iter().find(|h| rest.starts_with(h))?;
        let rest = rest.strip_prefix(host)?;
        let digits = |rest: &str| rest.bytes().take_while(u8::is_ascii_digit).count();
        let rest = rest.strip_prefix(':').map_or(rest, |rest| rest.split_at(digits(rest)).1);
        Some(format!("{host} {rest}"))
    };
    let alike = without_port(registered);
    assert!(
        registered == presented || alike.is_some() && alike == without_port(presented),
        "{registered:?} lets {presented:?} through"
    );
}

/// Forms: what is written is what is read.
///
/// # Panics
/// That does not hold.
pub fn forms(text: &str) {
    if let Some(decoded) = form_decoded(text) {
        let encoded = utf8_percent_encode(&decoded, NON_ALPHANUMERIC).to_string();
        assert_eq!(form_decoded(&encoded).as_ref(), Some(&decoded));
    }
}

/// `Authorization: Basic` of applications: an id is never empty.
///
/// # Panics
/// That does not hold.
pub fn basic(header: &str) {
    if let Ok(credentials) = Credentials::read(Some(header), &Params::default()) {
        assert!(!credentials.id().is_empty());
    }
}

/// PKCE: a verifier opens its own challenge and no other (TK-06, TK-07).
///
/// # Panics
/// That does not hold.
pub fn pkce(text: &str) {
    let own = secret::challenge(text);
    let good = exchange::proven(Some(text), Some(&own)).is_ok();
    assert_eq!(good, exchange::is_verifier(text));
    assert!(exchange::proven(Some(text), Some(text)).is_err());
    assert!(exchange::proven(Some(text), None).is_err());
    assert!(exchange::proven(None, Some(text)).is_err());
}

/// User codes: what is looked up is made of few letters and is stable (DF-05).
///
/// # Panics
/// That does not hold.
pub fn user_codes(text: &str) {
    let normal = device::normal_user_code(text);
    assert!(normal.len() <= 16 && normal.bytes().all(|b| b.is_ascii_uppercase()));
    assert_eq!(device::normal_user_code(&normal), normal);
}

/// Lists of scopes: what is read is written so that it is read again.
///
/// # Panics
/// That does not hold.
pub fn scopes(text: &str) {
    if let Ok(set) = scope::ScopeSet::parse(text, &crate::oauth::Policy::default()) {
        assert_eq!(scope::ScopeSet::stored(&set.text()), set);
    }
}

/// Signed assertions and public keys of service accounts (IM-08).
///
/// # Panics
/// That does not hold.
pub fn assertions(text: &str) {
    service::try_reading(text);
}

/// All of them.
///
/// # Panics
/// That does not hold.
pub fn oauth(text: &str) {
    for target in [redirects, forms, basic, pkce, user_codes, scopes, assertions] {
        target(text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(text in "\\PC{0,80}") {
            super::oauth(&text);
        }

        #[test]
        fn texts_of_the_right_letters_are_read_or_refused(
            text in "(https?://(127\\.0\\.0\\.1|localhost|\\[::1\\]|a\\.b)(:[0-9]{0,5})?/[a-z%.;?=]{0,9}\n?){1,2}",
        ) {
            super::oauth(&text);
        }
    }

    /// What the fuzzers begin with.
    #[test]
    fn the_corpus_is_read_or_refused() {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/oauth");
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).expect("a corpus") {
            let text = std::fs::read_to_string(entry.expect("a file").path()).expect("text");
            text.lines().for_each(super::oauth);
            super::oauth(&text);
            seen += 1;
        }
        assert!(seen > 5, "{seen}");
    }
}
