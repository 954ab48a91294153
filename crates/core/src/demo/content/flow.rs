//! The preset workflows of the three queues and the paths demo issues walk through them.
//!
//! The graphs follow the transitions of the preset queue templates; the paths use only them.
//! A `resolved` issue counts as closed, so nothing here closes it again.

use super::queues::{DEV, MARKETING, SUPPORT};

/// The status in which every issue of the three queues starts.
pub(super) const INITIAL: &str = "open";

/// Where a transition leads from a status, `None` if the queue's workflow does not offer it.
pub fn target(queue: usize, from: &str, transition: &str) -> Option<&'static str> {
    let closed = matches!(from, "closed" | "resolved");
    let development = queue == DEV;
    match (transition, from) {
        _ if !has_status(queue, from) => None,
        ("close", _) if !closed => Some("closed"),
        ("reopen", _) if closed => Some(INITIAL),
        ("need_info", _) if !closed && from != "needInfo" => Some("needInfo"),
        ("start_progress", _) if !closed && from != "inProgress" => Some("inProgress"),
        ("stop_progress", "inProgress") | ("provide_info", "needInfo") => Some(INITIAL),
        ("resolve", "open" | "inProgress" | "needInfo") => Some("resolved"),
        ("review", "inProgress") if development => Some("inReview"),
        ("ready_for_test", "inProgress" | "inReview") if development => Some("readyForTest"),
        ("start_testing", "readyForTest") if development => Some("testing"),
        ("tested", "testing") if development => Some("tested"),
        ("rc", "resolved" | "tested") if development => Some("rc"),
        _ => None,
    }
}

/// Whether the queue's workflow has the status.
fn has_status(queue: usize, status: &str) -> bool {
    match status {
        "open" | "inProgress" | "needInfo" | "resolved" | "closed" => queue <= MARKETING,
        "inReview" | "readyForTest" | "testing" | "tested" | "rc" => queue == DEV,
        _ => false,
    }
}

type Path = &'static [&'static str];

const DEV_PATHS: &[Path] = &[
    &["start_progress", "review", "ready_for_test", "start_testing", "tested", "rc", "close"],
    &["start_progress", "review", "ready_for_test", "start_testing", "tested", "close"],
    &["start_progress", "stop_progress", "start_progress", "review", "ready_for_test", "close"],
    &["need_info", "provide_info", "start_progress", "review", "ready_for_test", "close"],
    &[
        "start_progress",
        "review",
        "ready_for_test",
        "start_testing",
        "start_progress",
        "review",
        "ready_for_test",
        "start_testing",
        "tested",
        "rc",
        "close",
    ],
    &["start_progress", "review", "close"],
    &["start_progress", "resolve"],
    &["start_progress", "resolve", "rc", "close"],
];

const SUPPORT_PATHS: &[Path] = &[
    &["start_progress", "close"],
    &["start_progress", "resolve"],
    &["need_info", "provide_info", "start_progress", "close"],
    &["start_progress", "need_info", "start_progress", "resolve"],
    &["start_progress", "resolve", "reopen", "start_progress", "close"],
];

const MARKETING_PATHS: &[Path] = &[
    &["start_progress", "close"],
    &["start_progress", "resolve"],
    &["start_progress", "stop_progress", "start_progress", "close"],
    &["start_progress", "need_info", "start_progress", "resolve"],
];

/// Paths from creation to a good end.
pub(super) const fn paths(queue: usize) -> &'static [Path] {
    match queue {
        SUPPORT => SUPPORT_PATHS,
        MARKETING => MARKETING_PATHS,
        _ => DEV_PATHS,
    }
}

/// The path of a release.
pub(super) const RELEASE: Path =
    &["start_progress", "ready_for_test", "start_testing", "tested", "rc", "close"];
