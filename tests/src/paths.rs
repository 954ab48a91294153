//! Where things stand in the project.

use std::path::{Path, PathBuf};

/// The project's root folder.
///
/// # Panics
///
/// Never: this package lies in the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the project")
}

/// A file of the contract folder.
pub fn contract(name: &str) -> PathBuf {
    root().join("contract").join(name)
}

/// The folder of the running build profile, such as `target/debug`.
///
/// # Panics
///
/// When the running test does not lie in `<target>/<profile>/deps`.
pub fn profile_dir() -> PathBuf {
    let exe = std::env::current_exe().expect("a running program has a path");
    let dir = exe.parent().expect("a program lies in a folder");
    if dir.ends_with("deps") || dir.ends_with("examples") {
        return dir.parent().expect("deps lies in the profile's folder").to_path_buf();
    }
    dir.to_path_buf()
}
