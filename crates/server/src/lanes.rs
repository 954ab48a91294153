//! The lanes in which operations wait and run (design, section 4).

use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use trackway_api::Lane;
use trackway_core::account_cx::{AccountCx, Visit};
use trackway_core::cx::{Answer, Cx};
use trackway_core::tracker::{Caller, Operation};
use trackway_core::{Code, Error, Result, Tracker};
use trackway_db::{Lane as Queue, Tx};

use crate::App;
use crate::http::Log;

/// Runs an operation in its lane.
///
/// # Errors
/// Whatever the operation answers; 503 when the lane is full or the time is over.
pub(crate) async fn run(
    app: &App,
    lane: Lane,
    caller: Caller,
    operation: Box<dyn Operation>,
    log: &Log,
) -> Result<Answer> {
    let queued = Instant::now();
    let limit = limit(app, lane);
    let (result, started) = match lane {
        Lane::Write => write(app, limit, caller, operation).await,
        Lane::Read | Lane::Search => {
            let tracker = app.tracker.clone();
            let job = move |tx: &mut Tx<'_>| {
                let started = Instant::now();
                let result = tracker.read(&caller, tx, |cx| operation.run(cx));
                Ok((result, Some(started)))
            };
            if lane == Lane::Read && app.tracker.db().reads_inline() {
                app.tracker.db().read(job)
            } else {
                spawn(&app.tracker, queue(lane), limit, job).await
            }
            .unwrap_or_else(|error: Error| (Err(error), None))
        }
    };
    let done = Instant::now();
    let started = started.unwrap_or(done);
    log.ran(app, lane, started - queued, done - started);
    result
}

/// Runs a short read that belongs to no operation.
///
/// # Errors
/// Whatever the read answers; 503 when the lane is full or the time is over.
pub(crate) async fn read<T: Send + 'static>(
    tracker: &Tracker,
    limit: Duration,
    job: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    if tracker.db().reads_inline() {
        return tracker.db().read(job);
    }
    spawn(tracker, Queue::Read, limit, job).await
}

async fn spawn<T: Send + 'static>(
    tracker: &Tracker,
    queue: Queue,
    limit: Duration,
    job: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (sender, receiver) = oneshot::channel();
    let job = move |tx: trackway_db::Result<&mut Tx<'_>>| {
        // Nobody waits for a read whose client has gone or whose time is over.
        if !sender.is_closed() {
            drop(sender.send(tx.map_err(Error::from).and_then(job)));
        }
    };
    tracker.db().spawn_read(queue, Box::new(job)).map_err(|_| Code::Overloaded.err())?;
    wait(limit, receiver).await?
}

/// Runs a short read on accounts.
///
/// # Errors
/// Whatever the operation answers; 503 when the lane is full or the time is over.
pub(crate) async fn account_read<T: Send + 'static>(
    app: &App,
    visit: Visit,
    run: impl FnOnce(&mut AccountCx<'_, '_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let tracker = app.tracker.clone();
    let limit = Duration::from_secs(app.config.limits.read_seconds);
    read(&app.tracker, limit, move |tx| tracker.account_read(&visit, tx, run)).await
}

/// Runs a write on accounts. It takes place even if nobody waits for the answer any more.
///
/// # Errors
/// Whatever the operation answers; 503 when the lane is full or the time is over.
pub(crate) async fn account_write<T: Send + 'static>(
    app: &App,
    name: &'static str,
    visit: Visit,
    run: impl Fn(&mut AccountCx<'_, '_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (sender, receiver) = oneshot::channel();
    let job = app.tracker.account_job(name, visit, run, move |result| drop(sender.send(result)));
    app.tracker.db().submit_write(job).map_err(|_| Code::Overloaded.err())?;
    wait(Duration::from_secs(app.config.limits.write_seconds), receiver).await.flatten()
}

/// Queues a write. It takes place even if nobody waits for the answer any more.
async fn write(
    app: &App,
    limit: Duration,
    caller: Caller,
    operation: Box<dyn Operation>,
) -> (Result<Answer>, Option<Instant>) {
    let name = operation.name();
    let timed = move |cx: &mut Cx<'_, '_>| {
        let started = Instant::now();
        Ok((operation.run(cx)?, started))
    };
    match submit(app, limit, name, caller, timed).await {
        Ok((answer, started)) => (Ok(answer), Some(started)),
        Err(error) => (Err(error), None),
    }
}

async fn submit<T: Send + 'static>(
    app: &App,
    limit: Duration,
    name: &'static str,
    caller: Caller,
    run: impl Fn(&mut Cx<'_, '_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (sender, receiver) = oneshot::channel();
    let done = move |result| drop(sender.send(result));
    let job = app.tracker.write_job(name, caller, run, done);
    app.tracker.db().submit_write(job).map_err(|_| Code::Overloaded.err())?;
    wait(limit, receiver).await.flatten()
}

/// Runs a short change that is a part of an operation, in the lane of changes.
///
/// # Errors
/// Whatever the change answers; 503 when the lane is full or the time is over.
pub(crate) async fn change<T: Send + 'static>(
    app: &App,
    name: &'static str,
    caller: Caller,
    run: impl Fn(&mut Cx<'_, '_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    submit(app, limit(app, Lane::Write), name, caller, run).await
}

/// Runs a short read that is a part of an operation, in the lane of reads.
///
/// # Errors
/// Whatever the read answers; 503 when the lane is full or the time is over.
pub(crate) async fn look<T: Send + 'static>(
    app: &App,
    caller: Caller,
    run: impl FnOnce(&mut Cx<'_, '_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let tracker = app.tracker.clone();
    let job = move |tx: &mut Tx<'_>| tracker.read(&caller, tx, run);
    read(&app.tracker, limit(app, Lane::Read), job).await
}

async fn wait<T>(limit: Duration, receiver: oneshot::Receiver<T>) -> Result<T> {
    match tokio::time::timeout(limit, receiver).await {
        Ok(Ok(value)) => Ok(value),
        // The database reports the panic; here it is only known that there was one.
        Ok(Err(_)) => Err(Error::internal("the operation ended without an answer")),
        Err(_) => Err(Code::TimedOut.err()),
    }
}

fn queue(lane: Lane) -> Queue {
    match lane {
        Lane::Search => Queue::Search,
        Lane::Read | Lane::Write => Queue::Read,
    }
}

fn limit(app: &App, lane: Lane) -> Duration {
    let limits = &app.config.limits;
    Duration::from_secs(match lane {
        Lane::Read => limits.read_seconds,
        Lane::Search => limits.search_seconds,
        Lane::Write => limits.write_seconds,
    })
}
