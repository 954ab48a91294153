//! Who may see and change saved filters and boards.

use super::names;
use crate::actor::Actor;
use crate::dict::model::{Board, Filter};

/// Whether the actor may see a saved filter; nobody but the owner may until it is shared.
pub fn sees_filter(filter: &Filter, actor: &Actor) -> bool {
    actor.admin || actor.robot || is_offered(filter, actor)
}

/// Whether a saved filter is the actor's own or shared with the actor.
pub fn is_offered(filter: &Filter, actor: &Actor) -> bool {
    filter.owner == actor.uid || names(&filter.read, actor) || names(&filter.write, actor)
}

/// Whether the actor may change a saved filter.
pub fn may_change_filter(filter: &Filter, actor: &Actor) -> bool {
    actor.robot
        || (actor.full && (actor.admin || filter.owner == actor.uid || names(&filter.write, actor)))
}

/// Whether the actor may see a board. The issues on it are another matter.
pub fn sees_board(board: &Board, actor: &Actor) -> bool {
    !board.private || actor.admin || actor.robot || board.owner == actor.uid
}

/// Whether the actor may change a board, its columns and its sprints.
pub fn may_change_board(board: &Board, actor: &Actor) -> bool {
    actor.robot || (actor.full && sees_board(board, actor))
}

/// Whether the actor may delete a board (contract, `deleteBoard`).
pub fn may_delete_board(board: &Board, actor: &Actor) -> bool {
    actor.robot || (actor.full && (actor.admin || board.owner == actor.uid))
}
