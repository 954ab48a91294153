//! How issues come on boards by themselves: with a sprint, and by the boards' automatic filters.

use serde_json::Value as Json;

use crate::dict::Dict;
use crate::dict::model::{AddFilter, FieldTest, RemoveFilter, ValueTest};
use crate::field::no::{self, FieldNo};
use crate::issue::Issue;
use crate::issue::value::Val;
use crate::time::Instant;

/// Puts an issue on the boards of its new sprints and of the filters that it meets now and did not
/// before, and takes it off those whose filter says so. Whoever takes an issue off a board by hand
/// thus finds it there again only after it changed enough to be put there anew.
pub(crate) fn follow(dict: &Dict, before: Option<&Issue>, after: &mut Issue, now: Instant) {
    let mut boards = after.many(no::BOARDS).to_vec();
    let had = |sprint: &i64| before.is_some_and(|b| b.many(no::SPRINT).contains(sprint));
    let mut wanted: Vec<i64> = after
        .many(no::SPRINT)
        .iter()
        .filter(|sprint| !had(sprint))
        .filter_map(|sprint| Some(dict.sprints.get(*sprint)?.body.board))
        .collect();
    for board in dict.boards.iter() {
        if let Some(filter) = &board.body.add
            && meets(filter, after)
            && !before.is_some_and(|before| meets(filter, before))
        {
            wanted.push(board.id);
        }
    }
    wanted.retain(|board| !boards.contains(board));
    boards.extend(wanted);
    boards.retain(|id| {
        let filter = dict.boards.get(*id).and_then(|board| board.body.remove.as_ref());
        !filter.is_some_and(|filter| goes(filter, after, now))
    });
    let mut once = Vec::with_capacity(boards.len());
    for board in boards {
        if !once.contains(&board) {
            once.push(board);
        }
    }
    if once != after.many(no::BOARDS) {
        after.set(no::BOARDS, Some(Val::Refs(once)).filter(|val| !val.is_empty()));
    }
}

fn meets(filter: &AddFilter, issue: &Issue) -> bool {
    filter.enabled && !filter.tests.is_empty() && filter.tests.iter().all(|test| holds(test, issue))
}

fn holds(test: &FieldTest, issue: &Issue) -> bool {
    let Ok(field) = FieldNo::try_from(test.field) else { return false };
    // The queue is no value of an issue but a part of its key.
    let val = match field {
        no::QUEUE => Some(Json::from(issue.queue)),
        _ => issue.get(field).map(Val::to_json),
    };
    let items = match &val {
        None => &[],
        Some(Json::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    let is = |test: &ValueTest| match &test.value {
        None => !items.is_empty(),
        Some(value) => items.iter().any(|item| same(item, value)),
    };
    let (unwanted, wanted): (Vec<_>, Vec<_>) = test.values.iter().partition(|v| v.invert);
    (wanted.is_empty() || wanted.into_iter().any(is)) && !unwanted.into_iter().any(is)
}

fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::String(a), Json::String(b)) => a.to_lowercase() == b.to_lowercase(),
        _ => a == b,
    }
}

/// Whether a filter takes an issue off its board now.
pub(crate) fn goes(filter: &RemoveFilter, issue: &Issue, now: Instant) -> bool {
    let since = match issue.get(no::STATUS_START_TIME) {
        Some(Val::At(at)) => *at,
        _ => issue.created(),
    };
    filter.enabled
        && filter.statuses.contains(&issue.status())
        && (!filter.needs_resolution || issue.get(no::RESOLUTION).is_some())
        && filter.after.unwrap_or(0) <= now.saturating_sub(since)
}
