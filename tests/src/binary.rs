//! The program under test.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

use crate::paths;

/// Path of the `trackway` program of the profile that runs now, built first if it is missing or
/// older than its sources. `TRACKWAY_TEST_BINARY` names another one, which is taken as it is.
///
/// # Panics
///
/// When the program cannot be built.
pub fn trackway() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("TRACKWAY_TEST_BINARY") {
        Some(path) => path.into(),
        None => built(),
    })
}

fn built() -> PathBuf {
    let path = paths::profile_dir().join(format!("trackway{}", std::env::consts::EXE_SUFFIX));
    if is_stale(&path) {
        build();
        mark_fresh(&path);
    }
    path
}

/// Cargo does not build programs of other packages for an integration test, so a test run alone
/// would meet the program of some earlier day.
fn is_stale(binary: &Path) -> bool {
    let Ok(built) = fs::metadata(binary).and_then(|m| m.modified()) else { return true };
    newest(&paths::root().join("crates")).is_some_and(|source| source > built)
}

fn newest(dir: &Path) -> Option<SystemTime> {
    let times = fs::read_dir(dir).ok()?.flatten().filter_map(|entry| {
        let kind = entry.file_type().ok()?;
        if kind.is_dir() { newest(&entry.path()) } else { entry.metadata().ok()?.modified().ok() }
    });
    times.max()
}

fn build() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let profile = paths::profile_dir();
    let profile = profile.file_name().and_then(|n| n.to_str()).unwrap_or("debug");
    let profile = if profile == "debug" { "dev" } else { profile };
    let status = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            // The features of the test build, so that its dependencies are not built again.
            "--workspace",
            // Its program alone has the same name.
            "--exclude",
            "trackway-cli",
            "--bin",
            "trackway",
            "--profile",
            profile,
        ])
        .current_dir(paths::root())
        .status()
        .expect("cargo starts");
    assert!(status.success(), "the program under test does not build");
}

/// A change that does not reach the program leaves its file as it was; without this every later
/// test would call cargo again.
fn mark_fresh(binary: &Path) {
    let file = File::options().append(true).open(binary);
    if let Err(error) = file.and_then(|f| f.set_modified(SystemTime::now())) {
        eprintln!("{}: {error}", binary.display());
    }
}
