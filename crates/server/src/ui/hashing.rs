//! Hashing passwords away from the runtime's threads, at most one a core at a time (PW-04). Time and
//! memory that a flood of sign-ins can take are bounded: who finds too many waiting is told so.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Semaphore;
use trackway_core::account::password::{self, Memory, Password};
use trackway_core::account::pepper::Peppers;
use trackway_core::{Code, Error, Result};

/// How long a hash waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many wait for each core; more would only run out of patience.
const QUEUE: usize = 128;

/// The bound.
pub(crate) struct Hashing {
    /// Those who wait or run.
    places: Arc<Semaphore>,
    /// Those who run.
    turns: Arc<Semaphore>,
    /// Memory that is not in use, of no more hashes than ever ran at once.
    spare: Arc<Mutex<Vec<Memory>>>,
    peppers: Arc<Peppers>,
}

impl Hashing {
    /// One at a time for each core, mixed with these keys.
    pub(crate) fn new(peppers: Peppers) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            places: Arc::new(Semaphore::new(cores * (QUEUE + 1))),
            turns: Arc::new(Semaphore::new(cores)),
            spare: Arc::default(),
            peppers: Arc::new(peppers),
        }
    }

    async fn run<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&mut Memory) -> T + Send + 'static,
    {
        let full = || Code::Overloaded.err();
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| full())?;
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| full())?.map_err(Error::internal)?;
        let spare = Arc::clone(&self.spare);
        let work = move || {
            // Held to the end of the work: who asked may have hung up before.
            let _held = (place, turn);
            let mut memory = spare.lock().pop().unwrap_or_default();
            let made = work(&mut memory);
            spare.lock().push(memory);
            made
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)
    }

    /// Hashes a password.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub(crate) async fn hash(&self, given: &Password) -> Result<String> {
        let (given, peppers) = (given.clone(), Arc::clone(&self.peppers));
        self.run(move |memory| password::hash(&given, &peppers, memory)).await?
    }

    /// Checks a password; without a hash it takes as long as with a wrong one.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub(crate) async fn verify(&self, phc: Option<String>, given: &Password) -> Result<bool> {
        let (given, peppers) = (given.clone(), Arc::clone(&self.peppers));
        self.run(move |memory| password::verify(phc.as_deref(), &given, &peppers, memory)).await
    }

    /// Whether a hash should be made anew (PW-02, PW-03).
    ///
    /// # Errors
    /// Never in practice.
    pub(crate) fn is_outdated(&self, phc: &str) -> Result<bool> {
        password::is_outdated(phc, &self.peppers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PW-04; T-27: of a flood no more run than there are cores, also when nobody waits for the answers
    /// any more, and memory is used again.
    #[test]
    fn a_flood_takes_the_memory_of_one_hash_a_core() {
        let hashing = Arc::new(Hashing::new(Peppers::default()));
        let cores = hashing.turns.available_permits();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build();
        let runtime = runtime.expect("a runtime");
        runtime.block_on(async {
            let ask = |n: usize| {
                let hashing = Arc::clone(&hashing);
                tokio::spawn(
                    async move { hashing.verify(None, &format!("guess {n}").into()).await },
                )
            };
            let asked: Vec<_> = (0..40).map(ask).collect();
            for (n, one) in asked.into_iter().enumerate() {
                if n % 2 == 0 {
                    one.abort();
                } else if let Ok(Err(error)) = one.await {
                    assert_eq!(error.code, Code::Overloaded);
                }
            }
            // Whatever still runs is waited for.
            let all = u32::try_from(cores).expect("few");
            drop(hashing.turns.acquire_many(all).await.expect("open"));
        });
        let kept = hashing.spare.lock().len();
        assert!((1..=cores).contains(&kept), "{kept} of {cores}");
    }

    #[test]
    fn who_finds_the_queue_full_is_told_at_once() {
        let hashing =
            Hashing { places: Arc::new(Semaphore::new(0)), ..Hashing::new(Peppers::default()) };
        let given = Password::from("a long password");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let refused = runtime.expect("a runtime").block_on(hashing.hash(&given));
        assert_eq!(refused.map_err(|error| error.code), Err(Code::Overloaded));
    }
}
