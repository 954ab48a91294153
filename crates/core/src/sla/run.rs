//! Timers at work: events start, hold and stop them; jobs tell of warnings and failures.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::clock::{State, Timer};
use super::model::{Calendar, Level, SlaRule, When, While};
use super::store;
use crate::access::{self, Right};
use crate::actor::Actor;
use crate::cx::Cx;
use crate::dict::Object;
use crate::error::{Error, Result};
use crate::event::EventKind;
use crate::field::no;
use crate::issue;
use crate::issue::store::Loaded;
use crate::job::{self, Job, Kind, NewJob, Next};
use crate::notice::store::NewNotice;
use crate::notice::{self, Reason};
use crate::rule::condition;
use crate::rule::occasion::Occasion;
use crate::rule::robot;
use crate::time::{Instant, instant_text};

/// Whether events of a queue's issues matter to timers.
pub fn watches(cx: &Cx<'_, '_>, queue: i64) -> bool {
    cx.dict.sla_rules.iter().any(|rule| rule.body.queue == queue)
}

/// Applies an event to the timers of its issue.
///
/// # Errors
/// The database fails.
pub fn event(cx: &mut Cx<'_, '_>, on: &Occasion, at: Instant) -> Result<()> {
    let dict = Arc::clone(&cx.dict);
    let issue = on.after.id;
    let mut rules = dict
        .sla_rules
        .iter()
        .filter(|rule| rule.body.queue == on.after.queue && rule.body.created <= on.after.created())
        .peekable();
    if rules.peek().is_none() {
        return Ok(());
    }
    let timers = store::of_issues(cx, &[issue])?;
    for rule in rules {
        let old = timers.iter().find(|timer| timer.rule_id == rule.id);
        let new = follow(cx, rule, old.cloned(), on, at)?;
        match (&new, old) {
            (None, None) => {}
            (None, Some(_)) => {
                store::delete(cx, issue, rule.id)?;
                watch(cx, issue, rule.id, None)?;
            }
            (Some(timer), old) => {
                if Some(timer) != old {
                    store::put(cx, timer)?;
                    watch(cx, issue, rule.id, timer.next_alert())?;
                }
            }
        }
    }
    Ok(())
}

/// The timer after an event: stop, then pause, then start (automation.md, 4).
fn follow(
    cx: &mut Cx<'_, '_>,
    rule: &Object<SlaRule>,
    timer: Option<Timer>,
    on: &Occasion,
    at: Instant,
) -> Result<Option<Timer>> {
    let dict = Arc::clone(&cx.dict);
    let body = &rule.body;
    let calendar = calendar_of(&dict, body);
    let Some(level) = level(cx, body, on)? else { return Ok(None) };
    let stops = body.stop.iter().any(|when| happens(cx, when, on));
    let held = body.pause.iter().any(|state| is_held(state, on));
    let starts = !stops && body.start.iter().any(|when| happens(cx, when, on));
    let mut timer = match timer {
        Some(timer) => timer,
        None if starts => Timer::start(on.after.id, rule.id, level, calendar, at),
        None => return Ok(None),
    };
    if (timer.warn, timer.max_spent) != (level.warn, level.limit) {
        (timer.warn, timer.max_spent) = (level.warn, level.limit);
        timer.project(calendar, at);
    }
    if stops {
        timer.stop(calendar, at);
    }
    if timer.state() == State::Stopped && starts {
        timer.restart(calendar, at, body.restartable);
    }
    match (timer.state(), held) {
        (State::Started, true) => timer.pause(calendar, at),
        (State::Paused, false) if body.restartable => timer.restart(calendar, at, true),
        (State::Paused, false) => timer.resume(calendar, at),
        _ => {}
    }
    Ok(Some(timer))
}

fn calendar_of<'d>(dict: &'d crate::dict::Dict, rule: &SlaRule) -> Option<&'d Calendar> {
    rule.calendar.and_then(|id| dict.calendars.get(id)).map(|calendar| &calendar.body)
}

