//! Jobs are done exactly once, whatever happens between claim and end.

use super::{Job, Kind, Lane, NewJob, enqueue, ops, store};
use crate::job::run::LEASE_MS;
use crate::testing::{Fixture, NOW, body};
use trackway_api::jobs::{CancelJob, ListJobs, RetryJob};

/// Writes a job that finds nothing to do.
fn write(f: &Fixture, name: Option<&'static str>, strand: Option<i64>, run_at: i64) {
    f.write(f.boss, move |cx| {
        let job = NewJob { kind: Kind::Bulk, name, strand, payload: "999".to_owned(), run_at };
        enqueue(cx, &job)
    })
    .expect("a job");
}

fn claim(f: &Fixture, holder: &str, now: i64) -> Vec<Job> {
    f.tracker.claim_jobs(Lane::Inner, holder, now, 10).expect("claims")
}

fn listed(f: &Fixture, state: Option<&str>) -> Vec<serde_json::Value> {
    let mut request = ListJobs::new();
    request.state = state.map(str::to_owned);
    let reply = f.read(f.boss, |cx| ops::list(cx, &request)).expect("jobs");
    body(reply).as_array().expect("a list").clone()
}

#[test]
fn statements_are_good() {
    let f = Fixture::new();
    f.tracker.db().prepare_all(store::ALL_SQL).expect("good SQL");
    f.tracker.db().prepare_all(crate::bulk::store::ALL_SQL).expect("good SQL");
}

#[test]
fn a_claimed_job_is_nobody_elses_until_its_lease_ends() {
    let f = Fixture::new();
    write(&f, None, None, NOW + 10);
    assert!(claim(&f, "a", NOW).is_empty(), "not yet");
    let mine = claim(&f, "a", NOW + 10);
    assert_eq!(mine.len(), 1);
    assert!(claim(&f, "b", NOW + 11).is_empty(), "held");
    let theirs = claim(&f, "b", NOW + 10 + LEASE_MS);
    assert_eq!(theirs.len(), 1, "the lease is over");
    f.tracker.run_job(&theirs[0], NOW).expect("done");
    assert!(listed(&f, None).is_empty());
    // The first holder comes back from the dead: what it does is undone.
    let error = f.tracker.run_job(&mine[0], NOW).expect_err("lost");
    assert_eq!(error.status(), 409);
}

#[test]
fn a_named_job_waits_once_and_a_strand_keeps_its_order() {
    let f = Fixture::new();
    write(&f, Some("x"), None, NOW);
    write(&f, Some("x"), None, NOW);
    assert_eq!(claim(&f, "a", NOW).len(), 1);
    write(&f, None, Some(7), NOW + 1);
    write(&f, None, Some(7), NOW);
    write(&f, None, Some(8), NOW);
    let first = claim(&f, "a", NOW + 1);
    assert_eq!(first.len(), 2, "one of each strand");
    for job in &first {
        f.tracker.run_job(job, NOW).expect("done");
    }
    assert_eq!(claim(&f, "a", NOW + 1).len(), 1);
}

#[test]
fn a_failing_job_is_tried_later_and_at_last_given_up() {
    let f = Fixture::new();
    f.write(f.boss, |cx| {
        let payload = "no number".to_owned();
        enqueue(cx, &NewJob { kind: Kind::Bulk, name: None, strand: None, payload, run_at: NOW })
    })
    .expect("a job");
    let mut now = NOW;
    for attempt in 1..=Kind::Bulk.attempts() {
        let jobs = claim(&f, "a", now);
        assert_eq!(jobs.len(), 1, "attempt {attempt}");
        // Also the notice of giving up fails on this one, so it stays with its lease.
        let last = attempt == Kind::Bulk.attempts();
        assert_eq!(f.tracker.run_job(&jobs[0], now).is_err(), last);
        assert!(claim(&f, "a", now).is_empty(), "not at once");
        now += 3_600_000;
    }
}

#[test]
fn administrators_watch_retry_and_cancel() {
    let f = Fixture::new();
    write(&f, None, None, NOW);
    let jobs = listed(&f, Some("waiting"));
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0]["kind"], "bulkChange");
    let id = jobs[0]["id"].to_string();
    let held = claim(&f, "a", NOW);
    assert_eq!(listed(&f, Some("running")).len(), 1);
    let request = CancelJob::new(&*id);
    let cancel = |request: CancelJob| f.write(f.boss, move |cx| ops::cancel(cx, &request));
    assert_eq!(cancel(request.clone()).expect_err("running").status(), 409);
    let error = crate::error::Error::internal("it broke");
    f.tracker.job_failed(&held[0], NOW, &error).expect("noted");
    let jobs = listed(&f, None);
    assert!(jobs[0]["error"].as_str().expect("an error").contains("it broke"), "{jobs:?}");
    let retry = RetryJob::new(&*id);
    let reply = f.write(f.boss, move |cx| ops::retry(cx, &retry)).expect("retried");
    assert_eq!(body(reply)["attempts"], 0);
    cancel(request.clone()).expect("cancelled");
    assert_eq!(cancel(request).expect_err("gone").status(), 404);
    let forbidden = f.read(f.ann, |cx| ops::list(cx, &ListJobs::new()));
    assert_eq!(forbidden.expect_err("no administrator").status(), 403);
}

/// What is kept of a deleted issue has no other way out.
#[test]
fn the_end_of_a_deleted_issue_is_neither_cancelled_nor_hurried() {
    let f = Fixture::new();
    let key = f.issue(f.ann, serde_json::json!({"queue": "DEV", "summary": "s"}));
    let request = trackway_api::issues::DeleteIssue::new(&*key);
    f.write(f.boss, move |cx| crate::issue::remove::delete(cx, &request).map(drop)).expect("done");
    let jobs = listed(&f, None);
    assert_eq!(jobs[0]["kind"], "removedIssue");
    let id = jobs[0]["id"].to_string();
    let cancel = CancelJob::new(&*id);
    let refused = f.write(f.boss, move |cx| ops::cancel(cx, &cancel).map(drop)).expect_err("no");
    assert_eq!(refused.status(), 409);
    let retry = RetryJob::new(&*id);
    let refused = f.write(f.boss, move |cx| ops::retry(cx, &retry).map(drop)).expect_err("no");
    assert_eq!(refused.status(), 409);
    assert_eq!(listed(&f, None).len(), 1);
}
