//! How issues come on boards by themselves: with a sprint, and by the boards' automatic filters.

use serde_json::Value as Json;

use crate::cx::Cx;
use crate::dict::model::{AddFilter, FieldTest, RemoveFilter, ValueTest};
use crate::error::{Code, Result};
use crate::field::no::{self, FieldNo};
use crate::issue::Issue;
use crate::issue::value::Val;
use crate::time::Instant;

/// Most issues of a board (automation.md, 7).
const MAX_ISSUES: u64 = 2000;

/// Puts an issue on the boards of its new sprints and of the filters that it meets now and did not
/// before, and takes it off those whose filter says so. Whoever takes an issue off a board by hand
/// thus finds it there again only after it changed enough to be put there anew. A full board takes no
/// issue: filters pass it by.
///
/// # Errors
/// 422 when the issue was put on a full board by hand or by a sprint.
pub(crate) fn follow(cx: &Cx<'_, '_>, before: Option<&Issue>, after: &mut Issue) -> Result<()> {
    let (dict, now) = (&cx.dict, cx.now);
    let was_on = |board: &i64| before.is_some_and(|b| b.many(no::BOARDS).contains(board));
    let mut boards = after.many(no::BOARDS).to_vec();
    let had = |sprint: &i64| before.is_some_and(|b| b.many(no::SPRINT).contains(sprint));
    let planned = after.many(no::SPRINT).iter().filter(|sprint| !had(sprint));
    boards.extend(planned.filter_map(|sprint| Some(dict.sprints.get(*sprint)?.body.board)));
    if let Some(full) = boards.iter().find(|board| !was_on(board) && is_full(cx, **board)) {
        return Err(Code::BoardFull.with(full).and(MAX_ISSUES).under("boards"));
    }
    for board in dict.boards.iter() {
        if let Some(filter) = &board.body.add
            && meets(filter, after)
            && !before.is_some_and(|before| meets(filter, before))
            && (was_on(&board.id) || !is_full(cx, board.id))
        {
            boards.push(board.id);
        }
    }
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
    Ok(())
}

fn is_full(cx: &Cx<'_, '_>, board: i64) -> bool {
    let index = cx.index.index.read();
    index.bitmap(no::BOARDS, board).is_some_and(|issues| issues.len() >= MAX_ISSUES)
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
