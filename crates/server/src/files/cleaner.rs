//! Takes away what the store of files holds and nothing needs: deleted files, temporary files that
//! nobody used, and what uploads left that were cut off.

use tokio::runtime::Handle;
use trackway_core::attachment::clean;
use trackway_core::{Error, Result, Tracker};

use super::store::FileStore;
use crate::clock::now;

/// The work of a thread beside the requests.
pub(crate) struct Cleaner {
    tracker: Tracker,
    store: FileStore,
    runtime: Handle,
}

impl Cleaner {
    /// A cleaner that does its input and output on a runtime.
    pub(crate) fn new(tracker: Tracker, store: FileStore, runtime: Handle) -> Self {
        Self { tracker, store, runtime }
    }

    /// Does what is due.
    pub(crate) fn look(&self) {
        if let Err(error) = self.clean() {
            tracing::warn!(%error, "files that are needed no more could not be removed");
        }
    }

    fn clean(&self) -> Result<()> {
        let db = self.tracker.db();
        while db.write_now(|tx| clean::expire(tx, now()))? > 0 {}
        loop {
            let due = db.read(|tx| clean::due(tx, now()))?;
            if due.is_empty() {
                return Ok(());
            }
            let store = self.store.clone();
            let names = due.clone();
            self.runtime.block_on(async move {
                for name in &names {
                    store.remove(name).await?;
                }
                Ok::<_, Error>(())
            })?;
            db.write_now(|tx| clean::forget(tx, &due))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use trackway_core::attachment::upload::{self, Target};
    use trackway_core::testing::{Fixture, NOW};

    use super::*;

    #[test]
    fn what_is_due_goes_from_store_and_list() {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let fixture = Fixture::new();
        let store = FileStore::memory();
        runtime.block_on(store.put("1/1/a", Bytes::from("x"))).expect("stored");
        fixture
            .write_at(fixture.ann, NOW, |cx| upload::begin(cx, &Target::Nothing, "1/1/a"))
            .expect("begun");
        let cleaner =
            Cleaner::new(fixture.tracker.clone(), store.clone(), runtime.handle().clone());
        cleaner.look();
        assert!(runtime.block_on(store.read("1/1/a")).expect("readable").is_none());
        let left = fixture.tracker.db().read(|tx| clean::due(tx, i64::MAX)).expect("a list");
        assert!(left.is_empty());
    }
}
