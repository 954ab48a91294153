//! Opening the database of an installation.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use trackway_core::Tracker;
use trackway_db::{Db, Options, Target};

/// Where the data lie.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Place {
    /// Folder of the data: the embedded database and index snapshots [default: trackway-data]
    #[arg(long, visible_alias = "data-dir", env = "TRACKWAY_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// PostgreSQL database instead of the embedded one, as postgres://user@host/name
    #[arg(long, env = "TRACKWAY_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
}

/// An opened installation. The folder stays locked as long as this lives, if it was asked for.
pub(crate) struct Storage {
    pub(crate) tracker: Tracker,
    pub(crate) folder: PathBuf,
    _lock: Option<File>,
}

impl Place {
    /// The folder, made if it is not there.
    fn folder(&self, default: &str) -> Result<PathBuf> {
        let folder = self.data.clone().unwrap_or_else(|| PathBuf::from(default));
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the data folder {}", folder.display()))?;
        Ok(folder)
    }

    /// Opens the installation. `alone` refuses a folder that a server is running on: the embedded
    /// database has one writer that counts and indexes.
    pub(crate) fn open(&self, default: &str, alone: bool) -> Result<Storage> {
        let folder = self.folder(default)?;
        let url = self.database_url.as_deref().filter(|url| !url.is_empty());
        let lock = if alone && url.is_none() { Some(lock(&folder)?) } else { None };
        let target = match url {
            Some(url) => Target::Postgres(url.to_owned()),
            None => Target::SqliteFile(folder.join("trackway.db")),
        };
        let db = Db::open(Options::new(target)).context("cannot open the database")?;
        let cache = folder.join("cache");
        std::fs::create_dir_all(&cache)
            .with_context(|| format!("cannot make {}", cache.display()))?;
        let tracker = Tracker::open(db, Some(cache)).context("cannot load the tracker")?;
        Ok(Storage { tracker, folder, _lock: lock })
    }
}

fn lock(folder: &Path) -> Result<File> {
    let path = folder.join("trackway.lock");
    let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("another trackway is running on the data folder {}", folder.display())
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}
