//! Copying the WAL back into the database file beside the writer. Done by the writer, as SQLite does
//! it by itself, it holds up every write for as long as 2000 pages all over a large file take.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};
use rusqlite::hooks::Wal;

use super::conn::{Conn, Role};
use crate::error::Result;
use crate::options::Options;
use crate::threads;

/// Pages of the WAL at which it is copied back: 16 MiB.
const PAGES: i32 = if cfg!(test) { 20 } else { 2000 };
/// Pages at which the writer does it itself whatever that takes, so that the WAL does not grow on.
const TOO_MANY: i32 = 4 * PAGES;
/// Pages that the writer copies itself without holding up others.
const FEW: i64 = 200;
/// How often the thread follows a writer that goes on meanwhile.
const ROUNDS: usize = 4;

/// Opens the connection of the writer, with a checkpointer of its own.
pub(super) fn open_writer(path: PathBuf, durable: bool, options: &Options) -> Result<Conn> {
    let role = Role::Writer { durable };
    let mut connection = Conn::open(&path, role, options)?;
    let options = options.clone();
    let open = Arc::new(move || Conn::open(&path, role, &options));
    let mut checkpointer = Checkpointer { open, beside: None };
    connection.after_commit(move |wal, pages| checkpointer.after_commit(wal, pages))?;
    Ok(connection)
}

type Open = Arc<dyn Fn() -> Result<Conn> + Send + Sync>;

/// Belongs to the connection of the writer and ends with it.
struct Checkpointer {
    open: Open,
    /// The thread, once there was something to do.
    beside: Option<Beside>,
}

struct Beside {
    ask: Option<Sender<()>>,
    caught_up: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Looks at the WAL, which has so many pages.
    fn after_commit(&mut self, wal: &mut Wal, pages: i32) {
        let caught_up = self.beside.as_ref().is_some_and(Beside::take_caught_up);
        if pages < PAGES {
            return;
        }
        if caught_up || pages >= TOO_MANY {
            // Once nothing is left to copy, the WAL begins anew. If a reader or the thread is in
            // the way, a later commit tries again.
            if let Err(error) = wal.checkpoint() {
                tracing::debug!(%error, pages, "the WAL was not copied back");
            }
            return;
        }
        if self.beside.is_none() {
            self.beside = Beside::start(&self.open);
        }
        if let Some(beside) = &self.beside {
            beside.ask();
        }
    }
}

impl Beside {
    fn start(open: &Open) -> Option<Self> {
        // Without room: who asks while the thread works asks for what it is doing already.
        let (ask, asked) = bounded(0);
        let caught_up = Arc::new(AtomicBool::new(false));
        let (open, said) = (Arc::clone(open), Arc::clone(&caught_up));
        match threads::spawn("db-checkpoint", move || serve(&asked, &*open, &said)) {
            Ok(thread) => Some(Self { ask: Some(ask), caught_up, thread: Some(thread) }),
            Err(error) => {
                tracing::warn!(%error, "the writer copies the WAL back itself");
                None
            }
        }
    }

    fn ask(&self) {
        if let Some(ask) = &self.ask {
            // Refused while the thread works.
            ask.try_send(()).ok();
        }
    }

    /// Whether the thread has copied nearly everything since this was last asked.
    fn take_caught_up(&self) -> bool {
        self.caught_up.swap(false, Ordering::Relaxed)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.ask.take();
        if let Some(thread) = self.thread.take() {
            threads::join(thread);
        }
    }
}

fn serve(asked: &Receiver<()>, open: &dyn Fn() -> Result<Conn>, caught_up: &AtomicBool) {
    let mut connection = None;
    for () in asked {
        let done = match &connection {
            Some(connection) => copy(connection),
            None => open().and_then(|opened| copy(connection.insert(opened))),
        };
        match done {
            Ok(()) => caught_up.store(true, Ordering::Relaxed),
            Err(error) => {
                tracing::warn!(%error, "the WAL was not copied back");
                connection = None;
            }
        }
    }
}

/// Copies until hardly anything came meanwhile.
fn copy(connection: &Conn) -> Result<()> {
    let mut before = 0;
    for _ in 0..ROUNDS {
        let pages = connection.copy_wal()?;
        if pages - before <= FEW {
            break;
        }
        before = pages;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wal_is_copied_back_beside_the_writer_and_begins_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("test.db");
        let mut writer =
            open_writer(path.clone(), true, &Options::default()).expect("a connection");
        writer.exec("CREATE TABLE t (id BIGINT PRIMARY KEY, x BYTEA)", &[]).expect("a table");
        let pages = vec![7_u8; 40_000];
        for id in 0..200_i64 {
            writer.exec("INSERT INTO t (id, x) VALUES ($1, $2)", &[&id, &pages]).expect("a row");
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let wal = std::fs::metadata(folder.path().join("test.db-wal")).expect("a WAL").len();
        // A thousand pages were written.
        assert!(wal < 2 * 8192 * u64::try_from(TOO_MANY).expect("positive"), "{wal}");
        let copied = std::fs::metadata(&path).expect("a database").len();
        assert!(copied > 100 * 40_000, "{copied}");
        drop(writer);
        let again = Conn::open(&path, Role::Reader, &Options::default());
        let count: Option<(i64,)> =
            again.expect("a connection").opt("SELECT COUNT(*) FROM t", &[]).expect("rows");
        assert_eq!(count, Some((200,)));
    }
}
