//! `trackway backup create`.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bytes::{Buf as _, Bytes};
use tokio::runtime::Runtime;
use trackway_core::backup::{self, Blob};
use trackway_db::Db;
use trackway_server::{FileChunks, FileStore};

use super::archive::{Writer, Written};
use super::{Installation, runtime, shelf, size, store};
use crate::program::now;
use crate::program::said::{remark, say};

/// How long deleted files are kept for a backup that has gone silent.
const HOLD_MS: i64 = 3_600_000;
/// How old a hold may be before it is renewed.
const RENEW_MS: i64 = HOLD_MS / 4;

/// Flags of `trackway backup create`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    installation: Installation,
    /// File to write, - for standard output [default: a file named by the time in the folder
    /// backups of the data folder]
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Leave the files of issues out
    #[arg(long)]
    no_attachments: bool,
    /// Leave the installation's key out; keep a copy of it elsewhere, without it second factors
    /// are lost
    #[arg(long)]
    no_key: bool,
}

/// Makes a backup.
pub(super) fn run(arguments: Arguments) -> Result<()> {
    let (place, files) = arguments.installation.configured()?;
    let (db, folder) = place.database("trackway-data", true)?;
    let to = match arguments.to {
        Some(path) => path,
        None => shelf::fresh(&folder, now())?,
    };
    let job = Job {
        store: if arguments.no_attachments { None } else { Some(store(&files)?) },
        key: if arguments.no_key { None } else { Some(place.key(&folder)?) },
        runtime: runtime()?,
        db: &db,
    };
    if to == Path::new("-") {
        if io::stdout().is_terminal() {
            bail!("a backup is no text: name a file with --to, or redirect the output");
        }
        let done = job.run(io::stdout().lock())?;
        remark(&told(&done, None));
    } else {
        let done = to_file(&job, &to)?;
        say(&told(&done, Some(&to)));
    }
    db.close();
    Ok(())
}

/// Writes beside and renames, so that what has the name is whole.
fn to_file(job: &Job<'_>, path: &Path) -> Result<Written<BufWriter<File>>> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file =
        options.open(&partial).with_context(|| format!("cannot write {}", partial.display()))?;
    let done = job.run(BufWriter::new(file)).and_then(|done| {
        done.to.get_ref().sync_all()?;
        std::fs::rename(&partial, path)?;
        Ok(done)
    });
    if done.is_err() {
        // The failure itself is what matters.
        std::fs::remove_file(&partial).ok();
    }
    done.with_context(|| format!("the backup {} was not made", path.display()))
}

fn told<W>(done: &Written<W>, path: Option<&Path>) -> String {
    let rows: u64 = done.end.rows.values().sum();
    let issues = done.end.rows.get("issue").copied().unwrap_or_default();
    let name =
        path.map_or_else(|| trackway_cli::told("the backup"), |path| path.display().to_string());
    format!(
        "{name}\n{}, {issues} issues, {rows} rows, {} files ({})\nsha256 {}",
        size(done.size),
        done.end.files,
        size(done.end.bytes),
        done.sha256
    )
}

/// A backup being made.
struct Job<'d> {
    db: &'d Db,
    store: Option<FileStore>,
    key: Option<trackway_core::secret::ServerKey>,
    runtime: Runtime,
}

impl Job<'_> {
    fn run<W: Write>(&self, to: W) -> Result<Written<W>> {
        let name = format!("backup-{}-{}", std::process::id(), now());
        backup::hold(self.db, &name, now() + HOLD_MS)?;
        let done = self.write(to, &name);
        let released = backup::release(self.db, &name);
        let done = done?;
        released?;
        Ok(done)
    }

    fn write<W: Write>(&self, to: W, hold: &str) -> Result<Written<W>> {
        let mut writer = Writer::new(to, now());
        let blobs = backup::copy(self.db, &mut writer).context("cannot copy the database")?;
        if let Some(key) = &self.key {
            writer.key(key)?;
        }
        if let Some(store) = &self.store {
            let mut held = now();
            for blob in &blobs {
                if now() - held > RENEW_MS {
                    held = now();
                    backup::hold(self.db, hold, held + HOLD_MS)?;
                }
                self.file(store, blob, &mut writer)
                    .with_context(|| format!("cannot copy the file {}", blob.name))?;
            }
        }
        writer.finish()
    }

    fn file<W: Write>(&self, store: &FileStore, blob: &Blob, writer: &mut Writer<W>) -> Result<()> {
        let Some((size, chunks)) = self.runtime.block_on(store.open_file(&blob.name))? else {
            // A file that was lost long ago must not keep the rest from being saved.
            remark(&format!("warning: the store has no file {}", blob.name));
            writer.missing(&blob.name);
            return Ok(());
        };
        let content = Content { runtime: &self.runtime, chunks, waiting: Bytes::new() };
        Ok(writer.file(&blob.name, size, content)?)
    }
}

/// A file of the store, for those who read without waiting on a runtime.
struct Content<'r> {
    runtime: &'r Runtime,
    chunks: FileChunks,
    waiting: Bytes,
}

impl Read for Content<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.waiting.is_empty() {
            let next = self.runtime.block_on(self.chunks.next()).map_err(io::Error::other)?;
            match next {
                Some(chunk) => self.waiting = chunk,
                None => return Ok(0),
            }
        }
        let size = into.len().min(self.waiting.len());
        let Some(into) = into.get_mut(..size) else { return Ok(0) };
        self.waiting.copy_to_slice(into);
        Ok(size)
    }
}
