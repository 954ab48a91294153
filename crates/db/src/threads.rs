//! Threads with names that can be waited for.

use std::thread::{Builder, JoinHandle, current};

use crate::error::{Error, Result};

/// Some threads.
#[derive(Default)]
pub(crate) struct Threads(Vec<JoinHandle<()>>);

impl Threads {
    pub(crate) fn push(&mut self, thread: JoinHandle<()>) {
        self.0.push(thread);
    }

    /// Waits for all of them.
    pub(crate) fn join(&mut self) {
        for thread in self.0.drain(..) {
            join(thread);
        }
    }
}

/// Starts a thread.
pub(crate) fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>> {
    Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|error| Error::Unavailable(format!("no thread for {name}: {error}")))
}

/// Waits for a thread. The last handle of the store may be dropped by a job, that is on one of its
/// own threads, which must not wait for itself.
pub(crate) fn join<T>(thread: JoinHandle<T>) -> Option<T> {
    if thread.thread().id() == current().id() {
        return None;
    }
    match thread.join() {
        Ok(value) => Some(value),
        Err(payload) => {
            let panic = crate::job::panic_text(&*payload);
            tracing::error!(panic, "a thread of the store panicked");
            None
        }
    }
}
