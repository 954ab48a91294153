//! Files of issues, their comments, and of projects, portfolios and goals. A row tells of a file;
//! its bytes lie in a store that this crate knows only by the names in it. What lies there without
//! a row is listed as trash, see [`clean`].

mod bind;
pub mod clean;
pub mod media;
pub mod ops;
mod render;
pub mod store;
pub mod upload;

#[cfg(test)]
mod tests;

pub use bind::{bind, ids, references, remove_of_comment, remove_of_owner, whole_of};
pub use render::{Place, attachment, reference};
pub use store::AttachmentRow;

/// Longest name of a file, in characters (contract, `FileNameInQuery`).
pub const MAX_NAME: usize = 255;

/// What a file hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nothing yet: its id has still to be given to something.
    Nothing,
    /// An issue, and a comment of it unless 0.
    Issue(i64, i64),
    /// An issue that is deleted and may be restored.
    Removed(i64, i64),
    /// A project, portfolio or goal, and a comment of it unless 0.
    Entity(i64, i64),
}

impl Owner {
    /// An issue itself.
    pub const fn issue(id: i64) -> Self {
        Self::Issue(id, 0)
    }

    /// The columns `owner_kind`, `owner_id`, `comment_id`.
    const fn columns(self) -> [i64; 3] {
        match self {
            Self::Nothing => [0, 0, 0],
            Self::Issue(id, comment) => [1, id, comment],
            Self::Entity(id, comment) => [2, id, comment],
            Self::Removed(id, comment) => [3, id, comment],
        }
    }
}
