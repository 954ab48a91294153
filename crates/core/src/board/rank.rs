//! The order that people give the issues of a board (automation.md, 7). Operations of
//! ours: the original keeps ranks in its interface.
//!
//! A rank is a number. Issues that nobody has moved stand where they were made: their rank follows
//! from their id, so that nothing is written for them, and the order is complete at any time.

use rustc_hash::FxHashMap;
use trackway_api::boards::{BoardRank, ListBoardRanks, RankIssue};
use trackway_api::issues::SearchRequest;
use trackway_search::DocId;

use super::ops::find;
use crate::access::{self, Right, Visible};
use crate::cx::{Cx, Reply};
use crate::dict::Object;
use crate::dict::model::Board;
use crate::error::{Code, Error, Result};
use crate::issue::{Issue, store as issues};
use crate::{issue, search};

/// Ranks between two issues that nobody has moved. Ids have 32 bits, ranks 63.
const GAP: i64 = 1 << 31;
/// Most issues of a list.
const MAX_LISTED: usize = 10_000;

/// Issues of a board that somebody has moved.
pub const OF_BOARD: &str =
    "SELECT issue_id, place FROM board_rank WHERE org_id = $1 AND board_id = $2";
/// Gives an issue its place.
pub const PUT: &str = "INSERT INTO board_rank (org_id, board_id, issue_id, place) \
     VALUES ($1, $2, $3, $4) ON CONFLICT (org_id, board_id, issue_id) \
     DO UPDATE SET place = excluded.place";
/// Forgets the order of a board.
pub const DELETE_OF_BOARD: &str = "DELETE FROM board_rank WHERE org_id = $1 AND board_id = $2";
/// Forgets the places of an issue.
pub const DELETE_OF_ISSUE: &str = "DELETE FROM board_rank WHERE org_id = $1 AND issue_id = $2";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[OF_BOARD, PUT, DELETE_OF_BOARD, DELETE_OF_ISSUE];

/// Puts an issue of a board right before or after another one. Whoever sees the board and may edit
/// the issue may do so.
///
/// # Errors
/// 404 and 403 as for the board, 403 without the right to edit the issue; 422 where the board is not
/// ranked by hand, for an issue that is unknown or not on the board, and unless exactly one
/// neighbour is named.
pub fn put(cx: &mut Cx<'_, '_>, r: &RankIssue) -> Result<Reply<()>> {
    let board = ranked(cx, &r.board)?;
    let body = &r.body.0;
    let issue = named(cx, body.issue.as_ref(), "issue")?.editable(cx)?;
    let (neighbour, member) = match (&body.before, &body.after) {
        (Some(before), None) => (before, "before"),
        (None, Some(after)) => (after, "after"),
        _ => return Err(Code::RankNeighbour.err()),
    };
    let neighbour = named(cx, Some(neighbour), member)?;
    let named = [(issue.issue(), "issue"), (neighbour.issue(), member)];
    shown(cx, &board, &named)?;
    let [issue, neighbour] = named.map(|(issue, _)| issue.id);
    if issue == neighbour {
        return Err(Code::RankNeighbour.err());
    }
    let mut places = places(cx, board.id)?;
    places.remove(&issue);
    let org = cx.dict.org_id;
    for (id, place) in moved(&places, issue, neighbour, member == "before") {
        cx.tx.exec(PUT, &[&org, &board.id, &id, &place])?;
    }
    Ok(Reply::new(()))
}

/// The issues of a board in their order, as far as the caller may read them: the first 10 000.
///
/// # Errors
/// 404 and 403 as for the board, 422 where it is not ranked by hand or its filter cannot be read.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListBoardRanks) -> Result<Reply<Vec<BoardRank>>> {
    let board = ranked(cx, &r.board)?;
    let found = search::ops::found(cx, &issues_of(&board))?;
    let places = places(cx, board.id)?;
    let mut ids: Vec<i64> = found.iter().map(i64::from).collect();
    ids.sort_by_key(|id| (place(&places, *id), *id));
    ids.truncate(MAX_LISTED);
    let briefs = issues::briefs(cx, &ids)?;
    let mut ranks = Vec::with_capacity(ids.len());
    for brief in ids.iter().filter_map(|id| briefs.get(id)) {
        if access::may(&cx.dict, &cx.actor, &brief.issue, Right::Read) {
            let rank = i64::try_from(ranks.len()).map_err(Error::internal)? + 1;
            let issue = issue::keyed(cx, &brief.issue);
            ranks.push(BoardRank { issue, rank });
        }
    }
    Ok(Reply::new(ranks))
}

/// A board that is ranked by hand.
fn ranked(cx: &Cx<'_, '_>, id: &str) -> Result<std::sync::Arc<Object<Board>>> {
    let board = find(cx, id)?;
    if board.body.use_ranking { Ok(board) } else { Err(Code::BoardUnranked.with(board.id)) }
}

/// An issue that a body names.
fn named(cx: &mut Cx<'_, '_>, key: Option<&String>, member: &str) -> Result<Visible> {
    let key = key.ok_or_else(|| Code::FieldRequired.at(member))?;
    cx.issue(key).map_err(|error| {
        let unknown = error.code == Code::IssueNotFound;
        if unknown { Code::ValueUnknown.with(key).under(member) } else { error }
    })
}

