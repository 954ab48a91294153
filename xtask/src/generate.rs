//! Files made from the endpoint declarations.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

fn document() -> Result<String> {
    let document = trackway_api::openapi::document();
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn path(root: &Path) -> PathBuf {
    root.join("docs/openapi.json")
}

/// Writes the generated files.
pub(crate) fn write(root: &Path) -> Result<()> {
    let path = path(root);
    std::fs::write(&path, document()?).with_context(|| path.display().to_string())
}

/// Fails when a generated file is not up to date.
pub(crate) fn check(root: &Path) -> Result<()> {
    let path = path(root);
    let present = std::fs::read_to_string(&path).unwrap_or_default();
    ensure!(present == document()?, "{} is not up to date: run `cargo xtask gen`", path.display());
    Ok(())
}
