//! Query texts, filter objects and expressions of query language 2.0: nothing panics, and what parses prints to an equal tree.
//!
//! Run with `cargo +nightly fuzz run query`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trackway_query::{from_filter, from_query2, parse};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(tree) = parse(text) {
        let printed = tree.to_string();
        // Quotes that printing adds can push a text over the limit of its length.
        if printed.chars().count() <= trackway_query::MAX_CHARS {
            assert_eq!(parse(&printed).as_ref(), Ok(&tree), "{printed}");
        }
    }
    if let Ok(json) = serde_json::from_str(text) {
        drop(from_filter(&json));
        drop(from_query2(&json));
    }
});