/// The first level that fits the issue.
fn level<'r>(cx: &mut Cx<'_, '_>, rule: &'r SlaRule, on: &Occasion) -> Result<Option<&'r Level>> {
    for level in &rule.levels {
        let fits = match &level.conditions {
            None => true,
            Some(conditions) => condition::holds(cx, conditions, on, &[])?,
        };
        if fits {
            return Ok(Some(level));
        }
    }
    Ok(None)
}

fn happens(cx: &Cx<'_, '_>, when: &When, on: &Occasion) -> bool {
    let assignee = on.changed(no::ASSIGNEE);
    let resolution = on.changed(no::RESOLUTION);
    let commented =
        on.kind == EventKind::IssueCommentAdded.name() && robot::uid(&cx.dict) != Some(on.actor);
    let queue = cx.dict.queues.get(on.after.queue);
    let in_team = queue.is_some_and(|queue| queue.body.team.contains(&on.actor));
    let created = on.kind == EventKind::IssueCreated.name();
    match when {
        When::IssueCreated => created,
        When::AssigneeSet => assignee && on.after.one(no::ASSIGNEE).is_some(),
        When::AssigneeRemoved => assignee && on.after.one(no::ASSIGNEE).is_none(),
        When::StatusChanged { statuses } => {
            !created && on.changed(no::STATUS) && statuses.contains(&on.after.status())
        }
        When::ClientCommented => commented && !in_team,
        When::TeamCommented => commented && in_team,
        When::ResolutionRemoved => resolution && on.after.one(no::RESOLUTION).is_none(),
        When::ResolutionSet { resolutions } => {
            resolution
                && on
                    .after
                    .one(no::RESOLUTION)
                    .is_some_and(|set| resolutions.is_empty() || resolutions.contains(&set))
        }
    }
}

fn is_held(state: &While, on: &Occasion) -> bool {
    let assigned = on.after.one(no::ASSIGNEE).is_some();
    match state {
        While::InStatus { statuses } => statuses.contains(&on.after.status()),
        While::AssigneeIsSet => assigned,
        While::AssigneeIsNotSet => !assigned,
    }
}

/// Lets the timers of an issue that is restored go on.
///
/// # Errors
/// The database fails.
pub(crate) fn resume(cx: &mut Cx<'_, '_>, issue: i64) -> Result<()> {
    for timer in store::of_issues(cx, &[issue])? {
        watch(cx, issue, timer.rule_id, timer.next_alert())?;
    }
    Ok(())
}

/// Sets the job for the next alert of a timer, in place of one that was set before.
fn watch(cx: &mut Cx<'_, '_>, issue: i64, rule: i64, at: Option<Instant>) -> Result<()> {
    let name = format!("{issue}-{rule}");
    cx.tx.exec(job::store::REMOVE_NAMED, &[&cx.dict.org_id, &Kind::Sla.name(), &name])?;
    let Some(run_at) = at else { return Ok(()) };
    let job =
        NewJob { kind: Kind::Sla, name: Some(&name), strand: None, payload: name.clone(), run_at };
    job::enqueue(cx, &job)
}

/// Tells of a warning or a failure whose time has come.
///
/// # Errors
/// The database fails.
pub fn step(cx: &mut Cx<'_, '_>, job: &Job) -> Result<Next> {
    let (issue, rule) = job
        .payload
        .split_once('-')
        .and_then(|(issue, rule)| Some((issue.parse().ok()?, rule.parse().ok()?)))
        .ok_or_else(|| Error::internal("a job without a timer"))?;
    let dict = Arc::clone(&cx.dict);
    let Some(object) = dict.sla_rules.get(rule) else { return Ok(Next::Done) };
    let timers = store::of_issues(cx, &[issue])?;
    let Some(timer) = timers.into_iter().find(|timer| timer.rule_id == rule) else {
        return Ok(Next::Done);
    };
    let (mut timer, now) = (timer, cx.now);
    let calendar = calendar_of(&dict, &object.body);
    if let Some(violated) = timer.violate(calendar, now) {
        store::put(cx, &timer)?;
        alert(cx, &object.body, issue, violated)?;
    }
    Ok(match timer.next_alert() {
        Some(at) => Next::Again(job.payload.clone(), at.max(now + 1)),
        None => Next::Done,
    })
}

