//! What happens when a test needs something that the machine does not have.

/// Says loudly that a suite is left out; under `TRACKWAY_NO_SKIP=1` (as CI runs) that is a failure.
///
/// # Panics
///
/// When `TRACKWAY_NO_SKIP` is set to anything but `0` or nothing.
pub fn skip(what: &str, hint: &str) {
    let refused = std::env::var("TRACKWAY_NO_SKIP").is_ok_and(|v| !v.is_empty() && v != "0");
    assert!(!refused, "{what} is missing and TRACKWAY_NO_SKIP forbids skipping: {hint}");
    eprintln!("SKIPPED: {what}: {hint}");
}
