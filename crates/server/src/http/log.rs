//! What is told of a call: a span with its fields, one line at its end, and metrics. Never a
//! token, a body or a mail address.

use std::time::{Duration, Instant};

use http::{HeaderValue, StatusCode};
use tracing::Span;
use tracing::field::Empty;
use trackway_api::{Info, Lane};

use super::errors::Refusal;
use crate::App;

/// Name of calls that lead to no served operation.
const NONE: &str = "none";

/// Gathers what is told of one call.
pub(crate) struct Log {
    pub(super) span: Span,
    operation: &'static str,
    started: Instant,
}

impl Log {
    pub(super) fn new(id: &HeaderValue) -> Self {
        let span = tracing::info_span!(
            target: "trackway_server::request",
            "request",
            request.id = id.to_str().unwrap_or_default(),
            operation = Empty,
            actor.id = Empty,
            org.id = Empty,
            lane = Empty,
            wait_us = Empty,
            run_us = Empty,
            status = Empty,
        );
        Self { span, operation: NONE, started: Instant::now() }
    }

    pub(super) fn caller(&self, uid: i64, org_id: i64) {
        self.span.record("actor.id", uid);
        self.span.record("org.id", org_id);
    }

    pub(super) fn operation(&mut self, info: &'static Info) {
        self.operation = info.name;
        self.span.record("operation", info.name);
    }

    /// How long an operation waited and ran in its lane.
    pub(crate) fn ran(&self, app: &App, lane: Lane, wait: Duration, run: Duration) {
        app.metrics.lane(lane, wait, run);
        self.span.record("lane", crate::metrics::lane_name(lane));
        self.span.record("wait_us", micros(wait));
        self.span.record("run_us", micros(run));
    }

    /// Tells the cause of a failure that is ours. It is not told again further up.
    pub(super) fn refused(&self, refusal: &Refusal) {
        let Some(cause) = refusal.cause() else { return };
        let code = refusal.code();
        self.span.in_scope(|| {
            if code.status() == 500 {
                tracing::error!(cause, "internal error");
            } else {
                tracing::warn!(?code, cause, "a request could not be served");
            }
        });
    }

    /// The end of the call.
    pub(super) fn done(self, app: &App, status: StatusCode) {
        let took = self.started.elapsed();
        app.metrics.request(self.operation, status.as_u16(), took);
        self.span.record("status", status.as_u16());
        tracing::info!(
            target: "trackway_server::request",
            parent: &self.span,
            took_us = micros(took),
            "answered"
        );
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
