//! SQLite: readers on the calling threads, a small pool for searches, one writer with group commit.

mod checkpoint;
mod conn;
mod readers;
pub(crate) mod statistics;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

pub(crate) use conn::Conn;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use parking_lot::{Mutex, RwLock};
use readers::Readers;
use writer::Item;

use crate::error::{Error, Result};
use crate::job::{self, Full, Queued, ReadJob, WriteJob};
use crate::options::Options;
use crate::threads::{self, Threads};
use crate::tx::Tx;

/// One open SQLite database.
pub(crate) struct Store {
    write: RwLock<Option<Sender<Item>>>,
    search: RwLock<Option<Sender<ReadJob>>>,
    readers: Arc<Readers>,
    writer: Mutex<Option<JoinHandle<Option<Conn>>>>,
    searchers: Mutex<Threads>,
    /// The folder of a temporary database, removed at the end.
    temporary: Option<PathBuf>,
}

impl Store {
    pub(crate) fn open(
        path: PathBuf,
        temporary: Option<PathBuf>,
        options: &Options,
    ) -> Result<Self> {
        let durable = temporary.is_none();
        let connection = checkpoint::open_writer(path.clone(), durable, options)?;
        let readers = Arc::new(Readers::new(path.clone(), options.clone()));

        let (write, jobs) = bounded(options.write_queue);
        let mut writer = writer::Writer::new(connection, path, durable, options.clone());
        let writer = threads::spawn("db-writer", move || {
            writer.run(&jobs);
            writer.into_connection()
        })?;

        let (search, reads) = bounded::<ReadJob>(options.search_queue);
        let mut searchers = Threads::default();
        for _ in 0..options.search_threads.max(1) {
            let (reads, readers) = (reads.clone(), Arc::clone(&readers));
            searchers.push(threads::spawn("db-search", move || serve_reads(&reads, &readers))?);
        }

        Ok(Self {
            write: RwLock::new(Some(write)),
            search: RwLock::new(Some(search)),
            readers,
            writer: Mutex::new(Some(writer)),
            searchers: Mutex::new(searchers),
            temporary,
        })
    }

    pub(crate) fn read<T, E: From<Error>>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.readers.read(f)
    }

    pub(crate) fn snapshot<T, E: From<Error>>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.readers.snapshot(f)
    }

    pub(crate) fn write_now<T, E: From<Error>>(
        &self,
        mut f: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (guest, visit) = job::loan();
        let sender = self.write.read().clone().ok_or_else(job::closed)?;
        sender.send(Item::Guest(guest)).map_err(|_| job::closed())?;
        drop(sender);
        visit.run(|connection: &mut Box<Conn>| f(&mut Tx::sqlite(connection)))
    }

    pub(crate) fn submit_write(&self, job: Box<dyn WriteJob>) -> Result<(), Full> {
        let sender = self.write.read();
        sender.as_ref().ok_or(Full)?.try_send(Item::Job(job)).map_err(|_| Full)
    }

    pub(crate) fn spawn_read(&self, job: ReadJob) -> Result<(), Full> {
        let sender = self.search.read();
        match sender.as_ref().ok_or(Full)?.try_send(job) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Full),
        }
    }

    pub(crate) fn queued(&self) -> Queued {
        Queued {
            write: self.write.read().as_ref().map_or(0, Sender::len),
            read: 0,
            search: self.search.read().as_ref().map_or(0, Sender::len),
        }
    }

    pub(crate) fn close(&self) {
        // Without senders the threads finish what waits and end.
        self.write.write().take();
        self.search.write().take();
        self.searchers.lock().join();
        let writer = self.writer.lock().take();
        let last = writer.and_then(threads::join).flatten();
        self.readers.close();
        if let Some(connection) = last
            && let Err(error) = connection.checkpoint()
        {
            tracing::warn!(%error, "the WAL could not be checkpointed");
        }
        if let Some(folder) = &self.temporary {
            // A leftover in the temporary folder harms nobody.
            drop(std::fs::remove_dir_all(folder));
        }
    }
}

fn serve_reads(jobs: &Receiver<ReadJob>, readers: &Readers) {
    for job in jobs {
        readers.run(job);
    }
}

/// A new folder for a temporary database, readable by this user only.
pub(crate) fn temporary_folder() -> Result<PathBuf> {
    use std::hash::{BuildHasher as _, RandomState};

    let base = std::env::temp_dir();
    let mut last = None;
    for attempt in 0..16_u32 {
        let random = RandomState::new().hash_one(attempt);
        let folder = base.join(format!("trackway-{}-{random:016x}", std::process::id()));
        match create_private(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) => last = Some(error),
        }
    }
    let reason = last.map_or_else(String::new, |error| error.to_string());
    Err(Error::Unavailable(format!("no temporary folder in {}: {reason}", base.display())))
}

fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
