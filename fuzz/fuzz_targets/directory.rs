//! Signing in by a directory: no login and no id changes what the directory is asked.
//!
//! Run with `cargo +nightly fuzz run directory`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| trackway_server::fuzzing::logins(data));
