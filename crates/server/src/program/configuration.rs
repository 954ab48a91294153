//! Where settings come from: flags and environment over the configuration file over defaults.

use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use trackway_server::Config;

/// The configuration file with every setting at its default; a test keeps it true.
#[cfg(test)]
const DEFAULTS: &str = include_str!("../../trackway.default.toml");

/// Shown below `trackway serve --help`.
pub(crate) const HELP: &str = concat!(
    "Settings of the configuration file (--config), with their defaults:\n\n",
    include_str!("../../trackway.default.toml")
);

/// The configuration file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct File {
    /// HTTP.
    pub(crate) server: Config,
    /// Where data lie.
    pub(crate) storage: StorageFile,
    /// Log.
    pub(crate) log: LogFile,
}

/// Where data lie.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StorageFile {
    /// Folder of the database, the index snapshots and the files.
    pub(crate) data: String,
    /// URL of a PostgreSQL database; empty means the embedded one in the data folder.
    pub(crate) database_url: String,
    /// File of keys that password hashes are mixed with; empty means none.
    pub(crate) pepper_file: String,
}

/// Log.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LogFile {
    /// `text` or `json`.
    pub(crate) format: String,
    /// Levels by module, as `info,trackway_server=debug`.
    pub(crate) filter: String,
}

impl Default for LogFile {
    fn default() -> Self {
        Self { format: "text".to_owned(), filter: "info".to_owned() }
    }
}

/// Reads the configuration file, if one is named.
pub(crate) fn read(path: Option<&Path>) -> Result<File> {
    let Some(path) = path else { return Ok(File::default()) };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the configuration file {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("in {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_defaults_are_the_defaults() {
        let documented: File = toml::from_str(DEFAULTS).expect("a configuration file");
        let real = File::default();
        assert_eq!(documented.server, real.server);
        assert_eq!(documented.storage, real.storage);
        assert_eq!(documented.log, real.log);
    }

    #[test]
    fn a_misspelt_setting_is_an_error() {
        let error = toml::from_str::<File>("[server]\nlisten_adress = \"x\"").expect_err("unknown");
        assert!(error.to_string().contains("listen_adress"), "{error}");
    }
}
