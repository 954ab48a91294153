//! Projects, portfolios and goals: dictionary objects of kind `entity`, which people write, find,
//! link and comment on.

pub mod bulk;
mod change;
pub mod checklist;
pub mod comments;
pub mod event;
pub mod export;
pub mod fields;
pub mod files;
pub mod input;
mod items;
pub mod links;
pub mod ops;
pub mod permissions;
pub mod project;
pub mod report;
pub mod search;
pub mod store;
mod walk;

#[cfg(test)]
mod tests;

use crate::dict::model::EntityType;
use crate::error::{Code, Result};

/// The kind of entity that a path names.
///
/// # Errors
/// 404 for any other word.
pub fn kind(text: &str) -> Result<EntityType> {
    EntityType::ALL
        .into_iter()
        .find(|kind| kind.name() == text)
        .ok_or_else(|| Code::EntityTypeUnknown.err())
}
