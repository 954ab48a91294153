//! `trackway backup restore`.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tokio::runtime::Runtime;
use trackway_cli::told;
use trackway_core::backup::Loader;
use trackway_db::{Cell, Db};
use trackway_server::FileStore;

use super::archive::{self, End, Manifest, Reader};
use super::{Installation, runtime, size, store};
use crate::program::said::{remark, say};
use crate::program::storage::write_private;

/// Bytes of a file that pass at once.
const PIECE: usize = 256 << 10;

/// Flags of `trackway backup restore`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Backup, - for standard input
    backup: PathBuf,
    #[command(flatten)]
    installation: Installation,
    /// Put a data folder that is not empty aside, under a name with the time
    #[arg(long)]
    force: bool,
}

/// Makes an installation of a backup.
pub(super) fn run(arguments: Arguments) -> Result<()> {
    let (place, files) = arguments.installation.configured()?;
    let source = open(&arguments.backup)?;
    let folder = place.data_or("trackway-data");
    if !is_empty(&folder)? {
        if !arguments.force {
            bail!(
                "the data folder {} is not empty; --force puts it aside, --data names another",
                folder.display()
            );
        }
        let aside = aside(&folder)?;
        remark(&format!("the former data folder is now {}", aside.display()));
    }
    let (db, folder) = place.database("trackway-data", false)?;
    let key = place.key_path(&folder);
    let mut restored = Restored::new(&db, store(&files)?, Some(key))?;
    let end = restored.load(source).inspect_err(|_| {
        remark("what is restored so far is not whole: empty it before another try");
    })?;
    db.close();
    say(&format!("restored to {}: {}", folder.display(), told(&counted(&end))));
    Ok(())
}

/// What a backup holds, in words.
pub(super) fn counted(end: &End) -> String {
    let rows: u64 = end.rows.values().sum();
    let issues = end.rows.get("issue").copied().unwrap_or_default();
    format!("{issues} issues, {rows} rows, {} files ({})", end.files, size(end.bytes))
}

/// Opens a backup.
pub(super) fn open(path: &Path) -> Result<Box<dyn Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Box::new(BufReader::new(file)))
}

fn is_empty(folder: &Path) -> Result<bool> {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", folder.display())),
    }
}

fn aside(folder: &Path) -> Result<PathBuf> {
    let _lock = crate::program::storage::lock(folder)?;
    let mut name = folder.as_os_str().to_owned();
    name.push(format!(".before-restore-{}", crate::program::now()));
    std::fs::rename(folder, &name).with_context(|| format!("cannot move {}", folder.display()))?;
    Ok(name.into())
}

/// An installation that comes into being.
pub(super) struct Restored<'d> {
    db: &'d Db,
    loader: Option<Loader<'d>>,
    store: FileStore,
    key: Option<PathBuf>,
    runtime: Runtime,
}

impl<'d> Restored<'d> {
    /// In an empty database; the installation's key is written to `key`, if that is wanted.
    pub(super) fn new(db: &'d Db, store: FileStore, key: Option<PathBuf>) -> Result<Self> {
        Ok(Self { db, loader: None, store, key, runtime: runtime()? })
    }

    /// Takes everything a backup holds.
    pub(super) fn load(&mut self, from: impl Read) -> Result<End> {
        let end = archive::read(from, self)?;
        if let Some(loader) = self.loader.take() {
            loader.finish().context("cannot end the restoration")?;
        }
        Ok(end)
    }
}

impl Reader for Restored<'_> {
    fn manifest(&mut self, manifest: &Manifest) -> Result<()> {
        remark(&format!("a backup of {}", manifest.made_at));
        let loader = Loader::begin(self.db, &manifest.header());
        self.loader = Some(loader.context("the backup cannot be restored here")?);
        Ok(())
    }

    fn key(&mut self, text: &str) -> Result<()> {
        match &self.key {
            Some(path) if !path.exists() => write_private(path, text)
                .with_context(|| format!("cannot write {}", path.display())),
            _ => Ok(()),
        }
    }

    fn rows(&mut self, table: &str, columns: &[String], cells: Vec<Cell>) -> Result<()> {
        let loader = self.loader.as_mut().context("rows before the manifest")?;
        Ok(loader.rows(table, columns, cells)?)
    }

    fn file(&mut self, name: &str, _size: u64, content: &mut dyn Read) -> Result<()> {
        let mut writer = self.store.writer(name);
        let mut piece = vec![0; PIECE];
        loop {
            let read = content.read(&mut piece).context("the backup is damaged")?;
            let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            self.runtime.block_on(writer.write(bytes))?;
        }
        Ok(self.runtime.block_on(writer.finish())?)
    }
}
