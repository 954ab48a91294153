//! `trackway board rank`: the order that people give the issues of a board.

use clap::Args;
use serde_json::{Value, json};
use trackway_client::api::HttpMethod;

use crate::failure::{Failure, Kind};
use crate::session::Session;
use crate::shape::cell;
use crate::undo::Back;

/// Arguments of `trackway board rank`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Key.
    key: String,
    /// The issue it goes right in front of.
    #[arg(long, value_name = "KEY", conflicts_with = "after", required_unless_present = "after")]
    before: Option<String>,
    /// The issue it goes right behind.
    #[arg(long, value_name = "KEY")]
    after: Option<String>,
    /// Id of the board; the one that both are on if not given.
    #[arg(long)]
    board: Option<String>,
}

/// Puts an issue in front of or behind another one.
pub(super) async fn rank(
    arguments: &Arguments,
    session: &mut Session<'_, '_>,
) -> Result<(), Failure> {
    let key = session.key(&arguments.key);
    let (side, other) = match (&arguments.before, &arguments.after) {
        (Some(before), _) => ("before", session.key(before)),
        (None, after) => ("after", session.key(after.as_deref().unwrap_or_default())),
    };
    let board = match &arguments.board {
        Some(board) => board.clone(),
        None => shared(&key, &other, session).await?,
    };
    let former = order(&board, session).await?;
    let path = Session::at("/boards/{id}/_rank", &[&board]);
    let mut body = json!({"issue": key});
    body[side] = other.clone().into();
    let back = beside(&former, &key).map(|(side, other)| {
        let mut body = json!({"issue": key});
        body[side] = other.into();
        Back { method: HttpMethod::POST, path: path.clone(), body: Some(body) }
    });
    let undone = back.is_some();
    let sent = session.write_known(HttpMethod::POST, &path, &[], Some(body), back).await?;
    if sent.is_none() {
        return Ok(());
    }
    if side == "before" {
        session.output.remark(&format!("✓ {key} stands before {other}"));
    } else {
        session.output.remark(&format!("✓ {key} stands after {other}"));
    }
    if undone {
        session.output.remark("undo: trackway undo");
    }
    Ok(())
}

/// The board that two issues are on.
async fn shared(key: &str, other: &str, session: &Session<'_, '_>) -> Result<String, Failure> {
    let mut lists = Vec::new();
    for key in [key, other] {
        let issue = session.get(&Session::at("/issues/{key}", &[key]), &[]).await?;
        let boards = issue["boards"].as_array().into_iter().flatten();
        lists.push(boards.map(|board| cell(board.get("id"))).collect::<Vec<_>>());
    }
    let second = lists.pop().unwrap_or_default();
    let mut both = lists.pop().unwrap_or_default();
    both.retain(|board| second.contains(board));
    match both.as_slice() {
        [board] => Ok(board.clone()),
        [] => {
            let failure = format!("{key} and {other} were put on no board together");
            Err(Failure::new(Kind::NotFound, failure).hint("name the board: --board ID"))
        }
        _ => {
            let failure = format!("{key} and {other} are on several boards");
            Err(Failure::usage(failure).note("possible", both.join(", ")))
        }
    }
}

/// Keys of the issues of a board in their order.
pub(super) async fn order(board: &str, session: &Session<'_, '_>) -> Result<Vec<String>, Failure> {
    let path = Session::at("/boards/{id}/ranks", &[board]);
    let ranks = match session.get(&path, &[]).await {
        // The cloud keeps ranks to itself.
        Err(failure) if failure.kind() == Kind::NotFound => return Ok(Vec::new()),
        ranks => ranks?,
    };
    let ranks = ranks.as_array().into_iter().flatten();
    Ok(ranks.map(|rank| cell(rank["issue"].get("key"))).collect())
}

/// Puts issues in the order of a board that has one.
pub(super) async fn sort(
    board: &Value,
    issues: &mut [Value],
    session: &Session<'_, '_>,
) -> Result<(), Failure> {
    let order = order(&cell(board.get("id")), session).await?;
    let places: std::collections::HashMap<&str, usize> =
        order.iter().enumerate().map(|(place, key)| (key.as_str(), place)).collect();
    let place = |issue: &Value| {
        let place = issue["key"].as_str().and_then(|key| places.get(key));
        place.copied().unwrap_or(usize::MAX)
    };
    issues.sort_by_key(place);
    Ok(())
}

/// Whether people give the issues of a board their order.
pub(super) fn is_ranked(board: &Value) -> bool {
    board["useRanking"] == true
}

/// What stands next to an issue.
fn beside<'o>(order: &'o [String], key: &str) -> Option<(&'static str, &'o str)> {
    let place = order.iter().position(|one| one == key)?;
    match place.checked_sub(1) {
        Some(before) => Some(("after", order.get(before)?.as_str())),
        None => Some(("before", order.get(1)?.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_names_a_neighbour() {
        let order = ["A-1".to_owned(), "A-2".to_owned()];
        assert_eq!(beside(&order, "A-2"), Some(("after", "A-1")));
        assert_eq!(beside(&order, "A-1"), Some(("before", "A-2")));
        assert_eq!(beside(&order[..1], "A-1"), None);
        assert_eq!(beside(&order, "B-1"), None);
    }
}