fn alert(cx: &mut Cx<'_, '_>, rule: &SlaRule, issue: i64, violated: i64) -> Result<()> {
    let Some(loaded) = issue::store::by_id(cx, issue)? else { return Ok(()) };
    if loaded.issue.is_archived() || cx.dict.rests(loaded.issue.queue) {
        return Ok(());
    }
    let kind = if violated == 2 { "SlaFailed" } else { "SlaWarned" };
    let actor = robot::uid(&cx.dict).unwrap_or(0);
    let mut told = Vec::new();
    for uid in &rule.alerts {
        let reader = Actor::of(&cx.dict, *uid);
        if !reader.is_some_and(|r| access::may(&cx.dict, &r, &loaded.issue, Right::Read)) {
            continue;
        }
        let new = NewNotice {
            user: *uid,
            at: cx.now,
            issue,
            event: None,
            kind,
            actor,
            reason: Reason::Sla,
        };
        told.extend(notice::store::insert(cx, &new)?.map(|id| (*uid, id)));
    }
    notice::mail::queue(cx, &told)
}

/// The `sla` members of several issues; nothing where there are no rules at all.
///
/// # Errors
/// The database fails.
pub fn blocks(cx: &mut Cx<'_, '_>, issues: &[Loaded]) -> Result<Vec<Option<Json>>> {
    let watched: Vec<i64> = issues
        .iter()
        .filter(|loaded| !cx.dict.sla_rules.is_empty() && watches(cx, loaded.issue.queue))
        .map(|loaded| loaded.issue.id)
        .collect();
    let timers = store::of_issues(cx, &watched)?;
    let of = |loaded: &Loaded| {
        let id = loaded.issue.id;
        watched.contains(&id).then(|| {
            timers.iter().filter(|timer| timer.issue_id == id).map(|t| shown(cx, t)).collect()
        })
    };
    Ok(issues.iter().map(of).collect())
}

/// A timer as the API shows it (contract, `IssueSla`).
fn shown(cx: &Cx<'_, '_>, timer: &Timer) -> Json {
    let rule = cx.dict.sla_rules.get(timer.rule_id);
    let calendar = rule.and_then(|rule| calendar_of(&cx.dict, &rule.body));
    let spent = timer.spent_at(calendar, cx.now);
    // What has come counts at once, even if its job is late.
    let violation = if spent >= timer.max_spent || timer.violated == 2 {
        "FAIL_CONDITIONS_VIOLATED"
    } else if timer.warn.is_some_and(|warn| spent >= warn) || timer.violated == 1 {
        "WARN_CONDITIONS_VIOLATED"
    } else {
        "NOT_VIOLATED"
    };
    let paused = timer.state() == State::Paused;
    json!({
        "id": format!("{}-{}", timer.issue_id, timer.rule_id),
        "settingsId": timer.rule_id,
        "clockStatus": timer.state().name(),
        "violationStatus": violation,
        "warnThreshold": timer.warn,
        "failedThreshold": timer.max_spent,
        "warnAt": timer.warn_at.map(instant_text),
        "failAt": timer.fail_at.map(instant_text),
        "startedAt": instant_text(timer.started_at),
        "pausedAt": paused.then(|| instant_text(timer.since)),
        "stoppedAt": timer.stopped_at.map(instant_text),
        "pausedDuration": timer.paused_ms,
        "spent": spent,
    })
}
