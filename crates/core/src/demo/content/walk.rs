//! How far an issue has come and who moved it when.

use super::draft::{DAY, Draft};
use super::flow::{self, INITIAL};
use super::queues::{DEV, SUPPORT};
use super::rng::Rng;
use super::text::Cast;
use super::types::{LinkKind, StepSeed};

/// The part of the path an issue has walked.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    /// Steps in order of time.
    pub(super) steps: Vec<StepSeed>,
    /// Minutes after creation at which work began.
    pub(super) started: Option<u32>,
    /// Minutes after creation at which the issue reached a closed status for good.
    pub(super) ended: Option<u32>,
    /// Resolution at the end.
    pub(super) resolution: Option<&'static str>,
}

/// Chooses a path for an issue and times for its steps.
pub(super) fn walk(draft: &Draft, cast: &Cast, rng: &mut Rng) -> Walk {
    let (path, resolution) = plan(draft, rng);
    // A margin stays between the last step and now, for a closing comment.
    let room = draft.created_ago / 10 * 9;
    let length = match draft.story.kind {
        "epic" => rng.range(5 * DAY, 12 * DAY),
        "release" => rng.range(7 * DAY, 9 * DAY),
        "incident" => rng.range(90, 5 * DAY),
        _ => rng.range(DAY / 2, 21 * DAY),
    }
    .min(room);
    let times = spread(path.len(), length / 12, length, rng);
    let mut status = INITIAL;
    let mut steps: Vec<StepSeed> = Vec::new();
    for (transition, after) in path.iter().zip(times) {
        let Some(to) = flow::target(draft.queue, status, transition) else { break };
        let ends = matches!(to, "closed" | "resolved");
        let actor = actor(draft, cast, transition, resolution, rng);
        let resolution = ends.then_some(resolution);
        steps.push(StepSeed { transition, to, actor, after, resolution });
        status = to;
    }
    let started = steps.iter().find(|s| s.to == "inProgress").map(|s| s.after);
    let end = steps.last().filter(|s| s.resolution.is_some());
    let (ended, resolution) = (end.map(|s| s.after), end.and_then(|s| s.resolution));
    Walk { steps, started, ended, resolution }
}

/// The transitions to walk and the resolution at their end, if they reach it.
fn plan(draft: &Draft, rng: &mut Rng) -> (Vec<&'static str>, &'static str) {
    let days = draft.created_ago / DAY;
    let story = draft.story;
    if matches!(story.relation, Some((LinkKind::Duplicates, _))) {
        return (vec!["start_progress", "close"], "duplicate");
    }
    if story.kind == "epic" {
        return (vec!["start_progress"], "fixed");
    }
    if story.kind == "release" {
        let walked = if days > 20 { flow::RELEASE.len() } else { rng.below(3) + 1 };
        return (flow::RELEASE.iter().take(walked).copied().collect(), "fixed");
    }
    let closed = match days {
        0..2 => 10,
        2..7 => 35,
        7..25 => 50,
        25..70 => 70,
        _ => 89,
    };
    if rng.chance(closed) {
        if rng.chance(11) {
            return (vec!["close"], refusal(draft, rng));
        }
        let path = rng.pick(flow::paths(draft.queue)).copied().unwrap_or_default();
        return (path.to_vec(), "fixed");
    }
    if rng.chance(8) {
        return (vec!["need_info"], "fixed");
    }
    let path = rng.pick(flow::paths(draft.queue)).copied().unwrap_or_default();
    let mut walked = rng.below(path.len());
    // Not to stop on a closed status in the middle of a path.
    while path.get(walked.wrapping_sub(1)).is_some_and(|t| *t == "resolve") {
        walked -= 1;
    }
    (path.iter().take(walked).copied().collect(), "fixed")
}

/// Why an issue is closed without being done; one of the queue's resolutions.
fn refusal(draft: &Draft, rng: &mut Rng) -> &'static str {
    let unclear = matches!(draft.story.kind, "bug" | "incident");
    match draft.queue {
        DEV if unclear => ["cantReproduce", "wontFix"][rng.below(2)],
        DEV => ["later", "wontFix"][rng.below(2)],
        SUPPORT if unclear => "cantReproduce",
        _ => "wontFix",
    }
}

fn actor(draft: &Draft, cast: &Cast, transition: &str, resolution: &str, rng: &mut Rng) -> usize {
    match transition {
        "start_testing" | "tested" => cast.tester,
        "provide_info" | "reopen" => cast.author,
        "rc" => cast.lead,
        "close" if resolution == "fixed" && draft.queue == DEV && rng.chance(50) => cast.lead,
        "close" if resolution == "fixed" && rng.chance(30) => cast.author,
        _ => cast.assignee,
    }
}

/// `count` rising times between two bounds, evenly spread with some noise; the last one may come
/// close to `high`, none passes it.
pub(super) fn spread(count: usize, low: u32, high: u32, rng: &mut Rng) -> Vec<u32> {
    let parts = u32::try_from(count).unwrap_or(u32::MAX).max(1);
    let part = high.saturating_sub(low) / parts;
    (0..parts)
        .take(count)
        .map(|index| low + index * part + rng.range(part / 4, part - part / 4))
        .collect()
}
