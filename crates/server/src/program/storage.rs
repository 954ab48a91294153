//! Opening the database of an installation.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use trackway_core::Tracker;
use trackway_core::account::pepper::Peppers;
use trackway_core::account_cx::Settings;
use trackway_core::oauth::Policy;
use trackway_core::secret::ServerKey;
use trackway_db::{Db, Options, Target};
use trackway_server::FilesConfig;
use zeroize::Zeroizing;

use super::configuration::StorageFile;

/// Where the data lie.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Place {
    /// Folder of the data: the embedded database, index snapshots and files [default: trackway-data]
    #[arg(long, visible_alias = "data-dir", env = "TRACKWAY_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// PostgreSQL database instead of the embedded one, as postgres://user@host/name
    #[arg(long, env = "TRACKWAY_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// File of the installation's key, made at the first start [default: server-key in the data
    /// folder]
    #[arg(long, env = "TRACKWAY_KEY_FILE", value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// File of keys that password hashes are mixed with: 64 hex digits a line, the newest last
    /// [default: none]
    #[arg(long, env = "TRACKWAY_PEPPER_FILE", value_name = "FILE")]
    pub(crate) pepper_file: Option<PathBuf>,
}

/// Where files lie.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct FilesPlace {
    /// Where files lie: a folder, or s3://bucket/prefix with keys in AWS_ACCESS_KEY_ID and
    /// AWS_SECRET_ACCESS_KEY [default: folder "files" in the data folder]
    #[arg(long, env = "TRACKWAY_FILES", value_name = "PLACE")]
    files: Option<String>,
    /// Address of an S3-compatible store, as https://storage.example.org
    #[arg(long, env = "TRACKWAY_S3_ENDPOINT", value_name = "URL")]
    s3_endpoint: Option<String>,
    /// Region of the bucket
    #[arg(long, env = "TRACKWAY_S3_REGION", value_name = "NAME")]
    s3_region: Option<String>,
}

impl FilesPlace {
    /// Flags and environment over the configuration file.
    pub(crate) fn over(&mut self, file: &mut FilesConfig) {
        let put = |flag: &mut Option<String>, setting: &mut String| {
            if let Some(text) = flag.take() {
                *setting = text;
            }
        };
        put(&mut self.files, &mut file.location);
        put(&mut self.s3_endpoint, &mut file.endpoint);
        put(&mut self.s3_region, &mut file.region);
    }
}

/// An opened installation. The folder stays locked as long as this lives, if it was asked for.
pub(crate) struct Storage {
    pub(crate) tracker: Tracker,
    pub(crate) folder: PathBuf,
    _lock: Option<File>,
}

impl Place {
    /// What the configuration file says, where no flag does.
    pub(crate) fn under(&mut self, file: &StorageFile) {
        let named = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        self.data = self.data.take().or(named(&file.data).map(PathBuf::from));
        self.database_url = self.database_url.take().or(named(&file.database_url));
        self.pepper_file = self.pepper_file.take().or(named(&file.pepper_file).map(PathBuf::from));
    }

    /// Path of the folder.
    pub(crate) fn data_or(&self, default: &str) -> PathBuf {
        self.data.clone().unwrap_or_else(|| PathBuf::from(default))
    }

    /// The folder, made if it is not there.
    fn folder(&self, default: &str) -> Result<PathBuf> {
        let folder = self.data_or(default);
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the data folder {}", folder.display()))?;
        Ok(folder)
    }

    /// File of the installation's key.
    pub(crate) fn key_path(&self, folder: &Path) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| folder.join("server-key"))
    }

    /// The key of this installation, made at the first start. It is kept beside the database and
    /// not in it; several nodes of one installation need the same file.
    pub(crate) fn key(&self, folder: &Path) -> Result<ServerKey> {
        let path = self.key_path(folder);
        let told = || format!("the key file {}", path.display());
        if !path.exists() {
            let key = ServerKey::generate()?;
            write_private(&path, &key.text())
                .with_context(|| format!("cannot write {}", told()))?;
            return Ok(key);
        }
        warn_if_readable(&path);
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", told()))?;
        ServerKey::parse(&text).with_context(|| format!("{} does not hold 64 hex digits", told()))
    }

    /// The keys that passwords are mixed with. They are never made here: with a file that is not where
    /// it should be, nobody could sign in.
    fn peppers(&self) -> Result<Peppers> {
        let Some(path) = &self.pepper_file else { return Ok(Peppers::default()) };
        warn_if_readable(path);
        let told = || format!("the pepper file {}", path.display());
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", told()))?;
        Peppers::parse(&Zeroizing::new(text)).map_err(|line| match line {
            0 => anyhow!("{} holds no key", told()),
            _ => anyhow!("line {line} of {} is not 64 hex digits", told()),
        })
    }

    fn target(&self, folder: &Path) -> Target {
        match self.database_url.as_deref().filter(|url| !url.is_empty()) {
            Some(url) => Target::Postgres(url.to_owned()),
            None => Target::SqliteFile(folder.join("trackway.db")),
        }
    }

    /// Opens the database alone, beside a server or without one: `existing` refuses to make it.
    pub(crate) fn database(&self, default: &str, existing: bool) -> Result<(Db, PathBuf)> {
        let folder = self.data_or(default);
        let target = self.target(&folder);
        if let (Target::SqliteFile(path), true) = (&target, existing)
            && !path.exists()
        {
            bail!("there is no installation in {}; name one with --data", folder.display());
        }
        let folder = self.folder(default)?;
        let db = Db::open(Options::new(target)).context("cannot open the database")?;
        Ok((db, folder))
    }

    /// Opens the installation. `alone` refuses a folder that a server is running on: the embedded
    /// database has one writer that counts and indexes.
    pub(crate) fn open(&self, default: &str, alone: bool) -> Result<Storage> {
        let folder = self.folder(default)?;
        let embedded = matches!(self.target(&folder), Target::SqliteFile(_));
        let lock = if alone && embedded { Some(lock(&folder)?) } else { None };
        let options = Options::new(self.target(&folder));
        let db = Db::open(options).context("cannot open the database")?;
        let cache = folder.join("cache");
        std::fs::create_dir_all(&cache)
            .with_context(|| format!("cannot make {}", cache.display()))?;
        let tracker = Tracker::open(db, Some(cache)).context("cannot load the tracker")?;
        let key = self.key(&folder)?;
        let peppers = self.peppers()?;
        tracker.configure(Settings { policy: Policy::default(), key, peppers, mail: false });
        Ok(Storage { tracker, folder, _lock: lock })
    }
}

/// Writes a file that only its owner may read, and only if it is not there.
pub(crate) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

/// A key that others may read is worth a word (BS-05).
fn warn_if_readable(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o077 != 0) {
            tracing::warn!(path = %path.display(), "others may read the key file; set its mode to 0600");
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Locks a data folder against other programs, as long as the answer lives.
pub(crate) fn lock(folder: &Path) -> Result<File> {
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