/// Whether the board shows these issues.
///
/// # Errors
/// 422 for the first that it does not, under its member; as [`list`].
fn shown(cx: &mut Cx<'_, '_>, board: &Object<Board>, issues: &[(&Issue, &str)]) -> Result<()> {
    let ids = issues.iter().filter_map(|(issue, _)| DocId::try_from(issue.id).ok()).collect();
    let found = search::ops::found_among(cx, &issues_of(board), &ids)?;
    let missing = |issue: &Issue| DocId::try_from(issue.id).map_or(true, |id| !found.contains(id));
    match issues.iter().find(|(issue, _)| missing(issue)) {
        Some((issue, member)) => {
            Err(Code::NotOnBoard.with(issue.key(&cx.dict)).and(board.id).under(member))
        }
        None => Ok(()),
    }
}

/// A search for what a board shows: what its filter or query finds, or what was put on it.
fn issues_of(board: &Object<Board>) -> SearchRequest {
    let filter = board.body.filter.clone().filter(|filter| *filter != serde_json::json!({}));
    let query = match board.body.query.trim() {
        "" => format!("Boards: {}", board.id),
        query => query.to_owned(),
    };
    let query = filter.is_none().then(|| query.into());
    SearchRequest { filter, query, ..SearchRequest::default() }
}

fn places(cx: &mut Cx<'_, '_>, board: i64) -> Result<FxHashMap<i64, i64>> {
    let rows: Vec<(i64, i64)> = cx.tx.all(OF_BOARD, &[&cx.dict.org_id, &board])?;
    Ok(rows.into_iter().collect())
}

/// Where an issue stands: where it was put, else where it was made.
fn place(places: &FxHashMap<i64, i64>, issue: i64) -> i64 {
    places.get(&issue).copied().unwrap_or(issue * GAP)
}

/// The new places when an issue goes next to another one: its own, and those of others where there
/// is no room between two.
fn moved(
    places: &FxHashMap<i64, i64>,
    issue: i64,
    neighbour: i64,
    before: bool,
) -> Vec<(i64, i64)> {
    let at = place(places, neighbour);
    // What was not moved stands at the ends of this stretch, nobody else between.
    let from = if before { (at - 1).div_euclid(GAP) } else { at.div_euclid(GAP) } * GAP;
    let to = from + GAP;
    let mut between: Vec<(i64, i64)> = places
        .iter()
        .map(|(id, place)| (*place, *id))
        .filter(|(place, _)| (from..=to).contains(place))
        .collect();
    between.sort_unstable();
    let mine = |one: &(i64, i64)| one.1 == neighbour;
    let beside = match between.iter().position(mine) {
        Some(place) if before => place,
        Some(place) => place + 1,
        // It was not moved, so it is one of the ends.
        None if before => between.iter().take_while(|(place, _)| *place < at).count(),
        None => between.iter().take_while(|(place, _)| *place <= at).count(),
    };
    let low = beside.checked_sub(1).and_then(|i| between.get(i)).map_or(from, |one| one.0);
    let high = between.get(beside).map_or(to, |one| one.0);
    if high - low > 1 {
        return vec![(issue, low + (high - low) / 2)];
    }
    between.insert(beside, (0, issue));
    let step = GAP / (i64::try_from(between.len()).unwrap_or(GAP) + 1);
    between.iter().zip(1..).map(|((_, id), n)| (*id, from + n * step)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(places: &FxHashMap<i64, i64>, issues: i64) -> Vec<i64> {
        let mut ids: Vec<i64> = (1..=issues).collect();
        ids.sort_by_key(|id| (place(places, *id), *id));
        ids
    }

    fn go(places: &mut FxHashMap<i64, i64>, issue: i64, neighbour: i64, before: bool) {
        places.remove(&issue);
        places.extend(moved(places, issue, neighbour, before));
    }

    #[test]
    fn issues_go_next_to_each_other() {
        let mut places = FxHashMap::default();
        go(&mut places, 5, 2, true);
        assert_eq!(order(&places, 5), [1, 5, 2, 3, 4]);
        go(&mut places, 1, 5, false);
        assert_eq!(order(&places, 5), [5, 1, 2, 3, 4]);
        go(&mut places, 4, 1, true);
        assert_eq!(order(&places, 5), [5, 4, 1, 2, 3]);
        go(&mut places, 5, 3, false);
        assert_eq!(order(&places, 5), [4, 1, 2, 3, 5]);
    }

    /// Against a list, in an order of moves that uses up the room between two again and again.
    #[test]
    fn the_order_is_that_of_a_list() {
        const ISSUES: i64 = 60;
        let mut places = FxHashMap::default();
        let mut list: Vec<i64> = (1..=ISSUES).collect();
        let mut random = 7_i64;
        for turn in 0..3000 {
            random = (random * 1_103_515_245 + 12_345) % (1 << 31);
            let issue = random / 64 % ISSUES + 1;
            let neighbour = if turn % 3 == 0 { random / 4096 % ISSUES + 1 } else { 30 };
            if issue == neighbour {
                continue;
            }
            let before = random / 1024 % 2 == 0;
            go(&mut places, issue, neighbour, before);
            list.retain(|id| *id != issue);
            let at = list.iter().position(|id| *id == neighbour).expect("there");
            list.insert(at + usize::from(!before), issue);
            assert_eq!(order(&places, ISSUES), list, "turn {turn}");
        }
    }
}
