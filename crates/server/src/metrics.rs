//! Metrics in the format of Prometheus. Named after operations, never after paths.

use std::time::Duration;

use metrics::{Counter, Histogram, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use trackway_api::Lane;
use trackway_core::job::{self, run::Ended};
use trackway_db::Queued;

const REQUESTS: &str = "trackway_requests_total";
const REQUEST_SECONDS: &str = "trackway_request_seconds";
const LANE_WAIT: &str = "trackway_lane_wait_seconds";
const LANE_RUN: &str = "trackway_lane_run_seconds";
const LANE_QUEUED: &str = "trackway_lane_queued";
const JOB_RUNS: &str = "trackway_job_runs_total";
const JOB_SECONDS: &str = "trackway_job_seconds";
const JOBS_WAITING: &str = "trackway_jobs_waiting";
const JOBS_DUE: &str = "trackway_jobs_due";
const JOBS_OLDEST: &str = "trackway_jobs_oldest_due_seconds";
const JOBS_DEAD: &str = "trackway_jobs_dead";

/// Upper ends of the buckets of all histograms, in seconds.
const BUCKETS: [f64; 12] =
    [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.0025, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0];

const LANES: [Lane; 3] = [Lane::Read, Lane::Search, Lane::Write];

/// The metrics of one server.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    lanes: [(Histogram, Histogram); 3],
    /// By operation and status.
    requests: RwLock<FxHashMap<(&'static str, u16), Requests>>,
}

/// The answers of one operation with one status.
struct Requests {
    count: Counter,
    seconds: Histogram,
}

impl Requests {
    fn add(&self, took: Duration) {
        self.count.increment(1);
        self.seconds.record(took);
    }
}

/// Name of a lane in metrics and logs.
pub(crate) const fn lane_name(lane: Lane) -> &'static str {
    match lane {
        Lane::Read => "read",
        Lane::Search => "search",
        Lane::Write => "write",
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let recorder = PrometheusBuilder::new()
            .set_buckets(&BUCKETS)
            .expect("there is at least one bucket")
            .build_recorder();
        let handle = recorder.handle();
        let lanes = metrics::with_local_recorder(&recorder, || {
            describe();
            LANES.map(|lane| {
                let name = lane_name(lane);
                (
                    metrics::histogram!(LANE_WAIT, "lane" => name),
                    metrics::histogram!(LANE_RUN, "lane" => name),
                )
            })
        });
        Self { recorder, handle, lanes, requests: RwLock::default() }
    }

    /// Counts an answered request.
    pub(crate) fn request(&self, operation: &'static str, status: u16, took: Duration) {
        let key = (operation, status);
        if let Some(requests) = self.requests.read().get(&key) {
            return requests.add(took);
        }
        let requests = metrics::with_local_recorder(&self.recorder, || {
            let status = status.to_string();
            Requests {
                count: metrics::counter!(REQUESTS, "operation" => operation, "status" => status),
                seconds: metrics::histogram!(REQUEST_SECONDS, "operation" => operation),
            }
        });
        requests.add(took);
        self.requests.write().insert(key, requests);
    }

    /// Notes how long an operation waited and ran.
    pub(crate) fn lane(&self, lane: Lane, wait: Duration, run: Duration) {
        let [read, search, write] = &self.lanes;
        let (waits, runs) = match lane {
            Lane::Read => read,
            Lane::Search => search,
            Lane::Write => write,
        };
        waits.record(wait);
        runs.record(run);
    }

    /// Counts an attempt at a job.
    pub(crate) fn job(&self, kind: job::Kind, ended: Ended, took: Duration) {
        let outcome = match ended {
            Ended::Well => "done",
            Ended::Failed => "failed",
            Ended::GivenUp => "given_up",
        };
        metrics::with_local_recorder(&self.recorder, || {
            let kind = kind.name();
            metrics::counter!(JOB_RUNS, "kind" => kind, "outcome" => outcome).increment(1);
            metrics::histogram!(JOB_SECONDS, "kind" => kind).record(took);
        });
    }

    /// The page. How jobs stand is left as it was when nobody knows.
    pub(crate) fn render(&self, queued: Queued, jobs: &[job::run::Stats]) -> String {
        metrics::with_local_recorder(&self.recorder, || {
            for of in jobs {
                let kind = of.kind.name();
                metrics::gauge!(JOBS_WAITING, "kind" => kind).set(amount(of.waiting));
                metrics::gauge!(JOBS_DUE, "kind" => kind).set(amount(of.due));
                metrics::gauge!(JOBS_OLDEST, "kind" => kind).set(amount(of.oldest_ms) / 1000.0);
                metrics::gauge!(JOBS_DEAD, "kind" => kind).set(amount(of.dead));
            }
            for (lane, depth) in LANES.into_iter().zip([queued.read, queued.search, queued.write]) {
                let depth = u32::try_from(depth).unwrap_or(u32::MAX);
                metrics::gauge!(LANE_QUEUED, "lane" => lane_name(lane)).set(depth);
            }
        });
        self.handle.render()
    }

    /// Moves recorded values into their buckets; they pile up in memory if nobody does.
    pub(crate) fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts and times far below 2^52")]
const fn amount(number: i64) -> f64 {
    number as f64
}

fn describe() {
    metrics::describe_counter!(REQUESTS, "Answered requests by operation and status");
    metrics::describe_histogram!(REQUEST_SECONDS, Unit::Seconds, "Time of a request");
    metrics::describe_histogram!(LANE_WAIT, Unit::Seconds, "Time an operation waits in its lane");
    metrics::describe_histogram!(LANE_RUN, Unit::Seconds, "Time an operation runs");
    metrics::describe_gauge!(LANE_QUEUED, "Operations that wait in a lane");
    metrics::describe_counter!(JOB_RUNS, "Attempts at jobs by kind and outcome");
    metrics::describe_histogram!(JOB_SECONDS, Unit::Seconds, "Time of an attempt at a job");
    metrics::describe_gauge!(JOBS_WAITING, "Jobs to be done now or later");
    metrics::describe_gauge!(JOBS_DUE, "Jobs that could be done now and nobody does");
    metrics::describe_gauge!(JOBS_OLDEST, Unit::Seconds, "How long the oldest of these is due");
    metrics::describe_gauge!(JOBS_DEAD, "Jobs that were given up");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_operations_and_lanes() {
        let metrics = Metrics::new();
        let short = Duration::from_micros(70);
        metrics.request("GetIssue", 200, short);
        metrics.request("GetIssue", 200, short);
        metrics.request("GetIssue", 404, short);
        metrics.lane(Lane::Read, short, short);
        metrics.job(job::Kind::Webhook, Ended::Failed, short);
        metrics.upkeep();
        let mail = job::Kind::Mail;
        let jobs = [job::run::Stats { kind: mail, waiting: 7, due: 2, oldest_ms: 1500, dead: 1 }];
        let page = metrics.render(Queued { write: 3, ..Queued::default() }, &jobs);
        for line in [
            "trackway_requests_total{operation=\"GetIssue\",status=\"200\"} 2",
            "trackway_requests_total{operation=\"GetIssue\",status=\"404\"} 1",
            "trackway_request_seconds_count{operation=\"GetIssue\"} 3",
            "trackway_lane_wait_seconds_bucket{lane=\"read\",le=\"0.0001\"} 1",
            "trackway_lane_queued{lane=\"write\"} 3",
            "trackway_job_runs_total{kind=\"webhook\",outcome=\"failed\"} 1",
            "trackway_job_seconds_count{kind=\"webhook\"} 1",
            "trackway_jobs_waiting{kind=\"mail\"} 7",
            "trackway_jobs_due{kind=\"mail\"} 2",
            "trackway_jobs_oldest_due_seconds{kind=\"mail\"} 1.5",
            "trackway_jobs_dead{kind=\"mail\"} 1",
        ] {
            assert!(page.contains(line), "{line} in\n{page}");
        }
    }
}
