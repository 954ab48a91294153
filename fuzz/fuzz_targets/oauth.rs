//! The authorization server: redirect URIs, forms, client authentication, PKCE, user codes, scopes, signed
//! assertions.
//!
//! Run with `cargo +nightly fuzz run oauth`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        trackway_core::fuzzing::oauth(text);
    }
});
