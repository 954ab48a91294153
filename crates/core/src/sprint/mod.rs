//! Sprints of boards.

pub mod ops;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::dict::model::Sprint;
use crate::dict::{Dict, Object};

/// The sprints of a board, oldest first.
pub fn of_board(dict: &Dict, board: i64) -> impl Iterator<Item = &Arc<Object<Sprint>>> {
    dict.sprints.iter().filter(move |sprint| sprint.body.board == board)
}
