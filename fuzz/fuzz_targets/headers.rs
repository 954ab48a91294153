//! What comes before any rule: `Authorization`, organisations, hosts, forms, pages to return to.
//!
//! Run with `cargo +nightly fuzz run headers`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| trackway_server::fuzzing::headers(data));
