//! Jobs with the world outside: a thread claims them, tasks of the runtime do them, so that a slow
//! receiver delays no other.

mod guard;
mod hook;
mod mail;

pub(crate) use hook::careful_client;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use trackway_core::job::run::Ended;
use trackway_core::job::{Job, Kind, Lane};
use trackway_core::webhook::Outgoing;
use trackway_core::{Error, Result, Tracker};

use super::Stop;
use crate::config::Config;
use crate::{Vitals, clock};

/// How long the thread waits at most before it looks again.
const PERIOD: Duration = Duration::from_millis(250);
/// How long it waits after the database failed.
const PAUSE: Duration = Duration::from_secs(2);

/// The thread that claims.
pub(super) struct Outside {
    shared: Arc<Shared>,
    holder: String,
    runtime: Handle,
    places: Arc<Semaphore>,
}

/// What the tasks need.
struct Shared {
    vitals: Arc<Vitals>,
    sender: hook::Sender,
    postman: Option<mail::Postman>,
}

impl Outside {
    /// # Errors
    /// The settings of the mail server make no sense.
    pub(super) fn new(
        vitals: &Arc<Vitals>,
        config: &Config,
        base: String,
        runtime: Handle,
    ) -> Result<Self, String> {
        let places = Arc::new(Semaphore::new(config.outgoing.concurrency.max(1)));
        let sender = hook::Sender::new(&config.outgoing);
        let postman = mail::Postman::new(&config.mail, base)?;
        let holder = vitals.tracker.holder("outside");
        let vitals = Arc::clone(vitals);
        let shared = Arc::new(Shared { vitals, sender, postman });
        Ok(Self { shared, holder, runtime, places })
    }

    /// Claims jobs until told to stop.
    pub(super) fn run(self, stop: &Arc<Stop>) {
        let tracker = &self.shared.vitals.tracker;
        let mut failing = false;
        while !stop.is_stopped() {
            let seen = tracker.signal().state();
            match self.round() {
                Ok(true) => failing = false,
                Ok(false) => {
                    failing = false;
                    tracker.signal().wait(seen, PERIOD);
                }
                Err(error) => {
                    if !failing {
                        tracing::warn!(%error, "jobs cannot be claimed");
                    }
                    failing = true;
                    if !stop.sleep(PAUSE) {
                        break;
                    }
                }
            }
        }
        // What is still being sent is sent again by somebody else if it does not end in time.
        if let Err(error) = tracker.release_jobs(&self.holder, clock::now()) {
            tracing::debug!(%error, "claimed jobs could not be handed back");
        }
    }

    /// Starts what is due; whether there was anything.
    fn round(&self) -> Result<bool> {
        let free = i64::try_from(self.places.available_permits()).unwrap_or(0);
        if free == 0 {
            return Ok(false);
        }
        let tracker = &self.shared.vitals.tracker;
        let jobs = tracker.claim_jobs(Lane::Outer, &self.holder, clock::now(), free)?;
        let any = !jobs.is_empty();
        for job in jobs {
            let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { break };
            let shared = Arc::clone(&self.shared);
            self.runtime.spawn(async move {
                shared.one(job).await;
                drop(place);
            });
        }
        Ok(any)
    }
}

impl Shared {
    async fn one(self: Arc<Self>, job: Job) {
        match job.kind {
            Kind::Webhook => self.webhook(job).await,
            Kind::Mail => self.mail(job).await,
            // Jobs of the database never come here.
            _ => {}
        }
    }

    async fn webhook(self: Arc<Self>, job: Job) {
        let outgoing: Outgoing = match serde_json::from_str(&job.payload) {
            Ok(outgoing) => outgoing,
            Err(error) => {
                let error = Error::internal(error);
                let failed = move |tracker: &Tracker, job: &Job| {
                    tracker.job_failed(job, clock::now(), &error)
                };
                return self.note(job, Duration::ZERO, failed).await;
            }
        };
        let begun = Instant::now();
        let outcome = self.sender.send(&outgoing).await;
        let took = begun.elapsed();
        self.note(job, took, move |tracker, job| tracker.webhook_tried(job, &outgoing, &outcome))
            .await;
    }

    async fn mail(self: Arc<Self>, job: Job) {
        let begun = Instant::now();
        let base = self.postman.as_ref().map(|postman| postman.base.clone()).unwrap_or_default();
        let (shared, asked) = (Arc::clone(&self), job.clone());
        let letter = tokio::task::spawn_blocking(move || {
            shared.vitals.tracker.letter(&asked, clock::now(), &base)
        });
        let letter = letter.await.unwrap_or_else(|error| Err(Error::internal(error)));
        let failure = match (&letter, &self.postman) {
            (Ok(Some(letter)), Some(postman)) => postman.send(letter).await.err(),
            // Nothing to tell any more, or mail was switched off since.
            (Ok(_), _) => None,
            (Err(error), _) => Some((error.to_string(), true)),
        };
        let last = letter.ok().flatten().map_or(0, |letter| letter.last);
        self.note(job, begun.elapsed(), move |tracker, job| match failure {
            Some((error, true)) => tracker.job_failed(job, clock::now(), &Error::internal(error)),
            Some((error, false)) => {
                tracing::warn!(error, "a letter is refused for good");
                tracker.letter_sent(job, clock::now(), last).map(|()| Ended::GivenUp)
            }
            None => tracker.letter_sent(job, clock::now(), last).map(|()| Ended::Well),
        })
        .await;
    }

    /// Writes down how a job ended; the database waits, so it is not for a thread of the runtime.
    async fn note(
        self: Arc<Self>,
        job: Job,
        took: Duration,
        write: impl FnOnce(&Tracker, &Job) -> Result<Ended> + Send + 'static,
    ) {
        let noted = tokio::task::spawn_blocking(move || {
            let result = write(&self.vitals.tracker, &job);
            self.vitals.tracker.signal().raise();
            let ended = result?;
            self.vitals.metrics.job(job.kind, ended, took);
            Ok::<_, Error>(())
        });
        match noted.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the end of a job could not be noted"),
            Err(error) => tracing::error!(%error, "noting the end of a job failed"),
        }
    }
}
