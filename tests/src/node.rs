//! The Node.js that runs OAuth clients from npm.

use std::path::PathBuf;

use crate::{paths, skip};

/// The folder of the tests in JavaScript, with its packages installed. `None` after a loud skip.
///
/// # Panics
///
/// When something is missing and skipping is forbidden.
pub fn folder() -> Option<PathBuf> {
    let folder = paths::root().join("tests/js");
    let found = |name: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
    };
    if found("node") && folder.join("node_modules").is_dir() {
        return Some(folder);
    }
    let hint = "install nodejs and npm, and run npm ci in tests/js";
    skip::skip("Node.js", hint);
    None
}
