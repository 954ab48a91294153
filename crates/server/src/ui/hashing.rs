//! Hashing passwords away from the runtime's threads, at most one a core at a time (PW-04).

use std::time::Duration;

use tokio::sync::Semaphore;
use trackway_core::account::password;
use trackway_core::{Code, Error, Result};

/// How long a hash waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// The bound.
pub(crate) struct Hashing(Semaphore);

impl Hashing {
    /// One at a time for each core.
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self(Semaphore::new(cores))
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = tokio::time::timeout(PATIENCE, self.0.acquire()).await;
        let _turn = turn.map_err(|_| Code::Overloaded.err())?.map_err(Error::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)
    }

    /// Hashes a password.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub(crate) async fn hash(&self, text: &str) -> Result<String> {
        let text = text.to_owned();
        self.run(move || password::hash(&text)).await?
    }

    /// Checks a password; without a hash it takes as long as with a wrong one.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub(crate) async fn verify(&self, phc: Option<String>, text: &str) -> Result<bool> {
        let text = text.to_owned();
        self.run(move || password::verify(phc.as_deref(), &text)).await
    }
}
