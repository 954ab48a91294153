//! The Python that runs the official client.

use std::path::PathBuf;

use crate::{paths, skip};

/// The first of: the Python that `TRACKWAY_TEST_PYTHON` names (with `yandex_tracker_client` and
/// `pytest`), the one that `scripts/python-env` made. `None` after a loud skip.
///
/// # Panics
///
/// When there is none and skipping is forbidden.
pub fn interpreter() -> Option<PathBuf> {
    let named = std::env::var_os("TRACKWAY_TEST_PYTHON").filter(|v| !v.is_empty());
    let made = paths::root().join("target/python-env/bin/python");
    let python = named.map(PathBuf::from).or_else(|| made.exists().then_some(made));
    if python.is_none() {
        let hint = "run scripts/python-env, or set TRACKWAY_TEST_PYTHON to a python that has \
                    yandex_tracker_client and pytest";
        skip::skip("Python", hint);
    }
    python
}
