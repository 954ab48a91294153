//! `trackway backup`: copies of an installation, made while it is at work.
//!
//! A backup is a gzipped tar of JSON lines and files, the same for both engines, so that one made
//! of SQLite can be restored into PostgreSQL. See `archive` for its members.

mod archive;
mod create;
mod restore;
mod shelf;
mod verify;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Subcommand;
use trackway_server::{FileStore, FilesConfig};

use super::configuration;
use super::storage::{FilesPlace, Place};

/// Flags of `trackway backup`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Copies everything to one file; the server may go on working.
    Create(create::Arguments),
    /// Makes an installation of a backup, on either engine.
    Restore(restore::Arguments),
    /// Restores a backup into a temporary place and counts.
    Verify(verify::Arguments),
    /// Lists the backups in the data folder.
    List(shelf::List),
    /// Removes old backups from the data folder.
    Prune(shelf::Prune),
}

/// Where the data and the files of an installation are.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Installation {
    #[command(flatten)]
    storage: Place,
    #[command(flatten)]
    files: FilesPlace,
    /// Configuration file of the server (TOML)
    #[arg(long, env = "TRACKWAY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Installation {
    /// With what the configuration file says where no flag does.
    fn configured(mut self) -> Result<(Place, FilesConfig)> {
        let mut file = configuration::read(self.config.as_deref())?;
        self.files.over(&mut file.server.files);
        self.storage.under(&file.storage);
        if file.server.files.location.is_empty() {
            let folder = self.storage.data_or("trackway-data").join("files");
            file.server.files.location = folder.display().to_string();
        }
        Ok((self.storage, file.server.files))
    }
}

fn store(config: &FilesConfig) -> Result<FileStore> {
    FileStore::open(config).context("cannot open the store of files")
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
}

/// A size for people.
#[expect(clippy::cast_precision_loss, reason = "it is shown with one decimal")]
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// Runs `trackway backup`.
pub(crate) fn run(arguments: Arguments) -> Result<()> {
    match arguments.command {
        Command::Create(arguments) => create::run(arguments),
        Command::Restore(arguments) => restore::run(arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::List(arguments) => shelf::list(&arguments),
        Command::Prune(arguments) => shelf::prune(&arguments),
    }
}
