//! Dependencies between the crates point one way (ARCHITECTURE.md): this list is the rule.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// Each crate with those of ours it may use.
const ALLOWED: &[(&str, &[&str])] = &[
    ("trackway-api", &[]),
    ("trackway-query", &[]),
    ("trackway-search", &[]),
    ("trackway-db", &[]),
    ("trackway-client", &["trackway-api"]),
    ("trackway-cli", &["trackway-api", "trackway-client", "trackway-query"]),
    ("trackway-core", &["trackway-api", "trackway-db", "trackway-query", "trackway-search"]),
    ("trackway-server", &["trackway-api", "trackway-cli", "trackway-core", "trackway-db"]),
    ("trackway-bench", &["trackway-db"]),
    ("trackway-tests", &["trackway-api", "trackway-client"]),
    ("xtask", &["trackway-api"]),
];

/// Crates that must not come near the domain: it knows neither HTTP nor an async runtime.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("trackway-core", &["axum", "hyper", "tokio", "reqwest"]),
    ("trackway-db", &["tokio", "axum"]),
    ("trackway-api", &["axum", "hyper", "tokio", "reqwest", "rusqlite", "postgres"]),
    ("trackway-search", &["rusqlite", "postgres", "tokio"]),
    ("trackway-query", &["rusqlite", "postgres", "tokio"]),
];

/// Fails on a dependency that the lists do not allow.
pub(crate) fn check(root: &Path) -> Result<()> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .current_dir(root)
        .output()
        .context("cargo metadata")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("packages")?;
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    for package in packages {
        let name = package["name"].as_str().context("a name")?;
        let Some(allowed) = allowed.get(name) else {
            bail!("{name} has no line in xtask/src/arrows.rs");
        };
        // Dev-dependencies draw no arrow: tests may look at anything.
        let normal = package["dependencies"].as_array().into_iter().flatten();
        for dependency in normal.filter(|d| d["kind"].is_null()) {
            check_one(name, dependency["name"].as_str().unwrap_or_default(), allowed)?;
        }
    }
    Ok(())
}

fn check_one(name: &str, dependency: &str, allowed: &[&str]) -> Result<()> {
    let ours = dependency.starts_with("trackway") || dependency == "xtask";
    ensure!(
        !ours || allowed.contains(&dependency),
        "{name} must not depend on {dependency} (xtask/src/arrows.rs)"
    );
    let forbidden = FORBIDDEN.iter().find(|(crate_name, _)| *crate_name == name);
    ensure!(
        !forbidden.is_some_and(|(_, list)| list.contains(&dependency)),
        "{name} must not know of {dependency} (xtask/src/arrows.rs)"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_point_one_way() {
        check(crate::root()).expect("only allowed dependencies");
    }

    #[test]
    fn a_new_arrow_is_refused() {
        assert!(check_one("trackway-client", "trackway-core", &["trackway-api"]).is_err());
        assert!(check_one("trackway-core", "tokio", &[]).is_err());
        assert!(check_one("trackway-core", "serde", &[]).is_ok());
    }
}
